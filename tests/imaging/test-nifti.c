// SPDX-License-Identifier: Apache-2.0
// NIfTI volumes of labels through the codec. Offsets are those of nifti1.h and nifti2.h.
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "prc-codec-pool.h"
#include "prc-imaging-error.h"

static PrcCodecPool *pool;

typedef struct {
  int16_t dim[8], type;
  const void *voxels;
  size_t size;
  const char *extension; // NULL: none
  int16_t qform, sform;
  float quatern[3], offset[3], pixdim[4];
  float rows[3][4];
  float slope, intercept;
  const char *magic; // NULL: "n+1"
  uint8_t units;
} Volume;

// 3 x 2 x 2 of one byte each, where they lie in the middle of nowhere.
static const uint8_t small[12] = {0, 7, 7, 0, 0, 7, /**/ 2, 0, 0, 0, 0, 200};
static const Volume plain = {
    .dim = {3, 3, 2, 2, 1, 1, 1, 1},
    .type = 2,
    .voxels = small,
    .size = sizeof small,
    .sform = 1,
    .rows = {{2, 0, 0, 10}, {0, 3, 0, 20}, {0, 0, 4, 30}},
    .pixdim = {1, 2, 3, 4},
};

static GByteArray *
file_of (const Volume *v) {
  GByteArray *file = g_byte_array_new ();
  uint8_t head[352] = {0};
  uint32_t size = 348,
           extension = v->extension ? ((uint32_t)strlen (v->extension) + 23) / 16 * 16 : 0;
  uint32_t extension_head[2] = {extension, 0};
  float start = 352 + (float)extension;
  const char *magic = v->magic ? v->magic : "n+1";

  memcpy (head, &size, 4);
  memcpy (head + 40, v->dim, 16);
  memcpy (head + 70, &v->type, 2);
  memcpy (head + 76, v->pixdim, 16);
  memcpy (head + 108, &start, 4);
  memcpy (head + 112, &v->slope, 4);
  memcpy (head + 116, &v->intercept, 4);
  head[123] = v->units;
  memcpy (head + 252, &v->qform, 2);
  memcpy (head + 254, &v->sform, 2);
  memcpy (head + 256, v->quatern, 12);
  memcpy (head + 268, v->offset, 12);
  memcpy (head + 280, v->rows, 48);
  memcpy (head + 344, magic, 4);
  head[348] = extension > 0;
  g_byte_array_append (file, head, sizeof head);
  if (extension > 0) {
    g_byte_array_append (file, (const uint8_t *)extension_head, 8);
    g_byte_array_append (file, (const uint8_t *)v->extension, (guint)strlen (v->extension));
    g_byte_array_set_size (file, 352 + extension);
  }
  g_byte_array_append (file, v->voxels, (guint)v->size);
  return file;
}

static GByteArray *
gzipped (const GByteArray *file) {
  g_autoptr (GZlibCompressor) gzip = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GInputStream) plain_bytes =
      g_memory_input_stream_new_from_data (file->data, file->len, NULL);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (plain_bytes, G_CONVERTER (gzip));
  GByteArray *out = g_byte_array_new ();
  uint8_t some[4096];
  gssize n;

  while ((n = g_input_stream_read (stream, some, sizeof some, NULL, NULL)) > 0)
    g_byte_array_append (out, some, (guint)n);
  return out;
}

static PrcSegmentation *
read_path (const char *path, GError **error) {
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, error);

  if (instance == NULL)
    return NULL;
  g_assert_true (prc_segmentation_is_one (instance));
  g_assert_false (prc_instance_info (instance)->is_image);
  g_assert_cmpstr (prc_instance_info (instance)->sop_class_uid, ==, "");
  return prc_codec_pool_segment (pool, instance, 0.5, PRC_PRIORITY_VIEW, NULL, error);
}

// Takes the file.
static PrcSegmentation *
read_file (GByteArray *file, GError **error) {
  g_autofree char *path = prc_fixture_save (file);
  PrcSegmentation *segmentation = read_path (path, error);

  g_unlink (path);
  g_byte_array_unref (file);
  return segmentation;
}

static PrcSegmentation *
read_good (GByteArray *file) {
  g_autoptr (GError) error = NULL;
  PrcSegmentation *segmentation = read_file (file, &error);

  g_assert_no_error (error);
  return segmentation;
}

static void
assert_refused (GByteArray *file, int code, const char *word) {
  g_autoptr (GError) error = NULL;

  g_assert_null (read_file (file, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, word));
}

