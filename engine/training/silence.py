# SPDX-License-Identifier: Apache-2.0
"""How often "nothing alike" is said of what has something alike, and how often it is not said.

  python3 engine/training/silence.py resources/encoder.safetensors CACHE shared/data

CACHE as train.py leaves it. Gallery: the labelled train split, or the half of the val split that
does not ask: pictures that the encoder was not trained on. Queries that have something alike: the
val split. Queries that have not: pictures of shared/data/conformance of kinds that the encoder was
never trained on, and the val pictures of a modality that is then left out of the gallery. The rules
are tried in numpy, 'modality' is that of engine/prc-search.c; the quantile was chosen on one half
of the queries (by group or file), the other half is what counts.
"""
import csv
import os
import sys
import zlib

import numpy as np
import torch

import data
import evaluate
import export
import preprocess
import slices

QUANTILES = (.005, .01, .02, .03, .05, .1)
UNKNOWN = ('NM', 'SM', 'US', 'OT', 'SC', 'RTDOSE')
LEFT_OUT = ('US', 'CR', 'CT', 'MR')
CHOSEN = {'library': (.01, .02), 'best': (.02,), 'modality': (.01, .02), 'part': (.02,)}
LEAST_PATIENTS = 5  # as in engine/prc-index.c


def half(name):
    return zlib.crc32(name.encode()) % 2


# --- pictures of unknown kinds

def picture(path):
    dataset, stored = slices.decode(path)
    if stored.ndim == 4 or (stored.ndim == 3 and stored.shape[-1] != 3):
        stored = stored[0]
    if 'RedPaletteColorLookupTableDescriptor' in dataset and stored.ndim == 2:
        from pydicom.pixel_data_handlers.util import apply_color_lut
        stored = apply_color_lut(stored, dataset) / 256
    elif stored.ndim == 3 and dataset.PhotometricInterpretation.startswith('YBR_FULL'):
        from pydicom.pixel_data_handlers.util import convert_color_space
        stored = convert_color_space(stored, dataset.PhotometricInterpretation, 'RGB')
    if stored.ndim == 3:
        stored = stored @ np.array([.299, .587, .114])
    inverse = dataset.PhotometricInterpretation == 'MONOCHROME1'
    return preprocess.preprocess(stored.astype(float), inverse=inverse)


def unknown_pictures(root):
    """(kind, name, input) of each; the same picture in several syntaxes stands once."""
    found = []
    for row in csv.DictReader(open(f'{root}/files.csv')):
        if row['modality'] not in UNKNOWN or not row['rows'] or 'malformed' in row['path']:
            continue
        try:
            made = picture(f'{root}/{row["path"]}')
        except Exception:
            continue
        if not any(np.abs(made - other).mean() < .02 for _, _, other in found):
            kind = 'test pattern' if 'tg18' in row['path'] else row['modality']
            found.append((kind, row['path'], made))
    return found


# --- the rules: what a cosine must reach, for the modality of the query

def nearest(vectors, groups):
    """Cosine of the nearest of another group, for each row."""
    out = np.empty(len(vectors))
    for first in range(0, len(vectors), 1024):
        similar = vectors[first:first + 1024] @ vectors.T
        similar[groups[first:first + 1024][:, None] == groups[None]] = -1
        out[first:first + 1024] = similar.max(1)
    return out


class Gallery:
    def __init__(self, vectors, modality, part, group, rows):
        self.vectors, self.group = vectors[rows], group[rows]
        modality, part = modality[rows], part[rows]
        self.modality = modality
        self.kind = np.char.add(np.char.add(modality, '/'), part)
        self.near = nearest(self.vectors, self.group)

    def levels(self, of, quantile):
        """Threshold for each modality or kind that has rows enough; '' is the whole library."""
        out = {'': np.quantile(self.near, quantile, method='lower')}
        for name in set(of):
            rows = of == name
            if len(set(self.group[rows])) >= LEAST_PATIENTS:
                out[name] = np.quantile(self.near[rows], quantile, method='lower')
        return out

    def silent(self, rule, quantile, vectors, modality):
        similar = vectors @ self.vectors.T
        best = similar.argmax(1)
        cosine = similar.max(1)
        of = self.kind if rule == 'part' else self.modality
        levels = self.levels(of, quantile)
        if rule == 'library':
            asked = [''] * len(best)
        elif rule == 'modality':  # the program's: of the query, or of the hit where it has no level
            asked = [m if m in levels else of[b] for m, b in zip(modality, best)]
        else:
            asked = of[best]
        return cosine < np.array([levels.get(a, levels['']) for a in asked])


