// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stddef.h>

G_BEGIN_DECLS

// The transfer syntaxes of PS3.5 annex A and PS3.6 table A-1, the retired ones included, and one
// private: what reads each, or what can be done with it. The codec chooses its decoder from this
// table, refusals take their words from it, and the README shows it. Any thread.

typedef enum {
  PRC_CODING_NATIVE,       // samples as they are
  PRC_CODING_ENCAPSULATED, // the same, in fragments
  PRC_CODING_DEFLATED,     // each frame deflated
  PRC_CODING_RLE,
  PRC_CODING_JPEG,
  PRC_CODING_JPEG_LS,
  PRC_CODING_JPEG_2000,
  PRC_CODING_JPEG_XL,
  // What has no decoder here, by what is to be said about it.
  PRC_CODING_RETIRED,   // nobody decodes it any more
  PRC_CODING_ELSEWHERE, // the pixels are on a server
  PRC_CODING_VIDEO,
  PRC_CODING_LIVE,     // a stream over a network, no file
  PRC_CODING_DOCUMENT, // MIME or XML, no data set
  PRC_CODING_UNKNOWN,  // not in the table
} PrcCoding;

typedef struct {
  const char *uid;
  const char *name; // of PS3.6, shortened; not translated
  PrcCoding coding;
  const char *reader;  // what decodes it, for the README
  const char *carries; // what of it is read, for the README
} PrcTransferSyntax;

const PrcTransferSyntax *prc_transfer_syntaxes (size_t *n);          // all, sorted by UID's numbers
const PrcTransferSyntax *prc_transfer_syntax_find (const char *uid); // or NULL
const char *prc_transfer_syntax_name (const char *uid);              // the UID itself when unknown
PrcCoding prc_transfer_syntax_coding (const char *uid);

// Whether frames of it are decoded.
gboolean prc_coding_is_read (PrcCoding coding);

// A sentence that names a syntax that is not read, and says what can be done; NULL for one that is.
// Owned.
char *prc_transfer_syntax_refusal (const char *uid);

G_END_DECLS
