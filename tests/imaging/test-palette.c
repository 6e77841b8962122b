// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"
#include "prc-palette.h"

#include <string.h>

static const PrcPalette *
palette (const char *id) {
  const PrcPalette *found = prc_palette_find (id);

  g_assert_nonnull (found);
  g_assert_cmpstr (found->id, ==, id);
  return found;
}

static void
assert_colour (const char *id, int level, uint32_t expected) {
  g_assert_cmphex (palette (id)->pixels[level], ==, 0xff000000u | expected);
}

static void
test_greys (void) {
  for (uint32_t level = 0; level < 256; level++) {
    assert_colour ("grey", (int)level, level * 0x010101);
    assert_colour ("inverted-grey", (int)level, (255 - level) * 0x010101);
  }
  g_assert_true (palette ("grey")->grey);
  g_assert_true (palette ("inverted-grey")->grey);
  g_assert_false (palette ("pet")->grey);
}

static void
test_table (void) {
  size_t n;
  const PrcPalette *all = prc_palettes (&n);

  g_assert_cmpuint (n, ==, 15);
  g_assert_cmpstr (all[0].id, ==, "grey");
  for (size_t i = 0; i < n; i++) {
    g_assert_cmpuint (strlen (all[i].name), >, 0);
    for (int level = 0; level < 256; level++)
      g_assert_cmphex (all[i].pixels[level] >> 24, ==, 0xff);
  }
  g_assert_null (prc_palette_find ("rainbow"));
  g_assert_null (prc_palette_find (NULL));
}

// Where the standard's tables bend, read off PS3.6 Annex B.
static void
test_well_known_by_hand (void) {
  assert_colour ("hot-iron", 0, 0x000000);
  assert_colour ("hot-iron", 127, 0xfe0000);
  assert_colour ("hot-iron", 192, 0xff8004);
  assert_colour ("hot-iron", 255, 0xffffff);
  assert_colour ("pet", 63, 0x00807d);
  assert_colour ("pet", 128, 0x8000ff);
  assert_colour ("pet", 192, 0xff8000);
  assert_colour ("hot-metal-blue", 102, 0x3200c8);
  assert_colour ("hot-metal-blue", 170, 0xff6000);
  assert_colour ("pet-20-step", 12, 0x000000);
  assert_colour ("pet-20-step", 13, 0x600050);
  assert_colour ("pet-20-step", 242, 0xff0000);
  assert_colour ("pet-20-step", 243, 0xffffff);
  assert_colour ("spring", 0, 0xff00ff);
  assert_colour ("summer", 255, 0x0080fe);
  assert_colour ("fall", 0, 0xffff00);
  assert_colour ("winter", 255, 0x7fff80);
}

// The colours ggplot2 and matplotlib print for a tenth of the way each.
static void
test_published_anchors (void) {
  static const struct {
    const char *id;
    uint32_t colours[10];
  } anchors[] = {
      {"viridis",
       {0x440154, 0x482878, 0x3e4a89, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6dcd59, 0xb4de2c,
        0xfde725}},
      {"magma",
       {0x000004, 0x180f3e, 0x451077, 0x721f81, 0x9f2f7f, 0xcd4071, 0xf1605d, 0xfd9567, 0xfec98d,
        0xfcfdbf}},
      {"inferno",
       {0x000004, 0x1b0c42, 0x4b0c6b, 0x781c6d, 0xa52c60, 0xcf4446, 0xed6925, 0xfb9a06, 0xf7d03c,
        0xfcffa4}},
      {"plasma",
       {0x0d0887, 0x47039f, 0x7301a8, 0x9c179e, 0xbd3786, 0xd8576b, 0xed7953, 0xfa9e3b, 0xfdc926,
        0xf0f921}},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (anchors); i++)
    for (int k = 0; k < 10; k++) {
      int level = (k * 255 + 4) / 9; // where a tenth lies between two levels, either will do
      uint32_t expected = anchors[i].colours[k];
      uint32_t got = palette (anchors[i].id)->pixels[level];

      for (int shift = 0; shift < 24; shift += 8)
        g_assert_cmpint (ABS ((int)(got >> shift & 255) - (int)(expected >> shift & 255)), <=, 4);
    }
}

