// SPDX-License-Identifier: Apache-2.0
#include "prc-ops-kernels.h"

// Written with the compiler's vectors as wide as the instruction set has them; KERNEL_SET is given
// by the build. A tile of the product is TILE_ROWS x PANEL accumulators that fill the registers.
#if defined(__AVX512F__)
#define LANES     16
#define TILE_ROWS 8
#elif defined(__AVX2__)
#define LANES     8
#define TILE_ROWS 6
#elif defined(__aarch64__) // 32 registers, as AVX-512 has
#define LANES     4
#define TILE_ROWS 8
#else
#define LANES     4
#define TILE_ROWS 4
#endif
#define VECTORS 2 // of a panel
#define PANEL   (VECTORS * LANES)

typedef float Lane __attribute__ ((vector_size (4 * LANES)));
typedef float LaneInMemory __attribute__ ((vector_size (4 * LANES), aligned (4), may_alias));
#define LOAD(address)         ((Lane) * (const LaneInMemory *)(const void *)(address))
#define STORE(address, value) (*(LaneInMemory *)(void *)(address) = (value))
#define INLINE                static inline __attribute__ ((always_inline))

// C has no choice between vectors; a comparison gives all ones or all zeros in every lane.
INLINE Lane
larger (Lane a, Lane b) {
  typedef int32_t Mask __attribute__ ((vector_size (4 * LANES)));
  Mask first = a > b;
  return (Lane)((first & (Mask)a) | (~first & (Mask)b));
}

// Where the next rows of the left side begin.
typedef struct {
  const PrcProduct *product;
  size_t x, y;
  const float *image, *line; // of the row
} Walk;

INLINE const float *
next_row (Walk *walk) {
  const PrcProduct *p = walk->product;
  const float *at = walk->line + walk->x * p->column_step;
  if (++walk->x == p->across) {
    walk->x = 0;
    walk->line += p->row_step;
    if (++walk->y == p->down) {
      walk->y = 0;
      walk->image += p->image_step;
      walk->line = walk->image;
    }
  }
  return at;
}

INLINE void
store_tile (const PrcProduct *p, unsigned rows, size_t first_row, unsigned column,
            Lane sums[][VECTORS]) {
  const Lane zero = {0};
  for (unsigned v = 0; v < VECTORS && column + v * LANES < p->n_columns; v++) {
    Lane bias = p->bias ? LOAD (p->bias + column + v * LANES) : zero;
    for (unsigned r = 0; r < rows; r++) {
      size_t at = (first_row + r) * p->n_columns + column + v * LANES;
      Lane value = sums[r][v] + bias;
      if (p->residual)
        value += LOAD (p->residual + at);
      STORE (p->output + at, p->relu ? larger (value, zero) : value);
    }
  }
}

// tile_rows is a constant wherever this is inlined; `rows` of them are real, the others repeat one.
// On the way the cache is filled from `ahead` on, `ahead_step` bytes further for every term.
INLINE void
tile (const PrcProduct *p, unsigned tile_rows, unsigned rows, const float *const *left,
      size_t first_row, unsigned column, const char *ahead, size_t ahead_step) {
  Lane sums[TILE_ROWS][VECTORS] = {0};
  const float *right = p->packed + (size_t)column * p->n_segments * p->segment_length;
  for (size_t s = 0; s < p->n_segments; s++) {
    size_t offset = s * p->segment_step;
    for (size_t k = offset; k < offset + p->segment_length; k++, right += PANEL) {
      Lane b[VECTORS];
#pragma GCC unroll 4
      for (unsigned v = 0; v < VECTORS; v++)
        b[v] = LOAD (right + v * LANES);
      __builtin_prefetch (ahead, 0, 2);
      ahead += ahead_step;
#pragma GCC unroll 16
      for (unsigned r = 0; r < tile_rows; r++)
#pragma GCC unroll 4
        for (unsigned v = 0; v < VECTORS; v++)
          sums[r][v] += left[r][k] * b[v];
    }
  }
  store_tile (p, rows, first_row, column, sums);
}

