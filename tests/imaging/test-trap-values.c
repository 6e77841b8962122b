// SPDX-License-Identifier: Apache-2.0
// What viewers get wrong about values, one test a trap, each from a file written element by element
// to the levels on the screen. Expected levels are worked out by hand from the formulas of PS3.3;
// tests/README.md says which rule each of them guards.
#include "builder.h"
#include "prc-presets.h"
#include "prc-render.h"

static PrcCodecPool *pool;

// ---- writing ----

static void
put (GByteArray *b, uint32_t tag, const char *vr, const void *value, size_t size) {
  prc_build_element (b, PRC_BUILD_EXPLICIT, tag, vr, value, size);
}

static void
put_text (GByteArray *b, uint32_t tag, const char *vr, const char *text) {
  prc_build_text (b, PRC_BUILD_EXPLICIT, tag, vr, text);
}

#define PUT_WORDS(b, tag, vr, ...)                                                                 \
  put (b, tag, vr, (const uint16_t[]){__VA_ARGS__}, sizeof (const uint16_t[]){__VA_ARGS__})

// A sequence of one item; the item is freed.
static void
put_item (GByteArray *b, uint32_t tag, GByteArray *item) {
  g_autoptr (GByteArray) value = g_byte_array_new ();
  prc_build_item (value, item->data, item->len);
  put (b, tag, "SQ", value->data, value->len);
  g_byte_array_unref (item);
}

typedef struct {
  const char *modality, *photometric; // NULL: CT, MONOCHROME2
  unsigned columns, frames, stored;   // of one row; 0: 1 frame, 16 bits
  bool is_signed;
} Header;

// Up to Pixel Representation.
static GByteArray *
begin (const Header *h) {
  unsigned stored = h->stored ? h->stored : 16;
  const PrcBuildHeader image = {.syntax = PRC_BUILD_EXPLICIT,
                                .photometric = h->photometric,
                                .rows = 1,
                                .columns = h->columns,
                                .frames = h->frames,
                                .allocated = 16,
                                .stored = stored,
                                .high = stored - 1,
                                .is_signed = h->is_signed};
  GByteArray *b = prc_build_meta (PRC_BUILD_EXPLICIT);
  put_text (b, 0x00080018, "UI", "1.2.3");
  put_text (b, 0x00080060, "CS", h->modality ? h->modality : "CT");
  prc_build_image (b, &image);
  return b;
}

static void
put_rescale (GByteArray *b, const char *intercept, const char *slope) {
  put_text (b, 0x00281052, "DS", intercept);
  put_text (b, 0x00281053, "DS", slope);
}

static void
put_window (GByteArray *b, const char *centre, const char *width, const char *function) {
  put_text (b, 0x00281050, "DS", centre);
  put_text (b, 0x00281051, "DS", width);
  if (function)
    put_text (b, 0x00281056, "CS", function);
}

// An item of a Modality or VOI LUT Sequence.
#define LUT(entries, first, bits, ...)                                                             \
  lut_item ((const uint16_t[]){entries, (uint16_t)(first), bits}, (const uint16_t[]){__VA_ARGS__}, \
            sizeof (const uint16_t[]){__VA_ARGS__})

static GByteArray *
lut_item (const uint16_t descriptor[3], const void *entries, size_t size) {
  GByteArray *item = g_byte_array_new ();
  put (item, 0x00283002, "US", descriptor, 6);
  put (item, 0x00283006, "OW", entries, size);
  return item;
}

// ---- reading ----

static PrcFrame *
read_frame (const GByteArray *b, uint32_t number) {
  g_autoptr (GError) error = NULL;
  PrcFrame *frame = prc_build_read (pool, b, number, &error);
  g_assert_no_error (error);
  return frame;
}

// Adds the pixels, the last element, and reads the first frame. Frees the file.
#define READ(b, ...)                                                                               \
  read_pixels (b, (const uint16_t[]){__VA_ARGS__}, sizeof (const uint16_t[]){__VA_ARGS__})

static PrcFrame *
read_pixels (GByteArray *b, const void *pixels, size_t size) {
  put (b, 0x7fe00010, "OW", pixels, size);
  PrcFrame *frame = read_frame (b, 0);
  g_byte_array_unref (b);
  return frame;
}

