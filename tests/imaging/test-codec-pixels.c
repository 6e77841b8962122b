// SPDX-License-Identifier: Apache-2.0
// Every way in which pixels lie in a file (PS3.5 section 8, PS3.3 C.7.6.3), with values reckoned by
// hand.
#include <math.h>
#include <string.h>

#include "builder.h"
#include "codestreams.h"
#include "prc-imaging-error.h"

static PrcCodecPool *pool;

#define REFUSED(b, number, code)                                                                   \
  prc_build_assert_refused (pool, b, number, PRC_IMAGING_ERROR_##code)

// ---- trap 10: what of a cell counts (PS3.5 8.1.1) ----

static void
test_overlay_bits_are_masked (void) { // bits 12 to 15 hold overlays in old files
  PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                      .rows = 1,
                      .columns = 3,
                      .allocated = 16,
                      .stored = 12,
                      .high = 11};
  g_autoptr (GByteArray) plain = NATIVE (&h, 0xff, 0x1f, 0x34, 0xf2, 0x00, 0x80);
  ASSERT_FRAME (plain, 0, PRC_SAMPLE_U16, uint16_t, 0xfff, 0x234, 0);
  h.is_signed = true; // the sign is in bit 11, whatever lies above
  g_autoptr (GByteArray) with_sign = NATIVE (&h, 0xff, 0x1f, 0xff, 0xf7, 0x00, 0x08);
  ASSERT_FRAME (with_sign, 0, PRC_SAMPLE_S16, int16_t, -1, 2047, -2048);
}

static void
test_odd_high_bit (void) { // High Bit is not Bits Stored - 1: what lies below goes, too
  PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                      .rows = 1,
                      .columns = 2,
                      .allocated = 16,
                      .stored = 10,
                      .high = 13};
  g_autoptr (GByteArray) plain = NATIVE (&h, 0xff, 0xff, 0x1f, 0xc0);
  ASSERT_FRAME (plain, 0, PRC_SAMPLE_U16, uint16_t, 1023, 1);
  h.is_signed = true; // 0x2000: the sign alone
  g_autoptr (GByteArray) with_sign = NATIVE (&h, 0x0f, 0x20, 0xf0, 0x1f);
  ASSERT_FRAME (with_sign, 0, PRC_SAMPLE_S16, int16_t, -512, 511);
  PrcBuildHeader small = {.syntax = PRC_BUILD_EXPLICIT,
                          .rows = 1,
                          .columns = 2,
                          .allocated = 8,
                          .stored = 4,
                          .high = 7};
  g_autoptr (GByteArray) upper = NATIVE (&small, 0xaf, 0x50);
  ASSERT_FRAME (upper, 0, PRC_SAMPLE_U8, uint8_t, 10, 5);
}

static void
test_widths_and_signs (void) {
  PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT, .rows = 1, .columns = 2, .allocated = 8};
  h.is_signed = true;
  g_autoptr (GByteArray) bytes = NATIVE (&h, 0x80, 0x7f);
  ASSERT_FRAME (bytes, 0, PRC_SAMPLE_S8, int8_t, -128, 127);
  h.allocated = 16;
  g_autoptr (GByteArray) words = NATIVE (&h, 0x00, 0x80, 0xff, 0x7f);
  ASSERT_FRAME (words, 0, PRC_SAMPLE_S16, int16_t, -32768, 32767);
  h.is_signed = false;
  g_autoptr (GByteArray) top = NATIVE (&h, 0x00, 0x80, 0xff, 0xff); // the top bit is a value
  ASSERT_FRAME (top, 0, PRC_SAMPLE_U16, uint16_t, 32768, 65535);
  h.allocated = 32;
  g_autoptr (GByteArray) longs = NATIVE (&h, 0x78, 0x56, 0x34, 0x12, 0xff, 0xff, 0xff, 0xff);
  ASSERT_FRAME (longs, 0, PRC_SAMPLE_U32, uint32_t, 0x12345678, 0xffffffff);
  h.is_signed = true;
  g_autoptr (GByteArray) less = NATIVE (&h, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0x80);
  ASSERT_FRAME (less, 0, PRC_SAMPLE_S32, int32_t, -1, INT32_MIN);
  h.stored = 24;
  h.high = 23;
  g_autoptr (GByteArray) three = NATIVE (&h, 0xff, 0xff, 0xff, 0x77, 0, 0, 0x80, 0);
  ASSERT_FRAME (three, 0, PRC_SAMPLE_S32, int32_t, -1, -8388608);
}

