// SPDX-License-Identifier: Apache-2.0
#include "prc-viewer-window-actions.h"

#include <glib/gi18n-lib.h>

#include "prc-add-case-dialog.h"
#include "prc-settings.h"
#include "prc-test-pattern-window.h"
#include "prc-viewer-window-private.h"
#include "prc-window-menu.h"

static PrcSliceView *
active_view (PrcViewerWindow *self) {
  return prc_stage_active_view (self->stage);
}

/* ---- opening ---- */

static void
files_chosen (GtkNativeDialog *dialog, int response, PrcViewerWindow *self) {
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
    prc_viewer_window_open_files (self, files);
  }
  g_object_unref (dialog);
}

static void
cases_chosen (GtkNativeDialog *dialog, int response, PrcViewerWindow *self) {
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = folder ? g_file_get_path (folder) : NULL;
    if (path)
      prc_viewer_window_import_paths (self, (const char *const[]){path, NULL});
  }
  g_object_unref (dialog);
}

static void
choose (PrcViewerWindow *self, const char *title, GtkFileChooserAction action, GCallback chosen) {
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, _ ("_Open"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  if (chosen == G_CALLBACK (files_chosen))
    gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  g_signal_connect_object (dialog, "response", chosen, self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
open_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  choose (user_data, _ ("Open Files"), GTK_FILE_CHOOSER_ACTION_OPEN, G_CALLBACK (files_chosen));
}

static void
open_folder_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  choose (user_data, _ ("Open a Folder"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
          G_CALLBACK (files_chosen));
}

static void
import_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  choose (user_data, _ ("Import Cases from a Folder"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
          G_CALLBACK (cases_chosen));
}

/* ---- library ---- */

// All series of the study in view, which is what a case is; the one in view first.
static GPtrArray *
series_of_study (PrcViewerWindow *self) {
  PrcSeries *shown = prc_slice_view_get_series (prc_stage_study_view (self->stage));
  GPtrArray *study = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_series_unref);

  for (guint i = 0; shown && self->scan && i < self->scan->series->len; i++) {
    PrcSeries *series = self->scan->series->pdata[i];
    gboolean is_shown = g_str_equal (prc_series_key (series), prc_series_key (shown));
    if (!g_strcmp0 (prc_series_info (series)->study_instance_uid,
                    prc_series_info (shown)->study_instance_uid))
      g_ptr_array_insert (study, is_shown ? 0 : -1, prc_series_ref (series));
  }
  return study;
}

static void
case_added (GtkWindow *dialog, gint64 id, PrcViewerWindow *self) {
  prc_viewer_window_say (self, _ ("The study is in the library now"), NULL);
}

static void
add_to_library_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  PrcViewerWindow *self = user_data;
  g_autoptr (GPtrArray) study = series_of_study (self);

  if (study->len == 0)
    return;
  GtkWidget *dialog = prc_add_case_dialog_new (GTK_WINDOW (self), self->engine, study,
                                               self->scan ? self->scan->others : NULL);
  g_signal_connect_object (dialog, "added", G_CALLBACK (case_added), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- looks ---- */

static void
preset_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  const PrcPreset *preset = prc_settings_find_preset (prc_settings_get_default (),
                                                      g_variant_get_string (parameter, NULL));

  if (preset)
    prc_slice_view_apply_preset (active_view (user_data), preset);
}

static void
auto_window_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_slice_view_auto_window (active_view (user_data));
}

static void
file_window_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_slice_view_next_file_window (active_view (user_data));
}

static void
auto_window_of_series_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_slice_view_auto_window_of_series (active_view (user_data));
}

static void
change_own_window (GSimpleAction *action, GVariant *state, gpointer user_data) {
  prc_slice_view_file_window (active_view (user_data), (guint)g_variant_get_int32 (state));
  g_simple_action_set_state (action, state);
}

static void
change_palette (GSimpleAction *action, GVariant *state, gpointer user_data) {
  prc_slice_view_set_palette (active_view (user_data),
                              prc_palette_find (g_variant_get_string (state, NULL)));
  g_simple_action_set_state (action, state);
}

static void
invert_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  PrcSliceView *view = active_view (user_data);

  prc_slice_view_set_invert (view, !prc_slice_view_get_invert (view));
}