static void
assert_levels_with (const PrcFrame *frame, const PrcViewParams *params, const uint8_t *expected,
                    size_t n) {
  g_autoptr (GBytes) levels = prc_render_native (frame, params);
  const uint8_t *got = g_bytes_get_data (levels, NULL);
  g_assert_cmpuint (g_bytes_get_size (levels), ==, n);
  for (size_t i = 0; i < n; i++)
    if (got[i] != expected[i])
      g_error ("pixel %zu is %u, not %u", i, got[i], expected[i]);
}

static PrcViewParams
opening_params (const PrcFrame *frame) {
  PrcViewParams params = {.zoom = 1};
  prc_view_params_default_voi (&params, frame);
  return params;
}

// As the frame opens.
#define ASSERT_LEVELS(frame, ...)                                                                  \
  G_STMT_START {                                                                                   \
    PrcViewParams opening_ = opening_params (frame);                                               \
    ASSERT_LEVELS_WITH (frame, &opening_, __VA_ARGS__);                                            \
  }                                                                                                \
  G_STMT_END
#define ASSERT_LEVELS_WITH(frame, params, ...)                                                     \
  assert_levels_with (frame, params, (const uint8_t[]){__VA_ARGS__},                               \
                      sizeof (const uint8_t[]){__VA_ARGS__})

// ---- windows ----

// Trap 1, PS3.3 C.11.2.1.2.1, with its three examples.
static void
test_1_linear (void) {
  const Header plain = {.modality = "MR", .columns = 4, .stored = 12};
  GByteArray *b = begin (&plain);
  put_window (b, "2048", "4096", NULL);
  g_autoptr (PrcFrame) full = READ (b, 0, 2047, 2048, 4095);
  ASSERT_LEVELS (full, 0, 127, 128, 255); // 2048: (0.5 / 4095 + 0.5) * 255 = 127.53
  b = begin (&plain);
  put_window (b, "2048", "1", NULL);
  g_autoptr (PrcFrame) step = READ (b, 0, 2047, 2048, 4095);
  ASSERT_LEVELS (step, 0, 0, 255, 255);
  const Header with_sign = {.modality = "MR", .columns = 5, .is_signed = true};
  b = begin (&with_sign);
  put_window (b, "0", "100", "LINEAR");
  g_autoptr (PrcFrame) around = READ (b, (uint16_t)-51, (uint16_t)-50, (uint16_t)-49, 48, 50);
  ASSERT_LEVELS (around, 0, 0, 3, 252, 255); // -49: 255 / 99 = 2.58; 49 is the first white
}

// Trap 2, C.11.2.1.3.2: fractional widths, as PET and parametric maps have them.
static void
test_2_linear_exact (void) {
  const Header h = {.modality = "PT", .columns = 5};
  GByteArray *b = begin (&h);
  put_window (b, "0.5", "1", "LINEAR_EXACT");
  put_rescale (b, "0", "0.01");
  g_autoptr (PrcFrame) exact = READ (b, 0, 25, 50, 100, 101);
  ASSERT_LEVELS (exact, 0, 64, 128, 255, 255); // 63.75, 127.5
  // A width below 1 is not allowed with LINEAR; nobody who writes it means a threshold.
  b = begin (&h);
  put_window (b, "0.5", "0.8", NULL);
  put_rescale (b, "0", "0.01");
  g_autoptr (PrcFrame) narrow = READ (b, 0, 30, 50, 90, 101);
  ASSERT_LEVELS (narrow, 0, 64, 128, 255, 255); // 0.25 and 0.5 of the way
}

// Trap 3, C.11.2.1.3.1: the name may carry a space, and when it is absent the function is LINEAR.
static void
test_3_sigmoid (void) {
  const Header h = {.modality = "MG", .columns = 5, .stored = 12};
  GByteArray *b = begin (&h);
  put_window (b, "1000", "400", "SIGMOID ");
  g_autoptr (PrcFrame) sigmoid = READ (b, 0, 800, 1000, 1200, 4095);
  ASSERT_LEVELS (sigmoid, 0, 30, 128, 225, 255); // 255 / (1 + e^2) = 30.40; 224.60
  b = begin (&h);
  put_window (b, "1000", "400", NULL);
  g_autoptr (PrcFrame) linear = READ (b, 0, 800, 1000, 1199, 4095);
  ASSERT_LEVELS (linear, 0, 0, 128, 255, 255);
}

