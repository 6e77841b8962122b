// SPDX-License-Identifier: Apache-2.0
// Headers through the real codec; expected values from the standard, and as dcmdump and pydicom
// show the same files.
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "prc-codec-pool.h"
#include "prc-imaging-error.h"

static PrcCodecPool *pool;

static PrcDescription *
describe_path (const char *path) {
  const char *paths[] = {path, NULL};
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all =
      prc_codec_pool_describe (pool, paths, PRC_PRIORITY_SCAN, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 1);
  return g_ptr_array_steal_index (all, 0);
}

static PrcDescription *
describe_data (const char *path) {
  const char *data = g_getenv ("PRECEDENT_TEST_DATA");
  g_autofree char *full = data ? g_build_filename (data, "conformance", path, NULL) : NULL;
  if (full && g_file_test (full, G_FILE_TEST_EXISTS))
    return describe_path (full);
  g_test_skip ("no test data");
  return NULL;
}

static PrcDescription *
describe_bytes (const void *bytes, size_t size) {
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("precedent-describe-XXXXXX", &path, &error);
  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, bytes, (gssize)size, &error);
  g_assert_no_error (error);
  PrcDescription *d = describe_path (path);
  g_remove (path);
  return d;
}

// One clear sentence, and the code a caller can branch on.
static void
assert_refused (PrcDescription *d, int code) {
  g_assert_null (d->instance);
  g_assert_error (d->error, PRC_IMAGING_ERROR, code);
  g_assert_cmpuint (strlen (d->error->message), >, 5);
  g_assert_false (g_str_has_suffix (d->error->message, "."));
  g_assert_null (strchr (d->error->message, '\n'));
}

static void
test_header (void) {
  g_autoptr (PrcDescription) d = describe_data ("pydicom/CT_small.dcm");
  if (!d)
    return;
  g_assert_no_error (d->error);
  const PrcInstanceInfo *info = prc_instance_info (d->instance);
  g_assert_cmpstr (info->modality, ==, "CT");
  g_assert_cmpstr (info->sop_instance_uid, ==, "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322");
  g_assert_cmpstr (info->transfer_syntax_uid, ==, "1.2.840.10008.1.2.1");
  g_assert_cmpstr (info->patient_id, ==, "1CT1");
  g_assert_cmpuint (info->rows, ==, 128);
  g_assert_cmpuint (info->n_frames, ==, 1);
  g_assert_true (info->is_image);
  g_assert_cmpfloat (info->slice_thickness_mm, ==, 5);
  const PrcPlane *plane = prc_instance_plane (d->instance, 0);
  g_assert_true (plane->has_position && plane->has_orientation);
  g_assert_cmpfloat (plane->position_mm[0], ==, -158.135803);
  g_assert_cmpfloat (plane->position_mm[2], ==, -75.699997);
  g_assert_cmpfloat (plane->column_spacing_mm, ==, 0.661468);
}

static void
assert_name (const char *path, const char *name) {
  g_autoptr (PrcDescription) d = describe_data (path);
  if (!d)
    return;
  g_assert_no_error (d->error);
  g_assert_cmpstr (prc_instance_info (d->instance)->patient_name, ==, name);
}

