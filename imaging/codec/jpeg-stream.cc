// SPDX-License-Identifier: Apache-2.0
#include "decoders.h"
#include "jpeg-stream.h"

#include <cstring>

namespace prc {

namespace {

constexpr unsigned MAX_SCANS = 256; // encoders make some ten; each goes over the whole picture

} // namespace

JpegBits
JpegSource::fill (JpegBits b) {
  while (b.n <= 56) {
    uint64_t next;
    if (end_ - p_ >= 8) { // several at once when none of them is special
      memcpy (&next, p_, 8);
      uint64_t inverse = ~next;
      bool special = ((inverse - 0x0101010101010101u) & ~inverse & 0x8080808080808080u) != 0;
      if (!special) {
        unsigned bytes = unsigned (64 - b.n) / 8;
        next = __builtin_bswap64 (next) >> (64 - 8 * bytes);
        b.bits |= next << (64 - unsigned (b.n) - 8 * bytes);
        b.n += int (8 * bytes);
        p_ += bytes;
        return b;
      }
    }
    next = 0;
    if (p_ < end_ && *p_ != 0xFF) {
      next = *p_++;
    } else if (end_ - p_ >= 2 && p_[1] == 0) { // a stuffed byte
      next = 0xFF;
      p_ += 2;
    } else {
      padding_ += 8;
    }
    b.bits |= next << (56 - b.n);
    b.n += 8;
  }
  return b;
}

void
JpegSource::restart (JpegBits &bits) {
  if (is_overrun (bits))
    fail_compressed ();
  while (end_ - p_ >= 2 && p_[0] == 0xFF && p_[1] == 0xFF)
    p_++;
  if (end_ - p_ < 2 || p_[0] != 0xFF || p_[1] < 0xD0 || p_[1] > 0xD7)
    fail_compressed ();
  p_ += 2;
  bits = JpegBits ();
  padding_ = 0;
}

const uint8_t *
JpegSource::marker () const {
  const uint8_t *p = p_;
  while (end_ - p >= 2 && !(p[0] == 0xFF && p[1] != 0 && p[1] != 0xFF && (p[1] & 0xF8) != 0xD0))
    p++;
  return end_ - p >= 2 ? p : end_;
}

void
JpegHuffman::build (const uint8_t counts[16], Bytes symbols) {
  *this = JpegHuffman ();
  uint32_t code = 0;
  size_t k = 0;
  for (unsigned length = 1; length <= 16; length++, code <<= 1) {
    first_[length] = int32_t (k) - int32_t (code);
    for (unsigned i = 0; i < counts[length - 1]; i++, k++, code++) {
      if (k >= symbols.size || k >= sizeof symbols_ || code >> length)
        fail_compressed ();
      symbols_[k] = symbols.data[k];
      if (length > LOOK)
        continue;
      unsigned spare = LOOK - length;
      for (unsigned x = 0; x < 1u << spare; x++)
        shorts_[(code << spare) + x] = {uint8_t (length), symbols_[k]};
    }
    end_[length] = code << (16 - length);
  }
  there_ = true;
}

JpegHuffman::Short
JpegHuffman::find_long (uint32_t code) const {
  for (unsigned length = LOOK + 1; length <= 16; length++)
    if (code < end_[length]) {
      uint32_t at = uint32_t (int32_t (code >> (16 - length)) + first_[length]);
      return {uint8_t (length), symbols_[at & 0xFF]};
    }
  fail_compressed ();
}

void
JpegStream::read_frame (Bytes b) { // T.81 B.2.2
  if (b.size < 6 || b.size < 6 + 3u * b.data[5] || !components.empty ())
    fail_compressed ();
  precision = b.data[0];
  rows = be16 (b.data + 1);
  columns = be16 (b.data + 3);
  for (unsigned i = 0; i < b.data[5]; i++) {
    const uint8_t *p = b.data + 6 + 3 * i;
    components.push_back ({p[0], unsigned (p[1] >> 4), unsigned (p[1] & 15), p[2]});
  }
}

void
JpegStream::read_huffman (Bytes b) { // T.81 B.2.4.2
  while (b.size) {
    if (b.size < 17)
      fail_compressed ();
    unsigned n = 0;
    for (unsigned i = 1; i <= 16; i++)
      n += b.data[i];
    if (b.size < 17 + n || (b.data[0] & 15) > 3 || b.data[0] >> 4 > 1)
      fail_compressed ();
    JpegHuffman *tables = b.data[0] >> 4 ? ac : dc;
    tables[b.data[0] & 15].build (b.data + 1, b.part (17, n));
    b = b.part (17 + n, b.size);
  }
}

void
JpegStream::read_quantisation (Bytes b) { // T.81 B.2.4.1
  while (b.size) {
    unsigned wide = b.data[0] >> 4, which = b.data[0] & 15;
    if (wide > 1 || which > 3 || b.size < 65 + 64 * wide)
      fail_compressed ();
    for (unsigned k = 0; k < 64; k++)
      quantisation[which][k] = wide ? be16 (b.data + 1 + 2 * k) : b.data[1 + k];
    b = b.part (65 + 64 * wide, b.size);
  }
}

void
JpegStream::read_scan (Bytes b, JpegScan &scan) const { // T.81 B.2.3
  unsigned n = b.size ? b.data[0] : 0;
  if (n < 1 || n > 4 || b.size < 4 + 2 * n)
    fail_compressed ();
  scan.components.clear ();
  for (unsigned i = 0; i < n; i++) {
    const uint8_t *p = b.data + 1 + 2 * i;
    scan.dc[i] = p[1] >> 4u & 3;
    scan.ac[i] = p[1] & 3u;
    for (unsigned k = 0; k < components.size (); k++)
      if (components[k].id == p[0] && scan.components.size () == i)
        scan.components.push_back (k);
  }
  if (scan.components.size () != n)
    fail_compressed ();
  const uint8_t *p = b.data + 1 + 2 * n;
  scan.first = p[0];
  scan.last = p[1];
  scan.high = p[2] >> 4;
  scan.low = p[2] & 15;
}

bool
JpegStream::next_scan (JpegScan &scan) {
  while (bytes_.size - at_ >= 4 && bytes_.data[at_] == 0xFF) {
    unsigned marker = bytes_.data[at_ + 1];
    if (marker == 0xFF) {
      at_++;
      continue;
    }
    if (marker == 0xD9)
      return false;
    if (marker == 0x01 || (marker & 0xF8) == 0xD0) { // without a length
      at_ += 2;
      continue;
    }
    size_t length = be16 (bytes_.data + at_ + 2);
    if (length < 2 || bytes_.size - at_ < 2 + length)
      fail_compressed ();
    Bytes body = bytes_.part (at_ + 4, length - 2);
    at_ += 2 + length;
    if (marker == 0xC4) {
      read_huffman (body);
    } else if (marker == 0xDB) {
      read_quantisation (body);
    } else if (marker == 0xDD && body.size >= 2) {
      restart = be16 (body.data);
    } else if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC8 && marker != 0xCC) {
      kind = marker;
      read_frame (body);
    } else if (marker == 0xDA) {
      if (++scans_ > MAX_SCANS)
        fail_compressed ();
      read_scan (body, scan);
      return true;
    }
  }
  return false;
}

} // namespace prc
