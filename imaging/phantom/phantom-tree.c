// SPDX-License-Identifier: Apache-2.0
#include "phantom-tree.h"

#define STEP_MM 11.0f

static const PrcTreeNode *
node_at (const GArray *tree, int i) {
  return &g_array_index (tree, PrcTreeNode, i);
}

// Near, not far along the tree, and not back the way the branch came.
static float
attachment_cost (const GArray *tree, int i, PrcPoint target) {
  const PrcTreeNode *node = node_at (tree, i);
  float distance = prc_point_distance (node->at, target), cost = distance + 0.3f * node->path_mm;

  if (node->parent >= 0) {
    PrcPoint from = node_at (tree, node->parent)->at, at = node->at;
    float along = (at.x - from.x) * (target.x - at.x) + (at.y - from.y) * (target.y - at.y) +
                  (at.z - from.z) * (target.z - at.z);

    if (along < 0.2f * distance * prc_point_distance (from, at))
      cost += 0.8f * distance;
  }
  return cost;
}

static int
best_attachment (const GArray *tree, PrcPoint target) {
  int best = 0;
  float lowest = 1e9f;

  for (guint i = 0; i < tree->len; i++) {
    float cost = attachment_cost (tree, (int)i, target);

    if (cost < lowest) {
      lowest = cost;
      best = (int)i;
    }
  }
  return best;
}

static void
extend (GArray *tree, int parent, PrcPoint target, PrcRandom *random) {
  PrcPoint from = node_at (tree, parent)->at;
  float distance = prc_point_distance (from, target);
  int n = MAX (1, (int)(distance / STEP_MM));

  for (int i = 1; i <= n; i++) {
    PrcTreeNode node = {.at = prc_point_mix (from, target, (float)i / (float)n), .parent = parent};

    if (i < n) {
      node.at.x += (float)prc_random_normal (random) * 1.3f;
      node.at.y += (float)prc_random_normal (random) * 1.3f;
      node.at.z += (float)prc_random_normal (random) * 1.3f;
    }
    node.path_mm =
        node_at (tree, parent)->path_mm + prc_point_distance (node_at (tree, parent)->at, node.at);
    g_array_append_val (tree, node);
    parent = (int)tree->len - 1;
  }
}

static GArray *
scatter (const PrcTreePlan *plan, PrcRandom *random) {
  GArray *targets = g_array_new (FALSE, FALSE, sizeof (PrcPoint));

  for (unsigned tries = 0; targets->len < plan->n_leaves && tries < 40 * plan->n_leaves; tries++) {
    PrcPoint p = prc_point_random (random, plan->box.low, plan->box.high);

    if (plan->region (p, plan->data))
      g_array_append_val (targets, p);
  }
  return targets;
}

static int
compare_distance (gconstpointer a, gconstpointer b, gpointer root) {
  float da = prc_point_distance (*(const PrcPoint *)a, *(const PrcPoint *)root);
  float db = prc_point_distance (*(const PrcPoint *)b, *(const PrcPoint *)root);

  return da < db ? -1 : da > db;
}

static void
set_radii (GArray *tree, const PrcTreePlan *plan) {
  PrcTreeNode *nodes = (PrcTreeNode *)(void *)tree->data;
  g_autofree bool *inner = g_new0 (bool, tree->len);

  for (guint i = 0; i < tree->len; i++)
    if (nodes[i].parent >= 0)
      inner[nodes[i].parent] = true;
  for (guint i = tree->len; i-- > 0;) {
    if (!inner[i])
      nodes[i].flow = 1;
    nodes[i].radius = plan->leaf_radius * powf (nodes[i].flow, 1 / plan->law);
    if (nodes[i].parent >= 0)
      nodes[nodes[i].parent].flow += nodes[i].flow;
  }
}

GArray *
prc_tree_grow (const PrcTreePlan *plan, PrcRandom *random) {
  GArray *tree = g_array_new (FALSE, FALSE, sizeof (PrcTreeNode));
  g_autoptr (GArray) targets = scatter (plan, random);
  PrcTreeNode root = {.at = plan->root, .parent = -1};
  PrcPoint origin = plan->root;

  g_array_append_val (tree, root);
  g_array_sort_with_data (targets, compare_distance, &origin);
  for (guint i = 0; i < targets->len; i++) {
    PrcPoint target = g_array_index (targets, PrcPoint, i);

    extend (tree, best_attachment (tree, target), target, random);
  }
  set_radii (tree, plan);
  return tree;
}

// A thick slice shows a vessel that only touches it: vessels are drawn taller than they are.
static float
flattened_distance (const void *shape, PrcPoint p) {
  const PrcCapsule *capsule = shape;

  p.z = capsule[1].a.at.z + (p.z - capsule[1].a.at.z) * capsule[1].a.radius;
  return prc_capsule_distance (capsule, p);
}

void
prc_tree_paint (PrcVolume *volume, const GArray *tree, const PrcMaterial *material) {
  float flatten = CLAMP (2.5f / volume->dz, 0.3f, 1);

  for (guint i = 1; i < tree->len; i++) {
    const PrcTreeNode *node = node_at (tree, (int)i), *parent = node_at (tree, node->parent);
    // the second capsule carries the height about which, and the factor by which, z is flattened
    PrcCapsule capsule[2] = {
        {{parent->at, MIN (parent->radius, 1.6f * node->radius)}, {node->at, node->radius}}};
    PrcBox box;
    float middle = parent->at.z;

    box = prc_capsule_box (&capsule[0]);
    box.low.z -= 4 / flatten;
    box.high.z += 4 / flatten;
    capsule[0].b.at.z = middle + (node->at.z - middle) * flatten;
    capsule[1].a = (PrcStation){{0, 0, middle}, flatten};
    prc_volume_paint (volume, &box, flattened_distance, capsule, material);
  }
}
