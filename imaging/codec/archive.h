// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "common.h"

// A ZIP archive (PKWARE's APPNOTE 6.3.10) as it lies in memory: its directory is read, an entry is
// inflated when it is asked for, and nothing is ever written to a disk. What an archive may cost:
//   entries     MAX_ENTRIES, each with a name of MAX_NAME bytes
//   an entry    MAX_ENTRY bytes, as deflated DICOM; from PLAUSIBLE_ENTRY bytes on at most MAX_RATIO
//               times what it takes in the archive
//   all         from PLAUSIBLE_ALL bytes on likewise
//   nesting     none: an archive in an archive is not opened
// Entries that share bytes make the whole archive one of no use. Sizes and the CRC-32 that the
// directory promises are checked.

namespace prc {

class Archive {
public:
  static constexpr size_t MAX_ENTRIES = 200000, MAX_NAME = 4096;
  static constexpr uint64_t MAX_ENTRY = uint64_t (1) << 30, PLAUSIBLE_ENTRY = 64 << 20,
                            PLAUSIBLE_ALL = uint64_t (4) << 30, MAX_RATIO = 200;

  // A name as it is asked for: UTF-8, parts joined by slashes, none of them empty, "." or "..".
  // `problem` is a whole translated sentence on why the entry is not for reading, or empty.
  struct Entry {
    std::string name, problem;
    uint64_t header = 0, compressed = 0, size = 0;
    uint32_t crc = 0;
    unsigned method = 0;
  };

  // Reads the directory. The bytes stay the caller's and must outlive this. Throws Failure.
  explicit Archive (Bytes bytes);

  // Files in the order of the directory, without hidden ones, folders and DICOMDIR files, which a
  // walk through a folder leaves out too.
  const std::vector<Entry> &
  entries () const {
    return entries_;
  }

  // The bytes of an entry: within the archive's where they are stored as they are, else in `room`.
  // Throws Failure.
  Bytes read (const std::string &name, Buffer &room) const;

private:
  Bytes bytes_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, size_t> by_name_;

  Bytes find_directory (uint64_t &n) const;
  void read_directory (Bytes directory, uint64_t n);
  void add (Entry &&entry, bool passed_over);
  void check_all (uint64_t directory_at, std::vector<std::pair<uint64_t, uint64_t>> &&extents);
  bool is_document () const;
};

bool is_archive (Bytes bytes); // by its first bytes

// A kind of archive that is not read, by its first bytes.
bool is_other_archive (Bytes bytes);

} // namespace prc
