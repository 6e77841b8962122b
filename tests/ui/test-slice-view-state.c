// SPDX-License-Identifier: Apache-2.0
// A series looked at with a presentation state: its images as it says, the others as they are in
// the file, and back again.
#include "fake-store.h"
#include "prc-render.h"
#include "prc-slice-input.h"

typedef struct {
  GtkWindow *window;
  PrcSliceView *view;
  PrcSeries *series, *other;
  GPtrArray *states; // of slices 0 and 1; of slice 4 alone
} Fixture;

static PrcPresentation *
state_of (PrcSeries *series, const char *uid, guint first, guint last, const char *fields) {
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup_printf (
      "{'SOPInstanceUID': <'%s'>, 'ContentLabel': <'%s'>, %s,"
      " 'References': <[('%s', @au []), ('%s', @au [])]>}",
      uid, uid, fields,
      prc_instance_info (prc_series_slice (series, first)->instance)->sop_instance_uid,
      prc_instance_info (prc_series_slice (series, last)->instance)->sop_instance_uid);
  g_autoptr (GVariant) record = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return prc_presentation_new_from_record (record, NULL);
}

#define TURNED                                                                                     \
  "'QuarterTurns': <uint32 1>, 'Flip': <true>, 'Reading': <{'RescaleSlope': <1.0>,"                \
  " 'RescaleIntercept': <-1024.0>, 'Inverse': <false>}>,"                                          \
  " 'VOIs': <[{'WindowCenter': <[123.0]>, 'WindowWidth': <[45.0]>}]>,"                             \
  " 'Areas': <[{'TopLeft': <(1.0, 1.0)>, 'BottomRight': <(16.0, 12.0)>}]>"

static bool
is_shown (gpointer view) {
  return !prc_slice_view_is_loading (view);
}

static void
set_up (Fixture *fixture, gconstpointer data) {
  PrcFrameStore *store = fake_store_new ();

  fake_store_hold (FALSE);
  fake_store_set_in_memory (TRUE);
  fixture->series = make_series ("1", "a", 6, 0, 2, 1);
  fixture->other = make_series ("2", "a", 3, 0, 2, 1);
  fake_store_put (fixture->series, 7, "HU");
  fake_store_put (fixture->other, 8, "HU");
  fixture->states = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_presentation_unref);
  g_ptr_array_add (fixture->states, state_of (fixture->series, "ONE", 0, 1, TURNED));
  g_ptr_array_add (fixture->states, state_of (fixture->series, "TWO", 4, 4, "'Flip': <true>"));
  fixture->window = GTK_WINDOW (gtk_window_new ());
  fixture->view = PRC_SLICE_VIEW (prc_slice_view_new (store));
  prc_slice_input_attach (fixture->view);
  gtk_window_set_decorated (fixture->window, FALSE);
  gtk_window_set_default_size (fixture->window, 320, 240);
  gtk_window_set_child (fixture->window, GTK_WIDGET (fixture->view));
  gtk_window_present (fixture->window);
  prc_slice_view_set_series (fixture->view, fixture->series, 0);
  prc_slice_view_set_presentations (fixture->view, fixture->states);
  g_assert_true (wait_until (is_shown, fixture->view));
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  gpointer view = fixture->view;

  g_object_add_weak_pointer (G_OBJECT (fixture->view), &view);
  gtk_window_destroy (fixture->window);
  wait_ms (20);
  g_assert_null (view);
  g_ptr_array_unref (fixture->states);
  prc_series_unref (fixture->series);
  prc_series_unref (fixture->other);
}

typedef struct {
  PrcSliceView *view;
  PrcFrame *frame;
} Expected;

static bool
shows (gpointer data) {
  Expected *expected = data;
  GdkTexture *texture = prc_slice_view_get_texture (expected->view);
  gsize width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  g_autofree guchar *pixels = g_malloc (width * height * 4);
  g_autoptr (PrcRaster) raster =
      prc_render (expected->frame, prc_slice_view_params (expected->view), NULL, (int)width,
                  (int)height, NULL, NULL);

  gdk_texture_download (texture, pixels, width * 4);
  return memcmp (pixels, g_bytes_get_data (raster->bytes, NULL), width * height * 4) == 0;
}

// The picture is that of the frame as the state reads it; `state` NULL: as the file has it.
static void
assert_shows (Fixture *fixture, PrcPresentation *state) {
  guint index = prc_slice_view_get_index (fixture->view);
  g_autoptr (PrcFrame) decoded = fake_store_frame (fixture->series, index);
  g_autoptr (PrcFrame) frame =
      state ? prc_presentation_read (state, prc_series_slice (fixture->series, index), decoded)
            : prc_frame_ref (decoded);

  g_assert_true (wait_until (shows, &(Expected){fixture->view, frame}));
}

static void
assert_window (Fixture *fixture, double centre, double width) {
  double c, w;

  g_assert_true (prc_slice_view_get_window (fixture->view, &c, &w));
  g_assert_cmpfloat (c, ==, centre);
  g_assert_cmpfloat (w, ==, width);
}

