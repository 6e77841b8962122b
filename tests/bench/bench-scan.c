// SPDX-License-Identifier: Apache-2.0
// A folder of CT slices: from the start of the scan to the first decoded frame, and all headers in
// slices a second, against dcmdump of the same files in the same run. bench-scan [SLICES [RUNS]];
// goals are in ratios, the machine's speed falls out.
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "prc-frame-store.h"
#include "prc-scan.h"

#define SIDE 512

typedef struct {
  const char *folder;
  GMainLoop *loop;
  PrcCodecPool *pool;
  PrcFrameStore *store;
  PrcScan *scan;                  // the first with a series in it
  gint64 start, first_frame, end; // microseconds
} Run;

static void
on_frame (GObject *source, GAsyncResult *result, gpointer user_data) {
  Run *run = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = prc_frame_store_get_finish (result, &error);
  g_assert_no_error (error);
  run->first_frame = g_get_monotonic_time ();
  if (run->end)
    g_main_loop_quit (run->loop);
}

static gboolean
ask (gpointer user_data) {
  Run *run = user_data;
  const PrcSlice *slice = prc_series_slice (run->scan->series->pdata[0], 0);
  prc_frame_store_get_async (run->store, slice->instance, slice->frame, PRC_PRIORITY_VIEW, NULL,
                             on_frame, run);
  return G_SOURCE_REMOVE;
}

static void
on_progress (PrcScan *scan, gpointer user_data) { // in the scan's thread
  Run *run = user_data;
  if (run->scan || scan->series->len == 0)
    return;
  run->scan = prc_scan_ref (scan);
  g_idle_add_full (G_PRIORITY_DEFAULT, ask, run, NULL);
}

static gboolean
finish (gpointer user_data) {
  Run *run = user_data;
  run->end = g_get_monotonic_time ();
  if (run->first_frame)
    g_main_loop_quit (run->loop);
  return G_SOURCE_REMOVE;
}

static gpointer
read_headers (gpointer user_data) {
  Run *run = user_data;
  const char *const paths[] = {run->folder, NULL};
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcScan) scan =
      prc_scan (run->pool, paths, PRC_PRIORITY_SCAN, on_progress, run, NULL, &error);
  g_assert_no_error (error);
  on_progress (scan, run);
  g_idle_add_full (G_PRIORITY_DEFAULT, finish, run, NULL);
  return NULL;
}

// With codecs not yet started, as when the program starts.
static Run
scan_once (const char *folder) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 0);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Run run = {folder, loop, pool, store, .start = g_get_monotonic_time ()};
  g_autoptr (GThread) thread = g_thread_new ("scan", read_headers, &run);
  g_main_loop_run (loop);
  g_thread_join (g_steal_pointer (&thread));
  g_clear_pointer (&run.scan, prc_scan_unref);
  return run;
}

// Seconds, or a negative number when the program is not there.
static double
time_program (const char *folder, const char *format, const char *file) {
  g_autofree char *command = g_strdup_printf (format, folder, file);
  gint64 start = g_get_monotonic_time ();
  int status = system (command);
  return status == 0 ? (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC : -1;
}

static int
compare (const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double
median (double *values, int n) {
  qsort (values, (size_t)n, sizeof *values, compare);
  return values[n / 2];
}

int
main (int argc, char **argv) {
  int n_slices = argc > 1 ? atoi (argv[1]) : 1000;
  int n_runs = CLAMP (argc > 2 ? atoi (argv[2]) : 5, 1, 99);
  double first[99], all[99], dump[99], render[99];
  g_autofree char *folder = prc_fixture_folder ();
  prc_fixture_write_series (folder, 1, (unsigned)n_slices, SIDE, SIDE);
  for (int i = 0; i < n_runs; i++) {
    Run run = scan_once (folder);
    first[i] = (double)(run.first_frame - run.start) / G_USEC_PER_SEC;
    all[i] = (double)(run.end - run.start) / G_USEC_PER_SEC;
    dump[i] = time_program (folder, "dcmdump +r +sd '%s' >/dev/null%s", "");
    render[i] = time_program (folder, "dcmj2pnm '%s/%s' >/dev/null 2>&1", "IM00001.dcm");
  }
  prc_fixture_remove (folder);
  double first_s = median (first, n_runs), all_s = median (all, n_runs);
  double dump_s = median (dump, n_runs), render_s = median (render, n_runs);
  printf ("%d slices of %d x %d, 16 bits, explicit VR little endian; medians of %d runs\n",
          n_slices, SIDE, SIDE, n_runs);
  printf ("first frame decoded: %.1f ms", 1000 * first_s);
  if (render_s > 0)
    printf ("; dcmj2pnm of one slice: %.1f ms; ratio %.2f", 1000 * render_s, first_s / render_s);
  printf ("\nall headers: %.0f slices/s", n_slices / all_s);
  if (dump_s > 0)
    printf ("; dcmdump: %.0f slices/s; ratio of times %.2f", n_slices / dump_s, all_s / dump_s);
  printf ("\n");
  return 0;
}
