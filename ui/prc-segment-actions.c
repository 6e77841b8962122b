// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-actions.h"

#include <glib/gi18n-lib.h>

#include "prc-segment-dialog.h"
#include "prc-segment-look.h"

typedef struct {
  PrcSegmentTool *tool;
  GtkWindow *window;
  GSimpleActionGroup *group; // whose these are; not referenced
} Actions;

static const char *const kinds[] = {
    [PRC_SEGMENT_TOOL_NONE] = "none",
    [PRC_SEGMENT_TOOL_BRUSH] = "brush",
    [PRC_SEGMENT_TOOL_ERASER] = "eraser",
    [PRC_SEGMENT_TOOL_GROW] = "grow",
};

/* ---- tools ---- */

static void
change_tool (GSimpleAction *action, GVariant *state, gpointer user_data) {
  Actions *actions = user_data;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (!g_strcmp0 (kinds[i], g_variant_get_string (state, NULL)))
      prc_segment_tool_set_kind (actions->tool, (PrcSegmentToolKind)i);
}

static void
undo_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_segment_tool_undo (((Actions *)user_data)->tool);
}

static void
redo_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_segment_tool_redo (((Actions *)user_data)->tool);
}

static void
stop_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_segment_tool_cancel (((Actions *)user_data)->tool);
}

/* ---- which segment ---- */

static void
name_item (PrcSegmentItem *item, const PrcSegmentNaming *naming) {
  PrcSegment segment = prc_segment_dialog_named (prc_segment_item_get_segment (item), naming);

  prc_segment_item_set_segment (item, &segment);
}

static void
new_named (const PrcSegmentNaming *naming, gpointer user_data) {
  g_autoptr (PrcSegmentTool) tool = user_data;
  PrcSegmentItem *item = naming ? prc_segment_tool_add_item (tool) : NULL;

  if (!item)
    return;
  name_item (item, naming);
  if (prc_segment_tool_get_kind (tool) == PRC_SEGMENT_TOOL_NONE)
    prc_segment_tool_set_kind (tool, PRC_SEGMENT_TOOL_BRUSH);
}

static void
new_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  Actions *actions = user_data;
  PrcSegmentSet *set = prc_segment_tool_get_segments (actions->tool);
  PrcSegment segment = PRC_SEGMENT_NONE;

  prc_segment_dialog_show (actions->window, _ ("New Segment"), &segment,
                           prc_segment_look_colour (g_list_model_get_n_items (G_LIST_MODEL (set))),
                           new_named, g_object_ref (actions->tool));
}

static void
renamed (const PrcSegmentNaming *naming, gpointer user_data) {
  g_autoptr (PrcSegmentItem) item = user_data;

  if (naming)
    name_item (item, naming);
}

static void
properties_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  Actions *actions = user_data;
  PrcSegmentItem *item = prc_segment_tool_get_item (actions->tool);

  prc_segment_dialog_show (actions->window, _ ("Segment"), prc_segment_item_get_segment (item),
                           prc_segment_item_get_colour (item), renamed, g_object_ref (item));
}

static void
deletion_answered (AdwMessageDialog *dialog, const char *response, PrcSegmentTool *tool) {
  PrcSegmentItem *item = g_object_get_data (G_OBJECT (dialog), "item");

  if (!g_strcmp0 (response, "delete") && prc_segment_tool_get_item (tool) == item)
    prc_segment_tool_remove_item (tool);
}

