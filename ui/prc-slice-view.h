// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-annotate.h"
#include "prc-frame-store.h"
#include "prc-preprocess.h"
#include "prc-presets.h"
#include "prc-segment-set.h"
#include "prc-view-params.h"

// Shows one slice of a series; prc-slice-input.h lets hands at it. Draws a texture in snapshot that
// worker threads rendered at device resolution; the old picture stays until the new one is there.
// View coordinates are device pixels. Main thread. Properties: "series" is set by function;
// "index" (uint, notify), "loading" (boolean, notify). Signals: "window-changed" (): centre, width,
// VOI LUT or inversion;
//          "rested" (): the slice in view has been still for a moment, its frame is decoded and its
//          picture shown; "shown" (): the picture of the slice in view, or the reason there is
//          none, is there; "step-series" (int): Left (-1) or Right (+1) asks for the neighbouring
//          series; "pointed" (): prc_slice_view_get_pointed; "notice" (const char *): a gentle sentence about why a key did nothing.
#define PRC_TYPE_SLICE_VIEW (prc_slice_view_get_type ())
G_DECLARE_FINAL_TYPE (PrcSliceView, prc_slice_view, PRC, SLICE_VIEW, GtkWidget)

GtkWidget *prc_slice_view_new (PrcFrameStore *store);

// A series of the key in view refines it: slice, zoom and window stay. Another one starts at
// `index`, fitted, with its own window, or with window, colours and turn as it was left. NULL clears,
// and forgets how series were left.
void prc_slice_view_set_series (PrcSliceView *self, PrcSeries *series, guint index);
PrcSeries *prc_slice_view_get_series (PrcSliceView *self);       // borrowed, or NULL
void prc_slice_view_set_index (PrcSliceView *self, guint index); // clamped
guint prc_slice_view_get_index (PrcSliceView *self);
PrcFrame *prc_slice_view_get_frame (
    PrcSliceView *self); // of the slice in view; borrowed, NULL while it loads
gboolean prc_slice_view_is_loading (PrcSliceView *self);
const char *prc_slice_view_get_failure (
    PrcSliceView *self); // why the slice in view is not shown; borrowed, or NULL

void prc_slice_view_set_window (PrcSliceView *self, double centre,
                                double width); // modality units; stays while one scrolls
gboolean
prc_slice_view_get_window (PrcSliceView *self, double *centre,
                           double *width); // FALSE with a VOI LUT or before the first frame
// From the values without padding: of the slice in view, of what a rectangle of it touches, and of
// the whole series, which takes a moment in the background (TRUE comes back when there was such a
// search to stop).
void prc_slice_view_auto_window (PrcSliceView *self);
void prc_slice_view_region_window (PrcSliceView *self, const graphene_rect_t *view_rect);
void prc_slice_view_auto_window_of_series (PrcSliceView *self);
gboolean prc_slice_view_stop_measuring (PrcSliceView *self);
// A rectangle that a hand is drawing (NULL: none).
void prc_slice_view_set_rubber_band (PrcSliceView *self, const graphene_rect_t *view_rect);
// The file's own, slice by slice: a VOI LUT or window, counted as in prc-windowing.h. With none the
// automatic one.
void prc_slice_view_file_window (PrcSliceView *self, guint choice);
void prc_slice_view_next_file_window (PrcSliceView *self); // its first, then one after the other
int prc_slice_view_get_file_window (PrcSliceView *self);   // -1: the reader's own is in use
gboolean prc_slice_view_window_is_by_hand (PrcSliceView *self);
// A CT preset; on values that are not in HU nothing happens but a "notice", and FALSE comes back.
gboolean prc_slice_view_apply_preset (PrcSliceView *self, const PrcPreset *preset);
void prc_slice_view_set_invert (PrcSliceView *self, gboolean invert);
gboolean prc_slice_view_get_invert (PrcSliceView *self);
// Colours of a grey picture, for this series; one opens grey, PET as the reader prefers. Never NULL.
void prc_slice_view_set_palette (PrcSliceView *self, const PrcPalette *palette);
const PrcPalette *prc_slice_view_get_palette (PrcSliceView *self);
void prc_slice_view_set_smooth (PrcSliceView *self, gboolean smooth);
gboolean prc_slice_view_get_smooth (PrcSliceView *self);
// Overlays and other graphics that come with the image, and segments; TRUE at first.
void prc_slice_view_set_graphics (PrcSliceView *self, gboolean graphics);
gboolean prc_slice_view_get_graphics (PrcSliceView *self);
void prc_slice_view_fit (PrcSliceView *self);
void prc_slice_view_actual_pixels (PrcSliceView *self);        // one image pixel per device pixel
void prc_slice_view_rotate (PrcSliceView *self, int quarters); // clockwise on the screen
void prc_slice_view_flip (PrcSliceView *self);                 // left to right on the screen
// The presentation states of the study (PrcPresentation), or NULL; what was chosen stays.
void prc_slice_view_set_presentations (PrcSliceView *self, GPtrArray *presentations);
GPtrArray *prc_slice_view_get_presentations (PrcSliceView *self); // that name the series; owned
// The one that the series in view is looked at with from now on, or NULL; where it does not name
// the slice in view, the first that it names comes into view. `graphics_only`: window, shutter,
// place and rotation stay as they are.
void prc_slice_view_choose_presentation (PrcSliceView *self, PrcPresentation *presentation,
                                         gboolean graphics_only);
