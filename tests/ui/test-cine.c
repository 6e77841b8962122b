// SPDX-License-Identifier: Apache-2.0
// When which slice is shown: schedules reckoned by hand from PS3.3 C.7.6.5, and a player with a clock
// of the test's own.
#include "fake-store.h"
#include "fixture.h"
#include "prc-cine-bar.h"
#include "prc-cine.h"

// Of a second; far beyond the frame clock's, so that its own ticks find nothing due.
#define START  ((gint64)1 << 50)
#define MS(ms) (START + (gint64)((ms)*1000))

static PrcSeries *
clip (guint n_frames, const char *extra) {
  g_autofree char *record = g_strdup_printf (
      "{'SOPInstanceUID': <'1.9'>, 'SeriesInstanceUID': <'9'>, 'StudyInstanceUID': <'1'>,"
      " 'PatientID': <'p'>, 'Modality': <'US'>, 'IsImage': <true>, 'Rows': <[48.0]>,"
      " 'Columns': <[64.0]>, 'NumberOfFrames': <[%u.0]>%s%s}",
      n_frames, *extra ? ", " : "", extra);
  g_autoptr (PrcInstance) instance = prc_fixture_instance ("/a/clip", record);
  g_autoptr (GPtrArray) all = prc_series_group (&instance, 1);

  g_assert_cmpuint (all->len, ==, 1);
  g_assert_cmpuint (prc_series_length (all->pdata[0]), ==, n_frames);
  return prc_series_ref (all->pdata[0]);
}

#define POINTS_AT_TIME   "'FrameIncrementPointer': <[1577059.0]>" // 0018,1063
#define POINTS_AT_VECTOR "'FrameIncrementPointer': <[1577061.0]>" // 0018,1065
#define POINTS_AT_ENERGY "'FrameIncrementPointer': <[5505040.0, 5505056.0]>"
#define TIME             "'FrameTime': <[40.0]>"
#define VECTOR           "'FrameTimeVector': <[0.0, 100.0, 20.0, 300.0]>"

static void
assert_speed (const char *extra, PrcCineSource source, double interval_ms) {
  g_autoptr (PrcSeries) series = clip (4, extra);
  PrcCineSchedule schedule = prc_cine_schedule (series, 0);

  g_assert_cmpint (schedule.source, ==, source);
  g_assert_cmpfloat_with_epsilon (schedule.interval_ms, interval_ms, 1e-9);
}

static void
test_speed (void) {
  assert_speed ("'RecommendedDisplayFrameRate': <[25.0]>, 'CineRate': <[50.0]>, " TIME
                ", " POINTS_AT_TIME,
                PRC_CINE_RECOMMENDED, 40);
  assert_speed ("'CineRate': <[50.0]>, " TIME ", " POINTS_AT_TIME, PRC_CINE_RATE, 20);
  assert_speed (TIME ", " POINTS_AT_TIME, PRC_CINE_TIME, 40);
  assert_speed (TIME ", " VECTOR ", " POINTS_AT_TIME, PRC_CINE_TIME, 40);
  assert_speed (TIME ", " VECTOR ", " POINTS_AT_VECTOR, PRC_CINE_TIMES, 140); // 420 / 3
  assert_speed (TIME, PRC_CINE_TIME, 40); // nothing says otherwise
  assert_speed (VECTOR, PRC_CINE_TIMES, 140);
  assert_speed (TIME ", " VECTOR ", " POINTS_AT_ENERGY, PRC_CINE_FIXED, 1000.0 / 12);
  assert_speed ("", PRC_CINE_FIXED, 1000.0 / 12);
  assert_speed ("'FrameTimeVector': <[0.0, 100.0]>, " POINTS_AT_VECTOR, PRC_CINE_FIXED,
                1000.0 / 12);                             // too short for the frames
  assert_speed ("'CineRate': <[1e8]>", PRC_CINE_RATE, 2); // a rate that no display has
}

// The vector says how long a frame comes after the one before, whichever way it is played.
static void
test_times (void) {
  g_autoptr (PrcSeries) series = clip (4, VECTOR ", " POINTS_AT_VECTOR);
  PrcCineSchedule schedule = prc_cine_schedule (series, 0);

  g_assert_cmpfloat (prc_cine_schedule_stay_ms (&schedule, 0, 1), ==, 100);
  g_assert_cmpfloat (prc_cine_schedule_stay_ms (&schedule, 1, 2), ==, 20);
  g_assert_cmpfloat (prc_cine_schedule_stay_ms (&schedule, 2, 3), ==, 300);
  g_assert_cmpfloat (prc_cine_schedule_stay_ms (&schedule, 3, 2), ==, 300);
  g_assert_cmpfloat (prc_cine_schedule_stay_ms (&schedule, 3, 0), ==, 140);
  g_assert_cmpfloat_with_epsilon (prc_cine_schedule_rate (&schedule), 1000.0 / 140, 1e-9);
}

