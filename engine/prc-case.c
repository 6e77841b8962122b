// SPDX-License-Identifier: Apache-2.0
#include "prc-case.h"

static void
clear (gpointer data) {
  PrcCase *self = data;
  g_free (self->title);
  g_free (self->diagnosis);
  g_free (self->findings);
  g_free (self->note);
  g_free (self->outcome);
  g_free (self->modality);
  g_free (self->body_part);
  g_free (self->added);
}

PrcCase *
prc_case_new (void) {
  PrcCase *self = g_atomic_rc_box_new0 (PrcCase);
  self->title = g_strdup ("");
  self->diagnosis = g_strdup ("");
  self->findings = g_strdup ("");
  self->note = g_strdup ("");
  self->outcome = g_strdup ("");
  self->modality = g_strdup ("");
  self->body_part = g_strdup ("");
  self->added = g_strdup ("");
  return self;
}

PrcCase *
prc_case_ref (PrcCase *self) {
  return g_atomic_rc_box_acquire (self);
}

void
prc_case_unref (PrcCase *self) {
  g_atomic_rc_box_release_full (self, clear);
}
