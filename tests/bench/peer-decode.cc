// SPDX-License-Identifier: Apache-2.0
// peer-decode FILE...: the milliseconds DCMTK takes from a file to the values of its first frame, a
// line each: the fastest of some. JPEG 2000, which DCMTK does not decode, by OpenJPEG's library.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
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

bool
decode_fragment (DcmDataset &set, E_TransferSyntax syntax) {
  DcmElement *element = nullptr;
  DcmPixelSequence *sequence = nullptr;
  DcmPixelItem *item = nullptr;
  Memory memory = {};
  Uint8 *bytes = nullptr;
  if (set.findAndGetElement (DCM_PixelData, element).bad () ||
      static_cast<DcmPixelData *> (element)
          ->getEncapsulatedRepresentation (syntax, nullptr, sequence)
          .bad () ||
      sequence->getItem (item, 1).bad () || item->getUint8Array (bytes).bad ())
    return false;
  memory.data = bytes;
  memory.size = item->getLength ();
  return decode_jpeg2000 (memory);
}

bool
decode (const char *path) {
  DcmFileFormat file;
  if (file.loadFile (path).bad ())
    return false;
  DcmDataset &set = *file.getDataset ();
  E_TransferSyntax syntax = set.getOriginalXfer ();
  std::string uid = DcmXfer (syntax).getXferID ();
  // DCMTK 3.6.7 takes HTJ2K for a syntax it does not know; the pixels are a sequence all the same.
  if (uid.find (".4.90") != uid.npos || uid.find (".4.91") != uid.npos ||
      uid.find (".4.20") != uid.npos)
    return decode_fragment (set, syntax);
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
