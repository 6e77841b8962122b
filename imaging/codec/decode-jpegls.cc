// SPDX-License-Identifier: Apache-2.0
#include "decoders.h"

#include <charls/charls.h>

namespace prc {

Decoded
decode_jpegls (Bytes stream, const Image &image) {
  try {
    charls::jpegls_decoder decoder;
    decoder.source (stream.data, stream.size);
    decoder.read_header ();
    const charls::frame_info info = decoder.frame_info ();
    check_codestream (image, info.height, info.width, unsigned (info.component_count));
    Decoded out;
    out.rows = image.rows;
    out.columns = image.columns;
    out.channels = image.samples;
    set_precision (out, image, unsigned (info.bits_per_sample), false);
    out.is_signed = image.is_signed;
    out.colour = image.colour;
    out.planar = out.channels > 1 && decoder.interleave_mode () == charls::interleave_mode::none;
    if (decoder.destination_size () != out.size ())
      fail_compressed ();
    Buffer samples (out.size ());
    decoder.decode (samples.data.get (), samples.size);
    out.take (std::move (samples));
    return out;
  } catch (const charls::jpegls_error &) {
    fail_compressed ();
  }
}

} // namespace prc
