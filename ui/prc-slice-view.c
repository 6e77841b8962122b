// SPDX-License-Identifier: Apache-2.0
#include "prc-slice-view.h"

#include <glib/gi18n-lib.h>

#include "prc-render-source.h"
#include "prc-slice-picture.h"
#include "prc-slice-view-private.h"

#define REST_MS      120       // still for this long counts as rest
#define QUICK_PIXELS (3 << 20) // of frame and view: rendered in some 5 ms
#define NOTE_MS      150       // a picture that takes longer gets a note

struct _PrcSliceView {
  GtkWidget parent_instance;
  PrcFrameStore *store;
  PrcRenderSource *source;
  PrcSeries *series;
  guint index;
  int direction;             // of the last step
  PrcFrame *frame;           // of the slice in view
  PrcFrame *reference_frame; // newest decoded of the series
  PrcViewParams params;
  gboolean has_window; // chosen, or taken from the first frame
  gboolean fitted;     // follows the size of the view
  int view_width, view_height, scale;
  PrcAnnotateLevel level;
  gboolean hide_patient;
  PrcSlicePicture picture;
  PrcInstance *picture_instance; // whose picture it is
  guint picture_number;
  char *failure; // why the slice in view has no picture
  char *message;
  gboolean loading, note;
  gboolean rest_due; // the slice changed and nobody was told that it rests
  guint rest_timer, note_timer;
  guint tick; // a picture is to be rendered with the next frame
};

