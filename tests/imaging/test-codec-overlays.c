// SPDX-License-Identifier: Apache-2.0
// What lies on and around a picture, out of files built element by element: overlay planes (PS3.3
// C.9.2, C.9.3), shutters (C.7.6.11, C.7.6.15), presentation tables (C.11.6) and supplemental
// palettes (C.7.6.19).
#include <string.h>

#include "builder.h"
#include "fixture.h"

static PrcCodecPool *pool;

// An image of 3 x 5 zeros of `allocated` bits in the making: the header, then what a test adds.
typedef struct {
  const char *syntax;
  unsigned frames, allocated, stored;
  const char *photometric;
} Image;

static GByteArray *
begin (const Image *image) {
  return prc_build_meta (image->syntax);
}

static void
put_header (GByteArray *b, const Image *image) {
  PrcBuildHeader h = {.syntax = image->syntax,
                      .photometric = image->photometric,
                      .rows = 3,
                      .columns = 5,
                      .frames = image->frames,
                      .allocated = image->allocated,
                      .stored = image->stored,
                      .high = image->stored - 1};

  prc_build_image (b, &h);
}

static PrcFrame *
end (GByteArray *b, const Image *image, const void *pixels, uint32_t number) {
  size_t n = 15u * MAX (image->frames, 1) * image->allocated / 8;
  g_autofree uint8_t *zeros = g_malloc0 (n + 1);
  g_autoptr (GError) error = NULL;

  prc_build_element (b, image->syntax, 0x7fe00010, "OW", pixels ? pixels : zeros, n + n % 2);
  PrcFrame *frame = prc_build_read (pool, b, number, &error);
  g_assert_no_error (error);
  return frame;
}

static void
put_signed_pair (GByteArray *b, const char *syntax, uint32_t tag, int first, int second) {
  g_autoptr (GByteArray) value = g_byte_array_new ();
  bool big = strcmp (syntax, PRC_BUILD_BIG) == 0;

  prc_build_16 (value, (uint16_t)first, big);
  prc_build_16 (value, (uint16_t)second, big);
  prc_build_element (b, syntax, tag, "SS", value->data, value->len);
}

// Rows 3, columns 5 at `row`, `column`.
static void
put_plane (GByteArray *b, const char *syntax, uint32_t group, int row, int column) {
  prc_build_number (b, syntax, group << 16 | 0x0010, 3);
  prc_build_number (b, syntax, group << 16 | 0x0011, 5);
  prc_build_text (b, syntax, group << 16 | 0x0040, "CS", "G");
  put_signed_pair (b, syntax, group << 16 | 0x0050, row, column);
  prc_build_number (b, syntax, group << 16 | 0x0100, 1);
  prc_build_number (b, syntax, group << 16 | 0x0102, 0);
}

static char *
drawn (const PrcMask *mask) {
  GString *text = g_string_new (NULL);

  for (uint32_t row = 0; row < prc_mask_rows (mask); row++) {
    for (uint32_t column = 0; column < prc_mask_columns (mask); column++)
      g_string_append_c (text, prc_mask_contains (mask, column, row) ? '#' : '.');
    g_string_append_c (text, '/');
  }
  return g_string_free (text, FALSE);
}

#define assert_mask(mask, expected)                                                                \
  G_STMT_START {                                                                                   \
    g_autofree char *text = drawn (mask);                                                          \
    g_assert_cmpstr (text, ==, expected);                                                          \
  }                                                                                                \
  G_STMT_END

// 1 0 1 1 0 / 1 1 1 0 0 / 0 0 1 0 1, lowest bit first.
static const uint8_t bits[] = {0xed, 0x50};
#define PICTURE "#.##./###../..#.#/"

