#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Precedent beside other programs, driven from outside on a virtual display, alternating A B A B.

peers.py FOLDER --precedent PROGRAM [--runs 5] [--library FILE]: time to the first image, wheel step and memory beside
Aeskulap (when installed), and the first image as a multiple of dcmj2pnm rendering one slice."""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

CROP = (500, 250, 400, 400)  # where both programs show the picture on a 1400 x 900 screen


def tree(pid):
    pids = [pid]
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as f:
                for child in f.read().split():
                    pids += tree(int(child))
    except OSError:
        pass
    return pids


def memory_mb(pid):
    total = 0
    for each in tree(pid):
        try:
            with open(f"/proc/{each}/smaps_rollup") as f:
                total += sum(int(line.split()[1]) for line in f if line.startswith("Pss:"))
        except OSError:
            pass
    return total / 1024


def one(command):
    """Runs inside a fresh display: prints what was measured as one JSON line."""
    import numpy as np
    from Xlib import X, display
    from Xlib.ext import xtest
    screen = display.Display()
    root = screen.screen().root

    def crop():
        return root.get_image(*CROP, X.ZPixmap, 0xffffffff).data

    def grey_levels(data):
        a = np.frombuffer(data, np.uint8).reshape(-1, 4)
        grey = a[(a[:, 0] == a[:, 1]) & (a[:, 1] == a[:, 2])][:, 0]
        return int((np.bincount(grey, minlength=256) > 40).sum())

    start = time.monotonic()
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    first = None
    while time.monotonic() - start < 30 and program.poll() is None:
        if grey_levels(crop()) > 60:
            first = time.monotonic() - start
            break
        time.sleep(0.005)
    time.sleep(3)
    result = {"first": first}
    root.warp_pointer(CROP[0] + 200, CROP[1] + 200)
    screen.sync()
    time.sleep(0.3)
    last, steps = crop(), []
    for _ in range(20):
        t = time.monotonic()
        xtest.fake_input(screen, X.ButtonPress, 5)
        xtest.fake_input(screen, X.ButtonRelease, 5)
        screen.flush()
        while time.monotonic() - t < 2:
            now = crop()
            if now != last:
                last = now
                steps.append((time.monotonic() - t) * 1e3)
                break
        time.sleep(0.05)
    result["steps"] = steps
    result["memory"] = memory_mb(program.pid)
    for pid in reversed(tree(program.pid)):
        try:
            os.kill(pid, 15)
        except OSError:
            pass
    try:
        program.wait(3)
    except subprocess.TimeoutExpired:
        program.kill()
    print(json.dumps(result))


def run(command):
    inner = f"openbox >/dev/null 2>&1 & sleep 1; exec {sys.executable} {__file__} --one \"$@\""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(["xvfb-run", "-a", "-s", "-screen 0 1400x900x24", "dbus-run-session", "--", "sh", "-c", inner,
                               "sh", *command], capture_output=True, text=True,
                              env={**os.environ, "HOME": home, "XDG_DATA_HOME": home, "XDG_CACHE_HOME": home})
    return json.loads(done.stdout.splitlines()[-1])


def main():
    if sys.argv[1:2] == ["--one"]:
        return one(sys.argv[2:])
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--precedent", required=True)
    parser.add_argument("--library")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    files = sorted(str(p) for p in options.folder.glob("*.dcm"))
    ours = [options.precedent] + (["--library", options.library] if options.library else []) + [str(options.folder)]
    programs = {"precedent": ours}
    if shutil.which("aeskulap"):
        programs["aeskulap"] = ["aeskulap", *files]
    results = {name: [] for name in programs}
    oracle = []
    for _ in range(options.runs):
        t = time.monotonic()
        subprocess.run(["dcmj2pnm", "+on", "+Ww", "40", "400", files[0], "/dev/null"], check=True, capture_output=True)
        oracle.append(time.monotonic() - t)
        for name, command in programs.items():
            results[name].append(run(command))
    print(f"{len(files)} files, {options.runs} runs, medians (minimum-maximum)")
    median = statistics.median
    firsts = {}
    for name, runs in results.items():
        first = [r["first"] for r in runs if r["first"]]
        steps = [s for r in runs for s in r["steps"]]
        memory = [r["memory"] for r in runs]
        firsts[name] = median(first) if first else float("nan")
        print(f"{name}: first image {firsts[name]:.2f} s ({min(first, default=0):.2f}-{max(first, default=0):.2f}), wheel step "
              f"{median(steps) if steps else float('nan'):.1f} ms (max {max(steps, default=0):.0f}, {len(steps)} seen), "
              f"memory {median(memory):.0f} MB")
    print(f"dcmj2pnm, one slice: {median(oracle) * 1e3:.0f} ms")
    print(f"first image / dcmj2pnm: {firsts['precedent'] / median(oracle):.1f}")
    if "aeskulap" in firsts:
        print(f"first image / aeskulap: {firsts['precedent'] / firsts['aeskulap']:.2f}")


main()
