// SPDX-License-Identifier: Apache-2.0
#include "archive.h"

#include <algorithm>
#include <cstring>

#include <glib/gi18n-lib.h>
#include <sys/stat.h>
#include <zlib.h>

#include "repertoire.h"

namespace prc {

namespace {

constexpr uint32_t LOCAL = 0x04034B50, CENTRAL = 0x02014B50, END = 0x06054B50, END_64 = 0x06064B50,
                   LOCATOR_64 = 0x07064B50;
constexpr size_t LOCAL_SIZE = 30, CENTRAL_SIZE = 46, END_SIZE = 22, END_64_SIZE = 56,
                 LOCATOR_64_SIZE = 20;
constexpr unsigned STORED = 0, DEFLATED = 8, MADE_ON_UNIX = 3;
constexpr unsigned ENCRYPTED = 1 | 1 << 6 | 1 << 13, NAME_IS_UTF8 = 1 << 11;
constexpr unsigned EXTRA_64 = 0x0001, EXTRA_NAME = 0x7075;

uint64_t
le64 (const uint8_t *p) {
  return le32 (p) | uint64_t (le32 (p + 4)) << 32;
}

[[noreturn]] void
fail_damaged () {
  fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The archive is damaged: its directory contradicts itself"));
}

// A header of the directory with what follows it.
struct Header {
  Bytes fixed, name, extra;
  unsigned
  number16 (size_t at) const {
    return le16 (fixed.data + at);
  }
};

Bytes
extra_of (const Header &h, unsigned id) {
  Bytes rest = h.extra;
  while (rest.size >= 4) {
    size_t n = le16 (rest.data + 2);
    if (le16 (rest.data) == id)
      return rest.part (4, n);
    rest = rest.part (4 + n, rest.size);
  }
  return {};
}

// The fields that did not fit, in their order (APPNOTE 4.5.3).
void
take_64 (const Header &h, Archive::Entry &e) {
  Bytes rest = extra_of (h, EXTRA_64);
  for (uint64_t *field : {&e.size, &e.compressed, &e.header}) {
    if (*field != 0xFFFFFFFF)
      continue;
    if (rest.size < 8)
      fail_damaged ();
    *field = le64 (rest.data);
    rest = rest.part (8, rest.size);
  }
}

bool
is_utf8 (Bytes b) {
  return g_utf8_validate (reinterpret_cast<const char *> (b.data), gssize (b.size), nullptr);
}

std::string
string_of (Bytes b) {
  return std::string (reinterpret_cast<const char *> (b.data), b.size);
}

// Names that do not say what they are written in come from old programs: most are Chinese ones or
// Western ones. Whatever it is read as, the same bytes always give the same name.
std::string
name_of (const Header &h) {
  Bytes unicode = extra_of (h, EXTRA_NAME); // APPNOTE 4.6.9
  if (unicode.size > 5 && unicode.data[0] == 1 &&
      le32 (unicode.data + 1) == crc32 (0, h.name.data, uInt (h.name.size)))
    if (Bytes name = unicode.part (5, unicode.size); is_utf8 (name))
      return string_of (name);
  if (is_utf8 (h.name))
    return string_of (h.name);
  Decoding chinese = Repertoire ({"GB18030"}).decode (h.name, false);
  bool fits = chinese.bad == 0 && !chinese.cut && !(h.number16 (8) & NAME_IS_UTF8);
  return fits ? chinese.text : decode_western (h.name).text;
}

// The parts of a name joined anew, or false when it leads elsewhere. Programs on Windows write
// backslashes.
bool
tidy (std::string &name) {
  std::replace (name.begin (), name.end (), '\\', '/');
  std::string tidied;
  bool stays = name[0] != '/' && !(name.size () > 1 && name[1] == ':');
  for (size_t at = 0; at < name.size ();) {
    size_t end = MIN (name.find ('/', at), name.size ());
    std::string part = name.substr (at, end - at);
    at = end + 1;
    stays = stays && part != "..";
    if (!part.empty () && part != ".")
      tidied += (tidied.empty () ? "" : "/") + part;
  }
  for (unsigned char c : tidied)
    stays = stays && c >= 0x20 && c != 0x7F;
  if (stays)
    name = tidied;
  return stays && !tidied.empty ();
}

bool
is_hidden (const std::string &name) {
  return name[0] == '.' || name.find ("/.") != std::string::npos ||
         name.compare (0, 9, "__MACOSX/") == 0;
}

bool
is_directory_file (const std::string &name) {
  size_t slash = name.rfind ('/');
  const char *base = name.c_str () + (slash == std::string::npos ? 0 : slash + 1);
  return g_ascii_strcasecmp (base, "DICOMDIR") == 0;
}

bool
is_too_dense (uint64_t compressed, uint64_t size, uint64_t plausible) {
  return size > plausible && size / Archive::MAX_RATIO > compressed;
}

// Why an entry is not for reading; empty when it is.
std::string
problem_of (const Header &h, const Archive::Entry &e) {
  unsigned mode = h.fixed.data[5] == MADE_ON_UNIX ? h.number16 (40) & S_IFMT : 0;
  if (mode == S_IFLNK)
    return _ ("A symbolic link in an archive is not followed");
  if (mode && mode != S_IFREG)
    return _ ("Neither a file nor a folder");
  if (h.number16 (8) & ENCRYPTED)
    return _ ("It is encrypted; unpack the archive with its password and take the folder");
  if (e.method != STORED && e.method != DEFLATED)
    return _ ("It is compressed in a way that is not read; unpack the archive and take the folder");
  if (e.size > Archive::MAX_ENTRY || is_too_dense (e.compressed, e.size, Archive::PLAUSIBLE_ENTRY))
    return _ ("It grows beyond every limit when it is unpacked");
  return "";
}

[[noreturn]] void
fail_missing (const std::vector<Archive::Entry> &entries, const std::string &name) {
  for (const Archive::Entry &e : entries)
    if (e.name == name)
      fail (PRC_IMAGING_ERROR_UNSUPPORTED, "%s", e.problem.c_str ());
  fail (PRC_IMAGING_ERROR_IO, _ ("The archive has no such file"));
}

Bytes
inflate_entry (Bytes in, uint64_t size, Buffer &room) {
  room = Buffer (size_t (size));
  z_stream z = {};
  z.next_in = const_cast<uint8_t *> (in.data);
  z.avail_in = uInt (in.size);
  z.next_out = room.data.get ();
  z.avail_out = uInt (size);
  if (inflateInit2 (&z, -MAX_WBITS) != Z_OK)
    fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("Not enough memory"));
  int status = inflate (&z, Z_FINISH);
  inflateEnd (&z);
  return status == Z_STREAM_END ? room.bytes ().part (0, size_t (size) - z.avail_out) : Bytes ();
}

} // namespace

