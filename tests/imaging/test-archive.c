// SPDX-License-Identifier: Apache-2.0
// ZIP archives and DICOMDIRs through real codecs: what is in them is read as files are, and what is
// made to do harm is told from what is not.
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder.h"
#include "fixture.h"
#include "prc-file-ids.h"
#include "prc-imaging-error.h"
#include "prc-path.h"
#include "prc-scan.h"
#include "zip-fixture.h"

static PrcCodecPool *pool;
static char *folder, *zip; // where all is written; the archive

static PrcScan *
scan (const char *path) {
  g_autoptr (GError) error = NULL;
  const char *const paths[] = {path, NULL};
  PrcScan *result = prc_scan (pool, paths, PRC_PRIORITY_SCAN, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return result;
}

static const char *
problem (const PrcScan *scan, guint i) {
  g_assert_cmpuint (scan->problems->len, >, i);
  return ((const PrcScanProblem *)scan->problems->pdata[i])->reason;
}

static gboolean
has_problem (const PrcScan *scan, const char *path_end, const char *words) {
  for (guint i = 0; i < scan->problems->len; i++) {
    const PrcScanProblem *each = scan->problems->pdata[i];
    if (g_str_has_suffix (each->path, path_end) && strstr (each->reason, words))
      return TRUE;
  }
  return FALSE;
}

static guint
n_slices (const PrcScan *scan) {
  guint n = 0;
  for (guint i = 0; i < scan->series->len; i++)
    n += prc_series_length (scan->series->pdata[i]);
  return n;
}

// The bytes of slice `number` of a series; owned.
static GByteArray *
slice (unsigned number) {
  g_autofree char *path = g_build_filename (folder, "slice.tmp", NULL);
  const PrcFixtureSlice s = {.study = 1,
                             .series = 2,
                             .instance = number,
                             .rows = 16,
                             .columns = 16,
                             .position_mm = {0, 0, number}};
  char *bytes;
  gsize n;
  prc_fixture_write (path, &s);
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  g_unlink (path);
  return g_byte_array_new_take ((guint8 *)bytes, n);
}

static ZipEntry
entry (const char *name, const GByteArray *content, gboolean deflated) {
  return (ZipEntry){.name = name, .bytes = content->data, .n = content->len, .deflated = deflated};
}

static void
save (const ZipEntry *entries, gsize n) {
  g_autoptr (GByteArray) b = zip_fixture (entries, n);
  zip_fixture_save (b, zip);
}

// ---- what is in an archive ----

static void
test_files (void) {
  g_autoptr (GByteArray) a = slice (1), b = slice (2), c = slice (3);
  const ZipEntry entries[] = {{.name = "patient/"},
                              entry ("patient/im10.dcm", c, FALSE),
                              entry ("patient/im1.dcm", a, TRUE),
                              entry ("./patient//im2.dcm", b, TRUE),
                              entry ("patient/.hidden", a, TRUE),
                              entry ("__MACOSX/im1.dcm", a, TRUE),
                              entry ("DICOMDIR", a, TRUE)};
  for (int far = 0; far < 2; far++) {
    g_autoptr (GByteArray) bytes = far ? zip_fixture_64 (entries, G_N_ELEMENTS (entries))
                                       : zip_fixture (entries, G_N_ELEMENTS (entries));
    zip_fixture_save (bytes, zip);
    g_autoptr (PrcScan) read = scan (zip);
    g_assert_cmpuint (read->problems->len, ==, 0);
    g_assert_cmpuint (read->series->len, ==, 1);
    g_assert_cmpuint (n_slices (read), ==, 3);
    g_assert_cmpuint (read->n_done, ==, 4); // the archive too
    g_assert_cmpuint (read->n_found, ==, 4);
  }
}

static PrcFrame *
frame_of (const char *path) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  PrcFrame *frame = prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  return frame;
}

static gboolean
are_equal (PrcFrame *a, PrcFrame *b) {
  return prc_frame_size (a) == prc_frame_size (b) &&
         memcmp (prc_frame_samples (a), prc_frame_samples (b), prc_frame_size (a)) == 0;
}

