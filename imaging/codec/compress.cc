// SPDX-License-Identifier: Apache-2.0
#include "compress.h"

#include <cstring>

#include <charls/charls.h>
#include <glib/gi18n-lib.h>
#include <openjpeg.h>

#include "jpeg.h"

namespace prc {

namespace {

[[noreturn]] void
fail_compress () {
  fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("These pixels cannot be compressed that way"));
}

// PackBits (PS3.5 G.3.1): runs of three and more are worth a replicate run. Rows are not looked at
// apart: decoders need not care.
void
pack (const uint8_t *in, size_t n, size_t step, std::string &out) {
  auto at = [&] (size_t i) { return in[i * step]; };
  size_t i = 0;
  while (i < n) {
    size_t run = 1;
    while (i + run < n && run < 128 && at (i + run) == at (i))
      run++;
    if (run >= 3) {
      out += char (int (1) - int (run));
      out += char (at (i));
      i += run;
      continue;
    }
    size_t begin = i;
    while (i < n && i - begin < 128 && !(i + 2 < n && at (i) == at (i + 1) && at (i) == at (i + 2)))
      i++;
    out += char (i - begin - 1);
    for (size_t k = begin; k < i; k++)
      out += char (at (k));
  }
}

std::string
to_rle (Bytes frame, const Image &image) {
  unsigned bytes = image.allocated / 8, planes = bytes * image.samples;
  if (planes == 0 || planes > 15)
    fail_compress ();
  uint32_t header[16] = {planes};
  std::string body;
  for (unsigned i = 0; i < planes; i++) {
    unsigned channel = i / bytes, place = bytes - 1 - i % bytes;
    header[i + 1] = uint32_t (64 + body.size ());
    const uint8_t *from = image.planar && image.samples > 1
                              ? frame.data + channel * image.pixels () * bytes + place
                              : frame.data + channel * bytes + place;
    pack (from, image.pixels (), image.planar && image.samples > 1 ? bytes : planes, body);
    if (body.size () % 2)
      body += '\0';
  }
  std::string out;
  for (uint32_t v : header)
    for (unsigned k = 0; k < 4; k++)
      out += char (v >> (8 * k) & 0xFF);
  return out + body;
}

// The bits that count of each sample, in their own container.
Buffer
only_stored_bits (Bytes frame, const Image &image) {
  Buffer out (frame.size);
  memcpy (out.data.get (), frame.data, frame.size);
  unsigned down = image.high + 1 - image.stored;
  uint32_t mask = image.stored >= 32 ? ~0u : (1u << image.stored) - 1;
  if (image.allocated == 16) {
    uint16_t *p = reinterpret_cast<uint16_t *> (out.data.get ());
    for (size_t i = 0; i < frame.size / 2; i++)
      p[i] = uint16_t (p[i] >> down & mask);
  } else {
    for (size_t i = 0; i < frame.size; i++)
      out.data[i] = uint8_t (out.data[i] >> down & mask);
  }
  return out;
}

std::string
to_jpegls (Bytes frame, const Image &image) {
  unsigned container = image.stored > 8 ? 16 : 8;
  if (container != image.allocated || image.stored < 2)
    fail_compress ();
  try {
    Buffer samples = only_stored_bits (frame, image);
    charls::jpegls_encoder encoder;
    encoder.frame_info ({image.columns, image.rows, int (image.stored), int (image.samples)});
    if (image.samples > 1)
      encoder.interleave_mode (image.planar ? charls::interleave_mode::none
                                            : charls::interleave_mode::line);
    std::string out (encoder.estimated_destination_size (), '\0');
    encoder.destination (out.data (), out.size ());
    out.resize (encoder.encode (samples.data.get (), samples.size));
    return out;
  } catch (const charls::jpegls_error &) {
    fail_compress ();
  }
}

OPJ_SIZE_T
append (void *from, OPJ_SIZE_T n, void *data) {
  static_cast<std::string *> (data)->append (static_cast<char *> (from), n);
  return n;
}

OPJ_OFF_T
append_gap (OPJ_OFF_T n, void *data) {
  static_cast<std::string *> (data)->append (size_t (n), '\0');
  return n;
}

void
fill_components (opj_image_t *picture, Bytes samples, const Image &image) {
  size_t n = image.pixels ();
  unsigned sign = image.is_signed ? 32 - image.stored : 0;
  for (unsigned c = 0; c < image.samples; c++)
    for (size_t i = 0; i < n; i++) {
      size_t at = image.planar && image.samples > 1 ? c * n + i : i * image.samples + c;
      uint32_t v = image.allocated == 16 ? le16 (samples.data + at * 2) : samples.data[at];
      picture->comps[c].data[i] = int32_t (v << sign) >> sign;
    }
}

std::string
to_jpeg2000 (Bytes frame, const Image &image) {
  if (image.allocated > 16 || image.allocated < 8)
    fail_compress ();
  Buffer samples = only_stored_bits (frame, image);
  opj_image_cmptparm_t parts[3] = {};
  for (opj_image_cmptparm_t &p : parts)
    p = {1, 1, image.columns, image.rows, 0, 0, image.stored, image.stored, image.is_signed};
  std::unique_ptr<opj_image_t, decltype (&opj_image_destroy)> picture (
      opj_image_create (image.samples, parts,
                        image.samples == 3 ? OPJ_CLRSPC_SRGB : OPJ_CLRSPC_GRAY),
      opj_image_destroy);
  if (!picture)
    fail_compress ();
  picture->x1 = image.columns;
  picture->y1 = image.rows;
  fill_components (picture.get (), samples.bytes (), image);
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters (&parameters);
  parameters.tcp_numlayers = 1; // lossless, reversible, no component transform: RGB stays RGB
  parameters.cp_disto_alloc = 1;
  while (parameters.numresolution > 1 &&
         MIN (image.rows, image.columns) >> (parameters.numresolution - 1) == 0)
    parameters.numresolution--;
  std::unique_ptr<opj_codec_t, decltype (&opj_destroy_codec)> codec (
      opj_create_compress (OPJ_CODEC_J2K), opj_destroy_codec);
  std::unique_ptr<opj_stream_t, decltype (&opj_stream_destroy)> stream (
      opj_stream_create (1 << 16, OPJ_FALSE), opj_stream_destroy);
  std::string out;
  opj_stream_set_user_data (stream.get (), &out, nullptr);
  opj_stream_set_write_function (stream.get (), append);
  opj_stream_set_skip_function (stream.get (), append_gap);
  if (!opj_setup_encoder (codec.get (), &parameters, picture.get ()) ||
      !opj_start_compress (codec.get (), picture.get (), stream.get ()) ||
      !opj_encode (codec.get (), stream.get ()) || !opj_end_compress (codec.get (), stream.get ()))
    fail_compress ();
  return out;
}

std::string
to_jpeg_lossless (Bytes frame, const Image &image) {
  if (image.allocated > 16 || image.allocated < 8 || (image.planar && image.samples > 1))
    fail_compress ();
  Buffer samples = only_stored_bits (frame, image);
  JpegFrame jpeg;
  jpeg.rows = image.rows;
  jpeg.columns = image.columns;
  jpeg.channels = image.samples;
  jpeg.precision = image.allocated == 8 ? MAX (image.stored, 2) : MAX (image.stored, 9);
  return encode_jpeg_lossless (samples.bytes (), jpeg);
}

} // namespace

std::string
compress (Bytes frame, const Image &image, const std::string &syntax) {
  if (image.is_float || image.subsampled)
    fail_compress ();
  if (syntax == "1.2.840.10008.1.2.5")
    return to_rle (frame, image);
  if (syntax == "1.2.840.10008.1.2.4.80")
    return to_jpegls (frame, image);
  if (syntax == "1.2.840.10008.1.2.4.90")
    return to_jpeg2000 (frame, image);
  if (syntax == "1.2.840.10008.1.2.4.70" || syntax == "1.2.840.10008.1.2.4.57")
    return to_jpeg_lossless (frame, image);
  fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("Transfer syntax %s cannot be written"), syntax.c_str ());
}

} // namespace prc
