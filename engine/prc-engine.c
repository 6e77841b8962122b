// SPDX-License-Identifier: Apache-2.0
#include "prc-engine.h"

#include <glib/gi18n-lib.h>
#include "prc-engine-worker.h"
#include "prc-job-queue.h"

#define LOOK_SECONDS      3 // between two looks whether another program changed the library
#define PROGRESS_INTERVAL (50 * G_TIME_SPAN_MILLISECOND) // what an eye can follow

struct _PrcEngine {
  GObject parent_instance;
  PrcJobQueue *queue;      // NULL once shut down
  PrcEngineWorker *worker; // of the queue's thread
  GMainContext *main;
  GPtrArray *asks; // borrowed, those that are not answered yet
  GSource *look;
  PrcEngineState state;
  char *message;
  PrcEngineCounts counts;
  PrcIndexing indexing;
};

G_DEFINE_FINAL_TYPE (PrcEngine, prc_engine, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (PrcEngineState, prc_engine_state,
                    G_DEFINE_ENUM_VALUE (PRC_ENGINE_STARTING, "starting"),
                    G_DEFINE_ENUM_VALUE (PRC_ENGINE_READY, "ready"),
                    G_DEFINE_ENUM_VALUE (PRC_ENGINE_FAILED, "failed"))

enum {
  PROP_0,
  PROP_STATE,
  PROP_MESSAGE,
  PROP_N_CASES,
  PROP_N_SLICES,
  PROP_VERSION,
  PROP_INDEXING,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

// One question on its way: made on the main thread, worked on in the engine's, answered and freed
// on the main thread. The task holds the engine, so it is touched on the main thread only: the last
// reference must not fall in the engine's.
typedef struct _Ask Ask;
struct _Ask {
  PrcEngine *engine; // borrowed from the task
  GTask *task;
  GCancellable *cancellable; // our own: the caller's and the shutting down both cancel it
  GCancellable *callers;
  gulong handler;
  void (*work) (Ask *ask);
  PrcJobPriority priority;
  // what is asked
  PrcQuery query;
  PrcCrop crops[PRC_EXPLANATION_SIDES];
  GPtrArray *series, *segmentations;
  PrcCaseText text;
  GStrv paths;
  char *cases_csv;
  gint64 case_id;
  PrcImportProgress progress;
  gpointer progress_data;
  gint64 progress_told; // in the engine thread
  // what is answered
  gpointer pointer;
  GDestroyNotify pointer_free;
  gint64 number;
  GError *error;
  PrcEngineCounts news;
  gboolean has_news;
};

static void
ask_free (Ask *ask) {
  if (ask->callers) {
    g_cancellable_disconnect (ask->callers, ask->handler);
    g_object_unref (ask->callers);
  }
  g_object_unref (ask->cancellable);
  prc_query_clear (&ask->query);
  for (guint i = 0; i < PRC_EXPLANATION_SIDES; i++)
    prc_crop_clear (&ask->crops[i]);
  prc_case_text_clear (&ask->text);
  g_clear_pointer (&ask->series, g_ptr_array_unref);
  g_clear_pointer (&ask->segmentations, g_ptr_array_unref);
  g_strfreev (ask->paths);
  g_free (ask->cases_csv);
  if (ask->pointer)
    ask->pointer_free (ask->pointer);
  g_clear_error (&ask->error);
  g_clear_object (&ask->task);
  g_free (ask);
}

// --- back on the main thread

static void
invoke_on_main (PrcEngine *self, GSourceFunc function, gpointer data) {
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT); // in the order they were sent
  g_source_set_callback (source, function, data, NULL);
  g_source_attach (source, self->main);
}

static void
take_counts (PrcEngine *self, const PrcEngineCounts *news) {
  const PrcEngineCounts old = self->counts;
  self->counts = *news;
  g_object_freeze_notify (G_OBJECT (self));
  if (old.n_cases != news->n_cases)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_CASES]);
  if (old.n_slices != news->n_slices)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_SLICES]);
  if (old.version != news->version)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VERSION]);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