// Every request takes a path into an archive, and gives what it gives of the file.
static void
test_requests (void) {
  g_autoptr (GByteArray) a = slice (1), b = slice (2);
  const ZipEntry entries[] = {entry ("a", a, TRUE), entry ("b", b, FALSE)};
  save (entries, 2);
  for (unsigned i = 0; i < 2; i++) {
    g_autofree char *inside = prc_path_join (zip, entries[i].name);
    g_autofree char *file = g_build_filename (folder, "file", NULL);
    g_assert_true (g_file_set_contents (file, entries[i].bytes, (gssize)entries[i].n, NULL));
    g_autoptr (PrcFrame) one = frame_of (inside), other = frame_of (file);
    g_assert_true (are_equal (one, other));
    g_autofree char *json = prc_codec_pool_dump_json (pool, inside, NULL, NULL);
    g_autofree char *same = prc_codec_pool_dump_json (pool, file, NULL, NULL);
    g_assert_cmpstr (json, ==, same);
    g_autoptr (PrcElements) elements = prc_codec_pool_list (pool, inside, NULL, NULL);
    g_assert_nonnull (elements);
    g_unlink (file);
  }
  g_autofree char *nothing = prc_path_join (zip, "c");
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_codec_pool_describe_one (pool, nothing, PRC_PRIORITY_VIEW, NULL, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO);
}

// The archive is written anew at its place: what was remembered of it counts no more.
static void
test_changed (void) {
  g_autoptr (GByteArray) a = slice (1), b = slice (2);
  g_autofree char *inside = prc_path_join (zip, "same");
  const ZipEntry first = entry ("same", a, FALSE), second = entry ("same", b, FALSE);
  save (&first, 1);
  g_autoptr (PrcFrame) before = frame_of (inside);
  save (&second, 1);
  g_autoptr (PrcFrame) after = frame_of (inside);
  g_assert_false (are_equal (before, after));
}

static void
test_names (void) {
  static const guint8 extra[] = {0x75, 0x70, 10,  0,    1,    0x8c, 0x5d,
                                 0xd2, 0x52, 'r', 0xc3, 0xb8, 'd',  '.'};
  g_autoptr (GByteArray) a = slice (1), b = slice (2), c = slice (3), d = slice (4);
  ZipEntry entries[] = {entry ("\xb2\xa1\xc0\xfd/\xcd\xbc", a, TRUE), // GB18030: 病例/图
                        entry ("\xe7\x97\x85\xe4\xbe\x8b", b, TRUE),  // UTF-8: 病例
                        entry ("bilde\\skive", c, TRUE), entry ("\xff\xfe", d, TRUE)};
  save (entries, G_N_ELEMENTS (entries));
  g_autoptr (PrcScan) read = scan (zip);
  g_assert_cmpuint (read->problems->len, ==, 0);
  g_assert_cmpuint (n_slices (read), ==, 4);
  g_autofree char *chinese = prc_path_join (zip, "病例/图");
  g_autofree char *windows = prc_path_join (zip, "bilde/skive");
  g_autoptr (PrcFrame) one = frame_of (chinese), other = frame_of (windows);
  // A name in UTF-8 beside one that is not counts where its checksum is that of the other (APPNOTE
  // 4.6.9); 0x52d25d8c is not.
  entries[3].extra = extra;
  entries[3].n_extra = sizeof extra;
  save (entries, G_N_ELEMENTS (entries));
  g_autoptr (PrcScan) again = scan (zip);
  g_assert_cmpuint (n_slices (again), ==, 4);
}

static void
test_split (void) {
  g_autofree char *odd = g_build_filename (folder, "odd!", NULL);
  g_autofree char *file = g_build_filename (odd, "b", NULL);
  g_autofree char *inside = prc_path_join (zip, "x!/y"), *empty = prc_path_join (zip, "");
  char *archive, *name;
  g_file_set_contents (zip, "", 0, NULL);
  g_mkdir (odd, 0700);
  g_file_set_contents (file, "", 0, NULL);
  g_assert_false (prc_path_split (file, &archive, &name));
  g_assert_false (prc_path_split ("/nonexistent.zip!/a", &archive, &name));
  g_assert_false (prc_path_split (empty, &archive, &name));
  g_assert_null (archive);
  g_assert_true (prc_path_split (inside, &archive, &name));
  g_assert_cmpstr (archive, ==, zip);
  g_assert_cmpstr (name, ==, "x!/y");
  g_assert_true (prc_path_is_there (inside));
  g_assert_false (prc_path_is_there (odd));
  g_free (archive);
  g_free (name);
}

// ---- what is wrong with an entry, or with all ----