// Lowest bit first, no gap between rows; origin from 1, row before column, and 0 or less is fine.
static void
test_trap_30_bits_and_origin (void) {
  static const char *const syntaxes[] = {PRC_BUILD_EXPLICIT, PRC_BUILD_IMPLICIT};

  for (size_t i = 0; i < G_N_ELEMENTS (syntaxes); i++) {
    Image image = {.syntax = syntaxes[i], .allocated = 8, .stored = 8};
    g_autoptr (GByteArray) b = begin (&image);

    put_header (b, &image);
    put_plane (b, image.syntax, 0x6002, -3, 2);
    prc_build_text (b, image.syntax, 0x60021500, "LO", "Marks ");
    prc_build_element (b, image.syntax, 0x60023000, "OW", bits, 2);
    g_autoptr (PrcFrame) frame = end (b, &image, NULL, 0);
    const PrcFrameInfo *info = prc_frame_info (frame);
    g_assert_cmpuint (info->n_overlays, ==, 1);
    g_assert_cmphex (info->overlays[0].group, ==, 0x6002);
    g_assert_cmpint (info->overlays[0].row, ==, -4);
    g_assert_cmpint (info->overlays[0].column, ==, 1);
    g_assert_false (info->overlays[0].region);
    g_assert_cmpstr (info->overlays[0].label, ==, "Marks");
    assert_mask (info->overlays[0].mask, PICTURE);
  }
}

// Words of a big endian file have their bytes swapped (PS3.5 7.3); bytes have not.
static void
test_trap_30_big_endian_words (void) {
  static const uint8_t swapped[] = {0x50, 0xed};

  for (int words = 0; words < 2; words++) {
    Image image = {.syntax = PRC_BUILD_BIG, .allocated = 8, .stored = 8};
    g_autoptr (GByteArray) b = begin (&image);

    put_header (b, &image);
    put_plane (b, image.syntax, 0x6000, 1, 1);
    prc_build_element (b, image.syntax, 0x60003000, words ? "OW" : "OB", words ? swapped : bits, 2);
    g_autoptr (PrcFrame) frame = end (b, &image, NULL, 0);
    g_assert_cmpuint (prc_frame_info (frame)->n_overlays, ==, 1);
    assert_mask (prc_frame_info (frame)->overlays[0].mask, PICTURE);
  }
}

// Rows and columns are the overlay's own; a region of interest; the description where no label is.
static void
test_trap_30_other_size (void) {
  Image image = {.syntax = PRC_BUILD_EXPLICIT, .allocated = 8, .stored = 8};
  g_autoptr (GByteArray) b = begin (&image);
  static const uint8_t long_row[] = {0x01, 0x80, 0x01, 0x00};

  put_header (b, &image);
  prc_build_number (b, image.syntax, 0x601e0010, 1);
  prc_build_number (b, image.syntax, 0x601e0011, 17);
  prc_build_text (b, image.syntax, 0x601e0022, "LO", "Lesion");
  prc_build_text (b, image.syntax, 0x601e0040, "CS", "R");
  prc_build_element (b, image.syntax, 0x601e3000, "OW", long_row, 4);
  g_autoptr (PrcFrame) frame = end (b, &image, NULL, 0);
  const PrcFrameInfo *info = prc_frame_info (frame);
  g_assert_cmpuint (info->n_overlays, ==, 1);
  g_assert_true (info->overlays[0].region);
  g_assert_cmpint (info->overlays[0].row, ==, 0); // no origin: on the image's
  g_assert_cmpstr (info->overlays[0].label, ==, "Lesion");
  assert_mask (info->overlays[0].mask, "#..............##/");
}

