// SPDX-License-Identifier: Apache-2.0
// Presentation states (PS3.3 A.33): what they say of grey values and places, worked out by hand,
// and the same pixels as DCMTK makes where it is installed.
#include "fixture.h"
#include "prc-cielab.h"
#include "prc-imaging-error.h"
#include "prc-render.h"
#include "state-fixture.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define NEAR(a, b) g_assert_cmpfloat_with_epsilon (a, b, 1e-6)
#define A          STATE_ATTRIBUTE
#define ITEM       STATE_ITEM

static PrcCodecPool *pool;
static char *folder;

typedef struct {
  PrcPresentation *state;
  PrcSlice first, second, other; // images 1 and 3 and frame 2 of image 2
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer fields) {
  fixture->state = fields != NULL ? state_fixture (pool, folder, fields) : NULL;
  fixture->first = state_fixture_slice (1, 0);
  fixture->second = state_fixture_slice (2, 1);
  fixture->other = state_fixture_slice (3, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer fields) {
  g_clear_pointer (&fixture->state, prc_presentation_unref);
  state_fixture_slice_clear (&fixture->first);
  state_fixture_slice_clear (&fixture->second);
  state_fixture_slice_clear (&fixture->other);
}

static PrcFrame *
frame_of (const PrcFrameInfo *wanted, const uint16_t *samples, uint32_t n) {
  PrcFrameInfo info = *wanted;
  g_autoptr (GBytes) bytes = g_bytes_new (samples, n * 2);
  g_autoptr (GError) error = NULL;
  PrcFrame *frame;

  info.rows = 1;
  info.columns = n;
  info.type = PRC_SAMPLE_U16;
  if (info.rescale_slope == 0)
    info.rescale_slope = 1;
  info.pixel_aspect = 1;
  frame = prc_frame_new (&info, bytes, &error);
  g_assert_no_error (error);
  return frame;
}

#define IDENTITY                                                                                   \
  A ("00700080", "CS", "'NECK'")                                                                   \
  "," A ("00700081", "LO", "'Neck, as read'") "," A ("00700082", "DA", "'20260131'")

static void
test_identity (Fixture *fixture, gconstpointer fields) {
  const PrcPresentationInfo *info = prc_presentation_info (fixture->state);
  PrcSlice unnamed = fixture->second;

  g_assert_cmpstr (info->title, ==, "NECK");
  g_assert_cmpstr (info->description, ==, "Neck, as read");
  g_assert_cmpstr (info->creation_date, ==, "20260131");
  g_assert_cmpstr (info->study_instance_uid, ==, "1.2.3");
  g_assert_null (info->notes[0]);
  g_assert_true (prc_presentation_names (fixture->state, &fixture->first));
  g_assert_false (prc_presentation_names (fixture->state, &fixture->other));
  g_assert_true (prc_presentation_names (fixture->state, &fixture->second)); // frame number 2
  unnamed.frame = 0;                                                         // frame number 1
  g_assert_false (prc_presentation_names (fixture->state, &unnamed));
}

static void
test_nameless (Fixture *fixture, gconstpointer fields) {
  g_assert_cmpstr (prc_presentation_info (fixture->state)->title, ==, "Presentation state");
}

/* ---- grey values ---- */

#define WINDOWS                                                                                     \
  A ("00281052", "DS", "-1024")                                                                     \
  "," A ("00281053", "DS", "2") ",'00283110':{'vr':'SQ','Value':[{" STATE_IMAGE ("1.2.3.1") "," A ( \
      "00281050", "DS",                                                                             \
      "40,50") "," A ("00281051", "DS",                                                             \
                      "400,350") "," A ("00281056", "CS",                                           \
                                        "'SIGMOID'") "},"                                           \
                                                     "{" A ("00281050", "DS", "-600") "," A (       \
                                                         "00281051", "DS", "1500") "}]}"

// Each image has the window of the item that names it; one that names none is for all others.
static void
test_windows (Fixture *fixture, gconstpointer fields) {
  PrcWindow own = {1, 2, ""};
  PrcFrameInfo image = {.windows = &own, .n_windows = 1, .rescale_intercept = 7, .units = "HU"};
  g_autoptr (PrcFrame) frame = frame_of (&image, (uint16_t[]){512, 0}, 2);
  g_autoptr (PrcFrame) first = prc_presentation_read (fixture->state, &fixture->first, frame);
  g_autoptr (PrcFrame) second = prc_presentation_read (fixture->state, &fixture->second, frame);
  const PrcFrameInfo *info = prc_frame_info (first);

  g_assert_cmpuint (info->n_windows, ==, 2);
  g_assert_cmpfloat (info->windows[0].centre, ==, 40);
  g_assert_cmpfloat (info->windows[1].width, ==, 350);
  g_assert_cmpint (info->voi_function, ==, PRC_VOI_SIGMOID);
  g_assert_cmpfloat (prc_frame_modality (first, 512), ==, 0); // 2 * 512 - 1024
  g_assert_cmpstr (info->units, ==, "");                      // another rescale, other units
  g_assert_true (prc_frame_samples (first) == prc_frame_samples (frame));
  info = prc_frame_info (second);
  g_assert_cmpuint (info->n_windows, ==, 1);
  g_assert_cmpfloat (info->windows[0].centre, ==, -600);
  g_assert_cmpint (info->voi_function, ==, PRC_VOI_LINEAR);
}

static void
test_units_stay (Fixture *fixture, gconstpointer fields) {
  PrcFrameInfo image = {.rescale_slope = 2, .rescale_intercept = -1024, .units = "HU"};
  g_autoptr (PrcFrame) frame = frame_of (&image, (uint16_t[]){512, 0}, 2);
  g_autoptr (PrcFrame) read = prc_presentation_read (fixture->state, &fixture->first, frame);

  g_assert_cmpstr (prc_frame_info (read)->units, ==, "HU");
}

static void
assert_native (PrcFrame *frame, const uint8_t *expected, size_t n) {
  PrcViewParams params = {.zoom = 1};
  g_autoptr (GBytes) native = NULL;
  gsize size;

  prc_view_params_default_voi (&params, frame);
  native = prc_render_native (frame, &params);
  const uint8_t *grey = g_bytes_get_data (native, &size);
  g_assert_cmpmem (grey, size, expected, n);
}

// PS3.4 N.2.1: what the presentation state lacks is the identity, also where the image has
// something: no rescale, no window, and 12 bits are 0 to 4095. 2048 / 4095 * 255 = 127.53.
static void
test_nothing_is_identity (Fixture *fixture, gconstpointer fields) {
  PrcWindow own = {1, 2, ""};
  PrcFrameInfo image = {
      .windows = &own, .n_windows = 1, .rescale_intercept = -1024, .bits_stored = 12};
  g_autoptr (PrcFrame) frame = frame_of (&image, (uint16_t[]){0, 2048, 4095}, 3);
  g_autoptr (PrcFrame) read = prc_presentation_read (fixture->state, &fixture->first, frame);

  assert_native (read, (uint8_t[]){0, 128, 255}, 3);
}

// With a rescale alone its results span the range: -1024 to 3071.
static void
test_rescale_alone (Fixture *fixture, gconstpointer fields) {
  PrcFrameInfo image = {.bits_stored = 12};
  g_autoptr (PrcFrame) frame = frame_of (&image, (uint16_t[]){0, 2048, 4095}, 3);
  g_autoptr (PrcFrame) read = prc_presentation_read (fixture->state, &fixture->first, frame);

  g_assert_cmpfloat (prc_frame_modality (read, 0), ==, -1024);
  assert_native (read, (uint8_t[]){0, 128, 255}, 3);
}

// Trap 8: MONOCHROME1 does not count any more (PS3.4 N.2.1.4); the shape decides, once.
static void
test_trap_8_shape (Fixture *fixture, gconstpointer fields) {
  bool inverse = strstr (fields, "INVERSE") != NULL;

  for (int monochrome1 = 0; monochrome1 < 2; monochrome1++) {
    PrcFrameInfo image = {.inverse = monochrome1, .bits_stored = 8};
    g_autoptr (PrcFrame) frame = frame_of (&image, (uint16_t[]){0, 255}, 2);
    g_autoptr (PrcFrame) read = prc_presentation_read (fixture->state, &fixture->first, frame);

    assert_native (read, inverse ? (uint8_t[]){255, 0} : (uint8_t[]){0, 255}, 2);
  }
}

#define TABLES                                                                                     \
  ITEM ("00283000", A ("00283002", "US", "4,0,8") "," A ("00283004", "LO", "'US'") "," A (         \
                        "00283006", "US", "10,200,30,40"))                                         \
  "," ITEM ("00283110",                                                                            \
            ITEM ("00283010", A ("00283002", "US", "256,0,8") ",'00283006':{'vr':'OW','"           \
                                                              "InlineBinary':'%s'}"))

// Modality and VOI tables, one after the other: 255 minus the entry of the first.
static void
test_tables (void) {
  uint8_t entries[512] = {0};
  g_autofree char *base64 = NULL, *fields = NULL;
  g_autoptr (PrcPresentation) state = NULL;
  g_autoptr (PrcFrame) frame = frame_of (&(PrcFrameInfo){0}, (uint16_t[]){0, 1, 2, 3}, 4);
  g_autoptr (PrcFrame) read = NULL;
  PrcSlice slice = state_fixture_slice (1, 0);

  for (int i = 0; i < 256; i++)
    entries[2 * i] = (uint8_t)(255 - i);
  base64 = g_base64_encode (entries, sizeof entries);
  fields = g_strdup_printf (TABLES, base64);
  state = state_fixture (pool, folder, fields);
  read = prc_presentation_read (state, &slice, frame);
  assert_native (read, (uint8_t[]){245, 55, 225, 215}, 4);
  state_fixture_slice_clear (&slice);
}

// Modality, VOI and presentation tables of which none goes up or down; the picture that came with
// them, which DCMTK makes too.
static void
test_scrambled_tables (void) {
  g_autofree char *image = prc_fixture_data ("conformance/weasis/imageForPrLUTs.dcm");
  g_autofree char *path = image ? prc_fixture_data ("conformance/weasis/prLUTs.dcm") : NULL;
  g_autofree char *png =
      path ? prc_fixture_data ("conformance/weasis/expected_imgForPrLUT.png") : NULL;
  g_autoptr (PrcInstance) instance = NULL;
  g_autoptr (PrcPresentation) state = NULL;
  g_autoptr (PrcFrame) frame = NULL, read = NULL;
  g_autoptr (GBytes) native = NULL;
  PrcViewParams params = {.zoom = 1};
  cairo_surface_t *expected;

  if (png == NULL)
    return;
  instance = prc_codec_pool_describe_one (pool, image, PRC_PRIORITY_VIEW, NULL, NULL);
  frame = prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, NULL);
  state = prc_codec_pool_present (pool, path, PRC_PRIORITY_VIEW, NULL, NULL);
  g_assert_cmpstr (prc_presentation_info (state)->title, ==, "XLUT_P03");
  read = prc_presentation_read (state, &(PrcSlice){.instance = instance}, frame);
  prc_view_params_default_voi (&params, read);
  native = prc_render_native (read, &params);
  const uint8_t *ours = g_bytes_get_data (native, NULL);
  expected = cairo_image_surface_create_from_png (png); // grey comes as RGB
  const unsigned char *theirs = cairo_image_surface_get_data (expected);
  for (int y = 0; y < 512; y++)
    for (int x = 0; x < 512; x++)
      g_assert_cmpint (ours[y * 512 + x], ==,
                       theirs[y * cairo_image_surface_get_stride (expected) + 4 * x]);
  cairo_surface_destroy (expected);
}

