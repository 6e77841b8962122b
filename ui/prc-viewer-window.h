// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <adwaita.h>
#include "prc-engine.h"
#include "prc-opening.h"

// The window: series on the left, the stage in the middle, similar cases on the right. Main thread.
//
// Signal: "changed" (): something else is open, compared or under way.
#define PRC_TYPE_VIEWER_WINDOW (prc_viewer_window_get_type ())
G_DECLARE_FINAL_TYPE (PrcViewerWindow, prc_viewer_window, PRC, VIEWER_WINDOW, AdwApplicationWindow)

GtkWidget *prc_viewer_window_new (GtkApplication *application, PrcCodecPool *pool,
                                  PrcFrameStore *store, PrcEngine *engine);

// Shows what is being opened, in place of what was shown. The opening is referenced.
void prc_viewer_window_show_opening (PrcViewerWindow *self, PrcOpening *opening);
void prc_viewer_window_open_paths (PrcViewerWindow *self, const char *const *paths);
void prc_viewer_window_open_files (PrcViewerWindow *self, GListModel *files); // of GFile

// Nothing is going to change by itself any more: the slice (or a reason) is shown; with `results`,
// the panel has answered too.
gboolean prc_viewer_window_is_settled (PrcViewerWindow *self, gboolean results);

// One sentence over the content; `details` (may be NULL) on demand.
void prc_viewer_window_say (PrcViewerWindow *self, const char *sentence, const char *details);