// Whole numbers of 64 bits come as doubles.
static void
test_64_bits (void) {
  PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT, .rows = 1, .columns = 2, .allocated = 64};
  g_autoptr (GByteArray) b =
      NATIVE (&h, 1, 0, 0, 0, 0, 0, 0x10, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);
  ASSERT_FRAME (b, 0, PRC_SAMPLE_F64, double, 4503599627370497.0, 4294967295.0);
  h.is_signed = true;
  h.stored = 40;
  h.high = 39;
  g_autoptr (GByteArray) s =
      NATIVE (&h, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xab, 0xcd, 0xef, 5, 0, 0, 0, 0, 0x80, 0, 0);
  ASSERT_FRAME (s, 0, PRC_SAMPLE_F64, double, -2, 5);
}

// Two pixels in three bytes, the first in the low bits; frames follow each other without padding.
static void
test_12_bits_packed (void) {
  PrcBuildHeader h = {
      .syntax = PRC_BUILD_EXPLICIT, .rows = 1, .columns = 3, .frames = 2, .allocated = 12};
  // 0x123 0x456 0x789 | 0xabc 0xdef 0x012
  g_autoptr (GByteArray) b = NATIVE (&h, 0x23, 0x61, 0x45, 0x89, 0xc7, 0xab, 0xef, 0x2d, 0x01, 0);
  ASSERT_FRAME (b, 0, PRC_SAMPLE_U16, uint16_t, 0x123, 0x456, 0x789);
  ASSERT_FRAME (b, 1, PRC_SAMPLE_U16, uint16_t, 0xabc, 0xdef, 0x012);
  h.syntax = PRC_BUILD_BIG; // the same words, each turned round
  g_autoptr (GByteArray) t = NATIVE (&h, 0x61, 0x23, 0x89, 0x45, 0xab, 0xc7, 0x2d, 0xef, 0, 0x01);
  ASSERT_FRAME (t, 0, PRC_SAMPLE_U16, uint16_t, 0x123, 0x456, 0x789);
  ASSERT_FRAME (t, 1, PRC_SAMPLE_U16, uint16_t, 0xabc, 0xdef, 0x012);
  h.is_signed = true;
  h.syntax = PRC_BUILD_EXPLICIT;
  g_autoptr (GByteArray) s = NATIVE (&h, 0x23, 0x61, 0x45, 0x89, 0xc7, 0xab, 0xef, 0x2d, 0x01, 0);
  ASSERT_FRAME (s, 1, PRC_SAMPLE_S16, int16_t, 0xabc - 4096, 0xdef - 4096, 0x012);
}

static void
put_real_image (GByteArray *b, uint32_t tag, const char *vr, const void *values, size_t n) {
  prc_build_element (b, PRC_BUILD_EXPLICIT, tag, vr, values, n);
}

static void
test_float_and_double (void) { // (7FE0,0008) and (7FE0,0009), PS3.3 C.7.6.24 and C.7.6.25
  static const float floats[] = {-1.5f, 3.25e10f};
  static const double doubles[] = {-1e-300, 12345.678901234};
  PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT, .rows = 1, .columns = 2, .allocated = 32};
  g_autoptr (GByteArray) f = prc_build_begin (&h);
  put_real_image (f, 0x7fe00008, "OF", floats, sizeof floats);
  prc_build_assert_frame (pool, f, 0, PRC_SAMPLE_F32, floats, sizeof floats);
  h.allocated = 64;
  g_autoptr (GByteArray) d = prc_build_begin (&h);
  put_real_image (d, 0x7fe00009, "OD", doubles, sizeof doubles);
  prc_build_assert_frame (pool, d, 0, PRC_SAMPLE_F64, doubles, sizeof doubles);
  static const float six[6] = {0};
  h.allocated = 32;
  h.samples = 3;
  h.photometric = "RGB"; // there is no such image
  g_autoptr (GByteArray) rgb = prc_build_begin (&h);
  put_real_image (rgb, 0x7fe00008, "OF", six, sizeof six);
  REFUSED (rgb, 0, DAMAGED);
}

