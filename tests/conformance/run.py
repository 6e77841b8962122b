#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every file of the folders given through `precedentctl render --native`, compared with what
independent programs (references.py) and the standard's formulas (presentation.py) make of it.
Where the programs disagree, rulings.csv decides."""

import argparse
import collections
import csv
import fnmatch
import multiprocessing
import os
import subprocess
import sys
import tempfile
import warnings

try:
    import numpy as np
    import pydicom
    from PIL import Image
    from pydicom.uid import UID

    import make
    import presentation
    import references
except ImportError as missing:
    print('skipped:', missing)
    sys.exit(77)

warnings.simplefilter('ignore')
HERE = os.path.dirname(os.path.abspath(__file__))
OTHER = ('.png', '.jpg', '.csv', '.json', '.icc', '.gz', '.nii', '.txt', '.md', '.zip')
GOOD = ('equal', 'within', 'refused', 'no picture')
# Accuracy of the inverse DCT asked of a JPEG decoder (ITU-T T.83), in stored values; colours move
# by that and by the rounding of the conversion.
JPEG_GREY, JPEG_COLOUR = 1, 3

Row = collections.namedtuple('Row', 'file syntax photometric verdict reason')


def find_files(places):
    for place in places:
        if os.path.isfile(place):
            yield place, os.path.basename(place)
        for folder, _, names in sorted(os.walk(place)):
            for name in sorted(names):
                if not name.lower().endswith(OTHER):
                    path = os.path.join(folder, name)
                    yield path, os.path.relpath(path, os.path.dirname(os.path.abspath(place)))


def render(ctl, path, frame):
    """Our picture, or the sentence that refuses it, or None when neither is right."""
    with tempfile.TemporaryDirectory() as folder:
        out = folder + '/out.png'
        try:
            done = subprocess.run([ctl, 'render', '--native', '--frame', str(frame + 1), '-o', out,
                                   path], capture_output=True, timeout=60)
        except subprocess.TimeoutExpired:
            return None
        if done.returncode == 0:
            return np.asarray(Image.open(out))
        lines = done.stderr.decode('utf-8', 'replace').strip().split('\n')
        start = 'precedentctl: %s: ' % path
        if done.returncode == 1 and len(lines) == 1 and lines[0].startswith(start):
            return lines[0][len(start):]
        return None


def compare(ours, low, high):
    """None when each sample lies between `low` and `high`; else a few words."""
    if ours.shape != low.shape:
        return 'shape %s, not %s' % (ours.shape, low.shape)
    wrong = (ours < low) | (ours > high)
    if not wrong.any():
        return None
    far = np.maximum(low - ours.astype(int), ours.astype(int) - high)[wrong]
    return '%.2f %% of samples by up to %d' % (100 * wrong.mean(), far.max())


def compare_samples(ours, ds, frame, samples, syntax):
    """Verdict and a few words for one reference."""
    try:
        difference = compare(ours, *presentation.present(ds, frame, samples))
        if difference and syntax in references.JPEG_LOSSY:
            spread = JPEG_COLOUR if samples.values.ndim == 3 else JPEG_GREY
            if compare(ours, *presentation.present(ds, frame, samples, spread)) is None:
                return 'within', difference
        return ('DIFFERENT', difference) if difference else ('equal', '')
    except Exception as e:
        return 'DIFFERENT', '%s: %s' % (type(e).__name__, e)


def compare_like(ours, ctl, path, frame, ruling):
    """The same picture in another file, which has been compared by itself."""
    other = render(ctl, os.path.join(os.path.dirname(path), ruling['like']), frame)
    if not isinstance(other, np.ndarray) or other.shape != ours.shape:
        return 'DIFFERENT', 'no such picture'
    mean = np.abs(other.astype(int) - ours).mean()
    if mean > float(ruling['levels'] or 0):
        return 'DIFFERENT', 'by %.2f levels on average' % mean
    return 'equal', ''


def judge_frame(ours, ctl, path, ds, frame, answers, syntax, rulings):
    """Verdict and reason for one frame that we show."""
    ruled = set(' '.join(r['right'] for r in rulings).split()) - {'refuse'}
    found = {name: compare_samples(ours, ds, frame, samples, syntax)
             for name, samples in answers.items() if not ruled or name in ruled}
    found.update((r['like'], compare_like(ours, ctl, path, frame, r))
                 for r in rulings if r['like'])
    wrong = ['%s: %s' % (name, f[1]) for name, f in found.items() if f[0] == 'DIFFERENT']
    right = ['%s' % name for name, f in found.items() if f[0] != 'DIFFERENT']
    if wrong:
        return 'DIFFERENT', '; '.join(wrong) + (' (as %s)' % ', '.join(right) if right else '')
    if not right:
        return 'UNCHECKED', 'no reference reads it'
    equal = all(f[0] == 'equal' for f in found.values())
    return 'equal' if equal else 'within', 'as ' + ', '.join(right)


def judge_refusal(sentence, ds, frame, answers, rulings):
    """A sentence in place of a picture: right when nobody has one, or when a ruling says so."""
    showing = []
    for name, samples in answers.items():
        try:
            showing += [name] if presentation.present(ds, frame, samples)[0].size else []
        except Exception:
            pass
    if not showing:
        return ('no picture' if not has_pixels(ds) else 'refused'), sentence
    ruled = any(r['right'] == 'refuse' for r in rulings)
    return ('refused' if ruled else 'REFUSED'), '%s (%s: shown)' % (sentence, ', '.join(showing))


def has_pixels(ds):
    return any(name in ds for name in ('PixelData', 'FloatPixelData', 'DoubleFloatPixelData'))


def wanted_frames(ds):
    n = int(presentation.number(ds, 'NumberOfFrames', 1) or 1)
    return sorted({0, n // 2, n - 1}) if 0 < n < 100000 else [0]


def read_header(path):
    try:
        ds = pydicom.dcmread(path, force=True)
        return ds, references.transfer_syntax(path), wanted_frames(ds)
    except Exception:
        return pydicom.Dataset(), '', [0]


def judge(job):
    ctl, path, name, rulings = job
    ds, syntax, frames = read_header(path)
    names = name, 'class ' + str(ds.get('SOPClassUID', ''))
    rulings = [r for r in rulings if any(fnmatch.fnmatch(n, r['file']) for n in names)]
    answers = references.answers(path, syntax, frames)
    verdicts = []
    for i, frame in enumerate(frames):
        ours = render(ctl, path, frame)
        mine = {reader: answer[i] for reader, answer in answers.items()}
        if ours is None:
            verdicts.append(('BROKEN', 'no picture and no clear sentence'))
        elif isinstance(ours, str):
            verdicts.append(judge_refusal(ours, ds, frame, mine, rulings))
        else:
            verdicts.append(judge_frame(ours, ctl, path, ds, frame, mine, syntax, rulings))
    verdict, reason = ([v for v in verdicts if v[0] not in GOOD] or verdicts)[0]
    remarks = [r['why'] + (' (%s)' % r['section'] if r['section'] else '') for r in rulings
               if (r['right'] == 'refuse') == (verdict == 'refused')]
    photometric = str(ds.get('PhotometricInterpretation', ''))
    return Row(name, syntax, photometric, verdict, '; '.join([reason] + remarks))


def syntax_name(uid):
    later = {'1.2.840.10008.1.2.4.201': 'HTJ2K Lossless', '1.2.840.10008.1.2.4.202': 'HTJ2K RPCL',
             '1.2.840.10008.1.2.4.203': 'HTJ2K', '1.2.840.10008.1.2.8.1': 'Deflated Image Frame'}
    return later.get(uid) or (UID(uid).name if uid else '(none)')


def print_summary(rows):
    counts = collections.defaultdict(collections.Counter)
    for row in rows:
        counts[syntax_name(row.syntax)][row.verdict] += 1
    verdicts = [v for v in GOOD + ('REFUSED', 'DIFFERENT', 'UNCHECKED', 'BROKEN')
                if any(v in c for c in counts.values())]
    print('\n| transfer syntax | files | %s |' % ' | '.join(verdicts))
    print('|---|' + '---:|' * (len(verdicts) + 1))
    for name in sorted(counts):
        print('| %s | %d | %s |' % (name, sum(counts[name].values()), ' | '.join(
            str(counts[name][v] or '') for v in verdicts)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('folders', nargs='*')
    parser.add_argument('--made', type=int, default=0, help='so many files of make.py, too')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--ctl', default='precedentctl')
    parser.add_argument('--jobs', type=int, default=2)
    arguments = parser.parse_args()
    folders = [folder for folder in arguments.folders if os.path.exists(folder)]
    with open(HERE + '/rulings.csv', newline='') as f:
        rulings = list(csv.DictReader(f))
    with tempfile.TemporaryDirectory() as place, multiprocessing.Pool(arguments.jobs) as pool:
        made = os.path.join(place, 'made')
        os.mkdir(made)
        make.write(made, arguments.made, arguments.seed)
        jobs = [(arguments.ctl, path, name, rulings) for path, name in find_files(folders + [made])]
        rows = pool.map(judge, jobs, chunksize=1)
    if not rows:
        print('skipped: there is none of', arguments.folders)
        return 77
    for row in sorted(rows, key=lambda r: (r.verdict not in GOOD, r.file)):
        print('%-60s %-40s %-16s %-10s %s' % (row.file, syntax_name(row.syntax), row.photometric,
                                              row.verdict, row.reason))
    print_summary(rows)
    return 0 if all(row.verdict in GOOD for row in rows) else 1


if __name__ == '__main__':
    sys.exit(main())
