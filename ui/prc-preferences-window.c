// SPDX-License-Identifier: Apache-2.0
#include "prc-preferences-window.h"

#include <glib/gi18n-lib.h>

#include "prc-encoder-row.h"
#include "prc-palette.h"
#include "prc-preset-rows.h"
#include "prc-watched-rows.h"

// What a combo row offers for a preference that is a string: the value and what a reader reads.
typedef struct {
  const char *value, *name; // name marked for translation
} Choice;

// Names that iconv knows, in which ASCII is itself.
static const Choice character_sets[] = {
    {"", N_ ("Session's language")},
    {"GB18030", N_ ("Simplified Chinese (GB18030)")},
    {"BIG5", N_ ("Traditional Chinese (Big5)")},
    {"CP932", N_ ("Japanese (Shift JIS)")},
    {"EUC-KR", N_ ("Korean (EUC-KR)")},
    {"CP1252", N_ ("Western European (Windows 1252)")},
    {"CP1250", N_ ("Central European (Windows 1250)")},
    {"CP1251", N_ ("Cyrillic (Windows 1251)")},
    {"CP1253", N_ ("Greek (Windows 1253)")},
    {"CP1254", N_ ("Turkish (Windows 1254)")},
    {"CP1255", N_ ("Hebrew (Windows 1255)")},
    {"CP1256", N_ ("Arabic (Windows 1256)")},
    {"TIS-620", N_ ("Thai (TIS-620)")},
};

static gboolean
value_of_position (GBinding *binding, const GValue *from, GValue *to, gpointer values) {
  guint at = g_value_get_uint (from);

  if (at >= g_strv_length (values))
    return FALSE;
  g_value_set_string (to, ((GStrv)values)[at]);
  return TRUE;
}

// A value that is not offered stays what it is; nothing is shown as chosen.
static gboolean
position_of_value (GBinding *binding, const GValue *from, GValue *to, gpointer values) {
  guint at = 0;

  while (((GStrv)values)[at] && g_strcmp0 (((GStrv)values)[at], g_value_get_string (from)))
    at++;
  g_value_set_uint (to, ((GStrv)values)[at] ? at : GTK_INVALID_LIST_POSITION);
  return TRUE;
}

static GtkWidget *
choice_row_new (PrcSettings *settings, const char *property, const char *title,
                const char *subtitle, const Choice *choices, gsize n) {
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) model = gtk_string_list_new (NULL);
  GStrv values = g_new0 (char *, n + 1);

  for (gsize i = 0; i < n; i++) {
    gtk_string_list_append (model, _ (choices[i].name));
    values[i] = g_strdup (choices[i].value);
  }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (model));
  g_object_bind_property_full (settings, property, row, "selected",
                               G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL, position_of_value,
                               value_of_position, values, (GDestroyNotify)g_strfreev);
  return row;
}

static GtkWidget *
switch_row_new (PrcSettings *settings, const char *property, const char *title,
                const char *subtitle) {
  GtkWidget *row = adw_action_row_new (), *toggle = gtk_switch_new ();

  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  g_object_bind_property (settings, property, toggle, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  return row;
}

static GtkWidget *
palette_row_new (PrcSettings *settings) {
  size_t n;
  const PrcPalette *palettes = prc_palettes (&n);
  g_autofree Choice *choices = g_new (Choice, n);

  for (size_t i = 0; i < n; i++)
    choices[i] = (Choice){palettes[i].id, palettes[i].name};
  return choice_row_new (settings, "palette-of-pet", _ ("PET opens in"),
                         _ ("Each series keeps the palette that is chosen in the Window menu"),
                         choices, n);
}

static GtkWidget *
group_new (const char *title, GtkWidget *first, GtkWidget *second, GtkWidget *third) {
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  GtkWidget *rows[] = {first, second, third};

  adw_preferences_group_set_title (group, title);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i])
      adw_preferences_group_add (group, rows[i]);
  return GTK_WIDGET (group);
}

static GtkWidget *
general_page_new (PrcSettings *settings, PrcWatcher *watcher) {
  GtkWidget *page = adw_preferences_page_new ();

  adw_preferences_page_set_title (ADW_PREFERENCES_PAGE (page), _ ("General"));
  adw_preferences_page_set_icon_name (ADW_PREFERENCES_PAGE (page), "preferences-system-symbolic");
  adw_preferences_page_add (
      ADW_PREFERENCES_PAGE (page),
      ADW_PREFERENCES_GROUP (
          group_new (_ ("Picture"),
                     switch_row_new (settings, "level-down-brightens", _ ("Drag down to brighten"),
                                     _ ("As IHE Basic Image Review has it; otherwise drag up")),
                     switch_row_new (settings, "smooth", _ ("Smooth magnified pixels"),
                                     _ ("S changes it for one picture")),
                     palette_row_new (settings))));
  adw_preferences_page_add (
      ADW_PREFERENCES_PAGE (page),
      ADW_PREFERENCES_GROUP (group_new (
          _ ("Text"),
          choice_row_new (settings, "fallback-character-set", _ ("Unlabelled text is read as"),
                          _ ("Where its file is wrong; from the next start"), character_sets,
                          G_N_ELEMENTS (character_sets)),
          NULL, NULL)));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page),
                            ADW_PREFERENCES_GROUP (group_new (
                                _ ("Similar cases"), prc_encoder_row_new (settings), NULL, NULL)));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page),
                            ADW_PREFERENCES_GROUP (prc_watched_rows_new (settings, watcher)));
  return page;
}

static GtkWidget *
presets_page_new (PrcSettings *settings) {
  GtkWidget *page = adw_preferences_page_new ();

  adw_preferences_page_set_title (ADW_PREFERENCES_PAGE (page), _ ("Presets"));
  adw_preferences_page_set_icon_name (ADW_PREFERENCES_PAGE (page), "view-list-symbolic");
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page),
                            ADW_PREFERENCES_GROUP (prc_preset_rows_new (settings)));
  return page;
}

static void
say_problem (AdwPreferencesWindow *window) {
  PrcSettings *settings = g_object_get_data (G_OBJECT (window), "prc-settings");
  const char *problem = prc_settings_get_problem (settings);

  if (!problem)
    return;
  g_autofree char *escaped = g_markup_escape_text (problem, -1);
  adw_preferences_window_add_toast (window, adw_toast_new (escaped));
}

GtkWidget *
prc_preferences_window_new (GtkWindow *parent, PrcSettings *settings, PrcWatcher *watcher) {
  GtkWidget *window = adw_preferences_window_new ();
  AdwPreferencesWindow *preferences = ADW_PREFERENCES_WINDOW (window);

  g_object_set_data_full (G_OBJECT (window), "prc-settings", g_object_ref (settings),
                          g_object_unref);
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_title (GTK_WINDOW (window), _ ("Preferences"));
  adw_preferences_window_add (preferences,
                              ADW_PREFERENCES_PAGE (general_page_new (settings, watcher)));
  adw_preferences_window_add (preferences, ADW_PREFERENCES_PAGE (presets_page_new (settings)));
  g_signal_connect_object (settings, "notify", G_CALLBACK (say_problem), window,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (settings, "presets-changed", G_CALLBACK (say_problem), window,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  say_problem (preferences);
  return window;
}
