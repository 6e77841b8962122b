// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

// The regular files under files and folders, one after the other in natural order ("IM2" before
// "IM10"); a folder is read when its turn comes. Hidden entries, symbolic links to folders,
// DICOMDIR files (their folder is walked), pipes and devices are left out. A folder is walked once,
// however often it is met. One thread.
typedef struct _PrcWalk PrcWalk;

PrcWalk *prc_walk_new (const char *const *paths);
void prc_walk_free (PrcWalk *walk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcWalk, prc_walk_free)

// The next file, owned, or NULL at the end. When something could not be walked, `*reason` is set to
// a translated sentence and the path is that of the thing; `*reason` must be NULL before and freed
// after.
char *prc_walk_next (PrcWalk *walk, char **reason);

unsigned prc_walk_found (const PrcWalk *walk); // files seen so far, handed out or not
