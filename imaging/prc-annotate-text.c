// SPDX-License-Identifier: Apache-2.0
#include "prc-annotate-text.h"

#include "prc-geometry.h"
#include "prc-presets.h"
#include "prc-text.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MAX_LINE 512 // bytes; no picture is as wide

static void
corner_line_free (gpointer data) {
  PrcCornerLine *line = data;

  g_free (line->text);
  g_free (line);
}

// Whatever a file says becomes one printable line; several values are set apart as a person would.
static char *
one_line (const char *text) {
  g_autofree char *valid = prc_text_safe (text, -1, MAX_LINE, false);
  GString *out = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (c == '\\')
      g_string_append (out, ", ");
    else if (g_unichar_isprint (c) && g_unichar_type (c) != G_UNICODE_FORMAT)
      g_string_append_unichar (out, c);
    else
      g_string_append_c (out, ' ');
  }
  return g_strstrip (g_string_free (out, FALSE));
}

static void
add (GPtrArray *lines, int priority, const char *text) {
  g_autofree char *clean = text != NULL ? one_line (text) : NULL;
  PrcCornerLine *line;

  if (clean == NULL || *clean == '\0')
    return;
  line = g_new (PrcCornerLine, 1);
  *line = (PrcCornerLine){g_steal_pointer (&clean), priority};
  g_ptr_array_add (lines, line);
}

// Joins what is not empty.
static char *
join (const char *separator, const char *a, const char *b, const char *c) {
  const char *parts[4] = {NULL};
  const char *all[] = {a, b, c};
  int n = 0;

  for (int i = 0; i < 3; i++)
    if (all[i] != NULL && *all[i] != '\0')
      parts[n++] = all[i];
  return g_strjoinv (separator, (char **)parts);
}

static void
add_patient (GPtrArray *lines, const PrcAnnotation *annotation, const PrcInstanceInfo *info) {
  g_autofree char *name = prc_text_person_name (info->patient_name);
  g_autofree char *birth = prc_text_date (info->patient_birth_date);
  g_autofree char *age = prc_text_age (info->patient_age);
  g_autofree char *facts = NULL;

  if (annotation->hide_patient)
    g_clear_pointer (&birth, g_free);
  facts = join (" · ", birth, age, info->patient_sex);
  if (!annotation->hide_patient) {
    add (lines, 0, name);
    add (lines, 1, info->patient_id);
  }
  add (lines, 2, facts);
  if (info->text_guessed)
    add (lines, 2, _ ("Character set guessed"));
}

// "101500.123" -> "10:15:00"; other text is left out.
static char *
time_of_day (const char *tm) {
  if (strspn (tm, "0123456789") < 4)
    return NULL;
  if (strspn (tm, "0123456789") < 6)
    return g_strdup_printf ("%.2s:%.2s", tm, tm + 2);
  return g_strdup_printf ("%.2s:%.2s:%.2s", tm, tm + 2, tm + 4);
}

static void
add_study (GPtrArray *lines, const PrcAnnotation *annotation, const PrcInstanceInfo *info) {
  const char *tm = *info->acquisition_time != '\0' ? info->acquisition_time
                   : *info->content_time != '\0'   ? info->content_time
                                                   : info->study_time;
  g_autofree char *date = prc_text_date (info->study_date);
  g_autofree char *time = time_of_day (tm);
  g_autofree char *when = join (" ", date, time, NULL);

  // Where a patient was treated, and under which number, leads to the patient.
  if (!annotation->hide_patient)
    add (lines, 2, info->institution);
  add (lines, 0, info->study_description);
  if (!annotation->hide_patient)
    add (lines, 3, info->accession_number);
  add (lines, 1, when);
}

char *
prc_annotate_number (double value) {
  if (fabs (value) < 1e-9)
    return g_strdup ("0");
  return fabs (value) >= 10 && fabs (value) < 1e7 ? g_strdup_printf ("%.0f", value)
                                                  : g_strdup_printf ("%.3g", value);
}

// The name of the window in use: a preset's, or the file's own word for it.
static const char *
window_name (const PrcAnnotation *annotation) {
  const PrcViewParams *params = annotation->params;
  const PrcFrameInfo *info = annotation->frame != NULL ? prc_frame_info (annotation->frame) : NULL;
  size_t n = annotation->n_presets;
  const PrcPreset *presets = annotation->presets != NULL ? annotation->presets : prc_presets (&n);

  for (uint32_t i = 0; info != NULL && i < info->n_windows; i++)
    if (info->windows[i].centre == params->centre && info->windows[i].width == params->width)
      return info->windows[i].explanation;
  if (info == NULL || strcmp (info->units, "HU") != 0)
    return NULL;
  for (size_t i = 0; i < n; i++)
    if (presets[i].centre == params->centre && presets[i].width == params->width)
      return _ (presets[i].name);
  return NULL;
}

