// SPDX-License-Identifier: Apache-2.0
#include "prc-test-pattern-window.h"

#include <glib/gi18n-lib.h>

#include "prc-gsdf.h"
#include "prc-slice-picture.h"
#include "prc-test-pattern.h"

#define BLACK 0.5 // cd/m², of a usual display in a dim room
#define WHITE 350.0

/* ---- the pattern itself ---- */

#define PRC_TYPE_TEST_PATTERN (prc_test_pattern_get_type ())
G_DECLARE_FINAL_TYPE (PrcTestPattern, prc_test_pattern, PRC, TEST_PATTERN, GtkWidget)

struct _PrcTestPattern {
  GtkWidget parent_instance;
  PrcSlicePicture picture;
};

G_DEFINE_FINAL_TYPE (PrcTestPattern, prc_test_pattern, GTK_TYPE_WIDGET)

// Through the same window, table and texture as every image.
static void
draw_for (PrcTestPattern *self, int width, int height) {
  g_autoptr (PrcFrame) frame = prc_test_pattern_new ((uint32_t)height, (uint32_t)width, NULL);
  PrcViewParams params = {.zoom = 1, .image_centre_x = width / 2.0, .image_centre_y = height / 2.0};

  prc_slice_picture_clear (&self->picture);
  if (!frame)
    return;
  prc_view_params_default_voi (&params, frame);
  g_autoptr (PrcRaster) raster = prc_render (frame, &params, NULL, width, height, NULL, NULL);
  if (raster)
    prc_slice_picture_set_raster (&self->picture, raster);
}

static void
prc_test_pattern_size_allocate (GtkWidget *widget, int width, int height, int baseline) {
  int scale = gtk_widget_get_scale_factor (widget);

  draw_for (PRC_TEST_PATTERN (widget), width * scale, height * scale);
}

static void
prc_test_pattern_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  PrcTestPattern *self = PRC_TEST_PATTERN (widget);

  prc_slice_picture_snapshot_texture (&self->picture, widget, snapshot);
  if (!self->picture.texture)
    prc_slice_picture_snapshot_sentence (widget, snapshot,
                                         _ ("There is no room for the test pattern"), 0.5);
}

static void
prc_test_pattern_dispose (GObject *object) {
  prc_slice_picture_clear (&PRC_TEST_PATTERN (object)->picture);
  G_OBJECT_CLASS (prc_test_pattern_parent_class)->dispose (object);
}

static void
prc_test_pattern_class_init (PrcTestPatternClass *klass) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = prc_test_pattern_dispose;
  widget_class->size_allocate = prc_test_pattern_size_allocate;
  widget_class->snapshot = prc_test_pattern_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
prc_test_pattern_init (PrcTestPattern *self) {
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Display test pattern"), -1);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (gtk_widget_queue_allocate), NULL);
}

/* ---- the window ---- */

struct _PrcTestPatternWindow {
  GtkWindow parent_instance;
  PrcTestPattern *pattern;
  GtkSpinButton *black, *white;
  GtkLabel *expected[PRC_TEST_PATTERN_STEPS];
};

G_DEFINE_FINAL_TYPE (PrcTestPatternWindow, prc_test_pattern_window, GTK_TYPE_WINDOW)

char *
prc_test_pattern_window_luminance (double black, double white, unsigned step) {
  double p_value = prc_test_pattern_level (step) / 255.0;

  return g_strdup_printf ("%.4g", prc_gsdf_display (black, white, p_value));
}

GdkTexture *
prc_test_pattern_window_get_texture (PrcTestPatternWindow *self) {
  return self->pattern->picture.texture;
}

static void
update (PrcTestPatternWindow *self) {
  double black = gtk_spin_button_get_value (self->black);
  double white = gtk_spin_button_get_value (self->white);

  for (unsigned step = 0; step < PRC_TEST_PATTERN_STEPS; step++) {
    g_autofree char *text =
        white > black ? prc_test_pattern_window_luminance (black, white, step) : g_strdup ("–");
    gtk_label_set_text (self->expected[step], text);
  }
}

static GtkWidget *
label_new (const char *text, const char *css_class) {
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 34);
  if (css_class)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkSpinButton *
