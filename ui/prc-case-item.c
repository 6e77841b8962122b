// SPDX-License-Identifier: Apache-2.0
#include "prc-case-item.h"

#include <glib/gi18n-lib.h>

#include "prc-case-text.h"
#include "prc-case-thumbnail.h"
#include "prc-imaging-error.h"
#include "prc-path.h"

struct _PrcCaseItem {
  GObject parent_instance;
  PrcAnswer *answer;
  guint hit;
  char *name;
  GdkTexture *thumbnail;
  GCancellable *loading; // of the thumbnail; NULL when none is under way
  gboolean files_gone;
  gboolean failed; // there is a file, but no picture to be had of it
};

G_DEFINE_FINAL_TYPE (PrcCaseItem, prc_case_item, G_TYPE_OBJECT)

enum {
  PROP_HEADING = 1,
  PROP_SUBHEADING,
  PROP_MODALITY,
  PROP_BODY_PART,
  PROP_FINDINGS,
  PROP_OUTCOME,
  PROP_PLACE,
  PROP_PROOF,
  PROP_OWN,
  PROP_SEGMENT,
  PROP_SIMILARITY,
  PROP_MEANING,
  PROP_FRACTION,
  PROP_RANKED,
  PROP_NAME,
  PROP_THUMBNAIL,
  PROP_FILES_GONE,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static char *
words (PrcCaseItem *self, guint property) {
  const PrcHit *hit = prc_case_item_hit (self);
  const PrcCase *found = hit->matching_case;

  switch (property) {
  case PROP_HEADING:
    return g_strdup (*found->diagnosis ? found->diagnosis : found->title);
  case PROP_SUBHEADING:
    return g_strdup (*found->diagnosis ? found->title : "");
  case PROP_MODALITY:
    return prc_case_text_modality (found->modality);
  case PROP_BODY_PART:
    return prc_case_text_body_part (found->body_part);
  case PROP_FINDINGS:
    return g_strdup (found->findings);
  case PROP_OUTCOME:
    return prc_case_text_outcome (found->outcome);
  case PROP_PROOF:
    return prc_case_text_proof (found->proof);
  case PROP_OWN:
    return g_strdup (hit->is_own ? _ ("This patient") : "");
  case PROP_PLACE:
    return prc_case_text_place (hit->slice_number, hit->n_slices_in_series);
  case PROP_SEGMENT:
    return prc_case_text_segment (hit);
  case PROP_SIMILARITY:
    return prc_case_text_similarity (hit);
  default:
    return prc_case_text_similarity_meaning (hit);
  }
}

static void
prc_case_item_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec) {
  PrcCaseItem *self = PRC_CASE_ITEM (object);
  const PrcHit *hit = prc_case_item_hit (self);

  switch (property) {
  case PROP_FRACTION:
    g_value_set_double (value, prc_case_text_fraction (hit->percentile));
    break;
  case PROP_RANKED:
    g_value_set_boolean (value, hit->percentile >= 0);
    break;
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_THUMBNAIL:
    g_value_set_object (value, self->thumbnail);
    break;
  case PROP_FILES_GONE:
    g_value_set_boolean (value, self->files_gone);
    break;
  default:
    g_value_take_string (value, words (self, property));
  }
}

static void
prc_case_item_finalize (GObject *object) {
  PrcCaseItem *self = PRC_CASE_ITEM (object);

  prc_case_item_stop (self);
  g_clear_object (&self->thumbnail);
  g_clear_pointer (&self->answer, prc_answer_unref);
  g_free (self->name);
  G_OBJECT_CLASS (prc_case_item_parent_class)->finalize (object);
}

static void
prc_case_item_class_init (PrcCaseItemClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  static const char *const strings[] = {
      [PROP_HEADING] = "heading",   [PROP_SUBHEADING] = "subheading",
      [PROP_MODALITY] = "modality", [PROP_BODY_PART] = "body-part",
      [PROP_FINDINGS] = "findings", [PROP_OUTCOME] = "outcome",
      [PROP_PLACE] = "place",       [PROP_SIMILARITY] = "similarity",
      [PROP_MEANING] = "meaning",   [PROP_NAME] = "name",
      [PROP_SEGMENT] = "segment",   [PROP_PROOF] = "proof",
      [PROP_OWN] = "own",
  };

  object_class->get_property = prc_case_item_get_property;
  object_class->finalize = prc_case_item_finalize;
  for (guint i = 1; i < G_N_ELEMENTS (strings); i++)
    if (strings[i])
      props[i] = g_param_spec_string (strings[i], NULL, NULL, NULL, flags);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  props[PROP_RANKED] = g_param_spec_boolean ("ranked", NULL, NULL, FALSE, flags);
  props[PROP_THUMBNAIL] = g_param_spec_object ("thumbnail", NULL, NULL, GDK_TYPE_PAINTABLE, flags);
  props[PROP_FILES_GONE] = g_param_spec_boolean ("files-gone", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
prc_case_item_init (PrcCaseItem *self) {
}

static void
set_files_gone (PrcCaseItem *self, gboolean gone) {
  if (self->files_gone == gone && self->name)
    return;
  self->files_gone = gone;
  g_free (self->name);
  self->name = prc_case_text_row (prc_case_item_hit (self), gone);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FILES_GONE]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NAME]);
}

PrcCaseItem *
prc_case_item_new (PrcAnswer *answer, guint hit, PrcCaseItem *before) {
  g_return_val_if_fail (hit < answer->n_hits, NULL);
  PrcCaseItem *self = g_object_new (PRC_TYPE_CASE_ITEM, NULL);

  self->answer = prc_answer_ref (answer);
  self->hit = hit;
  if (before && before->thumbnail)
    self->thumbnail = g_object_ref (before->thumbnail);
  set_files_gone (self, before && before->files_gone);
  return self;
}

const PrcHit *
prc_case_item_hit (PrcCaseItem *self) {
  return &self->answer->hits[self->hit];
}

guint
prc_case_item_number (PrcCaseItem *self) {
  return self->hit;
}

gboolean
prc_case_item_files_gone (PrcCaseItem *self) {
  return self->files_gone;
}

const char *
prc_case_item_name (PrcCaseItem *self) {
  return self->name;
}

static void
on_thumbnail (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autoptr (PrcCaseItem) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = prc_case_thumbnail_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; // whoever stopped it has already forgotten it
  g_clear_object (&self->loading);
  if (texture == NULL) {
    self->failed = TRUE;
    if (g_error_matches (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO))
      set_files_gone (self, TRUE);
    return;
  }
  g_set_object (&self->thumbnail, texture);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_THUMBNAIL]);
}

void
prc_case_item_load (PrcCaseItem *self, PrcCodecPool *pool, PrcFrameStore *store, int size) {
  const PrcHit *hit = prc_case_item_hit (self);

  if (self->thumbnail || self->loading || self->failed || self->files_gone)
    return;
  self->loading = g_cancellable_new ();
  prc_case_thumbnail_async (pool, store, hit->path, hit->frame, size, self->loading, on_thumbnail,
                            g_object_ref (self));
}

void
prc_case_item_stop (PrcCaseItem *self) {
  if (self->loading)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
}

gboolean
prc_case_item_check_files (PrcCaseItem *self) {
  set_files_gone (self, !prc_path_is_there (prc_case_item_hit (self)->path));
  return !self->files_gone;
}
