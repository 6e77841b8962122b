// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <adwaita.h>
#include "prc-settings.h"
#include "prc-watcher.h"

// Where a reader changes preferences; each counts at once and is saved at once.
GtkWidget *prc_preferences_window_new (GtkWindow *parent, PrcSettings *settings,
                                       PrcWatcher *watcher);
