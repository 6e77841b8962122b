# SPDX-License-Identifier: Apache-2.0
"""Retrieval on the held-out part: gallery = train split, queries = val split.

  python3 engine/training/evaluate.py resources/encoder.safetensors CACHE [DATA]

By data set: precision at 5 by class and by modality with body part, mAP at 10, recall at 1. Beside
the encoder two floors on the same queries: nearest neighbour on 32 x 32 pixels and on HOG. Then CT
shown as pictures, whole cases from their slices, and, with DATA, organs on TotalSegmentator's CT.
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F

import data
import export
import preprocess


def channels_of(record, grey, hu, mask, window):
    if record['kind'] == 'grey':
        out = np.repeat(grey[record['index']][..., None] / 255., 3, -1)
    elif window:
        c, w = window
        picture = np.clip((hu[record['index']] - c) / w + .5, 0, 1)
        out = preprocess.channels_grey(np.round(picture * 255))
    else:
        out = preprocess.channels_ct(hu[record['index']].astype(np.float64))
    if record['mask'] >= 0:  # a crop: as the program fades and frames it
        level = preprocess.SEGMENT_FADE
        out = out * (level + (1 - level) * mask[record['mask']][..., None] / 255.)
        edge = round(data.SIDE * (1 - 1 / data.CROP_CONTEXT) / 2)
        out = out[edge:data.SIDE - edge, edge:data.SIDE - edge]
    return torch.from_numpy(out.astype(np.float32)).permute(2, 0, 1)[None]


def inputs_of(records, arrays, window=None):
    """Encoder inputs without augmentation. window: (centre, width) shows CT as a grey picture."""
    size = (preprocess.SIZE, preprocess.SIZE)
    return 2 * torch.cat([F.interpolate(channels_of(r, *arrays, window), size, mode='bilinear',
                                        align_corners=False, antialias=True)
                          for r in records]) - 1


def vectors_of(records, arrays, window, function):
    """function (inputs) of all records, 128 at a time: they do not fit the memory together."""
    with torch.no_grad():
        return torch.cat([function(inputs_of(records[i:i + 128], arrays, window))
                          for i in range(0, len(records), 128)]).numpy()


def network(model):
    return lambda x: model(x.contiguous(memory_format=torch.channels_last))


def reduced(x, size):
    """The first channel, smaller."""
    return F.interpolate(x[:, :1], (size, size), mode='bilinear', align_corners=False,
                         antialias=True)


def pixels(x):
    flat = reduced(x, 32).flatten(1)
    return F.normalize(flat - flat.mean(1, keepdim=True), dim=1)


def hog(x, cell=8, bins=9):
    """Histograms of gradients: 64 x 64, cells of 8, 9 directions, blocks of 2 x 2."""
    x = reduced(x, 64)
    across = F.pad(x[..., 2:] - x[..., :-2], (1, 1, 0, 0))
    down = F.pad(x[..., 2:, :] - x[..., :-2, :], (0, 0, 1, 1))
    place = torch.remainder(torch.atan2(down, across), torch.pi) * (bins / torch.pi)
    centres = torch.arange(bins).view(1, -1, 1, 1) + .5
    apart = (place - centres).abs()
    weight = (1 - torch.minimum(apart, bins - apart)).clamp(min=0)
    cells = F.avg_pool2d(weight * torch.hypot(across, down), cell)
    blocks = torch.cat([cells[..., i:7 + i, j:7 + j] for i in (0, 1) for j in (0, 1)], 1)
    blocks = F.normalize(F.normalize(blocks, dim=1, eps=1e-3).clamp(max=.2), dim=1, eps=1e-3)
    return F.normalize(blocks.flatten(1), dim=1)


# --- slices

def ranked(queries, gallery, k):
    return np.argsort(-queries @ gallery.T, axis=1, kind='stable')[:, :k]


def precision(queries, gallery, query_labels, gallery_labels, k=5):
    """Share of the k nearest with the query's label, for each query."""
    order = ranked(queries, gallery, k)
    return (gallery_labels[order] == query_labels[:, None]).mean(1)


