// SPDX-License-Identifier: Apache-2.0
#include "prc-path.h"

#include <string.h>

#define MARK "!/"

bool
prc_path_split (const char *path, char **archive, char **name) {
  *archive = *name = NULL;
  if (!strstr (path, MARK) || g_file_test (path, G_FILE_TEST_EXISTS))
    return false;
  for (const char *mark = path; (mark = strstr (mark, MARK)); mark++) {
    g_autofree char *before = g_strndup (path, (gsize)(mark - path));
    if (!g_file_test (before, G_FILE_TEST_IS_REGULAR) || !mark[strlen (MARK)])
      continue;
    *archive = g_steal_pointer (&before);
    *name = g_strdup (mark + strlen (MARK));
    return true;
  }
  return false;
}

char *
prc_path_join (const char *archive, const char *name) {
  return g_strconcat (archive, MARK, name, NULL);
}

bool
prc_path_is_there (const char *path) {
  g_autofree char *archive = NULL, *name = NULL;
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) || prc_path_split (path, &archive, &name);
}

bool
prc_path_is_dicomdir (const char *path) {
  g_autofree char *name = g_path_get_basename (path);
  return g_ascii_strcasecmp (name, "DICOMDIR") == 0;
}
