// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

#include "prc-recipe.h"

// An encoder: the built-in one, of weights from a safetensors file, checked and folded for
// inference; or any in ONNX (prc-onnx.h), told by its name: *.onnx. Immutable, reference-counted, any
// thread.
typedef struct _PrcModel PrcModel;

// NULL path: the shipped weights ($PRECEDENT_WEIGHTS, else the source tree when running from a
// build, else the installed place). Never another than what was asked for: who wants the built-in
// encoder where this fails says so.
PrcModel *prc_model_load (const char *path, GError **error);
PrcModel *prc_model_ref (PrcModel *model);
void prc_model_unref (PrcModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcModel, prc_model_unref)

const char *prc_model_id (const PrcModel *model); // 64 hex digits: sha256 of the file and of how
                                                  // its input is made; borrowed
// Of vectors of segments: the model id and PRC_SEGMENT_VERSION. Never compared with those of slices.
const char *prc_model_segment_id (const PrcModel *model);  // borrowed
unsigned prc_model_dimension (const PrcModel *model);      // of the vector; 128 built in
const PrcRecipe *prc_model_recipe (const PrcModel *model); // of its input; borrowed
// Whether it can say which patch of one slice is like which of another (prc-explanation.h): the
// built-in one alone, as that is what the figures there were measured with.
gboolean prc_model_explains (const PrcModel *model);
// What its maker says of it, one line each, borrowed: "" when nothing was said. The built-in one says
// nothing of itself here.
const char *prc_model_name (const PrcModel *model);
const char *prc_model_licence (const PrcModel *model);
const char *prc_model_description (const PrcModel *model);
