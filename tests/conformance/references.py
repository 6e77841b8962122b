# SPDX-License-Identifier: Apache-2.0
"""What independent programs make of a DICOM file: stored values by pydicom, GDCM, DCMTK and
OpenJPEG, each with its own parser or decoder, and from there the picture by the standard's
formulas in numpy. Nothing here is shared with the program under test."""

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


# ---- stored values --------------------------------------------------------------------------


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
        arguments = [tool] + (['+te'] if tool == 'dcmconv' else []) + [path, plain.name]
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


# ---- from stored values to the picture --------------------------------------------------------


def group(ds, frame, name):
    """A functional group (PS3.3 C.7.6.16.2): of the frame, else shared; else the data set."""
    places = []
    if frame < len(ds.get('PerFrameFunctionalGroupsSequence') or []):
        places.append(ds.PerFrameFunctionalGroupsSequence[frame])
    places += list(ds.get('SharedFunctionalGroupsSequence') or [])[:1]
    for place in places:
        if place.get(name):
            return place[name].value[0]
    return ds


def number(ds, name, otherwise):
    value = ds.get(name)
    try:
        value = float(value[0] if isinstance(value, (list, pydicom.multival.MultiValue)) else value)
        return value if np.isfinite(value) else otherwise
    except (TypeError, ValueError, IndexError):
        return otherwise


def numbers(ds, name):
    value = ds.get(name)
    if value is None or value == '':
        return []
    out = []
    for one in value if isinstance(value, (list, pydicom.multival.MultiValue)) else [value]:
        try:
            out.append(float(one))
        except (TypeError, ValueError):
            out.append(np.nan)
    return out


def raw_words(ds, value):
    if isinstance(value, (bytes, bytearray)):
        return np.frombuffer(value, '<u2' if ds.is_little_endian is not False else '>u2')
    return np.atleast_1d(np.array(value, dtype=np.int64)) & 0xFFFF


def lut_item(item, signed):
    """First mapped value, largest output and entries of a LUT (PS3.3 C.11.1.1.1, C.11.2.1.1)."""
    if not item.get('LUTDescriptor') or not item.get('LUTData'):
        raise NotRead('the table is missing')
    count, first, bits = [int(v) & 0xFFFF for v in item.LUTDescriptor]
    if signed and first > 32767:
        first -= 65536
    count = count or 65536
    data = item.LUTData
    if isinstance(data, bytes) and bits == 8 and len(data) < 2 * count:
        entries = np.frombuffer(data, 'u1').astype(np.int64)
    else:
        entries = raw_words(item, data).astype(np.int64)
    if len(entries) < count or not 8 <= bits <= 16:
        raise NotRead('the table is too short')
    return first, (1 << bits) - 1, entries[:count]


def look_up(table, values):
    first, _, entries = table
    places = np.floor(values + 0.5) - first
    return entries[np.clip(places, 0, len(entries) - 1).astype(np.int64)]


def window(x, c, w, function):
    """PS3.3 C.11.2.1.2.1, C.11.2.1.3.1, C.11.2.1.3.2, output range 0 to 255."""
    if function == 'SIGMOID':
        with np.errstate(over='ignore'):
            return 255 / (1 + np.exp(-4 * (x - c) / w))
    if function == 'LINEAR_EXACT':
        return np.clip(((x - c) / w + 0.5) * 255, 0, 255)
    w = max(w, 1)
    y = ((x - (c - 0.5)) / (w - 1) + 0.5) * 255 if w > 1 else np.zeros_like(x)
    return np.where(x <= c - 0.5 - (w - 1) / 2, 0, np.where(x > c - 0.5 + (w - 1) / 2, 255, y))


def auto_window(values, usable, span):
    """prc_view_params_auto_window: the 1 % and 99 % quantiles of one in so many pixels."""
    rows, columns = values.shape
    step = int(np.ceil(np.sqrt(max(rows * columns / span, 1))))
    some = values[::step, ::step][usable[::step, ::step]]
    some = values[usable] if some.size == 0 else some
    if some.size == 0:
        return None
    low, high = np.quantile(some, [0.01, 0.99])
    if low == high:
        low, high = some.min(), some.max()
    return low, high


