# SPDX-License-Identifier: Apache-2.0
"""How well a box drawn loosely around a finding finds findings of its kind, by the program itself.

  python3 engine/training/boxes.py PRECEDENTCTL LIBRARY.sqlite [SLACK]

Asks `precedentctl similar --roi` with a box around each segment of the library, on the slice where it
is largest, once against segments and once against whole slices, and prints precision at 5 by kind
(the label), leaving out the own case as the program does. Each side of a box lies SLACK (0.2) of the
segment's own width or height outside it, more or less by half of that, seeded.
"""
import json
import os
import random
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import segments

K = 5


def bounds(ctl, path, number, image):
    """Left, top, right, bottom of a segment on one image."""
    import pydicom
    seg = pydicom.dcmread(path)
    uid = pydicom.dcmread(image, stop_before_pixels=True).SOPInstanceUID
    masks = seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)
    for mask, groups in zip(masks, seg.PerFrameFunctionalGroupsSequence):
        source = groups.DerivationImageSequence[0].SourceImageSequence[0]
        if (groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber == number
                and source.ReferencedSOPInstanceUID == uid):
            rows, columns = np.nonzero(mask)
            return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    return None


def loose(box, slack, rng):
    left, top, right, bottom = map(float, box)

    def pad(length):
        return max(1, length * slack * rng.uniform(.5, 1.5))
    x, y = max(left - pad(right - left), 0), max(top - pad(bottom - top), 0)
    return x, y, right + pad(right - left) - x, bottom + pad(bottom - top) - y


def ask(ctl, library, image, box, against):
    roi = ','.join(f'{v:.2f}' for v in box)
    out = subprocess.run([ctl, 'similar', '--json', '-k', str(K), '--library', library, '--roi', roi,
                          '--against', against, image], capture_output=True, check=True)
    return [hit['case'] for hit in json.loads(out.stdout)['hits']]


def main(ctl, library, slack=0.2):
    db = sqlite3.connect(f'file:{library}?mode=ro', uri=True)
    rows = db.execute(
        'SELECT case_id, label, segmentations.path, number, slices.path FROM segments'
        ' JOIN segmentations ON segmentations.id = segmentation_id'
        ' JOIN slices ON slices.id = segments.slice_id JOIN series ON series.id = slices.series_id'
        ' JOIN studies ON studies.id = study_id ORDER BY segments.id').fetchall()
    kind_of_case = {case: label for case, label, *_ in rows}
    rng = random.Random(1)
    asked = [(case, label, image, loose(box, float(slack), rng))
             for case, label, path, number, image in rows
             if (box := bounds(ctl, path, number, image)) is not None]
    kinds = np.array([label for _, label, *_ in asked])
    columns = {}
    for against in ('segments', 'slices'):
        def precision(one):
            hits = ask(ctl, library, one[2], one[3], against)
            return np.mean([kind_of_case.get(case) == one[1] for case in hits]) if hits else 0
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            columns[against] = np.array(list(pool.map(precision, asked)))
    segments.print_table(kinds, columns)


if __name__ == '__main__':
    main(*sys.argv[1:])
