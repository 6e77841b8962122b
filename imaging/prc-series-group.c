// SPDX-License-Identifier: Apache-2.0
#include "prc-series-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "prc-geometry.h"

#define COS_SAME_DIRECTION 0.99996 // half a degree: noise between slices, no other plane
#define MAX_ORIENTATIONS   16      // beyond it is a rotating stack, kept together
#define SAME_PLACE_MM      0.01    // at most; less where slices lie closer

static PrcStackItem *
item_at (const PrcStack *stack, uint32_t i) {
  return &g_array_index (stack->items, PrcStackItem, i);
}

static const PrcInstanceInfo *
info_of (const PrcStackItem *item) {
  return prc_instance_info (item->slice.instance);
}

static const PrcPlane *
plane_of (const PrcStackItem *item) {
  return prc_instance_plane (item->slice.instance, item->slice.frame);
}

static PrcStack *
stack_new (char *key) {
  PrcStack *stack = g_new0 (PrcStack, 1);
  stack->items = g_array_new (FALSE, FALSE, sizeof (PrcStackItem));
  stack->key = key;
  stack->suffix = g_string_new (NULL);
  return stack;
}

static void
stack_free (PrcStack *stack) {
  g_array_unref (stack->items);
  g_string_free (stack->suffix, TRUE);
  g_free (stack->key);
  g_free (stack);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcStack, stack_free)

// A part of `stack`. The part that holds the item that arrived first keeps the key, so that a key
// goes on naming what it named before a growing scan gave cause to split.
static PrcStack *
stack_new_part (const PrcStack *stack, const char *name) {
  PrcStack *part = stack_new (g_strdup_printf ("%s/%s", stack->key, name));
  part->has_geometry = stack->has_geometry;
  memcpy (part->normal, stack->normal, sizeof part->normal);
  g_string_append (part->suffix, stack->suffix->str);
  return part;
}

static void
add_suffix (PrcStack *stack, const char *text) {
  if (*text)
    g_string_append_printf (stack->suffix, "%s%s", stack->suffix->len ? ", " : "", text);
}

static uint32_t
first_arrival (const PrcStack *stack) {
  uint32_t first = G_MAXUINT32;
  for (uint32_t i = 0; i < stack->items->len; i++)
    first = MIN (first, item_at (stack, i)->arrival);
  return first;
}

static void
hand_key_down (const PrcStack *stack, GPtrArray *parts) {
  uint32_t first = first_arrival (stack);
  for (uint32_t i = 0; i < parts->len; i++) {
    PrcStack *part = parts->pdata[i];
    if (first_arrival (part) != first)
      continue;
    g_free (part->key);
    part->key = g_strdup (stack->key);
    part->n_copies = stack->n_copies;
  }
}

static int
compare_numbers (double a, double b) {
  return (a > b) - (a < b);
}

// In the order of time and of the numbers the scanner gave: the order where geometry says nothing.
static int
compare_by_number (gconstpointer a, gconstpointer b) {
  const PrcStackItem *x = a, *y = b;
  const PrcInstanceInfo *info_x = info_of (x), *info_y = info_of (y);
  int order = compare_numbers (info_x->temporal_position, info_y->temporal_position);
  if (order == 0)
    order = compare_numbers (info_x->instance_number, info_y->instance_number);
  if (order == 0)
    order = compare_numbers (info_x->acquisition_number, info_y->acquisition_number);
  if (order == 0 && x->slice.instance != y->slice.instance)
    order = strcmp (info_x->path, info_y->path);
  return order ? order : compare_numbers (x->slice.frame, y->slice.frame);
}

static int
compare_by_place (gconstpointer a, gconstpointer b) {
  const PrcStackItem *x = a, *y = b;
  int order = compare_numbers (x->slice.along_mm, y->slice.along_mm);
  return order ? order : compare_by_number (a, b);
}

static int
compare_by_position (gconstpointer a, gconstpointer b) {
  const PrcStackItem *x = a, *y = b;
  int order = compare_numbers (x->position, y->position);
  return order ? order : compare_by_number (a, b);
}

