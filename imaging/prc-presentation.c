// SPDX-License-Identifier: Apache-2.0
#include "prc-presentation-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "prc-imaging-error.h"
#include "prc-text.h"

#define MAX_TEXT 1024 // bytes

static void
part_free (PrcPresentationPart *part) {
  g_clear_pointer (&part->images, g_hash_table_unref);
  g_clear_pointer (&part->layer, g_variant_unref);
  g_variant_unref (part->dict);
  g_free (part);
}

static PrcPresentationPart *
part_new (GVariant *dict) {
  PrcPresentationPart *part = g_new0 (PrcPresentationPart, 1);
  GVariantIter iter;
  const char *uid;
  GVariant *frames;
  g_autoptr (GVariant) references = NULL;

  part->dict = g_variant_ref (dict);
  references = g_variant_lookup_value (dict, "References", G_VARIANT_TYPE ("a(sau)"));
  if (references == NULL || g_variant_n_children (references) == 0)
    return part;
  part->images =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref);
  g_variant_iter_init (&iter, references);
  while (g_variant_iter_next (&iter, "(&s@au)", &uid, &frames)) {
    GArray *all = g_hash_table_lookup (part->images, uid);
    gsize n;
    const uint32_t *numbers = g_variant_get_fixed_array (frames, &n, sizeof *numbers);

    if (all == NULL) {
      all = g_array_new (FALSE, FALSE, sizeof *numbers);
      g_hash_table_insert (part->images, (gpointer)uid, all);
      g_array_append_vals (all, numbers, (guint)n);
    } else if (n == 0 || all->len == 0) { // once for all frames is for all
      g_array_set_size (all, 0);
    } else {
      g_array_append_vals (all, numbers, (guint)n);
    }
    g_variant_unref (frames);
  }
  return part;
}

bool
prc_presentation_part_names (const PrcPresentationPart *part, const PrcSlice *slice) {
  const GArray *frames;

  if (part->images == NULL)
    return true;
  frames =
      g_hash_table_lookup (part->images, prc_instance_info (slice->instance)->sop_instance_uid);
  if (frames == NULL || frames->len == 0)
    return frames != NULL;
  for (guint i = 0; i < frames->len; i++)
    if (g_array_index (frames, uint32_t, i) == slice->frame)
      return true;
  return false;
}

const PrcPresentationPart *
prc_presentation_find (const GPtrArray *parts, const PrcSlice *slice) {
  const PrcPresentationPart *found = NULL;

  for (guint i = 0; i < parts->len; i++) {
    const PrcPresentationPart *part = parts->pdata[i];

    if (part->images != NULL && prc_presentation_part_names (part, slice))
      return part;
    if (part->images == NULL && found == NULL)
      found = part;
  }
  return found;
}

static GPtrArray *
parts_of (GVariant *record, const char *key) {
  GPtrArray *parts = g_ptr_array_new_with_free_func ((GDestroyNotify)part_free);
  g_autoptr (GVariant) all = g_variant_lookup_value (record, key, G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; all != NULL && i < g_variant_n_children (all); i++) {
    g_autoptr (GVariant) dict = g_variant_get_child_value (all, i);

    g_ptr_array_add (parts, part_new (dict));
  }
  return parts;
}

static int
compare_order (gconstpointer a, gconstpointer b) {
  const PrcPresentationPart *x = *(PrcPresentationPart *const *)a,
                            *y = *(PrcPresentationPart *const *)b;

  return (x->order > y->order) - (x->order < y->order);
}

// Gives each annotation its layer and sorts them so that the layer of the highest order comes last
// (PS3.3 C.10.7); within a layer they stay as they are.
static void
order_annotations (PrcPresentation *self) {
  g_autoptr (GVariant) layers =
      g_variant_lookup_value (self->record, "Layers", G_VARIANT_TYPE ("a(sddaqs)"));
  g_autoptr (GHashTable) by_name =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);

  for (gsize i = 0; layers != NULL && i < g_variant_n_children (layers); i++) {
    GVariant *layer = g_variant_get_child_value (layers, i);
    char *name;

    g_variant_get_child (layer, 0, "s", &name);
    g_hash_table_insert (by_name, name, layer);
  }
  for (guint i = 0; i < self->annotations->len; i++) {
    PrcPresentationPart *part = self->annotations->pdata[i];
    const char *name = "";
    GVariant *layer;

    g_variant_lookup (part->dict, "Layer", "&s", &name);
    layer = g_hash_table_lookup (by_name, name);
    if (layer == NULL)
      continue;
    part->layer = g_variant_ref (layer);
    g_variant_get_child (layer, 1, "d", &part->order);
  }
  // Merge sort, as GLib promises for arrays of pointers: equals keep their order.
  g_ptr_array_sort (self->annotations, compare_order);
}

