// SPDX-License-Identifier: Apache-2.0
// Every transfer syntax that is read: the same values through each, encoded by hand or by DCMTK.
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "builder.h"
#include "codestreams.h"
#include "fixture.h"
#include "prc-imaging-error.h"

static PrcCodecPool *pool;
static char *folder;

// ---- uncompressed ----

static const uint8_t words[] = {0x34, 0x12, 0xff, 0x0f};
#define ASSERT_WORDS(b) ASSERT_FRAME (b, 0, PRC_SAMPLE_U16, uint16_t, 0x1234, 0x0fff)

static PrcBuildHeader
two_words (const char *syntax) {
  return (PrcBuildHeader){.syntax = syntax, .rows = 1, .columns = 2, .allocated = 16};
}

static void
test_native (void) {
  PrcBuildHeader h = two_words (PRC_BUILD_EXPLICIT);
  g_autoptr (GByteArray) explicit = prc_build_native (&h, words, sizeof words);
  ASSERT_WORDS (explicit);
  h.syntax = PRC_BUILD_IMPLICIT;
  g_autoptr (GByteArray) implicit = prc_build_native (&h, words, sizeof words);
  ASSERT_WORDS (implicit);
  h.syntax = PRC_BUILD_BIG;
  g_autoptr (GByteArray) big = NATIVE (&h, 0x12, 0x34, 0x0f, 0xff);
  ASSERT_WORDS (big);
  h.syntax = PRC_BUILD_GE; // the header little endian and implicit, the pixels big endian
  g_autoptr (GByteArray) ge = NATIVE (&h, 0x12, 0x34, 0x0f, 0xff);
  ASSERT_WORDS (ge);
}

static void
test_deflated (void) {
  const PrcBuildHeader h = two_words (PRC_BUILD_EXPLICIT);
  g_autoptr (GByteArray) plain = prc_build_native (&h, words, sizeof words),
                         meta = prc_build_meta (PRC_BUILD_EXPLICIT),
                         b = prc_build_meta ("1.2.840.10008.1.2.1.99");
  g_autoptr (GByteArray) data =
      prc_build_deflated (plain->data + meta->len, plain->len - meta->len);
  prc_build_bytes (b, data->data, data->len);
  ASSERT_WORDS (b);
  // Frame by frame (PS3.5 A.4.13).
  const PrcBuildHeader f = two_words ("1.2.840.10008.1.2.8.1");
  g_autoptr (GByteArray) frame = prc_build_deflated (words, sizeof words);
  g_autoptr (GByteArray) c = prc_build_one_frame (&f, frame->data, frame->len);
  ASSERT_WORDS (c);
  frame->data[0] ^= 0xff;
  g_autoptr (GByteArray) damaged = prc_build_one_frame (&f, frame->data, frame->len);
  prc_build_assert_refused (pool, damaged, 0, PRC_IMAGING_ERROR_DAMAGED);
}

// Uncompressed in fragments: one to a frame, or several to the only one.
static void
test_encapsulated_uncompressed (void) {
  PrcBuildHeader h = two_words ("1.2.840.10008.1.2.1.98");
  g_autoptr (GByteArray) one = prc_build_one_frame (&h, words, sizeof words);
  ASSERT_WORDS (one);
  g_autoptr (GByteArray) halves = prc_build_encapsulated (&h, NULL, 0);
  prc_build_item (halves, words, 2);
  prc_build_item (halves, words + 2, 2);
  prc_build_end (halves);
  ASSERT_WORDS (halves);
  h.frames = 2;
  g_autoptr (GByteArray) two = prc_build_encapsulated (&h, NULL, 0);
  prc_build_item (two, (const uint8_t[]){1, 0, 2, 0}, 4);
  prc_build_item (two, (const uint8_t[]){3, 0, 4, 0}, 4);
  prc_build_end (two);
  ASSERT_FRAME (two, 1, PRC_SAMPLE_U16, uint16_t, 3, 4);
  g_autoptr (GByteArray) few = prc_build_one_frame (&h, words, 2);
  prc_build_assert_refused (pool, few, 0, PRC_IMAGING_ERROR_DAMAGED);
}

// ---- codestreams of other programs ----

