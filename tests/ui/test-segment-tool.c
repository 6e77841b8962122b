// SPDX-License-Identifier: Apache-2.0
// What a hand does to segments: strokes, growing, operations, the way back, what is unsaved.
#include "prc-segment-tool.h"

#include "fake-store.h"

#define N 6 // slices of 48 rows and 64 columns, 2 mm apart, pixels of 1 mm

typedef struct {
  PrcSeries *series;
  PrcSegmentSet *set;
  PrcSegmentTool *tool;
  guint n_notices;
  char *notice;
} Fixture;

static void
noticed (PrcSegmentTool *tool, const char *sentence, Fixture *fixture) {
  fixture->n_notices++;
  g_free (fixture->notice);
  fixture->notice = g_strdup (sentence);
}

// 0 in the left half, 100 in the right one, of slices 1 to 4; 0 elsewhere.
static void
put_frames (PrcSeries *series) {
  for (guint i = 0; i < N; i++) {
    int16_t *samples = g_new0 (int16_t, 48 * 64);
    for (guint k = 0; k < 48 * 64; k++)
      samples[k] = i > 0 && i < 5 && k % 64 >= 32 ? 100 : 0;
    g_autoptr (GBytes) bytes = g_bytes_new_take (samples, 48 * 64 * 2);
    PrcFrameInfo info = {.rows = 48,
                         .columns = 64,
                         .type = PRC_SAMPLE_S16,
                         .rescale_slope = 1,
                         .pixel_aspect = 1,
                         .units = "HU"};
    g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
    fake_store_put_frame (series, i, frame);
  }
}

static void
set_up (Fixture *fixture, gconstpointer data) {
  PrcFrameStore *store = fake_store_new ();

  fake_store_set_in_memory (TRUE);
  fixture->series = make_series ("1", "a", N, 0, 2, 1);
  put_frames (fixture->series);
  fixture->set = prc_segment_set_new (fixture->series);
  fixture->tool = prc_segment_tool_new (store);
  g_signal_connect (fixture->tool, "notice", G_CALLBACK (noticed), fixture);
  prc_segment_tool_set_segments (fixture->tool, fixture->set);
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  gpointer tool = fixture->tool, set = fixture->set;

  g_object_add_weak_pointer (G_OBJECT (tool), &tool);
  g_object_add_weak_pointer (G_OBJECT (set), &set);
  g_object_unref (fixture->tool);
  g_object_unref (fixture->set);
  wait_ms (20);
  g_assert_null (tool);
  g_assert_null (set);
  prc_series_unref (fixture->series);
  g_free (fixture->notice);
}

static uint64_t
area (Fixture *fixture) {
  PrcSegmentItem *item = prc_segment_tool_get_item (fixture->tool);

  return item ? prc_segment_stack_area (prc_segment_item_get_stack (item)) : 0;
}

static bool
is_set (Fixture *fixture, uint32_t index, uint32_t column, uint32_t row) {
  PrcSegmentItem *item = prc_segment_tool_get_item (fixture->tool);
  PrcMask *mask = prc_segment_stack_mask (prc_segment_item_get_stack (item), index);

  return mask && prc_mask_contains (mask, column, row);
}

static gboolean
flag (Fixture *fixture, const char *name) {
  gboolean on;

  g_object_get (fixture->tool, name, &on, NULL);
  return on;
}

static bool
is_idle (gpointer tool) {
  return !prc_segment_tool_get_busy (tool) && !prc_segment_tool_is_painting (tool);
}

static void
stroke (Fixture *fixture, double from_x, double to_x) {
  g_assert_true (prc_segment_tool_begin_stroke (fixture->tool, from_x, 20.5, 2));
  prc_segment_tool_move_stroke (fixture->tool, (from_x + to_x) / 2, 20.5, 2);
  prc_segment_tool_move_stroke (fixture->tool, to_x, 20.5, 2);
  prc_segment_tool_end_stroke (fixture->tool);
  g_assert_true (wait_until (is_idle, fixture->tool));
}

