// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib-object.h>
#include <stdbool.h>
#include <stdint.h>

// Every element of a file for a person to read: the tag browser and the dump show it. Immutable,
// reference-counted, any thread. All text is safe to show (prc_text_safe).

#define PRC_ELEMENT_ITEM 0xFFFEE000u // the tag of an item of a sequence
#define PRC_ELEMENT_NONE UINT32_MAX

typedef struct {
  uint32_t tag;        // group << 16 | element
  char vr[3];          // "" of an item
  uint8_t depth;       // 0 outermost; an item is one deeper than its sequence
  bool binary;         // value is its first bytes in hexadecimal
  bool cut;            // value is but the beginning
  uint64_t length;     // of the value in bytes; UINT64_MAX: undefined
  uint32_t parent;     // index, or PRC_ELEMENT_NONE
  uint32_t n_below;    // elements inside, at any depth: they follow this one
  uint32_t number;     // of an item in its sequence, from 1; of a sequence: how many it has
  const char *keyword; // PS3.6; "" when the standard does not know it
  const char *name;    // the same in words
  const char *creator; // of a private element: who reserved its block (PS3.5 7.8.1); or ""
  const char *value;   // values parted by a backslash; line ends are kept; "" of SQ and items
} PrcElement;

typedef struct _PrcElements PrcElements;

// From the codec's answer to LIST.
PrcElements *prc_elements_new_from_listing (GVariant *listing);
PrcElements *prc_elements_ref (PrcElements *elements);
void prc_elements_unref (PrcElements *elements);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcElements, prc_elements_unref)

const PrcElement *prc_elements_get (const PrcElements *elements, uint32_t *n); // borrowed
// Some text was converted by a guess: the character set is absent or wrong.
bool prc_elements_guessed (const PrcElements *elements);

bool prc_element_is_private (const PrcElement *element);
// Whether its value may lead to a person: names, numbers and dates of the patient, people, places
// and free text (a part of PS3.15 table E.1-1 that errs on the side of hiding).
bool prc_element_identifies (const PrcElement *element);

char *prc_element_tag_text (const PrcElement *element);  // "(0010,0010)"; of an item "3."
char *prc_element_name_text (const PrcElement *element); // name, "Private: CREATOR", ...
// The value in one line of about `max_bytes`; of a sequence how many items it has, of binary data
// its first bytes and its size.
char *prc_element_value_text (const PrcElement *element, size_t max_bytes);
// Where it stands: "(0008,1140)[2]/(0008,1155)", by keywords where they are known.
char *prc_elements_path (const PrcElements *elements, uint32_t index);
