#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where the program lays segmentations on series (dump-fit), compared pixel by pixel with a
resampling in numpy of what pydicom and nibabel read: on the images they were made from, and on made
series of other spacing, direction and place. Contours against masks of plastimatch. Volumes against
those that other programs published."""

import argparse
import glob
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
    from pydicom.dataset import Dataset, FileMetaDataset
except ImportError as missing:
    print('skipped:', missing)
    sys.exit(77)

warnings.simplefilter('ignore')
# Places within this part of a pixel or plane of half-way may go either way.
HALF_WAY = 5e-3

# segmentation, images, how many of the series it has to lie on
CASES = [
    ('ucsf_br06_breast_mr_seg/seg/*.dcm', 'ucsf_br06_breast_mr_seg/dce', 3),
    ('ucsf_br06_breast_mr_seg/seg/*.dcm', 'ucsf_br06_breast_mr_seg/pe1', 1),
    ('qin_hn0024_pet_seg/seg/*.dcm', 'qin_hn0024_pet_seg/pet', 1),
    ('dcmqi/seg/liver.dcm', 'dcmqi/ct3slice', 1),
    ('dcmqi/seg/partial_overlaps.dcm', 'dcmqi/ct3slice', 1),
    ('dcmqi/23x38x3/seg/label.seg', 'dcmqi/23x38x3/image', 1),
    ('dcmqi/23x38x3/seg/label.seg', 'dcmqi/23x38x3/multiframe', 1),
    ('dcmqi/24x38x3/seg/label.seg', 'dcmqi/24x38x3/image', 1),
    ('dcmqi/24x38x3/seg/label.seg', 'dcmqi/24x38x3/multiframe', 1),
    ('dcmqi/seg/sparse-labelmap-noppv.dcm', 'dcmqi/24x38x3/image', 1),
    ('dcmqi/seg/sparse-labelmap-ppv5.dcm', 'dcmqi/24x38x3/image', 1),
    ('highdicom/seg_image_ct_binary.dcm', '../conformance/pydicom/dicomdirtests/77654033/CT2', 1),
    ('highdicom/seg_image_ct_binary_overlap.dcm',
     '../conformance/pydicom/dicomdirtests/77654033/CT2', 1),
    ('highdicom/seg_image_ct_true_fractional.dcm',
     '../conformance/pydicom/dicomdirtests/77654033/CT2', 1),
    ('highdicom/seg_image_ct_binary_single_frame.dcm', 'highdicom/ct_image.dcm', 1),
    ('totalseg_ct/nifti/example_seg_dicom.nii.gz', 'totalseg_ct/ct_dicom', 1),
]
CONTOURS = [
    ('sts001_thigh_pet_mr_rtstruct/rtstruct_mr_t2/*.dcm', 'sts001_thigh_pet_mr_rtstruct/mr_t2'),
    ('sts001_thigh_pet_mr_rtstruct/rtstruct_fdg_pet/*.dcm', 'sts001_thigh_pet_mr_rtstruct/pet'),
    ('sts_001_cropped_ct_mr_pet_rtstruct/ct_rtstruct/RS.dcm',
     'sts_001_cropped_ct_mr_pet_rtstruct/ct'),
    ('sts_001_cropped_ct_mr_pet_rtstruct/mr_t1_rtstruct/RS.dcm',
     'sts_001_cropped_ct_mr_pet_rtstruct/mr_t1'),
    ('sts_001_cropped_ct_mr_pet_rtstruct/pet_rtstruct/RS.dcm',
     'sts_001_cropped_ct_mr_pet_rtstruct/pet'),
]
# A report of dcmqi (TID 1500) on a segmentation: Volume of its first segment in ml.
PUBLISHED = [('dcmqi/sr_tid1500/seg.dcm', 'dcmqi/sr_tid1500/sr.dcm')]


class Plane:
    def __init__(self, position, directions, spacing):
        self.position = np.array(position, float)
        self.row, self.column = np.array(directions, float).reshape(2, 3)
        self.normal = np.cross(self.row, self.column)
        self.rows, self.columns = (float(v) for v in spacing)  # between rows, between columns

    def at(self, columns, rows):
        return (self.position + np.multiply.outer(columns, self.row * self.columns)
                + np.multiply.outer(rows, self.column * self.rows))


def group(ds, frame, name):
    every, shared = ds.get('PerFrameFunctionalGroupsSequence'), ds.get(
        'SharedFunctionalGroupsSequence')
    for owner in ([every[frame]] if every else []) + list(shared or [])[:1]:
        if owner.get(name):
            return owner.get(name)[0]
    return None


def plane_of(ds, frame):
    position = group(ds, frame, 'PlanePositionSequence') or ds
    directions = group(ds, frame, 'PlaneOrientationSequence') or ds
    measures = group(ds, frame, 'PixelMeasuresSequence') or ds
    if 'ImagePositionPatient' not in position or 'PixelSpacing' not in measures:
        return None
    return Plane(position.ImagePositionPatient, directions.ImageOrientationPatient,
                 measures.PixelSpacing)


class Source:
    """A segmentation: number of the segment -> [(plane, mask)]."""

    def __init__(self, path):
        self.path, self.frames, self.size = path, {}, None
        (self.read_nifti if '.nii' in path else self.read_dicom)(path)
        planes = [plane for frames in self.frames.values() for plane, _ in frames]
        self.plane = planes[0]
        along = sorted({round(float(p.position @ self.plane.normal), 4) for p in planes})
        gaps = np.diff(along)
        self.step = gaps.min() if len(gaps) else self.thickness
        times = self.step / self.thickness
        if times > 1.5 and abs(times - round(times)) < 0.05:  # empty frames between them
            self.step = self.thickness

    def read_dicom(self, path):
        ds = pydicom.dcmread(path)
        self.frame_of_reference = ds.get('FrameOfReferenceUID', '')
        measures = group(ds, 0, 'PixelMeasuresSequence')
        self.thickness = float(measures.get('SpacingBetweenSlices')
                               or measures.get('SliceThickness'))
        pixels = ds.pixel_array.reshape(-1, ds.Rows, ds.Columns)
        if ds.SegmentationType == 'FRACTIONAL':
            pixels = pixels >= ds.MaximumFractionalValue / 2
        if ds.SegmentationType == 'LABELMAP':
            for i, labels in enumerate(pixels):
                for segment in ds.SegmentSequence:
                    if segment.SegmentNumber != ds.get('PixelPaddingValue'):
                        self.frames.setdefault(segment.SegmentNumber, []).append(
                            (plane_of(ds, i), labels == segment.SegmentNumber))
            return
        for i, mask in enumerate(pixels):
            number = group(ds, i, 'SegmentIdentificationSequence').ReferencedSegmentNumber
            self.frames.setdefault(number, []).append((plane_of(ds, i), mask != 0))

    def read_nifti(self, path):
        image = nib.load(path)
        self.frame_of_reference = ''
        affine = np.diag([-1, -1, 1, 1]) @ image.affine
        values = np.rint(np.asanyarray(image.dataobj)).astype(int)
        steps = np.linalg.norm(affine[:3, :3], axis=0)
        self.thickness = steps[2]
        directions = np.concatenate([affine[:3, 0] / steps[0], affine[:3, 1] / steps[1]])
        for number in np.unique(values[values > 0]):
            for k in range(values.shape[2]):
                mask = (values[:, :, k] == number).T
                if mask.any():
                    self.frames.setdefault(int(number), []).append(
                        (Plane(affine[:3] @ [0, 0, k, 1], directions, steps[[1, 0]]), mask))

    def on(self, plane, shape):
        """Number -> (mask, where it may go either way) on an image."""
        rows, columns = np.indices(shape)
        points = plane.at(columns, rows)
        along = points @ self.plane.normal
        return {number: self.resample(frames, points, along)
                for number, frames in self.frames.items()}

    def resample(self, frames, points, along):
        best = np.full(along.shape, np.inf)
        second = np.full(along.shape, np.inf)
        mask = np.zeros(along.shape, bool)
        either = np.zeros(along.shape, bool)
        for plane, pixels in frames:
            away = np.abs(along - plane.position @ self.plane.normal)
            if away.min() > 0.8 * self.step:
                continue
            nearer = away < best
            second = np.where(nearer, best, np.minimum(second, away))
            best = np.minimum(best, away)
            if not nearer.any():
                continue
            x = (points - plane.position) @ plane.row / plane.columns
            y = (points - plane.position) @ plane.column / plane.rows
            i, k = np.floor(x + 0.5).astype(int), np.floor(y + 0.5).astype(int)
            inside = (i >= 0) & (k >= 0) & (i < pixels.shape[1]) & (k < pixels.shape[0])
            value = np.zeros(along.shape, bool)
            value[inside] = pixels[k[inside], i[inside]]
            close = (np.abs(x + 0.5 - np.rint(x + 0.5)) < HALF_WAY) | (
                np.abs(y + 0.5 - np.rint(y + 0.5)) < HALF_WAY)
            mask = np.where(nearer, value, mask)
            either = np.where(nearer, close, either)
        mask &= best <= self.step / 2
        either |= (np.abs(best - self.step / 2) < HALF_WAY * self.step) | (
            np.abs(best - second) < 2 * HALF_WAY * self.step)
        return mask, either


def images_of(place):
    """(SOP Instance UID, frame) -> plane and shape."""
    found = {}
    for folder, _, names in os.walk(place) if os.path.isdir(place) else [
            (os.path.dirname(place), [], [os.path.basename(place)])]:
        for name in names:
            try:
                ds = pydicom.dcmread(os.path.join(folder, name), stop_before_pixels=True)
            except Exception:
                continue
            for frame in range(int(ds.get('NumberOfFrames', 1)) if 'Rows' in ds else 0):
                uid = ds.SOPInstanceUID or ds.file_meta.MediaStorageSOPInstanceUID
                found[uid, frame] = plane_of(ds, frame), (ds.Rows, ds.Columns)
    return found


def fitted(dump, path, place):
    """Our series: images, and segments with what they measure and their masks by image."""
    done = subprocess.run([dump, path, place], capture_output=True, timeout=300)
    if done.returncode:
        raise RuntimeError(done.stderr.decode().strip())
    series = []
    for fields in (line.split('\t') for line in done.stdout.decode().splitlines()):
        if fields[0] == 'series':
            series.append({'fits': fields[3] == '1', 'images': [], 'segments': {}})
        elif fields[0] == 'image':
            series[-1]['images'].append((fields[1], int(fields[2])))
        elif fields[0] == 'segment':
            segment = {'name': fields[2], 'spans': {},
                       'measures': [float(v) for v in fields[3:]]}
            series[-1]['segments'][int(fields[1])] = segment
        elif fields[0] == 'slice':
            spans = segment['spans'].setdefault((fields[1], int(fields[2])), [])
        elif fields[0] == 'span':
            spans.append([int(v) for v in fields[1:]])
    return series


def paint(spans, shape):
    mask = np.zeros(shape, bool)
    for row, first, end in spans:
        mask[row, first:end] = True
    return mask


def compare_frames(source, series, images):
    """Words on each difference; counts what was looked at."""
    seen = lost = 0
    for key in series['images']:
        plane, shape = images[key]
        for number, (right, either) in source.on(plane, shape).items():
            ours = paint(series['segments'][number]['spans'].get(key, []), shape)
            wrong = (ours != right) & ~either
            seen += int(right.sum())
            lost += int((right & either).sum())
            if wrong.any():
                yield 'segment %d on %s: %d of %d pixels' % (
                    number, key[0][-12:], wrong.sum(), right.sum())
    if not seen:
        yield 'nothing there'
    elif lost > 0.6 * seen:
        yield '%d of %d pixels may go either way' % (lost, seen)


def write_series(folder, plane, step, n, size, frame_of_reference):
    """n images of `size` pixels, each a step beyond the last."""
    for i in range(n):
        ds = Dataset()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = pydicom.uid.CTImageStorage
        ds.SOPInstanceUID = pydicom.uid.generate_uid(entropy_srcs=[folder, str(i)])
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        ds.is_little_endian, ds.is_implicit_VR = True, False
        ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.PatientID = '2.25.1', '2.25.2', 'made'
        ds.FrameOfReferenceUID = frame_of_reference or '2.25.3'
        ds.Modality, ds.InstanceNumber, ds.SliceThickness = 'CT', i + 1, '1'
        ds.ImagePositionPatient = ['%.10g' % v for v in plane.position + i * np.array(step)]
        ds.ImageOrientationPatient = ['%.10g' % v for v in (*plane.row, *plane.column)]
        ds.PixelSpacing = ['%.10g' % plane.rows, '%.10g' % plane.columns]
        ds.Rows = ds.Columns = size
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, 'MONOCHROME2'
        ds.BitsAllocated = ds.BitsStored = 16
        ds.HighBit, ds.PixelRepresentation = 15, 0
        ds.PixelData = bytes(2 * size * size)
        pydicom.dcmwrite(os.path.join(folder, '%d.dcm' % i), ds, write_like_original=False)


def turned(plane, degrees, axis):
    """Directions turned round an axis of the patient."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    axis = np.array(axis, float) / np.linalg.norm(axis)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    rotation = np.eye(3) + s * cross + (1 - c) * cross @ cross
    return rotation @ plane.row, rotation @ plane.column


