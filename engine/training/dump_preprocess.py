# SPDX-License-Identifier: Apache-2.0
"""Prints the expected numbers of tests/engine/test-preprocess.c, computed in numpy: the mean of the
input and its value at PLACES (row, column, channel) for every picture below."""
import numpy as np

from preprocess import preprocess, preprocess_segment

PLACES = ((0, 0, 0), (5, 64, 1), (31, 2, 2), (64, 64, 0), (64, 64, 1), (64, 64, 2),
          (90, 17, 0), (127, 127, 2))


def pattern(rows, columns, modulus):
    y, x = np.meshgrid(np.arange(rows), np.arange(columns), indexing='ij')
    return (x * 31 + y * 17 + (x * y) % 7 * 50) % modulus


def disc(rows, columns, x, y, radius):
    down, across = np.meshgrid(np.arange(rows), np.arange(columns), indexing='ij')
    return (across - x) ** 2 + (down - y) ** 2 < radius ** 2


def show(name, values, mask=None, **options):
    values = values.astype(float)
    if mask is None:
        out = preprocess(values, **options)
    else:
        out = preprocess_segment(values, mask, **options)
    numbers = [out.mean(dtype=np.float64)] + [out[p] for p in PLACES]
    print(f'// {name}\n{{ ' + ', '.join(f'{v:.6f}' for v in numbers) + ' },')


ct = pattern(200, 160, 2500)
show('ct', ct - 1024, units='HU')
padded = np.where(ct < 300, np.nan, ct - 1024.)
show('ct_padded', padded, units='HU')
show('ct_region', ct - 1024, units='HU', region=(20.25, 30.5, 100.5, 60.0))
show('ct_enlarged', ct - 1024, units='HU', region=(10, 10, 40, 25))
mr = pattern(90, 130, 700)
show('mr', mr * 2.5 + 3, aspect=1.5)
show('mr_inverse', mr * 2.5 + 3, aspect=1.5, inverse=True)
show('mr_padded', np.where(mr >= 600, np.nan, mr * 2.5 + 3))
show('segment_ct', ct - 1024, disc(200, 160, 70, 90, 20), units='HU')
show('segment_small', ct - 1024, disc(200, 160, 70, 90, 3), units='HU')
show('segment_edge', ct - 1024, disc(200, 160, 155, 4, 15), units='HU')
show('segment_padded', padded, disc(200, 160, 70, 90, 20), units='HU')
show('segment_mr', mr * 2.5 + 3, disc(90, 130, 60, 40, 25), aspect=1.5, inverse=True)
