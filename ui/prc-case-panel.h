// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-engine.h"
#include "prc-frame-store.h"

// The panel "Similar cases": fills by itself while a slice rests. Results of a slice that is no
// longer in view stay, dimmed and labelled with the slice they belong to; results of another
// patient go at once. Main thread. Property: "state" (PrcCasePanelState, notified). Signals:
// "open-case" (PrcAnswer as gpointer, borrowed; guint hit): Enter or double-click on a case;
//          "box-dropped" (): a box is not asked for any more;
//          "import" (): the empty state's button asks for a folder to import.
// Keys in the list: arrows, J and K move, Enter opens, Esc gives the focus back to the widget that
// had it before.
#define PRC_TYPE_CASE_PANEL (prc_case_panel_get_type ())
G_DECLARE_FINAL_TYPE (PrcCasePanel, prc_case_panel, PRC, CASE_PANEL, GtkBox)

typedef enum {
  PRC_CASE_PANEL_STARTING, // the library is being opened
  PRC_CASE_PANEL_IDLE,     // nothing asked yet
  PRC_CASE_PANEL_WORKING,
  PRC_CASE_PANEL_RESULTS,
  PRC_CASE_PANEL_NOTHING_ALIKE, // or no segments to be like
  PRC_CASE_PANEL_EMPTY_LIBRARY,
  PRC_CASE_PANEL_FAILED,
  PRC_CASE_PANEL_OUTDATED, // an answer is shown that belongs to another slice than the one in view
} PrcCasePanelState;

#define PRC_TYPE_CASE_PANEL_STATE (prc_case_panel_state_get_type ())
GType prc_case_panel_state_get_type (void);

GtkWidget *prc_case_panel_new (PrcEngine *engine, PrcFrameStore *store, PrcCodecPool *pool);
PrcCasePanelState prc_case_panel_get_state (PrcCasePanel *self);

// Asks for the slice at rest; a newer question cancels the older. `slice_number` from 1, for the
// freshness line. A slice whose answer is shown already is not asked for again while the library
// stays as it was.
void prc_case_panel_ask (PrcCasePanel *self, PrcFrame *frame, PrcInstance *instance,
                         guint frame_number, guint slice_number);
// Asks for cases with a segment like this one, called `name`, on the slice where it is largest. The
// answer stays while slices of this patient come into view and rest, until the reader goes back to
// the whole slice.
void prc_case_panel_ask_segment (PrcCasePanel *self, PrcFrame *frame, PrcInstance *instance,
                                 guint frame_number, guint slice_number, const PrcMask *mask,
                                 const char *name);
// The same of cases like what is in a box on the slice (image coordinates), `words` saying how large it
// is and `picture` showing it. Asked again and again while a hand draws; what it is compared with
// stays as the reader chose in the panel.
void prc_case_panel_ask_box (PrcCasePanel *self, PrcFrame *frame, PrcInstance *instance,
                             guint frame_number, guint slice_number, const PrcRegion *box,
                             const char *words, GdkPaintable *picture);
void prc_case_panel_drop_box (PrcCasePanel *self); // back to the whole slice, if a box is asked for
// The slice in view is another one now: running questions are cancelled, results shown are marked
// outdated. 0: no slice in view, clears.
void prc_case_panel_set_slice (PrcCasePanel *self, PrcInstance *instance, guint frame_number,
                               guint slice_number);
