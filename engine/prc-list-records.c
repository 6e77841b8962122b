// SPDX-License-Identifier: Apache-2.0
#include "prc-list-records.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "prc-engine-error.h"

#define WINDOW (2 * PRC_LIST_MAX_RECORD)
#define STEP   (1u << 14) // that is read at once
#define AHEAD  4          // bytes that what is read may depend on

struct _PrcListRecords {
  PrcListText *text;
  char separator;
  char *window, *at, *end;
  guint64 end_offset; // in the text, of `end`
  gboolean whole;     // the text ends with the window
  guint line;         // of `at`
  // The record that was read last.
  GString *fields; // each with its NUL
  GArray *starts;  // gsize, in `fields`
  guint start_line;
  guint64 start_offset;
};

PrcListRecords *
prc_list_records_new (PrcListText *text) {
  PrcListRecords *self = g_new0 (PrcListRecords, 1);
  self->text = text;
  self->separator = ',';
  self->window = g_malloc (WINDOW);
  self->fields = g_string_new (NULL);
  self->starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  prc_list_records_seek (self, 0, 1);
  return self;
}

void
prc_list_records_free (PrcListRecords *self) {
  g_string_free (self->fields, TRUE);
  g_array_unref (self->starts);
  g_free (self->window);
  g_free (self);
}

void
prc_list_records_set_separator (PrcListRecords *self, char separator) {
  self->separator = separator;
}

void
prc_list_records_seek (PrcListRecords *self, guint64 offset, guint line) {
  self->at = self->end = self->window;
  self->end_offset = offset;
  self->whole = FALSE;
  self->line = line;
}

static gboolean
G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...) {
  va_list values;
  va_start (values, format);
  g_clear_error (error);
  *error = g_error_new_valist (PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_CASES_CSV, format, values);
  va_end (values);
  return FALSE;
}

// More of the text behind what is still needed.
static gboolean
refill (PrcListRecords *self, GError **error) {
  const gsize kept = (gsize)(self->end - self->at);
  memmove (self->window, self->at, kept);
  const gsize step = MIN (STEP, WINDOW - kept);
  const gssize n = prc_list_text_read (self->text, self->end_offset, self->window + kept, step);
  if (n < 0)
    return refuse (error, _ ("Line %u: the list of cases cannot be read any further"), self->line);
  self->at = self->window;
  self->end = self->window + kept + n;
  self->whole = (gsize)n < step;
  if (self->end_offset == 0 && n >= 3 && memcmp (self->at, "\xef\xbb\xbf", 3) == 0)
    self->at += 3;
  self->end_offset += (guint64)n;
  return TRUE;
}

static gboolean
at_line_end (const PrcListRecords *self) {
  return self->at == self->end || *self->at == '\n' ||
         (*self->at == '\r' && self->at + 1 < self->end && self->at[1] == '\n');
}

static void
skip_line_end (PrcListRecords *self) {
  if (self->at == self->end)
    return;
  self->at += *self->at == '\r' ? 2 : 1;
  self->line++;
}

static gboolean
read_quoted (PrcListRecords *self, GError **error) {
  const guint opened = self->line;
  for (self->at++; self->at < self->end; self->at++) {
    if (*self->at == '"' && (self->at + 1 == self->end || self->at[1] != '"')) {
      self->at++;
      if (at_line_end (self) || *self->at == self->separator)
        return TRUE;
      return refuse (error, _ ("Line %u: text after a closing quotation mark"), self->line);
    }
    if (*self->at == '"')
      self->at++;
    self->line += *self->at == '\n';
    g_string_append_c (self->fields, *self->at);
  }
  return refuse (error, _ ("Line %u: a quotation mark is never closed"), opened);
}

static gboolean
read_plain (PrcListRecords *self, GError **error) {
  const char *start = self->at;
  for (; !at_line_end (self) && *self->at != self->separator; self->at++) {
    if (*self->at == '"')
      return refuse (error,
                     _ ("Line %u: a quotation mark within a field that does not start with one"),
                     self->line);
    if (*self->at == '\r')
      return refuse (error, _ ("Line %u: a carriage return that ends no line"), self->line);
  }
  g_string_append_len (self->fields, start, self->at - start);
  return TRUE;
}

static gboolean
read_fields (PrcListRecords *self, GError **error) {
  g_string_truncate (self->fields, 0);
  g_array_set_size (self->starts, 0);
  for (;;) {
    const gsize start = self->fields->len;
    const gboolean quoted = self->at < self->end && *self->at == '"';
    g_array_append_val (self->starts, start);
    if (!(quoted ? read_quoted (self, error) : read_plain (self, error)))
      return FALSE;
    g_string_append_c (self->fields, '\0');
    if (at_line_end (self))
      break;
    if (self->starts->len == PRC_LIST_MAX_FIELDS)
      return refuse (error, _ ("Line %u: more than %d columns"), self->line, PRC_LIST_MAX_FIELDS);
    self->at++; // the separator
  }
  return TRUE;
}

// Reads again with more of the text where what was read reached the end of the window.
static gboolean
read_record (PrcListRecords *self, GError **error) {
  for (;;) {
    char *start = self->at;
    const guint line = self->line;
    self->start_line = line;
    self->start_offset = self->end_offset - (guint64)(self->end - self->at);
    const gboolean good = read_fields (self, error);
    if (self->whole || self->end - self->at >= AHEAD)
      return good;
    g_clear_error (error);
    self->at = start;
    self->line = line;
    if (self->end - self->at > (gssize)PRC_LIST_MAX_RECORD)
      return refuse (error, _ ("Line %u: it goes on for more than %u KiB"), line,
                     PRC_LIST_MAX_RECORD >> 10);
    if (!refill (self, error))
      return FALSE;
  }
}

static gboolean
skip_empty_lines (PrcListRecords *self, GError **error) {
  for (;;) {
    if (!self->whole && self->end - self->at < AHEAD && !refill (self, error))
      return FALSE;
    if (self->at == self->end || !at_line_end (self))
      return TRUE;
    skip_line_end (self);
  }
}

gboolean
prc_list_records_next (PrcListRecords *self, guint *n_fields, GError **error) {
  g_autoptr (GError) fault = NULL;
  *n_fields = 0;
  if (skip_empty_lines (self, &fault)) {
    if (self->at == self->end)
      return TRUE;
    if (read_record (self, &fault)) {
      skip_line_end (self);
      *n_fields = self->starts->len;
      return TRUE;
    }
  }
  g_propagate_error (error, g_steal_pointer (&fault));
  return FALSE;
}

const char *
prc_list_records_field (const PrcListRecords *self, guint index) {
  return self->fields->str + g_array_index (self->starts, gsize, index);
}

guint
prc_list_records_line (const PrcListRecords *self) {
  return self->start_line;
}

guint64
prc_list_records_offset (const PrcListRecords *self) {
  return self->start_offset;
}
