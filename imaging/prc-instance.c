// SPDX-License-Identifier: Apache-2.0
#include "prc-instance.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prc-geometry.h"
#include "prc-imaging-error.h"
#include "prc-sop-class.h"
#include "prc-text.h"
#include "prc-transfer-syntax.h"

// A record comes from a process that has handled hostile bytes: every type, size and number is
// checked here, and what makes no sense counts as absent.

#define MAX_TEXT   4096   // bytes of one text value
#define MAX_FRAMES 100000 // a slice list is kept for every frame
#define MAX_NUMBER 1e9
#define N_TEXTS    64 // more than there are

struct _PrcInstance {
  PrcInstanceInfo info;
  PrcPlane plane;
  PrcPlane *frame_planes; // n_frames of them, or NULL
  char *patient_key;
  char *texts; // all strings of info, one after the other
  double *frame_times;
};

typedef enum { KIND_TEXT, KIND_INT, KIND_COUNT, KIND_POSITIVE, KIND_NOT_NEGATIVE } Kind;

typedef struct {
  const char *keyword; // PS3.6
  Kind kind;
  size_t offset; // in PrcInstanceInfo
} Field;

#define TEXT(keyword, member)                                                                      \
  { keyword, KIND_TEXT, offsetof (PrcInstanceInfo, member) }
#define NUMBER(keyword, kind, member)                                                              \
  { keyword, kind, offsetof (PrcInstanceInfo, member) }

static const Field fields[] = {
    // sorted by keyword
    TEXT ("AccessionNumber", accession_number),
    NUMBER ("AcquisitionNumber", KIND_INT, acquisition_number),
    TEXT ("AcquisitionTime", acquisition_time),
    NUMBER ("BitsAllocated", KIND_COUNT, bits_allocated),
    TEXT ("BodyPartExamined", body_part),
    NUMBER ("CineRate", KIND_POSITIVE, cine.rate),
    NUMBER ("Columns", KIND_COUNT, columns),
    TEXT ("ContentTime", content_time),
    TEXT ("ContrastBolusAgent", contrast_agent),
    NUMBER ("DiffusionBValue", KIND_NOT_NEGATIVE, b_value),
    NUMBER ("EchoNumbers", KIND_INT, echo_number),
    TEXT ("FrameOfReferenceUID", frame_of_reference_uid),
    NUMBER ("FrameTime", KIND_POSITIVE, cine.frame_time_ms),
    TEXT ("ImageType", image_type),
    NUMBER ("InstanceNumber", KIND_INT, instance_number),
    TEXT ("InstitutionName", institution),
    TEXT ("Laterality", laterality),
    TEXT ("LossyImageCompressionMethod", lossy_method),
    TEXT ("Manufacturer", manufacturer),
    TEXT ("ManufacturerModelName", model_name),
    TEXT ("Modality", modality),
    NUMBER ("NumberOfFrames", KIND_COUNT, n_frames),
    TEXT ("PatientAge", patient_age),
    TEXT ("PatientBirthDate", patient_birth_date),
    TEXT ("PatientID", patient_id),
    TEXT ("PatientName", patient_name),
    TEXT ("PatientOrientation", patient_orientation),
    TEXT ("PatientSex", patient_sex),
    TEXT ("PhotometricInterpretation", photometric),
    TEXT ("ProtocolName", protocol_name),
    NUMBER ("RecommendedDisplayFrameRate", KIND_POSITIVE, cine.recommended_rate),
    NUMBER ("Rows", KIND_COUNT, rows),
    TEXT ("SOPClassUID", sop_class_uid),
    TEXT ("SOPInstanceUID", sop_instance_uid),
    NUMBER ("SamplesPerPixel", KIND_COUNT, samples_per_pixel),
    TEXT ("SeriesDescription", series_description),
    TEXT ("SeriesInstanceUID", series_instance_uid),
    NUMBER ("SeriesNumber", KIND_INT, series_number),
    NUMBER ("SliceThickness", KIND_POSITIVE, slice_thickness_mm),
    NUMBER ("StartTrim", KIND_COUNT, cine.start_trim),
    NUMBER ("StopTrim", KIND_COUNT, cine.stop_trim),
    TEXT ("StudyDate", study_date),
    TEXT ("StudyDescription", study_description),
    TEXT ("StudyID", study_id),
    TEXT ("StudyInstanceUID", study_instance_uid),
    TEXT ("StudyTime", study_time),
    NUMBER ("TemporalPositionIdentifier", KIND_INT, temporal_position),
    TEXT ("TransferSyntaxUID", transfer_syntax_uid),
    TEXT ("ViewPosition", view_position),
};

