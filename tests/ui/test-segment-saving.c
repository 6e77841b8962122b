// SPDX-License-Identifier: Apache-2.0
// Saving while other things go on.
#include "prc-segment-saving.h"

#include "fixture.h"
#include "prc-scan.h"

enum { N = 4, SIDE = 16 };

// A file of one segment without frames.
static PrcSegmentation *
segmentation_of (const char *label) {
  g_autoptr (PrcInstance) instance =
      prc_fixture_instance ("/nowhere/seg.dcm", "{'SOPInstanceUID': <'1.2'>, 'Modality': <'SEG'>,"
                                                " 'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.66.4'>,"
                                                " 'StudyInstanceUID': <'1'>,"
                                                " 'SeriesInstanceUID': <'1.1'>}");
  g_autofree char *text = g_strdup_printf (
      "{'Kind': <uint32 0>, 'Segments': <[{'Number': <uint32 1>, 'Label': <'%s'>}]>}", label);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) record = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  g_assert_no_error (error);
  PrcSegmentation *made = prc_segmentation_new_from_record (instance, record, NULL, &error);
  g_assert_no_error (error);
  return made;
}

static PrcSegmentSet *
set_on (PrcSeries *series, PrcSegmentation *file) {
  const PrcRowSpan span = {3, 4, 9};
  g_autoptr (PrcMask) mask = prc_mask_new_from_spans (SIDE, SIDE, &span, 1);
  PrcMask *masks[N] = {NULL, mask};
  g_autoptr (PrcSegmentStack) stack = prc_segment_stack_new (masks, prc_series_length (series));
  g_autoptr (PrcSegmentItem) item = prc_segment_item_new (file, 0, stack);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  PrcSegmentSet *set = prc_segment_set_new (series);

  g_ptr_array_add (items, item);
  prc_segment_set_add_all (set, items);
  return set;
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autoptr (GError) error = NULL;

  g_assert_true (prc_segment_saving_write_finish (result, &error));
  g_assert_no_error (error);
  *(gboolean *)user_data = TRUE;
}

static void
assert_label (PrcCodecPool *pool, const char *path, const char *label) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (PrcSegmentation) read =
      prc_codec_pool_segment (pool, instance, 0.5, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (prc_segmentation_info (read)->segments[0].label, ==, label);
}

// Another threshold reads the file again while its segments are being written.
static void
test_read_again_meanwhile (void) {
  g_autofree char *folder = prc_fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "saved.dcm", NULL);
  const char *const paths[] = {folder, NULL};
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autoptr (GError) error = NULL;
  gboolean saved = FALSE;

  prc_fixture_write_series (folder, 1, N, SIDE, SIDE);
  g_autoptr (PrcScan) scan = prc_scan (pool, paths, PRC_PRIORITY_SCAN, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  PrcSegmentation *before = segmentation_of ("Spleen");
  g_autoptr (PrcSegmentation) after = segmentation_of ("Spleen, read again");
  g_autoptr (PrcSegmentSet) set = set_on (scan->series->pdata[0], before);
  prc_segmentation_unref (before); // the item has the last reference
  prc_segment_saving_write_async (pool, set, PRC_SEGMENT_SAVING_SEG, path, NULL, on_saved, &saved);
  g_autoptr (PrcSegmentItem) item = g_list_model_get_item (G_LIST_MODEL (set), 0);
  prc_segment_item_reread (item, after);
  while (!saved)
    g_main_context_iteration (NULL, TRUE);
  assert_label (pool, path, "Spleen");
  prc_fixture_remove (folder);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment/read-again-while-saved", test_read_again_meanwhile);
  return g_test_run ();
}
