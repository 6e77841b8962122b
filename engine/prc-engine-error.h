// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

// The one error domain of engine/. Messages are translated sentences and never hold patient data.
#define PRC_ENGINE_ERROR (prc_engine_error_quark ())
GQuark prc_engine_error_quark (void);

typedef enum {
  PRC_ENGINE_ERROR_MODEL,     // weights missing, damaged or of another shape
  PRC_ENGINE_ERROR_INPUT,     // a frame or region the encoder was not built for
  PRC_ENGINE_ERROR_LIBRARY,   // the library file cannot be opened, read or written
  PRC_ENGINE_ERROR_NEWER,     // the library was written by a newer version of the program
  PRC_ENGINE_ERROR_BUSY,      // another program holds the library
  PRC_ENGINE_ERROR_CORRUPT,   // the library fails its own checks
  PRC_ENGINE_ERROR_NOT_FOUND, // no such case
  PRC_ENGINE_ERROR_CASES_CSV, // the list of cases cannot be read
} PrcEngineError;