/* ---- places ---- */

#define AREA(corners) "'0070005A':{'vr':'SQ','Value':[{" corners "}]}"
#define CORNERS(left, top, right, bottom)                                                          \
  A ("00700052", "SL", left "," top) "," A ("00700053", "SL", right "," bottom)

static PrcViewParams
place (Fixture *fixture, const PrcSlice *slice, double pixel_mm, double *aspect) {
  static const uint16_t nothing[100 * 100];
  g_autoptr (GBytes) bytes = g_bytes_new_static (nothing, sizeof nothing);
  PrcFrameInfo info = {.rows = 100,
                       .columns = 100,
                       .type = PRC_SAMPLE_U16,
                       .rescale_slope = 1,
                       .pixel_aspect = 1,
                       .row_spacing_mm = 3,
                       .column_spacing_mm = 3};
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
  g_autoptr (PrcFrame) read = prc_presentation_read (fixture->state, slice, frame);
  PrcViewParams params = {.zoom = 1};

  prc_view_params_set_turn (&params, prc_presentation_turn (fixture->state));
  prc_presentation_place (fixture->state, slice, prc_frame_info (read), 200, 100, pixel_mm,
                          &params);
  if (aspect != NULL)
    *aspect = prc_frame_info (read)->pixel_aspect;
  g_assert_cmpfloat (prc_frame_info (read)->row_spacing_mm, ==, 3); // distances are the image's
  return params;
}

