// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-import-plan.h"
#include "prc-import.h"

// Carrying out what an import has planned: decode ahead, embed in batches, write. One thread; the
// maker fills what it works with, then calls init, fills the plan, and runs it once.

#define PRC_IMPORT_WRITE_BATCH                                                                     \
  64 // slices of a transaction: what a kill can cost, some seconds of work

typedef struct { // what a place of a batch is for: a slice, or a segment
  PrcImportItem *item;
  PrcImportSegment *segment;
} PrcImportPlace;

typedef struct {
  PrcLibrary *library;
  PrcEmbedder *embedder;
  PrcModel *model;
  PrcCodecPool *pool;
  GCancellable *cancellable;
  PrcImportProgress progress;
  gpointer user_data;
  GMainContext *context; // the decodes' own: nobody else's callbacks run in between

  PrcImportPlan *plan;
  PrcImportSummary *summary;
  GHashTable *refused; // paths: a file is a problem once, however many frames it has
  gint64 case_id;      // that was written last

  const char *phase; // that was told last, since when, and how much was done then
  gint64 phase_start;
  guint phase_done;

  guint n_done;               // slices: known, added or refused
  guint n_started, n_running; // decodes
  guint n_taken;              // of the decoded
  guint n_reading;            // cases whose segmentations are being read
  float *inputs;              // [PRC_IMPORT_BATCH][height][width][channels]
  PrcImportPlace embedding[PRC_IMPORT_BATCH];
  guint n_embedding;
  PrcLibrarySlice writing[PRC_IMPORT_WRITE_BATCH];
  float *vectors; // [PRC_IMPORT_WRITE_BATCH][dimension]
  PrcImportCase *writing_case;
  guint n_writing;
} PrcImportRun;

void prc_import_run_init (PrcImportRun *self);
void prc_import_run_clear (PrcImportRun *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PrcImportRun, prc_import_run_clear)

// A file that was refused, once however much is wrong with it; and something to be looked at, which
// was taken all the same.
void prc_import_run_add_problem (PrcImportRun *self, const char *path, const char *reason);
void prc_import_run_add_note (PrcImportRun *self, const char *path, const char *reason);
void prc_import_run_tell (PrcImportRun *self, guint n_done, guint n_total, const char *phase);
gboolean prc_import_run (PrcImportRun *self, GError **error);
