# SPDX-License-Identifier: Apache-2.0
"""Retrieval on the held-out part: gallery = train split, queries = val split, precision at 5.

  python3 engine/training/evaluate.py resources/encoder.safetensors CACHE

Beside the encoder: nearest neighbour on 32 x 32 pixels, on the same queries.
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F

import data
import export
import preprocess


def inputs_of(records, grey, hu, window=None):
    """Encoder inputs without augmentation. window: (centre, width) shows CT as a grey picture."""
    out = []
    for record in records:
        if record['kind'] == 'grey':
            channels = np.repeat(grey[record['index']][..., None] / 255., 3, -1)
        elif window:
            c, w = window
            picture = np.clip((hu[record['index']] - c) / w + .5, 0, 1)
            channels = preprocess.channels_grey(np.round(picture * 255))
        else:
            channels = preprocess.channels_ct(hu[record['index']].astype(np.float64))
        out.append(channels.astype(np.float32))
    x = torch.from_numpy(np.stack(out)).permute(0, 3, 1, 2)
    size = preprocess.SIZE
    small = F.interpolate(x, (size, size), mode='bilinear', align_corners=False, antialias=True)
    return 2 * small - 1


def vectors_of(records, grey, hu, window, function):
    """function (inputs) of all records, 128 at a time: they do not fit the memory together."""
    with torch.no_grad():
        return torch.cat([function(inputs_of(records[i:i + 128], grey, hu, window))
                          for i in range(0, len(records), 128)]).numpy()


def network(model):
    return lambda x: model(x.contiguous(memory_format=torch.channels_last))


def pixels(x):
    small = F.interpolate(x[:, :1], (32, 32), mode='bilinear', align_corners=False, antialias=True)
    flat = small.flatten(1)
    return F.normalize(flat - flat.mean(1, keepdim=True), dim=1)


def precision(queries, gallery, query_labels, gallery_labels, k=5):
    """Share of the k nearest with the query's label, for each query."""
    order = np.argsort(-queries @ gallery.T, axis=1)[:, :k]
    return (gallery_labels[order] == query_labels[:, None]).mean(1)


def table(vectors, records, kind, log):
    """Prints P@5 by data set, for class and for modality + body part."""
    train = np.array([r['split'] == 'train' for r in records])
    labels = {'class': np.array([r['class'] for r in records]),
              'anatomy': np.array([r['modality'] + '/' + r['body_part'] for r in records])}
    found = {k: precision(vectors[~train], vectors[train], v[~train], v[train])
             for k, v in labels.items()}
    names = np.array([r['dataset'] for r in records])[~train]
    means = {k: [] for k in labels}
    for name in sorted(set(names)):
        row = {k: v[names == name].mean() for k, v in found.items()}
        for k, v in row.items():
            means[k].append(v)
        print(f'{kind:8} {name:20} n {sum(names == name):4} class {row["class"]:.3f} '
              f'anatomy {row["anatomy"]:.3f}', file=log)
    print(f'{kind:8} {"mean of data sets":20} class {np.mean(means["class"]):.3f} '
          f'anatomy {np.mean(means["anatomy"]):.3f}', file=log, flush=True)


def other_windows(model, records, grey, hu, log):
    """CT of the gallery shown in one window: is the same slice first, the anatomy right?"""
    slices = [r for r in records if r['kind'] == 'hu'][::3]
    rest = [r for r in records if r['kind'] == 'grey' and r['split'] == 'train'][::4]
    gallery = slices + rest
    base = vectors_of(gallery, grey, hu, None, network(model))
    labels = np.array([r['modality'] + '/' + r['body_part'] for r in gallery])
    for name, window in (('lung', (-600, 1500)), ('soft', (40, 400)), ('bone', (400, 1800))):
        queries = vectors_of(slices, grey, hu, window, network(model))
        similar = queries @ base.T
        same = (similar.argmax(1) == np.arange(len(slices))).mean()
        hits = precision(queries, base, labels[:len(slices)], labels)
        print(f'CT as a {name} picture: same slice first {same:.3f}, anatomy P@5 {hits.mean():.3f} '
              f'(n {len(slices)})', file=log, flush=True)


def report(weights, cache, log=sys.stdout):
    records, grey, hu = data.load(cache)
    model = export.load_folded(weights).to(memory_format=torch.channels_last)
    table(vectors_of(records, grey, hu, None, pixels), records, 'pixels', log)
    table(vectors_of(records, grey, hu, None, network(model)), records, 'encoder', log)
    other_windows(model, records, grey, hu, log)


if __name__ == '__main__':
    report(sys.argv[1], sys.argv[2])
