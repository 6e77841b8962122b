// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-bar.h"

#include <glib/gi18n-lib.h>

#define LATE 1000 // milliseconds of work before anything is said about it

struct _PrcSegmentBar {
  GtkWidget parent_instance;
  PrcSegmentTool *tool;
  PrcSegmentItem *item; // whose name is shown
  GtkBox *size, *growth, *range, *waiting;
  GtkSpinButton *radius, *spread, *low, *high;
  GtkToggleButton *sphere, *limited;
  GtkLabel *name;
  GtkMenuButton *menu_button;
  GMenuModel *operations;
  guint late;
};

G_DEFINE_FINAL_TYPE (PrcSegmentBar, prc_segment_bar, GTK_TYPE_WIDGET)

/* ---- what is seen ---- */

static void
update (PrcSegmentBar *self) {
  PrcSegmentToolKind kind = prc_segment_tool_get_kind (self->tool);
  gboolean grows = kind == PRC_SEGMENT_TOOL_GROW;
  gboolean limited = gtk_toggle_button_get_active (self->limited);

  gtk_widget_set_visible (GTK_WIDGET (self), kind != PRC_SEGMENT_TOOL_NONE);
  gtk_widget_set_visible (GTK_WIDGET (self->size), !grows);
  gtk_widget_set_visible (GTK_WIDGET (self->growth), grows && !limited);
  gtk_widget_set_visible (GTK_WIDGET (self->range), limited);
}

static void
show_name (PrcSegmentBar *self) {
  PrcSegmentItem *item = self->item;
  const char *label = item ? prc_segment_item_get_segment (item)->label : "";

  if (!item) {
    gtk_label_set_text (self->name, _ ("A new segment"));
    return;
  }
  g_autofree char *escaped = g_markup_escape_text (label, -1);
  g_autofree char *markup = g_strdup_printf ("<span foreground=\"#%06x\">\u25a0</span> %s",
                                             prc_segment_item_get_colour (item), escaped);
  gtk_label_set_markup (self->name, markup);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), label);
}

static void
item_changed (PrcSegmentBar *self) {
  PrcSegmentItem *item = prc_segment_tool_get_item (self->tool);

  if (self->item)
    g_signal_handlers_disconnect_by_func (self->item, show_name, self);
  g_set_object (&self->item, item);
  if (item) {
    g_signal_connect_swapped (item, "notify::label", G_CALLBACK (show_name), self);
    g_signal_connect_swapped (item, "notify::colour", G_CALLBACK (show_name), self);
  }
  show_name (self);
}

static gboolean
is_late (gpointer user_data) {
  PrcSegmentBar *self = user_data;

  self->late = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->waiting), TRUE);
  return G_SOURCE_REMOVE;
}

static void
busy_changed (PrcSegmentBar *self) {
  g_clear_handle_id (&self->late, g_source_remove);
  if (prc_segment_tool_get_busy (self->tool))
    self->late = g_timeout_add (LATE, is_late, self);
  else
    gtk_widget_set_visible (GTK_WIDGET (self->waiting), FALSE);
}

/* ---- what else there is to do ---- */

static void
add_others (PrcSegmentBar *self, GMenu *menu, const char *label, const char *action) {
  GListModel *all = G_LIST_MODEL (prc_segment_tool_get_segments (self->tool));
  g_autoptr (GMenu) others = g_menu_new ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
    g_autoptr (PrcSegmentItem) item = g_list_model_get_item (all, i);
    if (item == self->item)
      continue;
    g_autoptr (GMenuItem) entry = g_menu_item_new (NULL, NULL);
    g_menu_item_set_label (entry, prc_segment_item_get_segment (item)->label);
    g_menu_item_set_attribute (entry, "use-markup", "b", FALSE);
    g_menu_item_set_action_and_target (entry, action, "u", i);
    g_menu_append_item (others, entry);
  }
  if (g_menu_model_get_n_items (G_MENU_MODEL (others)) > 0)
    g_menu_append_submenu (menu, label, G_MENU_MODEL (others));
}

