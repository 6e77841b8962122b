// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"

#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>

#define ROOT_UID "1.2.826.0.1.3680043.10.1338"

PrcInstance *
prc_fixture_instance (const char *path, const char *record) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) variant =
      g_variant_parse (G_VARIANT_TYPE_VARDICT, record, NULL, NULL, &error);
  g_assert_no_error (error);
  PrcInstance *instance = prc_instance_new_from_record (path, variant, &error);
  g_assert_no_error (error);
  return instance;
}

GByteArray *
prc_fixture_begin (void) {
  static const uint8_t preamble[128];
  GByteArray *file = g_byte_array_new ();
  g_byte_array_append (file, preamble, sizeof preamble);
  g_byte_array_append (file, (const uint8_t *)"DICM", 4);
  prc_fixture_put (file, 0x00020010, "UI", "1.2.840.10008.1.2.1", 20);
  return file;
}

void
prc_fixture_put (GByteArray *file, uint32_t tag, const char *vr, const void *value, gssize length) {
  static const char *const long_vrs[] = {"OB", "OW", "OF", "SQ", "UC", "UN", "UT", NULL};
  uint32_t n = length < 0 ? (uint32_t)strlen (value) : (uint32_t)length, padded = n + n % 2;
  bool is_long = g_strv_contains (long_vrs, vr);
  uint8_t head[12] = {(uint8_t)(tag >> 16), (uint8_t)(tag >> 24), (uint8_t)tag,
                      (uint8_t)(tag >> 8),  (uint8_t)vr[0],       (uint8_t)vr[1]};
  for (unsigned i = 0; i < (is_long ? 4 : 2); i++)
    head[(is_long ? 8 : 6) + i] = (uint8_t)(padded >> 8 * i);
  g_byte_array_append (file, head, is_long ? 12 : 8);
  g_byte_array_append (file, value, n);
  if (n % 2)
    g_byte_array_append (file, (const uint8_t *)" ", 1);
}

void
prc_fixture_put_item (GByteArray *items, GByteArray *elements) {
  uint8_t head[8] = {0xFE, 0xFF, 0x00, 0xE0};
  for (unsigned i = 0; i < 4; i++)
    head[4 + i] = (uint8_t)(elements->len >> 8 * i);
  g_byte_array_append (items, head, sizeof head);
  g_byte_array_append (items, elements->data, elements->len);
}

char *
prc_fixture_save (GByteArray *file) {
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("precedent-fixture-XXXXXX", &path, &error);
  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, (const char *)file->data, file->len, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&path);
}

char *
prc_fixture_sop_uid (const PrcFixtureSlice *slice) {
  return g_strdup_printf (ROOT_UID ".%u.%u.%u", slice->study, slice->series, slice->instance);
}

static void
put (GByteArray *out, uint64_t value, unsigned n_bytes) { // little endian
  for (unsigned i = 0; i < n_bytes; i++) {
    uint8_t byte = (uint8_t)(value >> (8 * i));
    g_byte_array_append (out, &byte, 1);
  }
}

static void
put_head (GByteArray *out, uint32_t tag, const char *vr, uint32_t length) {
  put (out, tag >> 16, 2);
  put (out, tag & 0xffff, 2);
  g_byte_array_append (out, (const uint8_t *)vr, 2);
  if (strcmp (vr, "OB") == 0 || strcmp (vr, "OW") == 0) {
    put (out, 0, 2);
    put (out, length, 4);
  } else {
    put (out, length, 2);
  }
}

static void
put_text (GByteArray *out, uint32_t tag, const char *vr, const char *text) {
  uint32_t length = (uint32_t)strlen (text);
  put_head (out, tag, vr, length + length % 2);
  g_byte_array_append (out, (const uint8_t *)text, length);
  if (length % 2)
    put (out, strcmp (vr, "UI") == 0 ? 0 : ' ', 1);
}

G_GNUC_PRINTF (4, 5)
static void
put_format (GByteArray *out, uint32_t tag, const char *vr, const char *format, ...) {
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  put_text (out, tag, vr, text);
}

static void
put_short (GByteArray *out, uint32_t tag, uint16_t value) {
  put_head (out, tag, "US", 2);
  put (out, value, 2);
}

static void
put_numbers (GByteArray *out, uint32_t tag, const double *numbers, size_t n) {
  GString *text = g_string_new (NULL);
  for (size_t i = 0; i < n; i++) {
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_printf (text, "%s%s", i ? "\\" : "",
                            g_ascii_formatd (digits, sizeof digits, "%.10g", numbers[i]));
  }
  put_text (out, tag, "DS", text->str);
  g_string_free (text, TRUE);
}

static void
put_file_meta (GByteArray *out, const char *sop_uid) {
  static const uint8_t preamble[128];
  g_autoptr (GByteArray) meta = g_byte_array_new ();
  put_head (meta, 0x00020001, "OB", 2);
  put (meta, 0x0100, 2);
  put_text (meta, 0x00020002, "UI", "1.2.840.10008.5.1.4.1.1.2");
  put_text (meta, 0x00020003, "UI", sop_uid);
  put_text (meta, 0x00020010, "UI", "1.2.840.10008.1.2.1");
  put_text (meta, 0x00020012, "UI", ROOT_UID);
  g_byte_array_append (out, preamble, sizeof preamble);
  g_byte_array_append (out, (const uint8_t *)"DICM", 4);
  put_head (out, 0x00020000, "UL", 4);
  put (out, meta->len, 4);
  g_byte_array_append (out, meta->data, meta->len);
}

