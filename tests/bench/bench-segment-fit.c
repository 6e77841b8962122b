// SPDX-License-Identifier: Apache-2.0
// bench-segment-fit: what a hundred segments of a body take on a series of 512 x 512 x 500, next to
// a byte for each voxel and segment and next to one byte of label for each voxel; and how long it
// takes to lay them on the same series, one of other spacing, and one from the side, next to
// resampling one volume of labels. Medians.
//
// The body is made: organs as ellipsoids with dents and a voxel of noise, vessels, bones, bowel and
// muscles as bent tubes, of the sizes that whole-body CT segmentation finds.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prc-segment-fit.h"
#include "stack-fixture.h"

#define RUNS    5
#define SIDE    512
#define SLICES  500
#define SPACING 0.9

typedef struct {
  const char *name;
  int count;
  double x, y, z; // ellipsoid: half axes in mm; tube: length, 0, 0
  double radius;  // of a tube; 0: an ellipsoid
  double rough;   // of an ellipsoid, part of its axes
} Kind;

static const Kind kinds[] = {
    {"lobe of a lung", 5, 55, 65, 80, 0, 0.15},
    {"liver", 1, 90, 70, 75, 0, 0.2},
    {"spleen", 1, 28, 40, 50, 0, 0.1},
    {"kidney", 2, 27, 28, 55, 0, 0.1},
    {"stomach", 1, 45, 40, 60, 0, 0.2},
    {"pancreas", 1, 55, 14, 20, 0, 0.35},
    {"gland", 5, 14, 10, 16, 0, 0.2},
    {"bladder", 1, 40, 35, 35, 0, 0.05},
    {"part of the heart", 5, 35, 38, 35, 0, 0.15},
    {"small bowel", 1, 85, 55, 80, 0, 0.4},
    {"vertebra", 20, 26, 32, 13, 0, 0.35},
    {"hip, sacrum, shoulder blade", 5, 50, 22, 90, 0, 0.35},
    {"gluteus", 6, 55, 25, 70, 0, 0.15},
    {"colon", 1, 1200, 0, 0, 20, 0},
    {"aorta, vena cava", 2, 350, 0, 0, 12, 0},
    {"gullet, windpipe, gut", 3, 220, 0, 0, 9, 0},
    {"vessel", 10, 110, 0, 0, 6, 0},
    {"rib", 24, 260, 0, 0, 5.5, 0},
    {"long bone", 4, 160, 0, 0, 14, 0},
    {"muscle of the back and hip", 4, 350, 0, 0, 23, 0},
};

typedef struct {
  uint8_t *bytes; // of the segment at hand, all slices
  GRand *random;
} Body;

static void
set_voxel (Body *body, double x, double y, double z) {
  if (x >= 0 && y >= 0 && z >= 0 && x < SIDE && y < SIDE && z < SLICES)
    body->bytes[((size_t)z * SIDE + (size_t)y) * SIDE + (size_t)x] = 1;
}

static void
draw_ellipsoid (Body *body, const Kind *kind, double x, double y, double z) {
  double a = kind->x / SPACING, b = kind->y / SPACING, c = kind->z, phase[6];

  for (int i = 0; i < 6; i++)
    phase[i] = g_rand_double_range (body->random, 0, 2 * G_PI);
  for (double dz = -1.5 * c; dz <= 1.5 * c; dz++)
    for (double dy = -1.5 * b; dy <= 1.5 * b; dy++)
      for (double dx = -1.5 * a; dx <= 1.5 * a; dx++) {
        double r = sqrt (pow (dx / a, 2) + pow (dy / b, 2) + pow (dz / c, 2));
        double dent = sin (3 * dx / a + phase[0]) * sin (3 * dy / b + phase[1]) +
                      sin (5 * dy / b + phase[2]) * sin (5 * dz / c + phase[3]) * 0.6 +
                      sin (7 * dz / c + phase[4]) * sin (7 * dx / a + phase[5]) * 0.4;
        double noise = g_rand_double_range (body->random, -0.5, 0.5) / a;

        if (r < 1 + kind->rough * dent + noise)
          set_voxel (body, x + dx, y + dy, z + dz);
      }
}

