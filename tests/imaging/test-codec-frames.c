// SPDX-License-Identifier: Apache-2.0
// Frames in files built element by element: what PS3.5 sections 8, A.4 and G and PS3.3 C.7.6.3 say
// of their bytes, and what happens when the bytes say otherwise.
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "builder.h"
#include "fixture.h"
#include "prc-imaging-error.h"

static PrcCodecPool *pool;
static char *folder;

// ---- uncompressed ----

// Bits above High Bit are no part of the value (PS3.5 8.1.1).
static void
test_stored_bits (void) {
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                            .rows = 1,
                            .columns = 3,
                            .allocated = 16,
                            .stored = 12,
                            .high = 11};
  g_autoptr (GByteArray) b = NATIVE (&h, 0xff, 0x0f, 0x34, 0xf2, 0x00, 0x80);
  ASSERT_FRAME (b, 0, PRC_SAMPLE_U16, uint16_t, 0xfff, 0x234, 0);
  PrcBuildHeader with_sign = h;
  with_sign.is_signed = true;
  g_autoptr (GByteArray) s = NATIVE (&with_sign, 0xff, 0x0f, 0xff, 0x07, 0x00, 0xf8);
  ASSERT_FRAME (s, 0, PRC_SAMPLE_S16, int16_t, -1, 2047, -2048);
  // 10 bits up to bit 13: what lies below goes, too.
  const PrcBuildHeader up = {.syntax = PRC_BUILD_EXPLICIT,
                             .rows = 1,
                             .columns = 2,
                             .allocated = 16,
                             .stored = 10,
                             .high = 13};
  g_autoptr (GByteArray) u = NATIVE (&up, 0xf0, 0x3f, 0x1f, 0xc0);
  ASSERT_FRAME (u, 0, PRC_SAMPLE_U16, uint16_t, 1023, 1);
}

static void
test_byte_order (void) {
  const PrcBuildHeader big = {.syntax = PRC_BUILD_BIG, .rows = 1, .columns = 2, .allocated = 16};
  g_autoptr (GByteArray) b = NATIVE (&big, 0x12, 0x34, 0xff, 0x00);
  ASSERT_FRAME (b, 0, PRC_SAMPLE_U16, uint16_t, 0x1234, 0xff00);
  // OW is a string of words, each swapped by itself, and the lowest bits of a pixel come first
  // (PS3.5 6.2, 8.1.1); so write dcmconv +tb and GDCM.
  const PrcBuildHeader wide = {.syntax = PRC_BUILD_BIG, .rows = 1, .columns = 1, .allocated = 32};
  g_autoptr (GByteArray) w = NATIVE (&wide, 0x56, 0x78, 0x12, 0x34);
  ASSERT_FRAME (w, 0, PRC_SAMPLE_U32, uint32_t, 0x12345678);
  const PrcBuildHeader little = {
      .syntax = PRC_BUILD_EXPLICIT, .rows = 1, .columns = 1, .allocated = 32};
  g_autoptr (GByteArray) l = NATIVE (&little, 0x78, 0x56, 0x34, 0x12);
  ASSERT_FRAME (l, 0, PRC_SAMPLE_U32, uint32_t, 0x12345678);
}

// One bit a pixel: the first in the lowest bit, the next frame right behind, in the same byte.
static void
test_single_bits (void) {
  const PrcBuildHeader h = {
      .syntax = PRC_BUILD_EXPLICIT, .rows = 1, .columns = 5, .frames = 3, .allocated = 1};
  g_autoptr (GByteArray) b = NATIVE (&h, 0xb5, 0x65); // 10101 10110 10011 0
  ASSERT_FRAME (b, 0, PRC_SAMPLE_U8, uint8_t, 1, 0, 1, 0, 1);
  ASSERT_FRAME (b, 1, PRC_SAMPLE_U8, uint8_t, 1, 0, 1, 1, 0);
  ASSERT_FRAME (b, 2, PRC_SAMPLE_U8, uint8_t, 1, 0, 0, 1, 1);
  prc_build_assert_refused (pool, b, 3, PRC_IMAGING_ERROR_ARGUMENT);
}

