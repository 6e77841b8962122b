# SPDX-License-Identifier: Apache-2.0
"""One command from data to weights:

  OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=0 python3 engine/training/train.py \\
      --data ../shared/data --cache /tmp/encoder-cache --output resources/encoder.safetensors

Seeded (the numbers repeat with the same thread count), resumable (run it again), logged in
CACHE/train.log. Faster with large arrays kept by malloc (MALLOC_MMAP_THRESHOLD_=8589934592
MALLOC_TRIM_THRESHOLD_=34359738368) and, where OpenBLAS takes a slow kernel for a new processor,
with OPENBLAS_CORETYPE=SkylakeX.
"""
import argparse
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import augment
import data
import evaluate
import export
from muon import Muon
from network import DIMENSION, Encoder

PAIRED, MIXED, DATASETS = 40, 48, 4  # of a batch: pictures with two views, and mixed ones
TEMPERATURE, SCALE = .1, 16
# Share of the steps from which on views have so many pixels: cheap first, full for the last part.
SIZES = ((0, 64), (.3, 96), (.76, 128))
# How often a set is drawn: what is hard more than what is big. Others as OTHER.
WEIGHTS = {'brain_tumor_mri': 2, 'busi_us': 1.5, 'iqoth_nccd_ct': 1.6, 'kermany_cxr': 2,
           'nih_cxr': 1.6, 'mednist64': 1, 'lumbar_spine_mr': .35, 'tcga_luad_ct': .5,
           'series_CT': .6, 'series_MR': .7, 'series_PT': .35, 'crop_CT': 1, 'crop_MR': .4}
OTHER = .25
MUON_RATE = .03


