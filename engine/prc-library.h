// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include "prc-case.h"
#include "prc-index.h"
#include "prc-answer.h"
#include "prc-series.h"

// The library: one SQLite file, the only truth. Mode 0600 in a folder of mode 0700, WAL. Confined
// to one thread at a time.
typedef struct _PrcLibrary PrcLibrary;

char *prc_library_default_path (
    void); // $PRECEDENT_LIBRARY, else XDG data directory / precedent / library.sqlite; owned

// Opens, makes or migrates. A newer file is refused with PRC_ENGINE_ERROR_NEWER and left untouched.
PrcLibrary *prc_library_open (const char *path, GError **error);
void prc_library_close (PrcLibrary *library);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcLibrary, prc_library_close)

guint64 prc_library_version (
    PrcLibrary *library); // grows with every committed change, also another program's

typedef struct {
  const char *title, *diagnosis, *findings, *note, *outcome; // NULL counts as ""
} PrcCaseText;

// One slice with its vector, ready to be written.
typedef struct {
  const PrcSeries *series;
  guint index;
  const float *vector; // unit, of `dimension` floats
} PrcLibrarySlice;

// Writes slices of one case in one transaction. The case is found by `case_key` (stable for a
// source: its folder or study UID) or made. Slices that are there already (SOP Instance UID and
// frame, with a vector of this model) are left alone. Returns the case id, 0 and an error on
// failure.
gint64 prc_library_add (PrcLibrary *library, const char *case_key, const PrcCaseText *text,
                        const PrcLibrarySlice *slices, guint n, const char *model_id,
                        guint dimension, GError **error);

gboolean prc_library_has_slice (PrcLibrary *library, const char *sop_instance_uid, guint frame,
                                const char *model_id);

GPtrArray *prc_library_cases (PrcLibrary *library, GError **error); // PrcCase, newest last
PrcCase *prc_library_case (PrcLibrary *library, gint64 id, GError **error);
GStrv prc_library_case_paths (PrcLibrary *library, gint64 id, GError **error); // its files
gboolean prc_library_remove (PrcLibrary *library, gint64 id, GError **error);

PrcIndex *prc_library_index (PrcLibrary *library, const char *model_id,
                             GError **error); // a snapshot of now
// Fills a hit's case and slice fields from its slice_id; cosine and percentile are the caller's.
gboolean prc_library_fill_hit (PrcLibrary *library, gint64 slice_id, PrcHit *hit, GError **error);

// Problems found, one translated sentence each; empty when sound. With `repair`, what can be mended
// is mended.
GPtrArray *prc_library_verify (PrcLibrary *library, gboolean repair, GError **error);
