// SPDX-License-Identifier: Apache-2.0
#include "prc-segmentation.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prc-codec-wire.h"
#include "prc-geometry.h"
#include "prc-imaging-error.h"
#include "prc-text.h"

// A record comes from a process that has handled hostile bytes: every type, index and number is
// checked here. Texts and colours that make no sense count as absent; indices and counts that do
// not fit each other spoil the whole.

#define MAX_TEXT     1024 // bytes of one text value
#define MAX_SEGMENTS 65536
#define MAX_SOURCES  (1 << 20)
#define MAX_NOTES    64
#define PLANE_VALUES 11
#define NO_SOURCE    G_MAXUINT32

struct _PrcSegmentation {
  PrcSegmentationInfo info;
  PrcInstance *instance;
  GStringChunk *texts;
  GPtrArray *sources; // const char *
  GBytes *bulk;       // of contours, whose points stay in it
};

static const char *
keep_safe (PrcSegmentation *self, const char *text) {
  g_autofree char *safe = prc_text_safe (text, -1, MAX_TEXT, false);

  return g_string_chunk_insert_const (self->texts, g_strstrip (safe));
}

static const char *
text_of (PrcSegmentation *self, GVariant *record, const char *key, const char *absent) {
  const char *text = "";

  g_variant_lookup (record, key, "&s", &text);
  text = keep_safe (self, text);
  return *text != '\0' ? text : absent;
}

static void
read_texts (PrcSegmentation *self, GVariant *record) {
  PrcSegmentationInfo *info = &self->info;
  const PrcInstanceInfo *instance = prc_instance_info (self->instance);
  g_autofree char *name = g_path_get_basename (instance->path);
  g_autofree char *shown = g_filename_display_name (name);

  info->path = instance->path;
  info->patient_key = *instance->sop_class_uid ? prc_instance_patient_key (self->instance) : "";
  info->sop_instance_uid = text_of (self, record, "SOPInstanceUID", instance->sop_instance_uid);
  info->series_instance_uid =
      text_of (self, record, "SeriesInstanceUID", instance->series_instance_uid);
  info->study_instance_uid =
      text_of (self, record, "StudyInstanceUID", instance->study_instance_uid);
  info->frame_of_reference_uid =
      text_of (self, record, "FrameOfReferenceUID", instance->frame_of_reference_uid);
  info->title = text_of (self, record, "Title", instance->series_description);
  if (*info->title == '\0')
    info->title = keep_safe (self, shown);
}

static void
read_notes (PrcSegmentation *self, GVariant *record) {
  g_autoptr (GVariant) all = g_variant_lookup_value (record, "Notes", G_VARIANT_TYPE_STRING_ARRAY);
  gsize n = all != NULL ? MIN (g_variant_n_children (all), MAX_NOTES) : 0;
  const char **notes = g_new0 (const char *, n + 1);

  self->info.notes = notes;
  for (gsize i = 0; i < n; i++) {
    const char *note;

    g_variant_get_child (all, i, "&s", &note);
    notes[i] = keep_safe (self, note);
  }
}

// ---- segments ----

typedef struct {
  const char *key;
  bool is_code;
  size_t offset; // in PrcSegment
} Field;

#define TEXT(key, member)                                                                          \
  { key, false, offsetof (PrcSegment, member) }
#define CODE(key, member)                                                                          \
  { key, true, offsetof (PrcSegment, member) }

static const Field fields[] = {
    TEXT ("Label", label),
    TEXT ("Description", description),
    TEXT ("AlgorithmType", algorithm_type),
    TEXT ("AlgorithmName", algorithm_name),
    TEXT ("TrackingID", tracking_id),
    TEXT ("TrackingUID", tracking_uid),
    TEXT ("InterpretedType", interpreted_type),
    CODE ("Category", category),
    CODE ("Type", type),
    CODE ("TypeModifier", type_modifier),
    CODE ("AnatomicRegion", anatomic_region),
    CODE ("AnatomicModifier", anatomic_modifier),
};

