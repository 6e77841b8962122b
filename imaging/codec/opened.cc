// SPDX-License-Identifier: Apache-2.0
#include "opened.h"

#include <sys/stat.h>

#include "pictures.h"

namespace prc {

namespace {

constexpr size_t MAX_KEPT = size_t (256) << 20; // of inflated data

std::unique_ptr<Opened> last;
struct stat stat_of_last;
std::string entry_of_last;

} // namespace

Opened::Opened (int fd, const std::string &entry)
    : source (fd, entry), is_picture (prc::is_picture (source.bytes)) {
  if (is_picture)
    return;
  read_file (source.bytes, Until::PIXELS, file);
  image = read_image (file);
}

const Opened &
open_or_remember (int fd, const std::string &entry) {
  struct stat now = {};
  fstat (fd, &now);
  bool worth = last && last->image.frames > 1 && last->file.inflated.size <= MAX_KEPT;
  if (worth && is_unchanged (now, stat_of_last) && entry == entry_of_last)
    return *last;
  last.reset (); // first, or two would need memory
  last = std::make_unique<Opened> (fd, entry);
  stat_of_last = now;
  entry_of_last = entry;
  return *last;
}

void
forget_file () {
  last.reset ();
}

} // namespace prc
