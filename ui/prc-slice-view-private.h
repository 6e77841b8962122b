// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-render-source.h"
#include "prc-series-values.h"
#include "prc-series-window.h"
#include "prc-slice-picture.h"
#include "prc-slice-view.h"

// What the files of the slice view share, and nobody else includes. Each calls only those above it:
//   prc-slice-view-core.c     what all ask
//   prc-slice-view-readout.c  pointer and crosshair: values, a brush's ring; the view in words
//   prc-slice-view-box.c      a box that a hand drew
//   prc-slice-view-state.c    how the chosen presentation state reads and places a slice
//   prc-slice-view-frames.c   brings frames and pictures
//   prc-slice-view-heat.c     likeness to another slice, painted and outlined
//   prc-slice-view-window.c   view parameters: window, colours, zoom, turn
//   prc-slice-view-measure.c  finds windows in the values
//   prc-slice-view.c          the widget with its series
//   prc-slice-view-look.c     how a series is looked at as a whole

struct _PrcSliceView {
  GtkWidget parent_instance;
  PrcFrameStore *store;
  PrcRenderSource *source;
  PrcSeries *series;
  guint index;
  int direction;             // of the last step
  PrcFrame *decoded;         // of the slice in view, as the file has it
  PrcFrame *frame;           // the same, read as the presentation state says
  PrcFrame *reference_frame; // newest decoded of the series
  PrcViewParams params;
  PrcSeriesWindow window;
  GHashTable *looks;               // by series key: how the other series of the study were left
  gboolean fitted;                 // follows the size of the view
  GPtrArray *presentations;        // of the study; or NULL
  PrcPresentation *presentation;   // chosen for the series in view, or NULL
  gboolean graphics_only, in_area; // fitted to the displayed area, not to the whole image
  bool shaped; // the slice in view is named by a presentation state that counts as a whole
  PrcSegmentSet *segments;     // or NULL; of whatever series
  PrcLayer *layer;             // of the picture painted last, or NULL: there were none
  PrcInstance *layer_instance; // whose slice that is; NULL: it is to be asked for
  guint layer_number;
  bool layer_graphics;   // with segments
  PrcLayer *heat;        // over the slice in view, or NULL
  graphene_rect_t patch; // outlined, image coordinates; drawn unless empty
  char *patch_words;     // or NULL
  PrcRegion box;         // drawn by hand, image coordinates; width 0: none
  char *box_words;       // or NULL
  int view_width, view_height, scale;
  PrcAnnotateLevel level;
  gboolean hide_patient;
  PrcSlicePicture picture;
  PrcInstance *picture_instance; // whose picture it is
  guint picture_number;
  char *failure; // why the slice in view has no picture
  char *message;
  gboolean loading, note;
  gboolean rest_due; // the slice changed and nobody was told that it rests
  guint rest_timer, note_timer;
  gboolean playing;           // nothing rests meanwhile
  PrcSeriesValues *measuring; // the series, for its automatic window; or NULL
  guint measure_timer;
  gboolean measure_note;
  gboolean measure_unasked;       // nobody asked for it, nobody hears of it
  graphene_rect_t rubber_band;    // device pixels; drawn unless empty
  double ring_x, ring_y, ring_mm; // device pixels; 0 mm: no ring
  double pointer_x, pointer_y;    // device pixels; not a number: elsewhere
  gboolean cross;                 // is shown
  guint cross_column, cross_row;
  guint tick; // a picture is to be rendered with the next frame
};

// core
const PrcSlice *prc_slice_view_slice (PrcSliceView *self);         // the one in view, or NULL
const PrcFrame *prc_slice_view_nearest_frame (PrcSliceView *self); // in view, or the one before
void prc_slice_view_redraw_text (PrcSliceView *self);
bool prc_slice_view_is_pet (PrcSliceView *self);                    // the series in view
const PrcPalette *prc_slice_view_first_palette (PrcSeries *series); // or NULL, grey

// readout
void prc_slice_view_update_accessible (PrcSliceView *self);
void prc_slice_view_snapshot_readout (PrcSliceView *self, GtkSnapshot *snapshot);

// box
void prc_slice_view_snapshot_box (PrcSliceView *self, GtkSnapshot *snapshot);

// state
bool prc_slice_view_is_presented (PrcSliceView *self); // by a state that counts as a whole
// A frame of a slice, read as the presentation state says; owned.
PrcFrame *prc_slice_view_read_frame (PrcSliceView *self, const PrcSlice *slice, PrcFrame *frame);
bool prc_slice_view_place_as_presented (PrcSliceView *self); // false: there is no displayed area
void prc_slice_view_meet_presentation (PrcSliceView *self);  // another slice is in view
void prc_slice_view_look_as_presented (PrcSliceView *self);  // forgets what hands did

// frames
void prc_slice_view_load (PrcSliceView *self);    // the slice in view is another one than before
void prc_slice_view_reread (PrcSliceView *self);  // the slice in view, by another state
void prc_slice_view_repaint (PrcSliceView *self); // text now, the picture as soon as it may be
void prc_slice_view_repaint_picture (PrcSliceView *self); // the text stays
void prc_slice_view_forget_layer (PrcSliceView *self);    // segments or heat are others
void prc_slice_view_refit (PrcSliceView *self);           // zoom and place, to the size of the view
void prc_slice_view_postpone_rest (PrcSliceView *self);
// For the render source; user_data is the view.
void prc_slice_view_frame_ready (PrcInstance *instance, guint number, PrcFrame *frame,
                                 const GError *error, gpointer user_data);
void prc_slice_view_raster_ready (PrcInstance *instance, guint number, PrcRaster *raster,
                                  gpointer user_data);

// window
void prc_slice_view_lay (PrcSliceView *self, PrcTurn turn);
void prc_slice_view_look_free (gpointer look);
void prc_slice_view_keep_look (PrcSliceView *self); // of the series in view, before it goes
// As the series in view was left, or as one opens. NULL series: another study comes.
void prc_slice_view_recall_look (PrcSliceView *self);

// measure
void prc_slice_view_measure_unasked (PrcSliceView *self); // where that makes a better window
