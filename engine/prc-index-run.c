// SPDX-License-Identifier: Apache-2.0
#include "prc-index-run.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>

#define FIRST_ROOM 64

// Pages of their own: aligned for the scan, and they grow without being copied.
static void *
resize (void *old, size_t old_size, size_t size) {
  void *new = old ? mremap (old, old_size, size, MREMAP_MAYMOVE)
                  : mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (new == MAP_FAILED)
    g_error ("No memory for %zu bytes of the index", size); // as g_malloc does
  return new;
}

static void
set_room (PrcIndexRun *run, size_t room) {
  const bool of_segments = run->slices != NULL;
  const size_t old = run->room;
  run->codes = resize (run->codes, old * run->stride, room * run->stride);
  run->scales = resize (run->scales, old * sizeof (float), room * sizeof (float));
  run->ids = resize (run->ids, old * sizeof (int64_t), room * sizeof (int64_t));
  run->series = resize (run->series, old * sizeof (uint32_t), room * sizeof (uint32_t));
  if (of_segments)
    run->slices =
        resize (old ? run->slices : NULL, old * sizeof (int64_t), room * sizeof (int64_t));
  run->room = room;
}

PrcIndexRun *
prc_index_run_new (unsigned stride, bool of_segments) {
  static int64_t none; // says that there will be such a column
  PrcIndexRun *run = g_atomic_rc_box_new0 (PrcIndexRun);
  run->stride = stride;
  run->slices = of_segments ? &none : NULL;
  set_room (run, FIRST_ROOM);
  return run;
}

void
prc_index_run_take (PrcIndexRun *run, const PrcIndexRun *from, size_t row) {
  prc_index_run_grow (run);
  const size_t to = run->n - 1;
  memcpy (run->codes + to * run->stride, from->codes + row * run->stride, run->stride);
  run->scales[to] = from->scales[row];
  run->ids[to] = from->ids[row];
  run->series[to] = from->series[row];
  if (run->slices)
    run->slices[to] = from->slices[row];
}

PrcIndexRun *
prc_index_run_copy (const PrcIndexRun *run, const uint64_t *gone) {
  PrcIndexRun *copy = prc_index_run_new (run->stride, run->slices != NULL);
  copy->lost = run->lost;
  copy->reach = run->reach;
  for (size_t row = 0; row < run->n; row++)
    if (!gone || !(gone[row / 64] >> (row % 64) & 1))
      prc_index_run_take (copy, run, row);
  return copy;
}

PrcIndexRun *
prc_index_run_ref (PrcIndexRun *run) {
  return g_atomic_rc_box_acquire (run);
}

static void
clear (gpointer data) {
  PrcIndexRun *run = data;
  if (run->mapped) {
    g_mapped_file_unref (run->mapped);
    return;
  }
  munmap (run->codes, run->room * run->stride);
  munmap (run->scales, run->room * sizeof (float));
  munmap (run->ids, run->room * sizeof (int64_t));
  munmap (run->series, run->room * sizeof (uint32_t));
  if (run->slices)
    munmap (run->slices, run->room * sizeof (int64_t));
  g_free (run->starts);
}

void
prc_index_run_unref (PrcIndexRun *run) {
  g_atomic_rc_box_release_full (run, clear);
}

void
prc_index_run_set_length (PrcIndexRun *run, size_t n) {
  set_room (run, MAX (n, FIRST_ROOM));
  run->n = n;
}

void
prc_index_run_grow (PrcIndexRun *run) {
  if (run->n == run->room)
    set_room (run, 2 * run->room);
  run->n++;
}

bool
prc_index_run_add (PrcIndexRun *run, const float *vector, unsigned dimension, int64_t id,
                   int64_t slice_id, uint32_t series) {
  if (run->n == PRC_INDEX_RUN_MAX)
    return false;
  prc_index_run_grow (run);
  const size_t row = run->n - 1;
  const PrcIndexCode code = prc_index_encode (vector, dimension, run->codes + row * run->stride);
  if (!isfinite (code.lost)) {
    run->n--;
    return false;
  }
  run->scales[row] = code.scale;
  run->ids[row] = id;
  run->series[row] = series;
  if (run->slices)
    run->slices[row] = slice_id;
  if (code.scale > 0)
    run->lost = fmaxf (run->lost, code.lost / code.scale);
  run->reach = fmaxf (run->reach, code.reach);
  return true;
}
