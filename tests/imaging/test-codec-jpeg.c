// SPDX-License-Identifier: Apache-2.0
// 12-bit and lossless JPEG as DCMTK writes them: lossless ones must give back what went in, the
// others what DCMTK makes of them.
#include <string.h>

#include "builder.h"
#include "fixture.h"
#include "prc-codec-pool.h"
#include "prc-imaging-error.h"

#define ROWS    37 // no multiple of 8
#define COLUMNS 45

static PrcCodecPool *pool;
static char *folder, *plain;
static int16_t pixels[ROWS * COLUMNS];

static char *
place (const char *name) {
  return g_build_filename (folder, name, NULL);
}

// False after g_test_skip when the program is not installed.
static bool
run (const char *const *argv) {
  g_autofree char *program = g_find_program_in_path (argv[0]);
  g_autoptr (GError) error = NULL;
  int status;
  if (!program) {
    g_test_skip ("DCMTK is not installed");
    return false;
  }
  g_spawn_sync (NULL, (char **)argv, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return true;
}

static PrcFrame *
read_frame (const char *path) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  PrcFrame *frame = prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  return frame;
}

// Edges, a ramp and noise over the whole range of `bits`.
static void
write_plain (unsigned bits) {
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  for (int i = 0; i < ROWS * COLUMNS; i++) {
    int x = i % COLUMNS, y = i / COLUMNS, top = 1 << bits;
    int v = y < 12   ? x * top / COLUMNS
            : y < 24 ? (x / 5 % 2) * (top - 1)
                     : g_rand_int_range (rand, 0, top);
    pixels[i] = (int16_t)(bits == 16 ? v - 32768 : v);
  }
  PrcFixtureSlice slice = {
      .study = 1, .series = 1, .instance = 1, .rows = ROWS, .columns = COLUMNS, .pixels = pixels};
  prc_fixture_write (plain, &slice);
}

// Two rows of three pixels: predictor 7, and a restart before the second, which begins it anew
// (T.81 H.1.2.1). Codes 00 01 10 110 stand for differences of 0 to 3 bits.
//   130 127 128: +2 -3 +1 to 128 and to the left  10.10 10.00 01.1
//   131 130 126: +3 -1 -4                         10.11 01.0 110.011
static const uint8_t by_hand[] = {
    0xff, 0xd8, 0xff, 0xc3, 0, 11, 8, 0, 2,    0,    3,    1,    1,    0x11, 0,    0xff,
    0xc4, 0,    23,   0,    0, 3,  1, 0, 0,    0,    0,    0,    0,    0,    0,    0,
    0,    0,    0,    0,    0, 1,  2, 3, 0xff, 0xdd, 0,    4,    0,    3,    0xff, 0xda,
    0,    8,    1,    1,    0, 7,  0, 0, 0xa8, 0x7f, 0xff, 0xd0, 0xb5, 0x9f, 0xff, 0xd9};
static const PrcBuildHeader small = {
    .syntax = "1.2.840.10008.1.2.4.57", .rows = 2, .columns = 3, .frames = 1, .allocated = 8};

static void
test_by_hand (void) {
  g_autoptr (GByteArray) b = prc_build_one_frame (&small, by_hand, sizeof by_hand);
  static const uint8_t expected[] = {130, 127, 128, 131, 130, 126};
  prc_build_assert_frame (pool, b, 0, PRC_SAMPLE_U8, expected, sizeof expected);
}

// Cut anywhere before the end marker, or with a bit turned: a sentence or a picture, never a
// breakdown.
static void
test_damaged (void) {
  for (unsigned n = 4; n < sizeof by_hand - 2; n++) {
    g_autoptr (GByteArray) b = prc_build_one_frame (&small, by_hand, n);
    prc_build_assert_refused (pool, b, 0, PRC_IMAGING_ERROR_DAMAGED);
  }
  for (unsigned bit = 16; bit < sizeof by_hand * 8; bit++) {
    uint8_t turned[sizeof by_hand];
    memcpy (turned, by_hand, sizeof turned);
    turned[bit / 8] ^= (uint8_t)(1 << bit % 8);
    g_autoptr (GByteArray) b = prc_build_one_frame (&small, turned, sizeof turned);
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcFrame) frame = prc_build_read (pool, b, 0, &error);
    g_assert_true (frame || error->code != PRC_IMAGING_ERROR_CODEC);
  }
}