static void
test_single_bits (void) { // the first pixel in the lowest bit, frames without padding between them
  PrcBuildHeader h = {
      .syntax = PRC_BUILD_EXPLICIT, .rows = 1, .columns = 5, .frames = 3, .allocated = 1};
  g_autoptr (GByteArray) b = NATIVE (&h, 0xb5, 0x65); // 10101 10110 10011 0
  ASSERT_FRAME (b, 0, PRC_SAMPLE_U8, uint8_t, 1, 0, 1, 0, 1);
  ASSERT_FRAME (b, 1, PRC_SAMPLE_U8, uint8_t, 1, 0, 1, 1, 0);
  ASSERT_FRAME (b, 2, PRC_SAMPLE_U8, uint8_t, 1, 0, 0, 1, 1);
  h.syntax = PRC_BUILD_BIG; // as OW: the same word turned round
  g_autoptr (GByteArray) t = NATIVE (&h, 0x65, 0xb5);
  ASSERT_FRAME (t, 1, PRC_SAMPLE_U8, uint8_t, 1, 0, 1, 1, 0);
}

static void
test_impossible_bits (void) {
  PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                      .rows = 1,
                      .columns = 1,
                      .allocated = 16,
                      .stored = 17,
                      .high = 15};
  g_autoptr (GByteArray) more = NATIVE (&h, 0, 0, 0, 0);
  REFUSED (more, 0, DAMAGED);
  h.stored = 12;
  h.high = 16;
  g_autoptr (GByteArray) above = NATIVE (&h, 0, 0, 0, 0);
  REFUSED (above, 0, DAMAGED);
  h.high = 10; // 12 bits up to bit 10
  g_autoptr (GByteArray) below = NATIVE (&h, 0, 0, 0, 0);
  REFUSED (below, 0, DAMAGED);
  static const unsigned widths[] = {2, 7, 24, 48, 128};
  for (unsigned i = 0; i < G_N_ELEMENTS (widths); i++) {
    PrcBuildHeader odd = {
        .syntax = PRC_BUILD_EXPLICIT, .rows = 1, .columns = 1, .allocated = widths[i]};
    g_autoptr (GByteArray) b = NATIVE (&odd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    REFUSED (b, 0, UNSUPPORTED);
  }
}

static void
test_trap_10 (void) {
  test_overlay_bits_are_masked ();
  test_odd_high_bit ();
  test_widths_and_signs ();
}

// ---- trap 11: what the codestream knows better ----

static void
test_trap_11 (void) {
  uint16_t plain[20];
  int16_t less[20];
  for (int i = 0; i < 20; i++) {
    plain[i] = (uint16_t)(i * 211 % 4096);
    less[i] = (int16_t)(plain[i] - 2048);
  }
  PrcBuildHeader h = {.syntax = "1.2.840.10008.1.2.4.90",
                      .rows = 4,
                      .columns = 5,
                      .allocated = 16,
                      .stored = 16,
                      .high = 15};
  // 12 bits where the header says 16; signed where it says unsigned.
  g_autoptr (GByteArray) u =
      prc_build_one_frame (&h, jpeg_2000_unsigned_12, sizeof jpeg_2000_unsigned_12);
  prc_build_assert_frame (pool, u, 0, PRC_SAMPLE_U16, plain, sizeof plain);
  g_autoptr (GByteArray) s =
      prc_build_one_frame (&h, jpeg_2000_signed_12, sizeof jpeg_2000_signed_12);
  prc_build_assert_frame (pool, s, 0, PRC_SAMPLE_S16, less, sizeof less);
  // 10 bits in the header: those above are no overlay here.
  h.stored = 10;
  h.high = 9;
  g_autoptr (GByteArray) ten =
      prc_build_one_frame (&h, jpeg_2000_unsigned_12, sizeof jpeg_2000_unsigned_12);
  prc_build_assert_frame (pool, ten, 0, PRC_SAMPLE_U16, plain, sizeof plain);
  // Signed in the header alone: two's complement of the codestream's 12 bits was coded as it is.
  h.stored = 12;
  h.high = 11;
  h.is_signed = true;
  for (int i = 0; i < 20; i++)
    less[i] = (int16_t)(plain[i] < 2048 ? plain[i] : plain[i] - 4096);
  g_autoptr (GByteArray) twos =
      prc_build_one_frame (&h, jpeg_2000_unsigned_12, sizeof jpeg_2000_unsigned_12);
  prc_build_assert_frame (pool, twos, 0, PRC_SAMPLE_S16, less, sizeof less);
}

// ---- trap 12: palettes (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9.2) ----

