// SPDX-License-Identifier: Apache-2.0
#include "prc-scan.h"

static void
problem_clear (PrcScanProblem *problem) {
  g_free (problem->path);
  g_free (problem->reason);
}

void
prc_scan_problem_unref (PrcScanProblem *problem) {
  g_atomic_rc_box_release_full (problem, (GDestroyNotify)problem_clear);
}

PrcScanProblem *
prc_scan_problem_new (const char *path, const char *reason) {
  PrcScanProblem *problem = g_atomic_rc_box_new0 (PrcScanProblem);
  problem->path = g_strdup (path);
  problem->reason = g_strdup (reason);
  return problem;
}

static void
scan_clear (PrcScan *scan) {
  g_ptr_array_unref (scan->series);
  g_ptr_array_unref (scan->problems);
  g_ptr_array_unref (scan->others);
  g_clear_pointer (&scan->copies, g_ptr_array_unref);
}

PrcScan *
prc_scan_ref (PrcScan *scan) {
  return g_atomic_rc_box_acquire (scan);
}

void
prc_scan_unref (PrcScan *scan) {
  g_atomic_rc_box_release_full (scan, (GDestroyNotify)scan_clear);
}