// How slices share places.
typedef struct {
  uint32_t n_positions, most, fewest; // slices in one place
} Sharing;

// Orders the stack by place, and by number where several slices lie in one.
static Sharing
sort_stack (PrcStack *stack) {
  uint32_t n = stack->items->len;
  if (!stack->has_geometry) {
    g_array_sort (stack->items, compare_by_number);
    return (Sharing){n, 1, 1};
  }
  g_array_sort (stack->items, compare_by_place);
  double first = item_at (stack, 0)->slice.along_mm;
  double extent = item_at (stack, n - 1)->slice.along_mm - first;
  double tolerance = CLAMP (0.05 * extent / n, 1e-6, SAME_PLACE_MM);
  Sharing sharing = {1, 0, G_MAXUINT32};
  uint32_t here = 0;
  for (uint32_t i = 0; i < n; i++) {
    PrcStackItem *item = item_at (stack, i);
    if (item->slice.along_mm - first > tolerance) {
      sharing.most = MAX (sharing.most, here);
      sharing.fewest = MIN (sharing.fewest, here);
      sharing.n_positions++;
      first = item->slice.along_mm;
      here = 0;
    }
    here++;
    item->position = sharing.n_positions - 1;
  }
  sharing.most = MAX (sharing.most, here);
  sharing.fewest = MIN (sharing.fewest, here);
  g_array_sort (stack->items, compare_by_position);
  return sharing;
}

// What can make positions repeat, in the order it is tried.
typedef struct {
  int (*compare) (const PrcInstanceInfo *a, const PrcInstanceInfo *b);
  char *(*describe) (const PrcInstanceInfo *info); // for the title; owned
} Attribute;

static int
compare_b_value (const PrcInstanceInfo *a, const PrcInstanceInfo *b) {
  return compare_numbers (a->b_value, b->b_value);
}

static char *
describe_b_value (const PrcInstanceInfo *info) {
  return info->b_value < 0 ? g_strdup ("") : g_strdup_printf (_ ("b %.0f"), info->b_value);
}

static int
compare_echo (const PrcInstanceInfo *a, const PrcInstanceInfo *b) {
  return compare_numbers (a->echo_number, b->echo_number);
}

static char *
describe_echo (const PrcInstanceInfo *info) {
  return g_strdup_printf (_ ("echo %d"), info->echo_number);
}

static int
compare_temporal_position (const PrcInstanceInfo *a, const PrcInstanceInfo *b) {
  return compare_numbers (a->temporal_position, b->temporal_position);
}

static char *
describe_temporal_position (const PrcInstanceInfo *info) {
  return g_strdup_printf (_ ("time %d"), info->temporal_position);
}

static int
compare_image_type (const PrcInstanceInfo *a, const PrcInstanceInfo *b) {
  return strcmp (a->image_type, b->image_type);
}

// The third value on says what is shown: "ORIGINAL\PRIMARY\M\ND".
static char *
describe_image_type (const PrcInstanceInfo *info) {
  g_auto (GStrv) values = g_strsplit (info->image_type, "\\", 3);
  return g_strdelimit (g_strdup (g_strv_length (values) == 3 ? values[2] : ""), "\\", ' ');
}

static int
compare_acquisition (const PrcInstanceInfo *a, const PrcInstanceInfo *b) {
  return compare_numbers (a->acquisition_number, b->acquisition_number);
}

static char *
describe_acquisition (const PrcInstanceInfo *info) {
  return g_strdup_printf (_ ("acquisition %d"), info->acquisition_number);
}

static int
compare_acquisition_time (const PrcInstanceInfo *a, const PrcInstanceInfo *b) {
  return strcmp (a->acquisition_time, b->acquisition_time);
}

static char *
describe_nothing (const PrcInstanceInfo *info) {
  return g_strdup ("");
}

static const Attribute attributes[] = {
    {compare_b_value, describe_b_value},
    {compare_echo, describe_echo},
    {compare_temporal_position, describe_temporal_position},
    {compare_image_type, describe_image_type},
    {compare_acquisition, describe_acquisition},
    {compare_acquisition_time, describe_nothing},
};

