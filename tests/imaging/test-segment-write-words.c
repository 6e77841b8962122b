// SPDX-License-Identifier: Apache-2.0
// What written segmentations say besides pixels: whose they are, what they are called, how they are
// coded; and what becomes of a file that cannot be written.
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "prc-imaging-error.h"
#include "prc-json.h"
#include "prc-scan.h"
#include "segment-fixture.h"

#define SIDE 16

static PrcCodecPool *pool;
static char *folder;

static char *
place (const char *name) {
  return g_build_filename (folder, name, NULL);
}

static void
remove_all (void) {
  prc_fixture_remove (folder);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
}

// ---- images ----

typedef struct {
  unsigned instance;
  bool has_plane, lossy;
  const char *name; // of the patient
} Picture;

static void
put_plane (PrcJson *json, unsigned instance) {
  prc_json_text (json, 0x00200052, "UI", "1.2.3.9");
  prc_json_numbers (json, 0x00200032, "DS", (double[]){-1, 2, 3.0 * instance}, 3);
  prc_json_numbers (json, 0x00200037, "DS", (double[]){1, 0, 0, 0, 1, 0}, 6);
  prc_json_numbers (json, 0x00280030, "DS", (double[]){1, 1}, 2);
}

static void
put_lossy (PrcJson *json) {
  prc_json_text (json, 0x00282110, "CS", "01");
  prc_json_text (json, 0x00282112, "DS", "12.5");
  prc_json_text (json, 0x00282114, "CS", "ISO_10918_1");
}