enum { PROP_0, PROP_INDEX, PROP_LOADING, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { WINDOW_CHANGED, RESTED, SHOWN, STEP_SERIES, NOTICE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PrcSliceView, prc_slice_view, GTK_TYPE_WIDGET)

static const PrcSlice *
slice_in_view (PrcSliceView *self) {
  return self->series ? prc_series_slice (self->series, self->index) : NULL;
}

static bool
picture_is_of (PrcSliceView *self, const PrcSlice *slice) {
  return slice && self->picture.texture && self->picture_instance == slice->instance &&
         self->picture_number == slice->frame;
}

static void
redraw_text (PrcSliceView *self) {
  prc_slice_picture_forget_annotation (&self->picture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static char *
description (PrcSliceView *self) {
  if (self->message || !self->series)
    return g_strdup (self->message ? self->message : "");
  g_autofree char *place =
      g_strdup_printf (_ ("Slice %u of %u"), self->index + 1, prc_series_length (self->series));
  if (self->failure)
    return g_strdup_printf (_ ("%s. %s"), place, self->failure);
  return g_steal_pointer (&place);
}

static void
update_accessible (PrcSliceView *self) {
  g_autofree char *text = description (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

/* ---- resting and loading ---- */

static void
tell_rest (PrcSliceView *self) {
  if (!self->rest_due || self->rest_timer || self->loading || self->failure || !self->frame)
    return;
  self->rest_due = FALSE;
  g_signal_emit (self, signals[RESTED], 0);
}

static gboolean
rest_elapsed (gpointer user_data) {
  PrcSliceView *self = user_data;

  self->rest_timer = 0;
  tell_rest (self);
  return G_SOURCE_REMOVE;
}

static void
postpone_rest (PrcSliceView *self) {
  if (!self->rest_due)
    return;
  g_clear_handle_id (&self->rest_timer, g_source_remove);
  self->rest_timer = g_timeout_add (REST_MS, rest_elapsed, self);
}

static gboolean
note_due (gpointer user_data) {
  PrcSliceView *self = user_data;

  self->note_timer = 0;
  self->note = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

static void
set_loading (PrcSliceView *self, gboolean loading) {
  if (!loading) {
    g_clear_handle_id (&self->note_timer, g_source_remove);
    self->note = FALSE;
  } else if (!self->note && !self->note_timer) {
    self->note_timer = g_timeout_add (NOTE_MS, note_due, self);
  }
  if (self->loading == loading)
    return;
  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static void
came_to_show (PrcSliceView *self) {
  set_loading (self, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SHOWN], 0);
  tell_rest (self);
}

/* ---- frames and pictures ---- */

static void
take_raster (PrcSliceView *self, PrcInstance *instance, guint number, const PrcRaster *raster) {
  prc_slice_picture_set_raster (&self->picture, raster);
  prc_instance_ref (instance);
  g_clear_pointer (&self->picture_instance, prc_instance_unref);
  self->picture_instance = instance;
  self->picture_number = number;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->loading && picture_is_of (self, slice_in_view (self)) && !self->failure)
    came_to_show (self);
}

static PrcViewParams
params_for (PrcSliceView *self, const PrcFrame *frame) {
  PrcViewParams params = self->params;

  if (params.voi >= (int)prc_frame_info (frame)->n_voi_luts)
    prc_view_params_default_voi (&params,
                                 frame); // this frame lacks the table that its neighbour has
  return params;
}

static void
want_raster (PrcSliceView *self, PrcInstance *instance, guint number, PrcFrame *frame) {
  PrcViewParams params = params_for (self, frame);

  prc_render_source_want_raster (self->source, instance, number, frame, &params, self->view_width,
                                 self->view_height);
}

static void
render_now (PrcSliceView *self) {
  const PrcSlice *slice = slice_in_view (self);

  if (!slice || !self->frame)
    return;
  PrcViewParams params = params_for (self, self->frame);
  g_autoptr (PrcRaster) raster =
      prc_render (self->frame, &params, self->view_width, self->view_height, NULL, NULL);
  prc_render_source_drop_rasters (self->source);
  if (raster)
    take_raster (self, slice->instance, slice->frame, raster);
}

static gboolean
render_in_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data) {
  PrcSliceView *self = PRC_SLICE_VIEW (widget);

  self->tick = 0;
  render_now (self);
  return G_SOURCE_REMOVE;
}

// A picture that takes some milliseconds is rendered as part of the frame that shows it, once
// however much was scrolled or dragged since the last one: handed to another thread it would come a
// frame later, and the text before it. Large ones leave the main loop alone.
static void
want_picture (PrcSliceView *self) {
  const PrcSlice *slice = slice_in_view (self);

  if (!slice || !self->frame || self->view_width < 1 || self->view_height < 1 || !self->has_window)
    return;
  const PrcFrameInfo *info = prc_frame_info (self->frame);
  guint64 work =
      (guint64)info->rows * info->columns + (guint64)self->view_width * (guint64)self->view_height;
  if (!self->picture.texture)
    render_now (self); // painting a window without its picture first would take longer
  else if (work > QUICK_PIXELS)
    want_raster (self, slice->instance, slice->frame, self->frame);
  else if (!self->tick)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), render_in_frame, NULL, NULL);
}

static void
repaint (PrcSliceView *self) {
  redraw_text (self);
  want_picture (self);
}

static void
fit (PrcSliceView *self) {
  if (self->reference_frame && self->view_width > 0 && self->view_height > 0)
    prc_view_params_fit (&self->params, prc_frame_info (self->reference_frame), self->view_width,
                         self->view_height);
}

static void
learn_from (PrcSliceView *self, PrcFrame *frame) {
  bool first = !self->reference_frame;

  g_clear_pointer (&self->reference_frame, prc_frame_unref);
  self->reference_frame = prc_frame_ref (frame);
  if (self->fitted)
    fit (self);
  if (!self->has_window) {
    prc_view_params_default_voi (&self->params, frame);
    self->has_window = TRUE;
    g_signal_emit (self, signals[WINDOW_CHANGED], 0);
  } else if (first) {
    g_signal_emit (self, signals[WINDOW_CHANGED], 0);
  }
}

static void
take_frame (PrcSliceView *self, PrcFrame *frame) {
  g_clear_pointer (&self->failure, g_free);
  g_clear_pointer (&self->frame, prc_frame_unref);
  self->frame = prc_frame_ref (frame);
  learn_from (self, frame);
  repaint (self);
}

static void
take_failure (PrcSliceView *self, const GError *error) {
  g_free (self->failure);
  self->failure = g_strdup (error->message);
  update_accessible (self);
  redraw_text (self);
  came_to_show (self);
}

static void
frame_ready (PrcInstance *instance, guint number, PrcFrame *frame, const GError *error,
             gpointer user_data) {
  PrcSliceView *self = user_data;
  const PrcSlice *slice = slice_in_view (self);

  if (slice && slice->instance == instance && slice->frame == number) {
    if (frame)
      take_frame (self, frame);
    else
      take_failure (self, error);
  } else if (slice && frame && self->has_window && !self->frame &&
             self->view_width > 0) { // one on the way there
    want_raster (self, instance, number, frame);
  }
}

static void
raster_ready (PrcInstance *instance, guint number, PrcRaster *raster, gpointer user_data) {
  if (slice_in_view (user_data))
    take_raster (user_data, instance, number, raster);
}

// The slice in view is another one than before.
static void
load (PrcSliceView *self) {
  const PrcSlice *slice = slice_in_view (self);
  g_autoptr (PrcFrame) frame = NULL;

  g_clear_pointer (&self->frame, prc_frame_unref);
  g_clear_pointer (&self->failure, g_free);
  redraw_text (self);
  update_accessible (self);
  self->rest_due = slice != NULL;
  postpone_rest (self);
  set_loading (self, slice != NULL);
  if (!slice)
    return;
  frame = prc_render_source_want_frame (self->source, slice->instance, slice->frame);
  if (frame)
    take_frame (self, frame);
  prc_frame_store_prefetch (self->store, self, self->series, self->index, self->direction);
}

/* ---- series and index ---- */

static void
forget_series (PrcSliceView *self) {
  prc_render_source_reset (self->source);
  prc_slice_picture_clear (&self->picture);
  g_clear_pointer (&self->picture_instance, prc_instance_unref);
  g_clear_pointer (&self->reference_frame, prc_frame_unref);
  g_clear_pointer (&self->series, prc_series_unref);
  prc_frame_store_prefetch (self->store, self, NULL, 0, 0);
  self->has_window = FALSE;
  self->fitted = TRUE;
  self->direction = 0;
  self->params.invert = FALSE;
}

static void
refine_series (PrcSliceView *self, PrcSeries *series) {
  const PrcSlice *old = slice_in_view (self);
  int found =
      prc_series_find (series, prc_instance_info (old->instance)->sop_instance_uid, old->frame);
  guint last = prc_series_length (series) - 1,
        index = found >= 0 ? (guint)found : MIN (self->index, last);
  g_autoptr (PrcSeries) before = g_steal_pointer (&self->series);

  self->series = prc_series_ref (series);
  if (index != self->index) {
    self->index = index;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INDEX]);
  }
  if (found < 0) {
    load (self);
    return;
  }
  prc_frame_store_prefetch (self->store, self, series, index, self->direction);
  update_accessible (self);
  redraw_text (self);
}

