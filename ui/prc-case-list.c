// SPDX-License-Identifier: Apache-2.0
#include "prc-case-list.h"

#include "prc-case-item.h"
#include "prc-case-row.h"

// A row costs milliseconds to build and lay out, a frame has 16: an answer begins with what fills a
// view at once and grows by a few rows a frame, no further than a page below the view.
#define N_FIRST 6
#define N_MORE  2

struct _PrcCaseList {
  GtkBox parent_instance;

  PrcFrameStore *store;
  PrcCodecPool *pool;
  GPtrArray *all;    // PrcCaseItem of the whole answer
  GListStore *items; // the first of them: those in sight and a page more
  GPtrArray *rows;   // PrcCaseRow bound now, borrowed
  guint tick;        // looks which rows are in sight, after the next layout
  guint ticks_left;
  GtkRoot *root;        // borrowed while rooted
  GtkWidget *came_from; // weak: had the focus before the list

  GtkWidget *scroller, *view;
};

G_DEFINE_FINAL_TYPE (PrcCaseList, prc_case_list, GTK_TYPE_BOX)

enum { OPEN, N_SIGNALS };
static guint signals[N_SIGNALS];

// Half a view above and below counts as in sight, so that a row scrolled in has its picture.
static gboolean
in_sight (PrcCaseList *self, GtkWidget *row) {
  graphene_rect_t bounds;
  float height = gtk_widget_get_height (self->scroller);

  return gtk_widget_get_mapped (row) && gtk_widget_compute_bounds (row, self->scroller, &bounds) &&
         bounds.origin.y < 1.5f * height && bounds.origin.y + bounds.size.height > -0.5f * height;
}

static void
load_pictures (PrcCaseList *self) {
  int size = PRC_CASE_ROW_PICTURE_SIZE * gtk_widget_get_scale_factor (GTK_WIDGET (self));

  if (self->pool == NULL || self->store == NULL)
    return;
  for (guint i = 0; i < self->rows->len; i++) {
    GtkWidget *row = g_ptr_array_index (self->rows, i);
    PrcCaseItem *item = prc_case_row_get_item (PRC_CASE_ROW (row));
    if (in_sight (self, row))
      prc_case_item_load (item, self->pool, self->store, size);
    else
      prc_case_item_stop (item);
  }
}

static void
show_more (PrcCaseList *self) {
  GtkAdjustment *vertical =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  double below = gtk_adjustment_get_upper (vertical) - gtk_adjustment_get_value (vertical) -
                 2 * gtk_adjustment_get_page_size (vertical);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items));

  if (below < 0 && n < self->all->len)
    g_list_store_splice (self->items, n, 0, self->all->pdata + n, MIN (N_MORE, self->all->len - n));
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data) {
  PrcCaseList *self = PRC_CASE_LIST (widget);

  if (--self->ticks_left > 0)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  load_pictures (self);
  show_more (self);
  return G_SOURCE_REMOVE;
}

// Rows bound in this frame get their place in its layout, after the frame's ticks: so the second
// tick looks.
static void
look_soon (PrcCaseList *self) {
  self->ticks_left = 2;
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

static void
on_setup (PrcCaseList *self, GtkListItem *list_item) {
  gtk_list_item_set_child (list_item, prc_case_row_new ());
}

static void
on_files_gone (PrcCaseItem *item, GParamSpec *pspec, GtkListItem *list_item) {
  gtk_list_item_set_activatable (list_item, !prc_case_item_files_gone (item));
}

static void
on_bind (PrcCaseList *self, GtkListItem *list_item) {
  GtkWidget *row = gtk_list_item_get_child (list_item);
  PrcCaseItem *item = gtk_list_item_get_item (list_item);

  prc_case_row_set_item (PRC_CASE_ROW (row), item);
  g_signal_connect_object (item, "notify::files-gone", G_CALLBACK (on_files_gone), list_item, 0);
  on_files_gone (item, NULL, list_item);
  g_ptr_array_add (self->rows, row);
  look_soon (self);
}

static void
on_unbind (PrcCaseList *self, GtkListItem *list_item) {
  GtkWidget *row = gtk_list_item_get_child (list_item);
  PrcCaseItem *item = gtk_list_item_get_item (list_item);

  prc_case_item_stop (item);
  g_signal_handlers_disconnect_by_func (item, on_files_gone, list_item);
  prc_case_row_set_item (PRC_CASE_ROW (row), NULL);
  g_ptr_array_remove_fast (self->rows, row);
}

static void
on_activate (PrcCaseList *self, guint position) {
  g_autoptr (PrcCaseItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), position);

  if (item && prc_case_item_check_files (item))
    g_signal_emit (self, signals[OPEN], 0, prc_case_item_number (item));
}

