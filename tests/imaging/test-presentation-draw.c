// SPDX-License-Identifier: Apache-2.0
// What presentation states draw (PS3.3 C.10.5, C.10.7): where marks come to lie, worked out by
// hand, in which colour, and on which images.
#include "fixture.h"
#include "state-fixture.h"

#include <math.h>

#define SIDE 200 // of the view; the image of 100 x 100 fills it, 2 device pixels a pixel
#define A    STATE_ATTRIBUTE
#define ITEM STATE_ITEM

#define GREEN "57553,12519,53710" // CIELab of sRGB green
#define RED   "35579,53663,50858"

#define LAYERS                                                                                     \
  "'00700060':{'vr':'SQ','Value':[{" A ("00700002", "CS", "'TOP'") "," A (                         \
      "00700062", "IS", "2") "," A ("00700401", "US",                                              \
                                    RED) "},{" A ("00700002", "CS",                                \
                                                  "'LOW'") "," A ("00700062", "IS",                \
                                                                  "1") "," A ("00700401", "US",    \
                                                                              GREEN) "}]}"

#define SHAPE(units, type, n, data)                                                                \
  "{" A ("00700005", "CS", "'" units "'") "," A ("00700020", "US", "2") "," A (                    \
      "00700021", "US", n) "," A ("00700022", "FL", data) "," A ("00700023", "CS",                 \
                                                                 "'" type "'") "}"
#define FILLED(type, n, data)                                                                      \
  "{" A ("00700005", "CS", "'PIXEL'") "," A ("00700020", "US", "2") "," A (                        \
      "00700021", "US", n) "," A ("00700022", "FL",                                                \
                                  data) "," A ("00700023", "CS",                                   \
                                               "'" type "'") "," A ("00700024", "CS", "'Y'") "}"
#define ON(layer, shapes)                                                                          \
  "{" A ("00700002", "CS", "'" layer "'") ",'00700009':{'vr':'SQ','Value':[" shapes "]}}"
#define ANNOTATIONS(items) "'00700001':{'vr':'SQ','Value':[" items "]}"
#define MARKS(shapes)      LAYERS "," ANNOTATIONS (ON ("TOP", shapes))

static PrcCodecPool *pool;
static char *folder;

typedef struct {
  PrcPresentation *state;
  PrcSlice slice;
  PrcViewParams params;
  cairo_surface_t *surface;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer fields) {
  fixture->state = state_fixture (pool, folder, fields);
  fixture->slice = state_fixture_slice (1, 0);
  fixture->params = (PrcViewParams){.zoom = 2, .image_centre_x = 50, .image_centre_y = 50};
  fixture->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, SIDE, SIDE);
}

static void
tear_down (Fixture *fixture, gconstpointer fields) {
  cairo_surface_destroy (fixture->surface);
  prc_presentation_unref (fixture->state);
  state_fixture_slice_clear (&fixture->slice);
}

static void
draw (Fixture *fixture, double background) {
  PrcFrameInfo info = {.rows = 100, .columns = 100, .pixel_aspect = 1};
  cairo_t *cr = cairo_create (fixture->surface);

  cairo_set_source_rgb (cr, background, background, background);
  cairo_paint (cr);
  prc_presentation_draw (fixture->state, &fixture->slice, &info, &fixture->params, SIDE, SIDE, 1,
                         cr);
  cairo_destroy (cr);
  cairo_surface_flush (fixture->surface);
}

static uint32_t
pixel (Fixture *fixture, int x, int y) {
  const unsigned char *data = cairo_image_surface_get_data (fixture->surface);

  g_assert_cmpint (x, >=, 0);
  g_assert_cmpint (x, <, SIDE);
  g_assert_cmpint (y, >=, 0);
  g_assert_cmpint (y, <, SIDE);
  data += (size_t)y * (size_t)cairo_image_surface_get_stride (fixture->surface);
  return ((const uint32_t *)(const void *)data)[x] & 0xffffff;
}

// Which colour there is most of around a point: 'r', 'g', or 0 for none.
static char
colour_at (Fixture *fixture, int x, int y) {
  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++) {
      uint32_t p = pixel (fixture, CLAMP (x + dx, 0, SIDE - 1), CLAMP (y + dy, 0, SIDE - 1));
      int red = p >> 16 & 255, green = p >> 8 & 255;

      if (red > 120 && green < 90)
        return 'r';
      if (green > 120 && red < 90)
        return 'g';
    }
  return 0;
}

