// SPDX-License-Identifier: Apache-2.0
// PNG and JPEG pictures made byte by byte: each pixel is what the formats' standards (ISO/IEC 15948
// and 10918-1) say, and a picture that lies is refused.
#include <string.h>

#include "fixture.h"
#include "prc-codec-pool.h"
#include "prc-imaging-error.h"

static PrcCodecPool *pool;
static char *folder;

// ---- reading ----

static PrcFrame *
read_picture (const GByteArray *bytes, GError **error) {
  g_autofree char *path = g_build_filename (folder, "picture", NULL);
  g_assert_true (g_file_set_contents (path, (const char *)bytes->data, bytes->len, NULL));
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, error);
  if (!instance)
    return NULL;
  g_assert_true (prc_instance_info (instance)->is_image);
  return prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, error);
}

static void
assert_refused (const GByteArray *bytes, int code) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = read_picture (bytes, &error);
  g_assert_null (frame);
  g_assert_error (error, PRC_IMAGING_ERROR, code);
  g_assert_cmpuint (strlen (error->message), >, 5);
  g_assert_false (g_str_has_suffix (error->message, "."));
}

static void
assert_samples (const GByteArray *bytes, PrcSampleType type, unsigned columns, unsigned rows,
                const void *samples, size_t size) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = read_picture (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpint (prc_frame_info (frame)->type, ==, type);
  g_assert_cmpuint (prc_frame_info (frame)->columns, ==, columns);
  g_assert_cmpuint (prc_frame_info (frame)->rows, ==, rows);
  g_assert_cmpmem (prc_frame_samples (frame), prc_frame_size (frame), samples, size);
}
#define ASSERT_SAMPLES(bytes, type, columns, rows, ...)                                            \
  G_STMT_START {                                                                                   \
    const uint8_t samples_[] = {__VA_ARGS__};                                                      \
    assert_samples (bytes, type, columns, rows, samples_, sizeof samples_);                        \
  }                                                                                                \
  G_STMT_END

// ---- PNG ----

static void
put (GByteArray *out, const void *bytes, size_t n) {
  g_byte_array_append (out, bytes, (unsigned)n);
}
#define PUT(out, ...)                                                                              \
  put (out, (const uint8_t[]){__VA_ARGS__}, sizeof (const uint8_t[]){__VA_ARGS__})

static void
put_32 (GByteArray *out, uint32_t v) { // big endian
  PUT (out, (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v);
}

static uint32_t
crc (const uint8_t *p, size_t n) { // ISO/IEC 15948 annex D
  uint32_t c = 0xffffffff;
  for (size_t i = 0; i < n; i++) {
    c ^= p[i];
    for (int k = 0; k < 8; k++)
      c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
  }
  return ~c;
}

static void
put_chunk (GByteArray *out, const char *type, const void *bytes, size_t n) {
  put_32 (out, (uint32_t)n);
  unsigned begin = out->len;
  put (out, type, 4);
  put (out, bytes, n);
  put_32 (out, crc (out->data + begin, n + 4));
}

// The scanlines (each behind its filter byte) as one stored block (RFC 1950, 1951).
static void
put_scanlines (GByteArray *out, const uint8_t *lines, size_t n) {
  g_autoptr (GByteArray) z = g_byte_array_new ();
  uint32_t a = 1, b = 0;
  for (size_t i = 0; i < n; i++) {
    a = (a + lines[i]) % 65521;
    b = (b + a) % 65521;
  }
  PUT (z, 0x78, 0x01, 1, (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)~n, (uint8_t)(~n >> 8));
  put (z, lines, n);
  put_32 (z, b << 16 | a);
  put_chunk (out, "IDAT", z->data, z->len);
}

enum { GREY = 0, RGB = 2, PALETTE = 3, GREY_ALPHA = 4, RGB_ALPHA = 6 };

static GByteArray *
png_begin (uint32_t columns, uint32_t rows, uint8_t depth, uint8_t colour, uint8_t interlace) {
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) head = g_byte_array_new ();
  PUT (out, 0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a);
  put_32 (head, columns);
  put_32 (head, rows);
  PUT (head, depth, colour, 0, 0, interlace);
  put_chunk (out, "IHDR", head->data, head->len);
  return out;
}

