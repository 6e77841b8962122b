// SPDX-License-Identifier: Apache-2.0
#include "prc-slice-view-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "prc-settings.h"

enum { PROP_0, PROP_INDEX, PROP_LOADING, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PrcSliceView, prc_slice_view, GTK_TYPE_WIDGET)

/* ---- series and index ---- */

static void
forget_series (PrcSliceView *self) {
  prc_slice_view_stop_measuring (self);
  prc_slice_view_keep_look (self);
  prc_render_source_reset (self->source);
  prc_slice_picture_clear (&self->picture);
  g_clear_pointer (&self->picture_instance, prc_instance_unref);
  g_clear_pointer (&self->reference_frame, prc_frame_unref);
  g_clear_pointer (&self->series, prc_series_unref);
  prc_slice_view_forget_layer (self);
  prc_frame_store_prefetch (self->store, self, NULL, 0, 0);
  g_clear_pointer (&self->presentation, prc_presentation_unref);
  self->graphics_only = self->in_area = self->shaped = FALSE;
  self->fitted = TRUE;
  self->direction = 0;
  self->cross = FALSE;
}

static void
refine_series (PrcSliceView *self, PrcSeries *series) {
  const PrcSlice *old = prc_slice_view_slice (self);
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
    prc_slice_view_load (self);
    return;
  }
  prc_frame_store_prefetch (self->store, self, series, index, self->direction);
  prc_slice_view_update_accessible (self);
  prc_slice_view_redraw_text (self);
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
  prc_slice_view_recall_look (self);
  self->index = series ? MIN (index, prc_series_length (series) - 1) : 0;
  if (series)
    g_clear_pointer (&self->message, g_free);
  prc_slice_view_load (self);
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
  prc_slice_view_load (self);
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

PrcFrame *
prc_slice_view_get_decoded (PrcSliceView *self) {
  return self->decoded;
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

void
prc_slice_view_set_annotate (PrcSliceView *self, PrcAnnotateLevel level, gboolean hide_patient) {
  self->level = level;
  self->hide_patient = hide_patient;
  prc_slice_view_redraw_text (self);
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
prc_slice_view_set_playing (PrcSliceView *self, gboolean playing) {
  self->playing = playing;
  if (!playing)
    prc_slice_view_postpone_rest (self);
}

void
prc_slice_view_step_series (PrcSliceView *self, int series) {
  g_signal_emit_by_name (self, "step-series", series);
}

void
prc_slice_view_set_message (PrcSliceView *self, const char *message) {
  if (!g_strcmp0 (self->message, message))
    return;
  g_free (self->message);
  self->message = g_strdup (message);
  prc_slice_view_update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- widget ---- */

static void
snapshot_annotation (PrcSliceView *self, GtkSnapshot *snapshot) {
  size_t n_presets;
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
      .presentation = self->presentation,
      .graphics_only = self->graphics_only,
      .lines_below = self->patch_words ? 3 : 2, // the readout's
      .presets = prc_settings_presets (prc_settings_get_default (), &n_presets),
  };

  what.n_presets = n_presets;
  if (self->window.known)
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
  else if (self->measure_note)
    prc_slice_picture_snapshot_sentence (widget, snapshot,
                                         _ ("Looking through the series… (Esc stops)"), 0.92);
  else if (self->note)
    prc_slice_picture_snapshot_sentence (widget, snapshot, _ ("Loading…"), 0.92);
  if (!instead)
    prc_slice_view_snapshot_readout (self, snapshot);
  if (!instead)
    prc_slice_view_snapshot_box (self, snapshot);
  if (self->rubber_band.size.width > 0)
    prc_slice_picture_snapshot_frame (widget, snapshot, &self->rubber_band);
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
    prc_slice_view_refit (self);
  prc_slice_view_repaint (self);
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
  if (self->segments)
    g_signal_handlers_disconnect_by_data (self->segments, self);
  g_clear_object (&self->segments);
  prc_slice_view_forget_layer (self);
  if (self->source)
    forget_series (self);
  g_clear_pointer (&self->source, prc_render_source_free);
  g_clear_pointer (&self->frame, prc_frame_unref);
  g_clear_pointer (&self->decoded, prc_frame_unref);
  g_clear_pointer (&self->heat, prc_layer_unref);
  g_clear_pointer (&self->presentation, prc_presentation_unref);
  g_clear_pointer (&self->presentations, g_ptr_array_unref);
  g_clear_pointer (&self->store, prc_frame_store_unref);
  G_OBJECT_CLASS (prc_slice_view_parent_class)->dispose (object);
}

static void
prc_slice_view_finalize (GObject *object) {
  PrcSliceView *self = PRC_SLICE_VIEW (object);

  g_hash_table_unref (self->looks);
  g_free (self->failure);
  g_free (self->message);
  g_free (self->patch_words);
  g_free (self->box_words);
  G_OBJECT_CLASS (prc_slice_view_parent_class)->finalize (object);
}

static void
install_signals (GType type) {
  static const struct {
    const char *name;
    GType argument; // G_TYPE_NONE: none
  } all[] = {
      {"window-changed", G_TYPE_NONE}, {"rested", G_TYPE_NONE},   {"shown", G_TYPE_NONE},
      {"step-series", G_TYPE_INT},     {"notice", G_TYPE_STRING}, {"pointed", G_TYPE_NONE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_signal_new (all[i].name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  all[i].argument != G_TYPE_NONE, all[i].argument);
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
  self->pointer_x = self->pointer_y = NAN;
  self->params = (PrcViewParams){
      .voi = PRC_VOI_USE_WINDOW, .width = 1, .smooth = TRUE, .overlays = TRUE, .zoom = 1};
  self->fitted = TRUE;
  self->looks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, prc_slice_view_look_free);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Image"),
                                  -1);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (scale_changed), NULL);
  g_signal_connect (self, "rested", G_CALLBACK (prc_slice_view_measure_unasked), NULL);
}

GtkWidget *
prc_slice_view_new (PrcFrameStore *store) {
  PrcSliceView *self = g_object_new (PRC_TYPE_SLICE_VIEW, NULL);

  self->store = prc_frame_store_ref (store);
  self->source =
      prc_render_source_new (store, prc_slice_view_frame_ready, prc_slice_view_raster_ready, self);
  return GTK_WIDGET (self);
}
