// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-looks.h"

#include <glib/gi18n-lib.h>

struct _PrcSegmentLooks {
  GtkBox parent_instance;
  PrcSegmentSet *set; // or NULL
  GSList *bindings;   // GBinding
  gboolean seen;      // any is, and the eye says so
  GtkWidget *title, *all, *opacity, *fill, *outline;
};

G_DEFINE_FINAL_TYPE (PrcSegmentLooks, prc_segment_looks, GTK_TYPE_BOX)

static guint
n_segments (PrcSegmentLooks *self) {
  return self->set ? g_list_model_get_n_items (G_LIST_MODEL (self->set)) : 0;
}

static gboolean
any_is_seen (PrcSegmentLooks *self) {
  for (guint i = 0; i < n_segments (self); i++) {
    g_autoptr (PrcSegmentItem) item = g_list_model_get_item (G_LIST_MODEL (self->set), i);
    if (prc_segment_item_get_visible (item))
      return TRUE;
  }
  return FALSE;
}

static void
all_clicked (GtkButton *button, PrcSegmentLooks *self) {
  if (self->set)
    prc_segment_set_show_all (self->set, !any_is_seen (self));
}

static void
show_eye (PrcSegmentLooks *self, gboolean seen) {
  const char *words = seen ? _ ("Hide all segments") : _ ("Show all segments");

  self->seen = seen;
  gtk_button_set_icon_name (GTK_BUTTON (self->all),
                            seen ? "view-reveal-symbolic" : "view-conceal-symbolic");
  gtk_widget_set_tooltip_text (self->all, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->all), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
}

static void
update_all (PrcSegmentLooks *self) {
  gboolean seen = any_is_seen (self);

  if (seen != self->seen) // not for each stroke of a brush
    show_eye (self, seen);
}

static void
items_changed (PrcSegmentLooks *self) {
  g_autofree char *title = g_strdup_printf (_ ("Segments (%u)"), n_segments (self));

  gtk_label_set_text (GTK_LABEL (self->title), title);
  update_all (self);
}

/* ---- set ---- */

#define BOTH_WAYS (G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE)

static gboolean
to_percent (GBinding *binding, const GValue *from, GValue *to, gpointer unused) {
  g_value_set_double (to, g_value_get_double (from) * 100);
  return TRUE;
}

static gboolean
from_percent (GBinding *binding, const GValue *from, GValue *to, gpointer unused) {
  g_value_set_double (to, g_value_get_double (from) / 100);
  return TRUE;
}

GBinding *
prc_segment_looks_bind_opacity (GObject *of, GtkRange *percent) {
  return g_object_bind_property_full (of, "opacity", gtk_range_get_adjustment (percent), "value",
                                      BOTH_WAYS, to_percent, from_percent, NULL, NULL);
}

static void
bind (PrcSegmentLooks *self) {
  GBinding *bindings[] = {
      prc_segment_looks_bind_opacity (G_OBJECT (self->set), GTK_RANGE (self->opacity)),
      g_object_bind_property (self->set, "fill", self->fill, "active", BOTH_WAYS),
      g_object_bind_property (self->set, "outline", self->outline, "active", BOTH_WAYS)};

  for (guint i = 0; i < G_N_ELEMENTS (bindings); i++)
    self->bindings = g_slist_prepend (self->bindings, g_object_ref (bindings[i]));
}

static void
forget_set (PrcSegmentLooks *self) {
  for (GSList *binding = self->bindings; binding; binding = binding->next)
    g_binding_unbind (binding->data);
  g_slist_free_full (g_steal_pointer (&self->bindings), g_object_unref);
  if (self->set)
    g_signal_handlers_disconnect_by_data (self->set, self);
  g_clear_object (&self->set);
}

void
prc_segment_looks_set_set (PrcSegmentLooks *self, PrcSegmentSet *set) {
  if (set == self->set)
    return;
  forget_set (self);
  if (set) {
    self->set = g_object_ref (set);
    bind (self);
    g_signal_connect_swapped (set, "items-changed", G_CALLBACK (items_changed), self);
    g_signal_connect_swapped (set, "changed", G_CALLBACK (update_all), self);
  }
  items_changed (self);
}

/* ---- widget ---- */

static GtkWidget *
header_new (PrcSegmentLooks *self) {
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);

  self->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0);
  gtk_widget_set_hexpand (self->title, TRUE);
  gtk_widget_add_css_class (self->title, "heading");
  self->all = gtk_button_new_from_icon_name ("view-reveal-symbolic");
  gtk_widget_add_css_class (self->all, "flat");
  g_signal_connect (self->all, "clicked", G_CALLBACK (all_clicked), self);
  gtk_widget_add_css_class (header, "segment-header");
  gtk_box_append (GTK_BOX (header), self->title);
  gtk_box_append (GTK_BOX (header), self->all);
  return header;
}

static GtkWidget *
sliders_new (PrcSegmentLooks *self) {
  GtkWidget *sliders = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);

  self->opacity = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 100, 5);
  self->fill = gtk_toggle_button_new_with_label (_ ("Fill"));
  self->outline = gtk_toggle_button_new_with_label (_ ("Outline"));
  gtk_widget_set_hexpand (self->opacity, TRUE);
  gtk_widget_set_tooltip_text (self->opacity, _ ("Opacity of all segments"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->opacity), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Opacity of all segments"), -1);
  gtk_widget_add_css_class (sliders, "segment-looks");
  gtk_widget_add_css_class (self->fill, "flat");
  gtk_widget_add_css_class (self->outline, "flat");
  gtk_box_append (GTK_BOX (sliders), self->opacity);
  gtk_box_append (GTK_BOX (sliders), self->fill);
  gtk_box_append (GTK_BOX (sliders), self->outline);
  return sliders;
}

static void
prc_segment_looks_dispose (GObject *object) {
  forget_set (PRC_SEGMENT_LOOKS (object));
  G_OBJECT_CLASS (prc_segment_looks_parent_class)->dispose (object);
}

static void
prc_segment_looks_class_init (PrcSegmentLooksClass *klass) {
  G_OBJECT_CLASS (klass)->dispose = prc_segment_looks_dispose;
}

static void
prc_segment_looks_init (PrcSegmentLooks *self) {
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_append (GTK_BOX (self), header_new (self));
  gtk_box_append (GTK_BOX (self), sliders_new (self));
  show_eye (self, FALSE);
}

GtkWidget *
prc_segment_looks_new (void) {
  return g_object_new (PRC_TYPE_SEGMENT_LOOKS, NULL);
}
