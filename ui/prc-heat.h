// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-engine.h"
#include "prc-slice-view.h"

// Shows in two views which places of their slices the encoder takes for the same: heat over both,
// and the patch under the pointer or crosshair of either outlined with its match in the other.
// Asks the engine while both slices rest; as soon as one is another, all of it goes from both.
// Main thread. Ends when it is freed; the views are borrowed.
typedef struct _PrcHeat PrcHeat;

PrcHeat *prc_heat_new (PrcEngine *engine, PrcSliceView *query, PrcSliceView *neighbour);
void prc_heat_free (PrcHeat *heat);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcHeat, prc_heat_free)

// Where a segment asked (PrcAnswer) and both its slice and that of the hit are in view, the two
// segments are compared, each as the search saw it, and not the whole slices. `segments` (of the
// neighbour's series, or NULL while they are read) are looked through for the hit's; call it again
// when they are others.
void prc_heat_compare_segments (PrcHeat *heat, PrcAnswer *answer, guint hit,
                                PrcSegmentSet *segments);

// Not shown at first. Where nothing is alike, the query's view says so as a "notice", once each
// time that this is switched on.
void prc_heat_set_shown (PrcHeat *heat, gboolean shown);
