// SPDX-License-Identifier: Apache-2.0
// Boxes in image pixels, whatever zoom and turn they are looked at with. Expected numbers by hand.
#include "prc-box-shape.h"

#include <math.h>

static const PrcFrameInfo info = {.rows = 100, .columns = 200, .pixel_aspect = 2};

static void
assert_box (PrcRegion box, double x, double y, double width, double height) {
  g_assert_cmpfloat_with_epsilon (box.x, x, 1e-9);
  g_assert_cmpfloat_with_epsilon (box.y, y, 1e-9);
  g_assert_cmpfloat_with_epsilon (box.width, width, 1e-9);
  g_assert_cmpfloat_with_epsilon (box.height, height, 1e-9);
}

static void
test_between (void) {
  assert_box (prc_box_between (&info, 10, 20, 40, 30), 10, 20, 30, 10);
  assert_box (prc_box_between (&info, 40, 20, 10, 30), 10, 20, 30, 10);
  assert_box (prc_box_between (&info, -9, 90, 30, 400), 0, 90, 30, 10);
  assert_box (prc_box_between (&info, 50, 50, 51, 70), 48.5, 50, 4, 20); // never smaller than 4
  assert_box (prc_box_between (&info, 200, 100, 250, 130), 196, 96, 4, 4);
  const PrcFrameInfo tiny = {.rows = 2, .columns = 3, .pixel_aspect = 1};
  assert_box (prc_box_between (&tiny, 1, 1, 1, 1), 0, 0, 3, 2);
}

static void
test_pulled (void) {
  const PrcRegion box = {10, 20, 30, 10};
  assert_box (prc_box_pulled (&info, &box, PRC_BOX_LEFT, 5, 99), 15, 20, 25, 10);
  assert_box (prc_box_pulled (&info, &box, PRC_BOX_LEFT, 50, 0), 36, 20, 4, 10); // not across
  assert_box (prc_box_pulled (&info, &box, PRC_BOX_RIGHT | PRC_BOX_BOTTOM, 500, 500), 10, 20, 190,
              80);
  assert_box (prc_box_pulled (&info, &box, PRC_BOX_TOP, 0, -30), 10, 0, 30, 30);
  assert_box (prc_box_pulled (&info, &box, PRC_BOX_INSIDE, 7, -3), 17, 17, 30, 10);
  assert_box (prc_box_pulled (&info, &box, PRC_BOX_INSIDE, 999, -999), 170, 0, 30, 10);
}

// Where the corner of the image is on the screen, by turn: the box goes with it.
static void
test_turned (void) {
  const PrcRegion box = {0, 0, 50, 10}; // at the top left of the image, twice as high on the screen
  static const struct {
    unsigned quarters;
    bool flip;
    double x, y, width, height;
  } cases[] = {
      {0, false, 0, 0, 100, 40},   // columns of 2 pixels, rows of 4, in a view of 400 x 400
      {0, true, 300, 0, 100, 40},  // the left of the image on the right
      {1, false, 360, 0, 40, 100}, // a quarter to the right: its top on the right
      {2, false, 300, 360, 100, 40}, {3, false, 0, 300, 40, 100},
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const PrcViewParams params = {.zoom = 2,
                                  .image_centre_x = 100,
                                  .image_centre_y = 50,
                                  .quarter_turns = (uint8_t)cases[i].quarters,
                                  .flip = cases[i].flip};
    assert_box (prc_box_to_view (&box, &params, &info, 400, 400), cases[i].x, cases[i].y,
                cases[i].width, cases[i].height);
  }
}

// The side of the image that is under the pointer, and the pointer's look on the screen.
static void
test_at (void) {
  const PrcRegion box = {80, 40, 40, 20}; // on the screen 80 x 80 in the middle
  PrcViewParams params = {.zoom = 2, .image_centre_x = 100, .image_centre_y = 50};
  static const struct {
    double x, y;
    int plain, turned;
    const char *cursor, *turned_cursor;
  } cases[] = {
      {162, 200, PRC_BOX_LEFT, PRC_BOX_BOTTOM, "ew-resize", "ew-resize"},
      {200, 158, PRC_BOX_TOP, PRC_BOX_LEFT, "ns-resize", "ns-resize"},
      {240, 240, PRC_BOX_RIGHT | PRC_BOX_BOTTOM, PRC_BOX_RIGHT | PRC_BOX_TOP, "nwse-resize",
       "nwse-resize"},
      {155, 245, PRC_BOX_LEFT | PRC_BOX_BOTTOM, PRC_BOX_RIGHT | PRC_BOX_BOTTOM, "nesw-resize",
       "nesw-resize"},
      {200, 200, PRC_BOX_INSIDE, PRC_BOX_INSIDE, "move", "move"},
      {150, 200, PRC_BOX_NOWHERE, PRC_BOX_NOWHERE, "crosshair", "crosshair"},
      {240, 260, PRC_BOX_NOWHERE, PRC_BOX_NOWHERE, "crosshair", "crosshair"},
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    params.quarter_turns = 0;
    PrcBoxPart part = prc_box_at (&box, &params, &info, 400, 400, cases[i].x, cases[i].y, 6);
    g_assert_cmpint (part, ==, cases[i].plain);
    g_assert_cmpstr (prc_box_cursor (part, &params), ==, cases[i].cursor);
    params.quarter_turns = 1; // the box on the screen is where it was
    part = prc_box_at (&box, &params, &info, 400, 400, cases[i].x, cases[i].y, 6);
    g_assert_cmpint (part, ==, cases[i].turned);
    g_assert_cmpstr (prc_box_cursor (part, &params), ==, cases[i].turned_cursor);
  }
}

static void
test_words (void) {
  const PrcRegion box = {0, 0, 48.4, 20};
  PrcPlane plane = {.column_spacing_mm = 0.5, .row_spacing_mm = 0.9};
  g_autofree char *mm = prc_box_words (&box, &plane);
  g_assert_cmpstr (mm, ==, "24 × 18 mm");
  plane.row_spacing_mm = 0.21;
  g_autofree char *small = prc_box_words (&box, &plane);
  g_assert_cmpstr (small, ==, "24.2 × 4.2 mm");
  plane.row_spacing_mm = 0; // nobody knows
  g_autofree char *pixels = prc_box_words (&box, &plane);
  g_assert_cmpstr (pixels, ==, "48 × 20 pixels");
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/box-shape/between", test_between);
  g_test_add_func ("/box-shape/pulled", test_pulled);
  g_test_add_func ("/box-shape/turned", test_turned);
  g_test_add_func ("/box-shape/at", test_at);
  g_test_add_func ("/box-shape/words", test_words);
  return g_test_run ();
}
