// SPDX-License-Identifier: Apache-2.0
#include "prc-presentation-private.h"

#include <math.h>
#include <string.h>

// The lowest and highest stored value there can be.
static void
stored_range (PrcFrame *frame, double *low, double *high) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  size_t bits = prc_sample_size (info->type) * 8;
  const double ends[] = {0, 1};
  double values[2];

  if (info->bits_stored > 0 && info->bits_stored < bits)
    bits = info->bits_stored;
  switch (info->type) {
  case PRC_SAMPLE_S8:
  case PRC_SAMPLE_S16:
  case PRC_SAMPLE_S32:
    *low = -ldexp (1, (int)bits - 1);
    *high = ldexp (1, (int)bits - 1) - 1;
    return;
  case PRC_SAMPLE_F32:
  case PRC_SAMPLE_F64:
    *low = 0;
    *high = 1;
    if (prc_frame_quantiles (frame, ends, values, 2) && info->modality_lut == NULL) {
      *low = (values[0] - info->rescale_intercept) / info->rescale_slope;
      *high = (values[1] - info->rescale_intercept) / info->rescale_slope;
    }
    return;
  default:
    *low = 0;
    *high = ldexp (1, (int)bits) - 1;
  }
}

// Without a VOI transformation the whole range of modality values is the range of what is shown:
// lowest black, highest white (PS3.4 N.2.1.3).
static void
insert_identity (GVariantDict *dict, PrcFrame *frame) {
  g_autoptr (GVariant) so_far = g_variant_ref_sink (g_variant_dict_end (dict));
  g_autoptr (PrcFrame) reread =
      prc_frame_new_reread (frame, &(PrcFrameChanges){.reading = so_far}, NULL);
  PrcFrame *read = reread != NULL ? reread : frame;
  const PrcFrameInfo *info = prc_frame_info (read);
  double low, high, centre, width;

  if (info->modality_lut != NULL) {
    low = 0;
    high = ldexp (1, (int)info->modality_lut->bits) - 1;
  } else {
    stored_range (read, &low, &high);
    low = prc_frame_modality (read, low);
    high = prc_frame_modality (read, high);
  }
  centre = (low + high) / 2;
  width = fmax (fabs (high - low), 1e-6);
  g_variant_dict_init (dict, so_far);
  g_variant_dict_insert_value (
      dict, "WindowCenter",
      g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, &centre, 1, sizeof centre));
  g_variant_dict_insert_value (
      dict, "WindowWidth",
      g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, &width, 1, sizeof width));
  g_variant_dict_insert (dict, "VOILUTFunction", "s", "LINEAR_EXACT");
}

static void
insert_all (GVariantDict *dict, GVariant *from) {
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, from);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
    if (g_strcmp0 (key, "References") != 0)
      g_variant_dict_insert_value (dict, key, value);
    g_variant_unref (value);
  }
}

// Proportions of a pixel before it is turned. Presentation Pixel Spacing is no word on the size of
// the patient, but of the picture on the screen: distances stay those of the image.
static void
insert_aspect (const PrcPresentation *self, const PrcSlice *slice, const PrcFrameInfo *info,
               GVariantDict *dict) {
  const PrcPresentationPart *area = prc_presentation_find (self->areas, slice);
  double row, column, aspect;

  if (area == NULL)
    return;
  if (g_variant_lookup (area->dict, "Spacing", "(dd)", &row, &column))
    aspect = row / column;
  else if (!g_variant_lookup (area->dict, "Aspect", "d", &aspect))
    return;
  if (!(aspect > 1e-3) || !(aspect < 1e3))
    return;
  g_variant_dict_insert (dict, "RowSpacing", "d", info->row_spacing_mm);
  g_variant_dict_insert (dict, "ColumnSpacing", "d", info->column_spacing_mm);
  g_variant_dict_insert (dict, "PixelAspect", "d", aspect);
}

// A rescale that says what the image says leaves the values in the image's units.
static void
keep_units (GVariantDict *dict, const PrcFrameInfo *info) {
  double slope, intercept;
  const char *units = NULL;

  if (g_variant_dict_lookup (dict, "RescaleSlope", "d", &slope) &&
      g_variant_dict_lookup (dict, "RescaleIntercept", "d", &intercept) &&
      slope == info->rescale_slope && intercept == info->rescale_intercept &&
      (!g_variant_dict_lookup (dict, "Units", "&s", &units) || *units == '\0') &&
      !g_variant_dict_contains (dict, "ModalityLUT"))
    g_variant_dict_insert (dict, "Units", "s", info->units);
}

static void
insert_grey (const PrcPresentation *self, const PrcSlice *slice, PrcFrame *frame,
             GVariantDict *dict) {
  const PrcPresentationPart *rescale = prc_presentation_find (self->rescales, slice);
  const PrcPresentationPart *voi = prc_presentation_find (self->vois, slice);
  g_autoptr (GVariant) reading =
      g_variant_lookup_value (self->record, "Reading", G_VARIANT_TYPE_VARDICT);

  if (reading != NULL)
    insert_all (dict, reading);
  if (rescale != NULL)
    insert_all (dict, rescale->dict);
  keep_units (dict, prc_frame_info (frame));
  if (voi != NULL)
    insert_all (dict, voi->dict);
  if (!g_variant_dict_contains (dict, "WindowCenter") && !g_variant_dict_contains (dict, "VOILUTs"))
    insert_identity (dict, frame);
}