// The first stroke makes a segment; each place is there at once; the stroke is one step back.
static void
test_stroke (Fixture *fixture, gconstpointer data) {
  prc_segment_tool_set_kind (fixture->tool, PRC_SEGMENT_TOOL_BRUSH);
  prc_segment_tool_set_radius (fixture->tool, 2);
  g_assert_false (flag (fixture, "can-undo"));
  g_assert_true (prc_segment_tool_begin_stroke (fixture->tool, 10.5, 20.5, 2));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->set)), ==, 1);
  g_assert_true (is_set (fixture, 2, 10, 20));
  g_assert_cmpuint (area (fixture), ==, 13); // a disc of radius 2
  prc_segment_tool_move_stroke (fixture->tool, 30.5, 20.5, 2);
  g_assert_cmpuint (area (fixture), ==, 13 + 20 * 5);
  g_assert_false (flag (fixture, "can-undo"));
  prc_segment_tool_end_stroke (fixture->tool);
  g_assert_true (flag (fixture, "can-undo"));
  g_assert_true (flag (fixture, "unsaved"));
  prc_segment_tool_undo (fixture->tool);
  g_assert_cmpuint (area (fixture), ==, 0);
  g_assert_false (flag (fixture, "unsaved")); // there is nothing to save
  g_assert_true (flag (fixture, "can-redo"));
  prc_segment_tool_redo (fixture->tool);
  g_assert_cmpuint (area (fixture), ==, 113);
  prc_segment_tool_set_kind (fixture->tool, PRC_SEGMENT_TOOL_ERASER);
  stroke (fixture, 5.5, 60.5);
  g_assert_cmpuint (area (fixture), ==, 0);
  prc_segment_tool_undo (fixture->tool);
  g_assert_cmpuint (area (fixture), ==, 113);
}

static void
test_ball (Fixture *fixture, gconstpointer data) {
  prc_segment_tool_set_kind (fixture->tool, PRC_SEGMENT_TOOL_BRUSH);
  prc_segment_tool_set_radius (fixture->tool, 3);
  g_object_set (fixture->tool, "sphere", TRUE, NULL);
  stroke (fixture, 20.5, 20.5);
  g_assert_true (is_set (fixture, 1, 20, 20)); // 2 mm away
  g_assert_true (is_set (fixture, 3, 20, 20));
  g_assert_false (is_set (fixture, 0, 20, 20)); // 4 mm away
  g_assert_false (is_set (fixture, 3, 23, 20));
}

// Only the right half has values from 50 to 150; frames that are not in memory are waited for in a
// worker, and no place of the stroke is lost.
static void
test_limited (Fixture *fixture, gconstpointer data) {
  for (int in_memory = 0; in_memory < 2; in_memory++) {
    fake_store_set_in_memory (in_memory);
    prc_segment_tool_set_kind (fixture->tool, PRC_SEGMENT_TOOL_BRUSH);
    prc_segment_tool_set_radius (fixture->tool, 2);
    g_object_set (fixture->tool, "limited", TRUE, "low", 50.0, "high", 150.0, NULL);
    g_assert_true (prc_segment_tool_begin_stroke (fixture->tool, 20.5, 20.5, 2));
    for (int x = 21; x <= 60; x++)
      prc_segment_tool_move_stroke (fixture->tool, x + 0.5, 20.5, 2);
    prc_segment_tool_end_stroke (fixture->tool);
    g_assert_true (wait_until (is_idle, fixture->tool));
    g_assert_cmpuint (area (fixture), ==, (60 - 32 + 1) * 5 + 4);
    prc_segment_tool_undo (fixture->tool);
    g_assert_cmpuint (area (fixture), ==, 0);
  }
}

