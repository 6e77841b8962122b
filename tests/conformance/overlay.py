#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Segments painted over real pictures (precedentctl render --overlay) against masks that pydicom
and numpy read from the files, outlines found by shifting them, and colours blended in integers: one
image pixel per output pixel, magnified three times, and at half the size. The picture below is the
program's own; run.py compares it with other readers."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import warnings

try:
    import numpy as np
    import pydicom
    from PIL import Image
except ImportError as missing:
    print('skipped:', missing)
    sys.exit(77)

warnings.simplefilter('ignore')
# SEG file, image (uncompressed), for which frames are found by the position of their planes.
CASES = [
    ('dcmqi/seg/liver.dcm', 'dcmqi/ct3slice/01.dcm'),
    ('dcmqi/seg/liver.dcm', 'dcmqi/ct3slice/02.dcm'),
    ('dcmqi/seg/partial_overlaps.dcm', 'dcmqi/ct3slice/01.dcm'),
    ('dcmqi/seg/partial_overlaps.dcm', 'dcmqi/ct3slice/02.dcm'),
    ('dcmqi/seg/partial_overlaps.dcm', 'dcmqi/ct3slice/03.dcm'),
    ('dcmqi/23x38x3/seg/label.seg', 'dcmqi/23x38x3/image/IMG0002.dcm'),
    ('dcmqi/24x38x3/seg/label.seg', 'dcmqi/24x38x3/image/IMG0002.dcm'),
]
FILL, EDGE = round(0.3 * 256), round(0.9 * 256)


def masks(seg_path, image):
    """By segment number, in their order: the pixels on this image."""
    seg = pydicom.dcmread(seg_path)
    found = {int(item.SegmentNumber): np.zeros((image.Rows, image.Columns), bool)
             for item in seg.SegmentSequence}
    bits = np.unpackbits(np.frombuffer(seg.PixelData, np.uint8), bitorder='little')
    size = seg.Rows * seg.Columns
    for i, frame in enumerate(seg.PerFrameFunctionalGroupsSequence):
        place = frame.PlanePositionSequence[0].ImagePositionPatient
        if max(abs(a - b) for a, b in zip(place, image.ImagePositionPatient)) < 0.01:
            number = int(frame.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
            found[number] |= bits[i * size:(i + 1) * size].reshape(seg.Rows, seg.Columns) > 0
    return found


def edge_of(mask):
    """What has a pixel that is not of the mask above, below, left or right of it."""
    around = np.pad(mask, 1)
    return mask & ~(around[:-2, 1:-1] & around[2:, 1:-1] & around[1:-1, :-2] & around[1:-1, 2:])


def blend(picture, where, colour, alpha):
    rgb = np.array([int(colour[i:i + 2], 16) for i in (1, 3, 5)])
    picture[where] = (picture[where] * (256 - alpha) + rgb * alpha + 128) // 256


def expected(plain, layers):
    picture = plain.astype(int)
    for mask, colour in layers:
        blend(picture, mask, colour, FILL)
    for mask, colour in layers:
        blend(picture, edge_of(mask), colour, EDGE)
    return picture


def render(ctl, out, *options):
    subprocess.run([ctl, 'render', '--preset', 'abdomen', '-o', out, *options], check=True)
    picture = np.array(Image.open(out))
    return np.stack([picture] * 3, 2) if picture.ndim == 2 else picture[:, :, :3]


def half(mask):
    return mask[0::2, 0::2] | mask[0::2, 1::2] | mask[1::2, 0::2] | mask[1::2, 1::2]


def compare(ctl, seg_path, image_path):
    image = pydicom.dcmread(image_path, stop_before_pixels=True)
    said = json.loads(subprocess.run([ctl, 'segments', '--json', seg_path], check=True,
                                     stdout=subprocess.PIPE).stdout)
    colours = {item['number']: item['colour'] for item in said['segments']}
    found = masks(seg_path, image)
    rows, columns = image.Rows, image.Columns
    ways = [('native', ['--native'], lambda mask: mask),
            ('magnified', ['--no-text', '--size', f'{columns * 3}x{rows * 3}'],
             lambda mask: np.kron(mask, np.ones((3, 3), bool)))]
    if rows % 2 == 0 and columns % 2 == 0:
        ways.append(('minified', ['--no-text', '--size', f'{columns // 2}x{rows // 2}'], half))
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, options, shape in ways:
            out = os.path.join(folder, 'out.png')
            plain = render(ctl, out, *options, image_path)
            painted = render(ctl, out, *options, '--overlay', seg_path, image_path)
            layers = [(shape(mask), colours[number]) for number, mask in found.items()]
            differs = (expected(plain, layers) != painted).any(2).sum()
            touched = (plain != painted).any(2).sum()
            wrong += differs > 0 or touched == 0
            print(f'{os.path.basename(seg_path)} on {os.path.basename(image_path)}, {name}: '
                  f'{touched} pixels painted, {differs} otherwise than expected')
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--ctl', required=True)
    parser.add_argument('folder')
    arguments = parser.parse_args()
    wrong = n = 0
    for seg, image in CASES:
        seg, image = (os.path.join(arguments.folder, name) for name in (seg, image))
        if os.path.exists(seg) and os.path.exists(image):
            wrong += compare(arguments.ctl, seg, image)
            n += 1
    if n == 0:
        print('skipped: nothing there')
        sys.exit(77)
    sys.exit(1 if wrong else 0)


main()
