// SPDX-License-Identifier: Apache-2.0
#include "prc-case-asking.h"

#define SLOW_AFTER_MS 200

struct _PrcCaseAsking { // counted: every question under way holds it
  PrcEngine *engine;
  PrcCaseAskingDone done; // NULL once freed
  PrcCaseAskingSlow slow;
  gpointer user_data;
  GCancellable *cancellable; // of the question under way
  guint64 generation;        // of the newest
  guint slow_source;
  gboolean is_slow;
};

typedef struct {
  PrcCaseAsking *asking;
  guint64 generation;
} Question;

static void
clear (gpointer data) {
  PrcCaseAsking *asking = data;
  g_object_unref (asking->engine);
}

PrcCaseAsking *
prc_case_asking_new (PrcEngine *engine, PrcCaseAskingDone done, PrcCaseAskingSlow slow,
                     gpointer user_data) {
  PrcCaseAsking *asking = g_rc_box_new0 (PrcCaseAsking);

  asking->engine = g_object_ref (engine);
  asking->done = done;
  asking->slow = slow;
  asking->user_data = user_data;
  return asking;
}

void
prc_case_asking_free (PrcCaseAsking *asking) {
  prc_case_asking_stop (asking);
  asking->done = NULL;
  g_rc_box_release_full (asking, clear);
}

void
prc_case_asking_stop (PrcCaseAsking *asking) {
  if (asking->cancellable)
    g_cancellable_cancel (asking->cancellable);
  g_clear_object (&asking->cancellable);
  g_clear_handle_id (&asking->slow_source, g_source_remove);
  asking->is_slow = FALSE;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autofree Question *question = user_data;
  PrcCaseAsking *asking = question->asking;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcAnswer) answer = prc_engine_query_finish (PRC_ENGINE (source), result, &error);

  if (asking->done && asking->cancellable && question->generation == asking->generation) {
    prc_case_asking_stop (asking);
    if (answer || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      asking->done (answer, error, asking->user_data);
  }
  g_rc_box_release_full (asking, clear);
}

static gboolean
on_slow (gpointer user_data) {
  PrcCaseAsking *asking = user_data;

  asking->slow_source = 0;
  asking->is_slow = TRUE;
  asking->slow (asking->user_data);
  return G_SOURCE_REMOVE;
}

void
prc_case_asking_put (PrcCaseAsking *asking, const PrcQuery *query) {
  PrcQuery numbered = *query;
  Question *question = g_new (Question, 1);

  prc_case_asking_stop (asking);
  numbered.generation = ++asking->generation;
  *question = (Question){g_rc_box_acquire (asking), numbered.generation};
  asking->cancellable = g_cancellable_new ();
  asking->slow_source = g_timeout_add (SLOW_AFTER_MS, on_slow, asking);
  prc_engine_query_async (asking->engine, &numbered, asking->cancellable, on_answer, question);
}

gboolean
prc_case_asking_is_busy (const PrcCaseAsking *asking) {
  return asking && asking->cancellable != NULL;
}

gboolean
prc_case_asking_is_slow (const PrcCaseAsking *asking) {
  return asking && asking->is_slow;
}
