// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-viewer-window.h"

// Adds the actions "win.*" and the menu of window presets to a new window, once.
void prc_viewer_window_add_actions (PrcViewerWindow *self);