# --- measuring

def measure(weights, cache, root, log=sys.stdout):
    records, *arrays = data.load(cache)
    records = [r for r in records if not r['dataset'].startswith(('phantom', 'series', 'crop'))]
    model = export.load_folded(weights).to(memory_format=torch.channels_last)
    kept = f'{cache}/silence.npz'
    strangers = unknown_pictures(root)
    if os.path.exists(kept) and os.path.getmtime(kept) > os.path.getmtime(weights):
        vectors, strange = np.load(kept)['vectors'], np.load(kept)['strange']
    else:
        vectors = evaluate.vectors_of(records, arrays, None, evaluate.network(model))
        inputs = torch.from_numpy(np.stack([s[2] for s in strangers])).permute(0, 3, 1, 2)
        with torch.no_grad():
            strange = evaluate.network(model)(inputs).numpy()
        np.savez(kept, vectors=vectors, strange=strange)
    column = lambda name: np.array([r[name] for r in records])
    modality, part, split = column('modality'), column('body_part'), column('split')
    group = np.array([r['dataset'] + '/' + (r['group'] or str(r['index'])) for r in records])
    halves = np.array([half(g) for g in group])
    val = split == 'val'
    kinds = np.array([s[0] for s in strangers])
    stranger_modality = np.array(['OT' if k == 'test pattern' else k for k in kinds])
    stranger_halves = np.array([half(s[1]) for s in strangers])

    which = {'trained on': lambda i: split == 'train',
             'not trained on': lambda i: val & (halves != i)}
    for name, rows in which.items():
        for i in (0, 1):
            half_of = f'half {i} ({"tuned on" if i == 0 else "measured"})'
            queries, strangers_here = val & (halves == i), stranger_halves == i
            whole = Gallery(vectors, modality, part, group, rows(i))
            without = {m: Gallery(vectors, modality, part, group, rows(i) & (modality != m))
                       for m in LEFT_OUT}
            print(f'gallery {name}, {half_of}: {queries.sum()} that have something alike, '
                  f'{strangers_here.sum()} unknown pictures', file=log)
            for rule in ('library', 'best', 'modality', 'part'):
                for quantile in QUANTILES if i == 0 else CHOSEN[rule]:
                    false = whole.silent(rule, quantile, vectors[queries], modality[queries])
                    missed = ~whole.silent(rule, quantile, strange[strangers_here],
                                           stranger_modality[strangers_here])
                    held = {m: 1 - without[m].silent(
                        rule, quantile, vectors[queries & (modality == m)],
                        np.full((queries & (modality == m)).sum(), m)).mean() for m in LEFT_OUT}
                    print(f'  {rule:8} {quantile:.3f}: false alarms {false.mean():.3f} '
                          f'({shares(false, modality[queries])}) missed {missed.mean():.2f} '
                          f'({shares(missed, kinds[strangers_here])}) modality left out '
                          f'({" ".join(f"{m} {v:.2f}" for m, v in held.items())})',
                          file=log, flush=True)
            percentiles(whole, vectors[queries], modality[queries], log)


def shares(values, names):
    return ' '.join(f'{n} {values[names == n].mean():.2f}' for n in sorted(set(names)))


def percentiles(gallery, queries, modality, log):
    """What the best hit reads, among all pairs and among those of its modality."""
    cosine = (queries @ gallery.vectors.T).max(1)
    random = np.random.default_rng(1)
    def pairs(rows):
        a, b = random.choice(rows, 20000), random.choice(rows, 20000)
        apart = gallery.group[a] != gallery.group[b]
        return np.sort((gallery.vectors[a[apart]] * gallery.vectors[b[apart]]).sum(1))
    rank = lambda sample, values: 100 * np.searchsorted(sample, values) / len(sample)
    every = rank(pairs(np.arange(len(gallery.vectors))), cosine)
    for m in LEFT_OUT:
        mine = modality == m
        own = rank(pairs(np.flatnonzero(gallery.modality == m)), cosine[mine])
        show = lambda v: f'median {np.median(v):.1f}, {(v >= 99).mean():.2f} at 99 or more'
        print(f'  best hit of {m}: library {show(every[mine])}; modality {show(own)}', file=log,
              flush=True)


if __name__ == '__main__':
    measure(*sys.argv[1:4])