static void
segment_set (PrcSegmentation *self, PrcSegment *segment, const char *key, GVariant *value) {
  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++) {
    void *place = (char *)segment + fields[i].offset;
    const char *code, *scheme, *meaning;

    if (strcmp (key, fields[i].key) != 0)
      continue;
    if (fields[i].is_code && g_variant_is_of_type (value, G_VARIANT_TYPE ("(sss)"))) {
      g_variant_get (value, "(&s&s&s)", &code, &scheme, &meaning);
      *(PrcCode *)place =
          (PrcCode){keep_safe (self, code), keep_safe (self, scheme), keep_safe (self, meaning)};
    } else if (!fields[i].is_code && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)) {
      *(const char **)place = keep_safe (self, g_variant_get_string (value, NULL));
    }
    return;
  }
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return;
  if (strcmp (key, "Number") == 0)
    segment->number = g_variant_get_uint32 (value);
  if (strcmp (key, "Colour") == 0 && g_variant_get_uint32 (value) <= 0xffffff) {
    segment->has_colour = true;
    segment->colour = g_variant_get_uint32 (value);
  }
}

static bool
read_segments (PrcSegmentation *self, GVariant *record) {
  g_autoptr (GVariant) all = g_variant_lookup_value (record, "Segments", G_VARIANT_TYPE ("aa{sv}"));
  gsize n = all != NULL ? g_variant_n_children (all) : 0;
  PrcSegment *segments;

  if (n > MAX_SEGMENTS)
    return false;
  segments = g_new0 (PrcSegment, n);
  self->info.segments = segments;
  self->info.n_segments = (uint32_t)n;
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) one = g_variant_get_child_value (all, i);
    GVariantIter iter;
    const char *key;
    GVariant *value;

    segments[i] = PRC_SEGMENT_NONE;
    g_variant_iter_init (&iter, one);
    while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
      segment_set (self, &segments[i], key, value);
  }
  return true;
}

static bool
read_sources (PrcSegmentation *self, GVariant *record) {
  g_autoptr (GVariant) sources =
      g_variant_lookup_value (record, "Sources", G_VARIANT_TYPE_STRING_ARRAY);
  GVariantIter iter;
  const char *uid;

  self->sources = g_ptr_array_new ();
  if (sources == NULL)
    return true;
  if (g_variant_n_children (sources) > MAX_SOURCES)
    return false;
  g_variant_iter_init (&iter, sources);
  while (g_variant_iter_next (&iter, "&s", &uid))
    g_ptr_array_add (self->sources, (gpointer)keep_safe (self, uid));
  return true;
}

static bool
source_of (const PrcSegmentation *self, uint32_t index, const char **uid) {
  *uid = index < self->sources->len ? self->sources->pdata[index] : "";
  return index == NO_SOURCE || index < self->sources->len;
}

// ---- frames ----

typedef struct {
  uint32_t frame, segment, n_spans;
} WireMask;

typedef struct {
  uint16_t row, first, end;
} WireSpan;

typedef struct {
  uint32_t source, frame;
} WireSource;

// The answer's parts about frames, borrowed from the variants that hold them.
typedef struct {
  GVariant *planes_value, *sources_value, *masks_value;
  const double *planes;
  const WireSource *sources;
  const WireMask *masks;
  gsize n_frames, n_masks;
} Frames;

