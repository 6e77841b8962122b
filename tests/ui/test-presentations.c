// SPDX-License-Identifier: Apache-2.0
// Presentation states found among the files of a study, in any order, by the real codec.
#include "prc-presentations.h"

#include "fixture.h"
#include "state-fixture.h"

typedef struct {
  guint n_changes;
  char *problem;
} Told;

static void
changed (PrcPresentations *presentations, const char *problem, gpointer user_data) {
  Told *told = user_data;

  told->n_changes++;
  if (problem) {
    g_free (told->problem);
    told->problem = g_strdup (problem);
  }
}

static void
add_other (PrcScan *scan, const char *path, const char *kind) {
  g_autofree char *record =
      g_strdup_printf ("{'SOPInstanceUID': <'%s'>, 'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.%s'>,"
                       " 'IsImage': <false>}",
                       path, kind);

  g_ptr_array_add (scan->others, prc_fixture_instance (path, record));
}

static PrcScan *
new_scan (void) {
  PrcScan *scan = g_atomic_rc_box_new0 (PrcScan);

  scan->series = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_series_unref);
  scan->problems = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_scan_problem_unref);
  scan->others = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);
  return scan;
}

static void
turn_until (const guint *count, guint wanted) {
  for (int i = 0; i < 2000 && *count < wanted; i++) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (2000);
  }
  g_assert_cmpuint (*count, ==, wanted);
}

static void
test_found (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autofree char *folder = prc_fixture_folder ();
  g_autofree char *first = state_fixture_write (pool, folder, "");
  g_autofree char *blending = state_fixture_write_kind (pool, folder, "4", "");
  g_autofree char *late = state_fixture_write (pool, folder, "");
  Told told = {0};
  g_autoptr (PrcPresentations) states = prc_presentations_new (pool, changed, &told);
  g_autoptr (PrcScan) scan = new_scan ();

  add_other (scan, first, "11.1");
  add_other (scan, "/nowhere", "88.11"); // a report is none of ours
  prc_presentations_take_scan (states, scan);
  prc_presentations_take_scan (states, scan); // a scan that grows tells the same files again
  turn_until (&told.n_changes, 1);
  g_assert_cmpuint (prc_presentations_list (states)->len, ==, 1);
  g_assert_null (told.problem);
  add_other (scan, blending, "11.4");
  add_other (scan, late, "11.1");
  prc_presentations_take_scan (states, scan);
  turn_until (&told.n_changes, 2);
  g_assert_cmpuint (prc_presentations_list (states)->len, ==, 2);
  g_assert_nonnull (told.problem); // never silently
  g_free (told.problem);
  prc_fixture_remove (folder);
}

// A window that closes while they are read.
static void
test_freed_at_work (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autofree char *folder = prc_fixture_folder ();
  g_autofree char *path = state_fixture_write (pool, folder, "");
  Told told = {0};
  PrcPresentations *states = prc_presentations_new (pool, changed, &told);
  g_autoptr (PrcScan) scan = new_scan ();

  add_other (scan, path, "11.1");
  prc_presentations_take_scan (states, scan);
  prc_presentations_free (states);
  for (int i = 0; i < 50; i++) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (2000);
  }
  g_assert_cmpuint (told.n_changes, ==, 0);
  prc_fixture_remove (folder);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presentations/found", test_found);
  g_test_add_func ("/presentations/freed-at-work", test_freed_at_work);
  return g_test_run ();
}