static void
assert_codestream (const PrcBuildHeader *h, const void *bytes, size_t n, PrcSampleType type,
                   const void *samples, size_t size) {
  g_autoptr (GByteArray) padded = prc_build_array (bytes, n);
  if (n % 2)
    PUT (padded, 0); // PS3.5 8.2: an even number of bytes
  g_autoptr (GByteArray) b = prc_build_one_frame (h, padded->data, padded->len);
  prc_build_assert_frame (pool, b, 0, type, samples, size);
}

static PrcBuildHeader
five_by_four (const char *syntax, unsigned allocated, unsigned stored) {
  return (PrcBuildHeader){.syntax = syntax,
                          .rows = 4,
                          .columns = 5,
                          .allocated = allocated,
                          .stored = stored,
                          .high = stored - 1};
}

static void
test_jpeg_2000 (void) {
  static const char *const syntaxes[] = {"1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91",
                                         "1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.93"};
  uint16_t twelve[20];
  uint32_t twenty[20];
  for (uint32_t i = 0; i < 20; i++) {
    twelve[i] = (uint16_t)(i * 211 % 4096);
    twenty[i] = i * 52429 % (1 << 20);
  }
  for (unsigned i = 0; i < G_N_ELEMENTS (syntaxes); i++) {
    PrcBuildHeader h = five_by_four (syntaxes[i], 16, 12);
    assert_codestream (&h, jpeg_2000_unsigned_12, sizeof jpeg_2000_unsigned_12, PRC_SAMPLE_U16,
                       twelve, sizeof twelve);
    assert_codestream (&h, jpeg_2000_boxed, sizeof jpeg_2000_boxed, PRC_SAMPLE_U16, twelve,
                       sizeof twelve);
    h = five_by_four (syntaxes[i], 32, 20);
    assert_codestream (&h, jpeg_2000_unsigned_20, sizeof jpeg_2000_unsigned_20, PRC_SAMPLE_U32,
                       twenty, sizeof twenty);
  }
}

// Frames as components: two codestreams, of four frames and of one (PS3.5 A.4.4).
static void
test_jpeg_2000_components (void) {
  PrcBuildHeader h = five_by_four ("1.2.840.10008.1.2.4.92", 16, 12);
  h.frames = 5;
  g_autoptr (GByteArray) b = prc_build_encapsulated (&h, NULL, 0);
  prc_build_item (b, jpeg_2000_four, 100); // in two fragments
  prc_build_item (b, jpeg_2000_four + 100, sizeof jpeg_2000_four - 100);
  prc_build_item (b, jpeg_2000_unsigned_12, sizeof jpeg_2000_unsigned_12);
  prc_build_end (b);
  for (unsigned frame = 0; frame < 5; frame++) {
    uint16_t expected[20];
    for (unsigned i = 0; i < 20; i++)
      expected[i] = (uint16_t)((i * 211 + frame % 4 * 500) % 4096);
    prc_build_assert_frame (pool, b, frame, PRC_SAMPLE_U16, expected, sizeof expected);
  }
  h.frames = 6;
  g_autoptr (GByteArray) few = prc_build_encapsulated (&h, NULL, 0);
  prc_build_item (few, jpeg_2000_four, sizeof jpeg_2000_four);
  prc_build_end (few);
  prc_build_assert_refused (pool, few, 5, PRC_IMAGING_ERROR_DAMAGED);
}

// High-throughput codestreams that another encoder made, under each of the three names.
static void
test_htj2k (void) {
  static const char *const names[] = {"1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202",
                                      "1.2.840.10008.1.2.4.203"};
  g_autofree char *path = prc_fixture_data ("conformance/pydicom_data/HTJ2KLossless_08_RGB.dcm");
  g_autofree char *bytes = NULL;
  size_t n;
  if (!path)
    return;
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  char *at = memmem (bytes, n, names[0], strlen (names[0]));
  g_assert_nonnull (at);
  g_autofree char *first = NULL;
  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++) {
    memcpy (at, names[i], strlen (names[i]));
    g_autoptr (GByteArray) b = prc_build_array (bytes, n);
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcFrame) frame = prc_build_read (pool, b, 0, &error);
    g_assert_no_error (error);
    g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_MD5, prc_frame_samples (frame),
                                                        prc_frame_size (frame));
    g_assert_true (!first || !strcmp (first, sum));
    if (!first)
      first = g_steal_pointer (&sum);
  }
}

