// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-write.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "prc-codes.h"
#include "prc-contour.h"
#include "prc-imaging-error.h"
#include "prc-segment-drafts.h"
#include "prc-segment-origin.h"

#define STRUCTURE_SET_CLASS  "1.2.840.10008.5.1.4.1.1.481.3"
#define DETACHED_STUDY_CLASS "1.2.840.10008.3.1.2.3.1" // retired, and still asked for

// A contour may be longer than the 64 KiB that a DS has room for with explicit VR.
#define IMPLICIT_LITTLE_ENDIAN "1.2.840.10008.1.2"

#define DS_CHARACTERS 16
#define SH_CHARACTERS 16
#define LO_CHARACTERS 64
#define ST_CHARACTERS 1024
#define MAX_TEXT      (512u << 20) // bytes of all contours

typedef struct {
  const PrcSegmentDraft *drafts;
  size_t n;
  PrcSegmentOrigin origin;
  unsigned decimals;
  GCancellable *cancellable;
} Work;

static void
work_clear (Work *work) {
  prc_segment_origin_clear (&work->origin);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

// ---- numbers ----

// As many as say where in a pixel a corner is to a hundred-thousandth: a hundredth of what corners
// are rounded to when they are read again.
static unsigned
count_decimals (const PrcSegmentOrigin *origin) {
  double spacing = INFINITY;

  for (uint32_t i = 0; i < origin->n_images; i++)
    spacing = fmin (spacing, fmin (origin->images[i].plane->row_spacing_mm,
                                   origin->images[i].plane->column_spacing_mm));
  return (unsigned)CLAMP (ceil (5 - log10 (spacing)), 3, 12);
}

// A decimal string without what says nothing.
static void
append_number (GString *text, double value, unsigned decimals) {
  char digits[64], format[] = "%.0f";

  do {
    g_snprintf (format, sizeof format, "%%.%uf", decimals);
    g_ascii_formatd (digits, sizeof digits, format, value);
  } while (strlen (digits) > DS_CHARACTERS && decimals-- > 0);
  if (strchr (digits, '.')) {
    size_t n = strlen (digits);
    while (digits[n - 1] == '0')
      n--;
    if (digits[n - 1] == '.')
      n--;
    digits[n] = '\0';
  }
  g_string_append (text, strcmp (digits, "-0") == 0 ? "0" : digits);
}

// ---- contours ----

static void
put_outline (const Work *work, PrcJson *json, const PrcSegmentImage *image, const GArray *outline) {
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < outline->len; i++) {
    if (i)
      g_string_append_c (text, '\\');
    append_number (text, g_array_index (outline, double, i), work->decimals);
  }
  prc_json_open_item (json);
  prc_json_open_only (json, 0x30060016);
  prc_segment_sheet_put_image (json, image);
  prc_json_close_only (json);
  prc_json_text (json, 0x30060042, "CS", "CLOSED_PLANAR");
  prc_json_number (json, 0x30060046, "IS", outline->len / 3);
  prc_json_whole (json, 0x30060050, "DS", text->str);
  prc_json_close_item (json);
}

static bool
put_contours (const Work *work, PrcJson *json, const PrcSegmentStack *stack, GError **error) {
  for (uint32_t i = 0; i < work->origin.n_images; i++) {
    const PrcMask *mask = prc_segment_stack_mask (stack, i);
    if (!mask)
      continue;
    if (g_cancellable_set_error_if_cancelled (work->cancellable, error))
      return false;
    const PrcSegmentImage *image = &work->origin.images[i];
    g_autoptr (GPtrArray) outlines = prc_contour_outlines (mask, image->plane);
    for (guint k = 0; outlines && k < outlines->len; k++)
      put_outline (work, json, image, outlines->pdata[k]);
    if (json->text->len > MAX_TEXT) {
      g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE,
                           _ ("The segments are too large for one file"));
      return false;
    }
  }
  return true;
}

static bool
put_region_contours (const Work *work, PrcJson *json, size_t index, GError **error) {
  const PrcSegmentDraft *draft = &work->drafts[index];
  uint32_t colour = draft->segment->colour;
  double rgb[] = {colour >> 16 & 255, colour >> 8 & 255, colour & 255};

  prc_json_open_item (json);
  if (draft->segment->has_colour)
    prc_json_numbers (json, 0x3006002A, "IS", rgb, 3);
  if (prc_segment_stack_area (draft->stack) > 0) {
    prc_json_open_sequence (json, 0x30060040);
    if (!put_contours (work, json, draft->stack, error))
      return false;
    prc_json_close_sequence (json);
  }
  prc_json_number (json, 0x30060084, "IS", (double)index + 1);
  prc_json_close_item (json);
  return true;
}

// ---- the object ----

