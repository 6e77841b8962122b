// SPDX-License-Identifier: Apache-2.0
// Runs are looked for a word at a time: most of a mask is nothing, and most of the rest is much of
// the same.
#include "segment-masks.h"

#include <algorithm>
#include <cstring>

#include <glib/gi18n-lib.h>

namespace prc {

namespace {

// The first bit from `at` on that is set (or, with `flip` all ones, that is not), or `end`, which
// lies within `bits`.
uint64_t
find_bit (Bytes bits, uint64_t at, uint64_t end, uint64_t flip) {
  while (at < end) {
    size_t byte = size_t (at / 8), there = std::min (bits.size - byte, size_t (8));
    unsigned shift = at % 8;
    uint64_t word = flip;
    memcpy (&word, bits.data + byte, there == 8 ? 8 : there);
    word = (GUINT64_FROM_LE (word) ^ flip) >> shift;
    if (word)
      return std::min (at + uint64_t (__builtin_ctzll (word)), end);
    at += 64 - shift;
  }
  return end;
}

// Bits 0 to 7: which of eight bytes, the first lowest, are `least` (1 to 255) or more.
class AtLeast {
public:
  explicit AtLeast (uint8_t least)
      : add_ ((0x80 - (least & 0x7F)) * ONES), high_ (least & 0x80 ? 0 : ~uint64_t (0)) {
  }
  uint8_t
  operator() (const uint8_t *bytes) const {
    uint64_t x;
    memcpy (&x, bytes, 8);
    x = GUINT64_FROM_LE (x);
    uint64_t low = (x & 0x7F * ONES) + add_; // the highest bit of a byte: its other seven suffice
    uint64_t reached = (high_ ? low | x : low & x) & 0x80 * ONES;
    return uint8_t ((reached >> 7) * 0x0102040810204080 >> 56);
  }

private:
  static constexpr uint64_t ONES = 0x0101010101010101;
  uint64_t add_, high_;
};

void
pack (const uint8_t *samples, size_t n, uint8_t least, uint8_t *bits) {
  AtLeast at_least (least);
  size_t i = 0;
  for (; i + 8 <= n; i += 8)
    bits[i / 8] = at_least (samples + i);
  for (; i < n; i++)
    bits[i / 8] |= uint8_t (samples[i] >= least) << i % 8;
}

template <typename T>
void
pack (const T *samples, size_t n, T least, uint8_t *bits) {
  for (size_t i = 0; i < n; i++)
    bits[i / 8] |= uint8_t (samples[i] >= least) << i % 8;
}

// The end of the samples from `at` on that are all as that one.
template <typename T>
uint32_t
same_until (const T *samples, uint32_t at, uint32_t end) {
  constexpr uint32_t N = 8 / sizeof (T);
  const T value = samples[at];
  uint64_t all = value * (sizeof (T) == 1 ? 0x0101010101010101u : 0x0001000100010001u);
  for (at++; at + N <= end; at += N) {
    uint64_t word;
    memcpy (&word, samples + at, 8);
    word ^= all;
    if (word)
      return at + uint32_t (__builtin_ctzll (GUINT64_FROM_LE (word))) / (64 / N);
  }
  while (at < end && samples[at] == value)
    at++;
  return at;
}

} // namespace

Masks::Masks (uint32_t rows, uint32_t columns, uint32_t segments)
    : rows_ (rows), columns_ (columns), counts_ (segments) {
  if (rows < 1 || columns < 1 || rows > 65535 || columns > 65535)
    fail (PRC_IMAGING_ERROR_TOO_LARGE,
          _ ("An image of %u × %u pixels is larger than this program opens"), columns, rows);
}

void
Masks::check (size_t pending) const {
  if (size_ + PRC_WIRE_MASK_SIZE (0, pending) > PRC_WIRE_MAX_MASKS)
    fail (PRC_IMAGING_ERROR_TOO_LARGE,
          _ ("The segments take more memory than this program gives them"));
}

void
Masks::take (uint32_t frame, uint32_t segment, size_t begin, size_t end) {
  if (begin == end)
    return;
  size_ += PRC_WIRE_MASK_SIZE (spans_[end - 1].row - spans_[begin].row + 1, end - begin);
  check (0);
  masks_.push_back ({frame, segment, uint32_t (end - begin)});
}

void
Masks::add_bits (uint32_t frame, uint32_t segment, Bytes bits, uint64_t first_bit) {
  size_t begin = spans_.size ();
  uint64_t at = first_bit, end = first_bit + uint64_t (rows_) * columns_;
  while ((at = find_bit (bits, at, end, 0)) < end) {
    uint64_t row = (at - first_bit) / columns_, start = first_bit + row * columns_;
    uint64_t row_end = start + columns_;
    do {
      uint64_t stop = find_bit (bits, at, row_end, ~uint64_t (0));
      spans_.push_back ({uint16_t (row), uint16_t (at - start), uint16_t (stop - start)});
      at = find_bit (bits, stop, row_end, 0);
    } while (at < row_end);
    check (spans_.size () - begin);
  }
  take (frame, segment, begin, spans_.size ());
}

template <typename T>
void
Masks::add_samples (uint32_t frame, uint32_t segment, const T *samples, T least) {
  size_t n = size_t (rows_) * columns_;
  bits_.assign (n / 8 + 1, 0);
  pack (samples, n, least, bits_.data ());
  add_bits (frame, segment, {bits_.data (), bits_.size ()}, 0);
}
template void Masks::add_samples (uint32_t, uint32_t, const uint8_t *, uint8_t);
template void Masks::add_samples (uint32_t, uint32_t, const uint16_t *, uint16_t);
template void Masks::add_samples (uint32_t, uint32_t, const uint32_t *, uint32_t);

template <typename T>
void
Masks::add_labels (uint32_t frame, const T *labels, const std::vector<uint32_t> &segment_of) {
  for (uint32_t row = 0; row < rows_; row++, labels += columns_) {
    for (uint32_t at = 0, stop; at < columns_; at = stop) {
      T label = labels[at];
      uint32_t segment = label < segment_of.size () ? segment_of[label] : UNNAMED;
      stop = same_until (labels, at, columns_);
      if (segment < UNNAMED) {
        if (counts_[segment]++ == 0)
          touched_.push_back (segment);
        runs_.push_back ({segment, {uint16_t (row), uint16_t (at), uint16_t (stop)}});
      } else if (segment == UNNAMED) {
        if (unnamed_.size () <= label)
          unnamed_.resize (label + size_t (1));
        unnamed_[label] = true;
      }
    }
    check (runs_.size ());
  }
  sort_runs (frame);
}
template void Masks::add_labels (uint32_t, const uint8_t *, const std::vector<uint32_t> &);
template void Masks::add_labels (uint32_t, const uint16_t *, const std::vector<uint32_t> &);

// The runs of a frame, each segment's together.
void
Masks::sort_runs (uint32_t frame) {
  size_t begin = spans_.size (), at = begin;
  std::sort (touched_.begin (), touched_.end ());
  for (uint32_t segment : touched_) { // from how many to where the next one goes
    size_t n = counts_[segment];
    counts_[segment] = uint32_t (at);
    at += n;
  }
  spans_.resize (at);
  for (const Run &run : runs_)
    spans_[counts_[run.segment]++] = run.span;
  for (uint32_t segment : touched_) {
    take (frame, segment, begin, counts_[segment]);
    begin = counts_[segment];
    counts_[segment] = 0;
  }
  runs_.clear ();
  touched_.clear ();
}

GVariant *
Masks::list () const {
  return g_variant_new_fixed_array (G_VARIANT_TYPE ("(uuu)"), masks_.data (), masks_.size (),
                                    sizeof (Mask));
}

Bytes
Masks::spans () const {
  return {reinterpret_cast<const uint8_t *> (spans_.data ()), spans_.size () * sizeof (Span)};
}

} // namespace prc
