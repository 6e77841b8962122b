// SPDX-License-Identifier: Apache-2.0
// Frames in files built element by element: what PS3.5 sections 8, A.4 and G and PS3.3 C.7.6.3 say
// of their bytes, and what happens when the bytes say otherwise.
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "prc-codec-pool.h"
#include "prc-imaging-error.h"

#define EXPLICIT  "1.2.840.10008.1.2.1"
#define WORDS_BIG "1.2.840.10008.1.2.2"
#define RLE       "1.2.840.10008.1.2.5"
#define BASELINE  "1.2.840.10008.1.2.4.50"

static PrcCodecPool *pool;
static char *folder;

// ---- building ----

typedef struct {
  const char *syntax, *photometric;
  unsigned rows, columns, frames, samples, allocated, stored, high;
  bool is_signed, planar;
} Header;

static void
put (GByteArray *b, const void *bytes, size_t n) {
  g_byte_array_append (b, bytes, (unsigned)n);
}
#define PUT(b, ...) put (b, (const uint8_t[]){__VA_ARGS__}, sizeof (const uint8_t[]){__VA_ARGS__})

static void
put_16 (GByteArray *b, unsigned v, bool big) {
  if (big)
    PUT (b, (uint8_t)(v >> 8), (uint8_t)v);
  else
    PUT (b, (uint8_t)v, (uint8_t)(v >> 8));
}

static void
put_tag (GByteArray *b, uint32_t tag, const char *vr, bool big) {
  put_16 (b, tag >> 16, big);
  put_16 (b, tag & 0xffff, big);
  put (b, vr, 2);
}

static void
put_text (GByteArray *b, uint32_t tag, const char *vr, const char *text, bool big) {
  size_t n = strlen (text);
  put_tag (b, tag, vr, big);
  put_16 (b, (unsigned)(n + n % 2), big);
  put (b, text, n);
  if (n % 2)
    PUT (b, vr[0] == 'U' ? 0 : ' ');
}

static void
put_number (GByteArray *b, uint32_t tag, unsigned value, bool big) {
  put_tag (b, tag, "US", big);
  put_16 (b, 2, big);
  put_16 (b, value, big);
}

// Everything before the pixel data.
static GByteArray *
begin (const Header *h) {
  GByteArray *b = g_byte_array_new ();
  bool big = strcmp (h->syntax, WORDS_BIG) == 0;
  g_autofree char *frames = g_strdup_printf ("%u", MAX (h->frames, 1));
  g_byte_array_set_size (b, 128);
  memset (b->data, 0, 128);
  put (b, "DICM", 4);
  put_text (b, 0x00020010, "UI", h->syntax, false);
  put_text (b, 0x00080018, "UI", "1.2.3", big);
  put_number (b, 0x00280002, MAX (h->samples, 1), big);
  put_text (b, 0x00280004, "CS", h->photometric ? h->photometric : "MONOCHROME2", big);
  if (h->samples == 3)
    put_number (b, 0x00280006, h->planar, big);
  put_text (b, 0x00280008, "IS", frames, big);
  put_number (b, 0x00280010, h->rows, big);
  put_number (b, 0x00280011, h->columns, big);
  put_number (b, 0x00280100, h->allocated, big);
  put_number (b, 0x00280101, h->stored ? h->stored : h->allocated, big);
  put_number (b, 0x00280102, h->stored ? h->high : h->allocated - 1, big);
  put_number (b, 0x00280103, h->is_signed, big);
  return b;
}

static void
put_long (GByteArray *b, uint32_t v, bool big) {
  put_16 (b, big ? v >> 16 : v & 0xffff, big);
  put_16 (b, big ? v & 0xffff : v >> 16, big);
}

static GByteArray *
native (const Header *h, const uint8_t *pixels, size_t n) {
  GByteArray *b = begin (h);
  bool big = strcmp (h->syntax, WORDS_BIG) == 0;
  put_tag (b, 0x7fe00010, "OW", big);
  put_16 (b, 0, big);
  put_long (b, (uint32_t)n, big);
  put (b, pixels, n);
  return b;
}
#define NATIVE(h, ...)                                                                             \
  native (h, (const uint8_t[]){__VA_ARGS__}, sizeof (const uint8_t[]){__VA_ARGS__})

