// SPDX-License-Identifier: Apache-2.0
#include "prc-case-tally-text.h"

#include <glib/gi18n-lib.h>

char *
prc_case_tally_text_title (const PrcTally *tally) {
  if (tally->n_cases <= 1)
    return g_strdup (_ ("Diagnosis of the nearest case"));
  return g_strdup_printf (_ ("Diagnoses of the %u nearest"), tally->n_cases);
}

char *
prc_case_tally_text_count (const PrcTally *tally, const PrcTallyLine *line) {
  return g_strdup_printf (_ ("%u of %u cases"), line->n, tally->n_cases);
}

// Rounded, but never to nothing or to all that is neither.
static char *
percent (double share) {
  if (share > 0 && share < 0.01)
    return g_strdup ("<1");
  if (share < 1 && share > 0.99)
    return g_strdup (">99");
  return g_strdup_printf ("%.0f", 100 * share);
}

char *
prc_case_tally_text_base (const PrcTally *tally, const PrcTallyLine *line) {
  g_autofree char *number = percent (prc_tally_base (tally, line));
  if (tally->filtered)
    return g_strdup_printf (_ ("%s\u00a0%% of those searched"), number);
  /* Translators: %s is a number such as 4 or <1 */
  return g_strdup_printf (_ ("%s\u00a0%% of the library"), number);
}

char *
prc_case_tally_text_line (const PrcTally *tally, const PrcTallyLine *line) {
  g_autofree char *base = prc_case_tally_text_base (tally, line);
  g_autofree char *low = percent (line->low), *high = percent (line->high);
  const char *verdict =
      prc_tally_exceeds (tally, line)
          ? _ ("More than its share in the library explains.")
          : _ ("Its share in the library may explain this: no more than chance would show.");
  /* Translators: the first is a diagnosis; then such as "7 of the 10 nearest cases"; then such as
     "4 % of the library"; the last is a sentence */
  return g_strdup_printf (_ ("%s: %u of the %u nearest cases; %s. 95\u00a0%% interval (Wilson): %s "
                             "to %s\u00a0%%. %s"),
                          line->diagnosis, line->n, tally->n_cases, base, low, high, verdict);
}

char *
prc_case_tally_text_rest (const PrcTally *tally, guint n_shown) {
  guint n_others = 0;
  if (n_shown == 0)
    return g_strdup (_ ("No diagnosis stands there more than once"));
  for (guint i = n_shown; i < tally->n_lines; i++)
    n_others += tally->lines[i].n;
  g_autofree char *others = g_strdup_printf (
      ngettext ("%u case with another", "%u cases with others", n_others), n_others);
  g_autofree char *without = g_strdup_printf (
      ngettext ("%u without a diagnosis", "%u without a diagnosis", tally->n_without),
      tally->n_without);
  if (n_others > 0 && tally->n_without > 0)
    /* Translators: both are parts such as "2 cases with others" and "1 without a diagnosis" */
    return g_strdup_printf (_ ("%s, %s"), others, without);
  if (n_others > 0)
    return g_steal_pointer (&others);
  return tally->n_without > 0 ? g_steal_pointer (&without) : g_strdup ("");
}

char *
prc_case_tally_text_trial (const PrcTrial *trial) {
  if (trial->n_led == 0)
    return g_strdup ("");
  /* Translators: the library was tried on its own cases; numbers such as 110 of 150 */
  return g_strdup_printf (_ ("Tried on its own cases, what stood out was right in %u of %u"),
                          trial->n_right, trial->n_led);
}

char *
prc_case_tally_text_trial_meaning (const PrcTrial *trial) {
  g_autofree char *low = percent (trial->low), *high = percent (trial->high);
  GString *text = g_string_new (NULL);
  g_string_append_printf (text,
                          ngettext ("%u case of this library was looked for by one of its slices "
                                    "among those of other patients.",
                                    "%u cases of this library were looked for by one of their "
                                    "slices among those of other patients.",
                                    trial->n_tried),
                          trial->n_tried);
  g_string_append_c (text, ' ');
  /* Translators: the numbers are cases, then per cent */
  g_string_append_printf (text,
                          _ ("In %u, one diagnosis stood out of the nearest; in %u it was the "
                             "case's own (95\u00a0%% interval, Wilson: %s to %s\u00a0%%)."),
                          trial->n_led, trial->n_right, low, high);
  g_string_append_c (text, ' ');
  g_string_append_printf (text,
                          _ ("The nearest case alone had it in %u of all, and always naming the "
                             "commonest diagnosis would have been right in %u."),
                          trial->n_nearest, trial->n_commonest);
  return g_string_free (text, FALSE);
}
