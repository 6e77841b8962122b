// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-series.h"

// When which slice is on the screen while a series is played (PS3.3 C.7.6.5 Cine, C.7.6.6
// Multi-frame). Pure; a plain value that borrows from its series.

typedef enum {
  PRC_CINE_FIXED,       // a stack, or frames that do not follow each other in time
  PRC_CINE_RECOMMENDED, // Recommended Display Frame Rate
  PRC_CINE_RATE,        // Cine Rate
  PRC_CINE_TIME,        // Frame Time
  PRC_CINE_TIMES,       // Frame Time Vector: rates that vary
} PrcCineSource;

typedef struct {
  PrcSeries *series; // borrowed
  guint first, last; // slices that are played, trimmed as the file asks
  gboolean sweep;    // forth and back; else from the last one to the first
  PrcCineSource source;
  double interval_ms;     // of every slice, or the mean of those that vary
  const double *times_ms; // of PRC_CINE_TIMES: how long each frame comes after the one before
  guint n_times;
} PrcCineSchedule;

// Of the multi-frame instance that slice `index` belongs to, else of the whole stack.
PrcCineSchedule prc_cine_schedule (PrcSeries *series, guint index);

// The slice after this one; `*way` is +1 or -1, and turns at the ends of a sweep. A slice outside
// what is played leads to its start.
guint prc_cine_schedule_next (const PrcCineSchedule *schedule, guint index, int *way);

// How long slice `index` stays until `next` comes, at the file's own speed.
double prc_cine_schedule_stay_ms (const PrcCineSchedule *schedule, guint index, guint next);

// Slices a second, on average, at the file's own speed.
double prc_cine_schedule_rate (const PrcCineSchedule *schedule);
