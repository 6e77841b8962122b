// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "phantom-patient.h"
#include "prc-codec-pool.h"

// The folder name of a case, made of its number and of what it was made from: a folder of that name
// is whole, made by this version of the generator from this seed. Owned.
char *prc_case_folder_name (const PrcPatient *patient);

// Writes the case's files under a hidden name beside `path` and renames the folder when it is
// whole.
gboolean prc_case_write (PrcCodecPool *pool, const PrcPatient *patient, const char *path,
                         GCancellable *cancellable, GError **error);
