// SPDX-License-Identifier: Apache-2.0
#include "builder.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "prc-imaging-error.h"

void
prc_build_bytes (GByteArray *b, const void *bytes, size_t n) {
  g_byte_array_append (b, bytes, (unsigned)n);
}

GByteArray *
prc_build_array (const void *bytes, size_t n) {
  GByteArray *b = g_byte_array_new ();
  prc_build_bytes (b, bytes, n);
  return b;
}

void
prc_build_16 (GByteArray *b, unsigned v, bool big) {
  if (big)
    PUT (b, (uint8_t)(v >> 8), (uint8_t)v);
  else
    PUT (b, (uint8_t)v, (uint8_t)(v >> 8));
}

void
prc_build_32 (GByteArray *b, uint32_t v, bool big) {
  prc_build_16 (b, big ? v >> 16 : v & 0xffff, big);
  prc_build_16 (b, big ? v & 0xffff : v >> 16, big);
}

void
prc_build_head (GByteArray *b, const char *syntax, uint32_t tag, const char *vr, uint32_t length) {
  static const char *const long_ones[] = {"OB", "OD", "OF", "OL", "OV", "OW",
                                          "SQ", "UN", "UR", "UT", "UV", NULL};
  bool big = strcmp (syntax, PRC_BUILD_BIG) == 0;
  prc_build_16 (b, tag >> 16, big);
  prc_build_16 (b, tag & 0xffff, big);
  if (strcmp (syntax, PRC_BUILD_IMPLICIT) == 0 || strcmp (syntax, PRC_BUILD_GE) == 0) {
    prc_build_32 (b, length, big);
    return;
  }
  prc_build_bytes (b, vr, 2);
  if (g_strv_contains (long_ones, vr)) {
    prc_build_16 (b, 0, big);
    prc_build_32 (b, length, big);
  } else {
    prc_build_16 (b, length, big);
  }
}

void
prc_build_element (GByteArray *b, const char *syntax, uint32_t tag, const char *vr,
                   const void *value, size_t n) {
  prc_build_head (b, syntax, tag, vr, (uint32_t)n);
  prc_build_bytes (b, value, n);
}

void
prc_build_text (GByteArray *b, const char *syntax, uint32_t tag, const char *vr, const char *text) {
  size_t n = strlen (text);
  prc_build_head (b, syntax, tag, vr, (uint32_t)(n + n % 2));
  prc_build_bytes (b, text, n);
  if (n % 2)
    PUT (b, vr[0] == 'U' ? 0 : ' ');
}

void
prc_build_number (GByteArray *b, const char *syntax, uint32_t tag, unsigned value) {
  prc_build_head (b, syntax, tag, "US", 2);
  prc_build_16 (b, value, strcmp (syntax, PRC_BUILD_BIG) == 0);
}

GByteArray *
prc_build_meta (const char *syntax) {
  GByteArray *b = g_byte_array_new ();
  g_byte_array_set_size (b, 128);
  memset (b->data, 0, 128);
  prc_build_bytes (b, "DICM", 4);
  prc_build_text (b, PRC_BUILD_EXPLICIT, 0x00020010, "UI", syntax);
  return b;
}

void
prc_build_image (GByteArray *b, const PrcBuildHeader *h) {
  const char *s = h->syntax;
  g_autofree char *frames = g_strdup_printf ("%u", MAX (h->frames, 1));
  prc_build_number (b, s, 0x00280002, MAX (h->samples, 1));
  prc_build_text (b, s, 0x00280004, "CS", h->photometric ? h->photometric : "MONOCHROME2");
  if (h->samples == 3)
    prc_build_number (b, s, 0x00280006, h->planar);
  prc_build_text (b, s, 0x00280008, "IS", frames);
  prc_build_number (b, s, 0x00280010, h->rows);
  prc_build_number (b, s, 0x00280011, h->columns);
  prc_build_number (b, s, 0x00280100, h->allocated);
  prc_build_number (b, s, 0x00280101, h->stored ? h->stored : h->allocated);
  prc_build_number (b, s, 0x00280102, h->stored ? h->high : h->allocated - 1);
  prc_build_number (b, s, 0x00280103, h->is_signed);
}

GByteArray *
prc_build_begin (const PrcBuildHeader *h) {
  GByteArray *b = prc_build_meta (h->syntax);
  if (h->sop_class)
    prc_build_text (b, h->syntax, 0x00080016, "UI", h->sop_class);
  prc_build_text (b, h->syntax, 0x00080018, "UI", "1.2.3");
  prc_build_image (b, h);
  return b;
}

GByteArray *
prc_build_native (const PrcBuildHeader *h, const uint8_t *pixels, size_t n) {
  GByteArray *b = prc_build_begin (h);
  prc_build_element (b, h->syntax, 0x7fe00010, "OW", pixels, n);
  return b;
}

