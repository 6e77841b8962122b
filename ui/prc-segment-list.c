// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-list.h"

#include <glib/gi18n-lib.h>

#include "prc-segment-details.h"
#include "prc-segment-looks.h"
#include "prc-segment-row.h"
#include "prc-text.h"

#define LEAST_HEIGHT 120 // of the rows, logical pixels

struct _PrcSegmentList {
  GtkWidget parent_instance;
  PrcSegmentSet *set; // or NULL
  GtkSingleSelection *selection;
  GPtrArray *list_items; // GtkListItem bound now, borrowed
  gboolean wanted;
  GtkWidget *box, *view, *menu;
  PrcSegmentLooks *looks;
  PrcSegmentDetails *details;
};

G_DEFINE_FINAL_TYPE (PrcSegmentList, prc_segment_list, GTK_TYPE_WIDGET)

enum { CHOSEN, ACTIVATE, THRESHOLD, LEAVE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- rows ---- */

static const PrcSegmentation *
file_at (PrcSegmentList *self, guint position) {
  g_autoptr (PrcSegmentItem) item = g_list_model_get_item (G_LIST_MODEL (self->set), position);

  return prc_segment_item_get_segmentation (item);
}

static gboolean
shares_its_title (PrcSegmentList *self, const PrcSegmentation *file) {
  const PrcSegmentation *before = NULL;
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->set)); i++) {
    const PrcSegmentation *other = file_at (self, i);
    if (other && other != before)
      n += g_str_equal (prc_segmentation_info (other)->title, prc_segmentation_info (file)->title);
    before = other;
  }
  return n > 1;
}

// "folder/file", for people.
static char *
shown_path (const char *path) {
  g_autofree char *name = g_path_get_basename (path), *above = g_path_get_dirname (path);
  g_autofree char *folder = g_path_get_basename (above);
  g_autofree char *both = g_build_filename (folder, name, NULL);
  g_autofree char *valid = g_filename_display_name (both);

  return prc_text_safe (valid, -1, 256, false);
}

// Files of one title are told apart by their names.
static char *
title_of (PrcSegmentList *self, const PrcSegmentation *file) {
  const PrcSegmentationInfo *info = file ? prc_segmentation_info (file) : NULL;

  if (!info)
    return g_strdup (_ ("Drawn here"));
  if (!shares_its_title (self, file))
    return g_strdup (info->title);
  g_autofree char *path = shown_path (info->path);
  return g_str_has_suffix (path, info->title) ? g_steal_pointer (&path)
                                              : g_strdup_printf ("%s · %s", info->title, path);
}

static void
update_heading (PrcSegmentList *self, PrcSegmentRow *row, guint position) {
  const PrcSegmentation *file = file_at (self, position);
  const char *const *notes = file ? prc_segmentation_info (file)->notes : NULL;
  g_autofree char *all = notes && *notes ? g_strjoinv ("\n", (char **)notes) : NULL;

  if ((prc_segment_set_n_files (self->set) < 2 && !all) ||
      (position > 0 && file_at (self, position - 1) == file)) {
    prc_segment_row_set_heading (row, NULL, NULL);
    return;
  }
  g_autofree char *title = title_of (self, file);
  prc_segment_row_set_heading (row, title, all);
}

static void
update_row (PrcSegmentList *self, GtkListItem *list_item) {
  PrcSegmentRow *row = PRC_SEGMENT_ROW (gtk_list_item_get_child (list_item));
  PrcSegmentItem *solo = prc_segment_set_get_solo (self->set);
  guint position = gtk_list_item_get_position (list_item);

  prc_segment_row_set_eclipsed (row, solo && solo != gtk_list_item_get_item (list_item));
  if (position < g_list_model_get_n_items (G_LIST_MODEL (self->set)))
    update_heading (self, row, position);
}

static void
update_rows (PrcSegmentList *self) {
  for (guint i = 0; self->set && i < self->list_items->len; i++)
    update_row (self, self->list_items->pdata[i]);
}

static void
set_up (GtkListItemFactory *factory, GtkListItem *list_item, PrcSegmentList *self) {
  gtk_list_item_set_child (list_item, prc_segment_row_new ());
}

static void
bind (GtkListItemFactory *factory, GtkListItem *list_item, PrcSegmentList *self) {
  prc_segment_row_set_item (PRC_SEGMENT_ROW (gtk_list_item_get_child (list_item)),
                            gtk_list_item_get_item (list_item));
  g_ptr_array_add (self->list_items, list_item);
  update_row (self, list_item);
}