// Bits 12 to 15 beside 12 stored ones: taken before the samples are masked.
static void
test_trap_30_embedded_bits (void) {
  static const uint8_t pixels[30] = {0xff, 0x1f, 0x34, 0xe2, 0x00, 0x10, [28] = 0x01, [29] = 0x30};
  Image image = {.syntax = PRC_BUILD_EXPLICIT, .allocated = 16, .stored = 12};
  g_autoptr (GByteArray) b = begin (&image);

  put_header (b, &image);
  for (unsigned i = 0; i < 2; i++) { // a plane in bit 12 and one in bit 13
    prc_build_number (b, image.syntax, (0x6000 + 2 * i) << 16 | 0x0010, 3);
    prc_build_number (b, image.syntax, (0x6000 + 2 * i) << 16 | 0x0011, 5);
    prc_build_number (b, image.syntax, (0x6000 + 2 * i) << 16 | 0x0100, 16);
    prc_build_number (b, image.syntax, (0x6000 + 2 * i) << 16 | 0x0102, 12 + i);
  }
  g_autoptr (PrcFrame) frame = end (b, &image, pixels, 0);
  const PrcFrameInfo *info = prc_frame_info (frame);
  g_assert_cmpuint (info->n_overlays, ==, 2);
  assert_mask (info->overlays[0].mask, "#.#../...../....#/");
  assert_mask (info->overlays[1].mask, ".#.../...../....#/");
  g_assert_cmpfloat (prc_frame_stored (frame, 0, 0), ==, 0xfff);
  g_assert_cmpfloat (prc_frame_stored (frame, 1, 0), ==, 0x234);
  g_assert_cmpfloat (prc_frame_stored (frame, 2, 0), ==, 0);
}

// A bit that holds part of the value is no overlay.
static void
test_bits_of_the_value_are_no_overlay (void) {
  static const uint8_t pixels[30] = {0xff, 0xff};
  Image image = {.syntax = PRC_BUILD_EXPLICIT, .allocated = 16, .stored = 12};
  g_autoptr (GByteArray) b = begin (&image);

  put_header (b, &image);
  prc_build_number (b, image.syntax, 0x60000010, 3);
  prc_build_number (b, image.syntax, 0x60000011, 5);
  prc_build_number (b, image.syntax, 0x60000100, 16);
  prc_build_number (b, image.syntax, 0x60000102, 11);
  prc_build_number (b, image.syntax, 0x60020010, 3);
  prc_build_number (b, image.syntax, 0x60020011, 5);
  prc_build_number (b, image.syntax, 0x60020100, 16);
  prc_build_number (b, image.syntax, 0x60020102, 16);
  g_autoptr (PrcFrame) frame = end (b, &image, pixels, 0);
  g_assert_cmpuint (prc_frame_info (frame)->n_overlays, ==, 0);
}

// Two frames from Image Frame Origin 2 on: the image's frames 2 and 3 of 4 (C.9.3). The second
// begins in the middle of a byte: 15 bits after the first.
static void
test_trap_30_frames (void) {
  // ...frame 1: PICTURE; frame 2 from bit 15: 1 then zeros, and the last pixel 1 (bit 29).
  static const uint8_t two[] = {0xed, 0xd0, 0x00, 0x20};
  static const char *const expected[] = {NULL, PICTURE, "#..../...../....#/", NULL};

  for (unsigned number = 0; number < 4; number++) {
    Image image = {.syntax = PRC_BUILD_EXPLICIT, .frames = 4, .allocated = 8, .stored = 8};
    g_autoptr (GByteArray) b = begin (&image);

    put_header (b, &image);
    prc_build_number (b, image.syntax, 0x60000010, 3);
    prc_build_number (b, image.syntax, 0x60000011, 5);
    prc_build_text (b, image.syntax, 0x60000015, "IS", "2");
    prc_build_number (b, image.syntax, 0x60000051, 2);
    prc_build_element (b, image.syntax, 0x60003000, "OW", two, 4);
    g_autoptr (PrcFrame) frame = end (b, &image, NULL, number);
    const PrcFrameInfo *info = prc_frame_info (frame);
    g_assert_cmpuint (info->n_overlays, ==, expected[number] ? 1 : 0);
    if (expected[number])
      assert_mask (info->overlays[0].mask, expected[number]);
  }
}

