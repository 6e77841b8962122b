// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

// Encoder weights from a safetensors file, checked and folded for inference. Immutable,
// reference-counted, any thread.
typedef struct _PrcModel PrcModel;

// NULL path: the shipped weights ($PRECEDENT_WEIGHTS, else the source tree when running from a
// build, else the installed place).
PrcModel *prc_model_load (const char *path, GError **error);
PrcModel *prc_model_ref (PrcModel *model);
void prc_model_unref (PrcModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcModel, prc_model_unref)

const char *prc_model_id (const PrcModel *model); // 64 hex digits: sha256 of the file and the
                                                  // preprocessing version; borrowed
// Of vectors of segments: the model id and PRC_SEGMENT_VERSION. Never compared with those of slices.
const char *prc_model_segment_id (const PrcModel *model); // borrowed
unsigned prc_model_dimension (const PrcModel *model);     // of the vector, 128
