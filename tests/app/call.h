// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

// Programs called as a person or a script calls them.

typedef struct {
  int status; // exit status
  char *output, *complaint;
} Call;

void call_clear (Call *call);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Call, call_clear)

// Waits for the end. An end by a signal ends the test.
Call call_program (const char *const *argv);
Call ctl (const char *first, ...) G_GNUC_NULL_TERMINATED; // precedentctl
JsonNode *json_of (const Call *call);                     // owned

// "precedentctl: PATH: reason" and nothing else, without a full stop.
void assert_one_sentence (const char *complaint, const char *path);
guint count_lines (const char *text);
