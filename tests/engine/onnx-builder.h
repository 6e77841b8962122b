// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

// Writes ONNX files byte by byte (protocol buffers, onnx.proto3): a graph of nodes, constants, one
// input and one output.
typedef struct {
  GByteArray *graph;
  guint n_nodes;
} OnnxBuilder;

void onnx_begin (OnnxBuilder *self);
void onnx_input (OnnxBuilder *self, const char *name, const gint64 *shape, guint rank);
void onnx_output (OnnxBuilder *self, const char *name, const gint64 *shape, guint rank);
void onnx_floats (OnnxBuilder *self, const char *name, const gint64 *shape, guint rank,
                  const float *values);
void onnx_integers (OnnxBuilder *self, const char *name, const gint64 *values, guint n);

// A node of up to two inputs (NULL: none) and one output; `attribute` may be NULL.
void onnx_node (OnnxBuilder *self, const char *op, const char *first, const char *second,
                const char *third, const char *output, const char *attribute, const gint64 *values,
                guint n); // n 0: one integer, *values
GBytes *onnx_finish (OnnxBuilder *self);