static void
frames_clear (Frames *frames) {
  g_clear_pointer (&frames->planes_value, g_variant_unref);
  g_clear_pointer (&frames->sources_value, g_variant_unref);
  g_clear_pointer (&frames->masks_value, g_variant_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Frames, frames_clear)

static const void *
array_of (GVariant *record, const char *key, const char *type, gsize size, GVariant **value,
          gsize *n) {
  *n = 0;
  *value = g_variant_lookup_value (record, key, G_VARIANT_TYPE (type));
  return *value != NULL ? g_variant_get_fixed_array (*value, n, size) : NULL;
}

// Planes may be left out as a whole.
static bool
frames_find (Frames *frames, GVariant *record) {
  gsize n;

  frames->planes =
      array_of (record, "FramePlanes", "ad", sizeof (double), &frames->planes_value, &n);
  frames->sources = array_of (record, "FrameSources", "a(uu)", sizeof (WireSource),
                              &frames->sources_value, &frames->n_frames);
  frames->masks = array_of (record, "Masks", "a(uuu)", sizeof (WireMask), &frames->masks_value,
                            &frames->n_masks);
  if (n == 0)
    frames->planes = NULL;
  return n == 0 || n == frames->n_frames * PLANE_VALUES;
}

// Whether masks come frame by frame, then by segment, each of one frame and segment that there is,
// with as many spans in all as came; and what they will take.
static bool
masks_fit (const PrcSegmentation *self, const Frames *frames, const WireSpan *spans, gsize n_spans,
           uint64_t *size) {
  const WireMask *last = NULL;
  gsize at = 0;

  *size = 0;
  for (gsize i = 0; i < frames->n_masks; i++) {
    const WireMask *mask = &frames->masks[i];
    bool after = last == NULL || mask->frame > last->frame ||
                 (mask->frame == last->frame && mask->segment > last->segment);

    if (!after || mask->frame >= frames->n_frames || mask->segment >= self->info.n_segments ||
        mask->n_spans == 0 || mask->n_spans > n_spans - at)
      return false;
    for (uint32_t k = 0; k < mask->n_spans; k++) {
      const WireSpan *span = &spans[at + k];
      bool below = k == 0 || span->row > span[-1].row ||
                   (span->row == span[-1].row && span->first > span[-1].end);

      if (!below || span->row >= self->info.rows || span->first >= span->end ||
          span->end > self->info.columns)
        return false;
    }
    *size +=
        PRC_WIRE_MASK_SIZE (spans[at + mask->n_spans - 1].row - spans[at].row + 1u, mask->n_spans);
    at += mask->n_spans;
    last = mask;
  }
  return at == n_spans;
}

static PrcMask *
make_mask (const PrcSegmentation *self, const WireSpan *from, uint32_t n, GArray *room) {
  PrcRowSpan *spans;

  g_array_set_size (room, n);
  spans = (PrcRowSpan *)(void *)room->data;
  for (uint32_t i = 0; i < n; i++)
    spans[i] = (PrcRowSpan){from[i].row, from[i].first, from[i].end};
  return prc_mask_new_from_spans (self->info.rows, self->info.columns, spans, n);
}

// What the frame leaves open is the instance's own, except where it lies.
static void
set_plane (const PrcSegmentation *self, const Frames *frames, uint32_t frame, PrcPlane *plane) {
  const double *v;

  *plane = *prc_instance_plane (self->instance, 0);
  if (frames->n_frames > 1)
    plane->has_position = false;
  if (frames->planes == NULL)
    return;
  v = frames->planes + (gsize)frame * PLANE_VALUES;
  prc_geometry_set_position (plane, v);
  prc_geometry_set_orientation (plane, v + 3);
  prc_geometry_set_spacing (plane, v + 9);
}

static bool
make_frames (PrcSegmentation *self, const Frames *frames, const WireSpan *spans) {
  PrcSegmentFrame *made = g_new0 (PrcSegmentFrame, frames->n_masks);
  g_autoptr (GArray) room = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));

  self->info.frames = made;
  for (gsize i = 0; i < frames->n_masks; i++) {
    const WireMask *mask = &frames->masks[i];
    const WireSource *source = &frames->sources[mask->frame];

    made[i].segment = mask->segment;
    made[i].frame = mask->frame;
    made[i].source_frame = source->frame;
    if (!source_of (self, source->source, &made[i].source_uid))
      return false;
    made[i].mask = make_mask (self, spans, mask->n_spans, room);
    if (made[i].mask == NULL)
      return false;
    self->info.n_frames++; // what there is to let go of
    spans += mask->n_spans;
    set_plane (self, frames, mask->frame, &made[i].plane);
  }
  return true;
}

static bool
read_frames (PrcSegmentation *self, GVariant *record, GBytes *bulk, GError **error) {
  g_auto (Frames) frames = {0};
  gsize size = 0;
  uint64_t memory;
  const void *spans = bulk != NULL ? g_bytes_get_data (bulk, &size) : NULL;

  g_variant_lookup (record, "Rows", "u", &self->info.rows);
  g_variant_lookup (record, "Columns", "u", &self->info.columns);
  g_variant_lookup (record, "Thickness", "d", &self->info.thickness_mm);
  if (!(self->info.thickness_mm > 0) || !(self->info.thickness_mm < 1e6))
    self->info.thickness_mm = 0;
  if (!frames_find (&frames, record) || size % sizeof (WireSpan) != 0 ||
      !masks_fit (self, &frames, spans, size / sizeof (WireSpan), &memory))
    return false;
  if (memory > PRC_WIRE_MAX_MASKS) {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE,
                         _ ("The segments take more memory than this program gives them"));
    return false;
  }
  self->info.n_planes = (uint32_t)frames.n_frames;
  if (frames.n_frames > 0) {
    set_plane (self, &frames, 0, &self->info.first_plane);
    set_plane (self, &frames, self->info.n_planes - 1, &self->info.last_plane);
  }
  return make_frames (self, &frames, spans);
}

// ---- contours ----

typedef struct {
  uint32_t segment, type, n_points, source, frame;
} WireContour;

