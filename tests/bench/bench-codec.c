// SPDX-License-Identifier: Apache-2.0
// bench-codec FOLDER...: what a codec process costs. Medians; dcmdump reads the same files in the
// same run.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prc-codec-pool.h"

#define RUNS 7

static int
compare (const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double
median (double *ms) {
  qsort (ms, RUNS, sizeof *ms, compare);
  return ms[RUNS / 2];
}

static double
ms_since (gint64 start) {
  return (double)(g_get_monotonic_time () - start) / 1000;
}

static GPtrArray *
files_of (const char *folder) {
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir)))
    g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_add (paths, NULL);
  return paths;
}

static GPtrArray *
describe (PrcCodecPool *pool, GPtrArray *paths) {
  return prc_codec_pool_describe (pool, (const char *const *)paths->pdata, PRC_PRIORITY_SCAN, NULL,
                                  NULL);
}

static PrcInstance *
first_image (GPtrArray *all) {
  for (unsigned i = 0; all && i < all->len; i++) {
    PrcDescription *d = all->pdata[i];
    if (d->instance && prc_instance_info (d->instance)->is_image)
      return d->instance;
  }
  return NULL;
}

static double
dcmdump_ms (GPtrArray *paths) {
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_ptr_array_add (argv, (gpointer) "dcmdump");
  for (unsigned i = 0; i < paths->len; i++) // the NULL too
    g_ptr_array_add (argv, paths->pdata[i]);
  gint64 start = g_get_monotonic_time ();
  bool good =
      g_spawn_sync (NULL, (char **)argv->pdata, NULL,
                    G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                    NULL, NULL, NULL, NULL, NULL, NULL);
  return good ? ms_since (start) : 0;
}

// The bytes a decode must move at the least: read the file, keep a copy.
static double
read_ms (const char *path) {
  gint64 start = g_get_monotonic_time ();
  g_autofree char *bytes = NULL;
  g_file_get_contents (path, &bytes, NULL, NULL);
  return ms_since (start);
}

static void
bench_decode (PrcCodecPool *pool, PrcInstance *instance) {
  const PrcInstanceInfo *info = prc_instance_info (instance);
  double ours[RUNS], reading[RUNS];
  const unsigned calls = 50;
  for (unsigned run = 0; run < RUNS; run++) {
    gint64 start = g_get_monotonic_time ();
    for (unsigned i = 0; i < calls; i++)
      prc_frame_unref (prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, NULL));
    ours[run] = ms_since (start) / calls;
    reading[run] = 0;
    for (unsigned i = 0; i < calls; i++)
      reading[run] += read_ms (info->path) / calls;
  }
  double a = median (ours), b = median (reading);
  printf (
      "  decode %u x %u, %s: %.3f ms a frame; reading the file here %.3f ms; above it %.3f ms\n",
      info->columns, info->rows, info->transfer_syntax_uid, a, b, a - b);
}

static void
bench_folder (const char *folder) {
  g_autoptr (GPtrArray) paths = files_of (folder);
  double start_ms[RUNS], cold[RUNS], warm[RUNS], peer[RUNS];
  for (unsigned run = 0; run < RUNS; run++) {
    gint64 start = g_get_monotonic_time ();
    g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
    char *one[] = {paths->pdata[0], NULL};
    g_autoptr (GPtrArray) first =
        prc_codec_pool_describe (pool, (const char *const *)one, PRC_PRIORITY_VIEW, NULL, NULL);
    PrcInstance *instance = first_image (first);
    g_autoptr (PrcFrame) frame =
        instance ? prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, NULL) : NULL;
    start_ms[run] = ms_since (start);
    g_autoptr (PrcCodecPool) other = prc_codec_pool_new (1);
    start = g_get_monotonic_time ();
    g_autoptr (GPtrArray) all = describe (other, paths);
    cold[run] = ms_since (start);
    start = g_get_monotonic_time ();
    g_autoptr (GPtrArray) again = describe (other, paths);
    warm[run] = ms_since (start);
    peer[run] = dcmdump_ms (paths);
  }
  unsigned n = paths->len - 1;
  double c = median (cold), w = median (warm), p = median (peer);
  printf ("%s: %u files, medians of %d runs\n", folder, n, RUNS);
  printf ("  process start, header and first frame: %.1f ms\n", median (start_ms));
  printf ("  headers with process start: %.1f ms; process there: %.1f ms (%.3f ms a file); "
          "dcmdump: %.1f ms\n",
          c, w, w / n, p);
  printf ("  ratio to dcmdump: %.2f with start, %.2f without\n", c / p, w / p);
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autoptr (GPtrArray) all = describe (pool, paths);
  if (first_image (all))
    bench_decode (pool, first_image (all));
}

int
main (int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    bench_folder (argv[i]);
  return argc > 1 ? 0 : 2;
}
