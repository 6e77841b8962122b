// SPDX-License-Identifier: Apache-2.0
#include <gio/gio.h>

// Whether the codec process has really given away what it says it gives away.

static char *
run_self_test (const char *mode, int *status) {
  const char *argv[] = {g_getenv ("PRECEDENT_CODEC"), mode, NULL};
  char *out = NULL;
  g_autoptr (GError) error = NULL;
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, status, &error);
  g_assert_no_error (error);
  g_test_message ("%s", out);
  return out;
}

static void
test_everything_is_refused (void) {
  int status;
  g_autofree char *out = run_self_test ("--confine-self-test", &status);
  g_assert_null (strstr (out, "possible"));
  static const char *const attempts[] = {
      "open: refused",          "openat: refused",       "creat: refused",
      "connect: refused",       "socket inet: refused",  "socket unix: refused",
      "bind: refused",          "execve: refused",       "execveat: refused",
      "fork: refused",          "clone: refused",        "ptrace: refused",
      "unlink: refused",        "rename: refused",       "mkdir: refused",
      "chmod: refused",         "kill parent: refused",  "io_uring_setup: refused",
      "mprotect exec: refused", "mmap exec: refused",    "mmap write exec: refused",
      "fcntl owner: refused",   "fcntl signal: refused", "fcntl async: refused"};
  for (unsigned i = 0; i < G_N_ELEMENTS (attempts); i++)
    g_assert_nonnull (strstr (out, attempts[i]));
  g_assert_cmpint (status, ==, 0);
}

// The same attempts without the filter: were they refused all the same, the test above would prove
// nothing.
static void
test_attempts_are_real (void) {
  int status;
  g_autofree char *out = run_self_test ("--free-self-test", &status);
  g_assert_cmpint (status, !=, 0);
  static const char *const attempts[] = {
      "open: possible",        "socket unix: possible", "execve: possible",     "fork: possible",
      "kill parent: possible", "mmap exec: possible",   "fcntl owner: possible"};
  for (unsigned i = 0; i < G_N_ELEMENTS (attempts); i++)
    g_assert_nonnull (strstr (out, attempts[i]));
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/sandbox/everything-is-refused", test_everything_is_refused);
  g_test_add_func ("/codec/sandbox/attempts-are-real", test_attempts_are_real);
  return g_test_run ();
}