static bool
marked (Fixture *fixture, int x, int y) {
  return colour_at (fixture, x, y) != 0;
}

// Column 30, row 10 of the image lies at (60, 20); turned clockwise at (180, 60); then mirrored at
// (20, 60).
static void
test_pixel_units (Fixture *fixture, gconstpointer fields) {
  static const struct {
    uint8_t quarter_turns;
    bool flip;
    int x, y;
  } cases[] = {{0, false, 60, 20},  {1, false, 180, 60}, {2, false, 140, 180},
               {3, false, 20, 140}, {1, true, 20, 60},   {0, true, 140, 20}};

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    fixture->params.quarter_turns = cases[i].quarter_turns;
    fixture->params.flip = cases[i].flip;
    draw (fixture, 0);
    for (size_t j = 0; j < G_N_ELEMENTS (cases); j++)
      g_assert_cmpint (marked (fixture, cases[j].x, cases[j].y), ==, i == j);
  }
}

// The displayed area is columns 51 to 100, rows 1 to 50. On the screen (0.5, 0.25) of it is right of
// the middle however the image lies below: the point stays with the area's place, not with a pixel.
static void
test_display_units (Fixture *fixture, gconstpointer fields) {
  draw (fixture, 0); // the area is 100..200, 0..100
  g_assert_true (marked (fixture, 150, 25));
  fixture->params.quarter_turns = 1; // now 100..200, 100..200
  draw (fixture, 0);
  g_assert_true (marked (fixture, 150, 125));
  g_assert_false (marked (fixture, 150, 25));
  fixture->params.quarter_turns = 0;
  fixture->params.flip = true; // now 0..100, 0..100
  draw (fixture, 0);
  g_assert_true (marked (fixture, 50, 25));
}

// About (50, 50) with a radius of 20: 40 device pixels.
static void
test_circle (Fixture *fixture, gconstpointer fields) {
  draw (fixture, 0);
  g_assert_true (marked (fixture, 140, 100));
  g_assert_true (marked (fixture, 60, 100));
  g_assert_true (marked (fixture, 100, 140));
  g_assert_true (marked (fixture, 128, 128)); // 40 / sqrt 2 off
  g_assert_false (marked (fixture, 100, 100));
}

static void
test_filled_circle (Fixture *fixture, gconstpointer fields) {
  draw (fixture, 1);
  g_assert_true (marked (fixture, 140, 100));
  g_assert_cmphex (pixel (fixture, 100, 100), !=, 0xffffff); // filled, and seen through
  g_assert_cmphex (pixel (fixture, 100, 100) >> 8 & 255, >, 100);
  g_assert_cmphex (pixel (fixture, 30, 30), ==, 0xffffff);
}

// Axes from (20, 50) to (80, 50) and from (50, 40) to (50, 60).
static void
test_ellipse (Fixture *fixture, gconstpointer fields) {
  draw (fixture, 0);
  g_assert_true (marked (fixture, 40, 100));
  g_assert_true (marked (fixture, 160, 100));
  g_assert_true (marked (fixture, 100, 80));
  g_assert_true (marked (fixture, 100, 120));
  g_assert_false (marked (fixture, 100, 100));
  g_assert_false (marked (fixture, 45, 82));
  fixture->params.quarter_turns = 1;
  draw (fixture, 0);
  g_assert_true (marked (fixture, 100, 40));
  g_assert_true (marked (fixture, 80, 100));
}

static void
test_lines (Fixture *fixture, gconstpointer fields) {
  draw (fixture, 0);
  g_assert_true (marked (fixture, 60, 20)); // the middle of the first
  g_assert_true (marked (fixture, 100, 60));
  g_assert_false (marked (fixture, 60, 60)); // not closed by itself
}

// Through all of its points.
static void
test_interpolated (Fixture *fixture, gconstpointer fields) {
  draw (fixture, 0);
  g_assert_true (marked (fixture, 20, 100));
  g_assert_true (marked (fixture, 100, 20));
  g_assert_true (marked (fixture, 180, 100));
}

