// SPDX-License-Identifier: Apache-2.0
#include "prc-settings.h"

#include <glib/gstdio.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define GROUP        "Preferences"
#define PRESET_GROUP "Preset "
#define PRESETS_MAX  100

struct _PrcSettings {
  GObject parent_instance;
  char *path;
  char *problem;
  gboolean level_down_brightens, smooth;
  char *palette_of_pet, *fallback_character_set, *encoder, *watched_folders;
  GArray *presets; // of PrcPreset that own their strings, or NULL: the built-in ones
  gboolean reading;
};

enum {
  PROP_0,
  PROP_LEVEL_DOWN_BRIGHTENS,
  PROP_SMOOTH,
  PROP_PALETTE_OF_PET,
  PROP_FALLBACK_CHARACTER_SET,
  PROP_ENCODER,
  PROP_WATCHED_FOLDERS,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];
static guint presets_changed;

G_DEFINE_FINAL_TYPE (PrcSettings, prc_settings, G_TYPE_OBJECT)

/* ---- presets ---- */

static void
preset_clear (gpointer data) {
  PrcPreset *preset = data;

  g_free ((char *)preset->id);
  g_free ((char *)preset->name);
}

static bool
preset_is_usable (const PrcPreset *preset) {
  return preset->id && *preset->id && preset->name && *preset->name && isfinite (preset->centre) &&
         isfinite (preset->width) && preset->width > 0;
}

static void
add_preset (GArray *presets, const PrcPreset *preset) {
  PrcPreset copy = *preset;

  if (!preset_is_usable (preset) || presets->len == PRESETS_MAX)
    return;
  if (copy.key < '2' || copy.key > '9')
    copy.key = 0;
  for (guint i = 0; i < presets->len; i++) {
    const PrcPreset *other = &g_array_index (presets, PrcPreset, i);
    if (!g_strcmp0 (other->id, copy.id))
      return;
    if (other->key == copy.key)
      copy.key = 0;
  }
  copy.id = g_strdup (copy.id);
  copy.name = g_utf8_make_valid (copy.name, -1);
  g_array_append_val (presets, copy);
}

static GArray *
presets_new (void) {
  GArray *presets = g_array_new (FALSE, FALSE, sizeof (PrcPreset));

  g_array_set_clear_func (presets, preset_clear);
  return presets;
}

static void
read_preset (GKeyFile *file, const char *group, GArray *presets) {
  g_autofree char *id = g_key_file_get_string (file, group, "Id", NULL);
  g_autofree char *name = g_key_file_get_string (file, group, "Name", NULL);
  g_autofree char *key = g_key_file_get_string (file, group, "Key", NULL);
  PrcPreset preset = {.id = id,
                      .name = name,
                      .centre = g_key_file_get_double (file, group, "Centre", NULL),
                      .width = g_key_file_get_double (file, group, "Width", NULL),
                      .key = key ? *key : 0};

  add_preset (presets, &preset);
}

static GArray *
read_presets (GKeyFile *file) {
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  g_autoptr (GArray) presets = presets_new ();

  for (char **group = groups; *group; group++)
    if (g_str_has_prefix (*group, PRESET_GROUP))
      read_preset (file, *group, presets);
  return presets->len > 0 ? g_steal_pointer (&presets) : NULL;
}

static void
write_presets (GKeyFile *file, GArray *presets) {
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (char **group = groups; *group; group++)
    if (g_str_has_prefix (*group, PRESET_GROUP))
      g_key_file_remove_group (file, *group, NULL);
  for (guint i = 0; presets && i < presets->len; i++) {
    const PrcPreset *preset = &g_array_index (presets, PrcPreset, i);
    g_autofree char *group = g_strdup_printf (PRESET_GROUP "%u", i + 1);
    g_key_file_set_string (file, group, "Id", preset->id);
    g_key_file_set_string (file, group, "Name", preset->name);
    g_key_file_set_double (file, group, "Centre", preset->centre);
    g_key_file_set_double (file, group, "Width", preset->width);
    if (preset->key)
      g_key_file_set_string (file, group, "Key", (const char[]){preset->key, '\0'});
  }
}

