// SPDX-License-Identifier: Apache-2.0
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake-pool.h"
#include "fixture.h"
#include "prc-scan.h"
#include "prc-walk.h"

// The walk and the scan over a pool without codecs; with real codecs: test-real-series.c.

static void
touch (const char *folder, const char *name) {
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
}

static char *
make_folder (const char *parent, const char *name) {
  char *path = g_build_filename (parent, name, NULL);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  return path;
}

static PrcScan *
scan (PrcCodecPool *pool, const char *path) {
  g_autoptr (GError) error = NULL;
  const char *const paths[] = {path, NULL};
  PrcScan *result = prc_scan (pool, paths, PRC_PRIORITY_SCAN, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return result;
}

static void
expect_walk (const char *const *paths, const char *folder, const char *expected) {
  g_autoptr (PrcWalk) walk = prc_walk_new (paths);
  GString *all = g_string_new (NULL);
  char *path, *reason = NULL;
  while ((path = prc_walk_next (walk, &reason))) {
    g_string_append (all, g_str_has_prefix (path, folder) ? path + strlen (folder) + 1 : path);
    g_string_append (all, reason ? "! " : " ");
    g_clear_pointer (&reason, g_free);
    g_free (path);
  }
  g_assert_cmpstr (all->str, ==, expected);
  g_string_free (all, TRUE);
}

static void
test_walk (void) {
  g_autofree char *folder = prc_fixture_folder ();
  g_autofree char *a = make_folder (folder, "a");
  g_autofree char *b = make_folder (a, "b");
  touch (folder, "im10");
  touch (folder, "im9");
  touch (folder, ".hidden");
  touch (folder, "DICOMDIR");
  touch (b, "im1");
  g_autofree char *loop = g_build_filename (b, "loop", NULL);
  g_autofree char *link = g_build_filename (b, "link", NULL);
  g_autofree char *pipe = g_build_filename (b, "pipe", NULL);
  g_assert_cmpint (symlink (folder, loop), ==, 0);
  g_assert_cmpint (symlink ("im1", link), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  const char *const paths[] = {folder, NULL};
  expect_walk (paths, folder, "a/b/im1 a/b/link im9 im10 ");
  const char *const twice[] = {b, folder, NULL};
  expect_walk (twice, folder, "a/b/im1 a/b/link im9 im10 "); // b is walked once
  g_autofree char *directory = g_build_filename (folder, "DICOMDIR", NULL);
  const char *const several[] = {b, directory, pipe, "/nonexistent", NULL};
  g_autofree char *expected =
      g_strdup_printf ("a/b/im1 a/b/link DICOMDIR a/b/pipe! /nonexistent! ");
  expect_walk (several, folder, expected);
  prc_fixture_remove (folder);
}

static void
test_deep (void) {
  g_autofree char *folder = prc_fixture_folder ();
  g_autofree char *deep = g_strdup (folder);
  for (int i = 0; i < 80; i++) {
    char *next = make_folder (deep, "d");
    g_free (deep);
    deep = next;
  }
  touch (deep, "im1");
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcScan) result = scan (pool, folder);
  g_assert_cmpuint (result->series->len, ==, 0);
  g_assert_cmpuint (result->problems->len, ==, 1);
  prc_fixture_remove (folder);
}

typedef struct {
  GPtrArray *scans;
  GError *error;
  PrcScan *result;
  GCancellable *cancel_after_first;
} Watch;

static void
on_progress (PrcScan *snapshot, gpointer user_data) {
  Watch *watch = user_data;
  g_assert_null (watch->result);
  g_ptr_array_add (watch->scans, prc_scan_ref (snapshot));
  if (watch->cancel_after_first)
    g_cancellable_cancel (watch->cancel_after_first);
}

static void
watch_scan (Watch *watch, PrcCodecPool *pool, const char *path, GCancellable *cancellable) {
  const char *const paths[] = {path, NULL};
  watch->scans = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_scan_unref);
  watch->result =
      prc_scan (pool, paths, PRC_PRIORITY_SCAN, on_progress, watch, cancellable, &watch->error);
}

