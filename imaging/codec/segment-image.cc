// SPDX-License-Identifier: Apache-2.0
// DICOM Segmentation (PS3.3 A.51, C.8.20): which frame is of which segment, where it lies, what it
// was made from, and its pixels as runs.
#include <algorithm>
#include <cmath>
#include <cstring>

#include <glib/gi18n-lib.h>

#include "decoders.h"
#include "frame-planes.h"
#include "segment-describe.h"
#include "segment-masks.h"
#include "segment-sources.h"
#include "segment.h"
#include "values.h"

namespace prc {

namespace {

// Distances of planes beyond so many of what the file says have planes missing between them, and so
// do those beyond so many millimetres when it says nothing.
constexpr double SPARSE = 1.5, FARTHEST_MM = 10;

enum class Kind : unsigned { BINARY, PROBABILITY, OCCUPANCY, LABELMAP }; // PrcSegmentationKind

class Reader {
public:
  Reader (const File &file, bool label_map, double threshold);
  Segmented read ();

private:
  void read_kind (bool label_map);
  uint32_t tiles () const;
  Source source_of (uint32_t frame);
  uint32_t segment_of (uint32_t frame);
  bool decode (uint32_t frame, uint32_t segment);
  void add_frame (uint32_t frame, uint32_t segment);
  void add_packed (uint32_t frame, uint32_t segment);
  template <typename T> void add_samples (uint32_t frame, uint32_t segment, const Decoded &decoded);
  uint32_t least () const;
  void read_frames ();
  std::vector<double> places () const;
  double thickness () const;
  void note (uint32_t n, const char *format, ...) G_GNUC_PRINTF (3, 4);
  GVariant *notes ();
  GVariant *body ();

  const File &file_;
  const Dataset &set_;
  Charset charset_;
  Image image_;
  const Element &pixels_;
  double threshold_, background_ = -1, most_ = 1;
  Kind kind_ = Kind::BINARY;
  std::unique_ptr<Palette> palette_;
  std::unique_ptr<Segments> segments_;
  std::unique_ptr<Masks> masks_;
  std::vector<uint32_t> segment_of_label_;
  std::vector<double> planes_;
  std::vector<Source> frame_sources_;
  Sources sources_;
  std::vector<std::string> notes_;
  uint32_t nameless_ = 0, lost_ = 0, placeless_ = 0; // frames
  uint32_t tiles_ = 0; // of a segment, where frames do not name theirs
  Failure why_lost_{PRC_IMAGING_ERROR_DAMAGED, ""};
};

Reader::Reader (const File &file, bool label_map, double threshold)
    : file_ (file), set_ (file.data), charset_ (set_, Charset ()), image_ (read_image (file)),
      pixels_ (*file.pixels ()), threshold_ (threshold > 0 ? std::min (threshold, 1.0) : 0) {
  if (image_.frames > MAX_PLANES)
    fail (PRC_IMAGING_ERROR_TOO_LARGE,
          _ ("The image has %u frames, more than the %u that are read"), image_.frames, MAX_PLANES);
  if (image_.samples != 1 || image_.is_float)
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("Samples per Pixel is %u"), image_.samples);
  read_kind (label_map);
  segments_ = std::make_unique<Segments> (set_, charset_, palette_.get (), background_);
  if (segments_->size () == 0)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The segmentation holds no segment"));
  masks_ = std::make_unique<Masks> (image_.rows, image_.columns, segments_->size ());
}

// PS3.3 C.8.20.2.3. Files that do not say are what their bits look like.
void
Reader::read_kind (bool label_map) {
  std::string type = uid (set_, 0x00620001), fraction = uid (set_, 0x00620010);
  if (label_map || type == "LABELMAP")
    kind_ = Kind::LABELMAP;
  else if (type == "FRACTIONAL" || (type.empty () && !fraction.empty ()))
    kind_ = fraction == "OCCUPANCY" ? Kind::OCCUPANCY : Kind::PROBABILITY;
  most_ = number (set_, 0x0062000E, vr ("US"), 255);
  if (kind_ != Kind::LABELMAP)
    return;
  background_ = number (set_, 0x00280120, vr ("US"), -1);
  if (image_.colour != Colour::PALETTE)
    return;
  try {
    palette_ = std::make_unique<Palette> (read_palette (set_, false));
  } catch (const Failure &) { // then they have no colours of their own
  }
}

// The lowest value that counts.
uint32_t
Reader::least () const {
  if (kind_ == Kind::BINARY || image_.allocated == 1) // where a bit can say no more
    return 1;
  return uint32_t (std::max (std::ceil (threshold_ * std::max (most_, 1.0) - 1e-9), 1.0));
}

Source
Reader::source_of (uint32_t frame) {
  Source found;
  for (const Dataset &derivation : file_.groups ().items (frame, 0x00089124))
    for (const Dataset &image : derivation.items (0x00082112)) {
      std::string instance = uid (image, 0x00081155);
      // PS3.3 10.3: its pixels may lie elsewhere than those they were made from.
      if (instance.empty () || uid (image, 0x0028135A) == "NO")
        continue;
      double number = prc::number (image, 0x00081160, vr ("IS"), 1);
      found.source = sources_.index_of (instance);
      found.frame = number >= 1 && number <= 1e9 ? uint32_t (number) - 1 : 0;
      return found;
    }
  return found;
}

// PS3.3 C.7.6.17.3: all tiles of the first segment, then all of the next; 0 where frames say more.
uint32_t
Reader::tiles () const {
  if (uid (set_, 0x00209311) != "TILED_FULL")
    return 0;
  double columns = number (set_, 0x00480006, vr ("UL"), 0),
         rows = number (set_, 0x00480007, vr ("UL"), 0),
         planes = std::max (number (set_, 0x00480303, vr ("UL"), 1), 1.0);
  double n = std::ceil (columns / image_.columns) * std::ceil (rows / image_.rows) * planes;
  return n >= 1 && n * segments_->size () == image_.frames ? uint32_t (n) : 0;
}

uint32_t
Reader::segment_of (uint32_t frame) {
  if (tiles_)
    return frame / tiles_;
  const Dataset *item = file_.groups ().find (frame, 0x0062000A);
  double number = item ? prc::number (*item, 0x0062000B, vr ("US"), -1) : -1;
  if (number < 0 && segments_->size () == 1)
    return 0;
  return segments_->find (number);
}

// Bits where they lie in the file.
void
Reader::add_packed (uint32_t frame, uint32_t segment) {
  uint64_t begin = image_.frame_bits () * frame;
  Bytes bits = pixels_.value;
  if ((begin + image_.frame_bits () + 7) / 8 > bits.size)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The file ends in the middle of frame %u"), frame + 1);
  masks_->add_bits (frame, segment, bits, begin);
}

template <typename T>
void
Reader::add_samples (uint32_t frame, uint32_t segment, const Decoded &d) {
  const T *samples = reinterpret_cast<const T *> (d.samples.data);
  size_t n = size_t (d.rows) * d.columns;
  std::vector<T> masked;
  if (d.stored < 8 * sizeof (T) && image_.allocated > 1) { // PS3.5 8.1.1
    masked.resize (n);
    for (size_t i = 0; i < n; i++)
      masked[i] = T (samples[i] >> (d.high + 1 - d.stored) & ((uint64_t (1) << d.stored) - 1));
    samples = masked.data ();
  }
  if (kind_ != Kind::LABELMAP) {
    if (least () <= std::numeric_limits<T>::max ())
      masks_->add_samples (frame, segment, samples, T (least ()));
  } else if constexpr (sizeof (T) <= 2) {
    masks_->add_labels (frame, samples, segment_of_label_);
  } else {
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("Bits Allocated is %u"), image_.allocated);
  }
}