static void
test_jpeg_xl (void) {
  static const char *const syntaxes[] = {"1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.112"};
  uint8_t eight[20], rgb[60];
  uint16_t twelve[20], sixteen[20];
  for (unsigned i = 0; i < 20; i++) {
    eight[i] = (uint8_t)(i * 13);
    twelve[i] = (uint16_t)(i * 211 % 4096);
    sixteen[i] = (uint16_t)(i * 3449);
    rgb[3 * i] = (uint8_t)(i * 13);
    rgb[3 * i + 1] = (uint8_t)(i * 7 + 9);
    rgb[3 * i + 2] = (uint8_t)(250 - i * 11);
  }
  for (unsigned i = 0; i < G_N_ELEMENTS (syntaxes); i++) {
    PrcBuildHeader h = five_by_four (syntaxes[i], 8, 8);
    assert_codestream (&h, jpeg_xl_8, sizeof jpeg_xl_8, PRC_SAMPLE_U8, eight, sizeof eight);
    h.samples = 3;
    h.photometric = "RGB";
    assert_codestream (&h, jpeg_xl_rgb, sizeof jpeg_xl_rgb, PRC_SAMPLE_RGB8, rgb, sizeof rgb);
    h = five_by_four (syntaxes[i], 16, 12);
    assert_codestream (&h, jpeg_xl_12, sizeof jpeg_xl_12, PRC_SAMPLE_U16, twelve, sizeof twelve);
    h = five_by_four (syntaxes[i], 16, 16);
    assert_codestream (&h, jpeg_xl_16, sizeof jpeg_xl_16, PRC_SAMPLE_U16, sixteen, sizeof sixteen);
  }
  uint8_t flat[64];
  memset (flat, 200, sizeof flat);
  PrcBuildHeader h = {.syntax = "1.2.840.10008.1.2.4.111", .rows = 8, .columns = 8, .allocated = 8};
  assert_codestream (&h, jpeg_xl_of_jpeg, sizeof jpeg_xl_of_jpeg, PRC_SAMPLE_U8, flat, sizeof flat);
}

static void
test_bad_jpeg_xl (void) {
  PrcBuildHeader h = five_by_four ("1.2.840.10008.1.2.4.110", 16, 16);
  for (size_t n = 2; n < sizeof jpeg_xl_16; n += 2) {
    g_autoptr (GByteArray) b = prc_build_one_frame (&h, jpeg_xl_16, n);
    prc_build_assert_refused (pool, b, 0, PRC_IMAGING_ERROR_DAMAGED);
  }
  h.rows = 5;
  g_autoptr (GByteArray) other = prc_build_one_frame (&h, jpeg_xl_16, sizeof jpeg_xl_16);
  prc_build_assert_refused (pool, other, 0, PRC_IMAGING_ERROR_DAMAGED);
}

// JPEG's retired ways with eight bits.
static void
test_retired_jpeg (void) {
  static const struct {
    const char *syntax;
    const uint8_t *bytes;
    size_t n;
  } all[] = {
      {"1.2.840.10008.1.2.4.52", jpeg_arithmetic, sizeof jpeg_arithmetic},
      {"1.2.840.10008.1.2.4.54", jpeg_arithmetic_progressive, sizeof jpeg_arithmetic_progressive},
      {"1.2.840.10008.1.2.4.56", jpeg_arithmetic_progressive, sizeof jpeg_arithmetic_progressive},
      {"1.2.840.10008.1.2.4.53", jpeg_progressive, sizeof jpeg_progressive},
      {"1.2.840.10008.1.2.4.55", jpeg_progressive, sizeof jpeg_progressive},
  };
  uint8_t flat[64];
  memset (flat, 200, sizeof flat);
  for (unsigned i = 0; i < G_N_ELEMENTS (all); i++) {
    const PrcBuildHeader h = {.syntax = all[i].syntax, .rows = 8, .columns = 8, .allocated = 8};
    g_test_message ("%s", all[i].syntax);
    assert_codestream (&h, all[i].bytes, all[i].n, PRC_SAMPLE_U8, flat, sizeof flat);
  }
}

// ---- DCMTK's encoders ----

// A picture of 37 x 29 with every value there is room for, little endian.
static GByteArray *
noisy (const PrcBuildHeader *h) {
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  GByteArray *b = g_byte_array_new ();
  for (unsigned i = 0; i < h->rows * h->columns * MAX (h->samples, 1); i++) {
    guint32 v = g_rand_int (rand) & ((1u << h->stored) - 1);
    v = i % 3 ? v : i % ((1u << h->stored) - 1); // smooth here and there
    for (unsigned k = 0; k < h->allocated; k += 8)
      PUT (b, (uint8_t)(v >> k));
  }
  if (b->len % 2)
    PUT (b, 0);
  return b;
}

