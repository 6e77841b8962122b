// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

// Every key of the program in one table: what the shortcuts window shows, and what the application
// binds to actions.
typedef struct {
  const char *group, *title; // untranslated, marked for translation
  const char *accelerators;  // as GtkShortcutsShortcut takes them; several separated by blanks
  const char *action;        // detailed name, or NULL: the slice view's own key
} PrcShortcut;

const PrcShortcut *prc_shortcuts (size_t *n); // static

GtkWidget *prc_shortcuts_window_new (void); // a GtkShortcutsWindow
void prc_shortcuts_bind (GtkApplication *application);