static void
put_descriptor (GByteArray *b, const char *syntax, unsigned channel, unsigned entries,
                unsigned first, unsigned bits) {
  bool big = strcmp (syntax, PRC_BUILD_BIG) == 0;
  prc_build_head (b, syntax, 0x00281101 + channel, "US", 6);
  prc_build_16 (b, entries, big);
  prc_build_16 (b, first, big);
  prc_build_16 (b, bits, big);
}

// A palette of three tables (red, green, blue) behind the header, then the pixels.
static GByteArray *
palette_file (const PrcBuildHeader *h, unsigned entries, unsigned first, unsigned bits,
              uint32_t tag, const uint8_t *const tables[3], size_t size, const uint8_t *pixels,
              size_t n) {
  GByteArray *b = prc_build_begin (h);
  for (unsigned c = 0; c < 3; c++)
    put_descriptor (b, h->syntax, c, entries, first, bits);
  for (unsigned c = 0; c < 3; c++)
    prc_build_element (b, h->syntax, tag + c, "OW", tables[c], size);
  prc_build_element (b, h->syntax, 0x7fe00010, "OW", pixels, n);
  return b;
}

#define PLAIN     0x00281201
#define SEGMENTED 0x00281221

static void
test_palette_words (void) { // below the first value the first entry, above the last the last
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                            .photometric = "PALETTE COLOR",
                            .rows = 1,
                            .columns = 4,
                            .allocated = 8};
  static const uint8_t red[] = {0, 10, 0, 20, 0, 30}, green[] = {0, 40, 0, 50, 0, 60},
                       blue[] = {0, 70, 0, 80, 0, 90};
  const uint8_t *const tables[] = {red, green, blue}, pixels[] = {4, 5, 6, 200};
  g_autoptr (GByteArray) b =
      palette_file (&h, 3, 5, 16, PLAIN, tables, sizeof red, pixels, sizeof pixels);
  ASSERT_FRAME (b, 0, PRC_SAMPLE_RGB8, uint8_t, 10, 40, 70, 10, 40, 70, 20, 50, 80, 30, 60, 90);
}

// One channel that is nearly black in a palette of 16 bits is no palette of eight.
static void
test_palette_dark_channel (void) {
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                            .photometric = "PALETTE COLOR",
                            .rows = 1,
                            .columns = 2,
                            .allocated = 8};
  static const uint8_t red[] = {0, 0, 0xff, 0xff}, dark[] = {0xc8, 0, 0xff, 0};
  const uint8_t *const tables[] = {red, dark, dark}, pixels[] = {0, 1};
  g_autoptr (GByteArray) b = palette_file (&h, 2, 0, 16, PLAIN, tables, 4, pixels, 2);
  ASSERT_FRAME (b, 0, PRC_SAMPLE_RGB8, uint8_t, 0, 0, 0, 255, 0, 0);
  const uint8_t *const low[] = {dark, dark, dark}; // but where none leaves the low byte, it is
  g_autoptr (GByteArray) l = palette_file (&h, 2, 0, 16, PLAIN, low, 4, pixels, 2);
  ASSERT_FRAME (l, 0, PRC_SAMPLE_RGB8, uint8_t, 200, 200, 200, 255, 255, 255);
}

static void
test_palette_bytes (void) { // eight-bit entries two to a word, or one to a word
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                            .photometric = "PALETTE COLOR",
                            .rows = 1,
                            .columns = 4,
                            .allocated = 8};
  static const uint8_t red[] = {10, 20, 30, 40}, green[] = {50, 60, 70, 80},
                       blue[] = {90, 100, 110, 120};
  static const uint8_t wide_red[] = {10, 0, 20, 0, 30, 0, 40, 0},
                       wide_green[] = {50, 0, 60, 0, 70, 0, 80, 0},
                       wide_blue[] = {90, 0, 100, 0, 110, 0, 120, 0};
  static const uint8_t expected[] = {10, 50, 90, 20, 60, 100, 30, 70, 110, 40, 80, 120};
  const uint8_t *const packed[] = {red, green, blue}, pixels[] = {0, 1, 2, 3};
  const uint8_t *const wide[] = {wide_red, wide_green, wide_blue};
  g_autoptr (GByteArray) a = palette_file (&h, 4, 0, 8, PLAIN, packed, 4, pixels, 4);
  prc_build_assert_frame (pool, a, 0, PRC_SAMPLE_RGB8, expected, sizeof expected);
  g_autoptr (GByteArray) b = palette_file (&h, 4, 0, 8, PLAIN, wide, 8, pixels, 4);
  prc_build_assert_frame (pool, b, 0, PRC_SAMPLE_RGB8, expected, sizeof expected);
  // Big endian: the bytes of each word have changed places, the pixels' too.
  PrcBuildHeader big = h;
  big.syntax = PRC_BUILD_BIG;
  static const uint8_t red_2[] = {20, 10, 40, 30}, green_2[] = {60, 50, 80, 70},
                       blue_2[] = {100, 90, 120, 110};
  const uint8_t *const turned[] = {red_2, green_2, blue_2}, turned_pixels[] = {1, 0, 3, 2};
  g_autoptr (GByteArray) c = palette_file (&big, 4, 0, 8, PLAIN, turned, 4, turned_pixels, 4);
  prc_build_assert_frame (pool, c, 0, PRC_SAMPLE_RGB8, expected, sizeof expected);
}

