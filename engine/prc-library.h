// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include "prc-case.h"
#include "prc-filter.h"
#include "prc-index.h"
#include "prc-answer.h"
#include "prc-series.h"
#include "prc-series-set.h"

// The library: one SQLite file, the only truth. Mode 0600 in a folder of mode 0700, WAL. Confined
// to one thread at a time.
typedef struct _PrcLibrary PrcLibrary;

char *prc_library_default_path (
    void); // $PRECEDENT_LIBRARY, else XDG data directory / precedent / library.sqlite; owned

// Opens, makes or migrates. Where the file or its folder may not be written, it is read and searched,
// and every change fails (PRC_ENGINE_ERROR_LIBRARY). A newer file is refused with PRC_ENGINE_ERROR_NEWER and left untouched.
PrcLibrary *prc_library_open (const char *path, GError **error);
void prc_library_close (PrcLibrary *library);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcLibrary, prc_library_close)

gboolean prc_library_may_write (PrcLibrary *library);

guint64 prc_library_version (
    PrcLibrary *library); // grows with every committed change, also another program's

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

// What is added from now on is another import in the books (prc_library_audits).
void prc_library_begin_import (PrcLibrary *library);

// A file with segments and one of its segments, ready to be written.
typedef struct {
  const PrcInstance *instance; // of the file
  const char *title;
  const PrcSeries *series; // that it lies on, of the library
  guint n_segments;        // that are worth remembering; it is whole when all of them are there
} PrcLibrarySegmentation;

typedef struct {
  const PrcSegment *segment;
  guint index; // slice of the series that it is largest on
  guint64 voxels;
  double volume_ml;    // not a number or negative: unknown
  const float *vector; // unit, of `dimension` floats
} PrcLibrarySegment;

// Writes a file and its segments in one transaction; segments that are there with a vector of this
// model stay as they are. Those on a slice that the library does not have are left out, and all when
// it has none of the series. Returns how many are new; -1 and an error on failure: then nothing was
// changed. `model_id` as prc_model_segment_id.
int prc_library_add_segments (PrcLibrary *library, const PrcLibrarySegmentation *segmentation,
                              const PrcLibrarySegment *segments, guint n, const char *model_id,
                              guint dimension, GError **error);

// Whether all segments of this file are there with a vector of this model; then its path is brought
// up to date.
gboolean prc_library_know_segmentation (PrcLibrary *library, const PrcInstance *instance,
                                        const char *model_id, gboolean *known, GError **error);

// NULL model id: whether the slice is there at all.
gboolean prc_library_has_slice (PrcLibrary *library, const char *sop_instance_uid, guint frame,
                                const char *model_id);

// The path of the first frame of an instance; NULL when the library does not have it. Owned.
gboolean prc_library_slice_path (PrcLibrary *library, const char *sop_instance_uid, char **path,
                                 GError **error);

// What is there without a vector of these models, left by another encoder; ids as prc_model_id and
// prc_model_segment_id. All zero, at no cost, where no other encoder has been.
typedef struct {
  guint n_all_slices, n_slices, n_segments; // of the library; without a vector
  gboolean has_others;                      // other encoders are known
} PrcLibraryStale;
gboolean prc_library_stale (PrcLibrary *library, const char *model_id, const char *segment_model_id,
                            PrcLibraryStale *stale, GError **error);
GArray *prc_library_stale_cases (PrcLibrary *library, const char *model_id,
                                 const char *segment_model_id, GError **error); // gint64
// Files of a case with such slices or segments, each once; of no such case: none.
GStrv prc_library_stale_paths (PrcLibrary *library, gint64 case_id, const char *model_id,
                               const char *segment_model_id, GError **error);

// Adds vectors in one transaction to slices that are there and lack one; others are passed over.
gboolean prc_library_add_vectors (PrcLibrary *library, const PrcLibrarySlice *slices, guint n,
                                  const char *model_id, guint dimension, GError **error);

// Removes vectors of other models, of what has one of these, a step at a time: starts with *from 0,
// ends when it is -1. A vector that nothing replaces stays, and so do those of the `n_kept` other
// encoders that came to this library last: who goes back to one of them finds it indexed. With
// PRC_LIBRARY_KEPT a library that sees many encoders grows to three vectors a slice, a few thousandths
// of the slice itself.
#define PRC_LIBRARY_KEPT 2
gboolean prc_library_drop_others (PrcLibrary *library, const char *model_id,
                                  const char *segment_model_id, guint n_kept, gint64 *from,
                                  GError **error);

GPtrArray *prc_library_cases (PrcLibrary *library, GError **error); // PrcCase, newest last
PrcCase *prc_library_case (PrcLibrary *library, gint64 id, GError **error);
// Its files: images in their order, then segmentations.
GStrv prc_library_case_paths (PrcLibrary *library, gint64 id, GError **error);
// Of the slices of a study, of whatever case; "" is none.
GStrv prc_library_study_paths (PrcLibrary *library, const char *study_uid, GError **error);
GPtrArray *prc_library_case_segments (PrcLibrary *library, gint64 id,
                                      GError **error); // PrcCaseSegment; of no such case: none
gboolean prc_library_remove (PrcLibrary *library, gint64 id, GError **error);

// The series that pass. Answers are kept until the library changes.
PrcSeriesSet *prc_library_select (PrcLibrary *library, const PrcFilter *filter, GError **error);

PrcIndex *prc_library_index (PrcLibrary *library, const char *model_id,
                             GError **error); // a snapshot of now
// The same of segments; `model_id` as prc_model_segment_id.
PrcIndex *prc_library_segment_index (PrcLibrary *library, const char *model_id, GError **error);
// Fills a hit's case and slice fields from its slice_id; cosine and percentile are the caller's.
gboolean prc_library_fill_hit (PrcLibrary *library, gint64 slice_id, PrcHit *hit, GError **error);
// The same of the slice that a segment is largest on, and the segment.
gboolean prc_library_fill_segment_hit (PrcLibrary *library, gint64 segment_id, PrcHit *hit,
                                       GError **error);

// Cases in whose words all words of the text stand, or such that begin with them; best first, at
// most `limit`. Case, accents and width of letters are one; Chinese and Japanese need no blanks.
// PrcCase; none for a text without a word.
GPtrArray *prc_library_find_cases (PrcLibrary *library, const char *text, guint limit,
                                   GError **error);

// The books: what was done to the library, oldest first. Numbers of cases, never names.
typedef enum {
  PRC_AUDIT_IMPORT,
  PRC_AUDIT_EXPORT,
  PRC_AUDIT_REMOVAL,
  PRC_AUDIT_EDIT,
  PRC_AUDIT_REPAIR
} PrcAuditKind;

typedef struct {
  gint64 id;
  char *at;       // ISO 8601, UTC, by the clock of that moment
  char *what;     // "import", "export", "removal", "edit", "repair"
  guint n_slices; // added, taken out, or removed
  GArray *cases;  // gint64, ascending; they may be gone
} PrcAudit;
GPtrArray *prc_library_audits (PrcLibrary *library, GError **error); // PrcAudit

// Problems found, one translated sentence each; empty when sound. With `repair`, what can be mended
// is mended.
GPtrArray *prc_library_verify (PrcLibrary *library, gboolean repair, GError **error);