static int
compare_field (const void *keyword, const void *field) {
  return strcmp (keyword, ((const Field *)field)->keyword);
}

// Finite numbers of an "ad", at most `max` of them; their count, or 0.
static size_t
get_numbers (GVariant *value, double *out, size_t max) {
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE ("ad")))
    return 0;
  size_t n = 0;
  const double *numbers = g_variant_get_fixed_array (value, &n, sizeof (double));
  n = MIN (n, max);
  for (size_t i = 0; i < n; i++) {
    if (!isfinite (numbers[i]))
      return 0;
    out[i] = numbers[i];
  }
  return n;
}

static void
set_number (PrcInstanceInfo *info, const Field *field, GVariant *value) {
  void *place = (char *)info + field->offset;
  double number;
  if (get_numbers (value, &number, 1) != 1)
    return;
  if (field->kind == KIND_INT && fabs (number) <= G_MAXINT)
    *(int *)place = (int)number;
  else if (field->kind == KIND_COUNT && number >= 0 && number <= G_MAXINT)
    *(uint32_t *)place = (uint32_t)number;
  else if (field->kind == KIND_POSITIVE && number > 0 && number <= MAX_NUMBER)
    *(double *)place = number;
  else if (field->kind == KIND_NOT_NEGATIVE && number >= 0 && number <= MAX_NUMBER)
    *(double *)place = number;
}

// Text of an "s" without what would upset a line of text; "" for anything else. To be freed.
static char *
clean_text (GVariant *value) {
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_strdup ("");
  size_t length;
  const char *text = g_variant_get_string (value, &length);
  return g_strstrip (prc_text_safe (text, (gssize)length, MAX_TEXT, false));
}

// The strings while they are gathered; afterwards they lie in one block.
typedef struct {
  GString *block;
  size_t at[N_TEXTS]; // in block
  size_t offset[N_TEXTS];
  size_t n;
} Texts;

static void
add_text (Texts *texts, size_t offset, const char *text) {
  texts->offset[texts->n] = offset;
  texts->at[texts->n++] = texts->block->len;
  g_string_append_len (texts->block, text, (gssize)strlen (text) + 1);
}

static void
set_texts (PrcInstance *self, Texts *texts) {
  self->texts = g_string_free (g_steal_pointer (&texts->block), FALSE);
  for (size_t i = 0; i < texts->n; i++)
    *(const char **)((char *)&self->info + texts->offset[i]) = self->texts + texts->at[i];
  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++) {
    const char **place = (const char **)((char *)&self->info + fields[i].offset);
    if (fields[i].kind == KIND_TEXT && !*place)
      *place = "";
  }
}

// Several pointers name vectors of nuclear medicine: then frames do not follow in time.
static PrcIncrement
increment_of (GVariant *pointers) {
  double tags[2];
  size_t n = get_numbers (pointers, tags, 2);
  if (n != 1)
    return n ? PRC_INCREMENT_OTHER : PRC_INCREMENT_NONE;
  return tags[0] == 0x00181063   ? PRC_INCREMENT_TIME
         : tags[0] == 0x00181065 ? PRC_INCREMENT_TIME_VECTOR
                                 : PRC_INCREMENT_OTHER;
}

