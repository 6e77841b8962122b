// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-details.h"

#include <glib/gi18n-lib.h>

#include "prc-segment-looks.h"
#include "prc-segment-words.h"

#define REST_MS 300 // a segment being edited, a slider being moved come to rest

typedef enum { VOLUME, MEAN, RANGE, DIAMETER, SLICES, ALGORITHM, FROM, N_LINES } Line;

struct _PrcSegmentDetails {
  GtkBox parent_instance;
  PrcFrameStore *store;
  PrcSegmentItem *item; // or NULL
  PrcSeries *series;
  GCancellable *measuring; // NULL: nothing under way
  guint rest, threshold_rest;
  GtkWidget *values[N_LINES];
  GtkWidget *opacity, *threshold, *threshold_name;
  GBinding *own_opacity;
  gboolean quiet; // the threshold is not the reader's doing
};

G_DEFINE_FINAL_TYPE (PrcSegmentDetails, prc_segment_details, GTK_TYPE_BOX)

enum { THRESHOLD, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- measuring ---- */

typedef struct {
  PrcSegmentItem *item; // main thread only
  PrcSegmentStack *stack;
  PrcSeries *series;
  PrcFrameStore *store;
  PrcSegmentMeasure measure;
} Measuring;

static void
measuring_free (Measuring *work) {
  g_object_unref (work->item);
  prc_segment_stack_unref (work->stack);
  prc_series_unref (work->series);
  prc_frame_store_unref (work->store);
  g_free (work);
}

static PrcSuv
suv_of (Measuring *work, guint index, GCancellable *cancellable) {
  const PrcSlice *slice = prc_series_slice (work->series, index);
  g_autoptr (PrcFrame) frame = prc_frame_store_get (work->store, slice->instance, slice->frame,
                                                    PRC_PRIORITY_BACKGROUND, cancellable, NULL);

  return frame ? prc_frame_info (frame)->suv : (PrcSuv){.kind = PRC_SUV_NONE};
}

// PET is read in SUV, where one factor holds for all slices.
static void
use_suv (Measuring *work, GCancellable *cancellable) {
  PrcSegmentMeasure *measure = &work->measure;
  PrcSegmentExtent extent;

  if (!prc_segment_stack_extent (work->stack, &extent))
    return;
  PrcSuv first = suv_of (work, extent.first, cancellable);
  if (first.kind == PRC_SUV_NONE || first.lacks)
    return;
  PrcSuv last = suv_of (work, extent.last, cancellable);
  if (last.kind != first.kind || last.lacks || last.factor != first.factor)
    return;
  measure->mean *= first.factor;
  measure->sd *= first.factor;
  measure->lowest *= first.factor;
  measure->highest *= first.factor;
  g_strlcpy (measure->units, prc_suv_name (first.kind), sizeof measure->units);
}

static void
measure_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  Measuring *work = data;
  gboolean done = prc_segment_measure (work->stack, work->series, work->store, &work->measure,
                                       cancellable, NULL);

  if (done)
    use_suv (work, cancellable);
  g_task_return_boolean (task, done);
}

static void
measured (GObject *source, GAsyncResult *result, gpointer user_data) {
  PrcSegmentDetails *self = PRC_SEGMENT_DETAILS (source);
  Measuring *work = g_task_get_task_data (G_TASK (result));
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));

  g_task_propagate_boolean (G_TASK (result),
                            NULL); // without values the shape is known all the same
  if (g_cancellable_is_cancelled (cancellable))
    return;
  g_clear_object (&self->measuring);
  prc_segment_item_take_measure (work->item, work->stack, &work->measure, TRUE);
}

static void
stop_measuring (PrcSegmentDetails *self) {
  if (self->measuring)
    g_cancellable_cancel (self->measuring);
  g_clear_object (&self->measuring);
  g_clear_handle_id (&self->rest, g_source_remove);
}

static gboolean
measure (gpointer user_data) {
  PrcSegmentDetails *self = user_data;
  Measuring *work = g_new0 (Measuring, 1);

  self->rest = 0;
  self->measuring = g_cancellable_new ();
  work->item = g_object_ref (self->item);
  work->stack = prc_segment_stack_ref (prc_segment_item_get_stack (self->item));
  work->series = prc_series_ref (self->series);
  work->store = prc_frame_store_ref (self->store);
  g_autoptr (GTask) task = g_task_new (self, self->measuring, measured, NULL);
  g_task_set_task_data (task, work, (GDestroyNotify)measuring_free);
  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, measure_in_thread);
  return G_SOURCE_REMOVE;
}

