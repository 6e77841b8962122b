# SPDX-License-Identifier: Apache-2.0
"""Slices of the synthetic library (`precedentctl phantom`): labelled with their finding where the
segmentation marks it, by height elsewhere."""
import glob
import os

import numpy as np
import pydicom

import slices

NORMAL = 6        # slices without finding, of a case
FINDING = 10      # with it
HELD_OUT = .2     # of the cases is validation, at random: regions and findings come in turn


def marked_heights(folder):
    """The finding's name and the heights (mm) of the slices it lies in."""
    heights, name = [], ''
    for path in glob.glob(f'{folder}/*seg*.dcm'):
        seg = pydicom.dcmread(path, stop_before_pixels=True)
        name = str(seg.SegmentSequence[0].SegmentLabel)
        for frame in seg.get('PerFrameFunctionalGroupsSequence', []):
            if 'PlanePositionSequence' in frame:
                heights.append(float(frame.PlanePositionSequence[0].ImagePositionPatient[2]))
    return name, np.array(heights)


def chosen(files, inside):
    """Evenly spread files with the finding and without."""
    for wanted, count in ((True, FINDING), (False, NORMAL)):
        places = [i for i in range(len(files)) if inside[i] == wanted]
        for k in range(min(count, len(places))):
            yield places[k * len(places) // min(count, len(places))]


def add_case(arrays, folder, split):
    name, heights = marked_heights(folder)
    for files in slices.series_of(folder):
        head = files[0][2]
        modality = {'DX': 'CR'}.get(head.Modality, head.Modality)
        part = str(head.get('BodyPartExamined', '')).lower()
        part = {'brain': 'head'}.get(part, part)
        flat = 'ImagePositionPatient' not in head
        inside = [bool(name) and (flat or bool(len(heights)) and np.abs(heights - f[0]).min() < .5)
                  for f in files]
        for i in chosen(files, inside):
            path = files[i][1]
            image, stored = slices.decode(path)
            where = name if inside[i] else 'normal' if flat else f'third {3 * i // len(files)}'
            arrays.add_slice(image, stored, dataset=f'phantom_{modality}_{part}', modality=modality,
                             body_part=part, group=os.path.basename(folder), split=split,
                             **{'class': f'phantom {modality} {part} {where}'})


def add(arrays, library):
    for number, folder in enumerate(sorted(glob.glob(f'{library}/case-*'))):
        held_out = np.random.default_rng(number).random() < HELD_OUT
        add_case(arrays, folder, 'val' if held_out else 'train')
