// SPDX-License-Identifier: Apache-2.0
// Which patch of one slice is like which of another: features made by hand, and those of pictures
// of which it is known what lies where.
#include "prc-explanation.h"

#include <math.h>
#include <string.h>

#include "prc-features.h"
#include "prc-phantom.h"

#define SIDE   PRC_FEATURE_SIDE
#define PLACES PRC_FEATURE_PLACES
#define LENGTH 32
#define INPUT  (PRC_INPUT_SIZE * PRC_INPUT_SIZE * PRC_INPUT_CHANNELS)

static PrcModel *model;

/* ---- features ---- */

// Middles of the four at 0.5 and 2.5 of four places whose own are at 0.5, 1.5, ...: steps of a
// quarter and three quarters of the way, the outermost as they are. One channel of two keeps the
// unit length readable: (v, 1) -> v = first / second.
static void
test_lay (void) {
  const float map[2 * 2 * 2] = {0, 1, 4, 1, 8, 1, 12, 1};
  const double rows[4] = {0, 0.25, 0.75, 1};
  float out[16 * 3];
  memset (out, 0, sizeof out);
  prc_features_lay (map, 2, 2, 4, out, 3);
  for (int row = 0; row < 4; row++)
    for (int column = 0; column < 4; column++) {
      const float *place = out + (row * 4 + column) * 3;
      g_assert_cmpfloat_with_epsilon (place[0] / place[1], 8 * rows[row] + 4 * rows[column], 1e-4);
      g_assert_cmpfloat_with_epsilon (hypot (place[0], place[1]), 1, 1e-6);
      g_assert_cmpfloat (place[2], ==, 0); // what comes behind is another map's
    }
  float same[4 * 2];
  prc_features_lay (map, 2, 2, 2, same, 2);
  g_assert_cmpfloat_with_epsilon (same[6] / same[7], 12, 1e-4);
}

static float *
random_features (guint32 seed) {
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  float *out = g_new (float, PLACES *LENGTH);
  for (int i = 0; i < PLACES; i++) {
    double sum = 0;
    for (int c = 0; c < LENGTH; c++) {
      out[i * LENGTH + c] = (float)g_rand_double_range (random, -1, 1);
      sum += pow (out[i * LENGTH + c], 2);
    }
    for (int c = 0; c < LENGTH; c++)
      out[i * LENGTH + c] /= (float)sqrt (sum);
  }
  return out;
}

static void
test_cosines (void) {
  g_autofree float *a = random_features (1), *b = random_features (2);
  g_autofree float *fast = g_new (float, PLACES *PLACES), *slow = g_new (float, PLACES *PLACES);
  prc_features_cosines (a, b, PLACES, LENGTH, fast);
  prc_features_cosines_reference (a, b, PLACES, LENGTH, slow);
  for (int i = 0; i < PLACES * PLACES; i++)
    g_assert_cmpfloat_with_epsilon (fast[i], slow[i], 1e-6);
  double by_hand = 0; // place 3 of a and place 7 of b
  for (int c = 0; c < LENGTH; c++)
    by_hand += a[3 * LENGTH + c] * b[7 * LENGTH + c];
  g_assert_cmpfloat_with_epsilon (fast[3 * PLACES + 7], by_hand, 1e-6);
}

// Two places each, of which one does not count: (3, 0), (0, 4) stay, their mean is (1.5, 2).
static void
test_centre (void) {
  float a[4] = {3, 0, 100, 100}, b[4] = {-7, 9, 0, 4};
  const bool first[2] = {true, false}, second[2] = {false, true};
  prc_features_centre (a, first, b, second, 2, 2);
  const float expected_a[4] = {0.6f, -0.8f, 0, 0}, expected_b[4] = {0, 0, -0.6f, 0.8f};
  for (int i = 0; i < 4; i++) {
    g_assert_cmpfloat_with_epsilon (a[i], expected_a[i], 1e-6);
    g_assert_cmpfloat_with_epsilon (b[i], expected_b[i], 1e-6);
  }
  float one[2] = {0.6f, 0.8f}, same[2] = {0.6f, 0.8f};
  const bool counts = true, never = false;
  prc_features_centre (one, &counts, same, &counts, 1, 2); // nothing but what they share
  g_assert_cmpfloat (one[0], ==, 0);
  g_assert_cmpfloat (same[1], ==, 0);
  prc_features_centre (one, &never, same, &never, 1, 2);
  g_assert_cmpfloat (one[0], ==, 0);
}

