#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Embedding a slice: our C program against the same network elsewhere, one thread each, in turns.

  bench-embed.py BUILD/tests/bench/bench-embed [--rounds N] [--all | NETWORK...]

Peers: PyTorch in its best form of three (eager, channels_last, jit.optimize_for_inference), OpenCV DNN
on an ONNX file written from the same weights, and a large product of matrices on this machine by our
kernel and by OpenBLAS. The networks are the shipped one and others of the same kind with random
weights, named width x blocks @ input size. Prints medians of processor time over the rounds.
"""
import argparse
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time

os.environ['OMP_NUM_THREADS'] = '1'
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'engine', 'training'))
import numpy as np  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

import safetensors_file  # noqa: E402

try:
    import cv2
    cv2.setNumThreads(1)
except ImportError:
    cv2 = None

BATCH = 16
# name: width, blocks of a stage, stem, input
NETWORKS = {'resnet18-half@224': (32, 2, 7, 224)}
MORE = {'resnet18-half@128': (32, 2, 7, 128), 'resnet10-half@224': (32, 1, 7, 224),
        'resnet10@128': (64, 1, 7, 128), 'resnet18@224': (64, 2, 7, 224),
        'resnet10-half@160': (32, 1, 5, 160), 'resnet10-half@192': (32, 1, 5, 192)}


def random_weights(path, preprocessing, width, blocks, stem, size):
    rng, tensors = np.random.default_rng(1), {}

    def put(name, *shape):
        spread = (2 / np.prod(shape[1:])) ** .5
        tensors[name + '.weight'] = rng.normal(0, spread, shape).astype(np.float16)
        tensors[name + '.bias'] = rng.normal(0, .1, shape[0]).astype(np.float32)

    put('stem', width, 3, stem, stem)
    inputs = width
    for stage in range(4):
        for block in range(blocks):
            name, outputs = f'stage{stage + 1}.block{block + 1}', width << stage
            put(name + '.conv1', outputs, inputs, 3, 3)
            put(name + '.conv2', outputs, outputs, 3, 3)
            if inputs != outputs:
                put(name + '.shortcut', outputs, inputs, 1, 1)
            inputs = outputs
    put('head', 128, inputs)
    safetensors_file.write(path, tensors, {
        'format': 'precedent-encoder', 'architecture': 'resnet-basic', 'width': str(width),
        'blocks': ','.join([str(blocks)] * 4), 'stem': str(stem), 'input': str(size),
        'channels': '3', 'dimension': '128', 'preprocessing': preprocessing})


class Network(torch.nn.Module):
    """What the weights say, up to the unit vector; counts its floating point operations."""

    def __init__(self, path):
        super().__init__()
        self.tensors, self.metadata = safetensors_file.read(path)
        self.layers, self.blocks = torch.nn.ModuleDict(), []
        self.add('stem', 2)
        for stage, count in enumerate(self.metadata['blocks'].split(',')):
            for block in range(int(count)):
                name, stride = f'stage{stage + 1}.block{block + 1}', 2 if stage and not block else 1
                self.blocks.append(name.replace('.', '_'))
                self.add(name + '.conv1', stride)
                self.add(name + '.conv2', 1)
                self.add(name + '.shortcut', stride)
        self.add('head', 1)
        self.eval()

    def add(self, name, stride):
        if name + '.weight' not in self.tensors:
            return
        weight, bias = (torch.from_numpy(self.tensors[f'{name}.{part}'].astype(np.float32))
                        for part in ('weight', 'bias'))
        if weight.ndim == 2:
            layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
        else:
            outputs, inputs, kernel, _ = weight.shape
            layer = torch.nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)
        layer.weight.data, layer.bias.data = weight, bias
        self.layers[name.replace('.', '_')] = layer

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.layers['stem'](x)), 3, 2, 1)
        for name in self.blocks:
            y = F.relu(self.layers[name + '_conv1'](x))
            shortcut = name + '_shortcut'
            if shortcut in self.layers:
                x = self.layers[shortcut](x)
            x = F.relu(self.layers[name + '_conv2'](y) + x)
        return self.layers['head'](x.mean((2, 3)))

    def size(self):
        return int(self.metadata['input'])

    def gflop(self):
        total, hooks = [], []
        for layer in self.layers.values():
            hooks.append(layer.register_forward_hook(
                lambda m, _, y: total.append(2 * m.weight.numel() * y[0].numel() / y.shape[1])))
        self(torch.zeros(1, 3, self.size(), self.size()))
        for hook in hooks:
            hook.remove()
        return sum(total) / 1e9


def median_ms(work):
    work()
    times = []
    while len(times) < 3 or len(times) < 15 and sum(times) < 100:
        begin, n = time.thread_time(), 0
        while time.thread_time() - begin < .002 or n == 0:
            work()
            n += 1
        times.append((time.thread_time() - begin) / n * 1000)
    return statistics.median(times)


def torch_peers(model, path, batch):
    x = torch.randn(batch, 3, model.size(), model.size())
    nhwc = x.contiguous(memory_format=torch.channels_last)
    other = Network(path).to(memory_format=torch.channels_last)
    traced = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(model, x)))
    return {'PyTorch eager': lambda: model(x), 'PyTorch channels_last': lambda: other(nhwc),
            'PyTorch optimize_for_inference': lambda: traced(x)}


def opencv_peer(model):
    file = io.BytesIO()
    x = torch.randn(1, 3, model.size(), model.size())
    torch.onnx.export(model, x, file, opset_version=10)
    net = cv2.dnn.readNetFromONNX(np.frombuffer(file.getvalue(), np.uint8))
    blob = x.numpy()

    def work():
        net.setInput(blob)
        return net.forward()
    if not np.allclose(work(), model(x).numpy(), atol=1e-2, rtol=1e-2):
        sys.exit('bench-embed: OpenCV computes something else')
    return work


def measure(program, name, path, rounds):
    ours = subprocess.Popen([program, '--serve', path], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True)

    def ask(question):
        ours.stdin.write(question + '\n')
        ours.stdin.flush()
        return float(ours.stdout.readline())
    model = Network(path)
    asked = {'one': 'batch 1', 'batch': f'batch {BATCH}', 'product': 'product', 'blas': 'blas'}
    peers = torch_peers(model, path, 1)
    if cv2:
        peers['OpenCV DNN'] = opencv_peer(model)
    in_batch = torch_peers(model, path, BATCH).popitem()[1]
    results = {}
    for _ in range(rounds):
        for key, question in asked.items():
            results.setdefault(key, []).append(ask(question))
        for key, work in peers.items():
            results.setdefault(key, []).append(median_ms(work))
        results.setdefault('PyTorch batch', []).append(median_ms(in_batch) / BATCH)
    ours.stdin.close()
    ours.wait()
    tell(name, model.gflop(), {key: statistics.median(times) for key, times in results.items()})


def tell(name, gflop, ms):
    one, each = ms['one'], ms['batch'] / BATCH
    best = min((key for key in ms if key.startswith('PyTorch ') and key != 'PyTorch batch'), key=ms.get)
    print(f'{name}, {gflop:.2f} GFLOP: one slice {one:.3f} ms')
    print(f'  {one / ms[best]:.2f} x {best} ({ms[best]:.2f} ms); goal 0.9')
    if 'OpenCV DNN' in ms:
        print(f'  {one / ms["OpenCV DNN"]:.2f} x OpenCV DNN ({ms["OpenCV DNN"]:.2f} ms); goal 0.45')
    for key, whose in (('product', 'our kernel'), ('blas', 'OpenBLAS')):
        if ms[key]:
            print(f'  {one * ms[key] / gflop / 1000:.2f} x its operations in a large product by {whose} '
                  f'({ms[key]:.0f} GFLOP/s); goal 1.5')
    print(f'  of a batch of {BATCH} {each:.3f} ms: {each / one:.2f} x alone; goal 0.8; '
          f'{each / ms["PyTorch batch"]:.2f} x PyTorch in such a batch', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('program')
    parser.add_argument('networks', nargs='*')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--all', action='store_true')
    options = parser.parse_args()
    torch.set_num_threads(1)
    shipped = os.environ.get('PRECEDENT_WEIGHTS',
                             os.path.join(ROOT, 'resources/encoder.safetensors'))
    preprocessing = safetensors_file.read(shipped)[1]['preprocessing']
    known = {'shipped': None, **NETWORKS, **MORE}
    wanted = options.networks or (known if options.all else ['shipped', *NETWORKS])
    with torch.no_grad(), tempfile.TemporaryDirectory() as folder:
        for name in wanted:
            path = shipped
            if known[name]:
                path = os.path.join(folder, name)
                random_weights(path, preprocessing, *known[name])
            measure(options.program, name, path, options.rounds)


if __name__ == '__main__':
    main()
