// SPDX-License-Identifier: Apache-2.0
#include "decoders.h"

#include <csetjmp>
#include <cstdio>
#include <cstring>

#include <glib/gi18n-lib.h>
#include <jpeglib.h>

#include "jpeg.h"

namespace prc {

namespace {

struct Errors {
  jpeg_error_mgr manager;
  jmp_buf jump;
  bool damaged = false; // a warning that means missing or wrong data
};

void
on_error (j_common_ptr info) {
  longjmp (reinterpret_cast<Errors *> (info->err)->jump, 1);
}

void
on_message (j_common_ptr info, int level) {
  if (level < 0)
    reinterpret_cast<Errors *> (info->err)->damaged = true;
}

// Whether three components are RGB although nothing in the stream says so. libjpeg would take them
// for YCbCr; DICOM's header knows better when it says RGB and the components are not subsampled
// (YCbCr is, nearly always).
bool
is_unmarked_rgb (const jpeg_decompress_struct &info, bool header_says_rgb) {
  if (info.num_components != 3 || info.saw_JFIF_marker || info.saw_Adobe_marker || !header_says_rgb)
    return false;
  for (int i = 0; i < 3; i++)
    if (info.comp_info[i].h_samp_factor != 1 || info.comp_info[i].v_samp_factor != 1)
      return false;
  return true;
}

// No C++ object may live between setjmp and longjmp here: the buffer is the caller's, for the frame
// that read_jpeg_frame found.
bool
decompress (Bytes stream, bool header_says_rgb, const JpegFrame &frame, uint8_t *to) {
  jpeg_decompress_struct info;
  Errors errors;
  info.err = jpeg_std_error (&errors.manager);
  errors.manager.error_exit = on_error;
  errors.manager.emit_message = on_message;
  if (setjmp (errors.jump)) {
    jpeg_destroy_decompress (&info);
    return false;
  }
  jpeg_create_decompress (&info);
  info.mem->max_memory_to_use = 512L << 20;
  jpeg_mem_src (&info, stream.data, stream.size);
  jpeg_read_header (&info, TRUE);
  if (is_unmarked_rgb (info, header_says_rgb))
    info.jpeg_color_space = JCS_RGB;
  info.out_color_space = frame.channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
  info.dct_method = JDCT_ISLOW;
  jpeg_calc_output_dimensions (&info);
  // Should libjpeg see another frame than we did, the buffer would be too small.
  bool same = info.output_width == frame.columns && info.output_height == frame.rows &&
              unsigned (info.out_color_components) == frame.channels;
  // Where data are missing libjpeg would paint the rest grey, however large.
  if (same && !errors.damaged)
    jpeg_start_decompress (&info);
  while (same && !errors.damaged && info.output_scanline < frame.rows) {
    JSAMPROW row = to + size_t (info.output_scanline) * frame.columns * frame.channels;
    jpeg_read_scanlines (&info, &row, 1);
  }
  bool good = same && !errors.damaged;
  jpeg_destroy_decompress (&info);
  return good;
}

Decoded
by_libjpeg (Bytes stream, const Image &image, const JpegFrame &frame) {
  Decoded out;
  out.rows = frame.rows;
  out.columns = frame.columns;
  out.channels = frame.channels;
  out.bytes = 1;
  out.stored = 8;
  out.high = 7;
  out.is_signed = image.is_signed;
  out.colour = frame.channels == 3 ? Colour::RGB : image.colour;
  Buffer samples (out.size ());
  if (!decompress (stream, image.colour == Colour::RGB, frame, samples.data.get ()))
    fail_compressed ();
  out.take (std::move (samples));
  return out;
}

// What the system's library does not read: 12 bits and lossless.
Decoded
by_ourselves (Bytes stream, const Image &image, const JpegFrame &frame) {
  if (frame.arithmetic || (!frame.lossless && frame.precision != 12))
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("This kind of JPEG picture is not read"));
  Decoded out;
  out.rows = frame.rows;
  out.columns = frame.columns;
  out.channels = frame.channels;
  out.bytes = frame.precision > 8 ? 2 : 1;
  out.stored = MIN (image.stored, frame.precision);
  out.high = frame.precision > image.high ? image.high : out.stored - 1;
  out.is_signed = image.is_signed;
  out.colour = image.colour;
  Buffer samples (out.size ());
  if (frame.lossless)
    decode_jpeg_lossless (stream, frame, samples.data.get ());
  else
    decode_jpeg_12 (stream, frame, reinterpret_cast<uint16_t *> (samples.data.get ()));
  out.take (std::move (samples));
  return out;
}

} // namespace

bool
read_jpeg_frame (Bytes b, JpegFrame &frame) {
  size_t at = 2;
  while (at + 4 <= b.size && b.data[at] == 0xFF) {
    uint8_t marker = b.data[at + 1];
    if (marker == 0xFF) {
      at++;
      continue;
    }
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) { // without a length
      at += 2;
      continue;
    }
    if (marker == 0xD8 || marker == 0xD9)
      return false;
    bool start =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (start && at + 10 <= b.size) {
      frame.precision = b.data[at + 4];
      frame.rows = be16 (b.data + at + 5);
      frame.columns = be16 (b.data + at + 7);
      frame.channels = b.data[at + 9];
      frame.lossless = marker == 0xC3 || marker == 0xCB;
      frame.arithmetic = marker > 0xC8;
      frame.hierarchical = (marker & 0x7) >= 5;
      return true;
    }
    at += 2u + be16 (b.data + at + 2);
  }
  return false;
}

Decoded
decode_jpeg (Bytes stream, const Image &image) {
  JpegFrame frame;
  if (!read_jpeg_frame (stream, frame))
    fail_compressed ();
  check_codestream (image, frame.rows, frame.columns, frame.channels);
  if (frame.precision == 0 || frame.precision > 16)
    fail_compressed ();
  if (frame.hierarchical)
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("Hierarchical JPEG is not read"));
  if (frame.arithmetic && (frame.lossless || frame.precision != 8))
    fail (PRC_IMAGING_ERROR_UNSUPPORTED,
          _ ("JPEG in arithmetic coding is read with 8 bits and lossy only"));
  return frame.precision == 8 && !frame.lossless ? by_libjpeg (stream, image, frame)
                                                 : by_ourselves (stream, image, frame);
}

Decoded
decode_jpeg_picture (Bytes stream) {
  JpegFrame frame;
  if (!read_jpeg_frame (stream, frame) || frame.precision != 8 || frame.lossless)
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("This kind of JPEG picture is not read"));
  Image image;
  image.rows = frame.rows;
  image.columns = frame.columns;
  image.colour = Colour::GREY;
  if (frame.channels != 1 && frame.channels != 3) // CMYK: libjpeg refuses to make RGB of it
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("This kind of JPEG picture is not read"));
  return by_libjpeg (stream, image, frame);
}

} // namespace prc
