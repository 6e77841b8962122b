// SPDX-License-Identifier: Apache-2.0
#include "prc-safetensors.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "prc-engine-error.h"

struct _PrcSafetensors {
  GBytes *bytes;
  const uint8_t *data; // behind the header
  size_t data_size;
  GArray *tensors;      // PrcTensor, by rising `begin`
  GHashTable *metadata; // char * -> char *
};

// What is left of the header. Only the JSON that a safetensors header may hold is read: objects of
// strings and of entries with the keys dtype, shape and data_offsets.
typedef struct {
  const char *at, *end;
} Cursor;

static void
skip_space (Cursor *c) {
  while (c->at < c->end && strchr (" \t\r\n", *c->at) && *c->at)
    c->at++;
}

static bool
take (Cursor *c, char wanted) {
  skip_space (c);
  if (c->at >= c->end || *c->at != wanted)
    return false;
  c->at++;
  return true;
}

// A string without control characters; the short escapes are understood, \u is not (no writer needs
// it for our names).
static char *
take_string (Cursor *c) {
  static const char escapes[] = "\"\\/bfnrt", meaning[] = "\"\\/\b\f\n\r\t";
  if (!take (c, '"'))
    return NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  for (; c->at < c->end && *c->at != '"'; c->at++) {
    char letter = *c->at;
    if ((unsigned char)letter < 0x20)
      return NULL;
    if (letter == '\\') {
      const char *escape = ++c->at < c->end && *c->at ? strchr (escapes, *c->at) : NULL;
      if (!escape)
        return NULL;
      letter = meaning[escape - escapes];
    }
    g_string_append_c (text, letter);
  }
  if (!take (c, '"') || !g_utf8_validate (text->str, text->len, NULL))
    return NULL;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static bool
take_number (Cursor *c, size_t *number) {
  skip_space (c);
  const char *start = c->at;
  size_t value = 0;
  for (; c->at < c->end && g_ascii_isdigit (*c->at); c->at++)
    if (__builtin_mul_overflow (value, 10, &value) ||
        __builtin_add_overflow (value, (size_t)(*c->at - '0'), &value))
      return false;
  *number = value;
  return c->at > start;
}

// [a, b, ...] of at most `limit` numbers.
static bool
take_numbers (Cursor *c, size_t *numbers, unsigned limit, unsigned *n) {
  *n = 0;
  if (!take (c, '['))
    return false;
  if (take (c, ']'))
    return true;
  do {
    if (*n == limit || !take_number (c, &numbers[(*n)++]))
      return false;
  } while (take (c, ','));
  return take (c, ']');
}

static bool
take_type (Cursor *c, PrcTensorType *type) {
  g_autofree char *name = take_string (c);
  if (g_strcmp0 (name, "F16") == 0)
    *type = PRC_TENSOR_F16;
  else if (g_strcmp0 (name, "F32") == 0)
    *type = PRC_TENSOR_F32;
  else
    return false;
  return true;
}

static bool
take_field (Cursor *c, PrcTensor *tensor, unsigned *seen) {
  g_autofree char *key = take_string (c);
  if (!key || !take (c, ':'))
    return false;
  unsigned n = 0, bit;
  bool good;
  if (strcmp (key, "dtype") == 0) {
    bit = 1;
    good = take_type (c, &tensor->type);
  } else if (strcmp (key, "shape") == 0) {
    bit = 2;
    good = take_numbers (c, tensor->shape, PRC_TENSOR_MAX_RANK, &tensor->rank);
  } else if (strcmp (key, "data_offsets") == 0) {
    size_t offsets[2] = {0, 0};
    bit = 4;
    good = take_numbers (c, offsets, 2, &n) && n == 2;
    tensor->begin = offsets[0];
    tensor->end = offsets[1];
  } else
    return false;
  good = good && !(*seen & bit);
  *seen |= bit;
  return good;
}

static bool
take_tensor (Cursor *c, PrcTensor *tensor) {
  unsigned seen = 0;
  if (!take (c, '{'))
    return false;
  do {
    if (!take_field (c, tensor, &seen))
      return false;
  } while (take (c, ','));
  return take (c, '}') && seen == 7;
}

static bool
take_metadata (Cursor *c, GHashTable *metadata) {
  if (!take (c, '{'))
    return false;
  if (take (c, '}'))
    return true;
  do {
    g_autofree char *key = take_string (c);
    g_autofree char *value = key && take (c, ':') ? take_string (c) : NULL;
    if (!value)
      return false;
    g_hash_table_replace (metadata, g_steal_pointer (&key), g_steal_pointer (&value));
  } while (take (c, ','));
  return take (c, '}');
}

static bool
take_entry (Cursor *c, PrcSafetensors *self) {
  g_autofree char *name = take_string (c);
  if (!name || !take (c, ':'))
    return false;
  if (strcmp (name, "__metadata__") == 0)
    return take_metadata (c, self->metadata);
  PrcTensor tensor = {0};
  if (!take_tensor (c, &tensor) || prc_safetensors_find (self, name))
    return false;
  tensor.name = g_steal_pointer (&name);
  g_array_append_val (self->tensors, tensor);
  return true;
}

static bool
take_header (Cursor *c, PrcSafetensors *self) {
  if (!take (c, '{'))
    return false;
  if (!take (c, '}')) {
    do {
      if (!take_entry (c, self))
        return false;
    } while (take (c, ','));
    if (!take (c, '}'))
      return false;
  }
  skip_space (c);
  return c->at == c->end;
}

static int
by_begin (gconstpointer a, gconstpointer b) {
  const PrcTensor *left = a, *right = b;
  return left->begin != right->begin ? (left->begin < right->begin ? -1 : 1)
                                     : (left->end > right->end) - (left->end < right->end);
}

static bool
measure (PrcTensor *tensor) {
  size_t length = 1, size;
  for (unsigned i = 0; i < tensor->rank; i++)
    if (__builtin_mul_overflow (length, tensor->shape[i], &length))
      return false;
  tensor->length = length;
  return !__builtin_mul_overflow (length, tensor->type == PRC_TENSOR_F16 ? 2u : 4u, &size) &&
         tensor->begin <= tensor->end && tensor->end - tensor->begin == size;
}

// The format allows neither holes nor overlaps: sorted, every tensor begins where the one before
// ends.
static bool
check_extents (PrcSafetensors *self) {
  size_t at = 0;
  g_array_sort (self->tensors, by_begin);
  for (guint i = 0; i < self->tensors->len; i++) {
    PrcTensor *tensor = &g_array_index (self->tensors, PrcTensor, i);
    if (!measure (tensor) || tensor->begin != at)
      return false;
    at = tensor->end;
  }
  return at == self->data_size;
}

static void
clear_tensor (gpointer tensor) {
  g_free (((PrcTensor *)tensor)->name);
}

static bool
parse (PrcSafetensors *self) {
  size_t size;
  const uint8_t *data = g_bytes_get_data (self->bytes, &size);
  uint64_t header = 0;
  if (size < 8)
    return false;
  for (int i = 7; i >= 0; i--)
    header = header << 8 | data[i];
  if (header > PRC_SAFETENSORS_MAX_HEADER || header > size - 8)
    return false;
  self->data = data + 8 + header;
  self->data_size = size - 8 - (size_t)header;
  Cursor c = {(const char *)data + 8, (const char *)data + 8 + header};
  return take_header (&c, self) && check_extents (self);
}

PrcSafetensors *
prc_safetensors_new (GBytes *bytes, GError **error) {
  g_autoptr (PrcSafetensors) self = g_new0 (PrcSafetensors, 1);
  self->bytes = g_bytes_ref (bytes);
  self->tensors = g_array_new (FALSE, FALSE, sizeof (PrcTensor));
  g_array_set_clear_func (self->tensors, clear_tensor);
  self->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!parse (self)) {
    g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL,
                         _ ("The encoder weights are damaged"));
    return NULL;
  }
  return g_steal_pointer (&self);
}

