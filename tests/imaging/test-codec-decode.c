// SPDX-License-Identifier: Apache-2.0
// Real images through the real codec, byte for byte against what independent programs make of them.
#include <string.h>

#include "codec-references.h"
#include "fixture.h"
#include "prc-codec-pool.h"
#include "prc-imaging-error.h"

static PrcCodecPool *pool;

static PrcInstance *
describe (const char *full) {
  g_autoptr (GError) error = NULL;
  PrcInstance *instance = prc_codec_pool_describe_one (pool, full, PRC_PRIORITY_SCAN, NULL, &error);
  g_assert_no_error (error);
  return instance;
}

static PrcFrame *
decode (const char *path, unsigned frame) {
  g_autofree char *relative = g_build_filename ("conformance", path, NULL);
  g_autofree char *full = prc_fixture_data (relative);
  if (!full)
    return NULL;
  g_autoptr (PrcInstance) instance = describe (full);
  g_autoptr (GError) error = NULL;
  PrcFrame *decoded =
      prc_codec_pool_decode (pool, instance, frame, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  return decoded;
}

static void
test_references (void) {
  for (unsigned i = 0; i < G_N_ELEMENTS (references); i++) {
    g_autoptr (PrcFrame) frame = decode (references[i].path, references[i].frame);
    if (!frame)
      return;
    g_autofree char *md5 = g_compute_checksum_for_data (G_CHECKSUM_MD5, prc_frame_samples (frame),
                                                        prc_frame_size (frame));
    if (strcmp (md5, references[i].md5) || prc_frame_info (frame)->type != references[i].type)
      g_test_message ("%s frame %u", references[i].path, references[i].frame);
    g_assert_cmpstr (md5, ==, references[i].md5);
    g_assert_cmpuint (prc_frame_info (frame)->type, ==, references[i].type);
  }
}

static void
assert_same (const char *one, const char *other) {
  g_autoptr (PrcFrame) a = decode (one, 0), b = a ? decode (other, 0) : NULL;
  if (!a)
    return;
  g_assert_cmpmem (prc_frame_samples (a), prc_frame_size (a), prc_frame_samples (b),
                   prc_frame_size (b));
  g_assert_cmpint (prc_frame_info (a)->type, ==, prc_frame_info (b)->type);
}

// The same picture in other clothes: what pydicom does not read, or reads without masking.
static void
test_same_pictures (void) {
  assert_same ("pydicom/SC_rgb_small_odd.dcm", "pydicom/SC_rgb_small_odd_big_endian.dcm");
  assert_same ("pydicom_data/OBXXXX1A.dcm", "pydicom_data/OBXXXX1A_expb.dcm");
  assert_same ("pydicom_data/OBXXXX1A.dcm", "pydicom_data/OBXXXX1A_rle.dcm");
  assert_same ("pydicom_data/liver_expb.dcm", "pydicom_data/liver_deflate.dcm");
  assert_same ("pydicom_data/liver_expb.dcm", "pydicom_data/liver_j2k.dcm");
  assert_same ("pydicom_data/liver_expb.dcm", "pydicom_data/liver_rle.dcm");
  assert_same ("pydicom_data/liver_nonbyte_aligned.dcm",
               "pydicom_data/liver_nonbyte_aligned_rle.dcm");
  assert_same ("pylibjpeg_data/JPEG2000Lossless/TOSHIBA_J2K_SIZ0_PixRep1.dcm",
               "pylibjpeg_data/JPEG2000Lossless/TOSHIBA_J2K_SIZ1_PixRep0.dcm");
}

static void
test_wg04_lossless (void) {
  static const char *const plain[] = {"CT1", "MR4", "NM1", "US1", "VL1"};
  static const char *const syntaxes[] = {"J2KR", "JLSL", "JPLL", "RLE"};
  unsigned compared = 0;
  for (unsigned i = 0; i < G_N_ELEMENTS (plain); i++)
    for (unsigned k = 0; k < G_N_ELEMENTS (syntaxes); k++) {
      g_autofree char *unc = g_strdup_printf ("nema_wg04/%s_UNC.dcm", plain[i]);
      g_autofree char *other = g_strdup_printf ("nema_wg04/%s_%s.dcm", plain[i], syntaxes[k]);
      g_autofree char *full =
          g_build_filename (g_getenv ("PRECEDENT_TEST_DATA"), "conformance", other, NULL);
      if (!g_file_test (full, G_FILE_TEST_EXISTS))
        continue;
      // The YBR_FULL_422 ultrasound went through a conversion on its way to RLE; the rest is bit
      // for bit.
      assert_same (unc, other);
      compared++;
    }
  if (g_getenv ("PRECEDENT_TEST_DATA") && compared == 0)
    g_test_skip ("no test data");
}

// Lossy ones are off by a few levels.
static void
assert_near_rgb (const char *path, unsigned x, unsigned y, int r, int g, int b, int tolerance) {
  g_autoptr (PrcFrame) frame = decode (path, 0);
  if (!frame)
    return;
  const PrcFrameInfo *info = prc_frame_info (frame);
  const uint8_t *p =
      (const uint8_t *)prc_frame_samples (frame) + ((size_t)y * info->columns + x) * 3;
  g_assert_cmpint (info->type, ==, PRC_SAMPLE_RGB8);
  g_assert_cmpint (ABS (p[0] - r), <=, tolerance);
  g_assert_cmpint (ABS (p[1] - g), <=, tolerance);
  g_assert_cmpint (ABS (p[2] - b), <=, tolerance);
}

// The test picture of pydicom's SC_rgb family: rows 0-9 red, 20-29 green, 40-49 blue, 70-79 dark
// grey. Whatever the header calls its colours, they are converted once.
static void
test_colours_once (void) {
  static const char *const paths[] = {"pydicom/SC_rgb_dcmtk_+eb+cr.dcm",
                                      "pydicom/SC_rgb_dcmtk_+eb+cy+n1.dcm",
                                      "pydicom/SC_rgb_dcmtk_+eb+cy+np.dcm",
                                      "pydicom/SC_rgb_dcmtk_+eb+cy+s4.dcm",
                                      "pydicom/SC_rgb_jpeg_dcmtk.dcm",
                                      "pydicom/SC_rgb_jpeg_gdcm.dcm",
                                      "pydicom/SC_rgb_jpeg_lossy_gdcm.dcm",
                                      "pydicom/SC_rgb_rle.dcm",
                                      "pydicom_data/SC_ybr_full_uncompressed.dcm",
                                      "pydicom/SC_ybr_full_422_uncompressed.dcm",
                                      "pydicom_data/SC_rgb_gdcm2k_uncompressed.dcm"};
  for (unsigned i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_test_message ("%s", paths[i]);
    assert_near_rgb (paths[i], 50, 5, 255, 0, 0, 8);
    assert_near_rgb (paths[i], 50, 25, 0, 255, 0, 8);
    assert_near_rgb (paths[i], 50, 45, 0, 0, 255, 8);
    assert_near_rgb (paths[i], 50, 75, 64, 64, 64, 8);
  }
}

// Bits Stored 15, signed: the sign is in bit 14 (PS3.5 8.1.1), which pydicom leaves to its caller.
static void
test_sign_from_high_bit (void) {
  g_autoptr (PrcFrame) frame = decode ("pydicom_data/JLSL_16_15_1_1F.dcm", 0);
  if (!frame)
    return;
  const int16_t *p = prc_frame_samples (frame);
  size_t n = prc_frame_size (frame) / 2;
  int least = 0, most = 0;
  for (size_t i = 0; i < n; i++) {
    least = MIN (least, p[i]);
    most = MAX (most, p[i]);
  }
  g_assert_cmpint (prc_frame_info (frame)->type, ==, PRC_SAMPLE_S16);
  g_assert_cmpint (least, >=, -16384);
  g_assert_cmpint (least, <, 0);
  g_assert_cmpint (most, <, 16384);
}

static void
test_readings (void) {
  g_autoptr (PrcFrame) ct = decode ("pydicom/CT_small.dcm", 0);
  g_autoptr (PrcFrame) dose = decode ("pydicom/rtdose.dcm", 14);
  g_autoptr (PrcFrame) voi = decode ("pydicom_data/vlut_04.dcm", 0);
  g_autoptr (PrcFrame) modality = decode ("pydicom_data/mlut_18.dcm", 0);
  if (!ct || !dose || !voi || !modality)
    return;
  const PrcFrameInfo *info = prc_frame_info (ct); // as dcmdump shows the headers
  g_assert_cmpfloat (info->rescale_slope, ==, 1);
  g_assert_cmpfloat (info->rescale_intercept, ==, -1024);
  g_assert_cmpfloat (info->row_spacing_mm, ==, 0.661468);
  g_assert_cmpstr (info->units, ==, "HU");
  g_assert_true (info->has_padding);
  g_assert_cmpfloat (info->padding_low, ==, -2000);
  info = prc_frame_info (dose);
  g_assert_cmpfloat_with_epsilon (info->rescale_slope, 1e-6, 1e-6);
  g_assert_cmpstr (info->units, ==, "RELATIVE");
  g_assert_cmpuint (prc_frame_info (voi)->n_voi_luts, ==, 1);
  g_assert_nonnull (prc_frame_info (modality)->modality_lut);
}

static void
test_no_such_frame (void) {
  g_autofree char *full = prc_fixture_data ("conformance/pydicom/CT_small.dcm");
  if (!full)
    return;
  g_autoptr (PrcInstance) instance = describe (full);
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_codec_pool_decode (pool, instance, 1, PRC_PRIORITY_VIEW, NULL, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  g_test_add_func ("/codec/decode/references", test_references);
  g_test_add_func ("/codec/decode/same-pictures", test_same_pictures);
  g_test_add_func ("/codec/decode/wg04-lossless", test_wg04_lossless);
  g_test_add_func ("/codec/decode/colours-once", test_colours_once);
  g_test_add_func ("/codec/decode/sign-from-high-bit", test_sign_from_high_bit);
  g_test_add_func ("/codec/decode/readings", test_readings);
  g_test_add_func ("/codec/decode/no-such-frame", test_no_such_frame);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  return status;
}
