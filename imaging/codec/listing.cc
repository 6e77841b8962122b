// SPDX-License-Identifier: Apache-2.0
#include "listing.h"

#include <cinttypes>
#include <cmath>
#include <cstring>

#include <glib/gi18n-lib.h>

#include "file.h"
#include "prc-codec-wire.h"
#include "text.h"
#include "values.h"
#include "vr.h"

namespace prc {

namespace {

constexpr unsigned MAX_DEPTH = 64, MAX_ROWS = 1000000;
constexpr size_t MAX_TEXT = 65536;   // bytes of one value
constexpr size_t MAX_ALL = 64 << 20; // bytes of all; beyond it a value gets no more than
constexpr size_t LITTLE_TEXT = 256;
constexpr size_t MAX_NUMBERS = 8192; // bytes; digits take more room
constexpr size_t MAX_HEX = 32;
constexpr Tag ITEM = 0xFFFEE000;

struct Row {
  std::string value;
  unsigned flags = 0;
};

// The shortest decimals that read back as the same number.
std::string
real_text (double v, bool is_float) {
  char text[40];
  for (int digits = is_float ? 6 : 15; digits <= 17; digits++) {
    char format[8];
    g_snprintf (format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd (text, sizeof text, format, v);
    double back = g_ascii_strtod (text, nullptr);
    if (is_float ? float (back) == float (v) : back == v)
      break;
  }
  return text;
}

std::string
tag_text (double v) {
  char text[16];
  g_snprintf (text, sizeof text, "(%04X,%04X)", unsigned (v) >> 16, unsigned (v) & 0xFFFF);
  return text;
}

std::string
hex_text (Bytes b) {
  std::string out;
  for (size_t i = 0; i < MIN (b.size, MAX_HEX); i++) {
    char two[4];
    g_snprintf (two, sizeof two, i ? " %02X" : "%02X", b.data[i]);
    out += two;
  }
  return out;
}

bool
is_readable (Bytes b) { // ASCII in an element whose VR nobody knows
  while (b.size && (b.data[b.size - 1] == 0 || b.data[b.size - 1] == ' '))
    b.size--;
  for (size_t i = 0; i < b.size; i++)
    if (b.data[i] < 0x20 || b.data[i] >= 0x7F)
      return false;
  return b.size > 0;
}

class Lister {
public:
  Lister () {
    g_variant_builder_init (&rows_, G_VARIANT_TYPE ("a(uqytys)"));
  }
  ~Lister () {
    g_variant_builder_clear (&rows_);
  }
  Lister (const Lister &) = delete;
  Lister &operator= (const Lister &) = delete;

  void members (const Dataset &set, const Charset &outer, unsigned depth);
  GVariant *
  end () {
    return g_variant_new ("(ba(uqytys))", guessed_, &rows_);
  }

private:
  GVariantBuilder rows_;
  unsigned n_ = 0;
  size_t size_ = 0;
  bool guessed_ = false;

  void add (const Element &e, Vr v, const Row &row, unsigned depth);
  Row row_of (const Dataset &set, const Element &e, const Charset &charset) const;
  Row number_row (const Dataset &set, const Element &e, Bytes value) const;
};

void
Lister::add (const Element &e, Vr v, const Row &row, unsigned depth) {
  if (++n_ > MAX_ROWS)
    fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("The file has more than %u elements"), MAX_ROWS);
  size_ += row.value.size ();
  uint64_t length = e.undefined_length ? UINT64_MAX : e.length;
  g_variant_builder_add (&rows_, "(uqytys)", e.tag, v, row.flags, length, depth,
                         row.value.c_str ());
}

Row
Lister::number_row (const Dataset &set, const Element &e, Bytes value) const {
  Row row;
  Element part = e;
  part.value = value;
  bool is_float = e.vr == vr ("FL"), is_real = is_float || e.vr == vr ("FD");
  for (double x : numbers (set, part, e.vr)) {
    if (!row.value.empty ())
      row.value += '\\';
    row.value += e.vr == vr ("AT")                               ? tag_text (x)
                 : is_real || std::fabs (x) > 9007199254740992.0 ? real_text (x, is_float)
                                                                 : std::to_string (int64_t (x));
  }
  return row;
}

Row
Lister::row_of (const Dataset &set, const Element &e, const Charset &charset) const {
  Row row;
  Bytes value = e.value.part (0, size_ < MAX_ALL ? MAX_TEXT : LITTLE_TEXT);
  bool words = is_text (e.vr) || e.vr == vr ("DS") || e.vr == vr ("IS");
  bool known = words || is_number (e.vr) || e.vr == vr ("AT");
  bool readable = e.vr == vr ("UN") && is_readable (value);
  if (known && !words)
    value = value.part (0, MAX_NUMBERS);
  Element part = e;
  part.value = value;
  if (readable)
    part.vr = vr ("UT");
  if (words || readable)
    row.value = charset.utf8 (part, true);
  else if (known)
    row = number_row (set, e, value);
  else
    row.value = hex_text (e.value);
  if (!known && !readable)
    row.flags |= PRC_LISTING_BINARY;
  if (value.size < e.value.size)
    row.flags |= PRC_LISTING_CUT;
  return row;
}

void
Lister::members (const Dataset &set, const Charset &outer, unsigned depth) {
  if (depth > MAX_DEPTH)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("Sequences are nested more than %u deep"), MAX_DEPTH);
  Charset charset (set, outer);
  bool is_signed = number (set, 0x00280103, vr ("US"), 0) == 1;
  for (const Element &e : set.elements) {
    Element known = e;
    known.vr = vr_of (e, is_signed);
    if (known.vr != vr ("SQ")) {
      add (e, known.vr, row_of (set, known, charset), 2 * depth);
      continue;
    }
    add (e, known.vr, Row (), 2 * depth);
    for (Bytes item : set.closed_items (e)) {
      Element head;
      head.tag = ITEM;
      head.length = item.size;
      add (head, 0, Row (), 2 * depth + 1);
      members (set.open_item (e, item), charset, depth + 1);
    }
  }
  guessed_ = guessed_ || charset.guessed ();
}

} // namespace

GVariant *
listing (Bytes bytes) {
  File file;
  read_whole_file (bytes, file);
  Lister lister;
  lister.members (file.meta, Charset (), 0);
  lister.members (file.data, Charset (), 0);
  return lister.end ();
}

} // namespace prc
