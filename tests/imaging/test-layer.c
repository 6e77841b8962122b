// SPDX-License-Identifier: Apache-2.0
// Segments painted over pictures: by hand, against the naive twin, with every set of kernels.
#include "prc-kernels.h"
#include "prc-render.h"

#include <math.h>
#include <string.h>

static PrcMask *
mask_of (uint32_t rows, uint32_t columns, const char *picture) {
  g_autofree uint8_t *bytes = g_malloc ((size_t)rows * columns);

  g_assert_cmpuint (strlen (picture), ==, (size_t)rows * columns);
  for (size_t i = 0; i < (size_t)rows * columns; i++)
    bytes[i] = picture[i] != '.';
  return prc_mask_new_from_bytes (rows, columns, bytes, columns);
}

static PrcMask *
rectangle (uint32_t rows, uint32_t columns, int top, int bottom, int left, int right) {
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));

  for (int row = top; row < bottom; row++) {
    PrcRowSpan span = {row, left, right};
    g_array_append_val (spans, span);
  }
  return prc_mask_new_from_spans (rows, columns, (const PrcRowSpan *)(const void *)spans->data,
                                  spans->len);
}

static PrcFrame *
flat_frame (uint32_t rows, uint32_t columns, uint8_t level, double aspect) {
  g_autofree uint8_t *samples = g_malloc ((size_t)rows * columns);
  g_autoptr (GBytes) bytes = NULL;
  PrcFrameInfo info = {.type = PRC_SAMPLE_U8,
                       .rows = rows,
                       .columns = columns,
                       .rescale_slope = 1,
                       .pixel_aspect = aspect};

  memset (samples, level, (size_t)rows * columns);
  bytes = g_bytes_new (samples, (size_t)rows * columns);
  return prc_frame_new (&info, bytes, NULL);
}

static PrcViewParams
view (double zoom, double x, double y) {
  return (PrcViewParams){.voi = PRC_VOI_USE_WINDOW,
                         .centre = 128,
                         .width = 256,
                         .smooth = true,
                         .zoom = zoom,
                         .image_centre_x = x,
                         .image_centre_y = y};
}

static PrcRaster *
render (PrcFrame *frame, const PrcViewParams *params, const PrcLayer *layer, int width,
        int height) {
  g_autoptr (GError) error = NULL;
  PrcRaster *raster = prc_render (frame, params, layer, width, height, NULL, &error);

  g_assert_no_error (error);
  return raster;
}

static const uint32_t *
pixels_of (const PrcRaster *raster) {
  return g_bytes_get_data (raster->bytes, NULL);
}

// What a white outline leaves on a black picture, '#'; a fill alone, 'o', is 0x404040.
static char *
drawing_of (PrcFrame *frame, const PrcViewParams *params, const PrcMask *mask, int width,
            int height) {
  PrcLayerItem item = {.mask = mask, .colour = 0xffffff, .fill = 0.25, .outline = 1};
  g_autoptr (PrcLayer) layer = prc_layer_new (&item, 1);
  g_autoptr (PrcRaster) raster = render (frame, params, layer, width, height);
  GString *drawing = g_string_new (NULL);

  for (int i = 0; i < width * height; i++) {
    uint32_t level = pixels_of (raster)[i] & 0xff;

    g_string_append_c (drawing, level == 0xff ? '#' : level == 0x40 ? 'o' : '.');
    g_assert_true (level == 0xff || level == 0x40 || level == 0);
  }
  return g_string_free (drawing, FALSE);
}

static void
test_new (void) {
  g_autoptr (PrcMask) empty = rectangle (4, 4, 0, 0, 0, 0), some = rectangle (4, 4, 1, 2, 1, 2);
  PrcLayerItem items[] = {
      {empty, 0xff0000, 1, 1}, {some, 0x00ff00, 0, 0}, {some, 0x0000ff, 0.5, 0},
      {NULL, 0x112233, 1, 1},  {some, 0x445566, 0, 1}, {some, 0x778899, NAN, -1},
  };
  g_autoptr (PrcLayer) layer = prc_layer_new (items, G_N_ELEMENTS (items)), again = NULL;
  size_t n;
  const PrcLayerItem *kept = prc_layer_items (layer, &n);

  g_assert_cmpuint (n, ==, 2);
  g_assert_cmphex (kept[0].colour, ==, 0x0000ff);
  g_assert_cmphex (kept[1].colour, ==, 0x445566);
  g_assert_true (kept[1].mask == some);
  again = prc_layer_ref (layer);
  g_assert_true (again == layer);
  g_assert_null (prc_layer_new (items, 2));
  g_assert_null (prc_layer_new (NULL, 0));
}

