// SPDX-License-Identifier: Apache-2.0
#include "prc-contour.h"

#include <math.h>
#include <string.h>

// Pixels of 1 mm, pixel (c, r) at (c, r, 0), unless a test wants others.
static const PrcPlane flat = {
    .has_position = true,
    .has_orientation = true,
    .row_direction = {1, 0, 0},
    .column_direction = {0, 1, 0},
    .row_spacing_mm = 1,
    .column_spacing_mm = 1,
};

// Turned, away from the origin, and with other spacings one way and the other.
static const PrcPlane oblique = {
    .has_position = true,
    .position_mm = {-120.5, 33.25, 881.125},
    .has_orientation = true,
    .row_direction = {0.6, 0.8, 0},
    .column_direction = {0, 0, -1},
    .row_spacing_mm = 2.5,
    .column_spacing_mm = 0.9765625,
};

// The mask as one letter a pixel, rows joined.
static char *
drawn (const PrcMask *mask) {
  uint32_t columns = prc_mask_columns (mask);
  GString *text = g_string_new (NULL);

  for (uint32_t row = 0; row < prc_mask_rows (mask); row++) {
    size_t at = text->len, n;
    const PrcSpan *spans = prc_mask_row (mask, row, &n);

    g_string_set_size (text, at + columns);
    memset (text->str + at, '.', columns);
    for (size_t i = 0; i < n; i++)
      memset (text->str + at + spans[i].first, '#', spans[i].end - spans[i].first);
    g_string_append_c (text, '/');
  }
  return g_string_free (text, FALSE);
}

// `text` says the points: column, row, column, row, ... on `flat`.
static PrcContour
contour_of (PrcContourType type, const char *text) {
  g_auto (GStrv) words = g_strsplit_set (text, " ,", -1);
  PrcContour contour = {.type = type, .n_points = g_strv_length (words) / 2, .source_uid = ""};
  double *points = g_new0 (double, 3 * contour.n_points + 1);

  for (uint32_t i = 0; i < contour.n_points; i++) {
    points[3 * i] = g_ascii_strtod (words[2 * i], NULL);
    points[3 * i + 1] = g_ascii_strtod (words[2 * i + 1], NULL);
  }
  contour.points_mm = points;
  return contour;
}

// What contours of one type, given one after the other up to NULL, cover of `rows` x `columns`.
static char *G_GNUC_NULL_TERMINATED
covered (uint32_t rows, uint32_t columns, PrcContourType type, ...) {
  g_autoptr (GArray) contours = g_array_new (FALSE, FALSE, sizeof (PrcContour));
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  const char *text;
  va_list texts;

  va_start (texts, type);
  while ((text = va_arg (texts, const char *)) != NULL) {
    PrcContour contour = contour_of (type, text);
    g_array_append_val (contours, contour);
  }
  va_end (texts);
  for (guint i = 0; i < contours->len; i++)
    g_ptr_array_add (list, &g_array_index (contours, PrcContour, i));
  g_autoptr (PrcMask) mask = prc_contour_mask ((const PrcContour *const *)list->pdata, list->len,
                                               &flat, rows, columns, INFINITY);
  for (guint i = 0; i < contours->len; i++)
    g_free ((double *)g_array_index (contours, PrcContour, i).points_mm);
  return drawn (mask);
}

#define assert_covered(expected, rows, columns, ...)                                               \
  G_STMT_START {                                                                                   \
    g_autofree char *text = covered (rows, columns, __VA_ARGS__, NULL);                            \
    g_assert_cmpstr (text, ==, expected);                                                          \
  }                                                                                                \
  G_STMT_END

#define PLANAR PRC_CONTOUR_CLOSED_PLANAR
#define XOR    PRC_CONTOUR_CLOSED_PLANAR_XOR
#define OPEN   PRC_CONTOUR_OPEN
#define POINT  PRC_CONTOUR_POINT

// PS3.3 C.8.8.6: the centre counts, not how much of the pixel.
static void
test_centres (void) {
  assert_covered ("...../.##../.##../...../", 4, 5, PLANAR, "0.6,0.6 2.1,0.6 2.1,2.9 0.6,2.9");
  // 0.9 of the pixels (0, 1) and (0, 2) and not their centres, which is the same as not at all.
  assert_covered ("...../.##../.##../...../", 4, 5, PLANAR, "0.4,0.6 2.1,0.6 2.1,2.9 0.4,2.9");
  assert_covered ("...../..#../.###./..#../", 4, 5, PLANAR, "2,0.4 3.6,2 2,3.6 0.4,2");
}

