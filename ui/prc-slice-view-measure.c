// SPDX-License-Identifier: Apache-2.0
#include "prc-slice-view-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "prc-values.h"

#define NOTE_MS      1000 // looking through a series that takes longer gets a note
#define REGION_MAX   (1 << 16)
#define REGION_LEAST 3.0 // device pixels either way: less is a click

// Windows that are measured: from the slice in view, from a region of it, from the whole series.

void
prc_slice_view_auto_window (PrcSliceView *self) {
  PrcViewParams params = self->params;

  if (!self->reference_frame)
    return;
  prc_view_params_auto_window (&params, prc_slice_view_nearest_frame (self));
  self->window.by_hand = true;
  prc_slice_view_take_params (self, &params, FALSE);
}

static bool
take_window_of (PrcSliceView *self, const GArray *sorted,
                bool (*window_of) (const GArray *sorted, double *centre, double *width)) {
  PrcViewParams params = self->params;

  if (!window_of (sorted, &params.centre, &params.width))
    return false;
  params.voi = PRC_VOI_USE_WINDOW;
  params.function = PRC_VOI_LINEAR_EXACT; // as prc_view_params_auto_window, and for its reason
  self->window.by_hand = true;
  prc_slice_view_take_params (self, &params, FALSE);
  return true;
}

/* ---- a region ---- */

void
prc_slice_view_set_rubber_band (PrcSliceView *self, const graphene_rect_t *view_rect) {
  self->rubber_band = view_rect ? *view_rect : GRAPHENE_RECT_INIT (0, 0, 0, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

// The image pixels that a rectangle of the view touches. False: none.
static bool
region_of (PrcSliceView *self, const PrcFrameInfo *info, const graphene_rect_t *view_rect,
           PrcPixelRect *region) {
  double x[2], y[2];

  for (int i = 0; i < 2; i++)
    prc_view_params_to_image (&self->params, info, self->view_width, self->view_height,
                              view_rect->origin.x + i * view_rect->size.width,
                              view_rect->origin.y + i * view_rect->size.height, &x[i], &y[i]);
  double left = fmax (floor (fmin (x[0], x[1])), 0), top = fmax (floor (fmin (y[0], y[1])), 0);
  double right = fmin (ceil (fmax (x[0], x[1])), info->columns);
  double bottom = fmin (ceil (fmax (y[0], y[1])), info->rows);
  if (!(right > left && bottom > top))
    return false;
  *region = (PrcPixelRect){(uint32_t)left, (uint32_t)top, (uint32_t)(right - left),
                           (uint32_t)(bottom - top)};
  return true;
}

void
prc_slice_view_region_window (PrcSliceView *self, const graphene_rect_t *view_rect) {
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  PrcPixelRect region;

  if (!self->frame || prc_frame_info (self->frame)->type == PRC_SAMPLE_RGB8 ||
      view_rect->size.width < REGION_LEAST || view_rect->size.height < REGION_LEAST)
    return;
  if (region_of (self, prc_frame_info (self->frame), view_rect, &region))
    prc_values_collect (self->frame, &region, REGION_MAX, values);
  prc_values_sort (values);
  if (!take_window_of (self, values, prc_values_window))
    g_signal_emit_by_name (self, "notice", _ ("There are no two different values in this region"));
}

/* ---- the series ---- */

static bool
take_window_of_series (PrcSliceView *self, const GArray *sorted) {
  return take_window_of (
      self, sorted, prc_slice_view_is_pet (self) ? prc_values_uptake_window : prc_values_window);
}

static void
measured (const GArray *sorted, gpointer user_data) {
  PrcSliceView *self = user_data;

  prc_slice_view_stop_measuring (self);
  if (!take_window_of_series (self, sorted))
    g_signal_emit_by_name (self, "notice", _ ("There are no two different values in this series"));
}

static gboolean
measure_takes_long (gpointer user_data) {
  PrcSliceView *self = user_data;

  self->measure_timer = 0;
  self->measure_note = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

// One slice is a poor witness, and the one that happens to be read first is often empty: where the
// file has no window, the series has the last word, unless the reader spoke before. Not marked as
// the reader's.
static void
measured_unasked (const GArray *sorted, gpointer user_data) {
  PrcSliceView *self = user_data;
  PrcSeriesWindow window = self->window;

  prc_slice_view_stop_measuring (self);
  take_window_of_series (self, sorted);
  self->window = window;
  self->window.makeshift = false;
}

void
prc_slice_view_measure_unasked (PrcSliceView *self) {
  guint n = prc_series_length (self->series);

  if (!self->window.guessed || self->window.by_hand || self->measuring || n < 2 ||
      n < 2 * self->window.measured)
    return; // it may have grown since
  self->window.measured = n;
  self->measuring = prc_series_values_new (self->store, self->series, measured_unasked, self);
  self->measure_unasked = TRUE;
}

void
prc_slice_view_auto_window_of_series (PrcSliceView *self) {
  prc_slice_view_stop_measuring (self);
  if (!self->reference_frame || prc_frame_info (self->reference_frame)->type == PRC_SAMPLE_RGB8)
    return;
  self->measuring = prc_series_values_new (self->store, self->series, measured, self);
  self->measure_timer = g_timeout_add (NOTE_MS, measure_takes_long, self);
}
