// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common.h"

namespace prc {

// What a file says about which pixels belong to what, as prc-codec-wire.h lists it.
struct Segmented {
  GVariant *body = nullptr; // a floating a{sv}
  Buffer bulk;              // spans or points
};

// Of whatever holds segments: by its first bytes, then by its SOP class. ARGUMENT for what holds
// none.
Segmented segment (Bytes file, double threshold);

struct File;

constexpr char SEGMENTATION_STORAGE[] = "1.2.840.10008.5.1.4.1.1.66.4";
constexpr char LABEL_MAP_STORAGE[] = "1.2.840.10008.5.1.4.1.1.66.7";
constexpr char STRUCTURE_SET_STORAGE[] = "1.2.840.10008.5.1.4.1.1.481.3";

// Each kind of file. A DICOM one was read up to its pixels.
Segmented segment_image (const File &file, bool label_map, double threshold); // PS3.3 A.51
Segmented segment_nifti (Bytes file);
Segmented segment_structures (const File &file); // PS3.3 A.19

} // namespace prc