static void
test_vector_stays (void) {
  g_autoptr (PrcEmbedder) embedder = prc_embedder_new (model, 3);
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  const unsigned length = prc_embedder_feature_length (embedder);
  g_autofree float *input = g_new (float, INPUT);
  g_autofree float *features = g_new (float, PLACES *length),
                   *again = g_new (float, PLACES *length);
  float plain[128], beside[128], after[128];
  for (int i = 0; i < INPUT; i++)
    input[i] = (float)g_rand_double_range (random, -1, 1);
  g_assert_cmpuint (prc_embedder_dimension (embedder), ==, 128);
  g_assert_true (prc_embedder_forward (embedder, input, 1, plain, NULL));
  prc_embedder_forward_features (embedder, input, beside, features);
  g_assert_true (prc_embedder_forward (embedder, input, 1, after, NULL));
  prc_embedder_forward_features (embedder, input, after, again);
  g_assert_cmpmem (plain, sizeof plain, beside, sizeof beside);
  g_assert_cmpmem (plain, sizeof plain, after, sizeof after);
  g_assert_cmpmem (features, PLACES * length * sizeof (float), again,
                   PLACES * length * sizeof (float));
  g_assert_cmpuint (length, ==, 64 + 128 + 256);
  for (int i = 0; i < PLACES; i++) {
    double sum = 0;
    for (unsigned c = 0; c < length; c++)
      sum += pow (features[i * length + c], 2);
    g_assert_cmpfloat_with_epsilon (sum, 1, 1e-4);
  }
}

/* ---- matching ---- */

static PrcExplanationInput *
input_of (float *features) {
  PrcExplanationInput *input = g_new0 (PrcExplanationInput, 1);
  input->square = (PrcRegion){0, 0, 160, 160};
  memset (input->counts, true, sizeof input->counts);
  input->features = features;
  return input;
}

// Of all that counts, straight from the definition; features are overwritten.
static PrcPatch
naive_match (const PrcExplanationInput *of, const PrcExplanationInput *in, int place) {
  PrcPatch found = {.match = -1};
  if (!of->counts[place])
    return found;
  for (int i = 0; i < PLACES; i++) {
    double cosine = 0;
    for (int c = 0; c < LENGTH; c++)
      cosine += of->features[place * LENGTH + c] * in->features[i * LENGTH + c];
    if (in->counts[i] && (found.match < 0 || cosine > found.cosine))
      found = (PrcPatch){i, (float)cosine, 0};
  }
  found.heat = CLAMP ((found.cosine - PRC_EXPLANATION_CHANCE) /
                          (PRC_EXPLANATION_FULL - PRC_EXPLANATION_CHANCE),
                      0, 1);
  return found;
}

static void
test_naive_twin (void) {
  for (guint32 seed = 0; seed < 4; seed++) {
    g_autofree float *a = random_features (2 * seed), *b = random_features (2 * seed + 1);
    g_autofree PrcExplanationInput *query = input_of (a), *neighbour = input_of (b);
    for (int i = 0; i < PLACES; i++) {
      query->counts[i] = i % 7 != (int)seed;
      neighbour->counts[i] = i % 5 != (int)seed;
      if (i % 3 == 0) // some heat
        for (int c = 0; c < LENGTH; c++)
          b[i * LENGTH + c] = a[(PLACES - 1 - i) * LENGTH + c] + 0.3f * b[i * LENGTH + c];
    }
    g_autoptr (PrcExplanation) explanation = prc_explanation_new (query, neighbour, LENGTH);
    for (int i = 0; i < PLACES; i++)
      for (int side = 0; side < PRC_EXPLANATION_SIDES; side++) {
        const PrcPatch twin =
            side == 0 ? naive_match (query, neighbour, i) : naive_match (neighbour, query, i);
        const PrcPatch *patch = prc_explanation_patch (explanation, (PrcExplanationSide)side, i);
        g_assert_cmpint (patch->match, ==, twin.match);
        g_assert_cmpfloat_with_epsilon (patch->cosine, twin.cosine, 1e-5);
        g_assert_cmpfloat_with_epsilon (patch->heat, twin.heat, 1e-4);
      }
  }
}