/* ---- file ---- */

static bool
read_value (GKeyFile *file, GParamSpec *pspec, GValue *value, GError **error) {
  if (G_VALUE_HOLDS_BOOLEAN (value)) {
    GError *wrong = NULL;
    g_value_set_boolean (value, g_key_file_get_boolean (file, GROUP, pspec->name, &wrong));
    if (wrong)
      g_propagate_error (error, wrong);
    return !wrong;
  }
  g_value_take_string (value, g_key_file_get_string (file, GROUP, pspec->name, error));
  return g_value_get_string (value) != NULL;
}

static void
report (PrcSettings *self, const char *sentence, const char *reason) {
  g_free (self->problem);
  self->problem = g_strdup_printf ("%s: %s", sentence, reason);
}

static void
read_values (PrcSettings *self, GKeyFile *file) {
  for (guint i = 1; i < N_PROPS; i++) {
    g_autoptr (GError) error = NULL;
    g_auto (GValue) value = G_VALUE_INIT;
    g_value_init (&value, properties[i]->value_type);
    if (read_value (file, properties[i], &value, &error))
      g_object_set_property (G_OBJECT (self), properties[i]->name, &value);
    else if (g_error_matches (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE) ||
             g_error_matches (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_UNKNOWN_ENCODING))
      report (self, _ ("A preference cannot be read and is at its default"), properties[i]->name);
  }
}

static GKeyFile *
read_file (PrcSettings *self, GError **error) {
  GKeyFile *file = g_key_file_new ();

  g_key_file_load_from_file (file, self->path, G_KEY_FILE_KEEP_COMMENTS, error);
  return file;
}

static void
read_all (PrcSettings *self) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) file = read_file (self, &error);

  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return;
  if (error) {
    report (self, _ ("The preferences cannot be read, the defaults are used"), error->message);
    return;
  }
  self->reading = TRUE;
  read_values (self, file);
  self->presets = read_presets (file);
  self->reading = FALSE;
}

// Only what changed is written over what is in the file now: another window may have changed the
// rest. A file that nobody can read is put aside, not lost.
static void
save (PrcSettings *self, void (*change) (GKeyFile *file, PrcSettings *self, GParamSpec *pspec),
      GParamSpec *pspec) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) file = read_file (self, &error);
  g_autofree char *folder = g_path_get_dirname (self->path);
  gsize size;

  if (error && !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    g_autofree char *aside = g_strconcat (self->path, "~", NULL);
    g_rename (self->path, aside);
  }
  g_clear_error (&error);
  change (file, self, pspec);
  g_autofree char *text = g_key_file_to_data (file, &size, NULL);
  g_mkdir_with_parents (folder, 0700);
  g_clear_pointer (&self->problem, g_free);
  if (!g_file_set_contents_full (self->path, text, (gssize)size, G_FILE_SET_CONTENTS_CONSISTENT,
                                 0600, &error))
    report (self, _ ("The preferences cannot be saved"), error->message);
}

static void
change_value (GKeyFile *file, PrcSettings *self, GParamSpec *pspec) {
  g_auto (GValue) value = G_VALUE_INIT;

  g_object_get_property (G_OBJECT (self), pspec->name, &value);
  if (G_VALUE_HOLDS_BOOLEAN (&value))
    g_key_file_set_boolean (file, GROUP, pspec->name, g_value_get_boolean (&value));
  else
    g_key_file_set_string (file, GROUP, pspec->name, g_value_get_string (&value));
}

static void
change_presets (GKeyFile *file, PrcSettings *self, GParamSpec *pspec) {
  write_presets (file, self->presets);
}

/* ---- object ---- */

