// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-engine.h"

// Folders whose files are imported by themselves: what is there at the start and what comes later.
// A file is read when two looks have found it the same, and all of its folder is: half-written ones
// are waited for, what is refused is tried again a few times and whenever it changes. A folder that
// is not there (a stick, a server) is said so; no case is lost by it, and it is looked for again.
// The folder of the library itself is passed over, hidden entries and links to folders as in an
// import. Looks are made in a thread, some seconds after something changed in a watched folder and
// once in a while, since not all file systems tell. Main thread. Signal "changed" (): what is told
// below.
#define PRC_TYPE_WATCHER (prc_watcher_get_type ())
G_DECLARE_FINAL_TYPE (PrcWatcher, prc_watcher, PRC, WATCHER, GObject)

PrcWatcher *prc_watcher_new (PrcEngine *engine, const char *library_path);

// Absolute paths; none ends it. An import under way that nobody wants any more is stopped.
void prc_watcher_set_folders (PrcWatcher *self, const char *const *folders);

// For tests: milliseconds between the two looks, and between others. 5 s and 60 s.
void prc_watcher_set_times (PrcWatcher *self, guint settle_ms, guint rest_ms);

gboolean prc_watcher_is_missing (PrcWatcher *self,
                                 const char *folder); // as last looked at
// One sentence on what goes on or was done last; NULL when nothing was yet. Owned.
char *prc_watcher_words (PrcWatcher *self);

void prc_watcher_shut_down (PrcWatcher *self); // before the engine is
