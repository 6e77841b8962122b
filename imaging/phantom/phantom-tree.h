// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "phantom-shape.h"

// Branching vessels: from a root towards points spread through an organ, thick where many branches
// join (Murray's law).

typedef bool (*PrcTreeRegion) (PrcPoint p, const void *data); // is it within the organ?

typedef struct {
  PrcPoint root;
  PrcBox box; // the organ lies in it
  PrcTreeRegion region;
  const void *data;
  unsigned n_leaves;
  float leaf_radius; // mm
  float law;         // radius^law adds up at a branching: 3 thick trunks, 2 thin ones ... about 2.6
} PrcTreePlan;

typedef struct {
  PrcPoint at;
  int parent; // -1 for the root
  float radius, path_mm, flow;
} PrcTreeNode;

// Nodes in growing order, a parent before its children; owned.
GArray *prc_tree_grow (const PrcTreePlan *plan, PrcRandom *random);

void prc_tree_paint (PrcVolume *volume, const GArray *tree, const PrcMaterial *material);
