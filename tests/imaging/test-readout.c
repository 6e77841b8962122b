// SPDX-License-Identifier: Apache-2.0
// What stands under the pointer, in words, from files written for it: real world values beside the
// rescale, SUV, padding, colours, places. Values by hand.
#include <string.h>

#include "fixture.h"
#include "prc-codec-pool.h"
#include "prc-readout.h"

static PrcCodecPool *pool;
static char *folder;

#define TEXT(tag, vr, text)    "\"" tag "\":{\"vr\":\"" vr "\",\"Value\":[\"" text "\"]},"
#define NUMBER(tag, vr, value) "\"" tag "\":{\"vr\":\"" vr "\",\"Value\":[" value "]},"

// One row of words in a file with these attributes (DICOM JSON, each with a comma behind it).
static PrcFrame *
frame_with (const char *attributes, const uint16_t *words, unsigned n) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pixels = g_bytes_new (words, n * 2);
  g_autofree char *path = g_build_filename (folder, "file.dcm", NULL);
  g_autofree char *json = g_strdup_printf (
      "{" TEXT ("00080016", "UI", "1.2.840.10008.5.1.4.1.1.7") TEXT ("00080018", "UI", "1.2.3")
          NUMBER ("00280002", "US", "1") TEXT ("00280004", "CS", "MONOCHROME2")
              NUMBER ("00280010", "US", "1") NUMBER ("00280011", "US", "%u")
                  NUMBER ("00280100", "US", "16") NUMBER ("00280101", "US", "16")
                      NUMBER ("00280102", "US", "15") "%s\"00280103\":{\"vr\":\"US\",\"Value\":[0]}"
                                                      "}",
      n, attributes);

  prc_codec_pool_encode (pool, json, pixels, "1.2.840.10008.1.2.1", path, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  PrcFrame *frame = prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  return frame;
}

static void
assert_value (const PrcFrame *frame, uint32_t column, const char *expected) {
  g_autofree char *text = prc_readout_value (frame, column, 0);

  g_assert_cmpstr (text, ==, expected);
}

#define UNITS(code)                                                                                \
  "\"004008EA\":{\"vr\":\"SQ\",\"Value\":[{" TEXT ("00080100", "SH", code)                         \
      TEXT ("00080102", "SH", "UCUM") "\"00080104\":{\"vr\":\"LO\",\"Value\":[\"meaning\"]}}]},"
#define RANGE(first, last) NUMBER ("00409216", "US", first) NUMBER ("00409211", "US", last)
#define LINE(slope, intercept)                                                                     \
  NUMBER ("00409225", "FD", slope) "\"00409224\":{\"vr\":\"FD\",\"Value\":[" intercept "]}"
#define ADC                                                                                        \
  "{" TEXT ("00283003", "LO", "apparent diffusion") TEXT ("00409210", "SH", "ADC") UNITS ("mm2/s") \
      RANGE ("0", "4000") LINE ("1e-6", "0") "}"

// Which value is shown is said, and both are there.
static void
test_real_world (void) {
  const uint16_t words[] = {1120, 4000, 4001};
  g_autoptr (PrcFrame) plain =
      frame_with ("\"00409096\":{\"vr\":\"SQ\",\"Value\":[" ADC "]},", words, 3);
  assert_value (plain, 0, "ADC 0.00112 mm²/s (real world) · 1120 (rescale)");
  assert_value (plain, 1, "ADC 0.004 mm²/s (real world) · 4000 (rescale)");
  assert_value (plain, 2, "Value 4001"); // beyond Last Value Mapped
  g_autoptr (PrcFrame) rescaled = frame_with (
      NUMBER ("00281052", "DS", "-1000") NUMBER ("00281053", "DS", "2")
          TEXT ("00281054", "LO", "HU") "\"00409096\":{\"vr\":\"SQ\",\"Value\":[" ADC "]},",
      words, 3);
  assert_value (rescaled, 0, "ADC 0.00112 mm²/s (real world) · 1240 HU (rescale) · stored 1120");
  assert_value (rescaled, 2, "7002 HU · stored 4001");
}