// Trap 35: columns 11 to 30 and rows 21 to 60, 20 by 40 pixels about (20, 40), in a view of 200 by
// 100: 2.5 device pixels each.
static void
test_trap_35_area (Fixture *fixture, gconstpointer fields) {
  PrcViewParams params = place (fixture, &fixture->first, 0, NULL);

  NEAR (params.image_centre_x, 20);
  NEAR (params.image_centre_y, 40);
  NEAR (params.zoom, 2.5);
}

// Turned by 90 degrees the same area lies 40 wide and 20 high: 5. Then it is mirrored: the first
// corner, pixel (11, 21), which clockwise went to the top right, is top left again.
static void
test_trap_35_turned_area (Fixture *fixture, gconstpointer fields) {
  PrcViewParams params = place (fixture, &fixture->first, 0, NULL);
  PrcFrameInfo info = {.rows = 100, .columns = 100, .pixel_aspect = 1};
  double x, y;

  g_assert_cmpint (params.quarter_turns, ==, 1);
  g_assert_true (params.flip);
  NEAR (params.zoom, 5);
  prc_view_params_to_view (&params, &info, 200, 100, 10, 20, &x, &y);
  NEAR (x, 0);
  NEAR (y, 0);
  prc_view_params_to_view (&params, &info, 200, 100, 30, 60, &x, &y);
  NEAR (x, 200);
  NEAR (y, 100);
}

// Twice as high as wide, a pixel makes the area 20 by 80: 1.25.
static void
test_trap_35_aspect (Fixture *fixture, gconstpointer fields) {
  double aspect;
  PrcViewParams params = place (fixture, &fixture->first, 0, &aspect);

  NEAR (aspect, 2);
  NEAR (params.zoom, 1.25);
}

static void
test_trap_35_magnify (Fixture *fixture, gconstpointer fields) {
  PrcViewParams params = place (fixture, &fixture->first, 0, NULL);

  NEAR (params.zoom, 3);
  NEAR (params.image_centre_x, 20);
}

// Pixels of 0.5 mm on a screen of 0.25 mm: 2. On one nobody knows the size of, as large as it goes.
static void
test_trap_35_true_size (Fixture *fixture, gconstpointer fields) {
  PrcViewParams params = place (fixture, &fixture->first, 0.25, NULL);

  NEAR (params.zoom, 2);
  params = place (fixture, &fixture->first, 0, NULL);
  NEAR (params.zoom, 2.5);
}

