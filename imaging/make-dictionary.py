# SPDX-License-Identifier: Apache-2.0
"""make-dictionary.py OUT.h: the data dictionary (PS3.6) of the installed pydicom as a C table.

Words lie in one string with their offsets in the rows, so that starting a process relocates nothing.
"""
import sys

from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary


def one_vr(vr):
    """One VR of several: xs is US or SS, as Pixel Representation says."""
    if "SS" in vr and "US" in vr:
        return "xs"
    if " or " in vr:
        return "OW"
    return vr if len(vr) == 2 else "UN"


def mask_of(pattern):
    return int("".join("0" if c == "x" else "F" for c in pattern), 16)


def rows():
    for tag, (vr, _, name, _, keyword) in sorted(DicomDictionary.items()):
        if keyword:
            yield tag, 0xFFFFFFFF, vr, keyword, name
    for pattern, (vr, _, name, _, keyword) in sorted(RepeatersDictionary.items()):
        yield int(pattern.replace("x", "0"), 16), mask_of(pattern), vr, keyword, name


def main(path):
    words, at, plain, repeating = [], 0, [], []
    for tag, mask, vr, keyword, name in rows():
        whole = mask == 0xFFFFFFFF
        name = name.encode("ascii", "replace").decode().replace("\\", "").replace('"', "'")
        (plain if whole else repeating).append(
            "{0x%08X, %s\"%s\", %d}," % (tag, "" if whole else "0x%08X, " % mask, one_vr(vr), at))
        words.append('"%s\\000%s\\000"' % (keyword, name))
        at += len(keyword) + len(name) + 2
    with open(path, "w", encoding="ascii") as out:
        out.write("// Made from pydicom's dictionary by make-dictionary.py.\n")
        out.write("static const char WORDS[] = // keyword, name\n  " + "\n  ".join(words) + ";\n")
        out.write("static const struct {\n  uint32_t tag;\n  char vr[3];\n  uint32_t words;\n"
                  "} ROWS[] = { // by tag\n  " + "\n  ".join(plain) + "\n};\n")
        out.write("static const struct {\n  uint32_t tag, mask;\n  char vr[3];\n  uint32_t words;\n"
                  "} REPEATING[] = { // digits of the tag that the mask leaves out may be any\n  "
                  + "\n  ".join(repeating) + "\n};\n")


main(sys.argv[1])