static void
test_identical (void) {
  g_autofree float *a = random_features (9), *b = g_memdup2 (a, sizeof (float) * PLACES * LENGTH);
  g_autofree PrcExplanationInput *query = input_of (a), *neighbour = input_of (b);
  g_autoptr (PrcExplanation) explanation = prc_explanation_new (query, neighbour, LENGTH);
  for (int i = 0; i < PLACES; i++)
    for (int side = 0; side < PRC_EXPLANATION_SIDES; side++) {
      const PrcPatch *patch = prc_explanation_patch (explanation, (PrcExplanationSide)side, i);
      g_assert_cmpint (patch->match, ==, i);
      g_assert_cmpfloat_with_epsilon (patch->cosine, 1, 1e-5);
      g_assert_cmpfloat (patch->cosine, <=, 1);
      g_assert_cmpfloat (patch->heat, ==, 1);
    }
  g_assert_cmpfloat_with_epsilon (prc_explanation_mean_heat (explanation, PRC_EXPLANATION_QUERY), 1,
                                  1e-9);
}

// The neighbour is the query moved by three patches right and two down; what comes in from the
// other side is unlike all.
static void
test_shifted (void) {
  g_autofree float *a = random_features (9), *b = random_features (10);
  for (int row = 2; row < SIDE; row++)
    for (int column = 3; column < SIDE; column++)
      memcpy (b + (row * SIDE + column) * LENGTH, a + ((row - 2) * SIDE + column - 3) * LENGTH,
              LENGTH * sizeof (float));
  g_autofree PrcExplanationInput *query = input_of (a), *neighbour = input_of (b);
  g_autoptr (PrcExplanation) explanation = prc_explanation_new (query, neighbour, LENGTH);
  for (int row = 0; row < SIDE - 2; row++)
    for (int column = 0; column < SIDE - 3; column++) {
      const unsigned from = row * SIDE + column, to = (row + 2) * SIDE + column + 3;
      const PrcPatch *here = prc_explanation_patch (explanation, PRC_EXPLANATION_QUERY, from);
      const PrcPatch *there = prc_explanation_patch (explanation, PRC_EXPLANATION_NEIGHBOUR, to);
      g_assert_cmpint (here->match, ==, to);
      g_assert_cmpint (there->match, ==, from);
      g_assert_cmpfloat (here->heat, ==, 1);
    }
  g_assert_cmpfloat (prc_explanation_patch (explanation, PRC_EXPLANATION_NEIGHBOUR, 0)->cosine, <,
                     0.9);
}

// Neither side is the first.
static void
test_exchanged (void) {
  float *features[4];
  for (int i = 0; i < 4; i++)
    features[i] = random_features (20 + i % 2);
  g_autofree PrcExplanationInput *a = input_of (features[0]), *b = input_of (features[1]);
  g_autofree PrcExplanationInput *again_a = input_of (features[2]),
                                 *again_b = input_of (features[3]);
  g_autoptr (PrcExplanation) one = prc_explanation_new (a, b, LENGTH);
  g_autoptr (PrcExplanation) other = prc_explanation_new (again_b, again_a, LENGTH);
  for (int i = 0; i < PLACES; i++) {
    const PrcPatch *here = prc_explanation_patch (one, PRC_EXPLANATION_QUERY, i);
    const PrcPatch *there = prc_explanation_patch (other, PRC_EXPLANATION_NEIGHBOUR, i);
    g_assert_cmpint (here->match, ==, there->match);
    g_assert_cmpfloat_with_epsilon (here->cosine, there->cosine, 1e-6);
  }
  for (int i = 0; i < 4; i++)
    g_free (features[i]);
}

static void
test_nothing_counts (void) {
  g_autofree float *a = random_features (1), *b = random_features (2);
  g_autofree PrcExplanationInput *query = input_of (a), *neighbour = input_of (b);
  memset (neighbour->counts, false, sizeof neighbour->counts);
  g_autoptr (PrcExplanation) explanation = prc_explanation_new (query, neighbour, LENGTH);
  g_assert_cmpint (prc_explanation_patch (explanation, PRC_EXPLANATION_QUERY, 17)->match, ==, -1);
  g_assert_cmpfloat (prc_explanation_patch (explanation, PRC_EXPLANATION_QUERY, 17)->heat, ==, 0);
  g_assert_cmpint (prc_explanation_find (explanation, PRC_EXPLANATION_QUERY, 80, 80), ==, -1);
  g_assert_cmpfloat (prc_explanation_mean_heat (explanation, PRC_EXPLANATION_QUERY), ==, 0);
}