static void
watch_clear (Watch *watch) {
  g_clear_pointer (&watch->scans, g_ptr_array_unref);
  g_clear_pointer (&watch->result, prc_scan_unref);
  g_clear_error (&watch->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Watch, watch_clear)

static char *
make_files (const char *format, int n) {
  char *folder = prc_fixture_folder ();
  for (int i = 1; i <= n; i++) {
    g_autofree char *number = g_strdup_printf ("%d", i);
    g_autofree char *name = g_strconcat (format, number, NULL);
    touch (folder, name);
  }
  return folder;
}

static void
test_batches (void) {
  g_autofree char *folder = make_files ("im", 400);
  touch (folder, "sr");
  touch (folder, "text");
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_auto (Watch) watch = {0};
  watch_scan (&watch, pool, folder, NULL);
  g_assert_no_error (watch.error);
  g_assert_true (watch.result->complete);
  g_assert_cmpuint (watch.result->n_done, ==, 402);
  g_assert_cmpuint (watch.result->n_found, ==, 402);
  g_assert_cmpuint (watch.result->others->len, ==, 1);
  g_assert_cmpuint (watch.result->problems->len, ==, 1);
  PrcScanProblem *problem = watch.result->problems->pdata[0];
  g_assert_cmpstr (problem->reason, ==, "This is no DICOM file");
  g_assert_true (g_str_has_suffix (problem->path, "/text"));
  g_assert_cmpuint (watch.result->series->len, ==, 1);
  PrcSeries *series = watch.result->series->pdata[0];
  g_assert_cmpuint (prc_series_length (series), ==, 400);
  for (uint32_t i = 0; i < 400; i++)
    g_assert_cmpfloat (prc_series_slice (series, i)->along_mm, ==, i + 1);
  FakeStats stats = fake_pool_stats (pool);
  static const unsigned sizes[] = {1, 8, 32, 128, 128, 105};
  g_assert_cmpuint (stats.n_describes, ==, 6);
  g_assert_cmpmem (stats.first_sizes, sizeof sizes, sizes, sizeof sizes);
  // The first snapshot comes at once, grows, and keeps the key of its series.
  g_assert_cmpuint (watch.scans->len, >=, 1);
  unsigned before = 0;
  for (unsigned i = 0; i < watch.scans->len; i++) {
    PrcScan *snapshot = watch.scans->pdata[i];
    g_assert_false (snapshot->complete);
    g_assert_cmpuint (snapshot->n_done, >, before);
    g_assert_cmpstr (prc_series_key (snapshot->series->pdata[0]), ==, prc_series_key (series));
    before = snapshot->n_done;
  }
  prc_fixture_remove (folder);
}

static void
on_first (PrcScan *snapshot, gpointer user_data) {
  unsigned *n_first = user_data;
  if (*n_first == 0)
    *n_first = snapshot->n_done;
}

static void
test_first_is_one_file (void) {
  g_autofree char *folder = make_files ("im", 50);
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  const char *const paths[] = {folder, NULL};
  unsigned n_first = 0;
  g_autoptr (PrcScan) result =
      prc_scan (pool, paths, PRC_PRIORITY_SCAN, on_first, &n_first, NULL, NULL);
  g_assert_nonnull (result);
  g_assert_cmpuint (n_first, ==, 1);
  prc_fixture_remove (folder);
}

// Ten thousand files that are no DICOM: all counted, a thousand listed, the rest in one sentence.
static void
test_many_problems (void) {
  g_autofree char *folder = make_files ("text", 10000);
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcScan) result = scan (pool, folder);
  g_assert_cmpuint (result->n_done, ==, 10000);
  g_assert_cmpuint (result->problems->len, ==, 1001);
  PrcScanProblem *last = result->problems->pdata[1000];
  g_assert_cmpstr (last->reason, ==, "This is no DICOM file (and 8999 more files)");
  prc_fixture_remove (folder);
}

static void
test_nothing (void) {
  g_autofree char *folder = prc_fixture_folder ();
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcScan) empty = scan (pool, folder);
  g_assert_true (empty->complete);
  g_assert_cmpuint (empty->n_found, ==, 0);
  g_assert_cmpuint (empty->series->len + empty->problems->len + empty->others->len, ==, 0);
  g_autoptr (PrcScan) absent = scan (pool, "/nonexistent/folder");
  g_assert_cmpuint (absent->problems->len, ==, 1);
  const PrcScanProblem *problem = absent->problems->pdata[0];
  g_assert_cmpstr (problem->path, ==, "/nonexistent/folder");
  prc_fixture_remove (folder);
}

static void
test_cancel (void) {
  g_autofree char *folder = make_files ("im", 2000);
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Watch) watch = {.cancel_after_first = cancellable};
  watch_scan (&watch, pool, folder, cancellable);
  g_assert_error (watch.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (watch.result);
  g_assert_cmpuint (watch.scans->len, ==, 1);
  prc_fixture_remove (folder);
}

static void
test_no_codec (void) {
  g_autofree char *folder = make_files ("im", 300);
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (GError) error = NULL;
  const char *const paths[] = {folder, NULL};
  fake_pool_fail (pool, true);
  g_assert_null (prc_scan (pool, paths, PRC_PRIORITY_SCAN, NULL, NULL, NULL, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (fake_pool_stats (pool).running, ==, 0);
  prc_fixture_remove (folder);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/walk/order", test_walk);
  g_test_add_func ("/walk/deep", test_deep);
  g_test_add_func ("/scan/batches", test_batches);
  g_test_add_func ("/scan/first-is-one-file", test_first_is_one_file);
  g_test_add_func ("/scan/many-problems", test_many_problems);
  g_test_add_func ("/scan/nothing", test_nothing);
  g_test_add_func ("/scan/cancel", test_cancel);
  g_test_add_func ("/scan/no-codec", test_no_codec);
  return g_test_run ();
}
