// SPDX-License-Identifier: Apache-2.0
#include "graph.h"

#include <cstdint>

namespace prc {

namespace {

// Fields of onnx.proto that are of interest here.
enum { MODEL_GRAPH = 7, GRAPH_NODE = 1, NODE_OUTPUT = 2, NODE_NAME = 3 };
enum { VARINT = 0, FIXED64 = 1, LENGTH = 2, FIXED32 = 5 };

struct Bytes {
  const uint8_t *at, *end;
};

struct Field {
  unsigned number = 0;
  Bytes bytes = {nullptr, nullptr}; // of a field with a length, else empty
};

bool
read_varint (Bytes &from, uint64_t &value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && from.at < from.end; shift += 7) {
    const uint8_t byte = *from.at++;
    value |= uint64_t (byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return true;
  }
  return false;
}

bool
skip (Bytes &from, uint64_t n) {
  if (n > uint64_t (from.end - from.at))
    return false;
  from.at += n;
  return true;
}

bool
next_field (Bytes &from, Field &field) {
  uint64_t key, value;
  if (!read_varint (from, key))
    return false;
  field.number = unsigned (key >> 3);
  field.bytes = {from.at, from.at};
  switch (key & 7) {
  case VARINT:
    return read_varint (from, value);
  case FIXED64:
    return skip (from, 8);
  case FIXED32:
    return skip (from, 4);
  case LENGTH:
    if (!read_varint (from, value))
      return false;
    field.bytes.at = from.at;
    if (!skip (from, value))
      return false;
    field.bytes.end = from.at;
    return true;
  default:
    return false;
  }
}

std::string
text_of (const Bytes &bytes) {
  return std::string (reinterpret_cast<const char *> (bytes.at), size_t (bytes.end - bytes.at));
}

// OpenCV 4 names a layer by its node, or by the node's first output where that has no name.
bool
gives (Bytes node, const std::string &tensor, std::string &layer) {
  std::string name, first;
  bool found = false;
  for (Field field; next_field (node, field);) {
    if (field.number == NODE_NAME)
      name = text_of (field.bytes);
    if (field.number != NODE_OUTPUT)
      continue;
    const std::string output = text_of (field.bytes);
    first = first.empty () ? output : first;
    found = found || output == tensor;
  }
  if (found)
    layer = name.empty () ? "onnx_node_output_0!" + first : "onnx_node!" + name;
  return found;
}

} // namespace

std::string
find_layer (const void *bytes, size_t size, const std::string &tensor) {
  const uint8_t *start = static_cast<const uint8_t *> (bytes);
  Bytes model = {start, start + size};
  std::string layer;
  for (Field part; next_field (model, part);) {
    if (part.number != MODEL_GRAPH)
      continue;
    Bytes graph = part.bytes;
    for (Field field; next_field (graph, field);)
      if (field.number == GRAPH_NODE && gives (field.bytes, tensor, layer))
        return layer;
  }
  return "";
}

} // namespace prc