static void
test_places (void) {
  g_autofree float *a = random_features (1), *b = random_features (2);
  g_autofree PrcExplanationInput *query = input_of (a), *neighbour = input_of (b);
  neighbour->square = (PrcRegion){-40, 10, 320, 160};
  g_autoptr (PrcExplanation) explanation = prc_explanation_new (query, neighbour, LENGTH);
  const PrcRegion patch =
      prc_explanation_region (explanation, PRC_EXPLANATION_NEIGHBOUR, 2 * SIDE + 3);
  g_assert_cmpfloat (patch.x, ==, -40 + 3 * 20);
  g_assert_cmpfloat (patch.y, ==, 10 + 2 * 10);
  g_assert_cmpfloat (patch.width, ==, 20);
  g_assert_cmpfloat (patch.height, ==, 10);
#define FIND(x, y) prc_explanation_find (explanation, PRC_EXPLANATION_NEIGHBOUR, x, y)
  g_assert_cmpint (FIND (20, 30), ==, 2 * SIDE + 3);
  g_assert_cmpint (FIND (39.99, 39.99), ==, 2 * SIDE + 3);
  g_assert_cmpint (FIND (-40, 10), ==, 0);
  g_assert_cmpint (FIND (-40.01, 10), ==, -1);
  g_assert_cmpint (FIND (280, 20), ==, -1);
  g_assert_cmpint (FIND (NAN, 20), ==, -1);
}

/* ---- pictures ---- */

static PrcFrame *
frame_of (const gint16 *samples, guint rows, guint columns) {
  g_autoptr (GBytes) bytes = g_bytes_new (samples, sizeof *samples * rows * columns);
  PrcFrameInfo info = {.rows = rows,
                       .columns = columns,
                       .type = PRC_SAMPLE_S16,
                       .rescale_slope = 1,
                       .units = "HU",
                       .pixel_aspect = 1};
  PrcFrame *frame = prc_frame_new (&info, bytes, NULL);
  g_assert_nonnull (frame);
  return frame;
}

// Of a phantom's slice, so many pixels further right and down, air where it ends.
static PrcFrame *
moved (guint index, int right, int down, guint rows, guint columns) {
  g_autoptr (PrcFrame) from = prc_phantom_frame (3, index, 256, 256);
  g_autofree gint16 *samples = g_new (gint16, rows * columns);
  for (int y = 0; y < (int)rows; y++)
    for (int x = 0; x < (int)columns; x++) {
      const int from_x = x - right, from_y = y - down;
      const bool inside = from_x >= 0 && from_x < 256 && from_y >= 0 && from_y < 256;
      samples[y * (int)columns + x] =
          inside ? (gint16)(prc_frame_stored (from, (guint)from_x, (guint)from_y) - 1024) : -1024;
    }
  return frame_of (samples, rows, columns);
}

static PrcFrame *
noise (guint32 seed, guint rows) {
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autofree gint16 *samples = g_new (gint16, rows * 256);
  for (guint i = 0; i < rows * 256; i++)
    samples[i] = (gint16)(g_rand_int_range (random, -160, 240));
  return frame_of (samples, rows, 256);
}

static PrcExplanation *
explain (PrcFrame *query, PrcFrame *neighbour) {
  g_autoptr (PrcEmbedder) embedder = prc_embedder_new (model, 1);
  g_autoptr (GError) error = NULL;
  const PrcCrop first = {.frame = query}, second = {.frame = neighbour};
  PrcExplanation *explanation = prc_explain (embedder, &first, &second, NULL, &error);
  g_assert_no_error (error);
  return explanation;
}

static void
test_same_slice (void) {
  g_autoptr (PrcFrame) frame = moved (10, 0, 0, 256, 256);
  g_autoptr (PrcExplanation) explanation = explain (frame, frame);
  guint n = 0;
  for (int i = 0; i < PLACES; i++) {
    const PrcPatch *patch = prc_explanation_patch (explanation, PRC_EXPLANATION_QUERY, i);
    n += patch->match >= 0;
    g_assert_true (patch->match < 0 || patch->match == i);
    g_assert_true (patch->match < 0 || patch->cosine > 0.999);
  }
  g_assert_cmpuint (n, >, PLACES / 3);
}