static void
test_refused_entries (void) {
  g_autoptr (GByteArray) a = slice (1), text = prc_build_array ("no image", 8);
  g_autoptr (GByteArray) inner = zip_fixture (NULL, 0);
  ZipEntry entries[] = {entry ("good", a, TRUE),        entry ("../out", a, TRUE),
                        entry ("/etc/passwd", a, TRUE), entry ("a/../../b", a, TRUE),
                        entry ("C:\\x", a, TRUE),       entry ("..\\y", a, TRUE),
                        entry ("link", text, FALSE),    entry ("device", text, FALSE),
                        entry ("secret", a, TRUE),      entry ("packed", a, FALSE),
                        entry ("good", a, TRUE),        entry ("crc", a, TRUE),
                        entry ("shorter", a, TRUE),     entry ("longer", a, TRUE),
                        entry ("text", text, TRUE),     entry ("inner.zip", inner, FALSE)};
  entries[6].mode = S_IFLNK | 0777;
  entries[7].mode = S_IFCHR | 0666;
  entries[8].flags = 1;
  entries[9].method = 14; // LZMA
  entries[11].wrong = 1;
  entries[12].size = a->len - 1;
  entries[13].size = a->len + 1;
  save (entries, G_N_ELEMENTS (entries));
  g_autoptr (PrcScan) read = scan (zip);
  g_assert_cmpuint (n_slices (read), ==, 1);
  g_assert_cmpuint (read->problems->len, ==, 15);
  g_assert_true (has_problem (read, "!/../out", "leads out"));
  g_assert_true (has_problem (read, "!//etc/passwd", "leads out"));
  g_assert_true (has_problem (read, "b", "leads out"));
  g_assert_true (has_problem (read, "x", "leads out"));
  g_assert_true (has_problem (read, "y", "leads out"));
  g_assert_true (has_problem (read, "!/link", "symbolic link"));
  g_assert_true (has_problem (read, "!/device", "Neither a file"));
  g_assert_true (has_problem (read, "!/secret", "encrypted"));
  g_assert_true (has_problem (read, "!/packed", "compressed"));
  g_assert_true (has_problem (read, "!/good", "two files"));
  g_assert_true (has_problem (read, "!/crc", "damaged in its archive"));
  g_assert_true (has_problem (read, "!/shorter", "damaged in its archive"));
  g_assert_true (has_problem (read, "!/longer", "damaged in its archive"));
  g_assert_true (has_problem (read, "!/text", "DICOM"));
  g_assert_true (has_problem (read, "!/inner.zip", "archive in an archive"));
  for (guint i = 0; i < read->problems->len; i++)
    g_assert_false (g_str_has_suffix (problem (read, i), "."));
}

static void
assert_refused (const GByteArray *bytes, const char *words) {
  zip_fixture_save (bytes, zip);
  g_autoptr (PrcScan) read = scan (zip);
  g_assert_cmpuint (n_slices (read), ==, 0);
  g_assert_cmpuint (read->problems->len, ==, 1);
  if (!strstr (problem (read, 0), words))
    g_error ("“%s” does not say “%s”", problem (read, 0), words);
}

// A file of 128 MiB by its own word, of some hundred bytes; eighty of 60 MiB, which each could be;
// and files that share their bytes, of which a small archive can hold any amount.
static void
test_bombs (void) {
  const gsize n = 128 << 10;
  g_autofree guint8 *zeros = g_malloc0 (n);
  ZipEntry entries[80];
  entries[0] =
      (ZipEntry){.name = "zeros", .bytes = zeros, .n = n, .deflated = TRUE, .size = n << 10};
  g_autoptr (GByteArray) one = zip_fixture (entries, 1);
  assert_refused (one, "grows beyond");
  g_autofree char *inside = prc_path_join (zip, "zeros");
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_codec_pool_describe_one (pool, inside, PRC_PRIORITY_VIEW, NULL, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_UNSUPPORTED);

  char names[80][8];
  for (unsigned i = 0; i < 80; i++) { // what they say counts: none is unpacked
    g_snprintf (names[i], sizeof names[i], "%u", i);
    entries[i] = (ZipEntry){.name = names[i], .bytes = zeros, .n = 8, .size = 60 << 20};
  }
  g_autoptr (GByteArray) many = zip_fixture (entries, 80);
  assert_refused (many, "archive grows beyond");

  g_autoptr (GByteArray) a = slice (1);
  const ZipEntry two[] = {entry ("a", a, FALSE), entry ("b", a, FALSE)};
  g_autoptr (GByteArray) shared = zip_fixture (two, 2);
  guint8 *second = shared->data + shared->len - 22 - 47; // its header in the directory
  g_assert_cmpmem (second, 4, "PK\1\2", 4);
  memset (second + 42, 0, 4); // lies where the first one does
  assert_refused (shared, "upon each other");
}