static void
assert_order (const char *extra, const char *expected) {
  g_autoptr (PrcSeries) series = clip (4, extra);
  PrcCineSchedule schedule = prc_cine_schedule (series, 2);
  g_autoptr (GString) order = g_string_new (NULL);
  guint index = schedule.first;
  int way = 1;

  for (int i = 0; i < 9; i++) {
    g_string_append_printf (order, "%u", index + 1);
    index = prc_cine_schedule_next (&schedule, index, &way);
  }
  g_assert_cmpstr (order->str, ==, expected);
}

static void
test_order (void) {
  assert_order ("", "123412341");
  assert_order ("'PreferredPlaybackSequencing': <[0.0]>", "123412341");
  assert_order ("'PreferredPlaybackSequencing': <[1.0]>", "123432123");
  assert_order ("'StartTrim': <[2.0]>, 'StopTrim': <[3.0]>", "232323232");
  assert_order ("'StartTrim': <[2.0]>", "234234234");
  assert_order ("'StartTrim': <[2.0]>, 'PreferredPlaybackSequencing': <[1.0]>", "234323432");
  assert_order ("'StartTrim': <[3.0]>, 'StopTrim': <[3.0]>", "123412341"); // no clip is left
  assert_order ("'StopTrim': <[99.0]>", "123412341");
}

static void
test_stack (void) {
  g_autoptr (PrcSeries) series = make_series ("1", "a", 30, 0, 2, 1);
  PrcCineSchedule schedule = prc_cine_schedule (series, 7);

  g_assert_cmpint (schedule.source, ==, PRC_CINE_FIXED);
  g_assert_cmpuint (schedule.first, ==, 0);
  g_assert_cmpuint (schedule.last, ==, 29);
}

/* ---- playing ---- */

typedef struct {
  GtkWindow *window;
  PrcSliceView *view;
  PrcCine *cine;
  PrcSeries *series;
} Fixture;

static bool
is_shown (gpointer view) {
  return !prc_slice_view_is_loading (view);
}

static void
set_up (Fixture *fixture, gconstpointer extra) {
  PrcFrameStore *store = fake_store_new ();

  fake_store_hold (FALSE);
  fake_store_set_in_memory (TRUE);
  fixture->series = clip (4, extra ? extra : VECTOR ", " POINTS_AT_VECTOR);
  fake_store_put (fixture->series, 7, "");
  fixture->window = GTK_WINDOW (gtk_window_new ());
  fixture->view = PRC_SLICE_VIEW (prc_slice_view_new (store));
  gtk_window_set_default_size (fixture->window, 320, 240);
  gtk_window_set_child (fixture->window, GTK_WIDGET (fixture->view));
  gtk_window_present (fixture->window);
  prc_slice_view_set_series (fixture->view, fixture->series, 0);
  g_assert_true (wait_until (is_shown, fixture->view));
  fixture->cine = prc_cine_new (fixture->view);
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  gpointer cine = fixture->cine;

  g_object_add_weak_pointer (G_OBJECT (fixture->cine), &cine);
  g_object_unref (fixture->cine);
  g_assert_null (cine);
  gtk_window_destroy (fixture->window);
  fake_store_release ();
  wait_ms (20);
  prc_series_unref (fixture->series);
}

// At this time the clock ticks, and this slice (from 1) is then in view.
static void
assert_at (Fixture *fixture, double ms, guint number) {
  prc_cine_tick (fixture->cine, MS (ms));
  g_assert_cmpuint (prc_slice_view_get_index (fixture->view) + 1, ==, number);
  g_assert_true (wait_until (is_shown, fixture->view));
}

// Frames stand for 100, 20, 300 and 140 ms; a display that shows a picture every 16 ms rounds up,
// and what it was late is made up for.
static void
test_variable (Fixture *fixture, gconstpointer data) {
  prc_cine_play (fixture->cine);
  g_assert_true (prc_cine_is_playing (fixture->cine));
  assert_at (fixture, 0, 1);
  assert_at (fixture, 99, 1);
  assert_at (fixture, 101, 2);
  assert_at (fixture, 119, 2);
  assert_at (fixture, 121, 3);
  assert_at (fixture, 419, 3);
  assert_at (fixture, 421, 4);
  assert_at (fixture, 559, 4);
  assert_at (fixture, 561, 1);
  assert_at (fixture, 659, 1);
  assert_at (fixture, 661, 2);
  prc_cine_faster (fixture->cine, 3); // 1.953 times
  assert_at (fixture, 1000, 2);
  assert_at (fixture, 1010, 2);
  assert_at (fixture, 1011, 3); // 20 / 1.953
  prc_cine_stop (fixture->cine);
  assert_at (fixture, 9000, 3);
}

