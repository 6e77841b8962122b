// SPDX-License-Identifier: Apache-2.0
#include "prc-series-list.h"

#include <glib/gi18n-lib.h>

#include "prc-scan-words.h"
#include "prc-series-row.h"
#include "prc-text.h"
#include "prc-thumbnail.h"

#define LEAST_HEIGHT 100 // logical pixels

// A button that says how many there are, over a list of them.
typedef struct {
  GtkWidget *button, *label;
  bool links; // to the files; else text to copy: a click into a selection follows no link
} Notes;

struct _PrcSeriesList {
  GtkWidget parent_instance;
  PrcFrameStore *store;
  PrcScan *scan;
  gboolean hide_patient, quiet;
  GtkWidget *box, *list;
  Notes problems, others;
  GHashTable *rows; // key -> PrcSeriesRow, borrowed from the list
  GCancellable *cancellable;
  gboolean making; // a thumbnail is under way
};

enum { SERIES_SELECTED, FILE_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PrcSeriesList, prc_series_list, GTK_TYPE_WIDGET)

static void make_thumbnails (PrcSeriesList *self);

/* ---- thumbnails, one after the other ---- */

typedef struct {
  PrcSeriesList *list; // weak
  char *key;
  PrcSlice slice;
} Making;

static void
making_free (Making *making) {
  g_clear_weak_pointer (&making->list);
  prc_instance_unref (making->slice.instance);
  g_free (making->key);
  g_free (making);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Making, making_free)

static void
thumbnail_made (GObject *object, GAsyncResult *result, gpointer user_data) {
  g_autoptr (Making) making = user_data;
  g_autoptr (GdkTexture) texture = prc_thumbnail_finish (result, NULL);
  PrcSeriesList *self = making->list;

  if (!self || g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    return;
  PrcSeriesRow *row = g_hash_table_lookup (self->rows, making->key);
  if (row && texture)
    prc_series_row_take_thumbnail (row, &making->slice, texture);
  self->making = FALSE;
  make_thumbnails (self);
}

static void
make_one (PrcSeriesList *self, PrcSeriesRow *row, const PrcSlice *slice) {
  Making *making = g_new0 (Making, 1);
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  g_set_weak_pointer (&making->list, self);
  making->key = g_strdup (prc_series_key (prc_series_row_get_series (row)));
  making->slice = *slice;
  prc_instance_ref (slice->instance);
  self->making = TRUE;
  prc_thumbnail_async (self->store, slice->instance, slice->frame, PRC_SERIES_ROW_PICTURE * scale,
                       self->cancellable, thumbnail_made, making);
}

static void
make_thumbnails (PrcSeriesList *self) {
  GtkListBoxRow *row;

  for (int i = 0;
       !self->making && (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), i)); i++) {
    const PrcSlice *slice =
        prc_series_row_wants_thumbnail (PRC_SERIES_ROW (row), self->scan && self->scan->complete);
    if (slice)
      make_one (self, PRC_SERIES_ROW (row), slice);
  }
}

/* ---- headings ---- */

static char *
patient_line (PrcSeriesList *self, const PrcInstanceInfo *info) {
  g_autofree char *name = prc_text_person_name (info->patient_name);

  if (self->hide_patient)
    return g_strdup (_ ("Patient"));
  return *name ? g_steal_pointer (&name) : g_strdup (_ ("No name"));
}

static char *
study_line (const PrcInstanceInfo *info) {
  g_autofree char *date = prc_text_date (info->study_date);

  if (*date && *info->study_description)
    return g_strdup_printf ("%s · %s", date, info->study_description);
  return g_strdup (*date ? date : info->study_description);
}

static GtkWidget *
heading_label (const char *text, const char *css_class) {
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, css_class);
  gtk_widget_set_tooltip_text (label, text);
  return label;
}

static gboolean
same_study (PrcSeries *a, PrcSeries *b) {
  return !g_strcmp0 (prc_series_patient_key (a), prc_series_patient_key (b)) &&
         !g_strcmp0 (prc_series_info (a)->study_instance_uid,
                     prc_series_info (b)->study_instance_uid);
}