static void
test_many_entries (void) {
  const guint n = 200001;
  GByteArray *b = g_byte_array_new ();
  g_autoptr (GByteArray) end = prc_build_array ("PK\5\6\0\0\0\0", 8);
  prc_build_bytes (b, "PK\3\4", 4);
  prc_build_bytes (b, "PK\6\6", 4); // number of entries is all that counts
  for (unsigned i = 0; i < 20; i++)
    prc_build_bytes (b, "\0", 1);
  for (unsigned i = 0; i < 2; i++) {
    prc_build_32 (b, n, false);
    prc_build_32 (b, 0, false);
  }
  for (unsigned i = 0; i < 16; i++)
    prc_build_bytes (b, "\0", 1);
  prc_build_bytes (b, "PK\6\7\0\0\0\0\4\0\0\0\0\0\0\0\1\0\0\0", 20);
  prc_build_bytes (b, end->data, end->len);
  prc_build_bytes (b, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0", 14);
  assert_refused (b, "more than 200000");
  g_byte_array_unref (b);
}

// Cut at every byte, and each byte of what is behind the contents changed: a sentence, or what is
// there; the codec lives.
static void
test_damaged (void) {
  g_autoptr (GByteArray) a = prc_build_array ("no image at all", 15);
  const ZipEntry entries[] = {entry ("a", a, FALSE), entry ("bb", a, TRUE)};
  g_autoptr (GByteArray) b = zip_fixture (entries, 2);
  for (guint n = 4; n < b->len; n++) {
    g_autoptr (GByteArray) part = prc_build_array (b->data, n);
    assert_refused (part, "cut off");
  }
  for (guint at = 4; at < b->len; at++) {
    g_autoptr (GByteArray) changed = prc_build_array (b->data, b->len);
    changed->data[at] ^= 0xFF;
    zip_fixture_save (changed, zip);
    g_autoptr (PrcScan) read = scan (zip);
    g_assert_cmpuint (read->problems->len, >=, 1);
    for (guint i = 0; i < read->problems->len; i++)
      g_assert_null (strstr (problem (read, i), "broke down"));
  }
}

static void
test_other_kinds (void) {
  g_autoptr (GByteArray) a = slice (1), text = prc_build_array ("x", 1);
  const ZipEntry document[] = {entry ("[Content_Types].xml", text, TRUE), entry ("im", a, TRUE)};
  g_autoptr (GByteArray) office = zip_fixture (document, 2);
  assert_refused (office, "Neither a DICOM file");
  static const char seven[] = "7z\xBC\xAF\x27\x1C\0\4aaaaaaaaaaaaaaaaaaaaaaaaaaa";
  g_autoptr (GByteArray) other = prc_build_array (seven, sizeof seven);
  assert_refused (other, "of a kind that is not read");
}

// ---- DICOMDIR ----

static void
put_record (GByteArray *items, const char *id, unsigned in_use) {
  g_autoptr (GByteArray) record = g_byte_array_new ();
  const guint8 number[] = {(guint8)in_use, (guint8)(in_use >> 8)};
  prc_fixture_put (record, 0x00041410, "US", number, 2);
  prc_fixture_put (record, 0x00041430, "CS", "IMAGE", -1);
  if (id)
    prc_fixture_put (record, 0x00041500, "CS", id, -1);
  prc_fixture_put_item (items, record);
}

static char *
write_dicomdir (const char *const *ids) {
  GByteArray *file = prc_fixture_begin ();
  g_autoptr (GByteArray) items = g_byte_array_new ();
  put_record (items, NULL, 0xFFFF); // a patient
  put_record (items, "GONE", 0);    // not in use
  for (; *ids; ids++)
    put_record (items, *ids, 0xFFFF);
  prc_fixture_put (file, 0x00041220, "SQ", items->data, items->len);
  g_autofree char *made = prc_fixture_save (file);
  char *path = g_build_filename (folder, "cd", "DICOMDIR", NULL);
  char *bytes;
  gsize n;
  g_assert_true (g_file_get_contents (made, &bytes, &n, NULL));
  g_assert_true (g_file_set_contents (path, bytes, (gssize)n, NULL));
  g_unlink (made);
  g_free (bytes);
  return path;
}

static void
write_image (const char *name, unsigned number) {
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GByteArray) bytes = slice (number);
  g_mkdir_with_parents (parent, 0700);
  g_assert_true (g_file_set_contents (path, (const char *)bytes->data, bytes->len, NULL));
}