// Each image its own area; one without any is shown whole, and so is one whose area has nothing of
// it.
static void
test_areas (Fixture *fixture, gconstpointer fields) {
  PrcSlice fourth = state_fixture_slice (4, 0);
  PrcViewParams params = place (fixture, &fixture->first, 0, NULL);

  NEAR (params.zoom, 10);
  params = place (fixture, &fixture->second, 0, NULL);
  NEAR (params.zoom, 1);
  NEAR (params.image_centre_x, 50);
  params = place (fixture, &fourth, 0, NULL);
  NEAR (params.zoom, 1);
  NEAR (params.image_centre_y, 50);
  state_fixture_slice_clear (&fourth);
}

#define FIT       A ("00700100", "CS", "'SCALE TO FIT'")
#define WHOLE     CORNERS ("11", "21", "30", "60")
#define REVERSED  CORNERS ("30", "60", "11", "21") // of a picture turned by half
#define ASPECT    A ("00700102", "IS", "2,1")
#define TURNED    A ("00700041", "CS", "'Y'") "," A ("00700042", "US", "90")
#define MAGNIFY   A ("00700100", "CS", "'MAGNIFY'") "," A ("00700103", "FL", "3")
#define TRUE_SIZE A ("00700100", "CS", "'TRUE SIZE'") "," A ("00700101", "DS", "0.5,0.5")
#define AREAS                                                                                      \
  "'0070005A':{'vr':'SQ','Value':[{" STATE_IMAGE ("1.2.3.1") "," CORNERS (                         \
      "1", "1", "10", "10") "," FIT "},{" STATE_IMAGE ("1.2.3.4") "," CORNERS ("0", "0", "0",      \
                                                                               "0") "," FIT "}]}"

/* ---- shutter and overlays ---- */

// A frame of 4 x 4 with a shutter that leaves its left half, and overlays of groups 6000 and 6002.
static PrcFrame *
frame_with_layout (void) {
  static const uint16_t white[16] = {[0 ... 15] = 65535};
  static const PrcRowSpan left[] = {{0, 0, 2}, {1, 0, 2}, {2, 0, 2}, {3, 0, 2}},
                          dot[] = {{0, 0, 1}};
  g_autoptr (PrcMask) half = prc_mask_new_from_spans (4, 4, left, 4);
  g_autoptr (PrcMask) first = prc_mask_new_from_spans (4, 4, dot, 1);
  PrcOverlay overlays[] = {{.mask = first, .group = 0x6000}, {.mask = first, .group = 0x6002}};
  g_autoptr (GBytes) bytes = g_bytes_new_static (white, sizeof white);
  PrcFrameInfo info = {.rows = 4,
                       .columns = 4,
                       .type = PRC_SAMPLE_U16,
                       .rescale_slope = 1,
                       .pixel_aspect = 1,
                       .shutter = half,
                       .overlays = overlays,
                       .n_overlays = 2};
  g_autoptr (GError) error = NULL;
  PrcFrame *frame = prc_frame_new (&info, bytes, &error);

  g_assert_no_error (error);
  return frame;
}

// Trap 29: the shutter is that of the presentation state, in pixels of the image, and turns with
// it. It leaves rows 1 and 2, columns 2 to 4; clockwise that is the right half but its first row.
static void
test_trap_29_shutter (Fixture *fixture, gconstpointer fields) {
  static const uint8_t expected[16] = {0, 0, 0, 0, 0, 0, 9, 9, 0, 0, 9, 9, 0, 0, 9, 9};
  g_autoptr (PrcFrame) frame = frame_with_layout ();
  g_autoptr (PrcFrame) read = prc_presentation_read (fixture->state, &fixture->first, frame);
  PrcViewParams params = {.zoom = 1, .image_centre_x = 2, .image_centre_y = 2};
  g_autoptr (PrcRaster) raster = NULL;

  prc_view_params_default_voi (&params, read);
  prc_view_params_set_turn (&params, prc_presentation_turn (fixture->state));
  raster = prc_render (read, &params, NULL, 4, 4, NULL, NULL);
  const uint32_t *pixels = g_bytes_get_data (raster->bytes, NULL);
  for (int i = 0; i < 16; i++)
    g_assert_cmphex (pixels[i] & 0xffffff, ==, expected[i] != 0 ? 0xffffff : 0);
}

// One without a shutter shows all of the image, whatever shutter that has.
static void
test_no_shutter (Fixture *fixture, gconstpointer fields) {
  g_autoptr (PrcFrame) frame = frame_with_layout ();
  g_autoptr (PrcFrame) read = prc_presentation_read (fixture->state, &fixture->first, frame);
  g_autoptr (PrcFrame) graphics = prc_presentation_overlay (fixture->state, frame);

  g_assert_null (prc_frame_info (read)->shutter);
  g_assert_nonnull (prc_frame_info (graphics)->shutter); // not touched
}