// Trap 5, C.11.2.1.2: pairs by index with their explanations; the first good one is the default.
static void
test_5_window_pairs (void) {
  const Header h = {.columns = 3, .is_signed = true};
  GByteArray *b = begin (&h);
  put_window (b, "7\\abc\\-600\\40\\99", "0\\100\\1500\\400", NULL);
  put_text (b, 0x00281055, "LO", "NONE\\WORSE\\LUNG\\SOFT");
  g_autoptr (PrcFrame) frame = READ (b, (uint16_t)-1350, (uint16_t)-600, 149);
  const PrcFrameInfo *info = prc_frame_info (frame);
  g_assert_cmpuint (info->n_windows, ==, 2);
  g_assert_cmpfloat (info->windows[0].centre, ==, -600);
  g_assert_cmpfloat (info->windows[0].width, ==, 1500);
  g_assert_cmpstr (info->windows[0].explanation, ==, "LUNG");
  g_assert_cmpfloat (info->windows[1].centre, ==, 40);
  g_assert_cmpstr (info->windows[1].explanation, ==, "SOFT");
  ASSERT_LEVELS (frame, 0, 128, 255);
}

// ---- tables ----

// Trap 4, C.11.2.1.1: a VOI LUT replaces window and function; both are offered. The output is
// scaled by the entries' bits (10), whatever Bits Stored is (12).
static void
test_4_voi_lut (void) {
  const Header h = {.modality = "MG", .columns = 5, .stored = 12};
  GByteArray *b = begin (&h);
  put_window (b, "100", "2", "SIGMOID");
  put_item (b, 0x00283010, LUT (3, 100, 10, 1023, 512, 100));
  g_autoptr (PrcFrame) frame = READ (b, 0, 100, 101, 102, 4095);
  PrcViewParams params = opening_params (frame);
  g_assert_cmpint (params.voi, ==, 0);
  ASSERT_LEVELS (frame, 255, 255, 128, 25, 25); // 127.62; 24.93 from there on
  params.voi = PRC_VOI_USE_WINDOW;
  ASSERT_LEVELS_WITH (frame, &params, 0, 128, 225, 250, 255); // e^-4: 250.41
}

// The first mapped value has the sign of what goes into the table: with rescale to Hounsfield units
// it may be negative though stored values are not, after a modality table it never is.
static void
test_4_first_mapped (void) {
  const Header h = {.columns = 4};
  GByteArray *b = begin (&h);
  put_rescale (b, "-1024", "1");
  put_item (b, 0x00283010, LUT (2, -24, 8, 0x4000 / 0x100, 0x80));
  g_autoptr (PrcFrame) hounsfield = READ (b, 0, 1000, 1001, 2000);
  ASSERT_LEVELS (hounsfield, 64, 64, 128, 128);
  const Header with_sign = {.columns = 4, .is_signed = true};
  b = begin (&with_sign);
  put_item (b, 0x00283000, LUT (3, -1, 16, 0, 65000, 65001));
  put_item (b, 0x00283010, LUT (2, 65000, 8, 64, 128));
  g_autoptr (PrcFrame) tables = READ (b, (uint16_t)-5, (uint16_t)-1, 0, 1);
  ASSERT_LEVELS (tables, 64, 64, 64, 128);
}

// No entries mean 65,536 of them; 8-bit entries come two to a word as well as one.
static void
test_4_descriptor (void) {
  const Header h = {.modality = "CR", .columns = 3};
  g_autofree uint16_t *every = g_new (uint16_t, 65536);
  for (unsigned i = 0; i < 65536; i++)
    every[i] = (uint16_t)(65535 - i);
  GByteArray *b = begin (&h);
  put_item (b, 0x00283010, lut_item ((const uint16_t[]){0, 0, 16}, every, 131072));
  g_autoptr (PrcFrame) full = READ (b, 0, 32768, 65535);
  ASSERT_LEVELS (full, 255, 127, 0); // 32767 / 65535 * 255 = 127.498
  b = begin (&h);
  put_item (b, 0x00283010, lut_item ((const uint16_t[]){4, 0, 8}, "\x0a\x14\x1e\x28", 4));
  g_autoptr (PrcFrame) packed = READ (b, 0, 1, 9);
  ASSERT_LEVELS (packed, 10, 20, 40);
}

