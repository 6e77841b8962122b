#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Operations on segments against scipy.ndimage, voxel by voxel: islands (label), holes (binary_fill_holes), smoothing
(median_filter) and filling between slices (distance_transform_edt). `edits.py --dump PROGRAM`; 77: scipy is not there."""
import argparse
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from scipy import ndimage
except ImportError:
    print("numpy or scipy is not there")
    sys.exit(77)

PLACES = 40


def blobs(random, shape):
    """Smooth shapes with holes, islands and ragged edges."""
    noise = ndimage.gaussian_filter(random.standard_normal(shape), (0.8, 2, 2), mode="wrap")
    made = noise > random.uniform(0, 0.6) * noise.std()
    return made ^ (random.random(shape) < 0.01)


def run(program, folder, operation, volume, spacing, number=0):
    before, after = folder / "before", folder / "after"
    before.write_bytes(volume.astype(np.uint8).tobytes())
    subprocess.run([program, operation, *map(str, volume.shape), *map(str, spacing), str(number), before, after],
                   check=True)
    return np.frombuffer(after.read_bytes(), np.uint8).reshape(volume.shape).astype(bool)


def islands(volume, least):
    parts, n = ndimage.label(volume, np.ones((3, 3, 3)))
    if n == 0:
        return volume
    sizes = ndimage.sum_labels(volume, parts, np.arange(1, n + 1))
    kept = [i + 1 for i in range(n) if sizes[i] >= least or i == int(np.argmax(sizes))]
    return np.isin(parts, kept)


def holes(volume):
    return np.stack([ndimage.binary_fill_holes(one) for one in volume])


def median(volume, spacing, radius):
    reach = [int(radius / one + 1e-9) for one in spacing]
    z, y, x = np.mgrid[tuple(slice(-one, one + 1) for one in reach)]
    ball = (z * spacing[0]) ** 2 + (y * spacing[1]) ** 2 + (x * spacing[2]) ** 2 <= radius ** 2 + 1e-9
    return ndimage.median_filter(volume.astype(np.uint8), footprint=ball, mode="nearest").astype(bool)


def signed(one, spacing):
    """Distance to the edge in millimetres, positive inside; what is beyond the image is outside."""
    wide = np.pad(one, 1)
    half = min(spacing[1:]) / 2
    inside = ndimage.distance_transform_edt(wide, spacing[1:]) - half
    outside = ndimage.distance_transform_edt(~wide, spacing[1:]) - half
    return np.where(wide, inside, -outside)[1:-1, 1:-1]


def between(first, last, n, spacing):
    """The slices between two, and where the edge is too near to tell."""
    a, b = signed(first, spacing), signed(last, spacing)
    ways = [(1 - i / n) * a + i / n * b for i in range(1, n)]
    return np.stack([way > 0 for way in ways]), np.stack([abs(way) < 1e-4 for way in ways])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dump", required=True)
    arguments = parser.parse_args()
    random, wrong, compared = np.random.default_rng(5), 0, 0

    def expect(name, found, expected, unsure=None):
        nonlocal wrong, compared
        differ = found != expected
        if unsure is not None:
            differ &= ~unsure
        compared += 1
        if differ.any():
            wrong += 1
            print(f"{name}: {int(differ.sum())} of {differ.size} voxels differ, first at {np.argwhere(differ)[0]}")

    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        for _ in range(PLACES):
            shape = tuple(int(one) for one in random.integers((4, 20, 20), (14, 60, 60)))
            spacing = tuple(float(np.round(one, 2)) for one in random.uniform((0.6, 0.4, 0.4), (4, 1.5, 1.5)))
            volume = blobs(random, shape)
            least = int(random.integers(1, 60))
            expect("islands", run(arguments.dump, folder, "islands", volume, spacing, least), islands(volume, least))
            expect("holes", run(arguments.dump, folder, "holes", volume, spacing), holes(volume))
            radius = float(np.round(random.uniform(0.5, 5), 2))
            expect("median", run(arguments.dump, folder, "smooth", volume, spacing, radius),
                   median(volume, spacing, radius))
            ends = blobs(random, (2, *shape[1:]))
            ends[:, 5:15, 5:15] = True  # they lie on each other
            gap = np.zeros_like(volume)
            gap[0], gap[-1] = ends
            filled, unsure = between(gap[0], gap[-1], shape[0] - 1, spacing)
            expect("between", run(arguments.dump, folder, "between", gap, spacing)[1:-1], filled, unsure)
    print(f"{compared} operations compared, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