static void *
field_of (PrcSettings *self, guint id) {
  switch (id) {
  case PROP_LEVEL_DOWN_BRIGHTENS:
    return &self->level_down_brightens;
  case PROP_SMOOTH:
    return &self->smooth;
  case PROP_PALETTE_OF_PET:
    return &self->palette_of_pet;
  case PROP_FALLBACK_CHARACTER_SET:
    return &self->fallback_character_set;
  case PROP_ENCODER:
    return &self->encoder;
  case PROP_WATCHED_FOLDERS:
    return &self->watched_folders;
  default:
    g_assert_not_reached ();
  }
}

static void
prc_settings_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec) {
  void *field = field_of (PRC_SETTINGS (object), id);

  if (G_VALUE_HOLDS_BOOLEAN (value))
    g_value_set_boolean (value, *(gboolean *)field);
  else
    g_value_set_string (value, *(char **)field);
}

static bool
take_value (void *field, const GValue *value) {
  if (G_VALUE_HOLDS_BOOLEAN (value)) {
    gboolean *flag = field, before = *flag;
    *flag = g_value_get_boolean (value);
    return *flag != before;
  }
  char **text = field;
  const char *wanted = g_value_get_string (value);
  g_autofree char *valid = g_utf8_make_valid (wanted ? wanted : "", -1);
  if (!g_strcmp0 (*text, valid))
    return false;
  g_free (*text);
  *text = g_steal_pointer (&valid);
  return true;
}

static void
prc_settings_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec) {
  PrcSettings *self = PRC_SETTINGS (object);

  if (!take_value (field_of (self, id), value))
    return;
  if (!self->reading)
    save (self, change_value, pspec);
  g_object_notify_by_pspec (object, pspec);
}

static void
prc_settings_finalize (GObject *object) {
  PrcSettings *self = PRC_SETTINGS (object);

  g_free (self->path);
  g_free (self->problem);
  g_free (self->palette_of_pet);
  g_free (self->fallback_character_set);
  g_free (self->encoder);
  g_free (self->watched_folders);
  g_clear_pointer (&self->presets, g_array_unref);
  G_OBJECT_CLASS (prc_settings_parent_class)->finalize (object);
}

static GParamSpec *
flag (const char *name, gboolean standard) {
  return g_param_spec_boolean (name, NULL, NULL, standard,
                               G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                   G_PARAM_STATIC_STRINGS);
}