// PS3.3 C.11.7: of the image's overlays only group 6002 is active, and its place is taken by the
// presentation state's own; that of group 6004, which is not active, is not shown.
static void
test_overlays (Fixture *fixture, gconstpointer fields) {
  g_autoptr (PrcFrame) frame = frame_with_layout ();
  g_autoptr (PrcFrame) read = prc_presentation_read (fixture->state, &fixture->first, frame);
  g_autoptr (PrcFrame) graphics = prc_presentation_overlay (fixture->state, frame);
  const PrcFrameInfo *info = prc_frame_info (read);

  g_assert_cmpuint (info->n_overlays, ==, 1);
  g_assert_cmphex (info->overlays[0].group, ==, 0x6002);
  g_assert_true (prc_mask_contains (info->overlays[0].mask, 1, 1)); // bit 5
  g_assert_false (prc_mask_contains (info->overlays[0].mask, 0, 0));
  info = prc_frame_info (graphics);
  g_assert_cmpuint (info->n_overlays, ==, 2); // with the image's other one
}

// Active, without an overlay of its own: the image's.
static void
test_image_overlay (Fixture *fixture, gconstpointer fields) {
  g_autoptr (PrcFrame) frame = frame_with_layout ();
  g_autoptr (PrcFrame) read = prc_presentation_read (fixture->state, &fixture->first, frame);
  const PrcFrameInfo *info = prc_frame_info (read);

  g_assert_cmpuint (info->n_overlays, ==, 1);
  g_assert_cmphex (info->overlays[0].group, ==, 0x6000);
}

#define RECTANGLE                                                                                  \
  A ("00181600", "CS", "'RECTANGULAR'")                                                            \
  "," A ("00181602", "IS", "2") "," A ("00181604", "IS", "4") "," A (                              \
      "00181606", "IS", "1") "," A ("00181608", "IS", "2")
#define TURNED_RECTANGLE RECTANGLE "," A ("00700042", "US", "90")
#define OVERLAY(group)                                                                             \
  A (group "0010", "US", "4")                                                                      \
  "," A (group "0011", "US", "4") "," A (group "0040", "CS", "'G'") "," A (                        \
      group "0050", "SS",                                                                          \
      "1,1") "," A (group "0100", "US",                                                            \
                    "1") "," A (group "0102", "US",                                                \
                                "0") ",'" group                                                    \
                                     "3000':{'vr':'OW','InlineBinary':'IAA='}" // bit 5 of 16
#define OVERLAYS                                                                                   \
  OVERLAY ("6002")                                                                                 \
  "," A ("60021001", "CS", "'L'") "," OVERLAY ("6004") ","                                         \
                                                       "'60041001':{'vr':'CS'}"

/* ---- refusals ---- */

static void
assert_refused (const char *path, int code) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcPresentation) state =
      prc_codec_pool_present (pool, path, PRC_PRIORITY_VIEW, NULL, &error);

  g_assert_null (state);
  g_assert_error (error, PRC_IMAGING_ERROR, code);
  g_assert_null (strchr (error->message, '\n'));
  g_assert_false (g_str_has_suffix (error->message, "."));
}

#define GRAPHIC(type, n, data)                                                                     \
  ITEM ("00700001",                                                                                \
        A ("00700002", "CS", "'L'") "," ITEM (                                                     \
            "00700009",                                                                            \
            A ("00700005", "CS", "'PIXEL'") "," A ("00700020", "US", "2") "," A (                  \
                "00700021", "US", n) "," A ("00700022", "FL", data) "," A ("00700023", "CS",       \
                                                                           "'" type "'")))

static void
test_damaged (void) {
  static const char *const damaged[] = {
      GRAPHIC ("POLYLINE", "3", "1,2,3,4"), // two points
      GRAPHIC ("POLYLINE", "65535", "1,2,3,4"),
      GRAPHIC ("ELLIPSE", "2", "1,2,3,4"),
      GRAPHIC ("POINT", "0", "1,2"),
      GRAPHIC ("CIRCLE", "2", "1,2,3,1e20"),
      A ("00700042", "US", "45"),
      A ("00700042", "US", "360"),
      AREA (FIT), // without corners
      ITEM ("20500010", A ("00283002", "US", "256,0,8") "," A ("00283006", "US", "1,2")),
      ITEM ("00283000", A ("00283002", "US", "4,0,40") "," A ("00283006", "US", "1,2,3,4")),
  };

  for (size_t i = 0; i < G_N_ELEMENTS (damaged); i++) {
    g_autofree char *path = state_fixture_write (pool, folder, damaged[i]);

    assert_refused (path, PRC_IMAGING_ERROR_DAMAGED);
  }
}

static void
test_other_kinds (void) {
  g_autofree char *blending = state_fixture_write_kind (pool, folder, "4", "");
  g_autofree char *image = g_build_filename (folder, "image.dcm", NULL);

  prc_fixture_write (image, &(PrcFixtureSlice){1, 1, 1, .rows = 4, .columns = 4});
  assert_refused (blending, PRC_IMAGING_ERROR_ARGUMENT);
  assert_refused (image, PRC_IMAGING_ERROR_ARGUMENT);
}

static PrcPresentation *
state_of_kind (const char *kind, const char *fields) {
  g_autofree char *path = state_fixture_write_kind (pool, folder, kind, fields);
  g_autoptr (GError) error = NULL;
  PrcPresentation *state = prc_codec_pool_present (pool, path, PRC_PRIORITY_VIEW, NULL, &error);

  g_assert_no_error (error);
  return state;
}

