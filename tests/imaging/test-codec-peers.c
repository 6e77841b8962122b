// SPDX-License-Identifier: Apache-2.0
// Every frame of real multi-frame files as pydicom makes it, asked at the time of the test; and
// what lying headers cost in memory.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder.h"
#include "fixture.h"
#include "prc-codec-pool.h"
#include "prc-imaging-error.h"

static PrcCodecPool *pool;

// The MD5 of each frame's samples, little endian, one a line; "none" where pydicom cannot.
static const char script[] = "import sys, hashlib\n"
                             "try:\n"
                             "  import pydicom, numpy\n"
                             "  d = pydicom.dcmread(sys.argv[1])\n"
                             "  a = d.pixel_array.reshape((int(d.NumberOfFrames), -1))\n"
                             "  a = a.astype(a.dtype.newbyteorder('<'))\n"
                             "except Exception:\n"
                             "  print('none'); sys.exit(0)\n"
                             "for f in a: print(hashlib.md5(f.tobytes()).hexdigest())\n";

static GStrv
ask_pydicom (const char *path) {
  const char *argv[] = {"/usr/bin/python3", "-c", script, path, NULL};
  g_autofree char *output = NULL;
  if (!g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output,
                     NULL, NULL, NULL) ||
      g_str_has_prefix (output, "none"))
    return NULL;
  return g_strsplit (g_strchomp (output), "\n", -1);
}

// Backwards: a frame does not lean on the one before it.
static void
assert_all_frames (const char *path, const char *const *expected) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_SCAN, NULL, &error);
  g_assert_no_error (error);
  unsigned n = prc_instance_info (instance)->n_frames;
  g_assert_cmpuint (n, ==, g_strv_length ((char **)expected));
  for (unsigned i = n; i-- > 0;) {
    g_autoptr (PrcFrame) frame =
        prc_codec_pool_decode (pool, instance, i, PRC_PRIORITY_VIEW, NULL, &error);
    g_assert_no_error (error);
    g_autofree char *md5 = g_compute_checksum_for_data (G_CHECKSUM_MD5, prc_frame_samples (frame),
                                                        prc_frame_size (frame));
    g_assert_cmpstr (md5, ==, expected[i]);
  }
}

static void
test_frames (gconstpointer data) {
  g_autofree char *path = prc_fixture_data (data);
  if (!path)
    return;
  g_auto (GStrv) expected = ask_pydicom (path);
  if (!expected) {
    g_test_skip ("pydicom does not read it here");
    return;
  }
  g_assert_cmpuint (g_strv_length (expected), >, 1);
  assert_all_frames (path, (const char *const *)expected);
}

// ---- memory ----

// A JPEG stream up to its first block, which is there.
static GByteArray *
jpeg_header (uint8_t rows_high, uint8_t columns_high, uint8_t kind) {
  static const uint8_t start[] = {0xff, 0xd8, 0xff, 0xdb, 0, 67, 0};
  static const uint8_t codes[] = {0xff, 0xc4, 0, 31, 0, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0,  0, 0,
                                  0,    0,    0, 0,  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  uint8_t last = kind == 0xc2 ? 0 : 63;
  const uint8_t frame[] = {0xff, kind, 0, 11, 8, rows_high, 0, columns_high, 0, 1, 1, 0x11, 0};
  const uint8_t scan[] = {0xff, 0xda, 0, 8, 1, 1, 0, 0, last, 0, 0xf4, 0x8a};
  GByteArray *b = g_byte_array_new ();
  g_byte_array_append (b, start, sizeof start);
  for (uint8_t one = 1, i = 0; i < 64; i++)
    g_byte_array_append (b, &one, 1);
  g_byte_array_append (b, codes, sizeof codes);
  g_byte_array_append (b, frame, sizeof frame);
  g_byte_array_append (b, scan, sizeof scan);
  return b;
}

// A new codec, whose peak this is, and which does not write to all memory that it asks for (the
// tests of this tree run so).
static void
start_afresh (void) {
  prc_codec_pool_unref (pool);
  g_unsetenv ("MALLOC_PERTURB_");
  pool = prc_codec_pool_new (1);
}

// A picture of 16,128 x 16,128 pixels with data for one block.
static void
try_promise (const char *folder, uint8_t kind) {
  g_autofree char *path = g_build_filename (folder, "promise.jpg", NULL);
  g_autoptr (GByteArray) b = jpeg_header (63, 63, kind);
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_set_contents (path, (const char *)b->data, b->len, NULL));
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_SCAN, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (PrcFrame) frame =
      prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_null (frame);
  g_assert_nonnull (error);
}

static void
test_lying_headers_cost_little (void) {
#ifdef __SANITIZE_ADDRESS__
  g_test_skip ("the sanitizer's own memory counts too");
  return;
#endif
  char *folder = prc_fixture_folder ();
  start_afresh ();
  try_promise (folder, 0xc0);
  unsigned long sequential = prc_build_peak_of_codecs ();
  g_assert_cmpuint (sequential, >, 1000); // found it
  g_assert_cmpuint (sequential, <, 150000);
  try_promise (folder, 0xc2); // coefficients of the whole picture: up to libjpeg's limit
  g_assert_cmpuint (prc_build_peak_of_codecs (), <, 700000);
  prc_fixture_remove (folder);
  g_free (folder);
}