static void
put_item (GByteArray *b, const void *bytes, size_t n) {
  PUT (b, 0xfe, 0xff, 0x00, 0xe0);
  put_long (b, (uint32_t)n, false);
  put (b, bytes, n);
}

// Up to the Basic Offset Table.
static GByteArray *
encapsulated (const Header *h, const uint32_t *offsets, size_t n) {
  GByteArray *b = begin (h);
  g_autoptr (GByteArray) table = g_byte_array_new ();
  put_tag (b, 0x7fe00010, "OB", false);
  PUT (b, 0, 0, 0xff, 0xff, 0xff, 0xff);
  for (size_t i = 0; i < n; i++)
    put_long (table, offsets[i], false);
  put_item (b, table->data, table->len);
  return b;
}

static void
put_end (GByteArray *b) {
  PUT (b, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0);
}

// ---- reading ----

static PrcFrame *
read_frame (const GByteArray *b, uint32_t number, GError **error) {
  g_autofree char *path = g_build_filename (folder, "file.dcm", NULL);
  g_assert_true (g_file_set_contents (path, (const char *)b->data, b->len, NULL));
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, error);
  if (!instance)
    return NULL;
  return prc_codec_pool_decode (pool, instance, number, PRC_PRIORITY_VIEW, NULL, error);
}

static void
assert_frame (const GByteArray *b, uint32_t number, PrcSampleType type, const void *samples,
              size_t size) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = read_frame (b, number, &error);
  g_assert_no_error (error);
  g_assert_cmpint (prc_frame_info (frame)->type, ==, type);
  g_assert_cmpmem (prc_frame_samples (frame), prc_frame_size (frame), samples, size);
}
#define ASSERT_FRAME(b, number, sample, type, ...)                                                 \
  assert_frame (b, number, sample, (const type[]){__VA_ARGS__}, sizeof (const type[]){__VA_ARGS__})

static void
assert_refused (const GByteArray *b, uint32_t number, int code) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = read_frame (b, number, &error);
  g_assert_null (frame);
  g_assert_error (error, PRC_IMAGING_ERROR, code);
  g_assert_false (g_str_has_suffix (error->message, "."));
}

// ---- uncompressed ----

// Bits above High Bit are no part of the value (PS3.5 8.1.1).
static void
test_stored_bits (void) {
  const Header h = {
      .syntax = EXPLICIT, .rows = 1, .columns = 3, .allocated = 16, .stored = 12, .high = 11};
  g_autoptr (GByteArray) b = NATIVE (&h, 0xff, 0x0f, 0x34, 0xf2, 0x00, 0x80);
  ASSERT_FRAME (b, 0, PRC_SAMPLE_U16, uint16_t, 0xfff, 0x234, 0);
  Header with_sign = h;
  with_sign.is_signed = true;
  g_autoptr (GByteArray) s = NATIVE (&with_sign, 0xff, 0x0f, 0xff, 0x07, 0x00, 0xf8);
  ASSERT_FRAME (s, 0, PRC_SAMPLE_S16, int16_t, -1, 2047, -2048);
  // 10 bits up to bit 13: what lies below goes, too.
  const Header up = {
      .syntax = EXPLICIT, .rows = 1, .columns = 2, .allocated = 16, .stored = 10, .high = 13};
  g_autoptr (GByteArray) u = NATIVE (&up, 0xf0, 0x3f, 0x1f, 0xc0);
  ASSERT_FRAME (u, 0, PRC_SAMPLE_U16, uint16_t, 1023, 1);
}

