// SPDX-License-Identifier: Apache-2.0
#include "prc-cases-csv.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "prc-engine-error.h"
#include "prc-list-records.h"

#define EMPTY G_MAXUINT32

typedef enum {
  COLUMN_PATH,
  COLUMN_TITLE,
  COLUMN_HISTORY,
  COLUMN_DIAGNOSIS,
  COLUMN_FINDINGS,
  COLUMN_NOTE,
  COLUMN_OUTCOME,
  COLUMN_PROOF,
  COLUMN_TAGS,
  N_COLUMNS
} Column;

static const char *const column_names[N_COLUMNS] = {
    "path", "title", "history", "diagnosis", "findings", "note", "outcome", "proof", "tags"};

typedef struct {
  guint64 hash; // of the absolute path
  guint64 offset;
  guint line;
  gboolean found;
} Entry;

struct _PrcCasesCsv {
  char *folder;
  PrcListText *text;
  PrcListRecords *there, *again; // once through the list; rows that are asked for
  int columns[N_COLUMNS];        // -1: not there
  guint n_fields;
  GArray *entries;
  guint32 *slots;      // indices of entries by their hashes
  guint n_slots;       // a power of two, at least twice as many as entries
  GHashTable *rows;    // of those found: index -> PrcCasesCsvRow
  GHashTable *by_real; // a path without symbolic links -> index
};

void
prc_cases_csv_row_free (PrcCasesCsvRow *row) {
  g_free (row->path);
  prc_case_text_clear (&row->text);
  g_free (row);
}

