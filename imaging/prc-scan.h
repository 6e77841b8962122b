// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"
#include "prc-series.h"

// Reads the headers of files, of folders (recursively, hidden entries and symbolic links to folders
// left out), of what is in ZIP archives among them, and of the files that a DICOMDIR names, when
// that is asked for, in batches and publishes what is known after each: the first batch is one
// file, so that a picture can be shown before a folder is read.

typedef struct { // immutable, reference-counted
  char *path;
  char *reason; // translated sentence
} PrcScanProblem;

PrcScanProblem *prc_scan_problem_new (const char *path, const char *reason);
void prc_scan_problem_unref (PrcScanProblem *problem);

typedef struct {       // immutable, reference-counted
  GPtrArray *series;   // PrcSeries
  GPtrArray *problems; // PrcScanProblem: files that were refused
  GPtrArray *copies;   // PrcInstance: images with the SOP Instance UID of one before them; some
                       // of them are in `series` all the same
  GPtrArray *others;   // PrcInstance: valid objects that are no images (SEG, SR, ...)
  unsigned n_done, n_found; // files described so far, files found so far
  bool complete;
} PrcScan;

PrcScan *prc_scan_ref (PrcScan *scan);
void prc_scan_unref (PrcScan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcScan, prc_scan_unref)

typedef void (*PrcScanProgress) (PrcScan *scan, gpointer user_data);

// Blocks; any thread. `progress` (may be NULL) is called in this thread after the first batch and
// the first image, then after batches some ten times a second at most. NULL only when cancelled or
// when no codec can be started; refused files are in `problems`.
PrcScan *prc_scan (PrcCodecPool *pool, const char *const *paths, PrcPriority priority,
                   PrcScanProgress progress, gpointer user_data, GCancellable *cancellable,
                   GError **error);