static void
test_byte_order (void) {
  const Header big = {.syntax = WORDS_BIG, .rows = 1, .columns = 2, .allocated = 16};
  g_autoptr (GByteArray) b = NATIVE (&big, 0x12, 0x34, 0xff, 0x00);
  ASSERT_FRAME (b, 0, PRC_SAMPLE_U16, uint16_t, 0x1234, 0xff00);
  // OW is a string of words, each swapped by itself, and the lowest bits of a pixel come first
  // (PS3.5 6.2, 8.1.1); so write dcmconv +tb and GDCM.
  const Header wide = {.syntax = WORDS_BIG, .rows = 1, .columns = 1, .allocated = 32};
  g_autoptr (GByteArray) w = NATIVE (&wide, 0x56, 0x78, 0x12, 0x34);
  ASSERT_FRAME (w, 0, PRC_SAMPLE_U32, uint32_t, 0x12345678);
  const Header little = {.syntax = EXPLICIT, .rows = 1, .columns = 1, .allocated = 32};
  g_autoptr (GByteArray) l = NATIVE (&little, 0x78, 0x56, 0x34, 0x12);
  ASSERT_FRAME (l, 0, PRC_SAMPLE_U32, uint32_t, 0x12345678);
}

// One bit a pixel: the first in the lowest bit, the next frame right behind, in the same byte.
static void
test_single_bits (void) {
  const Header h = {.syntax = EXPLICIT, .rows = 1, .columns = 5, .frames = 3, .allocated = 1};
  g_autoptr (GByteArray) b = NATIVE (&h, 0xb5, 0x65); // 10101 10110 10011 0
  ASSERT_FRAME (b, 0, PRC_SAMPLE_U8, uint8_t, 1, 0, 1, 0, 1);
  ASSERT_FRAME (b, 1, PRC_SAMPLE_U8, uint8_t, 1, 0, 1, 1, 0);
  ASSERT_FRAME (b, 2, PRC_SAMPLE_U8, uint8_t, 1, 0, 0, 1, 1);
  assert_refused (b, 3, PRC_IMAGING_ERROR_ARGUMENT);
}

static void
test_colours (void) {
  Header h = {.syntax = EXPLICIT,
              .photometric = "RGB",
              .rows = 1,
              .columns = 2,
              .samples = 3,
              .allocated = 8,
              .planar = true};
  g_autoptr (GByteArray) planes = NATIVE (&h, 1, 2, 3, 4, 5, 6);
  ASSERT_FRAME (planes, 0, PRC_SAMPLE_RGB8, uint8_t, 1, 3, 5, 2, 4, 6);
  h.planar = false;
  h.photometric = "YBR_FULL"; // C.7.6.3.1.2: grey, and Cr alone
  g_autoptr (GByteArray) ybr = NATIVE (&h, 90, 128, 128, 100, 128, 178);
  ASSERT_FRAME (ybr, 0, PRC_SAMPLE_RGB8, uint8_t, 90, 90, 90, 170, 64, 100);
  h.photometric = "YBR_FULL_422"; // Y Y Cb Cr for two pixels
  g_autoptr (GByteArray) half = NATIVE (&h, 100, 90, 128, 178);
  ASSERT_FRAME (half, 0, PRC_SAMPLE_RGB8, uint8_t, 170, 64, 100, 160, 54, 90);
  h.photometric = "MONOCHROME2";
  g_autoptr (GByteArray) odd = NATIVE (&h, 1, 2, 3, 4, 5, 6);
  assert_refused (odd, 0, PRC_IMAGING_ERROR_DAMAGED);
}

// ---- RLE ----

// A frame of these segments behind the header of PS3.5 G.5.
static GByteArray *
rle (unsigned n, const GByteArray *const *segments) {
  GByteArray *b = g_byte_array_new ();
  uint32_t at = 64;
  put_long (b, n, false);
  for (unsigned i = 0; i < 15; i++) {
    put_long (b, i < n ? at : 0, false);
    at += i < n ? segments[i]->len : 0;
  }
  for (unsigned i = 0; i < n; i++)
    put (b, segments[i]->data, segments[i]->len);
  return b;
}