static GByteArray *
png_end (GByteArray *out, const uint8_t *lines, size_t n) {
  put_scanlines (out, lines, n);
  put_chunk (out, "IEND", NULL, 0);
  return out;
}

static GByteArray *
png (uint32_t columns, uint32_t rows, uint8_t depth, uint8_t colour, const uint8_t *lines,
     size_t n) {
  return png_end (png_begin (columns, rows, depth, colour, 0), lines, n);
}
#define PNG(columns, rows, depth, colour, ...)                                                     \
  png (columns, rows, depth, colour, (const uint8_t[]){__VA_ARGS__},                               \
       sizeof (const uint8_t[]){__VA_ARGS__})

static void
test_png_grey (void) {
  g_autoptr (GByteArray) eight = PNG (3, 2, 8, GREY, 0, 0, 7, 255, 0, 1, 128, 254);
  ASSERT_SAMPLES (eight, PRC_SAMPLE_U8, 3, 2, 0, 7, 255, 1, 128, 254);
  // 1, 2 and 4 bits fill the range: 15 of 15 is white.
  g_autoptr (GByteArray) one = PNG (9, 1, 1, GREY, 0, 0xa5, 0x80);
  ASSERT_SAMPLES (one, PRC_SAMPLE_U8, 9, 1, 255, 0, 255, 0, 0, 255, 0, 255, 255);
  g_autoptr (GByteArray) two = PNG (4, 1, 2, GREY, 0, 0x1b);
  ASSERT_SAMPLES (two, PRC_SAMPLE_U8, 4, 1, 0, 85, 170, 255);
  g_autoptr (GByteArray) four = PNG (3, 1, 4, GREY, 0, 0x0f, 0x70);
  ASSERT_SAMPLES (four, PRC_SAMPLE_U8, 3, 1, 0, 255, 119);
}

static void
test_png_grey_16 (void) {
  g_autoptr (GByteArray) bytes = PNG (2, 1, 16, GREY, 0, 0x12, 0x34, 0xff, 0xfe);
  const uint16_t samples[] = {0x1234, 0xfffe};
  assert_samples (bytes, PRC_SAMPLE_U16, 2, 1, samples, sizeof samples);
}

static void
test_png_filters (void) { // Sub, Up, Average and Paeth, from 9.2 of the standard by hand
  g_autoptr (GByteArray) bytes = PNG (2, 5, 8, GREY, 0, 10, 20, 1, 5, 6, 2, 1, 2, 3, 4, 5, 4, 3, 2);
  ASSERT_SAMPLES (bytes, PRC_SAMPLE_U8, 2, 5, 10, 20, 5, 11, 6, 13, 7, 15, 10, 17);
}

static void
test_png_colour (void) {
  g_autoptr (GByteArray) rgb = PNG (2, 1, 8, RGB, 0, 255, 0, 1, 2, 254, 3);
  ASSERT_SAMPLES (rgb, PRC_SAMPLE_RGB8, 2, 1, 255, 0, 1, 2, 254, 3);
  g_autoptr (GByteArray) deep =
      PNG (1, 1, 16, RGB, 0, 0xff, 0xff, 0x80, 0x80, 0x00, 0x7f); // 32896 / 257, 127 / 257
  ASSERT_SAMPLES (deep, PRC_SAMPLE_RGB8, 1, 1, 255, 128, 0);
}