// What is not decoded in time is waited for, and said.
static void
test_slow (Fixture *fixture, gconstpointer data) {
  g_autofree char *before = NULL, *meant = NULL, *slow = NULL;

  prc_cine_play (fixture->cine); // 40 ms each
  assert_at (fixture, 0, 1);
  before = prc_cine_text (fixture->cine);
  g_assert_cmpstr (before, ==, "25 /s");
  for (int i = 1; i <= 25; i++)
    assert_at (fixture, 40 * i + 1, (guint)(i % 4) + 1);
  meant = prc_cine_text (fixture->cine);
  g_assert_cmpstr (meant, ==, "25 /s");
  fake_store_set_in_memory (FALSE);
  fake_store_hold (TRUE);
  prc_cine_tick (fixture->cine, MS (1041));
  g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, 2);
  for (int i = 1; i <= 10; i++) { // a decode takes 100 ms
    prc_cine_tick (fixture->cine, MS (1041 + 100 * i - 20));
    g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, (guint)(1 + i) % 4);
    fake_store_release ();
    g_assert_true (wait_until (is_shown, fixture->view));
    prc_cine_tick (fixture->cine, MS (1041 + 100 * i)); // every one in its turn, none left out
    g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, (guint)(2 + i) % 4);
  }
  g_assert_cmpfloat_with_epsilon (prc_cine_real_rate (fixture->cine), 10, 1.5);
  slow = prc_cine_text (fixture->cine);
  g_assert_true (g_str_has_suffix (slow, " of 25 /s"));
  fake_store_release ();
  fake_store_hold (FALSE);
}

static void
count (PrcSliceView *view, guint *n) {
  ++*n;
}

static bool
is_one (gpointer n) {
  return *(guint *)n == 1;
}

// Nobody is asked about slices that pass by, however slowly; about the one it ends at, once.
static void
test_no_rest (Fixture *fixture, gconstpointer data) {
  guint n_rested = 0;

  wait_ms (250);
  g_signal_connect (fixture->view, "rested", G_CALLBACK (count), &n_rested);
  prc_cine_play (fixture->cine);
  assert_at (fixture, 0, 1);
  assert_at (fixture, 101, 2);
  wait_ms (250);
  assert_at (fixture, 121, 3);
  wait_ms (250);
  g_assert_cmpuint (n_rested, ==, 0);
  prc_cine_stop (fixture->cine);
  g_assert_true (wait_until (is_one, &n_rested));
}

static void
test_ends (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSeries) other = make_series ("2", "b", 5, 0, 1, 1);

  fake_store_put (other, 99, "HU");
  prc_cine_play (fixture->cine);
  assert_at (fixture, 0, 1);
  prc_slice_view_step (fixture->view, 1); // a hand scrolls
  g_assert_false (prc_cine_is_playing (fixture->cine));
  prc_cine_play (fixture->cine);
  g_assert_true (prc_cine_is_playing (fixture->cine));
  prc_slice_view_set_series (fixture->view, other, 0);
  g_assert_false (prc_cine_is_playing (fixture->cine));
  prc_cine_tick (fixture->cine, MS (5000));
  g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, 0);
  prc_cine_faster (fixture->cine, 4);
  prc_cine_play (fixture->cine); // another series comes with its own speed
  g_assert_cmpfloat_with_epsilon (prc_cine_rate (fixture->cine), 12, 1e-9);
  prc_slice_view_set_series (fixture->view, NULL, 0);
  g_assert_false (prc_cine_is_playing (fixture->cine));
  prc_cine_play (fixture->cine);
  g_assert_false (prc_cine_is_playing (fixture->cine));
}

static bool
has_moved (gpointer view) {
  return prc_slice_view_get_index (view) == 2;
}

// With the screen's own clock, and the keys.
static void
test_bar (Fixture *fixture, gconstpointer data) {
  GtkWidget *bar = prc_cine_bar_new (fixture->view);

  g_object_ref_sink (bar);
  g_assert_false (gtk_widget_get_visible (bar));
  g_assert_true (press_key (GTK_WIDGET (fixture->view), GDK_KEY_c, 0));
  g_assert_true (gtk_widget_get_visible (bar));
  g_assert_true (wait_until (has_moved, fixture->view));
  g_assert_true (press_key (GTK_WIDGET (fixture->view), GDK_KEY_c, 0));
  guint index = prc_slice_view_get_index (fixture->view);
  wait_ms (150);
  g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, index);
  g_assert_true (gtk_widget_get_visible (bar)); // paused, ready to go on
  g_assert_true (press_key (GTK_WIDGET (fixture->view), GDK_KEY_period, 0));
  prc_slice_view_set_series (fixture->view, NULL, 0);
  g_assert_false (gtk_widget_get_visible (bar));
  g_object_unref (bar);
}

#define ADD(name, function, extra)                                                                 \
  g_test_add ("/trap-28-cine/" name, Fixture, extra, set_up, function, tear_down)

int
main (int argc, char *argv[]) {
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trap-28-cine/speed", test_speed);
  g_test_add_func ("/trap-28-cine/times", test_times);
  g_test_add_func ("/trap-28-cine/order", test_order);
  g_test_add_func ("/trap-28-cine/stack", test_stack);
  ADD ("variable", test_variable, NULL);
  ADD ("slow", test_slow, TIME ", " POINTS_AT_TIME);
  ADD ("no-rest", test_no_rest, NULL);
  ADD ("ends", test_ends, NULL);
  ADD ("bar", test_bar, TIME ", " POINTS_AT_TIME);
  return g_test_run ();
}