// Files of the corpus whose headers are damaged, and one that made other readers take gigabytes.
static void
test_malformed_cost_little (void) {
#ifdef __SANITIZE_ADDRESS__
  g_test_skip ("the sanitizer's own memory counts too");
  return;
#endif
  g_autofree char *folder = prc_fixture_data ("conformance/malformed");
  g_autofree char *colour = prc_fixture_data ("conformance/pydicom/SC_rgb_jpeg.dcm");
  if (!folder)
    return;
  start_afresh ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  for (const char *name; (name = g_dir_read_name (dir));)
    g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  if (colour)
    g_ptr_array_add (paths, g_steal_pointer (&colour));
  for (unsigned i = 0; i < paths->len; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcInstance) instance =
        prc_codec_pool_describe_one (pool, paths->pdata[i], PRC_PRIORITY_SCAN, NULL, &error);
    g_autoptr (PrcFrame) frame =
        instance ? prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, NULL) : NULL;
    g_assert_false (g_error_matches (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC));
    g_test_message ("%s: %lu kB", (char *)paths->pdata[i], prc_build_peak_of_codecs ());
    g_assert_cmpuint (prc_build_peak_of_codecs (), <, 200000);
  }
  g_assert_cmpuint (prc_build_peak_of_codecs (), >, 1000);
}

static void
put_short (GByteArray *b, unsigned element, uint16_t value) { // (0028,eeee), US
  const uint8_t bytes[] = {0x28, 0, (uint8_t)element, (uint8_t)(element >> 8), 'U', 'S',
                           2,    0, (uint8_t)value,   (uint8_t)(value >> 8)};
  g_byte_array_append (b, bytes, sizeof bytes);
}

// Two million frames of one pixel, of which one functional group says something.
static GByteArray *
many_frames (void) {
  static const uint8_t frames[] = "\x28\0\x08\0IS\x08\0"
                                  "2000000 ";
  static const uint8_t shared[] = {0x00, 0x52, 0x29, 0x92, 'S',  'Q',  0, 0, 8, 0,
                                   0,    0,    0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0};
  static const uint8_t pixels[] = {0xe0, 0x7f, 0x10, 0, 'O', 'B', 0, 0, 0x80, 0x84, 0x1e, 0};
  static const uint8_t start[] = "\x08\0\x18\0UI\4\0"
                                 "1.2";
  GByteArray *b = g_byte_array_new ();
  g_byte_array_append (b, start, sizeof start);
  g_byte_array_append (b, frames, sizeof frames - 1);
  put_short (b, 0x10, 1);
  put_short (b, 0x11, 1);
  put_short (b, 0x100, 8);
  g_byte_array_append (b, shared, sizeof shared);
  g_byte_array_append (b, pixels, sizeof pixels);
  unsigned begin = b->len;
  g_byte_array_set_size (b, begin + 2000000);
  memset (b->data + begin, 7, 2000000);
  return b;
}

static void
test_many_frames_cost_little (void) {
#ifdef __SANITIZE_ADDRESS__
  g_test_skip ("the sanitizer's own memory counts too");
  return;
#endif
  char *folder = prc_fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "many.dcm", NULL);
  g_autoptr (GByteArray) b = many_frames ();
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_set_contents (path, (const char *)b->data, b->len, NULL));
  start_afresh ();
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_SCAN, NULL, &error);
  g_assert_null (instance);
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "2000000"));
  g_assert_cmpuint (prc_build_peak_of_codecs (), <, 150000);
  prc_fixture_remove (folder);
  g_free (folder);
}

static const char *const multi_frame[] = {
    "conformance/pydicom_data/emri_small.dcm",
    "conformance/pydicom_data/emri_small_RLE.dcm",
    "conformance/pydicom_data/emri_small_big_endian.dcm",
    "conformance/pydicom_data/emri_small_jpeg_2k_lossless.dcm",
    "conformance/dicom2nifti/philips_enhanced_fmri/IM-0001-9600-0001.dcm",
    "conformance/dicom2nifti/siemens_multiframe_anatomical/IM-0001-0001-0001.dcm",
    "conformance/highdicom/sm_image_numbers.dcm",
    "conformance/pydicom_data/liver_expb.dcm",
    "conformance/pydicom/rtdose.dcm",
};

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  for (unsigned i = 0; i < G_N_ELEMENTS (multi_frame); i++) {
    g_autofree char *name = g_path_get_basename (multi_frame[i]),
                    *test = g_strdup_printf ("/codec/peers/frames/%u-%s", i, name);
    g_test_add_data_func (test, multi_frame[i], test_frames);
  }
  g_test_add_func ("/codec/peers/lying-headers-cost-little", test_lying_headers_cost_little);
  g_test_add_func ("/codec/peers/many-frames-cost-little", test_many_frames_cost_little);
  g_test_add_func ("/codec/peers/malformed-cost-little", test_malformed_cost_little);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  return status;
}