// 100 under 0xff0080 at a half: 177.5, 50, 114; that under 0x00ff00 at a quarter: 133.5, 101.25,
// 85.5; an edge of the first, above both, at a half: 194.5, 50.5, 107. Halves go up.
static void
test_blend_by_hand (void) {
  g_autoptr (PrcFrame) frame = flat_frame (8, 8, 100, 1);
  g_autoptr (PrcMask) low = rectangle (8, 8, 0, 8, 0, 6), high = rectangle (8, 8, 0, 8, 4, 8);
  PrcLayerItem items[] = {{low, 0xff0080, 0.5, 0}, {high, 0x00ff00, 0.25, 0}};
  PrcViewParams params = view (1, 4, 4);
  g_autoptr (PrcLayer) fills = prc_layer_new (items, 2);
  g_autoptr (PrcRaster) filled = NULL, edged = NULL;

  params.centre = 127.5; // stored values are levels
  params.function = PRC_VOI_LINEAR_EXACT;
  params.width = 255;
  filled = render (frame, &params, fills, 8, 8);
  g_assert_cmphex (pixels_of (filled)[8 * 3 + 2], ==, 0xffb23272);
  g_assert_cmphex (pixels_of (filled)[8 * 3 + 5], ==, 0xff866556);
  g_assert_cmphex (pixels_of (filled)[8 * 3 + 7], ==, 0xff4b8b4b); // 75, 138.75, 75

  items[0].outline = 0.5;
  g_autoptr (PrcLayer) edges = prc_layer_new (items, 2);
  edged = render (frame, &params, edges, 8, 8);
  g_assert_cmphex (pixels_of (edged)[8 * 3 + 2], ==, 0xffb23272);
  g_assert_cmphex (pixels_of (edged)[8 * 3 + 5], ==, 0xffc3336b);
}

// Zoomed in, outlines follow the borders of image pixels; they are of the screen's width and within
// the mask.
static void
test_outline_by_hand (void) {
  g_autoptr (PrcFrame) frame = flat_frame (3, 4, 0, 1);
  g_autoptr (PrcMask) mask = mask_of (3, 4,
                                      "...."
                                      ".##."
                                      ".#..");
  PrcViewParams params = view (4, 2, 1.5);
  g_autofree char *one = drawing_of (frame, &params, mask, 16, 12), *two = NULL;

  g_assert_cmpstr (one, ==,
                   "................"
                   "................"
                   "................"
                   "................"
                   "....########...."
                   "....#oooooo#...."
                   "....#oooooo#...."
                   "....#ooo####...."
                   "....#oo#........"
                   "....#oo#........"
                   "....#oo#........"
                   "....####........");
  params.scale = 2;
  two = drawing_of (frame, &params, mask, 16, 12);
  g_assert_cmpstr (two, ==,
                   "................"
                   "................"
                   "................"
                   "................"
                   "....########...."
                   "....########...."
                   "....##oo####...."
                   "....##o#####...."
                   "....####........"
                   "....####........"
                   "....####........"
                   "....####........");
}

// Image pixel (c, r) is what lies from c to c + 1: a device pixel shows it when its middle is there.
static void
test_half_a_pixel (void) {
  g_autoptr (PrcFrame) frame = flat_frame (3, 3, 0, 1);
  g_autoptr (PrcMask) mask = rectangle (3, 3, 1, 2, 1, 2);
  PrcViewParams params = view (3, 1.5, 1.5);
  g_autofree char *middle = drawing_of (frame, &params, mask, 9, 9), *moved = NULL;

  g_assert_cmpstr (middle, ==,
                   "........."
                   "........."
                   "........."
                   "...###..."
                   "...#o#..."
                   "...###..."
                   "........."
                   "........."
                   ".........");
  params.image_centre_x = 1.5 - 0.4 / 3; // not half a device pixel to the right
  moved = drawing_of (frame, &params, mask, 9, 9);
  g_assert_cmpstr (moved, ==, middle);
}

