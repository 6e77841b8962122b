// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-tag-window.h"

// Adds the actions "tags.*", their keys and the menu of a row to a new window, once.
void prc_tag_window_add_actions (PrcTagWindow *self);
