// SPDX-License-Identifier: Apache-2.0
#include "prc-segmentations.h"

#include <glib/gi18n-lib.h>

#include "prc-segment-job.h"
#include "prc-segment-lay.h"

typedef struct {
  PrcInstance *instance;
  PrcSegmentation *segmentation; // NULL until it is read
  double threshold;
  gboolean wanted; // to be read (again)
  gboolean guest;  // nobody said that it belongs here
  gboolean sought; // which series it lies on was looked into
} File;

typedef struct { // how a file was laid on a series
  PrcSegmentation *segmentation;
  PrcSeries *series; // the state of it
  gboolean lies;     // somewhere on it: its segments are in the set
} Fit;

typedef struct { // a series that was in view
  PrcSegmentSet *set;
  GHashTable *fits; // File -> Fit
} Place;

struct _PrcSegmentations {
  grefcount references; // ours and that of the job under way
  PrcCodecPool *pool;
  PrcSegmentationsChanged changed; // NULL once freed
  gpointer user_data;
  GPtrArray *files;
  GHashTable *by_path; // path -> File
  GHashTable *places;  // key of a series -> Place
  GHashTable *keys;    // of the series that something lies on
  PrcScan *scan;       // or NULL
  PrcSeries *series;   // in view, or NULL
  Place *place;        // of it
  GCancellable *job;   // under way, or NULL
  gboolean fitting;    // that is what it does
  gboolean stopped;    // by the reader, until more is asked for
  guint done, total;   // steps since nothing was under way
  guint n_problems, n_homeless;
  char *problem; // the first
  char *doubt;   // why one lies on nothing that it could lie on
};

static void go_on (PrcSegmentations *self);

/* ---- memory ---- */

static void
file_free (File *file) {
  prc_instance_unref (file->instance);
  g_clear_pointer (&file->segmentation, prc_segmentation_unref);
  g_free (file);
}

static void
fit_free (Fit *fit) {
  prc_segmentation_unref (fit->segmentation);
  prc_series_unref (fit->series);
  g_free (fit);
}

static void
place_free (Place *place) {
  g_object_unref (place->set);
  g_hash_table_unref (place->fits);
  g_free (place);
}

static void
release (PrcSegmentations *self) {
  if (!g_ref_count_dec (&self->references))
    return;
  prc_codec_pool_unref (self->pool);
  g_hash_table_unref (self->by_path);
  g_hash_table_unref (self->places);
  g_hash_table_unref (self->keys);
  g_ptr_array_unref (self->files);
  g_clear_pointer (&self->scan, prc_scan_unref);
  g_clear_pointer (&self->series, prc_series_unref);
  g_clear_object (&self->job);
  g_free (self->problem);
  g_free (self->doubt);
  g_free (self);
}

PrcSegmentations *
prc_segmentations_new (PrcCodecPool *pool, PrcSegmentationsChanged changed, gpointer user_data) {
  PrcSegmentations *self = g_new0 (PrcSegmentations, 1);

  g_ref_count_init (&self->references);
  self->pool = prc_codec_pool_ref (pool);
  self->changed = changed;
  self->user_data = user_data;
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify)file_free);
  self->by_path = g_hash_table_new (g_str_hash, g_str_equal);
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->places =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)place_free);
  return self;
}

void
prc_segmentations_free (PrcSegmentations *self) {
  self->changed = NULL;
  if (self->job)
    g_cancellable_cancel (self->job);
  release (self);
}

static void
tell (PrcSegmentations *self, const char *problem) {
  if (self->changed)
    self->changed (self, problem, self->user_data);
}

/* ---- what comes of it ---- */

static void
note_problem (PrcSegmentations *self, const GError *error) {
  if (self->n_problems++ == 0)
    self->problem = g_strdup (error->message);
}

static void
have_read (PrcSegmentations *self, PrcSegmentJob *job) {
  File *file = job->tag;

  g_clear_pointer (&file->segmentation, prc_segmentation_unref);
  file->segmentation = prc_segmentation_ref (job->segmentation);
}

static void
have_fitted (PrcSegmentations *self, PrcSegmentJob *job) {
  Place *place = g_hash_table_lookup (self->places, prc_series_key (job->series));
  File *file = job->tag;
  const Fit *before = g_hash_table_lookup (place->fits, file);
  Fit *now = g_new0 (Fit, 1);

  now->segmentation = prc_segmentation_ref (job->segmentation);
  now->series = prc_series_ref (job->series);
  now->lies = job->lies || (before && before->lies);
  if (job->lies)
    prc_segment_lay (place->set, job, before && before->lies ? before->segmentation : NULL);
  g_hash_table_replace (place->fits, file, now);
}

