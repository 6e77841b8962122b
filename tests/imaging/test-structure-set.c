// SPDX-License-Identifier: Apache-2.0
// RT Structure Sets (PS3.3 A.19) through the codec.
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "builder.h"
#include "fixture.h"
#include "prc-imaging-error.h"

#define STRUCTURE_SET "1.2.840.10008.5.1.4.1.1.481.3"

static PrcCodecPool *pool;

typedef GByteArray Set;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Set, g_byte_array_unref)

static void
put (Set *set, uint32_t tag, const char *vr, const char *text) {
  prc_fixture_put (set, tag, vr, text, -1);
}

// One item of a sequence after another; takes the item.
static void
put_item (Set *sequence, Set *item) {
  prc_fixture_put_item (sequence, item);
  g_byte_array_unref (item);
}

// A sequence with its items; takes them.
static void
put_sequence (Set *set, uint32_t tag, Set *items) {
  prc_fixture_put (set, tag, "SQ", items->data, items->len);
  g_byte_array_unref (items);
}

static Set *
region (const char *number, const char *name, const char *frame_of_reference) {
  Set *item = g_byte_array_new ();

  put (item, 0x30060022, "IS", number);
  put (item, 0x30060024, "UI", frame_of_reference);
  put (item, 0x30060026, "LO", name);
  return item;
}

// `frame` NULL: none; `source` NULL: no Contour Image Sequence.
static Set *
contour (const char *type, const char *n_points, const char *points, const char *source,
         const char *frame) {
  Set *item = g_byte_array_new ();

  if (source != NULL) {
    Set *images = g_byte_array_new (), *image = g_byte_array_new ();
    put (image, 0x00081150, "UI", "1.2.840.10008.5.1.4.1.1.2");
    put (image, 0x00081155, "UI", source);
    if (frame != NULL)
      put (image, 0x00081160, "IS", frame);
    put_item (images, image);
    put_sequence (item, 0x30060016, images);
  }
  if (type != NULL)
    put (item, 0x30060042, "CS", type);
  if (n_points != NULL)
    put (item, 0x30060046, "IS", n_points);
  put (item, 0x30060050, "DS", points);
  return item;
}

// Takes the contours.
static Set *
contours_of (const char *number, const char *colour, Set *contours) {
  Set *item = g_byte_array_new ();

  if (colour != NULL)
    put (item, 0x3006002A, "IS", colour);
  if (contours != NULL)
    put_sequence (item, 0x30060040, contours);
  put (item, 0x30060084, "IS", number);
  return item;
}

// A whole file; takes the parts, which may be NULL.
static Set *
structure_set (Set *regions, Set *contours, Set *observations) {
  Set *set = prc_fixture_begin ();

  put (set, 0x00080005, "CS", "ISO_IR 192");
  put (set, 0x00080016, "UI", STRUCTURE_SET);
  put (set, 0x00080018, "UI", "1.2.3.4");
  put (set, 0x00080060, "CS", "RTSTRUCT");
  put (set, 0x0020000D, "UI", "1.2.3");
  put (set, 0x0020000E, "UI", "1.2.3.1");
  put (set, 0x30060002, "SH", "Plan A");
  if (regions != NULL)
    put_sequence (set, 0x30060020, regions);
  if (contours != NULL)
    put_sequence (set, 0x30060039, contours);
  if (observations != NULL)
    put_sequence (set, 0x30060080, observations);
  return set;
}

static PrcSegmentation *
read_path (const char *path, GError **error) {
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, error);

  if (instance == NULL)
    return NULL;
  g_assert_true (prc_segmentation_is_one (instance));
  g_assert_false (prc_instance_info (instance)->is_image);
  return prc_codec_pool_segment (pool, instance, 0.5, PRC_PRIORITY_VIEW, NULL, error);
}

static PrcSegmentation *
read_set (Set *set, GError **error) {
  g_autofree char *path = prc_fixture_save (set);
  PrcSegmentation *segmentation = read_path (path, error);

  g_unlink (path);
  return segmentation;
}

static const PrcSegmentationInfo *
read_good (Set *set, PrcSegmentation **segmentation) {
  g_autoptr (GError) error = NULL;

  *segmentation = read_set (set, &error);
  g_assert_no_error (error);
  return prc_segmentation_info (*segmentation);
}

static char *
notes_of (const PrcSegmentationInfo *info) {
  return g_strjoinv ("; ", (char **)info->notes);
}

