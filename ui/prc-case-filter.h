// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-filter.h"
#include "prc-instance.h"

// The button that narrows the library: words, and what the slice in view offers (its modality, body
// part, plane, sex, age band, with or without contrast agent, and proven diagnoses only). What was
// chosen keeps the value that it had then, whatever comes into view, until it is taken back. Main
// thread. Signal "changed" ().
#define PRC_TYPE_CASE_FILTER (prc_case_filter_get_type ())
G_DECLARE_FINAL_TYPE (PrcCaseFilter, prc_case_filter, PRC, CASE_FILTER, GtkBox)

// What is offered from now on; NULL: nothing but words and proof.
void prc_case_filter_set_slice (PrcCaseFilter *self, const PrcInstance *instance, guint frame);
// What is chosen; borrowed until the next change.
const PrcFilter *prc_case_filter_get (PrcCaseFilter *self);
// The same in words, "CT · Chest · Women"; "" when nothing is. Owned.
char *prc_case_filter_summary (PrcCaseFilter *self);
void prc_case_filter_clear (PrcCaseFilter *self); // emits "changed" when there was something

// The band of whole years that an age of so many falls into: 0 to 1, 2 to 12, 13 to 17, then by 20
// years, 80 and over. Pure.
void prc_case_filter_age_band (guint years, guint *from, guint *to);