// The only scan again and again, which changes nothing; but each goes over the whole picture.
static PrcFrame *
read_scans (unsigned n, GError **error) {
  const size_t scan = 46, end = sizeof by_hand - 2; // from SOS to EOI
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_assert_cmphex (by_hand[scan + 1], ==, 0xda);
  g_byte_array_append (stream, by_hand, scan);
  for (unsigned i = 0; i < n; i++)
    g_byte_array_append (stream, by_hand + scan, (guint)(end - scan));
  g_byte_array_append (stream, by_hand + end, 2);
  g_autoptr (GByteArray) b = prc_build_one_frame (&small, stream->data, stream->len);
  return prc_build_read (pool, b, 0, error);
}

static void
test_too_many_scans (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) some = read_scans (256, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (prc_frame_stored (some, 0, 0), ==, 130);
  g_autoptr (PrcFrame) many = read_scans (257, &error);
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED);
  g_assert_null (many);
}

// Two blocks side by side, differences of 15 bits for the first coefficient and none else: 32767,
// then one more of the same, which is more than 12 bits can give, or back to 0.
static void
test_dc_beyond_range (void) {
  static const uint8_t more[] = {0x7f, 0xff, 0, 0x3f, 0xff, 0, 0xbf, 0xff, 0xd9},
                       back[] = {0x7f, 0xff, 0, 0, 0, 0x3f, 0xff, 0xd9};
  const PrcBuildHeader h = {.syntax = "1.2.840.10008.1.2.4.51",
                            .rows = 8,
                            .columns = 16,
                            .frames = 1,
                            .allocated = 16,
                            .stored = 12,
                            .high = 11};
  uint16_t expected[128];
  for (int i = 0; i < 128; i++)
    expected[i] = i % 16 < 8 ? 4095 : 2048;
  for (int i = 0; i < 2; i++) {
    g_autoptr (GByteArray) s = BYTES (0xff, 0xd8, 0xff, 0xdb, 0, 67, 0);
    for (int k = 0; k < 64; k++)
      PUT (s, 1);
    PUT (s, 0xff, 0xc1, 0, 11, 12, 0, 8, 0, 16, 1, 1, 0x11, 0);
    for (int table = 0; table < 2; table++) // one code, 0: of 15 bits, or of the end of the block
      PUT (s, 0xff, 0xc4, 0, 20, (uint8_t)(table * 16), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
           0, table ? 0 : 15);
    PUT (s, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0);
    prc_build_bytes (s, i ? more : back, i ? sizeof more : sizeof back);
    g_autoptr (GByteArray) b = prc_build_one_frame (&h, s->data, s->len);
    if (i)
      prc_build_assert_refused (pool, b, 0, PRC_IMAGING_ERROR_DAMAGED);
    else
      prc_build_assert_frame (pool, b, 0, PRC_SAMPLE_U16, expected, sizeof expected);
  }
}

