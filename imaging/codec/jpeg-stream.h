// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common.h"

// A JPEG codestream (ITU-T T.81) taken apart as far as its scans: what the 12-bit and the lossless
// decoder have in common. The system's library reads neither. Every length is checked.

namespace prc {

// Entropy-coded bits, the first in the highest place. A value of two words, so that a loop keeps it
// in registers.
struct JpegBits {
  uint64_t bits = 0;
  int n = 0;

  uint32_t
  peek (unsigned count) const { // 0 to 16
    return uint32_t (bits >> 1 >> (63 - count));
  }
  void
  skip (unsigned count) {
    bits <<= count;
    n -= int (count);
  }
  uint32_t
  take (unsigned count) {
    uint32_t v = peek (count);
    skip (count);
    return v;
  }
};

// Where they come from. Behind the last come zeros, which are counted.
class JpegSource {
public:
  explicit JpegSource (Bytes bytes) : p_ (bytes.data), end_ (bytes.data + bytes.size) {
  }
  JpegBits
  need (JpegBits bits) { // 32 at least, enough for a symbol and the bits that go with it
    return bits.n < 32 ? fill (bits) : bits;
  }
  bool
  is_overrun (JpegBits bits) const { // more was taken than is there
    return bits.n < int (padding_);
  }
  void restart (JpegBits &bits);  // behind the next restart marker; throws when there is none
  const uint8_t *marker () const; // the next marker that is no restart, or the end

private:
  JpegBits fill (JpegBits bits);
  const uint8_t *p_, *end_;
  unsigned padding_ = 0; // zeros at the end
};

// T.81 F.2.2.3.
class JpegHuffman {
public:
  void build (const uint8_t counts[16], Bytes symbols); // throws for what is no code
  bool
  there () const {
    return there_;
  }
  // 32 bits must be there; 16 at most are used. Throws when they are no symbol.
  unsigned
  next (JpegBits &bits) const {
    Short s = shorts_[bits.peek (LOOK)];
    if (!s.length)
      s = find_long (bits.peek (16));
    bits.skip (s.length);
    return s.symbol;
  }

private:
  static constexpr unsigned LOOK = 10;
  struct Short {
    uint8_t length, symbol;
  };
  Short find_long (uint32_t code) const;
  bool there_ = false;
  Short shorts_[1 << LOOK] = {};
  uint8_t symbols_[256] = {};
  uint32_t end_[17] = {};  // behind the last code of a length, its bits in the highest of 16 places
  int32_t first_[17] = {}; // index of a length's first symbol, minus its first code
};

// The value of `size` further bits (T.81 F.2.2.1): negative ones lack their sign. Without a branch:
// nobody can guess a sign.
inline int32_t
extend (uint32_t v, unsigned size) {
  int32_t half = int32_t ((1u << size) >> 1), below = (int32_t (v) - half) >> 31;
  return int32_t (v) + (below & (1 - (1 << size)));
}

struct JpegComponent {
  unsigned id, h, v, quantisation;
};

struct JpegScan {
  std::vector<unsigned> components; // places in the frame's list
  unsigned dc[4], ac[4];            // Huffman table of each
  unsigned first, last;             // coefficients; of lossless ones `first` is the predictor
  unsigned high, low;               // bits known before, bits that come later (point transform)
};

class JpegStream {
public:
  explicit JpegStream (Bytes bytes) : bytes_ (bytes) {
  }
  // Reads on to the data of the next scan; false behind the last.
  bool next_scan (JpegScan &scan);
  Bytes
  data () const {
    return bytes_.part (at_, bytes_.size);
  }
  void
  go_on_from (const uint8_t *p) { // in data(), behind the scan
    at_ = size_t (p - bytes_.data);
  }
  unsigned kind = 0; // the marker of the frame, 0xC0 and up
  unsigned precision = 0, rows = 0, columns = 0, restart = 0;
  std::vector<JpegComponent> components;
  JpegHuffman dc[4], ac[4];
  uint16_t quantisation[4][64] = {}; // in zigzag order; 0: none

private:
  void read_frame (Bytes b);
  void read_huffman (Bytes b);
  void read_quantisation (Bytes b);
  void read_scan (Bytes b, JpegScan &scan) const;
  Bytes bytes_;
  size_t at_ = 2;
  unsigned scans_ = 0;
};

} // namespace prc
