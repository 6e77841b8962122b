// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-diagnoses.h"

// How often each diagnosis stands among the nearest cases, beside how often it stands in the
// library: a common diagnosis among the nearest is no evidence when it is as common everywhere.
// Plain numbers, no thread.

#define PRC_TALLY_CASES 10 // the nearest that count

typedef struct {
  guint number;     // of the diagnosis
  char *diagnosis;  // as the library first writes it
  guint n;          // cases of it among the nearest
  guint n_library;  // cases of it in the library
  double low, high; // prc_tally_interval of n among the nearest
} PrcTallyLine;

typedef struct {
  PrcDiagnoses *diagnoses;
  guint n_cases;       // counted: the nearest, at most PRC_TALLY_CASES
  guint n_without;     // of them, those without a diagnosis
  guint n_library;     // cases that were searched
  gboolean filtered;   // which are not the whole library
  PrcTallyLine *lines; // by falling n, then as near as their nearest case; no line of none
  guint n_lines;
  const PrcTallyLine *leads; // of more cases than any other, and than chance explains; else NULL
} PrcTally;

// `case_ids`: nearest first; of more than PRC_TALLY_CASES the rest does not count. `scope` (NULL:
// all) is what was searched: cases that could not be found do not count as library either.
// References the diagnoses.
PrcTally *prc_tally_new (PrcDiagnoses *diagnoses, const gint64 *case_ids, guint n,
                         const PrcIndexScope *scope);
void prc_tally_free (PrcTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcTally, prc_tally_free)

double prc_tally_share (const PrcTally *tally, const PrcTallyLine *line); // among the nearest
double prc_tally_base (const PrcTally *tally, const PrcTallyLine *line);  // in the library
// Whether it is more often among the nearest than chance explains: two cases or more, and the whole
// interval above the share in the library.
gboolean prc_tally_exceeds (const PrcTally *tally, const PrcTallyLine *line);
// Whether one diagnosis leads and the case has another; of a case without one, or that is not known:
// FALSE.
gboolean prc_tally_differs (const PrcTally *tally, gint64 case_id);

// The share that n of `of` like cases allow to conclude on, by 19 of 20 such intervals: Wilson's
// score interval (Wilson 1927, J Am Stat Assoc 22:209; advised for so few by Brown, Cai and DasGupta
// 2001, Stat Sci 16:101). Of none: from 0 to 1.
void prc_tally_interval (guint n, guint of, double *low, double *high);
