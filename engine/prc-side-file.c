// SPDX-License-Identifier: Apache-2.0
#include "prc-side-file.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "prc-engine-error.h"
#include "prc-text.h"

#define MIN_SIZE   16
#define MAX_SIZE   768
#define MAX_TEXT   500    // bytes of what is shown
#define MAX_OUTPUT 200    // bytes of a tensor's name
#define MAX_NUMBER 100000 // of any member, either way

static const PrcRecipe standard = {
    .size = 224,
    .channels = 3,
    .ct = {{-600, 1500}, {40, 400}, {400, 1800}},
    .quantiles = {0.005, 0.995},
    .mean = {0.485f, 0.456f, 0.406f},
    .sd = {0.229f, 0.224f, 0.225f},
    .interpolation = PRC_INTERPOLATION_LINEAR,
    .planes = true,
};

// --- values of one member; false: it is not what it should be

static bool
is_number (JsonNode *node, double low, double high, double *out) {
  if (!JSON_NODE_HOLDS_VALUE (node) || (json_node_get_value_type (node) != G_TYPE_DOUBLE &&
                                        json_node_get_value_type (node) != G_TYPE_INT64))
    return false;
  const double value = json_node_get_double (node);
  if (!isfinite (value) || value < low || value > high)
    return false;
  *out = value;
  return true;
}

// `least` to `most` numbers; returns how many, 0 when they are none such.
static unsigned
numbers (JsonNode *node, unsigned least, unsigned most, double low, double *out) {
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return 0;
  JsonArray *array = json_node_get_array (node);
  const unsigned n = json_array_get_length (array);
  if (n < least || n > most)
    return 0;
  for (unsigned i = 0; i < n; i++)
    if (!is_number (json_array_get_element (array, i), low, MAX_NUMBER, &out[i]))
      return 0;
  return n;
}

static const char *
string (JsonNode *node) {
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static bool
read_size (PrcSideFile *side, JsonNode *node) {
  double size;
  if (!is_number (node, MIN_SIZE, MAX_SIZE, &size) || size != floor (size))
    return false;
  side->recipe.size = (unsigned)size;
  return true;
}

static bool
read_channels (PrcSideFile *side, JsonNode *node) {
  double channels;
  if (!is_number (node, 1, PRC_RECIPE_MAX_CHANNELS, &channels) || (channels != 1 && channels != 3))
    return false;
  side->recipe.channels = (unsigned)channels;
  return true;
}

// One number for each channel; "channels" was read before.
static bool
read_of_channels (PrcSideFile *side, JsonNode *node, double low, float *out) {
  double values[PRC_RECIPE_MAX_CHANNELS];
  if (!numbers (node, side->recipe.channels, side->recipe.channels, low, values))
    return false;
  for (unsigned c = 0; c < side->recipe.channels; c++)
    out[c] = (float)values[c];
  return true;
}

static bool
read_mean (PrcSideFile *side, JsonNode *node) {
  return read_of_channels (side, node, -MAX_NUMBER, side->recipe.mean);
}

static bool
read_sd (PrcSideFile *side, JsonNode *node) {
  return read_of_channels (side, node, 1e-6, side->recipe.sd);
}

static bool
read_windows (PrcSideFile *side, JsonNode *node) {
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return false;
  JsonArray *array = json_node_get_array (node);
  const unsigned n = json_array_get_length (array);
  if (n != 1 && n != side->recipe.channels)
    return false;
  for (unsigned c = 0; c < side->recipe.channels; c++) {
    double window[2];
    JsonNode *of_channel = json_array_get_element (array, n == 1 ? 0 : c);
    if (!numbers (of_channel, 2, 2, -MAX_NUMBER, window) || window[1] < 1)
      return false;
    side->recipe.ct[c].centre = (float)window[0];
    side->recipe.ct[c].width = (float)window[1];
  }
  return true;
}

static bool
read_quantiles (PrcSideFile *side, JsonNode *node) {
  double *q = side->recipe.quantiles;
  return numbers (node, 2, 2, 0, q) && q[0] < q[1] && q[1] <= 1;
}

static bool
read_word (JsonNode *node, const char *const *words, unsigned n, unsigned *out) {
  const char *text = string (node);
  for (unsigned i = 0; text && i < n; i++)
    if (strcmp (text, words[i]) == 0) {
      *out = i;
      return true;
    }
  return false;
}

static bool
read_interpolation (PrcSideFile *side, JsonNode *node) {
  static const char *const words[] = {
      [PRC_INTERPOLATION_AREA] = "area",
      [PRC_INTERPOLATION_LINEAR] = "bilinear",
      [PRC_INTERPOLATION_CUBIC] = "bicubic",
  };
  return read_word (node, words, G_N_ELEMENTS (words), &side->recipe.interpolation);
}

static bool
read_layout (PrcSideFile *side, JsonNode *node) {
  static const char *const words[] = {"nhwc", "nchw"};
  unsigned planes;
  if (!read_word (node, words, G_N_ELEMENTS (words), &planes))
    return false;
  side->recipe.planes = planes != 0;
  return true;
}

static bool
read_pool (PrcSideFile *side, JsonNode *node) {
  static const char *const words[] = {[PRC_POOL_FIRST] = "first", [PRC_POOL_MEAN] = "mean"};
  return read_word (node, words, G_N_ELEMENTS (words), &side->pool);
}

static bool
read_output (PrcSideFile *side, JsonNode *node) {
  const char *text = string (node);
  if (!text || !*text || strlen (text) > MAX_OUTPUT)
    return false;
  side->output = g_strdup (text);
  return true;
}

static bool
read_text (JsonNode *node, char **out) {
  const char *text = string (node);
  if (!text)
    return false;
  g_free (*out);
  *out = prc_text_safe (text, -1, MAX_TEXT, false);
  return true;
}

static bool
read_name (PrcSideFile *side, JsonNode *node) {
  return read_text (node, &side->name);
}

static bool
read_description (PrcSideFile *side, JsonNode *node) {
  return read_text (node, &side->description);
}

static bool
read_licence (PrcSideFile *side, JsonNode *node) {
  return read_text (node, &side->licence);
}

// --- the file

// In this order: what comes later may depend on what came before.
static const struct {
  const char *name;
  bool (*read) (PrcSideFile *side, JsonNode *node);
} members[] = {
    {"channels", read_channels},
    {"input-size", read_size},
    {"mean", read_mean},
    {"sd", read_sd},
    {"ct-windows", read_windows},
    {"quantiles", read_quantiles},
    {"interpolation", read_interpolation},
    {"layout", read_layout},
    {"output", read_output},
    {"pool", read_pool},
    {"name", read_name},
    {"description", read_description},
    {"licence", read_licence},
};

static bool
refuse (GError **error, const char *sentence, const char *word) {
  g_autofree char *safe = prc_text_safe (word, -1, MAX_OUTPUT, false);
  g_autofree char *text = g_strdup_printf ("%s: %s", sentence, safe);
  g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL, text);
  return false;
}

