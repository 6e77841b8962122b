// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-index-file.h"

// Parts a snapshot into cells in a thread of its own, while it is searched and new ones follow it.
// Confined to one thread, like who owns it.
typedef struct _PrcIndexTraining PrcIndexTraining;

// With `path` it is written to a file as well (prc-index-file.h), with this mark.
PrcIndexTraining *prc_index_training_new (const PrcIndex *index, const char *path,
                                          const PrcIndexFileMark *mark);
bool prc_index_training_is_done (const PrcIndexTraining *training);
// The mark of the file, once it is done and the file was written; else NULL.
const PrcIndexFileMark *prc_index_training_mark (const PrcIndexTraining *training);

// Frees it. The rows of `now`, a snapshot that was made after the first, in cells; NULL when there is
// nothing to have: then things stay as they are. One that is not done is cancelled and waited for.
PrcIndex *prc_index_training_end (PrcIndexTraining *training, const PrcIndex *now);
