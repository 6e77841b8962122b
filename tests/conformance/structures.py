#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every RT Structure Set in the folders given as the program reads it (dump-segments), compared with
pydicom, and its contours as masks (dump-contours), compared voxel by voxel with numpy, with
plastimatch where it is there, and with the same mask as NIfTI where a folder holds both
(NAME_rtstruct beside NAME_nifti/mask.nii.gz). And the way back: outlines of made masks, as numpy and
plastimatch fill them."""

import argparse
import glob
import math
import os
import shutil
import subprocess
import sys
import tempfile
import warnings

try:
    import nibabel as nib
    import numpy as np
    import pydicom
except ImportError as missing:
    print('skipped:', missing)
    sys.exit(77)

warnings.simplefilter('ignore')
STRUCTURE_SET = '1.2.840.10008.5.1.4.1.1.481.3'
TYPES = {'POINT': 0, 'OPEN_PLANAR': 1, 'OPEN_NONPLANAR': 1, 'CLOSED_PLANAR': 2,
         'CLOSEDPLANAR_XOR': 3}
LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
NEAR = 2e-3  # of a pixel: so near to an edge readers may differ


def structure_sets(folders):
    for place in folders:
        for folder, _, names in sorted(os.walk(place)):
            for path in (os.path.join(folder, name) for name in sorted(names)):
                try:
                    ds = pydicom.dcmread(path, force=True)
                except Exception:
                    continue
                if ds.get('SOPClassUID') == STRUCTURE_SET:
                    yield path, ds


def contours_of(ds):
    """(index of the region, type, source, frame, points), in the order of the file."""
    numbers = [int(roi.ROINumber) for roi in ds.StructureSetROISequence]
    for item in ds.get('ROIContourSequence', []):
        for contour in item.get('ContourSequence', []):
            image = (contour.get('ContourImageSequence') or [pydicom.Dataset()])[0]
            yield (numbers.index(int(item.ReferencedROINumber)),
                   TYPES[contour.ContourGeometricType], image.get('ReferencedSOPInstanceUID', ''),
                   int(image.get('ReferencedFrameNumber', 1)) - 1,
                   np.array([float(v) for v in contour.ContourData]).reshape(-1, 3))


def compare_contents(ds, lines):
    """Words on each difference from pydicom."""
    head, segments, contours = {}, [], []
    for fields in (line.split('\t') for line in lines):
        if fields[0] == 'segment':
            segments.append({'segment': fields[1:]})
        elif fields[0] == 'contour':
            contours.append(fields[1:])
        else:
            (segments[-1] if segments and fields[0] != 'note' else head)[fields[0]] = fields[1:]
    if head['kind'] != ['4'] or head['title'] != [ds.StructureSetLabel]:
        yield 'head %s' % head
    frames = {roi.ReferencedFrameOfReferenceUID for roi in ds.StructureSetROISequence}
    if head['uids'][2] not in frames:
        yield 'frame of reference %s' % head['uids']
    seen = {int(o.ReferencedROINumber): o for o in ds.get('RTROIObservationsSequence', [])}
    drawn = {int(c.ReferencedROINumber): c for c in ds.get('ROIContourSequence', [])}
    for roi, mine in zip(ds.StructureSetROISequence, segments):
        n = int(roi.ROINumber)
        said = [str(n), roi.ROIName.strip(), (roi.get('ROIDescription') or '').strip(),
                roi.get('ROIGenerationAlgorithm') or '', '',
                seen[n].get('RTROIInterpretedType') or '' if n in seen else '']
        if mine['segment'] != said:
            yield 'region %s instead of %s' % (mine['segment'], said)
        colour = drawn[n].get('ROIDisplayColor') if n in drawn else None
        if mine.get('colour') != (['%02x%02x%02x' % tuple(int(c) for c in colour)]
                                  if colour else None):
            yield 'colour %s' % mine.get('colour')
    right = list(contours_of(ds))
    if len(segments) != len(ds.StructureSetROISequence) or len(contours) != len(right):
        yield '%u regions, %u contours' % (len(segments), len(contours))
        return
    for mine, (region, kind, source, frame, points) in zip(contours, right):
        if mine[:4] != [str(region), str(kind), source, str(frame)]:
            yield 'contour %s of %s' % (mine[:4], (region, kind, source, frame))
        if not np.array_equal(np.array(mine[4:], float), points.ravel()):
            yield 'points of a contour'


class Grid:
    """A volume of pixels, as NIfTI describes one, in the patient as DICOM has it."""

    def __init__(self, shape, affine):
        self.shape, self.affine = shape, affine
        self.spacing = np.linalg.norm(affine[:3, :3], axis=0)

    def numbers(self):
        steps = self.affine[:3, :3] / self.spacing
        return [*self.affine[:3, 3], *steps[:, 0], *steps[:, 1], *self.affine[:3, 2],
                self.spacing[1], self.spacing[0]]

    def save(self, path):
        nib.Nifti1Image(np.zeros(self.shape, 'u1'), LPS @ self.affine).to_filename(path)

    def places(self, points):
        """Column, row and plane of points in the patient."""
        return (np.linalg.inv(self.affine) @ np.c_[points, np.ones(len(points))].T)[:3].T


def ours(dump, path, grid, regions):
    done = subprocess.run([dump, path, str(grid.shape[1]), str(grid.shape[0]), str(grid.shape[2])] +
                          ['%.17g' % v for v in grid.numbers()], capture_output=True, timeout=120)
    masks = np.zeros((regions,) + grid.shape, bool)
    for line in done.stdout.decode().splitlines():
        region, plane, row, first, end = (int(v) for v in line.split('\t'))
        masks[region, first:end, row, plane] = True
    return masks


def inside(place, grid):
    """Pixels whose centre is in a closed contour, and those too near to its edge to tell."""
    columns, rows = grid.shape[:2]
    crossed, near = np.zeros((columns + 1, rows), bool), np.zeros((columns, rows), bool)
    for (x0, y0), (x1, y1) in zip(place[:, :2].tolist(), np.roll(place[:, :2], -1, 0).tolist()):
        low, high = min(y0, y1), max(y0, y1)
        for r in range(max(math.ceil(low), 0), min(math.ceil(high), rows)):
            at = x0 + (r - y0) * (x1 - x0) / (y1 - y0)
            crossed[min(max(math.ceil(at), 0), columns), r] ^= True
        c = np.arange(max(math.floor(min(x0, x1)), 0), min(math.ceil(max(x0, x1)) + 1, columns))
        r = np.arange(max(math.floor(low), 0), min(math.ceil(high) + 1, rows))
        c, r = np.meshgrid(c, r, indexing='ij')
        length = max((x1 - x0) ** 2 + (y1 - y0) ** 2, 1e-12)
        t = np.clip(((c - x0) * (x1 - x0) + (r - y0) * (y1 - y0)) / length, 0, 1)
        near[c, r] |= np.hypot(c - x0 - t * (x1 - x0), r - y0 - t * (y1 - y0)) < NEAR
    return np.logical_xor.accumulate(crossed, 0)[:-1], near


def numpys(ds, grid):
    """Masks by the words of prc-contour.h for closed contours; what is too near to tell; and with
    inner loops filled."""
    regions = len(ds.StructureSetROISequence)
    masks, near, filled = np.zeros((3, regions) + grid.shape, bool)
    marks = np.zeros(regions, bool)
    drawn = [(region, kind, grid.places(points)) for region, kind, _, _, points in contours_of(ds)]
    for region, kind, place in sorted(drawn, key=lambda d: -np.ptp(d[2][:, 0]) * np.ptp(d[2][:, 1])):
        marks[region] |= kind < 2
        plane = int(np.floor(place[:, 2].min() + 0.5))
        if kind < 2 or plane != np.floor(place[:, 2].max() + 0.5) or not 0 <= plane < grid.shape[2]:
            continue
        one, edge = inside(place, grid)
        here = masks[region, :, :, plane]
        hole = kind == 3 or not (one & ~here & ~edge).any()
        here[...] = here ^ one if hole else here | one
        near[region, :, :, plane] |= edge
        filled[region, :, :, plane] |= one
    near[marks] = True
    return masks, near, filled


def normal_of(drawn):
    """Across the largest closed contour, along the axis it is nearest to."""
    largest = np.array([0.0, 0.0, 1e-9])
    for points in drawn:
        area = np.cross(points, np.roll(points, -1, 0)).sum(0)
        largest = max(largest, area, key=np.linalg.norm)
    largest /= np.linalg.norm(largest)
    return largest * np.sign(largest[np.abs(largest).argmax()])


def grid_around(ds):
    """A grid of a made spacing round all contours, the planes where they lie."""
    drawn = [points for _, kind, _, _, points in contours_of(ds)]
    normal = normal_of([d for d in drawn if len(d) > 2])
    across = np.eye(3)[np.abs(normal).argmin()]
    across = across - normal * (across @ normal)
    across /= np.linalg.norm(across)
    axes = np.array([across, np.cross(normal, across), normal])
    points = np.concatenate(drawn) @ axes.T
    heights = np.unique(np.array([(d @ normal).mean() for d in drawn]).round(1))
    step = np.diff(heights).min() if len(heights) > 1 else 5
    low, high = points.min(0), points.max(0)
    spacing = np.array([max(0.7, (high - low)[0] / 400), max(0.9, (high - low)[1] / 400), step])
    shape = tuple(int(v) for v in np.ceil((high - low)[:2] / spacing[:2]) + 7)
    planes = int(round((heights[-1] - heights[0]) / step)) + 1
    affine = np.eye(4)
    affine[:3, :3] = axes.T * spacing
    affine[:3, 3] = [low[0] - 2.3 * spacing[0], low[1] - 3.1 * spacing[1], heights[0]] @ axes
    return Grid(shape + (min(planes, 200),), affine)


def plastimatchs(path, ds, grid, folder):
    """Its masks by region, None where it writes none."""
    fixed = os.path.join(folder, 'fixed.nii.gz')
    grid.save(fixed)
    subprocess.run(['plastimatch', 'convert', '--input', path, '--fixed', fixed, '--output-prefix',
                    os.path.join(folder, 'out'), '--prefix-format', 'nii.gz'], capture_output=True,
                   timeout=120)
    for roi in ds.StructureSetROISequence:
        found = glob.glob(glob.escape(os.path.join(folder, 'out', roi.ROIName)) + '.nii.gz')
        yield np.asarray(nib.load(found[0]).dataobj) > 0 if found else None
    shutil.rmtree(os.path.join(folder, 'out'), True)


def compare_masks(mine, right, near, who):
    wrong = (mine != right) & ~near
    if wrong.any():
        yield '%u of %u voxels differ from %s' % (wrong.sum(), mine.sum(), who)


def compare_plastimatch(mine, theirs, near, filled):
    """It fills what lies in another outline, as if holes could only be keyholes. Its own rule for
    centres on an edge is another one."""
    holes = (theirs == filled) & (theirs != mine) & ~near
    found = list(compare_masks(mine ^ holes, theirs, near, 'plastimatch'))
    return found, 'plastimatch: %u at an edge, %u in holes' % (((mine != theirs) & near).sum(),
                                                               holes.sum())


def judge(arguments, path, ds, folder):
    """Words on each difference, and what else is to be said."""
    done = subprocess.run([arguments.segments, path], capture_output=True, timeout=60)
    if done.returncode:
        return [done.stderr.decode().strip()], []
    found = list(compare_contents(ds, done.stdout.decode().splitlines()))
    grid, said = grid_around(ds), []
    regions = len(ds.StructureSetROISequence)
    mine = ours(arguments.contours, path, grid, regions)
    right, near, filled = numpys(ds, grid)
    found += compare_masks(mine, right, near, 'numpy')
    said.append('%u voxels' % mine.sum())
    if shutil.which('plastimatch') and grid.affine[2, 2] == grid.spacing[2]:
        for i, theirs in enumerate(plastimatchs(path, ds, grid, folder)):
            if theirs is not None and not near[i].all():
                more, words = compare_plastimatch(mine[i], theirs, near[i], filled[i])
                found, said = found + more, said + [words]
    other = os.path.dirname(path).replace('_rtstruct', '_nifti') + '/mask.nii.gz'
    if path != other and os.path.exists(other):
        image = nib.load(other)
        values = np.asarray(image.dataobj) > 0
        both = ours(arguments.contours, path, Grid(values.shape, LPS @ image.affine), regions)
        found += compare_masks(both[0], values, np.zeros(values.shape, bool), 'the NIfTI mask')
        said.append('as the NIfTI mask')
    return found, said


def outlines_of(dump, path):
    done = subprocess.run([dump, path], capture_output=True, timeout=60)
    for line in done.stdout.decode().splitlines():
        numbers = line.split('\t')
        yield int(numbers[1]), np.array(numbers[2:], float).reshape(-1, 3)


def structures_of(outlines):
    """A structure set with one region."""
    ds = pydicom.Dataset()
    ds.file_meta = pydicom.dataset.FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
    ds.is_little_endian, ds.is_implicit_VR = True, True
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = STRUCTURE_SET
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = '1.2.3'
    ds.Modality, ds.StructureSetLabel = 'RTSTRUCT', 'made'
    roi, drawn = pydicom.Dataset(), pydicom.Dataset()
    roi.ROINumber, roi.ROIName, roi.ReferencedFrameOfReferenceUID = 1, 'made', '1.2'
    drawn.ReferencedROINumber, drawn.ContourSequence = 1, []
    for _, points in outlines:
        contour = pydicom.Dataset()
        contour.ContourGeometricType = 'CLOSED_PLANAR'
        contour.NumberOfContourPoints = len(points)
        contour.ContourData = ['%.4f' % v for v in points.ravel()]
        drawn.ContourSequence.append(contour)
    ds.StructureSetROISequence, ds.ROIContourSequence = [roi], [drawn]
    return ds


def judge_outlines(arguments, part, folder):
    """Words on each difference between a mask made by chance and what others make of its outlines."""
    rng = np.random.default_rng(int(part * 100))
    mask = rng.random((30, 25, 3)) < part
    mask[[0, -1]] = mask[:, [0, -1]] = False
    grid = Grid(mask.shape, np.array([[1.25, 0, 0, -30], [0, 1.5, 0, -20], [0, 0, 3, 5],
                                      [0, 0, 0, 1]]))
    path = os.path.join(folder, 'made.nii')
    nib.Nifti1Image(mask.astype('u1'), LPS @ grid.affine).to_filename(path)
    outlines = list(outlines_of(arguments.contours, path))
    filled = np.zeros(mask.shape, bool)
    for plane, points in outlines:
        filled[:, :, plane] |= inside(grid.places(points), grid)[0]
    if (filled != mask).any():
        yield '%u voxels differ from numpy' % (filled != mask).sum()
    if shutil.which('plastimatch'):
        ds = structures_of(outlines)
        ds.save_as(os.path.join(folder, 'made.dcm'), write_like_original=False)
        theirs = list(plastimatchs(os.path.join(folder, 'made.dcm'), ds, grid, folder))[0]
        if theirs is None or (theirs != mask).any():
            yield 'plastimatch fills them in another way'


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('folders', nargs='*')
    parser.add_argument('--segments', default='dump-segments')
    parser.add_argument('--contours', default='dump-contours')
    arguments = parser.parse_args()
    bad = n = 0
    with tempfile.TemporaryDirectory() as folder:
        for path, ds in structure_sets(arguments.folders):
            found, said = judge(arguments, path, ds, folder)
            n, bad = n + 1, bad + bool(found)
            print('%-60s %s' % (os.path.join(*path.split(os.sep)[-2:]), 'DIFFERENT: ' +
                                '; '.join(found[:3]) if found else '; '.join(said)))
        for part in (0.2, 0.5, 0.8, 0.95):
            found = list(judge_outlines(arguments, part, folder))
            n, bad = n + 1, bad + bool(found)
            print('%-60s %s' % ('outlines of %.0f %%' % (part * 100), 'DIFFERENT: ' +
                                '; '.join(found) if found else 'the same when filled'))
    print('%u compared, %u wrong' % (n, bad))
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
