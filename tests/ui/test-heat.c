// SPDX-License-Identifier: Apache-2.0
// Heat and outlines in two views, with explanations made by hand: the neighbour shows what the query
// shows, four patches further right.
#include <math.h>
#include <string.h>

#include "fake-engine.h"
#include "fake-segments.h"
#include "fake-store.h"
#include "prc-heat-layer.h"
#include "prc-heat.h"
#include "prc-slice-input.h"
#include "prc-slice-view-private.h"

#define SIDE    PRC_FEATURE_SIDE
#define PLACES  PRC_FEATURE_PLACES
#define LENGTH  128
#define ROWS    48
#define COLUMNS 64
#define SHIFT   4

typedef struct {
  GtkWindow *window;
  PrcSliceView *query, *neighbour;
  PrcSeries *series[2];
  PrcEngine *engine;
  PrcHeat *heat;
  guint n_notices;
} Fixture;

static void
random_place (GRand *random, float *place) {
  double sum = 0;

  for (int c = 0; c < LENGTH; c++) {
    place[c] = (float)g_rand_double_range (random, -1, 1);
    sum += place[c] * place[c];
  }
  for (int c = 0; c < LENGTH; c++)
    place[c] /= (float)sqrt (sum);
}

// Over frames of ROWS x COLUMNS made square: a row of patches is 4 pixels high, from 8 above the
// image on. `alike`: how much of a neighbour's patch is that of the query.
static PrcExplanation *
make_explanation (float alike) {
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autofree float *features = g_new (float, 2 * PLACES * LENGTH);
  g_autofree PrcExplanationInput *inputs = g_new0 (PrcExplanationInput, 2);

  for (int i = 0; i < 2 * PLACES; i++)
    random_place (random, features + i * LENGTH);
  for (int i = 0; i < 2; i++) {
    inputs[i].features = features + i * PLACES * LENGTH;
    inputs[i].square = (PrcRegion){0, (ROWS - COLUMNS) / 2.0, COLUMNS, COLUMNS};
    for (int place = 0; place < PLACES; place++)
      inputs[i].counts[place] = place / SIDE >= 2 && place / SIDE < SIDE - 2;
  }
  for (int place = 0; place < PLACES; place++) {
    float *to = inputs[1].features + place * LENGTH;
    const float *from = inputs[0].features + (place - SHIFT) * LENGTH;
    for (int c = 0; c < LENGTH && place % SIDE >= SHIFT; c++)
      to[c] = alike * from[c] + (1 - alike) * to[c];
  }
  return prc_explanation_new (&inputs[0], &inputs[1], LENGTH);
}

/* ---- the layer ---- */

static guint
n_steps_at (const PrcLayer *layer, guint column, guint row) {
  size_t n;
  const PrcLayerItem *items = prc_layer_items (layer, &n);
  guint steps = 0;

  for (size_t i = 0; i < n; i++)
    steps += prc_mask_contains (items[i].mask, column, row);
  return steps;
}

static void
test_layer (void) {
  g_autoptr (PrcExplanation) explanation = make_explanation (1);
  g_autoptr (PrcLayer) layer =
      prc_heat_layer_new (explanation, PRC_EXPLANATION_QUERY, ROWS, COLUMNS);
  double clear = 1;
  size_t n;
  const PrcLayerItem *items = prc_layer_items (layer, &n);

  g_assert_cmpuint (n, ==, PRC_HEAT_STEPS);
  for (size_t i = 0; i < n; i++) {
    g_assert_cmpuint (prc_mask_rows (items[i].mask), ==, ROWS);
    g_assert_cmpuint (prc_mask_columns (items[i].mask), ==, COLUMNS);
    g_assert_cmpuint (items[i].colour, ==, PRC_HEAT_COLOUR);
    clear *= 1 - items[i].fill;
  }
  g_assert_cmpfloat (clear, >, 2.0 / 3); // pathology is seen through all of them
  // The middle of the first twelve patches of a row is matched, that of the last four is not; heat
  // runs out between the two at the border.
  for (guint column = 2; column < COLUMNS; column += 4)
    if (column / 4 < SIDE - SHIFT - 1 || column / 4 > SIDE - SHIFT)
      g_assert_cmpuint (n_steps_at (layer, column, 22), ==,
                        column < 4 * (SIDE - SHIFT) ? PRC_HEAT_STEPS : 0);
  g_autoptr (PrcLayer) other =
      prc_heat_layer_new (explanation, PRC_EXPLANATION_NEIGHBOUR, ROWS, COLUMNS);
  for (guint column = 2; column < COLUMNS; column += 4)
    if (column / 4 < SHIFT - 1 || column / 4 > SHIFT)
      g_assert_cmpuint (n_steps_at (other, column, 22), ==,
                        column < 4 * SHIFT ? 0 : PRC_HEAT_STEPS);
}

