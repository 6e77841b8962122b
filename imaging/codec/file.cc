// SPDX-License-Identifier: Apache-2.0
#include "file.h"

#include <cstring>

#include <glib/gi18n-lib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <zlib.h>

#include "archive.h"
#include "pictures.h"
#include "values.h"

namespace prc {

constexpr size_t MAX_INFLATED = size_t (1) << 30;

Mapping::Mapping (int fd) {
  struct stat st;
  if (fstat (fd, &st) != 0 || !S_ISREG (st.st_mode))
    fail (PRC_IMAGING_ERROR_IO, _ ("Not a regular file"));
  if (st.st_size == 0)
    fail (PRC_IMAGING_ERROR_NOT_DICOM, _ ("The file is empty"));
  void *p = mmap (nullptr, size_t (st.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
  if (p == MAP_FAILED)
    fail (PRC_IMAGING_ERROR_IO, _ ("The file cannot be read"));
  bytes = {static_cast<const uint8_t *> (p), size_t (st.st_size)};
}

Mapping::~Mapping () {
  if (bytes.data)
    munmap (const_cast<uint8_t *> (bytes.data), bytes.size);
}

const Element *
File::pixels () const {
  for (Tag tag : {PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_PIXEL_DATA})
    if (const Element *e = data.find (tag))
      return e;
  return nullptr;
}

FunctionalGroups &
File::groups () const {
  if (!groups_)
    groups_ = std::make_unique<FunctionalGroups> (data);
  return *groups_;
}

Buffer
inflate_raw (Bytes in, size_t limit) {
  z_stream z = {};
  if (inflateInit2 (&z, -MAX_WBITS) != Z_OK)
    fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("Not enough memory"));
  struct End {
    z_stream *z;
    ~End () {
      inflateEnd (z);
    }
  } end{&z};
  std::unique_ptr<uint8_t, decltype (&g_free)> out (nullptr, g_free);
  size_t size = 0, room = 0;
  size_t taken = 0;
  int status = Z_OK;
  while (status == Z_OK) {
    if (size == room) {
      if (room >= limit)
        fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("The deflated data grow beyond every limit"));
      room = MIN (limit, MAX (room * 2, MAX (in.size * 2, size_t (65536))));
      uint8_t *more = static_cast<uint8_t *> (g_try_realloc (out.get (), room));
      if (!more)
        fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("Not enough memory"));
      out.release ();
      out.reset (more);
    }
    z.next_in = const_cast<uint8_t *> (in.data + taken);
    z.avail_in = uInt (MIN (in.size - taken, size_t (1) << 30));
    z.next_out = out.get () + size;
    z.avail_out = uInt (room - size);
    uInt in_before = z.avail_in, out_before = z.avail_out;
    status = inflate (&z, Z_NO_FLUSH);
    taken += in_before - z.avail_in;
    size += out_before - z.avail_out;
    if (status == Z_BUF_ERROR && size == room)
      status = Z_OK;
  }
  if (status != Z_STREAM_END)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The deflated data are damaged"));
  Buffer copy (size);
  memcpy (copy.data.get (), out.get (), size);
  return copy;
}

namespace {

bool
letters (const uint8_t *p) {
  return p[0] >= 'A' && p[0] <= 'Z' && p[1] >= 'A' && p[1] <= 'Z';
}

// What the first element of a data set says about its syntax; false when it is none. PS3.10 asks
// for a transfer syntax, yet files without (or with a wrong one) are common enough.
bool
guess_syntax (Bytes b, Syntax &syntax) {
  if (b.size < 8)
    return false;
  uint16_t group = le16 (b.data), swapped = be16 (b.data);
  bool big = swapped < group && swapped <= 0x0020;
  if ((big ? swapped : group) > 0x0020 || (big ? swapped : group) == 0)
    return false;
  syntax.big_endian = big;
  syntax.explicit_vr = letters (b.data + 4);
  if (syntax.explicit_vr)
    return true;
  uint32_t length = big ? be32 (b.data + 4) : le32 (b.data + 4);
  return length <= b.size - 8 || (length == UNDEFINED_LENGTH && group == 8);
}

const char *
name_of (Syntax syntax) {
  if (syntax.big_endian)
    return "1.2.840.10008.1.2.2";
  return syntax.explicit_vr ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2";
}

[[noreturn]] void
fail_foreign (Bytes bytes) {
  if (is_archive (bytes))
    fail (PRC_IMAGING_ERROR_ARCHIVE,
          _ ("The file is an archive: name one of the files in it, as ARCHIVE!/NAME"));
  if (is_other_archive (bytes))
    fail (PRC_IMAGING_ERROR_UNSUPPORTED,
          _ ("An archive of a kind that is not read; unpack it and take the folder"));
  fail (PRC_IMAGING_ERROR_NOT_DICOM, _ ("Neither a DICOM file nor a picture this program reads"));
}

size_t
meta_start (Bytes b) {
  if (b.size >= 132 && memcmp (b.data + 128, "DICM", 4) == 0)
    return 132;
  if (b.size >= 4 && memcmp (b.data, "DICM", 4) == 0)
    return 4;
  return 0;
}

} // namespace

void
read_file (Bytes bytes, Until until, File &file) {
  file.bytes = bytes;
  size_t start = meta_start (bytes);
  Bytes rest = bytes.part (start, bytes.size);
  if (rest.size < 8) {
    if (start)
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The file ends behind its first bytes"));
    fail_foreign (bytes);
  }
  if (le16 (rest.data) == 2) {
    Syntax meta_syntax{letters (rest.data + 4), false};
    file.meta = parse (rest, meta_syntax, Until::GROUP_2);
    rest = rest.part (file.meta.end, rest.size);
  }
  Syntax found, syntax;
  file.transfer_syntax = uid (file.meta, 0x00020010);
  bool deflated = file.transfer_syntax == "1.2.840.10008.1.2.1.99";
  if (deflated) {
    file.inflated = inflate_raw (rest, MAX_INFLATED);
    rest = file.inflated.bytes ();
  }
  bool plausible = guess_syntax (rest, found);
  if (rest.size < 8)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The file ends before its data set"));
  if (!plausible && start == 0 && file.meta.elements.empty ())
    fail_foreign (bytes);
  if (file.transfer_syntax.empty () && !plausible)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The transfer syntax is missing"));
  if (file.transfer_syntax.empty ())
    file.transfer_syntax = name_of (found);
  // The declared syntax counts, unless the first element shows that it cannot be.
  syntax.big_endian = file.transfer_syntax == "1.2.840.10008.1.2.2";
  syntax.explicit_vr = file.transfer_syntax != "1.2.840.10008.1.2" &&
                       file.transfer_syntax != "1.2.840.10008.1.20" &&
                       file.transfer_syntax != "1.2.840.113619.5.2";
  if (plausible &&
      (syntax.big_endian != found.big_endian || syntax.explicit_vr != found.explicit_vr))
    syntax = found;
  file.data = parse (rest, syntax, until);
  if (file.data.elements.empty () && file.meta.elements.empty ())
    fail_foreign (bytes);
}

void
read_whole_file (Bytes bytes, File &file) {
  if (is_picture (bytes))
    fail (PRC_IMAGING_ERROR_NOT_DICOM, _ ("A picture that is no DICOM file has no tags"));
  try {
    read_file (bytes, Until::END, file);
  } catch (const Failure &) {
    file = File ();
    read_file (bytes, Until::PIXELS, file);
  }
}

} // namespace prc