static void
update_heading (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data) {
  PrcSeriesList *self = user_data;
  PrcSeries *series = prc_series_row_get_series (PRC_SERIES_ROW (row));
  PrcSeries *last = before ? prc_series_row_get_series (PRC_SERIES_ROW (before)) : NULL;

  if (last && same_study (series, last)) {
    gtk_list_box_row_set_header (row, NULL);
    return;
  }
  g_autofree char *patient = patient_line (self, prc_series_info (series));
  g_autofree char *study = study_line (prc_series_info (series));
  GtkWidget *heading = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (heading, "series-heading");
  if (!last || g_strcmp0 (prc_series_patient_key (series), prc_series_patient_key (last)))
    gtk_box_append (GTK_BOX (heading), heading_label (patient, "heading"));
  if (*study)
    gtk_box_append (GTK_BOX (heading), heading_label (study, "caption"));
  gtk_list_box_row_set_header (row, heading);
}

static int
compare_rows (GtkListBoxRow *a, GtkListBoxRow *b, gpointer user_data) {
  guint first = prc_series_row_get_position (PRC_SERIES_ROW (a));
  guint second = prc_series_row_get_position (PRC_SERIES_ROW (b));

  return first < second ? -1 : first > second;
}

/* ---- notes ---- */

static void
update_notes (Notes *notes, const PrcScan *scan, guint n, const char *title,
              char *(*describe) (const PrcScan *, bool)) {
  gtk_widget_set_visible (notes->button, n > 0);
  if (n == 0)
    return;
  gtk_menu_button_set_label (GTK_MENU_BUTTON (notes->button), title);
  if (scan->complete || n < 50) { // the whole list is written anew: not for each of 10,000
    g_autofree char *text = describe (scan, notes->links);
    gtk_label_set_label (GTK_LABEL (notes->label), text);
  }
}

static void
update_problems (PrcSeriesList *self) {
  guint n = self->scan ? self->scan->problems->len : 0;
  guint n_others = self->scan ? prc_scan_words_n_others (self->scan) : 0;
  g_autofree char *unread =
      g_strdup_printf (ngettext ("%u file could not be read", "%u files could not be read", n), n);
  g_autofree char *others = g_strdup_printf (
      ngettext ("%u object without a picture", "%u objects without a picture", n_others), n_others);

  update_notes (&self->problems, self->scan, n, unread, prc_scan_words_problems);
  update_notes (&self->others, self->scan, n_others, others, prc_scan_words_others);
}

/* ---- rows ---- */

static void
drop_rows_that_are_gone (PrcSeriesList *self, GHashTable *keys) {
  GHashTableIter iter;
  gpointer key, row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &key, &row))
    if (!g_hash_table_contains (keys, key)) {
      gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
      g_hash_table_iter_remove (&iter);
    }
}

static bool
put_row (PrcSeriesList *self, PrcSeries *series, guint position) {
  PrcSeriesRow *row = g_hash_table_lookup (self->rows, prc_series_key (series));
  bool moved = !row || prc_series_row_get_position (row) != position;

  if (row) {
    prc_series_row_set_series (row, series);
    prc_series_row_set_position (row, position);
    return moved;
  }
  row = PRC_SERIES_ROW (prc_series_row_new (series));
  prc_series_row_set_position (row, position);
  g_hash_table_insert (self->rows, g_strdup (prc_series_key (series)), row);
  gtk_list_box_append (GTK_LIST_BOX (self->list), GTK_WIDGET (row));
  return moved;
}

void
prc_series_list_set_scan (PrcSeriesList *self, PrcScan *scan) {
  g_autoptr (GHashTable) keys = g_hash_table_new (g_str_hash, g_str_equal);
  PrcScan *before = self->scan;
  guint n = scan ? scan->series->len : 0;
  bool moved = false;

  self->scan = scan ? prc_scan_ref (scan) : NULL;
  self->quiet = TRUE; // a selected row that goes away is no choice of a person
  for (guint i = 0; i < n; i++)
    g_hash_table_add (keys, (gpointer)prc_series_key (scan->series->pdata[i]));
  drop_rows_that_are_gone (self, keys);
  for (guint i = 0; i < n; i++)
    moved |= put_row (self, scan->series->pdata[i], i);
  if (moved) {
    gtk_list_box_invalidate_sort (GTK_LIST_BOX (self->list));
    gtk_list_box_invalidate_headers (GTK_LIST_BOX (self->list));
  }
  self->quiet = FALSE;
  if (before)
    prc_scan_unref (before);
  update_problems (self);
  make_thumbnails (self);
}

void
prc_series_list_set_hide_patient (PrcSeriesList *self, gboolean hide_patient) {
  self->hide_patient = hide_patient;
  gtk_list_box_invalidate_headers (GTK_LIST_BOX (self->list));
}

