// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-index.h"

// An index that was parted into cells, as a file that is mapped instead of read: a library of ten
// million slices is searched as soon as it is open, and what is not looked at takes no memory.
// Derived data: who finds it damaged or of another library makes a new one of the vectors. Little
// endian; sections at multiples of 4096 bytes; lengths follow from the header alone.
#define PRC_INDEX_MARK 16

typedef struct {
  uint8_t mark[PRC_INDEX_MARK]; // that the library knows its file by
  int64_t seq;                  // of what the file has seen of the library's log
} PrcIndexFileMark;

// Beside `path` first, then in its place, mode 0600. Any thread. False, and nothing was changed, when
// there is no room or the index has no cells.
bool prc_index_file_write (const PrcIndex *index, const char *path, const PrcIndexFileMark *mark);

// NULL when it is not there, damaged, or not the one that bears the mark. Every number that is used
// as a place is checked; codes are not: a bit that flipped there costs at most its row.
PrcIndex *prc_index_file_read (const char *path, const PrcIndexFileMark *mark, unsigned dimension,
                               bool of_segments, PrcIndexVectors *vectors, uint64_t version);
