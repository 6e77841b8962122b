// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

// The data dictionary (PS3.6), shared by the codec and whoever shows tags. Any thread.
typedef struct {
  const char *vr;      // "xs": US or SS as Pixel Representation says; OW where OB or OW may stand
  const char *keyword; // PatientName; "" when there is none
  const char *name;    // Patient's Name; English, as in the standard; "" when unknown
} PrcDictionaryEntry;

// What a tag (group << 16 | element) is. False for what the standard does not know: vr "UN", empty
// words. Group lengths (gggg,0000) and private creators (PS3.5 7.8.1) are known.
bool prc_dictionary_lookup (uint32_t tag, PrcDictionaryEntry *entry);

// Odd groups (PS3.5 7.8).
bool prc_dictionary_is_private (uint32_t tag);

G_END_DECLS
