#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every DICOM Segmentation in the folders given as the program reads it (dump-segments), compared
pixel by pixel with what independent readers (references.py) and the standard make of it."""

import argparse
import os
import subprocess
import sys
import tempfile
import warnings

try:
    import numpy as np
    import pydicom
    from pydicom.pixel_data_handlers import rle_handler

    import references
except ImportError as missing:
    print('skipped:', missing)
    sys.exit(77)

warnings.simplefilter('ignore')
CLASSES = {'1.2.840.10008.5.1.4.1.1.66.4', '1.2.840.10008.5.1.4.1.1.66.7'}
KINDS = {('BINARY', None): '0', ('FRACTIONAL', 'PROBABILITY'): '1',
         ('FRACTIONAL', 'OCCUPANCY'): '2', ('LABELMAP', None): '3'}


def segmentations(folders):
    for place in folders:
        for folder, _, names in sorted(os.walk(place)):
            for name in sorted(names):
                path = os.path.join(folder, name)
                try:
                    ds = pydicom.dcmread(path, stop_before_pixels=True)
                except Exception:
                    continue
                if ds.get('SOPClassUID') in CLASSES:
                    yield path


def group(ds, frame, name):
    """The first item of a functional group, the frame's own before what all share, or None."""
    every, shared = ds.get('PerFrameFunctionalGroupsSequence'), ds.get(
        'SharedFunctionalGroupsSequence')
    for owner in ([every[frame]] if every and frame < len(every) else []) + list(shared or [])[:1]:
        if owner.get(name):
            return owner.get(name)[0]
    return None


