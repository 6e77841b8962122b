// SPDX-License-Identifier: Apache-2.0
#include "prc-series-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "prc-geometry.h"

#define RELATIVE_NOISE  0.01 // of the spacing
#define NOISE_MM        0.01
#define MAX_GAPS        5   // that get a sentence of their own
#define MIN_TILT        0.5 // degrees
#define MAX_SIDEWAYS_MM 1.0

typedef struct {
  PrcSeries *series;
  const PrcStack *stack;
  GPtrArray *sentences;
} Report;

G_GNUC_PRINTF (2, 3)
static void
say (Report *report, const char *format, ...) {
  va_list args;
  va_start (args, format);
  g_ptr_array_add (report->sentences, g_strdup_vprintf (format, args));
  va_end (args);
}

static bool
is_new_place (const PrcStack *stack, uint32_t i) {
  return g_array_index (stack->items, PrcStackItem, i).position !=
         g_array_index (stack->items, PrcStackItem, i - 1).position;
}

static double
step_to (const PrcSeries *series, uint32_t i) {
  return series->slices[i].along_mm - series->slices[i - 1].along_mm;
}

static int
compare_steps (gconstpointer a, gconstpointer b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Of the distances between neighbouring places, sorted; may be empty.
static GArray *
sorted_steps (const PrcSeries *series, const PrcStack *stack) {
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (double));
  for (uint32_t i = 1; i < series->n_slices; i++) {
    double step = step_to (series, i);
    if (is_new_place (stack, i))
      g_array_append_val (steps, step);
  }
  g_array_sort (steps, compare_steps);
  return steps;
}

static double
median (const GArray *sorted) {
  if (sorted->len == 0)
    return 0;
  return 0.5 * (g_array_index (sorted, double, (sorted->len - 1) / 2) +
                g_array_index (sorted, double, sorted->len / 2));
}

static double
tolerance_of (const PrcSeries *series) {
  return MAX (RELATIVE_NOISE * series->spacing_mm, NOISE_MM);
}

// How many slices fit into the step, when it is a gap; 0 when it is no multiple of the spacing.
static uint32_t
missing_in_step (const PrcSeries *series, double step) {
  double times = step / series->spacing_mm;
  double rounded = round (times);
  if (rounded < 2 || rounded > 1e6 ||
      fabs (step - rounded * series->spacing_mm) > MAX (0.1 * series->spacing_mm, NOISE_MM))
    return 0;
  return (uint32_t)rounded - 1;
}

static void
report_gaps (Report *report) {
  const PrcSeries *series = report->series;
  uint32_t n_gaps = 0, n_more = 0;
  for (uint32_t i = 1; i < series->n_slices; i++) {
    uint32_t missing = missing_in_step (series, step_to (series, i));
    if (missing == 0)
      continue;
    if (++n_gaps > MAX_GAPS)
      n_more += missing;
    else
      say (report,
           ngettext ("%u slice is missing between slices %u and %u",
                     "%u slices are missing between slices %u and %u", missing),
           missing, i, i + 1);
  }
  if (n_more > 0)
    say (report, ngettext ("%u more slice is missing", "%u more slices are missing", n_more),
         n_more);
}

// Distances that are neither the spacing nor a multiple of it.
static void
report_mixed_spacing (Report *report, const GArray *steps) {
  const PrcSeries *series = report->series;
  double least = series->spacing_mm, most = series->spacing_mm;
  for (uint32_t i = 0; i < steps->len; i++) {
    double step = g_array_index (steps, double, i);
    if (missing_in_step (series, step) > 0)
      continue;
    least = MIN (least, step);
    most = MAX (most, step);
  }
  double tolerance = tolerance_of (series);
  if (series->spacing_mm - least > tolerance || most - series->spacing_mm > tolerance)
    say (report, _ ("The distance between slices varies from %.2f mm to %.2f mm"), least, most);
}

static const double *
position_of (const PrcSlice *slice) {
  return prc_instance_plane (slice->instance, slice->frame)->position_mm;
}

// How far a slice lies beside where the normal through the first one goes, less `shear` (per mm
// along it).
static double
sideways (const PrcSeries *series, uint32_t i, const double shear[3], double out[3]) {
  const double *origin = position_of (&series->slices[0]);
  const double *position = position_of (&series->slices[i]);
  double along = series->slices[i].along_mm - series->slices[0].along_mm;
  for (int k = 0; k < 3; k++)
    out[k] = position[k] - origin[k] - along * (series->normal[k] + shear[k]);
  return prc_geometry_length (out);
}

// PS3.3 leaves the step from slice to slice free: it need not follow the normal.
static void
report_shear (Report *report) {
  const PrcSeries *series = report->series;
  uint32_t last = series->n_slices - 1;
  double extent = series->slices[last].along_mm - series->slices[0].along_mm;
  if (!(extent > NOISE_MM))
    return;
  double shear[3], offset[3], most = 0;
  static const double none[3];
  double tilt = atan (sideways (series, last, none, shear) / extent) * 180 / G_PI;
  for (int k = 0; k < 3; k++)
    shear[k] /= extent;
  for (uint32_t i = 1; i < last; i++)
    most = MAX (most, sideways (series, i, shear, offset));
  if (most > MAX_SIDEWAYS_MM)
    say (report, _ ("Slices are shifted sideways by up to %.1f mm"), most);
  else if (tilt > MIN_TILT && g_str_equal (prc_series_info (series)->modality, "CT"))
    say (report, _ ("The gantry is tilted by %.1f°"), tilt);
  else if (tilt > MIN_TILT)
    say (report, _ ("The stack of slices is slanted by %.1f°"), tilt);
}

static void
report_shared_places (Report *report, uint32_t n_places) {
  uint32_t n = report->series->n_slices - n_places;
  if (n > 0 && n_places > 1)
    say (report,
         ngettext ("%u slice lies in the place of another", "%u slices lie in the place of others",
                   n),
         n);
}

static void
report_pixel_spacing (Report *report) {
  const PrcSlice *slices = report->series->slices;
  const PrcPlane *first = prc_instance_plane (slices[0].instance, slices[0].frame);
  for (uint32_t i = 1; i < report->series->n_slices; i++) {
    const PrcPlane *plane = prc_instance_plane (slices[i].instance, slices[i].frame);
    if (fabs (plane->row_spacing_mm - first->row_spacing_mm) > 0.01 * first->row_spacing_mm ||
        fabs (plane->column_spacing_mm - first->column_spacing_mm) >
            0.01 * first->column_spacing_mm) {
      say (report, _ ("The size of a pixel differs between slices"));
      return;
    }
  }
}

static void
report_geometry (Report *report) {
  g_autoptr (GArray) steps = sorted_steps (report->series, report->stack);
  report->series->spacing_mm = median (steps);
  if (steps->len > 1) {
    report_gaps (report);
    report_mixed_spacing (report, steps);
  }
  report_shear (report);
  report_shared_places (report, steps->len + 1);
}

void
prc_series_measure (PrcSeries *series, const PrcStack *stack) {
  Report report = {series, stack, g_ptr_array_new ()};
  if (series->has_geometry)
    report_geometry (&report);
  if (stack->many_orientations)
    say (&report, _ ("The slices have too many orientations to be ordered by place"));
  report_pixel_spacing (&report);
  if (stack->n_copies > 0)
    say (&report,
         ngettext ("%u file is a copy of another and left out",
                   "%u files are copies of others and left out", stack->n_copies),
         stack->n_copies);
  g_ptr_array_add (report.sentences, NULL);
  series->problems = (char **)g_ptr_array_free (report.sentences, FALSE);
}
