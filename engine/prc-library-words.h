// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

// Text as the full-text index of the library wants it. FTS5 parts words at blanks and signs, which
// Chinese and Japanese do not write: each of their characters becomes a word of its own, and what
// was written together is asked for as a phrase. So a word of two characters is found (the trigram
// tokenizer wants three), and so is "结节" within "肺结节".

// The text with such characters set apart by blanks, and full width, ligatures and the like as
// usual letters (NFKC). Owned.
char *prc_library_words (const char *text);

// An FTS5 query: what every word of the text, or the beginning of a word, must be in. "" when there
// is no word in it. Owned.
char *prc_library_words_query (const char *text);
