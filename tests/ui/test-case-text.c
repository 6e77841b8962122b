// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include "prc-case-message.h"
#include "prc-case-text.h"

static void
assert_text (char *text, const char *expected) {
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static char *
similarity (double percentile, double cosine, const char *scale) {
  const PrcHit hit = {.percentile = percentile, .cosine = (float)cosine, .scale = (char *)scale};
  return prc_case_text_similarity (&hit);
}

static void
test_similarity (void) {
  assert_text (similarity (97.9, 0.9, NULL), "Closer than 97\u00a0% of the library");
  assert_text (similarity (99, 0.9, NULL), "Closer than 99\u00a0% of the library");
  assert_text (similarity (99.69, 0.9, NULL), "Closer than 99.6\u00a0% of the library");
  assert_text (similarity (100, 0.9, NULL), "Closer than 99.9\u00a0% of the library");
  assert_text (similarity (0, 0.1, NULL), "Closer than 0\u00a0% of the library");
  assert_text (similarity (93.2, 0.9, "CT"), "Closer than 93\u00a0% of CT pairs");
  assert_text (similarity (93.2, 0.9, ""), "Closer than 93\u00a0% of the library");
  assert_text (similarity (-1, 0.834, NULL), "Similarity 0.83, library too small to rank");
  assert_text (similarity (NAN, 0.5, NULL), "Similarity 0.50, library too small to rank");
}

static void
test_fraction (void) {
  g_assert_cmpfloat (prc_case_text_fraction (-1), ==, 0);
  g_assert_cmpfloat (prc_case_text_fraction (25), ==, 0.25);
  g_assert_cmpfloat (prc_case_text_fraction (120), ==, 1);
  g_assert_cmpfloat (prc_case_text_fraction (NAN), ==, 0);
}

static void
test_where (void) {
  assert_text (prc_case_text_place (12, 34), "Slice 12 of 34");
  assert_text (prc_case_text_place (1, 1), ""); // a radiograph
  assert_text (prc_case_text_place (0, 34), "");
  assert_text (prc_case_text_body_part ("CHEST"), "Chest");
  assert_text (prc_case_text_body_part ("lspine"), "Lumbar spine");
  assert_text (prc_case_text_body_part ("ÄRMEL"), "Ärmel"); // nobody's term, not shouted
  assert_text (prc_case_text_body_part (""), "");
  assert_text (prc_case_text_modality ("ct"), "CT");
}

static void
test_outcome (void) {
  assert_text (prc_case_text_outcome ("pathology"), "Proven by pathology");
  assert_text (prc_case_text_outcome ("Follow-up"), "Confirmed by follow-up");
  assert_text (prc_case_text_outcome ("Autopsy"), "Autopsy");
  assert_text (prc_case_text_outcome (""), "");
}

static void
test_freshness (void) {
  assert_text (prc_case_text_fresh (143), "For slice 143");
  assert_text (prc_case_text_fresh (0), "");
  assert_text (prc_case_text_now (150, TRUE), "now at 150");
  assert_text (prc_case_text_now (3, FALSE), "now in another series");
  assert_text (prc_case_text_kept_out (0), "");
  assert_text (prc_case_text_kept_out (1), "1 case of this patient is kept out");
  assert_text (prc_case_text_kept_out (2), "2 cases of this patient are kept out");
  PrcAnswer searched = {.n_slices_searched = 4312};
  assert_text (prc_case_text_searched (&searched, 1), "Searched: 4312 slices of 1 case");
  searched.by_segment = TRUE;
  assert_text (prc_case_text_searched (&searched, 60), "Searched: 4312 segments of 60 cases");
}

static void
test_proof (void) {
  assert_text (prc_case_text_proof ("pathology"), "Pathology");
  assert_text (prc_case_text_proof ("follow-up"), "Follow-up");
  assert_text (prc_case_text_proof ("none"), "Not proven");
  assert_text (prc_case_text_proof (""), "");
}

static void
test_row (void) {
  char empty[] = "", title[] = "Teaching file 31", diagnosis[] = "Pulmonary nodule", ct[] = "CT",
       chest[] = "CHEST", proven[] = "pathology";
  PrcCase found = {.title = title,
                   .diagnosis = diagnosis,
                   .findings = empty,
                   .outcome = empty,
                   .proof = empty,
                   .modality = ct,
                   .body_part = chest};
  PrcHit hit = {.matching_case = &found,
                .slice_number = 12,
                .n_slices_in_series = 34,
                .cosine = 0.9f,
                .percentile = 97};

  assert_text (prc_case_text_row (&hit, FALSE),
               "Pulmonary nodule, CT chest, closer than 97\u00a0% of the library, slice 12 of 34");
  found.proof = proven;
  hit.is_own = TRUE;
  assert_text (prc_case_text_row (&hit, FALSE),
               "Pulmonary nodule, this patient, proven by pathology, CT chest, closer than "
               "97\u00a0% of the library, slice 12 of 34");
  found.proof = empty;
  hit.is_own = FALSE;
  found.diagnosis = empty;
  found.body_part = empty;
  found.outcome = proven;
  hit.n_slices_in_series = 1;
  assert_text (prc_case_text_row (&hit, TRUE),
               "Teaching file 31, CT, closer than 97\u00a0% of the library, proven by pathology, "
               "files are gone");
}

static void
test_answer (void) {
  char id[] = "0123456789abcdef";
  PrcAnswer answer = {.state = PRC_ANSWER_RESULTS,
                      .n_hits = 1,
                      .model_id = id,
                      .preprocess_ms = 1.4,
                      .embed_ms = 20.4,
                      .search_ms = 3.4,
                      .gather_ms = 0.4};

  assert_text (prc_case_text_announce (&answer, 7), "1 similar case for slice 7");
  answer.n_hits = 3;
  assert_text (prc_case_text_announce (&answer, 7), "3 similar cases for slice 7");
  answer.state = PRC_ANSWER_NOTHING_ALIKE;
  assert_text (prc_case_text_announce (&answer, 7), "Nothing alike for slice 7");
  answer.state = PRC_ANSWER_EMPTY_LIBRARY;
  assert_text (prc_case_text_announce (&answer, 7), "The library is empty");
  assert_text (prc_case_text_model (&answer), "0123456789ab");
  assert_text (prc_case_text_time (&answer), "26 ms (prepare 1, encode 20, search 3, gather 0)");
  answer.model_id = NULL;
  assert_text (prc_case_text_model (&answer), "");
}

static void
test_title (void) {
  assert_text (prc_case_text_proposed_title ("Chest", "Lung 1.0", "CT"), "Chest, Lung 1.0");
  assert_text (prc_case_text_proposed_title ("Chest", "CHEST", "CT"), "Chest");
  assert_text (prc_case_text_proposed_title ("", "Lung 1.0", "CT"), "Lung 1.0");
  assert_text (prc_case_text_proposed_title ("", "", "CT"), "CT");
  assert_text (prc_case_text_proposed_title ("", "", ""), "");
}

static void
assert_message (PrcCaseMessage message, const char *title, PrcCaseAction action) {
  g_assert_cmpstr (message.title, ==, title);
  g_assert_cmpint (message.action, ==, action);
  g_assert_true ((message.button != NULL) == (action != PRC_CASE_ACTION_NONE));
  prc_case_message_clear (&message);
  g_assert_null (message.description);
}

static void
test_messages (void) {
  PrcAnswer answer = {.state = PRC_ANSWER_NOTHING_ALIKE, .n_hits = 2};

  assert_message (prc_case_message_nothing_alike (&answer, 3),
                  "Nothing in the library looks like this slice", PRC_CASE_ACTION_SHOW_CLOSEST);
  answer.n_hits = 0;
  assert_message (prc_case_message_nothing_alike (&answer, 3),
                  "Nothing in the library looks like this slice", PRC_CASE_ACTION_NONE);
  assert_message (prc_case_message_empty_library (0), "Your library is empty",
                  PRC_CASE_ACTION_IMPORT);
  assert_message (prc_case_message_search_failed ("why"), "The search failed",
                  PRC_CASE_ACTION_RETRY);
  assert_message (prc_case_message_library_failed ("why"), "The library cannot be used",
                  PRC_CASE_ACTION_NONE);
  assert_message (prc_case_message_indexing (), "Indexing the library again…",
                  PRC_CASE_ACTION_NONE);
  assert_message (prc_case_message_idle (FALSE), "No slice to compare yet", PRC_CASE_ACTION_NONE);
  assert_message (prc_case_message_idle (TRUE), "No similar cases yet", PRC_CASE_ACTION_NONE);
}

static void
assert_indexing (gboolean running, guint n_done, guint n_total, guint n_left,
                 const char *expected) {
  g_autofree char *said = prc_case_text_indexing (&(PrcIndexing){running, n_done, n_total, n_left});
  g_assert_cmpstr (said, ==, expected);
}

static void
test_indexing (void) {
  assert_indexing (FALSE, 0, 0, 0, "");
  assert_indexing (TRUE, 0, 1, 0, "Indexing again: 0 of 1 slice. What is done is searched");
  assert_indexing (TRUE, 12, 500, 0, "Indexing again: 12 of 500 slices. What is done is searched");
  assert_indexing (FALSE, 500, 500, 0, "");
  assert_indexing (FALSE, 499, 500, 1,
                   "1 slice is not searched: its file is gone or cannot be read");
  assert_indexing (FALSE, 9, 500, 491,
                   "491 slices are not searched: their files are gone or cannot be read");
  g_autofree char *stopped = prc_case_text_indexing (&(PrcIndexing){FALSE, 9, 500, 0, TRUE});
  g_assert_cmpstr (stopped, ==,
                   "Indexing again has stopped at 9 of 500 slices and goes on with the next start");
}

int
main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/case-text/similarity", test_similarity);
  g_test_add_func ("/case-text/fraction", test_fraction);
  g_test_add_func ("/case-text/where", test_where);
  g_test_add_func ("/case-text/outcome", test_outcome);
  g_test_add_func ("/case-text/proof", test_proof);
  g_test_add_func ("/case-text/freshness", test_freshness);
  g_test_add_func ("/case-text/row", test_row);
  g_test_add_func ("/case-text/answer", test_answer);
  g_test_add_func ("/case-text/title", test_title);
  g_test_add_func ("/case-text/indexing", test_indexing);
  g_test_add_func ("/case-text/messages", test_messages);
  return g_test_run ();
}
