// SPDX-License-Identifier: Apache-2.0
// DICOM Segmentations through the codec. Masks are compared bit by bit with the arrays that the
// files were made from.
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "builder.h"
#include "prc-imaging-error.h"
#include "segmentation-fixture.h"

static PrcCodecPool *pool;

static PrcSegmentation *
read_good (GByteArray *file, double threshold) {
  g_autoptr (GError) error = NULL;
  PrcSegmentation *read = segmentation_fixture_read (pool, file, threshold, &error);

  g_assert_no_error (error);
  return read;
}

static void
assert_refused (GByteArray *file, int code) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcSegmentation) read = segmentation_fixture_read (pool, file, 0.5, &error);

  g_assert_null (read);
  g_assert_error (error, PRC_IMAGING_ERROR, code);
  g_assert_cmpint (error->message[strlen (error->message) - 1], !=, '.');
}

// The mask of a frame and a segment; NULL when there is none.
static const PrcMask *
mask_of (const PrcSegmentationInfo *info, uint32_t frame, uint32_t segment) {
  for (uint32_t i = 0; i < info->n_frames; i++)
    if (info->frames[i].frame == frame && info->frames[i].segment == segment)
      return info->frames[i].mask;
  return NULL;
}

// That the mask is where `right`, rows * columns bytes, is not 0.
static void
assert_mask (const PrcSegmentationInfo *info, uint32_t frame, uint32_t segment,
             const uint8_t *right) {
  const PrcMask *mask = mask_of (info, frame, segment);
  size_t n = 0;

  for (uint32_t row = 0; row < info->rows; row++)
    for (uint32_t column = 0; column < info->columns; column++) {
      bool is_set = right[row * info->columns + column] != 0;

      n += is_set;
      if (mask != NULL)
        g_assert_cmpint (prc_mask_contains (mask, column, row), ==, is_set);
    }
  g_assert_cmpuint (mask != NULL ? prc_mask_area (mask) : 0, ==, n);
}

static void
assert_note (const PrcSegmentationInfo *info, const char *word) {
  for (const char *const *note = info->notes; *note != NULL; note++)
    if (strstr (*note, word) != NULL)
      return;
  g_error ("no note says \"%s\"", word);
}

// Bits of one or the other, lowest first, none left out anywhere (PS3.5 8.1.1).
static GByteArray *
pack (const uint8_t *bytes, size_t n) {
  GByteArray *b = g_byte_array_new ();

  g_byte_array_set_size (b, (guint)((n + 15) / 16 * 2));
  memset (b->data, 0, b->len);
  for (size_t i = 0; i < n; i++)
    if (bytes[i])
      b->data[i / 8] |= (uint8_t)(1 << i % 8);
  return b;
}

static const SegmentationFixtureFrame three_planes[] = {
    {1, 0, "1.2.40", 0, false}, {1, 3, "1.2.41", 0, false}, {1, 6, "1.2.42", 0, false}};

static void
swap_words (GByteArray *b) {
  for (guint i = 0; i + 1 < b->len; i += 2) {
    uint8_t first = b->data[i];

    b->data[i] = b->data[i + 1];
    b->data[i + 1] = first;
  }
}

// Every size from 1 column on, runs of all lengths: wherever rows and frames end in a byte.
static void
test_columns (void) {
  g_autoptr (GRand) rand = g_rand_new_with_seed (8);

  for (unsigned columns = 1; columns <= 70; columns += columns < 20 ? 1 : 7) {
    const SegmentationFixture f = {.type = "BINARY",
                                   .rows = 1 + columns % 6,
                                   .columns = columns,
                                   .frames = 3,
                                   .allocated = 1,
                                   .n_segments = 1,
                                   .groups = three_planes};
    size_t n = f.rows * columns;
    g_autofree uint8_t *pixels = g_malloc0 (3 * n);
    g_autoptr (PrcSegmentation) read = NULL;
    g_autoptr (GByteArray) bits = NULL;

    for (size_t i = 0, run = 0; i < 3 * n; i++, run--) {
      if (run == 0)
        run = (size_t)g_rand_int_range (rand, 1, g_rand_boolean (rand) ? 4 : 150);
      pixels[i] = (i > 0 && run > 1) ? pixels[i - 1] : (uint8_t)g_rand_int_range (rand, 0, 2);
    }
    bits = pack (pixels, 3 * n);
    read = read_good (segmentation_fixture_native (&f, "OB", bits->data, bits->len), 0.5);
    for (uint32_t frame = 0; frame < 3; frame++)
      assert_mask (prc_segmentation_info (read), frame, 0, pixels + frame * n);
  }
}

// Five columns, three rows: in words of big endian the bits of a frame begin in the other byte.
static void
test_big_endian (void) {
  static const uint8_t pixels[] = {1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1,
                                   0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                   0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1};
  SegmentationFixture f = {.syntax = PRC_BUILD_BIG,
                           .type = "BINARY",
                           .rows = 3,
                           .columns = 5,
                           .frames = 3,
                           .allocated = 1,
                           .n_segments = 1,
                           .groups = three_planes};
  g_autoptr (GByteArray) bits = pack (pixels, sizeof pixels);

  for (unsigned words = 0; words < 2; words++) {
    g_autoptr (PrcSegmentation) read = NULL;

    if (words)
      swap_words (bits);
    read = read_good (segmentation_fixture_native (&f, words ? "OW" : "OB", bits->data, bits->len),
                      0.5);
    for (uint32_t frame = 0; frame < 3; frame++)
      assert_mask (prc_segmentation_info (read), frame, 0, pixels + frame * 15);
    g_assert_cmpfloat (prc_segmentation_info (read)->frames[2].plane.position_mm[2], ==, 6);
  }
}