// Trap 6, C.11.1: a table or a rescale, never both; statistics and readings go through either.
static void
test_6_modality (void) {
  const Header h = {.modality = "CR", .columns = 3, .is_signed = true};
  GByteArray *b = begin (&h);
  put_window (b, "128", "256", NULL);
  put_rescale (b, "5000", "100");
  put_item (b, 0x00283000, LUT (3, -1, 8, 10, 20, 200));
  g_autoptr (PrcFrame) table = READ (b, (uint16_t)-300, 0, 1);
  ASSERT_LEVELS (table, 10, 20, 200);
  g_assert_cmpfloat (prc_frame_modality (table, 1), ==, 200);
  double q[] = {0, 1}, ends[2];
  g_assert_true (prc_frame_quantiles (table, q, ends, 2));
  g_assert_cmpfloat (ends[0], ==, 10);
  g_assert_cmpfloat (ends[1], ==, 200);
  // Falling and fractional; the values go beyond 16 bits.
  const Header plain = {.modality = "PT", .columns = 3};
  b = begin (&plain);
  put_window (b, "-81918.75", "163837.5", "LINEAR_EXACT");
  put_rescale (b, "0", "-2.5");
  g_autoptr (PrcFrame) falling = READ (b, 0, 32768, 65535);
  ASSERT_LEVELS (falling, 255, 127, 0); // -81920: 127.498
  g_assert_cmpfloat (prc_frame_modality (falling, 65535), ==, -163837.5);
}

// C.8.7.1.1.2: the table of an X-ray image whose values are LOG or DISP leads back to the beam's
// intensity; it is not there to be shown through.
static void
test_6_beam_intensity (void) {
  static const char *const relationships[] = {"LIN", "LOG", "DISP"};
  const Header h = {.modality = "XA", .columns = 2};
  for (unsigned i = 0; i < G_N_ELEMENTS (relationships); i++) {
    GByteArray *b = begin (&h);
    put_text (b, 0x00281040, "CS", relationships[i]);
    put_window (b, "128", "256", NULL);
    put_item (b, 0x00283000, LUT (2, 0, 8, 200, 100));
    g_autoptr (PrcFrame) frame = READ (b, 0, 1);
    if (i == 0)
      ASSERT_LEVELS (frame, 200, 100);
    else
      ASSERT_LEVELS (frame, 0, 1);
  }
}

// ---- polarity ----

// Trap 7, C.7.6.3.1.2: MONOCHROME1 turns over what comes out of the window, not what goes in; the
// reader's inversion is on top of that, and a preset still means Hounsfield units.
static void
test_7_order (void) {
  const Header h = {.photometric = "MONOCHROME1", .columns = 4, .is_signed = true};
  GByteArray *b = begin (&h);
  put_window (b, "1000", "256", NULL);
  put_rescale (b, "-1024", "1");
  g_autoptr (PrcFrame) frame = READ (b, 0, 1024 + 872, 1024 + 1000, 3000);
  ASSERT_LEVELS (frame, 255, 255, 127, 0);
  PrcViewParams params = opening_params (frame);
  params.invert = true;
  ASSERT_LEVELS_WITH (frame, &params, 0, 0, 128, 255);
  const PrcPreset *brain = prc_preset_find ("brain"); // 40/80: 0 HU is black, 80 white
  g_autoptr (PrcFrame) head = NULL;
  b = begin (&h);
  put_rescale (b, "-1024", "1");
  head = READ (b, 1024, 1024 + 40, 1024 + 80, 0);
  params = (PrcViewParams){
      .voi = PRC_VOI_USE_WINDOW, .centre = brain->centre, .width = brain->width, .zoom = 1};
  ASSERT_LEVELS_WITH (head, &params, 255, 126, 0, 255); // 40: (0.5 / 79 + 0.5) * 255 = 129.11
}

