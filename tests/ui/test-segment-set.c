// SPDX-License-Identifier: Apache-2.0
// Segments of one series: what is seen, in which colour, how strongly.
#include "prc-segment-set.h"

#include "fake-segments.h"
#include "fake-store.h"
#include "prc-segment-look.h"

#define N 4 // slices

static PrcSegmentItem *
item_of (const PrcSegmentation *segmentation, guint segment) {
  g_autoptr (PrcSegmentStack) stack = fake_stack (N, 1, 2, 10 + (int)segment, 10, 4);

  return prc_segment_item_new (segmentation, segment, stack);
}

static void
add_file (PrcSegmentSet *set, const PrcSegmentation *segmentation) {
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < prc_segmentation_info (segmentation)->n_segments; i++)
    g_ptr_array_add (items, item_of (segmentation, i));
  prc_segment_set_add_all (set, items);
}

static PrcSegmentSet *
set_of (const PrcSegmentation *segmentation) {
  g_autoptr (PrcSeries) series = make_series ("1.2", "P", N, 0, 1, 0);
  PrcSegmentSet *set = prc_segment_set_new (series);

  if (segmentation)
    add_file (set, segmentation);
  return set;
}

static PrcSegmentItem * // borrowed
nth (PrcSegmentSet *set, guint i) {
  g_autoptr (PrcSegmentItem) item = g_list_model_get_item (G_LIST_MODEL (set), i);

  return item;
}

static guint
n_painted (PrcSegmentSet *set, guint slice) {
  g_autoptr (PrcLayer) layer = prc_segment_set_layer (set, slice);
  size_t n = 0;

  if (layer)
    prc_layer_items (layer, &n);
  return (guint)n;
}

static double
painted_fill (PrcSegmentSet *set, guint which) {
  g_autoptr (PrcLayer) layer = prc_segment_set_layer (set, 1);
  size_t n;
  const PrcLayerItem *items = prc_layer_items (layer, &n);

  g_assert_cmpuint (which, <, n);
  return items[which].fill;
}

static void
count (gpointer object, guint *counter) {
  ++*counter;
}

/* ---- looks ---- */

// The opacity of all went to the first of several segments only.
static void
test_opacity_for_all (void) {
  const PrcSegment segments[] = {{.label = "a"}, {.label = "b"}, {.label = "c"}};
  g_autoptr (PrcSegmentation) first = fake_segmentation_new ("one", segments, 3);
  g_autoptr (PrcSegmentation) second = fake_segmentation_new ("two", segments, 1);
  g_autoptr (PrcSegmentSet) set = set_of (first);
  guint changes = 0;

  add_file (set, second);
  g_signal_connect (set, "changed", G_CALLBACK (count), &changes);
  prc_segment_item_set_opacity (nth (set, 1), 0.5);
  for (double opacity = 0.8; opacity > 0.15; opacity -= 0.6) { // again after a change
    prc_segment_set_set_opacity (set, opacity);
    g_assert_cmpfloat (painted_fill (set, 0), ==, opacity);
    g_assert_cmpfloat (painted_fill (set, 1), ==, opacity * 0.5);
    g_assert_cmpfloat (painted_fill (set, 2), ==, opacity);
    g_assert_cmpfloat (painted_fill (set, 3), ==, opacity);
  }
  g_assert_cmpuint (changes, ==, 3);
  prc_segment_set_set_opacity (set, 0);
  g_assert_cmpuint (n_painted (set, 1), ==, 0);
  prc_segment_set_set_opacity (set, NAN);
  prc_segment_set_set_opacity (set, 2);
  g_assert_cmpfloat (prc_segment_set_get_opacity (set), ==, 0);
}

static void
test_fill_and_outline (void) {
  const PrcSegment segment = {.label = "a"};
  g_autoptr (PrcSegmentation) file = fake_segmentation_new ("one", &segment, 1);
  g_autoptr (PrcSegmentSet) set = set_of (file);
  size_t n;

  prc_segment_set_set_opacity (set, 0.25);
  g_autoptr (PrcLayer) both = prc_segment_set_layer (set, 1);
  g_assert_cmpfloat (prc_layer_items (both, &n)->fill, ==, 0.25);
  g_assert_cmpfloat (prc_layer_items (both, &n)->outline, ==, 0.75);
  g_object_set (set, "fill", FALSE, "opacity", 0.5, NULL);
  g_autoptr (PrcLayer) edge = prc_segment_set_layer (set, 1);
  g_assert_cmpfloat (prc_layer_items (edge, &n)->fill, ==, 0);
  g_assert_cmpfloat (prc_layer_items (edge, &n)->outline, ==, 1);
  g_object_set (set, "outline", FALSE, NULL);
  g_assert_cmpuint (n_painted (set, 1), ==, 0);
}