static void
test_bytes (void) {
  static const uint8_t pixels[] = {0, 1, 255, 0, 2, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 128, 0, 1};
  const SegmentationFixture f = {.type = "BINARY",
                                 .rows = 3,
                                 .columns = 6,
                                 .frames = 1,
                                 .allocated = 8,
                                 .n_segments = 1,
                                 .groups = three_planes};
  g_autoptr (PrcSegmentation) read =
      read_good (segmentation_fixture_native (&f, "OB", pixels, sizeof pixels), 0.5);

  assert_mask (prc_segmentation_info (read), 0, 0, pixels);
}

// PS3.3 C.8.20.2.3: the fraction is the value by Maximum Fractional Value, whatever that is.
static void
test_fractional (void) {
  uint8_t pixels[256 + 8] = {0};
  SegmentationFixture f = {.type = "FRACTIONAL",
                           .fraction = "PROBABILITY",
                           .rows = 4,
                           .columns = 66,
                           .frames = 1,
                           .allocated = 8,
                           .n_segments = 1,
                           .groups = three_planes};
  static const struct {
    unsigned maximum;
    double threshold;
    unsigned least; // value / maximum >= threshold, by hand
  } cases[] = {
      {255, 0.5, 128}, {100, 0.5, 50},  {255, 1, 255}, {255, 0, 1},   {200, 0.005, 1},
      {10, 0.35, 4},   {255, 0.2, 51},  {7, 0.99, 7},  {0, 0.5, 128}, {255, 2, 255},
      {255, -3, 1},    {255, 0.001, 1}, {1, 0.5, 1},   {130, 1, 130}, {255, NAN, 1},
  };

  for (unsigned i = 0; i < 256; i++)
    pixels[i] = (uint8_t)i;
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    uint8_t right[sizeof pixels];
    g_autoptr (PrcSegmentation) read = NULL;

    g_test_message ("%g of %u", cases[i].threshold, cases[i].maximum);
    f.maximum = cases[i].maximum;
    f.fraction = i % 2 ? "OCCUPANCY" : "PROBABILITY";
    for (size_t k = 0; k < sizeof pixels; k++)
      right[k] = pixels[k] >= cases[i].least;
    read = read_good (segmentation_fixture_native (&f, "OB", pixels, sizeof pixels),
                      cases[i].threshold);
    g_assert_cmpint (prc_segmentation_info (read)->kind, ==,
                     i % 2 ? PRC_SEGMENTATION_OCCUPANCY : PRC_SEGMENTATION_PROBABILITY);
    assert_mask (prc_segmentation_info (read), 0, 0, right);
  }
}

// PS3.3 C.8.20.2.3 gives fractions 8 bits. One bit never reached half of 255.
static void
test_fractions_of_one_bit (void) {
  static const uint8_t bits[] = {0xA5, 0x0F}, pixels[] = {1, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1, 1};
  SegmentationFixture f = {.type = "FRACTIONAL",
                           .fraction = "PROBABILITY",
                           .rows = 3,
                           .columns = 4,
                           .frames = 1,
                           .allocated = 1,
                           .maximum = 255,
                           .n_segments = 1,
                           .groups = three_planes};
  g_autoptr (PrcSegmentation) read =
      read_good (segmentation_fixture_native (&f, "OB", bits, sizeof bits), 0.5);
  const PrcSegmentationInfo *info = prc_segmentation_info (read);

  assert_mask (info, 0, 0, pixels);
  g_assert_cmpuint (g_strv_length ((GStrv)info->notes), ==, 1);
}

// Numbers begin anywhere; the background is what Pixel Padding Value says, and 0 where nobody says
// what 0 is.
static void
test_label_map (void) {
  static const uint8_t pixels[] = {5, 9, 9, 9, 5, 5, 200, 5, 3, 9, 5, 200,
                                   3, 3, 3, 3, 3, 3, 3,   3, 3, 5, 5, 5};
  const unsigned numbers[] = {200, 3, 9, 5};
  const SegmentationFixture f = {.label_map = true,
                                 .type = "LABELMAP",
                                 .rows = 2,
                                 .columns = 6,
                                 .frames = 2,
                                 .allocated = 8,
                                 .padding = 5 + 1,
                                 .numbers = numbers,
                                 .n_segments = 4,
                                 .groups = three_planes};
  g_autoptr (PrcSegmentation) read =
      read_good (segmentation_fixture_native (&f, "OB", pixels, sizeof pixels), 0.5);
  const PrcSegmentationInfo *info = prc_segmentation_info (read);

  g_assert_cmpint (info->kind, ==, PRC_SEGMENTATION_LABELMAP);
  g_assert_cmpuint (info->n_segments, ==, 3);
  g_assert_null (info->notes[0]);
  for (uint32_t segment = 0; segment < 3; segment++) {
    g_assert_cmpuint (info->segments[segment].number, ==, numbers[segment]);
    for (uint32_t frame = 0; frame < 2; frame++) {
      uint8_t right[12];

      for (size_t i = 0; i < sizeof right; i++)
        right[i] = pixels[frame * 12 + i] == numbers[segment];
      assert_mask (info, frame, segment, right);
    }
  }
}

