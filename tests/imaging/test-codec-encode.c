// SPDX-License-Identifier: Apache-2.0
// What the codec writes: read back by itself, and by DCMTK where it is installed.
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "prc-codec-pool.h"
#include "prc-imaging-error.h"

#define ROWS    19
#define COLUMNS 23

static PrcCodecPool *pool;
static char *folder;

static char *
header (unsigned samples, unsigned allocated, unsigned stored, unsigned is_signed,
        unsigned frames) {
  return g_strdup_printf (
      "{\"00080016\":{\"vr\":\"UI\",\"Value\":[\"1.2.840.10008.5.1.4.1.1.7\"]},"
      "\"00080018\":{\"vr\":\"UI\",\"Value\":[\"1.2.3.4\"]},"
      "\"00100010\":{\"vr\":\"PN\",\"Value\":[{\"Alphabetic\":\"Test^Jérôme\",\"Ideographic\":"
      "\"山田^太郎\"}]},"
      "\"00280030\":{\"vr\":\"DS\",\"Value\":[0.5,1.123456789012345]},"
      "\"00081140\":{\"vr\":\"SQ\",\"Value\":[{\"00081150\":{\"vr\":\"UI\",\"Value\":[\"1.2\"]},"
      "\"00081140\":{\"vr\":\"SQ\",\"Value\":[{\"00081155\":{\"vr\":\"UI\",\"Value\":[\"1.2.7\"]}}]"
      "}},{}]},"
      "\"00280002\":{\"vr\":\"US\",\"Value\":[%u]},\"00280004\":{\"vr\":\"CS\",\"Value\":[\"%s\"]},"
      "\"00280006\":{\"vr\":\"US\",\"Value\":[0]},"
      "\"00280008\":{\"vr\":\"IS\",\"Value\":[%u]},"
      "\"00280010\":{\"vr\":\"US\",\"Value\":[%u]},\"00280011\":{\"vr\":\"US\",\"Value\":[%u]},"
      "\"00280100\":{\"vr\":\"US\",\"Value\":[%u]},\"00280101\":{\"vr\":\"US\",\"Value\":[%u]},"
      "\"00280102\":{\"vr\":\"US\",\"Value\":[%u]},\"00280103\":{\"vr\":\"US\",\"Value\":[%u]}}",
      samples, samples == 3 ? "RGB" : "MONOCHROME2", frames, ROWS, COLUMNS, allocated, stored,
      stored - 1, is_signed);
}

// Noise and runs, so that every branch of a run-length coder is met.
static GBytes *
make_pixels (size_t n, unsigned allocated, unsigned stored, bool is_signed) {
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  size_t bytes = allocated == 1 ? (n + 7) / 8 : n * allocated / 8;
  uint8_t *p = g_malloc0 (bytes + 1);
  for (size_t i = 0; i < (allocated == 1 ? bytes : n); i++) {
    int32_t v = i / 40 % 2 ? 5 : g_rand_int_range (rand, 0, 1 << MIN (stored, 16));
    if (is_signed)
      v -= 1 << (stored - 1);
    if (allocated == 16) {
      p[2 * i] = (uint8_t)v;
      p[2 * i + 1] = (uint8_t)(v >> 8);
    } else {
      p[i] = allocated == 1 ? (uint8_t)g_rand_int (rand) : (uint8_t)v;
    }
  }
  return g_bytes_new_take (p, bytes);
}

static char *
write_image (const char *syntax, unsigned samples, unsigned allocated, unsigned stored,
             bool is_signed, unsigned frames, GBytes *pixels) {
  g_autofree char *json = header (samples, allocated, stored, is_signed, frames);
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (folder, "image.dcm", NULL);
  prc_codec_pool_encode (pool, json, pixels, syntax, path, NULL, &error);
  g_assert_no_error (error);
  return path;
}

static PrcInstance *
describe (const char *path) {
  g_autoptr (GError) error = NULL;
  PrcInstance *instance = prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_SCAN, NULL, &error);
  g_assert_no_error (error);
  return instance;
}

static void
assert_round_trip (const char *syntax, unsigned samples, unsigned allocated, unsigned stored,
                   bool is_signed) {
  const unsigned frames = 3;
  size_t n = (size_t)ROWS * COLUMNS * samples;
  g_autoptr (GBytes) pixels = make_pixels (n * frames, allocated, stored, is_signed);
  g_autofree char *path =
      write_image (syntax, samples, allocated, stored, is_signed, frames, pixels);
  g_autoptr (PrcInstance) instance = describe (path);
  g_assert_cmpstr (prc_instance_info (instance)->transfer_syntax_uid, ==, syntax);
  g_assert_cmpuint (prc_instance_info (instance)->n_frames, ==, frames);
  size_t size = n * allocated / 8;
  for (unsigned i = 0; i < frames; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcFrame) frame =
        prc_codec_pool_decode (pool, instance, i, PRC_PRIORITY_VIEW, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (prc_frame_samples (frame), prc_frame_size (frame),
                     (const uint8_t *)g_bytes_get_data (pixels, NULL) + i * size, size);
  }
  g_remove (path);
}

