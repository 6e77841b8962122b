#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""make_ct.py FOLDER SLICES [SIZE]: a CT-like series of uncompressed files, made once and kept."""
import pathlib
import sys

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset

folder, n = pathlib.Path(sys.argv[1]), int(sys.argv[2])
size = int(sys.argv[3]) if len(sys.argv) > 3 else 512
if len(list(folder.glob("*.dcm"))) == n:
    sys.exit()
folder.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(1)
noise = rng.normal(0, 20, (8, size, size))
y, x = np.mgrid[0:size, 0:size] / size - 0.5
for i in range(n):
    t = i / n
    hu = np.full((size, size), -1000.0)
    hu[(x / 0.42) ** 2 + (y / 0.3) ** 2 < 1] = 40
    for side in (-1, 1):
        hu[((x - side * 0.17) / 0.13) ** 2 + (y / (0.1 + 0.1 * np.sin(np.pi * t))) ** 2 < 1] = -830
    hu[(x / 0.05) ** 2 + ((y - 0.2) / 0.05) ** 2 < 1] = 500
    hu += noise[i % 8] + 15 * np.sin(40 * x + 9 * t) * np.sin(33 * y)
    d = Dataset()
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    d.file_meta.MediaStorageSOPClassUID = d.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    d.file_meta.MediaStorageSOPInstanceUID = d.SOPInstanceUID = f"2.25.77.{size}.{n}.{i + 1}"
    d.StudyInstanceUID, d.SeriesInstanceUID = f"2.25.77.{size}.{n}", f"2.25.77.{size}.{n}.0"
    d.FrameOfReferenceUID = f"2.25.77.{size}.{n}.9"
    d.PatientName, d.PatientID, d.Modality, d.StudyDate = "SYNTHETIC^BENCH", "BENCH", "CT", "20200101"
    d.SeriesDescription, d.SeriesNumber, d.InstanceNumber = "SYNTHETIC CT", 1, i + 1
    d.ImagePositionPatient, d.ImageOrientationPatient = [-180, -180, float(i)], [1, 0, 0, 0, 1, 0]
    d.PixelSpacing, d.SliceThickness = [360 / size, 360 / size], 1
    d.Rows = d.Columns = size
    d.SamplesPerPixel, d.PhotometricInterpretation = 1, "MONOCHROME2"
    d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = 16, 16, 15, 1
    d.RescaleSlope, d.RescaleIntercept, d.WindowCenter, d.WindowWidth = 1, 0, 40, 400
    d.PixelData = hu.astype("<i2").tobytes()
    d.is_little_endian, d.is_implicit_VR = True, False
    # Written in a mixed order, as archives hold them.
    d.save_as(folder / f"{(i * 7919) % n:05d}.dcm", write_like_original=False)