static bool
are_finite (const double *values, gsize n) {
  for (gsize i = 0; i < n; i++)
    if (!isfinite (values[i]))
      return false;
  return true;
}

static bool
read_contours (PrcSegmentation *self, GVariant *record, GBytes *bulk) {
  g_autoptr (GVariant) value = NULL;
  gsize n, size = 0, at = 0;
  const WireContour *from =
      array_of (record, "Contours", "a(uuuuu)", sizeof (WireContour), &value, &n);
  PrcContour *made = g_new0 (PrcContour, n);
  const double *points;

  self->bulk = bulk != NULL ? g_bytes_ref (bulk) : g_bytes_new (NULL, 0);
  points = g_bytes_get_data (self->bulk, &size);
  self->info.contours = made;
  if (size % (3 * sizeof *points) != 0 || !are_finite (points, size / sizeof *points))
    return false;
  size /= 3 * sizeof *points;
  for (gsize i = 0; i < n; i++) {
    if (from[i].segment >= self->info.n_segments || from[i].type > PRC_CONTOUR_CLOSED_PLANAR_XOR ||
        from[i].n_points == 0 || from[i].n_points > size - at)
      return false;
    made[i] = (PrcContour){.segment = from[i].segment,
                           .type = (PrcContourType)from[i].type,
                           .n_points = from[i].n_points,
                           .points_mm = points + 3 * at,
                           .source_frame = from[i].frame};
    if (!source_of (self, from[i].source, &made[i].source_uid))
      return false;
    at += from[i].n_points;
  }
  self->info.n_contours = (uint32_t)n;
  return at == size;
}

// ---- the whole ----

static void
segmentation_clear (PrcSegmentation *self) {
  for (uint32_t i = 0; i < self->info.n_frames; i++)
    prc_mask_unref ((PrcMask *)self->info.frames[i].mask);
  g_free ((gpointer)self->info.frames);
  g_free ((gpointer)self->info.contours);
  g_free ((gpointer)self->info.segments);
  g_free ((gpointer)self->info.notes);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_clear_pointer (&self->bulk, g_bytes_unref);
  g_string_chunk_free (self->texts);
  prc_instance_unref (self->instance);
}

PrcSegmentation *
prc_segmentation_new_from_record (PrcInstance *instance, GVariant *record, GBytes *bulk,
                                  GError **error) {
  g_autoptr (PrcSegmentation) self = g_atomic_rc_box_new0 (PrcSegmentation);
  g_autoptr (GError) why = NULL;
  uint32_t kind = G_MAXUINT32;
  bool good;

  self->instance = prc_instance_ref (instance);
  self->texts = g_string_chunk_new (1024);
  g_variant_lookup (record, "Kind", "u", &kind);
  self->info.kind = (PrcSegmentationKind)kind;
  read_texts (self, record);
  read_notes (self, record);
  good = kind <= PRC_SEGMENTATION_NIFTI && read_segments (self, record) &&
         read_sources (self, record) &&
         (kind == PRC_SEGMENTATION_CONTOURS ? read_contours (self, record, bulk)
                                            : read_frames (self, record, bulk, &why));
  if (good && self->info.n_segments > 0)
    return g_steal_pointer (&self);
  if (good)
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED,
                         _ ("The segmentation holds no segment"));
  else if (why != NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  else
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC,
                         _ ("The decoder gave an answer that cannot be used"));
  return NULL;
}

PrcSegmentation *
prc_segmentation_ref (const PrcSegmentation *segmentation) {
  return g_atomic_rc_box_acquire ((PrcSegmentation *)segmentation);
}

void
prc_segmentation_unref (PrcSegmentation *segmentation) {
  g_atomic_rc_box_release_full (segmentation, (GDestroyNotify)segmentation_clear);
}

const PrcSegmentationInfo *
prc_segmentation_info (const PrcSegmentation *segmentation) {
  return &segmentation->info;
}

bool
prc_segmentation_is_one (const PrcInstance *instance) {
  static const char *const classes[] = {"1.2.840.10008.5.1.4.1.1.66.4",
                                        "1.2.840.10008.5.1.4.1.1.66.7",
                                        "1.2.840.10008.5.1.4.1.1.481.3", NULL};
  const PrcInstanceInfo *info = prc_instance_info (instance);

  if (*info->sop_class_uid == '\0') // a NIfTI volume is described so
    return !info->is_image && strcmp (info->modality, "SEG") == 0;
  return g_strv_contains (classes, info->sop_class_uid);
}
