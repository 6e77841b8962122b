// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib-object.h>
#include "prc-presets.h"

// What a reader prefers, in one key file that the reader alone can read (mode 0600). Each
// preference is a property, saved when it changes, and read where it is used; bind to them or
// listen to "notify". Values that the file does not have, or has wrong, are the defaults. What this
// version does not know stays in the file. Main thread.
//
//   "level-down-brightens"    boolean, FALSE: a drag downwards makes the picture brighter
//                             (IHE Basic Image Review); else one upwards does
//   "smooth"                  boolean, TRUE: magnified pixels are interpolated
//   "palette-of-pet"          string, "inverted-grey": with which palette PET opens, by its id
//                             (prc-palette.h); one that is not known is grey
//   "fallback-character-set"  string: a name that iconv knows, tried for text that is not in the
//                             character set its file names; "": by the user's language
//   "encoder"                 string: path of an encoder in ONNX that similar cases are found with,
//                             from the next start; "": the built-in one
//   "watched-folders"         string, "": whose files are imported by themselves, a path each line
//
// Signals: "presets-changed" ().
#define PRC_TYPE_SETTINGS (prc_settings_get_type ())
G_DECLARE_FINAL_TYPE (PrcSettings, prc_settings, PRC, SETTINGS, GObject)

// The preferences of whoever runs the program, in its configuration directory; borrowed.
PrcSettings *prc_settings_get_default (void);
PrcSettings *prc_settings_new (const char *path);

// One sentence when the file could not be used, or the last change not be saved; borrowed, or NULL.
const char *prc_settings_get_problem (PrcSettings *self);

gboolean prc_settings_get_level_down_brightens (PrcSettings *self);
gboolean prc_settings_get_smooth (PrcSettings *self);
const char *prc_settings_get_palette_of_pet (PrcSettings *self);         // borrowed
const char *prc_settings_get_fallback_character_set (PrcSettings *self); // borrowed
const char *prc_settings_get_encoder (PrcSettings *self);                // borrowed
void prc_settings_set_encoder (PrcSettings *self, const char *path);

GStrv prc_settings_watched (PrcSettings *self); // absolute paths; owned
// Of a folder that is watched already, or of none, nothing happens.
void prc_settings_watch_folder (PrcSettings *self, const char *folder);
void prc_settings_unwatch_folder (PrcSettings *self, const char *folder);

// The window presets: those of prc_presets() until the reader changes them. Borrowed until
// "presets-changed". Names are shown with _(): that leaves the reader's own as they are.
const PrcPreset *prc_settings_presets (PrcSettings *self, size_t *n);
const PrcPreset *prc_settings_find_preset (PrcSettings *self, const char *id);
const PrcPreset *prc_settings_preset_of_key (PrcSettings *self, char key);
// Takes a copy. Presets without a name, a finite centre or a width above 0 are dropped; of two with
// the same key or id the first keeps it. None at all are the built-in ones.
void prc_settings_set_presets (PrcSettings *self, const PrcPreset *presets, size_t n);
void prc_settings_reset_presets (PrcSettings *self);