// Winds up, down and round, as far as its length goes.
static void
draw_tube (Body *body, const Kind *kind, double x, double y, double z) {
  double turn = g_rand_double_range (body->random, 0, 2 * G_PI), radius = kind->radius / SPACING;
  double rise = g_rand_double_range (body->random, -1, 1);
  bool rib = strcmp (kind->name, "rib") == 0;

  for (double at = 0; at < kind->x; at++) {
    double wide = rib ? 120 : 60, slope = rib ? 0.15 : sin (turn + at / 90) * 0.5 + rise;

    for (double dz = -kind->radius; dz <= kind->radius; dz++)
      for (double dy = -radius; dy <= radius; dy++)
        for (double dx = -radius; dx <= radius; dx++)
          if (pow (dx / radius, 2) + pow (dy / radius, 2) + pow (dz / kind->radius, 2) <= 1)
            set_voxel (body, x + dx, y + dy, z + dz);
    x += cos (turn + at / wide) / SPACING / sqrt (1 + slope * slope);
    y += sin (turn + at / wide) / SPACING / sqrt (1 + slope * slope);
    z += slope / sqrt (1 + slope * slope);
  }
}

// Appends the frames of one segment.
static void
take_frames (const Body *body, uint32_t segment, const PrcFixtureStack *stack, GArray *frames) {
  for (uint32_t i = 0; i < SLICES; i++) {
    PrcMask *mask =
        prc_mask_new_from_bytes (SIDE, SIDE, body->bytes + (size_t)i * SIDE * SIDE, SIDE);
    PrcFixtureFrame frame = {
        .segment = segment, .plane = prc_fixture_plane (stack, i), .mask = mask};

    if (prc_mask_area (mask) > 0)
      g_array_append_val (frames, frame);
    else
      prc_mask_unref (mask);
  }
}

static GArray *
make_body (const PrcFixtureStack *stack) {
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (PrcFixtureFrame));
  Body body = {g_new (uint8_t, (size_t)SIDE * SIDE * SLICES), g_rand_new_with_seed (1)};
  uint32_t segment = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (int k = 0; k < kinds[i].count; k++) {
      double x = g_rand_double_range (body.random, 150, 362);
      double y = g_rand_double_range (body.random, 170, 342);
      double z = g_rand_double_range (body.random, 60, 440);

      memset (body.bytes, 0, (size_t)SIDE * SIDE * SLICES);
      if (kinds[i].radius > 0)
        draw_tube (&body, &kinds[i], x, y, z);
      else
        draw_ellipsoid (&body, &kinds[i], x, y, z);
      take_frames (&body, segment++, stack, frames);
    }
  g_rand_free (body.random);
  g_free (body.bytes);
  return frames;
}