void
prc_series_list_mark_segmented (PrcSeriesList *self, GHashTable *keys) {
  GHashTableIter iter;
  gpointer key, row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &key, &row))
    prc_series_row_set_segmented (row, g_hash_table_contains (keys, key));
}

PrcSeries *
prc_series_list_get_selected (PrcSeriesList *self) {
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list));

  return row ? prc_series_row_get_series (PRC_SERIES_ROW (row)) : NULL;
}

PrcSeries *
prc_series_list_find (PrcSeriesList *self, const char *key) {
  PrcSeriesRow *row = g_hash_table_lookup (self->rows, key);

  return row ? prc_series_row_get_series (row) : NULL;
}

guint
prc_series_list_length (PrcSeriesList *self) {
  return g_hash_table_size (self->rows);
}

void
prc_series_list_select (PrcSeriesList *self, const char *key) {
  GtkListBoxRow *row = g_hash_table_lookup (self->rows, key);

  self->quiet = TRUE;
  gtk_list_box_select_row (GTK_LIST_BOX (self->list), row);
  self->quiet = FALSE;
}

void
prc_series_list_step (PrcSeriesList *self, int step) {
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list));
  int index = row ? gtk_list_box_row_get_index (row) + step : 0;

  row = index >= 0 ? gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), index) : NULL;
  if (row)
    gtk_list_box_select_row (GTK_LIST_BOX (self->list), row);
}

static void
row_selected (GtkListBox *list, GtkListBoxRow *row, gpointer user_data) {
  PrcSeriesList *self = user_data;

  if (row && !self->quiet)
    g_signal_emit (self, signals[SERIES_SELECTED], 0,
                   prc_series_row_get_series (PRC_SERIES_ROW (row)));
}

/* ---- widget ---- */

static gboolean
link_activated (GtkLabel *label, const char *uri, PrcSeriesList *self) {
  g_autofree char *path = g_filename_from_uri (uri, NULL, NULL);
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (label), GTK_TYPE_POPOVER);

  if (popover)
    gtk_popover_popdown (GTK_POPOVER (popover));
  if (path)
    g_signal_emit (self, signals[FILE_CHOSEN], 0, path);
  return TRUE; // no other program opens it
}

static void
notes_init (Notes *notes, PrcSeriesList *self, bool links) {
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  notes->button = gtk_menu_button_new ();
  notes->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (notes->label), 0);
  notes->links = links;
  gtk_label_set_use_markup (GTK_LABEL (notes->label), links);
  gtk_label_set_selectable (GTK_LABEL (notes->label), !links);
  gtk_label_set_wrap (GTK_LABEL (notes->label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (notes->label), 60);
  g_signal_connect (notes->label, "activate-link", G_CALLBACK (link_activated), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), notes->label);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 400);
  gtk_popover_set_child (GTK_POPOVER (popover), scrolled);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (notes->button), popover);
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (notes->button), GTK_ARROW_UP);
  gtk_widget_add_css_class (notes->button, "flat");
  gtk_widget_set_visible (notes->button, FALSE);
  gtk_box_append (GTK_BOX (self->box), notes->button);
}

static void
prc_series_list_dispose (GObject *object) {
  PrcSeriesList *self = PRC_SERIES_LIST (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->scan, prc_scan_unref);
  g_clear_pointer (&self->store, prc_frame_store_unref);
  G_OBJECT_CLASS (prc_series_list_parent_class)->dispose (object);
}

static void
prc_series_list_class_init (PrcSeriesListClass *klass) {
  G_OBJECT_CLASS (klass)->dispose = prc_series_list_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "serieslist");
  signals[SERIES_SELECTED] =
      g_signal_new ("series-selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[FILE_CHOSEN] = g_signal_new ("file-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
prc_series_list_init (PrcSeriesList *self) {
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_BROWSE);
  gtk_list_box_set_sort_func (GTK_LIST_BOX (self->list), compare_rows, NULL, NULL);
  gtk_list_box_set_header_func (GTK_LIST_BOX (self->list), update_heading, self, NULL);
  gtk_widget_add_css_class (self->list, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Series"), -1);
  g_signal_connect (self->list, "row-selected", G_CALLBACK (row_selected), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), LEAST_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (self->box), scrolled);
  notes_init (&self->others, self, true);
  notes_init (&self->problems, self, false);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
prc_series_list_new (PrcFrameStore *store) {
  PrcSeriesList *self = g_object_new (PRC_TYPE_SERIES_LIST, NULL);

  self->store = prc_frame_store_ref (store);
  return GTK_WIDGET (self);
}