// A table with a value for each stored one; two ranges, each with its own units.
static void
test_real_world_table (void) {
  const uint16_t words[] = {10, 12, 13, 100};
  g_autoptr (PrcFrame) frame = frame_with (
      "\"00409096\":{\"vr\":\"SQ\",\"Value\":[{" TEXT ("00409210", "SH", "T1") UNITS ("ms")
          RANGE ("10", "13") "\"00409212\":{\"vr\":\"FD\",\"Value\":[1.5,2.5,350]}},"
                             "{" TEXT ("00409210", "SH", "%") TEXT ("00283003", "LO", "Fat")
                                 UNITS ("%") RANGE ("100", "200") LINE ("0.5", "-50") "}]},",
      words, 4);
  assert_value (frame, 0, "T1 1.5 ms (real world) · 10 (rescale)");
  assert_value (frame, 1, "T1 350 ms (real world) · 12 (rescale)");
  assert_value (frame, 2, "Value 13"); // the table is one short
  assert_value (frame, 3, "Fat 0 % (real world) · 100 (rescale)");
}

// In functional groups: what a frame says counts before what all share, which counts before the
// instance's own.
static void
test_real_world_groups (void) {
  const uint16_t words[] = {2};
#define MAP(label, slope)                                                                          \
  "\"00409096\":{\"vr\":\"SQ\",\"Value\":[{" TEXT ("00409210", "SH", label) RANGE ("0", "9")       \
      LINE (slope, "0") "}]}"
#define SHARED "\"52009229\":{\"vr\":\"SQ\",\"Value\":[{" MAP ("shared", "20") "}]},"
#define FRAME  "\"52009230\":{\"vr\":\"SQ\",\"Value\":[{" MAP ("own", "30") "}]},"
  g_autoptr (PrcFrame) top = frame_with (MAP ("top", "10") ",", words, 1);
  assert_value (top, 0, "top 20 (real world) · 2 (rescale)");
  g_autoptr (PrcFrame) shared = frame_with (MAP ("top", "10") "," SHARED, words, 1);
  assert_value (shared, 0, "shared 40 (real world) · 2 (rescale)");
  g_autoptr (PrcFrame) own = frame_with (MAP ("top", "10") "," SHARED FRAME, words, 1);
  assert_value (own, 0, "own 60 (real world) · 2 (rescale)");
}

// The mapping of an object made with dcmqi: US 32761 beside SS 0, a label that repeats the units.
static void
test_real_world_suv (void) {
  const uint16_t words[] = {10000};
  g_autoptr (PrcFrame) frame =
      frame_with ("\"00409096\":{\"vr\":\"SQ\",\"Value\":[{" TEXT (
                      "00283003", "LO", "Standardized Uptake Value body weight")
                      TEXT ("00409210", "SH", "{SUVbw}g/ml") UNITS ("{SUVbw}g/ml")
                          NUMBER ("00409211", "US", "32761") NUMBER ("00409216", "SS", "0")
                              LINE ("0.000375125", "0") "}]},",
                  words, 1);
  assert_value (frame, 0,
                "Standardized Uptake Value body weight 3.7513 g/ml (real world) · 10000 (rescale)");
}

// Lines that lie are no mapping.
static void
test_real_world_damage (void) {
  const uint16_t words[] = {2};
  static const char *const items[] = {
      RANGE ("9", "0") LINE ("1", "0"),
      RANGE ("0", "9") "\"00409225\":{\"vr\":\"FD\",\"Value\":[1]}",
      LINE ("1", "0"),
      RANGE ("0", "9") "\"00409212\":{\"vr\":\"FD\"}",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (items); i++) {
    g_autofree char *json =
        g_strdup_printf ("\"00409096\":{\"vr\":\"SQ\",\"Value\":[{%s}]},", items[i]);
    g_autoptr (PrcFrame) frame = frame_with (json, words, 1);
    g_assert_cmpuint (prc_frame_info (frame)->n_real_worlds, ==, 0);
    assert_value (frame, 0, "Value 2");
  }
}