PrcPresentation *prc_slice_view_get_presentation (PrcSliceView *self,
                                                  gboolean *graphics_only); // borrowed, or NULL
void prc_slice_view_next_presentation (PrcSliceView *self); // the next of the series, then none
// Segments of a series, painted over its slices while they are in view, or NULL; referenced. A
// change of the set is seen in the next frame.
void prc_slice_view_set_segments (PrcSliceView *self, PrcSegmentSet *segments);
PrcSegmentSet *prc_slice_view_get_segments (PrcSliceView *self); // borrowed, or NULL
// Painted over the slice in view, below segments, whether or not graphics are shown, until another
// slice comes into view; NULL: nothing. Of the image's size; referenced.
void prc_slice_view_set_heat (PrcSliceView *self, PrcLayer *heat);
// An outline around a part of the slice in view (image_ coordinates; NULL: none), and words for it
// under the readout (NULL: none), until another slice comes into view.
void prc_slice_view_set_patch (PrcSliceView *self, const graphene_rect_t *image_rect,
                               const char *words);
// A box that a hand drew on the slice in view (image_ coordinates; NULL: none), with handles, and words
// at its foot and in the description of the view, until another slice comes into view.
void prc_slice_view_set_box (PrcSliceView *self, const PrcRegion *box, const char *words);
// As the file has it, whatever presentation state is chosen; borrowed, NULL while it loads.
PrcFrame *prc_slice_view_get_decoded (PrcSliceView *self);
// Fitted, the file's window, not inverted, as it lies in the file; or as the presentation state says.
void prc_slice_view_reset (PrcSliceView *self);
void prc_slice_view_set_annotate (PrcSliceView *self, PrcAnnotateLevel level,
                                  gboolean hide_patient);
PrcAnnotateLevel prc_slice_view_get_annotate (PrcSliceView *self);
void prc_slice_view_cycle_annotate (PrcSliceView *self);

const PrcViewParams *prc_slice_view_params (PrcSliceView *self);
// Takes new parameters; emits "window-changed" when the window is another one. `moved`: zoom or
// place was chosen by hand, so a resized view no longer fits.
void prc_slice_view_take_params (PrcSliceView *self, const PrcViewParams *params, gboolean moved);
const PrcFrame *prc_slice_view_reference_frame (
    PrcSliceView *self); // newest decoded of the series; borrowed, or NULL
void prc_slice_view_get_size (PrcSliceView *self, int *view_width, int *view_height);
void prc_slice_view_step (PrcSliceView *self, int slices);
void prc_slice_view_step_series (PrcSliceView *self, int series); // emits "step-series"

// What is under the pointer stands in the corner: its place and its values (prc-readout.h). The
// pointer in device pixels; not a number: it is elsewhere. Where there is none, keys move a
// crosshair by image pixels on the screen; it starts in the middle and stays on its pixel while
// one scrolls, until the pointer moves or it is hidden (TRUE: it was there).
void prc_slice_view_point (PrcSliceView *self, double view_x, double view_y);
void prc_slice_view_move_cross (PrcSliceView *self, int right, int down);
gboolean prc_slice_view_hide_cross (PrcSliceView *self);
gboolean prc_slice_view_get_cross (PrcSliceView *self, guint *column, guint *row); // FALSE: hidden
// The place of the image under the pointer or the crosshair; FALSE: neither is on it. Signal
// "pointed" tells of each change by a hand.
gboolean prc_slice_view_get_pointed (PrcSliceView *self, double *image_x, double *image_y);
// Two lines, and the words given for a patch; owned, NULL when there is nothing.
char *prc_slice_view_readout (PrcSliceView *self);

// The ring that a brush wears: of `radius_mm` (image pixels where there is no spacing) around a
// place in device pixels, in true size whatever the zoom is. 0: none.
void prc_slice_view_set_ring (PrcSliceView *self, double view_x, double view_y, double radius_mm);

// What a reader reads instead of the picture when it cannot be shown (NULL: nothing).
void prc_slice_view_set_message (PrcSliceView *self, const char *message);

// While slices pass by themselves none of them rests.
void prc_slice_view_set_playing (PrcSliceView *self, gboolean playing);
// The slice in view is the one that "rested" told of.
gboolean prc_slice_view_is_resting (PrcSliceView *self);

// The picture shown, one texture pixel per device pixel; borrowed, or NULL. For tests and
// thumbnails.
GdkTexture *prc_slice_view_get_texture (PrcSliceView *self);
