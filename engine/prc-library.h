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
  const float *vector; // unit, of `dimension` floats; NULL: only path and place are refreshed
} PrcLibrarySlice;

// Writes slices of one case in one transaction. `case_key` is stable for a source: "folder:PATH"
// for a case that a list of cases names, "study:UID" or "instance:UID" for one made by itself. The
// case is found by its key, else by a slice it has already (unless both are named), else made; a
// new case without a title gets one from its descriptions. Words that are given replace those of a
// case that was there. A slice is in the library once (SOP Instance UID and frame): one that is
// there with a vector of this model only has its path and place brought up to date. Returns the
// case id; 0 and an error on failure: then nothing was changed.
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