def average_precision(hits):
    """Mean over the hits among the first 10 of the precision there; 0 without a hit."""
    so_far = np.cumsum(hits, 1) / np.arange(1, hits.shape[1] + 1)
    return (so_far * hits).sum(1) / np.maximum(hits.sum(1), 1)


def columns_of(records):
    join = lambda r: r['modality'] + '/' + r['body_part']
    return (np.array([r['class'] for r in records]), np.array([join(r) for r in records]),
            np.array([r['dataset'] for r in records]),
            np.array([r['split'] == 'train' for r in records]))


def scores(vectors, records):
    """For each held-out query: its data set, P@5 by class and anatomy, mAP@10, Recall@1."""
    classes, anatomy, names, train = columns_of(records)
    order = ranked(vectors[~train], vectors[train], 10)
    hits = classes[train][order] == classes[~train][:, None]
    alike = anatomy[train][order] == anatomy[~train][:, None]
    return names[~train], {'class': hits[:, :5].mean(1), 'anatomy': alike[:, :5].mean(1),
                           'mAP@10': average_precision(hits), 'R@1': hits[:, 0].astype(float)}


def is_real(name):
    return not name.startswith(('phantom', 'crop'))


def table(vectors, records, kind, log):
    """Prints the scores by data set: real ones in a real gallery, synthetic ones in a synthetic."""
    real = np.array([is_real(r['dataset']) for r in records])
    for rows, title in ((real, 'real'), (~real, 'synthetic')):
        if not rows.any():
            continue
        names, columns = scores(vectors[rows], [r for r, wanted in zip(records, rows) if wanted])
        line = lambda v: ' '.join(f'{k} {v[k]:.3f}' for k in columns)
        means = []
        for name in sorted(set(names)):
            means.append({k: v[names == name].mean() for k, v in columns.items()})
            print(f'{kind:8} {name:20} n {sum(names == name):4} {line(means[-1])}', file=log)
        mean = {k: np.mean([m[k] for m in means]) for k in columns}
        print(f'{kind:8} {"mean of " + title:20} {line(mean)}', file=log, flush=True)


def other_windows(model, records, arrays, log):
    """CT of the gallery shown in one window: is the same slice first, the anatomy right?"""
    slices = [r for r in records if r['dataset'] == 'series_CT'
              or r['dataset'].startswith('phantom_CT')][::3]
    rest = [r for r in records if r['kind'] == 'grey' and r['split'] == 'train'
            and is_real(r['dataset'])][::4]
    gallery = slices + rest
    base = vectors_of(gallery, arrays, None, network(model))
    labels = columns_of(gallery)[1]
    for name, window in (('lung', (-600, 1500)), ('soft', (40, 400)), ('bone', (400, 1800))):
        queries = vectors_of(slices, arrays, window, network(model))
        similar = queries @ base.T
        same = (similar.argmax(1) == np.arange(len(slices))).mean()
        hits = precision(queries, base, labels[:len(slices)], labels)
        print(f'CT as a {name} picture: same slice first {same:.3f}, anatomy P@5 {hits.mean():.3f} '
              f'(n {len(slices)})', file=log, flush=True)


# --- cases, from their slices

def case_similarity(a, b):
    """Of two cases (slices x numbers): best pair, means, and late interaction."""
    similar = a @ b.T
    mean = lambda v: v.mean(0) / np.linalg.norm(v.mean(0))
    return similar.max(), mean(a) @ mean(b), similar.max(1).mean()


