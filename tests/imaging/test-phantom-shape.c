// SPDX-License-Identifier: Apache-2.0
// Solids, the painter and the trees, against geometry worked out by hand.
#include "phantom-shape.h"
#include "phantom-torso.h"
#include "phantom-tree.h"

#define EPSILON 1e-3

// A block of 1 mm voxels, the atlas laid straight over it, its middle at the origin.
static PrcVolume *
straight_volume (uint32_t side, unsigned n_channels) {
  const uint32_t size[3] = {side, side, side};
  const float spacing[3] = {1, 1, 1};
  const PrcBodyShape shape = {.scale = {1, 1, 1}, .bend_size = 100};
  float first = -0.5f * (float)(side - 1);
  return prc_volume_new (size, spacing, (PrcPoint){first, first, first}, n_channels, &shape);
}

static size_t
count_organ (const PrcVolume *volume, PrcOrgan organ) {
  size_t n = 0;
  for (size_t i = 0; i < prc_volume_length (volume); i++)
    n += volume->organ[i] == organ;
  return n;
}

// ---- curves ----

static void
test_curves (void) {
  const PrcKnot knots[] = {{0, 10}, {10, 20}, {30, 0}};
  g_assert_cmpfloat_with_epsilon (PRC_PROFILE (knots, -5), 10, EPSILON);
  g_assert_cmpfloat_with_epsilon (PRC_PROFILE (knots, 5), 15, EPSILON);
  g_assert_cmpfloat_with_epsilon (PRC_PROFILE (knots, 20), 10, EPSILON);
  g_assert_cmpfloat_with_epsilon (PRC_PROFILE (knots, 99), 0, EPSILON);
  g_assert_cmpfloat_with_epsilon (prc_step (2, 4, 3), 0.5, EPSILON);
  g_assert_cmpfloat_with_epsilon (prc_step (4, 2, 1), 1, EPSILON); // falling
  g_assert_cmpfloat_with_epsilon (prc_bump (0, 5), 1, EPSILON);
  g_assert_cmpfloat (prc_bump (10, 5), ==, 0);
  g_assert_cmpfloat (prc_bump (-3, 5), ==, prc_bump (3, 5));
  g_assert_cmpfloat_with_epsilon (prc_smooth_min (1, 9, 4), 1, EPSILON); // far apart: the smaller
  g_assert_cmpfloat_with_epsilon (prc_smooth_min (2, 2, 4), 1, EPSILON); // equal: k / 4 less
  g_assert_cmpfloat_with_epsilon (prc_smooth_max (2, 2, 4), 3, EPSILON);
}

// ---- distances ----

static void
test_ellipsoid (void) {
  PrcEllipsoid ball = {{1, 2, 3}, {5, 5, 5}, 0, 0, 0, 0}, egg = {{0, 0, 0}, {10, 4, 6}, 0, 0, 0, 0};
  g_assert_cmpfloat_with_epsilon (prc_ellipsoid_distance (&ball, (PrcPoint){1, 2, 11}), 3, EPSILON);
  g_assert_cmpfloat_with_epsilon (prc_ellipsoid_distance (&ball, (PrcPoint){4, 2, 3}), -2, EPSILON);
  g_assert_cmpfloat_with_epsilon (prc_ellipsoid_distance (&ball, ball.centre), -5, EPSILON);
  g_assert_cmpfloat_with_epsilon (prc_ellipsoid_distance (&egg, (PrcPoint){10, 0, 0}), 0, EPSILON);
  g_assert_cmpfloat_with_epsilon (prc_ellipsoid_distance (&egg, (PrcPoint){0, -4, 0}), 0, EPSILON);
  egg.turn = (float)G_PI_2; // the long axis now points to the back
  g_assert_cmpfloat_with_epsilon (prc_ellipsoid_distance (&egg, (PrcPoint){0, 10, 0}), 0, EPSILON);
  g_assert_cmpfloat_with_epsilon (prc_ellipsoid_distance (&egg, (PrcPoint){4, 0, 0}), 0, EPSILON);
}

static void
test_capsule (void) {
  PrcCapsule rod = {{{0, 0, 0}, 2}, {{0, 0, 10}, 4}};
  g_assert_cmpfloat_with_epsilon (prc_capsule_distance (&rod, (PrcPoint){7, 0, 5}), 4,
                                  EPSILON); // radius 3 halfway
  g_assert_cmpfloat_with_epsilon (prc_capsule_distance (&rod, (PrcPoint){0, 0, -5}), 3, EPSILON);
  g_assert_cmpfloat_with_epsilon (prc_capsule_distance (&rod, (PrcPoint){0, 0, 12}), -2, EPSILON);
}

