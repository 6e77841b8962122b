// SPDX-License-Identifier: Apache-2.0
#include "prc-new-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "prc-imaging-error.h"

static bool
fail (GError **error) {
  g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO, g_strerror (errno));
  return false;
}

bool
prc_new_file_open (PrcNewFile *file, const char *path, GError **error) {
  g_autofree char *folder = g_path_get_dirname (path);

  file->path = g_strdup (path);
  file->temporary = g_build_filename (folder, ".precedent-XXXXXX", NULL);
  file->fd = g_mkstemp_full (file->temporary, O_RDWR | O_CLOEXEC, 0600);
  if (file->fd >= 0)
    return true;
  g_clear_pointer (&file->temporary, g_free);
  return fail (error);
}

bool
prc_new_file_write (PrcNewFile *file, const void *bytes, size_t size, GError **error) {
  for (const char *p = bytes; size;) {
    ssize_t n = write (file->fd, p, size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return fail (error);
    p += n;
    size -= (size_t)n;
  }
  return true;
}

static void
sync_folder (const char *path) {
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) {
    fsync (fd);
    close (fd);
  }
}

bool
prc_new_file_commit (PrcNewFile *file, GError **error) {
  if (fsync (file->fd) != 0 || g_rename (file->temporary, file->path) != 0)
    return fail (error);
  g_clear_pointer (&file->temporary, g_free);
  sync_folder (file->path);
  return true;
}

void
prc_new_file_clear (PrcNewFile *file) {
  if (file->path && file->fd >= 0)
    close (file->fd);
  if (file->temporary)
    g_unlink (file->temporary);
  g_clear_pointer (&file->temporary, g_free);
  g_clear_pointer (&file->path, g_free);
}