// Two lines, one over the other: the layer of the higher order is seen, whichever comes first.
static void
test_layers (Fixture *fixture, gconstpointer fields) {
  draw (fixture, 0);
  g_assert_cmpint (colour_at (fixture, 100, 100), ==, 'r');
  g_assert_cmpint (colour_at (fixture, 100, 40), ==, 'g'); // where there is nothing above it
}

// Light lines have a dark rim: they are seen on white too.
static void
test_rim (Fixture *fixture, gconstpointer fields) {
  int darkest = 255;

  draw (fixture, 1);
  g_assert_true (marked (fixture, 100, 100));
  for (int y = 90; y < 110; y++)
    darkest = MIN (darkest, (int)(pixel (fixture, 100, y) >> 8 & 255));
  g_assert_cmpint (darkest, <, 128);
}

// Only on the image that the annotation names.
static void
test_images (Fixture *fixture, gconstpointer fields) {
  draw (fixture, 0);
  g_assert_false (marked (fixture, 100, 100));
  state_fixture_slice_clear (&fixture->slice);
  fixture->slice = state_fixture_slice (4, 0);
  draw (fixture, 0);
  g_assert_true (marked (fixture, 100, 100));
}

typedef struct {
  int left, top, right, bottom;
} Bounds;

static Bounds
bounds (Fixture *fixture) {
  Bounds b = {SIDE, SIDE, -1, -1};

  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      if ((pixel (fixture, x, y) >> 16) > 100)
        b = (Bounds){MIN (b.left, x), MIN (b.top, y), MAX (b.right, x), MAX (b.bottom, y)};
  return b;
}

#define TEXT(fields)                                                                               \
  LAYERS "," ANNOTATIONS ("{" A ("00700002", "CS", "'TOP'") "," ITEM (                             \
      "00700008", A ("00700006", "ST", "'Node'") "," fields) "}")
#define BOX(first, last, justification)                                                            \
  A ("00700003", "CS", "'PIXEL'")                                                                  \
  "," A ("00700010", "FL", first) "," A ("00700011", "FL", last) "," A ("00700012", "CS",          \
                                                                        "'" justification "'")

// In a box from (20, 20) to (180, 60): at its left, its middle or its right.
static void
test_text (Fixture *fixture, gconstpointer fields) {
  Bounds left, centre, right;
  Fixture others[2];

  draw (fixture, 0);
  left = bounds (fixture);
  set_up (&others[0], TEXT (BOX ("10,10", "90,30", "CENTER")));
  draw (&others[0], 0);
  centre = bounds (&others[0]);
  set_up (&others[1], TEXT (BOX ("90,30", "10,10", "RIGHT"))); // as a turned picture has them
  draw (&others[1], 0);
  right = bounds (&others[1]);
  g_assert_cmpint (left.left, >=, 19);
  g_assert_cmpint (left.left, <, 26);
  g_assert_cmpint (left.top, >=, 19);
  g_assert_cmpint (left.bottom, <, 60);
  g_assert_cmpint (ABS (centre.left + centre.right - 200), <, 6);
  g_assert_cmpint (right.right, >, 174);
  g_assert_cmpint (right.right, <, 182);
  g_assert_cmpint (right.top, ==, left.top);
  tear_down (&others[0], NULL);
  tear_down (&others[1], NULL);
}

// Upright, whichever way the picture lies: wider than high, and within the turned box.
static void
test_text_stays_upright (Fixture *fixture, gconstpointer fields) {
  Bounds b;

  fixture->params.quarter_turns = 1;
  draw (fixture, 0);
  b = bounds (fixture);
  g_assert_cmpint (b.right - b.left, >, b.bottom - b.top);
  g_assert_cmpint (b.left, >=, 139); // rows 10 to 30 come to columns 180 to 140
  g_assert_cmpint (b.top, >=, 19);
}

static bool
any_marked (Fixture *fixture, int left, int top, int right, int bottom) {
  for (int y = top; y < bottom; y++)
    for (int x = left; x < right; x++)
      if (marked (fixture, x, y))
        return true;
  return false;
}

// From the anchor at (160, 160) to the text at (100, 100).
static void
test_anchor (Fixture *fixture, gconstpointer fields) {
  draw (fixture, 0);
  g_assert_true (marked (fixture, 160, 160));
  g_assert_true (any_marked (fixture, 135, 125, 155, 155));
}