// A stroke of which the masks go with the images that they were painted on: what a worker made of
// the slices as they were before lies on others now.
static void
test_grows_meanwhile (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSeries) grown = make_series ("1", "a", N + 2, 0, 2, 1);

  fake_store_set_in_memory (FALSE);
  prc_segment_tool_set_kind (fixture->tool, PRC_SEGMENT_TOOL_BRUSH);
  prc_segment_tool_set_radius (fixture->tool, 2);
  g_object_set (fixture->tool, "limited", TRUE, "low", 50.0, "high", 150.0, NULL);
  for (int end = 0; end < 2; end++) {
    prc_segment_set_set_series (fixture->set, fixture->series);
    g_assert_true (prc_segment_tool_begin_stroke (fixture->tool, 40.5, 20.5, 2));
    prc_segment_set_set_series (fixture->set, grown);
    if (end)
      prc_segment_tool_end_stroke (fixture->tool);
    else
      prc_segment_tool_cancel (fixture->tool);
    g_assert_true (wait_until (is_idle, fixture->tool));
    PrcSegmentItem *item = prc_segment_tool_get_item (fixture->tool);
    g_assert_cmpuint (prc_segment_stack_length (prc_segment_item_get_stack (item)), ==, N + 2);
  }
}

static void
test_given_up (Fixture *fixture, gconstpointer data) {
  prc_segment_tool_set_kind (fixture->tool, PRC_SEGMENT_TOOL_BRUSH);
  stroke (fixture, 10.5, 12.5);
  uint64_t before = area (fixture);
  g_assert_true (prc_segment_tool_begin_stroke (fixture->tool, 30.5, 20.5, 2));
  g_assert_cmpuint (area (fixture), >, before);
  g_assert_true (prc_segment_tool_cancel (fixture->tool));
  g_assert_cmpuint (area (fixture), ==, before);
  prc_segment_tool_move_stroke (fixture->tool, 40.5, 20.5, 2);
  prc_segment_tool_end_stroke (fixture->tool);
  g_assert_cmpuint (area (fixture), ==, before);
  g_assert_false (prc_segment_tool_cancel (fixture->tool));
}

// From the right half of slice 2: all of the right half of slices 1 to 4, which is a third of the
// series.
static void
test_grow (Fixture *fixture, gconstpointer data) {
  double low, high;

  prc_segment_tool_set_kind (fixture->tool, PRC_SEGMENT_TOOL_GROW);
  prc_segment_tool_grow (fixture->tool, 50.5, 20.5, 2);
  g_assert_true (flag (fixture, "busy"));
  g_assert_false (prc_segment_tool_begin_stroke (fixture->tool, 5, 5, 2)); // not the tool
  prc_segment_tool_grow (fixture->tool, 50.5, 20.5, 2);                    // one at a time
  g_assert_cmpuint (fixture->n_notices, ==, 1);
  g_assert_true (wait_until (is_idle, fixture->tool));
  g_assert_cmpuint (area (fixture), ==, 32 * 48 * 4);
  g_object_get (fixture->tool, "low", &low, "high", &high, NULL);
  g_assert_cmpfloat (low, ==, 99);
  g_assert_cmpfloat (high, ==, 101);
  prc_segment_tool_undo (fixture->tool);
  g_assert_cmpuint (area (fixture), ==, 0);
  // The rest is more than half: that is no structure.
  prc_segment_tool_grow (fixture->tool, 5.5, 20.5, 2);
  g_assert_true (wait_until (is_idle, fixture->tool));
  g_assert_cmpuint (area (fixture), ==, 0);
  g_assert_cmpuint (fixture->n_notices, ==, 2);
  prc_segment_tool_grow (fixture->tool, -1, 20.5, 2);
  prc_segment_tool_grow (fixture->tool, 5.5, 20.5, N);
  g_assert_false (flag (fixture, "busy"));
  prc_segment_tool_grow (fixture->tool, 50.5, 20.5, 2);
  g_assert_true (prc_segment_tool_cancel (fixture->tool));
  wait_ms (50);
  g_assert_cmpuint (area (fixture), ==, 0);
}