static void
test_colours (void) {
  PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
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
  // Five bits: white is white, and 16 of 31 is 131.6.
  h.photometric = "RGB";
  h.stored = 5;
  h.high = 4;
  g_autoptr (GByteArray) few = NATIVE (&h, 31, 16, 0, 0xe1, 31, 31);
  ASSERT_FRAME (few, 0, PRC_SAMPLE_RGB8, uint8_t, 255, 132, 0, 8, 255, 255);
  h.stored = 0;
  h.photometric = "MONOCHROME2";
  g_autoptr (GByteArray) odd = NATIVE (&h, 1, 2, 3, 4, 5, 6);
  prc_build_assert_refused (pool, odd, 0, PRC_IMAGING_ERROR_DAMAGED);
}

// ---- RLE ----

static void
test_rle (void) {
  const PrcBuildHeader grey = {.syntax = PRC_BUILD_RLE, .rows = 2, .columns = 4, .allocated = 8};
  // Three as they are, nothing (-128), one four times, one as it is.
  g_autoptr (GByteArray) packed = BYTES (2, 10, 20, 30, 0x80, 0xfd, 7, 0, 9);
  const GByteArray *one[] = {packed};
  g_autoptr (GByteArray) frame = prc_build_rle (1, one),
                         b = prc_build_one_frame (&grey, frame->data, frame->len);
  ASSERT_FRAME (b, 0, PRC_SAMPLE_U8, uint8_t, 10, 20, 30, 7, 7, 7, 7, 9);
  // The upper bytes first, whatever the byte order of the file.
  const PrcBuildHeader deep = {.syntax = PRC_BUILD_RLE, .rows = 1, .columns = 2, .allocated = 16};
  g_autoptr (GByteArray) upper = BYTES (1, 0x12, 0xff), lower = BYTES (1, 0x34, 0x01);
  const GByteArray *two[] = {upper, lower};
  g_autoptr (GByteArray) deep_frame = prc_build_rle (2, two),
                         d = prc_build_one_frame (&deep, deep_frame->data, deep_frame->len);
  ASSERT_FRAME (d, 0, PRC_SAMPLE_U16, uint16_t, 0x1234, 0xff01);
  const PrcBuildHeader rgb = {.syntax = PRC_BUILD_RLE,
                              .photometric = "RGB",
                              .rows = 1,
                              .columns = 2,
                              .samples = 3,
                              .allocated = 8};
  g_autoptr (GByteArray) red = BYTES (1, 1, 2), green = BYTES (1, 3, 4), blue = BYTES (0xff, 5);
  const GByteArray *three[] = {red, green, blue};
  g_autoptr (GByteArray) rgb_frame = prc_build_rle (3, three),
                         c = prc_build_one_frame (&rgb, rgb_frame->data, rgb_frame->len);
  ASSERT_FRAME (c, 0, PRC_SAMPLE_RGB8, uint8_t, 1, 3, 5, 2, 4, 5);
}

