// SPDX-License-Identifier: Apache-2.0
#include "prc-import-copies.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "prc-path.h"

#define MAX_COMPARED ((gsize)64 << 20) // bytes of a file that is compared as a whole

// --- the same UID

// Most copies are: then no pixel need be decoded.
static gboolean
are_same_bytes (const char *a, const char *b) {
  g_autofree char *x = NULL, *y = NULL;
  gsize n, m;
  GStatBuf s, t;
  return g_stat (a, &s) == 0 && g_stat (b, &t) == 0 && s.st_size == t.st_size &&
         (gsize)s.st_size <= MAX_COMPARED && g_file_get_contents (a, &x, &n, NULL) &&
         g_file_get_contents (b, &y, &m, NULL) && n == m && memcmp (x, y, n) == 0;
}

static gboolean
are_same_frames (PrcImportRun *run, PrcInstance *a, PrcInstance *b, guint frame) {
  g_autoptr (PrcFrame) x =
      prc_codec_pool_decode (run->pool, a, frame, PRC_PRIORITY_BACKGROUND, run->cancellable, NULL);
  g_autoptr (PrcFrame) y =
      prc_codec_pool_decode (run->pool, b, frame, PRC_PRIORITY_BACKGROUND, run->cancellable, NULL);
  if (!x || !y) // what cannot be read is said elsewhere
    return TRUE;
  return prc_frame_size (x) == prc_frame_size (y) &&
         memcmp (prc_frame_samples (x), prc_frame_samples (y), prc_frame_size (x)) == 0;
}

static gboolean
are_same_pixels (PrcImportRun *run, PrcInstance *a, PrcInstance *b) {
  const PrcInstanceInfo *x = prc_instance_info (a), *y = prc_instance_info (b);
  if (are_same_bytes (x->path, y->path))
    return TRUE;
  return x->n_frames == y->n_frames && are_same_frames (run, a, b, 0) &&
         (x->n_frames == 1 || are_same_frames (run, a, b, x->n_frames - 1));
}

static PrcInstance *
instance_of (const PrcImportItem *item) {
  return prc_series_slice (item->series, item->index)->instance;
}

static GHashTable *
first_by_uid (const PrcScan *scan, GHashTable *copies) {
  GHashTable *first = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < scan->series->len; i++)
    for (guint j = 0; j < prc_series_length (scan->series->pdata[i]); j++) {
      PrcInstance *instance = prc_series_slice (scan->series->pdata[i], j)->instance;
      if (!g_hash_table_contains (copies, instance))
        g_hash_table_insert (first, (gpointer)prc_instance_info (instance)->sop_instance_uid,
                             instance);
    }
  return first;
}

static void
take_out (PrcImportPlan *plan, GPtrArray *items, GHashTable *instances) {
  for (guint i = items->len; i > 0; i--)
    if (g_hash_table_contains (instances, instance_of (items->pdata[i - 1]))) {
      g_ptr_array_remove_index (items, i - 1);
      plan->n_slices--;
    }
}

static void
take_out_of_all (PrcImportPlan *plan, GHashTable *instances) {
  for (guint i = 0; i < plan->cases->len && g_hash_table_size (instances) > 0; i++) {
    PrcImportCase *each = plan->cases->pdata[i];
    take_out (plan, each->fresh, instances);
    take_out (plan, each->known, instances);
  }
}

static void
check_in_import (PrcImportRun *run, const PrcScan *scan) {
  g_autoptr (GHashTable) copies = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < scan->copies->len; i++)
    g_hash_table_add (copies, scan->copies->pdata[i]);
  g_autoptr (GHashTable) first = first_by_uid (scan, copies);
  for (guint i = 0; i < scan->copies->len; i++) {
    PrcInstance *copy = scan->copies->pdata[i];
    const PrcInstanceInfo *info = prc_instance_info (copy);
    PrcInstance *other = g_hash_table_lookup (first, info->sop_instance_uid);
    if (other && !g_cancellable_is_cancelled (run->cancellable) &&
        !are_same_pixels (run, other, copy))
      prc_import_run_add_problem (
          run, info->path,
          _ ("Another file of this import has its SOP Instance UID and other "
             "pixels; the first one counts"));
  }
  take_out_of_all (run->plan, copies);
}

// Whether the library knows this slice by another file that is still there and shows something
// else.
static gboolean
check_known (PrcImportRun *run, const PrcImportItem *item, gboolean *differs, GError **error) {
  const PrcInstanceInfo *info = prc_instance_info (instance_of (item));
  g_autofree char *path = NULL;
  *differs = FALSE;
  if (prc_series_slice (item->series, item->index)->frame > 0) // with its first frame
    return TRUE;
  if (!prc_library_slice_path (run->library, info->sop_instance_uid, &path, error))
    return FALSE;
  if (!path || g_str_equal (path, info->path) || !prc_path_is_there (path))
    return TRUE;
  g_autoptr (PrcInstance) other = prc_codec_pool_describe_one (
      run->pool, path, PRC_PRIORITY_BACKGROUND, run->cancellable, NULL);
  *differs = other &&
             g_str_equal (prc_instance_info (other)->sop_instance_uid, info->sop_instance_uid) &&
             !are_same_pixels (run, other, instance_of (item));
  return TRUE;
}

static gboolean
check_in_library (PrcImportRun *run, GError **error) {
  g_autoptr (GHashTable) others = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < run->plan->cases->len; i++) {
    const PrcImportCase *each = run->plan->cases->pdata[i];
    for (guint j = 0; j < each->known->len; j++) {
      const PrcImportItem *item = each->known->pdata[j];
      gboolean differs;
      if (g_cancellable_set_error_if_cancelled (run->cancellable, error) ||
          !check_known (run, item, &differs, error))
        return FALSE;
      if (!differs)
        continue;
      g_hash_table_add (others, instance_of (item));
      prc_import_run_add_problem (
          run, prc_import_item_path (item),
          _ ("The library has another file of its SOP Instance UID with other "
             "pixels; that one is kept"));
    }
  }
  take_out_of_all (run->plan, others);
  return TRUE;
}

gboolean
prc_import_check_copies (PrcImportRun *run, const PrcScan *scan, GError **error) {
  if (scan->copies->len > 0)
    check_in_import (run, scan);
  return check_in_library (run, error);
}

// --- the same patient

// Without regard to case, to blanks and to how components are parted.
static char *
plain_name (const char *name) {
  g_autofree char *folded = g_utf8_casefold (name, -1);
  GString *plain = g_string_new (NULL);
  for (const char *at = folded; *at; at++)
    if (!strchr ("^ =,.", *at))
      g_string_append_c (plain, *at);
  return g_string_free (plain, FALSE);
}

void
prc_import_check_patients (PrcImportRun *run, const PrcScan *scan) {
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr (GHashTable) told = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < scan->series->len; i++) {
    const PrcInstanceInfo *info = prc_series_info (scan->series->pdata[i]);
    g_autofree char *name = plain_name (info->patient_name);
    if (!*info->patient_id || !*name)
      continue;
    const char *other = g_hash_table_lookup (names, info->patient_id);
    if (!other)
      g_hash_table_insert (names, (gpointer)info->patient_id, g_steal_pointer (&name));
    else if (!g_str_equal (other, name) && g_hash_table_add (told, (gpointer)info->patient_id))
      prc_import_run_add_note (run, info->path,
                               _ ("Its patient has another name in other files of the same Patient "
                                  "ID; check that it is one patient"));
  }
}