static void
have_sought (PrcSegmentations *self, PrcSegmentJob *job, const GError *error) {
  File *file = job->tag;

  file->sought = TRUE;
  self->n_homeless += !error && job->lies_on->len == 0 && !file->guest;
  if (error && !file->guest && !self->doubt)
    self->doubt = g_strdup (error->message);
  for (guint i = 0; i < job->lies_on->len; i++)
    g_hash_table_add (self->keys, g_strdup (job->lies_on->pdata[i]));
}

// What fails is not tried again and again, what was stopped may be.
static void
take_result (PrcSegmentations *self, PrcSegmentJob *job, const GError *error) {
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error && job->kind != PRC_SEGMENT_JOB_SEEK)
    note_problem (self, error);
  if (job->kind == PRC_SEGMENT_JOB_FIT)
    have_fitted (self, job);
  else if (job->kind == PRC_SEGMENT_JOB_SEEK)
    have_sought (self, job, error);
  else if (!error)
    have_read (self, job);
}

static void
job_done (GObject *source, GAsyncResult *result, gpointer user_data) {
  PrcSegmentations *self = user_data;
  g_autoptr (GError) error = NULL;
  PrcSegmentJob *job = prc_segment_job_finish (result, &error);

  g_clear_object (&self->job);
  self->done++;
  if (self->changed) {
    take_result (self, job, error);
    go_on (self);
  }
  release (self);
}

/* ---- what is next ---- */

static void
start (PrcSegmentations *self, PrcSegmentJobKind kind, File *file) {
  PrcSegmentJob *job = prc_segment_job_new (kind, self->pool, file->instance);

  self->job = g_cancellable_new ();
  self->fitting = kind == PRC_SEGMENT_JOB_FIT;
  job->tag = file;
  job->threshold = file->threshold;
  if (kind != PRC_SEGMENT_JOB_READ)
    job->segmentation = prc_segmentation_ref (file->segmentation);
  if (kind == PRC_SEGMENT_JOB_FIT) {
    const Fit *before = g_hash_table_lookup (self->place->fits, file);
    job->series = prc_series_ref (self->series);
    job->again = before && before->lies;
  }
  if (kind != PRC_SEGMENT_JOB_READ && self->scan)
    job->scan = prc_scan_ref (self->scan);
  g_ref_count_inc (&self->references);
  prc_segment_job_start (job, self->job, job_done, self);
}

static gboolean
is_complete (PrcSegmentations *self) {
  return !self->scan || self->scan->complete;
}

// Whether a file that names nobody, or somebody else, lies on the series is known when all are there.
static gboolean
may_be_of_another (PrcSegmentations *self, File *file) {
  return g_strcmp0 (prc_segmentation_info (file->segmentation)->patient_key,
                    prc_series_patient_key (self->series)) != 0;
}

// While a series grows its masks go with its images; it is laid anew once, when it has grown.
static gboolean
wants_fit (PrcSegmentations *self, File *file) {
  if (!self->place || !file->segmentation)
    return FALSE;
  if (!is_complete (self) && may_be_of_another (self, file))
    return FALSE;
  const Fit *fit = g_hash_table_lookup (self->place->fits, file);
  return !fit || fit->segmentation != file->segmentation ||
         (fit->series != self->series && is_complete (self));
}

static gboolean
wants (PrcSegmentations *self, File *file, PrcSegmentJobKind kind) {
  switch (kind) {
  case PRC_SEGMENT_JOB_FIT:
    return wants_fit (self, file);
  case PRC_SEGMENT_JOB_READ:
    return file->wanted;
  default:
    return file->segmentation && !file->sought && self->scan && self->scan->complete &&
           self->scan->series->len > 0;
  }
}

static File *
next (PrcSegmentations *self, PrcSegmentJobKind kind) {
  for (guint i = 0; i < self->files->len; i++)
    if (wants (self, self->files->pdata[i], kind))
      return self->files->pdata[i];
  return NULL;
}

static void
say_problems (PrcSegmentations *self) {
  guint n = self->n_problems, n_homeless = self->n_homeless;
  g_autofree char *problem = g_steal_pointer (&self->problem);
  g_autofree char *doubt = g_steal_pointer (&self->doubt);

  self->n_problems = self->n_homeless = 0;
  if (n > 1) {
    g_autofree char *all = g_strdup_printf (
        ngettext ("%u segmentation cannot be read: %s", "%u segmentations cannot be read: %s", n),
        n, problem);
    tell (self, all);
  } else if (n == 1) {
    tell (self, problem);
  }
  if (doubt)
    tell (self, doubt);
  if (n_homeless > 0)
    tell (self, ngettext ("A segmentation lies on none of these images: open those that it was "
                          "made from",
                          "Some segmentations lie on none of these images: open those that they "
                          "were made from",
                          n_homeless));
}

static guint
count_open_steps (PrcSegmentations *self) {
  guint n = 0;

  for (guint i = 0; i < self->files->len; i++) {
    File *file = self->files->pdata[i];
    n += file->wanted ? 2 : wants_fit (self, file);
  }
  return n;
}

