// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-embedder.h"

// Why one slice was found for another: which patch of the one the encoder takes for which of the
// other. Two grids of PRC_FEATURE_PLACES patches, row by row, over the squares of the two images
// that were compared. Immutable, reference-counted, any thread.
typedef struct _PrcExplanation PrcExplanation;

typedef enum {
  PRC_EXPLANATION_QUERY,
  PRC_EXPLANATION_NEIGHBOUR,
  PRC_EXPLANATION_SIDES
} PrcExplanationSide;

// The cosine is that of the features after what all patches of both slices have in common was taken
// off (prc_features_centre): between slices that have nothing to do with one another best matches
// lie around 0.22, and 1 in 20 reaches 0.49; 0.04 and 0.25 when one of them is noise; between the
// same region of two patients around 0.46, of one patient 0.67 (some 770 pairs of 138 slices of 18
// kinds, CT, MR, radiographs and ultrasound, and 12 pictures of noise; air counted there). So heat
// begins where chance all but ends. Both figures are of the encoder that is shipped.
#define PRC_EXPLANATION_CHANCE 0.5f
#define PRC_EXPLANATION_FULL   0.8f

typedef struct {
  int match;    // the patch of the other side that is most like it; -1: it counts as nothing
  float cosine; // of the two, -1 to 1
  float heat;   // 0 (as like as unrelated slices are) to 1
} PrcPatch;

// What is compared: a frame, or a crop of it as a query takes it (prc-query.h). Who keeps one
// copies it: prc_crop_copy, prc_crop_clear.
typedef struct {
  PrcFrame *frame;
  PrcRegion region;    // width 0: whole image
  const PrcMask *mask; // or NULL; then the region does not count
} PrcCrop;
void prc_crop_copy (PrcCrop *to, const PrcCrop *from);
void prc_crop_clear (PrcCrop *crop);

// What one side is made of. Patches of which less than half is image, and those in which there is
// nothing to see (padding, air), do not count: they match nothing and have no heat.
typedef struct {
  PrcRegion square; // image_ coordinates; may reach beyond the image
  bool counts[PRC_FEATURE_PLACES];
  float *features; // [PRC_FEATURE_PLACES][length] unit vectors; overwritten
} PrcExplanationInput;

// Neither side is the first: with the two exchanged the answer is the same, exchanged.
PrcExplanation *prc_explanation_new (PrcExplanationInput *query, PrcExplanationInput *neighbour,
                                     unsigned length);
// Looks at both and compares. NULL and an error when a frame or mask is refused (prc_preprocess), the
// encoder is not the built-in one (MODEL) or `cancellable` was cancelled. Blocks for about two embeddings.
PrcExplanation *prc_explain (PrcEmbedder *embedder, const PrcCrop *query, const PrcCrop *neighbour,
                             GCancellable *cancellable, GError **error);

PrcExplanation *prc_explanation_ref (PrcExplanation *explanation);
void prc_explanation_unref (PrcExplanation *explanation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcExplanation, prc_explanation_unref)

const PrcPatch *prc_explanation_patch (const PrcExplanation *explanation, PrcExplanationSide side,
                                       unsigned patch); // borrowed
const PrcRegion *prc_explanation_square (const PrcExplanation *explanation,
                                         PrcExplanationSide side); // borrowed
PrcRegion prc_explanation_region (const PrcExplanation *explanation, PrcExplanationSide side,
                                  unsigned patch);
// The patch that covers a place of the image; -1: none, or one that counts as nothing.
int prc_explanation_find (const PrcExplanation *explanation, PrcExplanationSide side,
                          double image_x, double image_y);
double prc_explanation_mean_heat (const PrcExplanation *explanation, PrcExplanationSide side);
