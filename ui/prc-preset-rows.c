// SPDX-License-Identifier: Apache-2.0
#include "prc-preset-rows.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define VALUE_MAX 1e6

typedef struct { // the group
  PrcSettings *settings;
  AdwPreferencesGroup *group;
  GPtrArray *rows;   // of Row, which their widgets own
  gboolean updating; // widgets change, not the reader
} Rows;

typedef struct { // one preset
  Rows *rows;
  char *id, *name; // as it came: a built-in name stays one that can be translated
  AdwExpanderRow *expander;
  GtkEditable *entry;
  GtkSpinButton *centre, *width;
  AdwComboRow *key; // 0: none, then '2' to '9'
} Row;

static void
row_free (gpointer data) {
  Row *row = data;

  g_free (row->id);
  g_free (row->name);
  g_free (row);
}

static void
rows_free (gpointer data) {
  Rows *rows = data;

  g_ptr_array_unref (rows->rows);
  g_free (rows);
}

static void fill (Rows *rows);

/* ---- from the widgets to the settings ---- */

static char
key_of (const Row *row) {
  guint at = adw_combo_row_get_selected (row->key);

  return at >= 1 && at <= 8 ? (char)('1' + at) : 0;
}

// A name that was shown translated and left alone is kept as it was, and an empty one too.
static const char *
name_of (const Row *row) {
  const char *text = gtk_editable_get_text (row->entry);

  return !*text || !strcmp (text, _ (row->name)) ? row->name : text;
}

static void
update_title (Row *row) {
  g_autofree char *escaped = g_markup_escape_text (_ (name_of (row)), -1);
  double centre = gtk_spin_button_get_value (row->centre);
  double width = gtk_spin_button_get_value (row->width);
  char key = key_of (row);
  // Translators: of a window preset: centre, width, digit key
  g_autofree char *about = key ? g_strdup_printf (_ ("%g / %g, key %c"), centre, width, key)
                               : g_strdup_printf ("%g / %g", centre, width);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row->expander), escaped);
  adw_expander_row_set_subtitle (row->expander, about);
}

static void
save (Rows *rows) {
  g_autofree PrcPreset *presets = g_new0 (PrcPreset, rows->rows->len);

  for (guint i = 0; i < rows->rows->len; i++) {
    const Row *row = rows->rows->pdata[i];
    presets[i] = (PrcPreset){.id = row->id,
                             .name = name_of (row),
                             .centre = gtk_spin_button_get_value (row->centre),
                             .width = gtk_spin_button_get_value (row->width),
                             .key = key_of (row)};
  }
  rows->updating = TRUE;
  prc_settings_set_presets (rows->settings, presets, rows->rows->len);
  rows->updating = FALSE;
}

static void
changed (Row *row) {
  if (row->rows->updating)
    return;
  update_title (row);
  save (row->rows);
}

// A digit chooses one preset: another one that had it loses it.
static void
key_changed (Row *row) {
  Rows *rows = row->rows;

  if (rows->updating)
    return;
  rows->updating = TRUE;
  for (guint i = 0; i < rows->rows->len; i++) {
    Row *other = rows->rows->pdata[i];
    if (other == row || !key_of (row) || key_of (other) != key_of (row))
      continue;
    adw_combo_row_set_selected (other->key, 0);
    update_title (other);
  }
  rows->updating = FALSE;
  changed (row);
}

static void
name_applied (Row *row) {
  g_autofree char *name = g_strdup (name_of (row));

  g_free (row->name);
  row->name = g_steal_pointer (&name);
  gtk_editable_set_text (row->entry, _ (row->name));
  changed (row);
}

static void
remove_row (Row *row) {
  Rows *rows = row->rows;

  rows->updating = TRUE; // a spin button that loses the focus says so
  g_ptr_array_remove (rows->rows, row);
  adw_preferences_group_remove (rows->group, GTK_WIDGET (row->expander)); // frees the row
  rows->updating = FALSE;
}

static void
remove_clicked (Row *row) {
  Rows *rows = row->rows;

  remove_row (row);
  save (rows);
  if (rows->rows->len == 0)
    fill (rows); // none at all are the built-in ones
}

/* ---- rows ---- */

static GtkSpinButton *
add_number (Row *row, const char *title, double least, double value) {
  GtkWidget *line = adw_action_row_new ();
  GtkWidget *spin = gtk_spin_button_new_with_range (least, VALUE_MAX, 1);

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), value == (double)(gint64)value ? 0 : 3);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (line), title);
  adw_action_row_add_suffix (ADW_ACTION_ROW (line), spin);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (line), spin);
  adw_expander_row_add_row (row->expander, line);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (changed), row);
  return GTK_SPIN_BUTTON (spin);
}

