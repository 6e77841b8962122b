// SPDX-License-Identifier: Apache-2.0
#include "prc-diagnoses.h"

#include <string.h>

typedef struct {
  guint number;                 // of its diagnosis
  guint first_series, n_series; // in `series`
} Case;

struct _PrcDiagnoses {
  GPtrArray *words;  // of each, as first written; the first is "none"
  GArray *cases;     // Case
  GArray *series;    // gint64
  GHashTable *by_id; // gint64 -> place in `cases`, from 1
  GHashTable *keys;  // of texts -> number
  GHashTable *codes; // likewise
};

static void
clear (gpointer data) {
  PrcDiagnoses *self = data;
  g_array_unref (self->cases);
  g_array_unref (self->series);
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->keys);
  g_hash_table_unref (self->codes);
  g_ptr_array_unref (self->words);
}

char *
prc_diagnosis_key (const char *text) {
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFKC);
  g_autofree char *folded = g_utf8_casefold (composed, -1);
  GString *key = g_string_sized_new (strlen (folded));
  gboolean words = FALSE, blank = FALSE;
  for (const char *at = folded; *at; at = g_utf8_next_char (at)) {
    const gunichar letter = g_utf8_get_char (at);
    if (g_unichar_isspace (letter)) {
      blank = key->len > 0;
      continue;
    }
    if (blank)
      g_string_append_c (key, ' ');
    blank = FALSE;
    words = words || g_unichar_isalnum (letter);
    g_string_append_unichar (key, letter);
  }
  return words ? g_string_free (key, FALSE) : (g_string_free (key, TRUE), g_strdup (""));
}

PrcDiagnoses *
prc_diagnoses_new (void) {
  PrcDiagnoses *self = g_atomic_rc_box_new0 (PrcDiagnoses);
  self->words = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->words, g_strdup (""));
  self->cases = g_array_new (FALSE, FALSE, sizeof (Case));
  self->series = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

PrcDiagnoses *
prc_diagnoses_ref (PrcDiagnoses *self) {
  return g_atomic_rc_box_acquire (self);
}

void
prc_diagnoses_unref (PrcDiagnoses *self) {
  g_atomic_rc_box_release_full (self, clear);
}

static guint
look_up (GHashTable *table, const char *key) {
  return *key ? GPOINTER_TO_UINT (g_hash_table_lookup (table, key)) : 0;
}

static void
remember (GHashTable *table, const char *key, guint number) {
  if (*key && !g_hash_table_contains (table, key))
    g_hash_table_insert (table, g_strdup (key), GUINT_TO_POINTER (number));
}

static guint
number_of (PrcDiagnoses *self, const char *text, const char *code) {
  g_autofree char *key = prc_diagnosis_key (text);
  g_autofree char *name = prc_diagnosis_key (code ? code : "");
  if (!*key && !*name)
    return 0;
  guint number = look_up (self->codes, name);
  if (number == 0)
    number = look_up (self->keys, key);
  if (number == 0) {
    number = self->words->len;
    g_ptr_array_add (self->words, g_strstrip (g_utf8_make_valid (*key ? text : code, -1)));
  }
  remember (self->codes, name, number);
  remember (self->keys, key, number);
  return number;
}

void
prc_diagnoses_add (PrcDiagnoses *self, gint64 case_id, const char *text, const char *code) {
  const Case added = {number_of (self, text, code), self->series->len, 0};
  g_array_append_val (self->cases, added);
  g_hash_table_insert (self->by_id, g_memdup2 (&case_id, sizeof case_id),
                       GUINT_TO_POINTER (self->cases->len));
}

void
prc_diagnoses_add_series (PrcDiagnoses *self, gint64 series_id) {
  g_return_if_fail (self->cases->len > 0);
  g_array_append_val (self->series, series_id);
  g_array_index (self->cases, Case, self->cases->len - 1).n_series++;
}

guint
prc_diagnoses_n (const PrcDiagnoses *self) {
  return self->words->len - 1;
}

static const Case *
case_of (const PrcDiagnoses *self, gint64 id) {
  const guint place = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_id, &id));
  return place > 0 ? &g_array_index (self->cases, Case, place - 1) : NULL;
}

guint
prc_diagnoses_of_case (const PrcDiagnoses *self, gint64 case_id) {
  const Case *of = case_of (self, case_id);
  return of ? of->number : 0;
}

const char *
prc_diagnoses_words (const PrcDiagnoses *self, guint diagnosis) {
  return g_ptr_array_index (self->words, diagnosis < self->words->len ? diagnosis : 0);
}

static gboolean
is_within (const PrcDiagnoses *self, const Case *of, const PrcIndexScope *scope) {
  for (guint i = 0; i < of->n_series; i++) {
    const gint64 id = g_array_index (self->series, gint64, of->first_series + i);
    if ((!scope->keep || prc_series_set_has (scope->keep, id)) &&
        (!scope->left_out || !prc_series_set_has (scope->left_out, id)))
      return TRUE;
  }
  return FALSE;
}

gboolean
prc_diagnoses_within (const PrcDiagnoses *self, gint64 case_id, const PrcIndexScope *scope) {
  const Case *of = case_of (self, case_id);
  return of && is_within (self, of, scope);
}

guint
prc_diagnoses_count (const PrcDiagnoses *self, const PrcIndexScope *scope, guint *n_of) {
  guint n = 0;
  if (n_of)
    memset (n_of, 0, self->words->len * sizeof *n_of);
  for (guint i = 0; i < self->cases->len; i++) {
    const Case *of = &g_array_index (self->cases, Case, i);
    if (scope && !is_within (self, of, scope))
      continue;
    n++;
    if (n_of)
      n_of[of->number]++;
  }
  return n;
}
