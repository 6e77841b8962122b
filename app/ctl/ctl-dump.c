// SPDX-License-Identifier: Apache-2.0
#include "ctl.h"

#include <glib/gi18n.h>

#define MAX_LINE 1024 // bytes of a value

// Tag, VR, length in bytes ("-": undefined), keyword (of a private element who reserved its block),
// value.
static void
print_element (const PrcElement *element) {
  g_autofree char *tag = prc_element_tag_text (element);
  g_autofree char *value = prc_element_value_text (element, MAX_LINE);
  g_autofree char *length = element->length == UINT64_MAX
                                ? g_strdup ("-")
                                : g_strdup_printf ("%" G_GUINT64_FORMAT, element->length);
  g_autofree char *keyword = NULL;
  if (element->tag == PRC_ELEMENT_ITEM) {
    g_print ("%*s%s\n", 2 * element->depth, "", tag);
    return;
  }
  if (*element->creator)
    keyword = g_strdup_printf ("[%s]", element->creator);
  else if (prc_element_is_private (element) && !*element->keyword)
    keyword = g_strdup ("[]");
  else
    keyword = g_strdup (*element->keyword ? element->keyword : "?");
  g_print ("%*s%s %-2s %8s %-28s %s\n", 2 * element->depth, "", tag, element->vr, length, keyword,
           value);
}

static CtlStatus
print_text (PrcCodecPool *pool, const char *path) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcElements) elements = prc_codec_pool_list (pool, path, ctl_cancellable (), &error);
  if (!elements)
    return ctl_complain (path, error);
  uint32_t n;
  const PrcElement *all = prc_elements_get (elements, &n);
  for (uint32_t i = 0; i < n; i++)
    print_element (&all[i]);
  if (prc_elements_guessed (elements))
    g_printerr (_ ("precedentctl: the character set is absent or wrong: some text is a guess\n"));
  return CTL_DONE;
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
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  if (!as_json)
    return print_text (pool, argv[1]);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = prc_codec_pool_dump_json (pool, argv[1], ctl_cancellable (), &error);
  if (!text)
    return ctl_complain (argv[1], error);
  g_print ("%s\n", text);
  return CTL_DONE;
}
