// SPDX-License-Identifier: Apache-2.0
#include "prc-frame.h"
#include "prc-frame-masks.h"

#include "prc-text.h"

#include <math.h>
#include <string.h>

// The codec's answer to Decode as a PrcFrameInfo. What the answer lacks or garbles counts as
// absent, except where silence would change values: size, sample type, modality table;
// prc_frame_new refuses those.

#define MAX_WINDOWS 64
#define MAX_LUTS    16
#define MAX_REAL    16

typedef struct {
  GVariantDict *dict;
  PrcFrameInfo info;
  PrcWindow windows[MAX_WINDOWS];
  PrcRealWorld real_worlds[MAX_REAL];
  PrcLut voi_luts[MAX_LUTS], modality_lut, presentation_lut;
  PrcColourTable colours;
  GPtrArray *variants; // that info points into
} Reading;

static GVariant *
lookup (Reading *self, const char *key, const char *type) { // borrowed
  GVariant *value = g_variant_dict_lookup_value (self->dict, key, G_VARIANT_TYPE (type));
  if (value)
    g_ptr_array_add (self->variants, value);
  return value;
}

static double
lookup_number (Reading *self, const char *key, double otherwise) {
  GVariant *value = lookup (self, key, "d");
  double number = value ? g_variant_get_double (value) : otherwise;
  return isfinite (number) ? number : otherwise;
}

static uint32_t
lookup_count (Reading *self, const char *key, uint32_t otherwise) {
  GVariant *value = lookup (self, key, "u");
  return value ? g_variant_get_uint32 (value) : otherwise;
}

static bool
lookup_flag (Reading *self, const char *key) {
  GVariant *value = lookup (self, key, "b");
  return value && g_variant_get_boolean (value);
}

static const char *
lookup_text (Reading *self, const char *key) {
  GVariant *value = lookup (self, key, "s");
  return value ? g_variant_get_string (value, NULL) : "";
}

// As much of `text` as fits, cut between letters.
static void
set_text (char *out, size_t size, const char *text) {
  g_autofree char *safe = prc_text_safe (text, -1, size, false);
  const char *end;
  g_utf8_validate (safe, (gssize)MIN (strlen (safe), size - 1), &end);
  memcpy (out, safe, (size_t)(end - safe));
  out[end - safe] = '\0';
}

static void
read_windows (Reading *self) {
  size_t n_centres = 0, n_widths = 0, n_explanations = 0;
  self->info.n_windows = 0;
  GVariant *centres = lookup (self, "WindowCenter", "ad");
  GVariant *widths = lookup (self, "WindowWidth", "ad");
  if (!centres || !widths)
    return;
  const double *centre = g_variant_get_fixed_array (centres, &n_centres, sizeof (double));
  const double *width = g_variant_get_fixed_array (widths, &n_widths, sizeof (double));
  GVariant *explanations = lookup (self, "WindowCenterWidthExplanation", "as");
  g_autofree const char **explanation =
      explanations ? g_variant_get_strv (explanations, &n_explanations) : NULL;
  size_t n = MIN (MIN (n_centres, n_widths), MAX_WINDOWS);
  for (size_t i = 0; i < n; i++) {
    PrcWindow *window = &self->windows[i];
    *window = (PrcWindow){.centre = centre[i], .width = width[i]};
    if (i < n_explanations)
      set_text (window->explanation, sizeof window->explanation, explanation[i]);
  }
  self->info.windows = self->windows;
  self->info.n_windows = (uint32_t)n;
}

static bool
read_lut (Reading *self, GVariant *value, PrcLut *lut) {
  int32_t first_mapped;
  uint32_t bits;
  const char *explanation;
  GVariant *entries;
  size_t n_bytes = 0;
  g_variant_get (value, "(iu&s@ay)", &first_mapped, &bits, &explanation, &entries);
  g_ptr_array_add (self->variants, entries);
  const void *bytes = g_variant_get_fixed_array (entries, &n_bytes, 1);
  *lut = (PrcLut){first_mapped, (uint32_t)MIN (n_bytes / 2, G_MAXUINT32), bits, bytes, ""};
  set_text (lut->explanation, sizeof lut->explanation, explanation);
  return lut->n_entries >= 1 && lut->n_entries <= 65536 && bits >= 8 && bits <= 16;
}