def cases(vectors, records, which, label, log):
    """which (record): may it be asked or found? label (records of a case): what must agree."""
    groups = {}
    for i, r in enumerate(records):
        if which(r):
            groups.setdefault((r['group'], r['modality']), []).append(i)
    keys = sorted(groups)
    rows = [vectors[groups[k]] for k in keys]
    labels = np.array([label([records[i] for i in groups[k]]) for k in keys])
    held_out = [records[groups[k][0]]['split'] == 'val' for k in keys]
    asked = [i for i in range(len(keys)) if held_out[i] or not any(held_out)]
    table = np.array([[case_similarity(rows[i], r) for r in rows] for i in asked])
    for j, name in enumerate(('max', 'mean', 'late')):
        found = table[..., j].copy()
        found[np.arange(len(asked)), asked] = -np.inf
        order = np.argsort(-found, 1, kind='stable')[:, :10]
        hits = labels[order] == labels[asked][:, None]
        print(f'cases by {name:5} n {len(asked)} P@5 {hits[:, :5].mean():.3f} R@1 '
              f'{hits[:, 0].mean():.3f} mAP@10 {average_precision(hits).mean():.3f}', file=log,
              flush=True)


def finding_of(records):
    """The class that is a finding, not a height."""
    named = [r['class'] for r in records if 'third' not in r['class']]
    return max(set(named), key=named.count) if named else 'none'


def all_cases(vectors, records, log):
    print('cases, synthetic, by finding:', file=log)
    cases(vectors, records, lambda r: r['dataset'].startswith('phantom'), finding_of, log)
    print('cases, real series, by modality and body part:', file=log)
    cases(vectors, records, lambda r: r['dataset'].startswith('series'),
          lambda rs: rs[0]['modality'] + '/' + rs[0]['body_part'], log)


# --- organs

def organ_slices(folder):
    """Axial slices (HU, set of structures) of the two CT that have labels."""
    import nibabel
    import slices
    turned = lambda name: np.asarray(nibabel.as_closest_canonical(
        nibabel.load(f'{folder}/nifti/{name}.nii.gz')).dataobj)
    upright = lambda plane: plane.T[::-1, ::-1]  # rows from the front, columns from the right
    first, labels = turned('example_ct_sm'), turned('example_seg')
    yield [(upright(first[..., k]), set(np.unique(labels[..., k])) - {0})
           for k in range(first.shape[2])]
    labels = turned('example_seg_dicom')
    series = sorted(slices.series_of(f'{folder}/ct_dicom'), key=len)[-1]
    yield [(data.modality_values(*slices.decode(path)), set(np.unique(labels[..., k])) - {0})
           for k, (_, path, _) in enumerate(series)]


def organs(model, root, log):
    """Share of the structures of a slice that the best slice of the other patient holds too."""
    volumes = list(organ_slices(f'{root}/segmentation/totalseg_ct'))
    vectors = []
    for volume in volumes:
        inputs = np.stack([preprocess.preprocess(s[0], 'HU') for s in volume])
        with torch.no_grad():
            vectors.append(network(model)(torch.from_numpy(inputs).permute(0, 3, 1, 2)).numpy())
    for a, b in ((0, 1), (1, 0)):
        best = (vectors[a] @ vectors[b].T).argmax(1)
        share = lambda own, other: len(own & other) / len(own)
        rows = [i for i, s in enumerate(volumes[a]) if s[1]]
        found = np.mean([share(volumes[a][i][1], volumes[b][best[i]][1]) for i in rows])
        limit = np.mean([max(share(volumes[a][i][1], s[1]) for s in volumes[b]) for i in rows])
        chance = np.mean([[share(volumes[a][i][1], s[1]) for s in volumes[b]] for i in rows])
        print(f'organs: recall {found:.3f}, of a slice at random {chance:.3f}, at best '
              f'{limit:.3f} (n {len(rows)})', file=log, flush=True)


def report(weights, cache, log=sys.stdout, root=None):
    records, *arrays = data.load(cache)
    model = export.load_folded(weights).to(memory_format=torch.channels_last)
    vectors = vectors_of(records, arrays, None, network(model))
    table(vectors_of(records, arrays, None, pixels), records, 'pixels', log)
    table(vectors_of(records, arrays, None, hog), records, 'HOG', log)
    table(vectors, records, 'encoder', log)
    other_windows(model, records, arrays, log)
    all_cases(vectors, records, log)
    if root:
        organs(model, root, log)


if __name__ == '__main__':
    report(sys.argv[1], sys.argv[2], root=sys.argv[3] if len(sys.argv) > 3 else None)
