// SPDX-License-Identifier: Apache-2.0 Watched folders, with real codecs, encoder and library, and
// looks some milliseconds apart.
#include "prc-watcher.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "library-fixture.h"

#define SETTLE_MS 100
#define REST_MS   300

static PrcCodecPool *pool;

typedef struct {
  char *home, *watched,
      *library; // the library is in home, beside what is watched
  PrcEngine *engine;
  PrcWatcher *watcher;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data) {
  fixture->home = prc_fixture_folder ();
  fixture->watched = g_build_filename (fixture->home, "watched", NULL);
  fixture->library = g_build_filename (fixture->home, "library", "library.sqlite", NULL);
  g_mkdir (fixture->watched, 0700);
  fixture->engine = prc_engine_new (pool, fixture->library, NULL);
  fixture->watcher = prc_watcher_new (fixture->engine, fixture->library);
  prc_watcher_set_times (fixture->watcher, SETTLE_MS, REST_MS);
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  prc_watcher_shut_down (fixture->watcher);
  g_object_unref (fixture->watcher);
  prc_engine_shut_down (fixture->engine);
  PrcEngine *engine = g_steal_pointer (&fixture->engine);
  g_object_add_weak_pointer (G_OBJECT (engine), (gpointer *)&fixture->engine);
  fixture->engine = engine;
  g_object_unref (engine);
  while (fixture->engine)
    g_main_context_iteration (NULL, TRUE);
  prc_fixture_remove (fixture->home);
  g_free (fixture->home);
  g_free (fixture->watched);
  g_free (fixture->library);
}

static void
watch (Fixture *fixture, const char *folder) {
  const char *const folders[] = {folder, NULL};
  prc_watcher_set_folders (fixture->watcher, folders);
}

static gboolean
set_flag (gpointer flag) {
  *(gboolean *)flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_ms (guint ms) {
  gboolean over = FALSE;
  g_timeout_add (ms, set_flag, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_for_slices (Fixture *fixture, guint n) {
  while (prc_engine_n_slices (fixture->engine) != n)
    g_main_context_iteration (NULL, TRUE);
}

// What is there, and what comes; nothing before it is watched and nothing afterwards.
static void
test_files (Fixture *fixture, gconstpointer data) {
  library_fixture_write_case (fixture->watched, 1, "P1", 3);
  wait_ms (4 * REST_MS);
  g_assert_cmpuint (prc_engine_n_slices (fixture->engine), ==, 0);
  watch (fixture, fixture->watched);
  wait_for_slices (fixture, 3);
  library_fixture_write_case (fixture->watched, 2, "P2", 2);
  wait_for_slices (fixture, 5);
  g_autofree char *words = prc_watcher_words (fixture->watcher);
  while (!words || !strstr (words, "slices added: 2")) {
    g_main_context_iteration (NULL, TRUE);
    g_free (words);
    words = prc_watcher_words (fixture->watcher);
  }
  prc_watcher_set_folders (fixture->watcher, NULL);
  library_fixture_write_case (fixture->watched, 3, "P3", 2);
  wait_ms (4 * REST_MS);
  g_assert_cmpuint (prc_engine_n_slices (fixture->engine), ==, 5);
}

typedef struct {
  Fixture *fixture;
  char *path, *bytes;
  gsize n;
  guint written; // twelfths
} Growing;

static void
grow (Growing *growing) {
  if (growing->written == 10)
    return;
  g_assert_cmpuint (prc_engine_n_slices (growing->fixture->engine), ==, 0);
  growing->written++;
  g_assert_true (g_file_set_contents (growing->path, growing->bytes,
                                      (gssize)(growing->n * growing->written / 12), NULL));
}

// A file that is another one at each look is waited for, with all of its folder; one that was
// refused is read when it has changed.
static void
test_half_written (Fixture *fixture, gconstpointer data) {
  Growing growing = {.fixture = fixture};
  library_fixture_write_case (fixture->watched, 1, "P1", 2);
  growing.path = g_build_filename (fixture->watched, "case-1", "IM001.dcm", NULL);
  g_assert_true (g_file_get_contents (growing.path, &growing.bytes, &growing.n, NULL));
  g_signal_connect_swapped (fixture->watcher, "changed", G_CALLBACK (grow), &growing);
  watch (fixture, fixture->watched);
  wait_for_slices (fixture, 1); // the other one; this one is cut
  g_assert_cmpuint (growing.written, ==, 10);
  g_assert_true (g_file_set_contents (growing.path, growing.bytes, (gssize)growing.n, NULL));
  wait_for_slices (fixture, 2);
  g_signal_handlers_disconnect_by_data (fixture->watcher, &growing);
  g_free (growing.path);
  g_free (growing.bytes);
}

// A folder that is not there is said so and costs no case; it is found again.
static void
test_missing (Fixture *fixture, gconstpointer data) {
  g_autofree char *away = g_build_filename (fixture->home, "away", NULL);
  library_fixture_write_case (fixture->watched, 1, "P1", 2);
  watch (fixture, fixture->watched);
  wait_for_slices (fixture, 2);
  g_assert_cmpint (g_rename (fixture->watched, away), ==, 0);
  while (!prc_watcher_is_missing (fixture->watcher, fixture->watched))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (prc_engine_n_slices (fixture->engine), ==, 2);
  library_fixture_write_case (away, 2, "P2", 1);
  g_assert_cmpint (g_rename (away, fixture->watched), ==, 0);
  wait_for_slices (fixture, 3);
  g_assert_false (prc_watcher_is_missing (fixture->watcher, fixture->watched));
}

// Whoever watches a whole home does not import the library's own folder.
static void
test_own_folder (Fixture *fixture, gconstpointer data) {
  g_autofree char *own = g_path_get_dirname (fixture->library);
  g_mkdir_with_parents (own, 0700);
  library_fixture_write_case (own, 1, "P1", 2);
  library_fixture_write_case (fixture->watched, 2, "P2", 1);
  watch (fixture, fixture->home);
  wait_for_slices (fixture, 1);
  wait_ms (4 * REST_MS);
  g_assert_cmpuint (prc_engine_n_slices (fixture->engine), ==, 1);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (2);
  ADD ("/watcher/files", test_files);
  ADD ("/watcher/half-written", test_half_written);
  ADD ("/watcher/missing", test_missing);
  ADD ("/watcher/own-folder", test_own_folder);
  const int status = g_test_run ();
  prc_codec_pool_unref (pool);
  return status;
}