static void
multiply (const PrcProduct *product) {
  const size_t inner = product->n_segments * product->segment_length;
  const size_t tiles = (product->n_rows + TILE_ROWS - 1) / TILE_ROWS;
  // Every tile of rows fetches its share of the panel that is needed next, also that of the product
  // after this when it lies behind: few rows are done sooner than the cache is filled otherwise.
  const size_t step = PANEL * sizeof (float) / tiles;
  for (unsigned column = 0; column < product->n_columns; column += PANEL) {
    const char *ahead = (const char *)(product->packed + (column + PANEL) * inner);
    Walk walk = {product, 0, 0, product->left, product->left};
    for (size_t row = 0; row < product->n_rows; row += TILE_ROWS) {
      const float *left[TILE_ROWS];
      size_t remaining = product->n_rows - row;
      unsigned rows = remaining < TILE_ROWS ? (unsigned)remaining : TILE_ROWS;
      for (unsigned r = 0; r < TILE_ROWS; r++)
        left[r] = r < rows ? next_row (&walk) : left[0];
      if (rows <= TILE_ROWS / 2)
        tile (product, TILE_ROWS / 2, rows, left, row, column, ahead, step);
      else
        tile (product, TILE_ROWS, rows, left, row, column, ahead, step);
      ahead += step * inner;
    }
  }
}

// B^T d for one line of a patch, in place; `step` is the distance between its elements.
INLINE void
input_line2 (Lane *d, unsigned step) {
  Lane a = d[0], b = d[step], c = d[2 * step], e = d[3 * step];
  d[0] = a - c;
  d[step] = b + c;
  d[2 * step] = c - b;
  d[3 * step] = b - e;
}

INLINE void
input_line4 (Lane *d, unsigned step) {
  Lane d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step],
       d5 = d[5 * step];
  Lane even = d4 - 4.0f * d2, odd = d3 - 4.0f * d1;
  Lane even2 = d4 - d2, odd2 = 2.0f * (d3 - d1);
  d[0] = 4.0f * d0 - 5.0f * d2 + d4;
  d[step] = even + odd;
  d[2 * step] = even - odd;
  d[3 * step] = even2 + odd2;
  d[4 * step] = even2 - odd2;
  d[5 * step] = 4.0f * d1 - 5.0f * d3 + d5;
}

INLINE void
patch_forward (unsigned m, Lane *d) {
  const unsigned t = m + 2;
  for (unsigned i = 0; i < t; i++) {
    if (m == 2)
      input_line2 (d + i, t);
    else
      input_line4 (d + i, t);
  }
  for (unsigned i = 0; i < t; i++) {
    if (m == 2)
      input_line2 (d + i * t, 1);
    else
      input_line4 (d + i * t, 1);
  }
}

INLINE void
input_any (unsigned m, const float *map, unsigned size, unsigned channels, int row, int column,
           float *out, size_t stride) {
  const unsigned t = m + 2;
  bool inside =
      row >= 0 && column >= 0 && row + (int)t <= (int)size && column + (int)t <= (int)size;
  const Lane zero = {0};
  for (unsigned c = 0; c < channels; c += LANES) {
    Lane d[36];
    for (unsigned y = 0; y < t; y++)
      for (unsigned x = 0; x < t; x++) {
        int py = row + (int)y, px = column + (int)x;
        bool valid = inside || (py >= 0 && px >= 0 && py < (int)size && px < (int)size);
        d[y * t + x] = valid ? LOAD (map + ((size_t)py * size + (size_t)px) * channels + c) : zero;
      }
    patch_forward (m, d);
    for (unsigned q = 0; q < t * t; q++)
      STORE (out + q * stride + c, d[q]);
  }
}

static void
winograd_input (unsigned m, const float *map, unsigned size, unsigned channels, int row, int column,
                float *out, size_t stride) {
  if (m == 2)
    input_any (2, map, size, channels, row, column, out, stride);
  else
    input_any (4, map, size, channels, row, column, out, stride);
}

// A^T e: t values `step` apart to m values `step` apart.
INLINE void
output_line (unsigned m, const Lane *e, unsigned step, Lane *out, unsigned out_step) {
  if (m == 2) {
    out[0] = e[0] + e[step] + e[2 * step];
    out[out_step] = e[step] - e[2 * step] - e[3 * step];
    return;
  }
  Lane sum1 = e[step] + e[2 * step], difference1 = e[step] - e[2 * step];
  Lane sum2 = e[3 * step] + e[4 * step], difference2 = e[3 * step] - e[4 * step];
  out[0] = e[0] + sum1 + sum2;
  out[out_step] = difference1 + 2.0f * difference2;
  out[2 * out_step] = sum1 + 4.0f * sum2;
  out[3 * out_step] = difference1 + 8.0f * difference2 + e[5 * step];
}