static void
assert_vector (const double *v, double x, double y, double z) {
  g_assert_cmpfloat_with_epsilon (v[0], x, 1e-5);
  g_assert_cmpfloat_with_epsilon (v[1], y, 1e-5);
  g_assert_cmpfloat_with_epsilon (v[2], z, 1e-5);
}

static void
test_labels (void) {
  g_autoptr (PrcSegmentation) segmentation = read_good (file_of (&plain));
  const PrcSegmentationInfo *info = prc_segmentation_info (segmentation);
  static const uint32_t numbers[] = {2, 7, 200}, segments[] = {1, 0, 2}, frames[] = {0, 1, 1};
  static const uint64_t areas[] = {3, 1, 1};

  g_assert_cmpint (info->kind, ==, PRC_SEGMENTATION_NIFTI);
  g_assert_cmpuint (info->rows, ==, 2);
  g_assert_cmpuint (info->columns, ==, 3);
  g_assert_cmpfloat (info->thickness_mm, ==, 4);
  g_assert_cmpstr (info->patient_key, ==, "");
  g_assert_cmpstr (info->frame_of_reference_uid, ==, "");
  g_assert_cmpuint (info->n_segments, ==, 3);
  g_assert_cmpuint (info->n_frames, ==, 3);
  for (int i = 0; i < 3; i++) {
    g_assert_cmpuint (info->segments[i].number, ==, numbers[i]);
    g_assert_false (info->segments[i].has_colour);
    g_assert_cmpuint (info->frames[i].segment, ==, segments[i]);
    g_assert_cmpuint (info->frames[i].frame, ==, frames[i]);
    g_assert_cmpuint (prc_mask_area (info->frames[i].mask), ==, areas[i]);
  }
  g_assert_cmpstr (info->segments[1].label, ==, "Label 7");
  g_assert_true (prc_mask_contains (info->frames[0].mask, 2, 1)); // column 2, row 1
  g_assert_true (prc_mask_contains (info->frames[1].mask, 0, 0));
  g_assert_null (info->notes[0]);
}

// Right, anterior, superior turn into left, posterior, superior.
static void
test_sform (void) {
  g_autoptr (PrcSegmentation) segmentation = read_good (file_of (&plain));
  const PrcPlane *plane = &prc_segmentation_info (segmentation)->frames[1].plane;

  assert_vector (plane->position_mm, -10, -20, 34);
  assert_vector (plane->row_direction, -1, 0, 0);
  assert_vector (plane->column_direction, 0, -1, 0);
  g_assert_cmpfloat (plane->column_spacing_mm, ==, 2);
  g_assert_cmpfloat (plane->row_spacing_mm, ==, 3);
}

// A quarter turn about the third axis, which is mirrored: columns go anterior, rows left, planes
// down. Without an sform it counts, with one it does not.
static void
test_qform (void) {
  Volume v = plain;
  const PrcPlane *plane;

  v.qform = 1;
  v.pixdim[0] = -1;
  v.quatern[2] = (float)sqrt (0.5);
  v.offset[0] = 5;
  v.offset[1] = 6;
  v.offset[2] = 7;
  g_autoptr (PrcSegmentation) both = read_good (file_of (&v));
  assert_vector (prc_segmentation_info (both)->frames[0].plane.position_mm, -10, -20, 30);
  v.sform = 0;
  g_autoptr (PrcSegmentation) segmentation = read_good (file_of (&v));
  plane = &prc_segmentation_info (segmentation)->frames[1].plane;
  assert_vector (plane->position_mm, -5, -6, 3);
  assert_vector (plane->row_direction, 0, -1, 0);
  assert_vector (plane->column_direction, 1, 0, 0);
  g_assert_cmpfloat_with_epsilon (plane->column_spacing_mm, 2, 1e-5);
  g_assert_cmpfloat_with_epsilon (plane->row_spacing_mm, 3, 1e-5);
}

static void
test_units (void) {
  Volume v = plain;

  v.units = 1; // metres
  g_autoptr (PrcSegmentation) segmentation = read_good (file_of (&v));
  assert_vector (prc_segmentation_info (segmentation)->frames[0].plane.position_mm, -10000, -20000,
                 30000);
  g_assert_cmpfloat (prc_segmentation_info (segmentation)->thickness_mm, ==, 4000);
}

