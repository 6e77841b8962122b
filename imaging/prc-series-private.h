// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-series.h"

// Between the files that make a series; for nobody else.

struct _PrcSeries {
  char *key, *title;
  PrcSlice *slices; // each holds a reference
  uint32_t n_slices;
  bool has_geometry; // slices are ordered along `normal`, and along_mm counts
  // row x column or against it: the way the scanner counted
  double normal[3];
  double spacing_mm;
  char **problems;
};

typedef struct {
  PrcSlice slice;
  uint32_t arrival;  // place in what was given to prc_series_group
  uint32_t position; // slices with equal numbers lie in the same place
} PrcStackItem;

// A series in the making.
typedef struct {
  GArray *items; // PrcStackItem
  char *key;
  GString *suffix; // what tells it from other parts of its series, for the title
  bool has_geometry;
  bool many_orientations; // too many to split by: kept together without geometry
  double normal[3];
  unsigned n_copies; // files left out since they are copies
} PrcStack;

// Takes nothing over; items must be in their final order. It is whole once it was measured.
PrcSeries *prc_series_new (const PrcStack *stack);

// Finds spacing and problems; once, before anybody else sees the series.
void prc_series_measure (PrcSeries *series, const PrcStack *stack);
