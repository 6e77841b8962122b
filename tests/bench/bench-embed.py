#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Embedding a slice: our C program against the same network in PyTorch, one thread each, in turns.

  bench-embed.py BUILD/tests/bench/bench-embed [--rounds N] [--batch N]

PyTorch runs in its best form of three: eager, channels_last, jit.optimize_for_inference. Prints
medians of processor time over the rounds and the ratio ours / best PyTorch (goal: at most 1).
"""
import argparse
import os
import statistics
import subprocess
import sys
import time

os.environ['OMP_NUM_THREADS'] = '1'
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'engine', 'training'))
import torch  # noqa: E402

import export  # noqa: E402


def forms(weights, x):
    model = export.load_folded(weights)
    nhwc = x.contiguous(memory_format=torch.channels_last)
    yield 'eager', model, x
    yield 'channels_last', export.load_folded(weights).to(memory_format=torch.channels_last), nhwc
    traced = torch.jit.freeze(torch.jit.trace(model, x))
    yield 'optimize_for_inference', torch.jit.optimize_for_inference(traced), x


def torch_ms(model, x):
    times = []
    for _ in range(41):
        begin, n = time.thread_time(), 0
        while time.thread_time() - begin < .002 or n == 0:
            model(x)
            n += 1
        times.append((time.thread_time() - begin) / n * 1000)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('program')
    parser.add_argument('--rounds', type=int, default=7)
    parser.add_argument('--batch', type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    shipped = os.path.join(ROOT, 'resources/encoder.safetensors')
    weights = os.environ.get('PRECEDENT_WEIGHTS', shipped)
    ours = subprocess.Popen([options.program, '--serve'], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True)
    x = torch.randn(options.batch, 3, 128, 128)
    results = {}
    with torch.no_grad():
        peers = list(forms(weights, x))
        for _, model, inputs in peers:
            for _ in range(5):
                model(inputs)
        for _ in range(options.rounds):
            ours.stdin.write(f'{options.batch}\n')
            ours.stdin.flush()
            results.setdefault('ours', []).append(float(ours.stdout.readline()))
            for name, model, inputs in peers:
                results.setdefault(name, []).append(torch_ms(model, inputs))
    ours.stdin.close()
    ours.wait()
    medians = {name: statistics.median(times) for name, times in results.items()}
    for name, ms in medians.items():
        print(f'{name:24} {ms:.3f} ms (least {min(results[name]):.3f})')
    best = min(ms for name, ms in medians.items() if name != 'ours')
    print(f'embed: ours / best PyTorch {torch.__version__} = {medians["ours"] / best:.2f} '
          f'(batch {options.batch}, one thread, median of {options.rounds} rounds)')


if __name__ == '__main__':
    main()