static void
graphics_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  PrcSliceView *view = active_view (user_data);

  prc_slice_view_set_graphics (view, !prc_slice_view_get_graphics (view));
}

static void
smooth_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  PrcSliceView *view = active_view (user_data);

  prc_slice_view_set_smooth (view, !prc_slice_view_get_smooth (view));
}

static void
rotate_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_slice_view_rotate (active_view (user_data), g_variant_get_int32 (parameter));
}

static void
flip_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_slice_view_flip (active_view (user_data));
}

static void
fit_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_slice_view_fit (active_view (user_data));
}

static void
actual_pixels_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_slice_view_actual_pixels (active_view (user_data));
}

static void
test_pattern_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  gtk_window_present (GTK_WINDOW (prc_test_pattern_window_new (user_data)));
}

static void
play_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_stage_play_or_pause (((PrcViewerWindow *)user_data)->stage);
}

static void
reset_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_slice_view_reset (active_view (user_data));
}

static PrcPresentation * // borrowed
chosen_state (PrcSliceView *view, const char *uid) {
  g_autoptr (GPtrArray) states = prc_slice_view_get_presentations (view);

  for (guint i = 0; i < states->len; i++)
    if (!g_strcmp0 (prc_presentation_info (states->pdata[i])->sop_instance_uid, uid))
      return states->pdata[i];
  return NULL;
}

static void
change_presentation (GSimpleAction *action, GVariant *state, gpointer user_data) {
  PrcSliceView *view = active_view (user_data);
  const char *uid = g_variant_get_string (state, NULL);
  gboolean graphics_only;

  prc_slice_view_get_presentation (view, &graphics_only);
  prc_slice_view_choose_presentation (view, chosen_state (view, uid), graphics_only);
  g_simple_action_set_state (action, state);
}