// With another spread or range the same click counts anew, as one step of undo, until something
// else is done.
static void
test_grow_again (Fixture *fixture, gconstpointer data) {
  prc_segment_tool_set_kind (fixture->tool, PRC_SEGMENT_TOOL_GROW);
  g_object_set (fixture->tool, "limited", TRUE, "low", 90.0, "high", 99.0, NULL);
  prc_segment_tool_grow (fixture->tool, 50.5, 20.5, 2);
  g_assert_true (wait_until (is_idle, fixture->tool));
  g_assert_cmpuint (area (fixture), ==, 0); // not in the range
  g_object_set (fixture->tool, "high", 100.0, NULL);
  g_assert_true (wait_until (is_idle, fixture->tool));
  g_assert_cmpuint (area (fixture), ==, 32 * 48 * 4);
  g_object_set (fixture->tool, "high", 120.0, NULL);
  g_object_set (fixture->tool, "low", 101.0, NULL); // before the last was done
  g_assert_true (wait_until (is_idle, fixture->tool));
  g_assert_cmpuint (area (fixture), ==, 0);
  g_object_set (fixture->tool, "low", 100.0, NULL);
  g_assert_true (wait_until (is_idle, fixture->tool));
  g_assert_cmpuint (area (fixture), ==, 32 * 48 * 4);
  prc_segment_tool_undo (fixture->tool);
  g_assert_cmpuint (area (fixture), ==, 0);
  g_assert_false (flag (fixture, "can-undo"));
  prc_segment_tool_redo (fixture->tool);
  prc_segment_tool_set_kind (fixture->tool, PRC_SEGMENT_TOOL_ERASER);
  g_object_set (fixture->tool, "limited", FALSE, NULL);
  stroke (fixture, 40.5, 50.5);
  uint64_t left = area (fixture);
  prc_segment_tool_set_kind (fixture->tool, PRC_SEGMENT_TOOL_GROW);
  g_object_set (fixture->tool, "spread", 5.0, NULL);
  g_assert_true (is_idle (fixture->tool));
  g_assert_cmpuint (area (fixture), ==, left);
}

static void
test_operations (Fixture *fixture, gconstpointer data) {
  PrcSegmentItem *first;

  prc_segment_tool_work (fixture->tool, PRC_SEGMENT_WORK_HOLES, NULL);
  g_assert_cmpuint (fixture->n_notices, ==, 1); // no segment is chosen
  prc_segment_tool_set_kind (fixture->tool, PRC_SEGMENT_TOOL_BRUSH);
  prc_segment_tool_set_radius (fixture->tool, 2);
  stroke (fixture, 10.5, 12.5);
  prc_segment_tool_begin_stroke (fixture->tool, 11.5, 20.5, 4);
  prc_segment_tool_end_stroke (fixture->tool);
  prc_segment_tool_work (fixture->tool, PRC_SEGMENT_WORK_BETWEEN, NULL);
  g_assert_true (wait_until (is_idle, fixture->tool));
  g_assert_true (is_set (fixture, 3, 11, 20));
  first = g_object_ref (prc_segment_tool_get_item (fixture->tool));

  prc_segment_tool_add_item (fixture->tool);
  stroke (fixture, 12.5, 20.5);
  uint64_t own = area (fixture);
  prc_segment_tool_work (fixture->tool, PRC_SEGMENT_WORK_SUBTRACT, first);
  g_assert_true (wait_until (is_idle, fixture->tool));
  g_assert_cmpuint (area (fixture), <, own);
  g_assert_false (is_set (fixture, 2, 12, 20));
  prc_segment_tool_undo (fixture->tool);
  prc_segment_tool_work (fixture->tool, PRC_SEGMENT_WORK_ADD, first);
  g_assert_true (wait_until (is_idle, fixture->tool));
  g_assert_true (is_set (fixture, 4, 11, 20));
  guint n = fixture->n_notices;
  prc_segment_tool_work (fixture->tool, PRC_SEGMENT_WORK_ADD, first);
  g_assert_true (wait_until (is_idle, fixture->tool));
  g_assert_cmpuint (fixture->n_notices, ==, n + 1); // nothing changed
  // Undo goes to the segment that it changes.
  for (int i = 0; i < 3; i++)
    prc_segment_tool_undo (fixture->tool);
  g_assert_true (prc_segment_tool_get_item (fixture->tool) == first);
  g_assert_false (is_set (fixture, 3, 11, 20));
  g_object_unref (first);
}