static void
test_only_where_it_is (void) {
  const PrcSegment segment = {.label = "a"};
  g_autoptr (PrcSegmentation) file = fake_segmentation_new ("one", &segment, 1);
  g_autoptr (PrcSegmentSet) set = set_of (file);

  g_assert_cmpuint (n_painted (set, 0), ==, 0);
  g_assert_cmpuint (n_painted (set, 1), ==, 1);
  g_assert_cmpuint (n_painted (set, 2), ==, 1);
  g_assert_cmpuint (n_painted (set, 3), ==, 0);
  g_assert_cmpuint (n_painted (set, 4), ==, 0);
}

static void
test_solo (void) {
  const PrcSegment segments[] = {{.label = "a"}, {.label = "Couch"}, {.label = "c"}};
  g_autoptr (PrcSegmentation) file = fake_segmentation_new ("one", segments, 3);
  g_autoptr (PrcSegmentSet) set = set_of (file), other = set_of (file);
  PrcSegmentItem *couch = nth (set, 1);

  g_assert_cmpuint (n_painted (set, 1), ==, 2);
  prc_segment_set_set_solo (set, couch); // hidden as it is
  g_assert_cmpuint (n_painted (set, 1), ==, 1);
  prc_segment_set_set_solo (set, nth (other, 0)); // not of this set
  g_assert_true (prc_segment_set_get_solo (set) == couch);
  prc_segment_set_remove (set, couch);
  g_assert_null (prc_segment_set_get_solo (set));
  g_assert_cmpuint (n_painted (set, 1), ==, 2);
  prc_segment_set_set_solo (set, nth (set, 0));
  prc_segment_set_show_all (set, TRUE);
  g_assert_cmpuint (n_painted (set, 1), ==, 2);
}

static void
test_show_all_is_one_change (void) {
  const PrcSegment segments[] = {{.label = "a"}, {.label = "Couch"}, {.label = "c"}};
  g_autoptr (PrcSegmentation) file = fake_segmentation_new ("one", segments, 3);
  g_autoptr (PrcSegmentSet) set = set_of (file);
  guint changes = 0;

  g_signal_connect (set, "changed", G_CALLBACK (count), &changes);
  prc_segment_set_show_all (set, TRUE);
  g_assert_cmpuint (n_painted (set, 1), ==, 3);
  g_assert_cmpuint (changes, ==, 1);
  prc_segment_set_show_all (set, FALSE);
  g_assert_cmpuint (n_painted (set, 1), ==, 0);
  prc_segment_item_set_visible (nth (set, 1), TRUE);
  g_assert_cmpuint (changes, ==, 3);
}

/* ---- colours ---- */

static void
test_colours_of_the_file_stay (void) {
  const PrcSegment red[] = {{.label = "a", .has_colour = true, .colour = 0xff0000},
                            {.label = "b", .has_colour = true, .colour = 0xff0000}};
  g_autoptr (PrcSegmentation) first = fake_segmentation_new ("one", red, 2);
  g_autoptr (PrcSegmentation) second = fake_segmentation_new ("two", red, 2);
  g_autoptr (PrcSegmentSet) set = set_of (first);

  add_file (set, second);
  for (guint i = 0; i < 4; i++)
    g_assert_cmphex (prc_segment_item_get_colour (nth (set, i)), ==, 0xff0000);
}

// Labels without a colour, in several files, were all of one colour.
static void
test_colours_apart (void) {
  PrcSegment segments[60] = {{.label = "red", .has_colour = true, .colour = 0xe6394a}};
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 1; i < G_N_ELEMENTS (segments); i++)
    segments[i] = (PrcSegment){.label = "x"};
  g_autoptr (PrcSegmentation) first = fake_segmentation_new ("one", segments, 30);
  g_autoptr (PrcSegmentation) second = fake_segmentation_new ("two", segments + 1, 59);
  g_autoptr (PrcSegmentSet) set = set_of (first);
  add_file (set, second);
  for (guint i = 0; i < 89; i++)
    g_hash_table_add (seen, GUINT_TO_POINTER (prc_segment_item_get_colour (nth (set, i))));
  g_assert_cmpuint (g_hash_table_size (seen), ==, 89);
}

static void
test_palette (void) {
  for (guint i = 0; i < PRC_SEGMENT_N_COLOURS; i++) {
    guint colour = prc_segment_look_colour (i);
    guint red = colour >> 16, green = colour >> 8 & 0xff, blue = colour & 0xff;
    g_assert_cmpuint (prc_segment_look_nearest (colour), ==, i);
    // On black and on grey: bright, and no grey itself.
    g_assert_cmpuint (MAX (red, MAX (green, blue)), >=, 0x80);
    g_assert_cmpuint (MAX (red, MAX (green, blue)) - MIN (red, MIN (green, blue)), >=, 0x40);
  }
  g_assert_cmpuint (prc_segment_look_colour (PRC_SEGMENT_N_COLOURS), !=,
                    prc_segment_look_colour (0));
}

