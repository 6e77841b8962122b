// SPDX-License-Identifier: Apache-2.0
#include <glib/gi18n-lib.h>
#include <malloc.h>
#include <string.h>

#include "prc-application.h"
#include "prc-screenshot.h"
#include "prc-settings.h"
#include "prc-words.h"

// Two long series of 512 x 512 stay in memory whole; a quarter of it is prefetched.
#define FRAME_BYTES ((size_t)512 << 20)

static char *library, *model, *screenshot;
static gboolean wait_for_results, show_version;
static GStrv arguments;

static const GOptionEntry options[] = {
    {"library", 'l', 0, G_OPTION_ARG_FILENAME, &library, N_ ("Use this library of cases"),
     N_ ("FILE")},
    {"model", 0, 0, G_OPTION_ARG_FILENAME, &model,
     N_ ("Find similar cases with this encoder: *.onnx or *.safetensors"), N_ ("FILE")},
    {"screenshot", 0, 0, G_OPTION_ARG_FILENAME, &screenshot,
     N_ ("Save what is shown as a PNG file and exit"), N_ ("FILE")},
    {"wait-for-results", 0, 0, G_OPTION_ARG_NONE, &wait_for_results,
     N_ ("Let the screenshot wait for the similar cases"), NULL},
    {"version", 0, 0, G_OPTION_ARG_NONE, &show_version, N_ ("Show the version and exit"), NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments, NULL, N_ ("PATH…")},
    {NULL},
};

static bool
parse (int *argc, char ***argv) {
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _ ("Shows DICOM studies and similar cases beside them."));
  if (g_option_context_parse (context, argc, argv, &error))
    return true;
  g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);
  g_printerr ("precedent: %s\n%s", error->message, help);
  return false;
}

static void
use_absolute_paths (GStrv paths) {
  for (char **path = paths; path && *path; path++) {
    g_autoptr (GFile) file = g_file_new_for_commandline_arg (*path);
    char *absolute = g_file_get_path (file);
    if (absolute) {
      g_free (*path);
      *path = absolute;
    }
  }
}

// Before the first codec starts: it looks for it in its environment.
static void
use_character_set (void) {
  const char *set = prc_settings_get_fallback_character_set (prc_settings_get_default ());

  if (*set)
    g_setenv ("PRECEDENT_CHARSET", set, FALSE);
}

// Without a graphics card OpenGL is emulated by the processor: it paints slower than cairo, takes
// 80 MB more, and only asking X for it costs a third of the time that GTK needs to start.
static void
choose_renderer (void) {
  if (g_getenv ("GSK_RENDERER") && strcmp (g_getenv ("GSK_RENDERER"), "cairo"))
    return;
  if (g_getenv ("GSK_RENDERER") || !g_file_test ("/dev/dri", G_FILE_TEST_IS_DIR)) {
    g_setenv ("GSK_RENDERER", "cairo", TRUE);
    g_setenv ("GDK_DEBUG", "gl-disable", FALSE);
  }
}

// A picture of the view is some megabytes and a new one is made for every step: keep the pages of
// the last one instead of giving them back and asking for zeroed ones.
static void
keep_pages (void) {
  mallopt (M_MMAP_THRESHOLD, 32 << 20);
  mallopt (M_TRIM_THRESHOLD, 32 << 20);
}

int
main (int argc, char *argv[]) {
  keep_pages ();
  choose_renderer ();
  prc_words_load ();
  if (!parse (&argc, &argv))
    return 2;
  if (show_version) {
    g_print ("precedent %s\n", PRC_VERSION);
    return 0;
  }
  use_absolute_paths (arguments);
  use_character_set ();
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, FRAME_BYTES);
  // Headers are read while GTK starts: the first picture is there when the window is.
  g_autoptr (PrcOpening) opening =
      arguments ? prc_opening_new_at_start (pool, store, (const char *const *)arguments) : NULL;
  PrcStart start = {.library = library,
                    .model = model,
                    .screenshot = screenshot,
                    .wait_for_results = wait_for_results,
                    .pool = pool,
                    .store = store,
                    .opening = opening};
  g_autoptr (PrcApplication) application = prc_application_new (&start);
  int status = g_application_run (G_APPLICATION (application), 1, argv);

  return status ? status : prc_screenshot_status ();
}
