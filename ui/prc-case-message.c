// SPDX-License-Identifier: Apache-2.0
#include "prc-case-message.h"

#include <glib/gi18n-lib.h>

#include "prc-case-text.h"

PrcCaseMessage
prc_case_message_starting (void) {
  return (PrcCaseMessage){.title = _ ("Opening the library…"), .spinning = TRUE};
}

PrcCaseMessage
prc_case_message_idle (gboolean has_slice) {
  return (PrcCaseMessage){
      .icon = "edit-find-symbolic",
      .title = has_slice ? _ ("No similar cases yet") : _ ("No slice to compare yet"),
      .description = g_strdup (
          has_slice ? _ ("Rest on a slice, and cases that look like it appear here")
                    : _ ("Open a study, and cases that look like the slice in view appear here")),
  };
}

PrcCaseMessage
prc_case_message_searching (void) {
  return (PrcCaseMessage){.title = _ ("Searching the library…"), .spinning = TRUE};
}

PrcCaseMessage
prc_case_message_search_failed (const char *reason) {
  return (PrcCaseMessage){
      .icon = "dialog-warning-symbolic",
      .title = _ ("The search failed"),
      .description = g_strdup (reason),
      .button = _ ("Try Again"),
      .action = PRC_CASE_ACTION_RETRY,
  };
}

PrcCaseMessage
prc_case_message_library_failed (const char *reason) {
  return (PrcCaseMessage){
      .icon = "dialog-warning-symbolic",
      .title = _ ("The library cannot be used"),
      .description = g_strdup (reason),
  };
}

PrcCaseMessage
prc_case_message_empty_library (guint n_cases) {
  if (n_cases > 0)
    return (PrcCaseMessage){
        .icon = "view-refresh-symbolic",
        .title = _ ("The library must be indexed again"),
        .description = g_strdup (
            _ ("Its cases were added with another encoder, and their files are not where they "
               "were. Import their folders once more: what was written about them stays")),
        .button = _ ("Import…"),
        .action = PRC_CASE_ACTION_IMPORT,
    };
  return (PrcCaseMessage){
      .icon = "folder-open-symbolic",
      .title = _ ("Your library is empty"),
      .description =
          g_strdup (_ ("Import a folder of past studies, or add the open study, and similar "
                       "cases appear here by themselves")),
      .button = _ ("Import…"),
      .action = PRC_CASE_ACTION_IMPORT,
  };
}

static const char *
nothing_like (PrcAsked asked) {
  switch (asked) {
  case PRC_ASKED_SEGMENT:
    return _ ("Nothing in the library looks like this segment");
  case PRC_ASKED_BOX:
    return _ ("Nothing in the library looks like what is in the box");
  case PRC_ASKED_SLICE:
    break;
  }
  return _ ("Nothing in the library looks like this slice");
}

PrcCaseMessage
prc_case_message_nothing_alike (const PrcAnswer *answer, guint n_cases) {
  gboolean has_closest = answer->n_hits > 0;

  return (PrcCaseMessage){
      .icon = "edit-find-symbolic",
      .title = nothing_like (answer->asked),
      .description = prc_case_text_searched (answer, n_cases),
      .button = has_closest ? _ ("Show the Closest Anyway") : NULL,
      .action = has_closest ? PRC_CASE_ACTION_SHOW_CLOSEST : PRC_CASE_ACTION_NONE,
  };
}

PrcCaseMessage
prc_case_message_no_segments (void) {
  return (PrcCaseMessage){
      .icon = "edit-find-symbolic",
      .title = _ ("The library holds no segments"),
      .description =
          g_strdup (_ ("Import folders with segmentations beside their images, once more "
                       "if the images are there already, and segments answer too")),
      .button = _ ("Ask with the Whole Slice"),
      .action = PRC_CASE_ACTION_WHOLE_SLICE,
  };
}

PrcCaseMessage
prc_case_message_none_left (void) {
  return (PrcCaseMessage){
      .icon = "edit-find-symbolic",
      .title = _ ("No case is left"),
      .description = g_strdup (_ ("The library has none of what it was narrowed to")),
      .button = _ ("Search the Whole Library"),
      .action = PRC_CASE_ACTION_CLEAR_FILTER,
  };
}

PrcCaseMessage
prc_case_message_indexing (void) {
  return (PrcCaseMessage){
      .title = _ ("Indexing the library again…"),
      .description =
          g_strdup (_ ("Its cases were added with another encoder. Cases that look like this "
                       "slice appear here as soon as the first of them are done")),
      .spinning = TRUE,
  };
}

PrcCaseMessage
prc_case_message_of_answer (const PrcAnswer *answer, guint n_cases) {
  if (answer && answer->state == PRC_ANSWER_NOTHING_ALIKE)
    return prc_case_message_nothing_alike (answer, n_cases);
  if (answer && answer->state == PRC_ANSWER_NO_SEGMENTS)
    return prc_case_message_no_segments ();
  return prc_case_message_empty_library (n_cases);
}

void
prc_case_message_clear (PrcCaseMessage *message) {
  g_clear_pointer (&message->description, g_free);
}
