// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

// File IDs of a DICOMDIR (PS3.10 8.2, 8.6) and the files they name below its folder. File IDs are
// in capitals; on a disk the names may be in small letters, end with a full stop or carry a version
// (";1", ISO 9660). Symbolic links are not followed: nothing outside of the folder is named. One
// thread.
typedef struct _PrcFileIds PrcFileIds;

PrcFileIds *prc_file_ids_new (const char *folder);
void prc_file_ids_free (PrcFileIds *ids);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcFileIds, prc_file_ids_free)

// The path of the regular file of this ID (components joined by slashes); NULL when there is none.
// Owned.
char *prc_file_ids_find (PrcFileIds *ids, const char *id);
