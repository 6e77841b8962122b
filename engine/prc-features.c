// SPDX-License-Identifier: Apache-2.0
#include "prc-features.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>

#include "prc-ops.h"

#define ALIGNMENT 64
#define LANES     8 // sums that do not wait for one another

static double
square_of (const float *place, unsigned length) {
  double sums[LANES] = {0}, sum = 0;
  unsigned c = 0;
  for (; c + LANES <= length; c += LANES)
    for (unsigned i = 0; i < LANES; i++)
      sums[i] += (double)place[c + i] * place[c + i];
  for (; c < length; c++)
    sum += (double)place[c] * place[c];
  for (unsigned i = 0; i < LANES; i++)
    sum += sums[i];
  return sum;
}

// One that is shorter than `least` becomes zeros.
static void
make_unit (float *place, unsigned length, double least) {
  const double square = square_of (place, length);
  const float scale = square > least * least ? (float)(1 / sqrt (square)) : 0;
  for (unsigned c = 0; c < length; c++)
    place[c] *= scale;
}

void
prc_features_normalise (float *features, unsigned n, unsigned length) {
  for (unsigned i = 0; i < n; i++)
    make_unit (features + (size_t)i * length, length, 0);
}

// Where the middle of a place lies between two of the map, and how far from the first.
typedef struct {
  unsigned low, high;
  float way;
} Between;

static Between
find_between (unsigned place, unsigned side, unsigned size) {
  double at = (place + 0.5) * size / side - 0.5;
  unsigned low = (unsigned)fmax (at, 0);
  return (Between){low, MIN (low + 1, size - 1), at > low ? (float)(at - low) : 0};
}

static void
lay_place (const float *map, unsigned size, unsigned channels, Between down, Between across,
           float *out) {
  const float *corners[4] = {map + ((size_t)down.low * size + across.low) * channels,
                             map + ((size_t)down.low * size + across.high) * channels,
                             map + ((size_t)down.high * size + across.low) * channels,
                             map + ((size_t)down.high * size + across.high) * channels};
  const float weights[4] = {(1 - down.way) * (1 - across.way), (1 - down.way) * across.way,
                            down.way * (1 - across.way), down.way * across.way};
  for (unsigned c = 0; c < channels; c++)
    out[c] = weights[0] * corners[0][c] + weights[1] * corners[1][c] + weights[2] * corners[2][c] +
             weights[3] * corners[3][c];
  make_unit (out, channels, 0);
}

void
prc_features_lay (const float *map, unsigned size, unsigned channels, unsigned side, float *out,
                  unsigned stride) {
  for (unsigned row = 0; row < side; row++)
    for (unsigned column = 0; column < side; column++, out += stride)
      lay_place (map, size, channels, find_between (row, side, size),
                 find_between (column, side, size), out);
}

static unsigned
add_up (const float *features, const bool *counts, unsigned n, unsigned length, double *sum) {
  unsigned counted = 0;
  for (unsigned i = 0; i < n; i++, features += length) {
    if (!counts[i])
      continue;
    counted++;
    for (unsigned c = 0; c < length; c++)
      sum[c] += features[c];
  }
  return counted;
}

static void
take_off (float *features, const bool *counts, unsigned n, unsigned length, const double *sum,
          unsigned counted) {
  const double least = 1e-5; // what rounding leaves of nothing
  g_autofree float *mean = g_new (float, length);
  for (unsigned c = 0; c < length; c++)
    mean[c] = counted > 0 ? (float)(sum[c] / counted) : 0;
  for (unsigned i = 0; i < n; i++, features += length) {
    for (unsigned c = 0; c < length; c++)
      features[c] = counts[i] ? features[c] - mean[c] : 0;
    make_unit (features, length, least);
  }
}

void
prc_features_centre (float *a, const bool *a_counts, float *b, const bool *b_counts, unsigned n,
                     unsigned length) {
  g_autofree double *sum = g_new0 (double, length);
  const unsigned counted =
      add_up (a, a_counts, n, length, sum) + add_up (b, b_counts, n, length, sum);
  take_off (a, a_counts, n, length, sum, counted);
  take_off (b, b_counts, n, length, sum, counted);
}

static float *
new_floats (size_t n) {
  float *floats =
      aligned_alloc (ALIGNMENT, (n * sizeof (float) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
  if (!floats)
    abort (); // out of memory, as g_malloc does
  return floats;
}

void
prc_features_cosines (const float *a, const float *b, unsigned n, unsigned length, float *cosines) {
  float *right = new_floats ((size_t)length * n);
  float *packed = new_floats (prc_packed_length (length, n));
  for (unsigned first = 0; first < n; first += LANES) // whole lines of the cache at a time
    for (unsigned c = 0; c < length; c++)
      for (unsigned i = first; i < MIN (first + LANES, n); i++)
        right[(size_t)c * n + i] = b[(size_t)i * length + c];
  prc_pack_right (right, length, n, packed);
  prc_dense (a, n, length, n, packed, NULL, cosines);
  free (packed);
  free (right);
}

void
prc_features_cosines_reference (const float *a, const float *b, unsigned n, unsigned length,
                                float *cosines) {
  for (unsigned i = 0; i < n; i++)
    for (unsigned j = 0; j < n; j++) {
      double sum = 0;
      for (unsigned c = 0; c < length; c++)
        sum += (double)a[(size_t)i * length + c] * b[(size_t)j * length + c];
      cosines[(size_t)i * n + j] = (float)sum;
    }
}