// One duration that is none spoils the sequence.
static void
set_frame_times (PrcInstance *self, GVariant *value) {
  size_t n = g_variant_is_of_type (value, G_VARIANT_TYPE ("ad")) ? g_variant_n_children (value) : 0;
  if (n < 2 || n > MAX_FRAMES || self->frame_times)
    return;
  g_autofree double *times = g_new (double, n);
  if (get_numbers (value, times, n) != n)
    return;
  for (size_t i = 0; i < n; i++) {
    if (times[i] < 0 || times[i] > MAX_NUMBER)
      return;
  }
  self->frame_times = g_steal_pointer (&times);
  self->info.cine.frame_times_ms = self->frame_times;
  self->info.cine.n_frame_times = (uint32_t)n;
}

// What is gathered on the one walk over the record.
typedef struct {
  GVariant *spacing[3]; // by the order of spacing_keywords
  GVariant *frame_planes, *image_laterality, *sequence_name;
} Later;

// PS3.3 10.7.1: measured in the patient, at the detector, on the scanned film; the first there is
// counts.
static const char *const spacing_keywords[] = {"PixelSpacing", "ImagerPixelSpacing",
                                               "NominalScannedPixelSpacing"};

static void
later_clear (Later *later) {
  for (size_t i = 0; i < G_N_ELEMENTS (later->spacing); i++)
    g_clear_pointer (&later->spacing[i], g_variant_unref);
  g_clear_pointer (&later->frame_planes, g_variant_unref);
  g_clear_pointer (&later->image_laterality, g_variant_unref);
  g_clear_pointer (&later->sequence_name, g_variant_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Later, later_clear)

static void
keep (GVariant **place, GVariant *value) {
  g_clear_pointer (place, g_variant_unref);
  *place = g_variant_ref (value);
}

// Attributes that are no plain field.
static void
read_special (PrcInstance *self, Later *later, const char *keyword, GVariant *value) {
  double sequencing;
  for (size_t i = 0; i < G_N_ELEMENTS (spacing_keywords); i++) {
    if (strcmp (keyword, spacing_keywords[i]) == 0)
      keep (&later->spacing[i], value);
  }
  double v[7];
  if (strcmp (keyword, "ImagePositionPatient") == 0 && get_numbers (value, v, 4) == 3)
    prc_geometry_set_position (&self->plane, v);
  else if (strcmp (keyword, "ImageOrientationPatient") == 0 && get_numbers (value, v, 7) == 6)
    prc_geometry_set_orientation (&self->plane, v);
  else if (strcmp (keyword, "FramePlanes") == 0)
    keep (&later->frame_planes, value);
  else if (strcmp (keyword, "ImageLaterality") == 0)
    keep (&later->image_laterality, value);
  else if (strcmp (keyword, "SequenceName") == 0)
    keep (&later->sequence_name, value);
  else if (strcmp (keyword, "FrameTimeVector") == 0)
    set_frame_times (self, value);
  else if (strcmp (keyword, "FrameIncrementPointer") == 0)
    self->info.cine.increment = increment_of (value);
  else if (strcmp (keyword, "PreferredPlaybackSequencing") == 0)
    self->info.cine.sweep = get_numbers (value, &sequencing, 1) == 1 && sequencing == 1;
  else if (strcmp (keyword, "LossyImageCompressionRatio") == 0)
    get_numbers (value, self->info.lossy_ratios, PRC_MAX_LOSSY_STEPS);
  else if (strcmp (keyword, "IsImage") == 0)
    self->info.is_image =
        g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (value);
  else if (strcmp (keyword, "CharacterSetGuessed") == 0)
    self->info.text_guessed =
        g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (value);
  else if (strcmp (keyword, "LossyImageCompression") == 0)
    self->info.lossy = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) &&
                       strcmp (g_variant_get_string (value, NULL), "01") == 0;
}

