// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-answer.h"

// What the panel says on a whole page when it has no list to show: pure, translated.
typedef enum {
  PRC_CASE_ACTION_NONE,
  PRC_CASE_ACTION_RETRY,
  PRC_CASE_ACTION_IMPORT,
  PRC_CASE_ACTION_SHOW_CLOSEST,
  PRC_CASE_ACTION_WHOLE_SLICE,
  PRC_CASE_ACTION_CLEAR_FILTER,
} PrcCaseAction;

typedef struct {
  const char *icon;   // name, or NULL
  const char *title;  // static
  char *description;  // owned; plain text, or NULL
  const char *button; // static; NULL with PRC_CASE_ACTION_NONE
  PrcCaseAction action;
  gboolean spinning;
} PrcCaseMessage;

PrcCaseMessage prc_case_message_starting (void);
PrcCaseMessage prc_case_message_idle (gboolean has_slice);
PrcCaseMessage prc_case_message_searching (void);
PrcCaseMessage prc_case_message_search_failed (const char *reason);
PrcCaseMessage prc_case_message_library_failed (const char *reason); // nothing to be done from here
// `n_cases`: in the library that was searched. There may be some without a vector of today's
// encoder.
PrcCaseMessage prc_case_message_empty_library (guint n_cases);
PrcCaseMessage prc_case_message_nothing_alike (const PrcAnswer *answer, guint n_cases);
PrcCaseMessage prc_case_message_no_segments (void);
// Whichever of these three it is; no answer is an empty library.
PrcCaseMessage prc_case_message_of_answer (const PrcAnswer *answer, guint n_cases);
PrcCaseMessage prc_case_message_none_left (void); // by the filter
PrcCaseMessage prc_case_message_indexing (void);  // and nothing of it is done yet

void prc_case_message_clear (PrcCaseMessage *message);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PrcCaseMessage, prc_case_message_clear)