static int
compare_by_attribute (gconstpointer a, gconstpointer b, gpointer attribute) {
  int order = ((const Attribute *)attribute)->compare (info_of (a), info_of (b));
  return order ? order
               : compare_numbers (((const PrcStackItem *)a)->arrival,
                                  ((const PrcStackItem *)b)->arrival);
}

// Whether the attribute tells slices in one place apart; `stack` is sorted.
static bool
tells_apart (const PrcStack *stack, const Attribute *attribute) {
  for (uint32_t i = 1; i < stack->items->len; i++) {
    const PrcStackItem *a = item_at (stack, i - 1), *b = item_at (stack, i);
    if (a->position == b->position && attribute->compare (info_of (a), info_of (b)) != 0)
      return true;
  }
  return false;
}

// Parts by the values of an attribute, in ascending order. NULL when there are so many values that
// it numbers the slices rather than volumes.
static GPtrArray *
split_by_attribute (const PrcStack *stack, const Attribute *attribute, uint32_t max_parts) {
  g_autoptr (GArray) items = g_array_copy (stack->items);
  g_array_sort_with_data (items, compare_by_attribute, (gpointer)attribute);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify)stack_free);
  const PrcInstanceInfo *before = NULL;
  PrcStack *part = NULL;
  for (uint32_t i = 0; i < items->len; i++) {
    const PrcStackItem *item = &g_array_index (items, PrcStackItem, i);
    if (!before || attribute->compare (before, info_of (item)) != 0) {
      if (parts->len == max_parts)
        return NULL;
      g_autofree char *name = g_strdup_printf ("%zu.%u", attribute - attributes, item->arrival);
      g_autofree char *words = attribute->describe (info_of (item));
      part = stack_new_part (stack, name);
      add_suffix (part, words);
      g_ptr_array_add (parts, part);
    }
    g_array_append_vals (part->items, item, 1);
    before = info_of (item);
  }
  hand_key_down (stack, parts);
  return g_steal_pointer (&parts);
}

// The first slices of all places, the second ones, ...
static GPtrArray *
split_by_turn (const PrcStack *stack, uint32_t n_turns) {
  GPtrArray *parts = g_ptr_array_new_with_free_func ((GDestroyNotify)stack_free);
  for (uint32_t i = 0; i < n_turns; i++) {
    g_autofree char *name = g_strdup_printf ("t.%u", i);
    // Translators: one of several volumes that the slices of a series make
    g_autofree char *words = g_strdup_printf (_ ("%u of %u"), i + 1, n_turns);
    PrcStack *part = stack_new_part (stack, name);
    add_suffix (part, words);
    for (uint32_t j = i; j < stack->items->len; j += n_turns)
      g_array_append_vals (part->items, item_at (stack, j), 1);
    g_ptr_array_add (parts, part);
  }
  hand_key_down (stack, parts);
  return parts;
}

static void
publish (const PrcStack *stack, GPtrArray *out) {
  PrcSeries *series = prc_series_new (stack);
  prc_series_measure (series, stack);
  g_ptr_array_add (out, series);
}

// Sorts and splits until no place is taken twice, or nothing tells its slices apart. Slices that
// all lie in one place are a film, not volumes.
static void
split_repeats (PrcStack *stack, size_t attribute, GPtrArray *out) {
  Sharing sharing = sort_stack (stack);
  if (sharing.most <= 1 || sharing.n_positions == 1) {
    publish (stack, out);
    return;
  }
  for (; attribute < G_N_ELEMENTS (attributes); attribute++) {
    if (!tells_apart (stack, &attributes[attribute]))
      continue;
    g_autoptr (GPtrArray) parts =
        split_by_attribute (stack, &attributes[attribute], 2 * sharing.most);
    for (uint32_t i = 0; parts && i < parts->len; i++)
      split_repeats (parts->pdata[i], attribute + 1, out);
    if (parts)
      return;
  }
  if (sharing.fewest != sharing.most) {
    publish (stack, out);
    return;
  }
  g_autoptr (GPtrArray) turns = split_by_turn (stack, sharing.most);
  for (uint32_t i = 0; i < turns->len; i++) {
    sort_stack (turns->pdata[i]);
    publish (turns->pdata[i], out);
  }
}