PrcSafetensors *
prc_safetensors_open (const char *path, GError **error) {
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info =
      g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                         G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_autoptr (GBytes) bytes = NULL;
  if (info && g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR &&
      g_file_info_get_size (info) <= PRC_SAFETENSORS_MAX_FILE)
    bytes = g_file_load_bytes (file, NULL, NULL, NULL);
  if (!bytes) {
    g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL,
                         _ ("The encoder weights cannot be read"));
    return NULL;
  }
  return prc_safetensors_new (bytes, error);
}

void
prc_safetensors_free (PrcSafetensors *self) {
  g_bytes_unref (self->bytes);
  g_array_unref (self->tensors);
  g_hash_table_unref (self->metadata);
  g_free (self);
}

GBytes *
prc_safetensors_bytes (const PrcSafetensors *self) {
  return self->bytes;
}

const char *
prc_safetensors_metadata (const PrcSafetensors *self, const char *key) {
  return g_hash_table_lookup (self->metadata, key);
}

const PrcTensor *
prc_safetensors_find (const PrcSafetensors *self, const char *name) {
  for (guint i = 0; i < self->tensors->len; i++) {
    const PrcTensor *tensor = &g_array_index (self->tensors, PrcTensor, i);
    if (strcmp (tensor->name, name) == 0)
      return tensor;
  }
  return NULL;
}

// IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits.
static float
half_to_float (uint16_t half) {
  float magnitude = (float)(half & 0x3ff), sign = half & 0x8000 ? -1.0f : 1.0f;
  int exponent = half >> 10 & 0x1f;
  if (exponent == 0)
    return sign * magnitude * 0x1p-24f;
  if (exponent == 31)
    return magnitude > 0 ? __builtin_nanf ("") : sign * __builtin_inff ();
  uint32_t bits = (uint32_t)(half & 0x8000) << 16 | (uint32_t)(exponent + 112) << 23 |
                  (uint32_t)(half & 0x3ff) << 13;
  memcpy (&magnitude, &bits, 4);
  return magnitude;
}

void
prc_safetensors_read (const PrcSafetensors *self, const PrcTensor *tensor, float *out) {
  const uint8_t *from = self->data + tensor->begin;
  for (size_t i = 0; i < tensor->length; i++) {
    if (tensor->type == PRC_TENSOR_F16)
      out[i] = half_to_float ((uint16_t)(from[2 * i] | from[2 * i + 1] << 8));
    else {
      uint32_t bits;
      memcpy (&bits, from + 4 * i, 4);
      bits = GUINT32_FROM_LE (bits);
      memcpy (&out[i], &bits, 4);
    }
  }
}
