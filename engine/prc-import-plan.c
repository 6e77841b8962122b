// SPDX-License-Identifier: Apache-2.0
#include "prc-import-plan.h"

static void
item_free (gpointer data) {
  PrcImportItem *item = data;
  prc_series_unref (item->series);
  g_clear_pointer (&item->frame, prc_frame_unref);
  g_clear_error (&item->error);
  g_free (item);
}

static void
case_free (gpointer data) {
  PrcImportCase *self = data;
  g_free (self->key);
  g_free (self->path);
  g_ptr_array_unref (self->known);
  g_ptr_array_unref (self->fresh);
  g_free (self);
}

PrcImportPlan *
prc_import_plan_new (PrcLibrary *library, const char *model_id) {
  PrcImportPlan *plan = g_new0 (PrcImportPlan, 1);
  plan->library = library;
  plan->model_id = g_strdup (model_id);
  plan->cases = g_ptr_array_new_with_free_func (case_free);
  plan->todo = g_ptr_array_new ();
  plan->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  return plan;
}

void
prc_import_plan_free (PrcImportPlan *plan) {
  if (!plan)
    return;
  g_ptr_array_unref (plan->todo);
  g_hash_table_unref (plan->by_key);
  g_ptr_array_unref (plan->cases);
  g_free (plan->model_id);
  g_free (plan);
}

static PrcImportCase *
find_case (PrcImportPlan *plan, const char *key, const char *path, const PrcCaseText *text) {
  PrcImportCase *found = g_hash_table_lookup (plan->by_key, key);
  if (found)
    return found;
  PrcImportCase *made = g_new0 (PrcImportCase, 1);
  made->key = g_strdup (key);
  made->path = g_strdup (path);
  made->text = text;
  made->known = g_ptr_array_new_with_free_func (item_free);
  made->fresh = g_ptr_array_new_with_free_func (item_free);
  g_ptr_array_add (plan->cases, made);
  g_hash_table_insert (plan->by_key, made->key, made);
  return made;
}

// A study is a case; a picture that belongs to none is one of its own.
static char *
own_key (const PrcInstanceInfo *info) {
  return *info->study_instance_uid ? g_strconcat ("study:", info->study_instance_uid, NULL)
                                   : g_strconcat ("instance:", info->sop_instance_uid, NULL);
}

static void
add_slice (PrcImportPlan *plan, PrcSeries *series, guint index, PrcImportCase *to) {
  const PrcSlice *slice = prc_series_slice (series, index);
  PrcImportItem *item = g_new0 (PrcImportItem, 1);
  item->series = prc_series_ref (series);
  item->index = index;
  item->of_case = to;
  const char *uid = prc_instance_info (slice->instance)->sop_instance_uid;
  const gboolean known = prc_library_has_slice (plan->library, uid, slice->frame, plan->model_id);
  g_ptr_array_add (known ? to->known : to->fresh, item);
  plan->n_slices++;
}

void
prc_import_plan_add (PrcImportPlan *plan, PrcSeries *series, const PrcCasesCsv *csv) {
  for (guint i = 0; i < prc_series_length (series); i++) {
    const PrcInstanceInfo *info = prc_instance_info (prc_series_slice (series, i)->instance);
    const PrcCasesCsvRow *row = csv ? prc_cases_csv_find (csv, info->path) : NULL;
    g_autofree char *key = row ? g_strconcat ("folder:", row->path, NULL) : own_key (info);
    PrcImportCase *to =
        find_case (plan, key, row ? row->path : info->path, row ? &row->text : NULL);
    add_slice (plan, series, i, to);
  }
}

void
prc_import_plan_add_as (PrcImportPlan *plan, PrcSeries *series, PrcSeries *first,
                        const PrcCaseText *text) {
  const PrcInstanceInfo *info = prc_series_info (first);
  g_autofree char *key = own_key (info);
  PrcImportCase *to = find_case (plan, key, info->path, text);
  for (guint i = 0; i < prc_series_length (series); i++)
    add_slice (plan, series, i, to);
}

void
prc_import_plan_finish (PrcImportPlan *plan) {
  for (guint i = 0; i < plan->cases->len; i++) {
    const PrcImportCase *of = plan->cases->pdata[i];
    for (guint j = 0; j < of->fresh->len; j++)
      g_ptr_array_add (plan->todo, of->fresh->pdata[j]);
  }
}

const char *
prc_import_item_path (const PrcImportItem *item) {
  return prc_instance_info (prc_series_slice (item->series, item->index)->instance)->path;
}
