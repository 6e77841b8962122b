// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <adwaita.h>
#include "prc-settings.h"
#include "prc-watcher.h"

// The watched folders as rows to add and remove, in a group of a preferences page, with what the
// watcher (may be NULL) does. What is changed counts at once.
GtkWidget *prc_watched_rows_new (PrcSettings *settings, PrcWatcher *watcher);
