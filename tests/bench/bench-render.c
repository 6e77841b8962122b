// SPDX-License-Identifier: Apache-2.0
// One window-drag repaint of a fitted picture, one thread, against one memcpy of the view's pixels.
// Goal: at most 6 times.
#include "prc-kernels.h"
#include "prc-phantom.h"
#include "prc-render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define VIEW_WIDTH  1920
#define VIEW_HEIGHT 1080
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

static double
time_copy (void) {
  size_t size = (size_t)VIEW_WIDTH * VIEW_HEIGHT * 4;
  g_autofree char *from = g_malloc (size), *to = g_malloc (size);
  gint64 times[N_RUNS];

  memset (from, 1, size);
  memset (to, 2, size);
  for (int i = 0; i < N_RUNS; i++) {
    gint64 start = now ();

    memcpy (to, from, size);
    __asm__ volatile("" ::"r"(to) : "memory");
    times[i] = now () - start;
  }
  return median_ms (times);
}

static double
time_drag (PrcFrame *frame, double zoom_factor, PrcViewParams params) {
  g_autoptr (PrcRaster) shown = NULL;
  gint64 times[N_RUNS];

  prc_view_params_fit (&params, prc_frame_info (frame), VIEW_WIDTH, VIEW_HEIGHT);
  params.zoom *= zoom_factor;
  for (int i = 0; i < N_RUNS; i++) {
    gint64 start = now ();
    PrcRaster *raster;

    params.centre += 1.25; // each step of a drag is a new window
    params.width += 2.5;
    raster = prc_render (frame, &params, NULL, VIEW_WIDTH, VIEW_HEIGHT, NULL, NULL);
    times[i] = now () - start;
    g_clear_pointer (
        &shown, prc_raster_unref); // as the view keeps the old picture until the new one is there
    shown = raster;
  }
  return median_ms (times);
}

static void
report_with (const char *what, PrcFrame *frame, double zoom_factor, PrcViewParams params) {
  double copy = time_copy (), drag = time_drag (frame, zoom_factor, params);

  printf ("%-44s %-8s %6.2f ms  memcpy %5.2f ms  ratio %5.2f\n", what, prc_kernels ()->name, drag,
          copy, drag / copy);
}

static void
report (const char *what, PrcFrame *frame, double zoom_factor, PrcVoiFunction function) {
  report_with (what, frame, zoom_factor,
               (PrcViewParams){.voi = PRC_VOI_USE_WINDOW,
                               .function = function,
                               .centre = 40,
                               .width = 400,
                               .smooth = true});
}

static void
report_palette (const char *what, PrcFrame *frame, double zoom_factor) {
  report_with (what, frame, zoom_factor,
               (PrcViewParams){.voi = PRC_VOI_USE_WINDOW,
                               .centre = 40,
                               .width = 400,
                               .smooth = true,
                               .palette = prc_palette_find ("hot-iron")});
}

// The same samples with text-like overlays over a twentieth of the picture.
static PrcFrame *
with_overlay (PrcFrame *frame) {
  PrcFrameInfo info = *prc_frame_info (frame);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));

  for (uint32_t row = 0; row < info.rows; row += 1 + row % 7 / 6 * 8)
    for (int32_t column = (int32_t)(row % 64); column < (int32_t)info.columns; column += 60) {
      PrcRowSpan span = {(int32_t)row, column, column + 3};
      g_array_append_val (spans, span);
    }
  g_autoptr (PrcMask) mask = prc_mask_new_from_spans (
      info.rows, info.columns, (const PrcRowSpan *)(const void *)spans->data, spans->len);
  PrcOverlay overlay = {.mask = mask};
  info.overlays = &overlay;
  info.n_overlays = 1;
  g_autoptr (GBytes) bytes = g_bytes_new (prc_frame_samples (frame), prc_frame_size (frame));
  return prc_frame_new (&info, bytes, NULL);
}

static void
report_overlay (const char *what, PrcFrame *frame, double zoom_factor) {
  g_autoptr (PrcFrame) overlaid = with_overlay (frame);

  report_with (
      what, overlaid, zoom_factor,
      (PrcViewParams){
          .voi = PRC_VOI_USE_WINDOW, .centre = 40, .width = 400, .smooth = true, .overlays = true});
}

static void
report_lut (const char *what, PrcFrame *frame) {
  uint16_t entries[4096];
  PrcLut lut = {-1024, 4096, 12, entries, ""};
  PrcFrameInfo info = *prc_frame_info (frame);
  g_autoptr (GBytes) bytes = g_bytes_new (prc_frame_samples (frame), prc_frame_size (frame));

  for (int i = 0; i < 4096; i++)
    entries[i] = (uint16_t)(i * i / 4096);
  info.voi_luts = &lut;
  info.n_voi_luts = 1;
  g_autoptr (PrcFrame) tabled = prc_frame_new (&info, bytes, NULL);
  report_with (what, tabled, 1, (PrcViewParams){.voi = 0, .width = 1, .smooth = true});
}

static void
bench_set (PrcFrame *small, PrcFrame *portrait, PrcFrame *landscape) {
  report ("512 x 512, fitted", small, 1, PRC_VOI_LINEAR);
  report ("512 x 512, filling the view", small, 4, PRC_VOI_LINEAR);
  report_palette ("512 x 512, filling the view, palette", small, 4);
  report_palette ("3000 columns x 4000 rows, fitted, palette", portrait, 1);
  report_overlay ("512 x 512, filling the view, overlay", small, 4);
  report_overlay ("3000 columns x 4000 rows, fitted, overlay", portrait, 1);
  report ("512 x 512, fitted, SIGMOID", small, 1, PRC_VOI_SIGMOID);
  report ("3000 columns x 4000 rows, fitted", portrait, 1, PRC_VOI_LINEAR);
  report ("4000 columns x 3000 rows, fitted", landscape, 1, PRC_VOI_LINEAR);
  report ("3000 columns x 4000 rows, fitted, SIGMOID", portrait, 1, PRC_VOI_SIGMOID);
  report_lut ("3000 columns x 4000 rows, fitted, VOI LUT", portrait);
  report ("3000 columns x 4000 rows, magnified 3 times", portrait, 3 / 0.27, PRC_VOI_LINEAR);
}

int
main (void) {
  g_autoptr (PrcFrame) small = prc_phantom_frame (1, 0, 512, 512);
  g_autoptr (PrcFrame) portrait = prc_phantom_frame (1, 0, 4000, 3000);
  g_autoptr (PrcFrame) landscape = prc_phantom_frame (1, 0, 3000, 4000);

  printf ("window-drag repaint in %d x %d, one thread (its CPU time), median of %d\n", VIEW_WIDTH,
          VIEW_HEIGHT, N_RUNS);
  for (const PrcKernels *const *set = prc_kernels_available (); *set != NULL; set++) {
    prc_kernels_use (*set);
    bench_set (small, portrait, landscape);
  }
  return 0;
}