add_spin (PrcTestPatternWindow *self, GtkBox *box, const char *words, double value, double step) {
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new_with_mnemonic (words);
  GtkWidget *spin = gtk_spin_button_new_with_range (PRC_GSDF_L_MIN, PRC_GSDF_L_MAX, step);

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), 2);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 7);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), spin);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), spin);
  gtk_box_append (box, row);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (update), self);
  return GTK_SPIN_BUTTON (spin);
}

static void
add_cell (GtkGrid *grid, GtkWidget *label, int column, int row) {
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_grid_attach (grid, label, column, row, 1, 1);
}

static GtkWidget *
table_new (PrcTestPatternWindow *self) {
  GtkGrid *grid = GTK_GRID (gtk_grid_new ());

  gtk_grid_set_column_spacing (grid, 24);
  gtk_grid_set_row_spacing (grid, 2);
  add_cell (grid, label_new (_ ("Grey"), "dim-label"), 0, 0);
  add_cell (grid, label_new (_ ("Expected cd/m²"), "dim-label"), 1, 0);
  for (unsigned step = 0; step < PRC_TEST_PATTERN_STEPS; step++) {
    g_autofree char *level = g_strdup_printf ("%u", prc_test_pattern_level (step));
    GtkWidget *expected = label_new (NULL, "numeric");
    add_cell (grid, label_new (level, "numeric"), 0, (int)step + 1);
    add_cell (grid, expected, 1, (int)step + 1);
    self->expected[step] = GTK_LABEL (expected);
  }
  return GTK_WIDGET (grid);
}

static GtkWidget *
words_new (PrcTestPatternWindow *self) {
  GtkBox *box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 12));
  GtkWidget *scroll = gtk_scrolled_window_new ();

  gtk_widget_set_margin_top (GTK_WIDGET (box), 18);
  gtk_widget_set_margin_bottom (GTK_WIDGET (box), 18);
  gtk_widget_set_margin_start (GTK_WIDGET (box), 18);
  gtk_widget_set_margin_end (GTK_WIDGET (box), 18);
  gtk_box_append (box, label_new (_ ("Precedent does not calibrate this display"), "heading"));
  gtk_box_append (
      box, label_new (_ ("Greys are sent to the display as they are. Whether it shows them as the "
                         "Grayscale Standard Display Function asks, a photometer tells: measure "
                         "the steps and compare."),
                      NULL));
  gtk_box_append (
      box, label_new (_ ("By eye: all squares in the corners of all eighteen steps are seen, so is "
                         "the square in black and the one in white, lines are even and without "
                         "colour, ramps without bands."),
                      NULL));
  self->black = add_spin (self, box, _ ("_Darkest, cd/m²"), BLACK, 0.05);
  self->white = add_spin (self, box, _ ("_Brightest, cd/m²"), WHITE, 10);
  gtk_box_append (box, label_new (_ ("Both measured with the light of the room"), "dim-label"));
  gtk_box_append (box, table_new (self));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), GTK_WIDGET (box));
  gtk_widget_set_hexpand (scroll, FALSE); // the room is the pattern's
  return scroll;
}

static gboolean
key_pressed (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
             GtkWindow *window) {
  if (key == GDK_KEY_F11 && gtk_window_is_fullscreen (window))
    gtk_window_unfullscreen (window);
  else if (key == GDK_KEY_F11)
    gtk_window_fullscreen (window);
  else if (key == GDK_KEY_Escape)
    gtk_window_close (window);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static void
prc_test_pattern_window_class_init (PrcTestPatternWindowClass *klass) {
}

static void
prc_test_pattern_window_init (PrcTestPatternWindow *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->pattern = g_object_new (PRC_TYPE_TEST_PATTERN, NULL);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->pattern));
  gtk_box_append (GTK_BOX (box), words_new (self));
  update (self);
  gtk_window_set_child (GTK_WINDOW (self), box);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Display Test Pattern"));
  gtk_window_set_default_size (GTK_WINDOW (self), 1100, 760);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

GtkWidget *
prc_test_pattern_window_new (GtkWindow *parent) {
  return g_object_new (PRC_TYPE_TEST_PATTERN_WINDOW, "transient-for", parent, NULL);
}