/* ---- words ---- */

static char *
words (PrcSegmentDetails *self, Line line, const PrcSegmentMeasure *known, gboolean with_values) {
  const PrcSegmentation *file = prc_segment_item_get_segmentation (self->item);

  switch (line) {
  case VOLUME:
    return known ? prc_segment_words_volume (known) : g_strdup ("…");
  case MEAN:
    return with_values ? prc_segment_words_mean (known) : g_strdup ("…");
  case RANGE:
    return with_values ? prc_segment_words_range (known) : g_strdup ("…");
  case DIAMETER:
    return known ? prc_segment_words_diameter (known) : g_strdup ("…");
  case SLICES:
    return prc_segment_words_slices (prc_segment_item_get_stack (self->item));
  case ALGORITHM:
    return prc_segment_words_algorithm (prc_segment_item_get_segment (self->item));
  default:
    return g_strdup (file ? prc_segmentation_info (file)->title : "");
  }
}

static void
update (PrcSegmentDetails *self) {
  gboolean with_values;
  const PrcSegmentMeasure *known = prc_segment_item_get_measure (self->item, &with_values);
  gboolean empty = prc_segment_stack_area (prc_segment_item_get_stack (self->item)) == 0;

  for (Line line = 0; line < N_LINES; line++) {
    g_autofree char *text =
        empty && line < SLICES ? g_strdup ("") : words (self, line, known, with_values);
    gtk_label_set_text (GTK_LABEL (self->values[line]), *text ? text : "–");
    gtk_widget_set_tooltip_text (self->values[line], line >= ALGORITHM && *text ? text : NULL);
  }
}

static void
clear (PrcSegmentDetails *self) {
  for (Line line = 0; line < N_LINES; line++)
    gtk_label_set_text (GTK_LABEL (self->values[line]), "–");
  gtk_range_set_value (GTK_RANGE (self->opacity), 100);
  gtk_widget_set_visible (self->threshold, FALSE);
  gtk_widget_set_visible (self->threshold_name, FALSE);
}

static void
stack_or_measure_changed (PrcSegmentDetails *self) {
  gboolean with_values;

  prc_segment_item_get_measure (self->item, &with_values);
  update (self);
  if (with_values)
    return;
  stop_measuring (self);
  self->rest = g_timeout_add (REST_MS, measure, self);
}

/* ---- the threshold ---- */

static gboolean
threshold_rests (gpointer user_data) {
  PrcSegmentDetails *self = user_data;

  self->threshold_rest = 0;
  g_signal_emit (self, signals[THRESHOLD], 0,
                 gtk_range_get_value (GTK_RANGE (self->threshold)) / 100);
  return G_SOURCE_REMOVE;
}

static void
threshold_moved (GtkRange *range, PrcSegmentDetails *self) {
  if (self->quiet)
    return;
  g_clear_handle_id (&self->threshold_rest, g_source_remove);
  self->threshold_rest = g_timeout_add (REST_MS, threshold_rests, self);
}

void
prc_segment_details_show_threshold (PrcSegmentDetails *self, double threshold) {
  if (self->threshold_rest)
    return; // a hand is at it
  self->quiet = TRUE;
  gtk_range_set_value (GTK_RANGE (self->threshold), threshold * 100);
  self->quiet = FALSE;
}

static gboolean
is_fractional (PrcSegmentItem *item) {
  const PrcSegmentation *file = prc_segment_item_get_segmentation (item);
  PrcSegmentationKind kind = file ? prc_segmentation_info (file)->kind : PRC_SEGMENTATION_BINARY;

  return kind == PRC_SEGMENTATION_PROBABILITY || kind == PRC_SEGMENTATION_OCCUPANCY;
}

/* ---- item ---- */

static void
forget_item (PrcSegmentDetails *self) {
  stop_measuring (self);
  g_clear_handle_id (&self->threshold_rest, g_source_remove);
  if (self->own_opacity)
    g_binding_unbind (self->own_opacity);
  g_clear_object (&self->own_opacity);
  if (self->item)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  g_clear_pointer (&self->series, prc_series_unref);
}

