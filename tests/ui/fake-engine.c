// SPDX-License-Identifier: Apache-2.0
#include "fake-engine.h"

#include <string.h>
#include "prc-case-thumbnail.h"
#include "prc-engine-error.h"
#include "prc-imaging-error.h"

typedef struct {
  PrcQuery query;
  GTask *task; // NULL once answered
  GCancellable *cancellable;
} Question;

typedef struct {
  const PrcFrame *frames[PRC_EXPLANATION_SIDES];
  const PrcMask *masks[PRC_EXPLANATION_SIDES];
  GTask *task; // NULL once answered
  GCancellable *cancellable;
} Explaining;

struct _PrcEngine {
  GObject parent_instance;
  GArray *explaining;
  PrcEngineState state;
  char *message;
  guint n_cases;
  guint64 library_version;
  PrcIndexing indexing;
  GArray *questions;
  GTask *trying; // NULL once answered
  guint n_trials;
  FakeAddition addition;
  GTask *adding;
  PrcImportProgress progress;
  gpointer progress_data;
};

G_DEFINE_FINAL_TYPE (PrcEngine, prc_engine, G_TYPE_OBJECT)

static GType
state_get_type (void) {
  static GType type;
  static const GEnumValue values[] = {{PRC_ENGINE_STARTING, "PRC_ENGINE_STARTING", "starting"},
                                      {PRC_ENGINE_READY, "PRC_ENGINE_READY", "ready"},
                                      {PRC_ENGINE_FAILED, "PRC_ENGINE_FAILED", "failed"},
                                      {0, NULL, NULL}};
  if (type == 0)
    type = g_enum_register_static ("FakeEngineState", values);
  return type;
}

static void
prc_engine_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec) {
  PrcEngine *self = PRC_ENGINE (object);

  switch (property) {
  case 1:
    g_value_set_enum (value, self->state);
    break;
  case 2:
    g_value_set_uint (value, self->n_cases);
    break;
  case 4:
    g_value_set_boolean (value, self->indexing.running);
    break;
  default:
    g_value_set_uint64 (value, self->library_version);
  }
}

static void
clear_addition (PrcEngine *self) {
  g_clear_object (&self->adding);
  g_clear_pointer (&self->addition.title, g_free);
  g_clear_pointer (&self->addition.diagnosis, g_free);
  g_clear_pointer (&self->addition.findings, g_free);
  g_clear_pointer (&self->addition.note, g_free);
  g_clear_pointer (&self->addition.outcome, g_free);
}

static void
question_clear (gpointer data) {
  Question *question = data;
  g_clear_object (&question->task);
  g_clear_object (&question->cancellable);
}

static void
explaining_clear (gpointer data) {
  Explaining *explaining = data;
  g_clear_object (&explaining->task);
  g_clear_object (&explaining->cancellable);
}

static void
prc_engine_finalize (GObject *object) {
  PrcEngine *self = PRC_ENGINE (object);

  clear_addition (self);
  g_array_unref (self->questions);
  g_array_unref (self->explaining);
  g_free (self->message);
  G_OBJECT_CLASS (prc_engine_parent_class)->finalize (object);
}

static void
prc_engine_class_init (PrcEngineClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = prc_engine_get_property;
  object_class->finalize = prc_engine_finalize;
  g_object_class_install_property (object_class, 1,
                                   g_param_spec_enum ("state", NULL, NULL, state_get_type (),
                                                      PRC_ENGINE_STARTING, G_PARAM_READABLE));
  g_object_class_install_property (
      object_class, 2,
      g_param_spec_uint ("n-cases", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE));
  g_object_class_install_property (
      object_class, 3,
      g_param_spec_uint64 ("library-version", NULL, NULL, 0, G_MAXUINT64, 0, G_PARAM_READABLE));
  g_object_class_install_property (
      object_class, 4, g_param_spec_boolean ("indexing", NULL, NULL, FALSE, G_PARAM_READABLE));
}

static void
prc_engine_init (PrcEngine *self) {
  self->message = g_strdup ("");
  self->questions = g_array_new (FALSE, TRUE, sizeof (Question));
  g_array_set_clear_func (self->questions, question_clear);
  self->explaining = g_array_new (FALSE, TRUE, sizeof (Explaining));
  g_array_set_clear_func (self->explaining, explaining_clear);
}

PrcEngine *
fake_engine_new (void) {
  return g_object_new (PRC_TYPE_ENGINE, NULL);
}