#define PET_TIMES                                                                                  \
  TEXT ("00080021", "DA", "20260131")                                                              \
  TEXT ("00080022", "DA", "20260131")                                                              \
  TEXT ("00080031", "TM", "110000")                                                                \
  TEXT ("00080032", "TM", "110000")
#define PET_CORRECTED "\"00280051\":{\"vr\":\"CS\",\"Value\":[\"ATTN\",\"DECY\"]},"
#define PET_DECAY     TEXT ("00541102", "CS", "START")
#define PET_SLOPE     NUMBER ("00281053", "DS", "0.5")
#define PET_MODALITY  TEXT ("00080060", "CS", "PT")
#define PET           PET_TIMES PET_MODALITY PET_CORRECTED PET_SLOPE PET_DECAY
#define INJECTION                                                                                  \
  "\"00540016\":{\"vr\":\"SQ\",\"Value\":[{" TEXT ("00181072", "TM", "100000")                     \
      NUMBER ("00181074", "DS", "74e6") "\"00181075\":{\"vr\":\"DS\",\"Value\":[3600]}}]},"
#define WEIGHT NUMBER ("00101030", "DS", "70")
#define BQML   TEXT ("00541001", "CS", "BQML")

// 20000 stored are 10000 Bq/ml; 74 MBq halve until the scan: 10000 * 70000 / 37e6.
static void
test_suv (void) {
  const uint16_t words[] = {20000};
  g_autoptr (PrcFrame) whole = frame_with (PET INJECTION WEIGHT BQML, words, 1);
  assert_value (whole, 0, "SUVbw 18.92 g/ml · 10000 Bq/ml · stored 20000");
  g_autoptr (PrcFrame) weightless = frame_with (PET INJECTION BQML, words, 1);
  assert_value (weightless, 0, "10000 Bq/ml · SUV n/a: missing patient weight · stored 20000");
  g_autoptr (PrcFrame) bare = frame_with (PET WEIGHT BQML, words, 1);
  assert_value (bare, 0,
                "10000 Bq/ml · SUV n/a: missing injected dose, half-life, injection time"
                " · stored 20000");
  g_autoptr (PrcFrame) suv = frame_with (PET TEXT ("00541001", "CS", "GML"), words, 1);
  assert_value (suv, 0, "SUVbw 10000.00 g/ml · stored 20000");
}

// A presentation state may rescale otherwise: then the factor is not one to its values.
static void
test_suv_of_other_rescale (void) {
  const uint16_t words[] = {20000};
  g_autoptr (PrcFrame) frame = frame_with (PET INJECTION WEIGHT BQML, words, 1);
  g_autoptr (GVariant) same = g_variant_ref_sink (g_variant_new_parsed (
      "{'RescaleSlope': <0.5>, 'RescaleIntercept': <0.0>, 'Units': <'BQML'>}"));
  g_autoptr (GVariant) other =
      g_variant_ref_sink (g_variant_new_parsed ("{'RescaleSlope': <1.0>, 'Units': <''>}"));
  g_autoptr (PrcFrame) kept =
      prc_frame_new_reread (frame, &(PrcFrameChanges){.reading = same}, NULL);
  g_autoptr (PrcFrame) changed =
      prc_frame_new_reread (frame, &(PrcFrameChanges){.reading = other}, NULL);
  assert_value (kept, 0, "SUVbw 18.92 g/ml · 10000 Bq/ml · stored 20000");
  assert_value (changed, 0, "Value 20000 · SUV n/a: missing activity in Bq/ml");
}

// Philips keeps the factor in a private block that its creator reserves, wherever it is.
static void
test_philips (void) {
  const uint16_t words[] = {20000};
#define BLOCK(creator)                                                                             \
  TEXT ("00541001", "CS", "CNTS") TEXT ("70530011", "LO", creator) NUMBER ("70531100", "DS", "3e-4")
  g_autoptr (PrcFrame) counts = frame_with (PET BLOCK ("Philips PET Private Group"), words, 1);
  assert_value (counts, 0, "SUVbw 3.00 g/ml · 10000 counts · stored 20000");
  g_autoptr (PrcFrame) other = frame_with (PET BLOCK ("Somebody else"), words, 1);
  assert_value (other, 0, "10000 counts · SUV n/a: missing activity in Bq/ml · stored 20000");
}

