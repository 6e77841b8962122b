// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-frame-store.h"

// A small picture of one frame with the window it opens with, fitted into size x size device pixels
// on black. Decoded at thumbnail priority, rendered in a worker thread. Main thread; CANCELLED is
// silent for the caller to handle.
void prc_thumbnail_async (PrcFrameStore *store, PrcInstance *instance, guint frame, int size,
                          GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data);
GdkTexture *prc_thumbnail_finish (GAsyncResult *result, GError **error); // owned
