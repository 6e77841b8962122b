// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"
#include "prc-embedder.h"
#include "prc-library.h"

// Slices the embedder is given at once: its max_batch must be at least this. Four cost 12 % less
// than four times one, more gain nothing, and a query waits for no more than these.
#define PRC_IMPORT_BATCH 4

// Adds folders and files to a library: scan, decode in parallel codecs, embed in batches, write a
// case at a time. Segmentations among them go to the case that has their images, in this import or
// before: each segment by its largest slice, but for tables and the like. Idempotent and resumable:
// what is there is skipped; a kill at any moment loses at most the batch in flight.
typedef struct {
  guint n_added, n_skipped, n_refused; // slices, slices, files
  guint n_unmatched;                   // lines of the list of cases that name no image
  guint n_segments;                    // added
  guint n_gone, n_left; // of an import again: files that are not there, slices without a vector
  double seconds;
  GPtrArray *problems; // PrcScanProblem: what was refused, and what is to be looked at
} PrcImportSummary;

typedef struct {
  guint n_done, n_total;     // slices
  const char *phase;         // translated: "Reading headers", "Adding slices"
  double rate, seconds_left; // of this phase: slices (or files) a second; 0 as long as not known
} PrcImportStatus;
char *prc_import_status_rate (
    const PrcImportStatus *status); // "120/s, 3 min left"; NULL as long as not known. Owned

// Called in the importing thread between two batches, some forty times a second at most while it
// waits: no transaction is open then, so that the library, the embedder and the model may be used.
typedef void (*PrcImportProgress) (const PrcImportStatus *status, gpointer user_data);

// cases_csv: NULL, or a list of cases (prc-cases-csv.h). Without one every study is a case, titled
// by its descriptions. Blocks; any thread. NULL only when nothing could be done (error) or when
// cancelled: then what was written stays.
PrcImportSummary *prc_import (PrcLibrary *library, PrcEmbedder *embedder, PrcModel *model,
                              PrcCodecPool *pool, const char *const *paths, const char *cases_csv,
                              PrcImportProgress progress, gpointer user_data,
                              GCancellable *cancellable, GError **error);

// The series on screen as one case with a person's words; `segmentations` (PrcInstance, may be
// NULL) are files that may lie on them; what is none is passed over. Returns the case id or 0.
gint64 prc_import_series (PrcLibrary *library, PrcEmbedder *embedder, PrcModel *model,
                          PrcCodecPool *pool, GPtrArray *series, GPtrArray *segmentations,
                          const PrcCaseText *text, PrcImportProgress progress, gpointer user_data,
                          GCancellable *cancellable, GError **error);

// Embeds again, from their files, what another encoder has left in the library: slices and segments
// get vectors of this one, and what those replace is removed when all cases were seen to; a vector
// whose slice cannot be read any more stays. Nothing else is changed: no words, no cases. Resumable
// as above. `progress` counts the slices of the library. Returns at once when there is nothing to
// do.
PrcImportSummary *prc_import_again (PrcLibrary *library, PrcEmbedder *embedder, PrcModel *model,
                                    PrcCodecPool *pool, PrcImportProgress progress,
                                    gpointer user_data, GCancellable *cancellable, GError **error);

// All problems as a list: a header line "path,problem", RFC 4180 in UTF-8, mode 0600; whole or not
// at all.
gboolean prc_import_summary_save (const PrcImportSummary *summary, const char *path,
                                  GError **error);

void prc_import_summary_free (PrcImportSummary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcImportSummary, prc_import_summary_free)
