// SPDX-License-Identifier: Apache-2.0
#include "prc-text.h"
#include "prc-viewer-window-private.h"

#include "prc-tag-window-actions.h"

static void
show_slice_in_view (PrcViewerWindow *self) {
  PrcSliceView *view = prc_stage_active_view (self->stage);
  PrcSeries *series = prc_slice_view_get_series (view);

  if (!series)
    return;
  guint index = prc_slice_view_get_index (view), n = prc_series_length (series);
  const PrcSlice *slice = prc_series_slice (series, index);
  g_autofree char *subtitle =
      g_strdup_printf ("%s · %u / %u", prc_series_title (series), index + 1, n);
  prc_tag_window_show (self->tags, prc_instance_info (slice->instance)->path, slice->frame,
                       subtitle);
}

static void
follow_changed (PrcTagWindow *tags, PrcViewerWindow *self) {
  prc_viewer_window_update_tags (self);
}

// Stands for itself, on another screen if the reader likes, and goes with this window.
static void
need_tags (PrcViewerWindow *self) {
  if (self->tags)
    return;
  self->tags = PRC_TAG_WINDOW (prc_tag_window_new (self->pool));
  prc_tag_window_add_actions (self->tags);
  g_object_add_weak_pointer (G_OBJECT (self->tags), (gpointer *)&self->tags);
  g_signal_connect_object (self->tags, "follow-changed", G_CALLBACK (follow_changed), self, 0);
  prc_tag_window_set_hide_patient (self->tags, self->hide_patient);
}

void
prc_viewer_window_show_tags (PrcViewerWindow *self) {
  need_tags (self);
  show_slice_in_view (self);
  gtk_window_present (GTK_WINDOW (self->tags));
}

void
prc_viewer_window_show_tags_of (PrcViewerWindow *self, const char *path) {
  g_autofree char *name = g_path_get_basename (path), *valid = g_filename_display_name (name);
  g_autofree char *shown = prc_text_safe (valid, -1, 256, false);

  need_tags (self);
  prc_tag_window_show (self->tags, path, 0, shown);
  gtk_window_present (GTK_WINDOW (self->tags));
}

void
prc_viewer_window_update_tags (PrcViewerWindow *self) {
  if (!self->tags)
    return;
  prc_tag_window_set_hide_patient (self->tags, self->hide_patient);
  if (prc_tag_window_follows (self->tags))
    show_slice_in_view (self);
}

void
prc_viewer_window_close_tags (PrcViewerWindow *self) {
  if (!self->tags)
    return;
  PrcTagWindow *tags = self->tags;
  g_object_remove_weak_pointer (G_OBJECT (tags), (gpointer *)&self->tags);
  self->tags = NULL;
  gtk_window_destroy (GTK_WINDOW (tags));
}
