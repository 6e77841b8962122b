// SPDX-License-Identifier: Apache-2.0
#include "prc-case-segment.h"

#include <glib/gi18n-lib.h>
#include "prc-codes.h"

static void
code_init (PrcCode *code) {
  *code = (PrcCode){g_strdup (""), g_strdup (""), g_strdup ("")};
}

static void
code_clear (PrcCode *code) {
  g_free ((char *)code->value);
  g_free ((char *)code->scheme);
  g_free ((char *)code->meaning);
}

static void
clear (gpointer data) {
  PrcCaseSegment *self = data;
  g_free ((char *)self->segment.label);
  code_clear (&self->segment.category);
  code_clear (&self->segment.type);
  code_clear (&self->segment.type_modifier);
  code_clear (&self->segment.anatomic_region);
  g_free (self->path);
  g_free (self->sop_instance_uid);
  g_free (self->modality);
  g_free (self->title);
  g_free (self->slice_path);
}

PrcCaseSegment *
prc_case_segment_new (void) {
  PrcCaseSegment *self = g_atomic_rc_box_new0 (PrcCaseSegment);
  self->segment = PRC_SEGMENT_NONE;
  self->segment.label = g_strdup ("");
  code_init (&self->segment.category);
  code_init (&self->segment.type);
  code_init (&self->segment.type_modifier);
  code_init (&self->segment.anatomic_region);
  self->path = g_strdup ("");
  self->sop_instance_uid = g_strdup ("");
  self->modality = g_strdup ("");
  self->title = g_strdup ("");
  self->slice_path = g_strdup ("");
  self->volume_ml = -1;
  return self;
}

PrcCaseSegment *
prc_case_segment_ref (PrcCaseSegment *self) {
  return g_atomic_rc_box_acquire (self);
}

void
prc_case_segment_unref (PrcCaseSegment *self) {
  g_atomic_rc_box_release_full (self, clear);
}

char *
prc_case_segment_name (const PrcCaseSegment *self) {
  if (*self->segment.label)
    return g_strdup (self->segment.label);
  g_autofree char *coded = prc_codes_segment_name (&self->segment);
  return *coded ? g_steal_pointer (&coded)
                : g_strdup_printf (_ ("Segment %u"), self->segment.number);
}

char *
prc_case_segment_title (const PrcCaseSegment *self) {
  g_autofree char *name = prc_case_segment_name (self);
  if (self->volume_ml < 0)
    return g_steal_pointer (&name);
  // Translators: a segment and its volume in millilitres
  return self->volume_ml < 10 ? g_strdup_printf (_ ("%s, %.1f ml"), name, self->volume_ml)
                              : g_strdup_printf (_ ("%s, %.0f ml"), name, self->volume_ml);
}