// The examples of PS3.5 annexes H to K and their likes, by D. Clunie.
static void
test_character_sets (void) {
  assert_name ("pydicom_charset/chrH31.dcm", "Yamada^Tarou=山田^太郎=やまだ^たろう");
  assert_name ("pydicom_charset/chrH32.dcm", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう");
  assert_name ("pydicom_charset/chrI2.dcm", "Hong^Gildong=洪^吉洞=홍^길동");
  assert_name ("pydicom_charset/chrX1.dcm", "Wang^XiaoDong=王^小東=");
  assert_name ("pydicom_charset/chrX2.dcm", "Wang^XiaoDong=王^小东=");
  assert_name ("pydicom_charset/chrArab.dcm", "قباني^لنزار");
  assert_name ("pydicom_charset/chrFren.dcm", "Buc^Jérôme");
  assert_name ("pydicom_charset/chrGerm.dcm", "Äneas^Rüdiger");
  assert_name ("pydicom_charset/chrGreek.dcm", "Διονυσιος");
  assert_name ("pydicom_charset/chrHbrw.dcm", "שרון^דבורה");
  assert_name ("pydicom_charset/chrRuss.dcm", "Люкceмбypг");
}

static void
test_functional_groups (void) {
  g_autoptr (PrcDescription) d =
      describe_data ("dicom2nifti/philips_enhanced_fmri/IM-0001-9600-0001.dcm");
  if (!d)
    return;
  g_assert_no_error (d->error);
  g_assert_cmpuint (prc_instance_info (d->instance)->n_frames, ==, 32);
  const PrcPlane *first = prc_instance_plane (d->instance, 0),
                 *last = prc_instance_plane (d->instance, 31);
  g_assert_true (first->has_position && last->has_position && first->has_orientation);
  g_assert_cmpfloat (first->position_mm[0], ==, -105.45055687427);
  g_assert_cmpfloat (first->row_direction[0], ==, 1);
  g_assert_cmpfloat (first->row_spacing_mm, ==, 3.3125);
  g_assert_cmpfloat (fabs (first->position_mm[2] - last->position_mm[2]), >, 1);
}

static void
test_no_images (void) {
  static const char *const paths[] = {"pydicom/rtplan.dcm",
                                      "pydicom/test-SR.dcm",
                                      "pydicom/waveform_ecg.dcm",
                                      "pydicom/liver_1frame.dcm",
                                      "pydicom/dicomdirtests/DICOMDIR-nooffset",
                                      "pydicom_palettes/pet.dcm"};
  for (unsigned i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (PrcDescription) d = describe_data (paths[i]);
    if (!d)
      return;
    g_assert_no_error (d->error);
    g_assert_false (prc_instance_info (d->instance)->is_image);
  }
}

// PS3.10 without most of it: a CT header in explicit VR little endian, changed by the caller.
static GByteArray *
small_header (unsigned rows, unsigned columns, unsigned pixel_bytes) {
  GByteArray *b = g_byte_array_new ();
  static const uint8_t zeros[128];
  g_byte_array_append (b, zeros, 128);
  g_byte_array_append (b, (const uint8_t *)"DICM", 4);
#define PUT(text) g_byte_array_append (b, (const uint8_t *)text, sizeof (text) - 1)
  PUT ("\2\0\x10\0UI\x14\0"
       "1.2.840.10008.1.2.1\0");
  PUT ("\x08\0\x18\0UI\4\0"
       "1.2\0");
  PUT ("\x08\0\x60\0CS\2\0"
       "CT");
  uint8_t size[] = {0x28, 0, 0x10, 0, 'U', 'S', 2, 0, (uint8_t)rows,    (uint8_t)(rows >> 8),
                    0x28, 0, 0x11, 0, 'U', 'S', 2, 0, (uint8_t)columns, (uint8_t)(columns >> 8)};
  g_byte_array_append (b, size, sizeof size);
  PUT ("\x28\0\0\1US\2\0\x10\0");
  uint8_t head[] = {
      0xE0, 0x7F, 0x10, 0, 'O', 'W', 0, 0, (uint8_t)pixel_bytes, (uint8_t)(pixel_bytes >> 8), 0, 0};
  g_byte_array_append (b, head, sizeof head);
  for (unsigned i = 0; i < pixel_bytes; i++)
    g_byte_array_append (b, zeros, 1);
  return b;
#undef PUT
}

static void
assert_size (unsigned rows, unsigned columns, unsigned bytes, int code) {
  g_autoptr (GByteArray) b = small_header (rows, columns, bytes);
  g_autoptr (PrcDescription) d = describe_bytes (b->data, b->len);
  if (code < 0)
    g_assert_no_error (d->error);
  else
    assert_refused (d, code);
}

static void
test_sizes (void) {
  assert_size (4, 4, 32, -1);
  assert_size (0, 4, 32, PRC_IMAGING_ERROR_DAMAGED);
  assert_size (4, 0, 32, PRC_IMAGING_ERROR_DAMAGED);
  assert_size (4, 5, 32, PRC_IMAGING_ERROR_DAMAGED);
  assert_size (60000, 60000, 32, PRC_IMAGING_ERROR_TOO_LARGE);
}

// Cut anywhere: an instance or a sentence. Behind the header, where pixels are missing, always a
// sentence.
static void
test_cut_everywhere (void) {
  g_autoptr (GByteArray) b = small_header (4, 4, 32);
  for (unsigned n = 0; n < b->len; n++) {
    g_autoptr (PrcDescription) d = describe_bytes (b->data, n);
    g_assert_true ((d->instance == NULL) != (d->error == NULL));
    if (n < 140 || n >= b->len - 32)
      g_assert_nonnull (d->error);
  }
}

// Between two elements a cut leaves a data set in order, only without the pixels it speaks of.
static void
test_cut_before_pixels (void) {
  g_autoptr (GByteArray) b = small_header (4, 6, 48);
  unsigned header = b->len - 48 - 12; // of the pixel data element: 12 bytes
  g_autoptr (PrcDescription) cut = describe_bytes (b->data, header);
  assert_refused (cut, PRC_IMAGING_ERROR_DAMAGED);
  g_assert_nonnull (strstr (cut->error->message, "6 × 4"));
  // A spectrum has rows and columns and no pixels (PS3.3 C.8.14); one empty element stands for it.
  g_byte_array_set_size (b, header);
  static const uint8_t spectrum[] = {0, 0x56, 0x20, 0, 'O', 'F', 0, 0, 0, 0, 0, 0};
  g_byte_array_append (b, spectrum, sizeof spectrum);
  g_autoptr (PrcDescription) spectroscopy = describe_bytes (b->data, b->len);
  g_assert_no_error (spectroscopy->error);
  g_assert_false (prc_instance_info (spectroscopy->instance)->is_image);
}

// "CS" of the modality with a bit turned over: neither an element without VR (its length would go
// beyond the file) nor the end of all reading. pydicom, GDCM and DCMTK read on, too.
static void
test_flipped_vr (void) {
  g_autoptr (GByteArray) b = small_header (4, 4, 32);
  const uint8_t modality[] = {0x08, 0, 0x60, 0, 'C', 'S', 2, 0, 'C', 'T'};
  uint8_t *at = memmem (b->data, b->len, modality, sizeof modality);
  g_assert_nonnull (at);
  at[5] ^= 0x80;
  g_autoptr (PrcDescription) d = describe_bytes (b->data, b->len);
  g_assert_no_error (d->error);
  g_assert_cmpuint (prc_instance_info (d->instance)->columns, ==, 4);
  g_assert_true (prc_instance_info (d->instance)->is_image);
}

static void
test_foreign (void) {
  g_autoptr (PrcDescription) empty = describe_bytes ("", 0);
  assert_refused (empty, PRC_IMAGING_ERROR_NOT_DICOM);
  static const char text[] =
      "To whom it may concern:\nthis is a letter and no image, although it is long enough.\n";
  g_autoptr (PrcDescription) letter = describe_bytes (text, sizeof text - 1);
  assert_refused (letter, PRC_IMAGING_ERROR_NOT_DICOM);
  static const uint8_t zeros[4096];
  g_autoptr (PrcDescription) nothing = describe_bytes (zeros, sizeof zeros);
  assert_refused (nothing, PRC_IMAGING_ERROR_NOT_DICOM);
}

// A grey PNG of 2 x 1 pixels, 0 and 255.
static const uint8_t png[] = {
    0x89, 'P', 'N',  'G', 0x0d, 0x0a, 0x1a, 0x0a, 0,    0,    0,    0x0d, 'I',  'H',  'D',  'R',  0,
    0,    0,   2,    0,   0,    0,    1,    8,    0,    0,    0,    0,    0xd1, 0x49, 0x0a, 0x15, 0,
    0,    0,   0x0b, 'I', 'D',  'A',  'T',  0x78, 0xda, 0x63, 0x60, 0xf8, 0x0f, 0,    1,    2,    1,
    0,    0,   0,    0,   0,    0,    0,    0,    'I',  'E',  'N',  'D',  0xae, 0x42, 0x60, 0x82};

static void
test_picture_uid (void) {
  g_autoptr (PrcDescription) one = describe_bytes (png, sizeof png),
                             two = describe_bytes (png, sizeof png);
  g_assert_no_error (one->error);
  const PrcInstanceInfo *info = prc_instance_info (one->instance);
  g_assert_cmpstr (info->modality, ==, "OT");
  g_assert_cmpuint (info->columns, ==, 2);
  g_assert_cmpuint (info->rows, ==, 1);
  g_assert_true (g_str_has_prefix (info->sop_instance_uid, "2.25."));
  g_assert_cmpuint (strlen (info->sop_instance_uid), <=, 64);
  g_assert_cmpstr (info->sop_instance_uid, ==, prc_instance_info (two->instance)->sop_instance_uid);
}

// As dcmdump shows the same files.
static void
test_lossy_steps (void) {
  g_autoptr (PrcDescription) d = describe_data ("pydicom/SC_rgb_dcmtk_+eb+cy+s4.dcm");
  if (!d)
    return;
  g_assert_no_error (d->error);
  const PrcInstanceInfo *info = prc_instance_info (d->instance);
  g_assert_true (info->lossy);
  g_assert_cmpfloat (info->lossy_ratios[0], ==, 17.401);
  g_assert_cmpstr (info->lossy_method, ==, "ISO_10918_1");
}

// Frame Increment Pointer (0054,0010)\(0054,0020): energy windows and detectors, no time.
static void
test_nuclear_frames (void) {
  g_autoptr (PrcDescription) d = describe_data ("pydicom/JPEG2000.dcm");
  if (!d)
    return;
  g_assert_no_error (d->error);
  g_assert_cmpint (prc_instance_info (d->instance)->cine.increment, ==, PRC_INCREMENT_OTHER);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  g_test_add_func ("/codec/describe/header", test_header);
  g_test_add_func ("/codec/describe/character-sets", test_character_sets);
  g_test_add_func ("/codec/describe/functional-groups", test_functional_groups);
  g_test_add_func ("/codec/describe/no-images", test_no_images);
  g_test_add_func ("/codec/describe/sizes", test_sizes);
  g_test_add_func ("/codec/describe/cut-everywhere", test_cut_everywhere);
  g_test_add_func ("/codec/describe/cut-before-pixels", test_cut_before_pixels);
  g_test_add_func ("/codec/describe/flipped-vr", test_flipped_vr);
  g_test_add_func ("/codec/describe/foreign", test_foreign);
  g_test_add_func ("/codec/describe/picture-uid", test_picture_uid);
  g_test_add_func ("/trap-41/lossy-steps", test_lossy_steps);
  g_test_add_func ("/trap-28-cine/nuclear-frames", test_nuclear_frames);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  return status;
}