// The second of the well-known palettes (PS3.6 table B.1) is that for PET.
static void
test_pseudo_color (void) {
  g_autoptr (PrcPresentation) state =
      state_of_kind ("3", A ("00281199", "UI", "'1.2.840.10008.1.5.2'"));
  g_autoptr (PrcPresentation) own = state_of_kind ("3", "");
  g_autoptr (PrcFrame) frame =
      frame_of (&(PrcFrameInfo){.inverse = true, .bits_stored = 8}, (uint16_t[]){0, 255}, 2);
  PrcSlice slice = state_fixture_slice (1, 0);
  g_autoptr (PrcFrame) read = prc_presentation_read (state, &slice, frame);

  g_assert_true (prc_presentation_palette (state) == prc_palette_find ("pet"));
  g_assert_false (prc_frame_info (read)->inverse);
  g_assert_null (prc_presentation_palette (own));
  g_assert_nonnull (prc_presentation_info (own)->notes[0]); // a table of its own is not applied
  state_fixture_slice_clear (&slice);
}

// Of a colour image, and of a grey one that it names all the same: values are as they were.
static void
test_color (void) {
  g_autoptr (PrcPresentation) state = state_of_kind ("2", TURNED);
  PrcWindow window = {40, 400, ""};
  PrcFrameInfo image = {
      .windows = &window, .n_windows = 1, .rescale_intercept = -1024, .inverse = true};
  g_autoptr (PrcFrame) frame = frame_of (&image, (uint16_t[]){0, 255}, 2);
  PrcSlice slice = state_fixture_slice (1, 0);
  g_autoptr (PrcFrame) read = prc_presentation_read (state, &slice, frame);

  g_assert_cmpint (prc_presentation_turn (state).quarter_turns, ==, 1);
  g_assert_true (prc_frame_info (read)->inverse);
  g_assert_cmpfloat (prc_frame_info (read)->windows[0].centre, ==, 40);
  g_assert_cmpfloat (prc_frame_modality (read, 0), ==, -1024);
  state_fixture_slice_clear (&slice);
}

// PS3.3 C.11.35: each image its own rescale, one that is not named keeps its own.
static void
test_variable_modality (void) {
  g_autoptr (PrcPresentation) state = state_of_kind (
      "12", ITEM ("00283001", STATE_IMAGE ("1.2.3.1") "," A ("00281052", "DS",
                                                             "-5") "," A ("00281053", "DS", "3")));
  g_autoptr (PrcFrame) frame =
      frame_of (&(PrcFrameInfo){.rescale_intercept = 7}, (uint16_t[]){0, 255}, 2);
  PrcSlice first = state_fixture_slice (1, 0), fourth = state_fixture_slice (4, 0);
  g_autoptr (PrcFrame) named = prc_presentation_read (state, &first, frame);
  g_autoptr (PrcFrame) other = prc_presentation_read (state, &fourth, frame);

  g_assert_cmpfloat (prc_frame_modality (named, 10), ==, 25);
  g_assert_cmpfloat (prc_frame_modality (other, 10), ==, 17);
  state_fixture_slice_clear (&first);
  state_fixture_slice_clear (&fourth);
}

// What cannot be shown is said, and the rest shown.
static void
test_notes (Fixture *fixture, gconstpointer fields) {
  g_assert_cmpuint (g_strv_length ((char **)prc_presentation_info (fixture->state)->notes), ==, 2);
}

#define UNKNOWN                                                                                    \
  GRAPHIC ("STAR", "1", "1,2") "," ITEM ("00286100", A ("00286101", "CS", "'AVG_SUB'"))

// Cut anywhere, the file is refused or read, in one sentence or none.
static void
test_truncated (void) {
  g_autofree char *whole = state_fixture_write (
      pool, folder, WINDOWS "," GRAPHIC ("CIRCLE", "2", "1,2,3,4") "," AREA (WHOLE "," FIT));
  g_autofree char *cut = g_build_filename (folder, "cut.dcm", NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (whole, &bytes, &size, NULL));
  for (gsize n = 0; n < size; n += 7) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcPresentation) state = NULL;

    g_assert_true (g_file_set_contents (cut, bytes, (gssize)n, NULL));
    state = prc_codec_pool_present (pool, cut, PRC_PRIORITY_VIEW, NULL, &error);
    g_assert_true ((state == NULL) == (error != NULL));
    if (error != NULL)
      g_assert_false (g_error_matches (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC));
  }
}

// A record that no codec of ours would send.
static void
test_strange_record (void) {
  static const char *const records[] = {
      "@a{sv} {}",
      "{'References': <@a(sau) []>}",
      "{'References': <'none'>, 'VOIs': <3>}",
      "{'VOIs': <[{'WindowCenter': <1.0>}]>, 'Areas': <[{'TopLeft': <'x'>}]>}",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (records); i++) {
    g_autoptr (GError) error = NULL;
    GVariant *record = g_variant_parse (G_VARIANT_TYPE_VARDICT, records[i], NULL, NULL, NULL);

    g_assert_null (prc_presentation_new_from_record (record, &error));
    g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED);
    g_variant_unref (record);
  }
}

/* ---- colours ---- */

