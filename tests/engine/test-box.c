// SPDX-License-Identifier: Apache-2.0
// What a box drawn around something is taken for. Expected numbers by hand.
#include "prc-box.h"

#include <math.h>
#include "prc-engine-error.h"
#include "prc-query.h"

static const PrcFrameInfo info = {.rows = 100, .columns = 120, .pixel_aspect = 1};

static PrcMask *
mask_of (double x, double y, double width, double height) {
  g_autoptr (GError) error = NULL;
  PrcMask *mask = prc_box_mask (&info, &(PrcRegion){x, y, width, height}, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (prc_mask_rows (mask), ==, 100);
  g_assert_cmpuint (prc_mask_columns (mask), ==, 120);
  return mask;
}

// A box of 50 x 30 at (10, 20): an ellipse of 40 x 24 around (35, 35).
static void
test_ellipse (void) {
  g_autoptr (PrcMask) mask = mask_of (10, 20, 50, 30);
  PrcMaskBounds bounds;
  g_assert_true (prc_mask_bounds (mask, &bounds));
  g_assert_cmpuint (bounds.left, ==, 15);
  g_assert_cmpuint (bounds.right, ==, 55);
  g_assert_cmpuint (bounds.top, ==, 23);
  g_assert_cmpuint (bounds.bottom, ==, 47);
  g_assert_cmpfloat_with_epsilon ((double)prc_mask_area (mask), G_PI * 20 * 12, 12);
  for (uint32_t row = 0; row < 100; row++)
    for (uint32_t column = 0; column < 120; column++)
      g_assert_cmpint (prc_mask_contains (mask, column, row), ==,
                       prc_mask_contains (mask, 69 - column % 70, 69 - row % 70) && column < 70 &&
                           row < 70); // even about its middle
}

static void
test_edge (void) {
  g_autoptr (PrcMask) inside = mask_of (0, 90, 20, 10), beyond = mask_of (-30, 90, 50, 80);
  g_assert_true (prc_mask_equal (inside, beyond));
}

static void
test_tiny (void) {
  static const double sides[] = {1e-9, 0.01, 0.4, 1, 1.3, 2};
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    g_autoptr (PrcMask) mask = mask_of (40.2, 50.7, sides[i], sides[i]);
    g_assert_cmpuint (prc_mask_area (mask), >=, 1);
    g_assert_cmpuint (prc_mask_area (mask), <=, 4);
  }
  g_autoptr (PrcMask) last = mask_of (119.5, 99.5, 40, 40), first = mask_of (-4, -4, 4.1, 4.1);
  g_assert_true (prc_mask_contains (last, 119, 99));
  g_assert_true (prc_mask_contains (first, 0, 0));
}

static void
test_refused (void) {
  static const PrcRegion bad[] = {{0, 0, 0, 10},        {10, 10, 10, -1}, {120, 0, 5, 5},
                                  {0, -9, 9, 9},        {NAN, 0, 9, 9},   {0, 0, INFINITY, 9},
                                  {1e308, 0, 1e308, 9}, {0, 0, 9, NAN},   {-INFINITY, 0, 9, 9}};
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (prc_box_mask (&info, &bad[i], &error));
    g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);
  }
}

static PrcInstance *
instance_of (const char *modality) {
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup_printf (
      "{'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.2'>, 'SOPInstanceUID': <'1.2.3'>, "
      "'StudyInstanceUID': <'1.2'>, 'SeriesInstanceUID': <'1.2.1'>, 'PatientID': <'P'>, "
      "'Modality': <'%s'>, 'IsImage': <true>, 'Rows': <[2.0]>, 'Columns': <[2.0]>}",
      modality);
  g_autoptr (GVariant) record = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  g_assert_no_error (error);
  PrcInstance *instance = prc_instance_new_from_record ("/a", record, &error);
  g_assert_no_error (error);
  return instance;
}

// One segment each of so many patients.
static PrcIndex *
index_of (const char *modality, guint n_patients) {
  g_autofree PrcIndexEntry *entries = g_new0 (PrcIndexEntry, MAX (n_patients, 1));
  g_autofree float *vectors = g_new0 (float, 2 * MAX (n_patients, 1));
  for (guint i = 0; i < n_patients; i++) {
    entries[i] = (PrcIndexEntry){
        .slice_id = i + 1, .case_id = i + 1, .series_id = i + 1, .segment_id = i + 1, .patient = i};
    g_strlcpy (entries[i].modality, modality, PRC_INDEX_MODALITY);
    vectors[2 * i] = cosf ((float)i);
    vectors[2 * i + 1] = sinf ((float)i);
  }
  return prc_index_new (vectors, entries, n_patients, 2, 1);
}

// A box asks segments where there are enough of the modality to be compared with, or when told to.
static void
test_against (void) {
  g_autoptr (PrcInstance) ct = instance_of ("ct"), mr = instance_of ("MR");
  g_autoptr (PrcIndex) many = index_of ("CT", 20), few = index_of ("CT", 2),
                       none = index_of ("CT", 0);
  const PrcQuery box = {.instance = ct, .region = {0, 0, 9, 9}};
  PrcQuery query = box;
  g_assert_true (prc_query_asks_segments (&query, many));
  g_assert_false (prc_query_asks_segments (&query, few));
  g_assert_false (prc_query_asks_segments (&query, none));
  query.instance = mr;
  g_assert_false (prc_query_asks_segments (&query, many));
  query.instance = NULL; // a picture
  g_assert_false (prc_query_asks_segments (&query, many));
  query.against = PRC_AGAINST_SEGMENTS;
  g_assert_true (prc_query_asks_segments (&query, none));
  query = box;
  query.against = PRC_AGAINST_SLICES;
  g_assert_false (prc_query_asks_segments (&query, many));
  query.against = PRC_AGAINST_SEGMENTS;
  query.region.width = 0; // the whole slice
  g_assert_false (prc_query_asks_segments (&query, many));
  g_autoptr (PrcMask) mask = mask_of (0, 0, 9, 9);
  query = (PrcQuery){.mask = mask, .against = PRC_AGAINST_SLICES};
  g_assert_true (prc_query_asks_segments (&query, none));
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/box/ellipse", test_ellipse);
  g_test_add_func ("/box/edge", test_edge);
  g_test_add_func ("/box/tiny", test_tiny);
  g_test_add_func ("/box/refused", test_refused);
  g_test_add_func ("/box/against", test_against);
  return g_test_run ();
}
