// SPDX-License-Identifier: Apache-2.0
// Objects that no view can show: each is described in words, as what it is; a file of them that was
// cut says so.
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "builder.h"
#include "codestreams.h"
#include "fixture.h"
#include "prc-imaging-error.h"

#define STORAGE "1.2.840.10008.5.1.4.1.1."

static PrcCodecPool *pool;
static char *path;

static PrcInstance *
describe (const GByteArray *b, GError **error) {
  g_assert_true (g_file_set_contents (path, (const char *)b->data, b->len, NULL));
  return prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, error);
}

static void
assert_words (const GByteArray *b, const char *first, const char *second) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance = describe (b, &error);
  g_assert_no_error (error);
  g_assert_false (prc_instance_info (instance)->is_image);
  g_autofree char *words = prc_instance_refusal (instance);
  g_test_message ("%s", words);
  g_assert_nonnull (strstr (words, first));
  g_assert_nonnull (strstr (words, second));
}

static void
assert_cut (const GByteArray *b, const char *word) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance = describe (b, &error);
  g_assert_null (instance);
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, word));
}

static GByteArray *
object (const char *class, const char *syntax) {
  g_autofree char *uid = g_strconcat (STORAGE, class, NULL);
  GByteArray *b = prc_build_meta (syntax);
  prc_build_text (b, syntax, 0x00080016, "UI", uid);
  prc_build_text (b, syntax, 0x00080018, "UI", "1.2.3");
  prc_build_text (b, syntax, 0x00080060, "CS", "OT");
  return b;
}

// What makes each of them what it is: the document, the waveform, the content of a report, ...
static const struct {
  const char *class;
  uint32_t content; // 0: nothing is looked for
  const char *vr, *first, *second;
} objects[] = {
    {"104.1", 0x00420011, "OB", "encapsulated PDF", "gdcmraw"},
    {"104.2", 0x00420011, "OB", "encapsulated CDA", "gdcmraw"},
    {"104.3", 0x00420011, "OB", "encapsulated STL", "gdcmraw"},
    {"9.1.1", 0x54000100, "SQ", "electrocardiogram", "dump"},
    {"9.1.2", 0x54000100, "SQ", "electrocardiogram", "dump"},
    {"9.2.1", 0x54000100, "SQ", "haemodynamic", "dump"},
    {"9.4.1", 0x54000100, "SQ", "sound", "dump"},
    {"88.11", 0x0040a730, "SQ", "structured report", "dump"},
    {"88.67", 0x0040a730, "SQ", "dose report", "dump"},
    {"88.59", 0x0040a730, "SQ", "key object", "dump"},
    {"11.1", 0, NULL, "presentation state", "Window menu"},
    {"481.5", 0, NULL, "RT plan", "dump"},
    {"481.3", 0, NULL, "RT structure set", "images"},
    {"66", 0, NULL, "raw data", "dump"},
    {"66.1", 0, NULL, "registration", "dump"},
    {"67", 0, NULL, "real world value", "dump"},
    {"4.2", 0x56000020, "OF", "spectrum", "dump"},
};

static void
test_objects (void) {
  for (unsigned i = 0; i < G_N_ELEMENTS (objects); i++) {
    g_autoptr (GByteArray) b = object (objects[i].class, PRC_BUILD_EXPLICIT);
    if (objects[i].content) {
      assert_cut (b, objects[i].first);
      prc_build_head (b, PRC_BUILD_EXPLICIT, objects[i].content, objects[i].vr, 0);
    }
    assert_words (b, objects[i].first, objects[i].second);
  }
  g_autoptr (GByteArray) unknown = object ("999.1", PRC_BUILD_EXPLICIT);
  assert_words (unknown, STORAGE "999.1", "no picture");
}

// A segmentation has pixels; they are no picture by themselves.
static void
test_segmentation (void) {
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                            .sop_class = STORAGE "66.4",
                            .rows = 1,
                            .columns = 8,
                            .allocated = 1};
  g_autoptr (GByteArray) b = prc_build_begin (&h);
  assert_cut (b, "1");
  prc_build_element (b, h.syntax, 0x7fe00010, "OB", "\1", 2);
  assert_words (b, "segmentation", "its images");
}