void
fake_engine_set (PrcEngine *self, PrcEngineState state, const char *message, guint n_cases,
                 guint64 library_version) {
  g_free (self->message);
  self->message = g_strdup (message);
  self->state = state;
  self->n_cases = n_cases;
  self->library_version = library_version;
  g_object_notify (G_OBJECT (self), "state");
  g_object_notify (G_OBJECT (self), "n-cases");
  g_object_notify (G_OBJECT (self), "library-version");
}

void
fake_engine_set_indexing (PrcEngine *self, const PrcIndexing *indexing) {
  self->indexing = *indexing;
  g_object_notify (G_OBJECT (self), "indexing");
}

const PrcIndexing *
prc_engine_indexing (PrcEngine *self) {
  return &self->indexing;
}

PrcEngineState
prc_engine_state (PrcEngine *self) {
  return self->state;
}

const char *
prc_engine_message (PrcEngine *self) {
  return self->message;
}

guint
prc_engine_n_cases (PrcEngine *self) {
  return self->n_cases;
}

void
prc_engine_query_async (PrcEngine *self, const PrcQuery *query, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data) {
  Question question = {*query, g_task_new (self, cancellable, callback, user_data),
                       g_object_ref (cancellable)};

  g_assert_nonnull (query->frame);
  g_array_append_val (self->questions, question);
}

PrcAnswer *
prc_engine_query_finish (PrcEngine *self, GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}

static Question *
question_at (PrcEngine *self, guint number) {
  g_assert_cmpuint (number, <, self->questions->len);
  return &g_array_index (self->questions, Question, number);
}

guint
fake_engine_n_questions (PrcEngine *self) {
  return self->questions->len;
}

gboolean
fake_engine_cancelled (PrcEngine *self, guint number) {
  return g_cancellable_is_cancelled (question_at (self, number)->cancellable);
}

const PrcQuery *
fake_engine_query (PrcEngine *self, guint number) {
  return &question_at (self, number)->query;
}

void
fake_engine_answer (PrcEngine *self, guint number, PrcAnswer *answer) {
  g_autoptr (GTask) task = g_steal_pointer (&question_at (self, number)->task);

  answer->generation = question_at (self, number)->query.generation;
  g_task_return_pointer (task, answer, (GDestroyNotify)prc_answer_unref);
}

void
fake_engine_fail (PrcEngine *self, guint number, const char *sentence) {
  g_autoptr (GTask) task = g_steal_pointer (&question_at (self, number)->task);

  g_task_return_new_error (task, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_LIBRARY, "%s", sentence);
}

void
prc_engine_explain_async (PrcEngine *self, const PrcCrop *query, const PrcCrop *neighbour,
                          GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data) {
  Explaining explaining = {{query->frame, neighbour->frame},
                           {query->mask, neighbour->mask},
                           g_task_new (self, cancellable, callback, user_data),
                           g_object_ref (cancellable)};

  g_array_append_val (self->explaining, explaining);
}

PrcExplanation *
prc_engine_explain_finish (PrcEngine *self, GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}

static Explaining *
explaining_at (PrcEngine *self, guint number) {
  g_assert_cmpuint (number, <, self->explaining->len);
  return &g_array_index (self->explaining, Explaining, number);
}

guint
fake_engine_n_explanations (PrcEngine *self) {
  return self->explaining->len;
}

gboolean
fake_engine_explanation_cancelled (PrcEngine *self, guint number) {
  return g_cancellable_is_cancelled (explaining_at (self, number)->cancellable);
}

const PrcFrame *
fake_engine_explained_frame (PrcEngine *self, guint number, PrcExplanationSide side) {
  return explaining_at (self, number)->frames[side];
}

const PrcMask *
fake_engine_explained_mask (PrcEngine *self, guint number, PrcExplanationSide side) {
  return explaining_at (self, number)->masks[side];
}

void
fake_engine_explain (PrcEngine *self, guint number, PrcExplanation *explanation) {
  g_autoptr (GTask) task = g_steal_pointer (&explaining_at (self, number)->task);

  if (explanation)
    g_task_return_pointer (task, explanation, (GDestroyNotify)prc_explanation_unref);
  else
    g_task_return_new_error (task, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT, "it is all grey");
}

void
prc_engine_try_async (PrcEngine *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data) {
  g_assert_null (self->trying); // one at a time
  self->trying = g_task_new (self, cancellable, callback, user_data);
  self->n_trials++;
}

PrcTrial *
prc_engine_try_finish (PrcEngine *self, GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}

guint
fake_engine_n_trials (PrcEngine *self) {
  return self->n_trials;
}