// Sixteen bits in either order; what no segment has the number of is said.
static void
test_wide_label_map (void) {
  static const uint16_t pixels[] = {0, 0, 300, 300, 300, 60000, 17, 0, 0};
  const unsigned numbers[] = {60000, 300};
  SegmentationFixture f = {.label_map = true,
                           .type = "LABELMAP",
                           .rows = 1,
                           .columns = 9,
                           .frames = 1,
                           .allocated = 16,
                           .numbers = numbers,
                           .n_segments = 2,
                           .groups = three_planes};

  for (unsigned big = 0; big < 2; big++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autoptr (PrcSegmentation) read = NULL;
    const PrcSegmentationInfo *info;

    for (size_t i = 0; i < G_N_ELEMENTS (pixels); i++)
      prc_build_16 (bytes, pixels[i], big);
    f.syntax = big ? PRC_BUILD_BIG : PRC_BUILD_EXPLICIT;
    read = read_good (segmentation_fixture_native (&f, "OW", bytes->data, bytes->len), 0.5);
    info = prc_segmentation_info (read);
    assert_mask (info, 0, 0, (const uint8_t[]){0, 0, 0, 0, 0, 1, 0, 0, 0});
    assert_mask (info, 0, 1, (const uint8_t[]){0, 0, 1, 1, 1, 0, 0, 0, 0});
    assert_note (info, "1 label");
    g_assert_null (info->notes[1]);
  }
}

static GByteArray *
palette (void) { // three entries of 16 bits from 1 on
  static const unsigned colours[3][3] = {
      {0xff00, 0, 0x1200}, {0x8000, 0xff00, 0x3400}, {0, 0x4000, 0x5600}};
  GByteArray *b = g_byte_array_new ();

  for (unsigned c = 0; c < 3; c++) {
    prc_build_head (b, PRC_BUILD_EXPLICIT, 0x00281101 + c, "US", 6);
    prc_build_16 (b, 3, false);
    prc_build_16 (b, 1, false);
    prc_build_16 (b, 16, false);
  }
  for (unsigned c = 0; c < 3; c++) {
    prc_build_head (b, PRC_BUILD_EXPLICIT, 0x00281201 + c, "OW", 6);
    for (unsigned i = 0; i < 3; i++)
      prc_build_16 (b, colours[i][c], false);
  }
  return b;
}

static void
test_palette (void) {
  static const uint8_t pixels[] = {0, 1, 2, 3};
  g_autoptr (GByteArray) tables = palette ();
  const SegmentationFixture f = {.label_map = true,
                                 .type = "LABELMAP",
                                 .photometric = "PALETTE COLOR",
                                 .rows = 1,
                                 .columns = 4,
                                 .frames = 1,
                                 .allocated = 8,
                                 .n_segments = 3,
                                 .groups = three_planes,
                                 .more = tables};
  g_autoptr (PrcSegmentation) read =
      read_good (segmentation_fixture_native (&f, "OB", pixels, sizeof pixels), 0.5);
  const PrcSegmentationInfo *info = prc_segmentation_info (read);

  g_assert_cmphex (info->segments[0].colour, ==, 0xff0012);
  g_assert_cmphex (info->segments[1].colour, ==, 0x80ff34);
  g_assert_cmphex (info->segments[2].colour, ==, 0x004056);
  for (uint32_t i = 0; i < 3; i++) {
    uint8_t right[4] = {0};

    right[i + 1] = 1;
    assert_mask (info, 0, i, right);
  }
}

// Frames 2 2 2 2 0 0 and 1 1 0 0 2 0 (PS3.5 G.3).
static GByteArray *
rle_frame (unsigned which) {
  static const uint8_t packbits[2][8] = {{0xfd, 2, 0xff, 0}, {0xff, 1, 0xff, 0, 1, 2, 0, 0x80}};
  g_autoptr (GByteArray) segment = prc_build_array (packbits[which], which ? 8 : 4);
  const GByteArray *const segments[] = {segment};

  return prc_build_rle (1, segments);
}

