// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"

// DICOM files built element by element (PS3.5 section 7), and what the codec makes of them. Failures
// end the test.

#define PRC_BUILD_IMPLICIT "1.2.840.10008.1.2"
#define PRC_BUILD_EXPLICIT "1.2.840.10008.1.2.1"
#define PRC_BUILD_BIG      "1.2.840.10008.1.2.2"
#define PRC_BUILD_GE       "1.2.840.113619.5.2"
#define PRC_BUILD_RLE      "1.2.840.10008.1.2.5"
#define PRC_BUILD_BASELINE "1.2.840.10008.1.2.4.50"

typedef struct {
  const char *syntax, *photometric; // NULL: MONOCHROME2
  const char *sop_class;            // NULL: none
  unsigned rows, columns, frames, samples, allocated, stored, high;
  bool is_signed, planar;
} PrcBuildHeader;

void prc_build_bytes (GByteArray *b, const void *bytes, size_t n);
#define PUT(b, ...)                                                                                \
  prc_build_bytes (b, (const uint8_t[]){__VA_ARGS__}, sizeof (const uint8_t[]){__VA_ARGS__})
GByteArray *prc_build_array (const void *bytes, size_t n);
#define BYTES(...)                                                                                 \
  prc_build_array ((const uint8_t[]){__VA_ARGS__}, sizeof (const uint8_t[]){__VA_ARGS__})
void prc_build_16 (GByteArray *b, unsigned value, bool big);
void prc_build_32 (GByteArray *b, uint32_t value, bool big);

// In the byte order and with or without the VR as the transfer syntax asks; values as they are.
void prc_build_head (GByteArray *b, const char *syntax, uint32_t tag, const char *vr,
                     uint32_t length);
void prc_build_element (GByteArray *b, const char *syntax, uint32_t tag, const char *vr,
                        const void *value, size_t n);
void prc_build_text (GByteArray *b, const char *syntax, uint32_t tag, const char *vr,
                     const char *text);                                                  // padded
void prc_build_number (GByteArray *b, const char *syntax, uint32_t tag, unsigned value); // US

GByteArray *prc_build_meta (const char *syntax);               // preamble and transfer syntax
GByteArray *prc_build_begin (const PrcBuildHeader *h);         // all before the pixel data
void prc_build_image (GByteArray *b, const PrcBuildHeader *h); // group 0028 alone
GByteArray *prc_build_native (const PrcBuildHeader *h, const uint8_t *pixels, size_t n); // as OW
#define NATIVE(h, ...)                                                                             \
  prc_build_native (h, (const uint8_t[]){__VA_ARGS__}, sizeof (const uint8_t[]){__VA_ARGS__})

// Encapsulated pixels (PS3.5 A.4), little endian: up to the offset table, an item, the delimiter.
void prc_build_fragments (GByteArray *b, const uint32_t *offsets, size_t n);
GByteArray *prc_build_encapsulated (const PrcBuildHeader *h, const uint32_t *offsets, size_t n);
void prc_build_item (GByteArray *b, const void *bytes, size_t n);
void prc_build_end (GByteArray *b);
GByteArray *prc_build_one_frame (const PrcBuildHeader *h, const void *bytes, size_t n);

GByteArray *prc_build_rle (unsigned n, const GByteArray *const *segments); // a frame, PS3.5 G.5

// A baseline JPEG of 8 x 8 equal pixels, 200 or 28; an even number of bytes (test-codec-picture.c
// has the reckoning).
GByteArray *prc_build_jpeg (unsigned which);

GByteArray *prc_build_deflated (const uint8_t *bytes, size_t n); // PS3.5 A.5, padded

// ---- reading ----

PrcFrame *prc_build_read (PrcCodecPool *pool, const GByteArray *b, uint32_t number, GError **error);
void prc_build_assert_frame (PrcCodecPool *pool, const GByteArray *b, uint32_t number,
                             PrcSampleType type, const void *samples, size_t size);
#define ASSERT_FRAME(b, number, sample, type, ...)                                                 \
  prc_build_assert_frame (pool, b, number, sample, (const type[]){__VA_ARGS__},                    \
                          sizeof (const type[]){__VA_ARGS__})
void prc_build_assert_refused (PrcCodecPool *pool, const GByteArray *b, uint32_t number, int code);

// The largest resident set, in kB, that a child of this process has had: of the codec that lives.
unsigned long prc_build_peak_of_codecs (void);
