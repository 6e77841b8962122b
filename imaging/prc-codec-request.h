// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

#include "prc-codec-pool.h"
#include "prc-codec-process.h"

// What can be asked of a codec: opening the file, the call, the checks of what comes back. Private
// to the pool.

typedef struct _PrcCodecRequest PrcCodecRequest;

// Where a request finds its process. `get` gives a living one; `drop` ends one that failed.
typedef struct {
  PrcCodecProcess *(*get) (gpointer data, GError **error);
  void (*drop) (gpointer data);
  gpointer data;
  PrcCodecPatience *patience;
  unsigned limit_ms;
} PrcCodecServer;

PrcCodecRequest *prc_codec_request_describe (const char *const *paths);
PrcCodecRequest *prc_codec_request_decode (PrcInstance *instance, uint32_t frame);
PrcCodecRequest *prc_codec_request_present (const char *path);
PrcCodecRequest *prc_codec_request_segment (PrcInstance *instance, double threshold);
PrcCodecRequest *prc_codec_request_dump (const char *path);
PrcCodecRequest *prc_codec_request_list (const char *path);
PrcCodecRequest *prc_codec_request_contents (const char *path);
PrcCodecRequest *prc_codec_request_encode (const char *json, GBytes *pixels,
                                           const char *transfer_syntax_uid, const char *path);
PrcCodecRequest *prc_codec_request_encode_bytes (const char *json, const char *transfer_syntax_uid);
void prc_codec_request_free (PrcCodecRequest *request);

// Blocks. The result is a GPtrArray of PrcDescription, a PrcFrame, a PrcPresentation, a
// PrcSegmentation, a string, PrcElements, a GPtrArray of PrcContents, GBytes, or (encode) some pointer that is not NULL.
gpointer prc_codec_request_run (PrcCodecRequest *request, const PrcCodecServer *server,
                                GError **error);
GDestroyNotify prc_codec_request_result_destroy (PrcCodecRequest *request);
