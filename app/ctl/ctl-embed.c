// SPDX-License-Identifier: Apache-2.0
#include "ctl.h"

#include <glib/gi18n.h>

static bool
embed_file (PrcCodecPool *pool, PrcEmbedder *embedder, const char *path, int frame_number,
            const PrcRegion *region, float *vector, GError **error) {
  g_autoptr (PrcInstance) instance = ctl_describe (pool, path, error);
  g_autoptr (PrcFrame) frame = instance ? ctl_decode (pool, instance, frame_number, error) : NULL;
  return frame && prc_embedder_embed (embedder, frame, region, vector, error);
}

static void
add_vector (JsonBuilder *json, const char *path, int frame_number, PrcModel *model,
            const float *vector) {
  json_builder_begin_object (json);
  ctl_json_string (json, "path", path);
  ctl_json_int (json, "frame", frame_number);
  ctl_json_string (json, "model-id", prc_model_id (model));
  json_builder_set_member_name (json, "vector");
  json_builder_begin_array (json);
  for (unsigned i = 0; i < prc_model_dimension (model); i++)
    json_builder_add_double_value (json, vector[i]);
  json_builder_end_array (json);
  json_builder_end_object (json);
}

static void
print_vector (const char *path, PrcModel *model, const float *vector) {
  g_autofree char *shown = ctl_shown_path (path);
  g_print ("%s  %s\n", shown, prc_model_id (model));
  for (unsigned i = 0; i < prc_model_dimension (model); i++)
    g_print ("%s%.6f", i % 8 ? " " : i ? "\n  " : "  ", vector[i]);
  g_print ("\n");
}

CtlStatus
ctl_embed (int argc, char **argv) {
  gboolean as_json = FALSE;
  int frame_number = 1;
  g_autofree char *roi = NULL, *model_path = NULL;
  const GOptionEntry entries[] = {
      {"frame", 0, 0, G_OPTION_ARG_INT, &frame_number, N_ ("Frame of a multi-frame image, from 1"),
       "N"},
      {"roi", 0, 0, G_OPTION_ARG_STRING, &roi, N_ ("Only this region, in image pixels"), "X,Y,W,H"},
      {"model", 0, 0, G_OPTION_ARG_FILENAME, &model_path,
       N_ ("Another encoder than the built-in one: *.onnx or *.safetensors"), "FILE"},
      {"json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("One JSON document"), NULL},
      {NULL},
  };
  if (!ctl_options (&argc, &argv, entries, "FILE...", 1, -1))
    return CTL_USAGE;
  PrcRegion region = {0};
  if (roi && !ctl_parse_region (roi, &region))
    return ctl_usage (_ ("--roi takes X,Y,W,H, not \"%s\""), roi);
  g_autoptr (PrcModel) model = NULL;
  g_autoptr (PrcEmbedder) embedder = NULL;
  if (!ctl_open_encoder (model_path, &model, &embedder, 1))
    return CTL_REFUSED;
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autofree float *vector = g_new (float, prc_model_dimension (model));
  CtlStatus status = CTL_DONE;
  if (argc > 2)
    json_builder_begin_array (json);
  for (int i = 1; i < argc; i++) {
    g_autoptr (GError) error = NULL;
    if (embed_file (pool, embedder, argv[i], frame_number, roi ? &region : NULL, vector, &error)) {
      if (as_json)
        add_vector (json, argv[i], frame_number, model, vector);
      else
        print_vector (argv[i], model, vector);
      continue;
    }
    status = ctl_complain (argv[i], error);
    if (g_cancellable_is_cancelled (ctl_cancellable ()))
      return status;
    if (as_json)
      ctl_json_refusal (json, argv[i], error);
  }
  if (argc > 2)
    json_builder_end_array (json);
  if (as_json)
    ctl_print_json (json);
  return status;
}