// Another series and back: each keeps its own way back, and both count as unsaved.
static void
test_two_series (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSeries) series = make_series ("2", "a", N, 0, 2, 1);
  g_autoptr (PrcSegmentSet) other = prc_segment_set_new (series);

  prc_segment_tool_set_kind (fixture->tool, PRC_SEGMENT_TOOL_BRUSH);
  stroke (fixture, 10.5, 12.5);
  PrcSegmentItem *item = prc_segment_tool_get_item (fixture->tool);
  prc_segment_tool_set_segments (fixture->tool, other);
  g_assert_null (prc_segment_tool_get_item (fixture->tool));
  g_assert_false (flag (fixture, "can-undo"));
  stroke (fixture, 20.5, 22.5);
  g_autoptr (GPtrArray) unsaved = prc_segment_tool_unsaved (fixture->tool);
  g_assert_cmpuint (unsaved->len, ==, 2);
  prc_segment_tool_set_segments (fixture->tool, fixture->set);
  g_assert_true (flag (fixture, "can-undo"));
  prc_segment_tool_undo (fixture->tool);
  g_assert_true (prc_segment_tool_get_item (fixture->tool) == item);
  g_assert_cmpuint (area (fixture), ==, 0);
  prc_segment_tool_forget (fixture->tool);
  g_assert_false (flag (fixture, "unsaved"));
  g_assert_null (prc_segment_tool_get_segments (fixture->tool));
}

// A segment that goes takes its tool's work along; one that is hidden comes to light when painted.
static void
test_removed_and_hidden (Fixture *fixture, gconstpointer data) {
  prc_segment_tool_set_kind (fixture->tool, PRC_SEGMENT_TOOL_BRUSH);
  stroke (fixture, 10.5, 12.5);
  prc_segment_item_set_visible (prc_segment_tool_get_item (fixture->tool), FALSE);
  stroke (fixture, 12.5, 14.5);
  g_assert_true (prc_segment_item_get_visible (prc_segment_tool_get_item (fixture->tool)));
  g_assert_true (prc_segment_tool_begin_stroke (fixture->tool, 10.5, 20.5, 2));
  prc_segment_tool_remove_item (fixture->tool);
  g_assert_null (prc_segment_tool_get_item (fixture->tool));
  g_assert_false (prc_segment_tool_is_painting (fixture->tool));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->set)), ==, 0);
  g_assert_false (flag (fixture, "unsaved"));
  prc_segment_tool_set_kind (fixture->tool, PRC_SEGMENT_TOOL_ERASER);
  g_assert_false (prc_segment_tool_begin_stroke (fixture->tool, 10.5, 20.5, 2)); // nothing there
}

static void
test_radius (Fixture *fixture, gconstpointer data) {
  prc_segment_tool_set_radius (fixture->tool, 5);
  prc_segment_tool_step_radius (fixture->tool, 1);
  g_assert_cmpfloat (prc_segment_tool_get_radius (fixture->tool), ==, 5.5);
  prc_segment_tool_step_radius (fixture->tool, -3);
  g_assert_cmpfloat (prc_segment_tool_get_radius (fixture->tool), ==, 4);
  prc_segment_tool_step_radius (fixture->tool, -1000);
  g_assert_cmpfloat (prc_segment_tool_get_radius (fixture->tool), ==, 0.5);
  prc_segment_tool_step_radius (fixture->tool, 1000);
  g_assert_cmpfloat (prc_segment_tool_get_radius (fixture->tool), ==, 100);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/segment-tool/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("stroke", test_stroke);
  ADD ("ball", test_ball);
  ADD ("limited", test_limited);
  ADD ("grows-meanwhile", test_grows_meanwhile);
  ADD ("given-up", test_given_up);
  ADD ("grow", test_grow);
  ADD ("grow-again", test_grow_again);
  ADD ("operations", test_operations);
  ADD ("two-series", test_two_series);
  ADD ("removed-and-hidden", test_removed_and_hidden);
  ADD ("radius", test_radius);
  return g_test_run ();
}
