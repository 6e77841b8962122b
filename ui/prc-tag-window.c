// SPDX-License-Identifier: Apache-2.0
#include "prc-tag-window-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "prc-tag-columns.h"

#define PER_FRAME "PerFrameFunctionalGroupsSequence["

G_DEFINE_FINAL_TYPE (PrcTagWindow, prc_tag_window, ADW_TYPE_WINDOW)

enum { FOLLOW_CHANGED, SELECTED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- rows ---- */

// Of the element in a row of the model, or G_MAXUINT.
static guint
index_at (PrcTagWindow *self, guint position) {
  g_autoptr (GtkTreeListRow) row =
      self->selection ? g_list_model_get_item (G_LIST_MODEL (self->selection), position) : NULL;
  g_autoptr (PrcTagItem) item = row ? gtk_tree_list_row_get_item (row) : NULL;

  return item ? prc_tag_item_index (item) : G_MAXUINT;
}

guint
prc_tag_window_selected_index (PrcTagWindow *self) {
  if (!self->selection)
    return G_MAXUINT;
  return index_at (self, gtk_single_selection_get_selected (self->selection));
}

// GTK 4.8 has no call for it, only the action of the list inside.
static void
scroll_to (PrcTagWindow *self, guint position) {
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->view));

  while (child && !GTK_IS_LIST_VIEW (child))
    child = gtk_widget_get_next_sibling (child);
  if (child)
    gtk_widget_activate_action (child, "list.scroll-to-item", "u", position);
}

void
prc_tag_window_select (PrcTagWindow *self, guint position) {
  gtk_single_selection_set_selected (self->selection, position);
  scroll_to (self, position);
}

// Opens what is around an element and selects it.
static void
select_index (PrcTagWindow *self, guint index) {
  for (guint position = 0; position < g_list_model_get_n_items (G_LIST_MODEL (self->selection));
       position++) {
    guint here = index_at (self, position);
    if (here == index) {
      prc_tag_window_select (self, position);
      return;
    }
    if (here < index && index <= here + prc_tag_tree_element (self->tree, here)->n_below) {
      g_autoptr (GtkTreeListRow) row =
          g_list_model_get_item (G_LIST_MODEL (self->selection), position);
      gtk_tree_list_row_set_expanded (row, TRUE);
    }
  }
}

static void
show_message (PrcTagWindow *self, const char *sentence) {
  gtk_label_set_text (self->message, sentence);
  gtk_stack_set_visible_child_name (self->pages, "message");
}

static void
selected (GtkSingleSelection *selection, GParamSpec *pspec, PrcTagWindow *self) {
  g_signal_emit (self, signals[SELECTED], 0);
}

static void
set_model (PrcTagWindow *self) {
  GtkTreeListModel *model = prc_tag_tree_model (self->tree);
  GtkSingleSelection *selection = gtk_single_selection_new (G_LIST_MODEL (model));

  g_signal_connect_object (selection, "notify::selected", G_CALLBACK (selected), self, 0);
  g_set_object (&self->selection, selection);
  prc_tag_columns_set_tree (self->view, self->tree);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
  g_signal_emit (self, signals[SELECTED], 0);
}

/* ---- search ---- */

static void
search (PrcTagWindow *self) {
  const char *query = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  guint kept = prc_tag_window_selected_index (self);

  if (!self->tree)
    return;
  guint n = prc_tag_tree_search (self->tree, query);
  set_model (self);
  g_autofree char *count =
      *query ? g_strdup_printf (ngettext ("%u match", "%u matches", n), n) : g_strdup ("");
  gtk_label_set_text (self->count, count);
  if (*query && n == 0) {
    show_message (self, _ ("Nothing matches"));
    return;
  }
  gtk_stack_set_visible_child_name (self->pages, "tags");
  if (*query && (kept == G_MAXUINT || !prc_tag_tree_matches (self->tree, kept)))
    prc_tag_window_next_match (self);
  else if (kept != G_MAXUINT)
    select_index (self, kept);
}