static char *
window_text (const PrcAnnotation *annotation) {
  const PrcViewParams *params = annotation->params;
  const PrcFrameInfo *info = annotation->frame != NULL ? prc_frame_info (annotation->frame) : NULL;
  g_autofree char *width = prc_annotate_number (params->width),
                  *centre = prc_annotate_number (params->centre), *values = NULL;
  g_autofree char *colours =
      join (" · ", params->palette != NULL ? _ (params->palette->name) : NULL,
            params->invert ? _ ("inverted") : NULL, NULL);

  if (info != NULL && info->type == PRC_SAMPLE_RGB8)
    return NULL;
  if (info != NULL && params->voi >= 0 && (uint32_t)params->voi < info->n_voi_luts) {
    const char *explanation = info->voi_luts[params->voi].explanation;

    return join (" · ", _ ("VOI LUT"), explanation, colours);
  }
  // Translators: window width and level (centre), as radiologists abbreviate them
  values = g_strdup_printf (_ ("W %s  L %s"), width, centre);
  return join (" · ", values, window_name (annotation), colours);
}

// A picture without edge letters would not show that it is mirrored.
static char *
turn_text (const PrcViewParams *params) {
  PrcTurn turn = prc_view_params_turn (params);
  g_autofree char *degrees = NULL;

  if (turn.quarter_turns != 0)
    // Translators: how far the picture is turned clockwise
    degrees = g_strdup_printf (_ ("Rotated %d°"), turn.quarter_turns * 90);
  return join (" · ", degrees, turn.flip ? _ ("Flipped") : NULL, NULL);
}

static void
add_view (GPtrArray *lines, const PrcAnnotation *annotation) {
  g_autofree char *zoom = g_strdup_printf (_ ("Zoom %.0f %%"), annotation->params->zoom * 100);
  g_autofree char *window = window_text (annotation);
  g_autofree char *turn = turn_text (annotation->params);
  g_autofree char *image = g_strdup_printf (_ ("Image %u / %u"), annotation->index + 1,
                                            prc_series_length (annotation->series));

  if (annotation->level == PRC_ANNOTATE_ALL)
    add (lines, 2, zoom);
  add (lines, 0, turn);
  add (lines, 1, window);
  add (lines, 0, image);
}

static char *
place_text (const PrcAnnotation *annotation, const PrcInstanceInfo *info) {
  const PrcSlice *slice = prc_series_slice (annotation->series, annotation->index);
  const PrcPlane *plane = prc_instance_plane (slice->instance, slice->frame);
  g_autofree char *thickness = NULL, *location = NULL;
  double normal[3];

  if (info->slice_thickness_mm > 0)
    // Translators: slice thickness
    thickness = g_strdup_printf (_ ("T %.4g mm"), info->slice_thickness_mm);
  if (plane->has_position && prc_geometry_normal (plane, normal))
    // Translators: location of the slice along the stack
    location = g_strdup_printf (_ ("Loc %.1f mm"), prc_geometry_dot (plane->position_mm, normal));
  return join (" · ", thickness, location, NULL);
}

static void
add_series (GPtrArray *lines, const PrcAnnotation *annotation, const PrcInstanceInfo *info) {
  g_autofree char *series =
      info->series_number != 0 ? g_strdup_printf (_ ("Series %d"), info->series_number) : NULL;
  g_autofree char *head = join (" · ", info->modality, series, NULL);
  g_autofree char *side = join (" ", info->laterality, info->view_position, NULL);
  g_autofree char *contrast = *info->contrast_agent != '\0'
                                  ? g_strdup_printf (_ ("Contrast: %s"), info->contrast_agent)
                                  : NULL;
  g_autofree char *place = place_text (annotation, info);
  g_autofree char *b_value =
      info->b_value >= 0 ? g_strdup_printf ("b %.0f s/mm²", info->b_value) : NULL;

  add (lines, 3, info->body_part);
  add (lines, 0, side); // the wrong side is the worst mistake of all
  add (lines, 4, contrast);
  add (lines, 2, head);
  add (lines, 0, prc_series_title (annotation->series));
  add (lines, 1, b_value);
  add (lines, 1, place);
}

// Which presentation state shapes the picture; said at every level, since it changes what is seen.
static void
add_presentation (GPtrArray *lines, const PrcAnnotation *annotation) {
  const PrcSlice *slice = prc_series_slice (annotation->series, annotation->index);
  g_autofree char *line = NULL;
  const char *title;

  if (annotation->presentation == NULL)
    return;
  title = prc_presentation_info (annotation->presentation)->title;
  if (!prc_presentation_names (annotation->presentation, slice))
    // Translators: a presentation state is chosen that does not name this image
    line = g_strdup_printf (_ ("State: %s, not for this image"), title);
  else if (annotation->graphics_only)
    // Translators: of a presentation state only what it draws is shown
    line = g_strdup_printf (_ ("State: %s, graphics only"), title);
  else
    // Translators: the presentation state that is applied
    line = g_strdup_printf (_ ("State: %s"), title);
  add (lines, 0, line);
}

