# SPDX-License-Identifier: Apache-2.0
"""onnx-torch.py PRECEDENTCTL SOURCE: our encoder, written as ONNX by PyTorch and run by OpenCV, gives the vectors of the
C program. Skipped (77) where there is no PyTorch."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import torch  # noqa: F401
    from PIL import Image
except ImportError:
    sys.exit(77)


def vectors(ctl, pictures, *options):
    done = subprocess.run([ctl, 'embed', '--json', *options, *pictures], capture_output=True, check=True, text=True)
    return np.array([answer['vector'] for answer in json.loads(done.stdout)])


def main():
    ctl, source = sys.argv[1], pathlib.Path(sys.argv[2])
    weights = source / 'resources/encoder.safetensors'
    with tempfile.TemporaryDirectory() as folder:
        rng = np.random.default_rng(1)
        pictures = []
        for i, shape in enumerate(((300, 260), (128, 128), (90, 200))):
            y, x = np.mgrid[:shape[0], :shape[1]]
            values = 120 + 60 * np.sin(x / (9 + 4 * i)) + 40 * np.cos(y / 17) + rng.normal(0, 8, shape)
            pictures.append(f'{folder}/{i}.png')
            Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(pictures[-1])
        model = f'{folder}/own.onnx'
        subprocess.run([sys.executable, source / 'engine/training/to_onnx.py', weights, model], check=True,
                       env={**os.environ, 'OMP_NUM_THREADS': '1'})
        ours, other = vectors(ctl, pictures), vectors(ctl, pictures, '--model', model)
    difference = abs(ours - other).max()
    print(f'largest difference {difference:.2g}')
    apart = min(np.linalg.norm(ours[a] - ours[b]) for a, b in ((0, 1), (0, 2), (1, 2)))
    assert apart > 0.05, 'the pictures are too much alike to tell anything'
    assert difference < 1e-3


if __name__ == '__main__':
    main()