// (0.0, 0.0909...) of cividis as matplotlib samples it with 14 colours.
static void
test_cividis (void) {
  static const struct {
    int level;
    uint32_t colour;
  } anchors[] = {{0, 0x00224e},   {39, 0x263d6e},  {78, 0x51586d},  {118, 0x747475},
                 {157, 0x989277}, {196, 0xc0b16a}, {236, 0xebd44b}, {255, 0xfee838}};

  for (size_t i = 0; i < G_N_ELEMENTS (anchors); i++) {
    uint32_t got = palette ("cividis")->pixels[anchors[i].level];

    for (int shift = 0; shift < 24; shift += 8)
      g_assert_cmpint (ABS ((int)(got >> shift & 255) - (int)(anchors[i].colour >> shift & 255)),
                       <=, 2);
  }
}

// The value of an element of an explicit little endian file, by its group and element.
static const uint8_t *
find_element (const uint8_t *file, size_t size, uint16_t group, uint16_t element,
              uint32_t *length) {
  const uint8_t tag[6] = {
      (uint8_t)group, (uint8_t)(group >> 8), (uint8_t)element, (uint8_t)(element >> 8), 'O', 'W'};

  for (size_t i = 132; i + 12 <= size; i++)
    if (memcmp (file + i, tag, sizeof tag) == 0) {
      *length = file[i + 8] | file[i + 9] << 8 | (uint32_t)file[i + 10] << 16;
      return i + 12 + *length <= size ? file + i + 12 : NULL;
    }
  return NULL;
}

// PS3.3 C.7.9.2 with segments of bytes: 0 n values..., or 1 n end.
static void
expand_segments (const uint8_t *bytes, uint32_t length, uint8_t out[256]) {
  int n = 0;

  for (uint32_t at = 0; at + 2 < length && n < 256;) {
    int kind = bytes[at], count = bytes[at + 1];

    at += 2;
    if (kind == 0) {
      while (count-- > 0 && n < 256)
        out[n++] = bytes[at++];
    } else {
      double from = out[n - 1], to = bytes[at++];

      for (int i = 1; i <= count && n < 256; i++)
        out[n++] = (uint8_t)(from + (to - from) * i / count + 0.5);
    }
  }
  g_assert_cmpint (n, ==, 256);
}

static void
compare_with_file (const char *name, const char *id) {
  g_autofree char *relative = g_strdup_printf ("conformance/pydicom_palettes/%s.dcm", name);
  g_autofree char *path = prc_fixture_data (relative);
  g_autofree char *file = NULL;
  gsize size;

  if (path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &file, &size, NULL));
  for (int channel = 0; channel < 3; channel++) {
    uint32_t length = 0;
    uint8_t expected[256];
    const uint8_t *plain =
        find_element ((uint8_t *)file, size, 0x0028, (uint16_t)(0x1201 + channel), &length);

    if (plain != NULL) {
      g_assert_cmpuint (length, ==, 256);
      memcpy (expected, plain, 256);
    } else {
      plain = find_element ((uint8_t *)file, size, 0x0028, (uint16_t)(0x1221 + channel), &length);
      g_assert_nonnull (plain);
      expand_segments (plain, length, expected);
    }
    for (int level = 0; level < 256; level++)
      g_assert_cmpint (palette (id)->pixels[level] >> (16 - 8 * channel) & 255, ==,
                       expected[level]);
  }
}

static void
test_standard_files (void) {
  compare_with_file ("hotiron", "hot-iron");
  compare_with_file ("pet", "pet");
  compare_with_file ("hotmetalblue", "hot-metal-blue");
  compare_with_file ("pet20step", "pet-20-step");
  compare_with_file ("spring", "spring");
  compare_with_file ("summer", "summer");
  compare_with_file ("fall", "fall");
  compare_with_file ("winter", "winter");
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/palette/greys", test_greys);
  g_test_add_func ("/palette/table", test_table);
  g_test_add_func ("/palette/well-known-by-hand", test_well_known_by_hand);
  g_test_add_func ("/palette/published-anchors", test_published_anchors);
  g_test_add_func ("/palette/cividis", test_cividis);
  g_test_add_func ("/palette/standard-files", test_standard_files);
  return g_test_run ();
}