// A centre on the boundary is in on the left and on top.
static void
test_boundary (void) {
  assert_covered ("...../.##../.##../...../", 4, 5, PLANAR, "1,1 3,1 3,3 1,3");
  assert_covered ("...../.##../.##../...../", 4, 5, PLANAR, "1,3 3,3 3,1 1,1");
  // The decimals of the file decide nothing.
  assert_covered ("...../.##../.##../...../", 4, 5, PLANAR, "1.0001,0.9999 3,1 3.0002,3.0001 1,3");
}

// Triangles that share edges, with corners on centres, between them and beyond the picture: each
// pixel of the whole is in one of them.
static void
test_neighbours_share_no_pixel_and_lose_none (void) {
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (int turn = 0; turn < 300; turn++) {
    double points[9][3] = {{-9, -9, 0}, {0, -9, 0},  {40, -9, 0}, {-9, 0, 0}, {0},
                           {40, 0, 0},  {-9, 30, 0}, {0, 30, 0},  {40, 30, 0}};
    int fine = turn % 3 == 0 ? 1 : turn % 3 == 1 ? 2 : 64;
    g_autofree uint8_t *hits = g_new0 (uint8_t, 20 * 30);

    points[1][0] = points[7][0] = g_rand_int_range (rand, 0, 30 * fine) / (double)fine;
    points[3][1] = points[5][1] = g_rand_int_range (rand, 0, 20 * fine) / (double)fine;
    points[4][0] = g_rand_int_range (rand, 0, 30 * fine) / (double)fine;
    points[4][1] = g_rand_int_range (rand, 0, 20 * fine) / (double)fine;
    for (int i = 0; i < 8; i++) {
      static const int ring[] = {0, 1, 2, 5, 8, 7, 6, 3, 0};
      double corners[9];
      PrcContour contour = {.type = PLANAR, .n_points = 3, .points_mm = corners};
      const PrcContour *list = &contour;

      memcpy (corners, points[4], sizeof points[4]);
      memcpy (corners + 3, points[ring[i + turn % 2]], sizeof points[0]);
      memcpy (corners + 6, points[ring[i + 1 - turn % 2]], sizeof points[0]);
      g_autoptr (PrcMask) mask = prc_contour_mask (&list, 1, &flat, 20, 30, INFINITY);
      for (uint32_t pixel = 0; pixel < 20 * 30; pixel++)
        hits[pixel] += prc_mask_contains (mask, pixel % 30, pixel / 30);
    }
    for (uint32_t pixel = 0; pixel < 20 * 30; pixel++)
      g_assert_cmpuint (hits[pixel], ==, 1);
  }
}

static void
test_keyhole (void) {
  // In from the left edge to a hole of 2 x 1 and back the same way.
  assert_covered ("####/#..#/####/", 3, 4, PLANAR,
                  "-.5,-.5 -.5,.5 .5,.5 .5,1.5 2.5,1.5 2.5,.5 .5,.5 -.5,.5 -.5,2.5 3.5,2.5 "
                  "3.5,-.5");
  // The line may go anywhere, across centres too.
  assert_covered ("#####/##.##/#####/", 3, 5, PLANAR,
                  "-.5,-.5 1.5,.5 1.5,1.5 2.5,1.5 2.5,.5 1.5,.5 -.5,-.5 -.5,2.5 4.5,2.5 4.5,-.5");
}

#define OUTER  "0,0 7,0 7,7 0,7"
#define INNER  "1,1 6,1 6,6 1,6"
#define ISLAND "3,3 4,3 4,4 3,4"

static void
test_inner_loops_are_holes (void) {
  const char *ring = "#######/#.....#/#.....#/#.....#/#.....#/#.....#/#######/";
  const char *island = "#######/#.....#/#.....#/#..#..#/#.....#/#.....#/#######/";

  assert_covered (ring, 7, 7, PLANAR, OUTER, INNER);
  assert_covered (ring, 7, 7, PLANAR, INNER, OUTER);
  assert_covered (island, 7, 7, PLANAR, ISLAND, OUTER, INNER);
  assert_covered (island, 7, 7, XOR, ISLAND, OUTER, INNER);
}