static const char *
keep_safe (PrcPresentation *self, const char *text) {
  g_autofree char *safe = prc_text_safe (text, -1, MAX_TEXT, false);

  return g_string_chunk_insert (self->texts, safe);
}

static const char *
text_of (PrcPresentation *self, const char *key) {
  const char *text = "";

  g_variant_lookup (self->record, key, "&s", &text);
  return keep_safe (self, text);
}

static void
read_info (PrcPresentation *self) {
  PrcPresentationInfo *info = &self->info;
  const char *label = text_of (self, "ContentLabel");

  info->sop_instance_uid = text_of (self, "SOPInstanceUID");
  info->study_instance_uid = text_of (self, "StudyInstanceUID");
  info->creation_date = text_of (self, "PresentationCreationDate");
  info->creation_time = text_of (self, "PresentationCreationTime");
  info->description = text_of (self, "ContentDescription");
  info->title = label;
  if (*label == '\0') {
    info->title = info->description;
    info->description = "";
  }
  if (*info->title == '\0')
    info->title = info->creation_date;
  if (*info->title == '\0')
    info->title = _ ("Presentation state");
  if (!g_variant_lookup (self->record, "Notes", "^a&s", &info->notes))
    info->notes = g_new0 (const char *, 1);
  for (const char **note = (const char **)info->notes; *note != NULL; note++)
    *note = keep_safe (self, *note);
}

PrcPresentation *
prc_presentation_new_from_record (GVariant *record, GError **error) {
  PrcPresentation *self;
  gboolean grey = TRUE, flip = FALSE;
  guint32 turns = 0;

  self = g_atomic_rc_box_new0 (PrcPresentation);
  self->record = g_variant_ref_sink (record);
  self->texts = g_string_chunk_new (256);
  g_variant_lookup (record, "Grey", "b", &grey);
  g_variant_lookup (record, "QuarterTurns", "u", &turns);
  g_variant_lookup (record, "Flip", "b", &flip);
  self->grey = grey;
  self->turn = (PrcTurn){(uint8_t)(turns % 4), flip};
  self->whole = part_new (record);
  self->rescales = parts_of (record, "Rescales");
  self->vois = parts_of (record, "VOIs");
  self->areas = parts_of (record, "Areas");
  self->annotations = parts_of (record, "Annotations");
  order_annotations (self);
  self->layout = g_variant_lookup_value (record, "Layout", G_VARIANT_TYPE_VARDICT);
  if (self->layout == NULL)
    self->layout = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  self->active = g_variant_lookup_value (record, "ActiveOverlays", G_VARIANT_TYPE ("aq"));
  if (self->active == NULL)
    self->active = g_variant_ref_sink (g_variant_new ("aq", NULL));
  read_info (self);
  if (self->whole->images != NULL)
    return self;
  prc_presentation_unref (self);
  g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED,
                       _ ("The presentation state names no image"));
  return NULL;
}

static void
presentation_clear (PrcPresentation *self) {
  part_free (self->whole);
  g_variant_unref (self->layout);
  g_variant_unref (self->active);
  g_ptr_array_unref (self->rescales);
  g_ptr_array_unref (self->vois);
  g_ptr_array_unref (self->areas);
  g_ptr_array_unref (self->annotations);
  g_free ((gpointer)self->info.notes);
  g_string_chunk_free (self->texts);
  g_variant_unref (self->record);
}

PrcPresentation *
prc_presentation_ref (PrcPresentation *presentation) {
  return g_atomic_rc_box_acquire (presentation);
}

void
prc_presentation_unref (PrcPresentation *presentation) {
  g_atomic_rc_box_release_full (presentation, (GDestroyNotify)presentation_clear);
}

const PrcPresentationInfo *
prc_presentation_info (const PrcPresentation *presentation) {
  return &presentation->info;
}

bool
prc_presentation_names (const PrcPresentation *presentation, const PrcSlice *slice) {
  return prc_presentation_part_names (presentation->whole, slice);
}

bool
prc_presentation_names_series (const PrcPresentation *presentation, const PrcSeries *series) {
  for (uint32_t i = 0; i < prc_series_length (series); i++)
    if (prc_presentation_names (presentation, prc_series_slice (series, i)))
      return true;
  return false;
}

PrcTurn
prc_presentation_turn (const PrcPresentation *presentation) {
  return presentation->turn;
}