// As the codec delivers it: sign extended, or the RGB as it is.
static void
assert_noisy (const PrcFrame *frame, const PrcBuildHeader *h, const GByteArray *pixels) {
  size_t n = (size_t)h->rows * h->columns * MAX (h->samples, 1), wrong = 0;
  for (size_t i = 0; i < n; i++) {
    const uint8_t *p = pixels->data + i * h->allocated / 8;
    int v = h->allocated == 8 ? p[0] : p[0] | p[1] << 8;
    if (h->is_signed && v >> (h->stored - 1))
      v -= 1 << h->stored;
    const void *samples = prc_frame_samples (frame);
    int got = h->allocated == 8
                  ? h->is_signed ? ((const int8_t *)samples)[i] : ((const uint8_t *)samples)[i]
              : h->is_signed ? ((const int16_t *)samples)[i]
                             : ((const uint16_t *)samples)[i];
    wrong += v != got;
  }
  g_assert_cmpuint (wrong, ==, 0);
}

static bool
run (const char *const *argv) {
  g_autoptr (GError) error = NULL;
  int status = 0;
  if (!g_spawn_sync (NULL, (char **)argv, NULL,
                     G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                     NULL, NULL, NULL, NULL, &status, &error))
    return false;
  return g_spawn_check_wait_status (status, NULL);
}

typedef struct {
  const char *program, *options[3];
  unsigned from, to; // bits stored
} Encoder;

static const Encoder encoders[] = {
    {"dcmconv", {"+ti"}, 12, 12},
    {"dcmconv", {"+tb"}, 12, 12},
    {"dcmconv", {"+td"}, 8, 8},
    {"dcmcrle", {NULL}, 7, 13},
    {"dcmcjpeg", {"+e1", NULL}, 2, 16},
    {"dcmcjpeg", {"+el", "+sv", "2"}, 12, 12},
    {"dcmcjpeg", {"+el", "+sv", "3"}, 16, 16},
    {"dcmcjpeg", {"+el", "+sv", "4"}, 12, 12},
    {"dcmcjpeg", {"+el", "+sv", "5"}, 8, 8},
    {"dcmcjpeg", {"+el", "+sv", "6"}, 2, 16},
    {"dcmcjpeg", {"+el", "+sv", "7"}, 8, 8},
    {"dcmcjpls", {"+el", NULL}, 2, 16},
    {"dcmcjpls", {"+el", "+il", NULL}, 8, 8},
    {"dcmcjpls", {"+el", "+in", NULL}, 8, 8},
};

static void
try_encoder (const Encoder *e, const PrcBuildHeader *h, const GByteArray *pixels, const char *plain,
             const char *coded) {
  const char *argv[8] = {e->program};
  unsigned n = 1;
  for (unsigned i = 0; i < 3 && e->options[i]; i++)
    argv[n++] = e->options[i];
  argv[n++] = plain;
  argv[n++] = coded;
  g_test_message ("%s %s %s: %u of %u bits, %u samples, signed %d", e->program,
                  e->options[0] ? e->options[0] : "", e->options[2] ? e->options[2] : "", h->stored,
                  h->allocated, h->samples, h->is_signed);
  g_assert_true (run (argv));
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, coded, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (PrcFrame) frame =
      prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  assert_noisy (frame, h, pixels);
}

static void
try_all_encoders (const PrcBuildHeader *h) {
  g_autofree char *plain = g_build_filename (folder, "plain.dcm", NULL),
                  *coded = g_build_filename (folder, "coded.dcm", NULL);
  g_autoptr (GByteArray) pixels = noisy (h);
  g_autoptr (GByteArray) b = prc_build_begin (h);
  prc_build_element (b, h->syntax, 0x7fe00010, h->allocated == 8 ? "OB" : "OW", pixels->data,
                     pixels->len);
  g_assert_true (g_file_set_contents (plain, (const char *)b->data, b->len, NULL));
  for (unsigned i = 0; i < G_N_ELEMENTS (encoders); i++)
    if (h->stored >= encoders[i].from && h->stored <= encoders[i].to)
      try_encoder (&encoders[i], h, pixels, plain, coded);
}

