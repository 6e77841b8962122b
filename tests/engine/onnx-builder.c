// SPDX-License-Identifier: Apache-2.0
#include "onnx-builder.h"

#include <string.h>

enum { FLOAT = 1, INT64 = 7 }; // TensorProto.DataType

static void
varint (GByteArray *to, guint64 value) {
  do {
    const guint8 byte = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);
    g_byte_array_append (to, &byte, 1);
    value >>= 7;
  } while (value);
}

static void
number (GByteArray *to, guint field, guint64 value) {
  varint (to, field << 3);
  varint (to, value);
}

static void
bytes (GByteArray *to, guint field, const void *data, gsize n) {
  varint (to, field << 3 | 2);
  varint (to, n);
  g_byte_array_append (to, data, (guint)n);
}

static void
text (GByteArray *to, guint field, const char *value) {
  bytes (to, field, value, strlen (value));
}

static void
message (GByteArray *to, guint field, GByteArray *part) {
  bytes (to, field, part->data, part->len);
  g_byte_array_unref (part);
}

void
onnx_begin (OnnxBuilder *self) {
  *self = (OnnxBuilder){.graph = g_byte_array_new ()};
  text (self->graph, 2, "graph");
}

static void
value_info (OnnxBuilder *self, guint field, const char *name, const gint64 *shape, guint rank) {
  GByteArray *info = g_byte_array_new (), *type = g_byte_array_new (),
             *tensor = g_byte_array_new (), *dims = g_byte_array_new ();
  for (guint i = 0; i < rank; i++) {
    GByteArray *dim = g_byte_array_new ();
    number (dim, 1, (guint64)shape[i]);
    message (dims, 1, dim);
  }
  number (tensor, 1, FLOAT);
  message (tensor, 2, dims);
  message (type, 1, tensor);
  text (info, 1, name);
  message (info, 2, type);
  message (self->graph, field, info);
}

void
onnx_input (OnnxBuilder *self, const char *name, const gint64 *shape, guint rank) {
  value_info (self, 11, name, shape, rank);
}

void
onnx_output (OnnxBuilder *self, const char *name, const gint64 *shape, guint rank) {
  value_info (self, 12, name, shape, rank);
}

static void
tensor (OnnxBuilder *self, const char *name, const gint64 *shape, guint rank, guint type,
        const void *data, gsize size) {
  GByteArray *tensor = g_byte_array_new ();
  for (guint i = 0; i < rank; i++)
    number (tensor, 1, (guint64)shape[i]);
  number (tensor, 2, type);
  text (tensor, 8, name);
  bytes (tensor, 9, data, size);
  message (self->graph, 5, tensor);
}

void
onnx_floats (OnnxBuilder *self, const char *name, const gint64 *shape, guint rank,
             const float *values) {
  gsize n = 1;
  for (guint i = 0; i < rank; i++)
    n *= (gsize)shape[i];
  tensor (self, name, shape, rank, FLOAT, values, n * sizeof *values);
}

void
onnx_integers (OnnxBuilder *self, const char *name, const gint64 *values, guint n) {
  tensor (self, name, &(gint64){n}, 1, INT64, values, n * sizeof *values);
}

void
onnx_node (OnnxBuilder *self, const char *op, const char *first, const char *second,
           const char *third, const char *output, const char *attribute, const gint64 *values,
           guint n) {
  const char *const inputs[] = {first, second, third};
  GByteArray *node = g_byte_array_new ();
  g_autofree char *name = g_strdup_printf ("node %u", ++self->n_nodes);
  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    if (inputs[i])
      text (node, 1, inputs[i]);
  text (node, 2, output);
  text (node, 3, name);
  text (node, 4, op);
  if (attribute) {
    GByteArray *part = g_byte_array_new ();
    text (part, 1, attribute);
    for (guint i = 0; i < n; i++)
      number (part, 8, (guint64)values[i]);
    if (n == 0)
      number (part, 3, (guint64)*values);
    number (part, 20, n ? 7 : 2); // AttributeProto.INTS, INT
    message (node, 5, part);
  }
  message (self->graph, 1, node);
}

GBytes *
onnx_finish (OnnxBuilder *self) {
  GByteArray *model = g_byte_array_new (), *opset = g_byte_array_new ();
  number (model, 1, 7); // ir_version
  message (model, 7, self->graph);
  text (opset, 1, "");
  number (opset, 2, 11);
  message (model, 8, opset);
  self->graph = NULL;
  return g_byte_array_free_to_bytes (model);
}
