// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>

// Cosines of one vector with many, at the machine's speed. Rows are `stride` floats apart, a
// multiple of PRC_INDEX_LANES, and padded with zeros.
#define PRC_INDEX_LANES 16

typedef void (*PrcIndexScan) (const float *rows, size_t n, unsigned stride, const float *query,
                              float *out);

PrcIndexScan prc_index_scan (void); // the best one for this machine
