// SPDX-License-Identifier: Apache-2.0
#include "prc-dictionary.h"

#include <string.h>

#include "prc-dictionary-table.h"

static bool
take (PrcDictionaryEntry *entry, const char *vr, const char *words) {
  *entry = (PrcDictionaryEntry){vr, words, words + strlen (words) + 1};
  return true;
}

static bool
take_private (uint32_t tag, PrcDictionaryEntry *entry) {
  uint32_t element = tag & 0xFFFF;
  return element >= 0x10 && element <= 0xFF &&
         take (entry, "LO", "PrivateCreator\0Private Creator");
}

static bool
take_row (uint32_t tag, PrcDictionaryEntry *entry) {
  size_t begin = 0, end = G_N_ELEMENTS (ROWS);
  while (begin < end) {
    size_t middle = begin + (end - begin) / 2;
    if (ROWS[middle].tag == tag)
      return take (entry, ROWS[middle].vr, WORDS + ROWS[middle].words);
    if (ROWS[middle].tag < tag)
      begin = middle + 1;
    else
      end = middle;
  }
  return false;
}

static bool
take_repeating (uint32_t tag, PrcDictionaryEntry *entry) {
  for (size_t i = 0; i < G_N_ELEMENTS (REPEATING); i++)
    if ((tag & REPEATING[i].mask) == REPEATING[i].tag)
      return take (entry, REPEATING[i].vr, WORDS + REPEATING[i].words);
  return false;
}

bool
prc_dictionary_is_private (uint32_t tag) {
  return (tag >> 16) % 2;
}

bool
prc_dictionary_lookup (uint32_t tag, PrcDictionaryEntry *entry) {
  *entry = (PrcDictionaryEntry){"UN", "", ""};
  if (prc_dictionary_is_private (tag))
    return (tag & 0xFFFF) ? take_private (tag, entry)
                          : take (entry, "UL", "GroupLength\0Group Length");
  return take_row (tag, entry) || take_repeating (tag, entry) ||
         ((tag & 0xFFFF) == 0 && take (entry, "UL", "GroupLength\0Group Length"));
}
