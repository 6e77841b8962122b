// SPDX-License-Identifier: Apache-2.0
#include "prc-cases-csv.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include "prc-engine-error.h"

#define MAX_BYTES   (64u << 20) // some hundred thousand cases: more is no list that a person keeps
#define MAX_COLUMNS 256

typedef enum {
  COLUMN_PATH,
  COLUMN_TITLE,
  COLUMN_DIAGNOSIS,
  COLUMN_FINDINGS,
  COLUMN_NOTE,
  COLUMN_OUTCOME,
  N_COLUMNS
} Column;

static const char *const column_names[N_COLUMNS] = {"path",     "title", "diagnosis",
                                                    "findings", "note",  "outcome"};

struct _PrcCasesCsv {
  GPtrArray *rows;     // PrcCasesCsvRow
  GHashTable *by_path; // absolute path, and the path without symbolic links -> row
};

static void
row_free (gpointer data) {
  PrcCasesCsvRow *row = data;
  g_free (row->path);
  prc_case_text_clear (&row->text);
  g_free (row);
}

void
prc_cases_csv_free (PrcCasesCsv *csv) {
  if (!csv)
    return;
  g_clear_pointer (&csv->by_path, g_hash_table_unref);
  g_clear_pointer (&csv->rows, g_ptr_array_unref);
  g_free (csv);
}

static gboolean
G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...) {
  va_list values;
  va_start (values, format);
  if (error)
    *error = g_error_new_valist (PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_CASES_CSV, format, values);
  va_end (values);
  return FALSE;
}

// --- records

typedef struct {
  const char *at, *end;
  guint line;       // of `at`
  guint start_line; // of the record that was read last
  GString *field;
} Reader;

static gboolean
at_line_end (const Reader *reader) {
  return reader->at == reader->end || *reader->at == '\n' ||
         (*reader->at == '\r' && reader->at + 1 < reader->end && reader->at[1] == '\n');
}

static gboolean
read_quoted (Reader *reader, GError **error) {
  const guint opened = reader->line;
  for (reader->at++; reader->at < reader->end; reader->at++) {
    if (*reader->at == '"' && (reader->at + 1 == reader->end || reader->at[1] != '"')) {
      reader->at++;
      if (at_line_end (reader) || *reader->at == ',')
        return TRUE;
      return refuse (error, _ ("Line %u: text after a closing quotation mark"), reader->line);
    }
    if (*reader->at == '"')
      reader->at++;
    reader->line += *reader->at == '\n';
    g_string_append_c (reader->field, *reader->at);
  }
  return refuse (error, _ ("Line %u: a quotation mark is never closed"), opened);
}

static gboolean
read_plain (Reader *reader, GError **error) {
  for (; !at_line_end (reader) && *reader->at != ','; reader->at++) {
    if (*reader->at == '"')
      return refuse (error,
                     _ ("Line %u: a quotation mark within a field that does not start with one"),
                     reader->line);
    if (*reader->at == '\r')
      return refuse (error, _ ("Line %u: a carriage return that ends no line"), reader->line);
    g_string_append_c (reader->field, *reader->at);
  }
  return TRUE;
}

static void
skip_line_end (Reader *reader) {
  if (reader->at == reader->end)
    return;
  reader->at += *reader->at == '\r' ? 2 : 1;
  reader->line++;
}

// The next record that is not an empty line: its fields, or NULL at the end (no error) or on a
// fault (error).
static GStrv
read_record (Reader *reader, GError **error) {
  while (reader->at < reader->end && at_line_end (reader))
    skip_line_end (reader);
  if (reader->at == reader->end)
    return NULL;
  reader->start_line = reader->line;
  g_autoptr (GStrvBuilder) fields = g_strv_builder_new ();
  for (guint n = 1;; n++) {
    g_string_truncate (reader->field, 0);
    const gboolean quoted = reader->at < reader->end && *reader->at == '"';
    if (!(quoted ? read_quoted (reader, error) : read_plain (reader, error)))
      return NULL;
    g_strv_builder_add (fields, reader->field->str);
    if (at_line_end (reader))
      break;
    if (n == MAX_COLUMNS) {
      refuse (error, _ ("Line %u: more than %d columns"), reader->line, MAX_COLUMNS);
      return NULL;
    }
    reader->at++; // the comma
  }
  skip_line_end (reader);
  return g_strv_builder_end (fields);
}