static GByteArray *
bytes_of (const void *bytes, size_t n) {
  GByteArray *b = g_byte_array_new ();
  put (b, bytes, n);
  return b;
}
#define BYTES(...) bytes_of ((const uint8_t[]){__VA_ARGS__}, sizeof (const uint8_t[]){__VA_ARGS__})

static GByteArray *
rle_file (const Header *h, const GByteArray *frame) {
  GByteArray *b = encapsulated (h, NULL, 0);
  put_item (b, frame->data, frame->len);
  put_end (b);
  return b;
}

static void
test_rle (void) {
  const Header grey = {.syntax = RLE, .rows = 2, .columns = 4, .allocated = 8};
  // Three as they are, nothing (-128), one four times, one as it is.
  g_autoptr (GByteArray) packed = BYTES (2, 10, 20, 30, 0x80, 0xfd, 7, 0, 9);
  const GByteArray *one[] = {packed};
  g_autoptr (GByteArray) frame = rle (1, one), b = rle_file (&grey, frame);
  ASSERT_FRAME (b, 0, PRC_SAMPLE_U8, uint8_t, 10, 20, 30, 7, 7, 7, 7, 9);
  // The upper bytes first, whatever the byte order of the file.
  const Header deep = {.syntax = RLE, .rows = 1, .columns = 2, .allocated = 16};
  g_autoptr (GByteArray) upper = BYTES (1, 0x12, 0xff), lower = BYTES (1, 0x34, 0x01);
  const GByteArray *two[] = {upper, lower};
  g_autoptr (GByteArray) deep_frame = rle (2, two), d = rle_file (&deep, deep_frame);
  ASSERT_FRAME (d, 0, PRC_SAMPLE_U16, uint16_t, 0x1234, 0xff01);
  const Header rgb = {
      .syntax = RLE, .photometric = "RGB", .rows = 1, .columns = 2, .samples = 3, .allocated = 8};
  g_autoptr (GByteArray) red = BYTES (1, 1, 2), green = BYTES (1, 3, 4), blue = BYTES (0xff, 5);
  const GByteArray *three[] = {red, green, blue};
  g_autoptr (GByteArray) rgb_frame = rle (3, three), c = rle_file (&rgb, rgb_frame);
  ASSERT_FRAME (c, 0, PRC_SAMPLE_RGB8, uint8_t, 1, 3, 5, 2, 4, 5);
}

static void
test_bad_rle (void) {
  const Header grey = {.syntax = RLE, .rows = 2, .columns = 4, .allocated = 8};
  const Header deep = {.syntax = RLE, .rows = 2, .columns = 4, .allocated = 16};
  g_autoptr (GByteArray) few = BYTES (2, 10, 20, 30, 0xfd, 7), // seven of eight
      many = BYTES (0x81, 7), lying = BYTES (0x7f, 1, 2, 3);
  const GByteArray *one[] = {few}, *over[] = {many}, *literal[] = {lying};
  g_autoptr (GByteArray) short_frame = rle (1, one), short_file = rle_file (&grey, short_frame);
  assert_refused (short_file, 0, PRC_IMAGING_ERROR_DAMAGED);
  g_autoptr (GByteArray) long_frame = rle (1, over), long_file = rle_file (&grey, long_frame);
  ASSERT_FRAME (long_file, 0, PRC_SAMPLE_U8, uint8_t, 7, 7, 7, 7, 7, 7, 7, 7); // 128 are cut to 8
  g_autoptr (GByteArray) literal_frame = rle (1, literal),
                         literal_file = rle_file (&grey, literal_frame);
  assert_refused (literal_file, 0, PRC_IMAGING_ERROR_DAMAGED);
  g_autoptr (GByteArray) planes = rle_file (&deep, long_frame); // one segment for two bytes
  assert_refused (planes, 0, PRC_IMAGING_ERROR_DAMAGED);
  const uint32_t offsets[] = {0, 63, 67, 0xffffffff};
  for (unsigned i = 0; i < G_N_ELEMENTS (offsets); i++) {
    for (unsigned k = 0; k < 4; k++)
      long_frame->data[4 + k] = (uint8_t)(offsets[i] >> 8 * k);
    g_autoptr (GByteArray) outside = rle_file (&grey, long_frame);
    assert_refused (outside, 0, PRC_IMAGING_ERROR_DAMAGED);
  }
}

