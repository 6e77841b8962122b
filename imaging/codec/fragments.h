// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image.h"

// Encapsulated pixel data (PS3.5 A.4): an offset table, then fragments, one or more to a frame.

namespace prc {

// The bytes of the first fragment behind the offset table; empty when there is none.
Bytes first_fragment (const Element &pixels, bool big_endian);

// Whether the components of one codestream are as many frames (JPEG 2000 Part 2, PS3.5 8.2.4).
bool is_component_collection (const Image &image);

// The fragments of one frame, joined. Throws when it is not all there.
FrameBytes encapsulated_frame (const File &file, const Image &image, uint32_t frame);

} // namespace prc