static void
put_structure_set (const Work *work, PrcJson *json, const char *label) {
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%d");
  g_autofree char *time = g_date_time_format (now, "%H%M%S");

  prc_segment_sheet_put_text (json, 0x30060002, "SH", *label ? label : "Segments", SH_CHARACTERS);
  prc_segment_sheet_put_text (json, 0x30060004, "LO", label, LO_CHARACTERS);
  prc_json_text (json, 0x30060008, "DA", date);
  prc_json_text (json, 0x30060009, "TM", time);
  prc_json_name (json, 0x00081070, ""); // Operators' Name
}

// Frame of Reference, study, series and images that all contours lie in.
static void
put_references (const Work *work, PrcJson *json) {
  const PrcInstanceInfo *info = prc_series_info (work->origin.series);

  prc_json_open_only (json, 0x30060010);
  prc_json_text (json, 0x00200052, "UI", info->frame_of_reference_uid);
  prc_json_open_only (json, 0x30060012);
  prc_json_text (json, 0x00081150, "UI", DETACHED_STUDY_CLASS);
  prc_json_text (json, 0x00081155, "UI", info->study_instance_uid);
  prc_json_open_only (json, 0x30060014);
  prc_json_text (json, 0x0020000E, "UI", info->series_instance_uid);
  prc_segment_sheet_put_instances (json, 0x30060016, work->origin.images, work->origin.n_images);
  prc_json_close_only (json);
  prc_json_close_only (json);
  prc_json_close_only (json);
}

static void
put_regions (const Work *work, PrcJson *json) {
  const char *uid = prc_series_info (work->origin.series)->frame_of_reference_uid;

  prc_json_open_sequence (json, 0x30060020);
  for (size_t i = 0; i < work->n; i++) {
    const PrcSegment *segment = work->drafts[i].segment;
    bool named = segment->label && *segment->label;

    prc_json_open_item (json);
    prc_json_number (json, 0x30060022, "IS", (double)i + 1);
    prc_json_text (json, 0x30060024, "UI", uid);
    prc_segment_sheet_put_text (json, 0x30060026, "LO",
                                named ? segment->label : prc_segment_sheet_type (segment)->meaning,
                                LO_CHARACTERS);
    if (segment->description && *segment->description)
      prc_segment_sheet_put_text (json, 0x30060028, "ST", segment->description, ST_CHARACTERS);
    prc_json_text (json, 0x30060036, "CS", prc_segment_sheet_algorithm (segment));
    prc_json_close_item (json);
  }
  prc_json_close_sequence (json);
}

// "ORGAN" and the like are of radiotherapy and not ours to guess: what the segment is says its code.
static void
put_observations (const Work *work, PrcJson *json) {
  prc_json_open_sequence (json, 0x30060080);
  for (size_t i = 0; i < work->n; i++) {
    const PrcSegment *segment = work->drafts[i].segment;

    prc_json_open_item (json);
    prc_json_number (json, 0x30060082, "IS", (double)i + 1);
    prc_json_number (json, 0x30060084, "IS", (double)i + 1);
    prc_segment_sheet_put_text (json, 0x300600A4, "CS", segment->interpreted_type, SH_CHARACTERS);
    prc_json_name (json, 0x300600A6, "");
    prc_segment_sheet_put_code (json, 0x00620003, prc_segment_sheet_category (segment), 0, NULL);
    prc_segment_sheet_put_code (json, 0x30060086, prc_segment_sheet_type (segment), 0x00620011,
                                &segment->type_modifier);
    prc_json_close_item (json);
  }
  prc_json_close_sequence (json);
}

static char *
make_data_set (const Work *work, const char *label, GError **error) {
  PrcSegmentObject object = {STRUCTURE_SET_CLASS, "RTSTRUCT", label};
  bool good = true;
  PrcJson json;

  prc_json_begin (&json);
  prc_segment_origin_put (&work->origin, &json, &object);
  put_structure_set (work, &json, label);
  put_references (work, &json);
  put_regions (work, &json);
  prc_json_open_sequence (&json, 0x30060039);
  for (size_t i = 0; i < work->n && good; i++)
    good = put_region_contours (work, &json, i, error);
  prc_json_close_sequence (&json);
  put_observations (work, &json);
  g_autofree char *text = prc_json_finish (&json);
  return good ? g_steal_pointer (&text) : NULL;
}

gboolean
prc_segment_write_rtstruct (PrcCodecPool *pool, const PrcSeries *series,
                            const PrcSegmentDraft *drafts, size_t n, const char *label,
                            const char *path, GCancellable *cancellable, GError **error) {
  g_auto (Work) work = {.drafts = drafts, .n = n, .cancellable = cancellable};

  if (!prc_segment_drafts_check (drafts, n, series, error) ||
      !prc_segment_origin_read (&work.origin, pool, series, cancellable, error))
    return FALSE;
  if (!work.origin.has_planes) {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
                         _ ("The images do not say where in the patient they lie, which contours "
                            "need"));
    return FALSE;
  }
  work.decimals = count_decimals (&work.origin);
  g_autofree char *json = make_data_set (&work, label, error);
  return json &&
         prc_codec_pool_encode (pool, json, NULL, IMPLICIT_LITTLE_ENDIAN, path, cancellable, error);
}
