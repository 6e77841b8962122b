// SPDX-License-Identifier: Apache-2.0
#include "fragments.h"

#include <algorithm>

#include <glib/gi18n-lib.h>

namespace prc {

struct Fragments {
  std::vector<Bytes> parts;
  std::vector<uint64_t> at;      // of each part's item, counted from the first part's item
  std::vector<uint64_t> offsets; // Basic or Extended Offset Table
  bool cut = false;              // the last part ends with the file
  std::vector<size_t> starts;    // the first part of each frame, and one beyond the last
};

namespace {

class Items { // one after the other; a missing delimiter at the end is forgiven
public:
  Items (Bytes bytes, bool big, size_t from = 0) : bytes_ (bytes), end_ (from), big_ (big) {
  }
  size_t
  end () const { // behind the last item
    return end_;
  }
  bool
  next () {
    if (bytes_.size - end_ < 8)
      return false;
    const uint8_t *p = bytes_.data + end_;
    if ((big_ ? be16 (p) : le16 (p)) != 0xFFFE || (big_ ? be16 (p + 2) : le16 (p + 2)) != 0xE000)
      return false;
    uint32_t length = big_ ? be32 (p + 4) : le32 (p + 4);
    begin = end_;
    value = bytes_.part (begin + 8, length);
    cut = value.size < length;
    end_ = begin + 8 + value.size;
    return true;
  }
  size_t begin = 0; // of the item's tag
  Bytes value;
  bool cut = false;

private:
  Bytes bytes_;
  size_t end_;
  bool big_;
};

// The offset table read where it lies: a hundred thousand entries are not copied for one frame. The
// Extended one (PS3.3 C.7.6.3.1.8) counts where there is one.
class OffsetTable {
public:
  OffsetTable (const File &file, Bytes basic) : bytes_ (basic), big_ (file.data.syntax.big_endian) {
    const Element *extended = file.data.find (0x7FE00001);
    if (extended && extended->value.size) {
      bytes_ = extended->value;
      wide_ = true;
    }
  }
  size_t
  size () const {
    return bytes_.size / (wide_ ? 8 : 4);
  }
  bool
  reaches (size_t size) const { // else offsets begin anew at 4 GiB
    return wide_ || size <= UINT32_MAX;
  }
  uint64_t
  operator[] (size_t i) const {
    if (!wide_)
      return number (i);
    return big_ ? uint64_t (number (2 * i)) << 32 | number (2 * i + 1)
                : uint64_t (number (2 * i + 1)) << 32 | number (2 * i);
  }

private:
  uint32_t
  number (size_t i) const {
    return big_ ? be32 (bytes_.data + 4 * i) : le32 (bytes_.data + 4 * i);
  }
  Bytes bytes_;
  bool big_, wide_ = false;
};

// The fragments of one frame by the offset table alone, so that the rest of a large file is not
// touched. False when the items are not where the table says.
bool
read_by_table (const File &file, const Image &image, uint32_t frame, Fragments &f) {
  const Bytes all = file.pixels ()->value;
  bool big = file.data.syntax.big_endian, last = frame + 1 == image.frames;
  Items table_item (all, big);
  if (!table_item.next ())
    return false;
  OffsetTable table (file, table_item.value);
  if (table.size () != image.frames || table[0] != 0 || !table.reaches (all.size))
    return false;
  size_t first = table_item.end ();
  uint64_t begin = table[frame], end = last ? all.size - first : table[frame + 1];
  if (begin >= end || end > all.size - first || (frame && table[frame - 1] >= begin))
    return false;
  Items items (all, big, first + size_t (begin));
  while (items.end () < first + end && items.next ()) {
    f.parts.push_back (items.value);
    f.cut = items.cut;
  }
  return !f.parts.empty () && (last || items.end () == first + end);
}

Fragments
read_fragments (const File &file, const Element &pixels) {
  Fragments f;
  bool big = file.data.syntax.big_endian;
  Items items (pixels.value, big);
  if (!items.next ())
    return f;
  OffsetTable table (file, items.value);
  for (size_t i = 0; i < table.size (); i++)
    f.offsets.push_back (table[i]);
  f.cut = items.cut;
  size_t first = items.begin + 8 + items.value.size;
  while (items.next ()) {
    f.at.push_back (items.begin - first);
    f.parts.push_back (items.value);
    f.cut = items.cut;
  }
  return f;
}

bool
starts_frame (Bytes b) {
  if (b.size < 4)
    return false;
  const uint8_t *p = b.data;
  bool codestream = p[0] == 0xFF && (p[1] == 0xD8 || p[1] == 0x4F || p[1] == 0x0A);
  bool boxes = le32 (p) == 0x0C000000;
  bool rle = b.size >= 64 && le32 (p) >= 1 && le32 (p) <= 15 && le32 (p + 4) == 64;
  return codestream || boxes || rle;
}

// By the offset table, when every offset is that of an item.
std::vector<size_t>
starts_by_table (const Fragments &f) {
  std::vector<size_t> starts;
  for (uint64_t offset : f.offsets) {
    auto at = std::lower_bound (f.at.begin (), f.at.end (), offset);
    bool right = at != f.at.end () && *at == offset;
    if (!right || (starts.empty () ? offset != 0 : size_t (at - f.at.begin ()) <= starts.back ()))
      return {};
    starts.push_back (size_t (at - f.at.begin ()));
  }
  return starts;
}

std::vector<size_t>
starts_by_contents (const Fragments &f) {
  std::vector<size_t> starts;
  for (size_t i = 0; i < f.parts.size (); i++)
    if (starts_frame (f.parts[i]))
      starts.push_back (i);
  return starts;
}

// First fragment of each frame, and one beyond the last.
std::vector<size_t>
frame_starts (const Fragments &f, uint32_t frames) {
  size_t n = f.parts.size ();
  if (frames == 1)
    return {0, n};
  std::vector<size_t> starts;
  if (n == frames)
    for (size_t i = 0; i < n; i++)
      starts.push_back (i);
  if (starts.empty () && f.offsets.size () == frames)
    starts = starts_by_table (f);
  if (starts.empty ())
    starts = starts_by_contents (f);
  if (starts.size () != frames)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The header promises %u frames, the file holds %u"), frames,
          unsigned (starts.size ()));
  starts.push_back (n);
  return starts;
}

FrameBytes
join (const Fragments &f, size_t begin, size_t end, uint32_t frame) {
  if (f.cut && end == f.parts.size ())
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The file ends in the middle of frame %u"), frame + 1);
  FrameBytes out;
  if (end - begin == 1) {
    out.bytes = f.parts[begin];
    return out;
  }
  size_t size = 0;
  for (size_t i = begin; i < end; i++)
    size += f.parts[i].size;
  if (size > MAX_FRAME)
    fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("Frame %u is larger than this program opens"), frame + 1);
  out.joined = Buffer (size);
  uint8_t *to = out.joined.data.get ();
  for (size_t i = begin; i < end; i++)
    to = std::copy (f.parts[i].data, f.parts[i].data + f.parts[i].size, to);
  out.bytes = out.joined.bytes ();
  return out;
}

