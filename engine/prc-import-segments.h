// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"
#include "prc-series.h"

// The files with segments of a case that is being imported: read, laid on the case's images, and
// what of them is worth remembering.

// More segments of one file are not remembered, and that is said: what a hostile file can cost.
#define PRC_IMPORT_MAX_SEGMENTS 1000

typedef struct _PrcImportFile PrcImportFile;

typedef struct { // a segment, by its largest slice
  PrcImportFile *file;
  guint segment; // of the file's segments
  guint index;   // slice of the file's series
  PrcMask *mask; // there
  guint64 voxels;
  double volume_ml; // not a number when unknown
  float *vector;    // NULL until it is embedded
} PrcImportSegment;

struct _PrcImportFile {
  PrcInstance *instance;
  GError *error;                 // why it could not be read, or whose it is not known; or NULL
  PrcSegmentation *segmentation; // with `error` NULL
  PrcSeries *series;             // that it lies on; NULL: on none of the case
  GPtrArray *segments;           // PrcImportSegment; what lies around the patient is left out
  guint n_segments;              // worth remembering
  gboolean cut;                  // there are more than PRC_IMPORT_MAX_SEGMENTS
  guint n_pending;               // not embedded yet
};

// One of them; never NULL. Blocks; any thread.
PrcImportFile *prc_import_file_read (PrcCodecPool *pool, PrcInstance *instance, GPtrArray *series,
                                     PrcPriority priority, GCancellable *cancellable);
void prc_import_file_free (PrcImportFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcImportFile, prc_import_file_free)

// Reads and lays them in a thread: `instances` of PrcInstance, `series` of PrcSeries.
void prc_import_files_read_async (PrcCodecPool *pool, GPtrArray *instances, GPtrArray *series,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
// PrcImportFile; NULL only when cancelled.
GPtrArray *prc_import_files_read_finish (GAsyncResult *result, GError **error);

void prc_import_file_forget (PrcImportFile *file); // its masks: it was written
