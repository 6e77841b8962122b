# SPDX-License-Identifier: Apache-2.0
"""Checkpoint -> resources/encoder.safetensors. --random writes untrained weights of that shape.

Of several checkpoints (forks of one run) the mean of their weights is written.
"""
import argparse

import numpy as np
import torch

import preprocess
import safetensors_file
from network import BLOCKS, DIMENSION, WIDTH, Encoder, Folded, fold


def save(model, path):
    tensors = {}
    for name, tensor in fold(model).items():
        kind = np.float32 if name.endswith('.bias') else np.float16
        tensors[name] = tensor.contiguous().numpy().astype(kind)
    safetensors_file.write(path, tensors, {
        'format': 'precedent-encoder', 'architecture': 'resnet-basic', 'width': str(WIDTH),
        'blocks': ','.join(map(str, BLOCKS)), 'stem': '5', 'input': str(preprocess.SIZE),
        'channels': '3', 'dimension': str(DIMENSION), 'preprocessing': str(preprocess.VERSION)})


def load_folded(path):
    tensors, metadata = safetensors_file.read(path)
    assert metadata['preprocessing'] == str(preprocess.VERSION)
    blocks = tuple(map(int, metadata['blocks'].split(',')))
    return Folded({k: torch.from_numpy(v.copy()) for k, v in tensors.items()}, blocks).eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--random', action='store_true')
    parser.add_argument('--checkpoint', action='append')
    parser.add_argument('output')
    options = parser.parse_args()
    torch.manual_seed(1)
    model = Encoder()
    if not options.random:
        states = [torch.load(path)['average'] for path in options.checkpoint]
        mean = {k: torch.stack([s[k].double() for s in states]).mean(0).to(v.dtype)
                for k, v in states[0].items()}
        model.load_state_dict(mean)
    model.eval()
    save(model, options.output)


if __name__ == '__main__':
    main()
