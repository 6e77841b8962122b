// SPDX-License-Identifier: Apache-2.0
// RT Structure Sets (PS3.3 A.19): regions by name in one place, their contours in another, what they
// are in a third.
#include <cmath>
#include <cstring>
#include <map>

#include <glib/gi18n-lib.h>

#include "file.h"
#include "record.h"
#include "segment-describe.h"
#include "segment-sources.h"
#include "segment.h"
#include "values.h"

namespace prc {

namespace {

constexpr size_t MAX_REGIONS = 65535, MAX_CONTOURS = 1 << 20, MAX_POINTS = 16 << 20;
constexpr Tag OBSERVATIONS = 0x30060080, REGIONS = 0x30060020, CONTOURS_OF_REGIONS = 0x30060039,
              CONTOURS = 0x30060040, CONTOUR_IMAGES = 0x30060016, REFERENCED_REGION = 0x30060084;

struct Region {
  Dataset item, observation; // the latter may be empty
  std::string frame_of_reference;
  bool has_colour = false, has_contours = false;
  uint32_t colour = 0;
};

struct Contour { // as on the wire
  uint32_t region, type, n_points, source, frame;
};

// What was left out, in the order of their sentences.
enum Flaw { NUMBERLESS, FOREIGN, ELSEWHERE, UNKNOWN_KIND, UNREADABLE, MISCOUNTED, N_FLAWS };

class StructureSet {
public:
  explicit StructureSet (const File &file) : set_ (file.data), charset_ (set_, Charset ()) {
  }
  Segmented read ();

private:
  void read_regions ();
  void read_observations ();
  void choose_frame_of_reference ();
  void read_contours_of (const Dataset &item);
  void read_contour (const Dataset &item, uint32_t region);
  bool add_points (const Dataset &item);
  Region *find (const Dataset &item);
  GVariant *segment (double number, const Region &region) const;
  GVariant *notes () const;
  GVariant *body ();

