// SPDX-License-Identifier: Apache-2.0
#include "zip-fixture.h"

#include <gio/gio.h>
#include <string.h>

#include "builder.h"

static guint32
crc_of (const void *bytes, gsize n) { // ISO 3309, bit by bit
  guint32 crc = 0xFFFFFFFF;
  for (gsize i = 0; i < n; i++) {
    crc ^= ((const guint8 *)bytes)[i];
    for (int bit = 0; bit < 8; bit++)
      crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

static void
put_16 (GByteArray *b, unsigned value) {
  prc_build_16 (b, value, false);
}

static void
put_32 (GByteArray *b, guint64 value) {
  prc_build_32 (b, (guint32)value, false);
}

static void
put_64 (GByteArray *b, guint64 value) {
  put_32 (b, value);
  put_32 (b, value >> 32);
}

static GByteArray *
content_of (const ZipEntry *e) {
  if (!e->deflated)
    return prc_build_array (e->bytes, e->n);
  g_autoptr (GZlibCompressor) zlib = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 6);
  gsize room = e->n + e->n / 100 + 1000, taken, made;
  g_autofree guint8 *out = g_malloc (room);
  g_assert_cmpint (g_converter_convert (G_CONVERTER (zlib), e->bytes, e->n, out, room,
                                        G_CONVERTER_INPUT_AT_END, &taken, &made, NULL),
                   ==, G_CONVERTER_FINISHED);
  return prc_build_array (out, made);
}

// What both headers have: from the version that is needed to the length of the name.
static void
put_common (GByteArray *b, const ZipEntry *e, gsize compressed, gboolean far) {
  const guint64 size = e->size ? e->size : e->n;
  put_16 (b, far ? 45 : 20);
  put_16 (b, e->flags);
  put_16 (b, e->method ? e->method : e->deflated ? 8 : 0);
  put_32 (b, 0); // time and date
  put_32 (b, crc_of (e->bytes, e->n) + e->wrong);
  put_32 (b, far ? 0xFFFFFFFF : compressed);
  put_32 (b, far ? 0xFFFFFFFF : size);
  put_16 (b, (unsigned)strlen (e->name));
}

static void
put_directory (GByteArray *b, const ZipEntry *e, gsize compressed, gsize at, gboolean far) {
  put_32 (b, 0x02014B50);
  put_16 (b, e->mode ? 3 << 8 : 0);
  put_common (b, e, compressed, far);
  put_16 (b, (unsigned)e->n_extra + (far ? 28 : 0));
  put_16 (b, 0); // comment
  put_16 (b, 0); // disk
  put_16 (b, 0);
  put_32 (b, (guint64)e->mode << 16);
  put_32 (b, far ? 0xFFFFFFFF : at);
  prc_build_bytes (b, e->name, strlen (e->name));
  if (far) {
    put_16 (b, 1);
    put_16 (b, 24);
    put_64 (b, e->size ? e->size : e->n);
    put_64 (b, compressed);
    put_64 (b, at);
  }
  prc_build_bytes (b, e->extra, e->n_extra);
}

static GByteArray *
build (const ZipEntry *entries, gsize n, gboolean far) {
  GByteArray *b = g_byte_array_new ();
  g_autoptr (GByteArray) directory = g_byte_array_new ();
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GByteArray) content = content_of (&entries[i]);
    put_directory (directory, &entries[i], content->len, b->len, far);
    put_32 (b, 0x04034B50);
    put_common (b, &entries[i], content->len, far);
    put_16 (b, 0);
    prc_build_bytes (b, entries[i].name, strlen (entries[i].name));
    prc_build_bytes (b, content->data, content->len);
  }
  const gsize at = b->len, end = at + directory->len;
  prc_build_bytes (b, directory->data, directory->len);
  if (far) {
    put_32 (b, 0x06064B50);
    put_64 (b, 44);
    put_32 (b, 45 | 45 << 16);
    put_64 (b, 0); // disks
    put_64 (b, n);
    put_64 (b, n);
    put_64 (b, directory->len);
    put_64 (b, at);
    put_32 (b, 0x07064B50);
    put_32 (b, 0);
    put_64 (b, end);
    put_32 (b, 1);
  }
  put_32 (b, 0x06054B50);
  put_32 (b, 0);
  put_16 (b, far ? 0xFFFF : (unsigned)n);
  put_16 (b, far ? 0xFFFF : (unsigned)n);
  put_32 (b, far ? 0xFFFFFFFF : directory->len);
  put_32 (b, far ? 0xFFFFFFFF : at);
  put_16 (b, 0);
  return b;
}

GByteArray *
zip_fixture (const ZipEntry *entries, gsize n) {
  return build (entries, n, FALSE);
}

GByteArray *
zip_fixture_64 (const ZipEntry *entries, gsize n) {
  return build (entries, n, TRUE);
}

void
zip_fixture_save (const GByteArray *zip, const char *to) {
  g_autoptr (GError) error = NULL;
  g_file_set_contents (to, (const char *)zip->data, zip->len, &error);
  g_assert_no_error (error);
}

static void
add_folder (GArray *entries, const char *folder, const char *prefix, gboolean deflated) {
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *inner = g_strconcat (prefix, name, NULL);
    char *bytes;
    gsize n;
    if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
      g_autofree char *below = g_strconcat (inner, "/", NULL);
      add_folder (entries, path, below, deflated);
    } else if (*name != '.' && g_file_get_contents (path, &bytes, &n, NULL)) {
      const ZipEntry e = {
          .name = g_steal_pointer (&inner), .bytes = bytes, .n = n, .deflated = deflated};
      g_array_append_val (entries, e);
    }
  }
}

void
zip_fixture_folder (const char *folder, gboolean deflated, const char *to) {
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (ZipEntry));
  add_folder (entries, folder, "", deflated);
  g_autoptr (GByteArray) zip = zip_fixture ((const ZipEntry *)(void *)entries->data, entries->len);
  zip_fixture_save (zip, to);
  for (guint i = 0; i < entries->len; i++) {
    g_free ((char *)g_array_index (entries, ZipEntry, i).name);
    g_free ((void *)g_array_index (entries, ZipEntry, i).bytes);
  }
}