static void
read_record (PrcInstance *self, GVariant *record, Texts *texts, Later *later) {
  bool seen[G_N_ELEMENTS (fields)] = {false};
  GVariantIter iter;
  const char *keyword;
  GVariant *value;
  g_variant_iter_init (&iter, record);
  while (g_variant_iter_loop (&iter, "{&sv}", &keyword, &value)) {
    const Field *field =
        bsearch (keyword, fields, G_N_ELEMENTS (fields), sizeof fields[0], compare_field);
    if (!field) {
      read_special (self, later, keyword, value);
      continue;
    }
    if (seen[field - fields])
      continue;
    seen[field - fields] = true;
    if (field->kind == KIND_TEXT) {
      g_autofree char *text = clean_text (value);
      add_text (texts, field->offset, text);
    } else {
      set_number (&self->info, field, value);
    }
  }
}

static void
read_spacing (PrcInstance *self, const Later *later) {
  self->info.spacing_source = "";
  for (size_t i = 0; i < G_N_ELEMENTS (spacing_keywords); i++) {
    double v[3];
    if (later->spacing[i] && get_numbers (later->spacing[i], v, 3) == 2 &&
        prc_geometry_set_spacing (&self->plane, v)) {
      self->info.spacing_source = spacing_keywords[i];
      return;
    }
  }
}

// Siemens wrote the b-value into Sequence Name, "*ep_b800t", before DICOM had an attribute for it.
// Several, "*ep_b50_800", name what a map was computed from: that has no b-value.
static void
read_b_value (PrcInstance *self, const Later *later) {
  if (self->info.b_value >= 0 || !later->sequence_name || strcmp (self->info.modality, "MR") != 0)
    return;
  g_autofree char *name = clean_text (later->sequence_name);
  const char *b = strstr (name, "_b");
  if (!b || !g_ascii_isdigit (b[2]))
    return;
  char *end;
  guint64 b_value = g_ascii_strtoull (b + 2, &end, 10);
  if (*end != '_')
    self->info.b_value = MIN ((double)b_value, MAX_NUMBER);
}

// What the functional groups of a frame leave open is the instance's own, except where it lies.
static void
read_frame_planes (PrcInstance *self, GVariant *planes) {
  if (!planes || !g_variant_is_of_type (planes, G_VARIANT_TYPE ("ad")))
    return;
  size_t n = 0; // numbers, eleven a frame
  const double *numbers = g_variant_get_fixed_array (planes, &n, sizeof (double));
  if (n == 0 || !self->info.is_image)
    return;
  self->frame_planes = g_new (PrcPlane, self->info.n_frames);
  for (uint32_t i = 0; i < self->info.n_frames; i++) {
    PrcPlane *plane = &self->frame_planes[i];
    *plane = self->plane;
    if (self->info.n_frames > 1)
      plane->has_position = false;
    const double *v = numbers + (size_t)i * 11;
    if (n < 11 * ((size_t)i + 1))
      continue;
    prc_geometry_set_position (plane, v);
    prc_geometry_set_orientation (plane, v + 3);
    if (prc_geometry_set_spacing (plane, v + 9) && !*self->info.spacing_source)
      self->info.spacing_source = spacing_keywords[0];
  }
}

static char *
make_patient_key (const PrcInstanceInfo *info) {
  if (*info->patient_id)
    return g_strconcat ("id:", info->patient_id, NULL);
  if (*info->patient_name)
    return g_strconcat ("name:", info->patient_name, "\n", info->patient_birth_date, NULL);
  return g_strconcat ("study:", info->study_instance_uid, NULL);
}

