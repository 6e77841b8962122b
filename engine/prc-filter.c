// SPDX-License-Identifier: Apache-2.0
#include "prc-filter.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "prc-case.h"
#include "prc-engine-error.h"

#define N_TEXTS 8

// In no order that means anything.
static void
texts_of (PrcFilter *filter, const char **texts[N_TEXTS]) {
  const char **const all[N_TEXTS] = {&filter->modality, &filter->body_part,      &filter->plane,
                                     &filter->sex,      &filter->tags,           &filter->proof,
                                     &filter->text,     &filter->exclude_patient};
  memcpy (texts, all, sizeof all);
}

void
prc_filter_copy (PrcFilter *to, const PrcFilter *from) {
  const char **texts[N_TEXTS];
  *to = *from;
  texts_of (to, texts);
  for (int i = 0; i < N_TEXTS; i++)
    *texts[i] = g_strdup (*texts[i]);
}

void
prc_filter_clear (PrcFilter *filter) {
  const char **texts[N_TEXTS];
  texts_of (filter, texts);
  for (int i = 0; i < N_TEXTS; i++)
    g_free ((char *)*texts[i]);
  *filter = (PrcFilter){0};
}

gboolean
prc_filter_is_empty (const PrcFilter *filter) {
  PrcFilter borrowed = *filter;
  const char **texts[N_TEXTS];
  texts_of (&borrowed, texts);
  for (int i = 0; i < N_TEXTS; i++)
    if (*texts[i] && **texts[i])
      return FALSE;
  return !filter->by_age && filter->contrast == PRC_CONTRAST_ANY;
}

char *
prc_filter_key (const PrcFilter *filter) {
  PrcFilter borrowed = *filter;
  const char **texts[N_TEXTS];
  texts_of (&borrowed, texts);
  GString *key = g_string_new (NULL);
  for (int i = 0; i < N_TEXTS; i++) {
    const char *text = *texts[i] ? *texts[i] : "";
    g_string_append_printf (key, "%zu:%s;", strlen (text), text);
  }
  g_string_append_printf (key, "%d;", (int)filter->contrast);
  if (filter->by_age)
    g_string_append_printf (key, "%u-%u", filter->age_from, filter->age_to);
  return g_string_free (key, FALSE);
}

// --- from a line of text

static gboolean
refuse (GError **error, const char *sentence) {
  g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT, sentence);
  return FALSE;
}

static gboolean
put_once (const char **field, const char *value, GError **error) {
  if (*field)
    return refuse (error, _ ("A filter names each thing once, but for tags"));
  *field = g_strdup (value);
  return TRUE;
}

static gboolean
put_one_of (const char **field, const char *value, const char *const *allowed, GError **error) {
  for (; *allowed; allowed++)
    if (g_ascii_strcasecmp (value, *allowed) == 0)
      return put_once (field, *allowed, error);
  return refuse (error,
                 _ ("A filter knows plane=axial, coronal, sagittal or oblique, sex=M, F or O,"
                    " proof=pathology, follow-up, none or proven"));
}

static gboolean
put_age (PrcFilter *filter, const char *value, GError **error) {
  g_auto (GStrv) ends = g_strsplit (value, "-", 3);
  const guint n = g_strv_length (ends);
  guint64 from = 0, to = G_MAXINT;
  const gboolean ok =
      n >= 1 && n <= 2 && strlen (value) > 0 && strcmp (value, "-") != 0 && !filter->by_age &&
      (!*ends[0] || g_ascii_string_to_unsigned (ends[0], 10, 0, 999, &from, NULL)) &&
      (n == 1 ? *ends[0] != '\0'
              : (!*ends[1] || g_ascii_string_to_unsigned (ends[1], 10, 0, 999, &to, NULL)));
  if (n == 1)
    to = from;
  if (!ok || from > to)
    return refuse (error, _ ("A filter by age is age=YEARS or age=YEARS-YEARS"));
  filter->by_age = TRUE;
  filter->age_from = (guint)from;
  filter->age_to = (guint)to;
  return TRUE;
}