void
prc_slice_view_set_series (PrcSliceView *self, PrcSeries *series, guint index) {
  g_return_if_fail (PRC_IS_SLICE_VIEW (self));

  if (series == self->series && !series)
    return;
  if (series && self->series &&
      !g_strcmp0 (prc_series_key (series), prc_series_key (self->series))) {
    refine_series (self, series);
    return;
  }
  forget_series (self);
  self->series = series ? prc_series_ref (series) : NULL;
  self->index = series ? MIN (index, prc_series_length (series) - 1) : 0;
  if (series)
    g_clear_pointer (&self->message, g_free);
  load (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INDEX]);
}

PrcSeries *
prc_slice_view_get_series (PrcSliceView *self) {
  return self->series;
}

void
prc_slice_view_set_index (PrcSliceView *self, guint index) {
  if (!self->series)
    return;
  index = MIN (index, prc_series_length (self->series) - 1);
  if (index == self->index)
    return;
  self->direction = index > self->index ? 1 : -1;
  self->index = index;
  load (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INDEX]);
}

guint
prc_slice_view_get_index (PrcSliceView *self) {
  return self->index;
}

void
prc_slice_view_step (PrcSliceView *self, int slices) {
  gint64 index = (gint64)self->index + slices;

  prc_slice_view_set_index (self, (guint)CLAMP (index, 0, G_MAXINT));
}

PrcFrame *
prc_slice_view_get_frame (PrcSliceView *self) {
  return self->frame;
}

const PrcFrame *
prc_slice_view_reference_frame (PrcSliceView *self) {
  return self->reference_frame;
}

gboolean
prc_slice_view_is_loading (PrcSliceView *self) {
  return self->loading;
}

const char *
prc_slice_view_get_failure (PrcSliceView *self) {
  return self->failure;
}

GdkTexture *
prc_slice_view_get_texture (PrcSliceView *self) {
  return self->picture.texture;
}

/* ---- how it is looked at ---- */

const PrcViewParams *
prc_slice_view_params (PrcSliceView *self) {
  return &self->params;
}

void
prc_slice_view_get_size (PrcSliceView *self, int *view_width, int *view_height) {
  *view_width = self->view_width;
  *view_height = self->view_height;
}

void
prc_slice_view_take_params (PrcSliceView *self, const PrcViewParams *params, gboolean moved) {
  PrcViewParams before = self->params;

  if (prc_view_params_equal (&before, params))
    return;
  self->params = *params;
  if (moved)
    self->fitted = FALSE;
  postpone_rest (self);
  repaint (self);
  if (before.voi != params->voi || before.centre != params->centre ||
      before.width != params->width || before.invert != params->invert)
    g_signal_emit (self, signals[WINDOW_CHANGED], 0);
}

