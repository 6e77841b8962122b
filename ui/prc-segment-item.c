// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-item.h"

#include <glib/gi18n-lib.h>

#include "prc-codes.h"
#include "prc-segment-look.h"

struct _PrcSegmentItem {
  GObject parent_instance;
  PrcSegmentation *segmentation; // or NULL
  guint index;
  PrcSegment segment;    // strings of the segmentation, or of the chunk
  GStringChunk *strings; // NULL until something is called otherwise
  PrcSegmentStack *stack;
  guint colour;
  gboolean has_colour, visible, edited, measured, with_values;
  double opacity;
  PrcSegmentMeasure measure;
};

G_DEFINE_FINAL_TYPE (PrcSegmentItem, prc_segment_item, G_TYPE_OBJECT)

enum { PROP_LABEL = 1, PROP_COLOUR, PROP_VISIBLE, PROP_OPACITY, PROP_MEASURED, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
tell (PrcSegmentItem *self, guint property) {
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- what it is ---- */

PrcSegmentItem *
prc_segment_item_new (const PrcSegmentation *segmentation, guint segment, PrcSegmentStack *stack) {
  g_return_val_if_fail (!segmentation || segment < prc_segmentation_info (segmentation)->n_segments,
                        NULL);
  PrcSegmentItem *self = g_object_new (PRC_TYPE_SEGMENT_ITEM, NULL);

  self->stack = prc_segment_stack_ref (stack);
  if (!segmentation)
    return self;
  self->segmentation = prc_segmentation_ref (segmentation);
  self->index = segment;
  self->segment = prc_segmentation_info (segmentation)->segments[segment];
  self->visible = !prc_segment_look_is_around (&self->segment);
  self->has_colour = self->segment.has_colour;
  if (self->has_colour)
    self->colour = self->segment.colour;
  return self;
}

const PrcSegmentation *
prc_segment_item_get_segmentation (PrcSegmentItem *self) {
  return self->segmentation;
}

guint
prc_segment_item_get_index (PrcSegmentItem *self) {
  return self->index;
}

const PrcSegment *
prc_segment_item_get_segment (PrcSegmentItem *self) {
  return &self->segment;
}

static const char *
kept (PrcSegmentItem *self, const char *text) {
  if (!self->strings)
    self->strings = g_string_chunk_new (256);
  return g_string_chunk_insert_const (self->strings, text);
}

static PrcCode
kept_code (PrcSegmentItem *self, const PrcCode *code) {
  return (PrcCode){kept (self, code->value), kept (self, code->scheme), kept (self, code->meaning)};
}

void
prc_segment_item_set_segment (PrcSegmentItem *self, const PrcSegment *segment) {
  PrcSegment own = *segment;

  own.label = kept (self, segment->label);
  own.description = kept (self, segment->description);
  own.algorithm_type = kept (self, segment->algorithm_type);
  own.algorithm_name = kept (self, segment->algorithm_name);
  own.tracking_id = kept (self, segment->tracking_id);
  own.tracking_uid = kept (self, segment->tracking_uid);
  own.interpreted_type = kept (self, segment->interpreted_type);
  own.category = kept_code (self, &segment->category);
  own.type = kept_code (self, &segment->type);
  own.type_modifier = kept_code (self, &segment->type_modifier);
  own.anatomic_region = kept_code (self, &segment->anatomic_region);
  own.anatomic_modifier = kept_code (self, &segment->anatomic_modifier);
  self->segment = own;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LABEL]);
  if (own.has_colour)
    prc_segment_item_set_colour (self, own.colour);
}

static void
set_label (PrcSegmentItem *self, const char *label) {
  PrcSegment other = self->segment;

  other.label = label ? label : "";
  other.has_colour = false;
  if (strcmp (other.label, self->segment.label))
    prc_segment_item_set_segment (self, &other);
}

char *
prc_segment_item_name (PrcSegmentItem *self) {
  g_autofree char *type = prc_codes_segment_name (&self->segment);

  if (*self->segment.label)
    return g_strdup (self->segment.label);
  return *type ? g_steal_pointer (&type) : g_strdup_printf (_ ("Segment %u"), self->segment.number);
}

static gboolean
is_said (const char *said, const char *words) {
  g_autofree char *a = g_utf8_casefold (said, -1), *b = g_utf8_casefold (words, -1);

  return !*words || strcmp (a, b) == 0;
}

static void
append_words (GString *words, const char *more, const char *between) {
  if (words->len)
    g_string_append (words, between);
  g_string_append (words, more);
}