bool
is_archive (Bytes b) {
  return b.size >= 4 && (le32 (b.data) == LOCAL || le32 (b.data) == END);
}

bool
is_other_archive (Bytes b) {
  static const struct {
    size_t at;
    const char *magic;
    size_t n;
  } kinds[] = {{0, "7z\xBC\xAF\x27\x1C", 6},
               {0, "Rar!\x1A\x07", 6},
               {257, "ustar", 5},
               {0, "\x1F\x8B", 2},
               {0, "BZh", 3},
               {0,
                "\xFD"
                "7zXZ",
                5},
               {0, "\x28\xB5\x2F\xFD", 4}};
  for (const auto &kind : kinds)
    if (b.size >= kind.at + kind.n && !memcmp (b.data + kind.at, kind.magic, kind.n))
      return true;
  return false;
}

// The directory, and how many entries it is said to have. It ends the archive, but for a comment.
Bytes
Archive::find_directory (uint64_t &n) const {
  size_t lowest = bytes_.size > END_SIZE + 0xFFFF ? bytes_.size - END_SIZE - 0xFFFF : 0;
  for (size_t at = bytes_.size >= END_SIZE ? bytes_.size - END_SIZE + 1 : 0; at-- > lowest;) {
    const uint8_t *end = bytes_.data + at;
    if (le32 (end) != END || le16 (end + 20) > bytes_.size - at - END_SIZE)
      continue;
    uint64_t size = le32 (end + 12), start = le32 (end + 16);
    n = le16 (end + 10);
    uint64_t disk = le16 (end + 4) | le16 (end + 6);
    if (at >= LOCATOR_64_SIZE && le32 (end - LOCATOR_64_SIZE) == LOCATOR_64) {
      uint64_t far = le64 (end - LOCATOR_64_SIZE + 8);
      if (far > at || at - far < END_64_SIZE + LOCATOR_64_SIZE ||
          le32 (bytes_.data + far) != END_64)
        fail_damaged ();
      const uint8_t *more = bytes_.data + far;
      disk = le32 (more + 16) | le32 (more + 20);
      n = le64 (more + 32);
      size = le64 (more + 40);
      start = le64 (more + 48);
    }
    if (disk)
      fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("The archive is in several parts; join them first"));
    if (start > at || size > at - start)
      fail_damaged ();
    return bytes_.part (size_t (start), size_t (size));
  }
  fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The archive is cut off: its directory is missing"));
}

