// SPDX-License-Identifier: Apache-2.0
// The real program under a real (virtual) display, driven from outside as a person does: open a
// study, scroll, wait for the panel, open a neighbour beside it, lose a codec on the way.
// Screenshots stay in the build folder's tests/screenshots.
#include <atspi/atspi.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define PATIENCE_S 60

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAccessible, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiComponent, g_object_unref)

static char *folder, *library, *study;

typedef struct {
  GPid pid;
  AtspiAccessible *application;
} Program;

typedef gboolean (*Match) (AtspiAccessible *node, const char *name, const char *description,
                           gpointer user_data);

static void
run (const char *format, ...) {
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *command = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL; // TAP has standard output for itself
  int status;
  g_spawn_command_line_sync (command, &output, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}

static void
screenshot (const char *name) {
  g_autofree char *to = g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "screenshots", NULL);
  g_mkdir_with_parents (to, 0700);
  run ("import -window root '%s/%s.png'", to, name);
}

// The nodes below `node` that match, depth first; the list ends the search below a match.
static void
collect (AtspiAccessible *node, Match match, gpointer user_data, GPtrArray *found) {
  if (!node)
    return;
  g_autofree char *name = atspi_accessible_get_name (node, NULL);
  g_autofree char *description = atspi_accessible_get_description (node, NULL);
  if (match (node, name ? name : "", description ? description : "", user_data)) {
    g_ptr_array_add (found, g_object_ref (node));
    return;
  }
  int n = atspi_accessible_get_child_count (node, NULL);
  for (int i = 0; i < n && i < 100; i++) {
    g_autoptr (AtspiAccessible) child = atspi_accessible_get_child_at_index (node, i, NULL);
    collect (child, match, user_data, found);
  }
}

static GPtrArray *
find_all (Program *program, Match match, gpointer user_data) {
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  atspi_accessible_clear_cache (program->application);
  collect (program->application, match, user_data, found);
  return found;
}

static gboolean
is_slice (AtspiAccessible *node, const char *name, const char *description, gpointer user_data) {
  return atspi_accessible_get_role (node, NULL) == ATSPI_ROLE_IMAGE &&
         g_str_has_prefix (description, "Slice ");
}

static gboolean
is_case (AtspiAccessible *node, const char *name, const char *description, gpointer user_data) {
  return atspi_accessible_get_role (node, NULL) == ATSPI_ROLE_LIST_ITEM &&
         strstr (name, "closer than");
}

static gboolean
is_box (AtspiAccessible *node, const char *name, const char *description, gpointer user_data) {
  return g_str_equal (name, "Alike to the box");
}

static guint
count (Program *program, Match match) {
  g_autoptr (GPtrArray) found = find_all (program, match, NULL);
  return found->len;
}

// "Slice 12 of 34" of the n-th slice view: 12; 0 when there is none.
static guint
slice_in_view (Program *program, guint n) {
  g_autoptr (GPtrArray) found = find_all (program, is_slice, NULL);
  if (found->len <= n)
    return 0;
  g_autofree char *description =
      atspi_accessible_get_description (g_ptr_array_index (found, n), NULL);
  guint number = 0;
  sscanf (description, "Slice %u of", &number);
  return number;
}

static AtspiAccessible *
find_application (GPid pid) {
  g_autoptr (AtspiAccessible) desktop = atspi_get_desktop (0);
  atspi_accessible_clear_cache (desktop);
  int n = atspi_accessible_get_child_count (desktop, NULL);
  for (int i = 0; i < n; i++) {
    g_autoptr (AtspiAccessible) each = atspi_accessible_get_child_at_index (desktop, i, NULL);
    if (each && atspi_accessible_get_process_id (each, NULL) == (guint)pid)
      return g_steal_pointer (&each);
  }
  return NULL;
}

#define WAIT_FOR(condition)                                                                        \
  G_STMT_START {                                                                                   \
    gint64 end_ = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;                           \
    while (!(condition) && g_get_monotonic_time () < end_)                                         \
      g_usleep (100000);                                                                           \
    g_assert_true (condition);                                                                     \
  }                                                                                                \
  G_STMT_END

