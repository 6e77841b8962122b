// SPDX-License-Identifier: Apache-2.0
#include "luts.h"

#include <algorithm>
#include <cmath>

#include <glib/gi18n-lib.h>

#include "values.h"

namespace prc {

namespace {

struct Descriptor {
  uint32_t entries = 0;
  int32_t first = 0;
  unsigned bits = 16;
};

bool
is_word (double v) { // of either sign; NaN is none
  return v >= -32768 && v <= 65535;
}

bool
read_descriptor (const Dataset &set, Tag tag, bool is_signed, Descriptor &d) {
  std::vector<double> v = numbers (set, tag, vr ("US"));
  const Element *e = set.find (tag);
  if (v.size () != 3 || !is_word (v[0]) || !is_word (v[1]) || !is_word (v[2]))
    return false;
  d.entries = uint16_t (int (v[0]));
  if (d.entries == 0) // PS3.3 C.11.1.1.1
    d.entries = 65536;
  // What would end beyond the last value there is can only begin below 0.
  bool sign = is_signed || e->vr == vr ("SS") || v[1] + d.entries > 65536;
  d.first = sign ? int16_t (int (v[1])) : int32_t (v[1]);
  d.bits = unsigned (int (v[2]));
  return d.bits >= 8 && d.bits <= 16;
}

uint16_t
word (const Dataset &set, Bytes b, size_t i) {
  return set.syntax.big_endian ? be16 (b.data + 2 * i) : le16 (b.data + 2 * i);
}

// Of bytes that lie two to a word.
uint8_t
byte (const Dataset &set, Bytes b, size_t i) {
  return b.data[set.syntax.big_endian && (i ^ 1) < b.size ? i ^ 1 : i];
}

// Entries as words. Eight-bit entries may come two to a word, and often come one to a word.
std::vector<uint16_t>
read_entries (const Dataset &set, const Element &e, const Descriptor &d) {
  std::vector<uint16_t> out;
  Bytes b = e.value;
  bool packed = d.bits == 8 && b.size < size_t (d.entries) * 2;
  size_t n = std::min (size_t (d.entries), packed ? b.size : b.size / 2);
  out.reserve (d.entries);
  for (size_t i = 0; i < n; i++)
    out.push_back (packed ? byte (set, b, i) : word (set, b, i));
  return out;
}

// The data of segments: bytes where entries have eight bits, else words.
struct Units {
  const Dataset &set;
  Bytes bytes;
  unsigned size; // 1 or 2

  size_t
  count () const {
    return bytes.size / size;
  }
  unsigned
  operator[] (size_t i) const {
    return size == 2 ? word (set, bytes, i) : byte (set, bytes, i);
  }
  size_t
  offset (size_t i) const { // in bytes, the low parts first, of four bytes or two words
    size_t low = operator[] (i), next = operator[] (i + 1);
    if (size == 2)
      return (low | next << 16) / 2;
    return low | next << 8 | size_t (operator[] (i + 2)) << 16 | size_t (operator[] (i + 3)) << 24;
  }
};

// PS3.3 C.7.9.2: discrete, linear and indirect segments.
class Segments {
public:
  Segments (const Units &units, size_t limit) : units_ (units), limit_ (limit) {
  }
  bool
  expand (size_t begin, size_t end, bool indirect) {
    size_t at = begin;
    while (at + 1 < end && words.size () < limit_) {
      unsigned opcode = units_[at], length = units_[at + 1];
      at += 2;
      if (--budget_ < 0)
        return false;
      if (opcode == 0)
        for (unsigned i = 0; i < length && at < end; i++)
          words.push_back (uint16_t (units_[at++]));
      else if (opcode == 1 && at < end && !words.empty () && length > 0)
        line (length, units_[at++]);
      else if (opcode != 2 || indirect || !follow (at, length, end))
        return false;
    }
    return true;
  }
  std::vector<uint16_t> words;

private:
  void
  line (unsigned length, double to) {
    double from = words.back ();
    for (unsigned i = 1; i <= length; i++)
      words.push_back (uint16_t (from + (to - from) * i / length + 0.5));
  }
  bool
  follow (size_t &at, unsigned length, size_t end) { // `length` segments that lie before
    size_t pointer = units_.size == 2 ? 2 : 4;
    if (at + pointer > end)
      return false;
    size_t offset = units_.offset (at), stop = offset;
    at += pointer;
    for (unsigned i = 0; i < length && stop + 1 < end; i++) {
      stop += units_[stop] == 0 ? 2u + units_[stop + 1] : 3u;
      if (--budget_ < 0)
        return false;
    }
    return offset < end && expand (offset, std::min (stop, end), true);
  }

  const Units &units_;
  size_t limit_;
  int budget_ = 1 << 20; // steps: segments may be empty, and followed again and again
};

// The entries of a channel, as many as the descriptor says.
std::vector<uint16_t>
read_words (const Dataset &set, unsigned c, const Descriptor &d) {
  std::vector<uint16_t> words;
  if (const Element *plain = set.find (0x00281201 + c)) {
    words = read_entries (set, *plain, d);
  } else if (const Element *segmented = set.find (0x00281221 + c)) {
    Units units{set, segmented->value, d.bits == 8 ? 1u : 2u};
    Segments segments (units, d.entries);
    if (segments.expand (0, units.count (), false))
      words = std::move (segments.words);
  }
  if (words.size () < d.entries)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The palette is missing or damaged"));
  words.resize (d.entries);
  return words;
}

} // namespace

Palette
read_palette (const Dataset &set, bool is_signed) {
  Palette p;
  Descriptor d[3];
  std::vector<uint16_t> words[3];
  uint16_t largest = 0;
  for (unsigned c = 0; c < 3; c++) {
    if (!read_descriptor (set, 0x00281101 + c, is_signed, d[c]))
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The palette is missing or damaged"));
    words[c] = read_words (set, c, d[c]);
    largest = MAX (largest, *std::max_element (words[c].begin (), words[c].end ()));
  }
  for (unsigned c = 0; c < 3; c++) {
    // Tables of 16 bits none of whose entries leaves the low byte exist; the standard's own samples
    // have them.
    unsigned down = d[c].bits > 8 && largest > 255 ? d[c].bits - 8 : 0;
    p.channel[c].first = d[c].first;
    for (uint16_t word : words[c])
      p.channel[c].entries.push_back (uint8_t (MIN (word >> down, 255)));
  }
  return p;
}

bool
read_lut (const Dataset &item, const std::string &explanation, bool is_signed, Lut &lut) {
  Descriptor d;
  const Element *data = item.find (0x00283006);
  if (!data || !read_descriptor (item, 0x00283002, is_signed, d))
    return false;
  lut.entries = read_entries (item, *data, d);
  lut.first_mapped = d.first;
  lut.bits = d.bits;
  lut.explanation = explanation;
  return lut.entries.size () == d.entries;
}

} // namespace prc
