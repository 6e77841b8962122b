// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

G_BEGIN_DECLS

// Where the program's own parts lie: an environment variable says so, else the build tree when the
// running program lies in it, else the installed place. All return an owned path that may not
// exist. Any thread.
char *prc_places_codec (void);   // $PRECEDENT_CODEC: the codec executable
char *prc_places_onnx (void);    // $PRECEDENT_ONNX: the program that runs encoders in ONNX
char *prc_places_weights (void); // $PRECEDENT_WEIGHTS: the encoder
char *prc_places_locale (void);  // $PRECEDENT_LOCALE: message catalogues

G_END_DECLS
