// SPDX-License-Identifier: Apache-2.0
#include "prc-file-ids.h"

#include <string.h>
#include <sys/stat.h>

struct _PrcFileIds {
  char *folder;
  GHashTable *listings; // path of a folder -> (plain name -> name)
};

PrcFileIds *
prc_file_ids_new (const char *folder) {
  PrcFileIds *ids = g_new (PrcFileIds, 1);
  ids->folder = g_strdup (folder);
  ids->listings =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  return ids;
}

void
prc_file_ids_free (PrcFileIds *ids) {
  g_hash_table_unref (ids->listings);
  g_free (ids->folder);
  g_free (ids);
}

// In capitals, without a version and without a full stop that ends it.
static char *
plain_name (const char *name) {
  char *plain = g_ascii_strup (name, -1);
  char *version = strrchr (plain, ';');
  if (version && version[1] && strspn (version + 1, "0123456789") == strlen (version + 1))
    *version = '\0';
  const gsize length = strlen (plain);
  if (length > 1 && plain[length - 1] == '.')
    plain[length - 1] = '\0';
  return plain;
}

// Of two names that are the same but for that, the first in the order of bytes.
static GHashTable *
list (const char *folder) {
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *plain = plain_name (name);
    const char *other = g_hash_table_lookup (names, plain);
    if (!other || strcmp (name, other) < 0)
      g_hash_table_insert (names, g_steal_pointer (&plain), g_strdup (name));
  }
  return names;
}

static const char *
find_name (PrcFileIds *ids, const char *folder, const char *component) {
  GHashTable *names = g_hash_table_lookup (ids->listings, folder);
  if (!names) {
    names = list (folder);
    g_hash_table_insert (ids->listings, g_strdup (folder), names);
  }
  g_autofree char *plain = plain_name (component);
  return g_hash_table_lookup (names, plain);
}

char *
prc_file_ids_find (PrcFileIds *ids, const char *id) {
  g_auto (GStrv) components = g_strsplit (id, "/", -1);
  g_autofree char *path = g_strdup (ids->folder);
  for (char **component = components; *component; component++) {
    const char *name = **component ? find_name (ids, path, *component) : NULL;
    g_autofree char *next = name ? g_build_filename (path, name, NULL) : NULL;
    struct stat status;
    if (!next || lstat (next, &status) != 0 ||
        !(component[1] ? S_ISDIR (status.st_mode) : S_ISREG (status.st_mode)))
      return NULL;
    g_free (path);
    path = g_steal_pointer (&next);
  }
  return components[0] ? g_steal_pointer (&path) : NULL;
}
