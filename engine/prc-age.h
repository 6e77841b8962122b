// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

// Ages as DICOM says them (PS3.5 6.2, AS): three digits and D, W, M or Y, "045Y".

// That of a patient at a study: Patient's Age when it is one, else from Patient's Birth Date and
// Study Date, in days up to two months, in months up to two years, in years beyond. "" when unknown.
// Owned.
char *prc_age_text (const char *patient_age, const char *birth_date, const char *study_date);

// The least number of days that such an age may be, so that bands can be compared; -1 for what is
// no age. 45 years are prc_age_days_of_years (45).
gint64 prc_age_days (const char *age);
gint64 prc_age_days_of_years (guint years);

// Whether it is a day: YYYYMMDD (PS3.5 6.2, DA), or YYYY.MM.DD as of old. `date` may be NULL.
gboolean prc_age_parse_date (const char *text, GDate *date);