// The same two frames of label numbers in each coding that PS3.5 has for them.
static void
test_compressed (void) {
  static const uint8_t pixels[] = {2, 2, 2, 2, 0, 0, 1, 1, 0, 0, 2, 0};
  static const char *const syntaxes[] = {PRC_BUILD_RLE, "1.2.840.10008.1.2.8.1",
                                         "1.2.840.10008.1.2.1.98"};

  for (unsigned i = 0; i < G_N_ELEMENTS (syntaxes); i++) {
    const SegmentationFixture f = {.syntax = syntaxes[i],
                                   .label_map = true,
                                   .type = "LABELMAP",
                                   .rows = 2,
                                   .columns = 3,
                                   .frames = 2,
                                   .allocated = 8,
                                   .n_segments = 2,
                                   .groups = three_planes};
    GByteArray *b = segmentation_fixture_head (&f);
    g_autoptr (PrcSegmentation) read = NULL;

    prc_build_fragments (b, NULL, 0);
    for (unsigned k = 0; k < 2; k++) {
      g_autoptr (GByteArray) one = i == 0   ? rle_frame (k)
                                   : i == 1 ? prc_build_deflated (pixels + 6 * k, 6)
                                            : prc_build_array (pixels + 6 * k, 6);

      prc_build_item (b, one->data, one->len);
    }
    prc_build_end (b);
    read = read_good (b, 0.5);
    assert_mask (prc_segmentation_info (read), 0, 0, (const uint8_t[]){0, 0, 0, 0, 0, 0});
    assert_mask (prc_segmentation_info (read), 0, 1, (const uint8_t[]){1, 1, 1, 1, 0, 0});
    assert_mask (prc_segmentation_info (read), 1, 0, (const uint8_t[]){1, 1, 0, 0, 0, 0});
    assert_mask (prc_segmentation_info (read), 1, 1, (const uint8_t[]){0, 0, 0, 0, 1, 0});
  }
}

// All behind the file meta information deflated (PS3.5 A.5).
static void
test_deflated (void) {
  static const char syntax[] = "1.2.840.10008.1.2.1.99";
  static const uint8_t bits[] = {0x5a, 0};
  const SegmentationFixture f = {.syntax = syntax,
                                 .type = "BINARY",
                                 .rows = 2,
                                 .columns = 4,
                                 .frames = 1,
                                 .allocated = 1,
                                 .n_segments = 1,
                                 .groups = three_planes};
  g_autoptr (GByteArray) plain = segmentation_fixture_native (&f, "OB", bits, sizeof bits);
  GByteArray *file = prc_build_meta (syntax);
  g_autoptr (GByteArray) small =
      prc_build_deflated (plain->data + file->len, plain->len - file->len);
  g_autoptr (PrcSegmentation) read = NULL;

  prc_build_bytes (file, small->data, small->len);
  read = read_good (file, 0.5);
  assert_mask (prc_segmentation_info (read), 0, 0, (const uint8_t[]){0, 1, 0, 1, 1, 0, 1, 0});
}

// JPEG-LS and JPEG 2000, which the codec writes, too; what it wrote is not what is compared.
static void
test_codestreams (void) {
  static const char *const syntaxes[] = {"1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"};
  static const char json[] =
      "{\"00080016\":{\"vr\":\"UI\",\"Value\":[\"1.2.840.10008.5.1.4.1.1.66.7\"]},"
      "\"00080018\":{\"vr\":\"UI\",\"Value\":[\"1.2.3\"]},"
      "\"00280002\":{\"vr\":\"US\",\"Value\":[1]},"
      "\"00280004\":{\"vr\":\"CS\",\"Value\":[\"MONOCHROME2\"]},"
      "\"00280008\":{\"vr\":\"IS\",\"Value\":[2]},\"00280010\":{\"vr\":\"US\",\"Value\":[16]},"
      "\"00280011\":{\"vr\":\"US\",\"Value\":[16]},\"00280100\":{\"vr\":\"US\",\"Value\":[8]},"
      "\"00280101\":{\"vr\":\"US\",\"Value\":[8]},\"00280102\":{\"vr\":\"US\",\"Value\":[7]},"
      "\"00280103\":{\"vr\":\"US\",\"Value\":[0]},"
      "\"00620002\":{\"vr\":\"SQ\",\"Value\":[{\"00620004\":{\"vr\":\"US\",\"Value\":[4]}}]}}";
  uint8_t pixels[512] = {0}, right[512];
  g_autoptr (GBytes) bytes = NULL;

  for (size_t i = 0; i < sizeof pixels; i++)
    pixels[i] = i % 7 == 0 || i % 16 > 11 ? 4 : 0;
  for (size_t i = 0; i < sizeof pixels; i++)
    right[i] = pixels[i] == 4;
  bytes = g_bytes_new_static (pixels, sizeof pixels);
  for (size_t i = 0; i < G_N_ELEMENTS (syntaxes); i++) {
    g_autofree char *path = g_build_filename (g_get_tmp_dir (), "precedent-segments.dcm", NULL);
    g_autofree char *data = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcSegmentation) read = NULL;
    gsize n;

    g_assert_true (prc_codec_pool_encode (pool, json, bytes, syntaxes[i], path, NULL, &error));
    g_assert_true (g_file_get_contents (path, &data, &n, NULL));
    g_remove (path);
    read = read_good (prc_build_array (data, n), 0.5);
    assert_mask (prc_segmentation_info (read), 0, 0, right);
    assert_mask (prc_segmentation_info (read), 1, 0, right + 256);
    assert_note (prc_segmentation_info (read), "2 frames say neither");
  }
}

static void
assert_group (const PrcSegmentFrame *frame) {
  g_assert_cmpfloat (frame->plane.position_mm[0], ==, 10);
  g_assert_cmpfloat (frame->plane.position_mm[1], ==, 20);
  g_assert_true (frame->plane.has_orientation);
  g_assert_cmpfloat (frame->plane.column_direction[2], ==, -1);
  g_assert_cmpfloat (frame->plane.row_spacing_mm, ==, 0.5);
  g_assert_cmpfloat (frame->plane.column_spacing_mm, ==, 0.75);
}

