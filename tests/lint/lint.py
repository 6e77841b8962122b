#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the compiler does not say: arrows between the folders, foreign libraries in their one place, licence
lines, formatting, translations, and how much of the code is tests. `lint.py CHECK`; silent when all is well."""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = (".c", ".h", ".cc")
IMAGING = {"imaging", "imaging/segment", "imaging/phantom"}
# app -> ui -> engine -> imaging; precedentctl and the codec are programs of their own.
MAY_USE = {
    "imaging/codec": {"imaging/codec"},
    "imaging/phantom": IMAGING,
    "imaging/segment": {"imaging", "imaging/segment"},
    "imaging": {"imaging"},
    "engine/onnx": {"engine/onnx"},
    "engine": {"engine"} | IMAGING,
    "ui": {"ui", "engine"} | IMAGING,
    "app/ctl": {"app/ctl", "engine"} | IMAGING,
    "app": {"app", "ui", "engine"} | IMAGING,
}
# Foreign headers and the only rooms that may hold them.
FOREIGN = [
    (r"gdcm|openjpeg|charls|png\.h|jpeglib\.h|jxl/|seccomp\.h", {"imaging/codec"}),
    (r"gtk/|adwaita\.h|gdk/|gsk/", {"ui", "app"}),
    (r"sqlite3\.h", {"engine"}),
    (r"opencv2/", {"engine/onnx"}),
]
SHARED_WITH_CODEC = ("prc-cielab.h", "prc-codec-wire.h", "prc-dictionary.h", "prc-imaging-error.h", "prc-frame.h",
                     "prc-places.h", "prc-sop-class.h", "prc-transfer-syntax.h")
# What the process that runs encoders in ONNX has besides its own: the way it talks, and the walls around it.
SHARED_WITH_ONNX = ("prc-onnx-wire.h", "sandbox.h")
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def room(path):
    """The longest folder of MAY_USE that holds a path, or None (tests, po, ...)."""
    text = path.relative_to(ROOT).as_posix()
    return max((r for r in MAY_USE if text.startswith(r + "/")), key=len, default=None)


def files(*suffixes):
    for top in ("app", "ui", "imaging", "engine", "tests"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in suffixes and path.is_file():
                yield path


def arrows():
    homes = {p.name: room(p) for p in files(".h") if room(p)}
    for path in files(*SOURCES):
        here = room(path)
        if here is None:
            continue
        for quote, name in INCLUDE.findall(path.read_text()):
            base = pathlib.PurePosixPath(name).name
            # The codec shares no code with the library but the way they talk, plain constants, the data dictionary,
            # what a CIELab value looks like and where things lie.
            if quote == '"' and base in homes and homes[base] not in MAY_USE[here] \
                    and not (here == "imaging/codec" and base in SHARED_WITH_CODEC) \
                    and not (here == "engine/onnx" and base in SHARED_WITH_ONNX):
                yield f"{path.relative_to(ROOT)}: {here}/ may not include {name} of {homes[base]}/"
            if ".." in name:
                yield f"{path.relative_to(ROOT)}: {name} goes around the walls"
            for pattern, rooms in FOREIGN:
                if re.match(pattern, name) and here not in rooms:
                    yield f"{path.relative_to(ROOT)}: <{name}> belongs to {', '.join(sorted(rooms))}/ alone"


def licences():
    for path in files(*SOURCES, ".py", ".ui"):
        if "SPDX-License-Identifier: Apache-2.0" not in "".join(path.open().readlines()[:3]):
            yield f"{path.relative_to(ROOT)}: no SPDX line"


def formatting():
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *map(str, files(*SOURCES))], cwd=ROOT,
                          capture_output=True, text=True)
    for line in done.stderr.splitlines():
        if "error:" in line:
            yield line.replace(f"{ROOT}/", "").split(" [")[0] + " (./dev format)"


def places():
    """No file names a place of one machine."""
    for path in files(*SOURCES, ".py", ".build", ".sh"):
        if re.search(r"(?<![\w.])/(work|home|root|farm)/", path.read_text()) and path.name != "lint.py":
            yield f"{path.relative_to(ROOT)}: names a path of one machine"


MARKED = re.compile(r'\b(?:_|N_|NP_|C_|NC_|ngettext|g_dngettext)\s*\(\s*"|translatable="yes"')


def translations():
    lines = [line for line in (ROOT / "po/POTFILES").read_text().splitlines() if line and line[0] != "#"]
    listed = set(lines)
    if lines != sorted(listed):
        yield "po/POTFILES: not in order, or a line is there twice"
    used = [p for p in files(*SOURCES) if room(p)] + sorted((ROOT / "resources").rglob("*.ui")) \
        + sorted((ROOT / "resources").glob("*.desktop.in")) + sorted((ROOT / "resources").glob("*.metainfo.xml.in"))
    for path in used:
        name = path.relative_to(ROOT).as_posix()
        if name not in listed and (path.suffix == ".in" or MARKED.search(path.read_text())):
            yield f"po/POTFILES: {name} is missing"
    for name in sorted(listed):
        if not (ROOT / name).exists():
            yield f"po/POTFILES: {name} does not exist"
    for language in (ROOT / "po/LINGUAS").read_text().split():
        yield from incomplete(language, sorted(n for n in listed if (ROOT / n).exists()))


def incomplete(language, sources):
    """Messages of the sources that a catalogue lacks, and entries that are fuzzy or break a format."""
    with tempfile.TemporaryDirectory() as folder:
        template, merged = f"{folder}/all.pot", f"{folder}/merged.po"
        found = subprocess.run(["xgettext", "--from-code=UTF-8", "-k_", "-kN_", "-kNP_:1,2", "-kC_:1c,2", "-kNC_:1c,2",
                                "-kngettext:1,2", "-kg_dngettext:2,3", "--flag=_:1:pass-c-format",
                                "--flag=g_strdup_printf:1:c-format", "-o", template, *sources], cwd=ROOT,
                               capture_output=True, text=True)
        yield from (f"xgettext: {line}" for line in found.stderr.splitlines() if "warning" in line or "error" in line)
        if found.returncode != 0:
            yield f"xgettext: exit {found.returncode} with {len(sources)} files"
            return
        catalogue = ROOT / f"po/{language}.po"
        checked = subprocess.run(["msgfmt", "--check-format", "-o", "/dev/null", catalogue], capture_output=True, text=True)
        yield from (f"po/{language}.po: {line}" for line in checked.stderr.splitlines() if "error" in line)
        subprocess.run(["msgmerge", "--quiet", "--no-fuzzy-matching", "-o", merged, catalogue, template], check=True)
        for kind, option in (("untranslated", "--untranslated"), ("fuzzy", "--only-fuzzy")):
            found = subprocess.run(["msgattrib", option, "--no-obsolete", "--no-wrap", merged], capture_output=True, text=True)
            for text in re.findall(r'^msgid (?:""\n)?"(.+)"$', found.stdout, re.M):
                yield f"po/{language}.po: {kind}: {text}"


def share():
    """C test lines are at least half of the C source lines."""
    count = lambda paths: sum(len(p.read_text().splitlines()) for p in paths)
    source = count(p for p in files(".c", ".cc", ".h") if room(p))
    tests = count(p for p in files(".c", ".h") if room(p) is None)
    if tests * 2 < source:
        yield f"{tests} lines of tests for {source} lines of source"


def traps():
    """Every test that tests/README.md names is there."""
    text = (ROOT / "tests" / "README.md").read_text()
    for name, tests in re.findall(r"`(\S+\.c)`: ([^;|]+)", text):
        path = ROOT / "tests" / name
        source = path.read_text() if path.exists() else ""
        for test in tests.strip().split(", "):
            wanted = re.escape(test.rstrip("*")) + ("" if test.endswith("*") else '"')
            if not re.search('["/-]' + wanted, source):
                yield f"tests/README.md: {name} has no test {test}"


def symbols(*archives):
    """No name is defined in two of the static libraries: the linker would take one of them and say nothing."""
    seen = {}
    for archive in archives:
        listing = subprocess.run(["nm", "-g", "--defined-only", archive], capture_output=True, text=True, check=True)
        for name in {line.split()[-1] for line in listing.stdout.splitlines() if len(line.split()) == 3}:
            if name in seen:
                yield f"{name} is defined in {seen[name]} and in {pathlib.Path(archive).name}"
            seen[name] = pathlib.Path(archive).name


CHECKS = {f.__name__: f for f in (arrows, licences, formatting, places, translations, share, traps, symbols)}

if __name__ == "__main__":
    complaints = list(CHECKS[sys.argv[1]](*sys.argv[2:]))
    print("\n".join(complaints))
    sys.exit(1 if complaints else 0)