static gboolean
has_focus_inside (PrcCaseList *self) {
  GtkWidget *focus = self->root ? gtk_root_get_focus (self->root) : NULL;

  return focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (self));
}

static gboolean
on_move (GtkWidget *view, GVariant *direction, gpointer user_data) {
  gtk_widget_child_focus (view, g_variant_get_int32 (direction));
  return GDK_EVENT_STOP;
}

static gboolean
on_leave (GtkWidget *view, GVariant *unused, gpointer user_data) {
  PrcCaseList *self = user_data;

  if (self->came_from && gtk_widget_grab_focus (self->came_from))
    return GDK_EVENT_STOP;
  gtk_root_set_focus (self->root, NULL);
  return GDK_EVENT_STOP;
}

static void
add_keys (PrcCaseList *self) {
  GtkEventController *keys = gtk_shortcut_controller_new ();
  GtkShortcutController *controller = GTK_SHORTCUT_CONTROLLER (keys);
  const struct {
    guint key;
    GtkDirectionType direction;
  } moves[] = {{GDK_KEY_j, GTK_DIR_DOWN}, {GDK_KEY_k, GTK_DIR_UP}};

  for (gsize i = 0; i < G_N_ELEMENTS (moves); i++) {
    GtkShortcut *shortcut = gtk_shortcut_new (gtk_keyval_trigger_new (moves[i].key, 0),
                                              gtk_callback_action_new (on_move, self, NULL));
    gtk_shortcut_set_arguments (shortcut, g_variant_new_int32 (moves[i].direction));
    gtk_shortcut_controller_add_shortcut (controller, shortcut);
  }
  gtk_shortcut_controller_add_shortcut (
      controller, gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                    gtk_callback_action_new (on_leave, self, NULL)));
  gtk_widget_add_controller (self->view, keys);
}

static void
on_focus_moved (PrcCaseList *self) {
  GtkWidget *focus = gtk_root_get_focus (self->root);

  if (focus && focus != GTK_WIDGET (self) && !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    g_set_weak_pointer (&self->came_from, focus);
}

static void
prc_case_list_root (GtkWidget *widget) {
  PrcCaseList *self = PRC_CASE_LIST (widget);

  GTK_WIDGET_CLASS (prc_case_list_parent_class)->root (widget);
  self->root = gtk_widget_get_root (widget);
  g_signal_connect_swapped (self->root, "notify::focus-widget", G_CALLBACK (on_focus_moved), self);
  if (gtk_root_get_focus (self->root))
    on_focus_moved (self);
}

static void
prc_case_list_unroot (GtkWidget *widget) {
  PrcCaseList *self = PRC_CASE_LIST (widget);

  g_signal_handlers_disconnect_by_func (self->root, on_focus_moved, self);
  self->root = NULL;
  GTK_WIDGET_CLASS (prc_case_list_parent_class)->unroot (widget);
}

static gboolean
prc_case_list_grab_focus (GtkWidget *widget) {
  PrcCaseList *self = PRC_CASE_LIST (widget);

  return has_focus_inside (self) || gtk_widget_child_focus (self->view, GTK_DIR_TAB_FORWARD);
}

// Items of the slices shown now, by slice id: their pictures outlive the answer.
static GHashTable *
items_by_slice (PrcCaseList *self) {
  GHashTable *table = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_object_unref);

  for (guint i = 0; i < self->all->len; i++) {
    PrcCaseItem *item = g_ptr_array_index (self->all, i);
    prc_case_item_stop (item);
    g_hash_table_insert (table, (gpointer)&prc_case_item_hit (item)->slice_id, g_object_ref (item));
  }
  return table;
}

