// SPDX-License-Identifier: Apache-2.0
// Segments over the slice in view: painted with the picture they belong to, repainted at once.
#include "fake-segments.h"
#include "fake-store.h"
#include "prc-phantom.h"
#include "prc-render.h"
#include "prc-slice-input.h"

typedef struct {
  GtkWindow *window;
  PrcSliceView *view;
  PrcSeries *series;
  PrcSegmentSet *set;
  PrcSegmentItem *item;
} Fixture;

static bool
is_shown (gpointer view) {
  return !prc_slice_view_is_loading (view) && prc_slice_view_get_texture (view);
}

static PrcSegmentItem *
add_item (PrcSegmentSet *set, guint n, guint first, guint last, int column, int row, int side) {
  g_autoptr (PrcSegmentStack) stack = fake_stack (n, first, last, column, row, side);
  g_autoptr (PrcSegmentItem) item = prc_segment_item_new (NULL, 0, stack);

  prc_segment_set_add (set, item);
  return item;
}

static void
set_up (Fixture *fixture, gconstpointer data) {
  PrcFrameStore *store = fake_store_new ();

  fake_store_hold (FALSE);
  fake_store_set_in_memory (TRUE);
  fixture->series = make_series ("1", "a", 30, 0, 2, 1);
  fake_store_put (fixture->series, 7, "HU");
  fixture->set = prc_segment_set_new (fixture->series);
  fixture->item = add_item (fixture->set, 30, 2, 9, 10, 12, 20);
  fixture->window = GTK_WINDOW (gtk_window_new ());
  fixture->view = PRC_SLICE_VIEW (prc_slice_view_new (store));
  prc_slice_input_attach (fixture->view);
  gtk_window_set_decorated (fixture->window, FALSE);
  gtk_window_set_default_size (fixture->window, 320, 240);
  gtk_window_set_child (fixture->window, GTK_WIDGET (fixture->view));
  gtk_window_present (fixture->window);
}

static void
show (Fixture *fixture, guint index) {
  prc_slice_view_set_series (fixture->view, fixture->series, index);
  prc_slice_view_set_index (fixture->view, index);
  g_assert_true (wait_until (is_shown, fixture->view));
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  gpointer view = fixture->view, set = fixture->set;

  g_object_add_weak_pointer (G_OBJECT (fixture->view), &view);
  g_object_add_weak_pointer (G_OBJECT (fixture->set), &set);
  g_object_unref (fixture->set);
  gtk_window_destroy (fixture->window);
  wait_ms (20);
  g_assert_null (view);
  g_assert_null (set);
  prc_series_unref (fixture->series);
}

typedef struct {
  PrcSliceView *view;
  PrcFrame *frame;
  const PrcLayer *layer;
} Expected;

static bool
shows (gpointer data) {
  Expected *expected = data;
  PrcViewParams params = *prc_slice_view_params (expected->view);
  GdkTexture *texture = prc_slice_view_get_texture (expected->view);
  int width, height;

  prc_slice_view_get_size (expected->view, &width, &height);
  params.scale = gtk_widget_get_scale_factor (GTK_WIDGET (expected->view));
  g_autoptr (PrcRaster) raster =
      prc_render (expected->frame, &params, expected->layer, width, height, NULL, NULL);
  g_autofree guchar *pixels = g_malloc ((gsize)width * (gsize)height * 4);
  if (gdk_texture_get_width (texture) != width || gdk_texture_get_height (texture) != height)
    return false;
  gdk_texture_download (texture, pixels, (gsize)width * 4);
  return memcmp (pixels, g_bytes_get_data (raster->bytes, NULL),
                 g_bytes_get_size (raster->bytes)) == 0;
}

// What the view shows is slice `index` under what the set has on slice `of_set`; -1: nothing.
static void
assert_shows (Fixture *fixture, guint index, int of_set) {
  g_autoptr (PrcFrame) frame = fake_store_frame (fixture->series, index);
  g_autoptr (PrcLayer) layer =
      of_set >= 0 ? prc_segment_set_layer (fixture->set, (guint)of_set) : NULL;

  g_assert_true ((of_set >= 0) == (layer != NULL));
  g_assert_true (wait_until (shows, &(Expected){fixture->view, frame, layer}));
}

// Whichever comes first: the segments or the images.
static void
test_any_order (Fixture *fixture, gconstpointer data) {
  prc_slice_view_set_segments (fixture->view, fixture->set);
  show (fixture, 3);
  assert_shows (fixture, 3, 3);
  prc_slice_view_set_segments (fixture->view, NULL);
  assert_shows (fixture, 3, -1);
  prc_slice_view_set_segments (fixture->view, fixture->set);
  assert_shows (fixture, 3, 3);
  g_assert_true (prc_slice_view_get_segments (fixture->view) == fixture->set);
}

static void
test_scrolled (Fixture *fixture, gconstpointer data) {
  prc_slice_view_set_segments (fixture->view, fixture->set);
  show (fixture, 3);
  for (int index = 4; index <= 9; index++) {
    show (fixture, (guint)index);
    assert_shows (fixture, (guint)index, index);
  }
  show (fixture, 10); // no frame of the segment here
  assert_shows (fixture, 10, -1);
  show (fixture, 9);
  assert_shows (fixture, 9, 9);
}

