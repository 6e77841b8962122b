// SPDX-License-Identifier: Apache-2.0
#include "overlays.h"

#include <cmath>
#include <cstring>

#include "values.h"

namespace prc {

namespace {

constexpr unsigned FIRST = 0x6000, LAST = 0x601E;
constexpr uint64_t MAX_PIXELS = uint64_t (1) << 27; // of all planes together: 16 MiB of bits

Tag
tag_of (unsigned group, unsigned element) {
  return Tag (group << 16 | element);
}

uint32_t
side (const Dataset &set, Tag tag, double absent) {
  double v = number (set, tag, vr ("US"), absent);
  return v >= 1 && v <= 65535 ? uint32_t (v) : 0;
}

// A plane without frames of its own lies over all frames; one with frames only over those from its
// Image Frame Origin on. False when this one has none for `frame`.
bool
frame_of_plane (const Dataset &set, unsigned group, uint32_t frame, uint64_t &index) {
  index = 0;
  double frames = number (set, tag_of (group, 0x0015), vr ("IS"), NAN);
  if (!(frames >= 1))
    return true;
  double origin = number (set, tag_of (group, 0x0051), vr ("US"), 1);
  double at = double (frame) + 1 - (origin >= 1 ? origin : 1);
  index = at > 0 ? uint64_t (at) : 0;
  return at >= 0 && at < frames;
}

void
copy_bits (const uint8_t *from, uint64_t first, uint64_t n, bool swapped,
           std::vector<uint8_t> &to) {
  to.assign (size_t ((n + 7) / 8), 0);
  if (!swapped && first % 8 == 0) {
    memcpy (to.data (), from + first / 8, to.size ());
    return;
  }
  for (uint64_t i = 0; i < n; i++) {
    uint64_t at = first + i, byte = at / 8;
    unsigned bit = from[swapped ? byte ^ 1 : byte] >> at % 8 & 1;
    to[size_t (i / 8)] |= uint8_t (bit << i % 8);
  }
}

// Overlay Data. Words lie with their bytes swapped in a big endian file (PS3.5 7.3, 8.1.2).
bool
read_data (const Dataset &set, const Element &data, uint64_t index, OverlayPlane &plane) {
  uint64_t n = uint64_t (plane.rows) * plane.columns, first = n * index;
  bool swapped = set.syntax.big_endian && data.vr != vr ("OB");
  uint64_t bytes = swapped ? data.value.size / 2 * 2 : data.value.size;
  if (first + n > bytes * 8)
    return false;
  copy_bits (data.value.data, first, n, swapped, plane.bits);
  return true;
}

// In a bit of the samples that holds no part of the value (retired).
bool
read_embedded (const Dataset &set, const Decoded &d, OverlayPlane &plane) {
  double position = number (set, tag_of (plane.group, 0x0102), vr ("US"), NAN);
  if (d.is_float || d.channels != 1 || plane.rows != d.rows || plane.columns != d.columns ||
      d.samples.size < d.size () || !(position >= 0 && position < d.bytes * 8))
    return false;
  unsigned bit = unsigned (position);
  if (bit <= d.high && bit + d.stored > d.high)
    return false;
  uint64_t n = uint64_t (plane.rows) * plane.columns;
  plane.bits.assign (size_t ((n + 7) / 8), 0);
  // Samples are in native order here, which is little endian.
  const uint8_t *p = d.samples.data + bit / 8;
  for (uint64_t i = 0; i < n; i++, p += d.bytes)
    plane.bits[size_t (i / 8)] |= uint8_t ((*p >> bit % 8 & 1) << i % 8);
  return true;
}

void
read_place (const Dataset &set, OverlayPlane &plane) {
  std::vector<double> origin = numbers (set, tag_of (plane.group, 0x0050), vr ("SS"));
  if (origin.size () >= 2 && std::isfinite (origin[0]) && std::isfinite (origin[1])) {
    plane.row = int16_t (int (origin[0]));
    plane.column = int16_t (int (origin[1]));
  }
}

bool
read_plane (const Dataset &set, uint32_t frame, const Decoded *decoded, uint64_t &pixels,
            OverlayPlane &plane) {
  const Element *data = set.find (tag_of (plane.group, 0x3000));
  bool embedded = !data && decoded && number (set, tag_of (plane.group, 0x0100), vr ("US"), 1) > 1;
  uint64_t index;
  if (!data && !embedded)
    return false;
  plane.rows = side (set, tag_of (plane.group, 0x0010), embedded ? decoded->rows : 0);
  plane.columns = side (set, tag_of (plane.group, 0x0011), embedded ? decoded->columns : 0);
  uint64_t n = uint64_t (plane.rows) * plane.columns;
  if (n == 0 || n > MAX_PIXELS - pixels || !frame_of_plane (set, plane.group, frame, index))
    return false;
  pixels += n;
  return data ? read_data (set, *data, index, plane) : read_embedded (set, *decoded, plane);
}

} // namespace

std::vector<OverlayPlane>
read_overlays (const Dataset &set, const Charset &charset, uint32_t frame, const Decoded *decoded) {
  std::vector<OverlayPlane> planes;
  uint64_t pixels = 0;
  unsigned there = 0; // a bit for each group
  for (const Element &e : set.elements)
    if (unsigned group = e.tag >> 16; group >= FIRST && group <= LAST && group % 2 == 0)
      there |= 1u << (group - FIRST) / 2;
  for (unsigned i = 0; i < 16; i++) {
    OverlayPlane plane;
    plane.group = FIRST + 2 * i;
    if (!(there >> i & 1) || !read_plane (set, frame, decoded, pixels, plane))
      continue;
    read_place (set, plane);
    plane.region = uid (set, tag_of (plane.group, 0x0040)) == "R";
    plane.label = text_of (set, charset, tag_of (plane.group, 0x1500), vr ("LO"));
    if (plane.label.empty ())
      plane.label = text_of (set, charset, tag_of (plane.group, 0x0022), vr ("LO"));
    planes.push_back (std::move (plane));
  }
  return planes;
}

namespace {

GVariant *
bits_of (const OverlayPlane &plane) {
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, plane.bits.data (), plane.bits.size (), 1);
}

// The integers of a shutter attribute; empty unless there are `n` (0: any even number).
std::vector<int32_t>
integers (const Dataset &set, Tag tag, size_t n) {
  std::vector<int32_t> out;
  for (double v : numbers (set, tag, vr ("IS"))) {
    if (!std::isfinite (v) || std::fabs (v) > 1e9)
      return {};
    out.push_back (int32_t (v));
  }
  if (n ? out.size () != n : out.size () % 2)
    out.clear ();
  return out;
}

void
add_rectangle (Record &r, const Dataset &set) {
  int32_t edges[4];
  for (unsigned i = 0; i < 4; i++) {
    std::vector<int32_t> edge = integers (set, 0x00181602 + 2 * i, 1);
    if (edge.empty ())
      return;
    edges[i] = edge[0];
  }
  r.add ("ShutterRectangle", g_variant_new ("(iiii)", edges[0], edges[1], edges[2], edges[3]));
}

void
add_circle (Record &r, const Dataset &set) {
  std::vector<int32_t> centre = integers (set, 0x00181610, 2),
                       radius = integers (set, 0x00181612, 1);
  if (!centre.empty () && !radius.empty () && radius[0] > 0)
    r.add ("ShutterCircle", g_variant_new ("(iii)", centre[0], centre[1], radius[0]));
}

void
add_polygon (Record &r, const Dataset &set) {
  std::vector<int32_t> vertices = integers (set, 0x00181620, 0);
  if (vertices.size () >= 6)
    r.add ("ShutterPolygon", g_variant_new_fixed_array (G_VARIANT_TYPE_INT32, vertices.data (),
                                                        vertices.size (), sizeof (int32_t)));
}

void
add_bitmap (Record &r, const Dataset &set, std::vector<OverlayPlane> &planes) {
  double group = number (set, 0x00181623, vr ("US"), NAN);
  for (size_t i = 0; i < planes.size (); i++) {
    const OverlayPlane &plane = planes[i];
    if (plane.group != group)
      continue;
    r.add ("ShutterBitmap", g_variant_new ("(uuii@ay)", plane.rows, plane.columns, plane.row,
                                           plane.column, bits_of (plane)));
    planes.erase (planes.begin () + ptrdiff_t (i));
    return;
  }
}

} // namespace