static GParamSpec *
text (const char *name, const char *standard) {
  return g_param_spec_string (name, NULL, NULL, standard,
                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
prc_settings_class_init (PrcSettingsClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = prc_settings_get_property;
  object_class->set_property = prc_settings_set_property;
  object_class->finalize = prc_settings_finalize;
  properties[PROP_LEVEL_DOWN_BRIGHTENS] = flag ("level-down-brightens", FALSE);
  properties[PROP_SMOOTH] = flag ("smooth", TRUE);
  properties[PROP_PALETTE_OF_PET] = text ("palette-of-pet", "inverted-grey");
  properties[PROP_FALLBACK_CHARACTER_SET] = text ("fallback-character-set", "");
  properties[PROP_ENCODER] = text ("encoder", "");
  properties[PROP_WATCHED_FOLDERS] = text ("watched-folders", "");
  g_object_class_install_properties (object_class, N_PROPS, properties);
  presets_changed = g_signal_new ("presets-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
prc_settings_init (PrcSettings *self) {
  for (guint i = 1; i < N_PROPS; i++)
    take_value (field_of (self, i), g_param_spec_get_default_value (properties[i]));
}

PrcSettings *
prc_settings_new (const char *path) {
  PrcSettings *self = g_object_new (PRC_TYPE_SETTINGS, NULL);

  self->path = g_strdup (path);
  read_all (self);
  return self;
}

PrcSettings *
prc_settings_get_default (void) {
  static PrcSettings *settings;

  if (!settings) {
    g_autofree char *path =
        g_build_filename (g_get_user_config_dir (), "precedent", "preferences", NULL);
    settings = prc_settings_new (path);
  }
  return settings;
}

const char *
prc_settings_get_problem (PrcSettings *self) {
  return self->problem;
}

gboolean
prc_settings_get_level_down_brightens (PrcSettings *self) {
  return self->level_down_brightens;
}

gboolean
prc_settings_get_smooth (PrcSettings *self) {
  return self->smooth;
}

const char *
prc_settings_get_palette_of_pet (PrcSettings *self) {
  return self->palette_of_pet;
}

const char *
prc_settings_get_fallback_character_set (PrcSettings *self) {
  return self->fallback_character_set;
}

const char *
prc_settings_get_encoder (PrcSettings *self) {
  return self->encoder;
}

void
prc_settings_set_encoder (PrcSettings *self, const char *path) {
  g_object_set (self, "encoder", path, NULL);
}

/* ---- presets, from outside ---- */

const PrcPreset *
prc_settings_presets (PrcSettings *self, size_t *n) {
  if (!self->presets)
    return prc_presets (n);
  *n = self->presets->len;
  return (const PrcPreset *)(void *)self->presets->data;
}

const PrcPreset *
prc_settings_find_preset (PrcSettings *self, const char *id) {
  size_t n;
  const PrcPreset *presets = prc_settings_presets (self, &n);

  for (size_t i = 0; i < n; i++)
    if (!g_strcmp0 (presets[i].id, id))
      return &presets[i];
  return NULL;
}

const PrcPreset *
prc_settings_preset_of_key (PrcSettings *self, char key) {
  size_t n;
  const PrcPreset *presets = prc_settings_presets (self, &n);

  for (size_t i = 0; key && i < n; i++)
    if (presets[i].key == key)
      return &presets[i];
  return NULL;
}

static void
take_presets (PrcSettings *self, GArray *presets) {
  g_autoptr (GArray) before = g_steal_pointer (&self->presets);

  self->presets = presets;
  save (self, change_presets, NULL);
  g_signal_emit (self, presets_changed, 0);
}

void
prc_settings_set_presets (PrcSettings *self, const PrcPreset *presets, size_t n) {
  g_autoptr (GArray) own = presets_new ();

  for (size_t i = 0; i < n; i++)
    add_preset (own, &presets[i]);
  take_presets (self, own->len > 0 ? g_steal_pointer (&own) : NULL);
}

void
prc_settings_reset_presets (PrcSettings *self) {
  take_presets (self, NULL);
}

/* ---- watched folders ---- */

GStrv
prc_settings_watched (PrcSettings *self) {
  g_auto (GStrv) lines = g_strsplit (self->watched_folders, "\n", -1);
  g_autoptr (GStrvBuilder) folders = g_strv_builder_new ();

  for (char **line = lines; *line; line++)
    if (g_path_is_absolute (*line))
      g_strv_builder_add (folders, *line);
  return g_strv_builder_end (folders);
}

static void
set_watched (PrcSettings *self, GStrv before, const char *without, const char *with) {
  g_autoptr (GStrvBuilder) folders = g_strv_builder_new ();

  for (; *before; before++)
    if (g_strcmp0 (*before, without))
      g_strv_builder_add (folders, *before);
  if (with)
    g_strv_builder_add (folders, with);
  g_auto (GStrv) after = g_strv_builder_end (folders);
  g_autofree char *lines = g_strjoinv ("\n", after);
  g_object_set (self, "watched-folders", lines, NULL);
}

void
prc_settings_watch_folder (PrcSettings *self, const char *folder) {
  g_auto (GStrv) before = prc_settings_watched (self);

  if (g_path_is_absolute (folder) && !strchr (folder, '\n') &&
      !g_strv_contains ((const char *const *)before, folder))
    set_watched (self, before, NULL, folder);
}

void
prc_settings_unwatch_folder (PrcSettings *self, const char *folder) {
  g_auto (GStrv) before = prc_settings_watched (self);

  set_watched (self, before, folder, NULL);
}