// By two patches of 16 pixels: most find themselves there.
static void
test_moved_slice (void) {
  g_autoptr (PrcFrame) frame = moved (10, 0, 0, 256, 256);
  g_autoptr (PrcFrame) right = moved (10, 32, 0, 256, 256);
  g_autoptr (PrcExplanation) explanation = explain (frame, right);
  guint n = 0, followed = 0;
  for (int row = 0; row < SIDE; row++)
    for (int column = 0; column < SIDE - 2; column++) {
      const int at = row * SIDE + column;
      const PrcPatch *patch = prc_explanation_patch (explanation, PRC_EXPLANATION_QUERY, at);
      n += patch->match >= 0;
      followed += patch->match == at + 2;
    }
  g_test_message ("%u of %u patches follow", followed, n);
  g_assert_cmpuint (n, >, 60);
  g_assert_cmpuint (followed * 4, >, n * 3);
}

// A picture twice as wide as high is made a square: a quarter above and below is no image.
static void
test_padding (void) {
  g_autoptr (PrcFrame) wide = moved (10, 0, -64, 128, 256);
  g_autoptr (PrcFrame) whole = moved (10, 0, 0, 256, 256);
  g_autoptr (PrcExplanation) explanation = explain (wide, whole);
  const PrcRegion *square = prc_explanation_square (explanation, PRC_EXPLANATION_QUERY);
  g_assert_cmpfloat (square->x, ==, 0);
  g_assert_cmpfloat (square->y, ==, -64);
  g_assert_cmpfloat (square->width, ==, 256);
  g_assert_cmpfloat (square->height, ==, 256);
  guint n = 0;
  for (int i = 0; i < PLACES; i++) {
    const PrcPatch *patch = prc_explanation_patch (explanation, PRC_EXPLANATION_QUERY, i);
    if (i / SIDE < SIDE / 4 || i / SIDE >= SIDE * 3 / 4)
      g_assert_cmpint (patch->match, ==, -1);
    n += patch->match >= 0;
    const PrcPatch *back = prc_explanation_patch (explanation, PRC_EXPLANATION_NEIGHBOUR, i);
    g_assert_true (back->match < 0 ||
                   prc_explanation_patch (explanation, PRC_EXPLANATION_QUERY, back->match)->match >=
                       0);
  }
  g_assert_cmpuint (n, >, 40);
}

