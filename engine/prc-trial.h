// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-index.h"
#include "prc-library.h"
#include "prc-model.h"

// A library tried on itself (leave one out): cases with a diagnosis ask by one of their slices, taken
// at random, and cases of other patients answer, as they would have if the one were not there. How
// often the diagnosis that leads the tally is the case's own says how far a tally of this library is
// to be believed.
typedef struct {
  guint n_tried;     // cases
  guint n_led;       // of them: one diagnosis led among the nearest (prc_tally_new)
  guint n_right;     // of these: it was the case's own
  guint n_nearest;   // of those tried: the nearest case alone had the case's own
  guint n_commonest; // of those tried: the case's own is what is commonest among them. Who always
                     // says that is right as often
  double low, high;  // prc_tally_interval of n_right of n_led
  guint64 library_version;
} PrcTrial;

#define PRC_TRIAL_CASES 200 // tried at most: an interval of +-7 % at worst

// Tries until PRC_TRIAL_CASES are through or a few seconds are over (then fewer were tried, no
// others), in an order that depends on nothing but the library. Blocks; `between` (may be NULL) is
// called between two cases, and may use the library and even change it. `trial` is set on success.
gboolean prc_trial_run (PrcLibrary *library, PrcIndex *index, PrcModel *model,
                        void (*between) (gpointer data), gpointer data, GCancellable *cancellable,
                        PrcTrial *trial, GError **error);
