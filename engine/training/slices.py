# SPDX-License-Identifier: Apache-2.0
"""DICOM files of a folder in order, and their pixels."""
import glob
import subprocess
import tempfile

import numpy as np
import pydicom


def decode(path):
    """The data set with readable pixels, through gdcmconv where pydicom has no decoder."""
    data = pydicom.dcmread(path, force=True)
    try:
        return data, data.pixel_array
    except Exception:
        with tempfile.NamedTemporaryFile(suffix='.dcm') as raw:
            subprocess.run(['gdcmconv', '--raw', path, raw.name], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            plain = pydicom.dcmread(raw.name, force=True)
            return data, plain.pixel_array


def series_of(folder):
    """Image files of a folder by series, each ordered along its normal."""
    series = {}
    for path in sorted(glob.glob(f'{folder}/**/*.dcm', recursive=True)):
        head = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        if 'Rows' not in head or head.get('Modality') not in ('CT', 'MR', 'PT', 'CR', 'DX'):
            continue
        position = head.get('ImagePositionPatient') or (0, 0, head.get('InstanceNumber', 0))
        orientation = np.array(head.get('ImageOrientationPatient') or (1, 0, 0, 0, 1, 0), float)
        normal = np.cross(orientation[:3], orientation[3:])
        series.setdefault(head.SeriesInstanceUID, []).append(
            (float(np.dot(normal, np.array(position, float))), path, head))
    return [sorted(files, key=lambda f: (f[0], f[1])) for files in series.values()]