void
prc_cases_csv_free (PrcCasesCsv *csv) {
  if (!csv)
    return;
  g_clear_pointer (&csv->there, prc_list_records_free);
  g_clear_pointer (&csv->again, prc_list_records_free);
  g_clear_pointer (&csv->text, prc_list_text_free);
  g_array_unref (csv->entries);
  g_hash_table_unref (csv->rows);
  g_hash_table_unref (csv->by_real);
  g_free (csv->slots);
  g_free (csv->folder);
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

// --- columns

static gboolean
is_name (const char *field, const char *name) {
  g_autofree char *plain = g_strstrip (g_strdup (field));
  return g_ascii_strcasecmp (plain, name) == 0;
}

static int
find_column (const PrcListRecords *records, guint n_fields, const char *name, int from) {
  for (int i = from; i < (int)n_fields; i++)
    if (is_name (prc_list_records_field (records, (guint)i), name))
      return i;
  return -1;
}

// The first line with the separator with which it names a path; a comma where none does.
static gboolean
read_header_line (PrcCasesCsv *csv, GError **error) {
  static const char separators[] = {';', '\t', ','};
  PrcListRecords *records = csv->there;
  if (prc_list_records_next (records, &csv->n_fields, NULL) && csv->n_fields > 0 &&
      g_str_has_prefix (prc_list_records_field (records, 0), "sep=")) {
    const char separator = prc_list_records_field (records, 0)[4];
    prc_list_records_set_separator (records, separator ? separator : ',');
    prc_list_records_set_separator (csv->again, separator ? separator : ',');
    return prc_list_records_next (records, &csv->n_fields, error);
  }
  for (guint i = 0; csv->n_fields == 0 || find_column (records, csv->n_fields, "path", 0) < 0;
       i++) {
    if (i == G_N_ELEMENTS (separators))
      return TRUE;
    prc_list_records_set_separator (records, separators[i]);
    prc_list_records_set_separator (csv->again, separators[i]);
    prc_list_records_seek (records, 0, 1);
    const gboolean last = i + 1 == G_N_ELEMENTS (separators);
    if (!prc_list_records_next (records, &csv->n_fields, last ? error : NULL) && last)
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_header (PrcCasesCsv *csv, GError **error) {
  if (!read_header_line (csv, error))
    return FALSE;
  const guint line = prc_list_records_line (csv->there);
  if (csv->n_fields == 0)
    return refuse (error, _ ("The list of cases is empty"));
  guint known = 0;
  for (int c = 0; c < N_COLUMNS; c++) {
    csv->columns[c] = find_column (csv->there, csv->n_fields, column_names[c], 0);
    known += csv->columns[c] >= 0;
    if (csv->columns[c] >= 0 &&
        find_column (csv->there, csv->n_fields, column_names[c], csv->columns[c] + 1) >= 0)
      return refuse (error, _ ("Line %u: the column “%s” is there twice"), line, column_names[c]);
  }
  if (csv->columns[COLUMN_PATH] < 0)
    return refuse (error,
                   _ ("Line %u: there is no column “path”; the first line names the columns, "
                      "parted by commas, semicolons or tabs"),
                   line);
  if (known < 2)
    return refuse (error,
                   _ ("Line %u: besides “path” there is none of the columns title, history, "
                      "diagnosis, findings, note, outcome, proof, tags"),
                   line);
  return TRUE;
}

// --- rows

static char *
take_field (const PrcCasesCsv *csv, const PrcListRecords *records, Column column) {
  const int at = csv->columns[column];
  return at < 0 ? g_strdup ("")
                : g_strstrip (g_strdup (prc_list_records_field (records, (guint)at)));
}

static char *
take_path (const PrcCasesCsv *csv, const PrcListRecords *records) {
  g_autofree char *path = take_field (csv, records, COLUMN_PATH);
  return *path ? g_canonicalize_filename (path, csv->folder) : NULL;
}

// In the letters that the library has for it; NULL when it is none of its words.
static char *
take_proof (const PrcCasesCsv *csv, const PrcListRecords *records) {
  g_autofree char *given = take_field (csv, records, COLUMN_PROOF);
  g_autofree char *proof = g_ascii_strdown (given, -1);
  return prc_case_is_proof (proof) ? g_steal_pointer (&proof) : NULL;
}

static guint64
hash_of (const char *path) { // FNV-1a
  guint64 hash = 0xcbf29ce484222325u;
  for (; *path; path++)
    hash = (hash ^ (guint8)*path) * 0x100000001b3u;
  return hash ^ hash >> 32;
}

static Entry *
entry_at (const PrcCasesCsv *csv, guint index) {
  return &g_array_index (csv->entries, Entry, index);
}

PrcCasesCsvRow *
prc_cases_csv_row (PrcCasesCsv *csv, guint index) {
  const Entry *entry = entry_at (csv, index);
  guint n_fields;
  prc_list_records_seek (csv->again, entry->offset, entry->line);
  if (!prc_list_records_next (csv->again, &n_fields, NULL) || n_fields != csv->n_fields)
    return NULL;
  g_autofree char *path = take_path (csv, csv->again);
  if (!path || hash_of (path) != entry->hash)
    return NULL;
  PrcCasesCsvRow *row = g_new0 (PrcCasesCsvRow, 1);
  row->path = g_steal_pointer (&path);
  row->line = entry->line;
  row->text = (PrcCaseText){.title = take_field (csv, csv->again, COLUMN_TITLE),
                            .history = take_field (csv, csv->again, COLUMN_HISTORY),
                            .diagnosis = take_field (csv, csv->again, COLUMN_DIAGNOSIS),
                            .findings = take_field (csv, csv->again, COLUMN_FINDINGS),
                            .note = take_field (csv, csv->again, COLUMN_NOTE),
                            .outcome = take_field (csv, csv->again, COLUMN_OUTCOME),
                            .proof = take_proof (csv, csv->again),
                            .tags = take_field (csv, csv->again, COLUMN_TAGS)};
  return row;
}

// The index of the row of this very path, or EMPTY.
static guint
look_up (PrcCasesCsv *csv, const char *path) {
  const guint64 hash = hash_of (path);
  for (guint64 slot = hash; csv->n_slots; slot++) {
    const guint32 index = csv->slots[slot & (csv->n_slots - 1)];
    if (index == EMPTY)
      return EMPTY;
    if (entry_at (csv, index)->hash != hash)
      continue;
    const PrcCasesCsvRow *known = g_hash_table_lookup (csv->rows, GUINT_TO_POINTER (index));
    g_autoptr (PrcCasesCsvRow) row = known ? NULL : prc_cases_csv_row (csv, index);
    if (known ? g_str_equal (known->path, path) : row && g_str_equal (row->path, path))
      return index;
  }
  return EMPTY;
}

static void
put (PrcCasesCsv *csv, guint index) {
  guint64 slot = entry_at (csv, index)->hash;
  while (csv->slots[slot & (csv->n_slots - 1)] != EMPTY)
    slot++;
  csv->slots[slot & (csv->n_slots - 1)] = index;
}

static void
make_room (PrcCasesCsv *csv) {
  if (csv->entries->len * 2 <= csv->n_slots)
    return;
  csv->n_slots = MAX (csv->n_slots * 2, 64);
  g_free (csv->slots);
  csv->slots = g_new (guint32, csv->n_slots);
  memset (csv->slots, 0xFF, csv->n_slots * sizeof *csv->slots);
  for (guint i = 0; i + 1 < csv->entries->len; i++)
    put (csv, i);
}

static gboolean
add_row (PrcCasesCsv *csv, GError **error) {
  const guint line = prc_list_records_line (csv->there);
  g_autofree char *path = take_path (csv, csv->there);
  g_autofree char *proof = take_proof (csv, csv->there);
  if (!path)
    return refuse (error, _ ("Line %u: the path is empty"), line);
  if (!proof)
    return refuse (error, _ ("Line %u: the proof is none of pathology, follow-up, none"), line);
  const guint other = look_up (csv, path);
  if (other != EMPTY)
    return refuse (error, _ ("Line %u: the path is that of line %u"), line,
                   entry_at (csv, other)->line);
  if (csv->entries->len == PRC_CASES_CSV_MAX_ROWS)
    return refuse (error, _ ("Line %u: more than %u cases"), line, PRC_CASES_CSV_MAX_ROWS);
  const Entry entry = {hash_of (path), prc_list_records_offset (csv->there), line, FALSE};
  g_array_append_val (csv->entries, entry);
  make_room (csv);
  put (csv, csv->entries->len - 1);
  return TRUE;
}

static gboolean
read_rows (PrcCasesCsv *csv, GError **error) {
  if (!read_header (csv, error))
    return FALSE;
  for (guint n;;) {
    if (!prc_list_records_next (csv->there, &n, error))
      return FALSE;
    if (n == 0)
      return TRUE;
    if (n != csv->n_fields)
      return refuse (error, _ ("Line %u: %u fields, but the first line names %u columns"),
                     prc_list_records_line (csv->there), n, csv->n_fields);
    if (!add_row (csv, error))
      return FALSE;
  }
}

// Files are looked up by the path they were opened with; where that of a row leads through a
// symbolic link, its target counts too.
static void
add_real_paths (PrcCasesCsv *csv) {
  for (guint i = 0; csv->entries->len <= PRC_CASES_CSV_MAX_REAL && i < csv->entries->len; i++) {
    g_autoptr (PrcCasesCsvRow) row = prc_cases_csv_row (csv, i);
    char *real = row ? realpath (row->path, NULL) : NULL;
    if (real && !g_str_equal (real, row->path) && !g_hash_table_contains (csv->by_real, real))
      g_hash_table_insert (csv->by_real, g_strdup (real), GUINT_TO_POINTER (i));
    free (real);
  }
}

static PrcCasesCsv *
csv_new (PrcListText *text, const char *folder, GError **error) {
  if (!text)
    return NULL;
  g_autoptr (PrcCasesCsv) csv = g_new0 (PrcCasesCsv, 1);
  csv->text = text;
  csv->folder = g_strdup (folder);
  csv->there = prc_list_records_new (text);
  csv->again = prc_list_records_new (text);
  csv->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  csv->rows = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)prc_cases_csv_row_free);
  csv->by_real = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!read_rows (csv, error))
    return NULL;
  add_real_paths (csv);
  return g_steal_pointer (&csv);
}

