// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-set.h"

#include "prc-segment-look.h"

struct _PrcSegmentSet {
  GObject parent_instance;
  PrcSeries *series;
  GPtrArray *items;
  PrcSegmentItem *solo; // one of the items, or NULL
  double opacity;
  gboolean fill, outline;
  guint quiet; // many change at once: one word at the end
};

static void implement_list_model (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PrcSegmentSet, prc_segment_set, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, implement_list_model))

enum { PROP_OPACITY = 1, PROP_FILL, PROP_OUTLINE, PROP_SOLO, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- list ---- */

static GType
get_item_type (GListModel *model) {
  return PRC_TYPE_SEGMENT_ITEM;
}

static guint
get_n_items (GListModel *model) {
  return PRC_SEGMENT_SET (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position) {
  GPtrArray *items = PRC_SEGMENT_SET (model)->items;

  return position < items->len ? g_object_ref (items->pdata[position]) : NULL;
}

static void
implement_list_model (GListModelInterface *interface) {
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

static void
changed (PrcSegmentSet *self) {
  if (self->quiet == 0)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
tell (PrcSegmentSet *self, guint property) {
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
  changed (self);
}

/* ---- coming and going ---- */

// A colour of the file stays, even if another file has it too.
static void
give_colours (PrcSegmentSet *self, GPtrArray *items) {
  g_autoptr (PrcSegmentColours) colours = prc_segment_colours_new ();

  for (guint i = 0; i < self->items->len; i++)
    prc_segment_colours_use (colours, prc_segment_item_get_colour (self->items->pdata[i]));
  for (guint i = 0; i < items->len; i++) {
    PrcSegmentItem *item = items->pdata[i];
    if (prc_segment_item_has_colour (item))
      prc_segment_colours_use (colours, prc_segment_item_get_colour (item));
    else
      prc_segment_item_set_colour (item, prc_segment_colours_give (colours));
  }
}

static guint
end_of_file (PrcSegmentSet *self, const PrcSegmentation *segmentation) {
  for (guint i = self->items->len; i > 0; i--)
    if (prc_segment_item_get_segmentation (self->items->pdata[i - 1]) == segmentation)
      return i;
  return self->items->len;
}

void
prc_segment_set_add_all (PrcSegmentSet *self, GPtrArray *items) {
  if (items->len == 0)
    return;
  guint position = end_of_file (self, prc_segment_item_get_segmentation (items->pdata[0]));
  g_autoptr (GPtrArray) all = g_ptr_array_new_full (self->items->len + items->len, g_object_unref);
  give_colours (self, items);
  for (guint i = 0; i < self->items->len + items->len; i++)
    g_ptr_array_add (all, g_object_ref (i < position ? self->items->pdata[i]
                                        : i - position < items->len
                                            ? items->pdata[i - position]
                                            : self->items->pdata[i - items->len]));
  for (guint i = 0; i < items->len; i++)
    g_signal_connect_swapped (items->pdata[i], "changed", G_CALLBACK (changed), self);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  self->items = g_steal_pointer (&all);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, items->len);
  changed (self);
}

void
prc_segment_set_add (PrcSegmentSet *self, PrcSegmentItem *item) {
  g_autoptr (GPtrArray) one = g_ptr_array_new ();

  g_ptr_array_add (one, item);
  prc_segment_set_add_all (self, one);
}

static void
remove_range (PrcSegmentSet *self, guint position, guint n) {
  if (n == 0)
    return;
  for (guint i = position; i < position + n; i++) {
    g_signal_handlers_disconnect_by_func (self->items->pdata[i], changed, self);
    if (self->items->pdata[i] == self->solo) {
      self->solo = NULL;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SOLO]);
    }
  }
  g_ptr_array_remove_range (self->items, position, n);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n, 0);
  changed (self);
}

void
prc_segment_set_remove (PrcSegmentSet *self, PrcSegmentItem *item) {
  guint position;

  if (g_ptr_array_find (self->items, item, &position))
    remove_range (self, position, 1);
}

