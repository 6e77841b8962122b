// SPDX-License-Identifier: Apache-2.0
// Display shutters (PS3.3 C.7.6.11, C.7.6.15); what is seen, drawn by hand.
#include <sys/resource.h>

#include "prc-shutter.h"

#include <string.h>

static char *
drawn (const PrcMask *mask) {
  GString *text = g_string_new (NULL);

  if (mask == NULL)
    return g_string_free (g_string_assign (text, "all"), FALSE);
  for (uint32_t row = 0; row < prc_mask_rows (mask); row++) {
    for (uint32_t column = 0; column < prc_mask_columns (mask); column++)
      g_string_append_c (text, prc_mask_contains (mask, column, row) ? '#' : '.');
    g_string_append_c (text, '/');
  }
  return g_string_free (text, FALSE);
}

static void
assert_seen (const PrcShutter *shutter, uint32_t rows, uint32_t columns, double aspect,
             const char *expected) {
  g_autoptr (PrcMask) seen = prc_shutter_visible (shutter, rows, columns, aspect);
  g_autofree char *text = drawn (seen);

  g_assert_cmpstr (text, ==, expected);
}

// Pixels count from 1 and the edges belong to what is seen.
static void
test_trap_29_rectangle (void) {
  PrcShutter shutter = {.rectangular = true, .left = 2, .right = 4, .upper = 2, .lower = 3};

  assert_seen (&shutter, 4, 5, 1, "...../.###./.###./...../");
  shutter = (PrcShutter){.rectangular = true, .left = 4, .right = 2, .upper = 3, .lower = 2};
  assert_seen (&shutter, 4, 5, 1, "...../.###./.###./...../"); // edges the wrong way round
  shutter = (PrcShutter){.rectangular = true, .left = -9, .right = 1, .upper = 4, .lower = 99};
  assert_seen (&shutter, 4, 5, 1, "...../...../...../#..../");
}

// A pixel as far from the centre as the radius is seen: (3, 5) lies two from (3, 3).
static void
test_trap_29_circle (void) {
  PrcShutter shutter = {.circular = true, .centre_row = 3, .centre_column = 3, .radius = 2};

  assert_seen (&shutter, 5, 6, 1, "..#.../.###../#####./.###../..#.../");
  // Pixels twice as high as wide: as round on the screen, half as many rows.
  assert_seen (&shutter, 5, 6, 2, "....../..#.../#####./..#.../....../");
}

// Row before column; an even polygon with a notch: (1,1) (1,7) (5,7) (2,4) (5,1), as row, column.
static void
test_trap_29_polygon (void) {
  static const int32_t vertices[] = {1, 1, 1, 7, 5, 7, 2, 4, 5, 1};
  PrcShutter shutter = {.vertices = vertices, .n_vertices = 5};

  assert_seen (&shutter, 6, 8, 1, "#######./#######./###.###./##...##./#.....#./......../");
}

static void
test_trap_29_polygon_row_before_column (void) {
  static const int32_t vertices[] = {2, 3, 2, 5, 3, 5, 3, 3};
  PrcShutter shutter = {.vertices = vertices, .n_vertices = 4};

  assert_seen (&shutter, 4, 6, 1, "....../..###./..###./....../");
}

// Where the overlay is set the picture is not seen; its origin may lie beside the image.
static void
test_trap_29_bitmap (void) {
  static const PrcRowSpan spans[] = {{0, 0, 3}, {1, 1, 2}};
  g_autoptr (PrcMask) bitmap = prc_mask_new_from_spans (2, 3, spans, 2);
  PrcShutter shutter = {.bitmap = bitmap, .bitmap_row = 2, .bitmap_column = 0};

  assert_seen (&shutter, 3, 4, 1, "####/..##/.###/");
}

