// SPDX-License-Identifier: Apache-2.0
#include "ctl.h"

#include <glib/gi18n.h>
#include "prc-phantom.h"

static void
on_progress (unsigned done, unsigned total, gpointer user_data) {
  ctl_progress (_ ("Making patients"), done, total);
}

CtlStatus
ctl_phantom (int argc, char **argv) {
  int n_cases = 60, first = 1, jobs = 0;
  gint64 seed = 1;
  const GOptionEntry entries[] = {
      {"cases", 0, 0, G_OPTION_ARG_INT, &n_cases, N_ ("How many patients (60)"), "N"},
      {"first", 0, 0, G_OPTION_ARG_INT, &first, N_ ("Number of the first patient (1)"), "N"},
      {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_ ("Another seed makes other patients (1)"), "N"},
      {"jobs", 0, 0, G_OPTION_ARG_INT, &jobs, N_ ("Codec processes (one per core)"), "N"},
      {NULL},
  };
  if (!ctl_options (&argc, &argv, entries, "FOLDER", 1, 1))
    return CTL_USAGE;
  if (n_cases < 1 || n_cases > 100000 || first < 1 || jobs < 0)
    return ctl_usage (_ ("--cases takes 1 to 100000, --first a number from 1"));
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new ((unsigned)jobs);
  const PrcPhantomOptions options = {
      .seed = (uint64_t)seed, .n_cases = (unsigned)n_cases, .first = (unsigned)first};
  bool written =
      prc_phantom_write (pool, argv[1], &options, on_progress, NULL, ctl_cancellable (), &error);
  ctl_progress_end ();
  return written ? CTL_DONE : ctl_complain (argv[1], error);
}