void
prc_case_list_set_answer (PrcCaseList *self, PrcAnswer *answer, PrcCaseListWants wants,
                          gpointer user_data) {
  g_return_if_fail (PRC_IS_CASE_LIST (self));
  g_autoptr (GHashTable) before = items_by_slice (self);
  guint n_before = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  gboolean had_focus = has_focus_inside (self);

  g_ptr_array_set_size (self->all, 0);
  for (guint i = 0; answer && i < answer->n_hits; i++)
    if (!wants || wants (&answer->hits[i], user_data))
      g_ptr_array_add (
          self->all,
          prc_case_item_new (answer, i, g_hash_table_lookup (before, &answer->hits[i].slice_id)));
  g_list_store_splice (self->items, 0, n_before, self->all->pdata, MIN (N_FIRST, self->all->len));
  gtk_adjustment_set_value (
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), 0);
  if (had_focus && self->all->len > 0)
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

void
prc_case_list_set_sources (PrcCaseList *self, PrcFrameStore *store, PrcCodecPool *pool) {
  g_return_if_fail (PRC_IS_CASE_LIST (self));
  g_clear_pointer (&self->store, prc_frame_store_unref);
  g_clear_pointer (&self->pool, prc_codec_pool_unref);
  self->store = store ? prc_frame_store_ref (store) : NULL;
  self->pool = pool ? prc_codec_pool_ref (pool) : NULL;
}

static void
prc_case_list_dispose (GObject *object) {
  PrcCaseList *self = PRC_CASE_LIST (object);

  for (guint i = 0; i < self->all->len; i++)
    prc_case_item_stop (g_ptr_array_index (self->all, i));
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_weak_pointer (&self->came_from);
  g_clear_object (&self->items);
  g_clear_pointer (&self->store, prc_frame_store_unref);
  g_clear_pointer (&self->pool, prc_codec_pool_unref);
  G_OBJECT_CLASS (prc_case_list_parent_class)->dispose (object);
}

static void
prc_case_list_finalize (GObject *object) {
  g_ptr_array_unref (PRC_CASE_LIST (object)->rows);
  g_ptr_array_unref (PRC_CASE_LIST (object)->all);
  G_OBJECT_CLASS (prc_case_list_parent_class)->finalize (object);
}

static void
prc_case_list_class_init (PrcCaseListClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = prc_case_list_dispose;
  object_class->finalize = prc_case_list_finalize;
  widget_class->root = prc_case_list_root;
  widget_class->unroot = prc_case_list_unroot;
  widget_class->grab_focus = prc_case_list_grab_focus;
  signals[OPEN] = g_signal_new ("open", PRC_TYPE_CASE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/precedent_viewer/Precedent/case-list.ui");
  gtk_widget_class_bind_template_child (widget_class, PrcCaseList, scroller);
  gtk_widget_class_bind_template_child (widget_class, PrcCaseList, view);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
prc_case_list_init (PrcCaseList *self) {
  self->rows = g_ptr_array_new ();
  self->all = g_ptr_array_new_with_free_func (g_object_unref);
  self->items = g_list_store_new (PRC_TYPE_CASE_ITEM);
  gtk_widget_init_template (GTK_WIDGET (self));
  add_keys (self);

  GtkSingleSelection *selection =
      gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->items)));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_list_view_set_model (GTK_LIST_VIEW (self->view), GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);

  GtkAdjustment *vertical =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  g_signal_connect_object (vertical, "value-changed", G_CALLBACK (look_soon), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (vertical, "changed", G_CALLBACK (look_soon), self, G_CONNECT_SWAPPED);
}
