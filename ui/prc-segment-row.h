// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-segment-set.h"

// A row of the list of segments: colour, name, what its code means, volume, an eye that shows or
// hides it; above the first of a file its title, when there are several. Used again for another
// item as the list scrolls. Main thread.
#define PRC_TYPE_SEGMENT_ROW (prc_segment_row_get_type ())
G_DECLARE_FINAL_TYPE (PrcSegmentRow, prc_segment_row, PRC, SEGMENT_ROW, GtkBox)

GtkWidget *prc_segment_row_new (void);
void prc_segment_row_set_item (PrcSegmentRow *self, PrcSegmentItem *item); // NULL: none
PrcSegmentItem *prc_segment_row_get_item (PrcSegmentRow *self);            // borrowed, or NULL
// Title NULL: none. `notes` (or NULL): what is in the file and not shown, behind a mark.
void prc_segment_row_set_heading (PrcSegmentRow *self, const char *title, const char *notes);
// Another one is seen alone.
void prc_segment_row_set_eclipsed (PrcSegmentRow *self, gboolean eclipsed);
