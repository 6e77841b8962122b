// SPDX-License-Identifier: Apache-2.0
// Pictures of neighbours, from files to textures through real codec processes.
#include <glib/gstdio.h>

#include "fixture.h"
#include "prc-case-thumbnail.h"
#include "prc-imaging-error.h"

typedef struct {
  PrcCodecPool *pool;
  PrcFrameStore *store;
  char *folder, *path;
} Fixture;

// A grey left half and a black right half.
static void
set_up (Fixture *f, gconstpointer unused) {
  int16_t pixels[16 * 16];
  PrcFixtureSlice slice = {.study = 1, .series = 1, .instance = 1, .rows = 16, .columns = 16};

  for (int i = 0; i < 16 * 16; i++)
    pixels[i] = i % 16 < 8 ? 1000 : -1000;
  slice.pixels = pixels;
  f->pool = prc_codec_pool_new (1);
  f->store = prc_frame_store_new (f->pool, 1 << 20);
  f->folder = prc_fixture_folder ();
  f->path = g_build_filename (f->folder, "slice.dcm", NULL);
  prc_fixture_write (f->path, &slice);
}

static void
tear_down (Fixture *f, gconstpointer unused) {
  prc_frame_store_unref (f->store);
  prc_codec_pool_unref (f->pool);
  prc_fixture_remove (f->folder);
  g_free (f->folder);
  g_free (f->path);
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data) {
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static GdkTexture *
fetch (Fixture *f, const char *path, guint frame, GCancellable *cancellable, GError **error) {
  g_autoptr (GAsyncResult) result = NULL;

  prc_case_thumbnail_async (f->pool, f->store, path, frame, 32, cancellable, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return prc_case_thumbnail_finish (result, error);
}

static void
test_picture (Fixture *f, gconstpointer unused) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = fetch (f, f->path, 0, NULL, &error);
  guint8 pixels[32 * 32 * 4];

  g_assert_no_error (error);
  g_assert_cmpint (gdk_texture_get_width (texture), ==, 32);
  g_assert_cmpint (gdk_texture_get_height (texture), ==, 32);
  gdk_texture_download (texture, pixels, 32 * 4);
  // The fixture's own window, 40/400, and intercept, -1024: -24 HU are ((-24 - 39.5) / 399 + 0.5)
  // of 255.
  g_assert_cmpint (ABS (pixels[(16 * 32 + 4) * 4] - 87), <=, 1);
  g_assert_cmpint (pixels[(16 * 32 + 28) * 4], ==, 0);
}

static void
test_gone (Fixture *f, gconstpointer unused) {
  g_autoptr (GError) error = NULL;

  g_remove (f->path);
  g_assert_null (fetch (f, f->path, 0, NULL, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO);
}

static void
test_not_dicom (Fixture *f, gconstpointer unused) {
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (f->path, "not a picture", -1, NULL));
  g_assert_null (fetch (f, f->path, 0, NULL, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_NOT_DICOM);
}

static void
test_no_such_frame (Fixture *f, gconstpointer unused) {
  g_autoptr (GError) error = NULL;

  g_assert_null (fetch (f, f->path, 9, NULL, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT);
}

static void
test_cancelled (Fixture *f, gconstpointer unused) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  g_assert_null (fetch (f, f->path, 0, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/case-thumbnail/picture", Fixture, NULL, set_up, test_picture, tear_down);
  g_test_add ("/case-thumbnail/gone", Fixture, NULL, set_up, test_gone, tear_down);
  g_test_add ("/case-thumbnail/not-dicom", Fixture, NULL, set_up, test_not_dicom, tear_down);
  g_test_add ("/case-thumbnail/no-such-frame", Fixture, NULL, set_up, test_no_such_frame,
              tear_down);
  g_test_add ("/case-thumbnail/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  return g_test_run ();
}