static void
go_on (PrcSegmentations *self) {
  static const PrcSegmentJobKind kinds[] = {PRC_SEGMENT_JOB_FIT, PRC_SEGMENT_JOB_READ,
                                            PRC_SEGMENT_JOB_SEEK};

  if (self->job)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (kinds) && !self->job && !self->stopped; i++) {
    File *file = next (self, kinds[i]);
    if (!file)
      continue;
    self->total = self->done + MAX (count_open_steps (self), 1);
    if (kinds[i] == PRC_SEGMENT_JOB_READ)
      file->wanted = FALSE;
    start (self, kinds[i], file);
  }
  if (!self->job)
    self->done = self->total = 0;
  tell (self, NULL);
  if (!self->job)
    say_problems (self);
}

/* ---- what is told from outside ---- */

static File *
need_file (PrcSegmentations *self, PrcInstance *instance) {
  const char *path = prc_instance_info (instance)->path;
  File *file = g_hash_table_lookup (self->by_path, path);

  if (file)
    return file;
  file = g_new0 (File, 1);
  file->instance = prc_instance_ref (instance);
  file->threshold = PRC_SEGMENTATIONS_THRESHOLD;
  file->wanted = TRUE;
  g_ptr_array_add (self->files, file);
  g_hash_table_insert (self->by_path, (gpointer)path, file);
  return file;
}

void
prc_segmentations_take_scan (PrcSegmentations *self, PrcScan *scan) {
  prc_scan_ref (scan);
  g_clear_pointer (&self->scan, prc_scan_unref);
  self->scan = scan;
  for (guint i = 0; i < scan->others->len; i++)
    if (prc_segmentation_is_one (scan->others->pdata[i]))
      need_file (self, scan->others->pdata[i])->guest = FALSE;
  go_on (self);
}

void
prc_segmentations_add (PrcSegmentations *self, PrcInstance *instance,
                       PrcSegmentation *segmentation) {
  File *file = need_file (self, instance);

  prc_segmentation_ref (segmentation);
  g_clear_pointer (&file->segmentation, prc_segmentation_unref);
  file->segmentation = segmentation;
  file->wanted = self->stopped = FALSE;
  go_on (self);
}

void
prc_segmentations_offer (PrcSegmentations *self, PrcInstance *instance) {
  File *file = need_file (self, instance);

  file->guest = TRUE;
  go_on (self);
}

static Place *
need_place (PrcSegmentations *self, PrcSeries *series) {
  Place *place = g_hash_table_lookup (self->places, prc_series_key (series));

  if (place)
    return place;
  place = g_new0 (Place, 1);
  place->set = prc_segment_set_new (series);
  place->fits = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)fit_free);
  g_hash_table_insert (self->places, g_strdup (prc_series_key (series)), place);
  return place;
}

void
prc_segmentations_set_series (PrcSegmentations *self, PrcSeries *series) {
  gboolean other = !series || !self->series ||
                   g_strcmp0 (prc_series_key (series), prc_series_key (self->series));

  if (series == self->series)
    return;
  if (other && self->job && self->fitting)
    g_cancellable_cancel (self->job);
  self->stopped &= !other;
  g_clear_pointer (&self->series, prc_series_unref);
  self->series = series ? prc_series_ref (series) : NULL;
  self->place = series ? need_place (self, series) : NULL;
  if (series)
    prc_segment_set_set_series (self->place->set, series);
  go_on (self);
}

PrcSegmentSet *
prc_segmentations_get_set (PrcSegmentations *self) {
  return self->place ? self->place->set : NULL;
}

GHashTable *
prc_segmentations_get_keys (PrcSegmentations *self) {
  return self->keys;
}

static File *
file_of (PrcSegmentations *self, const PrcSegmentation *segmentation) {
  return g_hash_table_lookup (self->by_path, prc_segmentation_info (segmentation)->path);
}

double
prc_segmentations_get_threshold (PrcSegmentations *self, const PrcSegmentation *segmentation) {
  File *file = file_of (self, segmentation);

  return file ? file->threshold : PRC_SEGMENTATIONS_THRESHOLD;
}

void
prc_segmentations_set_threshold (PrcSegmentations *self, const PrcSegmentation *segmentation,
                                 double threshold) {
  File *file = file_of (self, segmentation);

  if (!file || !(threshold >= 0 && threshold <= 1) || file->threshold == threshold)
    return;
  file->threshold = threshold;
  file->wanted = TRUE;
  self->stopped = FALSE;
  go_on (self);
}

gboolean
prc_segmentations_progress (PrcSegmentations *self, guint *done, guint *total) {
  *done = self->done;
  *total = MAX (self->total, self->done);
  return self->job != NULL;
}

void
prc_segmentations_cancel (PrcSegmentations *self) {
  for (guint i = 0; i < self->files->len; i++)
    ((File *)self->files->pdata[i])->wanted = FALSE;
  self->stopped = TRUE;
  if (self->job)
    g_cancellable_cancel (self->job);
}
