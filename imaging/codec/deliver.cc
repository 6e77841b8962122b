// SPDX-License-Identifier: Apache-2.0
#include "deliver.h"

#include <cmath>
#include <cstring>

#include <glib/gi18n-lib.h>

#include "luts.h"

namespace prc {

namespace {

template <typename U, typename S>
void
mask_and_extend (const uint8_t *from, uint8_t *to, size_t n, unsigned stored, unsigned high,
                 bool is_signed) {
  const U *in = reinterpret_cast<const U *> (from);
  U *out = reinterpret_cast<U *> (to);
  unsigned bits = sizeof (U) * 8, left = bits - 1 - high, right = bits - stored;
  if (is_signed)
    for (size_t i = 0; i < n; i++)
      out[i] = U (S (U (in[i] << left)) >> right);
  else
    for (size_t i = 0; i < n; i++)
      out[i] = U (U (in[i] << left) >> right);
}

// 64-bit integers become doubles, which hold them exactly up to 53 bits.
SampleType
deliver_long (Decoded &d) {
  size_t n = d.size () / 8;
  Buffer out (d.size ());
  mask_and_extend<uint64_t, int64_t> (d.samples.data, out.data.get (), n, d.stored, d.high,
                                      d.is_signed);
  for (size_t i = 0; i < n; i++) {
    uint64_t v;
    memcpy (&v, out.data.get () + 8 * i, 8);
    double real = d.is_signed ? double (int64_t (v)) : double (v);
    memcpy (out.data.get () + 8 * i, &real, 8);
  }
  d.take (std::move (out));
  return SampleType::F64;
}

SampleType
deliver_grey (Decoded &d) {
  if (d.is_float)
    return d.bytes == 4 ? SampleType::F32 : SampleType::F64;
  if (d.bytes == 8)
    return deliver_long (d);
  unsigned bits = d.bytes * 8;
  if (d.stored != bits) {
    size_t n = d.size () / d.bytes;
    bool own = d.samples.data == d.owned.data.get ();
    Buffer fresh = own ? Buffer () : Buffer (d.size ());
    uint8_t *to = own ? d.owned.data.get () : fresh.data.get ();
    if (d.bytes == 1)
      mask_and_extend<uint8_t, int8_t> (d.samples.data, to, n, d.stored, d.high, d.is_signed);
    else if (d.bytes == 2)
      mask_and_extend<uint16_t, int16_t> (d.samples.data, to, n, d.stored, d.high, d.is_signed);
    else
      mask_and_extend<uint32_t, int32_t> (d.samples.data, to, n, d.stored, d.high, d.is_signed);
    if (!own)
      d.take (std::move (fresh));
  }
  unsigned base = d.bytes == 1 ? 0 : d.bytes == 2 ? 2 : 4;
  return SampleType (base + (d.is_signed ? 1 : 0));
}

uint32_t
sample_at (const Decoded &d, size_t i) {
  uint32_t v;
  if (d.bytes == 1)
    v = d.samples.data[i];
  else if (d.bytes == 2)
    v = reinterpret_cast<const uint16_t *> (d.samples.data)[i];
  else
    v = reinterpret_cast<const uint32_t *> (d.samples.data)[i];
  v >>= d.high + 1 - d.stored;
  return d.stored < 32 ? v & ((1u << d.stored) - 1) : v;
}

uint8_t
clamp_8 (int32_t v) {
  return uint8_t (v < 0 ? 0 : v > 255 ? 255 : v);
}

// PS3.3 C.7.6.3.1.2, the inverse of the equations there (ITU-R BT.601), as sums of terms that each
// come from one component. With 22 bits behind the point every sum rounds as the real numbers do.
struct FromYbr {
  int32_t y[256], red_of_r[256], green_of_b[256], green_of_r[256], blue_of_b[256];