// --- columns and rows

static gboolean
read_header (Reader *reader, int columns[N_COLUMNS], guint *n_fields, GError **error) {
  g_auto (GStrv) header = read_record (reader, error);
  if (!header)
    return *error ? FALSE : refuse (error, _ ("The list of cases is empty"));
  guint known = 0;
  *n_fields = g_strv_length (header);
  for (int c = 0; c < N_COLUMNS; c++)
    columns[c] = -1;
  for (guint i = 0; i < *n_fields; i++)
    for (int c = 0; c < N_COLUMNS; c++) {
      if (g_ascii_strcasecmp (g_strstrip (header[i]), column_names[c]) != 0)
        continue;
      if (columns[c] >= 0)
        return refuse (error, _ ("Line %u: the column “%s” is there twice"), reader->start_line,
                       column_names[c]);
      columns[c] = (int)i;
      known++;
    }
  if (columns[COLUMN_PATH] < 0)
    return refuse (error,
                   _ ("Line %u: there is no column “path”; the first line names the columns, "
                      "separated by commas"),
                   reader->start_line);
  if (known < 2)
    return refuse (error,
                   _ ("Line %u: besides “path” there is none of the columns title, diagnosis, "
                      "findings, note, outcome"),
                   reader->start_line);
  return TRUE;
}

static char *
take_field (GStrv record, int column) {
  return column < 0 ? g_strdup ("") : g_strstrip (g_strdup (record[column]));
}

static gboolean
add_row (PrcCasesCsv *csv, GStrv record, const int columns[N_COLUMNS], const char *folder,
         guint line, GError **error) {
  g_autofree char *path = take_field (record, columns[COLUMN_PATH]);
  if (!*path)
    return refuse (error, _ ("Line %u: the path is empty"), line);
  g_autofree char *absolute = g_canonicalize_filename (path, folder);
  const PrcCasesCsvRow *other = g_hash_table_lookup (csv->by_path, absolute);
  if (other)
    return refuse (error, _ ("Line %u: the path is that of line %u"), line, other->line);
  PrcCasesCsvRow *row = g_new0 (PrcCasesCsvRow, 1);
  row->path = g_steal_pointer (&absolute);
  row->line = line;
  row->text.title = take_field (record, columns[COLUMN_TITLE]);
  row->text.diagnosis = take_field (record, columns[COLUMN_DIAGNOSIS]);
  row->text.findings = take_field (record, columns[COLUMN_FINDINGS]);
  row->text.note = take_field (record, columns[COLUMN_NOTE]);
  row->text.outcome = take_field (record, columns[COLUMN_OUTCOME]);
  g_ptr_array_add (csv->rows, row);
  g_hash_table_insert (csv->by_path, g_strdup (row->path), row);
  return TRUE;
}

static gboolean
read_rows (PrcCasesCsv *csv, Reader *reader, const char *folder, GError **error) {
  int columns[N_COLUMNS];
  guint n_fields = 0;
  if (!read_header (reader, columns, &n_fields, error))
    return FALSE;
  for (;;) {
    g_autoptr (GError) fault = NULL;
    g_auto (GStrv) record = read_record (reader, &fault);
    if (fault) {
      g_propagate_error (error, g_steal_pointer (&fault));
      return FALSE;
    }
    if (!record)
      return TRUE;
    const guint n = g_strv_length (record);
    if (n != n_fields)
      return refuse (error, _ ("Line %u: %u fields, but the first line names %u columns"),
                     reader->start_line, n, n_fields);
    if (!add_row (csv, record, columns, folder, reader->start_line, error))
      return FALSE;
  }
}