static void
test_applied (Fixture *fixture, gconstpointer data) {
  const PrcViewParams *params = prc_slice_view_params (fixture->view);
  PrcViewParams before = *params;
  PrcFrame *decoded = prc_slice_view_get_frame (fixture->view);

  prc_slice_view_choose_presentation (fixture->view, fixture->states->pdata[0], FALSE);
  assert_window (fixture, 123, 45);
  g_assert_cmpint (params->quarter_turns, ==, 1);
  g_assert_true (params->flip);
  // 16 x 12 pixels about (8, 6), lying 12 wide and 16 high in 320 x 240.
  g_assert_cmpfloat (params->image_centre_x, ==, 8);
  g_assert_cmpfloat (params->image_centre_y, ==, 6);
  g_assert_cmpfloat_with_epsilon (params->zoom, 15, 1e-9);
  assert_shows (fixture, fixture->states->pdata[0]);
  // Whoever looks for similar cases gets what is in the file.
  g_assert_true (prc_slice_view_get_decoded (fixture->view) == decoded);
  prc_slice_view_choose_presentation (fixture->view, NULL, FALSE);
  g_assert_true (prc_view_params_equal (&before, params));
  assert_shows (fixture, NULL);
}

// Only the images it names; the others lie as they are in the file.
static void
test_scrolling (Fixture *fixture, gconstpointer data) {
  const PrcViewParams *params = prc_slice_view_params (fixture->view);

  prc_slice_view_choose_presentation (fixture->view, fixture->states->pdata[0], FALSE);
  prc_slice_view_set_index (fixture->view, 1);
  g_assert_cmpint (params->quarter_turns, ==, 1);
  assert_shows (fixture, fixture->states->pdata[0]);
  prc_slice_view_set_index (fixture->view, 3);
  g_assert_cmpint (params->quarter_turns, ==, 0);
  g_assert_false (params->flip);
  g_assert_cmpfloat (params->image_centre_x, ==, 32); // the whole image
  assert_shows (fixture, NULL);
  prc_slice_view_set_index (fixture->view, 0);
  g_assert_cmpint (params->quarter_turns, ==, 1);
  assert_window (fixture, 123, 45);
  assert_shows (fixture, fixture->states->pdata[0]);
}

// What the reader sets is not overridden on every image; reset brings the state's own back.
static void
test_window_by_hand (Fixture *fixture, gconstpointer data) {
  prc_slice_view_choose_presentation (fixture->view, fixture->states->pdata[0], FALSE);
  prc_slice_view_set_window (fixture->view, 10, 20);
  prc_slice_view_set_index (fixture->view, 1);
  assert_window (fixture, 10, 20);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_f, 0); // the whole image, turned as it is
  g_assert_cmpfloat (prc_slice_view_params (fixture->view)->image_centre_x, ==, 32);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_r, 0);
  assert_window (fixture, 123, 45);
  g_assert_cmpfloat (prc_slice_view_params (fixture->view)->image_centre_x, ==, 8);
}

static void
test_graphics_only (Fixture *fixture, gconstpointer data) {
  const PrcViewParams *params = prc_slice_view_params (fixture->view);
  PrcViewParams before;
  gboolean graphics_only;

  prc_slice_view_set_window (fixture->view, 10, 20);
  before = *params;
  prc_slice_view_choose_presentation (fixture->view, fixture->states->pdata[0], TRUE);
  g_assert_true (prc_view_params_equal (&before, params));
  g_assert_true (prc_slice_view_get_presentation (fixture->view, &graphics_only) ==
                 fixture->states->pdata[0]);
  g_assert_true (graphics_only);
  assert_shows (fixture, NULL);
}

// P goes through those that name the series, and to none.
static void
test_keys (Fixture *fixture, gconstpointer data) {
  GtkWidget *view = GTK_WIDGET (fixture->view);
  gboolean graphics_only;

  for (guint i = 0; i < 2; i++) {
    press_key (view, GDK_KEY_p, 0);
    g_assert_true (prc_slice_view_get_presentation (fixture->view, &graphics_only) ==
                   fixture->states->pdata[i]);
    g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, i == 0 ? 0 : 4); // it names
  }
  assert_shows (fixture, fixture->states->pdata[1]);
  press_key (view, GDK_KEY_p, 0);
  g_assert_null (prc_slice_view_get_presentation (fixture->view, &graphics_only));
  prc_slice_view_set_series (fixture->view, fixture->other, 0);
  g_autoptr (GPtrArray) none = prc_slice_view_get_presentations (fixture->view);
  g_assert_cmpuint (none->len, ==, 0);
  press_key (view, GDK_KEY_p, 0);
  g_assert_null (prc_slice_view_get_presentation (fixture->view, &graphics_only));
}

// Kept with its series while another is in view, whatever came first.
static void
test_series (Fixture *fixture, gconstpointer data) {
  gboolean graphics_only;

  prc_slice_view_choose_presentation (fixture->view, fixture->states->pdata[0], FALSE);
  prc_slice_view_rotate (fixture->view, 1); // behind the mirror: back
  prc_slice_view_set_series (fixture->view, fixture->other, 0);
  g_assert_null (prc_slice_view_get_presentation (fixture->view, &graphics_only));
  g_assert_cmpint (prc_slice_view_params (fixture->view)->quarter_turns, ==, 0);
  prc_slice_view_set_presentations (fixture->view, NULL);
  prc_slice_view_set_presentations (fixture->view, fixture->states);
  prc_slice_view_set_series (fixture->view, fixture->series, 1);
  g_assert_true (prc_slice_view_get_presentation (fixture->view, &graphics_only) ==
                 fixture->states->pdata[0]);
  assert_window (fixture, 123, 45);
  assert_shows (fixture, fixture->states->pdata[0]);
}

#define ADD(name, test)                                                                            \
  g_test_add ("/slice-view-state/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  gtk_test_init (&argc, &argv, NULL);
  ADD ("applied", test_applied);
  ADD ("scrolling", test_scrolling);
  ADD ("window-by-hand", test_window_by_hand);
  ADD ("graphics-only", test_graphics_only);
  ADD ("keys", test_keys);
  ADD ("series", test_series);
  return g_test_run ();
}
