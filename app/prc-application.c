// SPDX-License-Identifier: Apache-2.0
#include "prc-application.h"

#include <glib/gi18n-lib.h>

#include "prc-preferences-window.h"
#include "prc-screenshot.h"
#include "prc-shortcuts.h"
#include "prc-viewer-window-actions.h"

#define APPLICATION_ID "io.github.precedent_viewer.Precedent"

struct _PrcApplication {
  AdwApplication parent_instance;
  const PrcStart *start;
  PrcEngine *engine;
  PrcWatcher *watcher; // with the engine
};

G_DEFINE_FINAL_TYPE (PrcApplication, prc_application, ADW_TYPE_APPLICATION)

static void
watch (PrcApplication *self) {
  g_auto (GStrv) folders = prc_settings_watched (prc_settings_get_default ());

  prc_watcher_set_folders (self->watcher, (const char *const *)folders);
}

// An encoder that cannot be used is not replaced by another behind the reader's back: the panel says
// what is wrong with it.
static PrcEngine *
engine_of (PrcApplication *self) {
  const char *preferred = prc_settings_get_encoder (prc_settings_get_default ());
  const char *model = self->start->model ? self->start->model : *preferred ? preferred : NULL;

  if (self->engine)
    return self->engine;
  self->engine = prc_engine_new (self->start->pool, self->start->library, model);
  self->watcher = prc_watcher_new (self->engine, self->start->library);
  g_signal_connect_object (prc_settings_get_default (), "notify::watched-folders",
                           G_CALLBACK (watch), self, G_CONNECT_SWAPPED);
  watch (self);
  return self->engine;
}

static PrcViewerWindow *
window_new (PrcApplication *self) {
  GtkWidget *window = prc_viewer_window_new (GTK_APPLICATION (self), self->start->pool,
                                             self->start->store, engine_of (self));

  prc_viewer_window_add_actions (PRC_VIEWER_WINDOW (window));
  return PRC_VIEWER_WINDOW (window);
}

static void
show_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  GtkWindow *parent = gtk_application_get_active_window (user_data);
  GtkWidget *window = prc_shortcuts_window_new ();

  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_present (GTK_WINDOW (window));
}

static void
show_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  PrcApplication *self = user_data;
  GtkWindow *parent = gtk_application_get_active_window (user_data);

  gtk_window_present (
      GTK_WINDOW (prc_preferences_window_new (parent, prc_settings_get_default (), self->watcher)));
}

static void
show_about (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  adw_show_about_window (
      gtk_application_get_active_window (user_data), "application-name", "Precedent",
      "application-icon", APPLICATION_ID, "version", PRC_VERSION, "license-type",
      GTK_LICENSE_APACHE_2_0, "comments",
      _ ("A DICOM viewer that finds similar past cases in a library on this computer.\n\n"
         "For review, teaching and research. Not a certified medical device: not for primary "
         "diagnosis."),
      NULL);
}

static void
quit (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (user_data));

  for (GList *window = windows; window; window = window->next)
    gtk_window_close (window->data); // which may ask what is to become of edits
}

static const GActionEntry entries[] = {
    {.name = "preferences", .activate = show_preferences},
    {.name = "shortcuts", .activate = show_shortcuts},
    {.name = "about", .activate = show_about},
    {.name = "quit", .activate = quit},
};

static void
prc_application_startup (GApplication *application) {
  G_APPLICATION_CLASS (prc_application_parent_class)->startup (application);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries),
                                   application);
  prc_shortcuts_bind (GTK_APPLICATION (application));
}

static void
prc_application_activate (GApplication *application) {
  PrcApplication *self = PRC_APPLICATION (application);
  PrcViewerWindow *window = window_new (self);

  if (self->start->opening)
    prc_viewer_window_show_opening (window, self->start->opening);
  gtk_window_present (GTK_WINDOW (window));
  if (self->start->screenshot)
    prc_screenshot_when_settled (window, self->start->screenshot, self->start->wait_for_results);
}

static void
prc_application_shutdown (GApplication *application) {
  PrcApplication *self = PRC_APPLICATION (application);

  if (self->watcher)
    prc_watcher_shut_down (self->watcher);
  if (self->engine)
    prc_engine_shut_down (self->engine);
  g_clear_object (&self->watcher);
  g_clear_object (&self->engine);
  G_APPLICATION_CLASS (prc_application_parent_class)->shutdown (application);
}

static void
prc_application_class_init (PrcApplicationClass *klass) {
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = prc_application_startup;
  application_class->activate = prc_application_activate;
  application_class->shutdown = prc_application_shutdown;
}

static void
prc_application_init (PrcApplication *self) {
}

PrcApplication *
prc_application_new (const PrcStart *start) {
  // Every start is a window of its own, with or without a session bus: comparing two studies in two
  // programs is common, and one that hangs takes no other with it. The library takes several
  // readers and writers.
  PrcApplication *self = g_object_new (PRC_TYPE_APPLICATION, "application-id", APPLICATION_ID,
                                       "flags", G_APPLICATION_NON_UNIQUE, "resource-base-path",
                                       "/io/github/precedent_viewer/Precedent", NULL);

  self->start = start;
  return self;
}