void
prc_segment_details_set_item (PrcSegmentDetails *self, PrcSegmentItem *item, PrcSeries *series) {
  if (item == self->item && series == self->series)
    return;
  forget_item (self);
  gtk_widget_set_sensitive (GTK_WIDGET (self), item != NULL);
  if (!item) {
    clear (self);
    return;
  }
  self->item = g_object_ref (item);
  self->series = prc_series_ref (series);
  self->own_opacity =
      g_object_ref (prc_segment_looks_bind_opacity (G_OBJECT (item), GTK_RANGE (self->opacity)));
  gtk_widget_set_visible (self->threshold, is_fractional (item));
  gtk_widget_set_visible (self->threshold_name, is_fractional (item));
  g_signal_connect_swapped (item, "notify::measured", G_CALLBACK (stack_or_measure_changed), self);
  g_signal_connect_swapped (item, "notify::label", G_CALLBACK (update), self);
  stack_or_measure_changed (self);
}

/* ---- widget ---- */

static GtkWidget *
label_new (const char *text, gboolean dim) {
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), dim ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, dim ? "dim-label" : "numeric");
  return label;
}

static GtkWidget *
scale_new (const char *name) {
  GtkWidget *scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 100, 5);

  gtk_widget_set_hexpand (scale, TRUE);
  gtk_scale_set_draw_value (GTK_SCALE (scale), TRUE);
  gtk_scale_set_value_pos (GTK_SCALE (scale), GTK_POS_RIGHT);
  gtk_scale_set_digits (GTK_SCALE (scale), 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return scale;
}

static char *
percent (GtkScale *scale, double value, gpointer user_data) {
  return g_strdup_printf (_ ("%.0f %%"), value);
}

static void
prc_segment_details_dispose (GObject *object) {
  PrcSegmentDetails *self = PRC_SEGMENT_DETAILS (object);

  forget_item (self);
  g_clear_pointer (&self->store, prc_frame_store_unref);
  G_OBJECT_CLASS (prc_segment_details_parent_class)->dispose (object);
}

static void
prc_segment_details_class_init (PrcSegmentDetailsClass *klass) {
  G_OBJECT_CLASS (klass)->dispose = prc_segment_details_dispose;
  signals[THRESHOLD] = g_signal_new ("threshold", PRC_TYPE_SEGMENT_DETAILS, G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
}

static void
add_scales (PrcSegmentDetails *self, GtkGrid *grid) {
  self->opacity = scale_new (_ ("Opacity of this segment"));
  self->threshold = scale_new (_ ("Threshold"));
  self->threshold_name = label_new (_ ("Threshold"), TRUE);
  g_signal_connect (self->threshold, "value-changed", G_CALLBACK (threshold_moved), self);
  gtk_scale_set_format_value_func (GTK_SCALE (self->opacity), percent, NULL, NULL);
  gtk_scale_set_format_value_func (GTK_SCALE (self->threshold), percent, NULL, NULL);
  gtk_grid_attach (grid, label_new (_ ("Opacity"), TRUE), 0, N_LINES, 1, 1);
  gtk_grid_attach (grid, self->opacity, 1, N_LINES, 1, 1);
  gtk_grid_attach (grid, self->threshold_name, 0, N_LINES + 1, 1, 1);
  gtk_grid_attach (grid, self->threshold, 1, N_LINES + 1, 1, 1);
}

static void
prc_segment_details_init (PrcSegmentDetails *self) {
  static const char *const names[N_LINES] = {N_ ("Volume"),   N_ ("Mean"),      N_ ("Range"),
                                             N_ ("Diameter"), N_ ("On slices"), N_ ("Made by"),
                                             N_ ("File")};
  GtkWidget *grid = gtk_grid_new ();

  gtk_widget_add_css_class (GTK_WIDGET (self), "segment-details");
  gtk_grid_set_column_spacing (GTK_GRID (grid), 10);
  gtk_widget_set_hexpand (grid, TRUE);
  for (Line line = 0; line < N_LINES; line++) {
    self->values[line] = label_new ("", FALSE);
    gtk_widget_set_hexpand (self->values[line], TRUE);
    gtk_grid_attach (GTK_GRID (grid), label_new (_ (names[line]), TRUE), 0, (int)line, 1, 1);
    gtk_grid_attach (GTK_GRID (grid), self->values[line], 1, (int)line, 1, 1);
  }
  add_scales (self, GTK_GRID (grid));
  gtk_box_append (GTK_BOX (self), grid);
  gtk_widget_set_sensitive (GTK_WIDGET (self), FALSE);
  clear (self);
}

GtkWidget *
prc_segment_details_new (PrcFrameStore *store) {
  PrcSegmentDetails *self = g_object_new (PRC_TYPE_SEGMENT_DETAILS, NULL);

  self->store = prc_frame_store_ref (store);
  return GTK_WIDGET (self);
}