void
prc_segment_set_remove_file (PrcSegmentSet *self, const PrcSegmentation *segmentation) {
  guint end = end_of_file (self, segmentation), first = end;

  while (first > 0 &&
         prc_segment_item_get_segmentation (self->items->pdata[first - 1]) == segmentation)
    first--;
  remove_range (self, first, end - first);
}

guint
prc_segment_set_n_files (PrcSegmentSet *self) {
  guint n = MIN (self->items->len, 1);

  for (guint i = 1; i < self->items->len; i++)
    n += prc_segment_item_get_segmentation (self->items->pdata[i]) !=
         prc_segment_item_get_segmentation (self->items->pdata[i - 1]);
  return n;
}

/* ---- the series ---- */

PrcSeries *
prc_segment_set_get_series (PrcSegmentSet *self) {
  return self->series;
}

static guint
slice_hash (gconstpointer slice) {
  const PrcSlice *self = slice;

  return g_str_hash (prc_instance_info (self->instance)->sop_instance_uid) * 31 + self->frame;
}

static gboolean
slice_equal (gconstpointer first, gconstpointer second) {
  const PrcSlice *a = first, *b = second;

  return a->frame == b->frame && !strcmp (prc_instance_info (a->instance)->sop_instance_uid,
                                          prc_instance_info (b->instance)->sop_instance_uid);
}

// The slice of the new series for each of the old, or -1.
static int *
find_slices (PrcSeries *from, PrcSeries *to) {
  g_autoptr (GHashTable) table = g_hash_table_new (slice_hash, slice_equal);
  int *places = g_new (int, prc_series_length (from));

  for (guint i = 0; i < prc_series_length (to); i++)
    g_hash_table_insert (table, (gpointer)prc_series_slice (to, i), GUINT_TO_POINTER (i + 1));
  for (guint i = 0; i < prc_series_length (from); i++)
    places[i] = GPOINTER_TO_INT (g_hash_table_lookup (table, prc_series_slice (from, i))) - 1;
  return places;
}

static PrcSegmentStack *
moved_stack (const PrcSegmentStack *stack, const int *places, guint n_places, guint n_slices) {
  g_autofree PrcMask **masks = g_new0 (PrcMask *, n_slices);

  for (guint i = 0; i < MIN (n_places, prc_segment_stack_length (stack)); i++)
    if (places[i] >= 0)
      masks[places[i]] = prc_segment_stack_mask (stack, i);
  return prc_segment_stack_new (masks, n_slices);
}

void
prc_segment_set_set_series (PrcSegmentSet *self, PrcSeries *series) {
  g_autoptr (PrcSeries) before = self->series;

  self->series = prc_series_ref (series);
  if (series == before || self->items->len == 0)
    return;
  g_autofree int *places = find_slices (before, series);
  self->quiet++;
  for (guint i = 0; i < self->items->len; i++) {
    PrcSegmentItem *item = self->items->pdata[i];
    g_autoptr (PrcSegmentStack) stack =
        moved_stack (prc_segment_item_get_stack (item), places, prc_series_length (before),
                     prc_series_length (series));
    prc_segment_item_refit (item, stack);
  }
  self->quiet--;
  changed (self);
}

/* ---- looks ---- */

double
prc_segment_set_get_opacity (PrcSegmentSet *self) {
  return self->opacity;
}

void
prc_segment_set_set_opacity (PrcSegmentSet *self, double opacity) {
  if (!(opacity >= 0 && opacity <= 1) || self->opacity == opacity)
    return;
  self->opacity = opacity;
  tell (self, PROP_OPACITY);
}

PrcSegmentItem *
prc_segment_set_get_solo (PrcSegmentSet *self) {
  return self->solo;
}

void
prc_segment_set_set_solo (PrcSegmentSet *self, PrcSegmentItem *item) {
  if (self->solo == item || (item && !g_ptr_array_find (self->items, item, NULL)))
    return;
  self->solo = item;
  tell (self, PROP_SOLO);
}

void
prc_segment_set_show_all (PrcSegmentSet *self, gboolean visible) {
  self->quiet++;
  prc_segment_set_set_solo (self, NULL);
  for (guint i = 0; i < self->items->len; i++)
    prc_segment_item_set_visible (self->items->pdata[i], visible);
  self->quiet--;
  changed (self);
}