// Patches are 16 pixels high. 144 rows are half of the fourth row of patches, 136 a quarter of it.
static void
test_half_padding (void) {
  g_autoptr (PrcFrame) half = noise (1, 144), quarter = noise (2, 136);
  g_autoptr (PrcExplanation) explanation = explain (half, quarter);
  for (unsigned column = 0; column < SIDE; column++) {
#define COUNTS(side, row)                                                                          \
  (prc_explanation_patch (explanation, PRC_EXPLANATION_##side, (row)*SIDE + column)->match >= 0)
    g_assert_true (COUNTS (QUERY, 3) && COUNTS (QUERY, 12));
    g_assert_false (COUNTS (QUERY, 2) || COUNTS (QUERY, 13));
    g_assert_false (COUNTS (NEIGHBOUR, 3) || COUNTS (NEIGHBOUR, 12));
    g_assert_true (COUNTS (NEIGHBOUR, 4) && COUNTS (NEIGHBOUR, 11));
  }
}

static void
test_air_counts_as_nothing (void) {
  g_autoptr (PrcFrame) body = moved (10, 0, 0, 256, 256);
  g_autoptr (PrcFrame) corner = moved (10, 192, 192, 256, 256); // little of it is left
  g_autoptr (PrcExplanation) explanation = explain (body, corner);
  for (int i = 0; i < PLACES / 2; i++)
    g_assert_cmpint (prc_explanation_patch (explanation, PRC_EXPLANATION_NEIGHBOUR, i)->match, ==,
                     -1);
}

// The figures of the header belong to the encoder that is shipped: fails when that is replaced and
// they are not measured again.
static void
test_noise_reads_as_nothing (void) {
  g_autoptr (PrcFrame) body = moved (10, 0, 0, 256, 256);
  g_autoptr (PrcFrame) other = moved (12, 0, 0, 256, 256);
  g_autoptr (PrcExplanation) alike = explain (body, other);
  const double heat = prc_explanation_mean_heat (alike, PRC_EXPLANATION_QUERY);
  for (guint32 seed = 0; seed < 3; seed++) {
    g_autoptr (PrcFrame) nothing = noise (seed, 256);
    g_autoptr (PrcExplanation) explanation = explain (body, nothing);
    const double here = prc_explanation_mean_heat (explanation, PRC_EXPLANATION_QUERY);
    const double there = prc_explanation_mean_heat (explanation, PRC_EXPLANATION_NEIGHBOUR);
    g_test_message ("noise %.3f and %.3f, its neighbour %.3f", here, there, heat);
    g_assert_cmpfloat (here, <, 0.02);
    g_assert_cmpfloat (there, <, 0.02);
  }
  g_assert_cmpfloat (heat, >, 0.3);
}

static void
test_region (void) {
  g_autoptr (PrcEmbedder) embedder = prc_embedder_new (model, 1);
  g_autoptr (PrcFrame) frame = moved (10, 0, 0, 256, 256);
  const PrcCrop query = {.frame = frame, .region = {64, 96, 96, 48}}, whole = {.frame = frame};
  g_autoptr (PrcExplanation) explanation = prc_explain (embedder, &query, &whole, NULL, NULL);
  const PrcRegion *square = prc_explanation_square (explanation, PRC_EXPLANATION_QUERY);
  g_assert_cmpfloat (square->x, ==, 64); // the middle of the region stays
  g_assert_cmpfloat (square->y, ==, 96 - 24);
  g_assert_cmpfloat (square->width, ==, 96);
  g_assert_cmpint (prc_explanation_find (explanation, PRC_EXPLANATION_QUERY, 100, 80), ==, -1);
  const PrcRowSpan span = {128, 100, 150};
  g_autoptr (PrcMask) mask = prc_mask_new_from_spans (256, 256, &span, 1);
  const PrcCrop segment = {.frame = frame, .mask = mask};
  g_autoptr (PrcExplanation) other = prc_explain (embedder, &segment, &whole, NULL, NULL);
  square = prc_explanation_square (other, PRC_EXPLANATION_QUERY); // a quarter more on every side
  g_assert_cmpfloat (square->x, ==, 100 - 12.5);
  g_assert_cmpfloat (square->width, ==, 75);
  g_assert_cmpfloat (square->y, ==, 128.5 - 37.5);
}

static void
test_refused (void) {
  g_autoptr (PrcEmbedder) embedder = prc_embedder_new (model, 1);
  g_autoptr (PrcFrame) frame = moved (10, 0, 0, 256, 256);
  const gint16 grey[64] = {0};
  g_autoptr (PrcFrame) even = frame_of (grey, 8, 8);
  const PrcCrop good = {.frame = frame}, bad = {.frame = even};
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_explain (embedder, &good, &bad, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  const PrcCrop outside = {.frame = frame, .region = {300, 0, 10, 10}};
  g_assert_null (prc_explain (embedder, &outside, &good, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  g_assert_null (prc_explain (embedder, &good, &good, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcModel) loaded = prc_model_load (NULL, &error);
  g_assert_no_error (error);
  model = loaded;
  g_test_add_func ("/explanation/lay", test_lay);
  g_test_add_func ("/explanation/cosines", test_cosines);
  g_test_add_func ("/explanation/centre", test_centre);
  g_test_add_func ("/explanation/vector-stays", test_vector_stays);
  g_test_add_func ("/explanation/naive-twin", test_naive_twin);
  g_test_add_func ("/explanation/identical", test_identical);
  g_test_add_func ("/explanation/shifted", test_shifted);
  g_test_add_func ("/explanation/exchanged", test_exchanged);
  g_test_add_func ("/explanation/nothing-counts", test_nothing_counts);
  g_test_add_func ("/explanation/places", test_places);
  g_test_add_func ("/explanation/same-slice", test_same_slice);
  g_test_add_func ("/explanation/moved-slice", test_moved_slice);
  g_test_add_func ("/explanation/padding", test_padding);
  g_test_add_func ("/explanation/half-padding", test_half_padding);
  g_test_add_func ("/explanation/air-counts-as-nothing", test_air_counts_as_nothing);
  g_test_add_func ("/explanation/noise-reads-as-nothing", test_noise_reads_as_nothing);
  g_test_add_func ("/explanation/region", test_region);
  g_test_add_func ("/explanation/refused", test_refused);
  return g_test_run ();
}