// Trap 8, C.7.6.1 and C.11.6.1.2: MONOCHROME1 with Presentation LUT Shape INVERSE is one inversion.
static void
test_8_inverse_once (void) {
  static const struct {
    const char *photometric, *shape;
    uint8_t black; // the level of the lowest value
  } cases[] = {{"MONOCHROME1", "INVERSE", 255},  {"MONOCHROME1", "", 255},
               {"MONOCHROME1", "IDENTITY", 255}, {"MONOCHROME2", "INVERSE", 255},
               {"MONOCHROME2", "IDENTITY", 0},   {"MONOCHROME2", "", 0}};
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Header h = {.modality = "DX", .photometric = cases[i].photometric, .columns = 2};
    GByteArray *b = begin (&h);
    put_window (b, "128", "256", NULL);
    put_text (b, 0x20500020, "CS", cases[i].shape);
    g_autoptr (PrcFrame) frame = READ (b, 0, 255);
    ASSERT_LEVELS (frame, cases[i].black, 255 - cases[i].black);
  }
}

// ---- padding ----

// Trap 9, C.7.5.1.1.2: stored values, both ends inclusive, in the sign of Pixel Representation; not
// in the window, and background whichever way round the picture is.
static void
test_9_padding (void) {
  const Header h = {.columns = 6, .is_signed = true};
  GByteArray *b = begin (&h);
  PUT_WORDS (b, 0x00280120, "US", (uint16_t)-2000); // labelled US, as many writers do
  PUT_WORDS (b, 0x00280121, "US", (uint16_t)-1990);
  put_rescale (b, "-1024", "1");
  g_autoptr (PrcFrame) frame =
      READ (b, (uint16_t)-2000, (uint16_t)-1995, (uint16_t)-1990, 100, 300, 500);
  double q[] = {0, 0.5, 1}, values[3];
  g_assert_true (prc_frame_quantiles (frame, q, values, 3));
  g_assert_cmpfloat (values[0], ==, -924);
  g_assert_cmpfloat (values[1], ==, -724);
  g_assert_cmpfloat (values[2], ==, -524);
  // 1 % and 99 % of three values: -920 and -528
  PrcViewParams params = opening_params (frame);
  g_assert_cmpfloat_with_epsilon (params.centre, -724, 1e-9);
  g_assert_cmpfloat_with_epsilon (params.width, 392, 1e-9);
  ASSERT_LEVELS (frame, 0, 0, 0, 0, 128, 255);
  params.invert = true;
  ASSERT_LEVELS_WITH (frame, &params, 0, 0, 0, 255, 127, 0);
}

static void
test_9_padding_of_monochrome1 (void) {
  // The limit lies below the value (C.7.5.1.1.2), and what would be black paper stays black.
  const Header h = {.modality = "MG", .photometric = "MONOCHROME1", .columns = 4, .stored = 12};
  GByteArray *b = begin (&h);
  PUT_WORDS (b, 0x00280120, "US", 4095);
  PUT_WORDS (b, 0x00280121, "US", 4000);
  put_window (b, "2048", "4096", NULL);
  g_autoptr (PrcFrame) frame = READ (b, 0, 3999, 4000, 4095);
  ASSERT_LEVELS (frame, 255, 6, 0, 0); // 3999: 255 - 249.02
  PrcViewParams params = opening_params (frame);
  params.invert = true;
  ASSERT_LEVELS_WITH (frame, &params, 0, 249, 0, 0);
}

// ---- each frame for itself ----

static GByteArray *
frame_groups (const char *intercept, const char *slope, const char *centre, const char *width) {
  GByteArray *groups = g_byte_array_new (), *voi = g_byte_array_new (),
             *rescale = g_byte_array_new ();
  if (centre) {
    put_window (voi, centre, width, NULL);
    put_item (groups, 0x00289132, g_steal_pointer (&voi));
  }
  put_rescale (rescale, intercept, slope);
  put_item (groups, 0x00289145, rescale);
  g_clear_pointer (&voi, g_byte_array_unref);
  return groups;
}