// ---- fragments ----

// A baseline JPEG of 8 x 8 equal pixels; an even number of bytes. 0: 200, 1: 28 (test-codec-picture
// has the reckoning).
static GByteArray *
jpeg (unsigned which) {
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

static void
assert_level (const GByteArray *b, uint32_t number, uint8_t level) {
  uint8_t samples[64];
  memset (samples, level, sizeof samples);
  assert_frame (b, number, PRC_SAMPLE_U8, samples, sizeof samples);
}

static const Header two_frames = {
    .syntax = BASELINE, .rows = 8, .columns = 8, .frames = 2, .allocated = 8};

// The first frame in two fragments (of `split` bytes and the rest), the second in one.
static void
put_three_fragments (GByteArray *b, size_t split) {
  g_autoptr (GByteArray) first = jpeg (0), second = jpeg (1);
  put_item (b, first->data, split);
  put_item (b, first->data + split, first->len - split);
  put_item (b, second->data, second->len);
}

static void
test_fragments (void) {
  g_autoptr (GByteArray) first = jpeg (0), second = jpeg (1);
  // As many fragments as frames: no table is needed, nor the delimiter at the end.
  g_autoptr (GByteArray) plain = encapsulated (&two_frames, NULL, 0);
  put_item (plain, first->data, first->len);
  put_item (plain, second->data, second->len);
  assert_level (plain, 1, 28);
  assert_level (plain, 0, 200);
  put_end (plain);
  assert_level (plain, 1, 28);
  // More, with the table, counted from the first fragment's item tag.
  const uint32_t offsets[] = {0, first->len + 16};
  g_autoptr (GByteArray) table = encapsulated (&two_frames, offsets, 2);
  put_three_fragments (table, 40);
  put_end (table);
  assert_level (table, 0, 200);
  assert_level (table, 1, 28);
  // More, without: a frame begins where a codestream does.
  g_autoptr (GByteArray) bare = encapsulated (&two_frames, NULL, 0);
  put_three_fragments (bare, 40);
  put_end (bare);
  assert_level (bare, 0, 200);
  assert_level (bare, 1, 28);
}

static void
test_bad_fragments (void) {
  g_autoptr (GByteArray) first = jpeg (0), second = jpeg (1);
  const uint32_t beyond[] = {0, 100000};
  g_autoptr (GByteArray) table = encapsulated (&two_frames, beyond, 2);
  put_three_fragments (table, 40);
  put_end (table);
  assert_level (table, 1, 28); // what the table says is not so, what the fragments are is
  // Cut in the second frame: the first is whole.
  g_autoptr (GByteArray) cut = encapsulated (&two_frames, NULL, 0);
  put_item (cut, first->data, first->len);
  put_item (cut, second->data, second->len);
  g_byte_array_set_size (cut, cut->len - 6);
  assert_level (cut, 0, 200);
  assert_refused (cut, 1, PRC_IMAGING_ERROR_DAMAGED);
  // One frame where two are promised.
  g_autoptr (GByteArray) one = encapsulated (&two_frames, NULL, 0);
  put_item (one, first->data, first->len);
  put_end (one);
  assert_refused (one, 1, PRC_IMAGING_ERROR_DAMAGED);
  // No fragment at all.
  g_autoptr (GByteArray) none = encapsulated (&two_frames, NULL, 0);
  put_end (none);
  assert_refused (none, 0, PRC_IMAGING_ERROR_DAMAGED);
}

// The header's size and the codestream's.
static void
test_sizes_differ (void) {
  Header h = two_frames;
  h.frames = 1;
  h.rows = 16;
  g_autoptr (GByteArray) picture = jpeg (0), b = encapsulated (&h, NULL, 0);
  g_autoptr (GError) error = NULL;
  put_item (b, picture->data, picture->len);
  put_end (b);
  g_autoptr (PrcFrame) frame = read_frame (b, 0, &error);
  g_assert_null (frame);
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, "8 × 16"));
  g_assert_nonnull (strstr (error->message, "8 × 8"));
}

