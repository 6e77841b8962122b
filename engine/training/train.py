# SPDX-License-Identifier: Apache-2.0
"""One command from data to weights:

  OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=0 nice -n 19 python3 engine/training/train.py \\
      --data ../shared/data --cache /tmp/encoder-cache --output resources/encoder.safetensors

Seeded (the numbers repeat with the same thread count), resumable (run it again), logged in
CACHE/train.log.
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
from network import DIMENSION, Encoder

IMAGES, VIEWS, DATASETS = 64, 2, 4  # of a batch
TEMPERATURE = .1
SMALL, FULL, FULL_FROM = 80, 128, .55  # progressive size: cheap first, full for the last part


class Sampler:
    """Draws by data set, then by class, then an image: big ones do not drown the rest.

    A batch holds few data sets, so that most negatives are of the same anatomy and machine."""

    def __init__(self, records):
        self.tree = {}
        for i, record in enumerate(records):
            if record['split'] == 'train':
                classes = self.tree.setdefault(record['dataset'], {})
                classes.setdefault(record['class'], []).append(i)
        self.names = sorted(self.tree)
        sizes = np.array([sum(map(len, self.tree[n].values())) for n in self.names], float)
        self.weights = np.sqrt(np.clip(sizes, 400, 2500))
        self.weights /= self.weights.sum()

    def draw(self, random):
        chosen = random.choice(len(self.names), DATASETS, replace=False, p=self.weights)
        out = []
        for k in chosen:
            classes = self.tree[self.names[k]]
            keys = sorted(classes)
            for _ in range(IMAGES // DATASETS):
                members = classes[keys[random.integers(len(keys))]]
                out.append(members[random.integers(len(members))])
        return out


def contrast(z, labels):
    """Supervised contrastive loss: all views with the same label attract."""
    logits = z @ z.T / TEMPERATURE
    same = torch.eye(len(z), dtype=torch.bool)
    logits = logits.masked_fill(same, -1e9)
    positive = (labels[:, None] == labels[None]) & ~same
    log_share = logits - torch.logsumexp(logits, 1, keepdim=True)
    count = positive.sum(1).clamp(min=1)
    return -((log_share * positive).sum(1) / count).mean()


class Trainer:
    def __init__(self, options):
        self.options = options
        self.records, grey, hu = data.load(options.cache)
        self.grey, self.hu = torch.from_numpy(grey), torch.from_numpy(hu)
        self.sampler = Sampler(self.records)
        self.classes = self.number('class')
        self.anatomy = self.number('modality', 'body_part')
        self.model = Encoder().to(memory_format=torch.channels_last)
        self.average = Encoder()
        self.average.load_state_dict(self.model.state_dict())
        self.heads = torch.nn.ModuleList(
            [torch.nn.Linear(DIMENSION, int(n.max()) + 1, bias=False)
             for n in (self.classes, self.anatomy)])
        self.optimiser = torch.optim.AdamW([*self.model.parameters(), *self.heads.parameters()],
                                           lr=options.rate, weight_decay=2e-2)
        self.step = 0

    def number(self, *keys):
        names = [tuple(r[k] for k in keys) for r in self.records]
        table = {n: i for i, n in enumerate(sorted(set(names)))}
        return torch.tensor([table[n] for n in names])

    def batch(self, size):
        random = np.random.default_rng((self.options.seed, self.step))
        torch.manual_seed(self.options.seed * 1000003 + self.step)
        drawn = self.sampler.draw(random) * VIEWS
        grey = [i for i in drawn if self.records[i]['kind'] == 'grey']
        hu = [i for i in drawn if self.records[i]['kind'] == 'hu']
        x = augment.views(self.grey[[self.records[i]['index'] for i in grey]],
                          self.hu[[self.records[i]['index'] for i in hu]], size)
        order = torch.tensor(grey + hu)
        return x, order

    def losses(self, size):
        x, order = self.batch(size)
        z = self.model(x)
        classes, anatomy = self.classes[order], self.anatomy[order]
        entropy = [F.cross_entropy(16 * z @ F.normalize(h.weight, dim=1).T, y, label_smoothing=.05)
                   for h, y in zip(self.heads, (classes, anatomy))]
        return (contrast(z, classes) + .25 * contrast(z, order) + .4 * contrast(z, anatomy)
                + entropy[0] + .4 * entropy[1])

    def advance(self):
        part = self.step / self.options.steps
        rate = self.options.rate * min(1, (self.step + 1) / 100)
        rate *= .5 * (1 + math.cos(math.pi * part))
        for group in self.optimiser.param_groups:
            group['lr'] = rate
        loss = self.losses(FULL if part >= FULL_FROM or self.options.start else SMALL)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        self.step += 1
        self.follow()
        return float(loss)

    def follow(self):
        """The running average of the weights is what ships."""
        decay = min(.995, self.step / (self.step + 10))
        with torch.no_grad():
            for a, b in zip(self.average.state_dict().values(), self.model.state_dict().values()):
                if a.dtype.is_floating_point:
                    a.lerp_(b, 1 - decay)
                else:
                    a.copy_(b)

    def save(self, path):
        torch.save({'step': self.step, 'model': self.model.state_dict(),
                    'average': self.average.state_dict(), 'heads': self.heads.state_dict(),
                    'optimiser': self.optimiser.state_dict()}, path + '.part')
        os.replace(path + '.part', path)

    def start_from(self, path):
        """The network of an earlier run; the heads are new, since classes may differ."""
        average = torch.load(path)['average']
        self.model.load_state_dict(average)
        self.average.load_state_dict(average)

    def resume(self, path):
        if os.path.exists(path):
            state = torch.load(path)
            self.model.load_state_dict(state['model'])
            self.average.load_state_dict(state['average'])
            self.heads.load_state_dict(state['heads'])
            self.optimiser.load_state_dict(state['optimiser'])
            self.step = state['step']


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--data', required=True, help='holds labelled/, series/, segmentation/')
    parser.add_argument('--dicom', action='append', default=[], help='phantom library')
    parser.add_argument('--cache', required=True)
    parser.add_argument('--output', required=True)
    parser.add_argument('--start', help='checkpoint of an earlier run to go on from')
    parser.add_argument('--steps', type=int, default=3000)
    parser.add_argument('--rate', type=float, default=2e-3)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--threads', type=int, default=2)
    return parser.parse_args()


def main():
    options = parse()
    torch.set_num_threads(options.threads)
    if not os.path.exists(f'{options.cache}/records.csv'):
        data.build(options.data, options.cache, options.dicom)
    torch.manual_seed(options.seed)
    trainer = Trainer(options)
    checkpoint = f'{options.cache}/checkpoint.pt'
    if options.start:
        trainer.start_from(options.start)
    trainer.resume(checkpoint)
    trainer.model.train()
    log = open(f'{options.cache}/train.log', 'a')
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
    evaluate.report(options.output, options.cache, log)


if __name__ == '__main__':
    main()
