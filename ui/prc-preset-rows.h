// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <adwaita.h>
#include "prc-settings.h"

// The reader's window presets as rows to change, add and remove, in a group of a preferences page.
// What is changed counts at once.
GtkWidget *prc_preset_rows_new (PrcSettings *settings);
