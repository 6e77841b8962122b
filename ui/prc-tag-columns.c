// SPDX-License-Identifier: Apache-2.0
#include "prc-tag-columns.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SHOWN_BYTES 512

typedef enum { TAG, NAME, VR, VALUE } Column;

static const struct {
  const char *title;
  int width; // -1: as it needs
} columns[] = {
    [TAG] = {N_ ("Tag"), 200},
    [NAME] = {N_ ("Name"), 260},
    [VR] = {N_ ("VR"), 48},
    [VALUE] = {N_ ("Value"), -1},
};

static PrcTagTree *
tree_of (GtkColumnView *view) {
  return g_object_get_data (G_OBJECT (view), "tree");
}

void
prc_tag_columns_set_tree (GtkColumnView *view, PrcTagTree *tree) {
  g_object_set_data_full (G_OBJECT (view), "tree", prc_tag_tree_ref (tree),
                          (GDestroyNotify)prc_tag_tree_unref);
}

static void
setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column) {
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  if (GPOINTER_TO_INT (column) != TAG) {
    gtk_list_item_set_child (item, label);
    return;
  }
  GtkWidget *expander = gtk_tree_expander_new ();
  gtk_widget_add_css_class (label, "numeric");
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), label);
  gtk_list_item_set_child (item, expander);
}

static void
set_class (GtkWidget *widget, const char *name, gboolean on) {
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
set_label (GtkWidget *label, char *text) { // owned
  gtk_label_set_text (GTK_LABEL (label), text);
  g_free (text);
}

// Of what may not fit in its cell.
static void
show_whole (GtkWidget *label) {
  const char *text = gtk_label_get_text (GTK_LABEL (label));

  gtk_widget_set_tooltip_text (label, strlen (text) > 40 ? text : NULL);
}

static void
bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data) {
  GtkTreeListRow *row = gtk_list_item_get_item (item);
  g_autoptr (PrcTagItem) tag = gtk_tree_list_row_get_item (row);
  GtkWidget *child = gtk_list_item_get_child (item);
  PrcTagTree *tree = tree_of (g_object_get_data (G_OBJECT (factory), "view"));
  guint index = prc_tag_item_index (tag);
  const PrcElement *element = prc_tag_tree_element (tree, index);

  switch ((Column)GPOINTER_TO_INT (data)) {
  case TAG:
    gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (child), row);
    set_label (gtk_tree_expander_get_child (GTK_TREE_EXPANDER (child)),
               prc_element_tag_text (element));
    break;
  case NAME:
    set_label (child, prc_element_name_text (element));
    set_class (child, "private", prc_element_is_private (element));
    break;
  case VR:
    gtk_label_set_text (GTK_LABEL (child), element->vr);
    break;
  case VALUE:
    set_label (child, prc_tag_tree_value (tree, index, SHOWN_BYTES));
    show_whole (child);
    set_class (child, "hidden-value", prc_tag_tree_hides (tree, index));
    break;
  }
}

static void
unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data) {
  GtkWidget *child = gtk_list_item_get_child (item);

  if (GTK_IS_TREE_EXPANDER (child))
    gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (child), NULL);
}

void
prc_tag_columns_add (GtkColumnView *view) {
  for (int i = 0; i < (int)G_N_ELEMENTS (columns); i++) {
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    g_object_set_data (G_OBJECT (factory), "view", view); // which outlives its columns
    g_signal_connect (factory, "setup", G_CALLBACK (setup), GINT_TO_POINTER (i));
    g_signal_connect (factory, "bind", G_CALLBACK (bind), GINT_TO_POINTER (i));
    g_signal_connect (factory, "unbind", G_CALLBACK (unbind), GINT_TO_POINTER (i));
    GtkColumnViewColumn *column = gtk_column_view_column_new (_ (columns[i].title), factory);
    gtk_column_view_column_set_resizable (column, TRUE);
    gtk_column_view_column_set_fixed_width (column, columns[i].width);
    gtk_column_view_column_set_expand (column, i == VALUE);
    gtk_column_view_append_column (view, column);
    g_object_unref (column);
  }
}

// The cells of the first column know their rows.
guint
prc_tag_columns_position_at (GtkColumnView *view, double x, double y) {
  for (GtkWidget *at = gtk_widget_pick (GTK_WIDGET (view), x, y, GTK_PICK_DEFAULT);
       at && at != GTK_WIDGET (view); at = gtk_widget_get_parent (at)) {
    for (GtkWidget *cell = gtk_widget_get_first_child (at); cell;
         cell = gtk_widget_get_next_sibling (cell)) {
      GtkWidget *inner = gtk_widget_get_first_child (cell);
      if (inner && GTK_IS_TREE_EXPANDER (inner)) {
        GtkTreeListRow *row = gtk_tree_expander_get_list_row (GTK_TREE_EXPANDER (inner));
        return row ? gtk_tree_list_row_get_position (row) : GTK_INVALID_LIST_POSITION;
      }
    }
  }
  return GTK_INVALID_LIST_POSITION;
}