  explicit FromYbr (bool partial) {
    double luma = partial ? 255.0 / 219 : 1, chroma = partial ? 255.0 / 224 : 1;
    auto fixed = [] (double v) { return int32_t (std::lround (v * (1 << 22))); };
    for (int i = 0; i < 256; i++) {
      y[i] = fixed ((i - (partial ? 16 : 0)) * luma) + (1 << 21);
      red_of_r[i] = fixed (1.402 * chroma * (i - 128));
      green_of_b[i] = fixed (-0.344136286 * chroma * (i - 128));
      green_of_r[i] = fixed (-0.714136286 * chroma * (i - 128));
      blue_of_b[i] = fixed (1.772 * chroma * (i - 128));
    }
  }
  void
  convert (uint8_t *p) const {
    int32_t luma = y[p[0]], b = p[1], r = p[2];
    p[0] = clamp_8 ((luma + red_of_r[r]) >> 22);
    p[1] = clamp_8 ((luma + green_of_b[b] + green_of_r[r]) >> 22);
    p[2] = clamp_8 ((luma + blue_of_b[b]) >> 22);
  }
};

void
gather_rgb (const Decoded &d, uint8_t *to, size_t pixels) {
  // Channels are 8 bits on the way out: the upper ones of what is stored; of fewer the largest is
  // full intensity, too.
  int down = int (d.stored) - 8;
  uint32_t most = down < 0 ? (1u << d.stored) - 1 : 255;
  if (d.bytes == 1 && d.stored == 8 && d.high == 7) { // planar
    const uint8_t *from = d.samples.data;
    for (size_t i = 0; i < pixels; i++, to += 3)
      to[0] = from[i], to[1] = from[pixels + i], to[2] = from[2 * pixels + i];
    return;
  }
  for (size_t i = 0; i < pixels; i++)
    for (size_t c = 0; c < 3; c++) {
      uint32_t v = sample_at (d, d.planar ? c * pixels + i : i * 3 + c);
      to[i * 3 + c] = uint8_t (down >= 0 ? v >> down : (v * 255 + most / 2) / most);
    }
}

SampleType
deliver_colour (Decoded &d) {
  size_t pixels = size_t (d.rows) * d.columns;
  bool plain = d.bytes == 1 && d.stored == 8 && d.high == 7 && !d.planar;
  if (!plain) {
    Buffer rgb (pixels * 3);
    gather_rgb (d, rgb.data.get (), pixels);
    d.take (std::move (rgb));
  }
  if (d.colour == Colour::RGB)
    return SampleType::RGB8;
  if (d.samples.data != d.owned.data.get ()) {
    Buffer copy (pixels * 3);
    memcpy (copy.data.get (), d.samples.data, pixels * 3);
    d.take (std::move (copy));
  }
  static const FromYbr full (false), partial (true);
  const FromYbr &from = d.colour == Colour::YBR_PARTIAL ? partial : full;
  for (size_t i = 0; i < pixels; i++)
    from.convert (d.owned.data.get () + i * 3);
  return SampleType::RGB8;
}

SampleType
deliver_palette (Decoded &d, const Dataset &set) {
  Palette palette = read_palette (set, d.is_signed);
  size_t pixels = size_t (d.rows) * d.columns;
  Buffer rgb (pixels * 3);
  unsigned bits = 32 - d.stored;
  for (size_t i = 0; i < pixels; i++) {
    uint32_t v = sample_at (d, i);
    int64_t value = d.is_signed ? int64_t (int32_t (v << bits) >> bits) : int64_t (v);
    for (unsigned c = 0; c < 3; c++)
      rgb.data[i * 3 + c] = palette.channel[c].at (value);
  }
  d.take (std::move (rgb));
  return SampleType::RGB8;
}

} // namespace

SampleType
deliver (Decoded &d, const Dataset &palette_of) {
  if (d.samples.size < d.size ())
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The compressed frame holds too few pixels"));
  if (d.channels == 3)
    return deliver_colour (d);
  if (d.colour == Colour::PALETTE && !d.is_float)
    return deliver_palette (d, palette_of);
  return deliver_grey (d);
}

} // namespace prc
