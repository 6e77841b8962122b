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
read_descriptor (const Dataset &set, Tag tag, bool is_signed, Descriptor &d) {
  std::vector<double> v = numbers (set, tag, vr ("US"));
  const Element *e = set.find (tag);
  if (v.size () != 3 || !std::isfinite (v[0]) || !std::isfinite (v[1]) || !std::isfinite (v[2]))
    return false;
  d.entries = v[0] == 0 ? 65536 : uint32_t (v[0]); // PS3.3 C.11.1.1.1: 0 means 65536
  bool sign = is_signed || e->vr == vr ("SS");
  d.first = sign ? int16_t (uint16_t (v[1])) : int32_t (v[1]);
  d.bits = unsigned (v[2]);
  return d.bits >= 8 && d.bits <= 16;
}

uint16_t
word (const Dataset &set, Bytes b, size_t i) {
  return set.syntax.big_endian ? be16 (b.data + 2 * i) : le16 (b.data + 2 * i);
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
    out.push_back (!packed                 ? word (set, b, i)
                   : set.syntax.big_endian ? b.data[i ^ 1 && (i ^ 1) < b.size ? i ^ 1 : i]
                                           : b.data[i]);
  return out;
}

// PS3.3 C.7.9.2: discrete, linear and indirect segments.
bool
expand_segments (const Dataset &set, Bytes b, size_t begin, size_t end, std::vector<uint16_t> &out,
                 size_t limit, unsigned depth) {
  size_t at = begin;
  while (at + 1 < end && out.size () < limit) {
    unsigned opcode = word (set, b, at), length = word (set, b, at + 1);
    at += 2;
    if (opcode == 0) {
      for (unsigned i = 0; i < length && at < end; i++)
        out.push_back (word (set, b, at++));
    } else if (opcode == 1) {
      if (at >= end || out.empty () || length == 0)
        return false;
      double from = out.back (), to = word (set, b, at++);
      for (unsigned i = 1; i <= length; i++)
        out.push_back (uint16_t (from + (to - from) * i / length + 0.5));
    } else if (opcode == 2 && depth == 0) {
      if (at + 1 >= end)
        return false;
      size_t offset = (word (set, b, at) | size_t (word (set, b, at + 1)) << 16) / 2;
      at += 2;
      size_t stop = offset;
      for (unsigned i = 0; i < length && stop + 1 < end; i++)
        stop += word (set, b, stop) == 0 ? 2u + word (set, b, stop + 1) : 3u;
      if (offset >= end || !expand_segments (set, b, offset, std::min (stop, end), out, limit, 1))
        return false;
    } else {
      return false;
    }
  }
  return true;
}

Palette::Channel
read_channel (const Dataset &set, unsigned c, bool is_signed) {
  Descriptor d;
  if (!read_descriptor (set, 0x00281101 + c, is_signed, d))
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The palette is missing or damaged"));
  std::vector<uint16_t> words;
  if (const Element *plain = set.find (0x00281201 + c))
    words = read_entries (set, *plain, d);
  else if (const Element *segmented = set.find (0x00281221 + c);
           segmented && !expand_segments (set, segmented->value, 0, segmented->value.size / 2,
                                          words, d.entries, 0))
    words.clear ();
  if (words.size () < d.entries)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The palette is missing or damaged"));
  Palette::Channel channel;
  channel.first = d.first;
  channel.entries.resize (d.entries);
  // 16-bit tables whose entries never leave the low byte exist; the standard's own samples have
  // them.
  uint16_t largest = *std::max_element (words.begin (), words.begin () + d.entries);
  unsigned down = d.bits > 8 && largest > 255 ? d.bits - 8 : 0;
  for (uint32_t i = 0; i < d.entries; i++)
    channel.entries[i] = uint8_t (MIN (words[i] >> down, 255));
  return channel;
}

} // namespace

Palette
read_palette (const Dataset &set, bool is_signed) {
  Palette p;
  for (unsigned c = 0; c < 3; c++)
    p.channel[c] = read_channel (set, c, is_signed);
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
