// SPDX-License-Identifier: Apache-2.0
// precedentctl: the viewer's imaging and engine without a display.
#include <glib/gi18n.h>
#include <string.h>
#include "ctl.h"
#include "prc-words.h"

typedef struct {
  const char *name;
  CtlStatus (*run) (int argc, char **argv);
  const char *summary;
} Command;

static const Command commands[] = {
    {"info", ctl_info, N_ ("patients, studies and series as the viewer groups and orders them")},
    {"dump", ctl_dump, N_ ("the data set of a file")},
    {"render", ctl_render, N_ ("a picture of a slice, exactly as the viewer paints it")},
    {"segments", ctl_segments, N_ ("the segments of a file, and what they measure")},
    {"import", ctl_import, N_ ("add folders and files to the library")},
    {"similar", ctl_similar, N_ ("the nearest cases of the library")},
    {"embed", ctl_embed, N_ ("the vector of a slice and the encoder's id")},
    {"list", ctl_list, N_ ("the library's cases")},
    {"show", ctl_show, N_ ("one case of the library")},
    {"remove", ctl_remove, N_ ("take cases out of the library (files stay)")},
    {"verify", ctl_verify, N_ ("check the library and its index")},
    {"phantom", ctl_phantom, N_ ("make synthetic patients to try things on")},
};

static void
print_usage (bool wrong) {
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append (text, _ ("Usage: precedentctl COMMAND [OPTION...] ARGUMENT...\n\nCommands:\n"));
  for (size_t i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text, "  %-9s %s\n", commands[i].name, _ (commands[i].summary));
  g_string_append (text, _ ("\nprecedentctl COMMAND --help explains each. For review, teaching and "
                            "research; not a medical "
                            "device.\n"));
  if (wrong)
    g_printerr ("%s", text->str);
  else
    g_print ("%s", text->str);
}

int
main (int argc, char **argv) {
  prc_words_load ();
  g_set_prgname ("precedentctl");
  if (argc < 2) {
    print_usage (true);
    return CTL_USAGE;
  }
  if (!strcmp (argv[1], "--help") || !strcmp (argv[1], "-h")) {
    print_usage (false);
    return CTL_DONE;
  }
  if (!strcmp (argv[1], "--version")) {
    g_print ("precedentctl %s\n", PRC_VERSION);
    return CTL_DONE;
  }
  ctl_cancellable (); // signals are blocked before any thread is born
  for (size_t i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (!strcmp (argv[1], commands[i].name))
      return commands[i].run (argc - 1, argv + 1);
  }
  g_printerr (_ ("precedentctl: there is no command \"%s\"\n\n"), argv[1]);
  print_usage (true);
  return CTL_USAGE;
}