// NIfTI-2 in big endian, by the offsets of its own, gzipped; 16-bit labels.
static void
test_second_big_endian (void) {
  g_autoptr (GByteArray) file = g_byte_array_new ();
  uint8_t head[544] = {0, 0, 0x02, 0x1C, 'n', '+', '2', 0, '\r', '\n', 0x1A, '\n', 0, 4, 0, 16};
  static const uint8_t dim[] = {3, 2, 1, 2}, voxels[] = {0x12, 0x34, 0, 0, 0x12, 0x34, 0, 1};
  static const uint8_t one[] = {0x3F, 0xF0}, ten[] = {0x40, 0x24}; // 1.0 and 10.0

  for (int i = 0; i < 4; i++)
    head[16 + 8 * i + 7] = dim[i];
  head[168 + 6] = 0x02; // 544
  head[168 + 7] = 0x20;
  head[351] = 2; // sform
  for (int i = 0; i < 3; i++)
    memcpy (head + 400 + 32 * i + 8 * i, one, 2);
  memcpy (head + 400 + 24, ten, 2);
  g_byte_array_append (file, head, sizeof head);
  g_byte_array_append (file, voxels, sizeof voxels);
  g_autoptr (PrcSegmentation) segmentation = read_good (gzipped (file));
  const PrcSegmentationInfo *info = prc_segmentation_info (segmentation);

  g_assert_cmpuint (info->n_segments, ==, 2);
  g_assert_cmpuint (info->segments[1].number, ==, 0x1234);
  g_assert_cmpuint (info->n_frames, ==, 3);
  assert_vector (info->frames[2].plane.position_mm, -10, 0, 1);
}

// A file may be several gzipped ones (as bgzip writes them).
static void
test_gzipped_in_pieces (void) {
  g_autoptr (GByteArray) file = file_of (&plain);
  GByteArray *all = g_byte_array_new ();

  for (guint at = 0; at < file->len; at += 100) {
    g_autoptr (GByteArray) part = g_byte_array_new ();
    g_byte_array_append (part, file->data + at, MIN (100, file->len - at));
    g_autoptr (GByteArray) piece = gzipped (part);
    g_byte_array_append (all, piece->data, piece->len);
  }
  g_autoptr (PrcSegmentation) segmentation = read_good (all);
  g_assert_cmpuint (prc_segmentation_info (segmentation)->n_segments, ==, 3);
}

static char *
uid_of (GByteArray *file) {
  g_autoptr (GError) error = NULL;
  g_autofree char *path = prc_fixture_save (file);
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, &error);

  g_assert_no_error (error);
  g_unlink (path);
  return g_strdup (prc_instance_info (instance)->sop_instance_uid);
}

// Large ones are not read to the end to be told apart, and one voxel in the middle does.
static void
test_told_apart (void) {
  g_autoptr (GByteArray) file = file_of (&plain);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  while (file->len < 1 << 20) {
    uint32_t noise = g_rand_int (rand);
    g_byte_array_append (file, (const uint8_t *)&noise, sizeof noise);
  }
  g_autoptr (GByteArray) one = gzipped (file), same = gzipped (file);
  file->data[1 << 19] ^= 1;
  g_autoptr (GByteArray) other = gzipped (file);
  g_autofree char *uid = uid_of (one), *uid_again = uid_of (same), *uid_other = uid_of (other);
  g_assert_cmpuint (one->len, >, 1 << 19);
  g_assert_cmpuint (one->len, ==, other->len);
  g_assert_cmpstr (uid, ==, uid_again);
  g_assert_cmpstr (uid, !=, uid_other);
}

static void
test_names (void) {
  static const char *const text =
      "<?xml version=\"1.0\"?><CaretExtension><LabelTable>\n"
      "<Label Key=\"2\" Red=\"0.0\" Green=\"1.0\" Blue=\"0.5\" Alpha=\"1\"><![CDATA[脾]]></Label>\n"
      "<Label Key=\"7\" Red=\"1\" Green=\"0\" Blue=\"0\"><![CDATA[kidney \xff]]></Label>\n"
      "<Label Key=\"9\" Red=\"1\" Green=\"0\" Blue=\"0\"><![CDATA[not there]]></Label>\n"
      "<Label Key=\"x\"></Label><Label Key=\"200\"></LabelTable>";
  g_autofree char *alike = NULL;
  Volume v = plain;

  v.extension = text;
  g_autoptr (PrcSegmentation) segmentation = read_good (file_of (&v));
  const PrcSegmentationInfo *info = prc_segmentation_info (segmentation);
  g_assert_cmpstr (info->segments[0].label, ==, "脾");
  g_assert_cmphex (info->segments[0].colour, ==, 0x00ff80);
  g_assert_true (g_str_has_prefix (info->segments[1].label, "kidney "));
  g_assert_true (g_utf8_validate (info->segments[1].label, -1, NULL));
  g_assert_cmphex (info->segments[1].colour, ==, 0xff0000);
  g_assert_cmpstr (info->segments[2].label, ==, "Label 200");
  g_assert_false (info->segments[2].has_colour);
  // Two of one colour: they are no colours of labels.
  alike = g_strdup (text);
  memcpy (strstr (alike, "0.0\" Green=\"1.0\" Blue=\"0.5\""), "1.0\" Green=\"0.0\" Blue=\"0.0\"",
          27);
  v.extension = alike;
  g_autoptr (PrcSegmentation) other = read_good (file_of (&v));
  g_assert_false (prc_segmentation_info (other)->segments[0].has_colour);
  g_assert_cmpstr (prc_segmentation_info (other)->segments[0].label, ==, "脾");
}

