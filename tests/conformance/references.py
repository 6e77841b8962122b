# SPDX-License-Identifier: Apache-2.0
"""What independent programs read in a DICOM file: stored values by pydicom, GDCM, DCMTK and
OpenJPEG, each with its own parser or decoder. Nothing is shared with the program under test."""

import dataclasses
import os
import pickle
import signal
import subprocess
import tempfile
import zlib

import gdcm
import numpy as np
import pydicom
from pydicom.encaps import generate_pixel_data_frame
from pydicom.pixel_data_handlers import numpy_handler, pillow_handler, rle_handler

pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

RLE, DEFLATED_FRAME = '1.2.840.10008.1.2.5', '1.2.840.10008.1.2.8.1'
JPEG = {'1.2.840.10008.1.2.4.' + n for n in ('50', '51', '57', '70')}
JPEG_LOSSY = {'1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.51'}
JPEG_LS = {'1.2.840.10008.1.2.4.' + n for n in ('80', '81')}
JPEG_2000 = {'1.2.840.10008.1.2.4.' + n for n in ('90', '91', '92', '93', '201', '202', '203')}


@dataclasses.dataclass
class Samples:
    """One frame: rows x columns (x 3) stored values, right-aligned and sign-extended."""
    values: np.ndarray
    photometric: str
    stored: int


class NotRead(Exception):
    pass


def aligned(words, allocated, stored, high, signed):
    """PS3.5 8.1.1: the bits from High Bit down, Bits Stored of them, sign-extended."""
    if words.dtype.kind == 'f':
        return words.astype(np.float64)
    bits = words.astype(np.int64) & ((1 << allocated) - 1)
    bits = bits >> (high + 1 - stored) & ((1 << stored) - 1)
    return np.where(bits >> (stored - 1) & 1, bits - (1 << stored), bits) if signed else bits


def by_header(ds, words, photometric=None):
    allocated = int(ds.get('BitsAllocated', 8 * words.dtype.itemsize))
    stored = int(ds.get('BitsStored', allocated))
    high = int(ds.get('HighBit', stored - 1))
    if not 0 < stored <= allocated or not stored - 1 <= high < allocated:
        raise NotRead('the header contradicts itself')
    shape = (ds.Rows, ds.Columns) + ((3,) if ds.get('SamplesPerPixel', 1) == 3 else ())
    signed = ds.get('PixelRepresentation', 0) == 1
    values = aligned(words.reshape(shape), allocated, stored, high, signed)
    return Samples(values, photometric or ds.get('PhotometricInterpretation', ''), stored)


def read_pydicom(path, frames):
    ds = pydicom.dcmread(path, force=True)
    number = int(ds.get('NumberOfFrames', 1) or 1)
    pydicom.config.pixel_data_handlers = [numpy_handler, rle_handler, pillow_handler]
    every = ds.pixel_array.reshape((max(number, 1), -1))
    return [by_header(ds, every[f]) for f in frames]