PrcCasesCsv *
prc_cases_csv_parse (const char *bytes, gsize length, const char *folder, GError **error) {
  return csv_new (prc_list_text_new (bytes, length, error), folder, error);
}

PrcCasesCsv *
prc_cases_csv_load (const char *path, GError **error) {
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *folder = g_path_get_dirname (absolute);
  return csv_new (prc_list_text_open (path, error), folder, error);
}

guint
prc_cases_csv_length (const PrcCasesCsv *csv) {
  return csv->entries->len;
}

gboolean
prc_cases_csv_is_found (const PrcCasesCsv *csv, guint index) {
  return entry_at (csv, index)->found;
}

// --- finding

static const PrcCasesCsvRow *
take_found (PrcCasesCsv *csv, guint index) {
  const PrcCasesCsvRow *row = g_hash_table_lookup (csv->rows, GUINT_TO_POINTER (index));
  if (row)
    return row;
  PrcCasesCsvRow *made = prc_cases_csv_row (csv, index);
  if (!made)
    return NULL;
  entry_at (csv, index)->found = TRUE;
  g_hash_table_insert (csv->rows, GUINT_TO_POINTER (index), made);
  return made;
}

static guint
find_path (PrcCasesCsv *csv, const char *path) {
  gpointer index;
  if (g_hash_table_lookup_extended (csv->by_real, path, NULL, &index))
    return GPOINTER_TO_UINT (index);
  return look_up (csv, path);
}

static guint
find_above (PrcCasesCsv *csv, const char *file_path) {
  g_autofree char *path = g_strdup (file_path);
  for (;;) {
    guint index = find_path (csv, path);
    const gsize length = strlen (path);
    if (index == EMPTY && length > 1 && path[length - 1] == '!') { // all of an archive
      path[length - 1] = '\0';
      index = find_path (csv, path);
    }
    char *slash = strrchr (path, '/');
    if (index != EMPTY || !slash || slash == path)
      return index;
    *slash = '\0';
  }
}

const PrcCasesCsvRow *
prc_cases_csv_find (PrcCasesCsv *csv, const char *file_path) {
  g_autofree char *absolute = g_canonicalize_filename (file_path, NULL);
  guint index = find_above (csv, absolute);
  char *real = index == EMPTY ? realpath (absolute, NULL) : NULL;
  if (real)
    index = find_above (csv, real);
  free (real);
  return index == EMPTY ? NULL : take_found (csv, index);
}