static void
test_png_palette (void) {
  const uint8_t palette[] = {1, 2, 3, 200, 100, 50, 0, 255, 0}, lines[] = {0, 0x18},
                half[] = {255, 128};
  GByteArray *begun = png_begin (3, 1, 2, PALETTE, 0); // 0, 1, 2
  put_chunk (begun, "PLTE", palette, sizeof palette);
  g_autoptr (GByteArray) bytes = png_end (begun, lines, sizeof lines);
  ASSERT_SAMPLES (bytes, PRC_SAMPLE_RGB8, 3, 1, 1, 2, 3, 200, 100, 50, 0, 255, 0);
  // The second entry shines through to black by half.
  begun = png_begin (3, 1, 2, PALETTE, 0);
  put_chunk (begun, "PLTE", palette, sizeof palette);
  put_chunk (begun, "tRNS", half, sizeof half);
  g_autoptr (GByteArray) through = png_end (begun, lines, sizeof lines);
  ASSERT_SAMPLES (through, PRC_SAMPLE_RGB8, 3, 1, 1, 2, 3, 100, 50, 25, 0, 255, 0);
  g_autoptr (GByteArray) none = PNG (3, 1, 2, PALETTE, 0, 0x18);
  assert_refused (none, PRC_IMAGING_ERROR_DAMAGED);
}

static void
test_png_alpha (void) { // on black: the value times alpha
  g_autoptr (GByteArray) grey = PNG (3, 1, 8, GREY_ALPHA, 0, 200, 255, 200, 128, 200, 0);
  ASSERT_SAMPLES (grey, PRC_SAMPLE_U8, 3, 1, 200, 100, 0);
  g_autoptr (GByteArray) rgb = PNG (2, 1, 8, RGB_ALPHA, 0, 200, 100, 50, 128, 9, 8, 7, 255);
  ASSERT_SAMPLES (rgb, PRC_SAMPLE_RGB8, 2, 1, 100, 50, 25, 9, 8, 7);
}

static void
test_png_interlaced (void) { // Adam7 of 2 x 2: passes 1, 6 and 7
  const uint8_t lines[] = {0, 10, 0, 20, 0, 30, 40};
  g_autoptr (GByteArray) bytes = png_end (png_begin (2, 2, 8, GREY, 1), lines, sizeof lines);
  ASSERT_SAMPLES (bytes, PRC_SAMPLE_U8, 2, 2, 10, 20, 30, 40);
}

static void
test_png_bad (void) {
  g_autoptr (GByteArray) whole = PNG (3, 2, 8, GREY, 0, 0, 7, 255, 0, 1, 128, 254);
  for (unsigned n = 34; n + 12 < whole->len; n++) { // to the end of the pixels
    g_autoptr (GByteArray) cut = g_byte_array_new ();
    put (cut, whole->data, n);
    assert_refused (cut, PRC_IMAGING_ERROR_DAMAGED);
  }
  g_autoptr (GByteArray) few = PNG (3, 3, 8, GREY, 0, 0, 7, 255, 0, 1, 128, 254);
  assert_refused (few, PRC_IMAGING_ERROR_DAMAGED);
  g_autoptr (GByteArray) flat = PNG (3, 0, 8, GREY, 0, 0, 7, 255);
  assert_refused (flat, PRC_IMAGING_ERROR_DAMAGED);
  g_autoptr (GByteArray) huge = PNG (60000, 60000, 8, GREY, 0, 0, 7, 255);
  assert_refused (huge, PRC_IMAGING_ERROR_TOO_LARGE);
  g_autoptr (GByteArray) beyond = PNG (0x40000003, 1, 8, GREY, 0, 0, 7, 255);
  assert_refused (beyond, PRC_IMAGING_ERROR_TOO_LARGE);
  whole->data[whole->len - 12 - 10] ^= 1; // a pixel, and the check sum does not know
  assert_refused (whole, PRC_IMAGING_ERROR_DAMAGED);
}

// ---- JPEG ----

enum { BASELINE = 0xc0, EXTENDED = 0xc1, PROGRESSIVE = 0xc2, LOSSLESS = 0xc3 };

// One quantisation table that counts DC in whole levels (8 of it are 8 times one level), no Huffman
// tables: those of annex K.3 count.
static void
put_tables (GByteArray *out) {
  PUT (out, 0xff, 0xdb, 0, 67, 0);
  for (int i = 0; i < 64; i++)
    PUT (out, 8);
}

