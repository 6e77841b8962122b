// SPDX-License-Identifier: Apache-2.0
#include "opened.h"

#include <sys/stat.h>

#include "pictures.h"

namespace prc {

namespace {

constexpr size_t MAX_KEPT = size_t (256) << 20; // of inflated data

std::unique_ptr<Opened> last;
struct stat stat_of_last;

bool
same_time (const struct timespec &a, const struct timespec &b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

// The same file, not written to since.
bool
is_unchanged (const struct stat &a, const struct stat &b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         same_time (a.st_mtim, b.st_mtim) && same_time (a.st_ctim, b.st_ctim);
}

} // namespace

Opened::Opened (int fd) : map (fd), is_picture (prc::is_picture (map.bytes)) {
  if (is_picture)
    return;
  read_file (map.bytes, Until::PIXELS, file);
  image = read_image (file);
}

const Opened &
open_or_remember (int fd) {
  struct stat now = {};
  fstat (fd, &now);
  bool worth = last && last->image.frames > 1 && last->file.inflated.size <= MAX_KEPT;
  if (worth && is_unchanged (now, stat_of_last))
    return *last;
  last.reset (); // first, or two would need memory
  last = std::make_unique<Opened> (fd);
  stat_of_last = now;
  return *last;
}

void
forget_file () {
  last.reset ();
}

} // namespace prc
