// SPDX-License-Identifier: Apache-2.0
#include "prc-tag-tree.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "prc-text.h"

#define SEARCHED_BYTES 4096  // of a value
#define OPEN_AT_MOST   20000 // rows that a search opens by itself

struct _PrcTagTree {
  grefcount references;
  PrcElements *elements;
  const PrcElement *all;
  guint n;
  gboolean hide_patient;
  char **folded; // of each element, when it was sought for first
  char *query;   // folded; "" keeps all
  guint8 *kept;  // by index: KEPT, MATCHES
  guint n_kept;
};

enum { KEPT = 1, MATCHES = 2 };

/* ---- item ---- */

struct _PrcTagItem {
  GObject parent_instance;
  guint index;
};

G_DEFINE_FINAL_TYPE (PrcTagItem, prc_tag_item, G_TYPE_OBJECT)

static void
prc_tag_item_class_init (PrcTagItemClass *klass) {
}

static void
prc_tag_item_init (PrcTagItem *self) {
}

guint
prc_tag_item_index (PrcTagItem *item) {
  return item->index;
}

/* ---- list ---- */

// What is directly inside of one element, or outermost.
#define PRC_TYPE_TAG_LIST (prc_tag_list_get_type ())
G_DECLARE_FINAL_TYPE (PrcTagList, prc_tag_list, PRC, TAG_LIST, GObject)

struct _PrcTagList {
  GObject parent_instance;
  GArray *indices; // guint
};

static GType
prc_tag_list_get_item_type (GListModel *list) {
  return PRC_TYPE_TAG_ITEM;
}

static guint
prc_tag_list_get_n_items (GListModel *list) {
  return PRC_TAG_LIST (list)->indices->len;
}

static gpointer
prc_tag_list_get_item (GListModel *list, guint position) {
  GArray *indices = PRC_TAG_LIST (list)->indices;

  if (position >= indices->len)
    return NULL;
  PrcTagItem *item = g_object_new (PRC_TYPE_TAG_ITEM, NULL);
  item->index = g_array_index (indices, guint, position);
  return item;
}

static void
prc_tag_list_model_init (GListModelInterface *iface) {
  iface->get_item_type = prc_tag_list_get_item_type;
  iface->get_n_items = prc_tag_list_get_n_items;
  iface->get_item = prc_tag_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PrcTagList, prc_tag_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, prc_tag_list_model_init))

static void
prc_tag_list_finalize (GObject *object) {
  g_array_unref (PRC_TAG_LIST (object)->indices);
  G_OBJECT_CLASS (prc_tag_list_parent_class)->finalize (object);
}

static void
prc_tag_list_class_init (PrcTagListClass *klass) {
  G_OBJECT_CLASS (klass)->finalize = prc_tag_list_finalize;
}

static void
prc_tag_list_init (PrcTagList *self) {
  self->indices = g_array_new (FALSE, FALSE, sizeof (guint));
}

static GListModel *
list_new (PrcTagTree *tree, guint begin, guint end) {
  PrcTagList *list = g_object_new (PRC_TYPE_TAG_LIST, NULL);

  for (guint i = begin; i < end; i += tree->all[i].n_below + 1)
    if (tree->kept[i] & KEPT)
      g_array_append_val (list->indices, i);
  return G_LIST_MODEL (list);
}

/* ---- tree ---- */

PrcTagTree *
prc_tag_tree_new (PrcElements *elements, gboolean hide_patient) {
  PrcTagTree *tree = g_new0 (PrcTagTree, 1);
  uint32_t n;

  g_ref_count_init (&tree->references);
  tree->elements = prc_elements_ref (elements);
  tree->all = prc_elements_get (elements, &n);
  tree->n = n;
  tree->hide_patient = hide_patient;
  tree->kept = g_malloc (MAX (n, 1));
  prc_tag_tree_search (tree, "");
  return tree;
}

PrcTagTree *
prc_tag_tree_ref (PrcTagTree *tree) {
  g_ref_count_inc (&tree->references);
  return tree;
}

void
prc_tag_tree_unref (PrcTagTree *tree) {
  if (!g_ref_count_dec (&tree->references))
    return;
  for (guint i = 0; tree->folded && i < tree->n; i++)
    g_free (tree->folded[i]);
  g_free (tree->folded);
  g_free (tree->query);
  g_free (tree->kept);
  prc_elements_unref (tree->elements);
  g_free (tree);
}

const PrcElement *
prc_tag_tree_element (PrcTagTree *tree, guint index) {
  return &tree->all[index];
}

gboolean
prc_tag_tree_hides (PrcTagTree *tree, guint index) {
  const PrcElement *element = &tree->all[index];

  return tree->hide_patient && *element->value && prc_element_identifies (element);
}