static void
read_modality_lut (Reading *self) {
  GVariant *modality = lookup (self, "ModalityLUT", "(iusay)");
  self->info.modality_lut = modality ? &self->modality_lut : NULL;
  if (modality)
    read_lut (self, modality, &self->modality_lut);
}

static void
read_presentation (Reading *self) {
  GVariant *table = lookup (self, "PresentationLUT", "(iusay)");
  self->info.presentation_lut = table ? &self->presentation_lut : NULL;
  if (table)
    read_lut (self, table, &self->presentation_lut);
  self->info.inverse = lookup_flag (self, "Inverse") && !table;
}

static void
read_voi_luts (Reading *self) {
  self->info.n_voi_luts = 0;
  GVariant *vois = lookup (self, "VOILUTs", "a(iusay)");
  size_t n = vois ? g_variant_n_children (vois) : 0;
  for (size_t i = 0; i < n && self->info.n_voi_luts < MAX_LUTS; i++) {
    GVariant *voi = g_variant_get_child_value (vois, i);
    g_ptr_array_add (self->variants, voi);
    if (read_lut (self, voi, &self->voi_luts[self->info.n_voi_luts]))
      self->info.n_voi_luts++;
  }
  self->info.voi_luts = self->voi_luts;
}

static void
read_colours (Reading *self) {
  GVariant *value = lookup (self, "SupplementalPalette", "(iay)");
  size_t n = 0;
  if (!value)
    return;
  GVariant *rgb;
  g_variant_get (value, "(i@ay)", &self->colours.first_mapped, &rgb);
  g_ptr_array_add (self->variants, rgb);
  self->colours.rgb = g_variant_get_fixed_array (rgb, &n, 1);
  self->colours.n_entries = (uint32_t)MIN (n / 3, G_MAXUINT32);
  self->info.colours = &self->colours;
}

static void
read_padding (Reading *self) {
  GVariant *padding = lookup (self, "PixelPadding", "(dd)");
  if (!padding)
    return;
  g_variant_get (padding, "(dd)", &self->info.padding_low, &self->info.padding_high);
  self->info.has_padding = isfinite (self->info.padding_low) && isfinite (self->info.padding_high);
}

static bool
read_real_world (Reading *self, GVariant *value, PrcRealWorld *mapping) {
  const char *label, *explanation, *units;
  GVariant *table;
  size_t n_table = 0;
  *mapping = (PrcRealWorld){0};
  g_variant_get (value, "(dddd@ad&s&s&s)", &mapping->first, &mapping->last, &mapping->slope,
                 &mapping->intercept, &table, &label, &explanation, &units);
  g_ptr_array_add (self->variants, table);
  mapping->table = g_variant_get_fixed_array (table, &n_table, sizeof (double));
  mapping->n_table = (uint32_t)MIN (n_table, G_MAXUINT16 + 1);
  if (n_table == 0)
    mapping->table = NULL;
  set_text (mapping->label, sizeof mapping->label, label);
  set_text (mapping->explanation, sizeof mapping->explanation, explanation);
  set_text (mapping->units, sizeof mapping->units, units);
  return isfinite (mapping->first) && isfinite (mapping->last) &&
         (mapping->table || (isfinite (mapping->slope) && isfinite (mapping->intercept)));
}

static void
read_real_worlds (Reading *self) {
  GVariant *all = lookup (self, "RealWorldValues", "a(ddddadsss)");
  size_t n = all ? g_variant_n_children (all) : 0;
  for (size_t i = 0; i < n && self->info.n_real_worlds < MAX_REAL; i++) {
    GVariant *one = g_variant_get_child_value (all, i);
    g_ptr_array_add (self->variants, one);
    if (read_real_world (self, one, &self->real_worlds[self->info.n_real_worlds]))
      self->info.n_real_worlds++;
  }
  self->info.real_worlds = self->real_worlds;
}

