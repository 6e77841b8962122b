// SPDX-License-Identifier: Apache-2.0
#include "prc-model.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "prc-engine-error.h"
#include "prc-network.h"
#include "prc-places.h"
#include "prc-preprocess.h"
#include "prc-safetensors.h"

#define N_STAGES       4
#define MAX_WIDTH      256 // of the first stage
#define MAX_DIMENSION  1024
#define SMALLEST_INPUT 32
#define LARGEST_INPUT  512
#define ALIGNMENT      64
#define CHUNK          (2u << 20) // a large page

struct _PrcModel {
  PrcNetwork network;
  GPtrArray *chunks; // memory of arrays
  char *chunk;       // what is left of the last
  size_t chunk_left; // bytes
  PrcOnnx *onnx;     // then the network is empty; or NULL
  char *id, *segment_id;
};

typedef struct { // what the file's metadata says
  unsigned input, width, stem, dimension, blocks[N_STAGES];
} Shape;

static bool
refuse (GError **error, const char *sentence) {
  g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL, sentence);
  return false;
}

static bool
metadata_number (const PrcSafetensors *file, const char *key, unsigned low, unsigned high,
                 unsigned *out) {
  const char *text = prc_safetensors_metadata (file, key);
  guint64 value;
  if (!text || !g_ascii_string_to_unsigned (text, 10, low, high, &value, NULL))
    return false;
  *out = (unsigned)value;
  return true;
}

static bool
read_blocks (const PrcSafetensors *file, unsigned blocks[N_STAGES]) {
  const char *text = prc_safetensors_metadata (file, "blocks");
  g_auto (GStrv) parts = g_strsplit (text ? text : "", ",", N_STAGES + 1);
  if (g_strv_length (parts) != N_STAGES)
    return false;
  for (unsigned i = 0; i < N_STAGES; i++) {
    guint64 value;
    if (!g_ascii_string_to_unsigned (parts[i], 10, 1, PRC_NETWORK_MAX_BLOCKS / N_STAGES, &value,
                                     NULL))
      return false;
    blocks[i] = (unsigned)value;
  }
  return true;
}

static bool
read_shape (const PrcSafetensors *file, Shape *shape, GError **error) {
  unsigned version, ignored;
  if (g_strcmp0 (prc_safetensors_metadata (file, "format"), "precedent-encoder") != 0)
    return refuse (error, _ ("The file holds no encoder weights"));
  if (!metadata_number (file, "preprocessing", 0, G_MAXUINT, &version) ||
      version != PRC_PREPROCESS_VERSION)
    return refuse (error, _ ("The encoder weights were made for another preprocessing"));
  if (g_strcmp0 (prc_safetensors_metadata (file, "architecture"), "resnet-basic") != 0 ||
      !metadata_number (file, "input", SMALLEST_INPUT, LARGEST_INPUT, &shape->input) ||
      !metadata_number (file, "channels", PRC_INPUT_CHANNELS, PRC_INPUT_CHANNELS, &ignored) ||
      !metadata_number (file, "width", 16, MAX_WIDTH, &shape->width) || shape->width % 16 ||
      !metadata_number (file, "stem", 3, 7, &shape->stem) || shape->stem % 2 == 0 ||
      !metadata_number (file, "dimension", 16, MAX_DIMENSION, &shape->dimension) ||
      shape->dimension % 16 || !read_blocks (file, shape->blocks))
    return refuse (error, _ ("The encoder weights are of a shape this version does not run"));
  return true;
}

// Arrays lie one behind the other in the order in which they are used, in a few large pages: a pass
// reads them all, and more of them than the cache near the processor holds.
static float *
new_array (PrcModel *self, size_t length) {
  size_t size = (length * sizeof (float) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (size > self->chunk_left) {
    self->chunk_left = (size + CHUNK - 1) / CHUNK * CHUNK;
    self->chunk = aligned_alloc (CHUNK, self->chunk_left);
    if (!self->chunk)
      abort (); // out of memory, as g_malloc does
    madvise (self->chunk, self->chunk_left, MADV_HUGEPAGE);
    g_ptr_array_add (self->chunks, self->chunk);
  }
  float *array = (float *)(void *)self->chunk;
  self->chunk += size;
  self->chunk_left -= size;
  return array;
}

// The numbers of a tensor of exactly this shape, all finite; owned by the caller.
static float *
read_tensor (const PrcSafetensors *file, const char *layer, const char *part, unsigned rank,
             const size_t *shape, GError **error) {
  g_autofree char *name = g_strdup_printf ("%s.%s", layer, part);
  const PrcTensor *tensor = prc_safetensors_find (file, name);
  if (!tensor || tensor->rank != rank || memcmp (tensor->shape, shape, rank * sizeof *shape) != 0) {
    g_set_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL,
                 _ ("The encoder weights lack %s in the right shape"), name);
    return NULL;
  }
  g_autofree float *numbers = g_new (float, tensor->length);
  prc_safetensors_read (file, tensor, numbers);
  for (size_t i = 0; i < tensor->length; i++)
    if (!isfinite (numbers[i])) {
      refuse (error, _ ("The encoder weights are damaged"));
      return NULL;
    }
  return g_steal_pointer (&numbers);
}