static void
unbind (GtkListItemFactory *factory, GtkListItem *list_item, PrcSegmentList *self) {
  prc_segment_row_set_item (PRC_SEGMENT_ROW (gtk_list_item_get_child (list_item)), NULL);
  g_ptr_array_remove_fast (self->list_items, list_item);
}

/* ---- the chosen one ---- */

PrcSegmentItem *
prc_segment_list_get_chosen (PrcSegmentList *self) {
  return gtk_single_selection_get_selected_item (self->selection);
}

static void
choice_changed (PrcSegmentList *self) {
  prc_segment_details_set_item (self->details, prc_segment_list_get_chosen (self),
                                self->set ? prc_segment_set_get_series (self->set) : NULL);
  g_signal_emit (self, signals[CHOSEN], 0);
}

void
prc_segment_list_choose (PrcSegmentList *self, PrcSegmentItem *item) {
  guint position = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; self->set && i < g_list_model_get_n_items (G_LIST_MODEL (self->set)); i++) {
    g_autoptr (PrcSegmentItem) other = g_list_model_get_item (G_LIST_MODEL (self->set), i);
    if (other == item)
      position = i;
  }
  gtk_single_selection_set_selected (self->selection, position);
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (self->view, "list.scroll-to-item", "u", position);
}

static void
activated (GtkListView *view, guint position, PrcSegmentList *self) {
  gtk_single_selection_set_selected (self->selection, position);
  g_signal_emit (self, signals[ACTIVATE], 0);
}

void
prc_segment_list_show_threshold (PrcSegmentList *self, double threshold) {
  prc_segment_details_show_threshold (self->details, threshold);
}

static void
threshold_set (PrcSegmentDetails *details, double threshold, PrcSegmentList *self) {
  g_signal_emit (self, signals[THRESHOLD], 0, threshold);
}

/* ---- set ---- */

static void
update_room (PrcSegmentList *self) {
  guint n = self->set ? g_list_model_get_n_items (G_LIST_MODEL (self->set)) : 0;

  gtk_widget_set_visible (GTK_WIDGET (self), self->wanted && n > 0);
}

static void
items_changed (PrcSegmentList *self) {
  update_room (self);
  update_rows (self);
}

static void
set_changed (PrcSegmentList *self) {
  PrcSegmentItem *chosen = prc_segment_list_get_chosen (self);

  if (chosen) // its series may have grown
    prc_segment_details_set_item (self->details, chosen, prc_segment_set_get_series (self->set));
}

static void
forget_set (PrcSegmentList *self) {
  if (!self->set)
    return;
  g_signal_handlers_disconnect_by_data (self->set, self);
  gtk_single_selection_set_model (self->selection, NULL);
  g_clear_object (&self->set);
}

void
prc_segment_list_set_set (PrcSegmentList *self, PrcSegmentSet *set) {
  if (set == self->set)
    return;
  forget_set (self);
  if (set) {
    self->set = g_object_ref (set);
    // Before the selection, which has rows bound: what they ask of the set is there.
    g_signal_connect_swapped (set, "items-changed", G_CALLBACK (items_changed), self);
    g_signal_connect_swapped (set, "notify::solo", G_CALLBACK (update_rows), self);
    g_signal_connect_swapped (set, "changed", G_CALLBACK (set_changed), self);
    gtk_single_selection_set_model (self->selection, G_LIST_MODEL (set));
  }
  prc_segment_looks_set_set (self->looks, set);
  items_changed (self);
  choice_changed (self);
}

void
prc_segment_list_set_wanted (PrcSegmentList *self, gboolean wanted) {
  self->wanted = wanted;
  update_room (self);
}

/* ---- menu and keys ---- */

void
prc_segment_list_set_menu (PrcSegmentList *self, GMenuModel *menu) {
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu), menu);
}

static void
show_menu (PrcSegmentList *self, GtkWidget *row) {
  graphene_rect_t bounds;

  if (!row || !gtk_widget_compute_bounds (row, self->box, &bounds))
    return;
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle){(int)bounds.origin.x, (int)bounds.origin.y,
                                               (int)bounds.size.width, (int)bounds.size.height});
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static GtkListItem *
list_item_of (PrcSegmentList *self, PrcSegmentItem *item) {
  for (guint i = 0; i < self->list_items->len; i++)
    if (gtk_list_item_get_item (self->list_items->pdata[i]) == item)
      return self->list_items->pdata[i];
  return NULL;
}