// Where a segment goes on beyond the view it has no edge; where the image ends it has.
static void
test_edges_of_view_and_image (void) {
  g_autoptr (PrcFrame) frame = flat_frame (4, 4, 0, 1);
  g_autoptr (PrcMask) all = rectangle (4, 4, 0, 4, 0, 4);
  PrcViewParams params = view (2, 2, 2);
  g_autofree char *inside = drawing_of (frame, &params, all, 4, 4), *corner = NULL;

  g_assert_cmpstr (inside, ==, "oooooooooooooooo");
  params.image_centre_x = params.image_centre_y = 1;
  corner = drawing_of (frame, &params, all, 4, 4);
  g_assert_cmpstr (corner, ==, "#####ooo#ooo#ooo");
}

// One device row, with nothing above it nor below: an edge on both sides.
static void
test_image_of_one_row (void) {
  g_autoptr (PrcFrame) frame = flat_frame (1, 6, 0, 1);
  g_autoptr (PrcMask) mask = rectangle (1, 6, 0, 1, 1, 5);
  PrcViewParams params = view (1, 3, 0.5);
  g_autofree char *drawing = drawing_of (frame, &params, mask, 6, 3);

  g_assert_cmpstr (drawing, ==,
                   "......"
                   ".####."
                   "......");
}

static int
n_painted (const PrcRaster *raster) {
  int n = 0;

  for (int i = 0; i < raster->width * raster->height; i++)
    n += pixels_of (raster)[i] != 0xff000000;
  return n;
}

static void
test_thin_never_vanishes (void) {
  static const double zooms[] = {0.9, 0.31, 0.27, 0.1, 0.013};
  g_autoptr (PrcFrame) frame = flat_frame (37, 41, 0, 1.3);

  for (size_t z = 0; z < G_N_ELEMENTS (zooms); z++)
    for (int column = 0; column < 41; column++) {
      g_autoptr (PrcMask) mask =
          rectangle (37, 41, column * 36 / 40, column * 36 / 40 + 1, column, column + 1);
      PrcLayerItem item = {mask, 0xff0000, 0.5, 0};
      PrcViewParams params = view (zooms[z], 20.5, 18.5);
      g_autoptr (PrcLayer) layer = prc_layer_new (&item, 1);
      g_autoptr (PrcRaster) raster = NULL;

      prc_view_params_fit (&params, prc_frame_info (frame), 40, 40);
      params.zoom = zooms[z];
      raster = render (frame, &params, layer, 60, 60);
      g_assert_cmpint (n_painted (raster), >=, 1);
      g_assert_cmpint (n_painted (raster), <=, 4);
    }
}

static void
test_other_size (void) {
  g_autoptr (PrcFrame) frame = flat_frame (4, 4, 0, 1);
  g_autoptr (PrcMask) wide = rectangle (4, 5, 0, 4, 0, 5), high = rectangle (5, 4, 0, 5, 0, 4);
  PrcLayerItem items[] = {{wide, 0xffffff, 1, 1}, {high, 0xffffff, 1, 1}};
  g_autoptr (PrcLayer) layer = prc_layer_new (items, 2);
  PrcViewParams params = view (3, 2, 2);
  g_autoptr (PrcRaster) raster = render (frame, &params, layer, 12, 12);

  g_assert_cmpint (n_painted (raster), ==, 0);
}

// What a shutter hides is a colour of its own with a palette; segments lie over that too, and once.
static void
test_over_shutter (void) {
  g_autoptr (PrcMask) left = rectangle (4, 4, 0, 4, 0, 2), all = rectangle (4, 4, 0, 4, 0, 4);
  g_autoptr (PrcFrame) open = flat_frame (4, 4, 90, 1), frame = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (prc_frame_samples (open), prc_frame_size (open));
  PrcFrameInfo info = *prc_frame_info (open);
  PrcLayerItem item = {all, 0x123456, 0.5, 0};
  g_autoptr (PrcLayer) layer = prc_layer_new (&item, 1);
  PrcViewParams params = view (2, 2, 2);

  info.shutter = left;
  frame = prc_frame_new (&info, bytes, NULL);
  for (int palette = 0; palette < 2; palette++) {
    g_autoptr (PrcRaster) plain = NULL, raster = NULL;

    params.palette = palette ? prc_palette_find ("hot-iron") : NULL;
    plain = render (frame, &params, NULL, 8, 8);
    raster = render (frame, &params, layer, 8, 8);
    for (int i = 0; i < 64; i++)
      for (int shift = 0; shift < 24; shift += 8) {
        uint32_t under = pixels_of (plain)[i] >> shift & 255, over = 0x123456 >> shift & 255;

        g_assert_cmpuint (pixels_of (raster)[i] >> shift & 255, ==, (under + over + 1) / 2);
      }
  }
}