def made_series(source, folder):
    """Series round the largest frame of a segmentation: name and folder of each."""
    plane, mask = max((f for frames in source.frames.values() for f in frames),
                      key=lambda f: f[1].sum())
    rows, columns = np.nonzero(mask)
    centre = plane.at(np.array(columns.mean()), np.array(rows.mean()))
    extent = max(np.ptp(rows) * plane.rows, np.ptp(columns) * plane.columns, 8 * source.step)
    kinds = {
        'coarse': (plane.row, plane.column, 1.37, 1.61),
        'fine': (plane.row, plane.column, 0.43, 0.71),
        'flipped': (-plane.row, plane.column, 1.0, -1.0),
        'transposed': (plane.column, plane.row, 1.0, 1.0),
        'side': (plane.column, -plane.normal, 1.0, 2.0),
        'front': (plane.row, -plane.normal, 1.0, 2.0),
        'oblique': (*turned(plane, 23, (1, 2, 3)), 0.9, 0.8),
        'tilted': (plane.row, plane.column, 1.0, 1.0),
    }
    for name, (row, column, finer, thicker) in kinds.items():
        spacing = finer * max(plane.rows, extent / 128)
        size = int(min(extent * 1.2 / spacing, 160)) + 2
        normal = np.cross(row, column)
        step = normal * source.step * thicker
        if name == 'tilted':
            step = step + 0.3 * source.step * column
        # beside the grid, so that little lies half-way
        start = centre - (size / 2 + 0.21) * spacing * (row + column) - 4.13 * step
        place = os.path.join(folder, name)
        os.mkdir(place)
        write_series(place, Plane(start, (*row, *column), (spacing, spacing)), step, 9, size,
                     source.frame_of_reference)
        yield name, place


