// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

#include "prc-instance.h"

// Instances and files made by hand, for tests and benchmarks. Failures end the test.

// A header record in GVariant text, "{'SOPInstanceUID': <'1.2'>, 'Rows': <[512.0]>}". Owned.
PrcInstance *prc_fixture_instance (const char *path, const char *record);

// A signed 16-bit CT slice, explicit VR little endian, written byte by byte. UIDs are made from the
// numbers: equal numbers, equal UIDs.
typedef struct {
  unsigned study, series, instance;
  const char *patient_id;  // NULL: "FIXTURE"
  const char *description; // of the series; NULL: none
  uint16_t rows, columns;
  double position_mm[3];
  double orientation[6]; // all 0: axial
  double spacing_mm[2];  // rows, columns; 0: 1
  const int16_t *pixels; // rows * columns; NULL: a ramp that differs from slice to slice
} PrcFixtureSlice;

void prc_fixture_write (const char *path, const PrcFixtureSlice *slice);
// Files of any elements: begin, put (in the order of tags), save. Explicit VR little endian; values
// are padded. `length` -1: up to the NUL.
GByteArray *prc_fixture_begin (void); // with the file meta information
void prc_fixture_put (GByteArray *file, uint32_t tag, const char *vr, const void *value,
                      gssize length);
void prc_fixture_put_item (GByteArray *items, GByteArray *elements); // for the value of an SQ
char *prc_fixture_save (GByteArray *file);                           // a new temporary file's path

char *prc_fixture_sop_uid (const PrcFixtureSlice *slice); // owned

// `n` axial slices 2 mm apart as "IM00001.dcm", ... in `folder`, written last slice first.
void prc_fixture_write_series (const char *folder, unsigned series, unsigned n, uint16_t rows,
                               uint16_t columns);

char *prc_fixture_folder (void);               // a new empty folder; owned
void prc_fixture_remove (const char *folder);  // with all in it
char *prc_fixture_data (const char *relative); // path under PRECEDENT_TEST_DATA, or NULL after
                                               // g_test_skip when it is not there