static const float *
load_bias (PrcModel *self, const PrcSafetensors *file, const char *layer, size_t length,
           GError **error) {
  g_autofree float *numbers = read_tensor (file, layer, "bias", 1, &length, error);
  return numbers ? memcpy (new_array (self, length), numbers, length * sizeof (float)) : NULL;
}

// From PyTorch's [outputs][inputs * kernel * kernel] to [tap][inputs][outputs], the right side of a
// row-major product.
static void
transpose_filter (const float *from, unsigned outputs, unsigned inputs, unsigned taps, float *to) {
  for (unsigned o = 0; o < outputs; o++)
    for (unsigned c = 0; c < inputs; c++)
      for (unsigned t = 0; t < taps; t++)
        to[((size_t)t * inputs + c) * outputs + o] = *from++;
}

static bool
load_conv (PrcModel *self, const PrcSafetensors *file, const char *layer, PrcConv *conv,
           GError **error) {
  size_t shape[] = {conv->outputs, conv->inputs, conv->kernel, conv->kernel};
  conv->out_size = (conv->in_size - 1) / conv->stride + 1;
  conv->method = prc_conv_choose (conv);
  g_autofree float *numbers = read_tensor (file, layer, "weight", 4, shape, error);
  conv->bias = numbers ? load_bias (self, file, layer, conv->outputs, error) : NULL;
  if (!conv->bias)
    return false;
  unsigned taps = conv->kernel * conv->kernel;
  g_autofree float *weights = g_new (float, (size_t)taps * conv->inputs * conv->outputs);
  float *packed = new_array (self, prc_conv_packed_length (conv));
  transpose_filter (numbers, conv->outputs, conv->inputs, taps, weights);
  prc_conv_pack (conv, weights, packed);
  conv->packed = packed;
  return true;
}

static bool
load_block (PrcModel *self, const PrcSafetensors *file, const char *name, unsigned inputs,
            unsigned outputs, unsigned stride, unsigned size, PrcBlock *block, GError **error) {
  unsigned half = (size - 1) / stride + 1;
  g_autofree char *conv1 = g_strconcat (name, ".conv1", NULL);
  g_autofree char *conv2 = g_strconcat (name, ".conv2", NULL);
  g_autofree char *shortcut = g_strconcat (name, ".shortcut", NULL);
  block->conv1 = (PrcConv){inputs, outputs, 3, stride, size};
  block->conv2 = (PrcConv){outputs, outputs, 3, 1, half};
  block->shortcut = (PrcConv){inputs, outputs, 1, stride, size};
  block->has_shortcut = stride != 1 || inputs != outputs;
  return load_conv (self, file, conv1, &block->conv1, error) &&
         (!block->has_shortcut || load_conv (self, file, shortcut, &block->shortcut, error)) &&
         load_conv (self, file, conv2, &block->conv2, error);
}

static bool
load_blocks (PrcModel *self, const PrcSafetensors *file, const Shape *shape, GError **error) {
  PrcNetwork *network = &self->network;
  unsigned size = (network->stem.out_size - 1) / 2 + 1, inputs = shape->width;
  for (unsigned stage = 0; stage < N_STAGES; stage++)
    for (unsigned i = 0; i < shape->blocks[stage]; i++) {
      unsigned outputs = shape->width << stage, stride = stage && i == 0 ? 2 : 1;
      g_autofree char *name = g_strdup_printf ("stage%u.block%u", stage + 1, i + 1);
      PrcBlock *block = &network->blocks[network->n_blocks++];
      if (!load_block (self, file, name, inputs, outputs, stride, size, block, error))
        return false;
      size = block->conv1.out_size;
      inputs = outputs;
    }
  network->features = inputs;
  return true;
}

static bool
load_head (PrcModel *self, const PrcSafetensors *file, unsigned dimension, GError **error) {
  PrcNetwork *network = &self->network;
  size_t shape[] = {dimension, network->features};
  g_autofree float *numbers = read_tensor (file, "head", "weight", 2, shape, error);
  network->dimension = dimension;
  network->head_bias = numbers ? load_bias (self, file, "head", dimension, error) : NULL;
  if (!network->head_bias)
    return false;
  g_autofree float *weights = g_new (float, (size_t)dimension * network->features);
  float *packed = new_array (self, prc_packed_length (network->features, dimension));
  transpose_filter (numbers, dimension, network->features, 1, weights);
  prc_pack_right (weights, network->features, dimension, packed);
  network->head_packed = packed;
  return true;
}

