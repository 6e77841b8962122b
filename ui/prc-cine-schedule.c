// SPDX-License-Identifier: Apache-2.0
#include "prc-cine-schedule.h"

#define FIXED_RATE  12.0 // slices a second
#define LEAST_MS    2.0  // no display shows more than 500 pictures a second
#define MOST_MS     60000.0
#define CLAMP_MS(x) CLAMP (x, LEAST_MS, MOST_MS)

// The slices around `index` that show frames of the same instance.
static void
find_instance (PrcSeries *series, guint index, guint *first, guint *last) {
  PrcInstance *instance = prc_series_slice (series, index)->instance;

  *first = *last = index;
  while (*first > 0 && prc_series_slice (series, *first - 1)->instance == instance)
    --*first;
  while (*last + 1 < prc_series_length (series) &&
         prc_series_slice (series, *last + 1)->instance == instance)
    ++*last;
}

// Frames are counted from 1; a trim that leaves less than two frames, or frames that do not stand
// in their own order, are not trimmed.
static void
trim (PrcCineSchedule *self, const PrcCineInfo *cine) {
  guint n = self->last - self->first + 1;
  guint start = cine->start_trim ? cine->start_trim : 1, stop = cine->stop_trim;

  if (prc_series_slice (self->series, self->first)->frame != 0 ||
      prc_series_slice (self->series, self->last)->frame != n - 1)
    return;
  if (!stop || stop > n)
    stop = n;
  if (start >= stop)
    return;
  self->last = self->first + stop - 1;
  self->first += start - 1;
}

static double
mean (const double *times, guint n) { // the first counts from nothing
  double sum = 0;

  for (guint i = 1; i < n; i++)
    sum += times[i];
  return sum / (n - 1);
}

static void
take (PrcCineSchedule *self, PrcCineSource source, double interval_ms) {
  self->source = source;
  self->interval_ms = CLAMP_MS (interval_ms);
}

// The rate that the file recommends counts before the one it was taken at; times only where
// Frame Increment Pointer names them, or nothing.
static void
read_speed (PrcCineSchedule *self, const PrcCineInfo *cine, guint n_frames) {
  bool has_vector = cine->n_frame_times >= n_frames && mean (cine->frame_times_ms, n_frames) > 0;
  bool timed = cine->increment != PRC_INCREMENT_OTHER;

  if (cine->recommended_rate > 0) {
    take (self, PRC_CINE_RECOMMENDED, 1000 / cine->recommended_rate);
  } else if (cine->rate > 0) {
    take (self, PRC_CINE_RATE, 1000 / cine->rate);
  } else if (timed && has_vector &&
             (cine->increment == PRC_INCREMENT_TIME_VECTOR || !(cine->frame_time_ms > 0))) {
    take (self, PRC_CINE_TIMES, mean (cine->frame_times_ms, n_frames));
    self->times_ms = cine->frame_times_ms;
    self->n_times = cine->n_frame_times;
  } else if (timed && cine->frame_time_ms > 0) {
    take (self, PRC_CINE_TIME, cine->frame_time_ms);
  }
}

PrcCineSchedule
prc_cine_schedule (PrcSeries *series, guint index) {
  const PrcInstanceInfo *info = prc_instance_info (prc_series_slice (series, index)->instance);
  PrcCineSchedule self = {.series = series,
                          .last = prc_series_length (series) - 1,
                          .source = PRC_CINE_FIXED,
                          .interval_ms = 1000 / FIXED_RATE};

  if (info->n_frames < 2)
    return self;
  find_instance (series, index, &self.first, &self.last);
  self.sweep = info->cine.sweep;
  trim (&self, &info->cine);
  read_speed (&self, &info->cine, info->n_frames);
  return self;
}

guint
prc_cine_schedule_next (const PrcCineSchedule *self, guint index, int *way) {
  if (self->first == self->last || index < self->first || index > self->last)
    return self->first;
  if (!self->sweep)
    *way = 1;
  else if (index == self->last)
    *way = -1;
  else if (index == self->first)
    *way = 1;
  if (*way < 0)
    return index - 1;
  return index == self->last ? self->first : index + 1;
}

double
prc_cine_schedule_stay_ms (const PrcCineSchedule *self, guint index, guint next) {
  guint a = prc_series_slice (self->series, index)->frame,
        b = prc_series_slice (self->series, next)->frame;
  bool neighbours = a + 1 == b || b + 1 == a;

  if (!self->times_ms || !neighbours || MAX (a, b) >= self->n_times)
    return self->interval_ms; // also from the end to the start, which the vector does not know
  return CLAMP_MS (self->times_ms[MAX (a, b)]);
}

double
prc_cine_schedule_rate (const PrcCineSchedule *self) {
  return 1000 / self->interval_ms;
}