#define assert_notes(info, expected)                                                               \
  G_STMT_START {                                                                                   \
    g_autofree char *notes = notes_of (info);                                                      \
    g_assert_cmpstr (notes, ==, expected);                                                         \
  }                                                                                                \
  G_STMT_END

#define TRIANGLE "0\\0\\5\\10\\0\\5\\0\\10.5\\5"

static void
test_regions (void) {
  g_autoptr (PrcSegmentation) segmentation = NULL;
  Set *regions = g_byte_array_new (), *contours = g_byte_array_new ();
  Set *observations = g_byte_array_new (), *seen = g_byte_array_new ();
  Set *codes = g_byte_array_new (), *code = g_byte_array_new (), *liver = region ("7", "肝", "1.9");

  put (liver, 0x30060028, "ST", "drawn by hand");
  put (liver, 0x30060036, "CS", "SEMIAUTOMATIC");
  put_item (regions, liver);
  put_item (regions, region ("3", "Body", "1.9"));
  put_item (contours, contours_of ("7", "10\\200\\255", NULL));
  put_item (contours, contours_of ("3", "10\\300\\255", NULL)); // no colour
  put (seen, 0x30060084, "IS", "3");
  put (code, 0x00080100, "SH", "123037004");
  put (code, 0x00080102, "SH", "SCT");
  put (code, 0x00080104, "LO", "Body Structure");
  put_item (codes, code);
  put_sequence (seen, 0x30060086, codes);
  put (seen, 0x300600A4, "CS", "EXTERNAL");
  put_item (observations, seen);
  g_autoptr (Set) set = structure_set (regions, contours, observations);
  const PrcSegmentationInfo *info = read_good (set, &segmentation);

  g_assert_cmpint (info->kind, ==, PRC_SEGMENTATION_CONTOURS);
  g_assert_cmpstr (info->title, ==, "Plan A");
  g_assert_cmpstr (info->frame_of_reference_uid, ==, "1.9");
  g_assert_cmpuint (info->rows, ==, 0);
  g_assert_cmpuint (info->n_segments, ==, 2); // those without contours too
  g_assert_cmpuint (info->n_contours, ==, 0);
  g_assert_cmpuint (info->segments[0].number, ==, 7);
  g_assert_cmpstr (info->segments[0].label, ==, "肝");
  g_assert_cmpstr (info->segments[0].description, ==, "drawn by hand");
  g_assert_cmpstr (info->segments[0].algorithm_type, ==, "SEMIAUTOMATIC");
  g_assert_true (info->segments[0].has_colour);
  g_assert_cmphex (info->segments[0].colour, ==, 0x0ac8ff);
  g_assert_cmpstr (info->segments[0].interpreted_type, ==, "");
  g_assert_cmpstr (info->segments[1].interpreted_type, ==, "EXTERNAL");
  g_assert_false (info->segments[1].has_colour);
  g_assert_cmpstr (info->segments[1].type.value, ==, "123037004");
  g_assert_cmpstr (info->segments[1].type.scheme, ==, "SCT");
  g_assert_cmpstr (info->segments[1].type.meaning, ==, "Body Structure");
  assert_notes (info, "");
}

