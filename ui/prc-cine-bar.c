// SPDX-License-Identifier: Apache-2.0
#include "prc-cine-bar.h"

#include <glib/gi18n-lib.h>

#include "prc-cine.h"

struct _PrcCineBar {
  GtkWidget parent_instance;
  PrcCine *cine;
  PrcSliceView *view; // weak
  char *key;          // of the series it is shown for
  GtkWidget *play, *rate, *sweep;
};

G_DEFINE_FINAL_TYPE (PrcCineBar, prc_cine_bar, GTK_TYPE_WIDGET)

static void
set_words (GtkWidget *widget, const char *words) {
  gtk_widget_set_tooltip_text (widget, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
}

static void
update (PrcCineBar *self) {
  gboolean playing = prc_cine_is_playing (self->cine);
  g_autofree char *rate = playing ? prc_cine_text (self->cine) : g_strdup (_ ("Paused"));

  gtk_button_set_icon_name (GTK_BUTTON (self->play), playing ? "media-playback-pause-symbolic"
                                                             : "media-playback-start-symbolic");
  set_words (self->play, playing ? _ ("Pause (C)") : _ ("Play (C)"));
  gtk_label_set_text (GTK_LABEL (self->rate), rate);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->sweep), prc_cine_get_sweep (self->cine));
}

void
prc_cine_bar_play_or_pause (PrcCineBar *self) {
  if (prc_cine_is_playing (self->cine)) {
    prc_cine_stop (self->cine);
    return;
  }
  prc_cine_play (self->cine);
  if (!prc_cine_is_playing (self->cine))
    return; // there is one slice, or none
  g_free (self->key);
  self->key = g_strdup (prc_series_key (prc_slice_view_get_series (self->view)));
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static void
play_clicked (GtkButton *button, PrcCineBar *self) {
  prc_cine_bar_play_or_pause (self);
}

static void
slower_clicked (GtkButton *button, PrcCineBar *self) {
  prc_cine_faster (self->cine, -1);
}

static void
faster_clicked (GtkButton *button, PrcCineBar *self) {
  prc_cine_faster (self->cine, 1);
}

static void
sweep_toggled (GtkToggleButton *button, PrcCineBar *self) {
  gboolean sweep = gtk_toggle_button_get_active (button);

  if (sweep != prc_cine_get_sweep (self->cine))
    prc_cine_set_sweep (self->cine, sweep);
}

// Another series has not been played yet.
static void
index_changed (PrcSliceView *view, GParamSpec *pspec, PrcCineBar *self) {
  PrcSeries *series = prc_slice_view_get_series (view);

  if (self->key && (!series || g_strcmp0 (prc_series_key (series), self->key))) {
    g_clear_pointer (&self->key, g_free);
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  }
}

static gboolean
key_pressed (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
             PrcCineBar *self) {
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    return GDK_EVENT_PROPAGATE;
  key = gdk_keyval_to_lower (key);
  if (key == GDK_KEY_c && prc_slice_view_get_series (self->view))
    prc_cine_bar_play_or_pause (self);
  else if (self->key && (key == GDK_KEY_comma || key == GDK_KEY_period))
    prc_cine_faster (self->cine, key == GDK_KEY_period ? 1 : -1);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static GtkWidget *
add_button (PrcCineBar *self, GtkWidget *button, const char *icon, const char *words,
            const char *signal, GCallback callback) {
  gtk_button_set_icon_name (GTK_BUTTON (button), icon);
  gtk_widget_add_css_class (button, "flat");
  set_words (button, words);
  g_signal_connect (button, signal, callback, self);
  gtk_widget_set_parent (button, GTK_WIDGET (self));
  return button;
}

static void
fill (PrcCineBar *self) {
  self->play = add_button (self, gtk_button_new (), "media-playback-start-symbolic", _ ("Play (C)"),
                           "clicked", G_CALLBACK (play_clicked));
  add_button (self, gtk_button_new (), "media-seek-backward-symbolic", _ ("Slower (,)"), "clicked",
              G_CALLBACK (slower_clicked));
  self->rate = gtk_label_new (NULL);
  gtk_label_set_width_chars (GTK_LABEL (self->rate), 14);
  gtk_widget_add_css_class (self->rate, "numeric");
  gtk_widget_set_parent (self->rate, GTK_WIDGET (self));
  add_button (self, gtk_button_new (), "media-seek-forward-symbolic", _ ("Faster (.)"), "clicked",
              G_CALLBACK (faster_clicked));
  self->sweep = add_button (self, gtk_toggle_button_new (), "media-playlist-repeat-symbolic",
                            _ ("Forth and Back"), "toggled", G_CALLBACK (sweep_toggled));
}

static void
prc_cine_bar_dispose (GObject *object) {
  PrcCineBar *self = PRC_CINE_BAR (object);
  GtkWidget *child;

  if (self->cine)
    g_signal_handlers_disconnect_by_data (self->cine, self);
  g_clear_object (&self->cine);
  g_clear_weak_pointer (&self->view);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_pointer (&self->key, g_free);
  G_OBJECT_CLASS (prc_cine_bar_parent_class)->dispose (object);
}

static void
prc_cine_bar_class_init (PrcCineBarClass *klass) {
  G_OBJECT_CLASS (klass)->dispose = prc_cine_bar_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "cinebar");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_TOOLBAR);
}

static void
prc_cine_bar_init (PrcCineBar *self) {
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Cine"),
                                  -1);
  fill (self);
}

GtkWidget *
prc_cine_bar_new (PrcSliceView *view) {
  PrcCineBar *self = g_object_new (PRC_TYPE_CINE_BAR, NULL);
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_set_weak_pointer (&self->view, view);
  self->cine = prc_cine_new (view);
  g_signal_connect_swapped (self->cine, "changed", G_CALLBACK (update), self);
  g_signal_connect_object (view, "notify::index", G_CALLBACK (index_changed), self, 0);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
  update (self);
  return GTK_WIDGET (self);
}