void
prc_slice_view_set_window (PrcSliceView *self, double centre, double width) {
  PrcViewParams params = self->params;

  params.voi = PRC_VOI_USE_WINDOW;
  params.centre = centre;
  params.width = width;
  if (self->reference_frame)
    params.function = prc_frame_info (self->reference_frame)->voi_function;
  self->has_window = TRUE;
  prc_slice_view_take_params (self, &params, FALSE);
}

gboolean
prc_slice_view_get_window (PrcSliceView *self, double *centre, double *width) {
  if (!self->reference_frame || !self->has_window || self->params.voi != PRC_VOI_USE_WINDOW)
    return FALSE;
  *centre = self->params.centre;
  *width = self->params.width;
  return TRUE;
}

void
prc_slice_view_auto_window (PrcSliceView *self) {
  PrcViewParams params = self->params;

  if (!self->reference_frame)
    return;
  prc_view_params_auto_window (&params, self->frame ? self->frame : self->reference_frame);
  prc_slice_view_take_params (self, &params, FALSE);
}

void
prc_slice_view_file_window (PrcSliceView *self) {
  PrcViewParams params = self->params;

  if (!self->reference_frame)
    return;
  prc_view_params_default_voi (&params, self->frame ? self->frame : self->reference_frame);
  prc_slice_view_take_params (self, &params, FALSE);
}

gboolean
prc_slice_view_apply_preset (PrcSliceView *self, const PrcPreset *preset) {
  if (!self->reference_frame)
    return FALSE;
  if (g_strcmp0 (prc_frame_info (self->reference_frame)->units, "HU")) {
    g_signal_emit (self, signals[NOTICE], 0,
                   _ ("Window presets are for CT: this image is not in Hounsfield units"));
    return FALSE;
  }
  prc_slice_view_set_window (self, preset->centre, preset->width);
  return TRUE;
}

void
prc_slice_view_set_invert (PrcSliceView *self, gboolean invert) {
  PrcViewParams params = self->params;

  params.invert = invert;
  prc_slice_view_take_params (self, &params, FALSE);
}

gboolean
prc_slice_view_get_invert (PrcSliceView *self) {
  return self->params.invert;
}

void
prc_slice_view_set_smooth (PrcSliceView *self, gboolean smooth) {
  PrcViewParams params = self->params;

  params.smooth = smooth;
  prc_slice_view_take_params (self, &params, FALSE);
}

gboolean
prc_slice_view_get_smooth (PrcSliceView *self) {
  return self->params.smooth;
}

void
prc_slice_view_fit (PrcSliceView *self) {
  self->fitted = TRUE;
  fit (self);
  repaint (self);
}

void
prc_slice_view_reset (PrcSliceView *self) {
  prc_slice_view_set_invert (self, FALSE);
  prc_slice_view_file_window (self);
  prc_slice_view_fit (self);
}

void
prc_slice_view_set_annotate (PrcSliceView *self, PrcAnnotateLevel level, gboolean hide_patient) {
  self->level = level;
  self->hide_patient = hide_patient;
  redraw_text (self);
}

PrcAnnotateLevel
prc_slice_view_get_annotate (PrcSliceView *self) {
  return self->level;
}

void
prc_slice_view_cycle_annotate (PrcSliceView *self) {
  prc_slice_view_set_annotate (self, (self->level + 1) % (PRC_ANNOTATE_NONE + 1),
                               self->hide_patient);
}

void
prc_slice_view_step_series (PrcSliceView *self, int series) {
  g_signal_emit (self, signals[STEP_SERIES], 0, series);
}

void
prc_slice_view_set_message (PrcSliceView *self, const char *message) {
  if (!g_strcmp0 (self->message, message))
    return;
  g_free (self->message);
  self->message = g_strdup (message);
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- widget ---- */

static void
snapshot_annotation (PrcSliceView *self, GtkSnapshot *snapshot) {
  PrcAnnotation what = {
      .series = self->series,
      .index = self->index,
      .frame = self->frame,
      .params = &self->params,
      .view_width = self->view_width,
      .view_height = self->view_height,
      .scale = self->scale,
      .hide_patient = self->hide_patient,
      .level = self->level,
  };

  if (self->has_window)
    prc_slice_picture_snapshot_annotation (&self->picture, GTK_WIDGET (self), snapshot, &what);
}

static void
prc_slice_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  PrcSliceView *self = PRC_SLICE_VIEW (widget);
  static PrcSlicePicture nothing;
  const char *instead = self->message ? self->message : self->failure;

  prc_slice_picture_snapshot_texture (instead ? &nothing : &self->picture, widget, snapshot);
  if (self->series)
    snapshot_annotation (self, snapshot);
  if (instead)
    prc_slice_picture_snapshot_sentence (widget, snapshot, instead, 0.5);
  else if (self->note)
    prc_slice_picture_snapshot_sentence (widget, snapshot, _ ("Loading…"), 0.92);
}