class Sampler:
    """Draws by data set, then by class, then an image: big ones do not drown the rest.

    A batch holds few data sets, so that most negatives are of the same anatomy and machine."""

    def __init__(self, records, without=()):
        self.tree = {}
        for i, record in enumerate(records):
            if record['split'] == 'train' and record['dataset'] not in without:
                classes = self.tree.setdefault(record['dataset'], {})
                classes.setdefault(record['class'], []).append(i)
        self.names = sorted(self.tree)
        self.weights = np.array([WEIGHTS.get(n, OTHER) for n in self.names])
        self.weights /= self.weights.sum()

    def draw(self, random, count):
        chosen = random.choice(len(self.names), DATASETS, replace=False, p=self.weights)
        out = []
        for k in chosen:
            classes = self.tree[self.names[k]]
            keys = sorted(classes)
            for _ in range(count // DATASETS):
                members = classes[keys[random.integers(len(keys))]]
                out.append(members[random.integers(len(members))])
        return out


class Pictures:
    """The arrays at full and at half size, and random views of some of them."""

    def __init__(self, records, arrays):
        self.records = records
        full = [torch.from_numpy(a) for a in arrays]
        self.levels = {data.SIDE: full, data.SIDE // 2: [self.half(a) for a in full]}

    @staticmethod
    def half(a):
        parts = [F.avg_pool2d(part.float().unsqueeze(1), 2).squeeze(1).round().to(a.dtype)
                 for part in a.split(512)]
        return torch.cat(parts) if len(a) else a[:, ::2, ::2]

    def views(self, drawn, size):
        """One view each, and which record it is of: not in the order drawn."""
        grey, hu, mask = self.levels[data.SIDE // 2 if size <= data.SIDE // 2 else data.SIDE]
        parts, order = [], []
        for kind, make, store in (('grey', augment.grey_views, grey), ('hu', augment.hu_views, hu)):
            for crop in (False, True):
                rows = [i for i in drawn if self.records[i]['kind'] == kind
                        and (self.records[i]['mask'] >= 0) == crop]
                if rows:
                    masks = mask[[self.records[i]['mask'] for i in rows]] if crop else None
                    parts.append((make, store[[self.records[i]['index'] for i in rows]], masks))
                    order += rows
        return augment.views(parts, size), torch.tensor(order)


def contrast(z, labels):
    """Supervised contrastive loss: all views with the same label attract."""
    logits = z @ z.T / TEMPERATURE
    same = torch.eye(len(z), dtype=torch.bool)
    logits = logits.masked_fill(same, -1e9)
    positive = (labels[:, None] == labels[None]) & ~same
    log_share = logits - torch.logsumexp(logits, 1, keepdim=True)
    count = positive.sum(1).clamp(min=1)
    return -((log_share * positive).sum(1) / count).mean()


def mixed(x, random):
    """Each picture with another of the batch: laid over it, or a box of it set in. Returns which,
    and the share of the first."""
    places = torch.randperm(len(x))
    share = float(random.beta(1, 1))
    if random.random() < .5:
        return share * x + (1 - share) * x[places], places, share
    size = x.shape[-1]
    half = int(size * math.sqrt(1 - share) / 2)
    row, column = (int(v) for v in random.integers(0, size, 2))
    rows = slice(max(row - half, 0), row + half)
    columns = slice(max(column - half, 0), column + half)
    other = x[places]
    x = x.clone()
    x[:, :, rows, columns] = other[:, :, rows, columns]
    return x, places, 1 - x[0, 0, rows, columns].numel() / size ** 2


class Trainer:
    def __init__(self, options):
        self.options = options
        self.records, *arrays = data.load(options.cache)
        self.pictures = Pictures(self.records, arrays)
        self.sampler = Sampler(self.records, tuple(options.without))
        self.classes = self.number('class')
        self.anatomy = self.number('modality', 'body_part')
        self.model = Encoder().to(memory_format=torch.channels_last)
        self.average = Encoder()
        self.average.load_state_dict(self.model.state_dict())
        self.heads = torch.nn.ModuleList(
            [torch.nn.Linear(DIMENSION, int(n.max()) + 1, bias=False)
             for n in (self.classes, self.anatomy)])
        self.optimisers = list(self.make_optimisers())
        self.step = 0

    def make_optimisers(self):
        parameters = [*self.model.parameters(), *self.heads.parameters()]
        yield Muon([p for p in parameters if p.ndim == 4], MUON_RATE)
        yield torch.optim.AdamW(
            [{'params': [p for p in parameters if p.ndim == 2], 'weight_decay': 2e-2},
             {'params': [p for p in parameters if p.ndim == 1], 'weight_decay': 0}],
            lr=self.options.rate)

    def number(self, *keys):
        names = [tuple(r[k] for k in keys) for r in self.records]
        table = {n: i for i, n in enumerate(sorted(set(names)))}
        return torch.tensor([table[n] for n in names])

    def entropy(self, z, order):
        """Of the two classifiers: class and, less, modality with body part."""
        each = [F.cross_entropy(SCALE * z @ F.normalize(h.weight, dim=1).T, y[order],
                                label_smoothing=.05)
                for h, y in zip(self.heads, (self.classes, self.anatomy))]
        return each[0] + .4 * each[1]

    def losses(self, size):
        random = np.random.default_rng((self.options.seed, self.step))
        torch.manual_seed(self.options.seed * 1000003 + self.step)
        x, order = self.pictures.views(self.sampler.draw(random, PAIRED) * 2, size)
        y, first = self.pictures.views(self.sampler.draw(random, MIXED), size)
        y, places, share = mixed(y, random)
        z = self.model(torch.cat([x, y]).contiguous(memory_format=torch.channels_last))
        pairs, mixes = z.split((len(x), len(y)))
        classes, anatomy = self.classes[order], self.anatomy[order]
        halves = share * self.entropy(mixes, first) + (1 - share) * self.entropy(mixes,
                                                                                first[places])
        return (contrast(pairs, classes) + .25 * contrast(pairs, order)
                + .4 * contrast(pairs, anatomy) + self.entropy(pairs, order)
                + MIXED / (2 * PAIRED) * halves)

    def advance(self):
        part = self.step / self.options.steps
        share = min(1, (self.step + 1) / 100) * .5 * (1 + math.cos(math.pi * part))
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group['lr'] = share * optimiser.defaults['lr']
            optimiser.zero_grad(set_to_none=True)
        loss = self.losses([size for begin, size in SIZES if begin <= part][-1])
        loss.backward()
        for optimiser in self.optimisers:
            optimiser.step()
        self.step += 1
        self.follow()
        return float(loss)

    def follow(self):
        """The running average of the weights is what ships."""
        decay = min(.998, self.step / (self.step + 10))
        with torch.no_grad():
            for a, b in zip(self.average.state_dict().values(), self.model.state_dict().values()):
                if a.dtype.is_floating_point:
                    a.lerp_(b, 1 - decay)
                else:
                    a.copy_(b)

    def save(self, path):
        torch.save({'step': self.step, 'model': self.model.state_dict(),
                    'average': self.average.state_dict(), 'heads': self.heads.state_dict(),
                    'optimisers': [o.state_dict() for o in self.optimisers]}, path + '.part')
        os.replace(path + '.part', path)

    def resume(self, path):
        if not path:
            return
        state = torch.load(path)
        self.model.load_state_dict(state['model'])
        self.average.load_state_dict(state['average'])
        self.heads.load_state_dict(state['heads'])
        for optimiser, kept in zip(self.optimisers, state['optimisers']):
            optimiser.load_state_dict(kept)
        self.step = state['step']


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--data', required=True, help='holds labelled/, series/, segmentation/')
    parser.add_argument('--dicom', action='append', default=[], help='phantom library')
    parser.add_argument('--cache', required=True, help='decoded pictures; made when not there')
    parser.add_argument('--run', help='checkpoint and log (CACHE)')
    parser.add_argument('--output', required=True)
    parser.add_argument('--fork', help='checkpoint of a run to go on from with another seed')
    parser.add_argument('--without', action='append', default=[], help='leave out a data set')
    parser.add_argument('--steps', type=int, default=6500)
    parser.add_argument('--rate', type=float, default=2e-3)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--threads', type=int, default=1)
    return parser.parse_args()


def main():
    options = parse()
    torch.set_num_threads(options.threads)
    if not os.path.exists(f'{options.cache}/records.csv'):
        data.build(options.data, options.cache, options.dicom)
    run = options.run or options.cache
    os.makedirs(run, exist_ok=True)
    torch.manual_seed(options.seed)
    trainer = Trainer(options)
    checkpoint = f'{run}/checkpoint.pt'
    trainer.resume(checkpoint if os.path.exists(checkpoint) else options.fork)  # None: new
    trainer.model.train()
    log = open(f'{run}/train.log', 'a')
    begin, losses = time.time(), []
    while trainer.step < options.steps:
        losses.append(trainer.advance())
        if trainer.step % 25 == 0 or trainer.step == options.steps:
            print(f'step {trainer.step}/{options.steps} loss {np.mean(losses):.3f} '
                  f'seconds {time.time() - begin:.0f}', file=log, flush=True)
            losses = []
        if trainer.step % 100 == 0 or trainer.step == options.steps:
            trainer.save(checkpoint)
    export.save(trainer.average.eval(), options.output)
    evaluate.report(options.output, options.cache, log, options.data)


if __name__ == '__main__':
    main()