static bool
check (const PrcInstanceInfo *info, GError **error) {
  if (!*info->sop_instance_uid) {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED,
                         _ ("The file has no SOP Instance UID"));
    return false;
  }
  if (info->is_image && (info->rows == 0 || info->columns == 0)) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED,
                 _ ("The image has %u rows and %u columns"), info->rows, info->columns);
    return false;
  }
  if (info->is_image && info->n_frames > MAX_FRAMES) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE,
                 _ ("The image has %u frames, more than the %u that are read"), info->n_frames,
                 MAX_FRAMES);
    return false;
  }
  return true;
}

static bool
fail_with_record_error (GVariant *record, GError **error) {
  g_autoptr (GVariant) refusal = g_variant_lookup_value (record, "Error", G_VARIANT_TYPE ("(us)"));
  if (!refusal)
    return false;
  uint32_t code;
  const char *sentence;
  g_variant_get (refusal, "(u&s)", &code, &sentence);
  if (code > PRC_IMAGING_ERROR_ARGUMENT)
    code = PRC_IMAGING_ERROR_DAMAGED;
  g_autofree char *safe = prc_text_safe (sentence, -1, MAX_TEXT, false);
  g_set_error_literal (error, PRC_IMAGING_ERROR, (int)code,
                       *safe ? safe : _ ("The file could not be read"));
  return true;
}

static void
instance_clear (PrcInstance *self) {
  g_free (self->frame_planes);
  g_free (self->patient_key);
  g_free (self->texts);
  g_free (self->frame_times);
}

PrcInstance *
prc_instance_new_from_record (const char *path, GVariant *record, GError **error) {
  if (!g_variant_is_of_type (record, G_VARIANT_TYPE_VARDICT)) {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC,
                         _ ("The codec's answer cannot be read"));
    return NULL;
  }
  if (fail_with_record_error (record, error))
    return NULL;
  g_autoptr (PrcInstance) self = g_atomic_rc_box_new0 (PrcInstance);
  g_auto (Later) later = {0};
  Texts texts = {.block = g_string_sized_new (1024)};
  PrcInstanceInfo *info = &self->info;
  info->b_value = -1;
  info->samples_per_pixel = 1;
  info->n_frames = 1;
  read_record (self, record, &texts, &later);
  add_text (&texts, offsetof (PrcInstanceInfo, path), path);
  if (later
          .image_laterality) { // of the one image, as in mammography: more precise than the series'
    g_autofree char *text = clean_text (later.image_laterality);
    if (*text)
      add_text (&texts, offsetof (PrcInstanceInfo, laterality), text);
  }
  set_texts (self, &texts);
  info->n_frames = MAX (info->n_frames, 1);
  read_spacing (self, &later);
  read_b_value (self, &later);
  if (!check (info, error))
    return NULL;
  read_frame_planes (self, later.frame_planes);
  self->patient_key = make_patient_key (info);
  return g_steal_pointer (&self);
}

PrcInstance *
prc_instance_ref (PrcInstance *instance) {
  return g_atomic_rc_box_acquire (instance);
}

void
prc_instance_unref (PrcInstance *instance) {
  g_atomic_rc_box_release_full (instance, (GDestroyNotify)instance_clear);
}

const PrcInstanceInfo *
prc_instance_info (const PrcInstance *instance) {
  return &instance->info;
}

char *
prc_instance_refusal (const PrcInstance *instance) {
  const PrcInstanceInfo *info = &instance->info;
  if (info->is_image)
    return NULL;
  bool known = prc_sop_class_words (info->sop_class_uid) || *info->transfer_syntax_uid == '\0';
  char *refusal = known ? NULL : prc_transfer_syntax_refusal (info->transfer_syntax_uid);
  return refusal ? refusal : prc_sop_class_refusal (info->sop_class_uid, info->modality);
}

const PrcPlane *
prc_instance_plane (const PrcInstance *instance, uint32_t frame) {
  if (instance->frame_planes && frame < instance->info.n_frames)
    return &instance->frame_planes[frame];
  return &instance->plane;
}

const char *
prc_instance_patient_key (const PrcInstance *instance) {
  return instance->patient_key;
}