GPtrArray *
prc_annotate_corner (const PrcAnnotation *annotation, PrcCorner corner) {
  GPtrArray *lines = g_ptr_array_new_with_free_func (corner_line_free);
  const PrcSlice *slice = prc_series_slice (annotation->series, annotation->index);
  const PrcInstanceInfo *info = prc_instance_info (slice->instance);

  if (corner == PRC_CORNER_BOTTOM_LEFT)
    add_presentation (lines, annotation);
  if (annotation->level == PRC_ANNOTATE_NONE)
    return lines;
  if (corner == PRC_CORNER_BOTTOM_LEFT)
    add_view (lines, annotation);
  if (annotation->level == PRC_ANNOTATE_MINIMAL)
    return lines;
  if (corner == PRC_CORNER_TOP_LEFT)
    add_patient (lines, annotation, info);
  else if (corner == PRC_CORNER_TOP_RIGHT)
    add_study (lines, annotation, info);
  else if (corner == PRC_CORNER_BOTTOM_RIGHT)
    add_series (lines, annotation, info);
  return lines;
}

// Lossy Image Compression Method (PS3.3 C.7.6.1.1.5.1).
static const char *
method_name (const char *term) {
  static const char *const names[][2] = {
      {"ISO_10918_1", "JPEG"},        {"ISO_14495_1", "JPEG-LS"}, {"ISO_15444_1", "JPEG 2000"},
      {"ISO_15444_15", "HTJ2K"},      {"ISO_18181_1", "JPEG XL"}, {"ISO_13818_2", "MPEG-2"},
      {"ISO_14496_10", "MPEG-4 AVC"}, {"ISO_23008_2", "HEVC"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (term, names[i][0]) == 0)
      return names[i][1];
  return term;
}

// "Lossy compression: JPEG 10:1, JPEG 2000 3:1", as far as it is known; every step lost something.
static char *
lossy_text (const PrcInstanceInfo *info) {
  g_auto (GStrv) methods = g_strsplit (info->lossy_method, "\\", PRC_MAX_LOSSY_STEPS);
  guint n_methods = g_strv_length (methods);
  GString *steps = g_string_new (NULL);
  g_autofree char *all = NULL;

  for (guint i = 0; i < PRC_MAX_LOSSY_STEPS; i++) {
    double ratio = info->lossy_ratios[i];
    const char *method = i < n_methods ? method_name (g_strstrip (methods[i])) : "";
    g_autofree char *times = ratio > 1 ? g_strdup_printf ("%.3g:1", ratio) : NULL;
    g_autofree char *step = join (" ", method, times, NULL);

    if (*step != '\0')
      g_string_append_printf (steps, "%s%s", steps->len > 0 ? ", " : "", step);
  }
  all = g_string_free (steps, FALSE);
  return join (": ", _ ("Lossy compression"), all, NULL);
}

GPtrArray *
prc_annotate_warnings (const PrcAnnotation *annotation) {
  GPtrArray *warnings = g_ptr_array_new_with_free_func (g_free);
  const PrcSlice *slice = prc_series_slice (annotation->series, annotation->index);
  const char *const *problems = prc_series_problems (annotation->series);
  bool lossy = prc_instance_info (slice->instance)->lossy ||
               (annotation->frame != NULL && prc_frame_info (annotation->frame)->lossy);

  for (; problems != NULL && *problems != NULL; problems++)
    g_ptr_array_add (warnings, one_line (*problems));
  if (lossy) {
    g_autofree char *text = lossy_text (prc_instance_info (slice->instance));

    g_ptr_array_add (warnings, one_line (text));
  }
  return warnings;
}

double
prc_annotate_scale_length (double most_mm) {
  static const double steps[] = {5, 2, 1};
  double decade;

  if (!isfinite (most_mm) || !(most_mm > 0))
    return 0;
  decade = pow (10, floor (log10 (most_mm) + 1e-9));
  for (size_t i = 0; i < G_N_ELEMENTS (steps); i++)
    if (steps[i] * decade <= most_mm * (1 + 1e-9))
      return steps[i] * decade;
  return decade;
}

char *
prc_annotate_scale_label (double length_mm, const char *spacing_source) {
  g_autofree char *length = length_mm >= 10 ? g_strdup_printf (_ ("%g cm"), length_mm / 10)
                                            : g_strdup_printf (_ ("%g mm"), length_mm);

  // On a radiograph the distance is that of the shadow, not of what cast it.
  return join (" ", length,
               strcmp (spacing_source, "ImagerPixelSpacing") == 0 ? _ ("at detector") : NULL, NULL);
}