// Markers without a length hide the frame that libjpeg finds (65,000 wide) behind one of the
// header's size: for every JPEG decoder there is.
static void
test_hidden_frame (void) {
  static const uint8_t kinds[] = {0xc0, 0xc1, 0xc2, 0xc3}, bare[] = {0x01, 0xd0, 0xd7};
  Header h = two_frames;
  h.frames = 1;
  for (unsigned i = 0; i < G_N_ELEMENTS (kinds) * G_N_ELEMENTS (bare); i++) {
    uint8_t kind = kinds[i % 4], marker = bare[i / 4], bits = kind == 0xc1 ? 12 : 8;
    g_autoptr (GByteArray) s = BYTES (0xff, 0xd8, 0xff, marker, 0xff, kind, 0, 11, bits, 0, 8, 0xfd,
                                      0xe8, 1, 1, 0x11, 0, 0xff, 0xdb, 0, 67, 0);
    for (int k = 0; k < 64; k++)
      PUT (s, 8);
    PUT (s, 0xff, 0xda, 0, 8, 1, 1, 0, kind == 0xc3 ? 1 : 0, kind == 0xc3 ? 0 : 63, 0, 0xf4, 0x8a);
    PUT (s, 0xff, 0xd9);
    while (s->len < 4u + 0xff00u + kind)
      PUT (s, 0);
    PUT (s, 0xff, kind, 0, 11, bits, 0, 8, 0, 8, 1, 1, 0x11, 0, 0);
    g_autoptr (GByteArray) b = encapsulated (&h, NULL, 0);
    put_item (b, s->data, s->len);
    put_end (b);
    assert_refused (b, 0, PRC_IMAGING_ERROR_DAMAGED);
  }
}

// Of a number of billionths: in double precision some of the halves would be lost.
static uint8_t
nearest_8 (int64_t v) {
  return (uint8_t)CLAMP ((v + 500000000) / 1000000000, 0, 255);
}

// The equations of PS3.3 C.7.6.3.1.2 turned around, for every pair of colour differences.
static void
test_ybr (void) {
  const Header h = {.syntax = EXPLICIT,
                    .photometric = "YBR_FULL",
                    .rows = 256,
                    .columns = 256,
                    .samples = 3,
                    .allocated = 8};
  g_autofree uint8_t *ybr = g_malloc (3 * 65536), *rgb = g_malloc (3 * 65536);
  static const uint8_t lumas[] = {0, 1, 77, 128, 255};
  for (unsigned k = 0; k < G_N_ELEMENTS (lumas); k++) {
    for (unsigned i = 0; i < 65536; i++) {
      int64_t y = lumas[k] * INT64_C (1000000000), b = (int)(i % 256) - 128,
              r = (int)(i / 256) - 128;
      memcpy (ybr + 3 * i, (uint8_t[]){lumas[k], (uint8_t)(b + 128), (uint8_t)(r + 128)}, 3);
      rgb[3 * i] = nearest_8 (y + 1402000000 * r);
      rgb[3 * i + 1] = nearest_8 (y - 344136286 * b - 714136286 * r);
      rgb[3 * i + 2] = nearest_8 (y + 1772000000 * b);
    }
    g_autoptr (GByteArray) file = native (&h, ybr, (size_t)3 * 65536);
    assert_frame (file, 0, PRC_SAMPLE_RGB8, rgb, (size_t)3 * 65536);
  }
}

// ---- one file, many frames ----