static void
put_frame (GByteArray *out, uint8_t kind, uint8_t bits, uint16_t columns, uint16_t rows,
           uint8_t channels) {
  PUT (out, 0xff, kind, 0, (uint8_t)(8 + 3 * channels), bits, (uint8_t)(rows >> 8), (uint8_t)rows,
       (uint8_t)(columns >> 8), (uint8_t)columns, channels);
  for (uint8_t c = 1; c <= channels; c++)
    PUT (out, c, 0x11, 0);
}

static void
put_scan (GByteArray *out, uint8_t channels, uint8_t last, const uint8_t *bits, size_t n) {
  PUT (out, 0xff, 0xda, 0, (uint8_t)(6 + 2 * channels), channels);
  for (uint8_t c = 1; c <= channels; c++)
    PUT (out, c, 0);
  PUT (out, 0, last, 0);
  put (out, bits, n);
  PUT (out, 0xff, 0xd9);
}

// DC differences of 72, and of 72 and -172, each with an end of block: blocks of 200, of 200
// and 28.
static const uint8_t one_block[] = {0xf4, 0x8a}, two_blocks[] = {0xf4, 0x8a, 0xf9, 0x4e, 0xbf};

static GByteArray *
jpeg (uint8_t kind, uint8_t bits, uint16_t columns, uint16_t rows, uint8_t channels,
      const uint8_t *coded, size_t n) {
  GByteArray *out = g_byte_array_new ();
  PUT (out, 0xff, 0xd8);
  put_tables (out);
  put_frame (out, kind, bits, columns, rows, channels);
  put_scan (out, channels, 63, coded, n);
  return out;
}

static void
test_jpeg_grey (void) {
  g_autoptr (GByteArray) bytes = jpeg (BASELINE, 8, 16, 8, 1, two_blocks, sizeof two_blocks);
  uint8_t samples[128];
  for (int i = 0; i < 128; i++)
    samples[i] = i % 16 < 8 ? 200 : 28;
  assert_samples (bytes, PRC_SAMPLE_U8, 16, 8, samples, sizeof samples);
}

