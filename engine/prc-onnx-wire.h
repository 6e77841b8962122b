// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

// How the engine and precedent-onnx talk: over one stream socket, in the byte order of the machine,
// one question at a time. First PrcOnnxStart; then inputs, shape[0] * ... * shape[3] floats each.
// Each is answered by PrcOnnxAnswer and, after an input, if status is PRC_ONNX_DONE, by `dimension`
// floats as the model gave them. A socket that is closed ends the process.
#define PRC_ONNX_CHILD_SOCKET 3
#define PRC_ONNX_CHILD_MODEL  4 // the ONNX file, open for reading

#define PRC_ONNX_MAX_OUTPUT    256
#define PRC_ONNX_MAX_REASON    400
#define PRC_ONNX_MAX_DIMENSION 4096

typedef struct {
  uint32_t shape[4];                // of an input, as the model takes it
  uint32_t mean;                    // tokens [1][N][D] are averaged; else the first is taken
  char output[PRC_ONNX_MAX_OUTPUT]; // name of the tensor to give; "": the model's last
} PrcOnnxStart;

typedef enum {
  PRC_ONNX_DONE,
  PRC_ONNX_REFUSED,   // OpenCV does not run this model on this input; its reason
  PRC_ONNX_NO_OUTPUT, // no such tensor
  PRC_ONNX_NO_VECTOR, // what came out is no vector of 1 to PRC_ONNX_MAX_DIMENSION floats
  PRC_ONNX_MEMORY,    // more was needed than the process may have
} PrcOnnxStatus;

typedef struct {
  uint32_t status; // PrcOnnxStatus
  uint32_t dimension;
  char reason[PRC_ONNX_MAX_REASON]; // one line, untranslated, for whoever made the model
} PrcOnnxAnswer;
