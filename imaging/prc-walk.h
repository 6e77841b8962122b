// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

// The regular files under files and folders, one after the other in natural order ("IM2" before
// "IM10"); a folder is read when its turn comes. Hidden entries, symbolic links to folders,
// DICOMDIR files, pipes and devices are left out; what was asked for by name is not: a DICOMDIR is
// handed out then, and so is a file in an archive (prc-path.h). A folder is walked once, however
// often it is met. One thread.
typedef struct _PrcWalk PrcWalk;

PrcWalk *prc_walk_new (const char *const *paths);
void prc_walk_free (PrcWalk *walk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcWalk, prc_walk_free)

// The next file, owned, or NULL at the end. When something could not be walked, `*reason` is set to
// a translated sentence and the path is that of the thing; `*reason` must be NULL before and freed
// after.
char *prc_walk_next (PrcWalk *walk, char **reason);

// What turned out to be more files comes next: files in natural order, copied; and a folder.
void prc_walk_push (PrcWalk *walk, const char *const *paths, size_t n);
void prc_walk_push_folder (PrcWalk *walk, const char *path);

unsigned prc_walk_found (const PrcWalk *walk); // files seen so far, handed out or not