void
fake_engine_try (PrcEngine *self, const PrcTrial *trial) {
  g_autoptr (GTask) task = g_steal_pointer (&self->trying);

  g_task_return_pointer (task, g_memdup2 (trial, sizeof *trial), g_free);
}

void
fake_engine_end (PrcEngine *self) {
  g_autoptr (GTask) trying = g_steal_pointer (&self->trying);

  if (trying)
    g_task_return_new_error (trying, G_IO_ERROR, G_IO_ERROR_CANCELLED, "ended");
  for (guint i = 0; i < self->explaining->len; i++) {
    g_autoptr (GTask) task = g_steal_pointer (&explaining_at (self, i)->task);
    if (task)
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "ended");
  }
  for (guint i = 0; i < self->questions->len; i++) {
    g_autoptr (GTask) task = g_steal_pointer (&question_at (self, i)->task);
    if (task)
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "ended");
  }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
prc_engine_add_series_async (PrcEngine *self, GPtrArray *series, GPtrArray *segmentations,
                             const PrcCaseText *text, PrcImportProgress progress,
                             gpointer progress_data, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data) {
  g_assert_null (self->adding);
  self->adding = g_task_new (self, cancellable, callback, user_data);
  self->progress = progress;
  self->progress_data = progress_data;
  self->addition =
      (FakeAddition){g_strdup (text->title), g_strdup (text->diagnosis), g_strdup (text->findings),
                     g_strdup (text->note),  g_strdup (text->outcome),   series->len};
}

gint64
prc_engine_add_series_finish (PrcEngine *self, GAsyncResult *result, GError **error) {
  return g_task_propagate_int (G_TASK (result), error);
}

const FakeAddition *
fake_engine_addition (PrcEngine *self) {
  return self->adding ? &self->addition : NULL;
}

void
fake_engine_addition_progress (PrcEngine *self, guint n_done, guint n_total) {
  PrcImportStatus status = {n_done, n_total, "Adding slices"};
  self->progress (&status, self->progress_data);
}

void
fake_engine_addition_done (PrcEngine *self, gint64 case_id, const char *failure) {
  g_autoptr (GTask) task = g_steal_pointer (&self->adding);

  clear_addition (self);
  if (failure)
    g_task_return_new_error (task, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_LIBRARY, "%s", failure);
  else
    g_task_return_int (task, case_id);
}

static const struct {
  const char *diagnosis, *title, *modality, *body_part, *findings, *outcome;
} likely[] = {
    {"Pulmonary nodule", "Chest CT, right upper lobe", "CT", "CHEST",
     "Solid 11 mm nodule in the right upper lobe, spiculated, with pleural tag; emphysema of both "
     "upper lobes, no enlarged nodes",
     "pathology"},
    {"Organising pneumonia", "Migrating consolidations after antibiotics", "CT", "CHEST",
     "Peripheral consolidations with air bronchogram and a reversed halo", "pathology"},
    {"Adenocarcinoma of the lung, acinar predominant, pT1b pN0", "Part-solid nodule under watch",
     "CT", "CHEST", "Part-solid nodule, 16 mm, solid part 7 mm", "follow-up"},
    {"Centrilobular emphysema", "Smoker, 40 pack years", "CT", "CHEST",
     "Centrilobular lucencies, upper lobes more than lower", ""},
    {"", "Teaching file 31: mediastinal mass", "CT", "CHEST", "", ""},
    {"Pleural effusion", "Effusion left, after thoracentesis", "CT", "CHEST",
     "Free fluid left, compressive atelectasis of the lower lobe", "follow-up"},
};

static void
put (char **field, const char *text) {
  g_free (*field);
  *field = g_strdup (text);
}

PrcAnswer *
fake_answer (PrcAnswerState state, guint n_hits, gint64 base, const char *folder) {
  PrcAnswer *answer = prc_answer_new (n_hits);

  answer->state = state;
  answer->model_id = g_strdup ("3f9a1c0e5b7d42e89a6c1f3b5d7e9a0b");
  answer->library_version = 412;
  answer->n_slices_searched = 4312;
  answer->preprocess_ms = 4;
  answer->embed_ms = 26;
  answer->search_ms = 3;
  answer->gather_ms = 2;
  for (guint i = 0; i < n_hits; i++) {
    guint which = (guint)(base + i) % G_N_ELEMENTS (likely);
    PrcCase *found = prc_case_new ();
    PrcHit *hit = &answer->hits[i];
    found->id = base + i;
    put (&found->title, likely[which].title);
    put (&found->diagnosis, likely[which].diagnosis);
    put (&found->findings, likely[which].findings);
    put (&found->outcome, likely[which].outcome);
    put (&found->modality, likely[which].modality);
    put (&found->body_part, likely[which].body_part);
    hit->matching_case = found;
    hit->slice_id = base + i;
    hit->path = g_strdup_printf ("%s/%u", folder, i);
    hit->slice_number = 12 + i;
    hit->n_slices_in_series = 34 + i;
    hit->cosine = 0.97f - 0.01f * i;
    hit->percentile = i == 0 ? 99.84 : 99.2 - 1.1 * i;
  }
  return answer;
}