/* ---- against the twin ---- */

// Blots, lines and dots.
static PrcMask *
random_mask (uint32_t rows, uint32_t columns) {
  g_autofree uint8_t *bytes = g_malloc0 ((size_t)rows * columns);
  int n = g_test_rand_int_range (0, 6);

  for (int i = 0; i < n; i++) {
    double x = g_test_rand_double_range (0, columns), y = g_test_rand_double_range (0, rows);
    double wide = exp (g_test_rand_double_range (-1, 3.5));
    double high = exp (g_test_rand_double_range (-1, 3.5));

    for (uint32_t row = 0; row < rows; row++)
      for (uint32_t column = 0; column < columns; column++)
        if (pow ((column + 0.5 - x) / wide, 2) + pow ((row + 0.5 - y) / high, 2) < 1)
          bytes[row * columns + column] ^= 1;
  }
  for (int i = 0; i < 20; i++)
    bytes[g_test_rand_int_range (0, (int)(rows * columns))] ^= 1;
  return prc_mask_new_from_bytes (rows, columns, bytes, columns);
}

static PrcLayer *
random_layer (uint32_t rows, uint32_t columns) {
  PrcLayerItem items[4];
  PrcLayer *layer;
  int n = g_test_rand_int_range (1, 5);

  for (int i = 0; i < n; i++)
    items[i] = (PrcLayerItem){random_mask (rows, columns), (uint32_t)g_test_rand_int () & 0xffffff,
                              g_test_rand_bit () ? g_test_rand_double () : g_test_rand_bit (),
                              g_test_rand_bit () ? g_test_rand_double () : g_test_rand_bit ()};
  layer = prc_layer_new (items, (size_t)n);
  for (int i = 0; i < n; i++)
    prc_mask_unref ((PrcMask *)items[i].mask);
  return layer;
}

static PrcFrame *
random_frame (void) {
  uint32_t rows = (uint32_t)g_test_rand_int_range (1, 60);
  uint32_t columns = (uint32_t)g_test_rand_int_range (1, 60);
  PrcFrameInfo info = {.type = g_test_rand_bit () ? PRC_SAMPLE_U8 : PRC_SAMPLE_RGB8,
                       .rows = rows,
                       .columns = columns,
                       .rescale_slope = 1,
                       .pixel_aspect =
                           g_test_rand_bit () ? 1 : exp (g_test_rand_double_range (-1.5, 1.5))};
  size_t size = (size_t)rows * columns * prc_sample_size (info.type);
  g_autofree uint8_t *samples = g_malloc (size);
  g_autoptr (GBytes) bytes = NULL;

  for (size_t i = 0; i < size; i++)
    samples[i] = (uint8_t)g_test_rand_int ();
  bytes = g_bytes_new (samples, size);
  return prc_frame_new (&info, bytes, NULL);
}

static PrcViewParams
random_view (const PrcFrameInfo *info) {
  PrcViewParams params = view (exp (g_test_rand_double_range (-2.5, 2.5)),
                               g_test_rand_double_range (-0.2, 1.2) * info->columns,
                               g_test_rand_double_range (-0.2, 1.2) * info->rows);

  if (g_test_rand_int_range (0, 3) == 0)
    params.zoom = rint (params.zoom + 0.5);
  params.smooth = g_test_rand_bit ();
  params.quarter_turns = (uint8_t)g_test_rand_int_range (0, 4);
  params.flip = g_test_rand_bit ();
  params.scale = g_test_rand_int_range (0, 4);
  if (g_test_rand_bit ())
    params.palette = prc_palette_find ("hot-iron");
  return params;
}

// The largest difference of any channel.
static int
difference (const PrcRaster *a, const PrcRaster *b) {
  const uint8_t *x = g_bytes_get_data (a->bytes, NULL), *y = g_bytes_get_data (b->bytes, NULL);
  int most = 0;

  for (size_t i = 0; i < (size_t)a->width * (size_t)a->height * 4; i++)
    most = MAX (most, ABS (x[i] - y[i]));
  return most;
}