static bool
is_known (const char *name) {
  for (unsigned i = 0; i < G_N_ELEMENTS (members); i++)
    if (strcmp (name, members[i].name) == 0)
      return true;
  return false;
}

static bool
read_members (PrcSideFile *side, JsonObject *object, GError **error) {
  g_autoptr (GList) names = json_object_get_members (object);
  for (GList *each = names; each; each = each->next)
    if (!is_known (each->data))
      return refuse (error, _ ("The encoder's side file says what is not known"), each->data);
  for (unsigned i = 0; i < G_N_ELEMENTS (members); i++) {
    JsonNode *node = json_object_get_member (object, members[i].name);
    if (node && !members[i].read (side, node))
      return refuse (error, _ ("The encoder's side file says what cannot be"), members[i].name);
  }
  return true;
}

static char *
side_path (const char *model_path) {
  const char *dot = strrchr (model_path, '.');
  const bool has_suffix = dot && !strchr (dot, G_DIR_SEPARATOR);
  g_autofree char *stem =
      has_suffix ? g_strndup (model_path, (gsize)(dot - model_path)) : g_strdup (model_path);
  return g_strconcat (stem, ".json", NULL);
}

// NULL without an error: there is no such file.
static GBytes *
read_bytes (const char *path, GError **error) {
  g_autoptr (GError) fault = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &fault);
  g_autoptr (GBytes) bytes =
      stream
          ? g_input_stream_read_bytes (G_INPUT_STREAM (stream), PRC_SIDE_FILE_MAX + 1, NULL, &fault)
          : NULL;
  if (bytes && g_bytes_get_size (bytes) <= PRC_SIDE_FILE_MAX)
    return g_steal_pointer (&bytes);
  if (bytes)
    g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL,
                         _ ("The encoder's side file is too large"));
  else if (!g_error_matches (fault, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    refuse (error, _ ("The encoder's side file cannot be read"), fault->message);
  return NULL;
}

static bool
parse (PrcSideFile *side, GBytes *bytes, GError **error) {
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  if (!g_utf8_validate (text, (gssize)size, NULL) ||
      !json_parser_load_from_data (parser, text, (gssize)size, NULL) ||
      !json_parser_get_root (parser) || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser))) {
    g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL,
                         _ ("The encoder's side file is no JSON object"));
    return false;
  }
  return read_members (side, json_node_get_object (json_parser_get_root (parser)), error);
}

bool
prc_side_file_read (const char *model_path, PrcSideFile *side, GError **error) {
  g_autofree char *path = side_path (model_path);
  g_autoptr (GError) fault = NULL;
  g_autoptr (GBytes) bytes = read_bytes (path, &fault);
  *side = (PrcSideFile){.recipe = standard,
                        .name = g_path_get_basename (model_path),
                        .description = g_strdup (""),
                        .licence = g_strdup ("")};
  if (!fault && (!bytes || parse (side, bytes, &fault)))
    return true;
  prc_side_file_clear (side);
  g_propagate_error (error, g_steal_pointer (&fault));
  return false;
}

void
prc_side_file_clear (PrcSideFile *side) {
  g_free (side->output);
  g_free (side->name);
  g_free (side->description);
  g_free (side->licence);
  *side = (PrcSideFile){0};
}

static void
append_number (GString *text, double value) {
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append_printf (text, " %s", g_ascii_formatd (digits, sizeof digits, "%.9g", value));
}

char *
prc_side_file_meaning (const PrcSideFile *side) {
  const PrcRecipe *r = &side->recipe;
  GString *text = g_string_new ("side file 1");
  g_string_append_printf (text, " %u %u %u %u %u", r->size, r->channels, r->interpolation,
                          r->planes, side->pool);
  append_number (text, r->quantiles[0]);
  append_number (text, r->quantiles[1]);
  for (unsigned c = 0; c < r->channels; c++) {
    append_number (text, r->mean[c]);
    append_number (text, r->sd[c]);
    append_number (text, r->ct[c].centre);
    append_number (text, r->ct[c].width);
  }
  g_string_append_printf (text, " %s", side->output ? side->output : "");
  return g_string_free (text, FALSE);
}
