// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"

// A seeded, procedural generator of patients that look the part, for the demo library, tests and
// training. Nothing in it comes from a patient; every file says so (Image Comments, Series
// Description and Patient Name carry "SYNTHETIC").

typedef struct {
  uint64_t seed;
  unsigned n_cases; // spread over CT chest, CT head, CT abdomen, MR brain, chest radiograph, and
                    // over the findings
  unsigned first;   // number of the first case: the same seed and number give the same patient,
                    // whatever n_cases
} PrcPhantomOptions;

typedef void (*PrcPhantomProgress) (unsigned done, unsigned total, gpointer user_data);

// Writes one folder per case under `folder` (DICOM series, SEG of the finding) and
// `folder`/cases.csv (path, title, diagnosis, findings, note, outcome as `precedentctl import
// --cases` reads it). Blocks; any thread. Existing whole cases are kept, so it resumes.
gboolean prc_phantom_write (PrcCodecPool *pool, const char *folder,
                            const PrcPhantomOptions *options, PrcPhantomProgress progress,
                            gpointer user_data, GCancellable *cancellable, GError **error);

// Slice `index` of a small CT-like series made in memory, for tests and benchmarks that need pixels
// but no file: rows x columns signed 16-bit, rescale 1/-1024.
PrcFrame *prc_phantom_frame (uint64_t seed, unsigned index, uint32_t rows, uint32_t columns);