// Every width, with and without sign, through every lossless encoder of DCMTK: the values that went
// in come out.
static void
test_dcmtk_lossless (void) {
  if (!run ((const char *const[]){"dcmcjpls", "--version", NULL})) {
    g_test_skip ("DCMTK is not here");
    return;
  }
  for (unsigned stored = 2; stored <= 16; stored++)
    for (unsigned is_signed = 0; is_signed < 2; is_signed++) {
      const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                                .sop_class = "1.2.840.10008.5.1.4.1.1.7",
                                .rows = 29,
                                .columns = 37,
                                .allocated = stored > 8 ? 16 : 8,
                                .stored = stored,
                                .high = stored - 1,
                                .is_signed = is_signed};
      try_all_encoders (&h);
    }
  const PrcBuildHeader rgb = {.syntax = PRC_BUILD_EXPLICIT,
                              .sop_class = "1.2.840.10008.5.1.4.1.1.7",
                              .photometric = "RGB",
                              .rows = 29,
                              .columns = 37,
                              .samples = 3,
                              .allocated = 8,
                              .stored = 8,
                              .high = 7};
  try_all_encoders (&rgb);
}

// A slope that JPEG likes, 12 bits.
static void
write_slope (const char *path) {
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                            .sop_class = "1.2.840.10008.5.1.4.1.1.7",
                            .rows = 40,
                            .columns = 32,
                            .allocated = 16,
                            .stored = 12,
                            .high = 11};
  g_autoptr (GByteArray) pixels = g_byte_array_new ();
  for (unsigned i = 0; i < h.rows * h.columns; i++)
    prc_build_16 (pixels, (i / 32 * 60 + i % 32 * 50 + i * i % 17) & 0xfff, false);
  g_autoptr (GByteArray) b = prc_build_native (&h, pixels->data, pixels->len);
  g_assert_true (g_file_set_contents (path, (const char *)b->data, b->len, NULL));
}

static PrcFrame *
read_path (const char *path) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  PrcFrame *frame = prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  return frame;
}

// 12 bits in JPEG's lossy ways: what DCMTK makes of its own files, to the last bit but one.
static void
test_dcmtk_12_bits (void) {
  static const char *const ways[] = {"+ee", "+es", "+ep"};
  g_autofree char *plain = g_build_filename (folder, "slope.dcm", NULL),
                  *coded = g_build_filename (folder, "coded.dcm", NULL),
                  *decoded = g_build_filename (folder, "decoded.dcm", NULL);
  if (!run ((const char *const[]){"dcmcjpeg", "--version", NULL})) {
    g_test_skip ("DCMTK is not here");
    return;
  }
  write_slope (plain);
  for (unsigned i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_test_message ("%s", ways[i]);
    g_assert_true (run ((const char *const[]){"dcmcjpeg", ways[i], "+bt", plain, coded, NULL}));
    g_assert_true (run ((const char *const[]){"dcmdjpeg", coded, decoded, NULL}));
    g_autoptr (PrcFrame) ours = read_path (coded), theirs = read_path (decoded),
                         source = read_path (plain);
    double worst = 0, loss = 0;
    for (unsigned k = 0; k < 40 * 32; k++) {
      double v = prc_frame_stored (ours, k % 32, k / 32);
      worst = MAX (worst, ABS (v - prc_frame_stored (theirs, k % 32, k / 32)));
      loss = MAX (loss, ABS (v - prc_frame_stored (source, k % 32, k / 32)));
    }
    g_assert_cmpint (prc_frame_info (ours)->type, ==, PRC_SAMPLE_U16);
    g_assert_cmpfloat (worst, <=, 1);
    g_assert_cmpfloat (loss, <=, 64);
  }
}