def tiles(ds):
    if ds.get('DimensionOrganizationType') != 'TILED_FULL':
        return 0
    return -(-ds.TotalPixelMatrixColumns // ds.Columns) * -(-ds.TotalPixelMatrixRows // ds.Rows)


def source_of(ds, frame):
    derivation = group(ds, frame, 'DerivationImageSequence')
    if derivation is None or not derivation.get('SourceImageSequence'):
        return '', 0
    image = derivation.SourceImageSequence[0]
    return image.ReferencedSOPInstanceUID, int(image.get('ReferencedFrameNumber', 1)) - 1


def masks(ds, frames, threshold):
    """(frame, segment number) -> what is set, without what is empty."""
    found = {}
    for i, values in enumerate(frames):
        if ds.SegmentationType == 'LABELMAP':
            background = ds.get('PixelPaddingValue')
            for label in (s.SegmentNumber for s in ds.SegmentSequence):
                if label != background:
                    found[i, label] = values == label
            continue
        if tiles(ds):
            number = ds.SegmentSequence[i // tiles(ds)].SegmentNumber
        else:
            number = group(ds, i, 'SegmentIdentificationSequence').ReferencedSegmentNumber
        if ds.SegmentationType == 'FRACTIONAL':
            found[i, number] = values / ds.MaximumFractionalValue >= threshold
        else:
            found[i, number] = values != 0
    return {key: mask for key, mask in found.items() if mask.any()}


def parse(lines):
    """Our lines as head, segments, and frames with their masks."""
    head, segments, frames = {}, [], []
    for fields in (line.split('\t') for line in lines):
        if fields[0] == 'segment':
            segments.append({'segment': fields[1:]})
        elif fields[0] == 'frame':
            frames.append({'frame': fields[1:], 'spans': []})
        elif fields[0] == 'span':
            frames[-1]['spans'].append([int(v) for v in fields[1:]])
        else:
            owner = frames[-1] if frames else segments[-1] if segments else head
            owner.setdefault('note' if fields[0] == 'note' else ' '.join(fields[:2])
                             if fields[0] == 'code' else fields[0], fields[1:])
    return head, segments, frames


def paint(ds, spans):
    mask = np.zeros((ds.Rows, ds.Columns), bool)
    for row, first, end in spans:
        mask[row, first:end] = True
    return mask


def near(ours, right, what):
    if len(ours) != len(right) or not np.allclose([float(v) for v in ours], right, 1e-6, 1e-5):
        yield '%s %s instead of %s' % (what, ours, right)


def compare_plane(ds, frame, ours):
    position = group(ds, frame, 'PlanePositionSequence')
    directions = group(ds, frame, 'PlaneOrientationSequence')
    measures = group(ds, frame, 'PixelMeasuresSequence')
    yield from near(ours['plane'], position.ImagePositionPatient if position else [], 'position')
    yield from near(ours['directions'],
                    directions.ImageOrientationPatient if directions else [], 'directions')
    yield from near(ours['spacing'], measures.PixelSpacing if measures else [0, 0], 'spacing')


def code_of(ds, *names):
    for name in names[:-1]:
        ds = ds.get(name)[0] if ds.get(name) else pydicom.Dataset()
    codes = ds.get(names[-1])
    return [str(codes[0].get(n, '')) for n in
            ('CodeValue', 'CodingSchemeDesignator', 'CodeMeaning')] if codes else None


def srgb_of(lab):
    """PS3.3 C.10.7.1.1: CIELab of white point D50, by the usual formulas and Bradford's matrix."""
    L, a, b = lab[0] / 655.35, lab[1] * 255 / 65535 - 128, lab[2] * 255 / 65535 - 128
    f = np.array([(L + 16) / 116 + a / 500, (L + 16) / 116, (L + 16) / 116 - b / 200])
    xyz = np.where(f > 6 / 29, f ** 3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * [0.96422, 1, 0.82521]
    adapt = np.array([[0.9555766, -0.0230393, 0.0631636], [-0.0282895, 1.0099416, 0.0210077],
                      [0.0122982, -0.0204830, 1.3299098]])
    rgb = np.array([[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560],
                    [0.0556434, -0.2040259, 1.0572252]]) @ adapt @ xyz
    rgb = np.clip(rgb, 0, 1)
    return np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055) * 255


def colour_of(ds, segment):
    if 'RecommendedDisplayCIELabValue' in segment:
        return srgb_of(segment.RecommendedDisplayCIELabValue)
    if ds.PhotometricInterpretation != 'PALETTE COLOR':
        return None
    out = []
    for name in ('Red', 'Green', 'Blue'):
        n, first, bits = ds[name + 'PaletteColorLookupTableDescriptor'].value
        table = np.frombuffer(ds[name + 'PaletteColorLookupTableData'].value,
                              'u1' if bits == 8 else '<u2')
        out.append(table[np.clip(segment.SegmentNumber - first, 0, n - 1)] >> (bits - 8))
    return np.array(out)


def compare_segment(ds, right, ours):
    said = [str(right.SegmentNumber)] + [' '.join(str(right.get(n, '') or '').split()) for n in (
        'SegmentLabel', 'SegmentDescription', 'SegmentAlgorithmType', 'SegmentAlgorithmName')]
    algorithm = right.get('SegmentationAlgorithmIdentificationSequence')
    if algorithm and not said[4]:
        said[4] = algorithm[0].AlgorithmName
    if [' '.join(v.split()) for v in ours['segment'][:5]] != said:
        yield 'segment %s instead of %s' % (ours['segment'], said)
    kind, place = 'SegmentedPropertyTypeCodeSequence', 'AnatomicRegionSequence'
    for name, code in (
            ('category', code_of(right, 'SegmentedPropertyCategoryCodeSequence')),
            ('type', code_of(right, kind)),
            ('type-modifier', code_of(right, kind, 'SegmentedPropertyTypeModifierCodeSequence')),
            ('region', code_of(right, place)),
            ('region-modifier', code_of(right, place, 'AnatomicRegionModifierSequence'))):
        if ours.get('code ' + name, [name, None])[1:] != (code or [None]):
            yield '%s %s instead of %s' % (name, ours.get('code ' + name), code)
    colour = colour_of(ds, right)
    if (colour is None) != ('colour' not in ours):
        yield 'a colour too many or too few'
    elif colour is not None and np.abs(
            colour - [int(ours['colour'][0][i:i + 2], 16) for i in (0, 2, 4)]).max() > 1.5:
        yield 'colour %s instead of %s' % (ours['colour'], colour)


def compare(ds, frames, lines, threshold):
    """Words on each difference."""
    head, segments, ours = parse(lines)
    wanted = [s for s in ds.SegmentSequence if ds.SegmentationType != 'LABELMAP' or
              s.SegmentNumber != ds.get('PixelPaddingValue')]
    if head['kind'] != [KINDS[ds.SegmentationType, ds.get('SegmentationFractionalType')]]:
        yield 'kind %s' % head['kind']
    if head['uids'] != [ds.SOPInstanceUID, ds.SeriesInstanceUID, ds.get('FrameOfReferenceUID', '')]:
        yield 'uids %s' % head['uids']
    if len(segments) != len(wanted):
        yield '%u segments instead of %u' % (len(segments), len(wanted))
        return
    for right, mine in zip(wanted, segments):
        yield from compare_segment(ds, right, mine)
    right = masks(ds, frames, threshold)
    keys = [(int(f['frame'][0]), wanted[int(f['frame'][1])].SegmentNumber) for f in ours]
    if keys != sorted(right):
        yield 'masks of %s instead of %s' % (keys[:5], sorted(right)[:5])
        return
    for key, mine in zip(keys, ours):
        if (paint(ds, mine['spans']) != right[key]).any():
            yield 'mask of frame %u, segment %u' % key
        if (mine['frame'][2], int(mine['frame'][3])) != source_of(ds, key[0]):
            yield 'source %s' % mine['frame']
        yield from compare_plane(ds, key[0], mine)


def read_packed_rle(path, frames):
    """Bits of which eight make a byte before it is coded, which pydicom's handler refuses: its
    PackBits, one segment a frame (PS3.5 G)."""
    ds, streams = references.codestreams(path, frames)
    out = []
    for stream in streams:
        begin = int.from_bytes(stream[4:8], 'little')
        packed = bytes(rle_handler._rle_decode_segment(stream[begin:]))
        bits = np.unpackbits(np.frombuffer(packed, 'u1'), bitorder='little')
        out.append(references.by_header(ds, bits[:ds.Rows * ds.Columns]))
    return out


def read_dcmseg(dcmseg, path, ds, frames):
    """By DCMTK's library for segmentations (tests/bench/peer-segment.cc)."""
    with tempfile.NamedTemporaryFile() as out:
        done = subprocess.run([dcmseg, path, out.name], capture_output=True, timeout=60)
        if done.returncode:
            return None
        pixels = np.fromfile(out.name, 'u1')
    if pixels.size != ds.Rows * ds.Columns * len(frames):
        return None
    pixels = pixels.reshape((len(frames), ds.Rows, ds.Columns))
    return [references.Samples(pixels[f], ds.PhotometricInterpretation, 8) for f in frames]


def answers(dcmseg, path, ds, syntax, frames):
    found = references.answers(path, syntax, frames)
    if ds.BitsAllocated == 1 and syntax in references.JPEG_2000:
        del found['pydicom']  # Pillow hands out nothing but zeros
    if ds.BitsAllocated == 1 and syntax == references.RLE:
        found['packbits'] = read_packed_rle(path, frames)
    if os.path.exists(dcmseg) and (samples := read_dcmseg(dcmseg, path, ds, frames)):
        found['dcmseg'] = samples
    return found


def judge(dump, dcmseg, path):
    """Readers that agree with us, and words on each difference."""
    ds = pydicom.dcmread(path)
    syntax, number = references.transfer_syntax(path), int(ds.get('NumberOfFrames') or 1)
    read = answers(dcmseg, path, ds, syntax, range(number))
    agreed, differences = [], []
    for threshold in (0.5, 0.2, 1) if ds.SegmentationType == 'FRACTIONAL' else (0.5,):
        done = subprocess.run([dump, path, str(threshold)], capture_output=True, timeout=60)
        if done.returncode:
            return [], [done.stderr.decode().strip()]
        for reader, samples in read.items():
            frames = [s.values for s in samples]
            found = list(compare(ds, frames, done.stdout.decode().splitlines(), threshold))
            differences += ['%s, %s: %s' % (reader, threshold, f) for f in found[:3]]
            agreed += [] if found else [reader]
    return sorted(set(agreed)), differences


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('folders', nargs='*')
    parser.add_argument('--dump', default='dump-segments')
    parser.add_argument('--dcmseg', default='peer-segment', help='where it is there')
    arguments = parser.parse_args()
    bad = n = 0
    for path in segmentations(arguments.folders):
        agreed, differences = judge(arguments.dump, arguments.dcmseg, path)
        good = agreed and not differences
        bad, n = bad + (not good), n + 1
        print('%-60s %s' % (os.path.basename(path), 'as ' + ', '.join(agreed) if good else
                            'DIFFERENT: ' + '; '.join(differences or ['no reference reads it'])))
    if n == 0:
        print('skipped: there is none in', arguments.folders)
        return 77
    print('%u segmentations, %u wrong' % (n, bad))
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