static void
test_side_by_side_and_across (void) {
  assert_covered ("##.##/##.##/", 2, 5, PLANAR, "0,0 2,0 2,2 0,2", "3,0 5,0 5,2 3,2");
  // One across the other: both, as PS3.3 has no word of taking away.
  assert_covered ("###./####/.###/", 3, 4, PLANAR, "0,0 3,0 3,2 0,2", "1,1 4,1 4,3 1,3");
  assert_covered ("###./#..#/.###/", 3, 4, XOR, "0,0 3,0 3,2 0,2", "1,1 4,1 4,3 1,3");
}

// Written twice, from another corner on and the other way round; and once more.
static void
test_the_same_twice (void) {
  assert_covered ("##/##/", 2, 2, PLANAR, "0,0 2,0 2,2 0,2", "2,2 2,0 0,0 0,2");
  assert_covered ("##/##/", 2, 2, PLANAR, "0,0 2,0 2,2 0,2", "0,0 2,0 2,2 0,2", "2,2 2,0 0,0 0,2");
  assert_covered ("../../", 2, 2, XOR, "0,0 2,0 2,2 0,2", "2,2 2,0 0,0 0,2");
}

static void
test_lines_and_points (void) {
  assert_covered ("...../.####/...../", 3, 5, OPEN, "1.2,1 9,1");
  // Half a pixel below the middle of row 0 it is at column 0.3.
  assert_covered ("#..../##.../.##../..##./", 4, 5, OPEN, "-.2,0 3.2,3.4");
  assert_covered ("#.../#.../####/", 3, 4, OPEN, "0,-70 0,2 70,2");
  assert_covered ("..#/.../#../", 3, 3, POINT, "2.4,-0.4 0,2 7,1 -0.6,0");
  assert_covered (".#./", 1, 3, OPEN, "1,0");
}

static void
test_reach (void) {
  static const double points[] = {0, 0, -2, 8, 0, 2};
  PrcContour contour = {.type = OPEN, .n_points = 2, .points_mm = points};
  const PrcContour *list = &contour;
  g_autoptr (PrcMask) mask = prc_contour_mask (&list, 1, &flat, 1, 9, 0.5);
  g_autofree char *text = drawn (mask);
  double lowest, highest;

  g_assert_cmpstr (text, ==, "...###.../"); // from column 3 to column 5
  g_assert_true (prc_contour_offsets (&contour, &flat, &lowest, &highest));
  g_assert_cmpfloat (lowest, ==, -2);
  g_assert_cmpfloat (highest, ==, 2);
  contour.type = POINT;
  g_autoptr (PrcMask) none = prc_contour_mask (&list, 1, &flat, 1, 9, 0.5);
  g_assert_cmpuint (prc_mask_area (none), ==, 0);
}

static void
test_degenerate (void) {
  PrcPlane lost = flat;
  const PrcContour *none = NULL;
  double lowest, highest;

  assert_covered ("../../", 2, 2, PLANAR, "1,1");
  assert_covered ("../../", 2, 2, PLANAR, "0,0 1,1");
  assert_covered ("../../", 2, 2, PLANAR, "0,0 0,0 0,0");
  assert_covered ("../../", 2, 2, PLANAR, "0,0 2,0 1,0");
  assert_covered ("../../", 2, 2, PLANAR, "5,0 9,0 9,9 5,9"); // beyond
  lost.has_position = false;
  g_assert_null (prc_contour_mask (&none, 0, &lost, 2, 2, 1));
  g_assert_false (prc_contour_offsets (&(PrcContour){0}, &flat, &lowest, &highest));
  lost = flat;
  lost.row_spacing_mm = 0;
  g_assert_null (prc_contour_mask (&none, 0, &lost, 2, 2, 1));
  g_assert_null (prc_contour_mask (&none, 0, &flat, 0, 2, 1));
  g_assert_null (prc_contour_mask (&none, 0, &flat, 2, 65536, 1));
}