static void
test_palette_signed (void) { // the first value mapped has the sign of the pixels
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                            .photometric = "PALETTE COLOR",
                            .rows = 1,
                            .columns = 3,
                            .allocated = 16,
                            .is_signed = true};
  static const uint8_t grey[] = {0, 10, 0, 20, 0, 30, 0, 40};
  const uint8_t *const tables[] = {grey, grey, grey};
  static const uint8_t pixels[] = {0xff, 0xff, 0xfe, 0xff, 0x01, 0x00}; // -1, -2, 1
  g_autoptr (GByteArray) b =
      palette_file (&h, 4, 0xfffe, 16, PLAIN, tables, sizeof grey, pixels, sizeof pixels);
  ASSERT_FRAME (b, 0, PRC_SAMPLE_RGB8, uint8_t, 20, 20, 20, 10, 10, 10, 40, 40, 40);
}

// Discrete 0 and 1000 and 2000, linear to 10000 in four steps, the first segment again.
static void
test_palette_segments (void) {
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                            .photometric = "PALETTE COLOR",
                            .rows = 1,
                            .columns = 10,
                            .allocated = 8};
  static const uint8_t words[] = {0, 0, 3, 0, 0,    0,    0xe8, 3, 0xd0, 7, // 0: 3 values
                                  1, 0, 4, 0, 0x10, 0x27,                   // 1: 4 steps to 10000
                                  2, 0, 1, 0, 0,    0,    0,    0}; // 2: 1 segment from byte 0
  const uint8_t *const tables[] = {words, words, words};
  static const uint8_t pixels[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  g_autoptr (GByteArray) b =
      palette_file (&h, 10, 0, 16, SEGMENTED, tables, sizeof words, pixels, sizeof pixels);
  // 0, 1000, 2000, 4000, 6000, 8000, 10000, 0, 1000, 2000, of which the upper eight bits show
  static const uint8_t levels[] = {0, 3, 7, 15, 23, 31, 39, 0, 3, 7};
  uint8_t expected[30];
  for (unsigned i = 0; i < 30; i++)
    expected[i] = levels[i / 3];
  prc_build_assert_frame (pool, b, 0, PRC_SAMPLE_RGB8, expected, sizeof expected);
}

static void
test_palette_byte_segments (void) { // eight-bit entries: opcodes and lengths are bytes, too
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                            .photometric = "PALETTE COLOR",
                            .rows = 1,
                            .columns = 7,
                            .allocated = 8};
  static const uint8_t bytes[] = {0, 2, 0, 40, 1, 3, 100, 2, 1, 0, 0, 0, 0, 0};
  const uint8_t *const tables[] = {bytes, bytes, bytes};
  static const uint8_t pixels[] = {0, 1, 2, 3, 4, 5, 6, 0};
  g_autoptr (GByteArray) b =
      palette_file (&h, 7, 0, 8, SEGMENTED, tables, sizeof bytes, pixels, sizeof pixels);
  static const uint8_t levels[] = {0, 40, 60, 80, 100, 0, 40};
  uint8_t expected[21];
  for (unsigned i = 0; i < 21; i++)
    expected[i] = levels[i / 3];
  prc_build_assert_frame (pool, b, 0, PRC_SAMPLE_RGB8, expected, sizeof expected);
}

