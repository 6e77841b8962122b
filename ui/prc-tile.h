// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-slice-view.h"

// A slice view with its caption; the active one of several wears an orange border. Main thread.
// Signals: "close" (): its close button; "entered" (): it has the keyboard now.
#define PRC_TYPE_TILE (prc_tile_get_type ())
G_DECLARE_FINAL_TYPE (PrcTile, prc_tile, PRC, TILE, GtkWidget)

GtkWidget *prc_tile_new (PrcFrameStore *store);
PrcSliceView *prc_tile_view (PrcTile *self); // borrowed
// NULL: no caption line. `closable`: with a button that asks to be closed.
void prc_tile_set_caption (PrcTile *self, const char *title, const char *detail, gboolean closable);
void prc_tile_play_or_pause (PrcTile *self);
void prc_tile_set_active (PrcTile *self, gboolean active);
void prc_tile_set_histogram (PrcTile *self, gboolean shown); // below the picture
