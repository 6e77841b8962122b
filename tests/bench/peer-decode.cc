// SPDX-License-Identifier: Apache-2.0
// peer-decode FILE...: the milliseconds DCMTK takes from a file to the values of its first frame, a
// line each: the fastest of some. Files with "j2k" in their name, which DCMTK does not decode, by
// OpenJPEG's library.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <openjpeg.h>

namespace {

constexpr int CALLS = 15;

struct Memory {
  const Uint8 *data;
  size_t size, at;
};

OPJ_SIZE_T
read_some (void *to, OPJ_SIZE_T n, void *data) {
  Memory *m = static_cast<Memory *> (data);
  n = std::min (n, m->size - m->at);
  memcpy (to, m->data + m->at, n);
  m->at += n;
  return n ? n : OPJ_SIZE_T (-1);
}

OPJ_OFF_T
skip_some (OPJ_OFF_T n, void *data) {
  static_cast<Memory *> (data)->at += size_t (n);
  return n;
}

OPJ_BOOL
seek_to (OPJ_OFF_T n, void *data) {
  static_cast<Memory *> (data)->at = size_t (n);
  return OPJ_TRUE;
}

bool
decode_jpeg2000 (Memory memory) {
  opj_codec_t *codec = opj_create_decompress (OPJ_CODEC_J2K);
  opj_stream_t *stream = opj_stream_create (65536, OPJ_TRUE);
  opj_stream_set_user_data (stream, &memory, nullptr);
  opj_stream_set_user_data_length (stream, memory.size);
  opj_stream_set_read_function (stream, read_some);
  opj_stream_set_skip_function (stream, skip_some);
  opj_stream_set_seek_function (stream, seek_to);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters (&parameters);
  opj_image_t *image = nullptr;
  bool good = opj_setup_decoder (codec, &parameters) && opj_read_header (stream, codec, &image) &&
              opj_decode (codec, stream, image) && opj_end_decompress (codec, stream);
  opj_image_destroy (image);
  opj_stream_destroy (stream);
  opj_destroy_codec (codec);
  return good;
}

// The codestream where it lies in the file: DCMTK knows nothing of HTJ2K's syntaxes.
bool
decode_codestream (const char *path) {
  std::ifstream file (path, std::ios::binary);
  std::vector<char> all ((std::istreambuf_iterator<char> (file)),
                         std::istreambuf_iterator<char> ());
  void *start = memmem (all.data (), all.size (), "\xFF\x4F\xFF\x51", 4);
  if (!start)
    return false;
  const Uint8 *p = static_cast<Uint8 *> (start);
  return decode_jpeg2000 ({p, size_t (all.data () + all.size () - static_cast<char *> (start)), 0});
}

bool
decode (const char *path) {
  DcmFileFormat file;
  if (strstr (path, "j2k"))
    return decode_codestream (path);
  if (file.loadFile (path).bad ())
    return false;
  DcmDataset &set = *file.getDataset ();
  if (set.chooseRepresentation (EXS_LittleEndianExplicit, nullptr).bad ())
    return false;
  const Uint16 *words = nullptr;
  const Uint8 *bytes = nullptr;
  return set.findAndGetUint16Array (DCM_PixelData, words).good () ||
         set.findAndGetUint8Array (DCM_PixelData, bytes).good ();
}

double
ms_of (const char *path) {
  auto start = std::chrono::steady_clock::now ();
  if (!decode (path))
    return 0;
  std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now () - start;
  return passed.count ();
}

} // namespace

int
main (int argc, char **argv) {
  OFLog::configure (OFLogger::OFF_LOG_LEVEL);
  DcmRLEDecoderRegistration::registerCodecs ();
  DJDecoderRegistration::registerCodecs ();
  DJLSDecoderRegistration::registerCodecs ();
  for (int i = 1; i < argc; i++) {
    std::vector<double> ms;
    for (int k = 0; k < CALLS; k++)
      ms.push_back (ms_of (argv[i]));
    std::sort (ms.begin (), ms.end ());
    printf ("%.4f\n", ms[0]);
  }
  return 0;
}
