// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>

// Body Part Examined as people and machines write it: the terms of PS3.16 Annex L, other spellings
// ("C-SPINE", "Thorax"), and several parts in one value ("CHEST_ABDOMEN_PELVIS").

// Whether what was examined holds the part that is wanted, or all of them when it names several. A
// chest, abdomen and pelvis holds a chest. Words that nobody knows hold themselves, in any case and
// however they are parted. "" holds nothing.
bool prc_body_part_holds (const char *examined, const char *wanted);