static void
test_bad_palettes (void) {
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                            .photometric = "PALETTE COLOR",
                            .rows = 1,
                            .columns = 2,
                            .allocated = 8};
  static const uint8_t table[] = {0, 10, 0, 20, 0, 30};
  static const uint8_t first_linear[] = {1, 0, 3, 0, 10, 0}, unknown[] = {9, 0, 1, 0, 10, 0},
                       endless[] = {2, 0, 1, 0, 0, 0, 0, 0}, far[] = {2, 0, 1, 0, 0xff, 0xff, 9, 0};
  const uint8_t *const tables[] = {table, table, table}, pixels[] = {0, 1};
  static const unsigned entries[] = {4, 0, 65535}; // of three
  for (unsigned i = 0; i < G_N_ELEMENTS (entries); i++) {
    g_autoptr (GByteArray) b =
        palette_file (&h, entries[i], 0, 16, PLAIN, tables, sizeof table, pixels, 2);
    REFUSED (b, 0, DAMAGED);
  }
  static const unsigned bits[] = {0, 7, 17, 65535};
  for (unsigned i = 0; i < G_N_ELEMENTS (bits); i++) {
    g_autoptr (GByteArray) b =
        palette_file (&h, 3, 0, bits[i], PLAIN, tables, sizeof table, pixels, 2);
    REFUSED (b, 0, DAMAGED);
  }
  const uint8_t *const lies[] = {first_linear, unknown, endless, far};
  for (unsigned i = 0; i < G_N_ELEMENTS (lies); i++) {
    const uint8_t *const same[] = {lies[i], lies[i], lies[i]};
    g_autoptr (GByteArray) b = palette_file (&h, 3, 0, 16, SEGMENTED, same, 6, pixels, 2);
    REFUSED (b, 0, DAMAGED);
  }
  g_autoptr (GByteArray) none = NATIVE (&h, 0, 1);
  REFUSED (none, 0, DAMAGED);
}

static void
test_trap_12 (void) {
  test_palette_words ();
  test_palette_dark_channel ();
  test_palette_bytes ();
  test_palette_signed ();
  test_palette_segments ();
  test_palette_byte_segments ();
}

// ---- trap 13: colours are converted once (PS3.3 C.7.6.3.1.2) ----

static const PrcBuildHeader rgb_2 = {.syntax = PRC_BUILD_EXPLICIT,
                                     .photometric = "RGB",
                                     .rows = 1,
                                     .columns = 2,
                                     .samples = 3,
                                     .allocated = 8};

static void
test_ybr_native (void) {
  PrcBuildHeader h = rgb_2;
  h.photometric = "YBR_FULL"; // R = Y + 1.402 (Cr - 128), G = Y - 0.344 Cb' - 0.714 Cr', ...
  g_autoptr (GByteArray) full = NATIVE (&h, 90, 128, 128, 100, 128, 178);
  ASSERT_FRAME (full, 0, PRC_SAMPLE_RGB8, uint8_t, 90, 90, 90, 170, 64, 100);
  h.photometric = "YBR_FULL_422"; // Y Y Cb Cr
  g_autoptr (GByteArray) half = NATIVE (&h, 100, 90, 128, 178);
  ASSERT_FRAME (half, 0, PRC_SAMPLE_RGB8, uint8_t, 170, 64, 100, 160, 54, 90);
  h.syntax = PRC_BUILD_BIG; // in words, each turned round
  g_autoptr (GByteArray) turned = NATIVE (&h, 90, 100, 178, 128);
  ASSERT_FRAME (turned, 0, PRC_SAMPLE_RGB8, uint8_t, 170, 64, 100, 160, 54, 90);
  h.syntax = PRC_BUILD_EXPLICIT;
  // Three whole samples for each pixel under the same name.
  g_autoptr (GByteArray) whole = NATIVE (&h, 90, 128, 128, 100, 128, 178);
  ASSERT_FRAME (whole, 0, PRC_SAMPLE_RGB8, uint8_t, 90, 90, 90, 170, 64, 100);
  h.photometric = "YBR_PARTIAL_422"; // black 16, white 235; colours 16 to 240
  g_autoptr (GByteArray) video = NATIVE (&h, 16, 235, 128, 128);
  ASSERT_FRAME (video, 0, PRC_SAMPLE_RGB8, uint8_t, 0, 0, 0, 255, 255, 255);
  g_autoptr (GByteArray) red = NATIVE (&h, 81, 81, 90, 240); // pure red, ITU-R BT.601
  ASSERT_FRAME (red, 0, PRC_SAMPLE_RGB8, uint8_t, 254, 0, 0, 254, 0, 0);
  h.photometric = "YBR_PARTIAL_420"; // not without a codec that has it
  g_autoptr (GByteArray) quarter = NATIVE (&h, 16, 235, 128, 128);
  REFUSED (quarter, 0, UNSUPPORTED);
}

