// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gdk/gdk.h>
#include "prc-frame-store.h"

// The picture of one frame of a file nobody has opened yet: header and pixels from the codecs at
// thumbnail priority (through the store, so that a neighbour about to be opened is decoded once),
// rendered by a worker with the file's own window into size x size device pixels. Main thread.
// Fails with PRC_IMAGING_ERROR_IO when the file is gone.
void prc_case_thumbnail_async (PrcCodecPool *pool, PrcFrameStore *store, const char *path,
                               guint frame, int size, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
GdkTexture *prc_case_thumbnail_finish (GAsyncResult *result, GError **error);
