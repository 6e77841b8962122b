// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-import-run.h"
#include "prc-scan.h"

// Files that say they are what another file is, and patients that are called two ways: each is said
// in one sentence among the problems, before anything is written.

// Takes out of the plan what has the SOP Instance UID of another file: of this import, where the
// first one counts, or of the library, where the file of before counts as long as it is there.
// Copies with the same pixels are passed over in silence. False only when the library cannot be
// asked or the import was cancelled. Call when all series are planned, before the plan is finished.
gboolean prc_import_check_copies (PrcImportRun *run, const PrcScan *scan, GError **error);

// One Patient ID under two names: the images are taken all the same.
void prc_import_check_patients (PrcImportRun *run, const PrcScan *scan);