static void
test_contours (void) {
  g_autoptr (PrcSegmentation) segmentation = NULL;
  Set *regions = g_byte_array_new (), *all = g_byte_array_new (), *some = g_byte_array_new ();

  put_item (regions, region ("1", "A", "1.9"));
  put_item (regions, region ("2", "B", "1.9"));
  put_item (some, contour ("CLOSED_PLANAR", "3", TRIANGLE, "1.5.1", NULL));
  put_item (some, contour ("CLOSEDPLANAR_XOR", "3", TRIANGLE, "1.5.2", "12"));
  put_item (some, contour ("POINT", "1", " +1.5 \\-2e1\\ .25", "1.5.1", "1"));
  put_item (some, contour ("OPEN_PLANAR", "2", "1\\2\\3\\4\\5\\6", NULL, NULL));
  put_item (some, contour ("OPEN_NONPLANAR", "2", "1\\2\\3\\4\\5\\6", NULL, NULL));
  put_item (some, contour (NULL, NULL, TRIANGLE, NULL, NULL));
  put_item (all, contours_of ("2", NULL, some));
  g_autoptr (Set) set = structure_set (regions, all, NULL);
  const PrcSegmentationInfo *info = read_good (set, &segmentation);
  static const PrcContourType types[] = {PRC_CONTOUR_CLOSED_PLANAR, PRC_CONTOUR_CLOSED_PLANAR_XOR,
                                         PRC_CONTOUR_POINT,         PRC_CONTOUR_OPEN,
                                         PRC_CONTOUR_OPEN,          PRC_CONTOUR_CLOSED_PLANAR};
  static const char *const sources[] = {"1.5.1", "1.5.2", "1.5.1", "", "", ""};

  g_assert_cmpuint (info->n_contours, ==, 6);
  for (int i = 0; i < 6; i++) {
    g_assert_cmpuint (info->contours[i].segment, ==, 1);
    g_assert_cmpint (info->contours[i].type, ==, types[i]);
    g_assert_cmpstr (info->contours[i].source_uid, ==, sources[i]);
    g_assert_cmpuint (info->contours[i].source_frame, ==, i == 1 ? 11 : 0);
  }
  g_assert_cmpuint (info->contours[0].n_points, ==, 3);
  g_assert_cmpfloat (info->contours[0].points_mm[7], ==, 10.5);
  g_assert_cmpfloat (info->contours[2].points_mm[0], ==, 1.5);
  g_assert_cmpfloat (info->contours[2].points_mm[1], ==, -20);
  g_assert_cmpfloat (info->contours[2].points_mm[2], ==, 0.25);
  assert_notes (info, "");
}

// What cannot be shown is left out and said, and the rest is there.
static void
test_flaws (void) {
  g_autoptr (PrcSegmentation) segmentation = NULL;
  Set *regions = g_byte_array_new (), *all = g_byte_array_new (), *some = g_byte_array_new ();
  Set *more = g_byte_array_new (), *lost = g_byte_array_new ();

  put_item (regions, region ("4", "elsewhere", "1.10"));
  put_item (regions, region ("1", "A", "1.9"));
  put_item (regions, region ("2", "B", "1.9"));
  put_item (regions, region ("1", "once more", "1.9"));
  put_item (regions, region ("nine", "no number", "1.9"));
  put_item (some, contour ("CLOSED_PLANAR", "3", "0\\0\\5\\NaN\\0\\5\\0\\10\\5", NULL, NULL));
  put_item (some, contour ("CLOSED_PLANAR", "3", "0\\0\\5\\inf\\0\\5\\0\\10\\5", NULL, NULL));
  put_item (some, contour ("CLOSED_PLANAR", "3", "0\\0\\5\\1e300\\0\\5\\0\\10\\5", NULL, NULL));
  put_item (some, contour ("CLOSED_PLANAR", "3", "0\\0\\5\\\\0\\5\\0\\10\\5", NULL, NULL));
  put_item (some, contour ("CLOSED_PLANAR", "3", "0\\0\\5\\1,5\\0\\5\\0\\10\\5", NULL, NULL));
  put_item (some, contour ("CLOSED_PLANAR", "3", "0\\0\\5\\0\\0\\5\\0\\10", NULL, NULL));
  put_item (some, contour ("CLOSED_PLANAR", "0", "", NULL, NULL));
  put_item (some, contour ("CLOSED_PLANAR", "4000000000", TRIANGLE, NULL, NULL));
  put_item (some, contour ("SPIRAL", "3", TRIANGLE, NULL, NULL));
  put_item (more, contour ("CLOSED_PLANAR", "3", TRIANGLE, NULL, NULL));
  put_item (lost, contour ("CLOSED_PLANAR", "3", TRIANGLE, NULL, NULL));
  put_item (all, contours_of ("1", NULL, some));
  put_item (all, contours_of ("4", NULL, more));
  put_item (all, contours_of ("77", NULL, lost));
  g_autoptr (Set) set = structure_set (regions, all, NULL);
  const PrcSegmentationInfo *info = read_good (set, &segmentation);

  g_assert_cmpuint (info->n_segments, ==, 3);
  g_assert_cmpstr (info->segments[1].label, ==, "A");
  g_assert_cmpuint (info->segments[0].number, ==, 4);
  g_assert_cmpstr (info->frame_of_reference_uid, ==, "1.9");
  g_assert_cmpuint (info->n_contours, ==, 1); // the one that says four thousand million
  g_assert_cmpuint (info->contours[0].n_points, ==, 3);
  assert_notes (info, "Regions without a number, or with that of another one, are not shown; "
                      "Contours that belong to no region are not shown; "
                      "Regions in another frame of reference than most are not shown; "
                      "Contours of an unknown kind are not shown; "
                      "Contours whose points cannot be read are not shown; "
                      "Some contours hold another number of points than they say");
}

