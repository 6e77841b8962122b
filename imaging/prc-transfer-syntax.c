// SPDX-License-Identifier: Apache-2.0
#include "prc-transfer-syntax.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define OWN "own"

static const PrcTransferSyntax table[] = {
    {"1.2.840.10008.1.2", "Implicit VR Little Endian", PRC_CODING_NATIVE, OWN,
     "1 to 64 bits, float, double, colour, palettes"},
    {"1.2.840.10008.1.2.1", "Explicit VR Little Endian", PRC_CODING_NATIVE, OWN, "the same"},
    {"1.2.840.10008.1.2.1.98", "Encapsulated Uncompressed Explicit VR Little Endian",
     PRC_CODING_ENCAPSULATED, OWN, "the same, a fragment or more to a frame"},
    {"1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian", PRC_CODING_NATIVE, "zlib",
     "the same"},
    {"1.2.840.10008.1.2.2", "Explicit VR Big Endian (retired)", PRC_CODING_NATIVE, OWN, "the same"},
    {"1.2.840.10008.1.2.4.50", "JPEG Baseline (Process 1)", PRC_CODING_JPEG, "libjpeg-turbo",
     "8 bits, grey and colour"},
    {"1.2.840.10008.1.2.4.51", "JPEG Extended (Process 2 and 4)", PRC_CODING_JPEG,
     "libjpeg-turbo, " OWN, "8 bits by the one, 12 by the other"},
    {"1.2.840.10008.1.2.4.52", "JPEG Extended (Process 3 and 5, retired)", PRC_CODING_JPEG,
     "libjpeg-turbo", "8 bits, arithmetic coding"},
    {"1.2.840.10008.1.2.4.53", "JPEG Spectral Selection (Process 6 and 8, retired)",
     PRC_CODING_JPEG, "libjpeg-turbo, " OWN, "8 and 12 bits, progressive"},
    {"1.2.840.10008.1.2.4.54", "JPEG Spectral Selection (Process 7 and 9, retired)",
     PRC_CODING_JPEG, "libjpeg-turbo", "8 bits, arithmetic coding"},
    {"1.2.840.10008.1.2.4.55", "JPEG Full Progression (Process 10 and 12, retired)",
     PRC_CODING_JPEG, "libjpeg-turbo, " OWN, "8 and 12 bits, progressive"},
    {"1.2.840.10008.1.2.4.56", "JPEG Full Progression (Process 11 and 13, retired)",
     PRC_CODING_JPEG, "libjpeg-turbo", "8 bits, arithmetic coding"},
    {"1.2.840.10008.1.2.4.57", "JPEG Lossless (Process 14)", PRC_CODING_JPEG, OWN,
     "2 to 16 bits, every predictor"},
    {"1.2.840.10008.1.2.4.58", "JPEG Lossless (Process 15, retired)", PRC_CODING_RETIRED, "none",
     "named"},
    {"1.2.840.10008.1.2.4.59", "JPEG Extended Hierarchical (Process 16 and 18, retired)",
     PRC_CODING_RETIRED, "none", "named"},
    {"1.2.840.10008.1.2.4.60", "JPEG Extended Hierarchical (Process 17 and 19, retired)",
     PRC_CODING_RETIRED, "none", "named"},
    {"1.2.840.10008.1.2.4.61", "JPEG Spectral Selection Hierarchical (Process 20 and 22, retired)",
     PRC_CODING_RETIRED, "none", "named"},
    {"1.2.840.10008.1.2.4.62", "JPEG Spectral Selection Hierarchical (Process 21 and 23, retired)",
     PRC_CODING_RETIRED, "none", "named"},
    {"1.2.840.10008.1.2.4.63", "JPEG Full Progression Hierarchical (Process 24 and 26, retired)",
     PRC_CODING_RETIRED, "none", "named"},
    {"1.2.840.10008.1.2.4.64", "JPEG Full Progression Hierarchical (Process 25 and 27, retired)",
     PRC_CODING_RETIRED, "none", "named"},
    {"1.2.840.10008.1.2.4.65", "JPEG Lossless Hierarchical (Process 28, retired)",
     PRC_CODING_RETIRED, "none", "named"},
    {"1.2.840.10008.1.2.4.66", "JPEG Lossless Hierarchical (Process 29, retired)",
     PRC_CODING_RETIRED, "none", "named"},
    {"1.2.840.10008.1.2.4.70", "JPEG Lossless SV1 (Process 14)", PRC_CODING_JPEG, OWN,
     "2 to 16 bits"},
    {"1.2.840.10008.1.2.4.80", "JPEG-LS Lossless", PRC_CODING_JPEG_LS, "CharLS",
     "2 to 16 bits, every interleaving"},
    {"1.2.840.10008.1.2.4.81", "JPEG-LS Near-lossless", PRC_CODING_JPEG_LS, "CharLS",
     "2 to 16 bits, every interleaving"},
    {"1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless", PRC_CODING_JPEG_2000, "OpenJPEG",
     "1 to 32 bits"},
    {"1.2.840.10008.1.2.4.91", "JPEG 2000", PRC_CODING_JPEG_2000, "OpenJPEG", "1 to 32 bits"},
    {"1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Multi-component Lossless", PRC_CODING_JPEG_2000,
     "OpenJPEG", "frames as components of one codestream"},
    {"1.2.840.10008.1.2.4.93", "JPEG 2000 Part 2 Multi-component", PRC_CODING_JPEG_2000, "OpenJPEG",
     "frames as components of one codestream"},
    {"1.2.840.10008.1.2.4.94", "JPIP Referenced", PRC_CODING_ELSEWHERE, "none", "named"},
    {"1.2.840.10008.1.2.4.95", "JPIP Referenced Deflate", PRC_CODING_ELSEWHERE, "none", "named"},
    {"1.2.840.10008.1.2.4.100", "MPEG2 Main Profile / Main Level", PRC_CODING_VIDEO, "none",
     "named"},
    {"1.2.840.10008.1.2.4.100.1", "Fragmentable MPEG2 Main Profile / Main Level", PRC_CODING_VIDEO,
     "none", "named"},
    {"1.2.840.10008.1.2.4.101", "MPEG2 Main Profile / High Level", PRC_CODING_VIDEO, "none",
     "named"},
    {"1.2.840.10008.1.2.4.101.1", "Fragmentable MPEG2 Main Profile / High Level", PRC_CODING_VIDEO,
     "none", "named"},
    {"1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 High Profile / Level 4.1", PRC_CODING_VIDEO,
     "none", "named"},
    {"1.2.840.10008.1.2.4.102.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1",
     PRC_CODING_VIDEO, "none", "named"},
    {"1.2.840.10008.1.2.4.103", "MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1",
     PRC_CODING_VIDEO, "none", "named"},
    {"1.2.840.10008.1.2.4.103.1",
     "Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1", PRC_CODING_VIDEO,
     "none", "named"},
    {"1.2.840.10008.1.2.4.104", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video",
     PRC_CODING_VIDEO, "none", "named"},
    {"1.2.840.10008.1.2.4.104.1",
     "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video", PRC_CODING_VIDEO,
     "none", "named"},
    {"1.2.840.10008.1.2.4.105", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video",
     PRC_CODING_VIDEO, "none", "named"},
    {"1.2.840.10008.1.2.4.105.1",
     "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video", PRC_CODING_VIDEO,
     "none", "named"},
    {"1.2.840.10008.1.2.4.106", "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2",
     PRC_CODING_VIDEO, "none", "named"},
    {"1.2.840.10008.1.2.4.106.1", "Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2",
     PRC_CODING_VIDEO, "none", "named"},
    {"1.2.840.10008.1.2.4.107", "HEVC/H.265 Main Profile / Level 5.1", PRC_CODING_VIDEO, "none",
     "named"},
    {"1.2.840.10008.1.2.4.108", "HEVC/H.265 Main 10 Profile / Level 5.1", PRC_CODING_VIDEO, "none",
     "named"},
    {"1.2.840.10008.1.2.4.110", "JPEG XL Lossless", PRC_CODING_JPEG_XL, "libjxl", "1 to 16 bits"},
    {"1.2.840.10008.1.2.4.111", "JPEG XL JPEG Recompression", PRC_CODING_JPEG_XL,
     "libjxl, libjpeg-turbo", "8 bits; the JPEG is made again, then decoded"},
    {"1.2.840.10008.1.2.4.112", "JPEG XL", PRC_CODING_JPEG_XL, "libjxl", "1 to 16 bits"},
    {"1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Lossless", PRC_CODING_JPEG_2000,
     "OpenJPEG", "1 to 32 bits"},
    {"1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 with RPCL Lossless",
     PRC_CODING_JPEG_2000, "OpenJPEG", "1 to 32 bits"},
    {"1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000", PRC_CODING_JPEG_2000, "OpenJPEG",
     "1 to 32 bits"},
    {"1.2.840.10008.1.2.4.204", "JPIP HTJ2K Referenced", PRC_CODING_ELSEWHERE, "none", "named"},
    {"1.2.840.10008.1.2.4.205", "JPIP HTJ2K Referenced Deflate", PRC_CODING_ELSEWHERE, "none",
     "named"},
    {"1.2.840.10008.1.2.5", "RLE Lossless", PRC_CODING_RLE, OWN, "1 to 64 bits, colour, palettes"},
    {"1.2.840.10008.1.2.6.1", "RFC 2557 MIME Encapsulation (retired)", PRC_CODING_DOCUMENT, "none",
     "named"},
    {"1.2.840.10008.1.2.6.2", "XML Encoding (retired)", PRC_CODING_DOCUMENT, "none", "named"},
    {"1.2.840.10008.1.2.7.1", "SMPTE ST 2110-20 Uncompressed Progressive Active Video",
     PRC_CODING_LIVE, "none", "named"},
    {"1.2.840.10008.1.2.7.2", "SMPTE ST 2110-20 Uncompressed Interlaced Active Video",
     PRC_CODING_LIVE, "none", "named"},
    {"1.2.840.10008.1.2.7.3", "SMPTE ST 2110-30 PCM Digital Audio", PRC_CODING_LIVE, "none",
     "named"},
    {"1.2.840.10008.1.2.8.1", "Deflated Image Frame Compression", PRC_CODING_DEFLATED, "zlib",
     "as uncompressed"},
    {"1.2.840.10008.1.20", "Papyrus 3 Implicit VR Little Endian (retired)", PRC_CODING_NATIVE, OWN,
     "as Implicit VR Little Endian"},
    {"1.2.840.113619.5.2", "Implicit VR Big Endian DLX (private, GE)", PRC_CODING_NATIVE, OWN,
     "little endian header, big endian pixels"},
};