void
Archive::add (Entry &&entry, bool passed_over) {
  if (passed_over)
    return;
  size_t place = entries_.size ();
  if (entry.problem.empty () && !by_name_.emplace (entry.name, place).second)
    entry.problem = _ ("The archive has two files of this name; the first one is read");
  entries_.push_back (std::move (entry));
}

void
Archive::read_directory (Bytes directory, uint64_t n) {
  std::vector<std::pair<uint64_t, uint64_t>> extents;
  uint64_t directory_at = uint64_t (directory.data - bytes_.data);
  if (n > MAX_ENTRIES)
    fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("The archive has more than %u files"),
          unsigned (MAX_ENTRIES));
  for (uint64_t i = 0; i < n; i++) {
    if (directory.size < CENTRAL_SIZE || le32 (directory.data) != CENTRAL)
      fail_damaged ();
    Header h = {directory.part (0, CENTRAL_SIZE), {}, {}};
    h.name = directory.part (CENTRAL_SIZE, h.number16 (28));
    h.extra = directory.part (CENTRAL_SIZE + h.name.size, h.number16 (30));
    size_t whole = CENTRAL_SIZE + h.number16 (28) + h.number16 (30) + h.number16 (32);
    if (directory.size < whole || h.name.size == 0 || h.name.size > MAX_NAME)
      fail_damaged ();
    directory = directory.part (whole, directory.size);
    Entry e;
    e.method = h.number16 (10);
    e.crc = le32 (h.fixed.data + 16);
    e.compressed = le32 (h.fixed.data + 20);
    e.size = le32 (h.fixed.data + 24);
    e.header = le32 (h.fixed.data + 42);
    take_64 (h, e);
    if (e.header > directory_at || e.compressed > directory_at - e.header)
      fail_damaged ();
    extents.push_back ({e.header, e.header + LOCAL_SIZE + h.name.size + e.compressed});
    e.name = name_of (h);
    bool folder = e.name.back () == '/' || e.name.back () == '\\', stays = tidy (e.name);
    e.problem = problem_of (h, e);
    if (!stays && !folder)
      e.problem = _ ("Its name in the archive leads out of the archive");
    add (std::move (e), folder || (stays && (is_hidden (e.name) || is_directory_file (e.name))));
  }
  check_all (directory_at, std::move (extents));
}

void
Archive::check_all (uint64_t directory_at, std::vector<std::pair<uint64_t, uint64_t>> &&extents) {
  std::sort (extents.begin (), extents.end ());
  for (size_t i = 0; i < extents.size (); i++)
    if (extents[i].second > (i + 1 < extents.size () ? extents[i + 1].first : directory_at))
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The files of the archive lie upon each other"));
  uint64_t all = 0;
  for (const Entry &e : entries_)
    all += e.problem.empty () ? e.size : 0; // at most 2^18 times 2^30
  if (is_too_dense (bytes_.size, all, PLAUSIBLE_ALL))
    fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("The archive grows beyond every limit when unpacked"));
}

// Documents and programs are archives too; their pictures are no images to be taken.
bool
Archive::is_document () const {
  for (const Entry &e : entries_)
    if (e.name == "[Content_Types].xml" || e.name == "META-INF/MANIFEST.MF" ||
        (e.name == "mimetype" && e.size < 128))
      return true;
  return false;
}

Archive::Archive (Bytes bytes) : bytes_ (bytes) {
  uint64_t n = 0;
  Bytes directory = find_directory (n);
  read_directory (directory, n);
  if (is_document ())
    fail (PRC_IMAGING_ERROR_NOT_DICOM, _ ("Neither a DICOM file nor a picture this program reads"));
}

Bytes
Archive::read (const std::string &name, Buffer &room) const {
  auto found = by_name_.find (name);
  if (found == by_name_.end ())
    fail_missing (entries_, name);
  const Entry &e = entries_[found->second];
  Bytes local = bytes_.part (size_t (e.header), bytes_.size);
  if (local.size < LOCAL_SIZE || le32 (local.data) != LOCAL || le16 (local.data + 8) != e.method)
    fail_damaged ();
  Bytes data = local.part (LOCAL_SIZE + le16 (local.data + 26) + le16 (local.data + 28),
                           size_t (e.compressed));
  if (e.size == 0)
    fail (PRC_IMAGING_ERROR_NOT_DICOM, _ ("The file is empty"));
  if (e.method == DEFLATED)
    data = inflate_entry (data, e.size, room);
  if (data.size != e.size || crc32 (0, data.data, uInt (data.size)) != e.crc)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The file is damaged in its archive"));
  return data;
}

} // namespace prc