static void
test_rgb_jpeg_2000 (void) { // one with, one without a transform in the codestream; any name
  static const char *const names[] = {"RGB", "YBR_RCT", "YBR_ICT"};
  uint8_t expected[60];
  for (int i = 0; i < 20; i++) {
    expected[3 * i] = (uint8_t)(i * 13);
    expected[3 * i + 1] = (uint8_t)(i * 7 + 9);
    expected[3 * i + 2] = (uint8_t)(250 - i * 11);
  }
  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++) {
    const PrcBuildHeader h = {.syntax = "1.2.840.10008.1.2.4.90",
                              .photometric = names[i],
                              .rows = 4,
                              .columns = 5,
                              .samples = 3,
                              .allocated = 8};
    g_autoptr (GByteArray) transformed =
        prc_build_one_frame (&h, jpeg_2000_rct, sizeof jpeg_2000_rct);
    prc_build_assert_frame (pool, transformed, 0, PRC_SAMPLE_RGB8, expected, sizeof expected);
    g_autoptr (GByteArray) plain = prc_build_one_frame (&h, jpeg_2000_rgb, sizeof jpeg_2000_rgb);
    prc_build_assert_frame (pool, plain, 0, PRC_SAMPLE_RGB8, expected, sizeof expected);
  }
}

// A baseline JPEG of 8 x 8 equal pixels whose three components are levels 200, 28 and 128; without
// a marker that says what they are.
static GByteArray *
unmarked_jpeg (const uint8_t ids[3]) {
  GByteArray *b = BYTES (0xff, 0xd8, 0xff, 0xdb, 0, 67, 0);
  for (int i = 0; i < 64; i++)
    PUT (b, 8);
  PUT (b, 0xff, 0xc4, 0, 31, 0, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6,
       7, 8, 9, 10, 11);               // DC categories: 00, 010, 011, 100, 101, 110, 1110, ...
  PUT (b, 0xff, 0xc4, 0, 20, 0x10, 1); // AC: the end of a block is 0
  for (int i = 0; i < 16; i++)
    PUT (b, 0);
  PUT (b, 0xff, 0xc0, 0, 17, 8, 0, 8, 0, 8, 3);
  for (int i = 0; i < 3; i++)
    PUT (b, ids[i], 0x11, 0);
  PUT (b, 0xff, 0xda, 0, 12, 3, ids[0], 0, ids[1], 0, ids[2], 0, 0, 63, 0);
  // 72: 11110 1001000, end 0; -100: 11110 0011011, end 0; 0: 00, end 0; filled with ones
  PUT (b, 0xf4, 0x87, 0x8d, 0x87, 0xff, 0xd9);
  return b;
}

static void
test_jpeg_without_marker (void) {
  static const uint8_t numbers[] = {1, 2, 3}, letters[] = {'R', 'G', 'B'};
  PrcBuildHeader h = {.syntax = PRC_BUILD_BASELINE,
                      .photometric = "RGB",
                      .rows = 8,
                      .columns = 8,
                      .samples = 3,
                      .allocated = 8};
  uint8_t rgb[192], ybr[192];
  for (int i = 0; i < 64; i++) {
    memcpy (rgb + 3 * i, ((const uint8_t[]){200, 28, 128}), 3);
    // Y 200, Cb 28 - 128 = -100, Cr 0: 200, 200 + 34.4, 200 - 177.2
    memcpy (ybr + 3 * i, ((const uint8_t[]){200, 234, 23}), 3);
  }
  g_autoptr (GByteArray) one = unmarked_jpeg (numbers), two = unmarked_jpeg (letters);
  g_autoptr (GByteArray) as_rgb = prc_build_one_frame (&h, one->data, one->len);
  prc_build_assert_frame (pool, as_rgb, 0, PRC_SAMPLE_RGB8, rgb, sizeof rgb);
  h.photometric = "YBR_FULL_422";
  g_autoptr (GByteArray) as_ybr = prc_build_one_frame (&h, one->data, one->len);
  prc_build_assert_frame (pool, as_ybr, 0, PRC_SAMPLE_RGB8, ybr, sizeof ybr);
  g_autoptr (GByteArray) named = prc_build_one_frame (&h, two->data, two->len);
  prc_build_assert_frame (pool, named, 0, PRC_SAMPLE_RGB8, rgb, sizeof rgb);
}

