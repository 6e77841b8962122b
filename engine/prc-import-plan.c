// SPDX-License-Identifier: Apache-2.0
#include "prc-import-plan.h"

static void
item_free (gpointer data) {
  PrcImportItem *item = data;
  prc_series_unref (item->series);
  g_clear_pointer (&item->frame, prc_frame_unref);
  g_clear_error (&item->error);
  g_clear_pointer (&item->segments, g_ptr_array_unref);
  g_free (item);
}

static void
case_free (gpointer data) {
  PrcImportCase *self = data;
  g_free (self->key);
  g_free (self->path);
  g_ptr_array_unref (self->known);
  g_ptr_array_unref (self->fresh);
  g_ptr_array_unref (self->segmentations);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self);
}

PrcImportPlan *
prc_import_plan_new (PrcLibrary *library, const char *model_id, const char *segment_model_id) {
  PrcImportPlan *plan = g_new0 (PrcImportPlan, 1);
  plan->library = library;
  plan->model_id = g_strdup (model_id);
  plan->segment_model_id = g_strdup (segment_model_id);
  plan->cases = g_ptr_array_new_with_free_func (case_free);
  plan->todo = g_ptr_array_new ();
  plan->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  plan->studies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return plan;
}

void
prc_import_plan_free (PrcImportPlan *plan) {
  if (!plan)
    return;
  g_ptr_array_unref (plan->todo);
  g_hash_table_unref (plan->by_key);
  g_hash_table_unref (plan->studies);
  g_ptr_array_unref (plan->cases);
  g_free (plan->model_id);
  g_free (plan->segment_model_id);
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
  made->segmentations = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);
  made->place = plan->cases->len;
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
  const PrcInstanceInfo *info = prc_instance_info (slice->instance);
  if (!g_hash_table_contains (plan->studies, info->study_instance_uid))
    g_hash_table_add (plan->studies, g_strdup (info->study_instance_uid));
  item->known =
      prc_library_has_slice (plan->library, info->sop_instance_uid, slice->frame, plan->model_id);
  g_ptr_array_add (item->known ? to->known : to->fresh, item);
  plan->n_slices++;
}

