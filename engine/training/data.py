# SPDX-License-Identifier: Apache-2.0
"""Decodes the training images once into arrays of SIDE x SIDE pixels.

grey.npy: uint8, the two quantiles of a slice as 0 and 255. hu.npy: int16, Hounsfield units, so that
windows can be drawn at random. mask.npy: uint8, of those that are crops around a finding.
records.csv: one line an image.
"""
import csv
import os

import numpy as np
from PIL import Image

import phantom
import preprocess
import slices

SIDE = 224
AIR_HU = -2000   # of what is outside the image: below every window
CROP_CONTEXT = 4 / 3  # width of a stored crop by that of the crop of a query: room to move
FIELDS = ('dataset', 'modality', 'body_part', 'class', 'group', 'split', 'kind', 'index',
          'mask')

# Folder of real series -> body part, by modality where a study holds several.
SERIES = {
    'series/nlst_101287_ct_chest': 'chest', 'series/crlm1004_ct_abdomen': 'abdomen',
    'series/saganon_mr_brain_t1': 'head', 'series/prostatex0207_mr_pelvis': 'pelvis',
    'series/dcm4che_mr_wrist': 'wrist', 'series/slicer_ct_head64': 'head',
    'segmentation/ucsf_br06_breast_mr_seg': 'breast',
    'segmentation/sts001_thigh_pet_mr_rtstruct': {'MR': 'thigh', 'PT': 'whole_body'},
    'segmentation/sts_001_cropped_ct_mr_pet_rtstruct': {'CT': 'thigh', 'MR': 'thigh'},
    'segmentation/qin_hn0024_pet_seg': {'PT': 'whole_body'},
    'segmentation/totalseg_ct': 'abdomen',
}


def modality_values(data, stored):
    slope, intercept = data.get('RescaleSlope', 1) or 1, data.get('RescaleIntercept', 0) or 0
    values = stored * float(slope) + float(intercept)
    if 'PixelPaddingValue' in data:
        values = np.where(stored == data.PixelPaddingValue, np.nan, values)
    return values


class Arrays:
    def __init__(self):
        self.grey, self.hu, self.mask, self.records = [], [], [], []

    def add(self, kind, image, mask=None, **record):
        store = self.grey if kind == 'grey' else self.hu
        record.update(kind=kind, index=len(store), mask=-1 if mask is None else len(self.mask))
        store.append(image)
        if mask is not None:
            self.mask.append(mask)
        self.records.append(record)

    def add_crop(self, data, stored, mask, **record):
        """The square around a finding and somewhat more, with its mask."""
        values = modality_values(data, stored)
        spacing = data.get('PixelSpacing') or data.get('ImagerPixelSpacing') or (1, 1)
        aspect = float(spacing[0]) / float(spacing[1])
        x, y, width, height = preprocess.segment_square(mask, aspect)
        more = CROP_CONTEXT - 1
        square = (x - width * more / 2, y - height * more / 2, width * CROP_CONTEXT,
                  height * CROP_CONTEXT, SIDE)
        inside = np.round(preprocess.crop(mask * 255., *square)).astype(np.uint8)
        if record['modality'] == 'CT':
            hu = preprocess.crop(np.nan_to_num(values, nan=AIR_HU) - AIR_HU, *square) + AIR_HU
            self.add('hu', np.clip(hu, -2000, 4000).astype(np.int16), inside, **record)
        else:
            inverse = data.get('PhotometricInterpretation') == 'MONOCHROME1'
            grey = preprocess.crop(preprocess.channels_grey(values, inverse)[..., 0], *square)
            self.add('grey', np.round(grey * 255).astype(np.uint8), inside, **record)

    def add_slice(self, data, stored, **record):
        values = modality_values(data, stored)
        spacing = data.get('PixelSpacing') or (1, 1)
        aspect = float(spacing[0]) / float(spacing[1])
        if record['modality'] == 'CT':
            filled = np.nan_to_num(values, nan=AIR_HU) - AIR_HU
            hu = preprocess.resample_square(filled, aspect=aspect, size=SIDE) + AIR_HU
            self.add('hu', np.clip(hu, -2000, 4000).astype(np.int16), **record)
        elif np.nanmax(values) > np.nanmin(values):
            inverse = data.get('PhotometricInterpretation') == 'MONOCHROME1'
            grey = preprocess.channels_grey(values, inverse)[..., 0]
            small = preprocess.resample_square(grey, aspect=aspect, size=SIDE)
            self.add('grey', np.round(small * 255).astype(np.uint8), **record)


def add_labelled(arrays, root):
    for row in csv.DictReader(open(f'{root}/labelled/labels.csv')):
        if row['dataset'] == 'dicom_slices':
            continue  # the series themselves are read
        image = np.asarray(Image.open(f'{root}/labelled/{row["path"]}').convert('L'), np.float64)
        grey = preprocess.channels_grey(image)[..., 0]
        small = preprocess.resample_square(grey, size=SIDE)
        arrays.add('grey', np.round(small * 255).astype(np.uint8), dataset=row['dataset'],
                   modality=row['modality'], body_part=row['body_part'], split=row['split'],
                   group=row['patient'] or row['group'], **{'class': row['class']})


def add_series(arrays, root):
    for folder, body_part in SERIES.items():
        for number, files in enumerate(slices.series_of(f'{root}/{folder}')):
            modality = files[0][2].Modality
            part = body_part if isinstance(body_part, str) else body_part.get(modality)
            if not part:
                continue
            for i, (_, path, _) in enumerate(files):
                data, stored = slices.decode(path)
                if stored.ndim != 2:
                    continue
                third = 3 * i // len(files)
                name = f'{os.path.basename(folder)}_{modality}_{third}'
                arrays.add_slice(data, stored, dataset=f'series_{modality}', modality=modality,
                                 body_part=part, group=os.path.basename(folder), split='train',
                                 **{'class': name})


def build(root, cache, dicom=()):
    arrays = Arrays()
    add_labelled(arrays, root)
    add_series(arrays, root)
    for folder in dicom:
        phantom.add(arrays, folder)
    os.makedirs(cache, exist_ok=True)
    np.save(f'{cache}/grey.npy', np.stack(arrays.grey))
    np.save(f'{cache}/hu.npy', np.stack(arrays.hu))
    np.save(f'{cache}/mask.npy', np.reshape(arrays.mask, (-1, SIDE, SIDE)).astype(np.uint8))
    with open(f'{cache}/records.csv', 'w', newline='') as f:
        writer = csv.DictWriter(f, FIELDS)
        writer.writeheader()
        writer.writerows(arrays.records)


def load(cache):
    records = list(csv.DictReader(open(f'{cache}/records.csv')))
    for record in records:
        record.update(index=int(record['index']), mask=int(record['mask']))
    return records, *(np.load(f'{cache}/{name}.npy') for name in ('grey', 'hu', 'mask'))