// No number breaks anything, and what lies within the picture is right where it can be.
static void
test_huge_and_nan (void) {
  const double wild[] = {NAN, INFINITY, -INFINITY, 1e308, -1e308, 1e16, -5e-324, 3};
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  assert_covered ("####/####/", 2, 4, PLANAR,
                  "-1e300,-1e300 1e300,-1e300 1e300,1e300 -1e300,1e300");
  assert_covered (".###/.###/", 2, 4, PLANAR, "1,-1e9 1e9,-1e9 1e9,1e9 1,1e9");
  for (int turn = 0; turn < 2000; turn++) {
    double points[15];
    PrcContour contour = {.type = (PrcContourType)(turn % 4), .n_points = 5, .points_mm = points};
    const PrcContour *list = &contour;

    for (int i = 0; i < 15; i++)
      points[i] = wild[g_rand_int_range (rand, 0, G_N_ELEMENTS (wild))];
    g_autoptr (PrcMask) mask = prc_contour_mask (&list, 1, &oblique, 40, 30, turn % 2 ? 1 : NAN);
    g_assert_cmpuint (prc_mask_area (mask), <=, 40 * 30);
  }
}

// A circle of radius 200 in 0.5 mm pixels, in a million points: the area is known.
static void
test_a_million_points (void) {
  const uint32_t n = 1000000;
  g_autofree double *points = g_new (double, 3 * (size_t)n);
  PrcContour contour = {.type = PLANAR, .n_points = n, .points_mm = points};
  const PrcContour *list = &contour;

  for (uint32_t i = 0; i < n; i++) {
    points[3 * i] = 255.5 + 200 * cos (2 * G_PI * i / n);
    points[3 * i + 1] = 255.5 + 200 * sin (2 * G_PI * i / n);
    points[3 * i + 2] = 0;
  }
  g_autoptr (PrcMask) mask = prc_contour_mask (&list, 1, &flat, 512, 512, INFINITY);
  g_assert_cmpfloat_with_epsilon ((double)prc_mask_area (mask), G_PI * 200 * 200, 100);
  // To and fro across the whole picture: an answer all the same.
  for (uint32_t i = 0; i < n; i++) {
    points[3 * i] = i % 512;
    points[3 * i + 1] = i % 2 == 0 ? -10 : 600;
  }
  contour.n_points = 200000;
  g_autoptr (PrcMask) hatched = prc_contour_mask (&list, 1, &flat, 512, 512, INFINITY);
  g_assert_nonnull (hatched);
}

// So many contours that they would take an hour are refused, and soon.
static void
test_too_much_work (void) {
  static const double points[] = {-1, -1, 0, 50, 2e4, 0, -1, 9e4, 0};
  PrcContour contour = {.type = XOR, .n_points = 3, .points_mm = points};
  g_autofree const PrcContour **list = g_new (const PrcContour *, 100000);

  for (int i = 0; i < 100000; i++)
    list[i] = &contour;
  g_assert_null (prc_contour_mask (list, 100000, &flat, 65535, 64, INFINITY));
}

// The outlines of `mask` are contours that are the same mask.
static void
assert_comes_back (const PrcMask *mask, const PrcPlane *plane) {
  g_autoptr (GPtrArray) outlines = prc_contour_outlines (mask, plane);
  g_autofree PrcContour *contours = g_new0 (PrcContour, outlines->len + 1);
  g_autofree const PrcContour **list = g_new0 (const PrcContour *, outlines->len + 1);

  for (guint i = 0; i < outlines->len; i++) {
    const GArray *points = g_ptr_array_index (outlines, i);

    g_assert_cmpuint (points->len % 3, ==, 0);
    g_assert_cmpuint (points->len, >=, 12);
    contours[i].type = PLANAR;
    contours[i].n_points = points->len / 3;
    contours[i].points_mm = (const double *)(const void *)points->data;
    list[i] = &contours[i];
  }
  g_autoptr (PrcMask) again = prc_contour_mask (list, outlines->len, plane, prc_mask_rows (mask),
                                                prc_mask_columns (mask), 0);
  g_autofree char *expected = drawn (mask), *text = drawn (again);
  g_assert_cmpstr (text, ==, expected);
}

static PrcMask *
mask_from_drawing (const char *text) {
  uint32_t columns = (uint32_t)strcspn (text, "/"), rows = (uint32_t)strlen (text) / (columns + 1);
  g_autofree uint8_t *bytes = g_new0 (uint8_t, (size_t)rows * columns);

  for (uint32_t i = 0; i < rows * columns; i++)
    bytes[i] = text[i / columns * (columns + 1) + i % columns] == '#';
  return prc_mask_new_from_bytes (rows, columns, bytes, columns);
}

