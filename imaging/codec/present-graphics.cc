// SPDX-License-Identifier: Apache-2.0
#include "present.h"

#include <algorithm>
#include <cmath>

#include <glib/gi18n-lib.h>

#include "reading.h"
#include "values.h"

namespace prc {

namespace {

constexpr uint32_t MAX_NUMBERS = 1 << 18; // of coordinates, over the whole file
constexpr uint32_t MAX_TEXTS = 1 << 12;
constexpr size_t MAX_TEXT = 10240;
constexpr double MAX_COORDINATE = 1e7;

struct Graphics {
  const Charset &charset;
  std::vector<std::string> &notes;
  uint32_t n_numbers = 0, n_texts = 0;

  void
  note (const char *sentence) {
    if (std::find (notes.begin (), notes.end (), sentence) == notes.end ())
      notes.push_back (sentence);
  }
};

// PIXEL or DISPLAY; other frames of reference (MATRIX of a whole slide) are not drawn.
bool
read_units (Graphics &g, const std::string &units, bool &display) {
  display = units == "DISPLAY";
  if (display || units == "PIXEL")
    return true;
  g.note (_ ("Marks in unknown coordinates are left out"));
  return false;
}

GVariant *
colour (const Dataset &set, Tag tag) {
  std::vector<double> v = numbers (set, tag, vr ("US"));
  List list ("aq");
  for (size_t i = 0; v.size () == 3 && i < 3; i++)
    g_variant_builder_add (list.builder (), "q", uint16_t (v[i]));
  return list.end ();
}

bool
are_coordinates (const std::vector<double> &v) {
  return std::all_of (v.begin (), v.end (),
                      [] (double x) { return std::fabs (x) <= MAX_COORDINATE; });
}

// Column, row, column, row, ...
std::vector<double>
points_of (Graphics &g, const Dataset &item) {
  std::vector<double> points = numbers (item, 0x00700022, vr ("FL"));
  double n = number (item, 0x00700021, vr ("US"), double (points.size () / 2));
  if (number (item, 0x00700020, vr ("US"), 2) != 2 || points.size () < 2 * n)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("A graphic of %.0f points has coordinates for %zu"), n,
          points.size () / 2);
  points.resize (size_t (2 * n));
  g.n_numbers += uint32_t (points.size ());
  if (g.n_numbers > MAX_NUMBERS)
    fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("The presentation state has more than %u points"),
          MAX_NUMBERS / 2);
  if (!are_coordinates (points))
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("A graphic has impossible coordinates"));
  return points;
}

struct Shape {
  const char *name;
  size_t least, most; // points
};
const Shape SHAPES[] = {
    {"POINT", 1, 1},
    {"POLYLINE", 2, MAX_NUMBERS},
    {"INTERPOLATED", 2, MAX_NUMBERS},
    {"CIRCLE", 2, 2},
    {"ELLIPSE", 4, 4},
};

// PS3.3 C.10.5.1.2
void
add_graphic (Graphics &g, const Dataset &item, List &list) {
  std::string type = uid (item, 0x00700023);
  const Shape *shape = std::find_if (std::begin (SHAPES), std::end (SHAPES),
                                     [&] (const Shape &s) { return type == s.name; });
  bool display;
  if (shape == std::end (SHAPES)) {
    g.note (_ ("Marks of an unknown kind are left out"));
    return;
  }
  if (!read_units (g, uid (item, 0x00700005), display))
    return;
  std::vector<double> points = points_of (g, item);
  if (points.size () / 2 < shape->least || points.size () / 2 > shape->most)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("A graphic of kind %s has %zu points"), shape->name,
          points.size () / 2);
  std::vector<Dataset> styles = item.items (0x00700232);
  Dataset none;
  const Dataset &style = styles.empty () ? none : styles[0];
  GVariant *coordinates = g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, points.data (),
                                                     points.size (), sizeof (double));
  g_variant_builder_add (list.builder (), "(sbb@ad@aqdb)", shape->name, display,
                         uid (item, 0x00700024) == "Y", coordinates, colour (style, 0x00700251),
                         number (style, 0x00700253, vr ("FL"), 0),
                         uid (style, 0x00700254) == "DASHED");
}