static void
test_layer_is_smooth (void) {
  g_autoptr (PrcExplanation) explanation = make_explanation (1);

  // From the middle of the last matched patch, 46, to that of the next, 50.
  g_assert_cmpfloat (prc_heat_layer_at (explanation, PRC_EXPLANATION_QUERY, 46, 22), ==, 1);
  g_assert_cmpfloat_with_epsilon (prc_heat_layer_at (explanation, PRC_EXPLANATION_QUERY, 48, 22),
                                  0.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (prc_heat_layer_at (explanation, PRC_EXPLANATION_QUERY, 49, 22),
                                  0.25, 1e-9);
  g_assert_cmpfloat (prc_heat_layer_at (explanation, PRC_EXPLANATION_QUERY, 50, 22), ==, 0);
  g_assert_cmpfloat (prc_heat_layer_at (explanation, PRC_EXPLANATION_QUERY, 22, -8.1), ==, 0);
  g_assert_cmpfloat (prc_heat_layer_at (explanation, PRC_EXPLANATION_QUERY, -0.1, 22), ==, 0);
}

// As fine as the image is: each pixel has the steps that the formula gives its middle, or of a cell
// beside it.
static void
test_layer_of_a_large_image (void) {
  g_autoptr (PrcExplanation) explanation = make_explanation (0.7f);
  g_autoptr (PrcLayer) small =
      prc_heat_layer_new (explanation, PRC_EXPLANATION_QUERY, ROWS, COLUMNS);
  guint before = 0, changes = 0;

  for (guint column = 0; column < COLUMNS; column++) {
    const double heat = prc_heat_layer_at (explanation, PRC_EXPLANATION_QUERY, column + 0.5, 20.5);
    const guint steps = small ? n_steps_at (small, column, 20) : 0;
    const double expected = heat < 0.08 ? 0 : 1 + (heat - 0.08) * PRC_HEAT_STEPS / 0.92;
    g_assert_cmpfloat (fabs (steps + 0.5 - expected), <=, 1.6);
    changes += steps != before;
    before = steps;
  }
  g_assert_cmpuint (changes, >, 4);
}

static void
test_layer_of_nothing (void) {
  g_autoptr (PrcExplanation) explanation = make_explanation (0);

  g_assert_null (prc_heat_layer_new (explanation, PRC_EXPLANATION_QUERY, ROWS, COLUMNS));
}

/* ---- in the views ---- */

static bool
both_rest (gpointer data) {
  Fixture *fixture = data;

  return prc_slice_view_is_resting (fixture->query) &&
         prc_slice_view_is_resting (fixture->neighbour);
}

static void
noticed (PrcSliceView *view, const char *sentence, Fixture *fixture) {
  fixture->n_notices++;
}

static void
set_up (Fixture *fixture, gconstpointer data) {
  PrcFrameStore *store = fake_store_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  fake_store_hold (FALSE);
  fake_store_set_in_memory (TRUE);
  fixture->engine = fake_engine_new ();
  fixture->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_child (fixture->window, box);
  gtk_window_set_default_size (fixture->window, 800, 400);
  for (guint i = 0; i < 2; i++) {
    PrcSliceView *view = PRC_SLICE_VIEW (prc_slice_view_new (store));
    fixture->series[i] = make_series (i ? "2" : "1", i ? "b" : "a", 5, 0, 2, 1);
    fake_store_put (fixture->series[i], i + 1, "HU");
    prc_slice_input_attach (view);
    gtk_box_append (GTK_BOX (box), GTK_WIDGET (view));
    *(i ? &fixture->neighbour : &fixture->query) = view;
    g_signal_connect (view, "notice", G_CALLBACK (noticed), fixture);
  }
  gtk_window_present (fixture->window);
  prc_slice_view_set_series (fixture->query, fixture->series[0], 1);
  prc_slice_view_set_series (fixture->neighbour, fixture->series[1], 2);
  g_assert_true (wait_until (both_rest, fixture));
  fixture->heat = prc_heat_new (fixture->engine, fixture->query, fixture->neighbour);
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  g_clear_pointer (&fixture->heat, prc_heat_free);
  fake_engine_end (fixture->engine);
  g_object_unref (fixture->engine);
  gtk_window_destroy (fixture->window);
  wait_ms (50);
  for (guint i = 0; i < 2; i++)
    prc_series_unref (fixture->series[i]);
}

static void
explain (Fixture *fixture, guint number, float alike) {
  fake_engine_explain (fixture->engine, number, make_explanation (alike));
  wait_ms (30);
}

static void
test_asks_when_shown (Fixture *fixture, gconstpointer data) {
  g_assert_cmpuint (fake_engine_n_explanations (fixture->engine), ==, 0);
  prc_heat_set_shown (fixture->heat, TRUE);
  g_assert_cmpuint (fake_engine_n_explanations (fixture->engine), ==, 1);
  g_assert_true (fake_engine_explained_frame (fixture->engine, 0, PRC_EXPLANATION_QUERY) ==
                 prc_slice_view_get_decoded (fixture->query));
  g_assert_true (fake_engine_explained_frame (fixture->engine, 0, PRC_EXPLANATION_NEIGHBOUR) ==
                 prc_slice_view_get_decoded (fixture->neighbour));
  g_assert_null (fixture->query->heat);
  explain (fixture, 0, 1);
  g_assert_nonnull (fixture->query->heat);
  g_assert_nonnull (fixture->neighbour->heat);
  prc_heat_set_shown (fixture->heat, FALSE);
  g_assert_null (fixture->query->heat);
  g_assert_null (fixture->neighbour->heat);
  prc_heat_set_shown (fixture->heat, TRUE);
  g_assert_cmpuint (fake_engine_n_explanations (fixture->engine), ==, 2);
  prc_heat_set_shown (fixture->heat, FALSE); // before the answer
  g_assert_true (fake_engine_explanation_cancelled (fixture->engine, 1));
  explain (fixture, 1, 1);
  g_assert_null (fixture->query->heat);
  g_assert_cmpuint (fixture->n_notices, ==, 0);
}

// A picture is another one with heat, and the same as before without.
static void
test_is_painted (Fixture *fixture, gconstpointer data) {
  g_autoptr (GdkTexture) before = g_object_ref (prc_slice_view_get_texture (fixture->query));
  const int width = gdk_texture_get_width (before), height = gdk_texture_get_height (before);
  const gsize size = 4 * (gsize)width * (gsize)height;
  g_autofree guchar *plain = g_malloc (size), *hot = g_malloc (size);

  gdk_texture_download (before, plain, 4 * (gsize)width);
  prc_heat_set_shown (fixture->heat, TRUE);
  explain (fixture, 0, 1);
  wait_ms (100);
  gdk_texture_download (prc_slice_view_get_texture (fixture->query), hot, 4 * (gsize)width);
  g_assert_cmpint (memcmp (plain, hot, size), !=, 0);
  prc_slice_view_set_graphics (fixture->query, FALSE); // of the file and of hands, not this
  wait_ms (100);
  gdk_texture_download (prc_slice_view_get_texture (fixture->query), hot, 4 * (gsize)width);
  g_assert_cmpint (memcmp (plain, hot, size), !=, 0);
  prc_heat_set_shown (fixture->heat, FALSE);
  wait_ms (100);
  gdk_texture_download (prc_slice_view_get_texture (fixture->query), hot, 4 * (gsize)width);
  g_assert_cmpmem (plain, size, hot, size);
}

// Whichever is scrolled, both lose it at once and get it when both rest; nothing is asked meanwhile.
static void
test_scrolling_drops_it (Fixture *fixture, gconstpointer data) {
  prc_heat_set_shown (fixture->heat, TRUE);
  explain (fixture, 0, 1);
  prc_slice_view_set_index (fixture->neighbour, 3);
  g_assert_null (fixture->query->heat);
  g_assert_null (fixture->neighbour->heat);
  prc_slice_view_set_index (fixture->query, 2);
  prc_slice_view_set_index (fixture->query, 3);
  g_assert_cmpuint (fake_engine_n_explanations (fixture->engine), ==, 1);
  g_assert_true (wait_until (both_rest, fixture));
  g_assert_cmpuint (fake_engine_n_explanations (fixture->engine), ==, 2);
  prc_slice_view_set_index (fixture->query, 4); // the question is of no use any more
  g_assert_true (fake_engine_explanation_cancelled (fixture->engine, 1));
  g_assert_true (wait_until (both_rest, fixture));
  g_assert_cmpuint (fake_engine_n_explanations (fixture->engine), ==, 3);
  explain (fixture, 1, 1); // the older answer comes after all
  g_assert_null (fixture->query->heat);
  explain (fixture, 2, 1);
  g_assert_nonnull (fixture->query->heat);
}

static void
test_freed_while_asking (Fixture *fixture, gconstpointer data) {
  prc_heat_set_shown (fixture->heat, TRUE);
  g_clear_pointer (&fixture->heat, prc_heat_free);
  g_assert_true (fake_engine_explanation_cancelled (fixture->engine, 0));
  explain (fixture, 0, 1);
  g_assert_null (fixture->query->heat);
  prc_slice_view_set_index (fixture->query, 3);
}

static void
point_at (PrcSliceView *view, double image_x, double image_y) {
  double x, y;

  prc_view_params_to_view (&view->params, prc_frame_info (view->frame), view->view_width,
                           view->view_height, image_x, image_y, &x, &y);
  prc_slice_view_point (view, x, y);
}

static void
check_patch (PrcSliceView *view, double x, double y) {
  g_assert_cmpfloat (view->patch.origin.x, ==, x);
  g_assert_cmpfloat (view->patch.origin.y, ==, y);
  g_assert_cmpfloat (view->patch.size.width, ==, 4);
  g_assert_cmpfloat (view->patch.size.height, ==, 4);
}

static void
test_pointer_lights_the_match (Fixture *fixture, gconstpointer data) {
  prc_heat_set_shown (fixture->heat, TRUE);
  point_at (fixture->query, 9, 21); // before there is an answer
  explain (fixture, 0, 1);
  check_patch (fixture->query, 8, 20);
  check_patch (fixture->neighbour, 8 + 4 * SHIFT, 20);
  g_autofree char *text = prc_slice_view_readout (fixture->query);
  g_assert_nonnull (strstr (text, "\nLike the outlined place beside: cosine 1.00"));
  prc_slice_view_point (fixture->query, NAN, NAN);
  g_assert_cmpfloat (fixture->query->patch.size.width, ==, 0);
  g_assert_cmpfloat (fixture->neighbour->patch.size.width, ==, 0);
  point_at (fixture->neighbour, 30, 30); // the other way round
  check_patch (fixture->neighbour, 28, 28);
  check_patch (fixture->query, 28 - 4 * SHIFT, 28);
  g_assert_null (fixture->query->patch_words);
  prc_slice_view_set_index (fixture->query, 3);
  g_assert_cmpfloat (fixture->neighbour->patch.size.width, ==, 0);
  g_assert_null (fixture->neighbour->patch_words);
}

// What is matched by chance only has an outline and words, but no match.
static void
test_chance_is_called_chance (Fixture *fixture, gconstpointer data) {
  prc_heat_set_shown (fixture->heat, TRUE);
  explain (fixture, 0, 1);
  point_at (fixture->query, 61, 21); // nothing of the neighbour's comes from there
  check_patch (fixture->query, 60, 20);
  g_assert_cmpfloat (fixture->neighbour->patch.size.width, ==, 0);
  g_assert_true (g_str_has_prefix (fixture->query->patch_words,
                                   "No place beside is more alike than chance: cosine 0."));
  point_at (fixture->query, 61, 60); // beside the image
  g_assert_cmpfloat (fixture->query->patch.size.width, ==, 0);
}

static void
test_by_keyboard (Fixture *fixture, gconstpointer data) {
  prc_heat_set_shown (fixture->heat, TRUE);
  explain (fixture, 0, 1);
  g_assert_true (press_key (GTK_WIDGET (fixture->query), GDK_KEY_Left, GDK_CONTROL_MASK));
  check_patch (fixture->query, 32, 24); // the middle of the image
  check_patch (fixture->neighbour, 32 + 4 * SHIFT, 24);
  g_assert_true (press_key (GTK_WIDGET (fixture->query), GDK_KEY_Right,
                            GDK_CONTROL_MASK | GDK_SHIFT_MASK)); // ten pixels
  check_patch (fixture->query, 40, 24);
  g_autofree char *spoken = gtk_test_accessible_check_property (
      GTK_ACCESSIBLE (fixture->query), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "");
  g_assert_nonnull (strstr (spoken, "Like the outlined place beside: cosine 1.00"));
  g_assert_true (press_key (GTK_WIDGET (fixture->query), GDK_KEY_Escape, 0));
  g_assert_cmpfloat (fixture->neighbour->patch.size.width, ==, 0);
}

static void
test_says_when_nothing_is_alike (Fixture *fixture, gconstpointer data) {
  prc_heat_set_shown (fixture->heat, TRUE);
  explain (fixture, 0, 0);
  g_assert_null (fixture->query->heat);
  g_assert_cmpuint (fixture->n_notices, ==, 1);
  prc_slice_view_set_index (fixture->query, 3);
  g_assert_true (wait_until (both_rest, fixture));
  explain (fixture, 1, 0); // once is enough while one scrolls on
  g_assert_cmpuint (fixture->n_notices, ==, 1);
  prc_heat_set_shown (fixture->heat, FALSE);
  prc_heat_set_shown (fixture->heat, TRUE);
  explain (fixture, 2, 0);
  g_assert_cmpuint (fixture->n_notices, ==, 2);
}

static void
test_refused (Fixture *fixture, gconstpointer data) {
  prc_heat_set_shown (fixture->heat, TRUE);
  fake_engine_explain (fixture->engine, 0, NULL);
  wait_ms (30);
  g_assert_cmpuint (fixture->n_notices, ==, 1);
  g_assert_null (fixture->query->heat);
  prc_slice_view_set_index (fixture->query, 3); // and goes on
  g_assert_true (wait_until (both_rest, fixture));
  explain (fixture, 1, 1);
  g_assert_nonnull (fixture->query->heat);
}

// Of the second slice of the query's series and the third of the neighbour's.
static PrcAnswer *
segment_answer (Fixture *fixture, PrcMask *mask) {
  PrcAnswer *answer = prc_answer_new (1);
  PrcHit *hit = &answer->hits[0];
  const PrcSlice *asked = prc_series_slice (fixture->series[0], 1);
  const PrcSlice *found = prc_series_slice (fixture->series[1], 2);

  answer->by_segment = TRUE;
  answer->mask = prc_mask_ref (mask);
  answer->sop_instance_uid = g_strdup (prc_instance_info (asked->instance)->sop_instance_uid);
  hit->matching_case = prc_case_new ();
  hit->sop_instance_uid = g_strdup (prc_instance_info (found->instance)->sop_instance_uid);
  hit->segment = prc_case_segment_new ();
  hit->segment->segment.number = 2;
  g_free (hit->segment->path);
  hit->segment->path = g_strdup ("/nowhere/segments");
  return answer;
}

static PrcSegmentSet *
segment_set (Fixture *fixture) {
  const PrcSegment segments[] = {{.number = 1}, {.number = 2}};
  PrcSegmentSet *set = prc_segment_set_new (fixture->series[1]);
  g_autoptr (PrcSegmentation) file = fake_segmentation_new ("a", segments, 2);

  for (guint i = 0; i < 2; i++) {
    g_autoptr (PrcSegmentStack) stack = fake_stack (5, 1, 3, 10 + 20 * (int)i, 10, 8);
    g_autoptr (PrcSegmentItem) item = prc_segment_item_new (file, i, stack);
    prc_segment_set_add (set, item);
  }
  return set;
}

static void
test_segments_are_compared (Fixture *fixture, gconstpointer data) {
  const PrcRowSpan span = {5, 3, 9};
  g_autoptr (PrcMask) mask = prc_mask_new_from_spans (ROWS, COLUMNS, &span, 1);
  g_autoptr (PrcAnswer) answer = segment_answer (fixture, mask);
  g_autoptr (PrcSegmentSet) set = segment_set (fixture);
  PrcMaskBounds bounds;

  prc_heat_set_shown (fixture->heat, TRUE);
  prc_heat_compare_segments (fixture->heat, answer, 0, NULL); // not read yet: the whole slices
  g_assert_cmpuint (fake_engine_n_explanations (fixture->engine), ==, 1);
  g_assert_null (fake_engine_explained_mask (fixture->engine, 0, PRC_EXPLANATION_QUERY));
  prc_heat_compare_segments (fixture->heat, answer, 0, set);
  g_assert_true (fake_engine_explanation_cancelled (fixture->engine, 0));
  g_assert_cmpuint (fake_engine_n_explanations (fixture->engine), ==, 2);
  g_assert_true (fake_engine_explained_mask (fixture->engine, 1, PRC_EXPLANATION_QUERY) == mask);
  g_assert_true (prc_mask_bounds (
      fake_engine_explained_mask (fixture->engine, 1, PRC_EXPLANATION_NEIGHBOUR), &bounds));
  g_assert_cmpuint (bounds.left, ==, 30);                    // the second segment
  prc_heat_compare_segments (fixture->heat, answer, 0, set); // nothing new
  g_assert_cmpuint (fake_engine_n_explanations (fixture->engine), ==, 2);
  prc_slice_view_set_index (fixture->neighbour, 3); // of another slice nobody asked
  g_assert_true (wait_until (both_rest, fixture));
  g_assert_null (fake_engine_explained_mask (fixture->engine, 2, PRC_EXPLANATION_QUERY));
  g_assert_null (fake_engine_explained_mask (fixture->engine, 2, PRC_EXPLANATION_NEIGHBOUR));
}

// The library remembers a segment that its file has no more.
static void
test_segment_is_gone (Fixture *fixture, gconstpointer data) {
  const PrcRowSpan span = {5, 3, 9};
  g_autoptr (PrcMask) mask = prc_mask_new_from_spans (ROWS, COLUMNS, &span, 1);
  g_autoptr (PrcAnswer) answer = segment_answer (fixture, mask);
  g_autoptr (PrcSegmentSet) set = segment_set (fixture);

  answer->hits[0].segment->segment.number = 9;
  prc_heat_compare_segments (fixture->heat, answer, 0, set);
  prc_heat_set_shown (fixture->heat, TRUE);
  g_assert_null (fake_engine_explained_mask (fixture->engine, 0, PRC_EXPLANATION_QUERY));
}

int
main (int argc, char **argv) {
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/heat/layer", test_layer);
  g_test_add_func ("/heat/layer-is-smooth", test_layer_is_smooth);
  g_test_add_func ("/heat/layer-of-a-large-image", test_layer_of_a_large_image);
  g_test_add_func ("/heat/layer-of-nothing", test_layer_of_nothing);
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/heat/asks-when-shown", test_asks_when_shown);
  ADD ("/heat/is-painted", test_is_painted);
  ADD ("/heat/scrolling-drops-it", test_scrolling_drops_it);
  ADD ("/heat/freed-while-asking", test_freed_while_asking);
  ADD ("/heat/pointer-lights-the-match", test_pointer_lights_the_match);
  ADD ("/heat/chance-is-called-chance", test_chance_is_called_chance);
  ADD ("/heat/by-keyboard", test_by_keyboard);
  ADD ("/heat/says-when-nothing-is-alike", test_says_when_nothing_is_alike);
  ADD ("/heat/refused", test_refused);
  ADD ("/heat/segments-are-compared", test_segments_are_compared);
  ADD ("/heat/segment-is-gone", test_segment_is_gone);
  return g_test_run ();
}