static void
test_plain (void) {
  const uint16_t words[] = {1000, 63536, 7};
  g_autoptr (PrcFrame) ct =
      frame_with (TEXT ("00080060", "CS", "CT") NUMBER ("00280120", "US", "63536")
                      NUMBER ("00281052", "DS", "-1024") NUMBER ("00281053", "DS", "1"),
                  words, 3);
  assert_value (ct, 0, "-24 HU · stored 1000");
  assert_value (ct, 1, "Padding · stored 63536");
  g_autoptr (PrcFrame) nothing = frame_with ("", words, 3);
  assert_value (nothing, 2, "Value 7");
  g_autoptr (PrcFrame) half = frame_with (NUMBER ("00281053", "DS", "0.37"), words, 3);
  assert_value (half, 2, "Value 2.59 · stored 7");
}

static void
test_colours (void) {
  static const uint8_t rgb[] = {1, 2, 3, 255, 128, 0};
  const PrcFrameInfo info = {
      .rows = 1, .columns = 2, .type = PRC_SAMPLE_RGB8, .rescale_slope = 1, .pixel_aspect = 1};
  g_autoptr (GBytes) bytes = g_bytes_new_static (rgb, sizeof rgb);
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
  assert_value (frame, 1, "R 255  G 128  B 0");
}

static void
assert_units (const char *units, const char *expected) {
  g_autofree char *text = prc_readout_units (units);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_units (void) {
  assert_units ("BQML", "Bq/ml");
  assert_units ("HU", "HU");
  assert_units ("[hnsf'U]", "HU");
  assert_units ("mm2/s", "mm²/s");
  assert_units ("ml/min/cm3", "ml/min/cm³");
  assert_units ("{SUVbw}g/ml", "g/ml");
  assert_units ("1", "");
  assert_units ("10*3/ul", "10*3/ul");
  assert_units ("", "");
}

// PS3.3 C.7.6.2.1.1: columns run along the first triple, and their spacing is the second value.
static void
test_place (void) {
  PrcPlane plane = {.has_position = true,
                    .has_orientation = true,
                    .position_mm = {-10, 20, 30},
                    .row_direction = {0, 1, 0},
                    .column_direction = {0, 0, -1},
                    .row_spacing_mm = 2,
                    .column_spacing_mm = 0.5};
  g_autofree char *first = prc_readout_place (&plane, 0, 0);
  g_assert_cmpstr (first, ==, "Column 1, row 1 · R 10.0  P 20.0  H 30.0 mm");
  g_autofree char *other = prc_readout_place (&plane, 3, 20);
  g_assert_cmpstr (other, ==, "Column 4, row 21 · R 10.0  P 21.5  F 10.0 mm");
  plane.has_position = false;
  g_autofree char *nowhere = prc_readout_place (&plane, 3, 20);
  g_assert_cmpstr (nowhere, ==, "Column 4, row 21");
}

int
main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  folder = prc_fixture_folder ();
  g_test_add_func ("/trap-16-real-world/line", test_real_world);
  g_test_add_func ("/trap-16-real-world/table", test_real_world_table);
  g_test_add_func ("/trap-16-real-world/functional-groups", test_real_world_groups);
  g_test_add_func ("/trap-16-real-world/suv", test_real_world_suv);
  g_test_add_func ("/trap-16-real-world/damage", test_real_world_damage);
  g_test_add_func ("/trap-15-suv/readout", test_suv);
  g_test_add_func ("/trap-15-suv/of-other-rescale", test_suv_of_other_rescale);
  g_test_add_func ("/trap-15-suv/philips", test_philips);
  g_test_add_func ("/trap-9-padding/readout", test_plain);
  g_test_add_func ("/readout/colours", test_colours);
  g_test_add_func ("/readout/units", test_units);
  g_test_add_func ("/readout/place", test_place);
  int result = g_test_run ();
  prc_fixture_remove (folder);
  g_free (folder);
  prc_codec_pool_unref (pool);
  return result;
}
