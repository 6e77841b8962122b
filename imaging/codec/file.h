// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "functional-groups.h"
#include "text.h"

// A file behind a descriptor: mapped, recognised, its data set found.

namespace prc {

class Mapping { // a regular file mapped read-only, for as long as this lives
public:
  explicit Mapping (int fd);
  ~Mapping ();
  Mapping (const Mapping &) = delete;
  Mapping &operator= (const Mapping &) = delete;
  Bytes bytes;
};

struct File {
  Bytes bytes;     // of the whole file
  Buffer inflated; // of a deflated data set
  Dataset meta;    // group 2, may be empty
  Dataset data;
  std::string transfer_syntax;    // as the file says, or as found
  const Element *pixels () const; // integer, float or double pixel data, or null
  FunctionalGroups &groups () const;

private:
  mutable std::unique_ptr<FunctionalGroups> groups_; // made when asked for
};

// Throws NOT_DICOM when there is no data set in it. With Until::PIXELS what follows the pixels is
// not read.
void read_file (Bytes bytes, Until until, File &file);

// To the end where that can be; a file cut in its pixels is read up to them.
void read_whole_file (Bytes bytes, File &file);

// Inflates raw deflate; up to `limit` bytes, beyond that TOO_LARGE.
Buffer inflate_raw (Bytes in, size_t limit);

} // namespace prc
