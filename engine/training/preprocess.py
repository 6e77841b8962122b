# SPDX-License-Identifier: Apache-2.0
"""The numpy twin of engine/prc-preprocess.c: from modality values to the encoder's input.

Both must give the same numbers; tests/engine/test-preprocess.c holds values computed here.
"""
import numpy as np

VERSION = 1
SIZE = 128
CT_WINDOWS = ((-600.0, 1500.0), (40.0, 400.0), (400.0, 1800.0))  # centre, width in HU
QUANTILES = (0.005, 0.995)
SEGMENT_MARGIN, SEGMENT_LEAST_SIDE, SEGMENT_FADE = 0.25, 24.0, 0.5


def box_weights(start, length, count):
    """Rows: `count` equal steps over [start, start + length); columns: pixels of unit width.

    Every step averages a box of its own width, at least one pixel wide (then this is linear
    interpolation), cut at the ends of the range.
    """
    step = length / count
    centres = start + (np.arange(count) + 0.5) * step
    half = max(step, 1.0) / 2
    low = np.maximum(centres - half, start)
    high = np.minimum(centres + half, start + length)
    return low, high


def resample_square(values, region=None, aspect=1.0, size=SIZE):
    """Area-average of `values` (rows x columns [x channels]) over the square around `region`.

    What lies outside the region counts as 0. aspect: height / width of a pixel.
    """
    rows, columns = values.shape[:2]
    x, y, width, height = region or (0.0, 0.0, float(columns), float(rows))
    side = max(width, height * aspect)
    start_x = x - (side - width) / 2
    start_y = y - (side / aspect - height) / 2
    wx = clipped(start_x, side, size, x, width, columns)
    wy = clipped(start_y, side / aspect, size, y, height, rows)
    flat = values.reshape(rows, columns, -1).astype(np.float64)
    out = np.einsum('or,rcs,pc->ops', wy, flat, wx, optimize=True)
    return out.reshape((size, size) + values.shape[2:])


def clipped(start, length, count, region_start, region_length, n):
    """Coverage by the n pixels of an axis, each cut to the region."""
    low, high = box_weights(start, length, count)
    cut_low = np.maximum(low, region_start)
    cut_high = np.minimum(high, region_start + region_length)
    left = np.arange(n)[None, :]
    inside = np.minimum(cut_high[:, None], left + 1) - np.maximum(cut_low[:, None], left)
    return np.maximum(inside, 0) / (high - low)[:, None]


def channels_ct(hu):
    """Three windows as channels in [0, 1]; not-a-number (padding) counts as the low end."""
    out = [np.clip((hu - (c - w / 2)) / w, 0, 1) for c, w in CT_WINDOWS]
    return np.nan_to_num(np.stack(out, -1), nan=0.0)


def channels_grey(values, inverse=False):
    """Between two quantiles of the finite values, in [0, 1], the same in every channel."""
    finite = values[np.isfinite(values)]
    low, high = np.quantile(finite, QUANTILES)
    if high <= low:
        low, high = finite.min(), finite.max()
    grey = np.clip((values - low) / (high - low), 0, 1)
    if inverse:
        grey = 1 - grey
    return np.repeat(np.nan_to_num(grey, nan=0.0)[..., None], 3, -1)


def preprocess(values, units='', inverse=False, region=None, aspect=1.0, size=SIZE):
    """Modality values (padding as NaN) to float32 size x size x 3 in [-1, 1]."""
    values = np.asarray(values, np.float64)
    channels = channels_ct(values) if units == 'HU' else channels_grey(values, inverse)
    return (2 * resample_square(channels, region, aspect, size) - 1).astype(np.float32)


def segment_square(mask, aspect=1.0, margin=SEGMENT_MARGIN, least=SEGMENT_LEAST_SIDE):
    """Left, top, width and height of the square around a mask; it may reach beyond the image."""
    rows, columns = np.nonzero(mask)
    left, right, top, bottom = columns.min(), columns.max() + 1, rows.min(), rows.max() + 1
    side = max(max(right - left, (bottom - top) * aspect) * (1 + 2 * margin), least)
    return (left + right - side) / 2, (top + bottom - side / aspect) / 2, side, side / aspect


def crop(values, x, y, width, height, size=SIZE):
    """Area-average of a square of `values`, which may reach beyond them; 0 is what is there."""
    rows, columns = values.shape[:2]
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + width, columns), min(y + height, rows)
    wx = clipped(x, width, size, left, right - left, columns)
    wy = clipped(y, height, size, top, bottom - top, rows)
    return np.einsum('or,rc...,pc->op...', wy, values, wx, optimize=True)


def preprocess_segment(values, mask, units='', inverse=False, aspect=1.0, size=SIZE,
                       fade=SEGMENT_FADE, **square):
    """The crop around a mask, what is beside it faded: as prc_preprocess_segment."""
    values = np.asarray(values, np.float64)
    channels = channels_ct(values) if units == 'HU' else channels_grey(values, inverse)
    faded = channels * np.where(mask, 1, fade)[..., None]
    return (2 * crop(faded, *segment_square(mask, aspect, **square), size) - 1).astype(np.float32)