// Reckoned at once: patient weight and dose go no further than here.
static PrcSuv
read_suv (GVariant *pet) {
  g_autoptr (GVariantDict) dict = g_variant_dict_new (pet);
  g_autoptr (GPtrArray) variants = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  Reading self = {.dict = dict, .variants = variants};
  const PrcSuvFacts facts = {
      .units = lookup_text (&self, "Units"),
      .suv_type = lookup_text (&self, "SUVType"),
      .corrected_image = lookup_text (&self, "CorrectedImage"),
      .decay_correction = lookup_text (&self, "DecayCorrection"),
      .series_date = lookup_text (&self, "SeriesDate"),
      .series_time = lookup_text (&self, "SeriesTime"),
      .acquisition_date = lookup_text (&self, "AcquisitionDate"),
      .acquisition_time = lookup_text (&self, "AcquisitionTime"),
      .injection_datetime = lookup_text (&self, "RadiopharmaceuticalStartDateTime"),
      .injection_time = lookup_text (&self, "RadiopharmaceuticalStartTime"),
      .ge_scan_datetime = lookup_text (&self, "GEScanDateTime"),
      .dose_bq = lookup_number (&self, "RadionuclideTotalDose", 0),
      .half_life_s = lookup_number (&self, "RadionuclideHalfLife", 0),
      .weight_kg = lookup_number (&self, "PatientWeight", 0),
      .frame_reference_time_ms = lookup_number (&self, "FrameReferenceTime", 0),
      .actual_frame_duration_ms = lookup_number (&self, "ActualFrameDuration", 0),
      .philips_suv_factor = lookup_number (&self, "PhilipsSUVFactor", 0),
      .philips_activity_factor = lookup_number (&self, "PhilipsActivityFactor", 0),
  };
  return prc_suv (&facts);
}

// Height by width: as told, else from the spacing, else square.
static double
read_aspect (Reading *self) {
  double aspect = lookup_number (self, "PixelAspect", 0);
  if (!(aspect > 0) && self->info.row_spacing_mm > 0 && self->info.column_spacing_mm > 0)
    aspect = self->info.row_spacing_mm / self->info.column_spacing_mm;
  return aspect > 0 ? aspect : 1;
}

static PrcVoiFunction
read_function (Reading *self) {
  const char *name = lookup_text (self, "VOILUTFunction");
  if (g_str_has_prefix (name, "LINEAR_EXACT"))
    return PRC_VOI_LINEAR_EXACT;
  return g_str_has_prefix (name, "SIGMOID") ? PRC_VOI_SIGMOID : PRC_VOI_LINEAR;
}

static void
read_rescale (Reading *self) {
  PrcFrameInfo *info = &self->info;
  info->rescale_slope = lookup_number (self, "RescaleSlope", 1);
  if (info->rescale_slope == 0) // would make all values one
    info->rescale_slope = 1;
  info->rescale_intercept = lookup_number (self, "RescaleIntercept", 0);
  set_text (info->units, sizeof info->units, lookup_text (self, "Units"));
  read_modality_lut (self);
}

static void
read_spacing (Reading *self) {
  PrcFrameInfo *info = &self->info;
  info->row_spacing_mm = MAX (lookup_number (self, "RowSpacing", 0), 0);
  info->column_spacing_mm = MAX (lookup_number (self, "ColumnSpacing", 0), 0);
  info->pixel_aspect = read_aspect (self);
}

static void
read_voi (Reading *self) {
  self->info.voi_function = read_function (self);
  read_windows (self);
  read_voi_luts (self);
}

static void
read_all (Reading *self) {
  PrcFrameInfo *info = &self->info;
  info->type = lookup_count (self, "SampleType", G_MAXINT);
  info->rows = lookup_count (self, "Rows", 0);
  info->columns = lookup_count (self, "Columns", 0);
  info->bits_stored = lookup_count (self, "BitsStored", 0);
  read_rescale (self);
  read_presentation (self);
  info->lossy = lookup_flag (self, "Lossy");
  read_spacing (self);
  read_padding (self);
  read_voi (self);
  read_real_worlds (self);
  read_colours (self);
  GVariant *pet = lookup (self, "PET", "a{sv}");
  if (pet)
    info->suv = read_suv (pet);
}

