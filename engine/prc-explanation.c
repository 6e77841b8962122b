// SPDX-License-Identifier: Apache-2.0
#include "prc-explanation.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "prc-engine-error.h"
#include "prc-features.h"

#define SIDE       PRC_FEATURE_SIDE
#define PLACES     PRC_FEATURE_PLACES
#define CELL       (PRC_INPUT_SIZE / SIDE) // of the encoder's input, along one edge
#define LEAST_PART 0.5                     // of a patch that is image
// Of the input's values, -1 to 1. 19 of 20 patches of air deviate less than that, 19 of 20 of lung
// and brain more.
#define EVEN 0.05
#define DARK -0.75 // below -275 HU; an eighth of a grey picture's range
#define AIR  -0.4  // below -900 HU

typedef struct {
  PrcRegion square;
  PrcPatch patches[PLACES];
} Grid;

struct _PrcExplanation {
  Grid grids[PRC_EXPLANATION_SIDES];
};

void
prc_crop_copy (PrcCrop *to, const PrcCrop *from) {
  *to = *from;
  to->frame = prc_frame_ref (from->frame);
  to->mask = from->mask ? prc_mask_ref ((PrcMask *)from->mask) : NULL;
}

void
prc_crop_clear (PrcCrop *crop) {
  g_clear_pointer (&crop->frame, prc_frame_unref);
  if (crop->mask)
    prc_mask_unref ((PrcMask *)crop->mask);
  crop->mask = NULL;
}

/* ---- matching ---- */

static float
heat_of (float cosine) {
  const float heat =
      (cosine - PRC_EXPLANATION_CHANCE) / (PRC_EXPLANATION_FULL - PRC_EXPLANATION_CHANCE);
  return CLAMP (heat, 0, 1);
}

// Of one place, the others' cosines lying `step` apart; the first of equals.
static PrcPatch
find_match (const float *cosines, size_t step, const bool *others) {
  PrcPatch patch = {.match = -1};
  for (int i = 0; i < PLACES; i++) {
    const float cosine = cosines[(size_t)i * step];
    if (others[i] && (patch.match < 0 || cosine > patch.cosine)) {
      patch.match = i;
      patch.cosine = cosine;
    }
  }
  patch.cosine = CLAMP (patch.cosine, -1, 1);
  patch.heat = heat_of (patch.cosine);
  return patch;
}

static void
fill (Grid *grid, const PrcExplanationInput *input, const PrcExplanationInput *other,
      const float *cosines, size_t place_step, size_t other_step) {
  grid->square = input->square;
  for (size_t i = 0; i < PLACES; i++)
    grid->patches[i] = input->counts[i]
                           ? find_match (cosines + i * place_step, other_step, other->counts)
                           : (PrcPatch){.match = -1};
}

PrcExplanation *
prc_explanation_new (PrcExplanationInput *query, PrcExplanationInput *neighbour, unsigned length) {
  PrcExplanation *self = g_atomic_rc_box_new0 (PrcExplanation);
  g_autofree float *cosines = g_new (float, (size_t)PLACES *PLACES);
  prc_features_centre (query->features, query->counts, neighbour->features, neighbour->counts,
                       PLACES, length);
  prc_features_cosines (query->features, neighbour->features, PLACES, length, cosines);
  fill (&self->grids[PRC_EXPLANATION_QUERY], query, neighbour, cosines, PLACES, 1);
  fill (&self->grids[PRC_EXPLANATION_NEIGHBOUR], neighbour, query, cosines, 1, PLACES);
  return self;
}

PrcExplanation *
prc_explanation_ref (PrcExplanation *explanation) {
  return g_atomic_rc_box_acquire (explanation);
}

void
prc_explanation_unref (PrcExplanation *explanation) {
  g_atomic_rc_box_release (explanation);
}

/* ---- looking ---- */

static PrcRegion
cell_of (const PrcRegion *square, unsigned patch) {
  const double width = square->width / SIDE, height = square->height / SIDE;
  return (PrcRegion){square->x + patch % SIDE * width, square->y + patch / SIDE * height, width,
                     height};
}

static double
common (double a, double a_length, double b, double b_length) {
  return fmax (0, fmin (a + a_length, b + b_length) - fmax (a, b));
}

static bool
is_image (const PrcRegion *square, const PrcRegion *inside, unsigned patch) {
  const PrcRegion cell = cell_of (square, patch);
  return common (cell.x, cell.width, inside->x, inside->width) *
             common (cell.y, cell.height, inside->y, inside->height) >=
         LEAST_PART * cell.width * cell.height;
}

typedef struct {
  double mean, deviation, highest;
} Spread;

