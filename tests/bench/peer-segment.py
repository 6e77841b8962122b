#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""peer-segment.py FILE: the milliseconds pydicom and numpy take from a segmentation to a mask of each
segment in each frame, and the pixels in all of them."""
import sys
import time

import numpy as np
import pydicom

start = time.monotonic()
ds = pydicom.dcmread(sys.argv[1])
pixels = ds.pixel_array
total = 0
for i, group in enumerate(ds.PerFrameFunctionalGroupsSequence):
    position = group.PlanePositionSequence[0].ImagePositionPatient
    if ds.SegmentationType == 'LABELMAP':
        masks = [pixels[i] == n for n in np.unique(pixels[i]) if n != ds.PixelPaddingValue]
    elif ds.SegmentationType == 'FRACTIONAL':
        masks = [pixels[i] >= 0.5 * ds.MaximumFractionalValue]
    else:
        masks = [pixels[i] != 0]
    total += sum(np.count_nonzero(m) for m in masks)
print((time.monotonic() - start) * 1000, total)
