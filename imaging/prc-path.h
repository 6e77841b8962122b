// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

// Wherever a path names a file to be read it may also name one in a ZIP archive, as "ARCHIVE!/NAME"
// with the name that prc_codec_pool_contents gives. Nothing is unpacked: the archive stays the only
// copy, as a folder would, and a library keeps such paths as it keeps others.

// Parts a path that is itself no file behind the first "!/" before which there is a regular file.
// False when there is none; then both are NULL. Owned.
bool prc_path_split (const char *path, char **archive, char **name);
char *prc_path_join (const char *archive, const char *name);

// Whether there is a regular file of this path, or an archive that it names a file in. The archive
// is not opened.
bool prc_path_is_there (const char *path);

bool prc_path_is_dicomdir (const char *path); // by its name, which PS3.10 8.6 keeps for it
