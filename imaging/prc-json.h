// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

// Builds a data set in the DICOM JSON model (PS3.18 F.2) as text, attribute by attribute, for
// prc_codec_pool_encode. Tags are (group << 16 | element). Text is UTF-8. Owned by one thread; the
// text is taken with prc_json_finish.
typedef struct {
  GString *text;
} PrcJson;

void prc_json_begin (PrcJson *json);
char *prc_json_finish (PrcJson *json); // owned

void prc_json_text (PrcJson *json, uint32_t tag, const char *vr,
                    const char *value); // values parted by backslash; "" is empty
// One value as it is, backslashes included: for LT, ST and UT, and for numbers already written as
// DS or IS, parted by backslashes, which cost the codec least when they come as one.
void prc_json_whole (PrcJson *json, uint32_t tag, const char *vr, const char *value);
void prc_json_name (PrcJson *json, uint32_t tag, const char *value); // PN
// To the last digit; the codec shortens DS to 16 characters.
void prc_json_numbers (PrcJson *json, uint32_t tag, const char *vr, const double *values,
                       unsigned n);
void prc_json_number (PrcJson *json, uint32_t tag, const char *vr, double value);

// A sequence: open it, then each item; close both.
void prc_json_open_sequence (PrcJson *json, uint32_t tag);
void prc_json_open_item (PrcJson *json);
void prc_json_close_item (PrcJson *json);
void prc_json_close_sequence (PrcJson *json);
// A sequence of one item.
void prc_json_open_only (PrcJson *json, uint32_t tag);
void prc_json_close_only (PrcJson *json);

// The attributes of a code (PS3.3 8.8) in an open item, and a sequence of one code.
void prc_json_code_value (PrcJson *json, const char *value, const char *scheme,
                          const char *meaning);
void prc_json_code (PrcJson *json, uint32_t tag, const char *value, const char *scheme,
                    const char *meaning);

// Adds those of `tags` that a whole data set in DICOM JSON has, as prc_codec_pool_dump_json gives
// it, and sets their place in `found`. What is no JSON adds nothing.
void prc_json_copy (PrcJson *json, const char *from, const uint32_t *tags, size_t n, bool *found);
