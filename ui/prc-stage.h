// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-engine.h"
#include "prc-slice-view.h"

// The centre of the window: the study being read and, beside it when asked, a case of the library
// at its matching slice: scroll linked (prc-scroll-link.h), windows kept equal where both have the
// same units. Main thread. Property "comparing" (boolean, notified). Signal "notice" (const char
// *), from either view.
#define PRC_TYPE_STAGE (prc_stage_get_type ())
G_DECLARE_FINAL_TYPE (PrcStage, prc_stage, PRC, STAGE, GtkWidget)

GtkWidget *prc_stage_new (PrcCodecPool *pool, PrcFrameStore *store);
PrcSliceView *prc_stage_study_view (PrcStage *self);  // of the study being read; borrowed
PrcSliceView *prc_stage_active_view (PrcStage *self); // the one with the keyboard last; borrowed
PrcSliceView *prc_stage_case_view (PrcStage *self);   // borrowed, NULL unless comparing
void prc_stage_play_or_pause (PrcStage *self);        // the active one

void prc_stage_open_case (PrcStage *self, PrcEngine *engine, PrcAnswer *answer, guint hit);
void prc_stage_close_case (PrcStage *self);
gboolean prc_stage_get_comparing (PrcStage *self);
void prc_stage_set_linked (PrcStage *self,
                           gboolean linked); // from now on, at the pair of slices in view
void prc_stage_set_matches (PrcStage *self, gboolean shown); // which places are alike (prc-heat.h)
void prc_stage_set_histogram (PrcStage *self, gboolean shown); // below each picture
void prc_stage_set_annotate (PrcStage *self, PrcAnnotateLevel level, gboolean hide_patient);