static void
test_values (void) {
  static const float whole[12] = {0, 3, NAN, -2, 3, 0, 0, 0, 70000, 0, 0, 1e-5f};
  static const float fractions[12] = {0, 0.5f, 1};
  static const int16_t doubled[12] = {10, 12, 12, 10, 10, 14, 10, 10, 10, 10, 10, 10};
  Volume v = plain;

  v.type = 16;
  v.voxels = whole;
  v.size = sizeof whole;
  g_autoptr (PrcSegmentation) segmentation = read_good (file_of (&v));
  const PrcSegmentationInfo *info = prc_segmentation_info (segmentation);
  g_assert_cmpuint (info->n_segments, ==, 2);
  g_assert_cmpuint (info->segments[1].number, ==, 70000);
  g_assert_cmpuint (prc_mask_area (info->frames[0].mask), ==, 2);
  g_assert_cmpstr (info->notes[0], ==, "Negative labels are not shown");
  v.voxels = fractions;
  assert_refused (file_of (&v), PRC_IMAGING_ERROR_UNSUPPORTED, "fractions");
  v.type = 4;
  v.voxels = doubled;
  v.size = sizeof doubled;
  v.slope = 0.5;
  v.intercept = -5;
  g_autoptr (PrcSegmentation) scaled = read_good (file_of (&v));
  info = prc_segmentation_info (scaled);
  g_assert_cmpuint (info->n_segments, ==, 2);
  g_assert_cmpuint (info->segments[0].number, ==, 1);
  g_assert_cmpuint (info->segments[1].number, ==, 2);
}

static void
test_volumes_in_time (void) {
  Volume v = plain;
  uint8_t many[36];

  memset (many, 9, sizeof many);
  memcpy (many, small, sizeof small);
  v.dim[0] = 5;
  v.dim[5] = 3;
  v.voxels = many;
  v.size = sizeof many;
  g_autoptr (PrcSegmentation) segmentation = read_good (file_of (&v));
  g_assert_cmpuint (prc_segmentation_info (segmentation)->n_segments, ==, 3);
  g_assert_cmpstr (prc_segmentation_info (segmentation)->notes[0], ==,
                   "Only the first of several volumes is shown");
}

static void
test_pictures (void) {
  g_autofree uint8_t *noise = g_new (uint8_t, 64 * 64 * 4);
  Volume v = plain;

  v.dim[1] = v.dim[2] = 64;
  v.dim[3] = 4;
  v.voxels = noise;
  v.size = 64 * 64 * 4;
  for (size_t i = 0; i < v.size; i++)
    noise[i] = (uint8_t)(i * 37 % 101); // no two neighbours alike
  assert_refused (file_of (&v), PRC_IMAGING_ERROR_UNSUPPORTED, "picture");
  for (size_t i = 0; i < v.size; i++)
    noise[i] = (uint8_t)(i / 16 % 101); // as many labels, in areas
  g_autoptr (PrcSegmentation) segmentation = read_good (file_of (&v));
  g_assert_cmpuint (prc_segmentation_info (segmentation)->n_segments, ==, 100);
}

static void
test_refused (void) {
  Volume v = plain;

  v.magic = "ni1";
  assert_refused (file_of (&v), PRC_IMAGING_ERROR_UNSUPPORTED, ".hdr and .img");
  v = plain;
  v.sform = 0;
  assert_refused (file_of (&v), PRC_IMAGING_ERROR_UNSUPPORTED, "where it lies");
  v = plain;
  v.rows[0][1] = 0.01f; // 1/300 of a right angle off
  assert_refused (file_of (&v), PRC_IMAGING_ERROR_UNSUPPORTED, "right angles");
  v.rows[0][1] = 0.002f;
  g_autoptr (PrcSegmentation) nearly = read_good (file_of (&v));
  v = plain;
  v.rows[2][2] = NAN;
  assert_refused (file_of (&v), PRC_IMAGING_ERROR_DAMAGED, "damaged");
  v = plain;
  v.type = 128; // RGB
  assert_refused (file_of (&v), PRC_IMAGING_ERROR_UNSUPPORTED, "128");
  v = plain;
  v.size--;
  assert_refused (file_of (&v), PRC_IMAGING_ERROR_DAMAGED, "last plane");
  v = plain;
  v.dim[2] = 0;
  assert_refused (file_of (&v), PRC_IMAGING_ERROR_DAMAGED, "damaged");
  v.dim[2] = -3;
  assert_refused (file_of (&v), PRC_IMAGING_ERROR_DAMAGED, "damaged");
  v.dim[0] = 99;
  assert_refused (file_of (&v), PRC_IMAGING_ERROR_DAMAGED, "damaged");
  v = plain;
  v.voxels = (const uint8_t[12]){0};
  assert_refused (file_of (&v), PRC_IMAGING_ERROR_DAMAGED, "no segment");
}

