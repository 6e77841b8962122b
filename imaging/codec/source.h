// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <sys/stat.h>

#include "archive.h"
#include "file.h"

namespace prc {

struct OpenArchive;

// The bytes that a request is about: of a file, or of an entry of an archive.
class Source {
public:
  Source (int fd, const std::string &entry); // "": the file itself. Throws Failure
  ~Source ();
  Source (const Source &) = delete;
  Source &operator= (const Source &) = delete;
  Bytes bytes;

private:
  std::unique_ptr<Mapping> map_;
  std::shared_ptr<const OpenArchive> archive_;
  Buffer inflated_;
};

// What is in an archive, or which files a DICOMDIR (PS3.3 annex F) names: a floating (a(ss)), as
// prc-codec-wire.h says. Throws Failure.
GVariant *contents (int fd);

// Lets go of a remembered archive, so that its disk can be taken away.
void forget_archive ();

// Whether both are the same file, not written to in between.
bool is_unchanged (const struct stat &a, const struct stat &b);

} // namespace prc