def read_gdcm(path, frames):
    reader = gdcm.ImageReader()
    reader.SetFileName(path)
    if not reader.Read():
        raise NotRead('GDCM refuses')
    image = reader.GetImage()
    layout = image.GetPixelFormat()
    kinds = {'UINT12': 'u2', 'INT12': 'i2', 'SINGLEBIT': 'u1', 'FLOAT32': 'f4', 'FLOAT64': 'f8'}
    kind = layout.GetScalarTypeAsString()
    kind = kinds.get(kind) or kind[0].lower() + str(int(kind.strip('UINT')) // 8)
    data = image.GetBuffer().encode('utf-8', 'surrogateescape')
    if layout.GetScalarTypeAsString() == 'SINGLEBIT':
        raise NotRead('GDCM hands out packed bits')
    rows, columns, channels = image.GetRows(), image.GetColumns(), layout.GetSamplesPerPixel()
    number = image.GetDimension(2) if image.GetNumberOfDimensions() > 2 else 1
    every = np.frombuffer(data, kind)[:number * rows * columns * channels]
    every = every.reshape((number, -1))
    out = []
    for f in frames:
        one = every[f].reshape((rows, columns, channels))
        if channels == 3 and image.GetPlanarConfiguration() == 1:
            one = every[f].reshape((3, rows, columns)).transpose((1, 2, 0))
        values = aligned(one, layout.GetBitsAllocated(), layout.GetBitsStored(),
                         layout.GetHighBit(), layout.GetPixelRepresentation() == 1)
        photometric = str(image.GetPhotometricInterpretation()).strip()
        out.append(Samples(values if channels == 3 else values[:, :, 0], photometric,
                           layout.GetBitsStored()))
    return out


def read_dcmtk(path, frames):
    """DCMTK's decoders, then pydicom's reading of the uncompressed file that they write."""
    syntax = transfer_syntax(path)
    tool = ('dcmdjpeg' if syntax in JPEG else 'dcmdjpls' if syntax in JPEG_LS else
            'dcmdrle' if syntax == RLE else 'dcmconv')
    with tempfile.NamedTemporaryFile(suffix='.dcm') as plain:
        options = {'dcmconv': ['+te']}.get(tool, [])
        if tool == 'dcmdjpeg' and syntax not in JPEG_LOSSY:
            options = ['+cn']  # it would convert colours in integers, off by one here and there
        arguments = [tool] + options + [path, plain.name]
        done = subprocess.run(arguments, capture_output=True, timeout=60)
        if done.returncode:
            raise NotRead('DCMTK refuses')
        if transfer_syntax(plain.name) in JPEG_2000 | {DEFLATED_FRAME}:
            raise NotRead('DCMTK does not know the syntax')
        return read_pydicom(plain.name, frames)


def transfer_syntax(path):
    ds = pydicom.dcmread(path, force=True, stop_before_pixels=True)
    return str(getattr(ds.file_meta, 'TransferSyntaxUID', ''))


def codestreams(path, frames):
    ds = pydicom.dcmread(path, force=True)
    number = int(ds.get('NumberOfFrames', 1) or 1)
    every = list(generate_pixel_data_frame(ds.PixelData, number))
    return ds, [every[f] for f in frames]


def read_openjpeg(path, frames):
    ds, streams = codestreams(path, frames)
    out = []
    for stream in streams:
        stream = stream[stream.index(b'\xff\x4f\xff\x51'):]  # without the boxes of a JP2 file
        channels = int.from_bytes(stream[40:42], 'big')
        signed, precision = stream[42] >> 7, (stream[42] & 127) + 1
        transform = stream[stream.index(b'\xff\x52') + 8]
        with tempfile.TemporaryDirectory() as folder:
            with open(folder + '/in.j2k', 'wb') as f:
                f.write(stream)
            subprocess.run(['opj_decompress', '-i', folder + '/in.j2k', '-o',
                            folder + '/out.rawl'], capture_output=True, timeout=60, check=True)
            words = np.fromfile(folder + '/out.rawl', 'u1' if precision <= 8 else '<u2')
        words = words.reshape((channels, ds.Rows, ds.Columns)).transpose((1, 2, 0))
        signed = signed or ds.get('PixelRepresentation', 0) == 1
        values = aligned(words, 8 * words.dtype.itemsize, precision, precision - 1, signed)
        photometric = 'RGB' if channels == 3 and transform else ds.PhotometricInterpretation
        out.append(Samples(values if channels == 3 else values[:, :, 0], photometric, precision))
    return out


def read_zlib(path, frames):
    ds, streams = codestreams(path, frames)
    out = []
    for stream in streams:
        data = zlib.decompressobj(-15).decompress(stream)
        if ds.BitsAllocated == 1:
            words = np.unpackbits(np.frombuffer(data, 'u1'), bitorder='little')
        else:
            words = np.frombuffer(data, '<u%d' % (ds.BitsAllocated // 8))
        out.append(by_header(ds, words[:ds.Rows * ds.Columns * ds.SamplesPerPixel]))
    return out


READERS = {'pydicom': read_pydicom, 'gdcm': read_gdcm, 'dcmtk': read_dcmtk}


def holds_jpeg_2000(path):
    try:
        return codestreams(path, [0])[1][0][:2] == b'\xff\x4f'
    except Exception:
        return False


def readers_of(path, syntax):
    readers = dict(READERS)
    if syntax in JPEG_2000 or holds_jpeg_2000(path):
        readers['openjpeg'] = read_openjpeg
    if syntax == DEFLATED_FRAME:
        readers['zlib'] = read_zlib
    return readers


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except BaseException as e:
        return NotRead('%s: %s' % (type(e).__name__, e))


def isolated(function, *arguments):
    """The answer of `function`, or an exception: out of a child process, since some of these
    readers abort or hang on damaged files."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.dup2(2, 1)
        signal.alarm(60)
        with os.fdopen(write_end, 'wb') as f:
            pickle.dump(attempt(function, *arguments), f, protocol=4)
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, 'rb') as f:
        data = f.read()
    status = os.waitpid(child, 0)[1]
    return pickle.loads(data) if status == 0 else NotRead('ended by signal %d' % (status & 127))


def answers(path, syntax, frames):
    """Reader -> samples of each of `frames`, of those that read the file."""
    readers = readers_of(path, syntax)
    found = isolated(lambda: {r: attempt(f, path, frames) for r, f in readers.items()})
    if isinstance(found, Exception):  # one took the others with it
        found = {r: isolated(f, path, frames) for r, f in readers.items()}
    return {r: a for r, a in found.items() if not isinstance(a, Exception)}