guint fake_thumbnails_asked;
gboolean fake_thumbnails_gone, fake_thumbnails_held;

static GdkTexture *
grey_picture (int size) {
  g_autofree guchar *pixels = g_malloc (4 * (gsize)size * size);

  memset (pixels, 0x80, 4 * (gsize)size * size);
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&pixels), 4 * (gsize)size * size);
  return gdk_memory_texture_new (size, size, GDK_MEMORY_DEFAULT, bytes, 4 * (gsize)size);
}

// Tokens: nobody looks inside where thumbnails are fake.
PrcFrameStore *
prc_frame_store_ref (PrcFrameStore *store) {
  return store;
}

void
prc_frame_store_unref (PrcFrameStore *store) {
}

PrcCodecPool *
prc_codec_pool_ref (PrcCodecPool *pool) {
  return pool;
}

void
prc_codec_pool_unref (PrcCodecPool *pool) {
}

PrcPresentation *fake_presentation;

PrcPresentation *
prc_codec_pool_present (PrcCodecPool *pool, const char *path, PrcPriority priority,
                        GCancellable *cancellable, GError **error) {
  if (fake_presentation)
    return prc_presentation_ref (fake_presentation);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "No presentation state");
  return NULL;
}

PrcInstance *fake_described;
PrcSegmentation *fake_segmentation;

PrcInstance *
prc_codec_pool_describe_one (PrcCodecPool *pool, const char *path, PrcPriority priority,
                             GCancellable *cancellable, GError **error) {
  if (fake_described)
    return prc_instance_ref (fake_described);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "No file");
  return NULL;
}

PrcSegmentation *
prc_codec_pool_segment (PrcCodecPool *pool, PrcInstance *instance, double threshold,
                        PrcPriority priority, GCancellable *cancellable, GError **error) {
  if (fake_segmentation)
    return prc_segmentation_ref (fake_segmentation);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "No segmentation");
  return NULL;
}

gboolean
prc_codec_pool_encode (PrcCodecPool *pool, const char *dataset_json, GBytes *pixels,
                       const char *transfer_syntax_uid, const char *path, GCancellable *cancellable,
                       GError **error) {
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Nothing is written here");
  return FALSE;
}

GBytes *
prc_codec_pool_encode_bytes (PrcCodecPool *pool, const char *dataset_json,
                             const char *transfer_syntax_uid, GCancellable *cancellable,
                             GError **error) {
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Nothing is written here");
  return NULL;
}

char *
prc_codec_pool_dump_json (PrcCodecPool *pool, const char *path, GCancellable *cancellable,
                          GError **error) {
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Nothing is written here");
  return NULL;
}

char *fake_listed_path;

void
prc_codec_pool_list_async (PrcCodecPool *pool, const char *path, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_free (fake_listed_path);
  fake_listed_path = g_strdup (path);
  g_task_return_pointer (
      task, prc_elements_new_from_listing (g_variant_new_parsed ("(false, @a(uqytys) [])")), NULL);
}

PrcElements *
prc_codec_pool_list_finish (GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_held_cancelled (GCancellable *cancellable, GTask *task) {
  g_task_return_error_if_cancelled (task);
}

void
prc_case_thumbnail_async (PrcCodecPool *pool, PrcFrameStore *store, const char *path, guint frame,
                          int size, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GdkTexture *texture = gdk_texture_new_from_filename (path, NULL); // a picture to look at, or none

  fake_thumbnails_asked++;
  if (fake_thumbnails_held)
    g_cancellable_connect (cancellable, G_CALLBACK (on_held_cancelled), g_object_ref (task),
                           g_object_unref);
  else if (fake_thumbnails_gone)
    g_task_return_new_error (task, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO, "gone");
  else
    g_task_return_pointer (task, texture ? g_steal_pointer (&texture) : grey_picture (size),
                           g_object_unref);
  g_clear_object (&texture);
}

GdkTexture *
prc_case_thumbnail_finish (GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}
