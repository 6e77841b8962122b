// SPDX-License-Identifier: Apache-2.0
#include "dataset.h"

#include <glib/gi18n-lib.h>

namespace prc {

constexpr unsigned MAX_DEPTH = 64; // of sequences: real files have some ten
constexpr Tag ITEM = 0xFFFEE000, ITEM_END = 0xFFFEE00D, SEQUENCE_END = 0xFFFEE0DD;

namespace {

struct Cursor {
  Bytes bytes;
  size_t at = 0;
  Syntax syntax;

  size_t
  left () const {
    return bytes.size - at;
  }
  const uint8_t *
  here () const {
    return bytes.data + at;
  }
  uint16_t
  u16 (size_t offset) const {
    return syntax.big_endian ? be16 (here () + offset) : le16 (here () + offset);
  }
  uint32_t
  u32 (size_t offset) const {
    return syntax.big_endian ? be32 (here () + offset) : le32 (here () + offset);
  }
  Tag
  tag () const {
    return Tag (u16 (0)) << 16 | u16 (2);
  }
};

[[noreturn]] void
fail_short (Tag tag) {
  fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The file ends inside element (%04X,%04X)"), tag >> 16,
        tag & 0xFFFF);
}

bool
is_letter (uint8_t c) {
  return c >= 'A' && c <= 'Z';
}

bool
has_long_length (Vr v) { // PS3.5 7.1.2; VRs that do not exist yet have it too
  switch (v) {
  case vr ("AE"):
  case vr ("AS"):
  case vr ("AT"):
  case vr ("CS"):
  case vr ("DA"):
  case vr ("DS"):
  case vr ("DT"):
  case vr ("FL"):
  case vr ("FD"):
  case vr ("IS"):
  case vr ("LO"):
  case vr ("LT"):
  case vr ("PN"):
  case vr ("SH"):
  case vr ("SL"):
  case vr ("SS"):
  case vr ("ST"):
  case vr ("TM"):
  case vr ("UI"):
  case vr ("UL"):
  case vr ("US"):
    return false;
  default:
    return true;
  }
}

// Reads tag, VR and length; leaves the cursor at the value. Some writers slip implicit elements
// into explicit data sets: no letters where the VR should be says so. Where the length would then go
// beyond the file, a VR was damaged instead.
Element
read_header (Cursor &c) {
  if (c.left () < 8)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The file ends inside an element's header"));
  Element e;
  e.tag = c.tag ();
  const uint8_t *p = c.here ();
  uint16_t short_length = c.u16 (6);
  bool vr_there = c.syntax.explicit_vr && is_letter (p[4]) && is_letter (p[5]);
  if (e.tag >> 16 == 0xFFFE || !vr_there) {
    e.length = c.u32 (4);
    c.at += 8;
    bool fits = e.length == UNDEFINED_LENGTH || e.length <= c.left ();
    if (c.syntax.explicit_vr && e.tag >> 16 != 0xFFFE && !fits)
      e.length = short_length;
  } else {
    e.vr = Vr (p[4] << 8 | p[5]);
    if (has_long_length (e.vr)) {
      if (c.left () < 12)
        fail_short (e.tag);
      e.length = c.u32 (8);
      c.at += 12;
    } else {
      e.length = short_length;
      c.at += 8;
    }
  }
  e.undefined_length = e.length == UNDEFINED_LENGTH;
  return e;
}

void skip_sequence (Cursor &c, Tag tag, unsigned depth);

// Behind the end of an item of undefined length.
void
skip_item (Cursor &c, unsigned depth) {
  while (c.left () >= 8) {
    Element e = read_header (c);
    if (e.tag == ITEM_END)
      return;
    if (e.tag == SEQUENCE_END) { // the item's own end is missing
      c.at -= 8;
      return;
    }
    if (e.undefined_length) {
      Syntax outer = c.syntax;
      if (e.vr == vr ("UN"))
        c.syntax = {false, false}; // PS3.5 6.2.2 note 4
      skip_sequence (c, e.tag, depth + 1);
      c.syntax = outer;
    } else if (e.length > c.left ()) {
      fail_short (e.tag);
    } else {
      c.at += e.length;
    }
  }
  fail_short (ITEM);
}

// From the first item to behind the sequence delimitation item.
void
skip_sequence (Cursor &c, Tag tag, unsigned depth) {
  if (depth > MAX_DEPTH)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("Sequences are nested more than %u deep"), MAX_DEPTH);
  while (c.left () >= 8) {
    Element e = read_header (c);
    if (e.tag == SEQUENCE_END)
      return;
    if (e.tag != ITEM)
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("Sequence (%04X,%04X) holds something else than items"),
            tag >> 16, tag & 0xFFFF);
    if (e.undefined_length)
      skip_item (c, depth);
    else if (e.length > c.left ())
      fail_short (tag);
    else
      c.at += e.length;
  }
  fail_short (tag);
}