void
Reader::add_frame (uint32_t frame, uint32_t segment) {
  bool words = image_.big_endian && pixels_.vr == vr ("OW");
  if (image_.allocated == 1 && !image_.encapsulated && !words && kind_ == Kind::BINARY)
    return add_packed (frame, segment);
  Decoded d = decode_frame (file_, image_, frame);
  if (d.rows != image_.rows || d.columns != image_.columns || d.channels != 1)
    fail_compressed ();
  if (d.bytes == 1)
    add_samples<uint8_t> (frame, segment, d);
  else if (d.bytes == 2)
    add_samples<uint16_t> (frame, segment, d);
  else if (d.bytes == 4)
    add_samples<uint32_t> (frame, segment, d);
  else
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("Bits Allocated is %u"), image_.allocated);
}

// False when the frame is damaged or not there; the others may be whole.
bool
Reader::decode (uint32_t frame, uint32_t segment) {
  try {
    add_frame (frame, segment);
    return true;
  } catch (const Failure &failure) {
    if (failure.code != PRC_IMAGING_ERROR_DAMAGED)
      throw;
    if (lost_++ == 0)
      why_lost_ = failure;
    return false;
  }
}

void
Reader::read_frames () {
  if (kind_ == Kind::LABELMAP) {
    segment_of_label_.assign (65536, Masks::UNNAMED);
    segment_of_label_[0] = Masks::BACKGROUND;
    for (unsigned label = 0; label < 65536; label++)
      if (segments_->find (label) != Segments::NONE)
        segment_of_label_[label] = segments_->find (label);
    if (background_ >= 0 && background_ <= 65535)
      segment_of_label_[size_t (background_)] = Masks::BACKGROUND;
  }
  tiles_ = tiles ();
  planes_ = frame_planes (file_.groups (), image_.frames);
  bool alone = image_.frames == 1 && set_.find (0x00200032); // its place, outside of all groups
  for (uint32_t frame = 0; frame < image_.frames; frame++) {
    frame_sources_.push_back (source_of (frame));
    uint32_t segment = kind_ == Kind::LABELMAP ? 0 : segment_of (frame);
    placeless_ += frame_sources_.back ().source == UINT32_MAX && !alone &&
                  std::isnan (planes_[frame * PLANE_VALUES]);
    if (segment == Segments::NONE)
      nameless_++;
    else
      decode (frame, segment);
  }
  if (lost_ == image_.frames)
    throw why_lost_;
}

