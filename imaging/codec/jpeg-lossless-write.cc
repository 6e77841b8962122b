// SPDX-License-Identifier: Apache-2.0
// Lossless JPEG as .57 and .70 have it: predictor 1, one scan, a Huffman table of its own (ITU-T T.81
// Annex H).
#include <algorithm>
#include <initializer_list>
#include <vector>

#include "jpeg.h"

namespace prc {

namespace {

constexpr unsigned SIZES = 17; // of differences: 0 to 16 bits

struct Difference {
  uint8_t size;
  uint16_t bits;
};

Difference
difference_of (uint16_t value, uint16_t prediction) { // modulo 2^16 (T.81 H.1.2.1)
  int d = int16_t (uint16_t (value - prediction));
  if (d == -32768)
    return {16, 0};
  unsigned magnitude = unsigned (d < 0 ? -d : d);
  unsigned size = magnitude ? 32 - unsigned (__builtin_clz (magnitude)) : 0;
  return {uint8_t (size), uint16_t (d < 0 ? d - 1 : d)};
}

// Calls `use` with each difference in the order of the stream.
template <typename T, typename Use>
void
each_difference (const T *from, const JpegFrame &frame, Use use) {
  size_t step = frame.channels, across = step * frame.columns;
  for (size_t y = 0; y < frame.rows; y++)
    for (size_t i = 0; i < across; i++) {
      const T *p = from + y * across + i;
      uint16_t prediction = i >= step ? p[-ptrdiff_t (step)]
                            : y       ? p[-ptrdiff_t (across)]
                                      : uint16_t (1u << (frame.precision - 1));
      use (difference_of (*p, prediction));
    }
}

struct Code {
  uint8_t length[SIZES] = {};
  uint16_t code[SIZES] = {};
  std::vector<uint8_t> symbols; // by length
};

// Lengths by joining the two rarest again and again. One more symbol, rarer than all, takes the code
// of ones only, which must not be used (T.81 K.2). 0 when the longest has more than 16 bits.
bool
find_lengths (const uint64_t counts[SIZES], uint8_t lengths[SIZES + 1]) {
  struct Node {
    uint64_t count;
    uint32_t members;
  };
  std::vector<Node> nodes = {{0, 1u << SIZES}};
  std::fill (lengths, lengths + SIZES + 1, uint8_t (0));
  for (unsigned s = 0; s < SIZES; s++)
    if (counts[s])
      nodes.push_back ({counts[s], 1u << s});
  while (nodes.size () > 1) {
    std::sort (nodes.begin (), nodes.end (), [] (const Node &a, const Node &b) {
      return a.count != b.count ? a.count > b.count : a.members < b.members;
    });
    Node rarest = nodes.back ();
    nodes.pop_back ();
    nodes.back ().count += rarest.count;
    nodes.back ().members |= rarest.members;
    for (unsigned s = 0; s <= SIZES; s++)
      lengths[s] = uint8_t (lengths[s] + (nodes.back ().members >> s & 1));
  }
  return *std::max_element (lengths, lengths + SIZES + 1) <= 16;
}

Code
make_code (uint64_t counts[SIZES]) {
  Code code;
  uint8_t lengths[SIZES + 1];
  while (!find_lengths (counts, lengths))
    for (unsigned s = 0; s < SIZES; s++)
      counts[s] = (counts[s] + 1) / 2;
  unsigned next = 0;
  for (uint8_t length = 1; length <= 16; length++, next <<= 1)
    for (uint8_t s = 0; s < SIZES; s++)
      if (lengths[s] == length) {
        code.length[s] = length;
        code.code[s] = uint16_t (next++);
        code.symbols.push_back (s);
      }
  return code;
}

void
put (std::string &out, std::initializer_list<unsigned> bytes) {
  for (unsigned b : bytes)
    out += char (b);
}

std::string
head (const JpegFrame &f, const Code &code) {
  std::string out;
  unsigned n = f.channels;
  put (out, {0xFF, 0xD8, 0xFF, 0xC3, 0, 8 + 3 * n, f.precision, f.rows >> 8, f.rows & 255,
             f.columns >> 8, f.columns & 255, n});
  for (unsigned c = 1; c <= n; c++)
    put (out, {c, 0x11, 0});
  put (out, {0xFF, 0xC4, 0, unsigned (19 + code.symbols.size ()), 0});
  for (unsigned length = 1; length <= 16; length++)
    out += char (std::count (code.length, code.length + SIZES, length));
  out.append (code.symbols.begin (), code.symbols.end ());
  put (out, {0xFF, 0xDA, 0, 6 + 2 * n, n});
  for (unsigned c = 1; c <= n; c++)
    put (out, {c, 0});
  put (out, {1, 0, 0});
  return out;
}

struct Bits {
  std::string &out;
  uint64_t bits = 0;
  unsigned n = 0;

  void
  add (unsigned v, unsigned count) {
    bits = bits << count | (v & ((1u << count) - 1));
    for (n += count; n >= 8; n -= 8) {
      unsigned char byte = static_cast<unsigned char> (bits >> (n - 8));
      out += char (byte);
      if (byte == 0xFF)
        out += '\0';
    }
  }
};

template <typename T>
std::string
write (const T *from, const JpegFrame &frame) {
  uint64_t counts[SIZES] = {};
  each_difference (from, frame, [&] (Difference d) { counts[d.size]++; });
  Code code = make_code (counts);
  std::string out = head (frame, code);
  Bits bits{out};
  each_difference (from, frame, [&] (Difference d) {
    bits.add (code.code[d.size], code.length[d.size]);
    if (d.size < 16)
      bits.add (d.bits, d.size);
  });
  bits.add (0x7F, 7); // T.81 F.1.2.3: the last byte is filled with ones
  put (out, {0xFF, 0xD9});
  return out;
}

} // namespace

std::string
encode_jpeg_lossless (Bytes samples, const JpegFrame &frame) {
  if (frame.precision > 8)
    return write (reinterpret_cast<const uint16_t *> (samples.data), frame);
  return write (samples.data, frame);
}

} // namespace prc