// Lossless, a scan for each component; with as many samples in each it is a picture, with fewer in
// two of them it is not read as if there were as many.
static void
test_lossless_fewer_samples (void) {
  const PrcBuildHeader h = {.syntax = "1.2.840.10008.1.2.4.57",
                            .photometric = "RGB",
                            .rows = 2,
                            .columns = 4,
                            .frames = 1,
                            .samples = 3,
                            .allocated = 8};
  uint8_t expected[24];
  memset (expected, 128, sizeof expected);
  for (uint8_t factor = 1; factor <= 2; factor++) {
    g_autoptr (GByteArray) s = BYTES (0xff, 0xd8);
    PUT (s, 0xff, 0xc3, 0, 17, 8, 0, 2, 0, 4, 3, 1, (uint8_t)(factor << 4 | 1), 0, 2, 0x11, 0, 3,
         0x11, 0);
    PUT (s, 0xff, 0xc4, 0, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    for (uint8_t c = 1; c <= 3; c++)
      PUT (s, 0xff, 0xda, 0, 8, 1, c, 0, 1, 0, 0, 0);
    PUT (s, 0xff, 0xd9);
    g_autoptr (GByteArray) b = prc_build_one_frame (&h, s->data, s->len);
    if (factor == 1)
      prc_build_assert_frame (pool, b, 0, PRC_SAMPLE_RGB8, expected, sizeof expected);
    else
      prc_build_assert_refused (pool, b, 0, PRC_IMAGING_ERROR_UNSUPPORTED);
  }
}

// T.81 table H.1: every predictor, and SV1.
static void
test_lossless (void) {
  write_plain (16);
  g_autofree char *out = place ("lossless.dcm");
  for (char predictor[] = "0"; *predictor <= '7'; (*predictor)++) {
    const char *argv[] = {"dcmcjpeg", "+el", "+sv", predictor, plain, out, NULL};
    const char *sv1[] = {"dcmcjpeg", "+e1", plain, out, NULL};
    if (!run (*predictor == '0' ? sv1 : argv))
      return;
    g_autoptr (PrcFrame) frame = read_frame (out);
    g_assert_cmpint (prc_frame_info (frame)->type, ==, PRC_SAMPLE_S16);
    g_assert_cmpmem (prc_frame_samples (frame), prc_frame_size (frame), pixels, sizeof pixels);
  }
}

// T.81 A.4: the point transform takes the lowest bits away.
static void
test_point_transform (void) {
  write_plain (12);
  g_autofree char *out = place ("point.dcm");
  const char *argv[] = {"dcmcjpeg", "+el", "+sv", "6", "+pt", "3", plain, out, NULL};
  if (!run (argv))
    return;
  g_autoptr (PrcFrame) frame = read_frame (out);
  for (uint32_t i = 0; i < ROWS * COLUMNS; i++)
    g_assert_cmpint ((int)prc_frame_stored (frame, i % COLUMNS, i / COLUMNS), ==, pixels[i] & ~7);
}

// Sequential, spectral selection, full progression.
static void
test_12_bits (void) {
  static const char *const processes[] = {"+ee", "+es", "+ep"};
  write_plain (12);
  for (unsigned i = 0; i < G_N_ELEMENTS (processes); i++) {
    g_autofree char *out = place ("extended.dcm");
    g_autofree char *back = place ("back.dcm");
    const char *in[] = {"dcmcjpeg", processes[i], "+bt", plain, out, NULL};
    const char *undo[] = {"dcmdjpeg", out, back, NULL};
    if (!run (in) || !run (undo))
      return;
    g_autoptr (PrcFrame) ours = read_frame (out);
    g_autoptr (PrcFrame) theirs = read_frame (back);
    g_assert_cmpint (prc_frame_info (ours)->type, ==, prc_frame_info (theirs)->type);
    g_assert_cmpmem (prc_frame_samples (ours), prc_frame_size (ours), prc_frame_samples (theirs),
                     prc_frame_size (theirs));
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  folder = prc_fixture_folder ();
  plain = place ("plain.dcm");
  g_test_add_func ("/codec/jpeg/by-hand", test_by_hand);
  g_test_add_func ("/codec/jpeg/too-many-scans", test_too_many_scans);
  g_test_add_func ("/codec/jpeg/dc-beyond-range", test_dc_beyond_range);
  g_test_add_func ("/codec/jpeg/lossless-fewer-samples", test_lossless_fewer_samples);
  g_test_add_func ("/codec/jpeg/damaged", test_damaged);
  g_test_add_func ("/codec/jpeg/lossless", test_lossless);
  g_test_add_func ("/codec/jpeg/point-transform", test_point_transform);
  g_test_add_func ("/codec/jpeg/12-bits", test_12_bits);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  prc_fixture_remove (folder);
  g_free (plain);
  g_free (folder);
  return status;
}