const PrcTransferSyntax *
prc_transfer_syntaxes (size_t *n) {
  *n = G_N_ELEMENTS (table);
  return table;
}

const PrcTransferSyntax *
prc_transfer_syntax_find (const char *uid) {
  for (size_t i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].uid, uid) == 0)
      return &table[i];
  return NULL;
}

const char *
prc_transfer_syntax_name (const char *uid) {
  const PrcTransferSyntax *syntax = prc_transfer_syntax_find (uid);
  return syntax ? syntax->name : uid;
}

PrcCoding
prc_transfer_syntax_coding (const char *uid) {
  const PrcTransferSyntax *syntax = prc_transfer_syntax_find (uid);
  return syntax ? syntax->coding : PRC_CODING_UNKNOWN;
}

gboolean
prc_coding_is_read (PrcCoding coding) {
  return coding < PRC_CODING_RETIRED;
}

char *
prc_transfer_syntax_refusal (const char *uid) {
  const char *name = prc_transfer_syntax_name (uid);
  switch (prc_transfer_syntax_coding (uid)) {
  case PRC_CODING_RETIRED:
    return g_strdup_printf (_ ("Pictures in %s are not decoded; the archive can send them in "
                               "another transfer syntax"),
                            name);
  case PRC_CODING_ELSEWHERE:
    return g_strdup_printf (_ ("The pixels are not in the file but on a server (%s); the archive "
                               "can send the whole image"),
                            name);
  case PRC_CODING_VIDEO:
    return g_strdup_printf (
        _ ("This is a video (%s); gdcmraw takes it out of the file for a video player"), name);
  case PRC_CODING_LIVE:
    return g_strdup_printf (
        _ ("This is a live stream (%s); only the device that receives it can show it"), name);
  case PRC_CODING_DOCUMENT:
    return g_strdup_printf (_ ("This is no data set (%s); a text editor shows it"), name);
  case PRC_CODING_UNKNOWN:
    return g_strdup_printf (_ ("Transfer syntax %s is not known; the archive can send the image "
                               "in another"),
                            name);
  default:
    return NULL;
  }
}
