#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""NIfTI volumes of labels as the program reads them (dump-segments), compared voxel by voxel with
nibabel and numpy: those in the folders given, and made ones of every type, byte order and
orientation."""

import argparse
import os
import subprocess
import sys
import tempfile

try:
    import nibabel as nib
    import numpy as np
except ImportError as missing:
    print('skipped:', missing)
    sys.exit(77)

LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def read(dump, path):
    """Our labels as segments (number and name), planes by frame, and spans; or why not."""
    done = subprocess.run([dump, path], capture_output=True, timeout=120)
    if done.returncode:
        return None, done.stderr.decode().strip()
    segments, frames, notes, size = [], [], [], None
    for fields in (line.split('\t') for line in done.stdout.decode().splitlines()):
        if fields[0] == 'segment':
            segments.append((int(fields[1]), fields[2]))
        elif fields[0] == 'size':
            size = int(fields[1]), int(fields[2]), float(fields[3])
        elif fields[0] == 'frame':
            frames.append({'frame': int(fields[1]), 'segment': int(fields[2]), 'spans': []})
        elif fields[0] == 'span':
            frames[-1]['spans'].append([int(v) for v in fields[1:]])
        elif fields[0] in ('plane', 'directions', 'spacing'):
            frames[-1][fields[0]] = [float(v) for v in fields[1:]]
        elif fields[0] == 'note':
            notes.append(fields[1])
    return (size, segments, frames, notes), None


def compare(path, ours):
    """Words on each difference."""
    size, segments, frames, _ = ours
    image = nib.load(path)
    values = np.asanyarray(image.dataobj)
    values = values.reshape(values.shape + (1,) * (3 - values.ndim))
    values = values[(Ellipsis,) + (0,) * (values.ndim - 3)]
    values = np.rint(np.nan_to_num(values)).astype('i8')
    affine = LPS @ image.affine
    right = [int(v) for v in np.unique(values) if v > 0]
    if [number for number, _ in segments] != right:
        yield 'labels %s instead of %s' % (segments[:5], right[:5])
        return
    if size[:2] != (values.shape[1], values.shape[0]):
        yield 'size %s' % (size,)
        return
    painted = np.zeros_like(values)
    for frame in frames:
        k = frame['frame']
        for row, first, end in frame['spans']:
            if painted[first:end, row, k].any():
                yield 'two labels in one place'
            painted[first:end, row, k] = segments[frame['segment']][0]
        steps = affine[:3, :2] / np.linalg.norm(affine[:3, :2], axis=0)
        wanted = list(affine[:3] @ [0, 0, k, 1])
        if not np.allclose(frame['plane'], wanted, 1e-6, 1e-3):
            yield 'frame %u at %s instead of %s' % (k, frame['plane'], wanted)
        if not np.allclose(frame['directions'], steps.T.ravel(), 0, 1e-5):
            yield 'directions %s instead of %s' % (frame['directions'], steps.T.ravel())
        spacing = np.linalg.norm(affine[:3, :3], axis=0)
        if not np.allclose(frame['spacing'] + [size[2]], spacing[[1, 0, 2]], 1e-5):
            yield 'spacing %s instead of %s' % (frame['spacing'], spacing)
    if (painted != values.clip(0)).any():
        yield '%u voxels differ' % (painted != values.clip(0)).sum()


def labels(rng, shape, most):
    """Blocks of labels with nothing around."""
    volume = np.zeros(shape, 'i8')
    for label in rng.choice(most, 5, False) + 1:
        low = [rng.integers(0, max(n - 3, 1)) for n in shape]
        volume[tuple(slice(a, a + 3) for a in low)] = label
    return volume


def affines(rng):
    turned, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    yield 'plain', np.diag([0.8, 1.2, 3.0, 1])
    for axes in ((1, 2, 0), (2, 0, 1), (1, 0, 2)):
        yield 'axes %u%u%u' % axes, np.block([[np.eye(3)[list(axes)] @ np.diag([2., -1., 0.5]),
                                               rng.normal(size=(3, 1)) * 50], [0, 0, 0, 1]])
    for sign in (1, -1):
        yield 'oblique %d' % sign, np.block([[turned @ np.diag([1.1, 0.9, 2.5 * sign]),
                                              rng.normal(size=(3, 1)) * 99], [0, 0, 0, 1]])


def made(folder):
    """Paths of volumes that say the same in all the ways there are."""
    rng = np.random.default_rng(7)
    n = 0
    for kind in (nib.Nifti1Image, nib.Nifti2Image):
        for order in '<>':
            for i, dtype in enumerate(('u1', 'i1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f4', 'f8')):
                name, affine = list(affines(rng))[i % 6]
                volume = labels(rng, (7 + i, 9, 4), 100 if dtype[1] == '1' else 30000)
                header = kind.header_class(endianness=order)
                header.set_data_dtype(order + dtype)
                image = kind(volume.astype(order + dtype), affine, header)
                both = i % 3
                image.set_sform(affine, 2 if both != 1 else 0)
                # Where both are there and differ, the sform counts.
                image.set_qform(np.eye(4) if both == 2 else affine, 1 if both else 0)
                n += 1
                path = os.path.join(folder, '%02u %s.nii%s' % (n, name, '.gz' if n % 2 else ''))
                image.to_filename(path)
                yield path
    scaled = nib.Nifti1Image((labels(rng, (8, 8, 3), 50) * 2).astype('i2'), np.eye(4))
    scaled.header.set_slope_inter(0.5, 0)
    scaled.to_filename(os.path.join(folder, 'scaled.nii'))
    # What nibabel has just written is scaled by it; write the halves as they are.
    with open(os.path.join(folder, 'scaled.nii'), 'r+b') as file:
        file.seek(112)
        file.write(np.array([0.5, 1], '<f4').tobytes())
    yield os.path.join(folder, 'scaled.nii')
    flat = nib.Nifti1Image(labels(rng, (8, 8, 3), 50)[:, :, 0].astype('u1'), np.eye(4))
    flat.to_filename(os.path.join(folder, 'flat.nii.gz'))
    yield os.path.join(folder, 'flat.nii.gz')
    many = np.stack([labels(rng, (8, 8, 3), 50)] * 3, -1).astype('i2')
    nib.Nifti1Image(many, np.eye(4)).to_filename(os.path.join(folder, 'many.nii'))
    yield os.path.join(folder, 'many.nii')
    holes = labels(rng, (8, 8, 3), 50).astype('f4')
    holes[0] = np.nan
    nib.Nifti1Image(holes, np.eye(4)).to_filename(os.path.join(folder, 'nan.nii'))
    yield os.path.join(folder, 'nan.nii')


def is_picture(path):
    values = np.asanyarray(nib.load(path).dataobj)
    return (values != np.rint(values)).any() or len(np.unique(values)) > 200


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('folders', nargs='*')
    parser.add_argument('--dump', default='dump-segments')
    arguments = parser.parse_args()
    bad = n = 0
    with tempfile.TemporaryDirectory() as folder:
        paths = [(path, False) for path in made(folder)]
        for place in arguments.folders:
            for where, _, names in sorted(os.walk(place)):
                paths += [(os.path.join(where, name), is_picture(os.path.join(where, name)))
                          for name in sorted(names) if name.endswith(('.nii', '.nii.gz'))]
        for path, picture in paths:
            ours, why = read(arguments.dump, path)
            if picture:
                found = [] if ours is None else ['a picture is read as labels']
            else:
                found = [why] if ours is None else list(compare(path, ours))
            n, bad = n + 1, bad + bool(found)
            print('%-60s %s' % (os.path.basename(path), 'DIFFERENT: ' + '; '.join(found[:3])
                                if found else 'refused: ' + why if picture else 'as nibabel'))
    print('%u volumes, %u wrong' % (n, bad))
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
