// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common.h"

// NIfTI-1 and NIfTI-2 volumes in single files, of either byte order, gzipped or not.

namespace prc {

// By the first bytes; also the header of a pair of files, which is refused in words later.
bool is_nifti (Bytes file);

GVariant *describe_nifti (Bytes file); // a record, floating. Throws Failure

// The bytes of a file one after the other, inflated when it is gzipped. No more of them are made
// than are asked for, so that what a gzipped file claims to grow to costs nothing.
class Stream {
public:
  explicit Stream (Bytes file);
  ~Stream ();
  Stream (const Stream &) = delete;
  Stream &operator= (const Stream &) = delete;

  size_t read (uint8_t *to, size_t n); // fewer where the file ends or is damaged
  uint64_t
  at () const {
    return at_;
  }

private:
  struct Inflater;
  size_t inflate (uint8_t *to, size_t n);

  Bytes rest_; // not yet read; of a gzipped file not yet inflated
  uint64_t at_ = 0;
  std::unique_ptr<Inflater> inflater_;
};

struct Nifti {
  bool big_endian = false, has_more_volumes = false;
  uint32_t columns = 0, rows = 0, planes = 0;
  int type = 0;                    // NIFTI_TYPE_*
  double slope = 1, intercept = 0; // value = slope * stored + intercept
  uint64_t start = 0;              // of the voxels, in inflated bytes
  // Millimetres in the patient as DICOM has it (left, posterior, superior): the centre of the first
  // voxel, and from one voxel to the next along columns, rows and planes.
  double origin_mm[3] = {}, steps_mm[3][3] = {};
};

// Reads the header, from the first byte on. Throws what is wrong with it, also when its axes make no
// image planes.
Nifti read_nifti (Stream &stream);

} // namespace prc