// Colours of 12 bits, of an odd size, with all or some of their samples. DCMTK converts before the
// upper eight bits are taken, we after.
static void
test_dcmtk_12_bit_colours (void) {
  static const char *const samplings[] = {"+s4", "+s2", "+n1"};
  enum { ROWS = 37, COLUMNS = 43 };
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                            .sop_class = "1.2.840.10008.5.1.4.1.1.7",
                            .photometric = "RGB",
                            .rows = ROWS,
                            .columns = COLUMNS,
                            .samples = 3,
                            .allocated = 16,
                            .stored = 12,
                            .high = 11};
  g_autoptr (GByteArray) pixels = g_byte_array_new ();
  g_autofree char *plain = g_build_filename (folder, "colours.dcm", NULL),
                  *coded = g_build_filename (folder, "coded.dcm", NULL),
                  *decoded = g_build_filename (folder, "decoded.dcm", NULL);
  if (!run ((const char *const[]){"dcmcjpeg", "--version", NULL})) {
    g_test_skip ("DCMTK is not here");
    return;
  }
  for (unsigned i = 0; i < ROWS * COLUMNS; i++) {
    prc_build_16 (pixels, i % COLUMNS * 90, false);
    prc_build_16 (pixels, i / COLUMNS * 100, false);
    prc_build_16 (pixels, 4000 - i % COLUMNS * 60, false);
  }
  g_autoptr (GByteArray) b = prc_build_native (&h, pixels->data, pixels->len);
  g_assert_true (g_file_set_contents (plain, (const char *)b->data, b->len, NULL));
  for (unsigned i = 0; i < G_N_ELEMENTS (samplings); i++) {
    g_test_message ("%s", samplings[i]);
    g_assert_true (
        run ((const char *const[]){"dcmcjpeg", "+ee", samplings[i], "+bt", plain, coded, NULL}));
    g_assert_true (run ((const char *const[]){"dcmdjpeg", coded, decoded, NULL}));
    g_autoptr (PrcFrame) ours = read_path (coded), theirs = read_path (decoded);
    const uint8_t *p = prc_frame_samples (ours), *q = prc_frame_samples (theirs);
    int worst = 0;
    g_assert_cmpint (prc_frame_info (ours)->type, ==, PRC_SAMPLE_RGB8);
    for (unsigned k = 0; k < ROWS * COLUMNS * 3; k++)
      worst = MAX (worst, ABS (p[k] - q[k]));
    g_assert_cmpint (worst, <=, 3);
  }
}

// ---- beyond four gigabytes ----

// Holes take no room on the disk.
static int
sparse_file (const char *path, const GByteArray *begin) {
  int fd = g_open (path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  g_assert_cmpint (write (fd, begin->data, begin->len), ==, begin->len);
  return fd;
}

static PrcFrame *
read_number (const char *path, uint32_t number, GError **error) {
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, error);
  return instance ? prc_codec_pool_decode (pool, instance, number, PRC_PRIORITY_VIEW, NULL, error)
                  : NULL;
}

// 4095 frames of 1024 x 1024 behind 16 MB of something else.
static void
test_large_native (void) {
  const PrcBuildHeader h = {
      .syntax = PRC_BUILD_EXPLICIT, .rows = 1024, .columns = 1024, .frames = 4095, .allocated = 8};
  g_autofree char *path = g_build_filename (folder, "large.dcm", NULL);
  g_autoptr (GByteArray) b = prc_build_begin (&h), head = g_byte_array_new ();
  prc_build_head (b, h.syntax, 0x00291010, "OB", 16 << 20);
  int fd = sparse_file (path, b);
  prc_build_head (head, h.syntax, 0x7fe00010, "OB", 4095u << 20);
  off_t pixels = (off_t)b->len + (16 << 20) + head->len;
  g_assert_cmpint (pwrite (fd, head->data, head->len, pixels - head->len), ==, head->len);
  g_assert_cmpint (pwrite (fd, "abc", 3, pixels + ((off_t)4094 << 20) + 1024), ==, 3);
  g_assert_cmpint (ftruncate (fd, pixels + ((off_t)4095 << 20)), ==, 0);
  g_assert_cmpint (lseek (fd, 0, SEEK_END), >, (off_t)4 << 30);
  close (fd);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) last = read_number (path, 4094, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (prc_frame_stored (last, 0, 1), ==, 'a');
  g_assert_cmpfloat (prc_frame_stored (last, 2, 1), ==, 'c');
  g_assert_cmpfloat (prc_frame_stored (last, 3, 1), ==, 0);
  g_remove (path);
}

