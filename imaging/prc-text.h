// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

// DICOM values in a person's words. All return newly allocated UTF-8.
char *prc_text_person_name (const char *pn); // "DOE^JANE=..." -> "DOE, JANE ..."
char *prc_text_date (const char *da);        // "20260131" -> "2026-01-31"; other text as it is
char *prc_text_age (const char *as);         // "045Y" -> "45 y"

// What every text from outside goes through before it is kept or shown, whoever has looked at it
// before: valid UTF-8 without controls, noncharacters and what turns the direction of writing for
// those who come after it; never more than a few combining marks on a letter; at most `max_bytes`
// and "…" where more was cut. A control becomes a blank; line ends and tabulators stay where
// `lines` says so. `length` -1: up to the NUL. Still to be escaped where markup is wanted.
char *prc_text_safe (const char *text, gssize length, size_t max_bytes, bool lines);

// For searching: compatibility decomposition (full and half width are one), no case, no accents on
// letters of Europe, one blank between words. The argument is safe text.
char *prc_text_fold (const char *text);

// Whether each word of the folded query stands somewhere in the folded text.
bool prc_text_matches (const char *folded, const char *folded_query);