// A plane without frames of its own lies over all of them.
static void
test_plane_over_all_frames (void) {
  Image image = {.syntax = PRC_BUILD_EXPLICIT, .frames = 2, .allocated = 8, .stored = 8};
  g_autoptr (GByteArray) b = begin (&image);

  put_header (b, &image);
  put_plane (b, image.syntax, 0x6000, 1, 1);
  prc_build_element (b, image.syntax, 0x60003000, "OW", bits, 2);
  g_autoptr (PrcFrame) frame = end (b, &image, NULL, 1);
  g_assert_cmpuint (prc_frame_info (frame)->n_overlays, ==, 1);
}

// Too few bits, no size, sizes that would need gigabytes, odd groups and groups beyond 601E: the
// picture comes without them.
static void
test_bad_planes (void) {
  Image image = {.syntax = PRC_BUILD_EXPLICIT, .allocated = 8, .stored = 8};
  g_autoptr (GByteArray) b = begin (&image);

  put_header (b, &image);
  put_plane (b, image.syntax, 0x6000, 1, 1);
  prc_build_element (b, image.syntax, 0x60003000, "OW", "", 0);
  put_plane (b, image.syntax, 0x6001, 1, 1);
  prc_build_element (b, image.syntax, 0x60013000, "OW", bits, 2);
  prc_build_element (b, image.syntax, 0x60023000, "OW", bits, 2);
  prc_build_number (b, image.syntax, 0x60040010, 65535);
  prc_build_number (b, image.syntax, 0x60040011, 65535);
  prc_build_element (b, image.syntax, 0x60043000, "OW", bits, 2);
  prc_build_number (b, image.syntax, 0x60060010, 3);
  prc_build_number (b, image.syntax, 0x60060011, 5);
  prc_build_text (b, image.syntax, 0x60060015, "IS", "2000000000");
  prc_build_number (b, image.syntax, 0x60060051, 0);
  prc_build_element (b, image.syntax, 0x60063000, "OW", bits, 2);
  put_plane (b, image.syntax, 0x6020, 1, 1);
  prc_build_element (b, image.syntax, 0x60203000, "OW", bits, 2);
  g_autoptr (PrcFrame) frame = end (b, &image, NULL, 0);
  const PrcFrameInfo *info = prc_frame_info (frame);
  g_assert_cmpuint (info->n_overlays, ==, 1); // the one with many frames has the first of them
  g_assert_cmphex (info->overlays[0].group, ==, 0x6006);
}

// ---- shutters ----

static PrcFrame *
shut (const Image *image, const char *shape, const char *value) {
  g_autoptr (GByteArray) b = begin (image);

  prc_build_text (b, image->syntax, 0x00181600, "CS", shape);
  prc_build_text (b, image->syntax, 0x00181602, "IS", "2");
  prc_build_text (b, image->syntax, 0x00181604, "IS", "4");
  prc_build_text (b, image->syntax, 0x00181606, "IS", "1");
  prc_build_text (b, image->syntax, 0x00181608, "IS", "2");
  prc_build_text (b, image->syntax, 0x00181610, "IS", "2\\3");
  prc_build_text (b, image->syntax, 0x00181612, "IS", "1");
  prc_build_text (b, image->syntax, 0x00181620, "IS", "1\\1\\1\\3\\3\\3\\3\\1");
  if (value)
    prc_build_number (b, image->syntax, 0x00181622, (unsigned)g_ascii_strtoull (value, NULL, 10));
  prc_build_number (b, image->syntax, 0x00181623, 0x6004);
  put_header (b, image);
  put_plane (b, image->syntax, 0x6004, 1, 1);
  prc_build_element (b, image->syntax, 0x60043000, "OW", bits, 2);
  return end (b, image, NULL, 0);
}