void
prc_build_item (GByteArray *b, const void *bytes, size_t n) {
  PUT (b, 0xfe, 0xff, 0x00, 0xe0);
  prc_build_32 (b, (uint32_t)n, false);
  prc_build_bytes (b, bytes, n);
}

void
prc_build_fragments (GByteArray *b, const uint32_t *offsets, size_t n) {
  g_autoptr (GByteArray) table = g_byte_array_new ();
  prc_build_head (b, PRC_BUILD_EXPLICIT, 0x7fe00010, "OB", 0xffffffff);
  for (size_t i = 0; i < n; i++)
    prc_build_32 (table, offsets[i], false);
  prc_build_item (b, table->data, table->len);
}

GByteArray *
prc_build_encapsulated (const PrcBuildHeader *h, const uint32_t *offsets, size_t n) {
  GByteArray *b = prc_build_begin (h);
  prc_build_fragments (b, offsets, n);
  return b;
}

void
prc_build_end (GByteArray *b) {
  PUT (b, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0);
}

GByteArray *
prc_build_one_frame (const PrcBuildHeader *h, const void *bytes, size_t n) {
  GByteArray *b = prc_build_encapsulated (h, NULL, 0);
  prc_build_item (b, bytes, n);
  prc_build_end (b);
  return b;
}

GByteArray *
prc_build_rle (unsigned n, const GByteArray *const *segments) {
  GByteArray *b = g_byte_array_new ();
  uint32_t at = 64;
  prc_build_32 (b, n, false);
  for (unsigned i = 0; i < 15; i++) {
    prc_build_32 (b, i < n ? at : 0, false);
    at += i < n ? segments[i]->len : 0;
  }
  for (unsigned i = 0; i < n; i++)
    prc_build_bytes (b, segments[i]->data, segments[i]->len);
  return b;
}

GByteArray *
prc_build_jpeg (unsigned which) {
  GByteArray *b = BYTES (0xff, 0xd8, 0xff, 0xdb, 0, 67, 0);
  for (int i = 0; i < 64; i++)
    PUT (b, 8);
  PUT (b, 0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0);
  PUT (b, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0);
  if (which)
    PUT (b, 0xf1, 0xba); // a difference of -100
  else
    PUT (b, 0xf4, 0x8a); // of 72
  PUT (b, 0xff, 0xd9);
  if (b->len % 2)
    PUT (b, 0);
  return b;
}

GByteArray *
prc_build_deflated (const uint8_t *bytes, size_t n) {
  g_autoptr (GZlibCompressor) zlib = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 6);
  uint8_t out[4096];
  size_t taken, made;
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (g_converter_convert (G_CONVERTER (zlib), bytes, n, out, sizeof out,
                                        G_CONVERTER_INPUT_AT_END, &taken, &made, &error),
                   ==, G_CONVERTER_FINISHED);
  if (made % 2)
    out[made++] = 0;
  return prc_build_array (out, made);
}

// ---- reading ----

PrcFrame *
prc_build_read (PrcCodecPool *pool, const GByteArray *b, uint32_t number, GError **error) {
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("precedent-built-XXXXXX", &path, NULL);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, b->data, b->len), ==, (gssize)b->len);
  close (fd);
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, error);
  PrcFrame *frame = NULL;
  if (instance)
    frame = prc_codec_pool_decode (pool, instance, number, PRC_PRIORITY_VIEW, NULL, error);
  g_remove (path);
  return frame;
}

void
prc_build_assert_frame (PrcCodecPool *pool, const GByteArray *b, uint32_t number,
                        PrcSampleType type, const void *samples, size_t size) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = prc_build_read (pool, b, number, &error);
  g_assert_no_error (error);
  g_assert_cmpint (prc_frame_info (frame)->type, ==, type);
  g_assert_cmpmem (prc_frame_samples (frame), prc_frame_size (frame), samples, size);
}

void
prc_build_assert_refused (PrcCodecPool *pool, const GByteArray *b, uint32_t number, int code) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = prc_build_read (pool, b, number, &error);
  g_assert_null (frame);
  g_assert_error (error, PRC_IMAGING_ERROR, code);
  g_assert_false (g_str_has_suffix (error->message, "."));
}

// ---- memory ----

// The largest resident set, in kB, that a child of this process has had.
static unsigned long
peak_of_child (int pid) {
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", pid), *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  const char *parent = strstr (text, "\nPPid:"), *peak = strstr (text, "\nVmHWM:");
  return parent && peak && atoi (parent + 6) == getpid () ? strtoul (peak + 7, NULL, 10) : 0;
}

unsigned long
prc_build_peak_of_codecs (void) {
  unsigned long peak = 0;
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir));)
    if (g_ascii_isdigit (name[0]))
      peak = MAX (peak, peak_of_child (atoi (name)));
  return peak;
}
