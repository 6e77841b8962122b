// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-library.h"

// Libraries and cases made from numbers. Failures end the test.
#define LIBRARY_FIXTURE_DIMENSION 32
#define LIBRARY_FIXTURE_MODEL     "fixture-model"

// A CT series of n slices of patient `patient` ("P<number>"; 0: nothing is known of the patient or
// the study, as of a picture). Equal numbers give equal UIDs. Files are "/cases/<number>/<i>.dcm".
PrcSeries *library_fixture_series (guint number, guint patient, guint n);

// The unit vector of slice i of that case; out: LIBRARY_FIXTURE_DIMENSION floats.
void library_fixture_vector (guint number, guint i, float *out);

// Adds slices [first, first + n) under "folder:/cases/<number>" with the title "Case <number>".
gint64 library_fixture_add (PrcLibrary *library, PrcSeries *series, guint number, guint first,
                            guint n, GError **error);

// A library in a new folder; *folder goes to prc_fixture_remove.
char *library_fixture_path (char **folder);
