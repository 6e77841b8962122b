// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-engine.h"

// Stands in for the engine facade and for the fetching of thumbnails, so that every state of a
// widget can be brought about. A test program that compiles it links the real widgets against it.
// Nothing is answered until the test says so.

PrcEngine *fake_engine_new (void); // starting
// Notifies what changed.
void fake_engine_set (PrcEngine *engine, PrcEngineState state, const char *message, guint n_cases,
                      guint64 library_version);
void fake_engine_set_indexing (PrcEngine *engine, const PrcIndexing *indexing);

// Questions and additions, counted in the order they were put, answered ones included.
guint fake_engine_n_questions (PrcEngine *engine);
gboolean fake_engine_cancelled (PrcEngine *engine, guint question);
const PrcQuery *fake_engine_query (PrcEngine *engine,
                                   guint question); // pointers in it are not valid
void fake_engine_answer (PrcEngine *engine, guint question,
                         PrcAnswer *answer); // takes the reference
void fake_engine_fail (PrcEngine *engine, guint question, const char *sentence);

// Explanations asked for, counted likewise.
guint fake_engine_n_explanations (PrcEngine *engine);
gboolean fake_engine_explanation_cancelled (PrcEngine *engine, guint number);
const PrcFrame *fake_engine_explained_frame (PrcEngine *engine, guint number,
                                             PrcExplanationSide side); // not to be looked into
const PrcMask *fake_engine_explained_mask (PrcEngine *engine, guint number,
                                           PrcExplanationSide side); // likewise
// Takes the reference; NULL: it fails.
void fake_engine_explain (PrcEngine *engine, guint number, PrcExplanation *explanation);

// Trials of the library, counted likewise.
guint fake_engine_n_trials (PrcEngine *engine);
void fake_engine_try (PrcEngine *engine, const PrcTrial *trial); // answers the newest

void fake_engine_end (
    PrcEngine *engine); // what is not answered fails as cancelled, and must find nobody

typedef struct {
  char *title, *diagnosis, *findings, *note, *outcome;
  guint n_series;
} FakeAddition;
const FakeAddition *fake_engine_addition (PrcEngine *engine); // the one under way, or NULL
void fake_engine_addition_progress (PrcEngine *engine, guint n_done, guint n_total);
void fake_engine_addition_done (PrcEngine *engine, gint64 case_id, const char *failure);

// Cases made up but likely; slices of `base` and after. Their files are in `folder`, where some may
// exist.
PrcAnswer *fake_answer (PrcAnswerState state, guint n_hits, gint64 base, const char *folder);

// For widgets that want them; never to be looked into.
#define FAKE_POOL  ((PrcCodecPool *)1)
#define FAKE_STORE ((PrcFrameStore *)1)
extern PrcPresentation *fake_presentation; // in every presentation state file; NULL: refused
// What every file is, and every segmentation file holds; NULL: refused.
extern PrcInstance *fake_described;
extern PrcSegmentation *fake_segmentation;
extern char *fake_listed_path;        // of which elements were asked for last: it has none
extern guint fake_thumbnails_asked;   // since the start
extern gboolean fake_thumbnails_gone; // from now on every file is gone
extern gboolean fake_thumbnails_held; // from now on nothing comes of them