// A frame's functional groups (PS3.3 C.7.6.16) are its own in whatever order frames are asked for.
static GByteArray *
with_groups (const Header *h, const char *const *intercepts) {
  GByteArray *b = begin (h);
  put_tag (b, 0x52009230, "SQ", false);
  PUT (b, 0, 0, 0xff, 0xff, 0xff, 0xff);
  for (unsigned i = 0; i < h->frames; i++) {
    g_autoptr (GByteArray) transform = g_byte_array_new (), inner = g_byte_array_new (),
                           item = g_byte_array_new ();
    put_text (transform, 0x00281052, "DS", intercepts[i], false);
    put_item (inner, transform->data, transform->len);
    put_tag (item, 0x00289145, "SQ", false);
    PUT (item, 0, 0);
    put_long (item, inner->len, false);
    put (item, inner->data, inner->len);
    put_item (b, item->data, item->len);
  }
  put_end (b);
  put_tag (b, 0x7fe00010, "OW", false);
  PUT (b, 0, 0, 4, 0, 0, 0, 10, 11, 12, 13);
  return b;
}

static void
test_any_order (void) {
  const Header h = {.syntax = EXPLICIT, .rows = 1, .columns = 1, .frames = 4, .allocated = 8};
  static const char *const intercepts[] = {"100", "200", "300", "400"};
  static const unsigned order[] = {2, 0, 3, 3, 1, 0};
  g_autoptr (GByteArray) b = with_groups (&h, intercepts);
  g_autofree char *path = g_build_filename (folder, "many.dcm", NULL);
  g_assert_true (g_file_set_contents (path, (const char *)b->data, b->len, NULL));
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (order); i++) {
    g_autoptr (PrcFrame) frame =
        prc_codec_pool_decode (pool, instance, order[i], PRC_PRIORITY_VIEW, NULL, NULL);
    g_assert_cmpfloat (prc_frame_stored (frame, 0, 0), ==, 10 + order[i]);
    g_assert_cmpfloat (prc_frame_info (frame)->rescale_intercept, ==, 100.0 * (order[i] + 1));
  }
}

// The codec remembers a file with many frames, but not what another wrote into it since.
static void
test_written_in_place (void) {
  const Header h = {.syntax = EXPLICIT, .rows = 1, .columns = 1, .frames = 2, .allocated = 8};
  g_autoptr (GByteArray) b = NATIVE (&h, 1, 2);
  g_autofree char *path = g_build_filename (folder, "changed.dcm", NULL);
  g_assert_true (g_file_set_contents (path, (const char *)b->data, b->len, NULL));
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, NULL);
  g_autoptr (PrcFrame) before =
      prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, NULL);
  g_assert_false (prc_frame_info (before)->inverse);
  const char *digit = memmem (b->data, b->len, "MONOCHROME2", 11);
  g_usleep (20000); // times of files are coarse
  int fd = open (path, O_WRONLY);
  g_assert_cmpint (pwrite (fd, "1", 1, digit + 10 - (const char *)b->data), ==, 1);
  close (fd);
  g_autoptr (PrcFrame) after =
      prc_codec_pool_decode (pool, instance, 1, PRC_PRIORITY_VIEW, NULL, NULL);
  g_assert_true (prc_frame_info (after)->inverse);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  folder = prc_fixture_folder ();
  g_test_add_func ("/codec/frames/stored-bits", test_stored_bits);
  g_test_add_func ("/codec/frames/byte-order", test_byte_order);
  g_test_add_func ("/codec/frames/single-bits", test_single_bits);
  g_test_add_func ("/codec/frames/colours", test_colours);
  g_test_add_func ("/codec/frames/rle", test_rle);
  g_test_add_func ("/codec/frames/bad-rle", test_bad_rle);
  g_test_add_func ("/codec/frames/fragments", test_fragments);
  g_test_add_func ("/codec/frames/bad-fragments", test_bad_fragments);
  g_test_add_func ("/codec/frames/sizes-differ", test_sizes_differ);
  g_test_add_func ("/codec/frames/hidden-frame", test_hidden_frame);
  g_test_add_func ("/codec/frames/ybr", test_ybr);
  g_test_add_func ("/codec/frames/any-order", test_any_order);
  g_test_add_func ("/codec/frames/written-in-place", test_written_in_place);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  prc_fixture_remove (folder);
  g_free (folder);
  return status;
}
