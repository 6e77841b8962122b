// SPDX-License-Identifier: Apache-2.0
#include "prc-screenshot.h"

#include <glib/gi18n-lib.h>

#define LOOK_EVERY_MS 100
#define LOOKS_AT_MOST 200 // 20 s
#define SETTLED_LOOKS 5   // transitions and thumbnails come to rest

typedef struct {
  PrcViewerWindow *window;
  char *path;
  gboolean results;
  guint looks, settled;
} Screenshot;

static int status;

static gboolean
save (GtkWidget *widget, const char *path) {
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  int width = gdk_paintable_get_intrinsic_width (paintable);
  int height = gdk_paintable_get_intrinsic_height (paintable);
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
  if (!node)
    return FALSE;
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));
  g_autoptr (GdkTexture) texture =
      gsk_renderer_render_texture (renderer, node, &GRAPHENE_RECT_INIT (0, 0, width, height));
  return gdk_texture_save_to_png (texture, path);
}

static gboolean
look (gpointer user_data) {
  Screenshot *screenshot = user_data;
  gboolean settled = prc_viewer_window_is_settled (screenshot->window, screenshot->results);

  screenshot->settled = settled ? screenshot->settled + 1 : 0;
  if (++screenshot->looks < LOOKS_AT_MOST && screenshot->settled < SETTLED_LOOKS)
    return G_SOURCE_CONTINUE;
  if (!save (GTK_WIDGET (screenshot->window), screenshot->path)) {
    g_printerr (_ ("precedent: %s: cannot be written\n"), screenshot->path);
    status = 1;
  }
  gtk_window_destroy (GTK_WINDOW (screenshot->window));
  g_object_unref (screenshot->window);
  g_free (screenshot->path);
  g_free (screenshot);
  return G_SOURCE_REMOVE;
}

void
prc_screenshot_when_settled (PrcViewerWindow *window, const char *path, gboolean wait_for_results) {
  Screenshot *screenshot = g_new0 (Screenshot, 1);

  screenshot->window = g_object_ref (window);
  screenshot->path = g_strdup (path);
  screenshot->results = wait_for_results;
  g_timeout_add (LOOK_EVERY_MS, look, screenshot);
}

int
prc_screenshot_status (void) {
  return status;
}