static void
test_boxes_hold_their_shapes (void) {
  PrcEllipsoid e = {{3, -2, 5}, {9, 4, 6}, 0.7f, 0.5f, 5, 1};
  PrcCapsule c = {{{-4, 0, 2}, 3}, {{5, 6, -7}, 1}};
  PrcBox boxes[] = {prc_ellipsoid_box (&e), prc_capsule_box (&c)};
  PrcRandom random;
  prc_random_init (&random, 1);
  for (int i = 0; i < 20000; i++) {
    PrcPoint p = prc_point_random (&random, (PrcPoint){-20, -20, -20}, (PrcPoint){20, 20, 20});
    bool inside[] = {prc_ellipsoid_distance (&e, p) < 0, prc_capsule_distance (&c, p) < 0};
    for (int k = 0; k < 2; k++)
      if (inside[k])
        g_assert_true (p.x >= boxes[k].low.x && p.x <= boxes[k].high.x && p.y >= boxes[k].low.y &&
                       p.y <= boxes[k].high.y && p.z >= boxes[k].low.z && p.z <= boxes[k].high.z);
  }
}

// ---- painting ----

static void
test_paint_ball (void) {
  PrcVolume *volume = straight_volume (41, 1);
  PrcEllipsoid ball = {{0, 0, 0}, {12, 12, 12}, 0, 0, 0, 0};
  PrcMaterial water = {.value = {0}, .organ = PRC_ORGAN_OTHER, .is_finding = true};
  double mass = 0;
  prc_paint_ellipsoid (volume, &ball, &water);
  for (size_t i = 0; i < prc_volume_length (volume); i++) {
    mass += ((double)volume->value[0][i] + 1000) / 1000;
    g_assert_cmpint (volume->finding[i], ==, volume->organ[i] == PRC_ORGAN_OTHER);
  }
  g_assert_cmpfloat (fabs (mass / (4.0 / 3 * G_PI * 12 * 12 * 12) - 1), <,
                     0.02); // soft edges keep the volume
  g_assert_cmpfloat (
      fabs ((double)count_organ (volume, PRC_ORGAN_OTHER) / (4.0 / 3 * G_PI * 12 * 12 * 12) - 1), <,
      0.02);
  prc_volume_free (volume);
}

static void
test_paint_tube (void) {
  PrcVolume *volume = straight_volume (41, 1);
  PrcStation stations[] = {{{-12, 0, 0}, 3}, {{0, 0, 0}, 3}, {{12, 0, 0}, 3}};
  PrcMaterial wall = {.value = {50}, .organ = PRC_ORGAN_MUSCLE},
              lumen = {.value = {-1000}, .organ = PRC_ORGAN_AIRWAY};
  double outer = G_PI * 25 * 24 + 4.0 / 3 * G_PI * 125, inner = G_PI * 9 * 24 + 4.0 / 3 * G_PI * 27;
  PRC_PAINT_TUBE (volume, stations, 2, &wall); // 2 mm thicker
  PRC_PAINT_TUBE (volume, stations, 0, &lumen);
  g_assert_cmpfloat (fabs ((double)count_organ (volume, PRC_ORGAN_MUSCLE) / (outer - inner) - 1), <,
                     0.06);
  g_assert_cmpfloat (fabs ((double)count_organ (volume, PRC_ORGAN_AIRWAY) / inner - 1), <, 0.06);
  prc_volume_free (volume);
}

static void
test_within_and_channels (void) {
  PrcVolume *volume = straight_volume (21, 3);
  PrcEllipsoid organ = {{0, 0, 0}, {5, 5, 5}, 0, 0, 0, 0},
               lesion = {{4, 0, 0}, {5, 5, 5}, 0, 0, 0, 0};
  PrcMaterial liver = {.value = {0.5f, 0.25f, 0.125f}, .organ = PRC_ORGAN_LIVER};
  PrcMaterial cyst = {.value = {0.1f, 1, 0},
                      .organ = PRC_ORGAN_FINDING,
                      .within = PRC_IN (PRC_ORGAN_LIVER),
                      .is_finding = true};
  size_t centre = prc_volume_length (volume) / 2;
  prc_paint_ellipsoid (volume, &organ, &liver);
  g_assert_cmpfloat_with_epsilon (volume->value[2][centre], 0.125, EPSILON);
  prc_paint_ellipsoid (volume, &lesion, &cyst);
  g_assert_cmpfloat_with_epsilon (volume->value[1][centre], 1, EPSILON);
  g_assert_cmpint (volume->finding[centre], ==, 1);
  g_assert_cmpint (volume->organ[centre + 8], ==,
                   PRC_ORGAN_NONE); // in the lesion's ball, but no liver there
  g_assert_cmpint (volume->finding[centre + 8], ==, 0);
  prc_volume_free (volume);
}

