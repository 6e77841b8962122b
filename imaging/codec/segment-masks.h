// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common.h"
#include "prc-codec-wire.h"

namespace prc {

// Masks of frames as the answer to SEGMENT carries them, gathered frame by frame. Whatever is added
// throws TOO_LARGE when the viewer would be given more than it takes.
class Masks {
public:
  static constexpr uint32_t BACKGROUND = UINT32_MAX;  // of no segment
  static constexpr uint32_t UNNAMED = BACKGROUND - 1; // of a segment that nothing describes

  Masks (uint32_t rows, uint32_t columns, uint32_t segments); // throws over 65,535 rows or columns

  // One mask: where bits are set, the first pixel in `first_bit`, lowest first in each byte, no gap
  // between rows. All must be there. Frames ascend, segments within a frame too.
  void add_bits (uint32_t frame, uint32_t segment, Bytes bits, uint64_t first_bit);
  // One mask: where samples are `least` or more; rows * columns of them.
  template <typename T>
  void add_samples (uint32_t frame, uint32_t segment, const T *samples, T least);
  // All segments of a frame at once. `segment_of` has an index or one of the two above for every
  // value of a sample.
  template <typename T>
  void add_labels (uint32_t frame, const T *labels, const std::vector<uint32_t> &segment_of);

  GVariant *list () const; // a(uuu), floating
  Bytes spans () const;    // valid while nothing is added
  const std::vector<bool> &
  unnamed () const { // by value of a label, as far as one was seen
    return unnamed_;
  }

private:
  struct Mask {
    uint32_t frame, segment, n_spans;
  };
  struct Span {
    uint16_t row, first, end;
  };
  struct Run {
    uint32_t segment;
    Span span;
  };
  void check (size_t pending) const; // spans that are not taken yet
  void take (uint32_t frame, uint32_t segment, size_t begin, size_t end);
  void sort_runs (uint32_t frame);

  uint32_t rows_, columns_;
  uint64_t size_ = 0; // in the viewer
  std::vector<Mask> masks_;
  std::vector<Span> spans_;
  std::vector<Run> runs_;         // of a frame of labels, as they come
  std::vector<uint32_t> counts_;  // runs of each segment in it
  std::vector<uint32_t> touched_; // segments in it
  std::vector<uint8_t> bits_;     // of a frame of samples
  std::vector<bool> unnamed_;
};

} // namespace prc