static int
compare (const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static double
median (double *ms) {
  qsort (ms, RUNS, sizeof *ms, compare);
  return ms[RUNS / 2];
}

static double
ms_since (gint64 start) {
  return (double)(g_get_monotonic_time () - start) / 1000;
}

static void
say_memory (const PrcSegmentation *segmentation, const GPtrArray *stacks) {
  double size = 0, voxels = 0, one = (double)SIDE * SIDE * SLICES;
  size_t n_masks = 0;

  for (uint32_t i = 0; i < stacks->len; i++) {
    size += (double)prc_segment_stack_size (stacks->pdata[i]);
    voxels += (double)prc_segment_stack_area (stacks->pdata[i]);
    for (uint32_t k = 0; k < SLICES; k++)
      n_masks += prc_segment_stack_mask (stacks->pdata[i], k) != NULL;
  }
  size += (double)n_masks * 16; // what the allocator and the count take besides
  printf ("memory: %u segments, %zu masks, %.0f %% of voxels in one: %.2f MB;"
          " %.4f of byte masks, %.4f of a volume of labels\n",
          stacks->len, n_masks, 100 * voxels / one, size / 1e6, size / (one * stacks->len),
          size / one);
}

// The labels of one volume on a grid of this size: a multiplication and a look for each voxel.
static double
labels_ms (const uint8_t *labels, uint8_t *out, size_t n, const double step[3]) {
  double ms[RUNS];

  for (int run = 0; run < RUNS; run++) {
    gint64 start = g_get_monotonic_time ();
    double at[3] = {0, 0, 0};

    for (size_t i = 0; i < n; i++) {
      out[i] = labels[((size_t)at[2] * SIDE + (size_t)at[1]) * SIDE + (size_t)at[0]];
      at[0] += step[0];
      at[1] += step[1];
      at[2] += step[2];
      for (int k = 0; k < 3; k++)
        if (at[k] >= (k < 2 ? SIDE : SLICES))
          at[k] = 0;
    }
    ms[run] = ms_since (start);
  }
  return median (ms);
}

static void
say_time (const char *name, const PrcSegmentation *segmentation, const PrcFixtureStack *stack,
          const uint8_t *labels) {
  g_autoptr (PrcSeries) series = prc_fixture_series (stack);
  size_t n = (size_t)stack->n * stack->rows * stack->columns;
  g_autofree uint8_t *out = g_malloc0 (n);
  static const double step[3] = {0.77, 0.0031, 0.0007};
  double ms[RUNS], peer = labels_ms (labels, out, n, step);

  for (int run = 0; run < RUNS; run++) {
    gint64 start = g_get_monotonic_time ();
    g_autoptr (GPtrArray) stacks = prc_segment_fit (segmentation, series, NULL, NULL);

    ms[run] = ms_since (start);
  }
  double ours = median (ms);
  printf ("%s: %.1f ms, %.2f of resampling a volume of labels (%.0f ms)\n", name, ours, ours / peer,
          peer);
}

int
main (void) {
  PrcFixtureStack own = {.n = SLICES,
                         .rows = SIDE,
                         .columns = SIDE,
                         .step_mm = {0, 0, 1},
                         .spacing_mm = {SPACING, SPACING}};
  PrcFixtureStack other = {.n = 250,
                           .rows = SIDE,
                           .columns = SIDE,
                           .step_mm = {0, 0, 2},
                           .position_mm = {30, 30, 0.3},
                           .spacing_mm = {0.7, 0.7}};
  PrcFixtureStack side = {.n = 200,
                          .rows = SLICES,
                          .columns = SIDE,
                          .step_mm = {2, 0, 0},
                          .position_mm = {30, 0, 499},
                          .spacing_mm = {1, SPACING},
                          .orientation = {0, 1, 0, 0, 0, -1}};
  PrcFixtureStack oblique = {
      .n = 200,
      .rows = SIDE,
      .columns = SIDE,
      .step_mm = {0, -0.5, 1.5},
      .position_mm = {0, 100, 50},
      .spacing_mm = {SPACING, SPACING},
      .orientation = {0.96, 0.28, 0, -0.28 * 0.94868, 0.96 * 0.94868, 0.31623}};
  g_autoptr (GArray) frames = make_body (&own);
  g_autoptr (PrcSegmentation) segmentation = prc_fixture_segmentation (
      PRC_SEGMENTATION_BINARY, NULL, 1, (const PrcFixtureFrame *)(void *)frames->data, frames->len);
  g_autoptr (PrcSeries) series = prc_fixture_series (&own);
  g_autoptr (GPtrArray) stacks = prc_segment_fit (segmentation, series, NULL, NULL);
  g_autofree uint8_t *labels = g_malloc0 ((size_t)SIDE * SIDE * SLICES);

  say_memory (segmentation, stacks);
  say_time ("own grid", segmentation, &own, labels);
  say_time ("other spacing", segmentation, &other, labels);
  say_time ("from the side", segmentation, &side, labels);
  say_time ("oblique", segmentation, &oblique, labels);
  for (uint32_t i = 0; i < frames->len; i++)
    prc_mask_unref ((PrcMask *)g_array_index (frames, PrcFixtureFrame, i).mask);
  return 0;
}