static PrcFrame *
change (PrcFrame *frame, const PrcFrameChanges *changes) {
  PrcFrame *changed = prc_frame_new_reread (frame, changes, NULL);

  return changed != NULL ? changed : prc_frame_ref (frame);
}

PrcFrame *
prc_presentation_overlay (const PrcPresentation *self, PrcFrame *frame) {
  return change (frame, &(PrcFrameChanges){.overlays = self->layout});
}

PrcFrame *
prc_presentation_read (const PrcPresentation *self, const PrcSlice *slice, PrcFrame *frame) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  g_autoptr (GVariant) reading = NULL;
  PrcFrameChanges changes = {.layout = self->layout, .overlays = self->layout};
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (self->grey && info->type != PRC_SAMPLE_RGB8)
    insert_grey (self, slice, frame, &dict);
  insert_aspect (self, slice, info, &dict);
  reading = g_variant_ref_sink (g_variant_dict_end (&dict));
  changes.reading = reading;
  changes.active = g_variant_get_fixed_array (self->active, &changes.n_active, 2);
  if (changes.active == NULL) // an empty array has no address
    changes.active = (const uint16_t[]){0};
  return change (frame, &changes);
}

// PS3.6 table B.1
const PrcPalette *
prc_presentation_palette (const PrcPresentation *self) {
  static const char *const ids[] = {"hot-iron", "pet",    "hot-metal-blue", "pet-20-step",
                                    "spring",   "summer", "fall",           "winter"};
  static const char family[] = "1.2.840.10008.1.5.";
  const char *uid = "";
  guint64 number;

  g_variant_lookup (self->record, "PaletteUID", "&s", &uid);
  if (!g_str_has_prefix (uid, family) ||
      !g_ascii_string_to_unsigned (uid + strlen (family), 10, 1, G_N_ELEMENTS (ids), &number, NULL))
    return NULL;
  return prc_palette_find (ids[number - 1]);
}

const PrcPresentationPart *
prc_presentation_area (const PrcPresentation *self, const PrcSlice *slice, const PrcFrameInfo *info,
                       PrcPresentationArea *area) {
  const PrcPresentationPart *part = prc_presentation_find (self->areas, slice);
  double x0, y0, x1, y1;

  *area = (PrcPresentationArea){0, 0, info->columns, info->rows};
  if (part == NULL || !g_variant_lookup (part->dict, "TopLeft", "(dd)", &x0, &y0) ||
      !g_variant_lookup (part->dict, "BottomRight", "(dd)", &x1, &y1))
    return NULL;
  // The corners are where they lie on the screen: of a turned picture, the first may be any corner
  // of the image. Both are pixels, counted from 1, and belong to the area.
  *area = (PrcPresentationArea){fmin (x0, x1) - 1, fmin (y0, y1) - 1, fmax (x0, x1), fmax (y0, y1)};
  if (area->left >= info->columns || area->top >= info->rows || area->right <= 0 ||
      area->bottom <= 0) // nothing of the image; some writers leave the corners 0
    *area = (PrcPresentationArea){0, 0, info->columns, info->rows};
  return part;
}

void
prc_presentation_extent (const PrcPresentation *self, const PrcSlice *slice,
                         const PrcFrameInfo *info, double *width, double *height) {
  PrcPresentationArea area;
  double across, down;

  prc_presentation_area (self, slice, info, &area);
  across = area.right - area.left;
  down = (area.bottom - area.top) * info->pixel_aspect;
  prc_turn_vector (self->turn, &across, &down);
  *width = fabs (across);
  *height = fabs (down);
}

void
prc_presentation_place (const PrcPresentation *self, const PrcSlice *slice,
                        const PrcFrameInfo *info, int view_width, int view_height, double pixel_mm,
                        PrcViewParams *params) {
  PrcPresentationArea area;
  const PrcPresentationPart *part = prc_presentation_area (self, slice, info, &area);
  PrcFrameInfo seen = {.columns = 1, .rows = 1, .pixel_aspect = info->pixel_aspect};
  const char *mode = "";
  double row = 0, column = 0, magnification = 0;

  // A picture of one pixel with the proportions of the area, to be fitted.
  seen.pixel_aspect *= (area.bottom - area.top) / (area.right - area.left);
  prc_view_params_fit (params, &seen, view_width, view_height);
  params->zoom /= area.right - area.left;
  params->image_centre_x = (area.left + area.right) / 2;
  params->image_centre_y = (area.top + area.bottom) / 2;
  if (part == NULL)
    return;
  g_variant_lookup (part->dict, "SizeMode", "&s", &mode);
  g_variant_lookup (part->dict, "Spacing", "(dd)", &row, &column);
  g_variant_lookup (part->dict, "Magnification", "d", &magnification);
  if (g_strcmp0 (mode, "MAGNIFY") == 0 && magnification > 1e-3 && magnification < 1e3)
    params->zoom = magnification;
  else if (g_strcmp0 (mode, "TRUE SIZE") == 0 && column > 0 && pixel_mm > 0)
    params->zoom = fmin (fmax (column / pixel_mm, 1e-3), 1e3);
}
