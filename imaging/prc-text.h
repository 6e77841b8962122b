// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

// DICOM values in a person's words. All return newly allocated UTF-8.
char *prc_text_person_name (const char *pn); // "DOE^JANE=..." -> "DOE, JANE ..."
char *prc_text_date (const char *da);        // "20260131" -> "2026-01-31"; other text as it is
char *prc_text_age (const char *as);         // "045Y" -> "45 y"
