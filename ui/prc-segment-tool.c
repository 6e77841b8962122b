// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-tool-private.h"

#include <math.h>
#include <stdlib.h>

#define RADIUS 5.0 // mm, at first
#define SPREAD 2.5

enum {
  PROP_KIND = 1,
  PROP_RADIUS,
  PROP_SPHERE,
  PROP_LIMITED,
  PROP_LOW,
  PROP_HIGH,
  PROP_SPREAD,
  PROP_ITEM,
  PROP_BUSY,
  PROP_CAN_UNDO,
  PROP_CAN_REDO,
  PROP_UNSAVED,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

enum { NOTICE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PrcSegmentTool, prc_segment_tool, G_TYPE_OBJECT)

static void
tell (PrcSegmentTool *self, guint property) {
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

/* ---- settings ---- */

PrcSegmentToolKind
prc_segment_tool_get_kind (PrcSegmentTool *self) {
  return (PrcSegmentToolKind)self->kind;
}

void
prc_segment_tool_set_kind (PrcSegmentTool *self, PrcSegmentToolKind kind) {
  if ((int)kind == self->kind)
    return;
  if (self->stroking)
    prc_segment_tool_end_stroke (self);
  self->kind = (int)kind;
  tell (self, PROP_KIND);
}

double
prc_segment_tool_get_radius (PrcSegmentTool *self) {
  return self->radius;
}

void
prc_segment_tool_set_radius (PrcSegmentTool *self, double mm) {
  double radius = CLAMP (mm, PRC_SEGMENT_TOOL_MIN_RADIUS, PRC_SEGMENT_TOOL_MAX_RADIUS);

  if (isnan (mm) || radius == self->radius)
    return;
  self->radius = radius;
  tell (self, PROP_RADIUS);
}

void
prc_segment_tool_step_radius (PrcSegmentTool *self, int steps) {
  double radius = self->radius;

  for (int i = 0; i < abs (steps) && i < 100; i++)
    radius += copysign (MAX (0.5, round (radius / 5) / 2), steps);
  prc_segment_tool_set_radius (self, radius);
}

void
prc_segment_tool_forget (PrcSegmentTool *self) {
  prc_segment_tool_set_segments (self, NULL);
  g_ptr_array_set_size (self->sets, 0);
  prc_segment_tool_set_kind (self, PRC_SEGMENT_TOOL_NONE);
  prc_segment_tool_tell_changed (self);
}

/* ---- object ---- */

static void
prc_segment_tool_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec) {
  PrcSegmentTool *self = PRC_SEGMENT_TOOL (object);
  PrcSegmentHistory *history = self->set ? prc_segment_tool_history (self->set) : NULL;
  const double numbers[N_PROPS] = {[PROP_RADIUS] = self->radius,
                                   [PROP_LOW] = self->low,
                                   [PROP_HIGH] = self->high,
                                   [PROP_SPREAD] = self->spread};

  if (property == PROP_KIND) {
    g_value_set_int (value, self->kind);
  } else if (property == PROP_ITEM) {
    g_value_set_object (value, self->item);
  } else if (G_VALUE_HOLDS_DOUBLE (value)) {
    g_value_set_double (value, numbers[property]);
  } else if (property == PROP_UNSAVED) {
    g_autoptr (GPtrArray) unsaved = prc_segment_tool_unsaved (self);
    g_value_set_boolean (value, unsaved->len > 0);
  } else {
    const gboolean flags[N_PROPS] = {
        [PROP_SPHERE] = self->sphere,
        [PROP_LIMITED] = self->limited,
        [PROP_BUSY] = prc_segment_tool_get_busy (self),
        [PROP_CAN_UNDO] = history && prc_segment_history_can_undo (history),
        [PROP_CAN_REDO] = history && prc_segment_history_can_redo (history)};
    g_value_set_boolean (value, flags[property]);
  }
}

// What a region grew by is not what it grows by now.
static void
set_number (PrcSegmentTool *self, double *place, double number, guint property) {
  if (*place == number || !isfinite (number))
    return;
  *place = number;
  tell (self, property);
  if (self->limited == (property != PROP_SPREAD))
    prc_segment_tool_regrow (self);
}

static void
set_flag (PrcSegmentTool *self, gboolean *place, gboolean flag, guint property) {
  if (*place == flag)
    return;
  *place = flag;
  tell (self, property);
}

static void
prc_segment_tool_set_property (GObject *object, guint property, const GValue *value,
                               GParamSpec *pspec) {
  PrcSegmentTool *self = PRC_SEGMENT_TOOL (object);

  switch (property) {
  case PROP_KIND:
    prc_segment_tool_set_kind (self, (PrcSegmentToolKind)g_value_get_int (value));
    break;
  case PROP_RADIUS:
    prc_segment_tool_set_radius (self, g_value_get_double (value));
    break;
  case PROP_SPHERE:
    set_flag (self, &self->sphere, g_value_get_boolean (value), property);
    break;
  case PROP_LIMITED:
    set_flag (self, &self->limited, g_value_get_boolean (value), property);
    break;
  case PROP_LOW:
    set_number (self, &self->low, g_value_get_double (value), property);
    break;
  case PROP_HIGH:
    set_number (self, &self->high, g_value_get_double (value), property);
    break;
  case PROP_SPREAD:
    set_number (self, &self->spread, g_value_get_double (value), property);
    break;
  case PROP_ITEM:
    prc_segment_tool_set_item (self, g_value_get_object (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
prc_segment_tool_dispose (GObject *object) {
  PrcSegmentTool *self = PRC_SEGMENT_TOOL (object);

  prc_segment_tool_set_segments (self, NULL);
  G_OBJECT_CLASS (prc_segment_tool_parent_class)->dispose (object);
}

static void
prc_segment_tool_finalize (GObject *object) {
  PrcSegmentTool *self = PRC_SEGMENT_TOOL (object);

  prc_segment_tool_forget_stroke (self);
  g_ptr_array_unref (self->sets);
  g_array_unref (self->waiting);
  prc_frame_store_unref (self->store);
  G_OBJECT_CLASS (prc_segment_tool_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class) {
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  props[PROP_KIND] = g_param_spec_int ("kind", NULL, NULL, PRC_SEGMENT_TOOL_NONE,
                                       PRC_SEGMENT_TOOL_GROW, PRC_SEGMENT_TOOL_NONE, flags);
  props[PROP_RADIUS] =
      g_param_spec_double ("radius", NULL, NULL, 0, PRC_SEGMENT_TOOL_MAX_RADIUS, RADIUS, flags);
  props[PROP_SPHERE] = g_param_spec_boolean ("sphere", NULL, NULL, FALSE, flags);
  props[PROP_LIMITED] = g_param_spec_boolean ("limited", NULL, NULL, FALSE, flags);
  props[PROP_LOW] = g_param_spec_double ("low", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags);
  props[PROP_HIGH] = g_param_spec_double ("high", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags);
  props[PROP_SPREAD] = g_param_spec_double ("spread", NULL, NULL, 0, 100, SPREAD, flags);
  props[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, PRC_TYPE_SEGMENT_ITEM, flags);
  props[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, readable);
  props[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, readable);
  props[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, readable);
  props[PROP_UNSAVED] = g_param_spec_boolean ("unsaved", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
prc_segment_tool_class_init (PrcSegmentToolClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = prc_segment_tool_get_property;
  object_class->set_property = prc_segment_tool_set_property;
  object_class->dispose = prc_segment_tool_dispose;
  object_class->finalize = prc_segment_tool_finalize;
  install_properties (object_class);
  signals[NOTICE] = g_signal_new ("notice", PRC_TYPE_SEGMENT_TOOL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
prc_segment_tool_init (PrcSegmentTool *self) {
  self->sets = g_ptr_array_new_with_free_func (g_object_unref);
  self->waiting = g_array_new (FALSE, FALSE, sizeof (PrcBrush));
  self->radius = RADIUS;
  self->spread = SPREAD;
  self->low = 1; // above high: not set
}

PrcSegmentTool *
prc_segment_tool_new (PrcFrameStore *store) {
  PrcSegmentTool *self = g_object_new (PRC_TYPE_SEGMENT_TOOL, NULL);

  self->store = prc_frame_store_ref (store);
  return self;
}
