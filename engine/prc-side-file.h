// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

#include "prc-recipe.h"

// The side file that tells about an encoder in ONNX.
#define PRC_SIDE_FILE_MAX 16384 // bytes
typedef enum { PRC_POOL_FIRST, PRC_POOL_MEAN } PrcPool;

typedef struct {
  PrcRecipe recipe;
  char *output;                       // name of the tensor to take, or NULL: the model's last
  PrcPool pool;                       // how tokens [1][N][D] become one vector; the first is CLS
  char *name, *description, *licence; // "" when not said; one line each
} PrcSideFile;
void prc_side_file_clear (PrcSideFile *side);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PrcSideFile, prc_side_file_clear)

// MODEL.json beside MODEL.onnx. Where there is none: 224 x 224, three channels as planes, mean and
// standard deviation as ImageNet's (0.485, 0.456, 0.406; 0.229, 0.224, 0.225), which most published
// encoders were trained with; windows and quantiles as the built-in encoder's; "bilinear". A file
// may say a part of that; every member is checked, and one that is not known is refused, so that a
// slip of the pen is not silently the default:
//   "input-size": 16 to 768            "channels": 1 or 3
//   "mean", "sd": as many numbers as channels; sd above 0
//   "ct-windows": one [centre, width] in HU, or one a channel
//   "quantiles": [low, high], 0 <= low < high <= 1
//   "interpolation": "area", "bilinear" or "bicubic"
//   "layout": "nchw" or "nhwc"
//   "output": the name of a tensor     "pool": "first" (CLS) or "mean" of the tokens
//   "name", "description", "licence": text, shown
// False and PRC_ENGINE_ERROR_MODEL: one sentence that names the member; `side` is then empty.
bool prc_side_file_read (const char *model_path, PrcSideFile *side, GError **error);

// What changes vectors, as text that is the same wherever it means the same: part of the model id.
char *prc_side_file_meaning (const PrcSideFile *side); // owned