static void
test_round_trips (void) {
  static const char *const syntaxes[] = {"1.2.840.10008.1.2.1", "1.2.840.10008.1.2.5",
                                         "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80",
                                         "1.2.840.10008.1.2.4.90"};
  for (unsigned i = 0; i < G_N_ELEMENTS (syntaxes); i++) {
    assert_round_trip (syntaxes[i], 1, 16, 16, false);
    assert_round_trip (syntaxes[i], 1, 16, 12, true);
    assert_round_trip (syntaxes[i], 1, 16, 16, true);
    assert_round_trip (syntaxes[i], 1, 8, 8, false);
    assert_round_trip (syntaxes[i], 3, 8, 8, false);
  }
}

// Frames of a segmentation follow each other without padding (PS3.5 8.1.1): 437 bits each.
static void
test_one_bit (void) {
  g_autoptr (GBytes) pixels = make_pixels ((size_t)ROWS * COLUMNS * 3, 1, 1, false);
  g_autofree char *path = write_image ("1.2.840.10008.1.2.1", 1, 1, 1, false, 3, pixels);
  g_autoptr (PrcInstance) instance = describe (path);
  const uint8_t *bits = g_bytes_get_data (pixels, NULL);
  for (unsigned frame = 0; frame < 3; frame++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcFrame) decoded =
        prc_codec_pool_decode (pool, instance, frame, PRC_PRIORITY_VIEW, NULL, &error);
    g_assert_no_error (error);
    const uint8_t *p = prc_frame_samples (decoded);
    for (unsigned i = 0; i < ROWS * COLUMNS; i++) {
      unsigned bit = frame * ROWS * COLUMNS + i;
      g_assert_cmpuint (p[i], ==, bits[bit / 8] >> (bit % 8) & 1);
    }
  }
  g_remove (path);
}

static char *
run (const char *const *argv) {
  g_autofree char *program = g_find_program_in_path (argv[0]);
  char *out = NULL;
  int status = -1;
  if (program)
    g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status,
                  NULL);
  if (!program)
    g_test_skip ("DCMTK is not installed");
  else
    g_assert_cmpint (status, ==, 0);
  return out;
}

static void
test_dcmtk_reads_it (void) {
  g_autoptr (GBytes) pixels = make_pixels (ROWS * COLUMNS, 16, 12, false);
  g_autofree char *path = write_image ("1.2.840.10008.1.2.5", 1, 16, 12, false, 1, pixels);
  g_autofree char *plain = g_build_filename (folder, "plain.dcm", NULL);
  g_autofree char *text = run ((const char *[]){"dcmdump", "+fo", path, NULL});
  if (!text)
    return;
  g_assert_nonnull (strstr (text, "ISO_IR 192"));
  g_assert_nonnull (strstr (text, "Test^Jérôme=山田^太郎"));
  g_assert_nonnull (strstr (text, "0.5\\1.12345678901235"));
  g_assert_nonnull (strstr (text, "1.2.7"));
  g_assert_nonnull (strstr (text, "=RLELossless"));
  g_autofree char *nothing = run ((const char *[]){"dcmdrle", path, plain, NULL});
  g_autofree char *file = NULL;
  gsize size, n;
  g_assert_true (g_file_get_contents (plain, &file, &size, NULL));
  const void *data = g_bytes_get_data (pixels, &n);
  g_assert_nonnull (memmem (file, size, data, n));
  g_remove (plain);
  g_remove (path);
}

