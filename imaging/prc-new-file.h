// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

// A file that appears whole or not at all: written beside its place under a hidden name, which scans
// pass over, synchronised, then renamed; mode 0600. What is there under the name stays until then.
// All errors are PRC_IMAGING_ERROR_IO.
// Owned by one thread.
typedef struct {
  int fd; // to write to
  char *path, *temporary;
} PrcNewFile;

bool prc_new_file_open (PrcNewFile *file, const char *path, GError **error);
bool prc_new_file_write (PrcNewFile *file, const void *bytes, size_t size, GError **error);
bool prc_new_file_commit (PrcNewFile *file, GError **error);
void prc_new_file_clear (PrcNewFile *file); // without a commit nothing is left of it
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PrcNewFile, prc_new_file_clear)
