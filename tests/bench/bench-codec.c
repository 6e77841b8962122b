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

#define CALLS 400
#define KEPT  64 // frames held at a time, as the frame cache holds them

static double
median_call (double *ms) {
  qsort (ms, CALLS, sizeof *ms, compare);
  return ms[CALLS / 2];
}

// What decoding uncompressed pixels here would take: the file is read, its samples are copied.
static GBytes *
read_here (const char *path, size_t size) {
  char *bytes = NULL;
  gsize length;
  g_file_get_contents (path, &bytes, &length, NULL);
  GBytes *samples = g_bytes_new (bytes + length - MIN (size, length), MIN (size, length));
  g_free (bytes);
  return samples;
}

// Call by call in turn, so that both meet the same machine.
static void
bench_decode (PrcCodecPool *pool, PrcInstance *instance) {
  const PrcInstanceInfo *info = prc_instance_info (instance);
  double ours[CALLS], here[CALLS];
  PrcFrame *frames[KEPT] = {NULL};
  GBytes *samples[KEPT] = {NULL};
  size_t size = 0;
  for (unsigned i = 0; i < CALLS; i++) {
    gint64 start = g_get_monotonic_time ();
    g_clear_pointer (&frames[i % KEPT], prc_frame_unref);
    frames[i % KEPT] = prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, NULL);
    ours[i] = ms_since (start);
    size = prc_frame_size (frames[i % KEPT]);
    start = g_get_monotonic_time ();
    g_clear_pointer (&samples[i % KEPT], g_bytes_unref);
    samples[i % KEPT] = read_here (info->path, size);
    here[i] = ms_since (start);
  }
  for (unsigned i = 0; i < KEPT; i++) {
    prc_frame_unref (frames[i]);
    g_bytes_unref (samples[i]);
  }
  double a = median_call (ours), b = median_call (here);
  printf ("  decode %u x %u, %s: %.3f ms a frame; here %.3f ms; the process adds %.3f ms "
          "(medians of %d calls, fastest %.3f and %.3f)\n",
          info->columns, info->rows, info->transfer_syntax_uid, a, b, a - b, CALLS, ours[0],
          here[0]);
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
