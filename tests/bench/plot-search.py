# SPDX-License-Identifier: Apache-2.0
"""plot-search.py TABLE.tsv PLOT.svg: the median time of a search against the number of slices, both by powers of ten."""
import csv
import math
import sys

WIDTH, HEIGHT, MARGIN = 640, 400, 60
COLOURS = ["#1a5fb4", "#26a269", "#c64600", "#813d9c", "#a51d2d", "#63452c"]


def main(table, plot):
    lines = {}
    with open(table, newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if not row["what"].startswith("start"):
                name = row["what"].rstrip("0123456789 ") if "cases" not in row["what"] else row["what"]
                lines.setdefault(name, []).append((int(row["rows"]), float(row["p50 ms"])))
    rows = [math.log10(n) for points in lines.values() for n, _ in points]
    times = [math.log10(t) for points in lines.values() for _, t in points]
    left, right = math.floor(min(rows)), max(math.ceil(max(rows)), math.floor(min(rows)) + 1)
    low, high = math.floor(min(times)), max(math.ceil(max(times)), math.floor(min(times)) + 1)

    def place(n, t):
        return (MARGIN + (math.log10(n) - left) / (right - left) * (WIDTH - 2 * MARGIN),
                HEIGHT - MARGIN - (math.log10(t) - low) / (high - low) * (HEIGHT - 2 * MARGIN))

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for power in range(left, right + 1):
        x, y = place(10 ** power, 10 ** low)
        out.append(f'<path d="M{x:.0f} {y:.0f}V{MARGIN}" stroke="#ddd"/><text x="{x:.0f}" y="{y + 18:.0f}" text-anchor="middle">{10 ** power:,}</text>')
    for power in range(low, high + 1):
        x, y = place(10 ** left, 10 ** power)
        out.append(f'<path d="M{x:.0f} {y:.0f}H{WIDTH - MARGIN}" stroke="#ddd"/><text x="{x - 6:.0f}" y="{y + 4:.0f}" text-anchor="end">{10.0 ** power:g} ms</text>')
    for i, (name, points) in enumerate(sorted(lines.items())):
        colour = COLOURS[i % len(COLOURS)]
        path = " ".join("{:.1f},{:.1f}".format(*place(*point)) for point in sorted(points))
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out.append(f'<text x="{MARGIN + 10}" y="{MARGIN + 4 + 16 * i}" fill="{colour}">{name}</text>')
    out.append("</svg>")
    with open(plot, "w") as file:
        file.write("\n".join(out) + "\n")


main(*sys.argv[1:])