def choose_voi(ds, frame, modality, usable, bits, slope, integers):
    """A function of modality values to 0..255: the first VOI LUT, else the first window with a
    width above 0, else the automatic one."""
    voi = group(ds, frame, 'FrameVOILUTSequence')
    if voi.get('VOILUTSequence'):
        try:
            table = lut_item(voi.VOILUTSequence[0], modality.min() < 0 or
                             voi.VOILUTSequence[0]['LUTDescriptor'].VR == 'SS')
            return lambda x: look_up(table, x) * (255 / table[1])
        except NotRead:
            pass
    function = str(voi.get('VOILUTFunction') or 'LINEAR').strip()
    pairs = [(c, w) for c, w in zip(numbers(voi, 'WindowCenter'), numbers(voi, 'WindowWidth'))
             if np.isfinite(c) and np.isfinite(w) and w > 0]
    if function == 'LINEAR' and any(w < 1 for _, w in pairs):  # which LINEAR does not allow
        function = 'LINEAR_EXACT'
    for c, w in pairs[:1]:
        return lambda x: window(x, c, w, function)
    ends = auto_window(modality, usable, 1 << 18 if integers else 1 << 16)
    if ends is None:
        return lambda x: window(x, 127.5, 255, 'LINEAR_EXACT')
    low, high = ends
    if high > low:
        return lambda x: window(x, low + (high - low) / 2, high - low, 'LINEAR_EXACT')
    return lambda x: window(x, low, max(((1 << bits) - 1) * abs(slope), 1e-6), 'LINEAR_EXACT')


def padding(ds, stored, is_float, signed):
    """PS3.3 C.7.5.1.1.2: stored values, both ends inclusive."""
    names = (['FloatPixelPaddingValue', 'FloatPixelPaddingRangeLimit'] if is_float else
             ['PixelPaddingValue', 'PixelPaddingRangeLimit'])
    first = number(ds, names[0], np.nan)
    last = number(ds, names[1], first)
    if not is_float and np.isfinite(first):
        first, last = [(int(v) & 0xFFFF) - (65536 if signed and int(v) & 0x8000 else 0)
                       for v in (first, last)]
    return (stored >= min(first, last)) & (stored <= max(first, last))


def modality_of(ds, frame):
    """A function of stored values, and its slope (PS3.3 C.11.1)."""
    signed = ds.get('PixelRepresentation', 0) == 1
    beam = (ds.get('Modality') in ('XA', 'XRF', 'RF') and  # PS3.3 C.8.7.1.1.2
            ds.get('PixelIntensityRelationship') in ('LOG', 'DISP'))
    if ds.get('ModalityLUTSequence') and not beam:
        try:
            table = lut_item(ds.ModalityLUTSequence[0], signed)
            return lambda x: look_up(table, x).astype(np.float64), 1
        except NotRead:
            pass
    rescale = group(ds, frame, 'PixelValueTransformationSequence')
    slope = number(rescale, 'RescaleSlope', number(ds, 'DoseGridScaling', 1)) or 1
    intercept = number(rescale, 'RescaleIntercept', 0)
    return lambda x: x * slope + intercept, slope


def present_grey(ds, frame, samples, spread):
    stored = samples.values.astype(np.float64)
    is_float = samples.values.dtype.kind == 'f'
    modality, slope = modality_of(ds, frame)
    hidden = padding(ds, stored, is_float, ds.get('PixelRepresentation', 0) == 1)
    usable = ~hidden & np.isfinite(stored)
    small = not is_float and samples.stored <= 16
    voi = choose_voi(ds, frame, modality(stored), usable, 8 if samples.stored <= 8 else
                     16 if samples.stored <= 16 else 32, slope, small)
    inverse = (samples.photometric == 'MONOCHROME1' or
               ds.get('PresentationLUTShape') == 'INVERSE')
    levels = []
    for shift in (-spread, 0, spread) if spread else (0,):
        for nudge in (-1e-6, 1e-6):
            y = np.clip(voi(modality(stored + shift)), 0, 255)
            y = np.floor(np.nan_to_num(y) + 0.5 + nudge)
            levels.append(np.where(usable, 255 - y if inverse else y, 0))
    return np.minimum.reduce(levels).clip(0, 255), np.maximum.reduce(levels).clip(0, 255)