// What frames share and what they say for themselves; sources of many frames; two segments on one
// place; frames without a pixel are not in the file.
static void
test_groups (void) {
  static const SegmentationFixtureFrame frames[] = {{2, 12, "1.2.40", 7, false},
                                                    {1, 12, "1.2.40", 7, false},
                                                    {1, 3, "", 0, false},
                                                    {2, 30, "1.2.40", 9, true},
                                                    {1, 18, "1.2.41", 0, false}};
  static const uint8_t bits[] = {0xff, 0xff, 0x01, 0x00}; // four pixels a frame
  SegmentationFixture f = {.type = "BINARY",
                           .rows = 2,
                           .columns = 2,
                           .frames = 5,
                           .allocated = 1,
                           .n_segments = 2,
                           .groups = frames};

  for (unsigned own = 0; own < 2; own++) {
    g_autoptr (PrcSegmentation) read = NULL;
    const PrcSegmentationInfo *info;

    f.own_groups = own;
    read = read_good (segmentation_fixture_native (&f, "OB", bits, sizeof bits), 0.5);
    info = prc_segmentation_info (read);
    g_assert_cmpuint (info->n_frames, ==, 5);
    g_assert_null (info->notes[0]);
    for (uint32_t i = 0; i < 5; i++) {
      g_assert_cmpuint (info->frames[i].frame, ==, i);
      g_assert_cmpuint (info->frames[i].segment, ==, frames[i].segment - 1);
      g_assert_cmpfloat (info->frames[i].plane.position_mm[2], ==, frames[i].z);
      assert_group (&info->frames[i]);
      g_assert_cmpuint (prc_mask_area (info->frames[i].mask), ==, i < 4 ? 4 : 1);
    }
    g_assert_cmpstr (info->frames[0].source_uid, ==, "1.2.40");
    g_assert_cmpuint (info->frames[1].source_frame, ==, 6);
    g_assert_cmpstr (info->frames[2].source_uid, ==, "");
    g_assert_cmpstr (info->frames[3].source_uid, ==, ""); // its pixels lie elsewhere
    g_assert_cmpstr (info->frames[4].source_uid, ==, "1.2.41");
    g_assert_cmpuint (info->frames[4].source_frame, ==, 0);
    g_assert_cmpstr (info->frame_of_reference_uid, ==, "1.2.9");
    g_assert_cmpstr (info->title, ==, "Organs");
    // Along y, where all lie on one plane but for their Slice Thickness.
    g_assert_cmpfloat (info->thickness_mm, ==, 4.5);
  }
}

static double
thickness_of (const SegmentationFixtureFrame *frames, unsigned n) {
  static const uint8_t bits[] = {0xff, 0xff};
  const SegmentationFixture f = {.type = "BINARY",
                                 .rows = 2,
                                 .columns = 2,
                                 .frames = n,
                                 .allocated = 1,
                                 .n_segments = 1,
                                 .groups = frames};
  g_autoptr (GByteArray) b = segmentation_fixture_native (&f, "OB", bits, (n * 4 + 15) / 16 * 2);
  g_autoptr (PrcSegmentation) read = NULL;
  static const char coronal[] = "1\\0\\0\\0\\0\\-1", axial[] = "1\\0\\0\\0\\1\\0 ";

  for (guint i = 0; i + sizeof axial - 1 <= b->len; i++)
    if (memcmp (b->data + i, coronal, sizeof coronal - 1) == 0)
      memcpy (b->data + i, axial, sizeof axial - 1);
  read = read_good (g_byte_array_ref (b), 0.5);
  return prc_segmentation_info (read)->thickness_mm;
}

// Planes 4 mm apart, of which some were left out, with a Slice Thickness of 4.5 mm; and planes of
// lesions far from each other, which are not 37 mm thick.
static void
test_thickness (void) {
  static const SegmentationFixtureFrame near[] = {
      {1, 0, NULL}, {1, 12, NULL}, {1, 4, NULL}, {1, 4, NULL}};
  static const SegmentationFixtureFrame far[] = {{1, 0, NULL}, {1, 37, NULL}};

  g_assert_cmpfloat (thickness_of (near, 4), ==, 4);
  g_assert_cmpfloat (thickness_of (far, 2), ==, 4.5);
}

static void
test_many_frames (void) {
  const unsigned n = 1500;
  g_autofree SegmentationFixtureFrame *frames = g_new0 (SegmentationFixtureFrame, n);
  g_autofree uint8_t *bits = g_malloc0 (n * 8);
  const SegmentationFixture f = {.type = "BINARY",
                                 .rows = 8,
                                 .columns = 8,
                                 .frames = n,
                                 .allocated = 1,
                                 .n_segments = 3,
                                 .groups = frames};
  g_autoptr (PrcSegmentation) read = NULL;
  const PrcSegmentationInfo *info;

  for (unsigned i = 0; i < n; i++) {
    frames[i] = (SegmentationFixtureFrame){i % 3 + 1, i / 3, NULL, 0, false};
    bits[8 * i + i % 8] = (uint8_t)(1 << i % 5);
  }
  read = read_good (segmentation_fixture_native (&f, "OB", bits, n * 8), 0.5);
  info = prc_segmentation_info (read);
  g_assert_cmpuint (info->n_frames, ==, n);
  for (unsigned i = 0; i < n; i++) {
    g_assert_cmpuint (info->frames[i].segment, ==, i % 3);
    g_assert_cmpfloat (info->frames[i].plane.position_mm[2], ==, i / 3);
    g_assert_cmpuint (prc_mask_area (info->frames[i].mask), ==, 1);
    g_assert_true (prc_mask_contains (info->frames[i].mask, i % 5, i % 8));
  }
}

