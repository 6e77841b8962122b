// SPDX-License-Identifier: Apache-2.0
#include "fake-store.h"
#include "prc-opening.h"

typedef struct {
  PrcOpening *opening;
  guint n_changes;
  guint longest; // of the first series
  bool over;
} Listener;

static void
changed (PrcOpening *opening, gpointer user_data) {
  Listener *listener = user_data;
  g_autoptr (PrcScan) scan = prc_opening_scan (opening);

  listener->n_changes++;
  listener->over = prc_opening_is_over (opening);
  if (scan && scan->series->len)
    listener->longest = prc_series_length (scan->series->pdata[0]);
}

static bool
is_over (gpointer data) {
  return ((Listener *)data)->over;
}

static bool
has_changed (gpointer data) {
  return ((Listener *)data)->n_changes > 0;
}

// Its thread may outlive a test, the listener on the stack does not.
static void
forget (PrcOpening *opening) {
  prc_opening_ignore (opening);
  prc_opening_unref (opening);
}

static PrcOpening *
open_folder (void) {
  return prc_opening_new ((PrcCodecPool *)fake_store_new (), fake_store_new (),
                          (const char *const[]){"/folder", NULL});
}

static PrcScan *
scan_of (guint n, gboolean complete) {
  g_autoptr (PrcSeries) series = make_series ("1", "p", n, 0, 1, 1);

  fake_store_put (series, 1, "HU");
  return make_scan (1, &series, complete);
}

// What was read before anybody listened is told all the same, and the end is always told.
static void
test_tells (void) {
  g_autoptr (PrcScan) first = scan_of (1, FALSE), last = scan_of (9, TRUE);
  Listener listener = {0};

  fake_scan_set (first, last, NULL);
  PrcOpening *opening = open_folder ();
  wait_ms (30);
  prc_opening_listen (opening, changed, &listener);
  g_assert_true (wait_until (is_over, &listener));
  g_assert_cmpuint (listener.longest, ==, 9);
  g_assert_null (prc_opening_error (opening));
  g_assert_cmpuint (listener.n_changes, <=, 3);
  forget (opening);
}

static void
test_first_picture_before_the_end (void) {
  g_autoptr (PrcScan) first = scan_of (1, FALSE);
  Listener listener = {0};

  fake_scan_set (first, NULL, NULL); // goes on until it is cancelled
  PrcOpening *opening = open_folder ();
  prc_opening_listen (opening, changed, &listener);
  g_assert_true (wait_until (has_changed, &listener));
  g_assert_false (listener.over);
  g_assert_cmpuint (listener.longest, ==, 1);
  prc_opening_cancel (opening);
  g_assert_true (wait_until (is_over, &listener));
  g_assert_error (prc_opening_error (opening), G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_autoptr (PrcScan) left = prc_opening_scan (opening); // what is known stays
  g_assert_true (left == first);
  forget (opening);
}

static void
test_fails (void) {
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "no codec");
  Listener listener = {0};

  fake_scan_set (NULL, NULL, error);
  PrcOpening *opening = open_folder ();
  prc_opening_listen (opening, changed, &listener);
  g_assert_true (wait_until (is_over, &listener));
  g_assert_cmpstr (prc_opening_error (opening)->message, ==, "no codec");
  g_assert_null (prc_opening_scan (opening));
  forget (opening);
}

static void
test_ignored (void) {
  g_autoptr (PrcScan) first = scan_of (1, FALSE), last = scan_of (2, TRUE);
  Listener listener = {0};

  fake_scan_set (first, last, NULL);
  PrcOpening *opening = open_folder ();
  prc_opening_listen (opening, changed, &listener);
  prc_opening_ignore (opening);
  guint told = listener.n_changes; // what was known at once
  prc_opening_unref (opening);     // its thread may still be at work
  wait_ms (200);
  g_assert_cmpuint (listener.n_changes, ==, told);
}

static PrcOpening *
open_at_start (void) {
  return prc_opening_new_at_start ((PrcCodecPool *)fake_store_new (), fake_store_new (),
                                   (const char *const[]){"/folder", NULL});
}

// Before there is a window reading stops behind the first header, until its picture is shown.
static void
test_pauses_at_start (void) {
  g_autoptr (PrcScan) first = scan_of (1, FALSE), last = scan_of (9, TRUE);
  Listener listener = {0};

  fake_scan_set (first, last, NULL);
  PrcOpening *opening = open_at_start ();
  prc_opening_listen (opening, changed, &listener);
  g_assert_true (wait_until (has_changed, &listener));
  g_assert_false (listener.over);
  g_assert_cmpuint (listener.longest, ==, 1);
  gint64 start = g_get_monotonic_time ();
  prc_opening_go_on (opening);
  g_assert_true (wait_until (is_over, &listener));
  g_assert_cmpuint (listener.longest, ==, 9);
  g_test_message ("went on after %d ms", (int)((g_get_monotonic_time () - start) / 1000));
  forget (opening);
}

// Nobody says that it may go on, or somebody said so too early: it goes on by itself.
static void
test_pause_ends (void) {
  g_autoptr (PrcScan) first = scan_of (1, FALSE), last = scan_of (9, TRUE);

  for (int early = 0; early < 2; early++) {
    Listener listener = {0};
    fake_scan_set (first, last, NULL);
    PrcOpening *opening = open_at_start ();
    if (early)
      prc_opening_go_on (opening);
    prc_opening_listen (opening, changed, &listener);
    g_assert_true (wait_until (is_over, &listener));
    g_assert_cmpuint (listener.longest, ==, 9);
    forget (opening);
  }
}

int
main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/opening/tells", test_tells);
  g_test_add_func ("/opening/first-picture-before-the-end", test_first_picture_before_the_end);
  g_test_add_func ("/opening/fails", test_fails);
  g_test_add_func ("/opening/ignored", test_ignored);
  g_test_add_func ("/opening/pauses-at-start", test_pauses_at_start);
  g_test_add_func ("/opening/pause-ends", test_pause_ends);
  return g_test_run ();
}