// Three channels are Y, Cb and Cr (JFIF): a difference of 72 in each is light, blue and red.
static void
test_jpeg_colour (void) {
  const uint8_t coded[] = {0xf4, 0x8a, 0xf4, 0x8a, 0xf4, 0x8a};
  g_autoptr (GByteArray) bytes = jpeg (BASELINE, 8, 8, 8, 3, coded, sizeof coded);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = read_picture (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpint (prc_frame_info (frame)->type, ==, PRC_SAMPLE_RGB8);
  const uint8_t *p = prc_frame_samples (frame);
  g_assert_cmpint (p[0], ==, 255);            // 200 + 1.402 x 72
  g_assert_cmpint (ABS (p[1] - 123.8), <, 2); // 200 - 0.344 x 72 - 0.714 x 72
  g_assert_cmpint (p[2], ==, 255);            // 200 + 1.772 x 72
}

// One scan with DC only: the rest of each block stays 0. Progressive frames bring their tables;
// this is that of annex K.3.1.
static void
test_jpeg_progressive (void) {
  const uint8_t coded[] = {0xf4, 0x8f}; // a difference of 72, and ones
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  PUT (bytes, 0xff, 0xd8);
  put_tables (bytes);
  PUT (bytes, 0xff, 0xc4, 0, 31, 0, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4,
       5, 6, 7, 8, 9, 10, 11);
  put_frame (bytes, PROGRESSIVE, 8, 8, 8, 1);
  put_scan (bytes, 1, 0, coded, sizeof coded);
  uint8_t samples[64];
  memset (samples, 200, sizeof samples);
  assert_samples (bytes, PRC_SAMPLE_U8, 8, 8, samples, sizeof samples);
}

static void
test_jpeg_refused (void) {
  const uint8_t coded[] = {0xf4, 0x8a, 0xf4, 0x8a, 0xf4, 0x8a, 0xf4, 0x8a};
  g_autoptr (GByteArray) inks = jpeg (BASELINE, 8, 8, 8, 4, coded, sizeof coded);
  assert_refused (inks, PRC_IMAGING_ERROR_UNSUPPORTED);
  g_autoptr (GByteArray) two = jpeg (BASELINE, 8, 8, 8, 2, coded, sizeof coded);
  assert_refused (two, PRC_IMAGING_ERROR_UNSUPPORTED);
  g_autoptr (GByteArray) deep = jpeg (EXTENDED, 12, 8, 8, 1, one_block, sizeof one_block);
  assert_refused (deep, PRC_IMAGING_ERROR_UNSUPPORTED);
  g_autoptr (GByteArray) lossless = jpeg (LOSSLESS, 8, 8, 8, 1, one_block, sizeof one_block);
  assert_refused (lossless, PRC_IMAGING_ERROR_UNSUPPORTED);
  g_autoptr (GByteArray) flat = jpeg (BASELINE, 8, 8, 0, 1, one_block, sizeof one_block);
  assert_refused (flat, PRC_IMAGING_ERROR_DAMAGED);
  g_autoptr (GByteArray) huge = jpeg (BASELINE, 8, 60000, 60000, 1, one_block, sizeof one_block);
  assert_refused (huge, PRC_IMAGING_ERROR_TOO_LARGE);
  g_autoptr (GByteArray) short_of_data = jpeg (BASELINE, 8, 64, 64, 1, one_block, 2);
  assert_refused (short_of_data, PRC_IMAGING_ERROR_DAMAGED);
}

static void
test_jpeg_cut (void) {
  g_autoptr (GByteArray) whole = jpeg (BASELINE, 8, 16, 8, 1, two_blocks, sizeof two_blocks);
  for (unsigned n = 5; n < whole->len - 2; n++) {
    g_autoptr (GByteArray) cut = g_byte_array_new ();
    put (cut, whole->data, n);
    assert_refused (cut, PRC_IMAGING_ERROR_DAMAGED);
  }
}

// Markers have a length but for a few. A reader that gives one to TEM (FF 01) jumps over the frame
// that libjpeg decodes to another one, 8 pixels wide, and makes a buffer for that.
static void
test_jpeg_two_frames (void) {
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  PUT (bytes, 0xff, 0xd8, 0xff, 0x01);
  put_frame (bytes, BASELINE, 8, 65000, 8, 1);
  put_tables (bytes);
  put_scan (bytes, 1, 63, one_block, sizeof one_block);
  while (bytes->len < 2 + 2 + 0xffc0)
    PUT (bytes, 0);
  put_frame (bytes, BASELINE, 8, 8, 8, 1);
  assert_refused (bytes, PRC_IMAGING_ERROR_DAMAGED);
}

// Restart and TEM markers before the frame are no reason to refuse it.
static void
test_jpeg_bare_markers (void) {
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  uint8_t samples[64];
  memset (samples, 200, sizeof samples);
  PUT (bytes, 0xff, 0xd8, 0xff, 0x01, 0xff, 0xd3, 0xff);
  put_tables (bytes);
  put_frame (bytes, BASELINE, 8, 8, 8, 1);
  put_scan (bytes, 1, 63, one_block, sizeof one_block);
  assert_samples (bytes, PRC_SAMPLE_U8, 8, 8, samples, sizeof samples);
}

// Exif (JEITA CP-3451, 4.6.4): where the first row and the first column of what is stored are to be
// seen, of 1 2 3 over 4 5 6.
static void
test_orientation (void) {
  static const uint8_t seen[8][6] = {{1, 2, 3, 4, 5, 6}, {3, 2, 1, 6, 5, 4}, {6, 5, 4, 3, 2, 1},
                                     {4, 5, 6, 1, 2, 3}, {1, 4, 2, 5, 3, 6}, {4, 1, 5, 2, 6, 3},
                                     {6, 3, 5, 2, 4, 1}, {3, 6, 2, 5, 1, 4}};
  static const uint8_t lines[] = {0, 1, 2, 3, 0, 4, 5, 6};
  for (uint8_t i = 0; i < 10; i++) { // 0 and 9 say nothing
    uint8_t little[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, i, 0, 0, 0};
    uint8_t big[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, i, 0, 0};
    const uint8_t *expected = seen[i >= 1 && i <= 8 ? i - 1 : 0];
    const gboolean turned = i >= 5 && i <= 8;
    GByteArray *started = png_begin (3, 2, 8, GREY, 0);
    put_chunk (started, "eXIf", i % 2 ? little : big, i % 2 ? sizeof little : sizeof big);
    g_autoptr (GByteArray) bytes = png_end (started, lines, sizeof lines);
    assert_samples (bytes, PRC_SAMPLE_U8, turned ? 2 : 3, turned ? 3 : 2, expected, 6);
  }
}

// 200 left of 28, to be seen with its first row on the right: above. What is cut or points beyond
// its segment turns nothing.
static void
test_orientation_of_jpeg (void) {
  static const uint8_t exif[] = {'E', 'x', 'i', 'f',  0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
                                 0,   1,   1,   0x12, 0, 3, 0,   0,   0, 1,  0, 6, 0, 0};
  for (uint8_t cut = 0; cut < sizeof exif; cut++) {
    g_autoptr (GByteArray) plain = jpeg (BASELINE, 8, 16, 8, 1, two_blocks, sizeof two_blocks);
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    uint8_t samples[128];
    const gboolean turned = sizeof exif - cut >= 26;
    PUT (bytes, 0xff, 0xd8, 0xff, 0xe1, 0, (uint8_t)(sizeof exif - cut + 2));
    g_byte_array_append (bytes, exif, sizeof exif - cut);
    g_byte_array_append (bytes, plain->data + 2, plain->len - 2);
    for (int i = 0; i < 128; i++)
      samples[i] = (turned ? i / 8 < 8 : i % 16 < 8) ? 200 : 28;
    if (sizeof exif - cut != 26 && sizeof exif - cut != 27) // an entry that is not whole
      assert_samples (bytes, PRC_SAMPLE_U8, turned ? 8 : 16, turned ? 16 : 8, samples,
                      sizeof samples);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  folder = prc_fixture_folder ();
  g_test_add_func ("/codec/picture/png-grey", test_png_grey);
  g_test_add_func ("/codec/picture/png-grey-16", test_png_grey_16);
  g_test_add_func ("/codec/picture/png-filters", test_png_filters);
  g_test_add_func ("/codec/picture/png-colour", test_png_colour);
  g_test_add_func ("/codec/picture/png-palette", test_png_palette);
  g_test_add_func ("/codec/picture/png-alpha", test_png_alpha);
  g_test_add_func ("/codec/picture/png-interlaced", test_png_interlaced);
  g_test_add_func ("/codec/picture/png-bad", test_png_bad);
  g_test_add_func ("/codec/picture/jpeg-grey", test_jpeg_grey);
  g_test_add_func ("/codec/picture/jpeg-colour", test_jpeg_colour);
  g_test_add_func ("/codec/picture/jpeg-progressive", test_jpeg_progressive);
  g_test_add_func ("/codec/picture/jpeg-refused", test_jpeg_refused);
  g_test_add_func ("/codec/picture/jpeg-cut", test_jpeg_cut);
  g_test_add_func ("/codec/picture/jpeg-two-frames", test_jpeg_two_frames);
  g_test_add_func ("/codec/picture/jpeg-bare-markers", test_jpeg_bare_markers);
  g_test_add_func ("/codec/picture/orientation", test_orientation);
  g_test_add_func ("/codec/picture/orientation-of-jpeg", test_orientation_of_jpeg);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  prc_fixture_remove (folder);
  g_free (folder);
  return status;
}
