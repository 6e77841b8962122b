// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-case-question.h"

// Says that a segment or a box was asked for, with its picture, and leads back to the slice in view.
// A box says besides what it is compared with. Takes no room for a whole slice. Main thread. Signals
// "back" () and "against" (int, PrcAgainst): the reader chose.
#define PRC_TYPE_CASE_ASKED (prc_case_asked_get_type ())
G_DECLARE_FINAL_TYPE (PrcCaseAsked, prc_case_asked, PRC, CASE_ASKED, GtkBox)

#define PRC_CASE_ASKED_PICTURE 44 // logical pixels, square

void prc_case_asked_set_question (PrcCaseAsked *self, const PrcCaseQuestion *question);
void prc_case_asked_set_picture (PrcCaseAsked *self, GdkPaintable *picture);  // of the box; or NULL
void prc_case_asked_set_answer (PrcCaseAsked *self, const PrcAnswer *answer); // of a box