static void
test_twin (void) {
  int n = g_test_thorough () ? 2000 : 200;

  for (int i = 0; i < n; i++) {
    g_autoptr (PrcFrame) frame = random_frame ();
    const PrcFrameInfo *info = prc_frame_info (frame);
    g_autoptr (PrcLayer) layer = random_layer (info->rows, info->columns);
    PrcViewParams params = random_view (info);
    int width = g_test_rand_int_range (1, 70), height = g_test_rand_int_range (1, 70);
    g_autoptr (PrcRaster) slow = NULL, first = NULL;

    if (layer == NULL)
      continue;
    if (info->type == PRC_SAMPLE_RGB8)
      params.palette = NULL;
    slow = prc_render_reference (frame, &params, layer, width, height);
    for (const PrcKernels *const *set = prc_kernels_available (); *set != NULL; set++) {
      g_autoptr (PrcRaster) fast = NULL;

      prc_kernels_use (*set);
      fast = render (frame, &params, layer, width, height);
      if (difference (fast, slow) > (params.palette != NULL ? 12 : 1))
        g_error ("differs by %d: %u x %u in %d x %d, zoom %.9g aspect %.9g centre %.9g %.9g, "
                 "scale %d, smooth %d, turn %d, flip %d",
                 difference (fast, slow), info->columns, info->rows, width, height, params.zoom,
                 info->pixel_aspect, params.image_centre_x, params.image_centre_y, params.scale,
                 params.smooth, params.quarter_turns, params.flip);
      if (first == NULL)
        first = prc_raster_ref (fast);
      g_assert_true (g_bytes_equal (first->bytes, fast->bytes));
    }
    prc_kernels_use (NULL);
  }
}

// What was found for one picture is used for the next, where it lies there.
static void
test_painted_again (void) {
  g_autoptr (PrcFrame) frame = flat_frame (40, 50, 60, 1.2);
  PrcViewParams places[] = {view (3, 25, 20), view (3, 24, 20), view (0.7, 25, 20),
                            view (3, 25, 20)};
  g_autoptr (PrcMask) mask = random_mask (40, 50);
  PrcLayerItem item = {mask, 0x3080f0, 0.4, 0.8};
  g_autoptr (PrcLayer) kept = prc_layer_new (&item, 1);

  places[3].scale = 2;
  for (size_t i = 0; i < 40; i++) {
    const PrcViewParams *place = &places[i % 7 % 4];
    int width = i % 11 == 3 ? 90 : 100;
    g_autoptr (PrcLayer) fresh = prc_layer_new (&item, 1);
    g_autoptr (PrcRaster) anew = render (frame, place, fresh, width, 80);
    g_autoptr (PrcRaster) again = render (frame, place, kept, width, 80);

    g_assert_true (g_bytes_equal (anew->bytes, again->bytes));
  }
}

typedef struct {
  PrcFrame *frame;
  const PrcLayer *layer;
  PrcViewParams params;
  GBytes *right;
} Shared;

static gpointer
render_often (gpointer data) {
  const Shared *shared = data;

  for (int i = 0; i < 50; i++) {
    g_autoptr (PrcRaster) raster = render (shared->frame, &shared->params, shared->layer, 90, 80);

    g_assert_true (g_bytes_equal (raster->bytes, shared->right));
  }
  return NULL;
}

static void
test_threads (void) {
  g_autoptr (PrcFrame) frame = flat_frame (40, 50, 60, 1);
  g_autoptr (PrcMask) mask = random_mask (40, 50);
  PrcLayerItem item = {mask, 0x3080f0, 0.4, 0.8};
  g_autoptr (PrcLayer) layer = prc_layer_new (&item, 1);
  Shared shared[4];
  GThread *threads[4];

  for (int i = 0; i < 4; i++) {
    g_autoptr (PrcLayer) own = prc_layer_new (&item, 1);
    g_autoptr (PrcRaster) right = NULL;

    shared[i] = (Shared){frame, layer, view (i % 2 ? 1.7 : 1.9, 25, 20), NULL};
    right = render (frame, &shared[i].params, own, 90, 80);
    shared[i].right = g_bytes_ref (right->bytes);
  }
  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new (NULL, render_often, &shared[i]);
  for (int i = 0; i < 4; i++) {
    g_thread_join (threads[i]);
    g_bytes_unref (shared[i].right);
  }
}