// Made anew each time it opens: it lists the other segments.
static void
menu_opens (GtkMenuButton *button, gpointer user_data) {
  PrcSegmentBar *self = user_data;
  g_autoptr (GMenu) menu = g_menu_new (), others = g_menu_new (), files = g_menu_new ();

  for (int i = 0; i < g_menu_model_get_n_items (self->operations); i++) {
    g_autoptr (GMenuModel) section =
        g_menu_model_get_item_link (self->operations, i, G_MENU_LINK_SECTION);
    g_menu_append_section (menu, NULL, section);
  }
  if (self->item && prc_segment_tool_get_segments (self->tool)) {
    add_others (self, others, _ ("_Add Another Segment"), "segment.add");
    add_others (self, others, _ ("S_ubtract Another Segment"), "segment.subtract");
    add_others (self, others, _ ("Keep What Another Segment _Overlaps"), "segment.intersect");
  }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (others));
  g_menu_append (files, _ ("Sa_ve Segments…"), "segment.save");
  g_menu_append (files, _ ("E_xport as RT Structure Set…"), "segment.export");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (files));
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

/* ---- widget ---- */

static void
prc_segment_bar_dispose (GObject *object) {
  PrcSegmentBar *self = PRC_SEGMENT_BAR (object);

  g_clear_handle_id (&self->late, g_source_remove);
  if (self->item)
    g_signal_handlers_disconnect_by_func (self->item, show_name, self);
  g_clear_object (&self->item);
  if (self->tool)
    g_signal_handlers_disconnect_by_data (self->tool, self);
  g_clear_object (&self->tool);
  for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (self)));)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (prc_segment_bar_parent_class)->dispose (object);
}

static void
prc_segment_bar_class_init (PrcSegmentBarClass *klass) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = prc_segment_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "segmentbar");
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/precedent_viewer/Precedent/segment-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, PrcSegmentBar, size);
  gtk_widget_class_bind_template_child (widget_class, PrcSegmentBar, growth);
  gtk_widget_class_bind_template_child (widget_class, PrcSegmentBar, range);
  gtk_widget_class_bind_template_child (widget_class, PrcSegmentBar, waiting);
  gtk_widget_class_bind_template_child (widget_class, PrcSegmentBar, radius);
  gtk_widget_class_bind_template_child (widget_class, PrcSegmentBar, spread);
  gtk_widget_class_bind_template_child (widget_class, PrcSegmentBar, low);
  gtk_widget_class_bind_template_child (widget_class, PrcSegmentBar, high);
  gtk_widget_class_bind_template_child (widget_class, PrcSegmentBar, sphere);
  gtk_widget_class_bind_template_child (widget_class, PrcSegmentBar, limited);
  gtk_widget_class_bind_template_child (widget_class, PrcSegmentBar, name);
  gtk_widget_class_bind_template_child (widget_class, PrcSegmentBar, menu_button);
  gtk_widget_class_bind_template_child (widget_class, PrcSegmentBar, operations);
}

static void
prc_segment_bar_init (PrcSegmentBar *self) {
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/io/github/precedent_viewer/Precedent/icons");
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                              12);
  gtk_menu_button_set_create_popup_func (self->menu_button, menu_opens, self, NULL);
}

static void
bind_number (PrcSegmentBar *self, GtkSpinButton *spin, const char *property, double low,
             double high, double step) {
  gtk_spin_button_set_range (spin, low, high);
  gtk_spin_button_set_increments (spin, step, 10 * step);
  g_object_bind_property (self->tool, property, spin, "value",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

GtkWidget *
prc_segment_bar_new (PrcSegmentTool *tool) {
  PrcSegmentBar *self = g_object_new (PRC_TYPE_SEGMENT_BAR, NULL);

  self->tool = g_object_ref (tool);
  bind_number (self, self->radius, "radius", PRC_SEGMENT_TOOL_MIN_RADIUS,
               PRC_SEGMENT_TOOL_MAX_RADIUS, 0.5);
  bind_number (self, self->spread, "spread", 0.1, 20, 0.1);
  bind_number (self, self->low, "low", -1e9, 1e9, 10);
  bind_number (self, self->high, "high", -1e9, 1e9, 10);
  g_object_bind_property (tool, "sphere", self->sphere, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_object_bind_property (tool, "limited", self->limited, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_signal_connect_swapped (self->limited, "notify::active", G_CALLBACK (update), self);
  g_signal_connect_swapped (tool, "notify::kind", G_CALLBACK (update), self);
  g_signal_connect_swapped (tool, "notify::item", G_CALLBACK (item_changed), self);
  g_signal_connect_swapped (tool, "notify::busy", G_CALLBACK (busy_changed), self);
  update (self);
  item_changed (self);
  busy_changed (self);
  return GTK_WIDGET (self);
}
