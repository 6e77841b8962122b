// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-windowing.h"

// With which window a series is shown as one scrolls: what the reader set stays; untouched, each
// slice is shown as it says itself; what says nothing keeps the window that came before. Plain
// struct, zero: a series of which nothing was seen yet.
typedef struct {
  bool known;      // the parameters hold a window of the series
  bool by_hand;    // set by the reader
  uint32_t choice; // else which of each slice's own (prc-windowing.h)
  bool guessed;    // the file has none: automatic, from one slice or from `measured` slices
  bool makeshift;  // and from one that shows nothing: gives way to the first that shows something
  uint32_t measured;
} PrcSeriesWindow;

// `frame` comes into view: `params` get voi, centre, width and function for it. `steady`: all
// slices share the first one's window even if theirs differ, for values that are compared from
// slice to slice (PET, where the scanner writes the range of each slice).
void prc_series_window_meet (PrcSeriesWindow *self, PrcViewParams *params, const PrcFrame *frame,
                             bool steady);
// The slice's own from now on; a `choice` that it does not have is its first.
void prc_series_window_follow (PrcSeriesWindow *self, PrcViewParams *params, const PrcFrame *frame,
                               uint32_t choice);
