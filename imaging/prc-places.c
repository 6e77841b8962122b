// SPDX-License-Identifier: Apache-2.0
#include "prc-places.h"

#include <glib.h>

#include "prc-places-config.h"

static char *
place (const char *variable, const char *in_build_tree, const char *installed) {
  const char *chosen = g_getenv (variable);
  if (chosen && *chosen)
    return g_strdup (chosen);
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  if (program && g_str_has_prefix (program, PRC_BUILDDIR "/"))
    return g_strdup (in_build_tree);
  return g_strdup (installed);
}

char *
prc_places_codec (void) {
  return place ("PRECEDENT_CODEC", PRC_BUILDDIR "/imaging/codec/precedent-codec",
                PRC_LIBEXECDIR "/precedent-codec");
}

char *
prc_places_onnx (void) {
  return place ("PRECEDENT_ONNX", PRC_BUILDDIR "/engine/onnx/precedent-onnx",
                PRC_LIBEXECDIR "/precedent-onnx");
}

char *
prc_places_weights (void) {
  return place ("PRECEDENT_WEIGHTS", PRC_SOURCEDIR "/resources/encoder.safetensors",
                PRC_DATADIR "/encoder.safetensors");
}

char *
prc_places_locale (void) {
  return place ("PRECEDENT_LOCALE", PRC_BUILDDIR "/po", PRC_LOCALEDIR);
}