// Two coordinates, or nothing. What is there has to make sense.
bool
read_point (const Dataset &item, Tag tag, std::vector<double> &point) {
  point = numbers (item, tag, vr ("FL"));
  if (point.empty ()) {
    point = {0, 0};
    return false;
  }
  if (point.size () != 2 || !are_coordinates (point))
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("A text has impossible coordinates"));
  return true;
}

std::string
text_value (Graphics &g, const Dataset &item) {
  const Element *e = item.find (0x00700006);
  if (!e)
    return "";
  Element copy = *e;
  copy.vr = vr ("ST");
  copy.value = copy.value.part (0, MAX_TEXT);
  return g.charset.utf8 (copy, true);
}

// PS3.3 C.10.5.1.1
void
add_text (Graphics &g, const Dataset &item, List &list) {
  if (++g.n_texts > MAX_TEXTS)
    fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("The presentation state has more than %u texts"),
          MAX_TEXTS);
  std::vector<double> first, last, anchor;
  bool box = read_point (item, 0x00700010, first), display = false, anchor_display = false;
  box = read_point (item, 0x00700011, last) && box;
  bool anchored = read_point (item, 0x00700014, anchor);
  if (box && !read_units (g, uid (item, 0x00700003), display))
    return;
  if (anchored && !read_units (g, uid (item, 0x00700004), anchor_display))
    return;
  std::vector<Dataset> styles = item.items (0x00700231);
  Dataset none;
  std::string justification = uid (item, 0x00700012), text = text_value (g, item);
  g_variant_builder_add (list.builder (), "(sbb(dddd)sbb(dd)b@aq)", text.c_str (), box, display,
                         first[0], first[1], last[0], last[1], justification.c_str (), anchored,
                         anchor_display, anchor[0], anchor[1], uid (item, 0x00700015) == "Y",
                         colour (styles.empty () ? none : styles[0], 0x00700241));
}

GVariant *
layers (const Dataset &set, const Charset &charset) {
  List list ("a(sddaqs)");
  for (const Dataset &item : set.items (0x00700060))
    g_variant_builder_add (list.builder (), "(sdd@aqs)", uid (item, 0x00700002).c_str (),
                           number (item, 0x00700062, vr ("IS"), 0),
                           number (item, 0x00700066, vr ("US"), -1), colour (item, 0x00700401),
                           text_of (item, charset, 0x00700068, vr ("LO")).c_str ());
  return list.end ();
}

GVariant *
annotation (Graphics &g, const Dataset &item, uint32_t &total) {
  Record r;
  r.add ("References", references_variant (item, total));
  r.add ("Layer", uid (item, 0x00700002));
  List texts ("a(sbb(dddd)sbb(dd)baq)"), graphics ("a(sbbadaqdb)");
  std::vector<Dataset> text_items = item.items (0x00700008), shapes = item.items (0x00700009);
  for (const Dataset &text : text_items)
    add_text (g, text, texts);
  for (const Dataset &shape : shapes)
    add_graphic (g, shape, graphics);
  r.add ("Texts", texts.end ());
  r.add ("Graphics", graphics.end ());
  // Compound graphics come with plain twins for those who do not draw them (PS3.3 C.10.5).
  if (item.find (0x00700209) && text_items.empty () && shapes.empty ())
    g.note (_ ("Compound graphics are left out"));
  return r.end ();
}

} // namespace

void
add_graphics (Record &record, const Dataset &set, const Charset &charset, uint32_t &total,
              std::vector<std::string> &notes) {
  Graphics g{charset, notes};
  record.add ("Layers", layers (set, charset));
  List list ("aa{sv}");
  for (const Dataset &item : set.items (0x00700001))
    list.add (annotation (g, item, total));
  record.add ("Annotations", list.end ());
}

} // namespace prc
