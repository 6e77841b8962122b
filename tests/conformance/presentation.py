# SPDX-License-Identifier: Apache-2.0
"""From stored values to the picture by the standard's formulas, in numpy."""

import numpy as np
import pydicom

from references import NotRead


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
            table = lut_item(voi.VOILUTSequence[0], may_be_negative(ds, frame))
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


def has_table(ds):
    beam = (ds.get('Modality') in ('XA', 'XRF', 'RF') and  # PS3.3 C.8.7.1.1.2
            ds.get('PixelIntensityRelationship') in ('LOG', 'DISP'))
    try:
        return bool(ds.get('ModalityLUTSequence') and not beam and
                    lut_item(ds.ModalityLUTSequence[0], False))
    except NotRead:
        return False


def modality_of(ds, frame):
    """A function of stored values, and its slope (PS3.3 C.11.1)."""
    if has_table(ds):
        table = lut_item(ds.ModalityLUTSequence[0], ds.get('PixelRepresentation', 0) == 1)
        return lambda x: look_up(table, x).astype(np.float64), 1
    rescale = group(ds, frame, 'PixelValueTransformationSequence')
    slope = number(rescale, 'RescaleSlope', number(ds, 'DoseGridScaling', 1)) or 1
    intercept = number(rescale, 'RescaleIntercept', 0)
    return lambda x: x * slope + intercept, slope


def may_be_negative(ds, frame):
    """Whether the input of a VOI LUT is signed (PS3.3 C.11.2.1.1)."""
    modality, slope = modality_of(ds, frame)
    lowest = -1 if ds.get('PixelRepresentation', 0) == 1 else 0
    return lowest < 0 and not has_table(ds) or bool(modality(np.zeros(1))[0] < 0) or slope < 0


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
    down, most = samples.stored - 8, (1 << samples.stored) - 1
    values = samples.values >> down if down >= 0 else (samples.values * 255 + most // 2) // most
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
