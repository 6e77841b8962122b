# SPDX-License-Identifier: Apache-2.0
"""Images by chance: every way in which stored bits, rescale, tables, windows,
padding and polarity may meet, and that no collection of real files holds; as they are, or packed
without loss by DCMTK. One seed, one set."""

import os
import random
import subprocess

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7'


def words(values, kind='<u2'):
    data = np.asarray(values).astype(kind).tobytes()
    return data + b'\0' * (len(data) % 2)


def descriptor(item, tag, count, first, bits, signed):
    """In SS the numbers of entries beyond 32767 look negative."""
    count = 0 if count == 65536 else count
    if signed and count > 32767:
        count -= 65536
    item.add_new(tag, 'SS' if signed else 'US', [count, first, bits])


def table(chance, low, high, bits):
    """A Modality or VOI LUT item whose first mapped value lies between `low` and `high`."""
    signed = low < 0
    limits = (-32768, 32767) if signed else (0, 65535)
    first = int(np.clip(chance.uniform(low, high), *limits))
    count = chance.choice([2, 256, 4096, chance.randint(1, 5000), 65536])
    if not signed and first > 32767:  # a table that goes on behind 65535 is taken for a signed one
        count = min(count, 65536 - first)
    item = Dataset()
    descriptor(item, 0x00283002, count, first, bits, signed)
    item.add_new(0x00283006, 'OW', words([chance.randrange(1 << bits) for _ in range(count)]))
    return item


