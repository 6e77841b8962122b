// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame-store.h"
#include "prc-scan.h"

// Files and folders being opened: a thread reads headers and has the first slice decoded as soon as
// it is known. May be started before GTK is initialised, so that the work is under way while the
// window is made. Main thread, but for prc_opening_new which needs no main loop.
typedef struct _PrcOpening PrcOpening;
typedef void (*PrcOpeningChanged) (PrcOpening *opening, gpointer user_data);

PrcOpening *prc_opening_new (PrcCodecPool *pool, PrcFrameStore *store, const char *const *paths);
// The same before there is a window: once the first header is known and its slice is being decoded,
// reading pauses until prc_opening_go_on (at most half a second), so that the processor is free for
// what brings the first picture.
PrcOpening *prc_opening_new_at_start (PrcCodecPool *pool, PrcFrameStore *store,
                                      const char *const *paths);
void prc_opening_go_on (PrcOpening *opening);
PrcOpening *prc_opening_ref (PrcOpening *opening);
void prc_opening_unref (PrcOpening *opening);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcOpening, prc_opening_unref)

// `changed` is called on the main thread when more is known, some ten times a second, and a last
// time when all is read (or cancelled, or failed); what is known already is told first. One
// listener.
void prc_opening_listen (PrcOpening *opening, PrcOpeningChanged changed, gpointer user_data);
void prc_opening_ignore (PrcOpening *opening); // no more calls; the listener does so before it goes
void prc_opening_cancel (PrcOpening *opening); // reading stops; what is known stays

PrcScan *prc_opening_scan (PrcOpening *opening); // newest; owned, or NULL
gboolean prc_opening_is_over (PrcOpening *opening);
const GError *
prc_opening_error (PrcOpening *opening); // when over: why nothing came of it, or NULL; borrowed