char *
prc_tag_tree_value (PrcTagTree *tree, guint index, gsize max_bytes) {
  if (prc_tag_tree_hides (tree, index))
    return g_strdup (_ ("hidden"));
  return prc_element_value_text (&tree->all[index], max_bytes);
}

char *
prc_tag_tree_whole_value (PrcTagTree *tree, guint index) {
  const PrcElement *element = &tree->all[index];

  return prc_tag_tree_hides (tree, index) ? g_strdup ("") : g_strdup (element->value);
}

// Tags are sought as (0010,0010) and as 00100010.
static char *
fold (PrcTagTree *tree, guint index) {
  const PrcElement *element = &tree->all[index];
  g_autofree char *tag = prc_element_tag_text (element);
  g_autofree char *name = prc_element_name_text (element);
  g_autofree char *value = prc_tag_tree_hides (tree, index)
                               ? g_strdup ("")
                               : prc_element_value_text (element, SEARCHED_BYTES);
  g_autofree char *text =
      g_strdup_printf ("%s %08x %s %s %s", tag, element->tag, element->keyword, name, value);

  return prc_text_fold (text);
}

static gboolean
is_match (PrcTagTree *tree, guint index) {
  if (!tree->folded)
    tree->folded = g_new0 (char *, tree->n);
  if (!tree->folded[index])
    tree->folded[index] = fold (tree, index);
  return prc_text_matches (tree->folded[index], tree->query);
}

static void
keep (PrcTagTree *tree, guint index) {
  for (guint i = index; i != PRC_ELEMENT_NONE && !(tree->kept[i] & KEPT); i = tree->all[i].parent) {
    tree->kept[i] |= KEPT;
    tree->n_kept++;
  }
}

guint
prc_tag_tree_search (PrcTagTree *tree, const char *query) {
  g_autofree char *safe = prc_text_safe (query, -1, 1024, false);
  g_autofree char *folded = prc_text_fold (g_strstrip (safe));
  guint n = 0;

  g_free (tree->query);
  tree->query = g_steal_pointer (&folded);
  tree->n_kept = 0;
  memset (tree->kept, *tree->query ? 0 : KEPT, tree->n);
  for (guint i = 0; *tree->query && i < tree->n; i++) {
    if (tree->all[i].tag == PRC_ELEMENT_ITEM || !is_match (tree, i))
      continue;
    keep (tree, i);
    tree->kept[i] |= MATCHES;
    n++;
  }
  return n;
}

gboolean
prc_tag_tree_matches (PrcTagTree *tree, guint index) {
  return (tree->kept[index] & MATCHES) != 0;
}

static GListModel *
children_of (gpointer item, gpointer user_data) {
  PrcTagTree *tree = user_data;
  guint index = PRC_TAG_ITEM (item)->index;
  const PrcElement *element = &tree->all[index];

  if (element->n_below == 0)
    return NULL;
  GListModel *list = list_new (tree, index + 1, index + 1 + element->n_below);
  if (g_list_model_get_n_items (list) == 0)
    g_clear_object (&list);
  return list;
}

GtkTreeListModel *
prc_tag_tree_model (PrcTagTree *tree) {
  gboolean open = *tree->query && tree->n_kept <= OPEN_AT_MOST;

  return gtk_tree_list_model_new (list_new (tree, 0, tree->n), FALSE, open, children_of,
                                  prc_tag_tree_ref (tree), (GDestroyNotify)prc_tag_tree_unref);
}

char *
prc_tag_tree_row_text (PrcTagTree *tree, guint index) {
  const PrcElement *element = &tree->all[index];
  g_autofree char *tag = prc_element_tag_text (element);
  g_autofree char *name = prc_element_name_text (element);
  g_autofree char *value = prc_tag_tree_value (tree, index, G_MAXUINT16);

  return g_strdup_printf ("%s\t%s\t%s\t%s", tag, name, element->vr, value);
}

char *
prc_tag_tree_path (PrcTagTree *tree, guint index) {
  return prc_elements_path (tree->elements, index);
}

guint
prc_tag_tree_find_path (PrcTagTree *tree, const char *path) {
  guint depth = 0;

  for (const char *at = path; *at; at++)
    depth += *at == '[';
  for (guint i = 0; i < tree->n; i++) {
    if (tree->all[i].depth != 2 * depth && tree->all[i].depth != 2 * depth - 1)
      continue;
    g_autofree char *here = prc_elements_path (tree->elements, i);
    if (g_str_equal (here, path))
      return i;
  }
  return G_MAXUINT;
}
