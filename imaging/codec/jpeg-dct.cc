// SPDX-License-Identifier: Apache-2.0
// JPEG of 12 bits by the discrete cosine transform, Huffman coded: sequential and progressive
// (ITU-T T.81 Annexes F and G; .51 and the retired .53 and .55 of PS3.5 A.4.1).
#include <glib/gi18n-lib.h>

#include "jpeg.h"
#include "decoders.h"
#include "jpeg-stream.h"

namespace prc {

namespace {

// T.81 figure A.6: place in the block of the coefficient with a number in the stream.
const uint8_t ZIGZAG[64] = {0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,
                            12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
                            35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
                            58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

struct Block {
  int16_t at[64]; // in zigzag order
};

// One component (T.81 A.1.1, A.2): it may have fewer samples than the picture.
struct Plane {
  unsigned h = 1, v = 1;        // of the frame's largest
  size_t columns = 0, rows = 0; // samples
  size_t across = 0, down = 0;  // blocks that hold them
  size_t stride = 0;            // blocks in memory, whole units of an interleaved scan
  std::vector<Block> blocks;

  Block &
  at (size_t row, size_t column) {
    return blocks[row * stride + column];
  }
};

class Scan {
public:
  Scan (const JpegStream &stream, const JpegScan &scan)
      : stream_ (stream), scan_ (scan), source_ (stream.data ()),
        progressive_ (stream.kind == 0xC2) {
    if (!progressive_) { // whatever stands there: some writers say 0 to 0
      scan_.first = scan_.high = scan_.low = 0;
      scan_.last = 63;
    }
    check ();
  }
  const uint8_t *decode (std::vector<Plane> &planes);

private:
  void check () const;
  void read_block (Block &block, unsigned c);
  void read_sequential (Block &block, unsigned c);
  void read_dc (Block &block, unsigned c);
  void read_ac_first (Block &block, const JpegHuffman &table);
  void read_ac_again (Block &block, const JpegHuffman &table);
  unsigned refine_until (Block &block, unsigned k, unsigned zeros);
  void refine (int16_t &value);
  const JpegStream &stream_;
  JpegScan scan_;
  JpegSource source_;
  JpegBits bits_;
  bool progressive_;
  int32_t dc_[4] = {};       // of the block before
  unsigned blocks_left_ = 0; // of a run of blocks without further coefficients
};

void
Scan::check () const {
  bool needs_dc = scan_.first == 0 && scan_.high == 0, needs_ac = scan_.last > 0;
  if (scan_.first > scan_.last || scan_.last > 63 || scan_.low > 13)
    fail_compressed ();
  if (progressive_ && scan_.first == 0 && scan_.last > 0) // T.81 G.1.1.1.1
    fail_compressed ();
  if (progressive_ && scan_.first > 0 && scan_.components.size () > 1)
    fail_compressed ();
  for (unsigned i = 0; i < scan_.components.size (); i++)
    if ((needs_dc && !stream_.dc[scan_.dc[i]].there ()) ||
        (needs_ac && !stream_.ac[scan_.ac[i]].there ()))
      fail_compressed ();
}

void
Scan::read_dc (Block &block, unsigned c) {
  bits_ = source_.need (bits_);
  if (scan_.high) { // one more bit of each
    if (bits_.take (1))
      block.at[0] = int16_t (block.at[0] | 1 << scan_.low);
    return;
  }
  unsigned size = stream_.dc[scan_.dc[c]].next (bits_);
  if (size > 15)
    fail_compressed ();
  dc_[c] += extend (bits_.take (size), size);
  if (dc_[c] < INT16_MIN || dc_[c] > INT16_MAX) // more than 12 bits can give (T.81 F.1.4)
    fail_compressed ();
  block.at[0] = int16_t (uint32_t (dc_[c]) << scan_.low);
}

void
Scan::read_sequential (Block &block, unsigned c) {
  const JpegHuffman &table = stream_.ac[scan_.ac[c]];
  read_dc (block, c);
  JpegBits bits = bits_;
  for (unsigned k = 1; k < 64; k++) {
    bits = source_.need (bits);
    unsigned symbol = table.next (bits), run = symbol >> 4, size = symbol & 15;
    if (size == 0 && run != 15)
      break;
    k += run;
    if (k > 63)
      fail_compressed ();
    block.at[k] = int16_t (extend (bits.take (size), size));
  }
  bits_ = bits;
}

void
Scan::read_ac_first (Block &block, const JpegHuffman &table) {
  if (blocks_left_) {
    blocks_left_--;
    return;
  }
  for (unsigned k = scan_.first; k <= scan_.last; k++) {
    bits_ = source_.need (bits_);
    unsigned symbol = table.next (bits_), run = symbol >> 4, size = symbol & 15;
    if (size == 0 && run != 15) {
      blocks_left_ = (1u << run) - 1 + bits_.take (run);
      return;
    }
    k += run;
    if (k > scan_.last)
      fail_compressed ();
    block.at[k] = int16_t (uint32_t (extend (bits_.take (size), size)) << scan_.low);
  }
}

void
Scan::refine (int16_t &value) {
  bits_ = source_.need (bits_);
  int bit = 1 << scan_.low;
  if (bits_.take (1) && !(value & bit))
    value = int16_t (value < 0 ? value - bit : value + bit);
}

// Past that many coefficients that are still zero; those that are not get their next bit. Where it
// ends: at a zero, or behind the last.
unsigned
Scan::refine_until (Block &block, unsigned k, unsigned zeros) {
  for (; k <= scan_.last; k++) {
    if (block.at[k])
      refine (block.at[k]);
    else if (zeros-- == 0)
      break;
  }
  return k;
}

void
Scan::read_ac_again (Block &block, const JpegHuffman &table) { // T.81 G.1.2.3
  unsigned k = scan_.first;
  while (!blocks_left_ && k <= scan_.last) {
    bits_ = source_.need (bits_);
    unsigned symbol = table.next (bits_), run = symbol >> 4, size = symbol & 15;
    if (size > 1)
      fail_compressed ();
    if (size == 0 && run != 15) {
      blocks_left_ = (1u << run) + bits_.take (run);
      break;
    }
    int value = !size ? 0 : bits_.take (1) ? 1 << scan_.low : -(1 << scan_.low);
    k = refine_until (block, k, run);
    if (k > scan_.last && size)
      fail_compressed ();
    if (k <= scan_.last)
      block.at[k++] = int16_t (value);
  }
  if (blocks_left_) {
    refine_until (block, k, 64);
    blocks_left_--;
  }
}

void
Scan::read_block (Block &block, unsigned c) {
  if (!progressive_)
    read_sequential (block, c);
  else if (scan_.first == 0)
    read_dc (block, c);
  else if (scan_.high == 0)
    read_ac_first (block, stream_.ac[scan_.ac[c]]);
  else
    read_ac_again (block, stream_.ac[scan_.ac[c]]);
}

const uint8_t *
Scan::decode (std::vector<Plane> &planes) {
  unsigned n = unsigned (scan_.components.size ());
  const Plane &first = planes[scan_.components[0]];
  bool alone = n == 1; // then a block is a unit
  size_t across = alone ? first.across : first.stride / first.h;
  size_t down = alone ? first.down : first.blocks.size () / first.stride / first.v;
  for (size_t i = 0; i < across * down; i++) {
    if (stream_.restart && i && i % stream_.restart == 0) {
      source_.restart (bits_);
      dc_[0] = dc_[1] = dc_[2] = dc_[3] = 0;
      blocks_left_ = 0;
    }
    for (unsigned c = 0; c < n; c++) {
      Plane &plane = planes[scan_.components[c]];
      unsigned h = alone ? 1 : plane.h, v = alone ? 1 : plane.v;
      for (unsigned k = 0; k < h * v; k++)
        read_block (plane.at (i / across * v + k / h, i % across * h + k % h), c);
    }
    if (source_.is_overrun (bits_))
      fail_compressed ();
  }
  return source_.marker ();
}

// The inverse transform (T.81 A.3.3) by the method of Loeffler, Ligtenberg and Moschytz (ICASSP 1989,
// figure 1), in integers. T.81 leaves the rounding open: 13 bits behind the point of the factors and
// one kept between the passes are what the other 12-bit decoders have, so that all show the same.
constexpr int FACTOR_BITS = 13, KEPT_BITS = 1;

constexpr int64_t
fixed (double v) {
  return int64_t (v * (1 << FACTOR_BITS) + (v < 0 ? -0.5 : 0.5));
}

// Eight values `step` apart; the sums have FACTOR_BITS more.
void
transform_line (const int64_t *in, size_t step, int64_t out[8]) {
  auto at = [&] (unsigned k) { return in[k * step]; };
  int64_t turn = (at (2) + at (6)) * fixed (0.541196100);
  int64_t low = turn - at (6) * fixed (1.847759065), high = turn + at (2) * fixed (0.765366865);
  int64_t sum = (at (0) + at (4)) * (1 << FACTOR_BITS),
          difference = (at (0) - at (4)) * (1 << FACTOR_BITS);
  const int64_t even[4] = {sum + high, difference + low, difference - low, sum - high};
  int64_t all = (at (1) + at (3) + at (5) + at (7)) * fixed (1.175875602);
  int64_t a = all + (at (3) + at (7)) * fixed (-1.961570560),
          b = all + (at (1) + at (5)) * fixed (-0.390180644);
  int64_t c = (at (1) + at (7)) * fixed (-0.899976223),
          d = (at (3) + at (5)) * fixed (-2.562915447);
  const int64_t odd[4] = {
      at (1) * fixed (1.501321110) + c + b, at (3) * fixed (3.072711026) + d + a,
      at (5) * fixed (2.053119869) + d + b, at (7) * fixed (0.298631336) + c + a};
  for (unsigned i = 0; i < 4; i++) {
    out[i] = even[i] + odd[i];
    out[7 - i] = even[i] - odd[i];
  }
}

int64_t
rounded (int64_t v, int bits) {
  return (v + (int64_t (1) << (bits - 1))) >> bits;
}

// A block to values from 0 to 4095.
void
transform (const Block &block, const uint16_t quantisation[64], uint16_t out[64]) {
  int64_t in[64] = {}, columns[64], line[8];
  bool beyond_first[8] = {}; // columns with more than their first coefficient
  for (unsigned k = 0; k < 64; k++)
    if (block.at[k]) { // most are not
      in[ZIGZAG[k]] = int64_t (block.at[k]) * quantisation[k];
      beyond_first[ZIGZAG[k] % 8] |= ZIGZAG[k] >= 8;
    }
  for (unsigned x = 0; x < 8; x++) {
    if (beyond_first[x])
      transform_line (in + x, 8, line);
    for (unsigned y = 0; y < 8; y++)
      columns[y * 8 + x] =
          beyond_first[x] ? rounded (line[y], FACTOR_BITS - KEPT_BITS) : in[x] * (1 << KEPT_BITS);
  }
  for (unsigned y = 0; y < 8; y++) {
    transform_line (columns + y * 8, 1, line);
    for (unsigned x = 0; x < 8; x++) {
      int64_t v = rounded (line[x], FACTOR_BITS + KEPT_BITS + 3) + 2048;
      out[y * 8 + x] = uint16_t (CLAMP (v, 0, 4095));
    }
  }
}

// The samples of a component, `step` apart.
void
put_samples (Plane &plane, const uint16_t *quantisation, uint16_t *to, size_t step) {
  uint16_t values[64];
  for (size_t i = 0; i < plane.across * plane.down; i++) {
    size_t top = i / plane.across * 8, left = i % plane.across * 8;
    size_t height = MIN (8, plane.rows - top), width = MIN (8, plane.columns - left);
    transform (plane.at (top / 8, left / 8), quantisation, values);
    for (size_t y = 0; y < height; y++) {
      uint16_t *row = to + ((top + y) * plane.columns + left) * step;
      for (size_t x = 0; x < width; x++)
        row[x * step] = values[y * 8 + x];
    }
  }
}

// Where there are half as many samples across, or both ways, they are interpolated as the other
// decoders do, with weights of 3/4 and 1/4; else repeated.
uint16_t
sample_between (const Plane &plane, const uint16_t *samples, unsigned h, unsigned v, size_t x,
                size_t y) {
  bool both = h == 2 && v == 2;
  if (!(h == 2 && v <= 2) || plane.columns <= 2)
    return samples[y / v * plane.columns + x / h];
  size_t i = x / 2, j = x % 2 ? MIN (i + 1, plane.columns - 1) : i - (i > 0);
  const uint16_t *row = samples + (both ? y / 2 : y) * plane.columns;
  if (!both)
    return uint16_t ((3u * row[i] + row[j] + 1 + x % 2) >> 2);
  size_t k = y / 2, l = y % 2 ? MIN (k + 1, plane.rows - 1) : k - (k > 0);
  const uint16_t *other = samples + l * plane.columns;
  return uint16_t ((3 * (3u * row[i] + other[i]) + 3u * row[j] + other[j] + 8 - x % 2) >> 4);
}

void
put_plane (Plane &plane, const JpegStream &stream, unsigned channel, uint16_t *to, unsigned h,
           unsigned v) {
  const uint16_t *quantisation = stream.quantisation[stream.components[channel].quantisation];
  size_t channels = stream.components.size ();
  if (plane.h == h && plane.v == v) {
    put_samples (plane, quantisation, to + channel, channels);
    return;
  }
  std::vector<uint16_t> samples (plane.columns * plane.rows);
  put_samples (plane, quantisation, samples.data (), 1);
  to += channel;
  for (size_t y = 0; y < stream.rows; y++)
    for (size_t x = 0; x < stream.columns; x++, to += channels)
      *to = sample_between (plane, samples.data (), h / plane.h, v / plane.v, x, y);
}

void
check_frame (const JpegStream &stream, const JpegFrame &frame) {
  if (stream.rows != frame.rows || stream.columns != frame.columns ||
      stream.components.size () != frame.channels || stream.precision != 12)
    fail_compressed ();
  bool known = stream.kind == 0xC1 || stream.kind == 0xC2;
  for (const JpegComponent &c : stream.components) {
    if (!known)
      fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("This kind of JPEG picture is not read"));
    if (c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4)
      fail_compressed ();
    if (c.quantisation > 3 || !stream.quantisation[c.quantisation][0])
      fail_compressed ();
  }
}

// T.81 A.1.1 and A.2.4. A component alone needs no other's factors.
std::vector<Plane>
lay_out (const JpegStream &stream, unsigned &h, unsigned &v) {
  std::vector<Plane> planes (stream.components.size ());
  bool alone = planes.size () == 1;
  for (const JpegComponent &c : stream.components) {
    h = alone ? 1 : MAX (h, c.h);
    v = alone ? 1 : MAX (v, c.v);
  }
  size_t units_across = (stream.columns + 8 * h - 1) / (8 * h),
         units_down = (stream.rows + 8 * v - 1) / (8 * v);
  for (size_t i = 0; i < planes.size (); i++) {
    Plane &plane = planes[i];
    plane.h = alone ? 1 : stream.components[i].h;
    plane.v = alone ? 1 : stream.components[i].v;
    if (h % plane.h || v % plane.v) // 2 of 3, which nobody writes
      fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("This kind of JPEG picture is not read"));
    plane.columns = (size_t (stream.columns) * plane.h + h - 1) / h;
    plane.rows = (size_t (stream.rows) * plane.v + v - 1) / v;
    plane.across = (plane.columns + 7) / 8;
    plane.down = (plane.rows + 7) / 8;
    plane.stride = units_across * plane.h;
    plane.blocks.assign (plane.stride * units_down * plane.v, Block ());
  }
  return planes;
}

} // namespace

void
decode_jpeg_12 (Bytes bytes, const JpegFrame &frame, uint16_t *to) {
  JpegStream stream (bytes);
  JpegScan scan;
  std::vector<Plane> planes;
  unsigned done = 0, h = 1, v = 1; // components, by their bits; the most samples
  while (stream.next_scan (scan)) {
    check_frame (stream, frame);
    if (planes.empty ())
      planes = lay_out (stream, h, v);
    for (unsigned c : scan.components)
      done |= 1u << c;
    stream.go_on_from (Scan (stream, scan).decode (planes));
  }
  if (done + 1 != 1u << frame.channels)
    fail_compressed ();
  for (unsigned c = 0; c < frame.channels; c++)
    put_plane (planes[c], stream, c, to, h, v);
}

} // namespace prc
