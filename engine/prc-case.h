// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib-object.h>
#include <stdint.h>

// A case of the library, as shown. Immutable, reference-counted, any thread. Strings UTF-8, never
// NULL.
typedef struct {
  gint64 id;
  char *title, *diagnosis, *findings, *note, *outcome;
  char *modality, *body_part;
  char *added; // ISO 8601, UTC
  guint n_series, n_slices;
} PrcCase;

PrcCase *prc_case_new (void); // all fields empty; the maker fills them before sharing it
PrcCase *prc_case_ref (PrcCase *self);
void prc_case_unref (PrcCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcCase, prc_case_unref)
