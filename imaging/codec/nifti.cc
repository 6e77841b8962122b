// SPDX-License-Identifier: Apache-2.0
#include "nifti.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <glib/gi18n-lib.h>
#include <zlib.h>

#include "pictures.h"
#include "record.h"

namespace prc {

namespace {

constexpr size_t SIZE_1 = 348, SIZE_2 = 540, EXTENDER = 4;
constexpr double MAX_VOXELS = 1 << 30, MAX_PLANE = 1 << 26, MAX_START = 1 << 30;
constexpr unsigned MAX_PLANES = 100000, MAX_SIDE = 65535;
constexpr double SHEAR = 1e-3; // as for Image Orientation (Patient)

bool
is_gzipped (Bytes b) {
  return b.size > 18 && b.data[0] == 0x1F && b.data[1] == 0x8B && b.data[2] == 8;
}

// A header as it lies there. Offsets are those of nifti1.h and nifti2.h.
struct Head {
  uint8_t bytes[SIZE_2 + EXTENDER] = {};
  size_t size = 0;
  bool big_endian = false, second = false, paired = false;

  template <typename T>
  T
  get (size_t offset) const {
    uint8_t copy[sizeof (T)];
    T value;
    memcpy (copy, bytes + offset, sizeof copy);
    if (big_endian)
      std::reverse (copy, copy + sizeof copy);
    memcpy (&value, copy, sizeof value);
    return value;
  }
  double
  real (size_t offset_1, size_t offset_2, size_t i = 0) const {
    return second ? get<double> (offset_2 + 8 * i) : double (get<float> (offset_1 + 4 * i));
  }
  double
  whole (size_t offset_1, size_t offset_2, size_t i = 0) const {
    return second ? double (get<int64_t> (offset_2 + 8 * i)) : get<int16_t> (offset_1 + 2 * i);
  }
};

// False when it is none.
bool
read_head (Stream &stream, Head &head) {
  head.size = stream.read (head.bytes, SIZE_1 + EXTENDER);
  if (head.size < SIZE_1)
    return false;
  uint32_t size = le32 (head.bytes);
  head.big_endian = size != SIZE_1 && size != SIZE_2;
  size = head.big_endian ? be32 (head.bytes) : size;
  head.second = size == SIZE_2;
  const char *magic = reinterpret_cast<const char *> (head.bytes) + (head.second ? 4 : 344);
  if (size == SIZE_1 && (!memcmp (magic, "n+1", 4) || !memcmp (magic, "ni1", 4))) {
    head.paired = magic[1] == 'i';
    return true;
  }
  if (size != SIZE_2 || (memcmp (magic, "n+2", 4) && memcmp (magic, "ni2", 4)))
    return false;
  head.paired = magic[1] == 'i';
  size_t more = SIZE_2 + EXTENDER - head.size;
  return stream.read (head.bytes + head.size, more) + EXTENDER >= more;
}

[[noreturn]] void
fail_damaged () {
  fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The header of the NIfTI volume is damaged"));
}

void
read_shape (const Head &head, Nifti &n) {
  double dim[8];
  for (size_t i = 0; i < 8; i++)
    dim[i] = head.whole (40, 16, i);
  if (dim[0] < 1 || dim[0] > 7)
    fail_damaged ();
  for (size_t i = 1; i < 8; i++) {
    dim[i] = i <= dim[0] ? dim[i] : 1;
    if (dim[i] < 1)
      fail_damaged ();
    n.has_more_volumes = n.has_more_volumes || (i > 3 && dim[i] > 1);
  }
  if (dim[1] > MAX_SIDE || dim[2] > MAX_SIDE || dim[3] > MAX_PLANES ||
      dim[1] * dim[2] > MAX_PLANE || dim[1] * dim[2] * dim[3] > MAX_VOXELS)
    fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("The NIfTI volume is larger than this program opens"));
  n.columns = uint32_t (dim[1]);
  n.rows = uint32_t (dim[2]);
  n.planes = uint32_t (dim[3]);
}

void
read_values (const Head &head, Nifti &n) {
  double start = head.second ? head.whole (0, 168) : double (head.get<float> (108));
  double least = double (head.second ? SIZE_2 + EXTENDER : SIZE_1 + EXTENDER);
  n.type = head.get<int16_t> (head.second ? 12 : 70);
  double slope = head.real (112, 176), intercept = head.real (116, 184);
  if (std::isfinite (slope) && slope != 0 && std::isfinite (intercept)) {
    n.slope = slope;
    n.intercept = intercept;
  }
  if (!(start <= MAX_START))
    fail_damaged ();
  n.start = uint64_t (std::max (start, least));
}

struct Affine {
  double m[3][4] = {}; // right, anterior, superior from column, row, plane
};

// The rotation of a unit quaternion, with spacings, and the third axis turned when qfac says so.
Affine
affine_of_quaternion (const Head &head) {
  double b = head.real (256, 352), c = head.real (260, 360), d = head.real (264, 368);
  double square = b * b + c * c + d * d, a = std::sqrt (std::max (1 - square, 0.0));
  if (square > 1) { // rounded, at most
    b /= std::sqrt (square);
    c /= std::sqrt (square);
    d /= std::sqrt (square);
  }
  const double r[3][3] = {
      {a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)},
      {2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)},
      {2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c}};
  Affine affine;
  for (size_t i = 0; i < 3; i++) {
    for (size_t k = 0; k < 3; k++)
      affine.m[i][k] = r[i][k] * head.real (76, 104, k + 1);
    if (head.real (76, 104) < 0)
      affine.m[i][2] = -affine.m[i][2];
    affine.m[i][3] = head.real (268, 376, i);
  }
  return affine;
}

