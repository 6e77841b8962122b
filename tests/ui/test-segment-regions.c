// SPDX-License-Identifier: Apache-2.0
// Regions of interest that come as overlays, taken over as segments.
#include "prc-segment-regions.h"

#include "fake-store.h"

#define N 4 // slices of 48 rows, 64 columns

static PrcOverlay
square (guint16 group, const char *label, int row, int column, bool region) {
  const PrcRowSpan spans[] = {{0, 0, 4}, {1, 0, 4}, {2, 0, 4}, {3, 0, 4}};
  PrcOverlay overlay = {.group = group, .row = row, .column = column, .region = region};

  overlay.mask = prc_mask_new_from_spans (4, 4, spans, 4);
  g_strlcpy (overlay.label, label, sizeof overlay.label);
  return overlay;
}

static void
put (PrcSeries *series, guint index, const PrcOverlay *overlays, guint n) {
  static const guint8 samples[48 * 64];
  g_autoptr (GBytes) bytes = g_bytes_new_static (samples, sizeof samples);
  const PrcFrameInfo info = {.rows = 48,
                             .columns = 64,
                             .type = PRC_SAMPLE_U8,
                             .rescale_slope = 1,
                             .pixel_aspect = 1,
                             .overlays = overlays,
                             .n_overlays = n};
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, &error);

  g_assert_no_error (error);
  g_assert_cmpint (prc_segment_regions_has (frame), ==, n > 0 && overlays[0].region);
  fake_store_put_frame (series, index, frame);
  for (guint i = 0; i < n; i++)
    prc_mask_unref ((PrcMask *)overlays[i].mask);
}

static void
assert_on (const PrcSegmentRegion *region, guint16 group, const char *label, guint slice,
           guint64 pixels) {
  g_assert_cmpuint (region->group, ==, group);
  g_assert_cmpstr (region->label, ==, label);
  g_assert_cmpuint (prc_segment_stack_length (region->stack), ==, N);
  PrcMask *mask = prc_segment_stack_mask (region->stack, slice);
  g_assert_cmpuint (mask ? prc_mask_area (mask) : 0, ==, pixels);
}

static void
test_regions (void) {
  g_autoptr (PrcSeries) series = make_series ("1", "p", N, 0, 1, 1);
  const PrcOverlay first[] = {square (0x6000, "Lesion", 10, 20, true),
                              square (0x6002, "", 46, 62, true), // half beyond the image
                              square (0x6004, "Arrow", 1, 1, false)};
  const PrcOverlay third[] = {square (0x6000, "Lesion", 11, 20, true),
                              square (0x6002, "", 100, 100, true)}; // beside it
  const PrcOverlay fourth[] = {square (0x6000, "Cyst", 0, 0, true)};
  g_autoptr (GError) error = NULL;

  put (series, 0, first, 3);
  put (series, 1, NULL, 0);
  put (series, 2, third, 2);
  put (series, 3, fourth, 1);
  g_autoptr (GPtrArray) regions = prc_segment_regions (series, fake_store_new (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (regions->len, ==, 3); // graphics are none
  assert_on (regions->pdata[0], 0x6000, "Lesion", 0, 16);
  assert_on (regions->pdata[0], 0x6000, "Lesion", 1, 0);
  assert_on (regions->pdata[0], 0x6000, "Lesion", 2, 16);
  assert_on (regions->pdata[0], 0x6000, "Lesion", 3, 0); // another label is another region
  assert_on (regions->pdata[1], 0x6002, "", 0, 4);
  assert_on (regions->pdata[1], 0x6002, "", 2, 0);
  assert_on (regions->pdata[2], 0x6000, "Cyst", 3, 16);
  PrcSegmentStack *lesion = ((PrcSegmentRegion *)regions->pdata[0])->stack;
  g_assert_true (prc_mask_contains (prc_segment_stack_mask (lesion, 0), 20, 10));
  g_assert_false (prc_mask_contains (prc_segment_stack_mask (lesion, 2), 20, 10));
}

static void
test_unread_slices (void) {
  g_autoptr (PrcSeries) series = make_series ("2", "p", 2, 0, 1, 1);
  const PrcOverlay overlay = square (0x6000, "Lesion", 10, 20, true);

  put (series, 1, &overlay, 1);
  fake_store_fail (series, 0, "damaged");
  g_autoptr (GPtrArray) regions = prc_segment_regions (series, fake_store_new (), NULL, NULL);
  g_assert_cmpuint (regions->len, ==, 1);
  fake_store_fail (series, 0, NULL);
}

static void
test_cancelled (void) {
  g_autoptr (PrcSeries) series = make_series ("3", "p", 2, 0, 1, 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (prc_segment_regions (series, fake_store_new (), cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  fake_store_new ();
  g_test_add_func ("/segment-regions/regions", test_regions);
  g_test_add_func ("/segment-regions/unread-slices", test_unread_slices);
  g_test_add_func ("/segment-regions/cancelled", test_cancelled);
  return g_test_run ();
}
