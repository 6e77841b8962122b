// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

#include "prc-side-file.h"

// An encoder in an ONNX file, run by OpenCV in a process of its own (engine/onnx, precedent-onnx),
// which may be missing: whether a build has it is seen when it is asked for. A model is trusted to
// mean something, not to be harmless: who sets one has chosen to compare by it, but it has neither
// files nor a network, 8 GiB of memory and a time limit, and when it breaks down one sentence says
// so. Errors: PRC_ENGINE_ERROR_MODEL. Any thread; one input at a time, the others wait.
typedef struct _PrcOnnx PrcOnnx;

#define PRC_ONNX_MAX_FILE (2000u << 20) // bytes; what protocol buffers can hold

bool prc_onnx_is_one (const char *path); // by its name: *.onnx

// Reads the side file (prc-side-file.h), starts the process and tries the model on one input.
// Blocks: for a large model some seconds.
PrcOnnx *prc_onnx_new (const char *path, GError **error);
void prc_onnx_free (PrcOnnx *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcOnnx, prc_onnx_free)

const PrcSideFile *prc_onnx_side (const PrcOnnx *self); // borrowed
const char *prc_onnx_id (const PrcOnnx *self); // 64 hex digits: sha256 of the file and of what the
                                               // side file means; borrowed
unsigned prc_onnx_dimension (const PrcOnnx *self);

// One input (prc_recipe_length floats) to a unit vector. A process that broke down is started again
// with the next input.
gboolean prc_onnx_run (PrcOnnx *self, const float *input, float *vector, GError **error);
