// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <adwaita.h>
#include "prc-opening.h"

#define PRC_TYPE_APPLICATION (prc_application_get_type ())
G_DECLARE_FINAL_TYPE (PrcApplication, prc_application, PRC, APPLICATION, AdwApplication)

// What the command line asked for. Plain struct; strings are borrowed from whoever parsed it, for
// the whole run.
typedef struct {
  const char *library;       // or NULL: the default
  const char *model;         // an encoder's file, or NULL: as the preferences say
  const char *screenshot;    // or NULL: a PNG to write when all is shown, then the program ends
  gboolean wait_for_results; // the screenshot waits for the panel as well
  PrcCodecPool *pool;
  PrcFrameStore *store;
  PrcOpening *opening; // or NULL: nothing was named
} PrcStart;

// `start` outlives the application.
PrcApplication *prc_application_new (const PrcStart *start);
