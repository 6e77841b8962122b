// SPDX-License-Identifier: Apache-2.0
// Import end to end (scan, decode, embed, write) as a ratio to decoding and embedding the same
// slices alone, in the same run; where there are segmentations, also without them. bench-import
// [FOLDER]: without a folder 4 series of 60 slices of 512 x 512. Patients with segmentations of
// their findings: `precedentctl phantom`.
#include <glib/gstdio.h>
#include <stdlib.h>
#include "fixture.h"
#include "prc-import.h"
#include "prc-scan.h"

#define RUNS  3
#define AHEAD 4

typedef struct {
  PrcCodecPool *pool;
  PrcModel *model;
  PrcEmbedder *embedder;
  GPtrArray *slices; // PrcSlice, borrowed
  PrcFrame **frames;
  guint started, arrived;
} Bench;

typedef struct {
  Bench *bench;
  guint index;
} Decode;

static void
on_decoded (GObject *source, GAsyncResult *result, gpointer data) {
  g_autofree Decode *decode = data;
  decode->bench->frames[decode->index] = prc_codec_pool_decode_finish (result, NULL);
  decode->bench->arrived++;
}

static void
start (Bench *bench) {
  while (bench->started < bench->slices->len && bench->started - bench->arrived < AHEAD) {
    const PrcSlice *slice = bench->slices->pdata[bench->started];
    Decode *decode = g_new (Decode, 1);
    *decode = (Decode){bench, bench->started++};
    prc_codec_pool_decode_async (bench->pool, slice->instance, slice->frame,
                                 PRC_PRIORITY_BACKGROUND, NULL, on_decoded, decode);
  }
}

static double
decode_and_embed (Bench *bench) {
  const gint64 begin = g_get_monotonic_time ();
  const guint n = bench->slices->len;
  const gsize size = PRC_INPUT_SIZE * PRC_INPUT_SIZE * PRC_INPUT_CHANNELS;
  g_autofree float *inputs = g_new (float, PRC_IMPORT_BATCH *size);
  g_autofree float *vectors = g_new (float, PRC_IMPORT_BATCH *prc_model_dimension (bench->model));
  bench->frames = g_new0 (PrcFrame *, n);
  bench->started = bench->arrived = 0;
  guint batch = 0;
  for (guint i = 0; i < n; i++) {
    start (bench);
    while (!bench->frames[i])
      g_main_context_iteration (NULL, TRUE);
    batch +=
        prc_preprocess (&prc_recipe_built_in, bench->frames[i], NULL, inputs + batch * size, NULL);
    prc_frame_unref (bench->frames[i]);
    if (batch == PRC_IMPORT_BATCH || i + 1 == n)
      prc_embedder_forward (bench->embedder, inputs, batch, vectors, NULL), batch = 0;
  }
  g_free (bench->frames);
  return (double)(g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
}

static double
import (Bench *bench, const char *const *paths, guint *n_added, guint *n_segments) {
  g_autofree char *home = prc_fixture_folder ();
  g_autofree char *path = g_build_filename (home, "library.sqlite", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcLibrary) library = prc_library_open (path, &error);
  g_assert_no_error (error);
  g_autoptr (PrcImportSummary) summary = prc_import (
      library, bench->embedder, bench->model, bench->pool, paths, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  *n_added = summary->n_added;
  *n_segments = summary->n_segments;
  g_clear_pointer (&library, prc_library_close);
  prc_fixture_remove (home);
  return summary->seconds;
}

static int
compare (const void *a, const void *b) {
  return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static GStrv
image_paths (const Bench *bench) {
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
  for (guint i = 0; i < bench->slices->len; i++) {
    const PrcSlice *slice = bench->slices->pdata[i];
    if (slice->frame == 0)
      g_strv_builder_add (paths, prc_instance_info (slice->instance)->path);
  }
  return g_strv_builder_end (paths);
}

static void
run (Bench *bench, const char *folder) {
  const char *const paths[] = {folder, NULL};
  g_autoptr (PrcScan) scan =
      prc_scan (bench->pool, paths, PRC_PRIORITY_BACKGROUND, NULL, NULL, NULL, NULL);
  bench->slices = g_ptr_array_new ();
  for (guint i = 0; i < scan->series->len; i++)
    for (guint j = 0; j < prc_series_length (scan->series->pdata[i]); j++)
      g_ptr_array_add (bench->slices, (gpointer)prc_series_slice (scan->series->pdata[i], j));
  g_auto (GStrv) images = image_paths (bench);
  double alone[RUNS], whole[RUNS], plain[RUNS];
  guint n = 0, n_segments = 0, none = 0;
  for (int i = 0; i < RUNS; i++) {
    alone[i] = decode_and_embed (bench);
    whole[i] = import (bench, paths, &n, &n_segments);
    plain[i] = n_segments ? import (bench, (const char *const *)images, &n, &none) : whole[i];
  }
  qsort (alone, RUNS, sizeof *alone, compare);
  qsort (whole, RUNS, sizeof *whole, compare);
  qsort (plain, RUNS, sizeof *plain, compare);
  g_print ("import %u slices: %.1f slices/s end to end = %.2f x decode and embed alone (%.1f "
           "slices/s), median of %d\n",
           n, n / whole[RUNS / 2], whole[RUNS / 2] / alone[RUNS / 2],
           bench->slices->len / alone[RUNS / 2], RUNS);
  if (n_segments)
    g_print ("  with %u segments; without their files %.2f x decode and embed alone, so that they "
             "cost %.0f %%\n",
             n_segments, plain[RUNS / 2] / alone[RUNS / 2],
             100 * (whole[RUNS / 2] / plain[RUNS / 2] - 1));
  g_ptr_array_unref (bench->slices);
}

int
main (int argc, char **argv) {
  g_autofree char *folder = argc > 1 ? g_strdup (argv[1]) : prc_fixture_folder ();
  for (unsigned series = 1; argc < 2 && series <= 4; series++) {
    g_autofree char *inner = g_strdup_printf ("%s/%u", folder, series);
    g_mkdir (inner, 0700);
    prc_fixture_write_series (inner, series, 60, 512, 512);
  }
  Bench bench = {.pool = prc_codec_pool_new (2), .model = prc_model_load (NULL, NULL)};
  g_assert_nonnull (bench.model);
  bench.embedder = prc_embedder_new (bench.model, PRC_IMPORT_BATCH);
  run (&bench, folder);
  prc_embedder_free (bench.embedder);
  prc_model_unref (bench.model);
  prc_codec_pool_unref (bench.pool);
  if (argc < 2)
    prc_fixture_remove (folder);
  return 0;
}