INLINE void
output_any (unsigned m, const float *in, size_t stride, unsigned size, unsigned channels,
            unsigned row, unsigned column, const float *bias, const float *residual, bool relu,
            float *map) {
  const unsigned t = m + 2;
  const Lane zero = {0};
  for (unsigned c = 0; c < channels; c += LANES) {
    Lane d[36], half[24], out[16];
    for (unsigned q = 0; q < t * t; q++)
      d[q] = LOAD (in + q * stride + c);
    for (unsigned x = 0; x < t; x++)
      output_line (m, d + x, t, half + x, t);
    for (unsigned y = 0; y < m; y++)
      output_line (m, half + y * t, 1, out + y * m, 1);
    Lane b = LOAD (bias + c);
    for (unsigned y = 0; y < m && row + y < size; y++)
      for (unsigned x = 0; x < m && column + x < size; x++) {
        size_t at = ((size_t)(row + y) * size + column + x) * channels + c;
        Lane v = out[y * m + x] + b;
        if (residual)
          v += LOAD (residual + at);
        STORE (map + at, relu ? larger (v, zero) : v);
      }
  }
}

static void
winograd_output (unsigned m, const float *in, size_t stride, unsigned size, unsigned channels,
                 unsigned row, unsigned column, const float *bias, const float *residual, bool relu,
                 float *map) {
  if (m == 2)
    output_any (2, in, stride, size, channels, row, column, bias, residual, relu, map);
  else
    output_any (4, in, stride, size, channels, row, column, bias, residual, relu, map);
}

// Plain loops that the compiler turns into vectors by itself. Not-a-number fails the first
// comparison.
static void
add_mapped (const float *restrict values, size_t n, float scale, float offset, float weight,
            float *restrict sums) {
  for (size_t i = 0; i < n; i++) {
    float v = values[i] * scale + offset;
    v = v > 0 ? v : 0;
    sums[i] += weight * (v < 1 ? v : 1);
  }
}

static void
widen_u8 (const uint8_t *restrict from, size_t n, float *restrict to) {
  for (size_t i = 0; i < n; i++)
    to[i] = from[i];
}

static void
widen_u16 (const uint16_t *restrict from, size_t n, float *restrict to) {
  for (size_t i = 0; i < n; i++)
    to[i] = from[i];
}

static void
widen_s16 (const int16_t *restrict from, size_t n, float *restrict to) {
  for (size_t i = 0; i < n; i++)
    to[i] = from[i];
}

static void
max_pool (const float *input, unsigned n, unsigned size, unsigned channels, float *output) {
  unsigned out_size = (size - 1) / 2 + 1;
  for (unsigned p = 0; p < n * out_size * out_size; p++) {
    unsigned image = p / (out_size * out_size), row = p / out_size % out_size * 2,
             column = p % out_size * 2;
    const float *map = input + (size_t)image * size * size * channels;
    for (unsigned c = 0; c < channels; c += LANES) {
      Lane best = LOAD (map + ((size_t)row * size + column) * channels + c);
      for (unsigned y = row ? row - 1 : 0; y <= row + 1 && y < size; y++)
        for (unsigned x = column ? column - 1 : 0; x <= column + 1 && x < size; x++) {
          Lane v = LOAD (map + ((size_t)y * size + x) * channels + c);
          best = larger (best, v);
        }
      STORE (output + (size_t)p * channels + c, best);
    }
  }
}

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_ (a, b)
#define TEXT_(a)    #a
#define TEXT(a)     TEXT_ (a)

const PrcOpsKernels JOIN (prc_ops_kernels_, KERNEL_SET) = {
    .name = TEXT (KERNEL_SET),
    .panel_width = PANEL,
    .multiply = multiply,
    .winograd_input = winograd_input,
    .winograd_output = winograd_output,
    .add_mapped = add_mapped,
    .widen_u8 = widen_u8,
    .widen_u16 = widen_u16,
    .widen_s16 = widen_s16,
    .max_pool = max_pool,
};
