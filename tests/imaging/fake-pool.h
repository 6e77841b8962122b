// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>

#include "prc-codec-pool.h"

// A codec pool without codecs, linked in place of the real one by tests of what uses it. What a
// file is, its name says: "im12" is slice 12 of a series (8 x 8 pixels), "sr..." an object that is
// no image, anything else is no DICOM. A frame is filled with the slice's number.

typedef struct {
  unsigned n_describes, n_described, n_decodes, n_cancelled; // since the start
  unsigned running, most_running;                            // requests
  unsigned first_sizes[8];                                   // of the first describe requests
} FakeStats;

FakeStats fake_pool_stats (PrcCodecPool *pool);
void fake_pool_hold (PrcCodecPool *pool, bool hold);          // decodes wait at a gate
void fake_pool_fail (PrcCodecPool *pool, bool fail);          // every request fails
void fake_pool_wait_running (PrcCodecPool *pool, unsigned n); // until n requests are running