// A body half as large again: the same atlas point lies half as far again from the middle.
static void
test_scale (void) {
  const uint32_t size[3] = {61, 61, 3};
  const float spacing[3] = {1, 1, 1};
  const PrcBodyShape shape = {.scale = {1.5f, 1, 1}, .shift = {2, 0, 0}, .bend_size = 100};
  PrcVolume *volume = prc_volume_new (size, spacing, (PrcPoint){-30, -30, -1}, 1, &shape);
  PrcPoint p = prc_volume_atlas (volume, (61 + 30) * 61 + 45); // patient 15, 0, 0
  g_assert_cmpfloat_with_epsilon (p.x, 12, EPSILON);
  g_assert_cmpfloat_with_epsilon (p.y, 0, EPSILON);
  g_assert_cmpfloat_with_epsilon (p.z, 0, EPSILON);
  prc_volume_free (volume);
}

// ---- trees ----

static bool
in_upper_half (PrcPoint p, const void *data) {
  return p.z > 5;
}

static void
test_tree (void) {
  PrcTreePlan plan = {{0, 0, 0}, {{-40, -40, -40}, {40, 40, 40}}, in_upper_half, NULL, 60, 0.5f,
                      2.7f};
  PrcRandom random, again;
  prc_random_init (&random, 4);
  prc_random_init (&again, 4);
  g_autoptr (GArray) tree = prc_tree_grow (&plan, &random), same = prc_tree_grow (&plan, &again);
  const PrcTreeNode *nodes = (const PrcTreeNode *)(const void *)tree->data;
  g_autofree double *sums = g_new0 (double, tree->len);
  unsigned leaves = 0;
  g_assert_cmpmem (tree->data, tree->len * sizeof *nodes, same->data, same->len * sizeof *nodes);
  for (guint i = tree->len; i-- > 1;) {
    g_assert_cmpint (nodes[i].parent, <, (int)i);
    sums[nodes[i].parent] += pow ((double)nodes[i].radius, 2.7);
  }
  for (guint i = 0; i < tree->len; i++) {
    if (sums[i] == 0) {
      leaves++;
      g_assert_cmpfloat_with_epsilon (nodes[i].radius, 0.5, EPSILON);
    } else { // Murray: what flows in flows out
      g_assert_cmpfloat (fabs (pow ((double)nodes[i].radius, 2.7) / sums[i] - 1), <, 0.01);
    }
  }
  g_assert_cmpuint (leaves, >=, 20);
  g_assert_cmpuint (leaves, <=, 60);
}

// ---- the frame of the trunk ----

static void
test_torso_frame (void) {
  PrcPatient patient;
  prc_patient_draw (&patient, 1, 0);
  for (float z = -50; z <= 150; z += 25) {
    float depth = prc_torso_core_depth (z);
    g_assert_cmpfloat (prc_torso_core_distance ((PrcPoint){0, -1.05f * depth, z}), >, 0);
    g_assert_cmpfloat (prc_torso_core_distance ((PrcPoint){0, -0.9f * depth, z}), <, 0);
    g_assert_cmpfloat (prc_torso_spine_y (z), >, 0); // at the back
  }
  // the right dome stands higher than the left; lung above it, none below
  g_assert_cmpfloat (prc_torso_diaphragm_height (-62, 0), >,
                     prc_torso_diaphragm_height (64, 0) + 5);
  g_assert_cmpfloat (prc_torso_lung_distance ((PrcPoint){-75, 10, 90}, &patient), <, -10);
  g_assert_cmpfloat (prc_torso_lung_distance ((PrcPoint){-62, 0, -20}, &patient), >, 0);
  g_assert_cmpfloat (prc_torso_lung_distance ((PrcPoint){20, -20, 30}, &patient), >,
                     0); // the heart
  g_assert_cmpfloat (prc_abdomen_liver_distance ((PrcPoint){-70, 0, -50}, &patient), <, -10);
  g_assert_cmpfloat (prc_abdomen_liver_distance ((PrcPoint){90, 30, -50}, &patient), >,
                     0);                                        // the spleen's side
  g_assert_cmpfloat (prc_abdomen_kidney_centre (true).x, >, 0); // left is positive in LPS
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phantom-shape/curves", test_curves);
  g_test_add_func ("/phantom-shape/ellipsoid", test_ellipsoid);
  g_test_add_func ("/phantom-shape/capsule", test_capsule);
  g_test_add_func ("/phantom-shape/boxes", test_boxes_hold_their_shapes);
  g_test_add_func ("/phantom-shape/paint-ball", test_paint_ball);
  g_test_add_func ("/phantom-shape/paint-tube", test_paint_tube);
  g_test_add_func ("/phantom-shape/within-and-channels", test_within_and_channels);
  g_test_add_func ("/phantom-shape/scale", test_scale);
  g_test_add_func ("/phantom-shape/tree", test_tree);
  g_test_add_func ("/phantom-shape/torso-frame", test_torso_frame);
  return g_test_run ();
}
