// SPDX-License-Identifier: Apache-2.0
#include "prc-case.h"

#include <string.h>

#define MAX_TAGS 1000 // of one case: more is no list that a person keeps

static void
code_clear (PrcCaseCode *code) {
  g_free ((char *)code->code.value);
  g_free ((char *)code->code.scheme);
  g_free ((char *)code->code.meaning);
}

static void
clear (gpointer data) {
  PrcCase *self = data;
  char *const texts[] = {self->title,      self->diagnosis, self->findings, self->note,
                         self->outcome,    self->history,   self->proof,    self->modality,
                         self->body_part,  self->plane,     self->sex,      self->age,
                         self->study_date, self->added};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_strfreev (self->tags);
  for (guint i = 0; i < self->n_codes; i++)
    code_clear (&self->codes[i]);
  g_free (self->codes);
}

PrcCase *
prc_case_new (void) {
  PrcCase *self = g_atomic_rc_box_new0 (PrcCase);
  char **const texts[] = {&self->title,      &self->diagnosis, &self->findings, &self->note,
                          &self->outcome,    &self->history,   &self->proof,    &self->modality,
                          &self->body_part,  &self->plane,     &self->sex,      &self->age,
                          &self->study_date, &self->added};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    *texts[i] = g_strdup ("");
  self->tags = g_new0 (char *, 1);
  return self;
}

PrcCase *
prc_case_ref (PrcCase *self) {
  return g_atomic_rc_box_acquire (self);
}

void
prc_case_unref (PrcCase *self) {
  g_atomic_rc_box_release_full (self, clear);
}

// --- words

void
prc_case_text_copy (PrcCaseText *to, const PrcCaseText *from) {
  *to = (PrcCaseText){
      .title = g_strdup (from->title),
      .diagnosis = g_strdup (from->diagnosis),
      .findings = g_strdup (from->findings),
      .note = g_strdup (from->note),
      .outcome = g_strdup (from->outcome),
      .history = g_strdup (from->history),
      .proof = g_strdup (from->proof),
      .tags = g_strdup (from->tags),
      .diagnosis_codes = g_strdup (from->diagnosis_codes),
      .finding_codes = g_strdup (from->finding_codes),
  };
}

void
prc_case_text_clear (PrcCaseText *text) {
  const char *const texts[] = {text->title,        text->diagnosis, text->findings,
                               text->note,         text->outcome,   text->history,
                               text->proof,        text->tags,      text->diagnosis_codes,
                               text->finding_codes};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free ((char *)texts[i]);
  *text = (PrcCaseText){0};
}

gboolean
prc_case_is_proof (const char *proof) {
  static const char *const proofs[] = {"", "pathology", "follow-up", "none", NULL};
  return g_strv_contains (proofs, proof);
}

GStrv
prc_case_split_tags (const char *text) {
  g_autofree char *valid = g_utf8_make_valid (text ? text : "", -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  g_auto (GStrv) parts = g_strsplit (composed, ";", MAX_TAGS + 1);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GStrvBuilder) tags = g_strv_builder_new ();
  for (guint i = 0; parts[i] && i < MAX_TAGS; i++) {
    const char *tag = g_strstrip (parts[i]);
    if (*tag && g_hash_table_add (seen, g_utf8_casefold (tag, -1)))
      g_strv_builder_add (tags, tag);
  }
  return g_strv_builder_end (tags);
}

gboolean
prc_case_parse_code (char *text, PrcCode *code) {
  char *value = strchr (text, ':');
  if (!value)
    return FALSE;
  *value++ = '\0';
  char *meaning = strchr (value, ':');
  if (meaning)
    *meaning++ = '\0';
  *code = (PrcCode){g_strstrip (value), g_strstrip (text), meaning ? g_strstrip (meaning) : ""};
  return *code->scheme && *code->value;
}
