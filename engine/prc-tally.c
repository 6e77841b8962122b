// SPDX-License-Identifier: Apache-2.0
#include "prc-tally.h"

#include <math.h>

void
prc_tally_interval (guint n, guint of, double *low, double *high) {
  const double z = 1.959963984540054; // of the normal distribution, 2.5 % above it
  *low = 0;
  *high = 1;
  if (of == 0)
    return;
  const double share = (double)MIN (n, of) / of, square = z * z / of;
  const double middle = (share + square / 2) / (1 + square);
  const double half = z * sqrt (share * (1 - share) / of + square / of / 4) / (1 + square);
  if (n > 0)
    *low = middle - half;
  if (n < of)
    *high = middle + half;
}

static PrcTallyLine *
line_of (GArray *lines, const PrcDiagnoses *diagnoses, guint number, const guint *n_of) {
  for (guint i = 0; i < lines->len; i++)
    if (g_array_index (lines, PrcTallyLine, i).number == number)
      return &g_array_index (lines, PrcTallyLine, i);
  const PrcTallyLine line = {
      .number = number,
      .diagnosis = g_strdup (prc_diagnoses_words (diagnoses, number)),
      .n_library = n_of[number],
  };
  g_array_append_val (lines, line);
  return &g_array_index (lines, PrcTallyLine, lines->len - 1);
}

// Insertion, so that lines of as many cases stay in the order of the nearest; there are ten at most.
static void
sort (GArray *lines) {
  for (guint i = 1; i < lines->len; i++)
    for (guint j = i; j > 0; j--) {
      PrcTallyLine *upper = &g_array_index (lines, PrcTallyLine, j - 1);
      const PrcTallyLine above = *upper;
      if (above.n >= upper[1].n)
        break;
      upper[0] = upper[1];
      upper[1] = above;
    }
}

PrcTally *
prc_tally_new (PrcDiagnoses *diagnoses, const gint64 *case_ids, guint n,
               const PrcIndexScope *scope) {
  PrcTally *tally = g_new0 (PrcTally, 1);
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (PrcTallyLine));
  tally->diagnoses = prc_diagnoses_ref (diagnoses);
  tally->n_cases = MIN (n, PRC_TALLY_CASES);
  g_autofree guint *n_of = g_new (guint, prc_diagnoses_n (diagnoses) + 1);
  tally->n_library = prc_diagnoses_count (diagnoses, scope, n_of);
  tally->filtered = scope && scope->keep;
  for (guint i = 0; i < tally->n_cases; i++) {
    const guint number = prc_diagnoses_of_case (diagnoses, case_ids[i]);
    if (number == 0)
      tally->n_without++;
    else
      line_of (lines, diagnoses, number, n_of)->n++;
  }
  sort (lines);
  tally->n_lines = lines->len;
  tally->lines = (PrcTallyLine *)(void *)g_array_free (lines, FALSE);
  for (guint i = 0; i < tally->n_lines; i++)
    prc_tally_interval (tally->lines[i].n, tally->n_cases, &tally->lines[i].low,
                        &tally->lines[i].high);
  if (tally->n_lines > 0 && prc_tally_exceeds (tally, &tally->lines[0]) &&
      (tally->n_lines == 1 || tally->lines[0].n > tally->lines[1].n))
    tally->leads = &tally->lines[0];
  return tally;
}

void
prc_tally_free (PrcTally *tally) {
  for (guint i = 0; i < tally->n_lines; i++) {
    g_free (tally->lines[i].diagnosis);
  }
  prc_diagnoses_unref (tally->diagnoses);
  g_free (tally->lines);
  g_free (tally);
}

double
prc_tally_share (const PrcTally *tally, const PrcTallyLine *line) {
  return tally->n_cases > 0 ? (double)line->n / tally->n_cases : 0;
}

double
prc_tally_base (const PrcTally *tally, const PrcTallyLine *line) {
  return tally->n_library > 0 ? (double)line->n_library / tally->n_library : 0;
}

gboolean
prc_tally_exceeds (const PrcTally *tally, const PrcTallyLine *line) {
  return line->n >= 2 && line->low > prc_tally_base (tally, line);
}

gboolean
prc_tally_differs (const PrcTally *tally, gint64 case_id) {
  const guint number = prc_diagnoses_of_case (tally->diagnoses, case_id);
  return tally->leads && number != 0 && number != tally->leads->number;
}