// (7FE0,0001) and (7FE0,0002) in place of an offset table, whose 32 bits do not suffice (PS3.3
// C.7.6.3): the second frame lies in two fragments beyond 4 GiB, the first is a hole.
static void
test_extended_offset_table (void) {
  const PrcBuildHeader h = {
      .syntax = "1.2.840.10008.1.2.1.98", .rows = 1, .columns = 4, .frames = 2, .allocated = 8};
  const uint32_t hole = 0xfffffff0;
  g_autofree char *path = g_build_filename (folder, "extended.dcm", NULL);
  g_autoptr (GByteArray) b = prc_build_begin (&h), tail = g_byte_array_new ();
  const uint64_t offsets[] = {0, 2 * (8 + (uint64_t)hole)}, lengths[] = {2 * (uint64_t)hole, 4};
  prc_build_element (b, h.syntax, 0x7fe00001, "OV", offsets, sizeof offsets);
  prc_build_element (b, h.syntax, 0x7fe00002, "OV", lengths, sizeof lengths);
  prc_build_fragments (b, NULL, 0);
  off_t first = b->len;
  PUT (b, 0xfe, 0xff, 0x00, 0xe0);
  prc_build_32 (b, hole, false);
  int fd = sparse_file (path, b);
  g_assert_cmpint (pwrite (fd, b->data + first, 8, first + 8 + (off_t)hole), ==, 8);
  prc_build_item (tail, (const uint8_t[]){1, 2}, 2);
  prc_build_item (tail, (const uint8_t[]){3, 4}, 2);
  prc_build_end (tail);
  g_assert_cmpint (pwrite (fd, tail->data, tail->len, first + (off_t)offsets[1]), ==, tail->len);
  close (fd);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) second = read_number (path, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (prc_frame_samples (second), prc_frame_size (second), "\1\2\3\4", 4);
  g_autoptr (PrcFrame) nothing = read_number (path, 0, &error); // eight gigabytes of zeros
  g_assert_null (nothing);
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE);
  g_remove (path);
}

// Offsets of 32 bits begin anew at 4 GiB, where they may meet a fragment of another frame: the
// sixth frame is the sixth item, not the second.
static void
test_basic_offset_table_overrun (void) {
  const PrcBuildHeader h = {
      .syntax = "1.2.840.10008.1.2.1.98", .rows = 1, .columns = 1, .frames = 7, .allocated = 8};
  const uint32_t step = 1u << 30, offsets[] = {0, step, 2 * step, 3 * step, 0, step, 2 * step};
  g_autofree char *path = g_build_filename (folder, "overrun.dcm", NULL);
  g_autoptr (GByteArray) b = prc_build_begin (&h);
  prc_build_fragments (b, offsets, G_N_ELEMENTS (offsets));
  int fd = sparse_file (path, b);
  for (uint8_t i = 0; i < 7; i++) {
    g_autoptr (GByteArray) item = BYTES (0xfe, 0xff, 0x00, 0xe0);
    prc_build_32 (item, step - 8, false);
    PUT (item, (uint8_t)(i + 1));
    g_assert_cmpint (pwrite (fd, item->data, item->len, b->len + (off_t)i * step), ==, item->len);
  }
  g_assert_cmpint (ftruncate (fd, b->len + 7 * (off_t)step), ==, 0);
  close (fd);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) sixth = read_number (path, 5, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (prc_frame_stored (sixth, 0, 0), ==, 6);
  g_remove (path);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  folder = prc_fixture_folder ();
  g_test_add_func ("/codec/syntaxes/native", test_native);
  g_test_add_func ("/codec/syntaxes/deflated", test_deflated);
  g_test_add_func ("/codec/syntaxes/encapsulated-uncompressed", test_encapsulated_uncompressed);
  g_test_add_func ("/codec/syntaxes/jpeg-2000", test_jpeg_2000);
  g_test_add_func ("/codec/syntaxes/jpeg-2000-components", test_jpeg_2000_components);
  g_test_add_func ("/codec/syntaxes/htj2k", test_htj2k);
  g_test_add_func ("/codec/syntaxes/jpeg-xl", test_jpeg_xl);
  g_test_add_func ("/codec/syntaxes/bad-jpeg-xl", test_bad_jpeg_xl);
  g_test_add_func ("/codec/syntaxes/retired-jpeg", test_retired_jpeg);
  g_test_add_func ("/codec/syntaxes/dcmtk-lossless", test_dcmtk_lossless);
  g_test_add_func ("/codec/syntaxes/dcmtk-12-bits", test_dcmtk_12_bits);
  g_test_add_func ("/codec/syntaxes/dcmtk-12-bit-colours", test_dcmtk_12_bit_colours);
  g_test_add_func ("/codec/syntaxes/large-native", test_large_native);
  g_test_add_func ("/codec/syntaxes/extended-offset-table", test_extended_offset_table);
  g_test_add_func ("/codec/syntaxes/basic-offset-table-overrun", test_basic_offset_table_overrun);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  prc_fixture_remove (folder);
  g_free (folder);
  return status;
}