static void
test_nothing_in_it (void) {
  g_autoptr (GError) error = NULL;
  Set *contours = g_byte_array_new ();
  g_autoptr (Set) set = structure_set (NULL, contours, NULL);

  g_assert_null (read_set (set, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED);
}

// More than a DS can hold in explicit VR comes as UN (PS3.5 6.2.2).
static void
test_a_million_points (void) {
  g_autoptr (PrcSegmentation) segmentation = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  Set *regions = g_byte_array_new (), *all = g_byte_array_new (), *some = g_byte_array_new ();
  Set *item = g_byte_array_new ();

  for (int i = 0; i < 1000000; i++)
    g_string_append_printf (text, "%s%d.125\\-%d.5\\7", i > 0 ? "\\" : "", i, i % 1000);
  put (item, 0x30060042, "CS", "CLOSED_PLANAR");
  put (item, 0x30060050, "UN", text->str);
  put_item (regions, region ("1", "A", "1.9"));
  put_item (some, item);
  put_item (all, contours_of ("1", NULL, some));
  g_autoptr (Set) set = structure_set (regions, all, NULL);
  const PrcSegmentationInfo *info = read_good (set, &segmentation);

  g_assert_cmpuint (info->n_contours, ==, 1);
  g_assert_cmpuint (info->contours[0].n_points, ==, 1000000);
  g_assert_cmpfloat (info->contours[0].points_mm[3 * 999999], ==, 999999.125);
  g_assert_cmpfloat (info->contours[0].points_mm[3 * 999999 + 1], ==, -999.5);
}

static void
test_too_many_regions (void) {
  g_autoptr (GError) error = NULL;
  Set *regions = g_byte_array_new ();

  for (int i = 0; i < 65536; i++) {
    g_autofree char *number = g_strdup_printf ("%d", i);
    put_item (regions, region (number, "", ""));
  }
  g_autoptr (Set) set = structure_set (regions, NULL, NULL);
  g_assert_null (read_set (set, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE);
}

// Sequences and items of undefined length, in big endian (PS3.5 7.5.2).
static void
test_undefined_lengths (void) {
  static const uint8_t item[] = {0xff, 0xfe, 0xe0, 0x00, 0xff, 0xff, 0xff, 0xff};
  static const uint8_t item_end[] = {0xff, 0xfe, 0xe0, 0x0d, 0, 0, 0, 0};
  static const uint8_t end[] = {0xff, 0xfe, 0xe0, 0xdd, 0, 0, 0, 0};
  g_autoptr (PrcSegmentation) segmentation = NULL;
  g_autoptr (Set) set = prc_build_meta (PRC_BUILD_BIG);

  prc_build_text (set, PRC_BUILD_BIG, 0x00080016, "UI", STRUCTURE_SET);
  prc_build_text (set, PRC_BUILD_BIG, 0x00080018, "UI", "1.2.3.4");
  prc_build_head (set, PRC_BUILD_BIG, 0x30060020, "SQ", UINT32_MAX);
  prc_build_bytes (set, item, sizeof item);
  prc_build_text (set, PRC_BUILD_BIG, 0x30060022, "IS", "5");
  prc_build_bytes (set, item_end, sizeof item_end);
  prc_build_bytes (set, end, sizeof end);
  prc_build_head (set, PRC_BUILD_BIG, 0x30060039, "SQ", UINT32_MAX);
  prc_build_bytes (set, item, sizeof item);
  prc_build_head (set, PRC_BUILD_BIG, 0x30060040, "SQ", UINT32_MAX);
  prc_build_bytes (set, item, sizeof item);
  prc_build_text (set, PRC_BUILD_BIG, 0x30060042, "CS", "CLOSED_PLANAR");
  prc_build_text (set, PRC_BUILD_BIG, 0x30060050, "DS", TRIANGLE);
  prc_build_bytes (set, item_end, sizeof item_end);
  prc_build_bytes (set, end, sizeof end);
  prc_build_text (set, PRC_BUILD_BIG, 0x30060084, "IS", "5");
  prc_build_bytes (set, item_end, sizeof item_end);
  prc_build_bytes (set, end, sizeof end);
  const PrcSegmentationInfo *info = read_good (set, &segmentation);

  g_assert_cmpuint (info->n_contours, ==, 1);
  g_assert_cmpuint (info->segments[0].number, ==, 5);
  g_assert_cmpfloat (info->contours[0].points_mm[7], ==, 10.5);
}

// Cut anywhere it is read or refused, and the codec lives.
static void
test_cut (void) {
  Set *regions = g_byte_array_new (), *all = g_byte_array_new (), *some = g_byte_array_new ();

  put_item (regions, region ("1", "A", "1.9"));
  put_item (some, contour ("CLOSED_PLANAR", "3", TRIANGLE, "1.5.1", NULL));
  put_item (all, contours_of ("1", "1\\2\\3", some));
  g_autoptr (Set) set = structure_set (regions, all, NULL);
  for (guint size = set->len - 1; size > 140; size--) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcSegmentation) segmentation = NULL;

    g_byte_array_set_size (set, size);
    segmentation = read_set (set, &error);
    g_assert_true ((segmentation == NULL) == (error != NULL));
    if (error != NULL)
      g_assert_cmpint (error->code, !=, PRC_IMAGING_ERROR_CODEC);
  }
}

