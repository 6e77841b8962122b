// SPDX-License-Identifier: Apache-2.0
#include "prc-slice-view-private.h"

#include "prc-settings.h"

const PrcSlice *
prc_slice_view_slice (PrcSliceView *self) {
  return self->series ? prc_series_slice (self->series, self->index) : NULL;
}

// The slice in view, or while it loads the one before.
const PrcFrame *
prc_slice_view_nearest_frame (PrcSliceView *self) {
  return self->frame ? self->frame : self->reference_frame;
}

void
prc_slice_view_redraw_text (PrcSliceView *self) {
  prc_slice_picture_forget_annotation (&self->picture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static bool
is_pet (PrcSeries *series) {
  return series && !g_strcmp0 (prc_series_info (series)->modality, "PT");
}

bool
prc_slice_view_is_pet (PrcSliceView *self) {
  return is_pet (self->series);
}

// PET is read dark on light; all else opens as the file has it.
const PrcPalette *
prc_slice_view_first_palette (PrcSeries *series) {
  PrcSettings *settings = prc_settings_get_default ();

  if (!is_pet (series))
    return NULL;
  const PrcPalette *palette = prc_palette_find (prc_settings_get_palette_of_pet (settings));
  return palette == prc_palette_find ("grey") ? NULL : palette;
}