// Zoom is in device pixels: on a screen of another density the same part stays in view.
static void
rescale (PrcSliceView *self, int scale) {
  if (self->scale > 0 && scale != self->scale)
    self->params.zoom *= (double)scale / self->scale;
  self->scale = scale;
}

static void
prc_slice_view_size_allocate (GtkWidget *widget, int width, int height, int baseline) {
  PrcSliceView *self = PRC_SLICE_VIEW (widget);
  int scale = gtk_widget_get_scale_factor (widget);

  if (scale == self->scale && self->view_width == width * scale &&
      self->view_height == height * scale)
    return;
  rescale (self, scale);
  self->view_width = width * scale;
  self->view_height = height * scale;
  if (self->fitted)
    fit (self);
  repaint (self);
}

static void
scale_changed (PrcSliceView *self) {
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
prc_slice_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                        int *natural, int *minimum_baseline, int *natural_baseline) {
  *minimum = 160;
  *natural = 512;
}

static void
prc_slice_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec) {
  PrcSliceView *self = PRC_SLICE_VIEW (object);

  if (id == PROP_INDEX)
    g_value_set_uint (value, self->index);
  else if (id == PROP_LOADING)
    g_value_set_boolean (value, self->loading);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
prc_slice_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec) {
  if (id == PROP_INDEX)
    prc_slice_view_set_index (PRC_SLICE_VIEW (object), g_value_get_uint (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
prc_slice_view_dispose (GObject *object) {
  PrcSliceView *self = PRC_SLICE_VIEW (object);

  g_clear_handle_id (&self->rest_timer, g_source_remove);
  g_clear_handle_id (&self->note_timer, g_source_remove);
  if (self->tick)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  if (self->source)
    forget_series (self);
  g_clear_pointer (&self->source, prc_render_source_free);
  g_clear_pointer (&self->frame, prc_frame_unref);
  g_clear_pointer (&self->store, prc_frame_store_unref);
  G_OBJECT_CLASS (prc_slice_view_parent_class)->dispose (object);
}

static void
prc_slice_view_finalize (GObject *object) {
  PrcSliceView *self = PRC_SLICE_VIEW (object);

  g_free (self->failure);
  g_free (self->message);
  G_OBJECT_CLASS (prc_slice_view_parent_class)->finalize (object);
}

static void
install_signals (GType type) {
  signals[WINDOW_CHANGED] =
      g_signal_new ("window-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESTED] =
      g_signal_new ("rested", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SHOWN] =
      g_signal_new ("shown", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STEP_SERIES] = g_signal_new ("step-series", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_INT);
  signals[NOTICE] = g_signal_new ("notice", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
prc_slice_view_class_init (PrcSliceViewClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = prc_slice_view_get_property;
  object_class->set_property = prc_slice_view_set_property;
  object_class->dispose = prc_slice_view_dispose;
  object_class->finalize = prc_slice_view_finalize;
  widget_class->snapshot = prc_slice_view_snapshot;
  widget_class->size_allocate = prc_slice_view_size_allocate;
  widget_class->measure = prc_slice_view_measure;
  properties[PROP_INDEX] =
      g_param_spec_uint ("index", NULL, NULL, 0, G_MAXUINT, 0,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  install_signals (G_TYPE_FROM_CLASS (klass));
  gtk_widget_class_set_css_name (widget_class, "sliceview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
prc_slice_view_init (PrcSliceView *self) {
  self->params = (PrcViewParams){.voi = PRC_VOI_USE_WINDOW, .width = 1, .smooth = TRUE, .zoom = 1};
  self->fitted = TRUE;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Image"),
                                  -1);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (scale_changed), NULL);
  prc_slice_input_attach (self);
}

GtkWidget *
prc_slice_view_new (PrcFrameStore *store) {
  PrcSliceView *self = g_object_new (PRC_TYPE_SLICE_VIEW, NULL);

  self->store = prc_frame_store_ref (store);
  self->source = prc_render_source_new (store, frame_ready, raster_ready, self);
  return GTK_WIDGET (self);
}