void
prc_import_plan_add (PrcImportPlan *plan, PrcSeries *series, PrcCasesCsv *csv) {
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
prc_import_plan_add_again (PrcImportPlan *plan, PrcSeries *series) {
  plan->again = TRUE;
  PrcImportCase *to = find_case (plan, "", prc_series_info (series)->path, NULL);
  for (guint i = 0; i < prc_series_length (series); i++) {
    const PrcSlice *slice = prc_series_slice (series, i);
    const char *uid = prc_instance_info (slice->instance)->sop_instance_uid;
    if (prc_library_has_slice (plan->library, uid, slice->frame, NULL))
      add_slice (plan, series, i, to);
  }
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

// --- segmentations

static const PrcInstanceInfo *
info_of (const PrcImportItem *item) {
  return prc_instance_info (prc_series_slice (item->series, item->index)->instance);
}

typedef gboolean (*Likes) (const PrcImportItem *item, const char *what);

static gboolean
is_of_study (const PrcImportItem *item, const char *uid) {
  return g_str_equal (info_of (item)->study_instance_uid, uid);
}

static gboolean
is_below (const PrcImportItem *item, const char *folder) {
  const char *path = info_of (item)->path;
  const gsize length = strlen (folder);
  return strncmp (path, folder, length) == 0 && path[length] == G_DIR_SEPARATOR;
}

static gboolean
any_item (const GPtrArray *items, Likes likes, const char *what) {
  for (guint i = 0; i < items->len; i++)
    if (likes (items->pdata[i], what))
      return TRUE;
  return FALSE;
}

bool
prc_import_plan_has_study (PrcImportPlan *plan, const char *study_uid) {
  return g_hash_table_contains (plan->studies, study_uid);
}

// The one case with such a slice; none when there are several.
static PrcImportCase *
only_case (PrcImportPlan *plan, Likes likes, const char *what) {
  PrcImportCase *found = NULL;
  for (guint i = 0; i < plan->cases->len; i++) {
    PrcImportCase *each = plan->cases->pdata[i];
    if (!any_item (each->fresh, likes, what) && !any_item (each->known, likes, what))
      continue;
    if (found)
      return NULL;
    found = each;
  }
  return found;
}

static PrcImportCase *
case_of_segmentation (PrcImportPlan *plan, const PrcInstanceInfo *info, PrcCasesCsv *csv) {
  if (plan->again)
    return plan->cases->pdata[0];
  const PrcCasesCsvRow *row = csv ? prc_cases_csv_find (csv, info->path) : NULL;
  g_autofree char *key = row ? g_strconcat ("folder:", row->path, NULL) : own_key (info);
  PrcImportCase *found = g_hash_table_lookup (plan->by_key, key);
  if (!found)
    found = only_case (plan, is_of_study, info->study_instance_uid);
  if (found || *info->sop_class_uid) // NIfTI has none, and a study of its own
    return found;
  g_autofree char *folder = g_path_get_dirname (info->path);
  g_autofree char *parent = g_path_get_dirname (folder); // images and labels side by side
  found = only_case (plan, is_below, folder);
  return found ? found : only_case (plan, is_below, parent);
}

gboolean
prc_import_plan_add_segmentation (PrcImportPlan *plan, PrcInstance *instance, PrcCasesCsv *csv,
                                  GError **error) {
  gboolean known = FALSE;
  PrcImportCase *to = case_of_segmentation (plan, prc_instance_info (instance), csv);
  if (!to)
    return TRUE;
  if (!prc_library_know_segmentation (plan->library, instance, plan->segment_model_id, &known,
                                      error))
    return FALSE;
  if (!known)
    g_ptr_array_add (to->segmentations, prc_instance_ref (instance));
  return TRUE;
}

static void
add_series_of (const GPtrArray *items, GHashTable *seen, GPtrArray *series) {
  for (guint i = 0; i < items->len; i++) {
    const PrcImportItem *item = items->pdata[i];
    if (g_hash_table_add (seen, item->series))
      g_ptr_array_add (series, prc_series_ref (item->series));
  }
}

GPtrArray *
prc_import_case_series (const PrcImportCase *self) {
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  GPtrArray *series = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_series_unref);
  add_series_of (self->fresh, seen, series);
  add_series_of (self->known, seen, series);
  return series;
}

static PrcImportItem *
find_item (const GPtrArray *items, const PrcSeries *series, guint index) {
  for (guint i = 0; i < items->len; i++) {
    PrcImportItem *item = items->pdata[i];
    if (item->series == series && item->index == index)
      return item;
  }
  return NULL;
}

// A slice that a list of cases gives to another case has no segments here.
static void
lay_segment (PrcImportPlan *plan, PrcImportCase *on, PrcImportSegment *segment, guint place) {
  PrcImportItem *item = find_item (on->fresh, segment->file->series, segment->index);
  if (!item)
    item = find_item (on->known, segment->file->series, segment->index);
  if (!item) {
    segment->file->n_pending--;
    segment->file->n_segments--;
    return;
  }
  if (item->known && !item->segments)
    g_ptr_array_insert (plan->todo, (int)place, item);
  if (!item->segments)
    item->segments = g_ptr_array_new ();
  g_ptr_array_add (item->segments, segment);
}

void
prc_import_plan_lay (PrcImportPlan *plan, PrcImportCase *on, guint place) {
  for (guint i = 0; i < on->files->len; i++) {
    const PrcImportFile *file = on->files->pdata[i];
    for (guint j = 0; j < file->segments->len; j++)
      lay_segment (plan, on, file->segments->pdata[j], place);
  }
}
