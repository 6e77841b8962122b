// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include "prc-elements.h"
#include "prc-frame.h"
#include "prc-instance.h"
#include "prc-presentation.h"
#include "prc-segmentation.h"

// The only way to bytes of a DICOM file or a picture: requests to codec processes. Each process is
// single-threaded, has no network, no paths, no exec, a memory ceiling and a time limit per
// request. A process that dies or hangs fails the one request it worked on, with
// PRC_IMAGING_ERROR_CODEC, and is started again for the next. Thread-safe. The _async functions
// call back in the caller's thread-default main context; the plain twins block and may be called
// from any thread. A cancelled request returns G_IO_ERROR_CANCELLED at once.

typedef enum {       // lower runs first; within a priority, first come first served
  PRC_PRIORITY_VIEW, // somebody looks at the empty place
  PRC_PRIORITY_SCAN,
  PRC_PRIORITY_THUMBNAIL,
  PRC_PRIORITY_PREFETCH,
  PRC_PRIORITY_BACKGROUND, // import
} PrcPriority;

typedef struct _PrcCodecPool PrcCodecPool;

// Processes are started when first needed, `max_processes` at most (0: one per core, at least 2).
// The executable is the one prc_places_codec says.
PrcCodecPool *prc_codec_pool_new (unsigned max_processes);
PrcCodecPool *prc_codec_pool_ref (PrcCodecPool *pool);
void prc_codec_pool_unref (PrcCodecPool *pool); // ends the processes
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcCodecPool, prc_codec_pool_unref)

// Milliseconds a single request may take before its process is killed. Default 30,000.
void prc_codec_pool_set_time_limit (PrcCodecPool *pool, unsigned milliseconds);

// What a header request gave for one path: an instance, or the reason there is none.
typedef struct {
  PrcInstance *instance; // or NULL
  GError *error;         // or NULL
  char *path;
} PrcDescription;
void prc_description_free (PrcDescription *description);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcDescription, prc_description_free)

// Headers of many files in one request (some hundred are good). One PrcDescription per path, in
// order; a file that kills the codec is found out and the rest is described all the same. A ZIP
// archive is refused with PRC_IMAGING_ERROR_ARCHIVE. Fails as a whole only when cancelled or when
// no codec can be started.
GPtrArray *prc_codec_pool_describe (PrcCodecPool *pool, const char *const *paths,
                                    PrcPriority priority, GCancellable *cancellable,
                                    GError **error);
void prc_codec_pool_describe_async (PrcCodecPool *pool, const char *const *paths,
                                    PrcPriority priority, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *prc_codec_pool_describe_finish (GAsyncResult *result, GError **error);

// The same for one path: its instance, or NULL and the reason there is none.
PrcInstance *prc_codec_pool_describe_one (PrcCodecPool *pool, const char *path,
                                          PrcPriority priority, GCancellable *cancellable,
                                          GError **error);

// What a ZIP archive or a DICOMDIR holds or names. A DICOMDIR's names are File IDs (PS3.10 8.2)
// with their components joined by slashes: on a disk they may be written otherwise.
typedef struct {
  char *name;
  char *problem; // why it is not for reading, a whole sentence; or NULL
} PrcContents;
void prc_contents_free (PrcContents *contents);
// PrcContents, in the order of the file; of an archive `path` joined with the name is what the
// other requests take (prc-path.h).
GPtrArray *prc_codec_pool_contents (PrcCodecPool *pool, const char *path, PrcPriority priority,
                                    GCancellable *cancellable, GError **error);

// One frame (counted from 0), whatever the transfer syntax.
PrcFrame *prc_codec_pool_decode (PrcCodecPool *pool, PrcInstance *instance, uint32_t frame,
                                 PrcPriority priority, GCancellable *cancellable, GError **error);
void prc_codec_pool_decode_async (PrcCodecPool *pool, PrcInstance *instance, uint32_t frame,
                                  PrcPriority priority, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
PrcFrame *prc_codec_pool_decode_finish (GAsyncResult *result, GError **error);

// A softcopy presentation state. What is none fails with PRC_IMAGING_ERROR_ARGUMENT.
PrcPresentation *prc_codec_pool_present (PrcCodecPool *pool, const char *path, PrcPriority priority,
                                         GCancellable *cancellable, GError **error);

// A segmentation (prc_segmentation_is_one). Of a fractional one a pixel counts from `threshold` (0
// to 1) on.
PrcSegmentation *prc_codec_pool_segment (PrcCodecPool *pool, PrcInstance *instance,
                                         double threshold, PrcPriority priority,
                                         GCancellable *cancellable, GError **error);

// The whole data set in the DICOM JSON model (PS3.18 F.2), text in UTF-8; bulk data over 64 KiB is
// left out.
char *prc_codec_pool_dump_json (PrcCodecPool *pool, const char *path, GCancellable *cancellable,
                                GError **error);

// The whole data set and the file meta information for a person to read.
PrcElements *prc_codec_pool_list (PrcCodecPool *pool, const char *path, GCancellable *cancellable,
                                  GError **error);
void prc_codec_pool_list_async (PrcCodecPool *pool, const char *path, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
PrcElements *prc_codec_pool_list_finish (GAsyncResult *result, GError **error);

// Writes a DICOM file: `dataset_json` is a DICOM JSON object without pixel data and file meta
// information; `pixels` is the value of Pixel Data, uncompressed little endian, all frames; the
// codec compresses it to `transfer_syntax_uid`. The file appears at `path` whole or not at all
// (temporary file, fsync, rename), mode 0600.
gboolean prc_codec_pool_encode (PrcCodecPool *pool, const char *dataset_json, GBytes *pixels,
                                const char *transfer_syntax_uid, const char *path,
                                GCancellable *cancellable, GError **error);
// The same without pixels and without a file: its bytes, for what is appended or written elsewhere.
GBytes *prc_codec_pool_encode_bytes (PrcCodecPool *pool, const char *dataset_json,
                                     const char *transfer_syntax_uid, GCancellable *cancellable,
                                     GError **error);
