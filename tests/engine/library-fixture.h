// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-library.h"

// Libraries and cases made from numbers. Failures end the test.
#define LIBRARY_FIXTURE_DIMENSION     32
#define LIBRARY_FIXTURE_MODEL         "fixture-model"
#define LIBRARY_FIXTURE_SEGMENT_MODEL "fixture-model.segment"

// A CT series of n slices of patient `patient` ("P<number>"; 0: nothing is known of the patient or
// the study, as of a picture). Equal numbers give equal UIDs. Files are "/cases/<number>/<i>.dcm".
PrcSeries *library_fixture_series (guint number, guint patient, guint n);

// The unit vector of slice i of that case; out: LIBRARY_FIXTURE_DIMENSION floats.
void library_fixture_vector (guint number, guint i, float *out);

// Adds slices [first, first + n) under "folder:/cases/<number>" with the title "Case <number>".
gint64 library_fixture_add (PrcLibrary *library, PrcSeries *series, guint number, guint first,
                            guint n, GError **error);

// The unit vector of segment i of that case; out: LIBRARY_FIXTURE_DIMENSION floats.
void library_fixture_segment_vector (guint number, guint i, float *out);

// The segmentation of that case, "/cases/<number>/seg.dcm", with segments numbered from 1, the i-th
// largest on slice i: "Nodule <i>", SNOMED CT code 27925004, 100 i voxels, i ml. Adds n of
// `n_segments`; as prc_library_add_segments.
PrcInstance *library_fixture_segmentation (guint number);
int library_fixture_add_segments (PrcLibrary *library, PrcSeries *series, guint number, guint n,
                                  guint n_segments, GError **error);

// A file as version 1 or 2 of the schema wrote it, with all slices of these cases (from number 1) and
// from version 2 on `n_segments` segments of each; the folder is made too.
void library_fixture_make_old (const char *path, int version, PrcSeries *const *cases, guint n,
                               guint n_segments);

// A library in a new folder; *folder goes to prc_fixture_remove.
char *library_fixture_path (char **folder);

// DICOM files of a case, "<folder>/case-<number>/IM<i>.dcm": a bright disc whose place and size
// follow from the number, so that cases differ and neighbours within a case are alike. Of patient
// `patient`, or with _cases() of "P<number>" each, from 1.
void library_fixture_write_case (const char *folder, guint number, const char *patient, guint n);
void library_fixture_write_cases (const char *folder, guint n_cases, guint n_slices);

// The shipped encoder with one weight changed a little: another model. *folder goes to
// prc_fixture_remove.
char *library_fixture_other_weights (char **folder);