Affine
read_affine (const Head &head) {
  int sform = head.second ? head.get<int32_t> (348) : head.get<int16_t> (254);
  int qform = head.second ? head.get<int32_t> (344) : head.get<int16_t> (252);
  if (sform <= 0 && qform <= 0)
    fail (PRC_IMAGING_ERROR_UNSUPPORTED,
          _ ("The NIfTI volume does not say where it lies in the patient"));
  if (sform <= 0)
    return affine_of_quaternion (head);
  Affine affine;
  for (size_t i = 0; i < 3; i++)
    for (size_t k = 0; k < 4; k++)
      affine.m[i][k] = head.real (280 + 16 * i, 400 + 32 * i, k);
  return affine;
}

double
dot (const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

void
read_place (const Head &head, Nifti &n) {
  unsigned units = (head.second ? unsigned (head.get<int32_t> (500)) : head.bytes[123]) & 7;
  double scale = units == 1 ? 1000 : units == 3 ? 0.001 : 1; // metres, micrometres
  Affine affine = read_affine (head);
  double lengths[3];
  for (size_t i = 0; i < 3; i++) {
    double to_dicom = i < 2 ? -scale : scale;
    n.origin_mm[i] = affine.m[i][3] * to_dicom;
    for (size_t k = 0; k < 3; k++)
      n.steps_mm[k][i] = affine.m[i][k] * to_dicom;
  }
  for (size_t k = 0; k < 3; k++) {
    lengths[k] = std::sqrt (dot (n.steps_mm[k], n.steps_mm[k]));
    if (!(lengths[k] > 1e-6 && lengths[k] < 1e6) || !(std::fabs (n.origin_mm[k]) < 1e7))
      fail_damaged ();
  }
  for (size_t k = 0; k < 3; k++) {
    size_t next = (k + 1) % 3;
    if (std::fabs (dot (n.steps_mm[k], n.steps_mm[next])) > SHEAR * lengths[k] * lengths[next])
      fail (PRC_IMAGING_ERROR_UNSUPPORTED,
            _ ("The axes of the NIfTI volume are not at right angles"));
  }
}

} // namespace

