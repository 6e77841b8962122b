// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-cases-csv.h"
#include "prc-frame.h"
#include "prc-import-segments.h"
#include "prc-library.h"

// What an import is going to do: which slices and segmentations belong to which case, and which of
// them are in the library already. One thread.

typedef struct {
  char *key, *path;         // of prc_library_add; what a problem of the case is said about
  const PrcCaseText *text;  // borrowed; NULL: from the descriptions
  GPtrArray *known, *fresh; // PrcImportItem, in the order of series and slices
  guint place;              // among the cases of the plan
  GPtrArray *segmentations; // PrcInstance, those that are not known
  // While it is worked on:
  GPtrArray *files; // PrcImportFile; NULL until they were read
  GError *error;
  gboolean laid; // its segments are with their slices
  guint *n_reading;
} PrcImportCase;

typedef struct {
  PrcSeries *series;
  guint index;
  PrcImportCase *of_case;
  gboolean known;
  GPtrArray *segments; // PrcImportSegment, largest on it, borrowed; or NULL
  // While it is worked on:
  PrcFrame *frame;
  GError *error;
  gboolean decoded;
  guint *n_running;
} PrcImportItem;

typedef struct {
  PrcLibrary *library;
  char *model_id, *segment_model_id;
  GPtrArray *cases; // PrcImportCase, in the order of their first slice
  GPtrArray *todo;  // PrcImportItem to be read, case by case; borrowed from the cases
  guint n_slices;   // known and fresh
  gboolean again;   // only vectors of what is there are written, all for one case
  GHashTable *by_key;
  GHashTable *studies; // Study Instance UIDs of all slices
} PrcImportPlan;

// Ids as prc_model_id and prc_model_segment_id.
PrcImportPlan *prc_import_plan_new (PrcLibrary *library, const char *model_id,
                                    const char *segment_model_id);
void prc_import_plan_free (PrcImportPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcImportPlan, prc_import_plan_free)

// Each slice to the case that the list names for its file, else to the case of its study. `csv` may
// be NULL and must outlive the plan.
void prc_import_plan_add (PrcImportPlan *plan, PrcSeries *series, PrcCasesCsv *csv);

// All slices to the case of the study of `first`, with these words (borrowed).
void prc_import_plan_add_as (PrcImportPlan *plan, PrcSeries *series, PrcSeries *first,
                             const PrcCaseText *text);

// Only slices that the library has, for their vectors; all such calls are about one case.
void prc_import_plan_add_again (PrcImportPlan *plan, PrcSeries *series);

void prc_import_plan_finish (PrcImportPlan *plan); // fills todo

bool prc_import_plan_has_study (PrcImportPlan *plan, const char *study_uid); // some slice of it

// To the case that has its images, when there is one: by the list of cases, by study, or for what
// names no study by its folder and the one above, when they hold one case. After all series. False
// and an error when the library cannot be asked.
gboolean prc_import_plan_add_segmentation (PrcImportPlan *plan, PrcInstance *instance,
                                           PrcCasesCsv *csv, GError **error);

// The series of a case, each once; PrcSeries, owned.
GPtrArray *prc_import_case_series (const PrcImportCase *self);
// Every segment to the slice that it is largest on. What the case knows already is put into `todo`
// at `place`, to be read once more.
void prc_import_plan_lay (PrcImportPlan *plan, PrcImportCase *on, guint place);

const char *prc_import_item_path (const PrcImportItem *item); // borrowed
