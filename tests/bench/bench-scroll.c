// SPDX-License-Identifier: Apache-2.0
// bench-scroll FOLDER [LIBRARY]: what a hand feels. Scrolls up to 500 slices at 60 a second while
// the engine answers one query after another, and reports how long the main loop was away each
// time; then drags the window for three seconds and counts pictures. Needs a display.
#include <gtk/gtk.h>
#include <stdlib.h>

#include "prc-engine.h"
#include "prc-scan.h"
#include "prc-slice-view.h"

static GArray *stalls; // ms between two polls
static gint64 awake_since;
static GPollFunc real_poll;

static int
timed_poll (GPollFD *fds, guint n, int timeout) {
  if (awake_since && stalls) {
    double ms = (double)(g_get_monotonic_time () - awake_since) / 1e3;
    g_array_append_val (stalls, ms);
  }
  int result = real_poll (fds, n, timeout);
  awake_since = g_get_monotonic_time ();
  return result;
}

typedef struct {
  PrcSliceView *view;
  PrcEngine *engine;
  GdkTexture *last; // only compared
  guint step, n_answers, n_shown, n_pictures, length;
  double centre;
  gboolean done, busy;
} Bench;

static void ask (Bench *bench);

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data) {
  Bench *bench = user_data;
  g_autoptr (PrcAnswer) answer = prc_engine_query_finish (PRC_ENGINE (source), result, NULL);
  bench->n_answers += answer != NULL;
  bench->busy = FALSE;
  if (!bench->done)
    ask (bench);
}

static void
ask (Bench *bench) {
  PrcFrame *frame = prc_slice_view_get_frame (bench->view);
  if (bench->busy || !frame || !bench->engine)
    return;
  const PrcQuery query = {.frame = frame, .k = 10};
  bench->busy = TRUE;
  prc_engine_query_async (bench->engine, &query, NULL, on_answer, bench);
}

static gboolean
scroll (gpointer user_data) {
  Bench *bench = user_data;
  ask (bench);
  guint last = bench->length - 1, at = bench->step % (2 * last);
  prc_slice_view_set_index (bench->view, at <= last ? at : 2 * last - at);
  bench->done = ++bench->step >= 500;
  return !bench->done;
}

static gboolean
drag (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data) {
  Bench *bench = user_data;
  GdkTexture *texture = prc_slice_view_get_texture (bench->view);
  bench->n_pictures += texture != bench->last;
  bench->last = texture;
  bench->centre += 3;
  prc_slice_view_set_window (bench->view, bench->centre, 400);
  return G_SOURCE_CONTINUE;
}

static void
on_shown (PrcSliceView *view, gpointer user_data) {
  ((Bench *)user_data)->n_shown++;
}

static gboolean
set_true (gpointer flag) {
  *(gboolean *)flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_until (gboolean *flag) {
  while (!*flag)
    g_main_context_iteration (NULL, TRUE);
}

static void
rest (guint ms) {
  gboolean over = FALSE;
  g_timeout_add (ms, set_true, &over);
  run_until (&over);
}

static int
compare (const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double
quantile (GArray *values, double q) {
  qsort (values->data, values->len, sizeof (double), compare);
  return values->len ? g_array_index (values, double, (guint)(q * (values->len - 1))) : 0;
}

static PrcSeries *
longest (PrcScan *scan) {
  PrcSeries *found = NULL;
  for (guint i = 0; i < scan->series->len; i++) {
    PrcSeries *each = g_ptr_array_index (scan->series, i);
    if (!found || prc_series_length (each) > prc_series_length (found))
      found = each;
  }
  return found;
}

int
main (int argc, char **argv) {
  if (argc < 2 || !gtk_init_check ()) {
    g_printerr ("bench-scroll FOLDER [LIBRARY], with a display\n");
    return 2;
  }
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 0);
  const char *paths[] = {argv[1], NULL};
  g_autoptr (PrcScan) scan = prc_scan (pool, paths, PRC_PRIORITY_SCAN, NULL, NULL, NULL, &error);
  PrcSeries *series = scan ? longest (scan) : NULL;
  if (!series || prc_series_length (series) < 2) {
    g_printerr ("bench-scroll: no series in %s\n", argv[1]);
    return 1;
  }
  g_autoptr (PrcEngine) engine = argc > 2 ? prc_engine_new (pool, argv[2], NULL) : NULL;
  GtkWidget *window = gtk_window_new (), *view = prc_slice_view_new (store);
  Bench bench = {
      .view = PRC_SLICE_VIEW (view), .engine = engine, .length = prc_series_length (series)};
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 900);
  gtk_window_set_child (GTK_WINDOW (window), view);
  gtk_window_present (GTK_WINDOW (window));
  prc_slice_view_set_series (bench.view, series, 0);
  g_signal_connect (view, "shown", G_CALLBACK (on_shown), &bench);
  rest (2000);

  real_poll = g_main_context_get_poll_func (NULL);
  g_main_context_set_poll_func (NULL, timed_poll);
  stalls = g_array_new (FALSE, FALSE, sizeof (double));
  bench.n_shown = 0;
  g_timeout_add (1000 / 60, scroll, &bench);
  run_until (&bench.done);
  g_print ("scrolled 500 of %u slices at 60/s, %u queries answered meanwhile, %u slices shown: "
           "main loop away "
           "p50 %.1f ms, p99 %.1f ms, longest %.1f ms\n",
           bench.length, bench.n_answers, bench.n_shown, quantile (stalls, 0.5),
           quantile (stalls, 0.99), quantile (stalls, 1));

  rest (500);
  guint tick = gtk_widget_add_tick_callback (view, drag, &bench, NULL);
  gint64 start = g_get_monotonic_time ();
  rest (3000);
  gtk_widget_remove_tick_callback (view, tick);
  g_print ("window drag in a 1000 x 900 view: %.1f pictures/s\n",
           bench.n_pictures / ((double)(g_get_monotonic_time () - start) / 1e6));
  gtk_window_destroy (GTK_WINDOW (window));
  if (engine)
    prc_engine_shut_down (engine);
  return 0;
}
