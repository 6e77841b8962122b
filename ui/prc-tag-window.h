// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <adwaita.h>

#include "prc-codec-pool.h"

// The tags of one file: a tree with search, to be copied from. Reads the file in a codec; a slow
// one leaves the window alive.
//
// Signals: "follow-changed" (); "selected" (): another element, or none.
#define PRC_TYPE_TAG_WINDOW (prc_tag_window_get_type ())
G_DECLARE_FINAL_TYPE (PrcTagWindow, prc_tag_window, PRC, TAG_WINDOW, AdwWindow)

GtkWidget *prc_tag_window_new (PrcCodecPool *pool);

// `frame` counts from 0; `subtitle` says in words which slice it is. A file that is shown already is
// not read again. The selected element stays selected where the other file has it too; in the
// functional groups of one frame it goes on to those of the other.
void prc_tag_window_show (PrcTagWindow *self, const char *path, guint frame, const char *subtitle);

gboolean prc_tag_window_follows (PrcTagWindow *self); // the user asked for it
void prc_tag_window_set_hide_patient (PrcTagWindow *self, gboolean hide_patient);
void prc_tag_window_next_match (PrcTagWindow *self); // selects it and scrolls there

// For tests.
GtkSelectionModel *prc_tag_window_get_selection (PrcTagWindow *self); // of GtkTreeListRow; borrowed