// What the program is to think the person speaks; `locale` NULL: none is set.
static char **
environment_of (const char *locale, const char *language) {
  static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"};
  char **environment = g_get_environ ();
  for (size_t i = 0; i < G_N_ELEMENTS (variables); i++)
    environment = g_environ_unsetenv (environment, variables[i]);
  if (locale)
    environment = g_environ_setenv (environment, "LANG", locale, TRUE);
  return g_environ_setenv (environment, "LANGUAGE", language, TRUE);
}

static void
start (Program *program, const char *path, const char *locale, const char *language) {
  g_autoptr (GError) error = NULL;
  const char *argv[] = {g_getenv ("PRECEDENT_PROGRAM"), "--library", library, path, NULL};
  g_auto (GStrv) environment = environment_of (locale, language);
  g_spawn_async (NULL, (char **)argv, environment, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                 &program->pid, &error);
  g_assert_no_error (error);
  WAIT_FOR ((program->application = find_application (program->pid)));
}

static void
stop (Program *program) {
  int status = 0;
  g_clear_object (&program->application);
  kill (program->pid, SIGTERM);
  g_assert_cmpint (waitpid (program->pid, &status, 0), ==, program->pid);
  g_assert_true (WIFSIGNALED (status) ? WTERMSIG (status) == SIGTERM : WEXITSTATUS (status) == 0);
}

static void
wheel (int x, int y, int button, int times) {
  run ("xdotool mousemove %d %d", x, y);
  run ("xdotool click --repeat %d --delay 40 %d", times, button);
}

static GArray *
codecs_of (GPid pid) {
  g_autofree char *command = g_strdup_printf ("pgrep -P %d precedent-codec", pid);
  g_autofree char *output = NULL;
  GArray *pids = g_array_new (FALSE, FALSE, sizeof (int));
  g_spawn_command_line_sync (command, &output, NULL, NULL, NULL);
  g_auto (GStrv) lines = g_strsplit (output ? output : "", "\n", -1);
  for (char **line = lines; *line && **line; line++) {
    int codec = atoi (*line);
    g_array_append_val (pids, codec);
  }
  return pids;
}

// Two questions in one: drawn and let go, and the way back.
static void
ask_with_box (Program *program) {
  run ("xdotool key q");
  run ("xdotool mousemove 600 450 mousedown 1 mousemove 640 480");
  run ("xdotool mousemove 700 530 mouseup 1");
  WAIT_FOR (count (program, is_box) == 1);
  WAIT_FOR (count (program, is_case) >= 2);
  screenshot ("2-box");
  run ("xdotool key Escape");
  WAIT_FOR (count (program, is_box) == 0);
}

static void
test_main_job (void) {
  Program program = {0};
  start (&program, study, "C.UTF-8", "en");

  WAIT_FOR (slice_in_view (&program, 0) > 0);
  guint first = slice_in_view (&program, 0);
  screenshot ("1-first-image");

  wheel (650, 500, 5, 3);
  WAIT_FOR (slice_in_view (&program, 0) == first + 3);
  wheel (650, 500, 4, 1);
  WAIT_FOR (slice_in_view (&program, 0) == first + 2);

  WAIT_FOR (count (&program, is_case) >= 2);
  screenshot ("2-similar-cases");
  ask_with_box (&program);

  // the codecs die: the viewer goes on
  g_autoptr (GArray) codecs = codecs_of (program.pid);
  g_assert_cmpuint (codecs->len, >=, 1);
  for (guint i = 0; i < codecs->len; i++)
    kill (g_array_index (codecs, int, i), SIGKILL);
  wheel (650, 500, 5, 2);
  WAIT_FOR (slice_in_view (&program, 0) == first + 4);

  WAIT_FOR (count (&program, is_case) >= 2);
  g_autoptr (GPtrArray) cases = find_all (&program, is_case, NULL);
  g_autoptr (AtspiComponent) row =
      atspi_accessible_get_component_iface (g_ptr_array_index (cases, 0));
  AtspiRect *rectangle = atspi_component_get_extents (row, ATSPI_COORD_TYPE_WINDOW, NULL);
  run ("xdotool mousemove %d %d click --repeat 2 --delay 60 1", rectangle->x + rectangle->width / 2,
       rectangle->y + rectangle->height / 2);
  g_free (rectangle);
  WAIT_FOR (count (&program, is_slice) == 2);
  g_usleep (G_USEC_PER_SEC);
  screenshot ("3-compared");

  // linked: both move
  guint left = slice_in_view (&program, 0), right = slice_in_view (&program, 1);
  wheel (500, 500, 4, 2);
  WAIT_FOR (slice_in_view (&program, 0) != left && slice_in_view (&program, 1) != right);

  run ("xdotool key Escape");
  WAIT_FOR (count (&program, is_slice) == 1);
  stop (&program);
}