static bool
is_seen (PrcSegmentSet *self, PrcSegmentItem *item) {
  return self->solo ? self->solo == item : prc_segment_item_get_visible (item);
}

PrcLayer *
prc_segment_set_layer (PrcSegmentSet *self, guint index) {
  g_autoptr (GArray) painted = g_array_new (FALSE, TRUE, sizeof (PrcLayerItem));

  for (guint i = 0; i < self->items->len; i++) {
    PrcSegmentItem *item = self->items->pdata[i];
    PrcSegmentStack *stack = prc_segment_item_get_stack (item);
    PrcMask *mask = is_seen (self, item) && index < prc_segment_stack_length (stack)
                        ? prc_segment_stack_mask (stack, index)
                        : NULL;
    double opacity = prc_segment_item_get_opacity (item) * self->opacity;
    PrcLayerItem paint = {mask, prc_segment_item_get_colour (item), self->fill ? opacity : 0,
                          self->outline ? prc_segment_look_edge (opacity) : 0};
    if (mask)
      g_array_append_val (painted, paint);
  }
  return prc_layer_new ((PrcLayerItem *)painted->data, painted->len);
}

/* ---- object ---- */

static void
prc_segment_set_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec) {
  PrcSegmentSet *self = PRC_SEGMENT_SET (object);

  switch (property) {
  case PROP_OPACITY:
    g_value_set_double (value, self->opacity);
    break;
  case PROP_FILL:
    g_value_set_boolean (value, self->fill);
    break;
  case PROP_OUTLINE:
    g_value_set_boolean (value, self->outline);
    break;
  case PROP_SOLO:
    g_value_set_object (value, self->solo);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
set_flag (PrcSegmentSet *self, gboolean *flag, gboolean on, guint property) {
  if (*flag == on)
    return;
  *flag = on;
  tell (self, property);
}

static void
prc_segment_set_set_property (GObject *object, guint property, const GValue *value,
                              GParamSpec *pspec) {
  PrcSegmentSet *self = PRC_SEGMENT_SET (object);

  switch (property) {
  case PROP_OPACITY:
    prc_segment_set_set_opacity (self, g_value_get_double (value));
    break;
  case PROP_FILL:
    set_flag (self, &self->fill, g_value_get_boolean (value), property);
    break;
  case PROP_OUTLINE:
    set_flag (self, &self->outline, g_value_get_boolean (value), property);
    break;
  case PROP_SOLO:
    prc_segment_set_set_solo (self, g_value_get_object (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
  }
}

static void
prc_segment_set_finalize (GObject *object) {
  PrcSegmentSet *self = PRC_SEGMENT_SET (object);

  for (guint i = 0; i < self->items->len; i++)
    g_signal_handlers_disconnect_by_func (self->items->pdata[i], changed, self);
  g_ptr_array_unref (self->items);
  prc_series_unref (self->series);
  G_OBJECT_CLASS (prc_segment_set_parent_class)->finalize (object);
}

static void
prc_segment_set_class_init (PrcSegmentSetClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = prc_segment_set_get_property;
  object_class->set_property = prc_segment_set_set_property;
  object_class->finalize = prc_segment_set_finalize;
  props[PROP_OPACITY] =
      g_param_spec_double ("opacity", NULL, NULL, 0, 1, PRC_SEGMENT_SET_OPACITY, flags);
  props[PROP_FILL] = g_param_spec_boolean ("fill", NULL, NULL, TRUE, flags);
  props[PROP_OUTLINE] = g_param_spec_boolean ("outline", NULL, NULL, TRUE, flags);
  props[PROP_SOLO] = g_param_spec_object ("solo", NULL, NULL, PRC_TYPE_SEGMENT_ITEM, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", PRC_TYPE_SEGMENT_SET, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
prc_segment_set_init (PrcSegmentSet *self) {
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->opacity = PRC_SEGMENT_SET_OPACITY;
  self->fill = self->outline = TRUE;
}

PrcSegmentSet *
prc_segment_set_new (PrcSeries *series) {
  PrcSegmentSet *self = g_object_new (PRC_TYPE_SEGMENT_SET, NULL);

  self->series = prc_series_ref (series);
  return self;
}
