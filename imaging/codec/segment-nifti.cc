// SPDX-License-Identifier: Apache-2.0
// NIfTI volumes of labels as masks, a plane at a time: once to see which labels there are, once more
// for their pixels.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>
#include <unordered_map>

#include <glib/gi18n-lib.h>

#include "nifti.h"
#include "record.h"
#include "segment-masks.h"
#include "segment-sources.h"
#include "segment.h"

namespace prc {

namespace {

constexpr size_t MAX_LABELS = 4096, MAX_EXTENSIONS = 1 << 20;
// More labels than these are a picture if most neighbours differ.
constexpr size_t MANY_LABELS = 32;

struct Name {
  std::string text;
  bool has_colour = false;
  uint32_t colour = 0;
};

// The value of an attribute of an XML tag, "" when it is not there.
std::string
attribute (const std::string &tag, const char *key) {
  size_t at = tag.find (std::string (" ") + key + "=\"");
  size_t start = at == std::string::npos ? at : tag.find ('"', at) + 1;
  size_t end = start == std::string::npos ? start : tag.find ('"', start);
  return end == std::string::npos ? "" : tag.substr (start, end - start);
}

std::string
valid_text (std::string text) {
  const std::string before = "<![CDATA[", after = "]]>";
  if (text.compare (0, before.size (), before) == 0 && text.size () >= 12)
    text = text.substr (before.size (), text.size () - before.size () - after.size ());
  g_autofree char *valid = g_utf8_make_valid (text.c_str (), -1);
  return valid;
}

bool
part_of_colour (const std::string &tag, const char *key, uint32_t &colour) {
  double part = g_ascii_strtod (attribute (tag, key).c_str (), nullptr);
  colour = colour << 8 | uint32_t (std::lround (std::min (std::max (part, 0.0), 1.0) * 255));
  return !attribute (tag, key).empty ();
}

// Names in a header extension, as Connectome Workbench writes them and others after it: <Label
// Key="1" Red="0" Green="1" Blue="0"><![CDATA[spleen]]></Label>.
std::map<uint32_t, Name>
read_names (const std::string &extensions) {
  std::map<uint32_t, Name> names;
  size_t at = 0;
  while ((at = extensions.find ("<Label ", at)) != std::string::npos &&
         names.size () < MAX_LABELS) {
    size_t open = extensions.find ('>', at), close = extensions.find ("</Label>", at);
    if (open == std::string::npos || close == std::string::npos || close < open)
      break;
    std::string tag = extensions.substr (at, open - at);
    std::string key = attribute (tag, "Key");
    guint64 number;
    if (g_ascii_string_to_unsigned (key.c_str (), 10, 1, UINT32_MAX, &number, nullptr)) {
      Name &name = names[uint32_t (number)];
      name.text = valid_text (extensions.substr (open + 1, MIN (close - open - 1, size_t (1024))));
      bool red = part_of_colour (tag, "Red", name.colour);
      bool green = part_of_colour (tag, "Green", name.colour);
      name.has_colour = part_of_colour (tag, "Blue", name.colour) && red && green;
    }
    at = close;
  }
  return names;
}

size_t
size_of (int type) { // NIFTI_TYPE_*; 0 for what is no number
  switch (type) {
  case 2:   // UINT8
  case 256: // INT8
    return 1;
  case 4:   // INT16
  case 512: // UINT16
    return 2;
  case 8:   // INT32
  case 16:  // FLOAT32
  case 768: // UINT32
    return 4;
  case 64:   // FLOAT64
  case 1024: // INT64
  case 1280: // UINT64
    return 8;
  default:
    return 0;
  }
}

class Labels {
public:
  Labels (Bytes file);
  Segmented read ();

private:
  template <typename Visit> void each_plane (const Visit &visit);
  void read_plane (const uint8_t *bytes, bool learn);
  template <typename T> void read_plane_as (const uint8_t *bytes, bool learn);
  template <typename T> void read_row (const uint8_t *bytes, uint16_t *places, bool learn);
  uint16_t place_of (double value, bool learn);
  void count_changes (const uint16_t *places);
  void sort ();
  std::vector<double> planes () const;
  GVariant *segments () const;
  GVariant *body (const Masks &masks) const;

