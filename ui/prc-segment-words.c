// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-words.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "prc-readout.h"

// Three digits that count, and none that are made up.
static char *
number (double value) {
  double size = fabs (value);

  if (size < 1e-6)
    return g_strdup ("0");
  if (size >= 100)
    return g_strdup_printf ("%.0f", value);
  if (size >= 10)
    return g_strdup_printf ("%.1f", value);
  return size >= 1 ? g_strdup_printf ("%.2f", value) : g_strdup_printf ("%.3g", value);
}

static char *
with_units (char *text, const char *units) { // takes the text
  g_autofree char *written = prc_readout_units (units);

  if (!*written)
    return text;
  char *whole = g_strdup_printf ("%s %s", text, written);

  g_free (text);
  return whole;
}

char *
prc_segment_words_volume (const PrcSegmentMeasure *measure) {
  return isfinite (measure->volume_ml) ? with_units (number (measure->volume_ml), _ ("ml"))
                                       : g_strdup ("");
}

char *
prc_segment_words_mean (const PrcSegmentMeasure *measure) {
  if (!isfinite (measure->mean))
    return g_strdup ("");
  g_autofree char *mean = number (measure->mean);
  g_autofree char *sd = number (measure->sd);
  return with_units (isfinite (measure->sd) ? g_strdup_printf ("%s ± %s", mean, sd)
                                            : g_steal_pointer (&mean),
                     measure->units);
}

char *
prc_segment_words_range (const PrcSegmentMeasure *measure) {
  if (!isfinite (measure->lowest) || !isfinite (measure->highest))
    return g_strdup ("");
  g_autofree char *lowest = number (measure->lowest);
  g_autofree char *highest = number (measure->highest);
  return with_units (g_strdup_printf (_ ("%s to %s"), lowest, highest), measure->units);
}

char *
prc_segment_words_diameter (const PrcSegmentMeasure *measure) {
  if (!(measure->diameter_mm > 0) || !isfinite (measure->diameter_mm))
    return g_strdup ("");
  g_autofree char *mm = number (measure->diameter_mm);
  return g_strdup_printf (_ ("%s mm on slice %u"), mm, measure->diameter_slice + 1);
}

char *
prc_segment_words_slices (const PrcSegmentStack *stack) {
  PrcSegmentExtent extent;
  guint n = 0;

  if (!prc_segment_stack_extent (stack, &extent))
    return g_strdup (_ ("None of this series"));
  for (guint i = extent.first; i <= extent.last; i++)
    n += prc_segment_stack_mask (stack, i) != NULL;
  if (n == 1)
    return g_strdup_printf (_ ("1, number %u"), extent.first + 1);
  return g_strdup_printf (_ ("%u, from %u to %u"), n, extent.first + 1, extent.last + 1);
}

static const char *
algorithm_type (const char *type) {
  if (!g_strcmp0 (type, "MANUAL"))
    return _ ("Drawn by hand");
  if (!g_strcmp0 (type, "SEMIAUTOMATIC"))
    return _ ("Semi-automatic");
  return !g_strcmp0 (type, "AUTOMATIC") ? _ ("Automatic") : type;
}

char *
prc_segment_words_algorithm (const PrcSegment *segment) {
  const char *type = algorithm_type (segment->algorithm_type);

  if (!*segment->algorithm_name)
    return g_strdup (type);
  return *type ? g_strdup_printf (_ ("%s, %s"), type, segment->algorithm_name)
               : g_strdup (segment->algorithm_name);
}
