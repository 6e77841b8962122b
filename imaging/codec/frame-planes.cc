// SPDX-License-Identifier: Apache-2.0
#include "frame-planes.h"

#include <algorithm>
#include <cmath>

#include "values.h"

namespace prc {

namespace {

struct GroupValue {
  Tag sequence, tag;
  size_t n;
};
const GroupValue VALUES[] = {
    {0x00209113, 0x00200032, 3}, {0x00209116, 0x00200037, 6}, {PIXEL_MEASURES, 0x00280030, 2}};

} // namespace

std::vector<double>
frame_planes (FunctionalGroups &groups, uint32_t frames) {
  std::vector<double> planes (size_t (frames) * PLANE_VALUES, NAN);
  double *to = planes.data ();
  for (uint32_t i = 0; i < frames; i++)
    for (const GroupValue &value : VALUES) {
      std::vector<double> v;
      if (const Dataset *item = groups.find (i, value.sequence))
        v = numbers (*item, value.tag, vr ("DS"));
      bool finite = std::all_of (v.begin (), v.end (), [] (double x) { return std::isfinite (x); });
      if (v.size () == value.n && finite)
        std::copy (v.begin (), v.end (), to);
      to += value.n;
    }
  return planes;
}

} // namespace prc