  Bytes file_;
  Nifti nifti_;
  std::map<uint32_t, Name> names_;
  size_t plane_size_;
  std::unordered_map<double, uint16_t> place_of_value_; // from 1 on, as they come
  std::vector<uint32_t> numbers_;                       // ascending once sorted
  std::vector<uint32_t> segment_of_place_;
  std::vector<uint16_t> plane_; // places, 0: nothing
  uint64_t pairs_ = 0, changes_ = 0;
  bool has_negative_ = false;
};

// What lies between the header and the voxels.
std::string
read_extensions (Stream &stream, const Nifti &nifti) {
  uint64_t there = nifti.start > stream.at () ? nifti.start - stream.at () : 0;
  std::string bytes (size_t (std::min (there, uint64_t (MAX_EXTENSIONS))), '\0');
  bytes.resize (stream.read (reinterpret_cast<uint8_t *> (&bytes[0]), bytes.size ()));
  return bytes;
}

Labels::Labels (Bytes file) : file_ (file) {
  Stream stream (file);
  nifti_ = read_nifti (stream);
  if (size_of (nifti_.type) == 0)
    fail (PRC_IMAGING_ERROR_UNSUPPORTED,
          _ ("The NIfTI volume holds values of type %d, which are no labels"), nifti_.type);
  names_ = read_names (read_extensions (stream, nifti_));
  plane_size_ = size_t (nifti_.columns) * nifti_.rows;
  plane_.resize (plane_size_);
}

template <typename Visit>
void
Labels::each_plane (const Visit &visit) {
  Stream stream (file_);
  Buffer plane (plane_size_ * size_of (nifti_.type));
  uint8_t skipped[4096];
  while (stream.at () < nifti_.start)
    if (!stream.read (skipped, size_t (MIN (nifti_.start - stream.at (), sizeof skipped))))
      break;
  for (uint32_t i = 0; i < nifti_.planes; i++) {
    if (stream.read (plane.data.get (), plane.size) < plane.size)
      fail (PRC_IMAGING_ERROR_DAMAGED,
            _ ("The file ends before the last plane of the NIfTI volume"));
    visit (i, plane.data.get ());
  }
}

[[noreturn]] void
fail_picture () {
  fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("The NIfTI volume is a picture, not one of labels"));
}

// Where a value stands among the labels: 0 for what is none.
uint16_t
Labels::place_of (double value, bool learn) {
  double label = std::nearbyint (value);
  if (label == 0 || std::isnan (value))
    label = 0;
  if (!std::isnan (value) && !(std::fabs (value - label) <= 1e-3))
    fail (PRC_IMAGING_ERROR_UNSUPPORTED,
          _ ("The NIfTI volume holds fractions: a picture or probabilities, not labels"));
  has_negative_ = has_negative_ || label < 0;
  if (label <= 0)
    return 0;
  auto found = place_of_value_.find (label);
  if (found != place_of_value_.end ())
    return found->second;
  if (!learn || label > UINT32_MAX || numbers_.size () == MAX_LABELS)
    fail_picture ();
  numbers_.push_back (uint32_t (label));
  return place_of_value_[label] = uint16_t (numbers_.size ());
}

bool
is_zero (const uint8_t *bytes, size_t n) {
  return bytes[0] == 0 && memcmp (bytes, bytes + 1, n - 1) == 0;
}

// Labels come in areas, the values of a picture do not.
void
Labels::count_changes (const uint16_t *places) {
  for (uint32_t i = 1; i < nifti_.columns; i++) {
    bool pair = places[i] && places[i - 1];
    pairs_ += pair;
    changes_ += pair && places[i] != places[i - 1];
  }
}

template <typename T>
void
Labels::read_row (const uint8_t *bytes, uint16_t *places, bool learn) {
  const uint8_t *last = nullptr;
  uint8_t swapped[sizeof (T)];
  uint16_t place = 0;
  for (uint32_t i = 0; i < nifti_.columns; i++, bytes += sizeof (T)) {
    if (!last || memcmp (bytes, last, sizeof (T)) != 0) {
      T value;
      memcpy (swapped, bytes, sizeof (T));
      if (nifti_.big_endian)
        std::reverse (swapped, swapped + sizeof (T));
      memcpy (&value, swapped, sizeof (T));
      place = place_of (double (value) * nifti_.slope + nifti_.intercept, learn);
    }
    last = bytes;
    places[i] = place;
  }
  if (learn)
    count_changes (places);
}

// Most rows of most volumes hold nothing.
template <typename T>
void
Labels::read_plane_as (const uint8_t *bytes, bool learn) {
  size_t size = nifti_.columns * sizeof (T);
  for (uint32_t row = 0; row < nifti_.rows; row++, bytes += size) {
    uint16_t *places = plane_.data () + size_t (row) * nifti_.columns;
    if (nifti_.intercept == 0 && is_zero (bytes, size))
      std::fill_n (places, nifti_.columns, 0);
    else
      read_row<T> (bytes, places, learn);
  }
  if (numbers_.size () > MANY_LABELS && changes_ * 2 > pairs_)
    fail_picture ();
}

void
Labels::read_plane (const uint8_t *bytes, bool learn) {
  switch (nifti_.type) {
  case 2:
    return read_plane_as<uint8_t> (bytes, learn);
  case 256:
    return read_plane_as<int8_t> (bytes, learn);
  case 4:
    return read_plane_as<int16_t> (bytes, learn);
  case 512:
    return read_plane_as<uint16_t> (bytes, learn);
  case 8:
    return read_plane_as<int32_t> (bytes, learn);
  case 768:
    return read_plane_as<uint32_t> (bytes, learn);
  case 1024:
    return read_plane_as<int64_t> (bytes, learn);
  case 1280:
    return read_plane_as<uint64_t> (bytes, learn);
  case 16:
    return read_plane_as<float> (bytes, learn);
  default:
    return read_plane_as<double> (bytes, learn);
  }
}

void
Labels::sort () {
  std::vector<uint32_t> found = numbers_;
  std::sort (numbers_.begin (), numbers_.end ());
  segment_of_place_ = {Masks::BACKGROUND};
  for (uint32_t number : found)
    segment_of_place_.push_back (uint32_t (
        std::lower_bound (numbers_.begin (), numbers_.end (), number) - numbers_.begin ()));
}

// As FramePlanes in a record.
std::vector<double>
Labels::planes () const {
  std::vector<double> out;
  double sizes[2];
  for (int k = 0; k < 2; k++)
    sizes[k] =
        std::sqrt (std::pow (nifti_.steps_mm[k][0], 2) + std::pow (nifti_.steps_mm[k][1], 2) +
                   std::pow (nifti_.steps_mm[k][2], 2));
  for (uint32_t plane = 0; plane < nifti_.planes; plane++) {
    for (int i = 0; i < 3; i++)
      out.push_back (nifti_.origin_mm[i] + plane * nifti_.steps_mm[2][i]);
    for (int k = 0; k < 2; k++)
      for (int i = 0; i < 3; i++)
        out.push_back (nifti_.steps_mm[k][i] / sizes[k]);
    out.push_back (sizes[1]); // between rows
    out.push_back (sizes[0]);
  }
  return out;
}

// Colours count where each label has its own: some writers go round a few of them.
GVariant *
Labels::segments () const {
  List list ("aa{sv}");
  std::set<uint32_t> colours;
  size_t n_colours = 0;
  for (uint32_t number : numbers_) {
    auto name = names_.find (number);
    if (name == names_.end () || !name->second.has_colour)
      continue;
    n_colours++;
    colours.insert (name->second.colour);
  }
  for (uint32_t number : numbers_) {
    Record r;
    auto name = names_.find (number);
    bool named = name != names_.end () && !name->second.text.empty ();
    g_autofree char *label = g_strdup_printf (_ ("Label %u"), number);
    r.add ("Number", g_variant_new_uint32 (number));
    r.add ("Label", named ? name->second.text : std::string (label));
    if (name != names_.end () && name->second.has_colour && colours.size () == n_colours)
      r.add ("Colour", g_variant_new_uint32 (name->second.colour));
    list.add (r.end ());
  }
  return list.end ();
}

GVariant *
Labels::body (const Masks &masks) const {
  Record r;
  List notes ("as");
  std::vector<Source> sources (nifti_.planes);
  const double *step = nifti_.steps_mm[2];
  r.add ("Kind", g_variant_new_uint32 (5)); // PRC_SEGMENTATION_NIFTI
  r.add ("Rows", g_variant_new_uint32 (nifti_.rows));
  r.add ("Columns", g_variant_new_uint32 (nifti_.columns));
  r.add ("Thickness", g_variant_new_double (
                          std::sqrt (step[0] * step[0] + step[1] * step[1] + step[2] * step[2])));
  r.add ("Segments", segments ());
  r.add ("Sources", Sources ().end ());
  r.add ("FramePlanes", planes ());
  r.add ("FrameSources", g_variant_new_fixed_array (G_VARIANT_TYPE ("(uu)"), sources.data (),
                                                    sources.size (), sizeof (Source)));
  r.add ("Masks", masks.list ());
  if (nifti_.has_more_volumes)
    notes.add (g_variant_new_string (_ ("Only the first of several volumes is shown")));
  if (has_negative_)
    notes.add (g_variant_new_string (_ ("Negative labels are not shown")));
  r.add ("Notes", notes.end ());
  return r.end ();
}

Segmented
Labels::read () {
  each_plane ([this] (uint32_t, const uint8_t *bytes) { read_plane (bytes, true); });
  sort ();
  Masks masks (nifti_.rows, nifti_.columns, uint32_t (numbers_.size ()));
  if (!numbers_.empty ())
    each_plane ([this, &masks] (uint32_t plane, const uint8_t *bytes) {
      read_plane (bytes, false);
      masks.add_labels (plane, plane_.data (), segment_of_place_);
    });
  Segmented out;
  Bytes spans = masks.spans ();
  out.bulk = Buffer (spans.size);
  std::copy (spans.data, spans.data + spans.size, out.bulk.data.get ());
  out.body = body (masks);
  return out;
}

} // namespace

Segmented
segment_nifti (Bytes file) {
  return Labels (file).read ();
}

} // namespace prc