static void
test_dicomdir (void) {
  static const char *const ids[] = {
      "DICOM\\IM1",     "DICOM\\IM2",      "DICOM\\IM3",      "DICOM\\MISSING", "..\\OUTSIDE",
      "DICOM\\..\\IM1", "DICOM/../../OUT", "LINKED\\OUTSIDE", "DICOM\\LINK",    NULL};
  write_image ("cd/dicom/im1", 1);
  write_image ("cd/dicom/IM2.;1", 2);
  write_image ("cd/dicom/Im3.", 3);
  write_image ("cd/unnamed", 4);
  write_image ("outside", 5);
  write_image ("away/outside", 6);
  g_autofree char *linked = g_build_filename (folder, "cd", "linked", NULL);
  g_autofree char *link = g_build_filename (folder, "cd", "dicom", "link", NULL);
  g_assert_cmpint (symlink ("../away", linked), ==, 0);
  g_assert_cmpint (symlink ("../../outside", link), ==, 0);
  g_autofree char *path = write_dicomdir (ids);
  g_autoptr (PrcScan) read = scan (path);
  g_assert_cmpuint (n_slices (read), ==, 3);
  g_assert_cmpuint (read->problems->len, ==, 6);
  g_assert_true (has_problem (read, "DICOM/MISSING", "not there"));
  g_assert_true (has_problem (read, "/OUTSIDE", "leads out"));
  g_assert_true (has_problem (read, "/IM1", "leads out"));
  g_assert_true (has_problem (read, "/OUT", "leads out"));
  g_assert_true (has_problem (read, "LINKED/OUTSIDE", "not there"));
  g_assert_true (has_problem (read, "DICOM/LINK", "not there"));
  g_autofree char *cd = g_path_get_dirname (path);
  g_autoptr (PrcScan) whole = scan (cd); // as a folder it is walked
  g_assert_cmpuint (n_slices (whole), ==, 5);
}

static void
test_dicomdir_damaged (void) {
  g_autofree char *path = g_build_filename (folder, "cd", "DICOMDIR", NULL);
  write_image ("cd/dicom/im1", 1);
  g_assert_true (g_file_set_contents (path, "no directory", -1, NULL));
  g_autoptr (PrcScan) read = scan (path);
  g_assert_cmpuint (n_slices (read), ==, 1);
  g_assert_cmpuint (read->problems->len, ==, 1);
  g_assert_nonnull (strstr (problem (read, 0), "searched instead"));
}

static void
test_file_ids (void) {
  write_image ("cd/a.b;2", 1);
  g_autofree char *cd = g_build_filename (folder, "cd", NULL);
  g_autoptr (PrcFileIds) ids = prc_file_ids_new (cd);
  g_autofree char *found = prc_file_ids_find (ids, "A.B");
  g_assert_true (g_str_has_suffix (found, "/cd/a.b;2"));
  g_assert_null (prc_file_ids_find (ids, ""));
  g_assert_null (prc_file_ids_find (ids, ".."));
  g_assert_null (prc_file_ids_find (ids, "../cd/A.B"));
  g_assert_null (prc_file_ids_find (ids, "A.B/X"));
}

static void
set_up (gpointer *unused, gconstpointer data) {
  folder = prc_fixture_folder ();
  zip = g_build_filename (folder, "archive.zip", NULL);
}

static void
tear_down (gpointer *unused, gconstpointer data) {
  prc_fixture_remove (folder);
  g_free (folder);
  g_free (zip);
}

static const struct {
  const char *name;
  void (*run) (void);
} tests[] = {
    {"/archive/files", test_files},        {"/archive/requests", test_requests},
    {"/archive/changed", test_changed},    {"/archive/names", test_names},
    {"/archive/split", test_split},        {"/archive/refused-entries", test_refused_entries},
    {"/archive/bombs", test_bombs},        {"/archive/many-entries", test_many_entries},
    {"/archive/damaged", test_damaged},    {"/archive/other-kinds", test_other_kinds},
    {"/dicomdir/files", test_dicomdir},    {"/dicomdir/damaged", test_dicomdir_damaged},
    {"/dicomdir/file-ids", test_file_ids},
};

static void
run_one (gpointer *unused, gconstpointer data) {
  ((void (*) (void))data) ();
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (2);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, gpointer, (gconstpointer)tests[i].run, set_up, run_one, tear_down);
  const int status = g_test_run ();
  prc_codec_pool_unref (pool);
  return status;
}