static bool
same_orientation (const PrcPlane *a, const PrcPlane *b) {
  if (!a->has_orientation || !a->has_position || !b->has_orientation || !b->has_position)
    return (a->has_orientation && a->has_position) == (b->has_orientation && b->has_position);
  return prc_geometry_dot (a->row_direction, b->row_direction) >= COS_SAME_DIRECTION &&
         prc_geometry_dot (a->column_direction, b->column_direction) >= COS_SAME_DIRECTION;
}

// Frames that share one plane are a film or a set without geometry: they keep the order of frames.
static bool
is_film (const PrcInstance *instance) {
  return prc_instance_info (instance)->n_frames > 1 &&
         prc_instance_plane (instance, 0) == prc_instance_plane (instance, 1);
}

static const PrcPlane *
plane_for_order (const PrcStackItem *item) {
  static const PrcPlane none;
  return is_film (item->slice.instance) ? &none : plane_of (item);
}

// Whether the scanner counted against the normal. Readers call slices by the scanner's numbers, so
// that a stack runs the way they count; the first frame of an enhanced object is its first slice.
static bool
counts_backwards (const PrcStack *stack) {
  double n = stack->items->len, mean_place = 0, mean_count = 0, together = 0;
  for (uint32_t i = 0; i < stack->items->len; i++) {
    const PrcStackItem *item = item_at (stack, i);
    mean_place += item->slice.along_mm / n;
    mean_count += ((double)info_of (item)->instance_number + item->slice.frame) / n;
  }
  for (uint32_t i = 0; i < stack->items->len; i++) {
    const PrcStackItem *item = item_at (stack, i);
    together += (item->slice.along_mm - mean_place) *
                ((double)info_of (item)->instance_number + item->slice.frame - mean_count);
  }
  return together < 0;
}

static void
turn_round (PrcStack *stack) {
  for (int i = 0; i < 3; i++)
    stack->normal[i] = -stack->normal[i];
  for (uint32_t i = 0; i < stack->items->len; i++)
    item_at (stack, i)->slice.along_mm *= -1;
}

static void
set_geometry (PrcStack *stack) {
  const PrcPlane *plane = plane_for_order (item_at (stack, 0));
  stack->has_geometry = plane->has_position && prc_geometry_normal (plane, stack->normal);
  for (uint32_t i = 0; stack->has_geometry && i < stack->items->len; i++) {
    PrcStackItem *item = item_at (stack, i);
    item->slice.along_mm = prc_geometry_dot (plane_of (item)->position_mm, stack->normal);
  }
  if (stack->has_geometry && counts_backwards (stack))
    turn_round (stack);
}

static const char *
orientation_name (PrcOrientation orientation) {
  switch (orientation) {
  case PRC_ORIENTATION_AXIAL:
    return _ ("axial");
  case PRC_ORIENTATION_SAGITTAL:
    return _ ("sagittal");
  case PRC_ORIENTATION_CORONAL:
    return _ ("coronal");
  case PRC_ORIENTATION_OBLIQUE:
    return _ ("oblique");
  default:
    return "";
  }
}

// Parts by orientation in order of arrival. NULL when there are too many.
static GPtrArray *
split_by_orientation (const PrcStack *stack) {
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify)stack_free);
  for (uint32_t i = 0; i < stack->items->len; i++) {
    const PrcStackItem *item = item_at (stack, i);
    const PrcPlane *plane = plane_for_order (item);
    PrcStack *part = NULL;
    for (uint32_t j = 0; j < parts->len && !part; j++) {
      if (same_orientation (plane, plane_for_order (item_at (parts->pdata[j], 0))))
        part = parts->pdata[j];
    }
    if (!part) {
      if (parts->len == MAX_ORIENTATIONS)
        return NULL;
      g_autofree char *name = g_strdup_printf ("o.%u", item->arrival);
      part = stack_new_part (stack, name);
      g_ptr_array_add (parts, part);
    }
    g_array_append_vals (part->items, item, 1);
  }
  hand_key_down (stack, parts);
  for (uint32_t i = 0; parts->len > 1 && i < parts->len; i++)
    add_suffix (parts->pdata[i], orientation_name (prc_geometry_classify (
                                     plane_for_order (item_at (parts->pdata[i], 0)))));
  return g_steal_pointer (&parts);
}

