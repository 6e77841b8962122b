// SPDX-License-Identifier: Apache-2.0
#include "vr.h"

#include "prc-dictionary.h"

namespace prc {

Vr
vr_of (const Element &e, bool is_signed) {
  if (e.vr != 0 && e.vr != vr ("UN"))
    return e.vr;
  if (e.undefined_length && e.tag >> 16 != 0x7FE0)
    return vr ("SQ");
  uint32_t low = e.tag & 0xFFFF;
  if (prc_dictionary_is_private (e.tag)) // PS3.5 7.8.1: creators are LO
    return low >= 0x10 && low <= 0xFF ? vr ("LO") : vr ("UN");
  PrcDictionaryEntry entry;
  prc_dictionary_lookup (e.tag, &entry);
  if (entry.vr[0] == 'x')
    return is_signed ? vr ("SS") : vr ("US");
  return Vr (entry.vr[0] << 8 | entry.vr[1]);
}

} // namespace prc
