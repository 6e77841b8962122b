// SPDX-License-Identifier: Apache-2.0
// Asking the library with a segment: of the list, on the slice where it is largest.
#include "prc-viewer-window-private.h"

#include <glib/gi18n-lib.h>

typedef struct {
  PrcViewerWindow *window;
  PrcSeries *series;
  PrcMask *mask;
  char *name;
  guint index;
} Asking;

static void
asking_free (Asking *asking) {
  g_object_unref (asking->window);
  prc_series_unref (asking->series);
  prc_mask_unref (asking->mask);
  g_free (asking->name);
  g_free (asking);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asking, asking_free)

static void
frame_got (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autoptr (Asking) asking = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = prc_frame_store_get_finish (result, &error);
  PrcViewerWindow *self = asking->window;
  const PrcSlice *slice = prc_series_slice (asking->series, asking->index);

  if (frame && self->panel) // else the window is gone
    prc_case_panel_ask_segment (self->panel, frame, slice->instance, slice->frame,
                                asking->index + 1, asking->mask, asking->name);
  else if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    prc_viewer_window_say (self, error->message, NULL);
}

static void
ask (PrcViewerWindow *self, PrcSegmentItem *item, guint index) {
  PrcSliceView *view = prc_stage_study_view (self->stage);
  PrcSeries *series = prc_slice_view_get_series (view);
  const PrcSlice *slice = prc_series_slice (series, index);
  PrcSegmentStack *stack = prc_segment_item_get_stack (item);
  Asking *asking = g_new (Asking, 1);

  *asking = (Asking){.window = g_object_ref (self),
                     .series = prc_series_ref (series),
                     .mask = prc_mask_ref (prc_segment_stack_mask (stack, index)),
                     .name = prc_segment_item_name (item),
                     .index = index};
  prc_slice_view_set_index (view, index); // what is asked for is in view
  g_action_group_change_action_state (G_ACTION_GROUP (self), "show-panel",
                                      g_variant_new_boolean (TRUE));
  g_clear_object (&self->searching);
  self->searching = g_cancellable_new ();
  prc_frame_store_get_async (self->store, slice->instance, slice->frame, PRC_PRIORITY_VIEW,
                             self->searching, frame_got, asking);
}

static void
search_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  PrcViewerWindow *self = user_data;
  PrcSegmentItem *item = prc_viewer_window_need_segment (self);
  PrcSegmentStack *stack = item ? prc_segment_item_get_stack (item) : NULL;
  PrcSeries *series = prc_slice_view_get_series (prc_stage_study_view (self->stage));
  PrcSegmentExtent extent;

  prc_viewer_window_stop_searching (self);
  if (!item || !series)
    prc_viewer_window_say (self, _ ("There are no segments here"), NULL);
  else if (!prc_segment_stack_extent (stack, &extent) ||
           prc_segment_stack_length (stack) != prc_series_length (series))
    prc_viewer_window_say (self, _ ("The segment is on no slice of this series"), NULL);
  else
    ask (self, item, extent.largest);
}

void
prc_viewer_window_stop_searching (PrcViewerWindow *self) {
  if (self->searching)
    g_cancellable_cancel (self->searching);
  g_clear_object (&self->searching);
}

void
prc_viewer_window_add_search_actions (PrcViewerWindow *self) {
  static const GActionEntry entries[] = {
      {.name = "search-segment", .activate = search_activated},
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
