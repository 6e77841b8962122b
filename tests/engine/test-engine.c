// SPDX-License-Identifier: Apache-2.0
// The engine on a main loop, with real codecs, encoder and library.
#include "prc-engine.h"

#include <string.h>
#include "fixture.h"
#include "library-fixture.h"
#include "prc-engine-error.h"
#include "prc-engine-worker.h"
#include "prc-phantom.h"
#include "prc-scan.h"

static PrcCodecPool *pool;
static GThread *main_thread;

typedef struct {
  char *folder, *path;
  PrcEngine *engine;
  guint n_notified;
} Fixture;

typedef struct { // what came back
  GAsyncResult *result;
  guint n_progress;
  PrcImportStatus last;
  void (*at_first) (gpointer data);
  gpointer at_first_data;
} Reply;

static void
on_reply (GObject *source, GAsyncResult *result, gpointer data) {
  Reply *reply = data;
  g_assert_true (g_thread_self () == main_thread);
  g_assert_null (reply->result);
  reply->result = g_object_ref (result);
}

static void
reply_clear (Reply *reply) {
  g_clear_object (&reply->result);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reply, reply_clear)

static void
wait_for (Reply *reply) {
  while (!reply->result)
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_for_state (PrcEngine *engine) {
  while (prc_engine_state (engine) == PRC_ENGINE_STARTING)
    g_main_context_iteration (NULL, TRUE);
}

static void
on_notify (PrcEngine *engine, GParamSpec *pspec, guint *n) {
  g_assert_true (g_thread_self () == main_thread);
  ++*n;
}

static void
set_up (Fixture *fixture, gconstpointer data) {
  fixture->folder = prc_fixture_folder ();
  fixture->path = g_build_filename (fixture->folder, ".home", "library.sqlite", NULL);
  fixture->engine = prc_engine_new (pool, fixture->path, NULL);
  g_signal_connect (fixture->engine, "notify::n-cases", G_CALLBACK (on_notify),
                    &fixture->n_notified);
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  PrcEngine *engine = g_steal_pointer (&fixture->engine);
  g_object_add_weak_pointer (G_OBJECT (engine), (gpointer *)&fixture->engine);
  fixture->engine = engine;
  g_object_unref (engine);
  while (fixture->engine) // what is still on its way holds it
    g_main_context_iteration (NULL, TRUE);
  prc_fixture_remove (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
on_progress (const PrcImportStatus *status, gpointer data) {
  Reply *reply = data;
  g_assert_true (g_thread_self () == main_thread);
  g_assert_null (reply->result); // never after the answer
  reply->last = *status;
  reply->n_progress++;
  if (status->n_done > 0 && reply->at_first) {
    void (*at_first) (gpointer) = g_steal_pointer (&reply->at_first);
    at_first (reply->at_first_data);
  }
}

static void
start_import (Fixture *fixture, Reply *reply) {
  const char *const paths[] = {fixture->folder, NULL};
  prc_engine_import_async (fixture->engine, paths, NULL, on_progress, reply, NULL, on_reply, reply);
}

static void
import_all (Fixture *fixture, guint n_cases, guint n_slices) {
  g_auto (Reply) reply = {0};
  g_autoptr (GError) error = NULL;
  library_fixture_write_cases (fixture->folder, n_cases, n_slices);
  start_import (fixture, &reply);
  wait_for (&reply);
  g_autoptr (PrcImportSummary) summary =
      prc_engine_import_finish (fixture->engine, reply.result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, ==, n_cases * n_slices);
  g_assert_cmpuint (reply.n_progress, >, 0);
  g_assert_cmpuint (reply.last.n_done, ==, reply.last.n_total);
}

static PrcSeries *
open_case (Fixture *fixture, guint number) {
  g_autofree char *path = g_strdup_printf ("%s/case-%u", fixture->folder, number);
  const char *const paths[] = {path, NULL};
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcScan) scan = prc_scan (pool, paths, PRC_PRIORITY_VIEW, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return prc_series_ref (scan->series->pdata[0]);
}

static void
ask_about (Fixture *fixture, PrcSeries *series, guint64 generation, GCancellable *cancellable,
           Reply *reply) {
  g_autoptr (GError) error = NULL;
  PrcInstance *instance = prc_series_slice (series, 0)->instance;
  g_autoptr (PrcFrame) frame =
      prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  const PrcQuery query = {.frame = frame,
                          .instance = instance,
                          .k = 5,
                          .filter = {.modality = "CT"},
                          .generation = generation};
  prc_engine_query_async (fixture->engine, &query, cancellable, on_reply, reply);
}

static PrcAnswer *
ask_and_wait (Fixture *fixture, PrcSeries *series, guint64 generation) {
  g_auto (Reply) reply = {0};
  g_autoptr (GError) error = NULL;
  ask_about (fixture, series, generation, NULL, &reply);
  wait_for (&reply);
  PrcAnswer *answer = prc_engine_query_finish (fixture->engine, reply.result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (answer->generation, ==, generation);
  return answer;
}

static void
test_start (Fixture *fixture, gconstpointer data) {
  g_assert_cmpint (prc_engine_state (fixture->engine), ==, PRC_ENGINE_STARTING);
  wait_for_state (fixture->engine);
  g_assert_cmpint (prc_engine_state (fixture->engine), ==, PRC_ENGINE_READY);
  g_assert_cmpstr (prc_engine_message (fixture->engine), ==, "");
  g_assert_cmpuint (prc_engine_n_cases (fixture->engine), ==, 0);
  PrcEngineState state;
  guint64 version;
  g_object_get (fixture->engine, "state", &state, "library-version", &version, NULL);
  g_assert_cmpint (state, ==, PRC_ENGINE_READY);
  g_assert_cmpuint (version, >, 0);
}

static void
test_failed (void) {
  g_autofree char *folder = prc_fixture_folder ();
  g_autoptr (PrcEngine) engine = prc_engine_new (pool, folder, NULL); // a folder is no library
  g_auto (Reply) reply = {0};
  prc_engine_case_paths_async (engine, 1, NULL, on_reply, &reply); // asked before it is known
  wait_for (&reply);
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_engine_case_paths_finish (engine, reply.result, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_LIBRARY);
  wait_for_state (engine);
  g_assert_cmpint (prc_engine_state (engine), ==, PRC_ENGINE_FAILED);
  g_assert_cmpstr (prc_engine_message (engine), ==, error->message);
  prc_fixture_remove (folder);

  g_autoptr (PrcEngine) without = prc_engine_new (pool, "/tmp/unused.sqlite", "/nonexistent");
  wait_for_state (without);
  g_assert_cmpint (prc_engine_state (without), ==, PRC_ENGINE_FAILED);
  g_assert_cmpuint (strlen (prc_engine_message (without)), >, 5);
}

static void
test_import_and_ask (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  import_all (fixture, 5, 4);
  g_assert_cmpuint (prc_engine_n_cases (fixture->engine), ==, 5);
  g_assert_cmpuint (prc_engine_n_slices (fixture->engine), ==, 20);
  g_assert_cmpuint (fixture->n_notified, >, 0);
  g_autoptr (PrcSeries) series = open_case (fixture, 2);
  g_autoptr (PrcAnswer) answer = ask_and_wait (fixture, series, 7);
  g_assert_cmpuint (answer->n_hits, ==, 4); // its own case is kept out
  g_assert_cmpuint (answer->n_kept_out, ==, 1);

  const gint64 id = answer->hits[0].matching_case->id;
  g_auto (Reply) paths_reply = {0}, remove_reply = {0}, again = {0};
  prc_engine_case_paths_async (fixture->engine, id, NULL, on_reply, &paths_reply);
  wait_for (&paths_reply);
  g_auto (GStrv) paths = prc_engine_case_paths_finish (fixture->engine, paths_reply.result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (paths), ==, 4);
  prc_engine_remove_case_async (fixture->engine, id, NULL, on_reply, &remove_reply);
  wait_for (&remove_reply);
  g_assert_true (prc_engine_remove_case_finish (fixture->engine, remove_reply.result, &error));
  g_assert_cmpuint (prc_engine_n_cases (fixture->engine), ==, 4);
  prc_engine_remove_case_async (fixture->engine, id, NULL, on_reply, &again);
  wait_for (&again);
  g_assert_false (prc_engine_remove_case_finish (fixture->engine, again.result, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_NOT_FOUND);
}

static void
test_add_and_find (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  library_fixture_write_cases (fixture->folder, 2, 3);
  g_autoptr (PrcSeries) one = open_case (fixture, 1);
  g_autoptr (PrcSeries) two = open_case (fixture, 2);
  g_autoptr (PrcAnswer) before = ask_and_wait (fixture, two, 1);
  g_assert_cmpint (before->state, ==, PRC_ANSWER_EMPTY_LIBRARY);
  g_autoptr (GPtrArray) series = g_ptr_array_new ();
  g_ptr_array_add (series, one);
  g_autofree char *title = g_strdup ("Seen today");
  const PrcCaseText text = {.title = title};
  g_auto (Reply) reply = {0};
  prc_engine_add_series_async (fixture->engine, series, NULL, &text, on_progress, &reply, NULL,
                               on_reply, &reply);
  memset (title, 'x', strlen (title)); // the engine took a copy
  wait_for (&reply);
  const gint64 id = prc_engine_add_series_finish (fixture->engine, reply.result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (id, >, 0);
  g_assert_cmpuint (prc_engine_n_cases (fixture->engine), ==, 1);
  g_autoptr (PrcAnswer) after = ask_and_wait (fixture, two, 2);
  g_assert_cmpuint (after->n_hits, ==, 1);
  g_assert_cmpint (after->hits[0].matching_case->id, ==, id);
  g_assert_cmpstr (after->hits[0].matching_case->title, ==, "Seen today");
  g_autoptr (PrcAnswer) itself = ask_and_wait (fixture, one, 3);
  g_assert_cmpuint (itself->n_hits, ==, 0);
  g_assert_cmpuint (itself->n_kept_out, ==, 1);
}

// The engine keeps a mask of its own; a library of whole slices has nothing to say to it.
static void
test_segment (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  import_all (fixture, 2, 3);
  g_autoptr (PrcSeries) series = open_case (fixture, 1);
  const PrcSlice *slice = prc_series_slice (series, 0);
  const PrcRowSpan spans[] = {{10, 10, 30}, {11, 10, 30}};
  PrcMask *mask = prc_mask_new_from_spans (64, 64, spans, 2);
  PrcFrame *frame =
      prc_codec_pool_decode (pool, slice->instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  const PrcQuery query = {
      .frame = frame, .instance = slice->instance, .mask = mask, .k = 5, .generation = 7};
  g_auto (Reply) reply = {0};
  prc_engine_query_async (fixture->engine, &query, NULL, on_reply, &reply);
  prc_mask_unref (mask);
  prc_frame_unref (frame);
  wait_for (&reply);
  g_autoptr (PrcAnswer) said = prc_engine_query_finish (fixture->engine, reply.result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (said->state, ==, PRC_ANSWER_NO_SEGMENTS);
  g_assert_true (said->by_segment);
  g_assert_cmpuint (said->generation, ==, 7);
  g_autoptr (PrcAnswer) whole = ask_and_wait (fixture, series, 8); // slices answer as before
  g_assert_false (whole->by_segment);
  g_assert_cmpuint (whole->n_hits, ==, 1);
}

static void
test_newer_cancels_older (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  import_all (fixture, 3, 2);
  g_autoptr (PrcSeries) series = open_case (fixture, 1);
  g_autoptr (GCancellable) first = g_cancellable_new ();
  g_auto (Reply) older = {0}, newer = {0}, dead = {0};
  ask_about (fixture, series, 1, first, &older);
  g_cancellable_cancel (first);
  ask_about (fixture, series, 2, NULL, &newer);
  ask_about (fixture, series, 3, first, &dead); // cancelled before it was asked
  wait_for (&older);
  wait_for (&newer);
  wait_for (&dead);
  g_assert_null (prc_engine_query_finish (fixture->engine, older.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (prc_engine_query_finish (fixture->engine, dead.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_autoptr (PrcAnswer) answer = prc_engine_query_finish (fixture->engine, newer.result, NULL);
  g_assert_cmpuint (answer->generation, ==, 2);
}

static void
explain (Fixture *fixture, PrcFrame *frame, GCancellable *cancellable, Reply *reply) {
  const PrcCrop whole = {.frame = frame}, part = {.frame = frame, .region = {0, 0, 24, 24}};
  prc_engine_explain_async (fixture->engine, &whole, &part, cancellable, on_reply, reply);
}

static void
test_explain (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  PrcFrame *frame = prc_phantom_frame (1, 10, 64, 64);
  g_autoptr (GCancellable) first = g_cancellable_new ();
  g_auto (Reply) older = {0}, newer = {0}, refused = {0};
  explain (fixture, frame, first, &older);
  g_cancellable_cancel (first);
  explain (fixture, frame, NULL, &newer);
  const PrcCrop whole = {.frame = frame}, outside = {.frame = frame, .region = {99, 0, 9, 9}};
  prc_engine_explain_async (fixture->engine, &outside, &whole, NULL, on_reply, &refused);
  prc_frame_unref (frame); // the engine took a reference
  wait_for (&older);
  wait_for (&newer);
  wait_for (&refused);
  g_assert_null (prc_engine_explain_finish (fixture->engine, older.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_autoptr (PrcExplanation) explanation =
      prc_engine_explain_finish (fixture->engine, newer.result, &error);
  g_assert_no_error (error);
  const PrcRegion *square = prc_explanation_square (explanation, PRC_EXPLANATION_NEIGHBOUR);
  g_assert_cmpfloat (square->width, ==, 24);
  g_assert_null (prc_engine_explain_finish (fixture->engine, refused.result, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);
}

static void
test_another_program (Fixture *fixture, gconstpointer data) {
  import_all (fixture, 4, 2);
  g_autoptr (PrcSeries) series = open_case (fixture, 1);
  g_autoptr (PrcAnswer) before = ask_and_wait (fixture, series, 1);
  g_assert_cmpuint (before->n_hits, ==, 3);
  g_autoptr (PrcLibrary) other = prc_library_open (fixture->path, NULL);
  g_assert_true (prc_library_remove (other, before->hits[0].matching_case->id, NULL));
  while (prc_engine_n_cases (fixture->engine) != 3) // seen without anybody asking
    g_main_context_iteration (NULL, TRUE);
  g_autoptr (PrcAnswer) after = ask_and_wait (fixture, series, 2);
  g_assert_cmpuint (after->n_hits, ==, 2);
  g_assert_cmpuint (after->library_version, >, before->library_version);
}

typedef struct {
  Fixture *fixture;
  PrcSeries *series;
  Reply *query;
} Interruption;

static void
interrupt (gpointer data) {
  Interruption *interruption = data;
  ask_about (interruption->fixture, interruption->series, 9, NULL, interruption->query);
}

static void
test_import_gives_way (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  library_fixture_write_cases (fixture->folder, 6, 60);
  g_autoptr (PrcSeries) series = open_case (fixture, 6);
  g_auto (Reply) query = {0};
  Interruption interruption = {fixture, series, &query};
  g_auto (Reply) reply = {.at_first = interrupt, .at_first_data = &interruption};
  start_import (fixture, &reply);
  wait_for (&query);
  g_assert_null (reply.result); // answered while the import is still at work
  g_autoptr (PrcAnswer) answer = prc_engine_query_finish (fixture->engine, query.result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (answer->generation, ==, 9);
  wait_for (&reply);
  g_autoptr (PrcImportSummary) summary =
      prc_engine_import_finish (fixture->engine, reply.result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, ==, 360);
}

// --- a library of another encoder

typedef struct {
  Fixture *fixture;
  PrcSeries *series;
  Reply query, import;
  guint n_told, last_done;
  gboolean asked;
} Indexing;

static void
on_indexing (PrcEngine *engine, GParamSpec *pspec, gpointer data) {
  Indexing *indexing = data;
  const PrcIndexing *now = prc_engine_indexing (engine);
  g_assert_true (g_thread_self () == main_thread);
  g_assert_cmpuint (now->n_done, >=, indexing->last_done);
  g_assert_cmpuint (now->n_done, <=, now->n_total);
  indexing->last_done = now->n_done;
  indexing->n_told++;
  if (!now->running)
    g_assert_nonnull (indexing->import.result); // it did not wait for the end
  if (indexing->asked || now->n_done < 60)
    return;
  indexing->asked = TRUE;
  ask_about (indexing->fixture, indexing->series, 9, NULL, &indexing->query);
  start_import (indexing->fixture, &indexing->import);
}

static void
on_resumed (PrcEngine *engine, GParamSpec *pspec, gpointer data) {
  Indexing *indexing = data;
  const PrcIndexing *now = prc_engine_indexing (engine);
  g_assert_cmpuint (now->n_done, >=, indexing->last_done); // not from the beginning
  indexing->last_done = now->n_done;
  indexing->n_told++;
}

static void
import_with_another (Fixture *fixture) {
  g_autofree char *folder = NULL;
  g_autofree char *weights = library_fixture_other_weights (&folder);
  g_autoptr (PrcEngine) older = prc_engine_new (pool, fixture->path, weights);
  g_auto (Reply) reply = {0};
  const char *const paths[] = {fixture->folder, NULL};
  prc_engine_import_async (older, paths, NULL, NULL, NULL, NULL, on_reply, &reply);
  wait_for (&reply);
  prc_engine_shut_down (older);
  prc_fixture_remove (folder);
}

// Behind questions and imports, which come in between; and an answer is of what is done.
static void
test_index_again (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  wait_for_state (fixture->engine);
  g_assert_false (prc_engine_indexing (fixture->engine)->running);
  prc_engine_shut_down (fixture->engine);
  g_object_unref (fixture->engine);
  library_fixture_write_cases (fixture->folder, 6, 60);
  import_with_another (fixture);
  library_fixture_write_case (fixture->folder, 7, "P7", 3);
  g_autoptr (PrcSeries) series = open_case (fixture, 6);
  fixture->engine = prc_engine_new (pool, fixture->path, NULL);
  Indexing indexing = {.fixture = fixture, .series = series};
  g_signal_connect (fixture->engine, "notify::indexing", G_CALLBACK (on_indexing), &indexing);
  wait_for (&indexing.query);
  g_assert_true (prc_engine_indexing (fixture->engine)->running);
  g_autoptr (PrcAnswer) answer =
      prc_engine_query_finish (fixture->engine, indexing.query.result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (answer->n_slices_searched, >=, 60);
  g_assert_cmpuint (answer->n_slices_searched, <, 360);
  g_assert_cmpuint (answer->n_hits, >, 0);
  wait_for (&indexing.import);
  while (prc_engine_indexing (fixture->engine)->running)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (indexing.n_told, >, 3);
  g_assert_cmpuint (prc_engine_indexing (fixture->engine)->n_left, ==, 0);
  g_autoptr (PrcAnswer) whole = ask_and_wait (fixture, series, 10);
  g_assert_cmpuint (whole->n_slices_searched, ==, 363);
  g_signal_handlers_disconnect_by_data (fixture->engine, &indexing);
  reply_clear (&indexing.query);
  reply_clear (&indexing.import);
}

static void
on_indexing_shut_down (PrcEngine *engine, GParamSpec *pspec, gpointer data) {
  if (prc_engine_indexing (engine)->n_done >= 60)
    prc_engine_shut_down (engine);
}

// Closed in the middle: what is done stays done, the next start goes on from there.
static void
test_index_resumed (Fixture *fixture, gconstpointer data) {
  prc_engine_shut_down (fixture->engine);
  g_object_unref (fixture->engine);
  library_fixture_write_cases (fixture->folder, 6, 60);
  import_with_another (fixture);
  fixture->engine = prc_engine_new (pool, fixture->path, NULL);
  g_signal_connect (fixture->engine, "notify::indexing", G_CALLBACK (on_indexing_shut_down), NULL);
  while (!prc_engine_indexing (fixture->engine)->failed)
    g_main_context_iteration (NULL, TRUE);
  const guint n_done = prc_engine_indexing (fixture->engine)->n_done;
  g_assert_cmpuint (n_done, >=, 60);
  g_assert_cmpuint (n_done, <, 360);
  g_object_unref (fixture->engine);

  fixture->engine = prc_engine_new (pool, fixture->path, NULL);
  Indexing indexing = {.asked = TRUE, .last_done = n_done};
  g_signal_connect (fixture->engine, "notify::indexing", G_CALLBACK (on_resumed), &indexing);
  while (indexing.n_told == 0 || prc_engine_indexing (fixture->engine)->running)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (prc_engine_indexing (fixture->engine)->n_done, ==, 360);
}

static void
shut_down (gpointer data) {
  prc_engine_shut_down (data);
}

static void
test_shut_down_while_busy (Fixture *fixture, gconstpointer data) {
  library_fixture_write_cases (fixture->folder, 6, 60);
  g_autoptr (PrcSeries) series = open_case (fixture, 1);
  g_auto (Reply) late = {0};
  g_auto (Reply) reply = {.at_first = shut_down, .at_first_data = fixture->engine};
  start_import (fixture, &reply);
  wait_for (&reply);
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_engine_import_finish (fixture->engine, reply.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  ask_about (fixture, series, 1, NULL, &late); // nobody is there any more
  wait_for (&late);
  g_assert_null (prc_engine_query_finish (fixture->engine, late.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_autoptr (PrcLibrary) library = prc_library_open (fixture->path, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) problems = prc_library_verify (library, FALSE, NULL);
  g_assert_cmpuint (problems->len, ==, 0);
}

static void
test_shut_down_at_once (void) { // before it is open, with questions waiting
  g_autofree char *folder = prc_fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "l.sqlite", NULL);
  g_autoptr (PrcEngine) engine = prc_engine_new (pool, path, NULL);
  Reply replies[3] = {0};
  for (int i = 0; i < 3; i++)
    prc_engine_case_paths_async (engine, i, NULL, on_reply, &replies[i]);
  prc_engine_shut_down (engine);
  prc_engine_shut_down (engine);
  for (int i = 0; i < 3; i++) {
    g_autoptr (GError) error = NULL;
    wait_for (&replies[i]);
    g_assert_null (prc_engine_case_paths_finish (engine, replies[i].result, &error));
    g_assert_nonnull (error);
    reply_clear (&replies[i]);
  }
  prc_fixture_remove (folder);
}

// The thread may come to a question between the cancelling of the opening and that of the question.
static void
test_opening_was_cancelled (void) {
  g_autoptr (GError) error = NULL;
  PrcEngineWorker *worker = prc_engine_worker_new (pool, "/nonexistent/l.sqlite", NULL);
  g_assert_null (prc_engine_worker_case_paths (worker, 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (prc_engine_worker_remove (worker, 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (prc_engine_worker_query (worker, &(PrcQuery){0}, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  PrcEngineCounts counts;
  g_assert_false (prc_engine_worker_news (worker, &counts));
  prc_engine_worker_free (worker);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  main_thread = g_thread_self ();
  pool = prc_codec_pool_new (2);
  ADD ("/engine/start", test_start);
  g_test_add_func ("/engine/failed", test_failed);
  ADD ("/engine/import-and-ask", test_import_and_ask);
  ADD ("/engine/add-and-find", test_add_and_find);
  ADD ("/engine/segment", test_segment);
  ADD ("/engine/newer-cancels-older", test_newer_cancels_older);
  ADD ("/engine/explain", test_explain);
  ADD ("/engine/another-program", test_another_program);
  ADD ("/engine/import-gives-way", test_import_gives_way);
  ADD ("/engine/index-again", test_index_again);
  ADD ("/engine/index-resumed", test_index_resumed);
  ADD ("/engine/shut-down-while-busy", test_shut_down_while_busy);
  g_test_add_func ("/engine/shut-down-at-once", test_shut_down_at_once);
  g_test_add_func ("/engine/opening-was-cancelled", test_opening_was_cancelled);
  const int result = g_test_run ();
  prc_codec_pool_unref (pool);
  return result;
}
