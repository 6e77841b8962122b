// SPDX-License-Identifier: Apache-2.0
#include "ctl.h"

#include <glib/gi18n.h>

static void print_dataset (JsonObject *dataset, int depth);

static char *
value_text (JsonNode *node) {
  if (JSON_NODE_HOLDS_OBJECT (node)) { // a person name: its component groups joined as in PS3.5 6.2
    static const char *const groups[] = {"Alphabetic", "Ideographic", "Phonetic"};
    g_autoptr (GString) text = g_string_new (NULL);
    JsonObject *name = json_node_get_object (node);
    size_t written = 0;
    for (size_t i = 0; i < G_N_ELEMENTS (groups); i++) {
      const char *group = json_object_get_string_member_with_default (name, groups[i], "");
      if (!*group)
        continue;
      for (; written < i; written++)
        g_string_append_c (text, '=');
      g_string_append (text, group);
    }
    return g_string_free (g_steal_pointer (&text), FALSE);
  }
  if (JSON_NODE_HOLDS_NULL (node))
    return g_strdup ("");
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  return g_strdup_printf ("%.17g", json_node_get_double (node));
}

static void
print_values (JsonArray *values, int depth) {
  for (guint i = 0; i < json_array_get_length (values); i++) {
    g_autofree char *text = value_text (json_array_get_element (values, i));
    for (char *c = text; *c; c++) {
      if ((unsigned char)*c < ' ')
        *c = ' ';
    }
    g_print ("%s%s", i ? "\\" : " ", text);
  }
  g_print ("\n");
}

static void
print_items (JsonArray *items, int depth) {
  g_print (ngettext (" %u item\n", " %u items\n", json_array_get_length (items)),
           json_array_get_length (items));
  for (guint i = 0; i < json_array_get_length (items); i++) {
    g_print ("%*s%u.\n", 2 * depth + 2, "", i + 1);
    print_dataset (json_array_get_object_element (items, i), depth + 2);
  }
}

static void
print_element (const char *tag, JsonObject *element, int depth) {
  const char *vr = json_object_get_string_member_with_default (element, "vr", "UN");
  g_print ("%*s(%.4s,%.4s) %s", 2 * depth, "", tag, tag + 4, vr);
  JsonArray *values = json_object_has_member (element, "Value")
                          ? json_object_get_array_member (element, "Value")
                          : NULL;
  if (!values)
    g_print ("%s\n", json_object_has_member (element, "InlineBinary") ||
                             json_object_has_member (element, "BulkDataURI")
                         ? _ (" binary")
                         : "");
  else if (!strcmp (vr, "SQ"))
    print_items (values, depth);
  else
    print_values (values, depth);
}

static void
print_dataset (JsonObject *dataset, int depth) {
  g_autoptr (GList) tags = g_list_sort (json_object_get_members (dataset), (GCompareFunc)strcmp);
  for (GList *tag = tags; tag; tag = tag->next) {
    if (strlen (tag->data) == 8)
      print_element (tag->data, json_object_get_object_member (dataset, tag->data), depth);
  }
}

CtlStatus
ctl_dump (int argc, char **argv) {
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("The DICOM JSON model (PS3.18 F.2)"), NULL},
      {NULL},
  };
  if (!ctl_options (&argc, &argv, entries, "FILE", 1, 1))
    return CTL_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autofree char *text = prc_codec_pool_dump_json (pool, argv[1], ctl_cancellable (), &error);
  if (!text)
    return ctl_complain (argv[1], error);
  if (as_json) {
    g_print ("%s\n", text);
    return CTL_DONE;
  }
  g_autoptr (JsonNode) root = json_from_string (text, &error);
  if (!root)
    return ctl_complain (argv[1], error);
  print_dataset (json_node_get_object (root), 0);
  return CTL_DONE;
}
