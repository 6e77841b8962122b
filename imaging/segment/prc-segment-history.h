// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib-object.h>
#include "prc-segment-stack.h"

// What edits made of segments, to go back and forth: as many steps as fit into a budget of bytes.
// States share masks, and each mask counts once. Oldest steps go first; the last one stays whatever
// it costs. Not locked: one thread.
typedef struct _PrcSegmentHistory PrcSegmentHistory;

// budget_bytes 0: 256 MiB.
PrcSegmentHistory *prc_segment_history_new (size_t budget_bytes);
void prc_segment_history_free (PrcSegmentHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcSegmentHistory, prc_segment_history_free)

// `subject` (whose stack it is; a reference is taken) went from one state to another. What was
// undone before cannot be done again then. Nothing when both are the same.
void prc_segment_history_push (PrcSegmentHistory *history, GObject *subject,
                               const PrcSegmentStack *before, const PrcSegmentStack *after);

// The step to go back, or forth again; false when there is none. What is given out is borrowed
// until the next change of the history.
bool prc_segment_history_undo (PrcSegmentHistory *history, GObject **subject,
                               PrcSegmentStack **stack);
bool prc_segment_history_redo (PrcSegmentHistory *history, GObject **subject,
                               PrcSegmentStack **stack);
bool prc_segment_history_can_undo (const PrcSegmentHistory *history);
bool prc_segment_history_can_redo (const PrcSegmentHistory *history);

void prc_segment_history_clear (PrcSegmentHistory *history);
size_t prc_segment_history_size (const PrcSegmentHistory *history); // bytes, of all steps