set_state (PrcEngine *self, PrcEngineState state, const char *message) {
  g_object_freeze_notify (G_OBJECT (self));
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  if (g_strcmp0 (self->message, message) != 0) {
    g_free (self->message);
    self->message = g_strdup (message);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MESSAGE]);
  }
  g_object_thaw_notify (G_OBJECT (self));
}

static gboolean
deliver (gpointer data) {
  Ask *ask = data;
  GTask *task = ask->task;
  g_ptr_array_remove_fast (ask->engine->asks, ask);
  if (ask->has_news)
    take_counts (ask->engine, &ask->news);
  if (ask->error)
    g_task_return_error (task, g_steal_pointer (&ask->error));
  else if (ask->pointer_free)
    g_task_return_pointer (task, g_steal_pointer (&ask->pointer), ask->pointer_free);
  else
    g_task_return_int (task, (gssize)ask->number);
  ask_free (ask);
  return G_SOURCE_REMOVE;
}

static void
drop_ask (gpointer data) { // wherever it was cancelled
  Ask *ask = data;
  g_set_error_literal (&ask->error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
  invoke_on_main (ask->engine, deliver, ask);
}

// --- in the engine thread

static void
run_ask (gpointer data) {
  Ask *ask = data;
  ask->work (ask);
  ask->has_news = prc_engine_worker_news (ask->engine->worker, &ask->news);
  invoke_on_main (ask->engine, deliver, ask);
}

static void
work_query (Ask *ask) {
  ask->pointer_free = (GDestroyNotify)prc_answer_unref;
  ask->pointer =
      prc_engine_worker_query (ask->engine->worker, &ask->query, ask->cancellable, &ask->error);
}

static void
work_explain (Ask *ask) {
  ask->pointer_free = (GDestroyNotify)prc_explanation_unref;
  ask->pointer = prc_engine_worker_explain (ask->engine->worker, &ask->crops[0], &ask->crops[1],
                                            ask->cancellable, &ask->error);
}

static void
give_way (gpointer data) {
  Ask *ask = data;
  prc_job_queue_run_urgent (ask->engine->queue, ask->priority);
}

static void
work_try (Ask *ask) {
  g_autofree PrcTrial *trial = g_new (PrcTrial, 1);
  ask->pointer_free = g_free;
  if (prc_engine_worker_try (ask->engine->worker, give_way, ask, ask->cancellable, trial,
                             &ask->error))
    ask->pointer = g_steal_pointer (&trial);
}

typedef struct {
  Ask *ask;
  PrcImportStatus status;
} Progress;

static gboolean
deliver_progress (
    gpointer data) { // always before the ask itself: sources of one priority keep their order
  g_autofree Progress *progress = data;
  if (!g_cancellable_is_cancelled (progress->ask->cancellable))
    progress->ask->progress (&progress->status, progress->ask->progress_data);
  return G_SOURCE_REMOVE;
}

// Between two batches: first whoever asks about the slice in view.
static void
on_progress (const PrcImportStatus *status, gpointer data) {
  Ask *ask = data;
  prc_job_queue_run_urgent (ask->engine->queue, ask->priority);
  const gint64 now = g_get_monotonic_time ();
  const gboolean is_last = status->n_done == status->n_total;
  if (!ask->progress || (!is_last && now - ask->progress_told < PROGRESS_INTERVAL))
    return;
  ask->progress_told = now;
  Progress *progress = g_new (Progress, 1);
  *progress = (Progress){ask, *status};
  invoke_on_main (ask->engine, deliver_progress, progress);
}

static void
work_add_series (Ask *ask) {
  ask->number =
      prc_engine_worker_add_series (ask->engine->worker, ask->series, ask->segmentations,
                                    &ask->text, on_progress, ask, ask->cancellable, &ask->error);
}

static void
work_import (Ask *ask) {
  ask->pointer_free = (GDestroyNotify)prc_import_summary_free;
  ask->pointer =
      prc_engine_worker_import (ask->engine->worker, (const char *const *)ask->paths,
                                ask->cases_csv, on_progress, ask, ask->cancellable, &ask->error);
}

static void
work_index_again (Ask *ask) {
  ask->pointer_free = (GDestroyNotify)prc_import_summary_free;
  ask->pointer = prc_engine_worker_index_again (ask->engine->worker, on_progress, ask,
                                                ask->cancellable, &ask->error);
}

static void
work_case_paths (Ask *ask) {
  ask->pointer_free = (GDestroyNotify)g_strfreev;
  ask->pointer = prc_engine_worker_case_paths (ask->engine->worker, ask->case_id, &ask->error);
}

static void
work_remove (Ask *ask) {
  ask->number = prc_engine_worker_remove (ask->engine->worker, ask->case_id, &ask->error);
}

static void
work_open (Ask *ask) {
  ask->number = prc_engine_worker_open (ask->engine->worker, &ask->error);
}

// --- asking

static void
forward_cancel (GCancellable *callers, gpointer own) {
  g_cancellable_cancel (own);
}

static Ask *
ask_new (PrcEngine *self, void (*work) (Ask *), GCancellable *cancellable,
         GAsyncReadyCallback callback, gpointer user_data) {
  Ask *ask = g_new0 (Ask, 1);
  ask->engine = self;
  ask->work = work;
  ask->cancellable = g_cancellable_new ();
  ask->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (ask->task, (gpointer)work);
  if (cancellable)
    ask->callers = g_object_ref (cancellable);
  return ask;
}

static void
ask_push (Ask *ask, PrcJobPriority priority) {
  PrcEngine *self = ask->engine;
  ask->priority = priority;
  g_ptr_array_add (self->asks, ask);
  if (ask->callers)
    ask->handler = g_cancellable_connect (ask->callers, G_CALLBACK (forward_cancel),
                                          g_object_ref (ask->cancellable), g_object_unref);
  if (self->queue)
    prc_job_queue_push (self->queue, priority, ask->cancellable, run_ask, drop_ask, ask);
  else
    drop_ask (ask);
}

void
prc_engine_query_async (PrcEngine *self, const PrcQuery *query, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data) {
  Ask *ask = ask_new (self, work_query, cancellable, callback, user_data);
  prc_query_copy (&ask->query, query);
  ask_push (ask, PRC_JOB_QUERY);
}

PrcAnswer *
prc_engine_query_finish (PrcEngine *self, GAsyncResult *result, GError **error) {
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
prc_engine_explain_async (PrcEngine *self, const PrcCrop *query, const PrcCrop *neighbour,
                          GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data) {
  Ask *ask = ask_new (self, work_explain, cancellable, callback, user_data);
  prc_crop_copy (&ask->crops[PRC_EXPLANATION_QUERY], query);
  prc_crop_copy (&ask->crops[PRC_EXPLANATION_NEIGHBOUR], neighbour);
  ask_push (ask, PRC_JOB_EXPLANATION);
}

PrcExplanation *
prc_engine_explain_finish (PrcEngine *self, GAsyncResult *result, GError **error) {
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
prc_engine_try_async (PrcEngine *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data) {
  ask_push (ask_new (self, work_try, cancellable, callback, user_data), PRC_JOB_MAINTENANCE);
}

PrcTrial *
prc_engine_try_finish (PrcEngine *self, GAsyncResult *result, GError **error) {
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
copy_series (gconstpointer series, gpointer data) {
  return prc_series_ref ((PrcSeries *)series);
}

static gpointer
copy_instance (gconstpointer instance, gpointer data) {
  return prc_instance_ref ((PrcInstance *)instance);
}

void
prc_engine_add_series_async (PrcEngine *self, GPtrArray *series, GPtrArray *segmentations,
                             const PrcCaseText *text, PrcImportProgress progress,
                             gpointer progress_data, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data) {
  Ask *ask = ask_new (self, work_add_series, cancellable, callback, user_data);
  ask->series = g_ptr_array_copy (series, copy_series, NULL);
  g_ptr_array_set_free_func (ask->series, (GDestroyNotify)prc_series_unref);
  if (segmentations) {
    ask->segmentations = g_ptr_array_copy (segmentations, copy_instance, NULL);
    g_ptr_array_set_free_func (ask->segmentations, (GDestroyNotify)prc_instance_unref);
  }
  if (text)
    prc_case_text_copy (&ask->text, text);
  ask->progress = progress;
  ask->progress_data = progress_data;
  ask_push (ask, PRC_JOB_IMPORT);
}

gint64
prc_engine_add_series_finish (PrcEngine *self, GAsyncResult *result, GError **error) {
  g_return_val_if_fail (g_task_is_valid (result, self), 0);
  const gssize id = g_task_propagate_int (G_TASK (result), error);
  return id > 0 ? id : 0;
}

void
prc_engine_import_async (PrcEngine *self, const char *const *paths, const char *cases_csv,
                         PrcImportProgress progress, gpointer progress_data,
                         GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data) {
  Ask *ask = ask_new (self, work_import, cancellable, callback, user_data);
  ask->paths = g_strdupv ((GStrv)paths);
  ask->cases_csv = g_strdup (cases_csv);
  ask->progress = progress;
  ask->progress_data = progress_data;
  ask_push (ask, PRC_JOB_IMPORT);
}

PrcImportSummary *
prc_engine_import_finish (PrcEngine *self, GAsyncResult *result, GError **error) {
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
prc_engine_case_paths_async (PrcEngine *self, gint64 case_id, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data) {
  Ask *ask = ask_new (self, work_case_paths, cancellable, callback, user_data);
  ask->case_id = case_id;
  ask_push (ask, PRC_JOB_CASES);
}

GStrv
prc_engine_case_paths_finish (PrcEngine *self, GAsyncResult *result, GError **error) {
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
prc_engine_remove_case_async (PrcEngine *self, gint64 case_id, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data) {
  Ask *ask = ask_new (self, work_remove, cancellable, callback, user_data);
  ask->case_id = case_id;
  ask_push (ask, PRC_JOB_CASES);
}

gboolean
prc_engine_remove_case_finish (PrcEngine *self, GAsyncResult *result, GError **error) {
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_int (G_TASK (result), error) > 0;
}

// --- the object

static void
work_look (Ask *ask) {
}

static gboolean
on_look (gpointer data) {
  PrcEngine *self = data;
  if (self->asks->len == 0 && self->state == PRC_ENGINE_READY) // whoever asks looks anyway
    ask_push (ask_new (self, work_look, NULL, NULL, NULL), PRC_JOB_MAINTENANCE);
  return G_SOURCE_CONTINUE;
}

static void
set_indexing (PrcEngine *self, const PrcIndexing *news) {
  self->indexing = *news;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_INDEXING]);
}

static void
on_indexing (const PrcImportStatus *status, gpointer data) {
  set_indexing (data, &(PrcIndexing){TRUE, status->n_done, status->n_total, 0});
}

static void
on_indexed (GObject *source, GAsyncResult *result, gpointer data) {
  PrcEngine *self = PRC_ENGINE (source);
  g_autoptr (PrcImportSummary) summary = g_task_propagate_pointer (G_TASK (result), NULL);
  if (!self->indexing.running)
    return; // there was nothing to do
  PrcIndexing news = self->indexing;
  news.running = FALSE;
  news.failed = !summary;
  news.n_left = summary ? MIN (summary->n_left, news.n_total) : 0;
  if (summary)
    news.n_done = news.n_total - news.n_left;
  set_indexing (self, &news);
}

static void
index_again (PrcEngine *self) {
  Ask *ask = ask_new (self, work_index_again, NULL, on_indexed, NULL);
  ask->progress = on_indexing;
  ask->progress_data = self;
  ask_push (ask, PRC_JOB_MAINTENANCE);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data) {
  PrcEngine *self = PRC_ENGINE (source);
  g_autoptr (GError) error = NULL;
  g_task_propagate_int (G_TASK (result), &error);
  if (!error) {
    set_state (self, PRC_ENGINE_READY, "");
    index_again (self);
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    set_state (self, PRC_ENGINE_FAILED, error->message);
  }
}

PrcEngine *
prc_engine_new (PrcCodecPool *pool, const char *library_path, const char *weights_path) {
  PrcEngine *self = g_object_new (PRC_TYPE_ENGINE, NULL);
  self->worker = prc_engine_worker_new (pool, library_path, weights_path);
  self->queue = prc_job_queue_new ();
  self->look = g_timeout_source_new_seconds (LOOK_SECONDS);
  g_source_set_callback (self->look, on_look, self, NULL);
  g_source_attach (self->look, self->main);
  ask_push (ask_new (self, work_open, NULL, on_opened, NULL), PRC_JOB_QUERY);
  return self;
}

PrcEngineState
prc_engine_state (PrcEngine *self) {
  return self->state;
}

const char *
prc_engine_message (PrcEngine *self) {
  return self->message;
}

guint
prc_engine_n_cases (PrcEngine *self) {
  return self->counts.n_cases;
}

guint
prc_engine_n_slices (PrcEngine *self) {
  return self->counts.n_slices;
}

const PrcIndexing *
prc_engine_indexing (PrcEngine *self) {
  return &self->indexing;
}

void
prc_engine_shut_down (PrcEngine *self) {
  if (!self->queue)
    return;
  for (guint i = 0; i < self->asks->len; i++)
    g_cancellable_cancel (((Ask *)self->asks->pdata[i])->cancellable);
  g_source_destroy (self->look);
  g_clear_pointer (&self->look, g_source_unref);
  prc_job_queue_stop (self->queue);
  self->queue = NULL;
  g_clear_pointer (&self->worker, prc_engine_worker_free);
}

static void
prc_engine_dispose (GObject *object) {
  prc_engine_shut_down (PRC_ENGINE (object));
  G_OBJECT_CLASS (prc_engine_parent_class)->dispose (object);
}

static void
prc_engine_finalize (GObject *object) {
  PrcEngine *self = PRC_ENGINE (object);
  g_ptr_array_unref (self->asks);
  g_main_context_unref (self->main);
  g_free (self->message);
  G_OBJECT_CLASS (prc_engine_parent_class)->finalize (object);
}

static void
prc_engine_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec) {
  PrcEngine *self = PRC_ENGINE (object);
  switch (id) {
  case PROP_STATE:
    g_value_set_enum (value, (int)self->state);
    break;
  case PROP_MESSAGE:
    g_value_set_string (value, self->message);
    break;
  case PROP_N_CASES:
    g_value_set_uint (value, self->counts.n_cases);
    break;
  case PROP_N_SLICES:
    g_value_set_uint (value, self->counts.n_slices);
    break;
  case PROP_VERSION:
    g_value_set_uint64 (value, self->counts.version);
    break;
  case PROP_INDEXING:
    g_value_set_boolean (value, self->indexing.running);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
prc_engine_class_init (PrcEngineClass *class) {
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  object_class->dispose = prc_engine_dispose;
  object_class->finalize = prc_engine_finalize;
  object_class->get_property = prc_engine_get_property;
  props[PROP_STATE] =
      g_param_spec_enum ("state", NULL, NULL, PRC_TYPE_ENGINE_STATE, PRC_ENGINE_STARTING, flags);
  props[PROP_MESSAGE] = g_param_spec_string ("message", NULL, NULL, "", flags);
  props[PROP_N_CASES] = g_param_spec_uint ("n-cases", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_N_SLICES] = g_param_spec_uint ("n-slices", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_VERSION] =
      g_param_spec_uint64 ("library-version", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_INDEXING] = g_param_spec_boolean ("indexing", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
prc_engine_init (PrcEngine *self) {
  self->main = g_main_context_ref_thread_default ();
  self->asks = g_ptr_array_new ();
  self->message = g_strdup ("");
}
