// SPDX-License-Identifier: Apache-2.0
#include "prc-watched-rows.h"

#include <glib/gi18n-lib.h>

typedef struct {
  PrcSettings *settings;
  PrcWatcher *watcher; // or NULL
  AdwPreferencesGroup *group;
  GPtrArray *rows; // GtkWidget, borrowed
} Rows;

static void
let_go (Rows *rows) {
  if (rows->settings)
    g_signal_handlers_disconnect_by_data (rows->settings, rows);
  if (rows->watcher)
    g_signal_handlers_disconnect_by_data (rows->watcher, rows);
  g_clear_object (&rows->settings);
  g_clear_object (&rows->watcher);
}

static void
rows_free (gpointer data) {
  Rows *rows = data;

  let_go (rows);
  g_ptr_array_unref (rows->rows);
  g_free (rows);
}

// The window is gone; libadwaita 1.2 never frees a group that was in a page.
static void
root_changed (GtkWidget *group, GParamSpec *pspec, Rows *rows) {
  if (!gtk_widget_get_root (group))
    let_go (rows);
}

static void
remove_clicked (GtkWidget *button, Rows *rows) {
  prc_settings_unwatch_folder (rows->settings, g_object_get_data (G_OBJECT (button), "folder"));
}

static GtkWidget *
row_new (Rows *rows, const char *folder) {
  GtkWidget *row = adw_action_row_new (),
            *button = gtk_button_new_from_icon_name ("edit-delete-symbolic");
  g_autofree char *name = g_filename_display_name (folder);
  g_autofree char *escaped = g_markup_escape_text (name, -1);
  g_autofree char *label = g_strdup_printf (_ ("Stop Watching %s"), name);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Stop Watching"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), "folder", g_strdup (folder), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (remove_clicked), rows);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), escaped);
  if (rows->watcher && prc_watcher_is_missing (rows->watcher, folder))
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                                 _ ("It is not there now; what was imported from it stays"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
describe (Rows *rows) {
  g_autofree char *words = rows->watcher ? prc_watcher_words (rows->watcher) : NULL;

  adw_preferences_group_set_description (
      rows->group, words ? words : _ ("New files in them are imported while Precedent runs"));
}

static void
fill (Rows *rows) {
  g_auto (GStrv) folders = prc_settings_watched (rows->settings);

  for (guint i = 0; i < rows->rows->len; i++)
    adw_preferences_group_remove (rows->group, rows->rows->pdata[i]);
  g_ptr_array_set_size (rows->rows, 0);
  for (char **folder = folders; *folder; folder++) {
    GtkWidget *row = row_new (rows, *folder);
    adw_preferences_group_add (rows->group, row);
    g_ptr_array_add (rows->rows, row);
  }
  describe (rows);
}

// Rows are made anew only when one of them says something else: a click must not miss its button.
static void
watcher_changed (Rows *rows) {
  g_auto (GStrv) folders = prc_settings_watched (rows->settings);

  for (guint i = 0; i < rows->rows->len && folders[i]; i++) {
    const char *said = adw_action_row_get_subtitle (rows->rows->pdata[i]);
    if ((said && *said) != prc_watcher_is_missing (rows->watcher, folders[i])) {
      fill (rows);
      return;
    }
  }
  describe (rows);
}

static void
folder_chosen (GtkNativeDialog *dialog, int response, Rows *rows) {
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = folder ? g_file_get_path (folder) : NULL;
    if (path && rows->settings)
      prc_settings_watch_folder (rows->settings, path);
  }
  g_object_unref (dialog);
}

static void
add_clicked (GtkWidget *button, Rows *rows) {
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Watch a Folder"), GTK_WINDOW (gtk_widget_get_root (button)),
      GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Watch"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_object_set_data_full (G_OBJECT (dialog), "group", g_object_ref (rows->group), g_object_unref);
  g_signal_connect (dialog, "response", G_CALLBACK (folder_chosen), rows);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

GtkWidget *
prc_watched_rows_new (PrcSettings *settings, PrcWatcher *watcher) {
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Add Folder…"));
  Rows *rows = g_new0 (Rows, 1);

  rows->settings = g_object_ref (settings);
  rows->watcher = watcher ? g_object_ref (watcher) : NULL;
  rows->group = ADW_PREFERENCES_GROUP (group);
  rows->rows = g_ptr_array_new ();
  g_object_set_data_full (G_OBJECT (group), "prc-watched-rows", rows, rows_free);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect (button, "clicked", G_CALLBACK (add_clicked), rows);
  adw_preferences_group_set_title (rows->group, _ ("Watched Folders"));
  adw_preferences_group_set_header_suffix (rows->group, button);
  fill (rows);
  g_signal_connect_swapped (settings, "notify::watched-folders", G_CALLBACK (fill), rows);
  g_signal_connect (group, "notify::root", G_CALLBACK (root_changed), rows);
  if (watcher)
    g_signal_connect_swapped (watcher, "changed", G_CALLBACK (watcher_changed), rows);
  return group;
}
