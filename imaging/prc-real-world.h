// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stdint.h>

// A mapping of stored values to what was measured (PS3.3 C.7.6.16.2.11), which may be another
// quantity than the rescale gives: a map of diffusion coefficients whose stored values are rescaled
// to nothing in particular. A plain value; the owner of the struct owns the table.
typedef struct {
  double first, last;      // the stored values it is for, both inclusive
  double slope, intercept; // stored value * slope + intercept, without a table
  const double *table;     // a value for each stored value from `first` on, or NULL
  uint32_t n_table;
  char label[40];       // LUT Label, "ADC"
  char explanation[64]; // LUT Explanation
  char units[32];       // a code of UCUM, "mm2/s"; "" when unknown
} PrcRealWorld;

// False for a stored value that the mapping says nothing about.
bool prc_real_world_value (const PrcRealWorld *mapping, double stored, double *value);

// What the value is called: the label, else the explanation, "" when the file has no word for it
// (a label that only repeats the units is none). Borrowed.
const char *prc_real_world_name (const PrcRealWorld *mapping);