static bool
has (Reading *self, const char *key) {
  return g_variant_dict_contains (self->dict, key);
}

// The factor of an SUV is one to the image's own modality values.
static void
reread_rescale (Reading *self) {
  PrcFrameInfo before = self->info;
  read_rescale (self);
  if (self->info.rescale_slope != before.rescale_slope ||
      self->info.rescale_intercept != before.rescale_intercept ||
      self->info.modality_lut != before.modality_lut)
    self->info.suv =
        (PrcSuv){.kind = before.suv.kind, .lacks = before.suv.kind ? PRC_SUV_LACKS_UNITS : 0};
}

static void
reread (Reading *self) {
  if (has (self, "RescaleSlope"))
    reread_rescale (self);
  if (has (self, "Inverse"))
    read_presentation (self);
  if (has (self, "PixelAspect"))
    read_spacing (self);
  if (has (self, "WindowCenter") || has (self, "VOILUTs"))
    read_voi (self);
}

static bool
stays (const PrcOverlay *overlay, const PrcFrameChanges *changes, const PrcFrameMasks *masks) {
  bool active = !changes->active;
  for (size_t i = 0; changes->active && i < changes->n_active; i++)
    active = active || changes->active[i] == overlay->group;
  for (uint32_t i = 0; i < masks->n_overlays; i++)
    active = active && masks->overlays[i].group != overlay->group;
  return active;
}

static PrcOverlay * // the masks stay where they are
join_overlays (const PrcFrameInfo *info, const PrcFrameChanges *changes, const PrcFrameMasks *masks,
               uint32_t *n) {
  PrcOverlay *all = g_new0 (PrcOverlay, info->n_overlays + masks->n_overlays + 1);
  *n = 0;
  for (uint32_t i = 0; i < info->n_overlays; i++)
    if (stays (&info->overlays[i], changes, masks))
      all[(*n)++] = info->overlays[i];
  for (uint32_t i = 0; i < masks->n_overlays; i++)
    all[(*n)++] = masks->overlays[i];
  return all;
}

PrcFrame *
prc_frame_new_reread (PrcFrame *frame, const PrcFrameChanges *changes, GError **error) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  g_autoptr (GVariantDict) dict = g_variant_dict_new (changes->reading);
  g_autoptr (GPtrArray) variants = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  g_autofree Reading *self = g_new0 (Reading, 1);
  g_auto (PrcFrameMasks) shutter = {0}, overlays = {0};
  g_autofree PrcOverlay *joined = NULL;
  self->dict = dict;
  self->variants = variants;
  self->info = *info;
  reread (self);
  if (changes->layout) {
    prc_frame_masks_init (&shutter, changes->layout, info->rows, info->columns,
                          self->info.pixel_aspect);
    self->info.shutter = shutter.shutter;
    self->info.shutter_value = shutter.shutter_value;
  }
  if (changes->overlays)
    prc_frame_masks_init (&overlays, changes->overlays, info->rows, info->columns, 1);
  joined = join_overlays (info, changes, &overlays, &self->info.n_overlays);
  self->info.overlays = joined;
  return prc_frame_new (&self->info, prc_frame_bytes (frame), error);
}

PrcFrame *
prc_frame_new_from_reading (GVariant *reading, GBytes *samples, GError **error) {
  g_autoptr (GVariantDict) dict =
      g_variant_dict_new (g_variant_is_of_type (reading, G_VARIANT_TYPE_VARDICT) ? reading : NULL);
  g_autoptr (GPtrArray) variants = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  g_autofree Reading *self = g_new0 (Reading, 1);
  self->dict = dict;
  self->variants = variants;
  read_all (self);
  g_auto (PrcFrameMasks) masks;
  prc_frame_masks_init (&masks, reading, self->info.rows, self->info.columns,
                        self->info.pixel_aspect);
  self->info.shutter = masks.shutter;
  self->info.shutter_value = masks.shutter_value;
  self->info.overlays = masks.overlays;
  self->info.n_overlays = masks.n_overlays;
  return prc_frame_new (&self->info, samples, error);
}