  const Dataset &set_;
  Charset charset_;
  std::vector<Region> regions_;
  std::vector<uint32_t> numbers_;
  std::map<uint32_t, uint32_t> index_of_; // by ROI Number
  std::string frame_of_reference_;
  Sources sources_;
  std::vector<Contour> contours_;
  std::vector<double> points_;
  bool flaws_[N_FLAWS] = {};
};

// An ROI Number, or -1.
double
region_number (const Dataset &item, Tag tag) {
  double n = number (item, tag, vr ("IS"), -1);
  return n >= 0 && n <= 4294967295.0 && n == std::floor (n) ? n : -1;
}

void
StructureSet::read_regions () {
  const Element *sequence = set_.find (REGIONS);
  if (!sequence)
    return;
  for (Bytes closed : set_.closed_items (*sequence)) {
    Region region;
    region.item = set_.open_item (*sequence, closed);
    region.frame_of_reference = uid (region.item, 0x30060024);
    double n = region_number (region.item, 0x30060022);
    if (n < 0 || !index_of_.emplace (uint32_t (n), uint32_t (regions_.size ())).second) {
      flaws_[NUMBERLESS] = true;
      continue;
    }
    if (regions_.size () == MAX_REGIONS)
      fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("The structure set has more than %u regions"),
            unsigned (MAX_REGIONS));
    numbers_.push_back (uint32_t (n));
    regions_.push_back (std::move (region));
  }
}

Region *
StructureSet::find (const Dataset &item) {
  double n = region_number (item, REFERENCED_REGION);
  auto found = n < 0 ? index_of_.end () : index_of_.find (uint32_t (n));
  return found == index_of_.end () ? nullptr : &regions_[found->second];
}

void
StructureSet::read_observations () {
  const Element *sequence = set_.find (OBSERVATIONS);
  if (!sequence)
    return;
  for (Bytes closed : set_.closed_items (*sequence)) {
    Dataset item = set_.open_item (*sequence, closed);
    Region *region = find (item);
    if (region && region->observation.elements.empty ())
      region->observation = std::move (item);
  }
}

// Where its contours lie: that of most regions, else of what the whole refers to.
void
StructureSet::choose_frame_of_reference () {
  std::map<std::string, size_t> counts;
  for (const Region &region : regions_) {
    size_t n = region.frame_of_reference.empty () ? 0 : ++counts[region.frame_of_reference];
    if (n > counts[frame_of_reference_])
      frame_of_reference_ = region.frame_of_reference;
  }
  if (frame_of_reference_.empty ())
    for (const Dataset &item : set_.items (0x30060010))
      if (frame_of_reference_.empty ())
        frame_of_reference_ = uid (item, 0x00200052);
  if (frame_of_reference_.empty ())
    frame_of_reference_ = uid (set_, 0x00200052);
}

// PS3.3 C.8.8.6: Contour Geometric Type as PrcContourType, or -1. One that does not say is an
// outline.
int
type_of (const Dataset &item) {
  std::string type = uid (item, 0x30060042);
  if (type == "POINT")
    return 0;
  if (type == "OPEN_PLANAR" || type == "OPEN_NONPLANAR")
    return 1;
  if (type == "CLOSED_PLANAR" || type.empty ())
    return 2;
  return type == "CLOSEDPLANAR_XOR" || type == "CLOSED_PLANAR_XOR" ? 3 : -1;
}

// False when there are none that could be shown: a shape without one of its corners is another one.
bool
StructureSet::add_points (const Dataset &item) {
  std::vector<double> v = numbers (item, 0x30060050, vr ("DS"));
  if (v.empty () || v.size () % 3 != 0)
    return false;
  for (double x : v)
    if (!(std::fabs (x) <= 1e7)) // millimetres
      return false;
  if (points_.size () + v.size () > 3 * MAX_POINTS)
    fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("The contours have more than %u points"),
          unsigned (MAX_POINTS));
  points_.insert (points_.end (), v.begin (), v.end ());
  double declared = number (item, 0x30060046, vr ("IS"), NAN);
  if (std::isfinite (declared) && declared != double (v.size () / 3))
    flaws_[MISCOUNTED] = true;
  return true;
}

void
StructureSet::read_contour (const Dataset &item, uint32_t region) {
  int type = type_of (item);
  size_t before = points_.size ();
  if (type < 0) {
    flaws_[UNKNOWN_KIND] = true;
    return;
  }
  if (!add_points (item)) {
    flaws_[UNREADABLE] = true;
    return;
  }
  if (contours_.size () == MAX_CONTOURS)
    fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("The structure set has more than %u contours"),
          unsigned (MAX_CONTOURS));
  Contour contour = {region, unsigned (type), unsigned ((points_.size () - before) / 3), UINT32_MAX,
                     0};
  for (const Dataset &image : item.items (CONTOUR_IMAGES)) {
    std::string instance = uid (image, 0x00081155);
    if (instance.empty () || contour.source != UINT32_MAX)
      continue;
    double frame = number (image, 0x00081160, vr ("IS"), 1);
    contour.source = sources_.index_of (instance);
    contour.frame = frame >= 1 && frame <= 1e9 ? unsigned (frame) - 1 : 0;
  }
  contours_.push_back (contour);
}

void
StructureSet::read_contours_of (const Dataset &item) {
  Region *region = find (item);
  const Element *sequence = item.find (CONTOURS);
  if (!region) {
    flaws_[FOREIGN] = true;
    return;
  }
  std::vector<double> colour = numbers (item, 0x3006002A, vr ("IS"));
  if (!region->has_colour && colour.size () == 3) {
    region->has_colour = true;
    for (double c : colour) {
      region->has_colour = region->has_colour && c >= 0 && c <= 255;
      region->colour = region->colour << 8 | unsigned (region->has_colour ? c : 0);
    }
  }
  if (!sequence)
    return;
  if (!region->frame_of_reference.empty () && region->frame_of_reference != frame_of_reference_) {
    flaws_[ELSEWHERE] = true;
    return;
  }
  for (Bytes closed : item.closed_items (*sequence))
    read_contour (item.open_item (*sequence, closed), uint32_t (region - regions_.data ()));
}