static void
write_picture (const Picture *picture) {
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup_printf ("%u.dcm", picture->instance), *path = place (name);
  g_autofree char *uid = g_strdup_printf ("1.2.3.%u", picture->instance);
  PrcJson json;
  prc_json_begin (&json);
  prc_json_text (&json, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2");
  prc_json_text (&json, 0x00080018, "UI", uid);
  prc_json_text (&json, 0x00080060, "CS", "CT");
  prc_json_text (&json, 0x00081030, "LO", "Étude");
  prc_json_name (&json, 0x00100010, picture->name);
  prc_json_text (&json, 0x00100020, "LO", "A-1");
  prc_json_text (&json, 0x00101010, "AS", "045Y");
  prc_json_text (&json, 0x0020000D, "UI", "1.2.3");
  prc_json_text (&json, 0x0020000E, "UI", "1.2.3.0");
  prc_json_number (&json, 0x00200011, "IS", 4);
  prc_json_number (&json, 0x00200013, "IS", picture->instance);
  prc_json_text (&json, 0x00200020, "CS", "L\\F");
  if (picture->has_plane)
    put_plane (&json, picture->instance);
  if (picture->lossy)
    put_lossy (&json);
  prc_json_number (&json, 0x00280002, "US", 1);
  prc_json_text (&json, 0x00280004, "CS", "MONOCHROME2");
  prc_json_number (&json, 0x00280010, "US", SIDE);
  prc_json_number (&json, 0x00280011, "US", SIDE);
  prc_json_number (&json, 0x00280100, "US", 8);
  prc_json_number (&json, 0x00280101, "US", 8);
  prc_json_number (&json, 0x00280102, "US", 7);
  prc_json_number (&json, 0x00280103, "US", 0);
  g_autofree char *text = prc_json_finish (&json);
  g_autoptr (GBytes) pixels = g_bytes_new_take (g_malloc0 (SIDE * SIDE), SIDE * SIDE);
  prc_codec_pool_encode (pool, text, pixels, "1.2.840.10008.1.2.1", path, NULL, &error);
  g_assert_no_error (error);
}

static PrcSeries *
make_series (unsigned n, bool has_plane, bool lossy) {
  remove_all ();
  for (unsigned i = 1; i <= n; i++)
    write_picture (&(Picture){i, has_plane, lossy, "Müller^Jérôme=王^小东"});
  return prc_segment_fixture_scan (pool, folder);
}

// A square on the first slices of a series.
static PrcSegmentStack *
square (const PrcSeries *series, uint32_t n_slices, uint32_t left) {
  g_autofree PrcMask **masks = g_new0 (PrcMask *, prc_series_length (series));
  PrcRowSpan spans[4];
  for (int i = 0; i < 4; i++)
    spans[i] = (PrcRowSpan){3 + i, (int)left, (int)left + 4};
  g_autoptr (PrcMask) mask = prc_mask_new_from_spans (SIDE, SIDE, spans, 4);
  for (uint32_t i = 0; i < n_slices; i++)
    masks[i] = mask;
  return prc_segment_stack_new (masks, prc_series_length (series));
}

static char *
write_and_dump (const PrcSeries *series, const PrcSegmentDraft *drafts, size_t n,
                const char *label) {
  g_autoptr (GError) error = NULL;
  g_autofree char *path = place ("out.dcm");
  prc_segment_write_seg (pool, series, drafts, n, label, path, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *errors = prc_segment_fixture_errors (path);
  if (errors)
    g_assert_cmpstr (errors, ==, "");
  char *json = prc_codec_pool_dump_json (pool, path, NULL, &error);
  g_assert_no_error (error);
  return json;
}

static PrcSegmentation *
read_file (const char *path) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_SCAN, NULL, &error);
  g_assert_no_error (error);
  PrcSegmentation *segmentation =
      prc_codec_pool_segment (pool, instance, 0.5, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  return segmentation;
}

static PrcSegmentation *
read_again (const char *name) {
  g_autofree char *path = place (name);
  return read_file (path);
}

// ---- words ----

static void
assert_code (const PrcCode *code, const char *value, const char *scheme, const char *meaning) {
  g_assert_cmpstr (code->value, ==, value);
  g_assert_cmpstr (code->scheme, ==, scheme);
  g_assert_cmpstr (code->meaning, ==, meaning);
}

static const PrcSegment lesion = {
    .number = 77,
    .label = "左肾囊肿",
    .description = "seen in \"all\" phases",
    .algorithm_type = "SEMIAUTOMATIC",
    .tracking_id = "Cyst 1",
    .tracking_uid = "2.25.42",
    .type = {"367643001", "SCT", ""},
    .anatomic_region = {"64033007", "SCT", "Kidney"},
    .anatomic_modifier = {"7771000", "SCT", "Left"},
    .has_colour = true,
    .colour = 0x3C8F53,
};

static void
assert_lesion (const PrcSegment *segment, uint32_t number, bool anatomy) {
  g_assert_cmpuint (segment->number, ==, number);
  g_assert_cmpstr (segment->label, ==, "左肾囊肿");
  g_assert_cmpstr (segment->description, ==, "seen in \"all\" phases");
  g_assert_cmpstr (segment->algorithm_type, ==, "SEMIAUTOMATIC");
  assert_code (&segment->category, "49755003", "SCT", "Morphologically Abnormal Structure");
  assert_code (&segment->type, "367643001", "SCT", "Cyst");
  g_assert_true (segment->has_colour);
  g_assert_cmphex (segment->colour, ==, 0x3C8F53);
  if (!anatomy)
    return;
  g_assert_cmpstr (segment->tracking_id, ==, "Cyst 1");
  g_assert_cmpstr (segment->tracking_uid, ==, "2.25.42");
  assert_code (&segment->anatomic_region, "64033007", "SCT", "Kidney");
  assert_code (&segment->anatomic_modifier, "7771000", "SCT", "Left");
}

static void
test_segments (void) {
  static const PrcSegment kidney = {.label = "a\\b\nc",
                                    .algorithm_type = "AUTOMATIC",
                                    .algorithm_name = "nnU-Net",
                                    .type = {"64033007", "SCT", "Kidney"},
                                    .type_modifier = {"24028007", "SCT", "Right"}};
  static const PrcSegment old = {.label = "old",
                                 .category = {"T-D0050", "SRT", "Tissue"},
                                 .type = {"T-62000", "SRT", "LIVER, NOS"}};
  static const PrcSegment plain = {.label = "", .algorithm_type = "BY HAND"};
  static const PrcSegment own = {.label = "own",
                                 .category = {"1", "99MINE", "Mine"},
                                 .type = {"123456789012345678", "99MINE", "My thing"}};
  g_autoptr (PrcSeries) series = make_series (2, true, false);
  g_autoptr (PrcSegmentStack) stack = square (series, 2, 1);
  g_autoptr (PrcSegmentStack) nothing = square (series, 0, 0);
  PrcSegmentDraft drafts[] = {
      {&kidney, stack}, {&lesion, stack}, {&plain, nothing}, {&own, stack}, {&old, stack}};
  g_autofree char *json = write_and_dump (series, drafts, 5, "Verlauf: Zyste, 2. Messung (Läsion)");
  g_autoptr (PrcSegmentation) read = read_again ("out.dcm");
  const PrcSegmentationInfo *info = prc_segmentation_info (read);
  g_assert_cmpuint (info->n_segments, ==, 5);
  g_assert_cmpuint (info->n_frames, ==, 8);
  g_assert_cmpstr (info->segments[0].label, ==, "a/b c");
  g_assert_cmpstr (info->segments[0].algorithm_name, ==, "nnU-Net");
  assert_code (&info->segments[0].category, "123037004", "SCT", "Anatomical Structure");
  assert_code (&info->segments[0].type, "64033007", "SCT", "Kidney");
  assert_code (&info->segments[0].type_modifier, "24028007", "SCT", "Right");
  g_assert_false (info->segments[0].has_colour);
  assert_lesion (&info->segments[1], 2, true);
  g_assert_cmpstr (info->segments[2].label, ==, "Tissue");
  g_assert_cmpstr (info->segments[2].algorithm_type, ==, "MANUAL");
  assert_code (&info->segments[2].type, "85756007", "SCT", "Tissue");
  assert_code (&info->segments[3].category, "1", "99MINE", "Mine");
  assert_code (&info->segments[3].type, "123456789012345678", "99MINE", "My thing");
  assert_code (&info->segments[4].category, "85756007", "SCT", "Tissue");
  assert_code (&info->segments[4].type, "10200004", "SCT", "Liver");
  g_assert_nonnull (strstr (json, "\"00700080\":{\"vr\":\"CS\",\"Value\":[\"VERLAUF  ZYSTE\"]}"));
  g_assert_nonnull (strstr (json, "Verlauf: Zyste, 2. Messung (Läsion)"));
}

static void
test_regions (void) {
  g_autoptr (PrcSeries) series = make_series (2, true, false);
  g_autoptr (PrcSegmentStack) stack = square (series, 1, 1);
  g_autoptr (PrcSegmentStack) nothing = square (series, 0, 0);
  g_autoptr (GError) error = NULL;
  static const PrcSegment organ = {.label = "Target", .interpreted_type = "GTV"};
  PrcSegmentDraft drafts[] = {{&lesion, stack}, {&organ, nothing}};
  g_autofree char *path = place ("out.dcm");
  prc_segment_write_rtstruct (pool, series, drafts, 2, "结构 1", path, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *errors = prc_segment_fixture_errors (path);
  if (errors)
    g_assert_cmpstr (errors, ==, "");
  g_autoptr (PrcSegmentation) read = read_again ("out.dcm");
  const PrcSegmentationInfo *info = prc_segmentation_info (read);
  g_assert_cmpuint (info->kind, ==, PRC_SEGMENTATION_CONTOURS);
  g_assert_cmpuint (info->n_segments, ==, 2);
  assert_lesion (&info->segments[0], 1, false);
  g_assert_cmpstr (info->segments[1].interpreted_type, ==, "GTV");
  g_assert_cmpuint (info->n_contours, ==, 1); // a square has four corners
  g_assert_cmpuint (info->contours[0].n_points, ==, 4);
  g_assert_cmpstr (info->contours[0].source_uid, ==,
                   prc_instance_info (prc_series_slice (series, 0)->instance)->sop_instance_uid);
}

static void
test_patient_and_study (void) {
  g_autoptr (PrcSeries) series = make_series (2, true, false);
  g_autoptr (PrcSegmentStack) stack = square (series, 2, 1);
  PrcSegmentDraft draft = {&lesion, stack};
  g_autofree char *json = write_and_dump (series, &draft, 1, "x");
  const char *const there[] = {
      "\"00080005\":{\"vr\":\"CS\",\"Value\":[\"ISO_IR 192\"]}",
      "\"00100010\":{\"vr\":\"PN\",\"Value\":[{\"Alphabetic\":\"Müller^Jérôme\","
      "\"Ideographic\":\"王^小东\"}]}",
      "\"00100020\":{\"vr\":\"LO\",\"Value\":[\"A-1\"]}",
      "\"00100030\":{\"vr\":\"DA\"}", // the image does not say
      "\"00101010\":{\"vr\":\"AS\",\"Value\":[\"045Y\"]}",
      "\"00081030\":{\"vr\":\"LO\",\"Value\":[\"Étude\"]}",
      "\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"1.2.3\"]}",
      "\"00200052\":{\"vr\":\"UI\",\"Value\":[\"1.2.3.9\"]}",
      "\"00080060\":{\"vr\":\"CS\",\"Value\":[\"SEG\"]}",
      "\"00282110\":{\"vr\":\"CS\",\"Value\":[\"00\"]}",
      "\"00200011\":{\"vr\":\"IS\",\"Value\":[1004]}",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (there); i++)
    if (!strstr (json, there[i]))
      g_error ("%s is not in %s", there[i], json);
  g_autoptr (PrcSegmentation) once = read_again ("out.dcm");
  g_free (write_and_dump (series, &draft, 1, "x"));
  g_autoptr (PrcSegmentation) twice = read_again ("out.dcm");
  const PrcSegmentationInfo *a = prc_segmentation_info (once), *b = prc_segmentation_info (twice);
  g_assert_cmpstr (a->sop_instance_uid, !=, b->sop_instance_uid);
  g_assert_cmpstr (a->series_instance_uid, !=, b->series_instance_uid);
  g_assert_true (g_str_has_prefix (a->sop_instance_uid, "2.25."));
}

// Names written in another character set than ours come out as themselves.
static void
test_other_charset (void) {
  g_autofree char *source = prc_fixture_data ("conformance/pydicom_charset/chrRuss.dcm");
  if (!source)
    return;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = prc_codec_pool_dump_json (pool, source, NULL, &error);
  g_assert_no_error (error);
  PrcJson copy;
  bool found[2] = {false};
  prc_json_begin (&copy);
  prc_json_copy (&copy, json, (const uint32_t[]){0x00100010, 0x00990099}, 2, found);
  g_autofree char *text = prc_json_finish (&copy);
  g_assert_true (found[0] && !found[1]);
  g_assert_cmpstr (text, ==,
                   "{\"00100010\":{\"vr\":\"PN\",\"Value\":[{\"Alphabetic\":\"Люкceмбypг\"}]}}");
}

static void
test_overlap (void) {
  g_autoptr (PrcSeries) series = make_series (2, true, false);
  g_autoptr (PrcSegmentStack) left = square (series, 2, 1);
  g_autoptr (PrcSegmentStack) beside = square (series, 2, 5);
  g_autoptr (PrcSegmentStack) across = square (series, 1, 4);
  PrcSegmentDraft drafts[] = {{&lesion, left}, {&lesion, beside}};
  g_autofree char *apart = write_and_dump (series, drafts, 2, "x");
  g_assert_nonnull (strstr (apart, "\"00620013\":{\"vr\":\"CS\",\"Value\":[\"NO\"]}"));
  drafts[1].stack = across;
  g_autofree char *over = write_and_dump (series, drafts, 2, "x");
  g_assert_nonnull (strstr (over, "\"00620013\":{\"vr\":\"CS\",\"Value\":[\"YES\"]}"));
}

static void
test_lossy (void) {
  g_autoptr (PrcSeries) series = make_series (1, true, true);
  g_autoptr (PrcSegmentStack) stack = square (series, 1, 1);
  PrcSegmentDraft draft = {&lesion, stack};
  g_autofree char *json = write_and_dump (series, &draft, 1, "x");
  g_assert_nonnull (strstr (json, "\"00282110\":{\"vr\":\"CS\",\"Value\":[\"01\"]}"));
  g_assert_nonnull (strstr (json, "\"00282112\":{\"vr\":\"DS\",\"Value\":[12.5]}"));
  g_assert_nonnull (strstr (json, "ISO_10918_1"));
}

// Images that say no place in the patient are told apart by their place in the series.
static void
test_without_planes (void) {
  g_autoptr (PrcSeries) series = make_series (3, false, false);
  g_autoptr (PrcSegmentStack) stack = square (series, prc_series_length (series), 1);
  g_autoptr (GError) error = NULL;
  PrcSegmentDraft draft = {&lesion, stack};
  g_autofree char *json = write_and_dump (series, &draft, 1, "x");
  g_autoptr (PrcSegmentation) read = read_again ("out.dcm");
  g_assert_cmpuint (prc_segmentation_info (read)->n_frames, ==, prc_series_length (series));
  g_assert_null (strstr (json, "00200052"));
  g_assert_nonnull (strstr (json, "\"00200020\":{\"vr\":\"CS\",\"Value\":[\"L\",\"F\"]}"));
  g_autofree char *path = place ("out.rt.dcm");
  g_assert_false (prc_segment_write_rtstruct (pool, series, &draft, 1, "x", path, NULL, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

// ---- what cannot be written ----

static unsigned
count_files (void) {
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  unsigned n = 0;
  while (g_dir_read_name (dir))
    n++;
  return n;
}

typedef gboolean (*Writer) (PrcCodecPool *, const PrcSeries *, const PrcSegmentDraft *, size_t,
                            const char *, const char *, GCancellable *, GError **);
static const Writer writers[] = {prc_segment_write_seg, prc_segment_write_rtstruct};

static void
assert_refused (Writer writer, const PrcSeries *series, const PrcSegmentDraft *drafts, size_t n,
                const char *path, GCancellable *cancellable, GQuark domain, int code) {
  g_autoptr (GError) error = NULL;
  unsigned before = count_files ();
  g_assert_false (writer (pool, series, drafts, n, "x", path, cancellable, &error));
  g_assert_error (error, domain, code);
  g_assert_null (strchr (error->message, '\n'));
  g_assert_false (g_str_has_suffix (error->message, "."));
  g_assert_cmpuint (count_files (), ==, before);
}

static void
test_refused (void) {
  g_autoptr (PrcSeries) series = make_series (2, true, false);
  g_autoptr (PrcSegmentStack) stack = square (series, 2, 1);
  g_autoptr (PrcSegmentStack) nothing = square (series, 0, 0);
  g_autoptr (PrcMask) small = prc_mask_new_from_spans (4, 4, &(PrcRowSpan){0, 0, 4}, 1);
  g_autoptr (PrcSegmentStack) other = prc_segment_stack_new (&small, 1);
  g_autoptr (PrcSegmentStack) size = prc_segment_stack_new ((PrcMask *[]){small, small}, 2);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autofree char *path = place ("out.dcm");
  PrcSegmentDraft good = {&lesion, stack}, empty = {&lesion, nothing};
  PrcSegmentDraft wrong_length = {&lesion, other}, wrong_size = {&lesion, size};
  g_cancellable_cancel (cancelled);
  for (size_t i = 0; i < G_N_ELEMENTS (writers); i++) {
    const struct {
      const PrcSegmentDraft *draft;
      size_t n;
      const char *path;
      GCancellable *cancellable;
      GQuark domain;
      int code;
    } cases[] = {
        {&empty, 1, path, NULL, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT},
        {&good, 0, path, NULL, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT},
        {&wrong_length, 1, path, NULL, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT},
        {&wrong_size, 1, path, NULL, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT},
        {&good, 1, "/nonexistent/x.dcm", NULL, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO},
        {&good, 1, path, cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED},
    };
    for (size_t k = 0; k < G_N_ELEMENTS (cases); k++)
      assert_refused (writers[i], series, cases[k].draft, cases[k].n, cases[k].path,
                      cases[k].cancellable, cases[k].domain, cases[k].code);
  }
}

// Frames of 256 KiB, for a disk that is too small and a hand that is too quick.
#define LARGE   1448
#define N_LARGE 8

static PrcSeries *
make_large (void) {
  static const PrcSegmentSeriesPlan plan = {2, LARGE, LARGE, {1, 0, 0, 0, 1, 0}, {0, 0, 1}};
  remove_all ();
  return prc_segment_fixture_series (pool, folder, &plan);
}

static bool
write_large (PrcCodecPool *by, const PrcSeries *series, const char *path, GError **error) {
  PrcSegmentDraft drafts[N_LARGE];
  g_autoptr (PrcMask) mask = prc_mask_new_from_spans (LARGE, LARGE, &(PrcRowSpan){7, 7, 9}, 1);
  g_autoptr (PrcSegmentStack) stack = prc_segment_stack_new ((PrcMask *[]){mask, mask}, 2);
  for (size_t i = 0; i < N_LARGE; i++)
    drafts[i] = (PrcSegmentDraft){&lesion, stack};
  return prc_segment_write_seg (by, series, drafts, N_LARGE, "x", path, NULL, error);
}

// No file may be longer than this process is allowed: as good as a full disk.
static void
test_full_disk (void) {
  g_autoptr (PrcSeries) series = make_large ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = place ("out.dcm"), *kept = NULL;
  struct rlimit before, little;
  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  getrlimit (RLIMIT_FSIZE, &before);
  little = (struct rlimit){1 << 20, before.rlim_max};
  void (*old) (int) = signal (SIGXFSZ, SIG_IGN);
  setrlimit (RLIMIT_FSIZE, &little);
  bool written = write_large (pool, series, path, &error);
  setrlimit (RLIMIT_FSIZE, &before);
  signal (SIGXFSZ, old);
  g_assert_false (written);
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO);
  g_assert_true (g_file_get_contents (path, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "old");
  g_assert_cmpuint (count_files (), ==, 3); // two images and it
}

// In a process of its own, with the images and the path: over and over until it is killed.
static int
write_for_ever (const char *images, const char *path) {
  PrcCodecPool *own = prc_codec_pool_new (1);
  g_autoptr (PrcSeries) series = prc_segment_fixture_scan (own, images);
  while (write_large (own, series, path, NULL))
    continue;
  return 1;
}

static const char *program;

// Killed at any time, there is the old file or the new one.
static void
test_killed (void) {
  g_autoptr (PrcSeries) series = make_large ();
  g_autoptr (GError) error = NULL;
  g_autofree char *other = prc_fixture_folder (), *path = g_build_filename (other, "x.dcm", NULL);
  const char *argv[] = {program, "write-for-ever", folder, path, NULL};
  write_large (pool, series, path, &error);
  g_assert_no_error (error);
  g_autoptr (PrcSegmentation) first = read_file (path);
  bool written_meanwhile = false;
  struct stat now;
  for (unsigned i = 0; i < 6; i++) {
    GPid child;
    g_assert_true (g_spawn_async (NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                  &child, &error));
    g_usleep (150000 + 17000 * i);
    kill (child, SIGKILL);
    waitpid (child, NULL, 0);
    g_assert_cmpint (g_stat (path, &now), ==, 0);
    g_assert_cmpuint (now.st_mode & 0777, ==, 0600);
    g_assert_cmpint (now.st_size, >=, 2 * N_LARGE * LARGE * LARGE / 8); // UIDs differ in length
    g_autoptr (PrcSegmentation) read = read_file (path);
    g_assert_cmpuint (prc_segmentation_info (read)->n_frames, ==, 2 * N_LARGE);
    written_meanwhile = strcmp (prc_segmentation_info (read)->sop_instance_uid,
                                prc_segmentation_info (first)->sop_instance_uid) != 0;
  }
  g_assert_true (written_meanwhile);
  // What a killed process left is no file for anybody.
  g_autoptr (PrcScan) scan =
      prc_scan (pool, (const char *[]){other, NULL}, PRC_PRIORITY_SCAN, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scan->others->len, ==, 1);
  g_assert_cmpuint (scan->problems->len, ==, 0);
  prc_fixture_remove (other);
}

int
main (int argc, char **argv) {
  if (argc == 4 && strcmp (argv[1], "write-for-ever") == 0)
    return write_for_ever (argv[2], argv[3]);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  folder = prc_fixture_folder ();
  g_test_add_func ("/segment-write/segments", test_segments);
  g_test_add_func ("/segment-write/regions", test_regions);
  g_test_add_func ("/segment-write/patient-and-study", test_patient_and_study);
  g_test_add_func ("/segment-write/other-charset", test_other_charset);
  g_test_add_func ("/segment-write/overlap", test_overlap);
  g_test_add_func ("/segment-write/lossy", test_lossy);
  g_test_add_func ("/segment-write/without-planes", test_without_planes);
  g_test_add_func ("/segment-write/refused", test_refused);
  g_test_add_func ("/segment-write/full-disk", test_full_disk);
  g_test_add_func ("/segment-write/killed", test_killed);
  int status = g_test_run ();
  prc_fixture_remove (folder);
  g_free (folder);
  prc_codec_pool_unref (pool);
  return status;
}
