# SPDX-License-Identifier: Apache-2.0
"""Reads and writes safetensors files: 8-byte header length, JSON header, raw data."""
import json

import numpy as np

TYPES = {'F16': np.dtype('<f2'), 'F32': np.dtype('<f4')}


def write(path, tensors, metadata):
    header, blobs, at = {'__metadata__': metadata}, [], 0
    for name, array in tensors.items():
        kind = next(k for k, v in TYPES.items() if v == array.dtype)
        blob = np.ascontiguousarray(array).tobytes()
        header[name] = {'dtype': kind, 'shape': list(array.shape),
                        'data_offsets': [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as f:
        f.write(len(text).to_bytes(8, 'little') + text + b''.join(blobs))


def read(path):
    with open(path, 'rb') as f:
        data = f.read()
    size = int.from_bytes(data[:8], 'little')
    header = json.loads(data[8:8 + size])
    metadata = header.pop('__metadata__', {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        tensors[name] = np.frombuffer(data[8 + size + begin:8 + size + end],
                                      TYPES[entry['dtype']]).reshape(entry['shape'])
    return tensors, metadata