static void
test_retired_colours (void) {
  static const char *const names[] = {"HSV", "ARGB", "CMYK"};
  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++) {
    PrcBuildHeader h = rgb_2;
    h.photometric = names[i];
    h.samples = i ? 4 : 3;
    g_autoptr (GByteArray) b = NATIVE (&h, 1, 2, 3, 4, 5, 6, 7, 8);
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcFrame) frame = prc_build_read (pool, b, 0, &error);
    g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_UNSUPPORTED);
    g_assert_nonnull (strstr (error->message, names[i]));
  }
}

static void
test_trap_13 (void) {
  test_ybr_native ();
  test_rgb_jpeg_2000 ();
  test_jpeg_without_marker ();
}

// ---- trap 14: planes (PS3.3 C.7.6.3.1.3) ----

static void
test_trap_14 (void) {
  PrcBuildHeader h = rgb_2;
  h.planar = true;
  g_autoptr (GByteArray) planes = NATIVE (&h, 1, 2, 3, 4, 5, 6);
  ASSERT_FRAME (planes, 0, PRC_SAMPLE_RGB8, uint8_t, 1, 3, 5, 2, 4, 6);
  h.planar = false;
  g_autoptr (GByteArray) pixels = NATIVE (&h, 1, 2, 3, 4, 5, 6);
  ASSERT_FRAME (pixels, 0, PRC_SAMPLE_RGB8, uint8_t, 1, 2, 3, 4, 5, 6);
  // In 16 bits, of which the upper eight show, big endian.
  PrcBuildHeader deep = rgb_2;
  deep.syntax = PRC_BUILD_BIG;
  deep.allocated = 16;
  deep.planar = true;
  g_autoptr (GByteArray) wide = NATIVE (&deep, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0);
  ASSERT_FRAME (wide, 0, PRC_SAMPLE_RGB8, uint8_t, 1, 3, 5, 2, 4, 6);
  // Of compressed frames the decoder knows: both values, one picture. RLE keeps channels apart.
  g_autoptr (GByteArray) red = BYTES (1, 1, 2), green = BYTES (1, 3, 4), blue = BYTES (1, 5, 6);
  const GByteArray *const three[] = {red, green, blue};
  g_autoptr (GByteArray) rle = prc_build_rle (3, three);
  uint8_t rgb[60];
  for (int i = 0; i < 20; i++) {
    rgb[3 * i] = (uint8_t)(i * 13);
    rgb[3 * i + 1] = (uint8_t)(i * 7 + 9);
    rgb[3 * i + 2] = (uint8_t)(250 - i * 11);
  }
  for (unsigned planar = 0; planar < 2; planar++) {
    PrcBuildHeader packed = rgb_2;
    packed.planar = planar;
    packed.syntax = PRC_BUILD_RLE;
    g_autoptr (GByteArray) b = prc_build_one_frame (&packed, rle->data, rle->len);
    ASSERT_FRAME (b, 0, PRC_SAMPLE_RGB8, uint8_t, 1, 3, 5, 2, 4, 6);
    packed.syntax = "1.2.840.10008.1.2.4.90";
    packed.rows = 4;
    packed.columns = 5;
    g_autoptr (GByteArray) j = prc_build_one_frame (&packed, jpeg_2000_rgb, sizeof jpeg_2000_rgb);
    prc_build_assert_frame (pool, j, 0, PRC_SAMPLE_RGB8, rgb, sizeof rgb);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  g_test_add_func ("/codec/pixels/trap-10-stored-bits-and-high-bit", test_trap_10);
  g_test_add_func ("/codec/pixels/64-bits", test_64_bits);
  g_test_add_func ("/codec/pixels/12-bits-packed", test_12_bits_packed);
  g_test_add_func ("/codec/pixels/float-and-double", test_float_and_double);
  g_test_add_func ("/codec/pixels/single-bits", test_single_bits);
  g_test_add_func ("/codec/pixels/impossible-bits", test_impossible_bits);
  g_test_add_func ("/codec/pixels/trap-11-codestream-wins", test_trap_11);
  g_test_add_func ("/codec/pixels/trap-12-palettes", test_trap_12);
  g_test_add_func ("/codec/pixels/bad-palettes", test_bad_palettes);
  g_test_add_func ("/codec/pixels/trap-13-colours-once", test_trap_13);
  g_test_add_func ("/codec/pixels/retired-colours", test_retired_colours);
  g_test_add_func ("/codec/pixels/trap-14-planes", test_trap_14);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  return status;
}