static void
add_key (Row *row, char key) {
  const char *const keys[] = {_ ("None"), "2", "3", "4", "5", "6", "7", "8", "9", NULL};
  g_autoptr (GtkStringList) model = gtk_string_list_new (keys);
  GtkWidget *line = adw_combo_row_new ();

  row->key = ADW_COMBO_ROW (line);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (line), _ ("Key"));
  adw_combo_row_set_model (row->key, G_LIST_MODEL (model));
  adw_combo_row_set_selected (row->key, key ? (guint)(key - '1') : 0);
  adw_expander_row_add_row (row->expander, line);
  g_signal_connect_swapped (line, "notify::selected", G_CALLBACK (key_changed), row);
}

static void
add_name (Row *row) {
  GtkWidget *line = adw_entry_row_new ();

  row->entry = GTK_EDITABLE (line);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (line), _ ("Name"));
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (line), TRUE);
  gtk_editable_set_text (row->entry, _ (row->name));
  adw_expander_row_add_row (row->expander, line);
  g_signal_connect_swapped (line, "apply", G_CALLBACK (name_applied), row);
}

static void
add_remove (Row *row) {
  GtkWidget *button = gtk_button_new_with_label (_ ("Remove"));

  gtk_widget_set_halign (button, GTK_ALIGN_END);
  gtk_widget_set_margin_top (button, 6);
  gtk_widget_set_margin_bottom (button, 6);
  gtk_widget_set_margin_end (button, 12);
  gtk_widget_add_css_class (button, "destructive-action");
  adw_expander_row_add_row (row->expander, button);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (remove_clicked), row);
}

static Row *
add_row (Rows *rows, const PrcPreset *preset) {
  Row *row = g_new0 (Row, 1);

  row->rows = rows;
  row->id = g_strdup (preset->id);
  row->name = g_strdup (preset->name);
  row->expander = ADW_EXPANDER_ROW (adw_expander_row_new ());
  add_name (row);
  row->centre = add_number (row, _ ("Centre"), -VALUE_MAX, preset->centre);
  row->width = add_number (row, _ ("Width"), preset->width < 1 ? 0.001 : 1, preset->width);
  add_key (row, preset->key);
  add_remove (row);
  update_title (row);
  g_object_set_data_full (G_OBJECT (row->expander), "prc-preset-row", row, row_free);
  adw_preferences_group_add (rows->group, GTK_WIDGET (row->expander));
  g_ptr_array_add (rows->rows, row);
  return row;
}

/* ---- group ---- */

static void
fill (Rows *rows) {
  size_t n;
  const PrcPreset *presets = prc_settings_presets (rows->settings, &n);

  if (rows->updating) // these rows are where the change came from
    return;
  while (rows->rows->len > 0)
    remove_row (rows->rows->pdata[rows->rows->len - 1]);
  rows->updating = TRUE;
  for (size_t i = 0; i < n; i++)
    add_row (rows, &presets[i]);
  rows->updating = FALSE;
}

// The window is gone. libadwaita 1.2 never frees a group that was in a page: it must not hear of
// changes any more.
static void
root_changed (GtkWidget *group, GParamSpec *pspec, Rows *rows) {
  if (gtk_widget_get_root (group) || !rows->settings)
    return;
  g_signal_handlers_disconnect_by_data (rows->settings, rows);
  g_clear_object (&rows->settings);
}

static void
add_clicked (Rows *rows) {
  g_autofree char *id = g_uuid_string_random ();
  const PrcPreset fresh = {.id = id, .name = _ ("New preset"), .centre = 40, .width = 400};

  rows->updating = TRUE;
  Row *row = add_row (rows, &fresh);
  rows->updating = FALSE;
  save (rows);
  adw_expander_row_set_expanded (row->expander, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (row->entry));
}

static void
reset_clicked (Rows *rows) {
  prc_settings_reset_presets (rows->settings);
}

static GtkWidget *
button_new (const char *label, GCallback clicked, Rows *rows) {
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (button, "clicked", clicked, rows);
  return button;
}

GtkWidget *
prc_preset_rows_new (PrcSettings *settings) {
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  Rows *rows = g_new0 (Rows, 1);

  rows->settings = g_object_ref (settings);
  rows->group = ADW_PREFERENCES_GROUP (group);
  rows->rows = g_ptr_array_new ();
  g_object_set_data_full (G_OBJECT (group), "prc-preset-rows", rows, rows_free);
  gtk_box_append (GTK_BOX (buttons), button_new (_ ("_Add"), G_CALLBACK (add_clicked), rows));
  gtk_box_append (GTK_BOX (buttons),
                  button_new (_ ("_Reset to Defaults"), G_CALLBACK (reset_clicked), rows));
  adw_preferences_group_set_title (rows->group, _ ("CT Window Presets"));
  adw_preferences_group_set_description (rows->group, _ ("Centre and width in HU"));
  adw_preferences_group_set_header_suffix (rows->group, buttons);
  fill (rows);
  g_signal_connect_swapped (settings, "presets-changed", G_CALLBACK (fill), rows);
  g_signal_connect (group, "notify::root", G_CALLBACK (root_changed), rows);
  return group;
}
