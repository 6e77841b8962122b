// SPDX-License-Identifier: Apache-2.0
#include "prc-histogram-count.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "prc-annotate-text.h"

#define VALUES (1 << 16)

// 0 where values need not be whole steps.
static double
step_of (const PrcFrameInfo *info) {
  if (info->type == PRC_SAMPLE_F32 || info->type == PRC_SAMPLE_F64)
    return 0;
  return info->modality_lut ? 1 : fabs (info->rescale_slope);
}

PrcHistogramCount *
prc_histogram_count_new (const PrcFrame *frame) {
  PrcHistogramCount *count = g_atomic_rc_box_new0 (PrcHistogramCount);
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

  prc_values_collect (frame, NULL, VALUES, values);
  prc_values_sort (values);
  prc_histogram_fill (&count->histogram, values, step_of (prc_frame_info (frame)));
  count->lowest = prc_values_quantile (values, 0);
  count->highest = prc_values_quantile (values, 1);
  count->middle_low = prc_values_quantile (values, 0.25);
  count->middle_high = prc_values_quantile (values, 0.75);
  return count;
}

char *
prc_histogram_count_describe (const PrcHistogramCount *count, const char *units) {
  if (count->histogram.n == 0)
    return g_strdup (_ ("There are no values to count in this picture"));
  g_autofree char *low = prc_annotate_number (count->lowest);
  g_autofree char *high = prc_annotate_number (count->highest);
  g_autofree char *middle_low = prc_annotate_number (count->middle_low);
  g_autofree char *middle_high = prc_annotate_number (count->middle_high);
  g_autofree char *high_with_units = g_strjoin (*units ? " " : "", high, units, NULL);

  // Translators: lowest and highest value, this one with its unit, and the bounds of the middle half
  return g_strdup_printf (_ ("Values from %s to %s, half of them between %s and %s"), low,
                          high_with_units, middle_low, middle_high);
}
