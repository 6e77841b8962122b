// SPDX-License-Identifier: Apache-2.0
#include "prc-viewer-window-private.h"

#include <glib/gi18n-lib.h>

static PrcSegmentItem * // borrowed, or NULL
chosen (PrcViewerWindow *self) {
  return prc_segment_list_get_chosen (prc_segment_pane_get_list (self->segments));
}

/* ---- actions ---- */

// Chooses the first, so that a key does something before a row is clicked.
PrcSegmentItem *
prc_viewer_window_need_segment (PrcViewerWindow *self) {
  PrcSegmentSet *set = prc_segment_pane_get_set (self->segments);

  if (!chosen (self) && set) {
    g_autoptr (PrcSegmentItem) first = g_list_model_get_item (G_LIST_MODEL (set), 0);
    prc_segment_list_choose (prc_segment_pane_get_list (self->segments), first);
  }
  return chosen (self);
}

static void
go_to_largest (PrcViewerWindow *self) {
  PrcSegmentItem *item = prc_viewer_window_need_segment (self);
  PrcSegmentExtent extent;

  if (item && prc_segment_stack_extent (prc_segment_item_get_stack (item), &extent))
    prc_slice_view_set_index (prc_stage_study_view (self->stage), extent.largest);
  else if (item)
    prc_viewer_window_say (self, _ ("The segment is on no slice of this series"), NULL);
}

static void
largest_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  go_to_largest (user_data);
}

static void
show_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  PrcSegmentItem *item = prc_viewer_window_need_segment (user_data);

  if (item)
    prc_segment_item_set_visible (item, !prc_segment_item_get_visible (item));
}

static void
solo_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  PrcViewerWindow *self = user_data;
  PrcSegmentSet *set = prc_segment_pane_get_set (self->segments);
  PrcSegmentItem *item = prc_viewer_window_need_segment (self);

  if (item)
    prc_segment_set_set_solo (set, prc_segment_set_get_solo (set) == item ? NULL : item);
}

static void
colour_chosen (GtkColorChooser *dialog, int response, PrcSegmentItem *item) {
  GdkRGBA colour;

  gtk_color_chooser_get_rgba (dialog, &colour);
  if (response == GTK_RESPONSE_OK)
    prc_segment_item_set_colour (item, (guint)(colour.red * 255 + 0.5) << 16 |
                                           (guint)(colour.green * 255 + 0.5) << 8 |
                                           (guint)(colour.blue * 255 + 0.5));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
colour_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  PrcSegmentItem *item = prc_viewer_window_need_segment (user_data);

  if (!item)
    return;
  guint colour = prc_segment_item_get_colour (item);
  GdkRGBA now = {(float)(colour >> 16) / 255, (float)(colour >> 8 & 0xff) / 255,
                 (float)(colour & 0xff) / 255, 1};
  GtkWidget *dialog = gtk_color_chooser_dialog_new (_ ("Colour of the Segment"), user_data);
  gtk_color_chooser_set_use_alpha (GTK_COLOR_CHOOSER (dialog), FALSE);
  gtk_color_chooser_set_rgba (GTK_COLOR_CHOOSER (dialog), &now);
  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (colour_chosen), item, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
regions_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_segment_pane_take_regions (((PrcViewerWindow *)user_data)->segments);
}

static void
change_show_segments (GSimpleAction *action, GVariant *state, gpointer user_data) {
  PrcViewerWindow *self = user_data;

  prc_segment_list_set_wanted (prc_segment_pane_get_list (self->segments),
                               g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static const GActionEntry entries[] = {
    {.name = "segment-largest", .activate = largest_activated},
    {.name = "segment-show", .activate = show_activated},
    {.name = "segment-solo", .activate = solo_activated},
    {.name = "segment-colour", .activate = colour_activated},
    {.name = "segments-of-overlays", .activate = regions_activated},
    {.name = "show-segments", .state = "true", .change_state = change_show_segments},
};

/* ---- window ---- */

// Letters do something only where no focused widget wants them.
static gboolean
key_pressed (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
             PrcViewerWindow *self) {
  static const struct {
    guint key;
    GdkModifierType state;
    const char *action;
  } keys[] = {{GDK_KEY_l, 0, "segment-largest"},
              {GDK_KEY_v, 0, "segment-show"},
              {GDK_KEY_V, GDK_SHIFT_MASK, "segment-solo"}};
  PrcSegmentSet *set = prc_segment_pane_get_set (self->segments);

  if (!set || g_list_model_get_n_items (G_LIST_MODEL (set)) == 0)
    return GDK_EVENT_PROPAGATE;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (key == keys[i].key && (state & gtk_accelerator_get_default_mod_mask ()) == keys[i].state) {
      g_action_group_activate_action (G_ACTION_GROUP (self), keys[i].action, NULL);
      return GDK_EVENT_STOP;
    }
  return GDK_EVENT_PROPAGATE;
}

static GMenuModel *
menu_new (void) {
  static const struct {
    const char *label, *action;
  } items[] = {{N_ ("_Go to the Largest Slice"), "win.segment-largest"},
               {N_ ("Show or _Hide"), "win.segment-show"},
               {N_ ("_Only This One"), "win.segment-solo"},
               {N_ ("_Colour…"), "win.segment-colour"},
               {N_ ("_Edit"), "segment.tool::brush"},
               {N_ ("Na_me and Type…"), "segment.properties"},
               {N_ ("_Delete Segment"), "segment.delete"},
               {N_ ("_Search for Cases Alike"), "win.search-segment"}};
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    g_menu_append (menu, _ (items[i].label), items[i].action);
  return G_MENU_MODEL (menu);
}

static void
activated (PrcSegmentList *list, PrcViewerWindow *self) {
  go_to_largest (self);
}

static void
leave (PrcSegmentPane *pane, PrcViewerWindow *self) {
  gtk_widget_grab_focus (GTK_WIDGET (prc_stage_study_view (self->stage)));
}

void
prc_viewer_window_add_segment_actions (PrcViewerWindow *self) {
  PrcSegmentList *list = prc_segment_pane_get_list (self->segments);
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_autoptr (GMenuModel) menu = menu_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  prc_segment_list_set_menu (list, menu);
  g_signal_connect (list, "activate", G_CALLBACK (activated), self);
  g_signal_connect (self->segments, "leave", G_CALLBACK (leave), self);
}
