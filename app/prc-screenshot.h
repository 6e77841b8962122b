// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-viewer-window.h"

// Writes what a person sees in the window as a PNG once nothing changes by itself any more (or
// after 20 s), then closes it. The exit status of the application becomes 1 when the file cannot be
// written. Main thread.
void prc_screenshot_when_settled (PrcViewerWindow *window, const char *path,
                                  gboolean wait_for_results);
int prc_screenshot_status (void); // 0, or 1 when one failed