// A chessboard, the most runs that there can be: more strokes than are kept.
static void
test_chessboard (void) {
  g_autofree uint8_t *bytes = g_malloc (400 * 400);
  g_autoptr (PrcFrame) frame = flat_frame (400, 400, 60, 1);
  g_autoptr (PrcMask) mask = NULL;
  PrcLayerItem items[2];
  PrcViewParams params = view (2.1, 200, 200);
  g_autoptr (PrcLayer) layer = NULL;
  g_autoptr (PrcRaster) slow = NULL;

  for (int i = 0; i < 400 * 400; i++)
    bytes[i] = (i / 400 + i) % 2 == 0;
  mask = prc_mask_new_from_bytes (400, 400, bytes, 400);
  items[0] = items[1] = (PrcLayerItem){mask, 0x3080f0, 0.4, 0.8};
  layer = prc_layer_new (items, 2);
  slow = prc_render_reference (frame, &params, layer, 840, 300);
  for (int i = 0; i < 2; i++) {
    g_autoptr (PrcRaster) fast = render (frame, &params, layer, 840, 300);

    g_assert_cmpint (difference (fast, slow), <=, 1);
  }
}

static void
test_nonsense (void) {
  static const double values[] = {NAN, INFINITY, -INFINITY, 0, -1, 1e300, -1e300, 1e-300};
  g_autoptr (PrcFrame) frame = flat_frame (9, 9, 10, 1);
  g_autoptr (PrcMask) all = rectangle (9, 9, 0, 9, 0, 9);
  PrcLayerItem item = {all, 0x808080, 0.5, 1};
  g_autoptr (PrcLayer) layer = prc_layer_new (&item, 1);

  for (size_t i = 0; i < G_N_ELEMENTS (values); i++)
    for (int field = 0; field < 4; field++) {
      PrcViewParams params = view (2, 4, 4);
      double *fields[] = {&params.zoom, &params.image_centre_x, &params.image_centre_y};
      g_autoptr (PrcRaster) raster = NULL;

      if (field < 3)
        *fields[field] = values[i];
      else
        params.scale = i % 2 ? G_MAXINT : G_MININT;
      raster = render (frame, &params, layer, 12, 13);
      for (int p = 0; p < 12 * 13; p++)
        g_assert_cmphex (pixels_of (raster)[p] >> 24, ==, 0xff);
    }
}

/* ---- kernels ---- */

// The naive blending of one pixel after the other, and nothing beside a stroke.
static void
test_blend_strokes (void) {
  static const uint8_t all[64] = {[0 ... 63] = 1};
  uint32_t before[64], expected[64], pixels[64];

  for (size_t i = 0; i < 64; i++)
    before[i] = (uint32_t)g_test_rand_int () | 0xff000000;
  for (const PrcKernels *const *set = prc_kernels_available (); *set != NULL; set++)
    for (int n = 0; n < 40; n++)
      for (unsigned alpha = 0; alpha <= 256; alpha += 32) {
        uint32_t colours[] = {(uint32_t)g_test_rand_int () & 0xffffff, 0xffffff};
        PrcTint tints[] = {prc_tint (colours[0], alpha), prc_tint (colours[1], 77)};
        PrcStroke strokes[] = {{3, 3 + n, &tints[0]}, {20, 22, &tints[1]}};

        memcpy (expected, before, sizeof before);
        memcpy (pixels, before, sizeof before);
        prc_kernels_scalar.blend_covered (expected + 3, all, (size_t)n, colours[0], alpha);
        prc_kernels_scalar.blend_covered (expected + 20, all, 2, colours[1], 77);
        (*set)->blend_strokes (pixels, strokes, 2);
        g_assert_cmpmem (pixels, sizeof pixels, expected, sizeof expected);
      }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layer/new", test_new);
  g_test_add_func ("/layer/blend-by-hand", test_blend_by_hand);
  g_test_add_func ("/layer/outline-by-hand", test_outline_by_hand);
  g_test_add_func ("/layer/half-a-pixel", test_half_a_pixel);
  g_test_add_func ("/layer/edges-of-view-and-image", test_edges_of_view_and_image);
  g_test_add_func ("/layer/image-of-one-row", test_image_of_one_row);
  g_test_add_func ("/layer/thin-never-vanishes", test_thin_never_vanishes);
  g_test_add_func ("/layer/other-size", test_other_size);
  g_test_add_func ("/layer/over-shutter", test_over_shutter);
  g_test_add_func ("/layer/twin", test_twin);
  g_test_add_func ("/layer/painted-again", test_painted_again);
  g_test_add_func ("/layer/threads", test_threads);
  g_test_add_func ("/layer/chessboard", test_chessboard);
  g_test_add_func ("/layer/nonsense", test_nonsense);
  g_test_add_func ("/layer/blend-strokes", test_blend_strokes);
  return g_test_run ();
}