static void
search_changed (GtkSearchEntry *entry, PrcTagWindow *self) {
  search (self);
}

static void
search_stopped (GtkSearchEntry *entry, PrcTagWindow *self) {
  if (*gtk_editable_get_text (GTK_EDITABLE (entry)))
    gtk_editable_set_text (GTK_EDITABLE (entry), "");
  else
    gtk_window_close (GTK_WINDOW (self));
}

void
prc_tag_window_next_match (PrcTagWindow *self) {
  guint n = self->selection ? g_list_model_get_n_items (G_LIST_MODEL (self->selection)) : 0;
  guint from = n ? gtk_single_selection_get_selected (self->selection) : 0;

  for (guint step = 1; step <= n; step++) {
    guint position = ((from == GTK_INVALID_LIST_POSITION ? 0 : from) + step) % n;
    if (prc_tag_tree_matches (self->tree, index_at (self, position))) {
      prc_tag_window_select (self, position);
      return;
    }
  }
}

/* ---- reading ---- */

static void
show_notice (PrcTagWindow *self) {
  GString *text = g_string_new (NULL);

  if (self->elements && prc_elements_guessed (self->elements))
    g_string_append (text, _ ("The character set is absent or wrong: some text is a guess"));
  if (self->hide_patient)
    g_string_append_printf (text, "%s%s", text->len ? "\n" : "",
                            _ ("Values that may lead to the patient are hidden"));
  gtk_label_set_text (self->notice, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), text->len > 0);
  g_string_free (text, TRUE);
}

static void
show_elements (PrcTagWindow *self) {
  guint before = prc_tag_window_selected_index (self);
  g_autofree char *path =
      before != G_MAXUINT ? prc_tag_tree_path (self->tree, before) : g_strdup ("");

  g_clear_pointer (&self->tree, prc_tag_tree_unref);
  g_clear_object (&self->selection);
  self->tree = prc_tag_tree_new (self->elements, self->hide_patient);
  show_notice (self);
  search (self);
  guint index = *path ? prc_tag_tree_find_path (self->tree, path) : G_MAXUINT;
  if (index != G_MAXUINT)
    select_index (self, index);
}

static void
read_done (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autoptr (PrcTagWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcElements) elements = prc_codec_pool_list_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->reading);
  if (!self->pool) // closed meanwhile
    return;
  if (!elements) {
    g_clear_pointer (&self->path, g_free);
    show_message (self, error->message);
    return;
  }
  g_clear_pointer (&self->elements, prc_elements_unref);
  self->elements = g_steal_pointer (&elements);
  show_elements (self);
}

// To the same element among the functional groups of the frame (PS3.3 C.7.6.16).
static void
go_to_frame (PrcTagWindow *self) {
  guint selected = prc_tag_window_selected_index (self);
  g_autofree char *path =
      selected != G_MAXUINT ? prc_tag_tree_path (self->tree, selected) : g_strdup ("");
  const char *rest = g_str_has_prefix (path, PER_FRAME) ? strchr (path, ']') : NULL;

  if (!rest)
    return;
  g_autofree char *there = g_strdup_printf (PER_FRAME "%u%s", self->frame + 1, rest);
  guint index = prc_tag_tree_find_path (self->tree, there);
  if (index != G_MAXUINT && index != selected)
    select_index (self, index);
}

void
prc_tag_window_show (PrcTagWindow *self, const char *path, guint frame, const char *subtitle) {
  adw_window_title_set_subtitle (self->title, subtitle);
  self->frame = frame;
  if (g_strcmp0 (self->path, path) == 0) {
    go_to_frame (self);
    return;
  }
  g_free (self->path);
  self->path = g_strdup (path);
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  self->reading = g_cancellable_new ();
  if (!self->elements)
    show_message (self, _ ("Reading…"));
  prc_codec_pool_list_async (self->pool, path, self->reading, read_done, g_object_ref (self));
}