static gboolean
put_contrast (PrcFilter *filter, const char *value, GError **error) {
  if (filter->contrast != PRC_CONTRAST_ANY || (strcmp (value, "yes") && strcmp (value, "no")))
    return refuse (error, _ ("A filter by contrast agent is contrast=yes or contrast=no"));
  filter->contrast = strcmp (value, "yes") ? PRC_CONTRAST_WITHOUT : PRC_CONTRAST_WITH;
  return TRUE;
}

static gboolean
put_tag (PrcFilter *filter, const char *value) {
  char *old = (char *)filter->tags;
  filter->tags = old ? g_strdup_printf ("%s;%s", old, value) : g_strdup (value);
  g_free (old);
  return TRUE;
}

static gboolean
put (PrcFilter *filter, const char *name, const char *value, GError **error) {
  static const char *const planes[] = {"axial", "coronal", "sagittal", "oblique", NULL};
  static const char *const sexes[] = {"M", "F", "O", NULL};
  static const char *const proofs[] = {"pathology", "follow-up", "none", "proven", NULL};
  if (!*value)
    return refuse (error, _ ("A filter says what each thing must be"));
  if (g_str_equal (name, "modality"))
    return put_once (&filter->modality, value, error);
  if (g_str_equal (name, "body-part"))
    return put_once (&filter->body_part, value, error);
  if (g_str_equal (name, "text"))
    return put_once (&filter->text, value, error);
  if (g_str_equal (name, "plane"))
    return put_one_of (&filter->plane, value, planes, error);
  if (g_str_equal (name, "sex"))
    return put_one_of (&filter->sex, value, sexes, error);
  if (g_str_equal (name, "proof"))
    return put_one_of (&filter->proof, value, proofs, error);
  if (g_str_equal (name, "age"))
    return put_age (filter, value, error);
  if (g_str_equal (name, "contrast"))
    return put_contrast (filter, value, error);
  if (g_str_equal (name, "tag"))
    return put_tag (filter, value);
  return refuse (error,
                 _ ("A filter is made of modality, body-part, plane, sex, age, contrast, tag,"
                    " proof and text"));
}

// Up to the next comma, or to the closing quotation mark; NULL when there is none.
static char *
take_value (const char **at) {
  GString *value = g_string_new (NULL);
  const gboolean quoted = **at == '"';
  *at += quoted;
  while (**at && (quoted || **at != ',')) {
    if (quoted && **at == '"' && (*at)[1] != '"')
      break;
    *at += quoted && **at == '"';
    g_string_append_c (value, *(*at)++);
  }
  const gboolean closed = !quoted || **at == '"';
  *at += quoted && closed;
  return g_string_free (value, !closed);
}

static gboolean
put_next (PrcFilter *filter, const char **at, GError **error) {
  const size_t length = strcspn (*at, "=,");
  g_autofree char *name = g_strndup (*at, length);
  *at += length;
  if (**at != '=')
    return refuse (error, _ ("A filter is written NAME=VALUE,NAME=VALUE"));
  ++*at;
  g_autofree char *value = take_value (at);
  if (!value || (**at && **at != ','))
    return refuse (error,
                   _ ("A quotation mark in the filter is not closed at the end of its value"));
  return put (filter, g_strstrip (name), value, error);
}

gboolean
prc_filter_parse (const char *text, PrcFilter *filter, GError **error) {
  const char *at = text;
  *filter = (PrcFilter){0};
  if (!g_utf8_validate (text, -1, NULL))
    return refuse (error, _ ("A filter is written NAME=VALUE,NAME=VALUE"));
  for (;;) {
    if (!put_next (filter, &at, error)) {
      prc_filter_clear (filter);
      return FALSE;
    }
    if (!*at)
      return TRUE;
    at++;
  }
}
