# SPDX-License-Identifier: Apache-2.0
"""What PyTorch makes of the shipped weights, for tests/engine/test-encoder.c. After every export:

  python3 engine/training/dump_reference.py resources/encoder.safetensors \\
      tests/engine/data/encoder-reference.safetensors

Two inputs from a formula; SAMPLES values of every layer at fixed places, and the whole vectors. The
sha256 of the weights goes in, so that a reference for other weights is noticed.
"""
import hashlib
import sys

import numpy as np
import torch

import export
import preprocess
import safetensors_file

SAMPLES, STEP = 512, 7919  # a prime step meets every channel
BATCH = 2


def formula():
    """[n][row][column][channel]: discs on a texture, in whole numbers first, as in C."""
    size = preprocess.SIZE
    n, y, x, c = np.indices((BATCH, size, size, 3))
    texture = (7 * y + 13 * x + 29 * c + 5 * n + (y * x) % 31) % 97
    distance = (y - 50 - 20 * n) ** 2 + (x - 70) ** 2
    disc = np.where(distance < 1600, 1600 - distance, 0) // (8 + 8 * c)
    return (texture + disc).astype(np.float32) / np.float32(128) - np.float32(1)


def main(weights, output):
    model = export.load_folded(weights)
    x = torch.from_numpy(formula()).permute(0, 3, 1, 2)
    tensors = {}
    with torch.no_grad():
        for name, values in model.steps(x):
            if values.ndim == 4:
                values = values.permute(0, 2, 3, 1)
            flat = values.contiguous().numpy().reshape(-1)
            if len(flat) > SAMPLES:
                flat = flat[np.arange(SAMPLES) * STEP % len(flat)]
            tensors[f'{len(tensors):02} {name}'] = flat
    digest = hashlib.sha256(open(weights, 'rb').read()).hexdigest()
    safetensors_file.write(output, tensors, {'weights': digest, 'torch': torch.__version__})


if __name__ == '__main__':
    main(*sys.argv[1:])
