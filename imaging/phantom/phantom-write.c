// SPDX-License-Identifier: Apache-2.0
#include "phantom-case.h"
#include "phantom-finding.h"
#include "prc-imaging-error.h"
#include "prc-phantom.h"
#include <errno.h>
#include <glib/gi18n-lib.h>

// One run: cases are made by a few threads; the caller's thread counts them and speaks to the
// caller.
typedef struct {
  PrcCodecPool *pool;
  const char *folder;
  uint64_t seed;
  GCancellable *cancellable; // the run's own: cancelled with the caller's, or when a case fails
  GAsyncQueue *finished;     // a GError, or the run itself for a case written
} Run;

static void
make_case (gpointer number, gpointer data) {
  Run *run = data;
  PrcPatient patient;
  g_autofree char *name = NULL, *path = NULL;
  GError *error = NULL;

  prc_patient_draw (&patient, run->seed, GPOINTER_TO_UINT (number) - 1);
  name = prc_case_folder_name (&patient);
  path = g_build_filename (run->folder, name, NULL);
  if (!g_cancellable_set_error_if_cancelled (run->cancellable, &error) &&
      !g_file_test (path, G_FILE_TEST_IS_DIR))
    prc_case_write (run->pool, &patient, path, run->cancellable, &error);
  g_async_queue_push (run->finished, error ? (gpointer)error : run);
}

static gboolean
wait_for_cases (Run *run, unsigned n, PrcPhantomProgress progress, gpointer user_data,
                GError **error) {
  GError *first = NULL;

  for (unsigned done = 1; done <= n; done++) {
    gpointer result = g_async_queue_pop (run->finished);

    if (result != run && !first) {
      first = result;
      g_cancellable_cancel (run->cancellable);
    } else if (result != run) {
      g_error_free (result);
    } else if (progress && !first) {
      progress (done, n, user_data);
    }
  }
  if (first)
    g_propagate_error (error, first);
  return first == NULL;
}

static void
cancel_run (GCancellable *outer, gpointer own) {
  g_cancellable_cancel (own);
}

static gboolean
make_cases (Run *run, const PrcPhantomOptions *options, PrcPhantomProgress progress,
            gpointer user_data, GError **error) {
  // one thread more than processors: a thread that waits for the codec leaves room
  int n_threads = (int)CLAMP (g_get_num_processors () + 1, 2, 8);
  GThreadPool *threads = g_thread_pool_new (make_case, run, n_threads, FALSE, error);
  gboolean made;

  if (!threads)
    return FALSE;
  for (unsigned i = 0; i < options->n_cases; i++)
    g_thread_pool_push (threads, GUINT_TO_POINTER (options->first + i + 1), NULL);
  made = wait_for_cases (run, options->n_cases, progress, user_data, error);
  g_thread_pool_free (threads, FALSE, TRUE);
  return made;
}

// ---- cases.csv (RFC 4180) ----

static void
append_field (GString *csv, const char *text, char after) {
  g_string_append_c (csv, '"');
  for (; *text; text++) {
    if (*text == '"')
      g_string_append_c (csv, '"');
    g_string_append_c (csv, *text);
  }
  g_string_append_c (csv, '"');
  g_string_append (csv, after == '\n' ? "\r\n" : ",");
}

static void
append_case (GString *csv, uint64_t seed, unsigned number) {
  PrcPatient patient;
  PrcCaseWords words;
  g_autofree char *name = NULL;

  prc_patient_draw (&patient, seed, number);
  prc_case_words (&patient, &words);
  name = prc_case_folder_name (&patient);
  append_field (csv, name, ',');
  append_field (csv, words.title, ',');
  append_field (csv, words.diagnosis, ',');
  append_field (csv, words.findings, ',');
  append_field (csv, words.note, ',');
  append_field (csv, words.outcome, '\n');
  prc_case_words_clear (&words);
}

static gboolean
write_list (const char *folder, const PrcPhantomOptions *options, GError **error) {
  g_autofree char *path = g_build_filename (folder, "cases.csv", NULL);
  g_autoptr (GString) csv = g_string_new ("path,title,diagnosis,findings,note,outcome\r\n");
  g_autoptr (GError) io = NULL;

  for (unsigned i = 0; i < options->n_cases; i++)
    append_case (csv, options->seed, options->first + i);
  if (g_file_set_contents_full (path, csv->str, (gssize)csv->len, G_FILE_SET_CONTENTS_CONSISTENT,
                                0600, &io))
    return TRUE;
  g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO,
               _ ("The list of cases could not be written: %s"), io->message);
  return FALSE;
}

gboolean
prc_phantom_write (PrcCodecPool *pool, const char *folder, const PrcPhantomOptions *options,
                   PrcPhantomProgress progress, gpointer user_data, GCancellable *cancellable,
                   GError **error) {
  g_autoptr (GCancellable) own = g_cancellable_new ();
  g_autoptr (GAsyncQueue) finished = g_async_queue_new ();
  Run run = {pool, folder, options->seed, own, finished};
  gulong handler = 0;
  gboolean made;

  if (g_mkdir_with_parents (folder, 0700) != 0) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO,
                 _ ("The folder for the cases could not be made: %s"), g_strerror (errno));
    return FALSE;
  }
  if (cancellable)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (cancel_run), own, NULL);
  made = make_cases (&run, options, progress, user_data, error);
  g_cancellable_disconnect (cancellable, handler);
  return made && write_list (folder, options, error);
}
