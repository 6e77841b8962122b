// SPDX-License-Identifier: Apache-2.0
#include "decoders.h"

#include <cmath>
#include <cstring>

#include <glib/gi18n-lib.h>
#include <jxl/decode.h>

namespace prc {

namespace {

// What libjxl needs for a sample while it decodes, more or less; it ends the process rather than
// fail when memory is refused.
constexpr uint64_t BYTES_PER_SAMPLE = 8;

class Reader {
public:
  Reader (Bytes stream, int events) : decoder_ (JxlDecoderCreate (nullptr)) {
    if (!decoder_ || JxlDecoderSubscribeEvents (decoder_, events) != JXL_DEC_SUCCESS ||
        JxlDecoderSetKeepOrientation (decoder_, JXL_TRUE) != JXL_DEC_SUCCESS ||
        JxlDecoderSetInput (decoder_, stream.data, stream.size) != JXL_DEC_SUCCESS)
      fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("Not enough memory"));
    JxlDecoderCloseInput (decoder_);
  }
  ~Reader () {
    JxlDecoderDestroy (decoder_);
  }
  Reader (const Reader &) = delete;
  Reader &operator= (const Reader &) = delete;

  JxlDecoderStatus
  next () {
    return JxlDecoderProcessInput (decoder_);
  }
  void
  expect (JxlDecoderStatus status) {
    if (next () != status)
      fail_compressed ();
  }
  JxlDecoder *
  get () const {
    return decoder_;
  }

private:
  JxlDecoder *decoder_;
};

void
check (const JxlBasicInfo &info, const Image &image) {
  check_codestream (image, info.ysize, info.xsize, info.num_color_channels);
  if (info.exponent_bits_per_sample || info.bits_per_sample == 0 || info.bits_per_sample > 16)
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("JPEG XL with %u bits per sample is not read"),
          info.bits_per_sample);
  if (image.pixels () * image.samples * BYTES_PER_SAMPLE > MAX_FRAME)
    fail (PRC_IMAGING_ERROR_TOO_LARGE,
          _ ("An image of %u × %u pixels is larger than this program opens"), image.columns,
          image.rows);
}

// Lossy pictures are coded in colours of their own: they come out in those that they were made of.
void
keep_colours (Reader &reader, const JxlBasicInfo &info, const JxlPixelFormat &format) {
  JxlColorEncoding colours;
  if (!info.uses_original_profile &&
      JxlDecoderGetColorAsEncodedProfile (reader.get (), &format, JXL_COLOR_PROFILE_TARGET_ORIGINAL,
                                          &colours) == JXL_DEC_SUCCESS)
    JxlDecoderSetPreferredColorProfile (reader.get (), &colours);
}

// libjxl stretches integers to the whole of their type; only from fractions do other widths than 8
// and 16 bits come back as they were.
void
to_integers (const float *from, size_t n, unsigned bits, Decoded &out) {
  Buffer samples (n * out.bytes);
  float most = float ((1u << bits) - 1);
  for (size_t i = 0; i < n; i++) {
    float v = from[i] * most + 0.5f;
    uint16_t sample = v > 0 ? v < most ? uint16_t (v) : uint16_t (most) : uint16_t (0);
    if (out.bytes == 1)
      samples.data[i] = uint8_t (sample);
    else
      memcpy (samples.data.get () + 2 * i, &sample, 2);
  }
  out.take (std::move (samples));
}

void
read_samples (Reader &reader, const JxlBasicInfo &info, Decoded &out) {
  unsigned bits = info.bits_per_sample;
  JxlDataType type = bits == 8 ? JXL_TYPE_UINT8 : bits == 16 ? JXL_TYPE_UINT16 : JXL_TYPE_FLOAT;
  JxlPixelFormat format = {out.channels, type, JXL_LITTLE_ENDIAN, 0};
  size_t size = 0;
  reader.expect (JXL_DEC_COLOR_ENCODING);
  keep_colours (reader, info, format);
  reader.expect (JXL_DEC_NEED_IMAGE_OUT_BUFFER);
  uint64_t n = uint64_t (out.rows) * out.columns * out.channels;
  if (JxlDecoderImageOutBufferSize (reader.get (), &format, &size) != JXL_DEC_SUCCESS ||
      size != n * (type == JXL_TYPE_FLOAT ? sizeof (float) : out.bytes))
    fail_compressed ();
  Buffer samples (size);
  if (JxlDecoderSetImageOutBuffer (reader.get (), &format, samples.data.get (), size) !=
      JXL_DEC_SUCCESS)
    fail_compressed ();
  reader.expect (JXL_DEC_FULL_IMAGE);
  if (type == JXL_TYPE_FLOAT)
    to_integers (reinterpret_cast<const float *> (samples.data.get ()), n, bits, out);
  else
    out.take (std::move (samples));
}

// The JPEG that was packed into a container, byte for byte; false when there is none.
bool
unpack_jpeg (Bytes stream, Buffer &jpeg) {
  Reader reader (stream, JXL_DEC_JPEG_RECONSTRUCTION | JXL_DEC_FULL_IMAGE);
  if (reader.next () != JXL_DEC_JPEG_RECONSTRUCTION)
    return false;
  Buffer room (stream.size * 2 + 65536);
  JxlDecoderSetJPEGBuffer (reader.get (), room.data.get (), room.size);
  JxlDecoderStatus status;
  while ((status = reader.next ()) == JXL_DEC_JPEG_NEED_MORE_OUTPUT) {
    size_t done = room.size - JxlDecoderReleaseJPEGBuffer (reader.get ());
    if (room.size > MAX_FRAME)
      fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("Not enough memory"));
    Buffer more (room.size * 2);
    memcpy (more.data.get (), room.data.get (), done);
    room = std::move (more);
    JxlDecoderSetJPEGBuffer (reader.get (), room.data.get () + done, room.size - done);
  }
  if (status != JXL_DEC_FULL_IMAGE)
    fail_compressed ();
  room.size -= JxlDecoderReleaseJPEGBuffer (reader.get ());
  jpeg = std::move (room);
  return true;
}

} // namespace

Decoded
decode_jpegxl (Bytes stream, const Image &image) {
  Buffer jpeg;
  bool boxes = stream.size > 12 && le32 (stream.data) == 0x0C000000;
  Reader reader (stream, JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING | JXL_DEC_FULL_IMAGE);
  reader.expect (JXL_DEC_BASIC_INFO);
  JxlBasicInfo info;
  if (JxlDecoderGetBasicInfo (reader.get (), &info) != JXL_DEC_SUCCESS)
    fail_compressed ();
  check (info, image);
  if (boxes && unpack_jpeg (stream, jpeg))
    return decode_jpeg (jpeg.bytes (), image);
  Decoded out;
  out.rows = image.rows;
  out.columns = image.columns;
  out.channels = image.samples;
  set_precision (out, image, info.bits_per_sample, false);
  out.is_signed = image.is_signed;
  out.colour = out.channels == 3 ? Colour::RGB : image.colour;
  read_samples (reader, info, out);
  return out;
}

} // namespace prc
