#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""make_seg.py FOLDER: BINARY, FRACTIONAL and LABELMAP segmentations of a hundred balls in 500 slices of
512 x 512, uncompressed, made once and kept."""
import pathlib
import sys

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence

FRAMES, SIZE, SEGMENTS = 500, 512, 100
folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(1)
centres = rng.uniform(40, SIZE - 40, (SEGMENTS, 3)) * [FRAMES / SIZE, 1, 1]
radii = rng.uniform(12, 40, SEGMENTS)
y, x = np.mgrid[0:SIZE, 0:SIZE]


def ball(i, z):
    height = radii[i] ** 2 - (z - centres[i][0]) ** 2
    return (y - centres[i][1]) ** 2 + (x - centres[i][2]) ** 2 < height if height > 0 else None


def header(sop_class, kind, frames, bits):
    d = Dataset()
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    d.file_meta.MediaStorageSOPClassUID = d.SOPClassUID = sop_class
    d.file_meta.MediaStorageSOPInstanceUID = d.SOPInstanceUID = '2.25.78.' + str(frames)
    d.StudyInstanceUID, d.SeriesInstanceUID, d.FrameOfReferenceUID = '2.25.77', '2.25.78', '2.25.79'
    d.PatientName, d.PatientID, d.Modality, d.ContentLabel = 'SYNTHETIC^BENCH', 'BENCH', 'SEG', 'BALLS'
    d.StudyDate = d.ContentDate = '20200101'
    d.StudyTime = d.ContentTime = '120000'
    d.SeriesNumber, d.InstanceNumber, d.NumberOfFrames = 1, 1, frames
    d.PatientBirthDate = d.PatientSex = d.AccessionNumber = d.StudyID = d.ReferringPhysicianName = ''
    d.Manufacturer, d.ManufacturerModelName, d.DeviceSerialNumber, d.SoftwareVersions = 'B', 'B', '1', '1'
    d.ImageType, d.LossyImageCompression = ['DERIVED', 'PRIMARY'], '00'
    d.ContentDescription, d.ContentCreatorName = '', 'BENCH'
    d.SegmentationType, d.Rows, d.Columns, d.SamplesPerPixel = kind, SIZE, SIZE, 1
    d.PhotometricInterpretation, d.PixelRepresentation = 'MONOCHROME2', 0
    d.BitsAllocated, d.BitsStored, d.HighBit = bits, bits, bits - 1
    segments = []
    for i in range(SEGMENTS):
        s = Dataset()
        s.SegmentNumber, s.SegmentLabel, s.SegmentAlgorithmType = i + 1, 'Ball %d' % (i + 1), 'MANUAL'
        s.SegmentedPropertyCategoryCodeSequence = code('123037004', 'Anatomical Structure')
        s.SegmentedPropertyTypeCodeSequence = code('64033007', 'Kidney')
        segments.append(s)
    d.SegmentSequence = Sequence(segments)
    shared = Dataset()
    shared.PlaneOrientationSequence = one(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    shared.PixelMeasuresSequence = one(PixelSpacing=[0.7, 0.7], SliceThickness=1, SpacingBetweenSlices=1)
    d.SharedFunctionalGroupsSequence = Sequence([shared])
    organization = '2.25.80'
    d.DimensionOrganizationSequence = one(DimensionOrganizationUID=organization)
    d.DimensionIndexSequence = one(DimensionOrganizationUID=organization, DimensionIndexPointer=0x00200032,
                                   FunctionalGroupPointer=0x00209113)
    return d


def one(**values):
    d = Dataset()
    for name, value in values.items():
        setattr(d, name, value)
    return Sequence([d])


def code(value, meaning):
    return one(CodeValue=value, CodingSchemeDesignator='SCT', CodeMeaning=meaning)


def group(z, segment=None):
    d = Dataset()
    d.FrameContentSequence = one(DimensionIndexValues=z + 1)
    d.PlanePositionSequence = one(ImagePositionPatient=[0, 0, z])
    image = one(ReferencedSOPClassUID='1.2.840.10008.5.1.4.1.1.2', ReferencedSOPInstanceUID='2.25.81.%d' % z,
                PurposeOfReferenceCodeSequence=code('121322', 'Source'))
    d.DerivationImageSequence = one(SourceImageSequence=image, DerivationCodeSequence=code('113076', 'Segmentation'))
    if segment is not None:
        d.SegmentIdentificationSequence = one(ReferencedSegmentNumber=segment)
    return d


def write(name, d, groups, pixels):
    d.PerFrameFunctionalGroupsSequence = Sequence(groups)
    d.PixelData = pixels
    d['PixelData'].VR = 'OB'
    d.is_little_endian, d.is_implicit_VR = True, False
    d.save_as(folder / name, write_like_original=False)


SEGMENTATION, LABEL_MAP = '1.2.840.10008.5.1.4.1.1.66.4', '1.2.840.10008.5.1.4.1.1.66.7'
if not (folder / 'binary.dcm').exists():
    frames = [(z, i, ball(i, z)) for i in range(SEGMENTS) for z in range(FRAMES)]
    frames = [(z, i, np.packbits(m, bitorder='little')) for z, i, m in frames if m is not None and m.any()]
    d = header(SEGMENTATION, 'BINARY', len(frames), 1)
    write('binary.dcm', d, [group(z, i + 1) for z, i, _ in frames], b''.join(m.tobytes() for _, _, m in frames))
if not (folder / 'labels.dcm').exists():
    labels = np.zeros((FRAMES, SIZE, SIZE), 'u1')
    for z in range(FRAMES):
        for i in range(SEGMENTS):
            if (m := ball(i, z)) is not None:
                labels[z][m] = i + 1
    d = header(LABEL_MAP, 'LABELMAP', FRAMES, 8)
    d.PixelPaddingValue = 0
    write('labels.dcm', d, [group(z) for z in range(FRAMES)], labels.tobytes())
if not (folder / 'fractional.dcm').exists():
    pixels = np.zeros((FRAMES, SIZE, SIZE), 'u1')
    for z in range(FRAMES):
        far = np.sqrt((y - 256) ** 2 + (x - 256) ** 2 + (z - 250) ** 2 * 0.3)
        pixels[z] = np.clip(255 * (1.5 - far / 150), 0, 255)
    d = header(SEGMENTATION, 'FRACTIONAL', FRAMES, 8)
    d.SegmentationFractionalType, d.MaximumFractionalValue = 'PROBABILITY', 255
    write('fractional.dcm', d, [group(z, 1) for z in range(FRAMES)], pixels.tobytes())