static gboolean
has_chinese (AtspiAccessible *node, const char *name, const char *description, gpointer user_data) {
  const char *const texts[] = {name, description};
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    for (const char *at = texts[i]; *at; at = g_utf8_next_char (at))
      if (g_unichar_get_script (g_utf8_get_char (at)) == G_UNICODE_SCRIPT_HAN)
        return g_hash_table_add (user_data, g_strdup (texts[i])) && FALSE; // go on below it
  return FALSE;
}

// A message of ours that stayed as it is in the source.
static gboolean
is_left_in_english (AtspiAccessible *node, const char *name, const char *description,
                    gpointer user_data) {
  const char *const texts[] = {name, description};
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    if (*texts[i] && strcmp (dgettext (GETTEXT_PACKAGE, texts[i]), texts[i])) {
      g_test_message ("left in English: %s", texts[i]);
      return TRUE;
    }
  return g_str_has_prefix (description, "Slice ");
}

static gboolean
is_chinese_case (AtspiAccessible *node, const char *name, const char *description,
                 gpointer user_data) {
  return atspi_accessible_get_role (node, NULL) == ATSPI_ROLE_LIST_ITEM &&
         strstr (name, dgettext (GETTEXT_PACKAGE, "head")) && strstr (name, "，相似度");
}

// LANGUAGE alone is enough: neither a locale nor LANG is needed.
static void
test_chinese (void) {
  Program program = {0};
  g_autoptr (GHashTable) words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_assert_cmpstr (dgettext (GETTEXT_PACKAGE, "Similar cases"), ==, "相似病例");
  start (&program, study, NULL, "zh_CN");

  WAIT_FOR (count (&program, is_chinese_case) >= 2);
  screenshot ("4-chinese");
  g_autoptr (GPtrArray) nothing = find_all (&program, has_chinese, words);
  g_assert_cmpuint (nothing->len, ==, 0);
  g_assert_true (g_hash_table_contains (words, "相似病例"));
  g_assert_cmpuint (g_hash_table_size (words), >=, 12);
  g_assert_cmpuint (count (&program, is_left_in_english), ==, 0);
  stop (&program);
}

// The test itself looks words up in the catalogue as a Chinese program would.
static void
load_chinese (void) {
  g_setenv ("LANGUAGE", "zh_CN", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("PRECEDENT_LOCALE"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
}

// libatspi loses some bytes of an application that ends; this program is not what is looked for
// leaks.
const char *__asan_default_options (void);
const char *
__asan_default_options (void) {
  return "detect_leaks=0";
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  // libatspi warns when it asks a program that has only just begun or is already ending.
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  if (!g_getenv ("DISPLAY") || atspi_init () > 1)
    return 77;
  const char *ctl = g_getenv ("PRECEDENT_CTL");
  folder = g_dir_make_tmp ("precedent-e2e-XXXXXX", NULL);
  library = g_build_filename (folder, "library.sqlite", NULL);
  run ("'%s' phantom --cases 10 '%s/patients'", ctl, folder);
  run ("'%s' phantom --cases 1 --first 1001 '%s/unread'", ctl, folder);
  run ("'%s' import --library '%s' --cases '%s/patients/cases.csv' '%s/patients'", ctl, library,
       folder, folder);
  study = g_build_filename (folder, "unread", NULL);
  load_chinese ();
  g_test_add_func ("/end-to-end/main-job", test_main_job);
  g_test_add_func ("/end-to-end/chinese", test_chinese);
  int status = g_test_run ();
  run ("rm -rf '%s'", folder);
  return status;
}
