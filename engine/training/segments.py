# SPDX-License-Identifier: Apache-2.0
"""How well a segment finds segments of its kind: precision at 5, leaving out its own case.

  python3 engine/training/segments.py library LIBRARY.sqlite
  python3 engine/training/segments.py variants resources/encoder.safetensors PATIENTS

`library` takes the vectors as the program wrote them and compares the crop with the whole slice
that the segment is largest on. `variants` reads the synthetic patients (`precedentctl phantom`) and
tries margins, fades and least sides of the crop in numpy. Kinds are the labels of the segments.
"""
import glob
import os
import sqlite3
import sys

import numpy as np

K = 5


def precision(similar, own, kinds_of_cases, kinds, k=K):
    """similar: queries x cases, the best of each case; own: the case of each query."""
    similar = similar.copy()
    similar[np.arange(len(own)), own] = -np.inf
    order = np.argsort(-similar, axis=1)[:, :k]
    return (kinds_of_cases[order] == kinds[:, None]).mean(1)


def best_of_cases(queries, gallery, case_of_row, n_cases):
    """Best cosine of every case for every query."""
    similar = queries @ gallery.T
    best = np.full((len(queries), n_cases), -np.inf)
    for case in range(n_cases):
        rows = case_of_row == case
        if rows.any():
            best[:, case] = similar[:, rows].max(1)
    return best


def print_table(kinds, columns):
    names = list(columns)
    print(f'{"kind":28} {"n":>4} ' + ' '.join(f'{n:>12}' for n in names))
    for kind in sorted(set(kinds)):
        chosen = kinds == kind
        print(f'{kind:28} {chosen.sum():4} ' +
              ' '.join(f'{columns[n][chosen].mean():12.3f}' for n in names))
    print(f'{"mean of kinds":28} {len(kinds):4} ' + ' '.join(
        f'{np.mean([columns[n][kinds == k].mean() for k in set(kinds)]):12.3f}' for n in names))


# --- as the program wrote it

CASE = ('JOIN slices ON slices.id = slice_id JOIN series ON series.id = slices.series_id'
        ' JOIN studies ON studies.id = study_id')


def read_library(path):
    db = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
    vector = lambda blob: np.frombuffer(blob, '<f4')
    segments = [(case, slice_id, label, vector(v)) for case, slice_id, label, v in db.execute(
        f'SELECT case_id, slice_id, label, vector FROM segment_embeddings'
        f' JOIN segments ON segments.id = segment_id {CASE}')]
    slices = [(case, slice_id, vector(v)) for case, slice_id, v in db.execute(
        f'SELECT case_id, slice_id, vector FROM embeddings {CASE}')]
    return segments, slices


def library(path):
    segments, slices = read_library(path)
    numbers = {case: i for i, case in enumerate(sorted({s[0] for s in slices}))}
    kinds = np.array([s[2] for s in segments])
    own = np.array([numbers[s[0]] for s in segments])
    of_cases = np.array(['' for _ in numbers], dtype=object)
    of_cases[own] = kinds
    by_slice = {s[1]: s[2] for s in slices}
    crops = np.stack([s[3] for s in segments])
    wholes = np.stack([by_slice[s[1]] for s in segments])
    case_of_slice = np.array([numbers[s[0]] for s in slices])
    all_slices = np.stack([s[2] for s in slices])
    print_table(kinds, {
        'crop': precision(best_of_cases(crops, crops, own, len(numbers)), own, of_cases, kinds),
        'whole slice': precision(best_of_cases(wholes, all_slices, case_of_slice, len(numbers)),
                                 own, of_cases, kinds)})


# --- variants of the crop

def read_finding(folder):
    """The slice of a synthetic case where its finding is largest; None without one."""
    import phantom
    from data import modality_values
    for label, data, stored, mask in phantom.marked_slices(folder, 1):
        spacing = data.get('PixelSpacing') or data.get('ImagerPixelSpacing') or (1, 1)
        return {'kind': label, 'values': modality_values(data, stored), 'mask': mask,
                'aspect': float(spacing[0]) / float(spacing[1]),
                'units': 'HU' if data.Modality == 'CT' else '',
                'inverse': data.PhotometricInterpretation == 'MONOCHROME1'}
    return None


def variants(weights, patients):
    import torch
    import export
    import preprocess
    model = export.load_folded(weights)
    found = [f for f in map(read_finding, sorted(glob.glob(f'{patients}/case-*'))) if f]
    kinds = np.array([f['kind'] for f in found])
    own = np.arange(len(found))

    def score(name, crop):
        inputs = np.stack([crop(f) for f in found]).transpose(0, 3, 1, 2)
        with torch.no_grad():
            vectors = np.concatenate([model(torch.from_numpy(inputs[i:i + 64].copy())).numpy()
                                      for i in range(0, len(inputs), 64)])
        hits = precision(vectors @ vectors.T, own, kinds, kinds)
        by_kind = np.mean([hits[kinds == k].mean() for k in set(kinds)])
        print(f'{name:40} {hits.mean():.3f}, mean of kinds {by_kind:.3f}', flush=True)
        return hits

    def how(f):
        return {k: f[k] for k in ('units', 'inverse', 'aspect')}

    shipped = score('as the program crops', lambda f: preprocess.preprocess_segment(
        f['values'], f['mask'], **how(f)))
    print_table(kinds, {'crop': shipped})
    score('whole slice', lambda f: preprocess.preprocess(f['values'], **how(f)))
    for margin in (0, .25, .5, 1, 2):
        for fade in (1, .5, .25, 0):
            score(f'margin {margin} fade {fade}', lambda f: preprocess.preprocess_segment(
                f['values'], f['mask'], fade=fade, margin=margin, **how(f)))
    for least in (16, 24, 32, 48, 64):
        score(f'least side {least}', lambda f: preprocess.preprocess_segment(
            f['values'], f['mask'], least=least, **how(f)))


if __name__ == '__main__':
    {'library': library, 'variants': variants}[sys.argv[1]](*sys.argv[2:])