def expand_segments(words, start, stop, count):
    """PS3.3 C.7.9.2."""
    out, at = [], start
    while at + 1 < stop and len(out) < count:
        opcode, length = words[at], words[at + 1]
        at += 2
        if opcode == 0:
            out += list(words[at:at + length])
            at += length
        elif opcode == 1:
            out += list(np.floor(out[-1] + (words[at] - out[-1]) * np.arange(1, length + 1) /
                                 length + 0.5))
            at += 1
        elif opcode == 2:
            offset = (words[at] | words[at + 1] << 16) // 2
            at += 2
            end = offset
            for _ in range(length):
                end += 2 + words[end + 1] if words[end] == 0 else 3
            out += expand_segments(words, offset, end, count - len(out))
        else:
            raise NotRead('no such segment')
    return out


def palette(ds, colour):
    """PS3.3 C.7.6.3.1.5, C.7.6.3.1.6: first mapped value and 8-bit entries."""
    count, first, bits = [int(v) & 0xFFFF for v in
                          ds[colour + 'PaletteColorLookupTableDescriptor'].value]
    count = count or 65536
    if ds.get('PixelRepresentation', 0) == 1 and first > 32767:
        first -= 65536
    name = 'Segmented' + colour + 'PaletteColorLookupTableData'
    if name in ds:
        words = [int(w) for w in raw_words(ds, ds[name].value)]
        entries = np.array(expand_segments(words, 0, len(words), count))
    else:
        data = ds[colour + 'PaletteColorLookupTableData'].value
        packed = bits == 8 and len(data) < 2 * count
        entries = np.frombuffer(data, 'u1') if packed else raw_words(ds, data)
    if len(entries) < count:
        raise NotRead('the palette is too short')
    entries = entries[:count].astype(np.int64)
    return first, 255, entries >> 8 if bits > 8 and entries.max() > 255 else entries


def to_rgb(values, photometric):
    """PS3.3 C.7.6.3.1.2, solved for RGB."""
    y, b, r = [values[:, :, c].astype(np.float64) for c in range(3)]
    b, r = b - 128, r - 128
    if 'PARTIAL' in photometric:
        y, b, r = (y - 16) * 255 / 219, b * 255 / 224, r * 255 / 224
    rgb = np.stack([y + 1.402 * r, y - 0.114 * 1.772 / 0.587 * b - 0.299 * 1.402 / 0.587 * r,
                    y + 1.772 * b], axis=2)
    return np.clip(rgb, 0, 255)


def present_colour(ds, samples, spread):
    if samples.values.ndim == 2:
        rgb = np.stack([look_up(palette(ds, c), samples.values) for c in ('Red', 'Green', 'Blue')],
                       axis=2)
        return rgb, rgb
    down = samples.stored - 8
    values = samples.values >> down if down >= 0 else samples.values << -down
    if samples.photometric in ('YBR_FULL', 'YBR_FULL_422', 'YBR_PARTIAL_420', 'YBR_PARTIAL_422'):
        rgb = to_rgb(values, samples.photometric)
        low, high = np.floor(rgb + 0.5 - 1e-6), np.floor(rgb + 0.5 + 1e-6)
    else:
        low = high = values
    return np.clip(low - spread, 0, 255), np.clip(high + spread, 0, 255)


def present(ds, frame, samples, spread=0):
    """Lowest and highest level allowed for each pixel: equal but where a VOI output is a half, or
    where a lossy codec leaves `spread` stored values of room."""
    if samples.values.ndim == 3 or samples.photometric == 'PALETTE COLOR':
        return present_colour(ds, samples, spread)
    return present_grey(ds, frame, samples, spread)