def check(dump, path, place, least, source):
    series, images = fitted(dump, path, place), images_of(place)
    on = [one for one in series if any(s['spans'] for s in one['segments'].values())]
    if len(on) < least:
        yield 'lies on %d series' % len(on)
    for one in on:
        if not one['fits'] and least:
            yield 'lies on what it does not fit'
        yield from compare_frames(source, one, images)


def check_frames(dump, data):
    for pattern, place, least in CASES:
        for path in glob.glob(os.path.join(data, pattern)) or [None]:
            if path is None or not os.path.exists(os.path.join(data, place)):
                yield pattern, ['is not there']
                continue
            source = Source(path)
            yield '%s on %s' % (pattern, place), list(
                check(dump, path, os.path.join(data, place), least, source))
            with tempfile.TemporaryDirectory() as folder:
                for name, made in made_series(source, folder):
                    least = 0 if '.nii' in path else 1
                    yield '%s on %s' % (pattern, name), list(
                        check(dump, path, made, least, source))


def plastimatch(path, place, folder):
    """Name of the region -> volume of bytes; nothing when it is not installed."""
    if not shutil.which('plastimatch'):
        return {}
    subprocess.run(['plastimatch', 'convert', '--input', path, '--referenced-ct', place,
                    '--output-prefix', folder, '--prefix-format', 'nii'],
                   capture_output=True, timeout=300, check=True)
    return {os.path.basename(name)[:-4]: nib.load(name)
            for name in glob.glob(os.path.join(folder, '*.nii'))}