static char *
outline_text (const char *drawing) {
  g_autoptr (PrcMask) mask = mask_from_drawing (drawing);
  g_autoptr (GPtrArray) outlines = prc_contour_outlines (mask, &flat);
  GString *text = g_string_new (NULL);

  assert_comes_back (mask, &oblique);
  for (guint i = 0; i < outlines->len; i++) {
    const GArray *points = g_ptr_array_index (outlines, i);

    g_string_append (text, i > 0 ? "; " : "");
    for (guint k = 0; k < points->len; k += 3)
      g_string_append_printf (text, "%s%g,%g", k > 0 ? " " : "",
                              g_array_index (points, double, k) + 0.5,
                              g_array_index (points, double, k + 1) + 0.5);
  }
  return g_string_free (text, FALSE);
}

#define assert_outline(drawing, expected)                                                          \
  G_STMT_START {                                                                                   \
    g_autofree char *text = outline_text (drawing);                                                \
    g_assert_cmpstr (text, ==, expected);                                                          \
  }                                                                                                \
  G_STMT_END

// Corners of pixels, from the upper left one of all down and round.
static void
test_outlines (void) {
  assert_outline ("..../", "");
  assert_outline ("#/", "0,0 0,1 1,1 1,0");
  assert_outline ("..../.##./.#../", "1,1 1,3 2,3 2,2 3,2 3,1");
  assert_outline ("##.#/", "0,0 0,1 2,1 2,0; 3,0 3,1 4,1 4,0");
  // Corners that touch part.
  assert_outline ("#./.#/", "0,0 0,1 1,1 1,0; 1,1 1,2 2,2 2,1");
  assert_outline (".#/#./", "1,0 1,1 2,1 2,0; 0,1 0,2 1,2 1,1");
}

static void
test_outlines_of_holes (void) {
  assert_outline ("###/#.#/###/", "0,0 0,1 2,1 2,2 1,2 1,1 0,1 0,3 3,3 3,0");
  // Two holes side by side hang on one another, an island is for itself.
  assert_outline ("#####/#.#.#/#####/", "0,0 0,1 4,1 4,2 3,2 3,1 2,1 2,2 1,2 1,1 0,1 0,3 5,3 5,0");
  g_autofree char *text = outline_text ("#####/#...#/#.#.#/#...#/#####/");
  g_assert_true (g_str_has_suffix (text, "; 2,2 2,3 3,3 3,2"));
}

static void
test_outlines_come_back (void) {
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (int turn = 0; turn < 3000; turn++) {
    uint32_t rows = (uint32_t)g_rand_int_range (rand, 1, 24);
    uint32_t columns = (uint32_t)g_rand_int_range (rand, 1, turn % 5 == 0 ? 140 : 24);
    double part = g_rand_double (rand);
    g_autofree uint8_t *bytes = g_new (uint8_t, (size_t)rows * columns);

    for (uint32_t i = 0; i < rows * columns; i++)
      bytes[i] = g_rand_double (rand) < part;
    g_autoptr (PrcMask) mask = prc_mask_new_from_bytes (rows, columns, bytes, columns);
    assert_comes_back (mask, turn % 2 == 0 ? &flat : &oblique);
  }
}

int
main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/contour/centres", test_centres);
  g_test_add_func ("/contour/boundary", test_boundary);
  g_test_add_func ("/contour/neighbours-share-no-pixel-and-lose-none",
                   test_neighbours_share_no_pixel_and_lose_none);
  g_test_add_func ("/contour/trap-34-keyhole", test_keyhole);
  g_test_add_func ("/contour/trap-34-inner-loops-are-holes", test_inner_loops_are_holes);
  g_test_add_func ("/contour/trap-34-side-by-side-and-across", test_side_by_side_and_across);
  g_test_add_func ("/contour/the-same-twice", test_the_same_twice);
  g_test_add_func ("/contour/trap-34-lines-and-points", test_lines_and_points);
  g_test_add_func ("/contour/reach", test_reach);
  g_test_add_func ("/contour/degenerate", test_degenerate);
  g_test_add_func ("/contour/huge-and-nan", test_huge_and_nan);
  g_test_add_func ("/contour/a-million-points", test_a_million_points);
  g_test_add_func ("/contour/too-much-work", test_too_much_work);
  g_test_add_func ("/contour/outlines", test_outlines);
  g_test_add_func ("/contour/outlines-of-holes", test_outlines_of_holes);
  g_test_add_func ("/contour/outlines-come-back", test_outlines_come_back);
  return g_test_run ();
}