// PS3.3 C.8.8.5 and C.8.8.8.
GVariant *
StructureSet::segment (double number, const Region &region) const {
  const Dataset &item = region.item, &seen = region.observation;
  Charset charset (item, charset_), charset_seen (seen, charset_);
  Record r;
  r.add ("Number", g_variant_new_uint32 (uint32_t (number)));
  add_text (r, "Label", item, charset, 0x30060026, vr ("LO"));
  if (!r.has ("Label"))
    add_text (r, "Label", seen, charset_seen, 0x30060085, vr ("SH"));
  add_text (r, "Description", item, charset, 0x30060028, vr ("ST"));
  add_text (r, "AlgorithmType", item, charset, 0x30060036, vr ("CS"));
  add_text (r, "AlgorithmName", item, charset, 0x30060038, vr ("LO"));
  add_text (r, "InterpretedType", seen, charset_seen, 0x300600A4, vr ("CS"));
  std::vector<Dataset> type = seen.items (0x30060086);
  add_code (r, "Type", seen, 0x30060086, charset_seen);
  add_code (r, "Category", seen, 0x00620003, charset_seen);
  if (!type.empty ()) {
    add_code (r, "TypeModifier", type[0], 0x00620011, charset_seen);
    add_code (r, "AnatomicRegion", type[0], 0x00082218, charset_seen);
  }
  if (region.has_colour)
    r.add ("Colour", g_variant_new_uint32 (region.colour));
  return r.end ();
}

GVariant *
StructureSet::notes () const {
  const char *const sentences[N_FLAWS] = {
      _ ("Regions without a number, or with that of another one, are not shown"),
      _ ("Contours that belong to no region are not shown"),
      _ ("Regions in another frame of reference than most are not shown"),
      _ ("Contours of an unknown kind are not shown"),
      _ ("Contours whose points cannot be read are not shown"),
      _ ("Some contours hold another number of points than they say"),
  };
  List list ("as");
  for (int i = 0; i < N_FLAWS; i++)
    if (flaws_[i])
      list.add (g_variant_new_string (sentences[i]));
  return list.end ();
}

GVariant *
StructureSet::body () {
  Record r;
  std::string title = text_of (set_, charset_, 0x30060002, vr ("SH"));
  List segments ("aa{sv}");
  if (title.empty ())
    title = text_of (set_, charset_, 0x30060004, vr ("LO"));
  r.add ("Kind", g_variant_new_uint32 (4)); // PRC_SEGMENTATION_CONTOURS
  r.add ("Title", title);
  r.add ("FrameOfReferenceUID", frame_of_reference_);
  for (size_t i = 0; i < regions_.size (); i++)
    segments.add (segment (numbers_[i], regions_[i]));
  r.add ("Segments", segments.end ());
  r.add ("Sources", sources_.end ());
  r.add ("Contours", g_variant_new_fixed_array (G_VARIANT_TYPE ("(uuuuu)"), contours_.data (),
                                                contours_.size (), sizeof (Contour)));
  r.add ("Notes", notes ());
  return r.end ();
}

Segmented
StructureSet::read () {
  Segmented out;
  read_regions ();
  read_observations ();
  choose_frame_of_reference ();
  if (const Element *sequence = set_.find (CONTOURS_OF_REGIONS))
    for (Bytes closed : set_.closed_items (*sequence))
      read_contours_of (set_.open_item (*sequence, closed));
  out.bulk = Buffer (points_.size () * sizeof (double));
  if (!points_.empty ())
    memcpy (out.bulk.data.get (), points_.data (), out.bulk.size);
  out.body = body ();
  return out;
}

} // namespace

Segmented
segment_structures (const File &file) {
  return StructureSet (file).read ();
}

} // namespace prc