static void
assert_code (const PrcCode *code, const char *value, const char *meaning) {
  g_assert_cmpstr (code->value, ==, value);
  g_assert_cmpstr (code->scheme, ==, *value != '\0' ? "SCT" : "");
  g_assert_cmpstr (code->meaning, ==, meaning);
}

static void
test_words (void) {
  static const uint8_t bits[] = {1, 0};
  const SegmentationFixture f = {.type = "BINARY",
                                 .rows = 1,
                                 .columns = 1,
                                 .frames = 1,
                                 .allocated = 1,
                                 .n_segments = 1,
                                 .groups = three_planes,
                                 .full = true};
  g_autoptr (PrcSegmentation) read =
      read_good (segmentation_fixture_native (&f, "OB", bits, sizeof bits), 0.5);
  const PrcSegment *segment = prc_segmentation_info (read)->segments;

  g_assert_cmpstr (segment->label, ==, "Segment 1");
  g_assert_cmpstr (segment->description, ==, "As it was drawn");
  g_assert_cmpstr (segment->algorithm_type, ==, "SEMIAUTOMATIC");
  g_assert_cmpstr (segment->algorithm_name, ==, "Growing");
  g_assert_cmpstr (segment->tracking_id, ==, "Kidney 1");
  g_assert_cmpstr (segment->tracking_uid, ==, "1.2.77");
  assert_code (&segment->category, "123037004", "Anatomical Structure");
  assert_code (&segment->type, "64033007", "Kidney");
  assert_code (&segment->type_modifier, "7771000", "Left");
  assert_code (&segment->anatomic_region, "818983003", "Abdomen");
  assert_code (&segment->anatomic_modifier, "255561001", "Medial");
  g_assert_true (segment->has_colour);
  g_assert_cmpint (ABS ((int)(segment->colour >> 16) - 204), <=, 1);
  g_assert_cmphex (segment->colour & 0xffff, <=, 0x101);
}