def compare_contours(theirs, ours, images):
    """Words when the two have less in common than contours of thousands of pixels lose at their
    rims: plastimatch fills on a finer grid of its own."""
    affine = np.diag([-1, -1, 1, 1]) @ theirs.affine
    values, both, total = np.asanyarray(theirs.dataobj) > 0, 0, 0
    for key, (plane, shape) in images.items():
        mask = paint(ours['spans'].get(key, []), shape)
        rows, columns = np.indices(shape)
        places = (plane.at(columns, rows) - affine[:3, 3]).reshape(-1, 3)
        at = np.rint(np.linalg.solve(affine[:3, :3], places.T)).astype(int)
        good = np.all((at >= 0) & (at < np.array(values.shape)[:, None]), axis=0)
        right = np.zeros(mask.size, bool)
        right[good] = values[tuple(at[:, good])]
        both += int((right & mask.ravel()).sum())
        total += int(right.sum() + mask.sum())
    if 2 * both < 0.95 * total or not total:
        yield '%.4f in common with plastimatch' % (2 * both / max(total, 1))


def filled(plane, shape, points):
    """Pixels whose centre is in a closed line, by the edges that cross the way there."""
    x = (points - plane.position) @ plane.row / plane.columns
    y = (points - plane.position) @ plane.column / plane.rows
    mask, columns = np.zeros(shape, bool), np.arange(shape[1])
    for x0, y0, x1, y1 in zip(x, y, np.roll(x, -1), np.roll(y, -1)):
        rows = np.arange(max(int(np.ceil(min(y0, y1))), 0),
                         min(int(np.ceil(max(y0, y1))), shape[0]))
        if len(rows):
            crossing = x0 + (rows - y0) * (x1 - x0) / (y1 - y0)
            mask[rows] ^= columns[None, :] >= crossing[:, None]
    return mask


