// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "functional-groups.h"

namespace prc {

constexpr Tag PIXEL_MEASURES = 0x00289110;

// Beyond these an image is refused by who asks; a list of their planes would take gigabytes.
constexpr uint32_t MAX_PLANES = 100000;
constexpr size_t PLANE_VALUES = 11;

// Image Position (3), Image Orientation (6) and Pixel Spacing (2) of each frame, NaN where there is
// none (PS3.3 C.7.6.16.2.1, .3, .4).
std::vector<double> frame_planes (FunctionalGroups &groups, uint32_t frames);

} // namespace prc