static void
put_identity (GByteArray *out, const PrcFixtureSlice *slice, const char *sop_uid) {
  const char *patient = slice->patient_id ? slice->patient_id : "FIXTURE";
  put_text (out, 0x00080008, "CS", "ORIGINAL\\PRIMARY\\AXIAL");
  put_text (out, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2");
  put_text (out, 0x00080018, "UI", sop_uid);
  put_text (out, 0x00080020, "DA", "20260131");
  put_text (out, 0x00080060, "CS", "CT");
  if (slice->description)
    put_text (out, 0x0008103e, "LO", slice->description);
  put_format (out, 0x00100010, "PN", "SYNTHETIC^%s", patient);
  put_text (out, 0x00100020, "LO", patient);
  put_text (out, 0x00180050, "DS", "2");
  put_format (out, 0x0020000d, "UI", ROOT_UID ".%u", slice->study);
  put_format (out, 0x0020000e, "UI", ROOT_UID ".%u.%u", slice->study, slice->series);
  put_format (out, 0x00200011, "IS", "%u", slice->series);
  put_format (out, 0x00200013, "IS", "%u", slice->instance);
}

static void
put_geometry (GByteArray *out, const PrcFixtureSlice *slice) {
  static const double axial[6] = {1, 0, 0, 0, 1, 0};
  static const double none[6];
  bool is_axial = memcmp (slice->orientation, none, sizeof none) == 0;
  put_numbers (out, 0x00200032, slice->position_mm, 3);
  put_numbers (out, 0x00200037, is_axial ? axial : slice->orientation, 6);
  put_format (out, 0x00200052, "UI", ROOT_UID ".%u.0", slice->study);
  put_short (out, 0x00280002, 1);
  put_text (out, 0x00280004, "CS", "MONOCHROME2");
  put_short (out, 0x00280010, slice->rows);
  put_short (out, 0x00280011, slice->columns);
  double spacing[2] = {slice->spacing_mm[0] > 0 ? slice->spacing_mm[0] : 1,
                       slice->spacing_mm[1] > 0 ? slice->spacing_mm[1] : 1};
  put_numbers (out, 0x00280030, spacing, 2);
  put_short (out, 0x00280100, 16);
  put_short (out, 0x00280101, 16);
  put_short (out, 0x00280102, 15);
  put_short (out, 0x00280103, 1);
  put_text (out, 0x00281050, "DS", "40");
  put_text (out, 0x00281051, "DS", "400");
  put_text (out, 0x00281052, "DS", "-1024");
  put_text (out, 0x00281053, "DS", "1");
}

static void
put_pixels (GByteArray *out, const PrcFixtureSlice *slice) {
  size_t n = (size_t)slice->rows * slice->columns;
  put_head (out, 0x7fe00010, "OW", (uint32_t)(2 * n));
  size_t at = out->len;
  g_byte_array_set_size (out, (unsigned)(at + 2 * n));
  for (size_t i = 0; i < n; i++) {
    uint16_t value =
        slice->pixels ? (uint16_t)slice->pixels[i] : (uint16_t)((i + 7 * slice->instance) % 2048);
    out->data[at + 2 * i] = (uint8_t)value;
    out->data[at + 2 * i + 1] = (uint8_t)(value >> 8);
  }
}

void
prc_fixture_write (const char *path, const PrcFixtureSlice *slice) {
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *sop_uid = prc_fixture_sop_uid (slice);
  put_file_meta (out, sop_uid);
  put_identity (out, slice, sop_uid);
  put_geometry (out, slice);
  put_pixels (out, slice);
  g_file_set_contents_full (path, (const char *)out->data, out->len, G_FILE_SET_CONTENTS_NONE, 0600,
                            &error);
  g_assert_no_error (error);
}

void
prc_fixture_write_series (const char *folder, unsigned series, unsigned n, uint16_t rows,
                          uint16_t columns) {
  for (unsigned i = 0; i < n; i++) {
    PrcFixtureSlice slice = {.study = 1,
                             .series = series,
                             .instance = n - i,
                             .rows = rows,
                             .columns = columns,
                             .position_mm = {0, 0, 2.0 * (n - i - 1)}};
    g_autofree char *name = g_strdup_printf ("IM%05u.dcm", i + 1);
    g_autofree char *path = g_build_filename (folder, name, NULL);
    prc_fixture_write (path, &slice);
  }
}

char *
prc_fixture_folder (void) {
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("precedent-test-XXXXXX", &error);
  g_assert_no_error (error);
  return folder;
}

void
prc_fixture_remove (const char *folder) {
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
      prc_fixture_remove (path);
    else
      g_unlink (path);
  }
  g_rmdir (folder);
}

char *
prc_fixture_data (const char *relative) {
  const char *root = g_getenv ("PRECEDENT_TEST_DATA");
  g_autofree char *path = g_build_filename (root ? root : "/nonexistent", relative, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_test_skip ("no test data");
  return NULL;
}