bool
is_pixels (Tag tag) {
  return tag == PIXEL_DATA || tag == FLOAT_PIXEL_DATA || tag == DOUBLE_PIXEL_DATA;
}

// The value of an element whose header was just read.
void
read_value (Cursor &c, Element &e, unsigned depth, bool pixels) {
  size_t start = c.at;
  if (pixels) {
    e.cut = !e.undefined_length && e.length > c.left ();
    e.value = c.bytes.part (start, e.undefined_length ? c.left () : e.length);
    c.at += e.value.size;
  } else if (e.undefined_length) {
    Syntax outer = c.syntax;
    if (e.vr == vr ("UN"))
      c.syntax = {false, false};
    skip_sequence (c, e.tag, depth + 1);
    c.syntax = outer;
    e.value = c.bytes.part (start, c.at - start);
  } else {
    if (e.length > c.left ())
      fail_short (e.tag);
    e.value = c.bytes.part (start, e.length);
    c.at += e.length;
  }
}

} // namespace

Dataset
parse (Bytes bytes, Syntax syntax, Until until, unsigned depth) {
  Dataset set;
  Cursor c{bytes, 0, syntax};
  set.syntax = syntax;
  set.elements.reserve (depth == 0 ? 192 : 16);
  while (c.left () >= 8) {
    if (until == Until::GROUP_2 && c.u16 (0) != 2)
      break;
    Element e = read_header (c);
    if (e.tag >> 16 == 0xFFFE) // delimitation of an item, or one too many
      break;
    bool pixels = until == Until::PIXELS && is_pixels (e.tag);
    read_value (c, e, depth, pixels);
    set.elements.push_back (e);
    if (pixels)
      break;
  }
  bool whole = set.elements.empty () || !is_pixels (set.elements.back ().tag);
  if (until == Until::PIXELS && whole && c.left () > 0 && c.left () < 8)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The file ends inside an element's header"));
  set.end = c.at;
  return set;
}

const Element *
Dataset::find (Tag tag) const {
  for (const Element &e : elements)
    if (e.tag == tag)
      return &e;
  return nullptr;
}

static Syntax
syntax_of_items (const Dataset &set, const Element &sequence) {
  return sequence.vr == vr ("UN") ? Syntax{false, false} : set.syntax;
}

std::vector<Bytes>
Dataset::closed_items (const Element &sequence) const {
  std::vector<Bytes> out;
  Cursor c{sequence.value, 0, syntax_of_items (*this, sequence)};
  while (c.left () >= 8) {
    Element e = read_header (c);
    if (e.tag != ITEM)
      break;
    size_t start = c.at;
    if (e.undefined_length)
      skip_item (c, 0);
    else if (e.length > c.left ())
      fail_short (sequence.tag);
    else
      c.at += e.length;
    out.push_back (sequence.value.part (start, c.at - start));
  }
  return out;
}

Dataset
Dataset::open_item (const Element &sequence, Bytes item) const {
  return parse (item, syntax_of_items (*this, sequence), Until::END, 1);
}

std::vector<Dataset>
Dataset::items (const Element &sequence) const {
  std::vector<Dataset> out;
  for (Bytes item : closed_items (sequence))
    out.push_back (open_item (sequence, item));
  return out;
}

std::vector<Dataset>
Dataset::items (Tag sequence) const {
  const Element *e = find (sequence);
  return e ? items (*e) : std::vector<Dataset> ();
}

} // namespace prc