static void
test_dump_is_the_inverse (void) {
  g_autoptr (GBytes) pixels = make_pixels (ROWS * COLUMNS, 16, 12, false);
  g_autofree char *path = write_image ("1.2.840.10008.1.2.1", 1, 16, 12, false, 1, pixels);
  g_autoptr (GError) error = NULL;
  g_autofree char *json = prc_codec_pool_dump_json (pool, path, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (
      strstr (json, "\"00100010\":{\"vr\":\"PN\",\"Value\":[{\"Alphabetic\":\"Test^Jérôme\","
                    "\"Ideographic\":\"山田^太郎\"}]}"));
  g_assert_nonnull (strstr (json, "\"00081155\":{\"vr\":\"UI\",\"Value\":[\"1.2.7\"]}"));
  g_assert_nonnull (strstr (json, "\"00280010\":{\"vr\":\"US\",\"Value\":[19]}"));
  g_autofree char *again = g_build_filename (folder, "again.dcm", NULL);
  g_assert_true (
      prc_codec_pool_encode (pool, json, pixels, "1.2.840.10008.1.2.1", again, NULL, &error));
  g_autofree char *one = NULL, *two = NULL;
  gsize n_one, n_two;
  g_assert_true (g_file_get_contents (path, &one, &n_one, NULL));
  g_assert_true (g_file_get_contents (again, &two, &n_two, NULL));
  g_assert_cmpmem (one, n_one, two, n_two);
  g_remove (path);
  g_remove (again);
}

// With implicit VR the same is said without the letters, and a DS may be longer than 64 KiB.
static void
test_implicit (void) {
  g_autoptr (GBytes) pixels = make_pixels (ROWS * COLUMNS, 16, 12, false);
  g_autofree char *path = write_image ("1.2.840.10008.1.2.1", 1, 16, 12, false, 1, pixels);
  g_autoptr (GError) error = NULL;
  g_autofree char *json = prc_codec_pool_dump_json (pool, path, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GString) with = g_string_new_len (json, (gssize)strlen (json) - 1);
  g_string_append (with, ",\"30060050\":{\"vr\":\"DS\",\"Value\":[\"0");
  for (int i = 1; i < 30000; i++)
    g_string_append_printf (with, "\\\\%d", i);
  g_string_append (with, "\"]}}");
  g_assert_false (prc_codec_pool_encode (pool, with->str, pixels, "1.2.840.10008.1.2.1", path, NULL,
                                         &error)); // no room for it
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_true (
      prc_codec_pool_encode (pool, with->str, pixels, "1.2.840.10008.1.2", path, NULL, &error));
  g_autofree char *again = prc_codec_pool_dump_json (pool, path, NULL, &error);
  g_assert_no_error (error);
  const char *data = strstr (again, ",\"30060050\"");
  g_assert_nonnull (data);
  g_assert_cmpmem (again, data - again, json, data - again); // up to the pixels
  g_assert_nonnull (strstr (data, ",29999]}"));
  g_autofree char *text = run ((const char *[]){"dcmdump", path, NULL});
  if (text)
    g_assert_nonnull (strstr (text, "=LittleEndianImplicit"));
  g_remove (path);
}

#define HEAD                                                                                       \
  "{\"00080016\":{\"vr\":\"UI\",\"Value\":[\"1.2\"]},\"00080018\":{\"vr\":\"UI\",\"Value\":[\"1."  \
  "3\"]}"

// As others write JSON: blanks, members in any order, characters as escapes.
static void
test_other_json (void) {
  static const char json[] =
      " { \"00080018\" : { \"Value\" : [ \"1.3\" ] , \"x\" : {\"y\":[1,\"]}\"]}, \"vr\" : \"UI\" } "
      ",\n"
      "\"00081140\":{\"Value\":[{\"00081150\":{\"Value\":[\"1.9\"],\"vr\":\"UI\"}}],\"vr\":\"SQ\"},"
      "\"00080016\":{\"vr\":\"UI\",\"Value\":[\"1.2\"]},"
      "\"00100010\":{\"vr\":\"PN\",\"Value\":[{\"Ideographic\":\"\\u738b\",\"Other\":[{}],"
      "\"Alphabetic\":\"W\\u0061ng\"}]},"
      "\"00204000\":{\"vr\":\"LT\",\"Value\":[\"a\\\\b\\n\\ud835\\udd4f\\/\\\"\"]},"
      "\"00101030\":{\"vr\":\"DS\",\"Value\":[7.5e1,null,-0.25]},"
      "\"00280010\":{\"vr\":\"US\"},\"00020010\":{\"vr\":\"UI\",\"Value\":[true]}}\n";
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "other.dcm", NULL);
  prc_codec_pool_encode (pool, json, NULL, "1.2.840.10008.1.2.1", path, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *again = prc_codec_pool_dump_json (pool, path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (
      again, ==,
      "{\"00080005\":{\"vr\":\"CS\",\"Value\":[\"ISO_IR 192\"]},"
      "\"00080016\":{\"vr\":\"UI\",\"Value\":[\"1.2\"]},\"00080018\":{\"vr\":\"UI\",\"Value\":[\"1."
      "3\"]},"
      "\"00081140\":{\"vr\":\"SQ\",\"Value\":[{\"00081150\":{\"vr\":\"UI\",\"Value\":[\"1.9\"]}}]},"
      "\"00100010\":{\"vr\":\"PN\",\"Value\":[{\"Alphabetic\":\"Wang\",\"Ideographic\":\"王\"}]},"
      "\"00101030\":{\"vr\":\"DS\",\"Value\":[\"75\",null,\"-0.25\"]},"
      "\"00204000\":{\"vr\":\"LT\",\"Value\":[\"a\\\\b\\n𝕏/\\\"\"]},\"00280010\":{\"vr\":\"US\"}}");
  g_remove (path);
}

static void
test_no_json (void) {
  static const char *const texts[] = {
      " ",
      "[1]",
      "{",
      HEAD,
      HEAD "}}",
      HEAD ",}",
      HEAD ",\"00080020\":{\"vr\":\"DA\",\"Value\":[\"2026",
      HEAD ",\"00080020\":{\"vr\":\"DA\",\"Value\":[\"\\ud800x\"]}}",
      HEAD ",\"00080020\":{\"vr\":\"DA\",\"Value\":[\"\\q\"]}}",
      HEAD ",\"00080020\":{\"vr\":\"DA\",\"Value\":[\"\\u12\"]}}",
      HEAD ",\"00080020\":{\"vr\":\"DA\",\"Value\":[\"1\",]}}",
      HEAD ",\"00080020\":{\"vr\":\"DA\",\"Value\":[{}]}}",
      HEAD ",\"00080020\":{\"vr\":\"DATE\"}}",
      HEAD ",\"00080020\":{\"Value\":[\"1\"]}}",
      HEAD ",\"00080020\":[]}",
      HEAD ",\"0008002\":{\"vr\":\"DA\"}}",
      HEAD ",\"00280010\":{\"vr\":\"US\",\"Value\":[\"1\"]}}",
      HEAD ",\"00280010\":{\"vr\":\"US\",\"Value\":[true]}}",
      HEAD ",\"00280010\":{\"vr\":\"US\",\"Value\":[1-2]}}",
      HEAD ",\"00280010\":{\"vr\":\"FD\",\"Value\":[1e999]}}",
      HEAD ",\"00280010\":{\"vr\":\"US\",\"Value\":1}}",
      HEAD ",\"00081140\":{\"vr\":\"SQ\",\"Value\":[1]}}",
      HEAD ",\"00080020\":{\"vr\":\"DA\",\"Value\":[\"\xff\"]}}",
  };
  g_autofree char *path = g_build_filename (folder, "no.dcm", NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    if (prc_codec_pool_encode (pool, texts[i], NULL, "1.2.840.10008.1.2.1", path, NULL, &error))
      g_error ("%s was taken", texts[i]);
    g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT);
  }
  g_autoptr (GString) deep = g_string_new (HEAD);
  for (unsigned i = 0; i < 5000; i++)
    g_string_append (deep, ",\"00081140\":{\"vr\":\"SQ\",\"Value\":[{\"00080020\":{\"vr\":\"DA\"}");
  g_autoptr (GError) error = NULL;
  g_assert_false (
      prc_codec_pool_encode (pool, deep->str, NULL, "1.2.840.10008.1.2.1", path, NULL, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT);
}

static unsigned
count_files (void) {
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  unsigned n = 0;
  while (g_dir_read_name (dir))
    n++;
  return n;
}

static void
test_whole_or_not_at_all (void) {
  g_autoptr (GBytes) pixels = make_pixels (ROWS * COLUMNS, 16, 12, false);
  g_autofree char *path = write_image ("1.2.840.10008.1.2.1", 1, 16, 12, false, 1, pixels);
  struct stat st;
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0777, ==, 0600);
  g_assert_cmpuint (count_files (), ==, 1);
  g_autofree char *json = header (1, 16, 12, 0, 9); // more frames than pixels
  g_autoptr (GError) error = NULL;
  g_assert_false (
      prc_codec_pool_encode (pool, json, pixels, "1.2.840.10008.1.2.1", path, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (
      prc_codec_pool_encode (pool, "[1]", pixels, "1.2.840.10008.1.2.1", path, NULL, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (prc_codec_pool_encode (pool, "{}", pixels, "1.2.840.10008.1.2.1",
                                         "/nonexistent/x.dcm", NULL, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO);
  g_assert_cmpuint (count_files (), ==, 1); // the old file is still there, nothing is left over
  g_autoptr (PrcInstance) instance = describe (path);
  g_assert_nonnull (instance);
  g_remove (path);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  folder = g_dir_make_tmp ("precedent-encode-XXXXXX", NULL);
  g_test_add_func ("/codec/encode/round-trips", test_round_trips);
  g_test_add_func ("/codec/encode/one-bit", test_one_bit);
  g_test_add_func ("/codec/encode/implicit", test_implicit);
  g_test_add_func ("/codec/encode/other-json", test_other_json);
  g_test_add_func ("/codec/encode/no-json", test_no_json);
  g_test_add_func ("/codec/encode/dcmtk-reads-it", test_dcmtk_reads_it);
  g_test_add_func ("/codec/encode/dump-is-the-inverse", test_dump_is_the_inverse);
  g_test_add_func ("/codec/encode/whole-or-not-at-all", test_whole_or_not_at_all);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  g_rmdir (folder);
  g_free (folder);
  return status;
}
