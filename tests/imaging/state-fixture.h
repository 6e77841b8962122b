// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"
#include "prc-presentation.h"

// Presentation states made by hand. They are about image 1.2.3.1, frames 2 and 3 of image 1.2.3.2,
// and image 1.2.3.4, of series 1.2.3.0 and study 1.2.3.

// Writes a grayscale softcopy presentation state with `fields` beside what every one has: DICOM
// JSON members with ' for ", "'00700080':{'vr':'CS','Value':['LABEL']},...", or "". Owned path.
char *state_fixture_write (PrcCodecPool *pool, const char *folder, const char *fields);
// The same of another kind, by the end of its SOP Class UID after "...11.".
char *state_fixture_write_kind (PrcCodecPool *pool, const char *folder, const char *kind,
                                const char *fields);
// Writes and reads; fails the test when it is refused.
PrcPresentation *state_fixture (PrcCodecPool *pool, const char *folder, const char *fields);

// Frame `frame` of image 1.2.3.<image>, 100 columns by 100 rows, of a header alone.
PrcSlice state_fixture_slice (unsigned image, uint32_t frame);
void state_fixture_slice_clear (PrcSlice *slice);

// An attribute; a sequence of one item.
#define STATE_ATTRIBUTE(tag, vr, values) "'" tag "':{'vr':'" vr "','Value':[" values "]}"
#define STATE_ITEM(tag, members)         "'" tag "':{'vr':'SQ','Value':[{" members "}]}"
#define STATE_IMAGE(uid)                 STATE_ITEM ("00081140", STATE_ATTRIBUTE ("00081155", "UI", "'" uid "'"))