// PS3.3 C.10.7.1.1: L of 100 is 65535, a and b of 0 are 32896. The others are red, green and blue
// of sRGB, adapted to D50, as colour tables give them.
static void
test_cielab (void) {
  static const struct {
    double l, a, b;
    uint32_t rgb;
  } cases[] = {
      {100, 0, 0, 0xffffff},
      {0, 0, 0, 0x000000},
      {53.585, 0, 0, 0x808080},
      {54.29, 80.81, 69.89, 0xff0000},
      {87.82, -79.29, 80.99, 0x00ff00},
      {29.57, 68.30, -112.03, 0x0000ff},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    uint16_t lab[3] = {(uint16_t)lround (cases[i].l / 100 * 65535),
                       (uint16_t)lround ((cases[i].a + 128) / 255 * 65535),
                       (uint16_t)lround ((cases[i].b + 128) / 255 * 65535)};
    uint32_t rgb = prc_cielab_to_rgb (lab);

    for (int shift = 0; shift < 24; shift += 8)
      g_assert_cmpint (ABS ((int)(rgb >> shift & 255) - (int)(cases[i].rgb >> shift & 255)), <=, 2);
  }
}

/* ---- beside DCMTK ---- */

// An image of 16 bits whose pixels are all values from -1024 to 3071 and a little more.
static char *
write_image (void) {
  char *path = g_build_filename (folder, "1.2.3.1.dcm", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree uint16_t *samples = g_new (uint16_t, 64 * 72);
  g_autoptr (GBytes) pixels = NULL;
  g_autofree char *json = g_strdup (
      "{'00080016':{'vr':'UI','Value':['1.2.840.10008.5.1.4.1.1.7']},"
      "'00080018':{'vr':'UI','Value':['1.2.3.1']},'0020000D':{'vr':'UI','Value':['1.2.3']},"
      "'0020000E':{'vr':'UI','Value':['1.2.3.0']},'00280002':{'vr':'US','Value':[1]},"
      "'00280004':{'vr':'CS','Value':['MONOCHROME1']},'00280010':{'vr':'US','Value':[64]},"
      "'00280011':{'vr':'US','Value':[64]},'00280100':{'vr':'US','Value':[16]},"
      "'00280101':{'vr':'US','Value':[12]},'00280102':{'vr':'US','Value':[11]},"
      "'00280103':{'vr':'US','Value':[0]},'00281050':{'vr':'DS','Value':[7]},"
      "'00281051':{'vr':'DS','Value':[9]}}");

  for (int i = 0; i < 64 * 64; i++)
    samples[i] = (uint16_t)i;
  pixels = g_bytes_new (samples, 64 * 64 * 2);
  g_strdelimit (json, "'", '"');
  prc_codec_pool_encode (pool, json, pixels, "1.2.840.10008.1.2.1", path, NULL, &error);
  g_assert_no_error (error);
  return path;
}

static GBytes *
read_as_dcmtk (const char *program, const char *state, const char *image) {
  g_autofree char *pgm = g_build_filename (folder, "dcmtk.pgm", NULL);
  const char *argv[] = {program, "-q", "-p", state, image, pgm, NULL};
  g_autofree char *bytes = NULL;
  gsize size;
  int status;

  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                               NULL, NULL, &status, NULL));
  if (status != 0 || !g_file_get_contents (pgm, &bytes, &size, NULL))
    return NULL;
  g_assert_cmpuint (size, >, 64 * 64);
  return g_bytes_new (bytes + size - 64 * 64, 64 * 64);
}

#define BASE                                                                                       \
  A ("00700080", "CS", "'TEST'")                                                                   \
  "," A ("00700082", "DA", "'20260131'") "," A ("00700083", "TM", "'1200'") "," AREA (             \
      CORNERS ("1", "1", "64", "64") "," FIT "," A ("00700102", "IS", "1,1"))
#define IDENTITY_SHAPE A ("20500020", "CS", "'IDENTITY'")
#define INVERSE_SHAPE  A ("20500020", "CS", "'INVERSE'")
#define ONE_WINDOW     ITEM ("00283110", A ("00281050", "DS", "300.5") "," A ("00281051", "DS", "1000"))
#define RESCALE                                                                                    \
  A ("00281052", "DS", "-1024")                                                                    \
  "," A ("00281053", "DS", "1") "," A ("00281054", "LO", "'HU'")