// Numbers of pydicom.
static const struct {
  const char *path, *title, *last_label;
  unsigned n_segments, n_contours, n_points;
  uint32_t first_colour;
} files[] = {
    {"conformance/pydicom/rtstruct.dcm", "sep30", "Isocenter 2", 3, 5, 19, 0xdca078},
    {"segmentation/rt_utils/mock_data/rt.dcm", "RTstruct", "ROI-1", 1, 2, 12, 0xa2885f},
    {"segmentation/rt_utils/mock_data/invalid_reference_rt.dcm", "RTstruct", "ROI-4", 4, 12, 2104,
     0xff00ff},
    {"segmentation/rt_utils/mock_data/non_existent_reference_rt.dcm", "RTstruct", "ROI-4", 4, 12,
     2104, 0xff00ff},
    {"segmentation/sts_001_cropped_ct_mr_pet_rtstruct/ct_rtstruct/RS.dcm", "RTstruct",
     "GTV_Mass_CT", 1, 32, 21029, 0xff0000},
    {"segmentation/sts001_thigh_pet_mr_rtstruct/rtstruct_mr_t2/1-1.dcm", "RTstruct", "GTV_Edema", 2,
     52, 36096, 0xff0000},
};

static void
test_real (void) {
  for (size_t i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = prc_fixture_data (files[i].path);
    g_autoptr (PrcSegmentation) segmentation = NULL;
    g_autoptr (GError) error = NULL;
    const PrcSegmentationInfo *info;
    uint32_t n_points = 0;

    if (path == NULL)
      return;
    g_test_message ("%s", files[i].path);
    segmentation = read_path (path, &error);
    g_assert_no_error (error);
    info = prc_segmentation_info (segmentation);
    g_assert_cmpstr (info->title, ==, files[i].title);
    g_assert_cmpuint (info->n_segments, ==, files[i].n_segments);
    g_assert_cmpuint (info->n_contours, ==, files[i].n_contours);
    for (uint32_t k = 0; k < info->n_contours; k++)
      n_points += info->contours[k].n_points;
    g_assert_cmpuint (n_points, ==, files[i].n_points);
    g_assert_cmphex (info->segments[0].colour, ==, files[i].first_colour);
    g_assert_cmpstr (info->segments[info->n_segments - 1].label, ==, files[i].last_label);
    g_assert_cmpstr (info->frame_of_reference_uid, !=, "");
    assert_notes (info, "");
  }
}

int
main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  g_test_add_func ("/structure-set/regions", test_regions);
  g_test_add_func ("/structure-set/trap-34-contours", test_contours);
  g_test_add_func ("/structure-set/flaws", test_flaws);
  g_test_add_func ("/structure-set/nothing-in-it", test_nothing_in_it);
  g_test_add_func ("/structure-set/a-million-points", test_a_million_points);
  g_test_add_func ("/structure-set/too-many-regions", test_too_many_regions);
  g_test_add_func ("/structure-set/undefined-lengths", test_undefined_lengths);
  g_test_add_func ("/structure-set/cut", test_cut);
  g_test_add_func ("/structure-set/real", test_real);
  int result = g_test_run ();
  prc_codec_pool_unref (pool);
  return result;
}