// What the name and the words before say already is not said again.
char *
prc_segment_item_meaning (PrcSegmentItem *self) {
  const PrcSegment *segment = &self->segment;
  const char *region = prc_codes_name (&segment->anatomic_region);
  const char *side = prc_codes_name (&segment->anatomic_modifier);
  g_autofree char *name = prc_segment_item_name (self);
  g_autofree char *type = prc_codes_segment_name (segment);
  g_autoptr (GString) words = g_string_new (NULL);

  if (!is_said (name, type))
    append_words (words, type, "");
  if (!is_said (name, region) && !is_said (type, region))
    append_words (words, region, " · ");
  if (!is_said (name, side) && !is_said (type, side))
    append_words (words, side, ", ");
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/* ---- where it is ---- */

PrcSegmentStack *
prc_segment_item_get_stack (PrcSegmentItem *self) {
  return self->stack;
}

void
prc_segment_item_refit (PrcSegmentItem *self, PrcSegmentStack *stack) {
  PrcSegmentStack *before = self->stack;

  if (stack == before)
    return;
  self->stack = prc_segment_stack_ref (stack);
  prc_segment_stack_unref (before);
  self->measured = FALSE;
  tell (self, PROP_MEASURED);
}

void
prc_segment_item_reread (PrcSegmentItem *self, const PrcSegmentation *segmentation) {
  PrcSegmentation *before = self->segmentation;
  const PrcSegmentationInfo *info = prc_segmentation_info (segmentation);

  if (!before || self->index >= info->n_segments)
    return;
  self->segmentation = prc_segmentation_ref (segmentation);
  if (!self->strings) // else it is called as the reader says
    self->segment = info->segments[self->index];
  prc_segmentation_unref (before);
}

void
prc_segment_item_set_stack (PrcSegmentItem *self, PrcSegmentStack *stack) {
  self->edited |= stack != self->stack;
  prc_segment_item_refit (self, stack);
}

gboolean
prc_segment_item_is_edited (PrcSegmentItem *self) {
  return self->edited;
}

void
prc_segment_item_set_saved (PrcSegmentItem *self) {
  self->edited = FALSE;
}

const PrcSegmentMeasure *
prc_segment_item_get_measure (PrcSegmentItem *self, gboolean *with_values) {
  if (with_values)
    *with_values = self->measured && self->with_values;
  return self->measured ? &self->measure : NULL;
}

void
prc_segment_item_take_measure (PrcSegmentItem *self, const PrcSegmentStack *stack,
                               const PrcSegmentMeasure *measure, gboolean with_values) {
  if (stack != self->stack || (self->measured && self->with_values && !with_values))
    return;
  self->measure = *measure;
  self->measured = TRUE;
  self->with_values = with_values;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MEASURED]);
}

/* ---- how it looks ---- */

gboolean
prc_segment_item_has_colour (PrcSegmentItem *self) {
  return self->has_colour;
}

guint
prc_segment_item_get_colour (PrcSegmentItem *self) {
  return self->colour;
}

void
prc_segment_item_set_colour (PrcSegmentItem *self, guint colour) {
  gboolean other = self->colour != (colour & 0xffffff);

  self->has_colour = TRUE;
  self->colour = colour & 0xffffff;
  if (other)
    tell (self, PROP_COLOUR);
}

gboolean
prc_segment_item_get_visible (PrcSegmentItem *self) {
  return self->visible;
}

void
prc_segment_item_set_visible (PrcSegmentItem *self, gboolean visible) {
  if (self->visible == !!visible)
    return;
  self->visible = !!visible;
  tell (self, PROP_VISIBLE);
}

double
prc_segment_item_get_opacity (PrcSegmentItem *self) {
  return self->opacity;
}

void
prc_segment_item_set_opacity (PrcSegmentItem *self, double opacity) {
  if (!(opacity >= 0 && opacity <= 1) || self->opacity == opacity)
    return;
  self->opacity = opacity;
  tell (self, PROP_OPACITY);
}

/* ---- object ---- */

static void
prc_segment_item_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec) {
  PrcSegmentItem *self = PRC_SEGMENT_ITEM (object);

  switch (property) {
  case PROP_LABEL:
    g_value_set_string (value, self->segment.label);
    break;
  case PROP_COLOUR:
    g_value_set_uint (value, self->colour);
    break;
  case PROP_VISIBLE:
    g_value_set_boolean (value, self->visible);
    break;
  case PROP_OPACITY:
    g_value_set_double (value, self->opacity);
    break;
  case PROP_MEASURED:
    g_value_set_boolean (value, self->measured);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
prc_segment_item_set_property (GObject *object, guint property, const GValue *value,
                               GParamSpec *pspec) {
  PrcSegmentItem *self = PRC_SEGMENT_ITEM (object);

  switch (property) {
  case PROP_LABEL:
    set_label (self, g_value_get_string (value));
    break;
  case PROP_COLOUR:
    prc_segment_item_set_colour (self, g_value_get_uint (value));
    break;
  case PROP_VISIBLE:
    prc_segment_item_set_visible (self, g_value_get_boolean (value));
    break;
  case PROP_OPACITY:
    prc_segment_item_set_opacity (self, g_value_get_double (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
prc_segment_item_finalize (GObject *object) {
  PrcSegmentItem *self = PRC_SEGMENT_ITEM (object);

  g_clear_pointer (&self->segmentation, prc_segmentation_unref);
  g_clear_pointer (&self->stack, prc_segment_stack_unref);
  g_clear_pointer (&self->strings, g_string_chunk_free);
  G_OBJECT_CLASS (prc_segment_item_parent_class)->finalize (object);
}

static void
prc_segment_item_class_init (PrcSegmentItemClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = prc_segment_item_get_property;
  object_class->set_property = prc_segment_item_set_property;
  object_class->finalize = prc_segment_item_finalize;
  props[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, "", flags);
  props[PROP_COLOUR] = g_param_spec_uint ("colour", NULL, NULL, 0, 0xffffff, 0, flags);
  props[PROP_VISIBLE] = g_param_spec_boolean ("visible", NULL, NULL, TRUE, flags);
  props[PROP_OPACITY] = g_param_spec_double ("opacity", NULL, NULL, 0, 1, 1, flags);
  props[PROP_MEASURED] = g_param_spec_boolean ("measured", NULL, NULL, FALSE,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", PRC_TYPE_SEGMENT_ITEM, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
prc_segment_item_init (PrcSegmentItem *self) {
  self->segment = PRC_SEGMENT_NONE;
  self->visible = TRUE;
  self->opacity = 1;
}
