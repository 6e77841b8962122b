// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-tag-tree.h"

// The columns of the tag browser: tag, name, VR, value.

void prc_tag_columns_add (GtkColumnView *view);
void prc_tag_columns_set_tree (GtkColumnView *view, PrcTagTree *tree); // for rows bound from now on
// Of the row under a point of the view, or GTK_INVALID_LIST_POSITION.
guint prc_tag_columns_position_at (GtkColumnView *view, double x, double y);
