# SPDX-License-Identifier: Apache-2.0
"""Prints the expected numbers of tests/engine/test-preprocess.c, computed in numpy: the mean of the
input and its value at PLACES (row, column, channel) for every picture below."""
import numpy as np

from preprocess import preprocess

PLACES = ((0, 0, 0), (5, 64, 1), (31, 2, 2), (64, 64, 0), (64, 64, 1), (64, 64, 2),
          (90, 17, 0), (127, 127, 2))


def pattern(rows, columns, modulus):
    y, x = np.meshgrid(np.arange(rows), np.arange(columns), indexing='ij')
    return (x * 31 + y * 17 + (x * y) % 7 * 50) % modulus


def show(name, values, **options):
    out = preprocess(values.astype(float), **options)
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
