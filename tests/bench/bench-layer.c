// SPDX-License-Identifier: Apache-2.0
// One repaint of a fitted picture with segments over it, one thread, against the same without, one
// after the other. Goal: below 1.2.
#include "prc-kernels.h"
#include "prc-phantom.h"
#include "prc-render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define VIEW_WIDTH  1400
#define VIEW_HEIGHT 900
#define N_RUNS      101

// Time of this thread alone, in ns: whoever else runs on this machine is not our business.
static gint64
now (void) {
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_GINT64_CONSTANT (1000000000) + time.tv_nsec;
}

static int
compare (const void *a, const void *b) {
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return x < y ? -1 : x > y;
}

static double
median_ms (gint64 *times) {
  qsort (times, N_RUNS, sizeof *times, compare);
  return times[N_RUNS / 2] / 1e6;
}

typedef enum { DRAGGED, MOVED } Step;

static gint64
time_one (PrcFrame *frame, const PrcViewParams *params, const PrcLayer *layer, PrcRaster **shown) {
  gint64 start = now (), end;
  PrcRaster *raster = prc_render (frame, params, layer, VIEW_WIDTH, VIEW_HEIGHT, NULL, NULL);

  end = now ();
  g_clear_pointer (shown, prc_raster_unref); // as a view keeps the old one until the new is there
  *shown = raster;
  return end - start;
}

static void
report (const char *what, PrcFrame *frame, PrcViewParams params, double zoom_factor,
        const PrcLayer *layer, Step step) {
  g_autoptr (PrcRaster) shown = NULL;
  gint64 plain[N_RUNS], painted[N_RUNS];

  prc_view_params_fit (&params, prc_frame_info (frame), VIEW_WIDTH, VIEW_HEIGHT);
  params.zoom *= zoom_factor;
  for (int i = 0; i < N_RUNS; i++) {
    if (step == DRAGGED)
      params.centre += 1.25; // a new window
    else
      params.image_centre_x += 0.01; // a new place: nothing of the picture before is used again
    plain[i] = time_one (frame, &params, NULL, &shown);
    painted[i] = time_one (frame, &params, layer, &shown);
  }
  double without = median_ms (plain), with = median_ms (painted);
  printf ("%-52s %-8s %6.3f ms  without %6.3f ms  ratio %5.2f\n", what, prc_kernels ()->name, with,
          without, with / without);
}

// An ellipse with a rough edge.
static PrcMask *
blob (uint32_t rows, uint32_t columns, double x, double y, double wide, double high) {
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));

  for (int row = MAX (0, (int)(y - high)); row < MIN ((int)rows, (int)(y + high)); row++) {
    double part = (row + 0.5 - y) / high;
    double half = wide * sqrt (fmax (0, 1 - part * part)) + 2 * sin (row * 0.7);
    PrcRowSpan span = {row, (int)(x - half), (int)(x + half)};

    if (span.first < span.end)
      g_array_append_val (spans, span);
  }
  return prc_mask_new_from_spans (rows, columns, (const PrcRowSpan *)(const void *)spans->data,
                                  spans->len);
}

// n organs side by side, each `size` times as large as its place: above 1 they overlap.
static PrcLayer *
organs (uint32_t rows, uint32_t columns, unsigned n_across, unsigned n_down, double size) {
  PrcLayerItem items[64];
  unsigned n = n_across * n_down;
  PrcLayer *layer;

  for (unsigned i = 0; i < n; i++) {
    double wide = columns / (2.0 * n_across), high = rows / (2.0 * n_down);
    double x = (2 * (i % n_across) + 1) * wide, y = (2 * (i / n_across) + 1) * high;

    items[i] = (PrcLayerItem){blob (rows, columns, x, y, size * wide, size * high),
                              0x1f3a57 * (i + 1) & 0xffffff, 0.3, 0.9};
  }
  layer = prc_layer_new (items, n);
  for (unsigned i = 0; i < n; i++)
    prc_mask_unref ((PrcMask *)items[i].mask);
  return layer;
}

static PrcLayer *
everything (uint32_t rows, uint32_t columns) {
  g_autoptr (GBytes) ones = NULL;
  uint8_t *bytes = g_malloc ((size_t)rows * columns);
  PrcLayerItem item = {NULL, 0xe04030, 0.3, 0.9};
  PrcLayer *layer;

  memset (bytes, 1, (size_t)rows * columns);
  ones = g_bytes_new_take (bytes, (size_t)rows * columns);
  item.mask = prc_mask_new_from_bytes (rows, columns, bytes, columns);
  layer = prc_layer_new (&item, 1);
  prc_mask_unref ((PrcMask *)item.mask);
  return layer;
}

static void
bench_frame (const char *name, PrcFrame *frame, double zoom_factor) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  PrcViewParams grey = {.voi = PRC_VOI_USE_WINDOW, .centre = 40, .width = 400, .smooth = true};
  g_autoptr (PrcLayer) thirty = organs (info->rows, info->columns, 6, 5, 0.9);
  g_autoptr (PrcLayer) crowd = organs (info->rows, info->columns, 6, 5, 1.5);
  g_autoptr (PrcLayer) all = everything (info->rows, info->columns);
  const struct {
    const char *what;
    const PrcLayer *layer;
  } layers[] = {{"30 segments", thirty}, {"30 that overlap", crowd}, {"the whole view", all}};

  for (size_t i = 0; i < G_N_ELEMENTS (layers); i++) {
    g_autofree char *what = g_strdup_printf ("%s, %s", name, layers[i].what);
    report (what, frame, grey, zoom_factor, layers[i].layer, DRAGGED);
  }
  for (size_t i = 0; i < 2; i++) {
    g_autofree char *what = g_strdup_printf ("%s, %s, moved", name, layers[i].what);
    report (what, frame, grey, zoom_factor, layers[i].layer, MOVED);
  }
}

int
main (void) {
  g_autoptr (PrcFrame) small = prc_phantom_frame (1, 0, 512, 512);
  g_autoptr (PrcFrame) large = prc_phantom_frame (1, 0, 4000, 3000);

  printf ("repaint in %d x %d, one thread (its CPU time), median of %d\n", VIEW_WIDTH, VIEW_HEIGHT,
          N_RUNS);
  for (const PrcKernels *const *set = prc_kernels_available (); *set != NULL; set++) {
    prc_kernels_use (*set);
    bench_frame ("512 x 512, fitted", small, 1);
    bench_frame ("512 x 512, filling the view", small, 2);
    bench_frame ("3000 columns x 4000 rows, fitted", large, 1);
    bench_frame ("3000 columns x 4000 rows, magnified 3 times", large, 3 / 0.225);
  }
  return 0;
}