// Where the planes lie on the normal of the first one, as far as they are parallel to it; ascending.
std::vector<double>
Reader::places () const {
  const double *o = planes_.data () + 3;
  double normal[] = {o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5],
                     o[0] * o[4] - o[1] * o[3]};
  std::vector<double> places;
  for (size_t i = 0; i < planes_.size (); i += PLANE_VALUES) {
    const double *p = planes_.data () + i;
    double place = p[0] * normal[0] + p[1] * normal[1] + p[2] * normal[2];
    bool parallel =
        std::equal (o, o + 6, p + 3, [] (double a, double b) { return std::fabs (a - b) < 1e-4; });
    if (parallel && std::isfinite (place))
      places.push_back (place);
  }
  std::sort (places.begin (), places.end ());
  return places;
}

// The smallest distance between two planes; but frames without a pixel are left out, and planes of
// lesions far from each other are no thicker than others. 0 when nothing says.
double
Reader::thickness () const {
  FunctionalGroups &groups = file_.groups ();
  const Dataset *measures = groups.find (0, PIXEL_MEASURES);
  double said = measures ? number (*measures, 0x00180088, vr ("DS"), 0) : 0;
  double slice = measures ? number (*measures, 0x00180050, vr ("DS"), 0) : 0;
  if (slice <= 0)
    slice = number (set_, 0x00180050, vr ("DS"), 0);
  double usual = said > 0 ? said : std::max (slice, 0.0), smallest = INFINITY;
  std::vector<double> at = places ();
  for (size_t i = 1; i < at.size (); i++)
    if (at[i] - at[i - 1] > std::max (0.01 * usual, 1e-3))
      smallest = std::min (smallest, at[i] - at[i - 1]);
  double most = usual > 0 ? SPARSE * usual : FARTHEST_MM;
  return smallest <= most ? smallest : usual;
}

// Of nothing, nothing is said.
void
Reader::note (uint32_t n, const char *format, ...) {
  if (n == 0)
    return;
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  notes_.push_back (text);
}

GVariant *
Reader::notes () {
  uint32_t unnamed = 0;
  for (bool seen : masks_->unnamed ())
    unnamed += seen;
  note (lost_,
        g_dngettext (GETTEXT_PACKAGE, "%u frame is damaged or missing",
                     "%u frames are damaged or missing", lost_),
        lost_);
  note (nameless_,
        g_dngettext (GETTEXT_PACKAGE, "%u frame names no segment of the file",
                     "%u frames name no segment of the file", nameless_),
        nameless_);
  note (
      placeless_,
      g_dngettext (GETTEXT_PACKAGE, "%u frame says neither where it lies nor which image it is of",
                   "%u frames say neither where they lie nor which image they are of", placeless_),
      placeless_);
  note (unnamed,
        g_dngettext (GETTEXT_PACKAGE, "%u label is described by no segment of the file",
                     "%u labels are described by no segment of the file", unnamed),
        unnamed);
  note (segments_->unusable (),
        g_dngettext (GETTEXT_PACKAGE, "%u segment has no number or that of another",
                     "%u segments have no number or that of another", segments_->unusable ()),
        segments_->unusable ());
  note (image_.allocated == 1 && (kind_ == Kind::PROBABILITY || kind_ == Kind::OCCUPANCY), "%s",
        _ ("Its fractions have one bit each: they are shown as all or nothing"));
  List list ("as");
  for (const std::string &sentence : notes_)
    list.add (g_variant_new_string (sentence.c_str ()));
  return list.end ();
}

GVariant *
Reader::body () {
  Record r;
  std::string title = text_of (set_, charset_, 0x00700080, vr ("CS"));
  if (title == "SEGMENTATION") // which says nothing; the description of the series may
    title.clear ();
  r.add ("Kind", g_variant_new_uint32 (unsigned (kind_)));
  r.add ("Title", title);
  r.add ("Rows", g_variant_new_uint32 (image_.rows));
  r.add ("Columns", g_variant_new_uint32 (image_.columns));
  r.add ("Thickness", g_variant_new_double (thickness ()));
  r.add ("Segments", segments_->end ());
  r.add ("Sources", sources_.end ());
  r.add ("FramePlanes", planes_);
  r.add ("FrameSources", g_variant_new_fixed_array (G_VARIANT_TYPE ("(uu)"), frame_sources_.data (),
                                                    frame_sources_.size (), sizeof (Source)));
  r.add ("Masks", masks_->list ());
  r.add ("Notes", notes ());
  return r.end ();
}

Segmented
Reader::read () {
  Segmented out;
  read_frames ();
  Bytes spans = masks_->spans ();
  out.bulk = Buffer (spans.size);
  std::copy (spans.data, spans.data + spans.size, out.bulk.data.get ());
  out.body = body ();
  return out;
}

} // namespace

Segmented
segment_image (const File &file, bool label_map, double threshold) {
  return Reader (file, label_map, threshold).read ();
}

} // namespace prc
