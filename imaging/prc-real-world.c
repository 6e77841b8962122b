// SPDX-License-Identifier: Apache-2.0
#include "prc-real-world.h"

#include <math.h>
#include <string.h>

bool
prc_real_world_value (const PrcRealWorld *mapping, double stored, double *value) {
  if (!(stored >= mapping->first) || !(stored <= mapping->last))
    return false;
  if (!mapping->table) {
    *value = stored * mapping->slope + mapping->intercept;
    return isfinite (*value);
  }
  double entry = stored - mapping->first;
  if (entry >= mapping->n_table)
    return false;
  *value = mapping->table[(uint32_t)entry];
  return isfinite (*value);
}

const char *
prc_real_world_name (const PrcRealWorld *mapping) {
  bool says = *mapping->label && strcmp (mapping->label, mapping->units) != 0;
  return says ? mapping->label : mapping->explanation;
}