void
add_overlays (Record &r, const std::vector<OverlayPlane> &planes) {
  if (planes.empty ())
    return;
  GVariantBuilder b;
  g_variant_builder_init (&b, G_VARIANT_TYPE ("a(quuiibsay)"));
  for (const OverlayPlane &plane : planes)
    g_variant_builder_add (&b, "(quuiibs@ay)", guint16 (plane.group), plane.rows, plane.columns,
                           plane.row, plane.column, gboolean (plane.region), plane.label.c_str (),
                           bits_of (plane));
  r.add ("Overlays", g_variant_builder_end (&b));
}

void
add_shutter (Record &r, const Dataset &set, std::vector<OverlayPlane> &planes) {
  for (const std::string &shape : codes (set, 0x00181600)) {
    if (shape == "RECTANGULAR" && !r.has ("ShutterRectangle"))
      add_rectangle (r, set);
    else if (shape == "CIRCULAR" && !r.has ("ShutterCircle"))
      add_circle (r, set);
    else if (shape == "POLYGONAL" && !r.has ("ShutterPolygon"))
      add_polygon (r, set);
    else if (shape == "BITMAP" && !r.has ("ShutterBitmap"))
      add_bitmap (r, set, planes);
  }
  double value = number (set, 0x00181622, vr ("US"), 0);
  r.add ("ShutterPresentationValue",
         g_variant_new_uint16 (uint16_t (value > 0 ? std::fmin (value, 65535) : 0)));
}

} // namespace prc