static char *
make_id (GBytes *bytes) {
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  size_t size;
  const guchar *data = g_bytes_get_data (bytes, &size);
  g_checksum_update (sum, data, (gssize)size);
  g_autofree char *version = g_strdup_printf ("preprocessing %d", PRC_PREPROCESS_VERSION);
  g_checksum_update (sum, (const guchar *)version, -1);
  return g_strdup (g_checksum_get_string (sum));
}

static void
take_id (PrcModel *self, char *id) {
  self->id = id;
  self->segment_id = g_strdup_printf ("%s.segment%d", id, PRC_SEGMENT_VERSION);
}

PrcModel *
prc_model_load_any_input (const char *path, GError **error) {
  g_autofree char *shipped = path ? NULL : prc_places_weights ();
  g_autoptr (PrcSafetensors) file = prc_safetensors_open (path ? path : shipped, error);
  Shape shape = {0};
  if (!file || !read_shape (file, &shape, error))
    return NULL;
  g_autoptr (PrcModel) self = g_atomic_rc_box_new0 (PrcModel);
  self->chunks = g_ptr_array_new_with_free_func (free);
  self->network.stem = (PrcConv){PRC_INPUT_CHANNELS, shape.width, shape.stem, 2, shape.input};
  if (!load_conv (self, file, "stem", &self->network.stem, error) ||
      !load_blocks (self, file, &shape, error) || !load_head (self, file, shape.dimension, error))
    return NULL;
  take_id (self, make_id (prc_safetensors_bytes (file)));
  return g_steal_pointer (&self);
}

static PrcModel *
load_onnx (const char *path, GError **error) {
  PrcOnnx *onnx = prc_onnx_new (path, error);
  if (!onnx)
    return NULL;
  PrcModel *self = g_atomic_rc_box_new0 (PrcModel);
  self->onnx = onnx;
  take_id (self, g_strdup (prc_onnx_id (onnx)));
  return self;
}

static PrcModel *
load_built_in (const char *path, GError **error) {
  g_autoptr (PrcModel) self = prc_model_load_any_input (path, error);
  if (self && self->network.stem.in_size != PRC_INPUT_SIZE) {
    refuse (error, _ ("The encoder weights are of a shape this version does not run"));
    return NULL;
  }
  return g_steal_pointer (&self);
}

PrcModel *
prc_model_load (const char *path, GError **error) {
  g_autofree char *shipped = path ? NULL : prc_places_weights ();
  const char *chosen = path ? path : shipped;
  return prc_onnx_is_one (chosen) ? load_onnx (chosen, error) : load_built_in (chosen, error);
}

PrcModel *
prc_model_ref (PrcModel *model) {
  return g_atomic_rc_box_acquire (model);
}

static void
clear (gpointer data) {
  PrcModel *self = data;
  g_clear_pointer (&self->chunks, g_ptr_array_unref);
  g_clear_pointer (&self->onnx, prc_onnx_free);
  g_free (self->id);
  g_free (self->segment_id);
}

void
prc_model_unref (PrcModel *model) {
  g_atomic_rc_box_release_full (model, clear);
}

const char *
prc_model_id (const PrcModel *model) {
  return model->id;
}

const char *
prc_model_segment_id (const PrcModel *model) {
  return model->segment_id;
}

unsigned
prc_model_dimension (const PrcModel *model) {
  return model->onnx ? prc_onnx_dimension (model->onnx) : model->network.dimension;
}

const PrcRecipe *
prc_model_recipe (const PrcModel *model) {
  return model->onnx ? &prc_onnx_side (model->onnx)->recipe : &prc_recipe_built_in;
}

gboolean
prc_model_explains (const PrcModel *model) {
  return !model->onnx;
}

const char *
prc_model_name (const PrcModel *model) {
  return model->onnx ? prc_onnx_side (model->onnx)->name : "";
}

const char *
prc_model_licence (const PrcModel *model) {
  return model->onnx ? prc_onnx_side (model->onnx)->licence : "";
}

const char *
prc_model_description (const PrcModel *model) {
  return model->onnx ? prc_onnx_side (model->onnx)->description : "";
}

PrcOnnx *
prc_model_onnx (const PrcModel *model) {
  return model->onnx;
}

const PrcNetwork *
prc_model_network (const PrcModel *model) {
  return &model->network;
}
