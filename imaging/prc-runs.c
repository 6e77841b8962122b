// SPDX-License-Identifier: Apache-2.0
#include "prc-runs.h"

#include <glib.h>
#include <stdbool.h>

void
prc_runs_clear (PrcRuns *runs) {
  g_free (runs->runs);
  *runs = (PrcRuns){0};
}

void
prc_runs_reserve (PrcRuns *runs, size_t n) {
  if (n <= runs->capacity)
    return;
  runs->capacity = MAX (2 * runs->capacity, n);
  runs->runs = g_renew (PrcRun, runs->runs, runs->capacity);
}

void
prc_runs_append (PrcRuns *runs, int first, int end) {
  if (first >= end)
    return;
  if (runs->n > 0 && first <= runs->runs[runs->n - 1].end) {
    PrcRun *last = &runs->runs[runs->n - 1];

    last->end = MAX (last->end, end);
    return;
  }
  if (runs->n == runs->capacity)
    prc_runs_reserve (runs, runs->n + 8);
  runs->runs[runs->n++] = (PrcRun){first, end};
}

void
prc_runs_unite (const PrcRuns *a, const PrcRuns *b, PrcRuns *out) {
  size_t i = 0, k = 0;

  out->n = 0;
  while (i < a->n || k < b->n) {
    bool from_a = k == b->n || (i < a->n && a->runs[i].first <= b->runs[k].first);
    const PrcRun *run = from_a ? &a->runs[i++] : &b->runs[k++];

    prc_runs_append (out, run->first, run->end);
  }
}

void
prc_runs_intersect (const PrcRuns *a, const PrcRuns *b, int less, PrcRuns *out) {
  size_t i = 0, k = 0;

  out->n = 0;
  while (i < a->n && k < b->n) {
    int end_a = a->runs[i].end, end_b = b->runs[k].end - less;

    prc_runs_append (out, MAX (a->runs[i].first, b->runs[k].first + less), MIN (end_a, end_b));
    if (end_a < end_b)
      i++;
    else
      k++;
  }
}

void
prc_runs_subtract (const PrcRuns *a, const PrcRuns *b, PrcRuns *out) {
  size_t k = 0;

  out->n = 0;
  for (size_t i = 0; i < a->n; i++) {
    int at = a->runs[i].first;

    for (; k < b->n && b->runs[k].end <= a->runs[i].end; at = b->runs[k++].end)
      prc_runs_append (out, at, b->runs[k].first);
    prc_runs_append (out, at, a->runs[i].end);
  }
}
