// SPDX-License-Identifier: Apache-2.0
// A library whose cases are known to be right or wrong, tried on itself.
#include "prc-trial.h"

#include <math.h>
#include <string.h>
#include "../imaging/fixture.h"
#include "library-fixture.h"

typedef struct {
  PrcModel *model;
  char *folder;
  PrcLibrary *library;
  guint n_cases;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused) {
  g_autoptr (GError) error = NULL;
  g_autofree char *path = library_fixture_path (&f->folder);
  f->model = prc_model_load (NULL, &error);
  g_assert_no_error (error);
  f->library = prc_library_open (path, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer unused) {
  prc_library_close (f->library);
  prc_fixture_remove (f->folder);
  prc_model_unref (f->model);
}

// One slice, on `axis` and, a tenth of that, on `own_axis`: cosines are 1 / 1.01 within a cluster,
// and 0 between them.
static void
add_case (Fixture *f, const char *diagnosis, guint patient, guint axis, guint own_axis) {
  const guint dimension = prc_model_dimension (f->model), number = ++f->n_cases;
  g_autofree float *vector = g_new0 (float, dimension);
  g_autofree char *key = g_strdup_printf ("folder:/cases/%u", number);
  g_autoptr (PrcSeries) series = library_fixture_series (number, patient, 1);
  g_autoptr (GError) error = NULL;
  const PrcCaseText text = {.title = "Case", .diagnosis = diagnosis};
  const PrcLibrarySlice slice = {series, 0, vector};

  g_assert_cmpuint (MAX (axis, own_axis), <, dimension);
  vector[axis] = 1;
  if (own_axis != axis) {
    vector[axis] = (float)(1 / sqrt (1.01));
    vector[own_axis] = (float)(0.1 / sqrt (1.01));
  }
  prc_library_add (f->library, key, &text, &slice, 1, prc_model_id (f->model), dimension, &error);
  g_assert_no_error (error);
}

static void
count (gpointer data) {
  ++*(guint *)data;
}

static PrcTrial
run (Fixture *f, guint *n_between) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcIndex) index = prc_library_index (f->library, prc_model_id (f->model), &error);
  PrcTrial trial;
  g_assert_no_error (error);
  prc_trial_run (f->library, index, f->model, count, n_between, NULL, &trial, &error);
  g_assert_no_error (error);
  return trial;
}

// 60 cases that are like nothing and have a diagnosis of their own each. Those of no cosine at all
// are taken by the order of their slices, so these first.
static void
add_loners (Fixture *f) {
  for (guint i = 0; i < 60; i++) {
    g_autofree char *diagnosis = g_strdup_printf ("Rarity %u", i);
    add_case (f, diagnosis, 100 + i, 30 + i, 30 + i);
  }
}

static void
test_known (Fixture *f, gconstpointer unused) {
  add_loners (f);
  for (guint i = 0; i < 6; i++) // the last of them has been given a wrong diagnosis
    add_case (f, i < 5 ? "Glioma" : "Abscess", 1 + i, 0, 10 + i);
  for (guint i = 0; i < 6; i++)
    add_case (f, i % 2 ? "MENINGIOMA" : "Meningioma", 7 + i, 1, 16 + i);
  for (guint i = 0; i < 2; i++)
    add_case (f, "Same patient twice", 50, 90, 90);
  for (guint i = 0; i < 2; i++)
    add_case (f, "Same picture twice", 51 + i, 91, 91);
  for (guint i = 0; i < 3; i++)
    add_case (f, "", 60 + i, 92 + i, 92 + i);
  guint n_between = 0;
  const PrcTrial trial = run (f, &n_between);
  g_assert_cmpuint (trial.n_tried, ==, 76); // all but those without
  g_assert_cmpuint (n_between, ==, 76);
  g_assert_cmpuint (trial.n_led, ==, 12);     // the two clusters
  g_assert_cmpuint (trial.n_right, ==, 11);   // but for the abscess
  g_assert_cmpuint (trial.n_nearest, ==, 11); // nor did one of a pair find the other
  g_assert_cmpuint (trial.n_commonest, ==, 6);
  g_assert_cmpfloat_with_epsilon (trial.low, 0.646120089, 1e-6); // scipy, wilson, 11 of 12
  g_assert_cmpfloat_with_epsilon (trial.high, 0.985134906, 1e-6);
  g_assert_cmpuint (trial.library_version, ==, prc_library_version (f->library));
}

static void
test_empty (Fixture *f, gconstpointer unused) {
  guint n_between = 0;
  const PrcTrial nothing = run (f, &n_between);
  g_assert_cmpuint (nothing.n_tried, ==, 0);
  add_case (f, "Glioma", 1, 0, 0);
  const PrcTrial alone = run (f, &n_between); // nobody else's case is there
  g_assert_cmpuint (alone.n_tried, ==, 0);
}

static void
test_at_most (Fixture *f, gconstpointer unused) {
  for (guint i = 0; i < PRC_TRIAL_CASES + 20; i++)
    add_case (f, "Glioma", 1 + i, i % 100, i % 100);
  guint n_between = 0;
  const PrcTrial trial = run (f, &n_between);
  g_assert_cmpuint (trial.n_tried, ==, PRC_TRIAL_CASES);
  g_assert_cmpuint (trial.n_led, ==, 0); // what all have is no more than chance
  g_assert_cmpuint (trial.n_nearest, ==, PRC_TRIAL_CASES);
  g_assert_cmpuint (trial.n_commonest, ==, PRC_TRIAL_CASES);
}

static void
test_cancelled (Fixture *f, gconstpointer unused) {
  add_loners (f);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcIndex) index = prc_library_index (f->library, prc_model_id (f->model), &error);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  PrcTrial trial;
  g_cancellable_cancel (cancellable);
  g_assert_false (
      prc_trial_run (f->library, index, f->model, NULL, NULL, cancellable, &trial, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/trial/known", Fixture, NULL, set_up, test_known, tear_down);
  g_test_add ("/trial/empty", Fixture, NULL, set_up, test_empty, tear_down);
  g_test_add ("/trial/at-most", Fixture, NULL, set_up, test_at_most, tear_down);
  g_test_add ("/trial/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  return g_test_run ();
}
