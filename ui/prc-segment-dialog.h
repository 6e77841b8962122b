// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <adwaita.h>
#include "prc-codes.h"

// Asks what a segment is called, what it is (prc-codes.h) and its colour. Main thread.

typedef struct {
  const char *label;
  const PrcConcept *concept; // NULL: as it was
  const PrcCode *side;       // of a concept that is paired; NULL: not said
  guint colour;              // 0xRRGGBB
} PrcSegmentNaming;

// naming is NULL when nothing is to change. Called once.
typedef void (*PrcSegmentDialogDone) (const PrcSegmentNaming *naming, gpointer user_data);

// `segment` with `colour` is what is offered at first. Modal; returned so that a test can answer
// ("apply", "cancel"); borrowed.
GtkWidget *prc_segment_dialog_show (GtkWindow *parent, const char *heading,
                                    const PrcSegment *segment, guint colour,
                                    PrcSegmentDialogDone done, gpointer user_data);

// A segment with this naming; strings are borrowed from both.
PrcSegment prc_segment_dialog_named (const PrcSegment *segment, const PrcSegmentNaming *naming);