// What a header promises costs nothing until it is there.
static void
test_bombs (void) {
  Volume v = plain;
  GByteArray *zeros = g_byte_array_new ();

  v.dim[1] = v.dim[2] = v.dim[3] = 32767;
  assert_refused (file_of (&v), PRC_IMAGING_ERROR_TOO_LARGE, "larger");
  v.dim[1] = v.dim[2] = v.dim[3] = 1000;
  v.type = 64;
  assert_refused (file_of (&v), PRC_IMAGING_ERROR_DAMAGED, "last plane");
  // 256 MiB of zeros behind the twelve voxels, in 256 KiB.
  g_byte_array_set_size (zeros, 256 << 20);
  memset (zeros->data, 0, zeros->len);
  g_autoptr (GByteArray) start = file_of (&plain);
  memcpy (zeros->data, start->data, start->len);
  g_autoptr (GByteArray) bomb = gzipped (zeros);
  g_byte_array_unref (zeros);
  g_autoptr (PrcSegmentation) segmentation = read_good (g_byte_array_ref (bomb));
  g_assert_cmpuint (prc_segmentation_info (segmentation)->n_segments, ==, 3);
}

// Cut anywhere it is read or refused, and the codec lives.
static void
test_cut (void) {
  g_autoptr (GByteArray) whole = file_of (&plain), zipped = gzipped (whole);

  for (guint size = 1; size < whole->len + zipped->len; size++) {
    g_autoptr (GError) error = NULL;
    GByteArray *part = g_byte_array_new ();

    if (size < whole->len)
      g_byte_array_append (part, whole->data, size);
    else
      g_byte_array_append (part, zipped->data, size - whole->len + 1);
    g_autoptr (PrcSegmentation) segmentation = read_file (part, &error);
    g_assert_true ((segmentation == NULL) == (error != NULL));
    if (error != NULL)
      g_assert_cmpint (error->code, !=, PRC_IMAGING_ERROR_CODEC);
  }
}

// Numbers of nibabel and numpy; tests/conformance/labels.py compares every voxel.
static void
test_real (void) {
  g_autofree char *path =
      prc_fixture_data ("segmentation/totalseg_ct/nifti/example_seg_dicom.nii.gz");
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;
  g_autoptr (PrcSegmentation) segmentation = read_path (path, &error);
  g_assert_no_error (error);
  const PrcSegmentationInfo *info = prc_segmentation_info (segmentation);
  g_assert_cmpuint (info->n_segments, ==, 31);
  g_assert_cmpuint (info->rows, ==, 512);
  g_assert_cmpstr (info->segments[0].label, ==, "spleen");
  g_assert_false (info->segments[0].has_colour); // six colours go round
  g_assert_cmpstr (info->title, ==, "example_seg_dicom.nii.gz");
}

int
main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  g_test_add_func ("/nifti/labels", test_labels);
  g_test_add_func ("/nifti/sform", test_sform);
  g_test_add_func ("/nifti/qform", test_qform);
  g_test_add_func ("/nifti/units", test_units);
  g_test_add_func ("/nifti/second-big-endian", test_second_big_endian);
  g_test_add_func ("/nifti/gzipped-in-pieces", test_gzipped_in_pieces);
  g_test_add_func ("/nifti/told-apart", test_told_apart);
  g_test_add_func ("/nifti/names", test_names);
  g_test_add_func ("/nifti/values", test_values);
  g_test_add_func ("/nifti/volumes-in-time", test_volumes_in_time);
  g_test_add_func ("/nifti/pictures", test_pictures);
  g_test_add_func ("/nifti/refused", test_refused);
  g_test_add_func ("/nifti/bombs", test_bombs);
  g_test_add_func ("/nifti/cut", test_cut);
  g_test_add_func ("/nifti/real", test_real);
  int result = g_test_run ();
  prc_codec_pool_unref (pool);
  return result;
}
