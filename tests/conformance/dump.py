#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`precedentctl dump --json` of every file of a folder against pydicom's DICOM JSON (PS3.18 annex F).
What may differ: group lengths are left out (F.2.2), so are binary values over 64 KiB; an empty value
among others is null (F.2.5); blanks that only pad are gone (PS3.5 6.2); pydicom knows the VR of some
private elements that the file leaves open."""

import argparse
import json
import math
import multiprocessing
import os
import subprocess
import sys
import warnings

try:
    import pydicom
except ImportError as missing:
    print('skipped:', missing)
    sys.exit(77)

warnings.simplefilter('ignore')
MAX_FILE, MAX_BINARY = 200000, 65536
# Where pydicom shows what it could read of a damaged file, or drops what is cut.
EXPECTED = {
    'DICOMDIR-nooffset': 'refused: The file ends inside',
    'meta_missing_tsyntax.dcm': 'refused: The transfer syntax is missing',
    'rtplan_truncated.dcm': 'refused: The file ends inside',
    'emri_small_jpeg_2k_lossless_too_short.dcm': '7FE00010 is not in the file',
}


def plain(value):
    """A value as both could have written it."""
    if isinstance(value, str):
        return value.strip(' \0') or None
    if isinstance(value, dict):
        return {k: v for k, v in ((k, plain(v)) for k, v in value.items()) if v is not None}
    return value


def same_value(ours, theirs):
    if isinstance(ours, (int, float)) and isinstance(theirs, (int, float)):
        return math.isclose(ours, theirs, rel_tol=1e-6)  # float32, and numbers as text
    return plain(ours) == plain(theirs) or not plain(ours) and not plain(theirs)


def same_values(ours, theirs):
    ours, theirs = ours or [], theirs or []
    if len(ours) != len(theirs):
        return not any(map(plain, ours)) and not any(map(plain, theirs))
    return all(map(same_value, ours, theirs))


def differences(ours, theirs, path=''):
    for tag in sorted(set(ours) | set(theirs)):
        here, a, b = path + tag, ours.get(tag), theirs.get(tag)
        private = int(tag[:4], 16) % 2 == 1
        if a is None:
            if not tag.endswith('0000'):
                yield f'{here} is missing'
        elif b is None:
            yield f'{here} is not in the file'
        elif a['vr'] != b['vr']:
            if not (private and a['vr'] == 'UN') and 'OW' not in (a['vr'], b['vr']):
                yield f"{here} is {a['vr']}, not {b['vr']}"
        elif a['vr'] == 'SQ':
            items, others = a.get('Value', []), b.get('Value', [])
            if len(items) != len(others):
                yield f'{here} has {len(items)} items, not {len(others)}'
            for i, (x, y) in enumerate(zip(items, others), 1):
                yield from differences(x, y, f'{here}[{i}].')
        elif not same_values(a.get('Value'), b.get('Value')):
            yield f"{here} is {a.get('Value')}, not {b.get('Value')}"
        elif 'InlineBinary' in a and a['InlineBinary'] != b.get('InlineBinary'):
            yield f'{here} has other bytes'
        elif 'InlineBinary' in b and 'InlineBinary' not in a and len(b['InlineBinary']) * 3 / 4 < MAX_BINARY \
                and tag != '7FE00010':
            yield f'{here} has no bytes'


def check(arguments):
    ctl, path = arguments
    try:
        theirs = json.loads(json.dumps(pydicom.dcmread(path).to_json_dict()))
    except Exception:  # pydicom cannot: nothing to compare with
        return path, None
    done = subprocess.run([ctl, 'dump', '--json', path], capture_output=True)
    if done.returncode == 1 and done.stderr.count(b'\n') == 1:
        return path, ['refused: ' + done.stderr.decode().strip().split(': ', 2)[-1]]
    if done.returncode != 0:
        return path, [f'exit status {done.returncode}']
    return path, list(differences(json.loads(done.stdout), theirs))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--ctl', required=True)
    parser.add_argument('folder')
    options = parser.parse_args()
    if not os.path.isdir(options.folder):
        print('skipped: no test data')
        return 77
    paths = sorted(os.path.join(root, name) for root, _, names in os.walk(options.folder) for name in names
                   if 'malformed' not in root)
    paths = [path for path in paths if os.path.getsize(path) < MAX_FILE]
    with multiprocessing.Pool(2) as pool:
        found = pool.map(check, [(options.ctl, path) for path in paths], 8)
    compared = [(path, why) for path, why in found if why is not None]
    expected = lambda path, why: len(why) == 1 and why[0].startswith(EXPECTED.get(os.path.basename(path), '?'))
    bad = [(path, why) for path, why in compared if why and not expected(path, why)]
    for path, why in bad:
        print(os.path.relpath(path, options.folder), *why[:5], sep='\n    ')
    print(f'{len(compared)} files compared with pydicom, {len(bad)} differ')
    return 1 if bad or not compared else 0


if __name__ == '__main__':
    sys.exit(main())
