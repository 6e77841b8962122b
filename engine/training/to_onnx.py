# SPDX-License-Identifier: Apache-2.0
"""resources/encoder.safetensors -> an ONNX file and its side file: an example of both, and the way by which the test
compares the C program with OpenCV. No package but PyTorch is needed."""
import argparse
import json
import pathlib

import torch

import preprocess
from export import load_folded


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('weights')
    parser.add_argument('output', help='MODEL.onnx; MODEL.json is written beside it')
    options = parser.parse_args()
    size = preprocess.SIZE
    torch.onnx.export(load_folded(options.weights), torch.zeros(1, 3, size, size), options.output,
                      opset_version=11, input_names=['planes'], output_names=['vector'])
    side = {'input-size': size, 'mean': [0.5] * 3, 'sd': [0.5] * 3, 'interpolation': 'area',
            'name': 'Built-in encoder as ONNX', 'licence': 'Apache-2.0'}
    pathlib.Path(options.output).with_suffix('.json').write_text(json.dumps(side))


if __name__ == '__main__':
    main()
