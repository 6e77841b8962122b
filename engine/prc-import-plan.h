// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-cases-csv.h"
#include "prc-frame.h"
#include "prc-library.h"

// What an import is going to do: which slices belong to which case, and which of them are in the
// library already. One thread.

typedef struct {
  char *key, *path;         // of prc_library_add; what a problem of the case is said about
  const PrcCaseText *text;  // borrowed; NULL: from the descriptions
  GPtrArray *known, *fresh; // PrcImportItem, in the order of series and slices
} PrcImportCase;

typedef struct {
  PrcSeries *series;
  guint index;
  PrcImportCase *of_case;
  // While it is worked on:
  PrcFrame *frame;
  GError *error;
  gboolean decoded;
  guint *n_running;
} PrcImportItem;

typedef struct {
  PrcLibrary *library;
  char *model_id;
  GPtrArray *cases; // PrcImportCase, in the order of their first slice
  GPtrArray *todo;  // PrcImportItem to be read, case by case; borrowed from the cases
  guint n_slices;   // known and fresh
  GHashTable *by_key;
} PrcImportPlan;

PrcImportPlan *prc_import_plan_new (PrcLibrary *library, const char *model_id);
void prc_import_plan_free (PrcImportPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcImportPlan, prc_import_plan_free)

// Each slice to the case that the list names for its file, else to the case of its study. `csv` may
// be NULL and must outlive the plan.
void prc_import_plan_add (PrcImportPlan *plan, PrcSeries *series, const PrcCasesCsv *csv);

// All slices to the case of the study of `first`, with these words (borrowed).
void prc_import_plan_add_as (PrcImportPlan *plan, PrcSeries *series, PrcSeries *first,
                             const PrcCaseText *text);

void prc_import_plan_finish (PrcImportPlan *plan); // fills todo

const char *prc_import_item_path (const PrcImportItem *item); // borrowed