// Two bytes in GB18030, Latin 1, UTF-8; and what no character set is named for.
static void
test_charsets (void) {
  static const uint8_t bits[] = {1, 0};
  static const struct {
    const char *charset, *label, *right;
  } cases[] = {
      {"GB18030", "\xb8\xce\xd4\xe0", "肝脏"},
      {"ISO_IR 100",
       "N\xe9"
       "o",
       "Néo"},
      {"ISO_IR 192", "肝", "肝"},
      {"\\ISO 2022 IR 87", "\x1b$B4N\x1b(B", "肝"},
      {NULL, "肝", "肝"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    const SegmentationFixture f = {.type = "BINARY",
                                   .rows = 1,
                                   .columns = 1,
                                   .frames = 1,
                                   .allocated = 1,
                                   .n_segments = 1,
                                   .groups = three_planes,
                                   .charset = cases[i].charset,
                                   .label = cases[i].label,
                                   .full = true};
    g_autoptr (PrcSegmentation) read =
        read_good (segmentation_fixture_native (&f, "OB", bits, sizeof bits), 0.5);

    g_assert_cmpstr (prc_segmentation_info (read)->segments[0].label, ==, cases[i].right);
  }
}

// Tiles of a slide that do not say whose they are: all of the first segment, then all of the next.
static void
test_tiled_full (void) {
  static const uint8_t bits[] = {0x21, 0x43, 0x65, 0x87, 0x21, 0x43};
  g_autoptr (GByteArray) more = g_byte_array_new ();
  const SegmentationFixture f = {.type = "BINARY",
                                 .rows = 2,
                                 .columns = 2,
                                 .frames = 12,
                                 .allocated = 1,
                                 .n_segments = 2,
                                 .more = more};
  g_autoptr (PrcSegmentation) read = NULL;
  const PrcSegmentationInfo *info;

  prc_build_text (more, PRC_BUILD_EXPLICIT, 0x00209311, "CS", "TILED_FULL");
  prc_build_head (more, PRC_BUILD_EXPLICIT, 0x00480006, "UL", 4);
  prc_build_32 (more, 5, false); // three tiles across
  prc_build_head (more, PRC_BUILD_EXPLICIT, 0x00480007, "UL", 4);
  prc_build_32 (more, 4, false);
  read = read_good (segmentation_fixture_native (&f, "OB", bits, sizeof bits), 0.5);
  info = prc_segmentation_info (read);
  g_assert_cmpuint (info->n_frames, ==, 12);
  for (uint32_t i = 0; i < 12; i++)
    g_assert_cmpuint (info->frames[i].segment, ==, i / 6);
  assert_note (info, "12 frames say neither");
}

// ---- hostile ----

static void
test_lying_numbers (void) {
  static const SegmentationFixtureFrame frames[] = {
      {7, 0, NULL}, {0, 1, NULL}, {65535, 2, NULL}, {2, 3, NULL}};
  static const uint8_t bits[] = {0xff, 0xff};
  const unsigned numbers[] = {1, 2, 1};
  SegmentationFixture f = {.type = "BINARY",
                           .rows = 2,
                           .columns = 2,
                           .frames = 4,
                           .allocated = 1,
                           .numbers = numbers,
                           .n_segments = 3,
                           .groups = frames};
  g_autoptr (PrcSegmentation) read =
      read_good (segmentation_fixture_native (&f, "OB", bits, sizeof bits), 0.5);
  const PrcSegmentationInfo *info = prc_segmentation_info (read);

  g_assert_cmpuint (info->n_segments, ==, 2);
  g_assert_cmpuint (info->n_frames, ==, 1);
  g_assert_cmpuint (info->frames[0].segment, ==, 1);
  assert_note (info, "3 frames name no segment");
  assert_note (info, "1 segment has no number");
  f.n_segments = 0;
  assert_refused (segmentation_fixture_native (&f, "OB", bits, sizeof bits),
                  PRC_IMAGING_ERROR_DAMAGED);
}

static void
test_no_plane (void) {
  static const SegmentationFixtureFrame frames[] = {
      {1, NAN, NULL}, {1, NAN, "1.2.40"}, {1, 5, NULL}};
  static const uint8_t bits[] = {0xff, 0x0f};
  SegmentationFixture f = {.type = "BINARY",
                           .rows = 2,
                           .columns = 2,
                           .frames = 3,
                           .allocated = 1,
                           .n_segments = 1,
                           .groups = frames};
  g_autoptr (PrcSegmentation) read =
      read_good (segmentation_fixture_native (&f, "OB", bits, sizeof bits), 0.5);
  g_autoptr (PrcSegmentation) bare = NULL;
  const PrcSegmentationInfo *info = prc_segmentation_info (read);

  g_assert_cmpuint (info->n_frames, ==, 3);
  g_assert_false (info->frames[0].plane.has_position);
  g_assert_true (info->frames[2].plane.has_position);
  assert_note (info, "1 frame says neither");
  f.groups = NULL;
  bare = read_good (segmentation_fixture_native (&f, "OB", bits, sizeof bits), 0.5);
  g_assert_cmpuint (prc_segmentation_info (bare)->n_frames, ==, 3);
  assert_note (prc_segmentation_info (bare), "3 frames say neither");
}

// 65,535 segments of a pixel each, in one frame or in as many.
static void
test_many_segments (void) {
  const unsigned n = 65535;
  g_autofree SegmentationFixtureFrame *frames = g_new0 (SegmentationFixtureFrame, n);
  g_autofree uint16_t *labels = g_new (uint16_t, n);
  g_autofree uint8_t *bits = g_malloc (n / 8 + 1);
  SegmentationFixture f = {.type = "BINARY",
                           .rows = 1,
                           .columns = 1,
                           .frames = n,
                           .allocated = 1,
                           .n_segments = n,
                           .groups = frames};
  g_autoptr (PrcSegmentation) read = NULL, map = NULL;

  memset (bits, 0xff, n / 8 + 1);
  for (unsigned i = 0; i < n; i++) {
    frames[i] = (SegmentationFixtureFrame){n - i, 5, NULL, 0, false};
    labels[i] = GUINT16_TO_LE ((uint16_t)(n - i));
  }
  read = read_good (segmentation_fixture_native (&f, "OB", bits, n / 8 + 1), 0.5);
  g_assert_cmpuint (prc_segmentation_info (read)->n_segments, ==, n);
  g_assert_cmpuint (prc_segmentation_info (read)->n_frames, ==, n);
  g_assert_cmpuint (prc_segmentation_info (read)->frames[0].segment, ==, n - 1);
  f.frames = 1;
  f.columns = n;
  f.allocated = 16;
  f.label_map = true;
  map = read_good (segmentation_fixture_native (&f, "OW", labels, n * 2), 0.5);
  g_assert_cmpuint (prc_segmentation_info (map)->n_frames, ==, n);
  g_assert_true (prc_mask_contains (prc_segmentation_info (map)->frames[0].mask, n - 1, 0));
}

// Cut in the pixels, or with a Number of Frames that they cannot be.
static void
test_cut (void) {
  static const uint8_t bits[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  SegmentationFixture f = {.type = "BINARY",
                           .rows = 8,
                           .columns = 8,
                           .frames = 3,
                           .allocated = 1,
                           .n_segments = 1,
                           .groups = three_planes};
  GByteArray *whole = segmentation_fixture_native (&f, "OB", bits, 24);
  GByteArray *none = segmentation_fixture_native (&f, "OB", bits, 24);
  g_autoptr (PrcSegmentation) read = NULL;

  g_byte_array_set_size (whole, whole->len - 12);
  read = read_good (whole, 0.5);
  g_assert_cmpuint (prc_segmentation_info (read)->n_frames, ==, 1);
  assert_note (prc_segmentation_info (read), "2 frames are damaged or missing");
  g_byte_array_set_size (none, none->len - 20);
  assert_refused (none, PRC_IMAGING_ERROR_DAMAGED);
  assert_refused (segmentation_fixture_native (&f, "OB", bits, 16), PRC_IMAGING_ERROR_DAMAGED);
  f.groups = NULL;
  f.frames = 1000000000;
  assert_refused (segmentation_fixture_native (&f, "OB", bits, 32), PRC_IMAGING_ERROR_DAMAGED);
  f.rows = 65535;
  f.columns = 65535;
  f.frames = 1;
  assert_refused (segmentation_fixture_native (&f, "OB", bits, 32), PRC_IMAGING_ERROR_TOO_LARGE);
}

// One compressed frame of two that is no codestream: the other is read.
static void
test_damaged_frame (void) {
  const SegmentationFixture f = {.syntax = PRC_BUILD_RLE,
                                 .type = "BINARY",
                                 .rows = 1,
                                 .columns = 4,
                                 .frames = 2,
                                 .allocated = 8,
                                 .n_segments = 1,
                                 .groups = three_planes};
  g_autoptr (GByteArray) segment = BYTES (0xff, 1, 0xff, 0);
  const GByteArray *const segments[] = {segment};
  g_autoptr (GByteArray) good = prc_build_rle (1, segments);
  GByteArray *b = segmentation_fixture_head (&f);
  g_autoptr (PrcSegmentation) read = NULL;

  prc_build_fragments (b, NULL, 0);
  prc_build_item (b, "nothing!", 8);
  prc_build_item (b, good->data, good->len);
  prc_build_end (b);
  read = read_good (b, 0.5);
  g_assert_cmpuint (prc_segmentation_info (read)->n_frames, ==, 1);
  assert_mask (prc_segmentation_info (read), 1, 0, (const uint8_t[]){1, 1, 0, 0});
  assert_note (prc_segmentation_info (read), "1 frame is damaged");
}

// The first and the last of 32,768 rows: a mask of 131 kB for 8 kB of the file, 5,200 times.
static void
test_too_large (void) {
  const size_t frames = 5200, size = 65536;
  g_autofree uint8_t *bits = g_malloc0 (frames * size / 8);
  SegmentationFixture f = {.type = "BINARY",
                           .rows = 32768,
                           .columns = 2,
                           .frames = (unsigned)frames,
                           .allocated = 1,
                           .n_segments = 1};

  for (size_t i = 0; i < frames; i++) {
    bits[i * size / 8] = 3;
    bits[(i + 1) * size / 8 - 1] = 0xc0;
  }
  assert_refused (segmentation_fixture_native (&f, "OB", bits, frames * size / 8),
                  PRC_IMAGING_ERROR_TOO_LARGE);
  f.frames = 100001;
  f.rows = f.columns = 2;
  assert_refused (segmentation_fixture_native (&f, "OB", bits, 100001),
                  PRC_IMAGING_ERROR_TOO_LARGE);
}

static void
test_no_segmentation (void) {
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                            .sop_class = "1.2.840.10008.5.1.4.1.1.2",
                            .rows = 1,
                            .columns = 1,
                            .allocated = 8};
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "precedent-no-segments.dcm", NULL);
  g_autoptr (GByteArray) b = NATIVE (&h, 1, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance = NULL;

  g_assert_true (g_file_set_contents (path, (const char *)b->data, b->len, NULL));
  instance = prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (prc_codec_pool_segment (pool, instance, 0.5, PRC_PRIORITY_VIEW, NULL, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT);
  g_remove (path);
}

int
main (int argc, char **argv) {
  int status;

  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  g_test_add_func ("/segment/columns-not-a-multiple-of-8", test_columns);
  g_test_add_func ("/segment/big-endian", test_big_endian);
  g_test_add_func ("/segment/binary-in-bytes", test_bytes);
  g_test_add_func ("/segment/fractional", test_fractional);
  g_test_add_func ("/segment/fractions-of-one-bit", test_fractions_of_one_bit);
  g_test_add_func ("/segment/label-map", test_label_map);
  g_test_add_func ("/segment/wide-label-map", test_wide_label_map);
  g_test_add_func ("/segment/palette", test_palette);
  g_test_add_func ("/segment/compressed", test_compressed);
  g_test_add_func ("/segment/deflated", test_deflated);
  g_test_add_func ("/segment/codestreams", test_codestreams);
  g_test_add_func ("/segment/shared-and-per-frame-groups", test_groups);
  g_test_add_func ("/segment/thickness-with-frames-omitted", test_thickness);
  g_test_add_func ("/segment/more-than-a-thousand-frames", test_many_frames);
  g_test_add_func ("/segment/words", test_words);
  g_test_add_func ("/segment/charsets", test_charsets);
  g_test_add_func ("/segment/tiled-full", test_tiled_full);
  g_test_add_func ("/segment/hostile/lying-numbers", test_lying_numbers);
  g_test_add_func ("/segment/hostile/no-plane", test_no_plane);
  g_test_add_func ("/segment/hostile/many-segments", test_many_segments);
  g_test_add_func ("/segment/hostile/cut", test_cut);
  g_test_add_func ("/segment/hostile/damaged-frame", test_damaged_frame);
  g_test_add_func ("/segment/hostile/too-large", test_too_large);
  g_test_add_func ("/segment/hostile/no-segmentation", test_no_segmentation);
  status = g_test_run ();
  prc_codec_pool_unref (pool);
  return status;
}
