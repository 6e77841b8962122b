# SPDX-License-Identifier: Apache-2.0
"""Slices of the synthetic library (`precedentctl phantom`): labelled with their finding where the
segmentation marks it, by height elsewhere; and crops around the finding, labelled with its kind."""
import glob
import os

import numpy as np
import pydicom

import slices

NORMAL = 6        # slices without finding, of a case
FINDING = 10      # with it
CROPS = 4         # of the finding: where it is largest, and beside that
HELD_OUT = .2     # of the cases is validation, at random: regions and findings come in turn


def modality_and_part(head):
    modality = {'DX': 'CR'}.get(head.Modality, head.Modality)
    part = str(head.get('BodyPartExamined', '')).lower()
    return modality, {'brain': 'head'}.get(part, part)


def segmentations(folder):
    return sorted(glob.glob(f'{folder}/*seg*.dcm'))


def marked_heights(folder):
    """The finding's name and the heights (mm) of the slices it lies in."""
    heights, name = [], ''
    for path in segmentations(folder):
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
        modality, part = modality_and_part(head)
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


def marked_slices(folder, count):
    """(label, data set, stored values, mask) where the finding is largest, the best slice first."""
    paths = {}
    for path in glob.glob(f'{folder}/*.dcm'):
        paths[pydicom.dcmread(path, specific_tags=['SOPInstanceUID']).SOPInstanceUID] = path
    for path in segmentations(folder):
        seg = pydicom.dcmread(path)
        masks = seg.pixel_array.reshape(-1, seg.Rows, seg.Columns) > 0
        areas = masks.sum((1, 2))
        for k in np.argsort(-areas, kind='stable')[:count]:
            if areas[k] < areas.max() / 3:
                break
            source = seg.PerFrameFunctionalGroupsSequence[k].DerivationImageSequence[0]
            uid = source.SourceImageSequence[0].ReferencedSOPInstanceUID
            yield str(seg.SegmentSequence[0].SegmentLabel), *slices.decode(paths[uid]), masks[k]


def add_crops(arrays, folder, split):
    for label, data, stored, mask in marked_slices(folder, CROPS):
        modality, part = modality_and_part(data)
        arrays.add_crop(data, stored, mask, dataset=f'crop_{modality}', modality=modality,
                        body_part=part, group=os.path.basename(folder), split=split,
                        **{'class': f'crop {label}'})


def add(arrays, library):
    for number, folder in enumerate(sorted(glob.glob(f'{library}/case-*'))):
        held_out = np.random.default_rng(number).random() < HELD_OUT
        split = 'val' if held_out else 'train'
        add_case(arrays, folder, split)
        add_crops(arrays, folder, split)