static Spread
spread_of (const float *input, unsigned patch, unsigned channel) {
  const size_t first = (size_t)(patch / SIDE) * CELL * PRC_INPUT_SIZE + patch % SIDE * CELL;
  const double n = CELL * CELL;
  double sum = 0, squares = 0, highest = -1;
  for (size_t y = 0; y < CELL; y++)
    for (size_t x = 0; x < CELL; x++) {
      const double v = input[(first + y * PRC_INPUT_SIZE + x) * PRC_INPUT_CHANNELS + channel];
      sum += v;
      squares += v * v;
      highest = fmax (highest, v);
    }
  return (Spread){sum / n, sqrt (fmax (squares / n - sum / n * sum / n, 0)), highest};
}

// Air and what is beside a body is dark and even; the border of what a scanner reconstructs is not
// even, but nothing there is brighter than air. In the last channel lung is as dark as that, in the
// others it is not even.
static bool
is_seen (const float *input, unsigned patch) {
  for (unsigned c = 0; c < PRC_INPUT_CHANNELS; c++) {
    const Spread spread = spread_of (input, patch, c);
    if (spread.deviation > EVEN && spread.highest > AIR)
      return true;
  }
  return spread_of (input, patch, PRC_INPUT_CHANNELS - 1).mean > DARK;
}

static gboolean
look (PrcEmbedder *embedder, const PrcCrop *crop, PrcExplanationInput *seen, float *vector,
      GError **error) {
  g_autofree float *input = g_new (float, PRC_INPUT_SIZE *PRC_INPUT_SIZE *PRC_INPUT_CHANNELS);
  const PrcRegion *region = crop->region.width > 0 ? &crop->region : NULL;
  PrcRegion inside;
  if (!prc_embedder_look (embedder, crop->frame, region, crop->mask, input, error) ||
      !prc_preprocess_square (crop->frame, region, crop->mask, &seen->square, &inside, error))
    return FALSE;
  for (unsigned i = 0; i < PLACES; i++)
    seen->counts[i] = is_image (&seen->square, &inside, i) && is_seen (input, i);
  prc_embedder_forward_features (embedder, input, vector, seen->features);
  return TRUE;
}

PrcExplanation *
prc_explain (PrcEmbedder *embedder, const PrcCrop *query, const PrcCrop *neighbour,
             GCancellable *cancellable, GError **error) {
  if (!prc_embedder_explains (embedder)) {
    g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL,
                         _ ("This encoder cannot say what is alike in two pictures"));
    return NULL;
  }
  const unsigned length = prc_embedder_feature_length (embedder);
  g_autofree float *features = g_new (float, (size_t)PRC_EXPLANATION_SIDES *PLACES *length);
  g_autofree float *vector = g_new (float, prc_embedder_dimension (embedder));
  PrcExplanationInput inputs[PRC_EXPLANATION_SIDES] = {
      {.features = features}, {.features = features + (size_t)PLACES * length}};
  const PrcCrop *const crops[] = {query, neighbour};
  for (unsigned i = 0; i < PRC_EXPLANATION_SIDES; i++)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
        !look (embedder, crops[i], &inputs[i], vector, error))
      return NULL;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return prc_explanation_new (&inputs[0], &inputs[1], length);
}

/* ---- asking ---- */

const PrcPatch *
prc_explanation_patch (const PrcExplanation *explanation, PrcExplanationSide side, unsigned patch) {
  return &explanation->grids[side].patches[patch];
}

const PrcRegion *
prc_explanation_square (const PrcExplanation *explanation, PrcExplanationSide side) {
  return &explanation->grids[side].square;
}

PrcRegion
prc_explanation_region (const PrcExplanation *explanation, PrcExplanationSide side,
                        unsigned patch) {
  return cell_of (&explanation->grids[side].square, patch);
}

int
prc_explanation_find (const PrcExplanation *explanation, PrcExplanationSide side, double image_x,
                      double image_y) {
  const Grid *grid = &explanation->grids[side];
  const double column = floor ((image_x - grid->square.x) * SIDE / grid->square.width);
  const double row = floor ((image_y - grid->square.y) * SIDE / grid->square.height);
  if (!(column >= 0 && column < SIDE && row >= 0 && row < SIDE))
    return -1;
  const int patch = (int)row * SIDE + (int)column;
  return grid->patches[patch].match >= 0 ? patch : -1;
}

double
prc_explanation_mean_heat (const PrcExplanation *explanation, PrcExplanationSide side) {
  double sum = 0;
  unsigned n = 0;
  for (unsigned i = 0; i < PLACES; i++) {
    const PrcPatch *patch = &explanation->grids[side].patches[i];
    sum += patch->heat;
    n += patch->match >= 0;
  }
  return n > 0 ? sum / n : 0;
}
