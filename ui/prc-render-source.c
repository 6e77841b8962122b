// SPDX-License-Identifier: Apache-2.0
#include "prc-render-source.h"

// A wish for a frame (frame == NULL) or for a picture of a frame.
typedef struct {
  PrcRenderSource *source; // referenced
  guint epoch;
  PrcInstance *instance;
  guint number;
  PrcFrame *frame;
  PrcViewParams params;
  PrcLayer *layer; // or NULL
  int width, height;
  GCancellable *cancellable;
  PrcRaster *raster; // the outcome
} Job;

struct _PrcRenderSource {
  grefcount references;
  PrcFrameStore *store;
  PrcFrameReady frame_ready;
  PrcRasterReady raster_ready;
  gpointer user_data; // NULL callbacks once freed
  guint epoch;        // grows with every reset; what belongs to an older one is dropped
  GCancellable *cancellable;
  Job *decoding, *rendering; // under way; owned by their callbacks
  Job *next_decode, *next_render;
};

static void source_unref (PrcRenderSource *source);
static void start_decode (Job *job);
static void start_render (Job *job);

static void
job_free (Job *job) {
  prc_instance_unref (job->instance);
  g_clear_pointer (&job->frame, prc_frame_unref);
  g_clear_pointer (&job->layer, prc_layer_unref);
  g_clear_pointer (&job->raster, prc_raster_unref);
  g_object_unref (job->cancellable);
  source_unref (job->source);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static Job *
job_new (PrcRenderSource *source, PrcInstance *instance, guint number) {
  Job *job = g_new0 (Job, 1);

  g_ref_count_inc (&source->references);
  job->source = source;
  job->epoch = source->epoch;
  job->instance = prc_instance_ref (instance);
  job->number = number;
  job->cancellable = g_object_ref (source->cancellable);
  return job;
}

static bool
job_is_for (const Job *job, PrcInstance *instance, guint number) {
  return job && job->instance == instance && job->number == number;
}

static bool
job_counts (const Job *job) {
  return job->source->frame_ready && job->epoch == job->source->epoch;
}

static void
decoded (GObject *object, GAsyncResult *result, gpointer user_data) {
  g_autoptr (Job) job = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = prc_frame_store_get_finish (result, &error);
  PrcRenderSource *source = job->source;

  if (source->decoding == job) {
    source->decoding = NULL;
    if (source->next_decode)
      start_decode (g_steal_pointer (&source->next_decode));
  }
  if (job_counts (job) && (frame || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)))
    source->frame_ready (job->instance, job->number, frame, error, source->user_data);
}

static void
start_decode (Job *job) {
  job->source->decoding = job;
  prc_frame_store_get_async (job->source->store, job->instance, job->number, PRC_PRIORITY_VIEW,
                             job->cancellable, decoded, job);
}

void
prc_render_source_drop_rasters (PrcRenderSource *source) {
  if (source->rendering) {
    source->rendering->epoch = source->epoch - 1;
    source->rendering = NULL;
  }
  g_clear_pointer (&source->next_render, job_free);
}

static gboolean
rendered (gpointer user_data) {
  g_autoptr (Job) job = user_data;
  PrcRenderSource *source = job->source;

  if (source->rendering == job) {
    source->rendering = NULL;
    if (source->next_render)
      start_render (g_steal_pointer (&source->next_render));
  }
  if (job_counts (job) && job->raster)
    source->raster_ready (job->instance, job->number, job->raster, source->user_data);
  return G_SOURCE_REMOVE;
}

static void
render_in_thread (gpointer data, gpointer unused) {
  Job *job = data;

  job->raster = prc_render (job->frame, &job->params, job->layer, job->width, job->height,
                            job->cancellable, NULL);
  g_idle_add_full (G_PRIORITY_DEFAULT, rendered, job, NULL);
}

// One pool for all views: as many threads as can draw at the same time.
static GThreadPool *
render_threads (void) {
  static GThreadPool *pool;

  if (!pool)
    pool = g_thread_pool_new (render_in_thread, NULL, (int)MIN (g_get_num_processors (), 4), FALSE,
                              NULL);
  return pool;
}

static void
start_render (Job *job) {
  job->source->rendering = job;
  g_thread_pool_push (render_threads (), job, NULL);
}

PrcRenderSource *
prc_render_source_new (PrcFrameStore *store, PrcFrameReady frame_ready, PrcRasterReady raster_ready,
                       gpointer user_data) {
  PrcRenderSource *source = g_new0 (PrcRenderSource, 1);

  g_ref_count_init (&source->references);
  source->store = prc_frame_store_ref (store);
  source->frame_ready = frame_ready;
  source->raster_ready = raster_ready;
  source->user_data = user_data;
  source->cancellable = g_cancellable_new ();
  return source;
}

static void
source_unref (PrcRenderSource *source) {
  if (!g_ref_count_dec (&source->references))
    return;
  prc_frame_store_unref (source->store);
  g_object_unref (source->cancellable);
  g_free (source);
}

void
prc_render_source_reset (PrcRenderSource *source) {
  source->epoch++;
  g_cancellable_cancel (source->cancellable);
  g_object_unref (source->cancellable);
  source->cancellable = g_cancellable_new ();
  source->decoding = NULL;
  source->rendering = NULL;
  g_clear_pointer (&source->next_decode, job_free);
  g_clear_pointer (&source->next_render, job_free);
}

void
prc_render_source_free (PrcRenderSource *source) {
  prc_render_source_reset (source);
  source->frame_ready = NULL;
  source->raster_ready = NULL;
  source_unref (source);
}

PrcFrame *
prc_render_source_want_frame (PrcRenderSource *source, PrcInstance *instance, guint number) {
  PrcFrame *frame = prc_frame_store_peek (source->store, instance, number);

  g_clear_pointer (&source->next_decode, job_free);
  if (frame || job_is_for (source->decoding, instance, number))
    return frame;
  if (source->decoding)
    source->next_decode = job_new (source, instance, number);
  else
    start_decode (job_new (source, instance, number));
  return NULL;
}

void
prc_render_source_want_raster (PrcRenderSource *source, PrcInstance *instance, guint number,
                               PrcFrame *frame, const PrcViewParams *params, const PrcLayer *layer,
                               int width, int height) {
  Job *job = job_new (source, instance, number);

  job->frame = prc_frame_ref (frame);
  job->params = *params;
  job->layer = layer ? prc_layer_ref (layer) : NULL;
  job->width = width;
  job->height = height;
  g_clear_pointer (&source->next_render, job_free);
  if (source->rendering)
    source->next_render = job;
  else
    start_render (job);
}