/* ---- what lies around ---- */

static bool
is_around (const char *label, const char *type, const char *scheme, const char *value) {
  const PrcSegment segment = {
      .label = label, .interpreted_type = type, .type = {.scheme = scheme, .value = value}};
  g_autoptr (PrcSegmentation) file = fake_segmentation_new ("one", &segment, 1);

  return prc_segment_look_is_around (prc_segmentation_info (file)->segments);
}

// A table as large as the picture was painted over the patient until somebody found its row.
static void
test_table_hidden (void) {
  const char *const around[] = {
      "Couch",           "CouchSurface", "couch_interior", "Table",
      "Table 2",         "TableTop",     "EXTERNAL",       "Body",
      "Patient support", "Body_Contour", "Background",     "scanner bed",
      "检查床",          "治疗床（左）", "背景",           "CT-Table (GE)"};
  const char *const of_the_body[] = {"External iliac artery",
                                     "Inner table of skull",
                                     "Vertebral body",
                                     "Tumor bed",
                                     "Suspensory ligament (support)",
                                     "Liver",
                                     "胼胝体",
                                     "Stable disease",
                                     "Vegetables",
                                     "Ciliary body",
                                     "",
                                     "12"};

  for (guint i = 0; i < G_N_ELEMENTS (around); i++)
    if (!is_around (around[i], "", "", ""))
      g_error ("%s", around[i]);
  for (guint i = 0; i < G_N_ELEMENTS (of_the_body); i++)
    if (is_around (of_the_body[i], "ORGAN", "", ""))
      g_error ("%s", of_the_body[i]);
  g_assert_true (is_around ("ROI 1", "EXTERNAL", "", ""));
  g_assert_true (is_around ("ROI 1", "SUPPORT", "", ""));
  g_assert_true (is_around ("ROI 1", "", "DCM", "125040"));
  g_assert_false (is_around ("ROI 1", "", "99LOCAL", "125040"));

  const PrcSegment segments[] = {{.label = "liver"},
                                 {.label = "ROI 2", .interpreted_type = "EXTERNAL"}};
  g_autoptr (PrcSegmentation) file = fake_segmentation_new ("one", segments, 2);
  g_autoptr (PrcSegmentSet) set = set_of (file);
  g_assert_cmpuint (n_painted (set, 1), ==, 1);
  prc_segment_item_set_visible (nth (set, 1), TRUE);
  g_assert_cmpuint (n_painted (set, 1), ==, 2);
}

/* ---- list ---- */

static void
test_one_list_for_many_files (void) {
  const PrcSegment segments[] = {{.label = "a"}, {.label = "b"}};
  g_autoptr (PrcSegmentation) first = fake_segmentation_new ("one", segments, 2);
  g_autoptr (PrcSegmentation) second = fake_segmentation_new ("two", segments, 2);
  g_autoptr (PrcSegmentSet) set = set_of (first);
  g_autoptr (PrcSegmentItem) late = item_of (first, 0);
  g_autoptr (PrcSegmentItem) drawn = item_of (NULL, 0);

  add_file (set, second);
  g_assert_cmpuint (prc_segment_set_n_files (set), ==, 2);
  prc_segment_set_add (set, late);
  g_assert_true (nth (set, 2) == late); // behind those of its file
  prc_segment_set_add (set, drawn);
  g_assert_true (nth (set, 5) == drawn);
  g_assert_cmpuint (prc_segment_set_n_files (set), ==, 3);
  prc_segment_set_remove_file (set, first);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 3);
  g_assert_true (prc_segment_item_get_segmentation (nth (set, 0)) == second);
  prc_segment_set_remove_file (set, first);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 3);
}

// A series that grows counts its slices anew; what was drawn stays on its images.
static void
test_series_grows (void) {
  const PrcSegment segment = {.label = "a"};
  g_autoptr (PrcSegmentation) file = fake_segmentation_new ("one", &segment, 1);
  g_autoptr (PrcSeries) whole = make_series ("1.2", "P", 8, 0, 1, +1);
  g_autoptr (GPtrArray) some = g_ptr_array_new ();

  for (guint i = 2; i < 6; i++)
    g_ptr_array_add (some, prc_series_slice (whole, i)->instance);
  g_autoptr (GPtrArray) groups = prc_series_group ((PrcInstance **)some->pdata, some->len);
  g_autoptr (PrcSegmentSet) set = prc_segment_set_new (groups->pdata[0]);
  add_file (set, file); // slices 1 and 2 of four: 3 and 4 of eight
  prc_segment_set_set_series (set, whole);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpuint (n_painted (set, i), ==, i == 3 || i == 4);
  g_assert_false (prc_segment_item_is_edited (nth (set, 0)));
  prc_segment_set_set_series (set, groups->pdata[0]);
  g_assert_cmpuint (n_painted (set, 1), ==, 1);
  g_assert_cmpuint (n_painted (set, 3), ==, 0);
}

