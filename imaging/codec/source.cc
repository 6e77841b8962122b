// SPDX-License-Identifier: Apache-2.0
#include "source.h"

#include <glib/gi18n-lib.h>
#include <sys/stat.h>

#include "values.h"

namespace prc {

// The last archive: the next request is mostly about it too, and it may have 200,000 entries.
struct OpenArchive {
  explicit OpenArchive (int fd) : map (fd), archive (map.bytes) {
  }
  Mapping map;
  Archive archive;
};

namespace {

constexpr size_t MAX_NAMED = 1000000;

std::shared_ptr<const OpenArchive> last;
struct stat stat_of_last;

bool
same_time (const struct timespec &a, const struct timespec &b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

std::shared_ptr<const OpenArchive>
open_archive (int fd) {
  struct stat now = {};
  fstat (fd, &now);
  if (last && is_unchanged (now, stat_of_last))
    return last;
  last.reset ();
  last = std::make_shared<const OpenArchive> (fd);
  stat_of_last = now;
  return last;
}

// One record of the directory: Referenced File ID, of one that is in use (PS3.3 F.3.2.2). Its parts
// name folders and a file; nothing else is let through.
void
add_record (GVariantBuilder *names, const Dataset &record) {
  std::string id = uid (record, 0x00041500);
  if (id.empty () || number (record, 0x00041410, vr ("US"), 0xFFFF) == 0)
    return;
  const char *problem = "";
  std::string name;
  for (size_t at = 0; at <= id.size ();) {
    size_t end = MIN (id.find ('\\', at), id.size ());
    std::string part = id.substr (at, end - at);
    part.erase (part.find_last_not_of (' ') + 1);
    part.erase (0, part.find_first_not_of (' '));
    if (part.empty () || part == "." || part == ".." || part.find ('/') != std::string::npos)
      problem = _ ("Its name in the DICOMDIR leads out of the folder");
    name += (name.empty () ? "" : "/") + part;
    at = end + 1;
  }
  char *valid = g_utf8_make_valid (name.data (), gssize (name.size ()));
  g_variant_builder_add (names, "(ss)", valid, problem);
  g_free (valid);
}

GVariant *
names_of_directory (Bytes bytes) {
  File file;
  read_file (bytes, Until::END, file);
  const Element *records = file.data.find (0x00041220);
  if (!records)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The DICOMDIR names no files"));
  std::vector<Bytes> items = file.data.closed_items (*records);
  if (items.size () > MAX_NAMED)
    fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("The DICOMDIR has more than %u records"),
          unsigned (MAX_NAMED));
  GVariantBuilder names;
  g_variant_builder_init (&names, G_VARIANT_TYPE ("a(ss)"));
  try {
    for (Bytes item : items)
      add_record (&names, file.data.open_item (*records, item));
  } catch (...) {
    g_variant_builder_clear (&names);
    throw;
  }
  return g_variant_new ("(a(ss))", &names);
}

GVariant *
names_of_archive (const Archive &archive) {
  GVariantBuilder names;
  g_variant_builder_init (&names, G_VARIANT_TYPE ("a(ss)"));
  for (const Archive::Entry &e : archive.entries ()) {
    char *valid = g_utf8_make_valid (e.name.data (), gssize (e.name.size ()));
    g_variant_builder_add (&names, "(ss)", valid, e.problem.c_str ());
    g_free (valid);
  }
  return g_variant_new ("(a(ss))", &names);
}

} // namespace

bool
is_unchanged (const struct stat &a, const struct stat &b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         same_time (a.st_mtim, b.st_mtim) && same_time (a.st_ctim, b.st_ctim);
}

Source::Source (int fd, const std::string &entry) {
  if (entry.empty ()) {
    map_ = std::make_unique<Mapping> (fd);
    bytes = map_->bytes;
    return;
  }
  archive_ = open_archive (fd);
  bytes = archive_->archive.read (entry, inflated_);
  if (is_archive (bytes))
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("An archive in an archive is not opened"));
}

Source::~Source () = default;

GVariant *
contents (int fd) {
  Mapping map (fd);
  return is_archive (map.bytes) ? names_of_archive (open_archive (fd)->archive)
                                : names_of_directory (map.bytes);
}

void
forget_archive () {
  last.reset ();
}

} // namespace prc
