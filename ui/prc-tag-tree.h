// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

#include "prc-elements.h"

// The elements of a file as a tree of list models, and the search in it. Rows are made when they
// come into view: ten thousand elements open at once.

#define PRC_TYPE_TAG_ITEM (prc_tag_item_get_type ())
G_DECLARE_FINAL_TYPE (PrcTagItem, prc_tag_item, PRC, TAG_ITEM, GObject)

guint prc_tag_item_index (PrcTagItem *item); // in the elements

typedef struct _PrcTagTree PrcTagTree; // main thread, reference-counted

PrcTagTree *prc_tag_tree_new (PrcElements *elements, gboolean hide_patient);
PrcTagTree *prc_tag_tree_ref (PrcTagTree *tree);
void prc_tag_tree_unref (PrcTagTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcTagTree, prc_tag_tree_unref)

const PrcElement *prc_tag_tree_element (PrcTagTree *tree, guint index); // borrowed

// Keeps what holds every word of `query` in its tag, keyword, name, creator or (the first 4 kB of
// its) value, and what is around that. Values that are hidden are not searched. "" keeps all.
// How many match.
guint prc_tag_tree_search (PrcTagTree *tree, const char *query);
gboolean prc_tag_tree_matches (PrcTagTree *tree, guint index); // false when nothing is sought

// PrcTagItem in rows that open; while something is sought all are open. New for each search. Owned.
GtkTreeListModel *prc_tag_tree_model (PrcTagTree *tree);

// As rows show them and the clipboard gets them; owned.
char *prc_tag_tree_value (PrcTagTree *tree, guint index, gsize max_bytes);
char *prc_tag_tree_whole_value (PrcTagTree *tree,
                                guint index);                // with its lines, all there is of it
gboolean prc_tag_tree_hides (PrcTagTree *tree, guint index); // its value: patient data
char *prc_tag_tree_row_text (PrcTagTree *tree, guint index); // tag, name, VR, value by tabulators
char *prc_tag_tree_path (PrcTagTree *tree, guint index);
// The element of the same place in another file, or G_MAXUINT.
guint prc_tag_tree_find_path (PrcTagTree *tree, const char *path);