static void
delete_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  Actions *actions = user_data;
  PrcSegmentItem *item = prc_segment_tool_get_item (actions->tool);

  if (prc_segment_stack_area (prc_segment_item_get_stack (item)) == 0) {
    prc_segment_tool_remove_item (actions->tool);
    return;
  }
  GtkWidget *dialog = adw_message_dialog_new (
      actions->window, _ ("Delete This Segment?"),
      _ ("It goes from the list. A file that it came from stays as it is."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "delete",
                                    _ ("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "delete",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "item", g_object_ref (item), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (deletion_answered), actions->tool, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- operations ---- */

static const struct {
  const char *name;
  PrcSegmentWorkKind kind;
} works[] = {
    {"between", PRC_SEGMENT_WORK_BETWEEN},   {"largest", PRC_SEGMENT_WORK_LARGEST},
    {"islands", PRC_SEGMENT_WORK_ISLANDS},   {"holes", PRC_SEGMENT_WORK_HOLES},
    {"smooth", PRC_SEGMENT_WORK_SMOOTH},     {"add", PRC_SEGMENT_WORK_ADD},
    {"subtract", PRC_SEGMENT_WORK_SUBTRACT}, {"intersect", PRC_SEGMENT_WORK_INTERSECT},
};

static void
work_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  Actions *actions = user_data;
  GListModel *all = G_LIST_MODEL (prc_segment_tool_get_segments (actions->tool));
  g_autoptr (PrcSegmentItem) other =
      parameter ? g_list_model_get_item (all, g_variant_get_uint32 (parameter)) : NULL;

  if (parameter && !other)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (works); i++)
    if (!g_strcmp0 (works[i].name, g_action_get_name (G_ACTION (action))))
      prc_segment_tool_work (actions->tool, works[i].kind, other);
}

static const GActionEntry entries[] = {
    {.name = "tool", .parameter_type = "s", .state = "'none'", .change_state = change_tool},
    {.name = "undo", .activate = undo_activated},
    {.name = "redo", .activate = redo_activated},
    {.name = "stop", .activate = stop_activated},
    {.name = "new", .activate = new_activated},
    {.name = "properties", .activate = properties_activated},
    {.name = "delete", .activate = delete_activated},
    {.name = "between", .activate = work_activated},
    {.name = "largest", .activate = work_activated},
    {.name = "islands", .activate = work_activated},
    {.name = "holes", .activate = work_activated},
    {.name = "smooth", .activate = work_activated},
    {.name = "add", .activate = work_activated, .parameter_type = "u"},
    {.name = "subtract", .activate = work_activated, .parameter_type = "u"},
    {.name = "intersect", .activate = work_activated, .parameter_type = "u"},
};

/* ---- what can be done ---- */

static void
enable (Actions *actions, const char *name, gboolean enabled) {
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (actions->group), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
update (PrcSegmentTool *tool, GParamSpec *pspec, Actions *actions) {
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (actions->group), "tool");
  gboolean any = prc_segment_tool_get_segments (tool) != NULL;
  gboolean busy = prc_segment_tool_get_busy (tool), undo, redo;
  gboolean chosen = any && !busy && prc_segment_tool_get_item (tool);

  g_object_get (tool, "can-undo", &undo, "can-redo", &redo, NULL);
  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_string (kinds[prc_segment_tool_get_kind (tool)]));
  enable (actions, "tool", any);
  enable (actions, "new", any && !busy);
  enable (actions, "undo", undo && !busy);
  enable (actions, "redo", redo && !busy);
  enable (actions, "stop", busy);
  enable (actions, "properties", chosen);
  enable (actions, "delete", chosen);
  for (guint i = 0; i < G_N_ELEMENTS (works); i++)
    enable (actions, works[i].name, chosen);
}

static void
actions_free (gpointer data) {
  Actions *actions = data;

  g_signal_handlers_disconnect_by_data (actions->tool, actions);
  g_object_unref (actions->tool);
  g_free (actions);
}

GSimpleActionGroup *
prc_segment_actions_new (PrcSegmentTool *tool, GtkWindow *window) {
  static const char *const said[] = {"notify::kind", "notify::item", "notify::busy",
                                     "notify::can-undo", "notify::can-redo"};
  Actions *actions = g_new0 (Actions, 1);

  *actions = (Actions){g_object_ref (tool), window, g_simple_action_group_new ()};
  g_action_map_add_action_entries (G_ACTION_MAP (actions->group), entries, G_N_ELEMENTS (entries),
                                   actions);
  g_object_set_data_full (G_OBJECT (actions->group), "prc-segment-actions", actions, actions_free);
  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    g_signal_connect (tool, said[i], G_CALLBACK (update), actions);
  update (tool, NULL, actions);
  return actions->group;
}