// Files are looked up by the path they were opened with; where that leads through a symbolic link,
// its target counts too.
static void
add_real_paths (PrcCasesCsv *csv) {
  for (guint i = 0; i < csv->rows->len; i++) {
    PrcCasesCsvRow *row = g_ptr_array_index (csv->rows, i);
    char *real = realpath (row->path, NULL);
    if (real && !g_hash_table_contains (csv->by_path, real))
      g_hash_table_insert (csv->by_path, g_strdup (real), row);
    free (real);
  }
}

static gboolean
check_text (const char *bytes, gsize length, GError **error) {
  const char *wrong;
  if (length > MAX_BYTES)
    return refuse (error, _ ("The list of cases is larger than %u MiB"), MAX_BYTES >> 20);
  if (g_utf8_validate_len (bytes, length, &wrong))
    return TRUE;
  guint line = 1;
  for (const char *at = bytes; at < wrong; at++)
    line += *at == '\n';
  return refuse (error, _ ("Line %u: the text is not UTF-8"), line);
}

PrcCasesCsv *
prc_cases_csv_parse (const char *bytes, gsize length, const char *folder, GError **error) {
  if (!check_text (bytes, length, error))
    return NULL;
  const gsize mark = length >= 3 && memcmp (bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  Reader reader = {bytes + mark, bytes + length, 1, 1, g_string_new (NULL)};
  g_autoptr (PrcCasesCsv) csv = g_new0 (PrcCasesCsv, 1);
  csv->rows = g_ptr_array_new_with_free_func (row_free);
  csv->by_path = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) fault = NULL;
  const gboolean ok = read_rows (csv, &reader, folder, &fault);
  g_string_free (reader.field, TRUE);
  if (!ok) {
    g_propagate_error (error, g_steal_pointer (&fault));
    return NULL;
  }
  add_real_paths (csv);
  return g_steal_pointer (&csv);
}

PrcCasesCsv *
prc_cases_csv_load (const char *path, GError **error) {
  g_autofree char *bytes = NULL;
  gsize length;
  g_autoptr (GError) fault = NULL;
  if (!g_file_get_contents (path, &bytes, &length, &fault)) {
    refuse (error, _ ("The list of cases cannot be read: %s"),
            g_error_matches (fault, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? _ ("there is no such file")
                                                                      : fault->message);
    return NULL;
  }
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *folder = g_path_get_dirname (absolute);
  return prc_cases_csv_parse (bytes, length, folder, error);
}

guint
prc_cases_csv_length (const PrcCasesCsv *csv) {
  return csv->rows->len;
}

const PrcCasesCsvRow *
prc_cases_csv_row (const PrcCasesCsv *csv, guint index) {
  return g_ptr_array_index (csv->rows, index);
}

static const PrcCasesCsvRow *
find_above (const PrcCasesCsv *csv, const char *file_path) {
  g_autofree char *path = g_strdup (file_path);
  for (;;) {
    const PrcCasesCsvRow *row = g_hash_table_lookup (csv->by_path, path);
    const gsize length = strlen (path);
    if (!row && length > 1 && path[length - 1] == '!') { // the archive as a whole (prc-path.h)
      path[length - 1] = '\0';
      row = g_hash_table_lookup (csv->by_path, path);
    }
    char *slash = strrchr (path, '/');
    if (row || !slash || slash == path)
      return row;
    *slash = '\0';
  }
}

const PrcCasesCsvRow *
prc_cases_csv_find (const PrcCasesCsv *csv, const char *file_path) {
  g_autofree char *absolute = g_canonicalize_filename (file_path, NULL);
  const PrcCasesCsvRow *row = find_above (csv, absolute);
  if (row)
    return row;
  char *real = realpath (absolute, NULL);
  row = real ? find_above (csv, real) : NULL;
  free (real);
  return row;
}