static void
split_stack (PrcStack *stack, GPtrArray *out) {
  g_autoptr (GPtrArray) parts = split_by_orientation (stack);
  if (!parts) {
    stack->many_orientations = true;
    sort_stack (stack);
    publish (stack, out);
    return;
  }
  for (uint32_t i = 0; i < parts->len; i++) {
    set_geometry (parts->pdata[i]);
    split_repeats (parts->pdata[i], 0, out);
  }
}

// Slices of one key can make a stack. Names no patient.
static char *
make_key (const PrcInstance *instance) {
  const PrcInstanceInfo *info = prc_instance_info (instance);
  return g_strdup_printf ("%08x/%s/%s/%ux%u/%s", g_str_hash (prc_instance_patient_key (instance)),
                          info->study_instance_uid, info->series_instance_uid, info->rows,
                          info->columns, is_film (instance) ? info->sop_instance_uid : "");
}

// The same object in a second file. Equal UIDs alone do not make it so: some writers give all
// slices one.
static bool
is_copy (GHashTable *seen, const PrcStack *stack, const PrcInstance *instance) {
  const PrcInstanceInfo *info = prc_instance_info (instance);
  const double *position = prc_instance_plane (instance, 0)->position_mm;
  char *identity = g_strdup_printf ("%s/%s/%d/%.3f/%.3f/%.3f", stack->key, info->sop_instance_uid,
                                    info->instance_number, position[0], position[1], position[2]);
  return !g_hash_table_add (seen, identity);
}

static void
add_instance (PrcStack *stack, PrcInstance *instance, uint32_t *arrival) {
  PrcStackItem item = {.slice = {.instance = instance}};
  uint32_t n_frames = prc_instance_info (instance)->n_frames;
  for (item.slice.frame = 0; item.slice.frame < n_frames; item.slice.frame++) {
    item.arrival = (*arrival)++;
    g_array_append_val (stack->items, item);
  }
}

static int
compare_series (gconstpointer a, gconstpointer b) {
  const PrcSeries *x = *(PrcSeries *const *)a, *y = *(PrcSeries *const *)b;
  const PrcInstanceInfo *info_x = prc_series_info (x), *info_y = prc_series_info (y);
  int order = strcmp (prc_series_patient_key (x), prc_series_patient_key (y));
  if (order == 0)
    order = strcmp (info_x->study_date, info_y->study_date);
  if (order == 0)
    order = strcmp (info_x->study_time, info_y->study_time);
  if (order == 0)
    order = strcmp (info_x->study_instance_uid, info_y->study_instance_uid);
  if (order == 0)
    order = compare_numbers (info_x->series_number, info_y->series_number);
  return order ? order : strcmp (info_x->series_instance_uid, info_y->series_instance_uid);
}

GPtrArray *
prc_series_group (PrcInstance *const *instances, size_t n) {
  g_autoptr (GHashTable) by_key = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) stacks = g_ptr_array_new_with_free_func ((GDestroyNotify)stack_free);
  uint32_t arrival = 0;
  for (size_t i = 0; i < n; i++) {
    if (!prc_instance_info (instances[i])->is_image)
      continue;
    g_autofree char *key = make_key (instances[i]);
    PrcStack *stack = g_hash_table_lookup (by_key, key);
    if (!stack) {
      stack = stack_new (g_steal_pointer (&key));
      g_hash_table_insert (by_key, stack->key, stack);
      g_ptr_array_add (stacks, stack);
    }
    if (is_copy (seen, stack, instances[i]))
      stack->n_copies++;
    else
      add_instance (stack, instances[i], &arrival);
  }
  GPtrArray *series = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_series_unref);
  for (uint32_t i = 0; i < stacks->len; i++) {
    PrcStack *stack = stacks->pdata[i];
    split_stack (stack, series);
  }
  g_ptr_array_sort (series, compare_series); // stable: parts keep the order of their split
  return series;
}
