// SPDX-License-Identifier: Apache-2.0
#include <adwaita.h>

#include "prc-shortcuts.h"

// Every key of the table can be parsed, none is used twice.
static void
test_table (void) {
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  size_t n;
  const PrcShortcut *shortcuts = prc_shortcuts (&n);

  g_assert_cmpuint (n, >, 10);
  for (size_t i = 0; i < n; i++) {
    g_auto (GStrv) keys = g_strsplit_set (shortcuts[i].accelerators, " .", -1);
    for (char **key = keys; *key; key++) {
      guint value;
      GdkModifierType modifiers;
      if (!**key)
        continue; // between the dots of a range
      g_assert_true (gtk_accelerator_parse (*key, &value, &modifiers));
      g_assert_true (g_hash_table_add (seen, g_strdup (*key)));
      if (shortcuts[i].action) // a plain letter would be taken from every entry
        g_assert_true (modifiers != 0 || (value >= GDK_KEY_F1 && value <= GDK_KEY_F12));
    }
  }
}

static void
test_window (void) {
  GtkWidget *window = prc_shortcuts_window_new ();

  g_assert_true (GTK_IS_SHORTCUTS_WINDOW (window));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_bound (void) {
  g_autoptr (GtkApplication) application =
      gtk_application_new ("io.github.precedent_viewer.Test", G_APPLICATION_NON_UNIQUE);

  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  prc_shortcuts_bind (application);
  g_auto (GStrv) keys = gtk_application_get_accels_for_action (application, "win.open");
  g_assert_cmpstr (keys[0], ==, "<Control>o");
  g_assert_null (keys[1]);
}

int
main (int argc, char *argv[]) {
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shortcuts/table", test_table);
  g_test_add_func ("/shortcuts/window", test_window);
  g_test_add_func ("/shortcuts/bound", test_bound);
  return g_test_run ();
}