def put_pixels(ds, chance):
    """Stored values with or without other bits above and below; their range."""
    allocated = chance.choice([8, 16, 16, 16, 32])
    stored = chance.choice([allocated, allocated, chance.randint(2, allocated)])
    high = chance.randint(stored - 1, allocated - 1) if chance.random() < 0.2 else stored - 1
    ds.PixelRepresentation = int(chance.random() < 0.4)
    ds.Rows, ds.Columns = chance.choice([(7, 9), (16, 16), (31, 5), (1, 3), (64, 64)])
    ds.SamplesPerPixel, ds.BitsAllocated, ds.BitsStored, ds.HighBit = 1, allocated, stored, high
    low = -(1 << stored - 1) if ds.PixelRepresentation else 0
    top = low + (1 << stored) - 1
    dice = np.random.default_rng(chance.randrange(1 << 30))
    shape = (int(ds.get('NumberOfFrames', 1)), ds.Rows, ds.Columns)
    values = dice.integers(low, top, shape, endpoint=True)
    if chance.random() < 0.5:
        values = np.clip(dice.normal(chance.randint(low, top), (top - low) / 8, shape), low, top)
    mask = ((1 << stored) - 1) << (high + 1 - stored)
    bits = values.astype(np.int64) << (high + 1 - stored) & mask
    if chance.random() < 0.5:
        bits |= dice.integers(0, (1 << allocated) - 1, shape) & ~mask
    ds.add_new(0x7FE00010, 'OB' if allocated == 8 and not ds.is_implicit_VR else 'OW',
               words(bits, '<u%d' % (allocated // 8)))
    return low, top


def put_colour(ds, chance):
    """RGB and YCbCr, by pixel or by plane; 4:2:2 with its Y Y Cb Cr."""
    kind = chance.choice(['RGB', 'RGB', 'YBR_FULL', 'YBR_FULL_422'])
    allocated = chance.choice([8, 16]) if kind == 'RGB' else 8
    stored = chance.choice([allocated, allocated, allocated - 2])
    ds.PhotometricInterpretation, ds.SamplesPerPixel = kind, 3
    ds.PlanarConfiguration = int(kind != 'YBR_FULL_422' and chance.random() < 0.5)
    stored = stored if kind == 'RGB' else 8
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = allocated, stored, stored - 1
    ds.PixelRepresentation = 0
    ds.Rows, ds.Columns = chance.choice([(6, 8), (1, 2), (31, 16)])
    count = int(ds.get('NumberOfFrames', 1)) * ds.Rows * ds.Columns
    count *= 2 if kind == 'YBR_FULL_422' else 3
    dice = np.random.default_rng(chance.randrange(1 << 30))
    ds.add_new(0x7FE00010, 'OB' if allocated == 8 and not ds.is_implicit_VR else 'OW',
               words(dice.integers(0, (1 << stored) - 1, count, endpoint=True),
                     '<u%d' % (allocated // 8)))


def put_palette(ds, chance, low, top):
    count = chance.choice([min(top - low + 1, 65536), 256])
    first, bits = chance.choice([low, chance.randint(low, top)]), chance.choice([8, 16])
    for i in range(3):
        descriptor(ds, 0x00281101 + i, count, first, bits, ds.PixelRepresentation)
        ds.add_new(0x00281201 + i, 'OW', words([chance.randrange(1 << bits)
                                                for _ in range(count)]))


def put_modality(ds, chance, low, top):
    """The range of values behind it."""
    which = chance.random()
    if which < 0.2 and ds.BitsStored <= 16:
        bits = chance.choice([8, 12, 16])
        ds.ModalityLUTSequence = [table(chance, low, top, bits)]
        return 0, (1 << bits) - 1
    if which < 0.7:
        ds.RescaleSlope = chance.choice(['1', '2', '0.5', '-1', '1.2345', '0.003', '-0.7', '1e-6'])
        ds.RescaleIntercept = chance.choice(['0', '-1024', '100', '-0.5', '3.25'])
        ends = [v * float(ds.RescaleSlope) + float(ds.RescaleIntercept) for v in (low, top)]
        return min(ends), max(ends)
    return low, top


def put_windows(ds, chance, low, top):
    pairs = [(chance.uniform(low, top),
              chance.choice([1, 2, 10, (top - low) * chance.random(), 0.5, 0]))
             for _ in range(chance.randint(1, 3))]
    ds.WindowCenter = [('%.2f' % c)[:16] for c, _ in pairs]
    ds.WindowWidth = [('%.2f' % w)[:16] for _, w in pairs]
    if chance.random() < 0.6:
        ds.VOILUTFunction = chance.choice(['LINEAR', 'LINEAR_EXACT', 'SIGMOID'])


def put_padding(ds, chance, low, top):
    first = chance.randint(low, top)
    vr = 'SS' if ds.PixelRepresentation else 'US'
    ds.add_new(0x00280120, vr, first)
    if chance.random() < 0.5:
        reach = chance.choice([-1, 1]) * chance.randint(0, (top - low) // 10)
        ds.add_new(0x00280121, vr, max(low, min(top, first + reach)))


def put_frame_groups(ds, chance, low, top):
    """PS3.3 C.7.6.16: shared for all, or each frame's own."""
    def groups():
        group, rescale, voi = Dataset(), Dataset(), Dataset()
        rescale.RescaleSlope = chance.choice(['1', '0.5', '3'])
        rescale.RescaleIntercept = chance.choice(['0', '-100'])
        put_windows(voi, chance, low, top)
        group.PixelValueTransformationSequence, group.FrameVOILUTSequence = [rescale], [voi]
        return group
    ds.SharedFunctionalGroupsSequence = [groups()]
    ds.PerFrameFunctionalGroupsSequence = [chance.choice([groups(), Dataset()])
                                           for _ in range(int(ds.NumberOfFrames))]


def make(chance):
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = chance.choice([ExplicitVRLittleEndian, ImplicitVRLittleEndian])
    meta.MediaStorageSOPClassUID = SECONDARY_CAPTURE
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str(chance.random())])
    ds = FileDataset('', {}, file_meta=meta, preamble=b'\0' * 128)
    ds.is_little_endian = True
    ds.is_implicit_VR = meta.TransferSyntaxUID == ImplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = SECONDARY_CAPTURE, meta.MediaStorageSOPInstanceUID
    ds.Modality = chance.choice(['CT', 'MR', 'DX', 'MG', 'PT', 'XA'])
    ds.PixelIntensityRelationship = chance.choice(['', 'LIN', 'LOG', 'DISP'])
    ds.PresentationLUTShape = chance.choice(['', 'IDENTITY', 'INVERSE'])
    if chance.random() < 0.2:
        ds.NumberOfFrames = '3'
    if chance.random() < 0.2:
        put_colour(ds, chance)
        return ds
    low, top = put_pixels(ds, chance)
    kinds = ['MONOCHROME2'] * 4 + ['MONOCHROME1'] * 2
    ds.PhotometricInterpretation = chance.choice(
        kinds + ['PALETTE COLOR'] * (ds.BitsStored <= 16))
    if ds.PhotometricInterpretation == 'PALETTE COLOR':
        put_palette(ds, chance, low, top)
        return ds
    if chance.random() < 0.3 and ds.BitsStored <= 16:
        put_padding(ds, chance, low, top)
    if 'NumberOfFrames' in ds:
        put_frame_groups(ds, chance, low, top)
    low, top = put_modality(ds, chance, low, top)
    beam = ds.Modality == 'XA' and ds.PixelIntensityRelationship in ('LOG', 'DISP')
    if chance.random() < 0.25 and not beam:
        ds.VOILUTSequence = [table(chance, low, top, chance.choice([8, 10, 12, 16]))]
    if chance.random() < 0.7:
        put_windows(ds, chance, low, top)
    return ds


def write(folder, count, seed):
    chance = random.Random(seed)
    for i in range(count):
        ds = make(chance)
        kind = ('-shifted' if ds.HighBit + 1 != ds.BitsStored else
                '-deep' if ds.SamplesPerPixel == 3 and ds.BitsAllocated == 16 else '')
        path = '%s/made-%d-%03d%s.dcm' % (folder, seed, i, kind)
        pydicom.dcmwrite(path, ds, write_like_original=False)
        tool = chance.choice([[], [], ['dcmcjpeg', '+e1'], ['dcmcjpeg', '+el'], ['dcmcjpls'],
                              ['dcmcrle']])
        if tool and subprocess.run(tool + [path, path + '.new'], capture_output=True).returncode == 0:
            os.replace(path + '.new', path)
        elif os.path.exists(path + '.new'):
            os.remove(path + '.new')