// A gzipped file ends in a checksum of what is in it, so that pictures of hundreds of megabytes need
// not be read to be told apart; but for those in many pieces, which say so, each with its own.
static std::string
uid_of_file (Bytes b) {
  constexpr size_t PART = 1 << 16;
  constexpr uint8_t HAS_EXTRA_FIELD = 4;
  if (!is_gzipped (b) || b.data[3] & HAS_EXTRA_FIELD || b.size <= 2 * PART)
    return uid_of_bytes (b);
  std::vector<uint8_t> parts (b.data, b.data + PART);
  parts.insert (parts.end (), b.data + b.size - PART, b.data + b.size);
  for (unsigned i = 0; i < 8; i++)
    parts.push_back (uint8_t (uint64_t (b.size) >> 8 * i));
  return uid_of_bytes ({parts.data (), parts.size ()});
}

struct Stream::Inflater {
  z_stream z = {};
  bool ended = false;
  Inflater () {
    if (inflateInit2 (&z, 16 + MAX_WBITS) != Z_OK)
      fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("Not enough memory"));
  }
  ~Inflater () {
    inflateEnd (&z);
  }
};

Stream::Stream (Bytes file)
    : rest_ (file), inflater_ (is_gzipped (file) ? std::make_unique<Inflater> () : nullptr) {
}

Stream::~Stream () = default;

// A gzipped file may be several one after the other.
size_t
Stream::inflate (uint8_t *to, size_t n) {
  z_stream &z = inflater_->z;
  size_t done = 0;
  while (done < n && !inflater_->ended) {
    z.next_in = const_cast<uint8_t *> (rest_.data);
    z.avail_in = uInt (std::min (rest_.size, size_t (1) << 30));
    z.next_out = to + done;
    z.avail_out = uInt (std::min (n - done, size_t (1) << 30));
    uInt in = z.avail_in, out = z.avail_out;
    int status = ::inflate (&z, Z_NO_FLUSH);
    rest_ = rest_.part (in - z.avail_in, rest_.size);
    done += out - z.avail_out;
    bool stuck = in == z.avail_in && out == z.avail_out;
    if (status == Z_STREAM_END)
      inflater_->ended = !is_gzipped (rest_) || inflateReset (&z) != Z_OK;
    else
      inflater_->ended = status != Z_OK || stuck;
  }
  return done;
}

size_t
Stream::read (uint8_t *to, size_t n) {
  size_t done = std::min (n, rest_.size);
  if (inflater_) {
    done = inflate (to, n);
  } else {
    memcpy (to, rest_.data, done);
    rest_ = rest_.part (done, rest_.size);
  }
  at_ += done;
  return done;
}

bool
is_nifti (Bytes file) {
  if (!is_gzipped (file) && file.size < SIZE_1)
    return false;
  Stream stream (file);
  Head head;
  return read_head (stream, head);
}

Nifti
read_nifti (Stream &stream) {
  Head head;
  Nifti n;
  if (!read_head (stream, head))
    fail_damaged ();
  if (head.paired)
    fail (
        PRC_IMAGING_ERROR_UNSUPPORTED,
        _ ("The NIfTI volume is in two files (.hdr and .img); only those in one (.nii) are read"));
  n.big_endian = head.big_endian;
  read_shape (head, n);
  read_values (head, n);
  read_place (head, n);
  return n;
}

GVariant *
describe_nifti (Bytes file) {
  Stream stream (file);
  Nifti n = read_nifti (stream);
  std::string instance = uid_of_file (file);
  Record r;
  r.add ("SOPInstanceUID", instance);
  r.add ("StudyInstanceUID", instance + ".1");
  r.add ("SeriesInstanceUID", instance + ".2");
  r.add ("Modality", std::string ("SEG"));
  r.add ("Rows", std::vector<double>{double (n.rows)});
  r.add ("Columns", std::vector<double>{double (n.columns)});
  r.add ("IsImage", g_variant_new_boolean (FALSE));
  return r.end ();
}

} // namespace prc
