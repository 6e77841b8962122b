// SPDX-License-Identifier: Apache-2.0
#include "call.h"

#include <string.h>
#include <sys/wait.h>

void
call_clear (Call *call) {
  g_free (call->output);
  g_free (call->complaint);
}

Call
call_program (const char *const *argv) {
  g_autoptr (GError) error = NULL;
  Call call = {0};
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &call.output,
                &call.complaint, &call.status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (call.status)); // never by a signal
  call.status = WEXITSTATUS (call.status);
  return call;
}

Call
ctl (const char *first, ...) {
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  va_list arguments;
  g_ptr_array_add (argv, (gpointer)g_getenv ("PRECEDENT_CTL"));
  va_start (arguments, first);
  for (const char *each = first; each; each = va_arg (arguments, const char *))
    g_ptr_array_add (argv, (gpointer)each);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);
  return call_program ((const char *const *)argv->pdata);
}

JsonNode *
json_of (const Call *call) {
  g_autoptr (GError) error = NULL;
  JsonNode *root = json_from_string (call->output, &error);
  g_assert_no_error (error);
  g_assert_nonnull (root);
  return root;
}

guint
count_lines (const char *text) {
  guint n = 0;
  while ((text = strchr (text, '\n'))) {
    text++;
    n++;
  }
  return n;
}

void
assert_one_sentence (const char *complaint, const char *path) {
  g_autofree char *prefix = g_strdup_printf ("precedentctl: %s: ", path);
  if (!g_str_has_prefix (complaint, prefix))
    g_test_message ("%s", complaint);
  g_assert_true (g_str_has_prefix (complaint, prefix));
  g_assert_cmpuint (strlen (complaint), >, strlen (prefix) + 5);
  g_assert_cmpuint (count_lines (complaint), ==, 1);
  g_assert_false (g_str_has_suffix (complaint, ".\n"));
}