/* ---- items ---- */

static void
test_item (void) {
  const PrcSegment segment = {.label = "Liver",
                              .type = {"10200004", "SCT", "Liver"},
                              .anatomic_region = {"818981001", "SCT", "Abdomen"},
                              .anatomic_modifier = {"24028007", "SCT", "Right"}};
  const PrcSegment other = {.label = "liver", .type = {"10200004", "SCT", "Liver"}};
  g_autoptr (PrcSegmentation) file = fake_segmentation_new ("one", &segment, 1);
  g_autoptr (PrcSegmentation) plain = fake_segmentation_new ("two", &other, 1);
  g_autoptr (PrcSegmentItem) item = item_of (file, 0), same = item_of (plain, 0);
  g_autoptr (PrcSegmentItem) drawn = item_of (NULL, 0);
  g_autofree char *meaning = prc_segment_item_meaning (item);
  g_autofree char *twice = prc_segment_item_meaning (same),
                  *none = prc_segment_item_meaning (drawn);

  g_assert_cmpstr (meaning, ==, "Abdomen, Right"); // "Liver" is its label
  g_assert_cmpstr (twice, ==, "");
  g_assert_cmpstr (none, ==, "");
  g_object_set (drawn, "label", "mine", NULL);
  g_assert_cmpstr (prc_segment_item_get_segment (drawn)->label, ==, "mine");
  prc_segment_item_set_segment (drawn, prc_segment_item_get_segment (item));
  prc_segment_item_set_segment (drawn, prc_segment_item_get_segment (drawn));
  g_assert_cmpstr (prc_segment_item_get_segment (drawn)->label, ==, "Liver");
  g_object_set (item, "label", "left lobe", NULL); // the file's own stays
  g_assert_cmpstr (prc_segmentation_info (file)->segments[0].label, ==, "Liver");
  g_assert_cmpstr (prc_segment_item_get_segment (item)->label, ==, "left lobe");
}

static void
test_measure_is_of_the_stack (void) {
  const PrcSegment segment = {.label = "a"};
  const PrcSegmentMeasure shape = {.volume_ml = 1}, values = {.volume_ml = 1, .mean = 40};
  g_autoptr (PrcSegmentation) file = fake_segmentation_new ("one", &segment, 1);
  g_autoptr (PrcSegmentItem) item = item_of (file, 0);
  g_autoptr (PrcSegmentStack) before = prc_segment_stack_ref (prc_segment_item_get_stack (item));
  g_autoptr (PrcSegmentStack) after = fake_stack (N, 0, 3, 1, 1, 2);
  gboolean with_values;

  prc_segment_item_take_measure (item, before, &values, TRUE);
  prc_segment_item_take_measure (item, before, &shape, FALSE); // came late and knows less
  g_assert_cmpfloat (prc_segment_item_get_measure (item, &with_values)->mean, ==, 40);
  g_assert_true (with_values);
  prc_segment_item_set_stack (item, after);
  g_assert_null (prc_segment_item_get_measure (item, NULL));
  g_assert_true (prc_segment_item_is_edited (item));
  prc_segment_item_take_measure (item, before, &values, TRUE); // of what it was
  g_assert_null (prc_segment_item_get_measure (item, NULL));
  prc_segment_item_take_measure (item, after, &shape, FALSE);
  g_assert_cmpfloat (prc_segment_item_get_measure (item, &with_values)->volume_ml, ==, 1);
  g_assert_false (with_values);
  prc_segment_item_set_saved (item);
  g_assert_false (prc_segment_item_is_edited (item));
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment/opacity-for-all", test_opacity_for_all);
  g_test_add_func ("/segment/fill-and-outline", test_fill_and_outline);
  g_test_add_func ("/segment/only-where-it-is", test_only_where_it_is);
  g_test_add_func ("/segment/solo", test_solo);
  g_test_add_func ("/segment/show-all-is-one-change", test_show_all_is_one_change);
  g_test_add_func ("/segment/colours-of-the-file-stay", test_colours_of_the_file_stay);
  g_test_add_func ("/segment/colours-apart", test_colours_apart);
  g_test_add_func ("/segment/palette", test_palette);
  g_test_add_func ("/segment/table-hidden", test_table_hidden);
  g_test_add_func ("/segment/one-list-for-many-files/set", test_one_list_for_many_files);
  g_test_add_func ("/segment/series-grows", test_series_grows);
  g_test_add_func ("/segment/item", test_item);
  g_test_add_func ("/segment/measure-is-of-the-stack", test_measure_is_of_the_stack);
  return g_test_run ();
}
