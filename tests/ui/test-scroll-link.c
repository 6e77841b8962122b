// SPDX-License-Identifier: Apache-2.0
#include "fake-store.h"
#include "prc-scroll-link.h"

// 20 slices of 2 mm from 100 mm on, and 50 of 1 mm from -30 mm on: slice 5 (110 mm) beside slice 10
// (-20 mm).
static void
test_millimetres (void) {
  g_autoptr (PrcSeries) leader = make_series ("1", "a", 20, 100, 2, 1);
  g_autoptr (PrcSeries) follower = make_series ("2", "b", 50, -30, 1, 1);
  PrcScrollLink link = prc_scroll_link_new (leader, 5, follower, 10);

  g_assert_true (link.by_mm);
  g_assert_cmpuint (prc_scroll_link_follow (&link, leader, 5, follower), ==, 10);
  g_assert_cmpuint (prc_scroll_link_follow (&link, leader, 8, follower), ==, 16); // 6 mm on
  g_assert_cmpuint (prc_scroll_link_follow (&link, leader, 3, follower), ==, 6);  // 4 mm back
  g_assert_cmpuint (prc_scroll_link_follow (&link, leader, 19, follower), ==, 38);
}

static void
test_clamped_at_the_ends (void) {
  g_autoptr (PrcSeries) leader = make_series ("1", "a", 20, 100, 2, 1);
  g_autoptr (PrcSeries) follower = make_series ("2", "b", 10, 0, 1, 1);
  PrcScrollLink link = prc_scroll_link_new (leader, 5, follower, 4);

  g_assert_cmpuint (prc_scroll_link_follow (&link, leader, 19, follower), ==, 9);
  g_assert_cmpuint (prc_scroll_link_follow (&link, leader, 0, follower), ==, 0);
  g_assert_cmpuint (prc_scroll_link_follow (&link, leader, 5, follower), ==, 4); // and back again
  link = prc_scroll_link_new (leader, 99, follower, 99);
  g_assert_cmpuint (link.leader_index, ==, 19);
  g_assert_cmpuint (link.follower_index, ==, 9);
  g_assert_cmpuint (prc_scroll_link_follow (&link, leader, 99, follower), ==, 9);
}

// Two scanners, two ways to count: one from the feet, one from the head.
static void
test_opposite_normals (void) {
  g_autoptr (PrcSeries) leader = make_series ("1", "a", 20, 0, 1, 1);
  g_autoptr (PrcSeries) follower = make_series ("2", "b", 20, 19, -1, 1);
  PrcScrollLink link = prc_scroll_link_new (leader, 10, follower, 10);

  g_assert_true (link.by_mm);
  g_assert_cmpfloat (link.direction, ==, -1);
  g_assert_cmpuint (prc_scroll_link_follow (&link, leader, 13, follower), ==, 7);
}

static void
test_without_geometry (void) {
  g_autoptr (PrcSeries) leader = make_series ("1", "a", 20, 100, 2, 1);
  g_autoptr (PrcSeries) follower = make_series ("2", "b", 30, 0, 0, 0);
  PrcScrollLink link = prc_scroll_link_new (leader, 5, follower, 10);

  g_assert_false (link.by_mm);
  g_assert_cmpuint (prc_scroll_link_follow (&link, leader, 8, follower), ==, 13);
  g_assert_cmpuint (prc_scroll_link_follow (&link, leader, 0, follower), ==, 5);
  g_assert_cmpuint (prc_scroll_link_follow (&link, leader, 19, follower), ==, 24);
}

static void
test_both_ways (void) {
  g_autoptr (PrcSeries) leader = make_series ("1", "a", 20, 100, 2, 1);
  g_autoptr (PrcSeries) follower = make_series ("2", "b", 50, -30, 1, -1);
  PrcScrollLink link = prc_scroll_link_new (leader, 7, follower, 25);
  PrcScrollLink back = prc_scroll_link_reversed (&link);

  for (guint i = 0; i < 20; i++) {
    guint there = prc_scroll_link_follow (&link, leader, i, follower);
    g_assert_cmpuint (prc_scroll_link_follow (&back, follower, there, leader), ==, i);
  }
}

int
main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scroll-link/millimetres", test_millimetres);
  g_test_add_func ("/scroll-link/clamped-at-the-ends", test_clamped_at_the_ends);
  g_test_add_func ("/scroll-link/opposite-normals", test_opposite_normals);
  g_test_add_func ("/scroll-link/without-geometry", test_without_geometry);
  g_test_add_func ("/scroll-link/both-ways", test_both_ways);
  return g_test_run ();
}