// Two items in a sequence.
static void
put_frames (GByteArray *b, GByteArray *first, GByteArray *second) {
  g_autoptr (GByteArray) value = g_byte_array_new ();
  GByteArray *items[] = {first, second};
  for (unsigned i = 0; i < 2; i++) {
    prc_build_item (value, items[i]->data, items[i]->len);
    g_byte_array_unref (items[i]);
  }
  put (b, 0x52009230, "SQ", value->data, value->len);
}

// Trap 27 in part, C.7.6.16.2.9 and C.7.6.16.2.10: a frame's own groups, else the shared ones; what
// stands at the top level of an enhanced object is not for it.
static void
test_27_functional_groups (void) {
  const Header h = {.columns = 2, .frames = 2};
  GByteArray *shared = g_byte_array_new (), *voi = g_byte_array_new ();
  GByteArray *b = begin (&h);
  put_window (b, "5", "10", NULL);
  put_rescale (b, "1000", "3");
  put_window (voi, "128", "256", NULL);
  put_item (shared, 0x00289132, voi);
  put_item (b, 0x52009229, shared);
  put_frames (b, frame_groups ("-100", "1", NULL, NULL), frame_groups ("0", "2", "512", "1024"));
  PUT_WORDS (b, 0x7fe00010, "OW", 100, 355, 0, 256);
  g_autoptr (PrcFrame) first = read_frame (b, 0), second = read_frame (b, 1);
  g_byte_array_unref (b);
  ASSERT_LEVELS (first, 0, 255);
  ASSERT_LEVELS (second, 0, 128); // 512: (0.5 / 1023 + 0.5) * 255 = 127.62
  g_assert_cmpfloat (prc_frame_modality (first, 355), ==, 255);
  g_assert_cmpfloat (prc_frame_modality (second, 256), ==, 512);
}

// Trap 15 in part, C.8.9.4: each PET slice has a slope of its own; the same activity is the same
// value and, in one window, the same level.
static void
test_15_rescale_per_slice (void) {
  static const char *const slopes[] = {"0.5", "2"};
  PrcViewParams params = {.voi = PRC_VOI_USE_WINDOW,
                          .function = PRC_VOI_LINEAR_EXACT,
                          .centre = 1000,
                          .width = 2000,
                          .zoom = 1};
  for (unsigned i = 0; i < 2; i++) {
    const Header h = {.modality = "PT", .columns = 2};
    GByteArray *b = begin (&h);
    put_rescale (b, "0", slopes[i]);
    put_text (b, 0x00541001, "CS", "BQML");
    g_autoptr (PrcFrame) slice = READ (b, i ? 250 : 1000, i ? 500 : 2000); // 500 and 1000 Bq/ml
    g_assert_cmpstr (prc_frame_info (slice)->units, ==, "BQML");
    ASSERT_LEVELS_WITH (slice, &params, 64, 128);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  g_test_add_func ("/trap/1/linear", test_1_linear);
  g_test_add_func ("/trap/2/linear-exact", test_2_linear_exact);
  g_test_add_func ("/trap/3/sigmoid", test_3_sigmoid);
  g_test_add_func ("/trap/4/voi-lut", test_4_voi_lut);
  g_test_add_func ("/trap/4/first-mapped", test_4_first_mapped);
  g_test_add_func ("/trap/4/descriptor", test_4_descriptor);
  g_test_add_func ("/trap/5/window-pairs", test_5_window_pairs);
  g_test_add_func ("/trap/6/modality", test_6_modality);
  g_test_add_func ("/trap/6/beam-intensity", test_6_beam_intensity);
  g_test_add_func ("/trap/7/order", test_7_order);
  g_test_add_func ("/trap/8/inverse-once", test_8_inverse_once);
  g_test_add_func ("/trap/9/padding", test_9_padding);
  g_test_add_func ("/trap/9/padding-of-monochrome1", test_9_padding_of_monochrome1);
  g_test_add_func ("/trap/15/rescale-per-slice", test_15_rescale_per_slice);
  g_test_add_func ("/trap/27/functional-groups", test_27_functional_groups);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  return status;
}
