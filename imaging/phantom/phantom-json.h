// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdint.h>

// Builds a data set in the DICOM JSON model (PS3.18 F.2) as text, attribute by attribute. Tags are
// (group << 16 | element). Owned by one thread; the text is taken with prc_json_finish.
typedef struct {
  GString *text;
} PrcJson;

void prc_json_begin (PrcJson *json);
char *prc_json_finish (PrcJson *json); // owned

void prc_json_text (PrcJson *json, uint32_t tag, const char *vr,
                    const char *value); // values parted by backslash; "" is empty
void prc_json_name (PrcJson *json, uint32_t tag, const char *value); // PN
void prc_json_numbers (PrcJson *json, uint32_t tag, const char *vr, const double *values,
                       unsigned n);
void prc_json_number (PrcJson *json, uint32_t tag, const char *vr, double value);

// A sequence: open it, then each item; close both.
void prc_json_open_sequence (PrcJson *json, uint32_t tag);
void prc_json_open_item (PrcJson *json);
void prc_json_close_item (PrcJson *json);
void prc_json_close_sequence (PrcJson *json);

// A sequence of one code (PS3.3 8.8), of SNOMED CT unless a scheme is given.
void prc_json_code (PrcJson *json, uint32_t tag, const char *value, const char *scheme,
                    const char *meaning);