// Left and right are columns, upper and lower rows; the circle's centre is row, then column.
static void
test_trap_29_shutters_in_files (void) {
  static const struct {
    const char *shape, *seen;
    unsigned n_overlays; // a bitmap shutter's plane is none
  } cases[] = {
      {"RECTANGULAR", ".###./.###./...../", 1},
      {"CIRCULAR", "..#../.###./..#../", 1},
      {"POLYGONAL", "###../###../###../", 1},
      {"BITMAP", ".#..#/...##/##.#./", 0},
      {"RECTANGULAR\\CIRCULAR", "..#../.###./...../", 1},
      {"RECTANGULAR\\CIRCULAR\\POLYGONAL", "..#../.##../...../", 1},
  };
  Image image = {.syntax = PRC_BUILD_EXPLICIT, .allocated = 8, .stored = 8};

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PrcFrame) frame = shut (&image, cases[i].shape, i == 0 ? NULL : "32768");
    const PrcFrameInfo *info = prc_frame_info (frame);

    g_assert_nonnull (info->shutter);
    assert_mask (info->shutter, cases[i].seen);
    g_assert_cmpuint (info->shutter_value, ==, i == 0 ? 0 : 32768);
    g_assert_cmpuint (info->n_overlays, ==, cases[i].n_overlays);
  }
}

static void
test_shutter_of_no_known_shape (void) {
  Image image = {.syntax = PRC_BUILD_EXPLICIT, .allocated = 8, .stored = 8};
  g_autoptr (PrcFrame) frame = shut (&image, "STAR", NULL);

  g_assert_null (prc_frame_info (frame)->shutter);
}

// ---- presentation ----

// Photometric interpretation and shape say the same: together they are one inversion.
static void
test_trap_8_one_inversion (void) {
  static const struct {
    const char *photometric, *shape;
    bool inverse;
  } cases[] = {
      {"MONOCHROME2", NULL, false},       {"MONOCHROME1", NULL, true},
      {"MONOCHROME2", "INVERSE", true},   {"MONOCHROME1", "INVERSE", true},
      {"MONOCHROME2", "IDENTITY", false},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    Image image = {.syntax = PRC_BUILD_EXPLICIT,
                   .allocated = 8,
                   .stored = 8,
                   .photometric = cases[i].photometric};
    g_autoptr (GByteArray) b = begin (&image);

    put_header (b, &image);
    if (cases[i].shape)
      prc_build_text (b, image.syntax, 0x20500020, "CS", cases[i].shape);
    g_autoptr (PrcFrame) frame = end (b, &image, NULL, 0);
    g_assert_true (prc_frame_info (frame)->inverse == cases[i].inverse);
  }
}

// A table replaces the shape and says itself what is bright.
static void
test_trap_8_table_instead_of_shape (void) {
  Image image = {
      .syntax = PRC_BUILD_EXPLICIT, .allocated = 8, .stored = 8, .photometric = "MONOCHROME1"};
  g_autoptr (GByteArray) b = begin (&image), item = g_byte_array_new ();

  put_header (b, &image);
  prc_build_element (item, image.syntax, 0x00283002, "US", (uint8_t[]){3, 0, 0, 0, 12, 0}, 6);
  prc_build_element (item, image.syntax, 0x00283006, "OW",
                     (uint8_t[]){0xff, 0x0f, 0x00, 0x08, 0, 0}, 6);
  g_autoptr (GByteArray) sequence = g_byte_array_new ();
  prc_build_bytes (sequence, (uint8_t[]){0xfe, 0xff, 0x00, 0xe0}, 4);
  prc_build_32 (sequence, item->len, false);
  prc_build_bytes (sequence, item->data, item->len);
  prc_build_element (b, image.syntax, 0x20500010, "SQ", sequence->data, sequence->len);
  g_autoptr (PrcFrame) frame = end (b, &image, NULL, 0);
  const PrcFrameInfo *info = prc_frame_info (frame);
  g_assert_false (info->inverse);
  g_assert_nonnull (info->presentation_lut);
  g_assert_cmpuint (info->presentation_lut->n_entries, ==, 3);
  g_assert_cmpuint (info->presentation_lut->bits, ==, 12);
  g_assert_cmpuint (info->presentation_lut->entries[0], ==, 0xfff);
  g_assert_cmpuint (info->presentation_lut->entries[1], ==, 0x800);
}