// With no state chosen there are no graphics either: the first one's are meant.
static void
change_graphics_only (GSimpleAction *action, GVariant *state, gpointer user_data) {
  PrcSliceView *view = active_view (user_data);
  g_autoptr (GPtrArray) states = prc_slice_view_get_presentations (view);
  gboolean before;
  PrcPresentation *chosen = prc_slice_view_get_presentation (view, &before);

  if (!chosen && states->len > 0)
    chosen = states->pdata[0];
  prc_slice_view_choose_presentation (view, chosen, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

/* ---- window ---- */

static void
close_case_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_stage_close_case (((PrcViewerWindow *)user_data)->stage);
}

static void
change_link (GSimpleAction *action, GVariant *state, gpointer user_data) {
  prc_stage_set_linked (((PrcViewerWindow *)user_data)->stage, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
change_matches (GSimpleAction *action, GVariant *state, gpointer user_data) {
  prc_stage_set_matches (((PrcViewerWindow *)user_data)->stage, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
tags_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_viewer_window_show_tags (user_data);
}

static void
change_hide_patient (GSimpleAction *action, GVariant *state, gpointer user_data) {
  prc_viewer_window_set_hide_patient (user_data, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
change_show_panel (GSimpleAction *action, GVariant *state, gpointer user_data) {
  gtk_widget_set_visible (GTK_WIDGET (((PrcViewerWindow *)user_data)->panel_place),
                          g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
change_show_series (GSimpleAction *action, GVariant *state, gpointer user_data) {
  gtk_widget_set_visible (GTK_WIDGET (((PrcViewerWindow *)user_data)->sidebar),
                          g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
change_histogram (GSimpleAction *action, GVariant *state, gpointer user_data) {
  prc_stage_set_histogram (((PrcViewerWindow *)user_data)->stage, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
change_fullscreen (GSimpleAction *action, GVariant *state, gpointer user_data) {
  if (g_variant_get_boolean (state))
    gtk_window_fullscreen (user_data);
  else
    gtk_window_unfullscreen (user_data);
  g_simple_action_set_state (action, state);
}

static const GActionEntry entries[] = {
    {.name = "open", .activate = open_activated},
    {.name = "open-folder", .activate = open_folder_activated},
    {.name = "import", .activate = import_activated},
    {.name = "add-to-library", .activate = add_to_library_activated},
    {.name = "preset", .activate = preset_activated, .parameter_type = "s"},
    {.name = "auto-window", .activate = auto_window_activated},
    {.name = "file-window", .activate = file_window_activated},
    {.name = "auto-window-of-series", .activate = auto_window_of_series_activated},
    {.name = "own-window", .parameter_type = "i", .state = "-1", .change_state = change_own_window},
    {.name = "palette", .parameter_type = "s", .state = "'grey'", .change_state = change_palette},
    {.name = "presentation",
     .parameter_type = "s",
     .state = "''",
     .change_state = change_presentation},
    {.name = "graphics-only", .state = "false", .change_state = change_graphics_only},
    {.name = "invert", .activate = invert_activated},
    {.name = "graphics", .activate = graphics_activated},
    {.name = "smooth", .activate = smooth_activated},
    {.name = "rotate", .activate = rotate_activated, .parameter_type = "i"},
    {.name = "flip", .activate = flip_activated},
    {.name = "fit", .activate = fit_activated},
    {.name = "actual-pixels", .activate = actual_pixels_activated},
    {.name = "test-pattern", .activate = test_pattern_activated},
    {.name = "play", .activate = play_activated},
    {.name = "reset", .activate = reset_activated},
    {.name = "close-case", .activate = close_case_activated},
    {.name = "link", .state = "true", .change_state = change_link},
    {.name = "matches", .state = "false", .change_state = change_matches},
    {.name = "tags", .activate = tags_activated},
    {.name = "hide-patient", .state = "false", .change_state = change_hide_patient},
    {.name = "show-panel", .state = "true", .change_state = change_show_panel},
    {.name = "show-series", .state = "true", .change_state = change_show_series},
    {.name = "histogram", .state = "false", .change_state = change_histogram},
    {.name = "fullscreen", .state = "false", .change_state = change_fullscreen},
};

static void
set_state (PrcViewerWindow *self, const char *name, GVariant *state) {
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), state);
}

// Made anew each time it opens: what it offers depends on the picture.
static void
window_menu_opens (GtkMenuButton *button, gpointer user_data) {
  PrcSliceView *view = active_view (user_data);
  const PrcPalette *palette = prc_slice_view_get_palette (view);
  g_autoptr (GMenuModel) menu = prc_window_menu_new (view);

  set_state (user_data, "own-window", g_variant_new_int32 (prc_slice_view_get_file_window (view)));
  gboolean graphics_only;
  PrcPresentation *chosen = prc_slice_view_get_presentation (view, &graphics_only);
  const char *uid = chosen ? prc_presentation_info (chosen)->sop_instance_uid : "";

  set_state (user_data, "presentation", g_variant_new_string (uid));
  set_state (user_data, "graphics-only", g_variant_new_boolean (graphics_only));
  set_state (user_data, "palette", g_variant_new_string (palette->id));
  gtk_menu_button_set_menu_model (button, menu);
}

static void
enable (PrcViewerWindow *self, const char *name, gboolean enabled) {
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
update (PrcViewerWindow *self) {
  static const char *const of_a_picture[] = {
      "preset",      "auto-window",   "auto-window-of-series",
      "file-window", "own-window",    "palette",
      "invert",      "graphics",      "smooth",
      "rotate",      "flip",          "fit",
      "reset",       "actual-pixels", "play",
      "tags",        "presentation",  "graphics-only",
      "box"};
  gboolean shown = prc_slice_view_get_series (prc_stage_study_view (self->stage)) != NULL;
  gboolean comparing = prc_stage_get_comparing (self->stage);

  for (size_t i = 0; i < G_N_ELEMENTS (of_a_picture); i++)
    enable (self, of_a_picture[i], shown);
  enable (self, "add-to-library", shown && self->all_read);
  enable (self, "close-case", comparing);
  enable (self, "link", comparing);
  enable (self, "matches", comparing);
  enable (self, "import", self->import == NULL);
  if (!comparing)
    g_simple_action_set_state (
        G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "link")),
        g_variant_new_boolean (TRUE));
}

void
prc_viewer_window_add_actions (PrcViewerWindow *self) {
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  gtk_menu_button_set_create_popup_func (self->presets_button, window_menu_opens, self, NULL);
  prc_viewer_window_add_segment_actions (self);
  prc_viewer_window_add_search_actions (self);
  prc_viewer_window_add_box_actions (self);
  g_signal_connect (self, "changed", G_CALLBACK (update), NULL);
  update (self);
}