static void
test_trap_29_all_at_once (void) {
  static const PrcRowSpan spans[] = {{0, 0, 1}};
  static const int32_t vertices[] = {1, 1, 1, 9, 9, 9, 9, 1};
  g_autoptr (PrcMask) bitmap = prc_mask_new_from_spans (1, 1, spans, 1);
  PrcShutter shutter = {.rectangular = true,
                        .left = 1,
                        .right = 3,
                        .upper = 1,
                        .lower = 9,
                        .circular = true,
                        .centre_row = 3,
                        .centre_column = 3,
                        .radius = 2,
                        .vertices = vertices,
                        .n_vertices = 4,
                        .bitmap = bitmap,
                        .bitmap_row = 3,
                        .bitmap_column = 3};

  assert_seen (&shutter, 5, 6, 1, "..#.../.##.../##..../.##.../..#.../");
}

// A shutter that leaves nothing, or takes nothing, is none.
static void
test_nothing_and_everything (void) {
  static const int32_t flat[] = {1, 1, 2, 2};
  PrcShutter beside = {.rectangular = true, .left = 7, .right = 9, .upper = 1, .lower = 4};
  PrcShutter around = {.rectangular = true, .left = 0, .right = 9, .upper = 0, .lower = 9};
  PrcShutter line = {.vertices = flat, .n_vertices = 2};
  PrcShutter none = {0};

  assert_seen (&beside, 4, 5, 1, "all");
  assert_seen (&around, 4, 5, 1, "all");
  assert_seen (&line, 4, 5, 1, "all");
  assert_seen (&none, 4, 5, 1, "all");
}

static void
test_impossible_numbers (void) {
  static const int32_t vertices[] = {G_MININT32, G_MAXINT32, G_MAXINT32, G_MAXINT32,
                                     G_MAXINT32, G_MININT32, G_MININT32, G_MININT32};
  PrcShutter shutter = {.rectangular = true,
                        .left = G_MININT32,
                        .right = G_MAXINT32,
                        .upper = G_MININT32,
                        .lower = G_MAXINT32,
                        .circular = true,
                        .centre_row = G_MAXINT32,
                        .centre_column = G_MININT32,
                        .radius = G_MAXINT32,
                        .vertices = vertices,
                        .n_vertices = 4};

  assert_seen (&shutter, 4, 5, 1, "all");
}

static long
peak_kb (void) {
  struct rusage usage;

  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  return usage.ru_maxrss;
}

// A polygon that crosses every row of a narrow picture thousands of times takes no more memory than
// its rows.
static void
test_polygon_to_and_fro (void) {
  static int32_t vertices[2 * PRC_SHUTTER_MAX_VERTICES];
  PrcShutter shutter = {.vertices = vertices, .n_vertices = PRC_SHUTTER_MAX_VERTICES};
  long before = peak_kb ();

  for (int i = 0; i < PRC_SHUTTER_MAX_VERTICES; i++) {
    vertices[2 * i] = i % 2 ? 1000 : 1;
    vertices[2 * i + 1] = 1 + i % 4 / 2;
  }
  g_autoptr (PrcMask) seen = prc_shutter_visible (&shutter, 1000, 3, 1);
  g_assert_cmpuint (prc_mask_area (seen), ==, 2000);
#ifndef __SANITIZE_ADDRESS__ // which keeps what was freed for a while
  g_assert_cmpint (peak_kb () - before, <, 32 << 10);
#else
  g_assert_cmpint (peak_kb (), >=, before);
#endif
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shutter/trap-29-rectangle", test_trap_29_rectangle);
  g_test_add_func ("/shutter/trap-29-circle", test_trap_29_circle);
  g_test_add_func ("/shutter/trap-29-polygon", test_trap_29_polygon);
  g_test_add_func ("/shutter/trap-29-polygon-row-before-column",
                   test_trap_29_polygon_row_before_column);
  g_test_add_func ("/shutter/trap-29-bitmap", test_trap_29_bitmap);
  g_test_add_func ("/shutter/trap-29-all-at-once", test_trap_29_all_at_once);
  g_test_add_func ("/shutter/nothing-and-everything", test_nothing_and_everything);
  g_test_add_func ("/shutter/impossible-numbers", test_impossible_numbers);
  g_test_add_func ("/shutter/polygon-to-and-fro", test_polygon_to_and_fro);
  return g_test_run ();
}