static void
test_bad_rle (void) {
  const PrcBuildHeader grey = {.syntax = PRC_BUILD_RLE, .rows = 2, .columns = 4, .allocated = 8};
  const PrcBuildHeader deep = {.syntax = PRC_BUILD_RLE, .rows = 2, .columns = 4, .allocated = 16};
  g_autoptr (GByteArray) few = BYTES (2, 10, 20, 30, 0xfd, 7), // seven of eight
      many = BYTES (0x81, 7), lying = BYTES (0x7f, 1, 2, 3);
  const GByteArray *one[] = {few}, *over[] = {many}, *literal[] = {lying};
  g_autoptr (GByteArray) short_frame = prc_build_rle (1, one),
                         short_file =
                             prc_build_one_frame (&grey, short_frame->data, short_frame->len);
  prc_build_assert_refused (pool, short_file, 0, PRC_IMAGING_ERROR_DAMAGED);
  g_autoptr (GByteArray) long_frame = prc_build_rle (1, over),
                         long_file = prc_build_one_frame (&grey, long_frame->data, long_frame->len);
  ASSERT_FRAME (long_file, 0, PRC_SAMPLE_U8, uint8_t, 7, 7, 7, 7, 7, 7, 7, 7); // 128 are cut to 8
  g_autoptr (GByteArray) literal_frame = prc_build_rle (1, literal),
                         literal_file =
                             prc_build_one_frame (&grey, literal_frame->data, literal_frame->len);
  prc_build_assert_refused (pool, literal_file, 0, PRC_IMAGING_ERROR_DAMAGED);
  g_autoptr (GByteArray) planes =
      prc_build_one_frame (&deep, long_frame->data, long_frame->len); // one segment for two bytes
  prc_build_assert_refused (pool, planes, 0, PRC_IMAGING_ERROR_DAMAGED);
  const uint32_t offsets[] = {0, 63, 67, 0xffffffff};
  for (unsigned i = 0; i < G_N_ELEMENTS (offsets); i++) {
    for (unsigned k = 0; k < 4; k++)
      long_frame->data[4 + k] = (uint8_t)(offsets[i] >> 8 * k);
    g_autoptr (GByteArray) outside = prc_build_one_frame (&grey, long_frame->data, long_frame->len);
    prc_build_assert_refused (pool, outside, 0, PRC_IMAGING_ERROR_DAMAGED);
  }
}

// ---- fragments ----

static void
assert_level (const GByteArray *b, uint32_t number, uint8_t level) {
  uint8_t samples[64];
  memset (samples, level, sizeof samples);
  prc_build_assert_frame (pool, b, number, PRC_SAMPLE_U8, samples, sizeof samples);
}

static const PrcBuildHeader two_frames = {
    .syntax = PRC_BUILD_BASELINE, .rows = 8, .columns = 8, .frames = 2, .allocated = 8};

// The first frame in two fragments (of `split` bytes and the rest), the second in one.
static void
put_three_fragments (GByteArray *b, size_t split) {
  g_autoptr (GByteArray) first = prc_build_jpeg (0), second = prc_build_jpeg (1);
  prc_build_item (b, first->data, split);
  prc_build_item (b, first->data + split, first->len - split);
  prc_build_item (b, second->data, second->len);
}

static void
test_fragments (void) {
  g_autoptr (GByteArray) first = prc_build_jpeg (0), second = prc_build_jpeg (1);
  // As many fragments as frames: no table is needed, nor the delimiter at the end.
  g_autoptr (GByteArray) plain = prc_build_encapsulated (&two_frames, NULL, 0);
  prc_build_item (plain, first->data, first->len);
  prc_build_item (plain, second->data, second->len);
  assert_level (plain, 1, 28);
  assert_level (plain, 0, 200);
  prc_build_end (plain);
  assert_level (plain, 1, 28);
  // More, with the table, counted from the first fragment's item tag.
  const uint32_t offsets[] = {0, first->len + 16};
  g_autoptr (GByteArray) table = prc_build_encapsulated (&two_frames, offsets, 2);
  put_three_fragments (table, 40);
  prc_build_end (table);
  assert_level (table, 0, 200);
  assert_level (table, 1, 28);
  // More, without: a frame begins where a codestream does.
  g_autoptr (GByteArray) bare = prc_build_encapsulated (&two_frames, NULL, 0);
  put_three_fragments (bare, 40);
  prc_build_end (bare);
  assert_level (bare, 0, 200);
  assert_level (bare, 1, 28);
}

// A table that fits leads straight to a frame: what lies before it is not looked at, however much.
static void
test_table_alone (void) {
  g_autoptr (GByteArray) first = prc_build_jpeg (0), second = prc_build_jpeg (1);
  const uint32_t offsets[] = {0, first->len + 16};
  g_autoptr (GByteArray) b = prc_build_encapsulated (&two_frames, offsets, 2);
  size_t items = b->len;
  put_three_fragments (b, 40);
  prc_build_end (b);
  b->data[items + 8 + 40] = 0; // the tag of the second fragment
  assert_level (b, 1, 28);
  prc_build_assert_refused (pool, b, 0, PRC_IMAGING_ERROR_DAMAGED);
}

