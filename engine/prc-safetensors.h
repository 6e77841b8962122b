// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

// A safetensors file: eight bytes of header length (little endian), a JSON header, raw
// little-endian data. The file is treated as hostile: lengths, shapes and offsets are checked
// against each other before anything is read. Errors: PRC_ENGINE_ERROR_MODEL. Immutable after
// opening; owned by one caller.
typedef struct _PrcSafetensors PrcSafetensors;

#define PRC_TENSOR_MAX_RANK        4
#define PRC_SAFETENSORS_MAX_HEADER (1u << 20)   // bytes
#define PRC_SAFETENSORS_MAX_FILE   (256u << 20) // bytes

typedef enum { PRC_TENSOR_F16, PRC_TENSOR_F32 } PrcTensorType;

typedef struct {
  char *name;
  PrcTensorType type;
  unsigned rank;                     // 0..4
  size_t shape[PRC_TENSOR_MAX_RANK]; // slowest first
  size_t length;                     // elements
  size_t begin, end;                 // bytes, counted from the end of the header
} PrcTensor;

PrcSafetensors *prc_safetensors_open (const char *path, GError **error);
PrcSafetensors *prc_safetensors_new (GBytes *bytes, GError **error); // references `bytes`
void prc_safetensors_free (PrcSafetensors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcSafetensors, prc_safetensors_free)

GBytes *prc_safetensors_bytes (const PrcSafetensors *self); // borrowed
const char *prc_safetensors_metadata (const PrcSafetensors *self,
                                      const char *key); // borrowed, or NULL
const PrcTensor *prc_safetensors_find (const PrcSafetensors *self,
                                       const char *name); // borrowed, or NULL

// `tensor->length` numbers as float32, in file order.
void prc_safetensors_read (const PrcSafetensors *self, const PrcTensor *tensor, float *out);