// Csiz of a JPEG 2000 codestream (ISO 15444-1 A.5.1); 1 of anything else.
unsigned
components_of (Bytes b) {
  bool siz = b.size >= 42 && be32 (b.data) == 0xFF4FFF51;
  return siz ? be16 (b.data + 40) : 1;
}

// PS3.5 A.4.4: a codestream's components are as many frames of one sample.
FrameBytes
component_frame (const Fragments &f, const Image &image, uint32_t frame) {
  std::vector<size_t> starts = starts_by_contents (f);
  starts.push_back (f.parts.size ());
  uint32_t before = 0;
  for (size_t i = 0; i + 1 < starts.size (); i++) {
    uint32_t frames = components_of (f.parts[starts[i]]) / image.samples;
    if (frame - before < frames) {
      FrameBytes out = join (f, starts[i], starts[i + 1], frame);
      out.component = (frame - before) * image.samples;
      return out;
    }
    before += frames;
  }
  fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The header promises %u frames, the file holds %u"),
        image.frames, before);
}

} // namespace

bool
is_component_collection (const Image &image) {
  return image.transfer_syntax == "1.2.840.10008.1.2.4.92" ||
         image.transfer_syntax == "1.2.840.10008.1.2.4.93";
}

Bytes
first_fragment (const Element &pixels, bool big_endian) {
  Items items (pixels.value, big_endian);
  return items.next () && items.next () ? items.value : Bytes ();
}

FrameBytes
encapsulated_frame (const File &file, const Image &image, uint32_t frame) {
  bool collection = is_component_collection (image);
  if (!image.fragments && image.frames > 1 && !collection) {
    Fragments own;
    if (read_by_table (file, image, frame, own))
      return join (own, 0, own.parts.size (), frame);
  }
  if (!image.fragments) {
    Fragments f = read_fragments (file, *file.pixels ());
    if (f.parts.empty ())
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The pixel data end before the first frame"));
    if (!collection)
      f.starts = frame_starts (f, image.frames);
    image.fragments = std::make_shared<const Fragments> (std::move (f));
  }
  const Fragments &f = *image.fragments;
  return collection ? component_frame (f, image, frame)
                    : join (f, f.starts[frame], f.starts[frame + 1], frame);
}

} // namespace prc