static void
test_like_dcmtk (void) {
  static const char *const states[] = {
      BASE "," IDENTITY_SHAPE,
      BASE "," INVERSE_SHAPE,
      BASE "," IDENTITY_SHAPE "," ONE_WINDOW,
      BASE "," INVERSE_SHAPE "," ONE_WINDOW "," RESCALE,
      BASE "," IDENTITY_SHAPE "," RESCALE,
      BASE "," IDENTITY_SHAPE "," TURNED,
      BASE "," IDENTITY_SHAPE "," A ("00700041", "CS", "'N'") "," A ("00700042", "US", "270"),
  };
  g_autofree char *program = g_find_program_in_path ("dcmp2pgm"), *image = NULL;
  g_autoptr (PrcInstance) instance = NULL;
  g_autoptr (PrcFrame) frame = NULL;

  if (program == NULL) {
    g_test_skip ("no dcmp2pgm");
    return;
  }
  image = write_image ();
  instance = prc_codec_pool_describe_one (pool, image, PRC_PRIORITY_VIEW, NULL, NULL);
  frame = prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (states); i++) {
    g_autofree char *path = state_fixture_write (pool, folder, states[i]);
    g_autoptr (PrcPresentation) state =
        prc_codec_pool_present (pool, path, PRC_PRIORITY_VIEW, NULL, NULL);
    PrcSlice slice = {.instance = instance};
    g_autoptr (PrcFrame) read = prc_presentation_read (state, &slice, frame);
    g_autoptr (GBytes) expected = read_as_dcmtk (program, path, image);
    g_autoptr (PrcRaster) raster = NULL;
    PrcViewParams params = {.zoom = 1};

    g_assert_nonnull (expected);
    prc_view_params_default_voi (&params, read);
    prc_view_params_set_turn (&params, prc_presentation_turn (state));
    prc_presentation_place (state, &slice, prc_frame_info (read), 64, 64, 0, &params);
    raster = prc_render (read, &params, NULL, 64, 64, NULL, NULL);
    const uint32_t *ours = g_bytes_get_data (raster->bytes, NULL);
    const uint8_t *theirs = g_bytes_get_data (expected, NULL);
    for (int p = 0; p < 64 * 64; p++) // DCMTK cuts off what we round
      if (ABS ((int)(ours[p] & 255) - theirs[p]) > 1)
        g_error ("state %zu, pixel %d: %u, DCMTK %d", i, p, ours[p] & 255, theirs[p]);
  }
}

#define STATE_TEST(name, fields, function)                                                         \
  g_test_add ("/presentation/" name, Fixture, fields, set_up, function, tear_down)

// Text is cut before it is converted: half a letter would be no text.
static void
test_long_description (void) {
  g_autoptr (GString) fields = g_string_new ("'00700081':{'vr':'LO','Value':['a");
  g_autoptr (PrcPresentation) state = NULL;

  for (int i = 0; i < 6000; i++)
    g_string_append (fields, "é");
  g_string_append (fields, "']}");
  state = state_fixture (pool, folder, fields->str);
  g_assert_true (g_str_has_prefix (prc_presentation_info (state)->title, "aéé"));
  g_assert_true (g_utf8_validate (prc_presentation_info (state)->title, -1, NULL));
}

int
main (int argc, char **argv) {
  int status;

  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  folder = prc_fixture_folder ();
  STATE_TEST ("identity", IDENTITY, test_identity);
  STATE_TEST ("nameless", "", test_nameless);
  STATE_TEST ("windows", WINDOWS, test_windows);
  STATE_TEST ("units-stay", WINDOWS, test_units_stay);
  STATE_TEST ("nothing-is-identity", "", test_nothing_is_identity);
  STATE_TEST ("rescale-alone", RESCALE, test_rescale_alone);
  STATE_TEST ("trap-8/identity", IDENTITY_SHAPE, test_trap_8_shape);
  STATE_TEST ("trap-8/inverse", INVERSE_SHAPE, test_trap_8_shape);
  g_test_add_func ("/presentation/long-description", test_long_description);
  g_test_add_func ("/presentation/tables", test_tables);
  g_test_add_func ("/presentation/scrambled-tables", test_scrambled_tables);
  STATE_TEST ("trap-35/area", AREA (WHOLE "," FIT), test_trap_35_area);
  STATE_TEST ("trap-35/any-corners", AREA (REVERSED "," FIT), test_trap_35_area);
  STATE_TEST ("trap-35/turned-area", AREA (WHOLE "," FIT) "," TURNED, test_trap_35_turned_area);
  STATE_TEST ("trap-35/aspect", AREA (WHOLE "," FIT "," ASPECT), test_trap_35_aspect);
  STATE_TEST ("trap-35/magnify", AREA (WHOLE "," MAGNIFY), test_trap_35_magnify);
  STATE_TEST ("trap-35/true-size", AREA (WHOLE "," TRUE_SIZE), test_trap_35_true_size);
  STATE_TEST ("areas", AREAS, test_areas);
  STATE_TEST ("trap-29/shutter", TURNED_RECTANGLE, test_trap_29_shutter);
  STATE_TEST ("no-shutter", "", test_no_shutter);
  STATE_TEST ("overlays", OVERLAYS, test_overlays);
  STATE_TEST ("image-overlay", A ("60001001", "CS", "'L'"), test_image_overlay);
  g_test_add_func ("/presentation/damaged", test_damaged);
  g_test_add_func ("/presentation/other-kinds", test_other_kinds);
  g_test_add_func ("/presentation/pseudo-color", test_pseudo_color);
  g_test_add_func ("/presentation/color", test_color);
  g_test_add_func ("/presentation/variable-modality", test_variable_modality);
  STATE_TEST ("notes", UNKNOWN, test_notes);
  g_test_add_func ("/presentation/truncated", test_truncated);
  g_test_add_func ("/presentation/strange-record", test_strange_record);
  g_test_add_func ("/presentation/cielab", test_cielab);
  g_test_add_func ("/presentation/like-dcmtk", test_like_dcmtk);
  status = g_test_run ();
  prc_fixture_remove (folder);
  g_free (folder);
  prc_codec_pool_unref (pool);
  return status;
}
