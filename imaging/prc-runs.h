// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>

// Stretches of one row, ascending and apart by one pixel at least; made anew for every row into the
// memory that is there. Plain struct, zero is empty. One thread at a time.
typedef struct {
  int first, end; // first <= x < end
} PrcRun;

typedef struct {
  PrcRun *runs;
  size_t n, capacity;
} PrcRuns;

void prc_runs_clear (PrcRuns *runs); // frees
void prc_runs_reserve (PrcRuns *runs, size_t n);

// At the end; `first` is not before that of the last one. What touches or overlaps becomes one; what
// is empty is left out.
void prc_runs_append (PrcRuns *runs, int first, int end);

// `out` is none of the others.
void prc_runs_unite (const PrcRuns *a, const PrcRuns *b, PrcRuns *out);
// What is in both when each run of b is `less` pixels shorter at both ends.
void prc_runs_intersect (const PrcRuns *a, const PrcRuns *b, int less, PrcRuns *out);
// What is in a and not in b, of which every run lies within one of a.
void prc_runs_subtract (const PrcRuns *a, const PrcRuns *b, PrcRuns *out);