static void
test_g_hides (Fixture *fixture, gconstpointer data) {
  prc_slice_view_set_segments (fixture->view, fixture->set);
  show (fixture, 5);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_g, 0);
  assert_shows (fixture, 5, -1);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_g, 0);
  assert_shows (fixture, 5, 5);
}

// A stroke changes the mask many times a second: nothing is decoded or written anew for it, and what
// is seen at the end is the last.
static void
test_change_is_cheap (Fixture *fixture, gconstpointer data) {
  prc_slice_view_set_segments (fixture->view, fixture->set);
  show (fixture, 5);
  assert_shows (fixture, 5, 5);
  wait_ms (250);
  guint asked = fake_store_n_asked, written = fake_annotations_drawn;
  for (int i = 1; i < 25; i++) {
    g_autoptr (PrcSegmentStack) stack = fake_stack (30, 5, 5, i, 2 * i % 20, 10);
    prc_segment_item_set_stack (fixture->item, stack);
    if (i % 3 == 0)
      wait_ms (5);
  }
  assert_shows (fixture, 5, 5);
  g_assert_cmpuint (fake_store_n_asked, ==, asked);
  g_assert_cmpuint (fake_annotations_drawn, ==, written);
}

// Large pictures are rendered aside; the newest wish wins there, too.
static void
test_large_picture (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcFrame) frame = prc_phantom_frame (1, 0, 2048, 2048);

  fake_store_put_frame (fixture->series, 5, frame);
  prc_slice_view_set_segments (fixture->view, fixture->set);
  show (fixture, 5);
  for (int i = 1; i < 12; i++) {
    PrcRowSpan span = {100 * i, 50 * i, 50 * i + 400};
    g_autoptr (PrcMask) mask = prc_mask_new_from_spans (2048, 2048, &span, 1);
    g_autoptr (PrcSegmentStack) stack =
        prc_segment_stack_new_replaced (prc_segment_item_get_stack (fixture->item), 5, mask);
    prc_segment_item_set_stack (fixture->item, stack);
    while (g_main_context_iteration (NULL, FALSE)) {
    }
  }
  assert_shows (fixture, 5, 5);
}

// Thousands of segments on one slice do not hold up the window: they are painted aside.
static void
test_thousands (Fixture *fixture, gconstpointer data) {
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  prc_slice_view_set_segments (fixture->view, fixture->set);
  show (fixture, 5);
  assert_shows (fixture, 5, 5);
  for (int i = 0; i < 3000; i++) {
    g_autoptr (PrcSegmentStack) stack = fake_stack (30, 5, 5, i % 60, i / 60 % 40, 2 + i % 5);
    g_ptr_array_add (items, prc_segment_item_new (NULL, 0, stack));
  }
  prc_segment_set_add_all (fixture->set, items);
  assert_shows (fixture, 5, 5);
}

// The set may be of an older state of the series, or of another series.
static void
test_other_states (Fixture *fixture, gconstpointer data) {
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (PrcSeries) other = make_series ("2", "b", 30, 0, 1, 1);

  for (guint i = 0; i < 30; i++)
    g_ptr_array_add (all, prc_series_slice (fixture->series, i)->instance);
  g_autoptr (GPtrArray) upper = prc_series_group ((PrcInstance *const *)all->pdata + 20, 10);
  g_object_unref (fixture->set);
  fixture->set = prc_segment_set_new (upper->pdata[0]);
  add_item (fixture->set, 10, 3, 5, 10, 12, 20);
  prc_slice_view_set_segments (fixture->view, fixture->set);
  show (fixture, 24);
  assert_shows (fixture, 24, 4);
  show (fixture, 4);
  assert_shows (fixture, 4, -1);

  g_object_unref (fixture->set);
  fixture->set = prc_segment_set_new (other);
  add_item (fixture->set, 30, 0, 29, 10, 12, 20);
  prc_slice_view_set_segments (fixture->view, fixture->set);
  assert_shows (fixture, 4, -1);
}

// Slices on the way to the one in view are shown with their own segments, or none.
static void
test_on_the_way (Fixture *fixture, gconstpointer data) {
  prc_slice_view_set_segments (fixture->view, fixture->set);
  show (fixture, 20);
  fake_store_set_in_memory (FALSE);
  fake_store_hold (TRUE);
  prc_slice_view_set_index (fixture->view, 9);
  prc_slice_view_set_index (fixture->view, 12);
  fake_store_release (); // the first of them
  assert_shows (fixture, 9, 9);
  g_assert_true (prc_slice_view_is_loading (fixture->view));
  fake_store_release ();
  g_assert_true (wait_until (is_shown, fixture->view));
  assert_shows (fixture, 12, -1);
}

#define ADD(name, test) g_test_add (name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  gtk_test_init (&argc, &argv, NULL);
  ADD ("/segment/loaded-before-its-images/view", test_any_order);
  ADD ("/segment/mask-stays-while-scrolling/view", test_scrolled);
  ADD ("/slice-segments/g-hides", test_g_hides);
  ADD ("/slice-segments/change-is-cheap", test_change_is_cheap);
  ADD ("/slice-segments/large-picture", test_large_picture);
  ADD ("/slice-segments/thousands", test_thousands);
  ADD ("/slice-segments/other-states", test_other_states);
  ADD ("/slice-segments/on-the-way", test_on_the_way);
  return g_test_run ();
}