void
prc_tag_window_set_hide_patient (PrcTagWindow *self, gboolean hide_patient) {
  if (self->hide_patient == hide_patient)
    return;
  self->hide_patient = hide_patient;
  show_notice (self);
  if (self->elements)
    show_elements (self);
}

gboolean
prc_tag_window_follows (PrcTagWindow *self) {
  return gtk_toggle_button_get_active (self->follow);
}

GtkSelectionModel *
prc_tag_window_get_selection (PrcTagWindow *self) {
  return GTK_SELECTION_MODEL (self->selection);
}

/* ---- life ---- */

static void
follow_toggled (GtkToggleButton *button, PrcTagWindow *self) {
  g_signal_emit (self, signals[FOLLOW_CHANGED], 0);
}

static void
entry_activated (GtkSearchEntry *entry, PrcTagWindow *self) {
  prc_tag_window_next_match (self);
}

static void
prc_tag_window_dispose (GObject *object) {
  PrcTagWindow *self = PRC_TAG_WINDOW (object);

  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->actions);
  g_clear_pointer (&self->tree, prc_tag_tree_unref);
  g_clear_pointer (&self->elements, prc_elements_unref);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->pool, prc_codec_pool_unref);
  G_OBJECT_CLASS (prc_tag_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class) {
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/precedent_viewer/Precedent/tag-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PrcTagWindow, title);
  gtk_widget_class_bind_template_child (widget_class, PrcTagWindow, follow);
  gtk_widget_class_bind_template_child (widget_class, PrcTagWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, PrcTagWindow, entry);
  gtk_widget_class_bind_template_child (widget_class, PrcTagWindow, count);
  gtk_widget_class_bind_template_child (widget_class, PrcTagWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, PrcTagWindow, message);
  gtk_widget_class_bind_template_child (widget_class, PrcTagWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, PrcTagWindow, view);
  gtk_widget_class_bind_template_child (widget_class, PrcTagWindow, row_menu);
}

static void
prc_tag_window_class_init (PrcTagWindowClass *klass) {
  G_OBJECT_CLASS (klass)->dispose = prc_tag_window_dispose;
  signals[FOLLOW_CHANGED] = g_signal_new ("follow-changed", PRC_TYPE_TAG_WINDOW, G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SELECTED] = g_signal_new ("selected", PRC_TYPE_TAG_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 0);
  bind_children (GTK_WIDGET_CLASS (klass));
}

// From the entry down into the rows.
static gboolean
entry_key_pressed (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state,
                   PrcTagWindow *self) {
  if (key != GDK_KEY_Down && key != GDK_KEY_KP_Down && key != GDK_KEY_Page_Down)
    return GDK_EVENT_PROPAGATE;
  return gtk_widget_child_focus (GTK_WIDGET (self->view), GTK_DIR_DOWN);
}

static void
connect_entry (PrcTagWindow *self) {
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (entry_key_pressed), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
  g_signal_connect_object (self->entry, "next-match", G_CALLBACK (entry_activated), self, 0);
  g_signal_connect_object (self->entry, "search-changed", G_CALLBACK (search_changed), self, 0);
  g_signal_connect_object (self->entry, "stop-search", G_CALLBACK (search_stopped), self, 0);
  g_signal_connect_object (self->entry, "activate", G_CALLBACK (entry_activated), self, 0);
  gtk_search_entry_set_key_capture_widget (self->entry, GTK_WIDGET (self->view));
}

static void
prc_tag_window_init (PrcTagWindow *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->follow, "toggled", G_CALLBACK (follow_toggled), self, 0);
  connect_entry (self);
  prc_tag_columns_add (self->view);
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->entry));
}

GtkWidget *
prc_tag_window_new (PrcCodecPool *pool) {
  PrcTagWindow *self = g_object_new (PRC_TYPE_TAG_WINDOW, NULL);

  self->pool = prc_codec_pool_ref (pool);
  return GTK_WIDGET (self);
}