static void
pressed (GtkGestureClick *click, int n, double x, double y, PrcSegmentList *self) {
  GtkWidget *at = gtk_widget_pick (self->view, x, y, GTK_PICK_DEFAULT);
  GtkWidget *row = at ? gtk_widget_get_ancestor (at, PRC_TYPE_SEGMENT_ROW) : NULL;

  if (!row)
    return;
  prc_segment_list_choose (self, prc_segment_row_get_item (PRC_SEGMENT_ROW (row)));
  show_menu (self, row);
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
}

static gboolean
menu_key (GtkWidget *view, GVariant *unused, gpointer user_data) {
  PrcSegmentList *self = user_data;
  PrcSegmentItem *chosen = prc_segment_list_get_chosen (self);
  GtkListItem *list_item = chosen ? list_item_of (self, chosen) : NULL;

  if (list_item)
    show_menu (self, gtk_list_item_get_child (list_item));
  return list_item ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
}

static gboolean
escape_key (GtkWidget *view, GVariant *unused, gpointer user_data) {
  g_signal_emit (user_data, signals[LEAVE], 0);
  return GDK_EVENT_STOP;
}

static void
add_keys (PrcSegmentList *self) {
  GtkEventController *keys = gtk_shortcut_controller_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  const struct {
    guint key;
    GdkModifierType state;
    GtkShortcutFunc does;
  } table[] = {{GDK_KEY_Menu, 0, menu_key},
               {GDK_KEY_F10, GDK_SHIFT_MASK, menu_key},
               {GDK_KEY_Escape, 0, escape_key}};

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (keys),
        gtk_shortcut_new (gtk_keyval_trigger_new (table[i].key, table[i].state),
                          gtk_callback_action_new (table[i].does, self, NULL)));
  gtk_widget_add_controller (self->view, keys);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
  gtk_widget_add_controller (self->view, GTK_EVENT_CONTROLLER (click));
}

/* ---- widget ---- */

static GtkWidget *
rows_new (PrcSegmentList *self) {
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (set_up), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind), self);
  self->view = gtk_list_view_new (GTK_SELECTION_MODEL (g_object_ref (self->selection)), factory);
  gtk_widget_add_css_class (self->view, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Segments"), -1);
  g_signal_connect (self->view, "activate", G_CALLBACK (activated), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), LEAST_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->view);
  gtk_widget_set_vexpand (scrolled, TRUE);
  return scrolled;
}

static void
prc_segment_list_dispose (GObject *object) {
  PrcSegmentList *self = PRC_SEGMENT_LIST (object);

  if (self->selection)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  if (self->set)
    g_signal_handlers_disconnect_by_data (self->set, self);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->set);
  G_OBJECT_CLASS (prc_segment_list_parent_class)->dispose (object);
}

static void
prc_segment_list_finalize (GObject *object) {
  g_ptr_array_unref (PRC_SEGMENT_LIST (object)->list_items);
  G_OBJECT_CLASS (prc_segment_list_parent_class)->finalize (object);
}

static void
prc_segment_list_class_init (PrcSegmentListClass *klass) {
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = prc_segment_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = prc_segment_list_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "segmentlist");
  signals[CHOSEN] =
      g_signal_new ("chosen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATE] =
      g_signal_new ("activate", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[THRESHOLD] = g_signal_new ("threshold", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[LEAVE] =
      g_signal_new ("leave", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
prc_segment_list_init (PrcSegmentList *self) {
  self->list_items = g_ptr_array_new ();
  self->wanted = TRUE;
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->looks = PRC_SEGMENT_LOOKS (prc_segment_looks_new ());
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->looks));
  gtk_box_append (GTK_BOX (self->box), rows_new (self));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->menu = gtk_popover_menu_new_from_model (NULL);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_parent (self->menu, self->box);
  g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (choice_changed),
                            self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
prc_segment_list_new (PrcFrameStore *store) {
  PrcSegmentList *self = g_object_new (PRC_TYPE_SEGMENT_LIST, NULL);

  self->details = PRC_SEGMENT_DETAILS (prc_segment_details_new (store));
  g_signal_connect (self->details, "threshold", G_CALLBACK (threshold_set), self);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->details));
  add_keys (self);
  return GTK_WIDGET (self);
}