static void
test_hidden_anchor (Fixture *fixture, gconstpointer fields) {
  draw (fixture, 0);
  g_assert_false (any_marked (fixture, 140, 125, 200, 200));
  g_assert_cmpint (bounds (fixture).right, >, 0);
}

#define ANCHOR(visible)                                                                            \
  A ("00700004", "CS", "'PIXEL'")                                                                  \
  "," A ("00700014", "FL", "80,80") "," A ("00700015", "CS", "'" visible "'")

// Far outside, in numbers no screen has; nothing comes of it but nothing breaks.
static void
test_far_away (Fixture *fixture, gconstpointer fields) {
  fixture->params.zoom = 1000;
  draw (fixture, 0);
  fixture->params.zoom = 1e-3;
  draw (fixture, 0);
}

#define STATE_TEST(name, fields, function)                                                         \
  g_test_add ("/presentation-draw/" name, Fixture, fields, set_up, function, tear_down)

int
main (int argc, char **argv) {
  int status;

  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  folder = prc_fixture_folder ();
  STATE_TEST ("pixel-units", MARKS (SHAPE ("PIXEL", "POINT", "1", "30,10")), test_pixel_units);
  STATE_TEST (
      "display-units",
      MARKS (SHAPE ("DISPLAY", "POINT", "1", "0.5,0.25")) ",'0070005A':{'vr':'SQ','Value':[{" A (
          "00700052", "SL", "51,1") "," A ("00700053", "SL", "100,50") "}]}",
      test_display_units);
  STATE_TEST ("circle", MARKS (SHAPE ("PIXEL", "CIRCLE", "2", "50,50,70,50")), test_circle);
  STATE_TEST ("filled-circle", MARKS (FILLED ("CIRCLE", "2", "50,50,70,50")), test_filled_circle);
  STATE_TEST ("ellipse", MARKS (SHAPE ("PIXEL", "ELLIPSE", "4", "20,50,80,50,50,40,50,60")),
              test_ellipse);
  STATE_TEST ("lines", MARKS (SHAPE ("PIXEL", "POLYLINE", "3", "10,10,50,10,50,50")), test_lines);
  STATE_TEST ("interpolated", MARKS (SHAPE ("PIXEL", "INTERPOLATED", "3", "10,50,50,10,90,50")),
              test_interpolated);
  STATE_TEST ("layers",
              LAYERS
              "," ANNOTATIONS (ON ("TOP", SHAPE ("PIXEL", "POLYLINE", "2", "10,50,90,50")) "," ON (
                  "LOW", SHAPE ("PIXEL", "POLYLINE", "2", "50,10,50,90"))),
              test_layers);
  STATE_TEST ("rim", MARKS (SHAPE ("PIXEL", "POLYLINE", "2", "10,50,90,50")), test_rim);
  STATE_TEST (
      "images",
      LAYERS "," ANNOTATIONS ("{" STATE_IMAGE ("1.2.3.4") "," A (
          "00700002", "CS", "'TOP'") ",'00700009':{'vr':'SQ','Value':[" SHAPE ("PIXEL", "POINT",
                                                                               "1", "50,50") "]}}"),
      test_images);
  STATE_TEST ("text", TEXT (BOX ("10,10", "90,30", "LEFT")), test_text);
  STATE_TEST ("text-stays-upright", TEXT (BOX ("10,10", "90,30", "LEFT")), test_text_stays_upright);
  STATE_TEST ("anchor", TEXT (BOX ("50,50", "70,70", "LEFT") "," ANCHOR ("Y")), test_anchor);
  STATE_TEST ("hidden-anchor", TEXT (BOX ("50,50", "70,70", "LEFT") "," ANCHOR ("N")),
              test_hidden_anchor);
  STATE_TEST ("far-away",
              MARKS (SHAPE ("PIXEL", "POLYLINE", "2", "-9e6,-9e6,9e6,9e6") "," SHAPE (
                  "PIXEL", "ELLIPSE", "4", "0,0,0,0,0,0,0,0") "," SHAPE ("DISPLAY", "CIRCLE", "2",
                                                                         "-9e6,0,9e6,0")),
              test_far_away);
  status = g_test_run ();
  prc_fixture_remove (folder);
  g_free (folder);
  prc_codec_pool_unref (pool);
  return status;
}
