// SPDX-License-Identifier: Apache-2.0
#include "segment-describe.h"

#include "prc-cielab.h"
#include "values.h"

namespace prc {

namespace {

struct Attribute {
  Tag tag;
  char vr[3];
  const char *key;
};
const Attribute TEXTS[] = {
    {0x00620005, "LO", "Label"},         {0x00620006, "ST", "Description"},
    {0x00620008, "CS", "AlgorithmType"}, {0x00620009, "LO", "AlgorithmName"},
    {0x00620020, "UT", "TrackingID"},    {0x00620021, "UI", "TrackingUID"},
};

// The name from the Segmentation Algorithm Identification, which newer writers use.
void
add_algorithm (Record &record, const Dataset &item, const Charset &charset) {
  std::vector<Dataset> algorithms = item.items (0x00620007);
  if (!record.has ("AlgorithmName") && !algorithms.empty ())
    add_text (record, "AlgorithmName", algorithms[0], charset, 0x00660036, vr ("LO"));
}

// PS3.3 10.5: where, and in it a modifier of it; older writers name a structure instead.
void
add_place (Record &record, const Dataset &item, const Charset &charset) {
  const Tag tags[][2] = {{0x00082218, 0x00082220}, {0x00082228, 0x00082230}};
  for (const Tag *tag : tags) {
    std::vector<Dataset> regions = item.items (tag[0]);
    if (regions.empty ())
      continue;
    add_code (record, "AnatomicRegion", item, tag[0], charset);
    add_code (record, "AnatomicModifier", regions[0], tag[1], charset);
    return;
  }
}

// PS3.3 C.8.20.4: what it is, and in it a modifier of it, such as the side.
void
add_kind (Record &record, const Dataset &item, const Charset &charset) {
  std::vector<Dataset> types = item.items (0x0062000F);
  add_code (record, "Category", item, 0x00620003, charset);
  add_code (record, "Type", item, 0x0062000F, charset);
  if (!types.empty ())
    add_code (record, "TypeModifier", types[0], 0x00620011, charset);
}

void
add_colour (Record &record, const Dataset &item, const Palette *palette, uint16_t number) {
  std::vector<double> v = numbers (item, 0x0062000D, vr ("US"));
  bool words = v.size () == 3;
  for (double x : v)
    words = words && x >= 0 && x <= 65535;
  if (words) {
    const uint16_t lab[] = {uint16_t (v[0]), uint16_t (v[1]), uint16_t (v[2])};
    record.add ("Colour", g_variant_new_uint32 (prc_cielab_to_rgb (lab)));
  } else if (palette) {
    const Palette::Channel *c = palette->channel;
    uint32_t rgb =
        uint32_t (c[0].at (number)) << 16 | uint32_t (c[1].at (number)) << 8 | c[2].at (number);
    record.add ("Colour", g_variant_new_uint32 (rgb));
  }
}

} // namespace

void
add_text (Record &record, const char *key, const Dataset &set, const Charset &charset, Tag tag,
          Vr fallback) {
  std::string text = text_of (set, charset, tag, fallback);
  if (!text.empty ())
    record.add (key, text);
}

void
add_code (Record &record, const char *key, const Dataset &set, Tag sequence, const Charset &outer) {
  std::vector<Dataset> items = set.items (sequence);
  if (items.empty ())
    return;
  Charset charset (items[0], outer);
  std::string value;
  for (Tag tag : {0x00080100, 0x00080119, 0x00080120}) // Code Value, Long, URN
    if (value.empty ())
      value = text_of (items[0], charset, tag, vr ("UC"));
  std::string scheme = text_of (items[0], charset, 0x00080102, vr ("SH"));
  std::string meaning = text_of (items[0], charset, 0x00080104, vr ("LO"));
  record.add (key, g_variant_new ("(sss)", value.c_str (), scheme.c_str (), meaning.c_str ()));
}

void
Segments::add (const Dataset &item, const Charset &outer, const Palette *palette) {
  Record record;
  Charset charset (item, outer);
  record.add ("Number", g_variant_new_uint32 (numbers_.back ()));
  for (const Attribute &a : TEXTS)
    add_text (record, a.key, item, charset, a.tag, vr (a.vr));
  add_algorithm (record, item, charset);
  add_kind (record, item, charset);
  add_place (record, item, charset);
  add_colour (record, item, palette, numbers_.back ());
  list_.add (record.end ());
}

Segments::Segments (const Dataset &set, const Charset &charset, const Palette *palette,
                    double background) {
  const Element *sequence = set.find (0x00620002);
  if (!sequence)
    return;
  for (Bytes closed : set.closed_items (*sequence)) {
    Dataset item = set.open_item (*sequence, closed);
    double n = number (item, 0x00620004, vr ("US"), -1);
    if (n == background)
      continue;
    if (n < 0 || n > 65535 || find (n) != NONE) {
      unusable_++;
      continue;
    }
    index_of_[size_t (n)] = size ();
    numbers_.push_back (uint16_t (n));
    add (item, charset, palette);
  }
}

} // namespace prc
