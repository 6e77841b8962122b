// SPDX-License-Identifier: Apache-2.0
#include "prc-shortcuts.h"

#include <glib/gi18n-lib.h>

static const PrcShortcut shortcuts[] = {
    {N_ ("Study"), N_ ("Open files"), "<Control>o", "win.open"},
    {N_ ("Study"), N_ ("Open a folder"), "<Control><Shift>o", "win.open-folder"},
    {N_ ("Study"), N_ ("Add to library"), "<Control>d", "win.add-to-library"},
    {N_ ("Study"), N_ ("Hide patient data"), "<Control>h", "win.hide-patient"},
    {N_ ("Study"), N_ ("Tags of the slice"), "<Control>i", "win.tags"},
    {N_ ("Study"), N_ ("Previous and next series"), "Left Right", NULL},

    {N_ ("Slices"), N_ ("Previous and next slice"), "Up Down", NULL},
    {N_ ("Slices"), N_ ("Ten slices back and forth"), "Page_Up Page_Down", NULL},
    {N_ ("Slices"), N_ ("First and last slice"), "Home End", NULL},
    {N_ ("Slices"), N_ ("Play and pause"), "c", NULL},
    {N_ ("Slices"), N_ ("Play slower and faster"), "comma period", NULL},

    {N_ ("Window"), N_ ("Automatic window"), "0", NULL},
    {N_ ("Window"), N_ ("Automatic window of the whole series"), "<Control>0",
     "win.auto-window-of-series"},
    {N_ ("Window"), N_ ("The file's own window, and the next one"), "1", NULL},
    {N_ ("Window"), N_ ("Histogram"), "h", NULL},
    {N_ ("Window"), N_ ("CT presets"), "2...9", NULL},
    {N_ ("Window"), N_ ("Invert"), "i", NULL},

    {N_ ("Picture"), N_ ("Zoom in and out"), "plus minus", NULL},
    {N_ ("Picture"), N_ ("Fit to the view"), "f", NULL},
    {N_ ("Picture"), N_ ("Actual pixels, one to one"), "a", NULL},
    {N_ ("Picture"), N_ ("Rotate left and right"), "bracketleft bracketright", NULL},
    {N_ ("Picture"), N_ ("Flip left to right"), "x", NULL},
    {N_ ("Picture"), N_ ("Next presentation state"), "p", NULL},
    {N_ ("Picture"), N_ ("Reset zoom, window and rotation"), "r", NULL},
    {N_ ("Picture"), N_ ("Smooth or sharp pixels"), "s", NULL},
    {N_ ("Picture"), N_ ("All, little or no text"), "space t", NULL},
    {N_ ("Picture"), N_ ("Move a crosshair to read values"),
     "<Control>Left <Control>Right <Control>Up <Control>Down", NULL},
    {N_ ("Picture"), N_ ("Show or hide overlays and graphics"), "g", NULL},

    {N_ ("Segments"), N_ ("Show or hide the list"), "F7", "win.show-segments"},
    {N_ ("Segments"), N_ ("Largest slice of the chosen segment"), "l", NULL},
    {N_ ("Segments"), N_ ("Show or hide the chosen segment"), "v", NULL},
    {N_ ("Segments"), N_ ("Only the chosen segment, or all"), "<Shift>v", NULL},

    {N_ ("Editing segments"), N_ ("Brush, eraser, region growing"), "b e w", NULL},
    {N_ ("Editing segments"), N_ ("Smaller and larger brush"), "less greater", NULL},
    {N_ ("Editing segments"), N_ ("Use the tool at the crosshair"), "Return", NULL},
    {N_ ("Editing segments"), N_ ("Undo and redo"), "<Control>z <Control><Shift>z", NULL},
    {N_ ("Editing segments"), N_ ("Save the segments"), "<Control>s", "segment.save"},

    {N_ ("Similar cases"), N_ ("Show or hide the panel"), "F9", "win.show-panel"},
    {N_ ("Similar cases"), N_ ("Draw a box to find cases alike"), "q", NULL},
    {N_ ("Similar cases"), N_ ("Close the case beside the study"), "Escape", NULL},
    {N_ ("Similar cases"), N_ ("Show or hide what is alike in both"), "y", NULL},
    {N_ ("Similar cases"), N_ ("Link or unlink scrolling"), "<Control>l", "win.link"},

    {N_ ("Program"), N_ ("Show or hide the series"), "F8", "win.show-series"},
    {N_ ("Program"), N_ ("Preferences"), "<Control>comma", "app.preferences"},
    {N_ ("Program"), N_ ("Full screen"), "F11", "win.fullscreen"},
    {N_ ("Program"), N_ ("Keyboard shortcuts"), "<Control>question", "app.shortcuts"},
    {N_ ("Program"), N_ ("Quit"), "<Control>q", "app.quit"},
};

const PrcShortcut *
prc_shortcuts (size_t *n) {
  *n = G_N_ELEMENTS (shortcuts);
  return shortcuts;
}

// GTK 4.8 can fill a shortcuts window only from a builder file, so the table is written as one.
static char *
builder_text (void) {
  GString *text = g_string_new ("<interface><object class='GtkShortcutsWindow' id='window'>"
                                "<property name='modal'>1</property><child>"
                                "<object class='GtkShortcutsSection'>"
                                "<property name='section-name'>all</property>"
                                "<property name='max-height'>12</property>");

  for (size_t i = 0; i < G_N_ELEMENTS (shortcuts); i++) {
    const PrcShortcut *shortcut = &shortcuts[i];
    bool opens = i == 0 || g_strcmp0 (shortcuts[i - 1].group, shortcut->group);
    bool closes =
        i + 1 == G_N_ELEMENTS (shortcuts) || g_strcmp0 (shortcuts[i + 1].group, shortcut->group);
    g_autofree char *group = g_markup_escape_text (_ (shortcut->group), -1);
    g_autofree char *title = g_markup_escape_text (_ (shortcut->title), -1);
    g_autofree char *keys = g_markup_escape_text (shortcut->accelerators, -1);
    if (opens)
      g_string_append_printf (text,
                              "<child><object class='GtkShortcutsGroup'>"
                              "<property name='title'>%s</property>",
                              group);
    g_string_append_printf (text,
                            "<child><object class='GtkShortcutsShortcut'>"
                            "<property name='title'>%s</property>"
                            "<property name='accelerator'>%s</property></object></child>",
                            title, keys);
    if (closes)
      g_string_append (text, "</object></child>");
  }
  g_string_append (text, "</object></child></object></interface>");
  return g_string_free (text, FALSE);
}

GtkWidget *
prc_shortcuts_window_new (void) {
  g_autofree char *text = builder_text ();
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_string (text, -1);

  return GTK_WIDGET (gtk_builder_get_object (builder, "window"));
}

void
prc_shortcuts_bind (GtkApplication *application) {
  for (size_t i = 0; i < G_N_ELEMENTS (shortcuts); i++) {
    if (!shortcuts[i].action)
      continue;
    g_auto (GStrv) keys = g_strsplit (shortcuts[i].accelerators, " ", -1);
    gtk_application_set_accels_for_action (application, shortcuts[i].action,
                                           (const char *const *)keys);
  }
}
