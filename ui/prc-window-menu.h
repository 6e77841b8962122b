// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include "prc-slice-view.h"

// The menu of windows and looks, made for what `view` shows: the windows of its slice by the
// names that the file gives them, the reader's presets, the palettes. Its actions are "win.*".
GMenuModel *prc_window_menu_new (PrcSliceView *view); // owned
