// SPDX-License-Identifier: Apache-2.0
#include "decoders.h"

#include <cstring>

#include <glib/gi18n-lib.h>
#include <openjpeg.h>

#include "fragments.h"

namespace prc {

namespace {

struct Memory {
  Bytes bytes;
  size_t at = 0;
};

OPJ_SIZE_T
read_some (void *to, OPJ_SIZE_T n, void *data) {
  Memory *m = static_cast<Memory *> (data);
  Bytes part = m->bytes.part (m->at, n);
  if (part.size == 0)
    return OPJ_SIZE_T (-1);
  memcpy (to, part.data, part.size);
  m->at += part.size;
  return part.size;
}

OPJ_OFF_T
skip_some (OPJ_OFF_T n, void *data) {
  Memory *m = static_cast<Memory *> (data);
  if (n < 0 || size_t (n) > m->bytes.size - m->at)
    return -1;
  m->at += size_t (n);
  return n;
}

OPJ_BOOL
seek_to (OPJ_OFF_T n, void *data) {
  Memory *m = static_cast<Memory *> (data);
  if (n < 0 || size_t (n) > m->bytes.size)
    return OPJ_FALSE;
  m->at = size_t (n);
  return OPJ_TRUE;
}

struct Reader {
  opj_codec_t *codec = nullptr;
  opj_stream_t *stream = nullptr;
  opj_image_t *image = nullptr;
  ~Reader () {
    opj_image_destroy (image);
    opj_stream_destroy (stream);
    opj_destroy_codec (codec);
  }
};

void
read_header (Reader &r, Memory &memory) {
  bool boxed = memory.bytes.size > 12 && le32 (memory.bytes.data + 4) == 0x2020506A;
  r.codec = opj_create_decompress (boxed ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
  r.stream = opj_stream_create (65536, OPJ_TRUE);
  opj_stream_set_user_data (r.stream, &memory, nullptr);
  opj_stream_set_user_data_length (r.stream, memory.bytes.size);
  opj_stream_set_read_function (r.stream, read_some);
  opj_stream_set_skip_function (r.stream, skip_some);
  opj_stream_set_seek_function (r.stream, seek_to);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters (&parameters);
  // Palettes and colour boxes of JP2 files are not DICOM's (PS3.5 8.2.4): samples as they are
  // coded.
  parameters.flags |= OPJ_DPARAMETERS_IGNORE_PCLR_CMAP_CDEF_FLAG;
  if (!opj_setup_decoder (r.codec, &parameters) || !opj_read_header (r.stream, r.codec, &r.image))
    fail_compressed ();
}

// Whether the codestream transforms its components: OpenJPEG then hands out RGB, whatever the
// header says.
bool
has_component_transform (opj_codec_t *codec) {
  opj_codestream_info_v2_t *info = opj_get_cstr_info (codec);
  bool transform = info && info->m_default_tile_info.mct != 0;
  opj_destroy_cstr_info (&info);
  return transform;
}

template <typename T>
void
interleave (const opj_image_comp_t *comps, Decoded &out, Buffer &samples) {
  T *to = reinterpret_cast<T *> (samples.data.get ());
  size_t n = size_t (out.rows) * out.columns;
  for (unsigned c = 0; c < out.channels; c++) {
    const opj_image_comp_t &comp = comps[c];
    if (comp.dx == 1 && comp.dy == 1 && out.channels == 1) { // as fast as memory
      for (size_t i = 0; i < n; i++)
        to[i] = T (comp.data[i]);
      continue;
    }
    if (comp.dx == 1 && comp.dy == 1) {
      for (size_t i = 0; i < n; i++)
        to[i * out.channels + c] = T (comp.data[i]);
      continue;
    }
    for (uint32_t y = 0; y < out.rows; y++)
      for (uint32_t x = 0; x < out.columns; x++) {
        size_t at = size_t (MIN (y / comp.dy, comp.h - 1)) * comp.w + MIN (x / comp.dx, comp.w - 1);
        to[(size_t (y) * out.columns + x) * out.channels + c] = T (comp.data[at]);
      }
  }
}

void
check_components (const opj_image_comp_t *comps, const Decoded &out) {
  for (unsigned c = 0; c < out.channels; c++) {
    const opj_image_comp_t &comp = comps[c];
    if (!comp.data || comp.w == 0 || comp.h == 0 || comp.prec != comps[0].prec ||
        (comp.dx == 1 && comp.dy == 1 && (comp.w != out.columns || comp.h != out.rows)))
      fail_compressed ();
  }
}

} // namespace

Decoded
decode_jpeg2000 (Bytes stream, const Image &header, unsigned component) {
  Memory memory{stream};
  Reader r;
  read_header (r, memory);
  const opj_image_t *image = r.image;
  bool several = image->numcomps > header.samples && is_component_collection (header);
  check_codestream (header, image->y1 - image->y0, image->x1 - image->x0,
                    several ? header.samples : image->numcomps);
  if (several && component + header.samples > image->numcomps)
    fail_compressed ();
  // OpenJPEG takes four bytes for every sample of every component.
  if (header.pixels () * image->numcomps * sizeof (int32_t) > MAX_FRAME)
    fail (PRC_IMAGING_ERROR_TOO_LARGE,
          _ ("An image of %u × %u pixels is larger than this program opens"), header.columns,
          header.rows);
  unsigned precision = image->comps[component].prec;
  if (precision == 0 || precision > 32)
    fail_compressed ();
  Decoded out;
  out.rows = header.rows;
  out.columns = header.columns;
  out.channels = header.samples;
  // Where the header has a sign and the codestream has none, the header says where the sign is.
  set_precision (out, header, precision, image->comps[component].sgnd || !header.is_signed);
  // A header that says signed over an unsigned codestream: two's complement was coded as it was.
  out.is_signed = image->comps[component].sgnd || header.is_signed;
  bool transform = has_component_transform (r.codec);
  out.colour = header.samples == 3 && transform ? Colour::RGB : header.colour;
  if (!opj_decode (r.codec, r.stream, r.image) || !opj_end_decompress (r.codec, r.stream))
    fail_compressed ();
  const opj_image_comp_t *comps = r.image->comps + component;
  check_components (comps, out);
  Buffer samples (out.size ());
  if (out.bytes == 1)
    interleave<uint8_t> (comps, out, samples);
  else if (out.bytes == 2)
    interleave<uint16_t> (comps, out, samples);
  else
    interleave<uint32_t> (comps, out, samples);
  out.take (std::move (samples));
  return out;
}

} // namespace prc