// An image whose file ends before Rows is no "object without a picture".
static void
test_cut_images (void) {
  static const char *const classes[] = {"1", "2", "4", "6.1", "7", "12.1", "20", "128", "481.2"};
  for (unsigned i = 0; i < G_N_ELEMENTS (classes); i++) {
    g_autoptr (GByteArray) b = object (classes[i], PRC_BUILD_EXPLICIT);
    assert_cut (b, "ends before the pixels");
  }
  // But pixels may be on a server (PS3.5 A.6).
  g_autoptr (GByteArray) elsewhere = object ("2", "1.2.840.10008.1.2.4.94");
  prc_build_text (elsewhere, PRC_BUILD_EXPLICIT, 0x00287fe0, "UR", "https://host/pixels");
  assert_words (elsewhere, "JPIP Referenced", "server");
}

static GByteArray *
film (const char *syntax, const void *bytes, size_t n) {
  const PrcBuildHeader h = {.syntax = syntax,
                            .sop_class = STORAGE "77.1.1.1",
                            .rows = 4,
                            .columns = 5,
                            .frames = 1,
                            .allocated = 16,
                            .stored = 12,
                            .high = 11};
  return prc_build_one_frame (&h, bytes, n);
}

static void
test_videos (void) {
  static const struct {
    const char *syntax, *word;
  } videos[] = {{"1.2.840.10008.1.2.4.100", "MPEG2"},   {"1.2.840.10008.1.2.4.101", "MPEG2"},
                {"1.2.840.10008.1.2.4.102", "H.264"},   {"1.2.840.10008.1.2.4.102.1", "H.264"},
                {"1.2.840.10008.1.2.4.106", "Stereo"},  {"1.2.840.10008.1.2.4.107", "HEVC"},
                {"1.2.840.10008.1.2.4.108", "Main 10"}, {"1.2.840.10008.1.2.7.1", "SMPTE"},
                {"1.2.840.10008.1.2.4.65", "Hierarch"}, {"1.2.3.4", "1.2.3.4"}};
  static const uint8_t stream[] = {0, 0, 1, 0xb3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  for (unsigned i = 0; i < G_N_ELEMENTS (videos); i++) {
    g_autoptr (GByteArray) b = film (videos[i].syntax, stream, sizeof stream);
    assert_words (b, videos[i].word, "");
    g_autoptr (GError) error = NULL; // and should somebody ask for a frame all the same
    g_autoptr (PrcFrame) frame = prc_build_read (pool, b, 0, &error);
    g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_UNSUPPORTED);
    g_assert_nonnull (strstr (error->message, videos[i].word));
  }
}

// A label that is no more than that: JPEG 2000 under the name of a video.
static void
test_wrong_label (void) {
  g_autoptr (GByteArray) b =
      film ("1.2.840.10008.1.2.4.100", jpeg_2000_unsigned_12, sizeof jpeg_2000_unsigned_12);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance = describe (b, &error);
  g_assert_no_error (error);
  g_assert_true (prc_instance_info (instance)->is_image);
  g_assert_null (prc_instance_refusal (instance));
  g_autoptr (PrcFrame) frame =
      prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (prc_frame_stored (frame, 1, 0), ==, 211);
  g_autoptr (GByteArray) xl = film ("1.2.840.10008.1.2.4.90", jpeg_xl_12, sizeof jpeg_xl_12);
  g_autoptr (PrcFrame) other = prc_build_read (pool, xl, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (prc_frame_stored (other, 1, 0), ==, 211);
  g_autoptr (GByteArray) no_rle =
      film (PRC_BUILD_RLE, jpeg_2000_unsigned_12, sizeof jpeg_2000_unsigned_12);
  g_autoptr (PrcFrame) third = prc_build_read (pool, no_rle, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (prc_frame_stored (third, 1, 0), ==, 211);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  g_autofree char *folder = prc_fixture_folder ();
  path = g_build_filename (folder, "object.dcm", NULL);
  g_test_add_func ("/codec/objects/in-words", test_objects);
  g_test_add_func ("/codec/objects/segmentation", test_segmentation);
  g_test_add_func ("/codec/objects/cut-images", test_cut_images);
  g_test_add_func ("/codec/objects/videos", test_videos);
  g_test_add_func ("/codec/objects/wrong-label", test_wrong_label);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  prc_fixture_remove (folder);
  g_free (path);
  return status;
}