def compare_named(ds, number, ours, images):
    """Contours on the images that they name, when there is one line on each."""
    right = {}
    for roi in ds.ROIContourSequence:
        for contour in roi.get('ContourSequence', []) if roi.ReferencedROINumber == number else []:
            points = np.array(contour.ContourData, float).reshape(-1, 3)
            if not contour.get('ContourImageSequence'):
                return
            key = contour.ContourImageSequence[0].ReferencedSOPInstanceUID, 0
            if key in images:
                right[key] = right.get(key, False) ^ filled(*images[key], points)
    wrong = total = 0
    for key, (_, shape) in images.items():
        mask = paint(ours['spans'].get(key, []), shape)
        wrong += int((mask != right.get(key, np.zeros(shape, bool))).sum())
        total += int(mask.sum())
    if right and (wrong > 1e-3 * total or not total):
        yield '%d of %d pixels are others than those in the lines' % (wrong, total)


def check_contours(dump, data):
    for pattern, place in CONTOURS:
        place = os.path.join(data, place)
        path = (glob.glob(os.path.join(data, pattern)) or [''])[0]
        if not path or not os.path.isdir(place):
            yield pattern, ['is not there']
            continue
        images, ds, wrong = images_of(place), pydicom.dcmread(path), []
        upright = all(abs(plane.normal[2]) > 0.9999 for plane, _ in images.values())
        series = max(fitted(dump, path, place), key=lambda one: len(one['images']))
        with tempfile.TemporaryDirectory() as folder:
            # it knows no slices that are not axial
            theirs = plastimatch(path, place, folder) if upright else {}
            for number, ours in series['segments'].items():
                words = list(compare_named(ds, number, ours, images))
                for name, volume in theirs.items():
                    if name.replace(' ', '_') == ours['name'].replace(' ', '_'):
                        words += compare_contours(volume, ours, images)
                wrong += ['%s: %s' % (ours['name'], w) for w in words]
        yield '%s on its images' % pattern, wrong


def volumes(report):
    """Volumes in ml that a report states."""
    if report.get('ValueType') == 'NUM':
        name, value = report.ConceptNameCodeSequence[0], report.MeasuredValueSequence[0]
        unit = value.MeasurementUnitsCodeSequence[0].CodeValue
        if name.CodeMeaning == 'Volume' and unit == 'ml':
            yield float(value.NumericValue)
    for item in report.get('ContentSequence', []):
        yield from volumes(item)


def check_published(dump, data):
    """On made images where the frames of the segmentation are."""
    for name, report in PUBLISHED:
        path = os.path.join(data, name)
        if not os.path.exists(path):
            yield name, ['is not there']
            continue
        source = Source(path)
        frames = [f for frames in source.frames.values() for f in frames]
        first = min((p for p, _ in frames), key=lambda p: p.position @ p.normal)
        with tempfile.TemporaryDirectory() as folder:
            write_series(folder, first, first.normal * source.step, len(frames) + 1,
                         frames[0][1].shape[0], source.frame_of_reference)
            ours = fitted(dump, path, folder)[0]['segments'][1]['measures'][1]
        right = list(volumes(pydicom.dcmread(os.path.join(data, report))))
        yield name, [] if np.allclose([ours], right, 1e-5) else ['%g ml, not %s' % (ours, right)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--dump', required=True)
    parser.add_argument('data')
    options = parser.parse_args()
    if not os.path.isdir(options.data):
        print('skipped: no', options.data)
        return 77
    n = failed = 0
    for check_all in (check_frames, check_contours, check_published):
        for name, wrong in check_all(options.dump, options.data):
            n += 1
            failed += bool(wrong)
            for words in wrong[:5]:
                print('%s: %s' % (name, words))
    print('%d fits compared, %d differ' % (n, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