static void
test_bad_fragments (void) {
  g_autoptr (GByteArray) first = prc_build_jpeg (0), second = prc_build_jpeg (1);
  const uint32_t beyond[] = {0, 100000};
  g_autoptr (GByteArray) table = prc_build_encapsulated (&two_frames, beyond, 2);
  put_three_fragments (table, 40);
  prc_build_end (table);
  assert_level (table, 1, 28); // what the table says is not so, what the fragments are is
  // Cut in the second frame: the first is whole.
  g_autoptr (GByteArray) cut = prc_build_encapsulated (&two_frames, NULL, 0);
  prc_build_item (cut, first->data, first->len);
  prc_build_item (cut, second->data, second->len);
  g_byte_array_set_size (cut, cut->len - 6);
  assert_level (cut, 0, 200);
  prc_build_assert_refused (pool, cut, 1, PRC_IMAGING_ERROR_DAMAGED);
  // One frame where two are promised.
  g_autoptr (GByteArray) one = prc_build_encapsulated (&two_frames, NULL, 0);
  prc_build_item (one, first->data, first->len);
  prc_build_end (one);
  prc_build_assert_refused (pool, one, 1, PRC_IMAGING_ERROR_DAMAGED);
  // No fragment at all.
  g_autoptr (GByteArray) none = prc_build_encapsulated (&two_frames, NULL, 0);
  prc_build_end (none);
  prc_build_assert_refused (pool, none, 0, PRC_IMAGING_ERROR_DAMAGED);
}

// The header's size and the codestream's.
static void
test_sizes_differ (void) {
  PrcBuildHeader h = two_frames;
  h.frames = 1;
  h.rows = 16;
  g_autoptr (GByteArray) picture = prc_build_jpeg (0), b = prc_build_encapsulated (&h, NULL, 0);
  g_autoptr (GError) error = NULL;
  prc_build_item (b, picture->data, picture->len);
  prc_build_end (b);
  g_autoptr (PrcFrame) frame = prc_build_read (pool, b, 0, &error);
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
  PrcBuildHeader h = two_frames;
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
    g_autoptr (GByteArray) b = prc_build_encapsulated (&h, NULL, 0);
    prc_build_item (b, s->data, s->len);
    prc_build_end (b);
    prc_build_assert_refused (pool, b, 0, PRC_IMAGING_ERROR_DAMAGED);
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
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
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
    g_autoptr (GByteArray) file = prc_build_native (&h, ybr, (size_t)3 * 65536);
    prc_build_assert_frame (pool, file, 0, PRC_SAMPLE_RGB8, rgb, (size_t)3 * 65536);
  }
}

// ---- one file, many frames ----

// A frame's functional groups (PS3.3 C.7.6.16) are its own in whatever order frames are asked for.
static GByteArray *
with_groups (const PrcBuildHeader *h, const char *const *intercepts) {
  GByteArray *b = prc_build_begin (h);
  prc_build_head (b, h->syntax, 0x52009230, "SQ", 0xffffffff);
  for (unsigned i = 0; i < h->frames; i++) {
    g_autoptr (GByteArray) transform = g_byte_array_new (), inner = g_byte_array_new (),
                           item = g_byte_array_new ();
    prc_build_text (transform, h->syntax, 0x00281052, "DS", intercepts[i]);
    prc_build_item (inner, transform->data, transform->len);
    prc_build_element (item, h->syntax, 0x00289145, "SQ", inner->data, inner->len);
    prc_build_item (b, item->data, item->len);
  }
  prc_build_end (b);
  prc_build_element (b, h->syntax, 0x7fe00010, "OW", (const uint8_t[]){10, 11, 12, 13}, 4);
  return b;
}

static void
test_any_order (void) {
  const PrcBuildHeader h = {
      .syntax = PRC_BUILD_EXPLICIT, .rows = 1, .columns = 1, .frames = 4, .allocated = 8};
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
  const PrcBuildHeader h = {
      .syntax = PRC_BUILD_EXPLICIT, .rows = 1, .columns = 1, .frames = 2, .allocated = 8};
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
  g_test_add_func ("/codec/frames/table-alone", test_table_alone);
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