static PrcFrame *
supplemented (const char *presentation) {
  Image image = {.syntax = PRC_BUILD_EXPLICIT, .allocated = 16, .stored = 12};
  static const uint8_t descriptor[] = {2, 0, 0xb8, 0x0b, 16, 0}; // two entries from 3000 on
  static const uint8_t tables[3][4] = {{0, 0xff, 0, 0x10}, {0, 0x80, 0, 0x20}, {0, 0, 0, 0x30}};
  g_autoptr (GByteArray) b = begin (&image);

  if (presentation)
    prc_build_text (b, image.syntax, 0x00089205, "CS", presentation);
  put_header (b, &image);
  for (unsigned i = 0; i < 3; i++)
    prc_build_element (b, image.syntax, 0x00281101 + i, "US", descriptor, 6);
  for (unsigned i = 0; i < 3; i++)
    prc_build_element (b, image.syntax, 0x00281201 + i, "OW", tables[i], 4);
  return end (b, &image, NULL, 0);
}

static void
test_trap_12_supplemental_palette_in_files (void) {
  static const char *const presentations[] = {"COLOR", "MIXED"};

  for (size_t i = 0; i < 2; i++) {
    g_autoptr (PrcFrame) frame = supplemented (presentations[i]);
    const PrcFrameInfo *info = prc_frame_info (frame);

    g_assert_cmpint (info->type, ==, PRC_SAMPLE_U16);
    g_assert_nonnull (info->colours);
    g_assert_cmpint (info->colours->first_mapped, ==, 3000);
    g_assert_cmpuint (info->colours->n_entries, ==, 2);
    g_assert_cmpmem (info->colours->rgb, 6, ((uint8_t[]){255, 128, 0, 16, 32, 48}), 6);
  }
}

static void
test_palette_without_pixel_presentation (void) {
  g_autoptr (PrcFrame) none = supplemented (NULL), grey = supplemented ("MONOCHROME");

  g_assert_null (prc_frame_info (none)->colours);
  g_assert_null (prc_frame_info (grey)->colours);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  g_test_add_func ("/overlays/trap-30-bits-and-origin", test_trap_30_bits_and_origin);
  g_test_add_func ("/overlays/trap-30-big-endian-words", test_trap_30_big_endian_words);
  g_test_add_func ("/overlays/trap-30-other-size", test_trap_30_other_size);
  g_test_add_func ("/overlays/trap-30-embedded-bits", test_trap_30_embedded_bits);
  g_test_add_func ("/overlays/trap-30-frames", test_trap_30_frames);
  g_test_add_func ("/overlays/bits-of-the-value", test_bits_of_the_value_are_no_overlay);
  g_test_add_func ("/overlays/plane-over-all-frames", test_plane_over_all_frames);
  g_test_add_func ("/overlays/bad-planes", test_bad_planes);
  g_test_add_func ("/overlays/trap-29-shutters-in-files", test_trap_29_shutters_in_files);
  g_test_add_func ("/overlays/shutter-of-no-known-shape", test_shutter_of_no_known_shape);
  g_test_add_func ("/overlays/trap-8-one-inversion", test_trap_8_one_inversion);
  g_test_add_func ("/overlays/trap-8-table-instead-of-shape", test_trap_8_table_instead_of_shape);
  g_test_add_func ("/overlays/trap-12-supplemental-palette",
                   test_trap_12_supplemental_palette_in_files);
  g_test_add_func ("/overlays/palette-without-pixel-presentation",
                   test_palette_without_pixel_presentation);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  return status;
}
