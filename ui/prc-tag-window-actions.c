// SPDX-License-Identifier: Apache-2.0
#include "prc-tag-window-actions.h"

#include "prc-tag-columns.h"
#include "prc-tag-window-private.h"

static void
copy (PrcTagWindow *self, char *text) { // owned
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  g_free (text);
}

static void
copy_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  PrcTagWindow *self = user_data;
  const char *name = g_action_get_name (G_ACTION (action));
  guint index = prc_tag_window_selected_index (self);

  if (index == G_MAXUINT)
    return;
  if (g_str_equal (name, "copy-row"))
    copy (self, prc_tag_tree_row_text (self->tree, index));
  else if (g_str_equal (name, "copy-path"))
    copy (self, prc_tag_tree_path (self->tree, index));
  else
    copy (self, prc_tag_tree_whole_value (self->tree, index));
}

static GtkTreeListRow * // owned, or NULL
row_at (PrcTagWindow *self, guint position) {
  return self->selection ? g_list_model_get_item (G_LIST_MODEL (self->selection), position) : NULL;
}

static GtkTreeListRow *
selected_row (PrcTagWindow *self) {
  return self->selection ? row_at (self, gtk_single_selection_get_selected (self->selection))
                         : NULL;
}

static void
open_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  g_autoptr (GtkTreeListRow) row = selected_row (user_data);

  if (row)
    gtk_tree_list_row_set_expanded (row, TRUE);
}

// Closes what is open; else goes to what is around.
static void
close_row_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  g_autoptr (GtkTreeListRow) row = selected_row (user_data);
  g_autoptr (GtkTreeListRow) parent = NULL;

  if (!row)
    return;
  parent = gtk_tree_list_row_get_parent (row);
  if (gtk_tree_list_row_get_expanded (row))
    gtk_tree_list_row_set_expanded (row, FALSE);
  else if (parent)
    prc_tag_window_select (user_data, gtk_tree_list_row_get_position (parent));
}

static void
row_activated (GtkColumnView *view, guint position, PrcTagWindow *self) {
  g_autoptr (GtkTreeListRow) row = row_at (self, position);

  if (row)
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
}

static void
next_match_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_tag_window_next_match (user_data);
}

static void
find_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  gtk_widget_grab_focus (GTK_WIDGET (((PrcTagWindow *)user_data)->entry));
}

static void
close_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  gtk_window_close (user_data);
}

// At a row that was clicked with the right button, or at the selected one.
static void
pop_up (PrcTagWindow *self, double x, double y) {
  if (!self->popover) {
    self->popover = gtk_popover_menu_new_from_model (self->row_menu);
    gtk_widget_set_parent (self->popover, gtk_widget_get_parent (GTK_WIDGET (self->pages)));
    gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  }
  gtk_widget_translate_coordinates (GTK_WIDGET (self->view), gtk_widget_get_parent (self->popover),
                                    x, y, &x, &y);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), &(GdkRectangle){(int)x, (int)y, 1, 1});
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
menu_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  PrcTagWindow *self = user_data;

  pop_up (self, gtk_widget_get_width (GTK_WIDGET (self->view)) / 2.0, 40);
}

static void
row_pressed (GtkGestureClick *click, int n, double x, double y, PrcTagWindow *self) {
  guint position = prc_tag_columns_position_at (self->view, x, y);

  if (position != GTK_INVALID_LIST_POSITION && self->selection)
    gtk_single_selection_set_selected (self->selection, position);
  pop_up (self, x, y);
}

static const GActionEntry entries[] = {
    {.name = "copy-value", .activate = copy_activated},
    {.name = "copy-row", .activate = copy_activated},
    {.name = "copy-path", .activate = copy_activated},
    {.name = "open", .activate = open_activated},
    {.name = "close-row", .activate = close_row_activated},
    {.name = "next-match", .activate = next_match_activated},
    {.name = "find", .activate = find_activated},
    {.name = "menu", .activate = menu_activated},
    {.name = "close", .activate = close_activated},
};

static void
add_shortcuts (GtkWidget *widget, const char *const (*keys)[2], gsize n) {
  GtkEventController *controller = gtk_shortcut_controller_new ();

  for (gsize i = 0; i < n; i++)
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (controller),
        gtk_shortcut_new (gtk_shortcut_trigger_parse_string (keys[i][0]),
                          gtk_named_action_new (keys[i][1])));
  // Before the rows: they would take Left and Right for going from cell to cell.
  if (!GTK_IS_WINDOW (widget))
    gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (widget, controller);
}

// Of the whole window, and of the rows alone: Escape in the entry clears it first, Ctrl+C copies
// what is selected there.
static const char *const window_keys[][2] = {
    {"<Control>f", "tags.find"},      {"<Control>g", "tags.next-match"},
    {"F3", "tags.next-match"},        {"<Control><Shift>c", "tags.copy-row"},
    {"<Control>w", "tags.close"},     {"<Control><Alt>c", "tags.copy-path"},
    {"<Control>i", "tags.close"},     {"Escape", "tags.close"},
    {"<Control>c", "tags.copy-value"}};
static const char *const row_keys[][2] = {{"Menu", "tags.menu"},
                                          {"<Shift>F10", "tags.menu"},
                                          {"Right", "tags.open"},
                                          {"Left", "tags.close-row"}};

static void
update (PrcTagWindow *self) {
  static const char *const of_a_row[] = {"copy-value", "copy-row", "copy-path"};
  gboolean any = prc_tag_window_selected_index (self) != G_MAXUINT;

  for (gsize i = 0; i < G_N_ELEMENTS (of_a_row); i++) {
    GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), of_a_row[i]);
    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), any);
  }
}

void
prc_tag_window_add_actions (PrcTagWindow *self) {
  GtkGesture *click = gtk_gesture_click_new ();

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "tags", G_ACTION_GROUP (self->actions));
  add_shortcuts (GTK_WIDGET (self), window_keys, G_N_ELEMENTS (window_keys));
  add_shortcuts (GTK_WIDGET (self->view), row_keys, G_N_ELEMENTS (row_keys));
  g_signal_connect_object (self->view, "activate", G_CALLBACK (row_activated), self, 0);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (click, "pressed", G_CALLBACK (row_pressed), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (self, "selected", G_CALLBACK (update), NULL);
  update (self);
}
