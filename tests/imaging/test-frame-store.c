// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "fake-pool.h"
#include "fixture.h"
#include "prc-frame-store.h"
#include "prc-frame-wish.h"

#define FRAME_BYTES 64 // of the pool without codecs

static PrcInstance *
make_instance (unsigned number) {
  g_autofree char *path = g_strdup_printf ("/im%u", number);
  g_autofree char *record = g_strdup_printf (
      "{'SOPInstanceUID': <'1.%u'>, 'IsImage': <true>, 'Rows': <[8.0]>, 'Columns': <[8.0]>,"
      " 'BitsAllocated': <[8.0]>, 'InstanceNumber': <[%u.0]>, 'ImagePositionPatient': <[0.0, 0.0, "
      "%u.0]>,"
      " 'ImageOrientationPatient': <[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]>}",
      number, number, number);
  return prc_fixture_instance (path, record);
}

static GPtrArray *
make_instances (unsigned n) {
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);
  for (unsigned i = 0; i < n; i++)
    g_ptr_array_add (list, make_instance (i));
  return list;
}

static PrcSeries *
make_series (unsigned n) {
  g_autoptr (GPtrArray) list = make_instances (n);
  g_autoptr (GPtrArray) all = prc_series_group ((PrcInstance *const *)list->pdata, list->len);
  g_assert_cmpuint (all->len, ==, 1);
  return prc_series_ref (all->pdata[0]);
}

static PrcFrame *
get (PrcFrameStore *store, PrcInstance *instance) {
  g_autoptr (GError) error = NULL;
  PrcFrame *frame = prc_frame_store_get (store, instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (prc_frame_stored (frame, 0, 0), ==,
                     prc_instance_info (instance)->instance_number);
  return frame;
}

static bool
is_there (PrcFrameStore *store, PrcInstance *instance) {
  g_autoptr (PrcFrame) frame = prc_frame_store_peek (store, instance, 0);
  return frame != NULL;
}

static void
test_budget (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 3 * FRAME_BYTES);
  g_autoptr (GPtrArray) list = make_instances (4);
  g_autoptr (PrcFrame) held = get (store, list->pdata[0]);
  for (unsigned i = 1; i < 3; i++)
    prc_frame_unref (get (store, list->pdata[i]));
  g_assert_true (is_there (store, list->pdata[0])); // and is now used more recently than 1
  prc_frame_unref (get (store, list->pdata[3]));
  g_assert_true (is_there (store, list->pdata[0]));
  g_assert_false (is_there (store, list->pdata[1]));
  g_assert_true (is_there (store, list->pdata[2]));
  prc_frame_unref (get (store, list->pdata[1]));
  prc_frame_unref (get (store, list->pdata[3]));
  prc_frame_unref (get (store, list->pdata[2]));
  g_assert_false (is_there (store, list->pdata[0]));
  g_assert_cmpfloat (prc_frame_stored (held, 1, 1), ==, 0); // outlives its eviction
  g_assert_cmpuint (fake_pool_stats (pool).n_decodes, ==, 6);
}

static void
test_too_large (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, FRAME_BYTES - 1);
  g_autoptr (PrcInstance) instance = make_instance (5);
  prc_frame_unref (get (store, instance));
  g_assert_false (is_there (store, instance));
}

typedef struct {
  unsigned n_done, n_frames, n_cancelled, n_failed;
} Count;

static void
on_got (GObject *source, GAsyncResult *result, gpointer user_data) {
  Count *count = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = prc_frame_store_get_finish (result, &error);
  count->n_done++;
  count->n_frames += frame != NULL;
  count->n_cancelled += g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  count->n_failed += error && error->domain != G_IO_ERROR;
}

static void
wait_done (Count *count, unsigned n) {
  while (count->n_done < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_shared (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 0);
  g_autoptr (PrcInstance) instance = make_instance (3);
  g_autoptr (PrcInstance) twin = make_instance (3); // another record of the same file
  Count count = {0};
  fake_pool_hold (pool, true);
  for (int i = 0; i < 10; i++)
    prc_frame_store_get_async (store, i % 2 ? twin : instance, 0, PRC_PRIORITY_VIEW, NULL, on_got,
                               &count);
  fake_pool_wait_running (pool, 1);
  fake_pool_hold (pool, false);
  wait_done (&count, 10);
  g_assert_cmpuint (count.n_frames, ==, 10);
  g_assert_cmpuint (fake_pool_stats (pool).n_decodes, ==, 1);
}

// One of two gives up: the decode they share goes on for the other. When both give up it is
// cancelled.
static void
test_cancel_of_one (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 0);
  g_autoptr (PrcInstance) instance = make_instance (3);
  g_autoptr (GCancellable) first = g_cancellable_new ();
  g_autoptr (GCancellable) second = g_cancellable_new ();
  Count given_up = {0}, waiting = {0};
  fake_pool_hold (pool, true);
  prc_frame_store_get_async (store, instance, 0, PRC_PRIORITY_VIEW, first, on_got, &given_up);
  prc_frame_store_get_async (store, instance, 0, PRC_PRIORITY_VIEW, second, on_got, &waiting);
  fake_pool_wait_running (pool, 1);
  g_cancellable_cancel (first);
  wait_done (&given_up, 1); // at once, while the decode is held
  g_assert_cmpuint (given_up.n_cancelled, ==, 1);
  g_assert_cmpuint (waiting.n_done, ==, 0);
  fake_pool_hold (pool, false);
  wait_done (&waiting, 1);
  g_assert_cmpuint (waiting.n_frames, ==, 1);
  g_assert_cmpuint (fake_pool_stats (pool).n_decodes, ==, 1);
  g_assert_cmpuint (fake_pool_stats (pool).n_cancelled, ==, 0);
}

static void
test_cancel_of_all (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 0);
  g_autoptr (PrcInstance) instance = make_instance (3);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Count count = {0};
  fake_pool_hold (pool, true);
  for (int i = 0; i < 3; i++)
    prc_frame_store_get_async (store, instance, 0, PRC_PRIORITY_VIEW, cancellable, on_got, &count);
  fake_pool_wait_running (pool, 1);
  g_cancellable_cancel (cancellable);
  wait_done (&count, 3);
  g_assert_cmpuint (count.n_cancelled, ==, 3);
  while (fake_pool_stats (pool).n_cancelled ==
         0) // the decode itself ends though the gate is closed
    g_thread_yield ();
  fake_pool_hold (pool, false);
  prc_frame_unref (get (store, instance)); // somebody who comes later gets a decode of his own
  g_assert_cmpuint (fake_pool_stats (pool).n_decodes, ==, 2);
}

static void
test_cancelled_before (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 0);
  g_autoptr (PrcInstance) instance = make_instance (3);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_cancellable_cancel (cancellable);
  g_assert_null (prc_frame_store_get (store, instance, 0, PRC_PRIORITY_VIEW, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (fake_pool_stats (pool).n_decodes, ==, 0);
}

static void
test_failure (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 0);
  g_autoptr (PrcInstance) instance = make_instance (3);
  Count count = {0};
  fake_pool_fail (pool, true);
  for (int i = 0; i < 2; i++)
    prc_frame_store_get_async (store, instance, 0, PRC_PRIORITY_VIEW, NULL, on_got, &count);
  wait_done (&count, 2);
  g_assert_cmpuint (count.n_failed, ==, 2);
  fake_pool_fail (pool, false);
  prc_frame_unref (get (store, instance)); // a failure is not remembered
}

// Somebody more urgent does not wait behind a request far back in the queue.
static void
test_more_urgent (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 0);
  g_autoptr (PrcInstance) instance = make_instance (3);
  Count count = {0};
  fake_pool_hold (pool, true);
  static const PrcPriority priorities[] = {PRC_PRIORITY_BACKGROUND, PRC_PRIORITY_VIEW,
                                           PRC_PRIORITY_PREFETCH};
  for (int i = 0; i < 3; i++)
    prc_frame_store_get_async (store, instance, 0, priorities[i], NULL, on_got, &count);
  fake_pool_wait_running (pool, 2);
  fake_pool_hold (pool, false);
  wait_done (&count, 3);
  g_assert_cmpuint (count.n_frames, ==, 3);
  g_assert_cmpuint (fake_pool_stats (pool).n_decodes, ==, 2);
}

static void
expect_order (uint32_t length, uint32_t index, int direction, uint32_t max, const char *expected) {
  g_autoptr (GArray) order = prc_frame_wish_order (length, index, direction, max);
  GString *text = g_string_new (NULL);
  for (unsigned i = 0; i < order->len; i++)
    g_string_append_printf (text, "%u ", g_array_index (order, uint32_t, i));
  g_assert_cmpstr (text->str, ==, expected);
  g_string_free (text, TRUE);
}

static void
test_wish_order (void) {
  expect_order (100, 50, 1, 8, "51 49 52 48 53 54 55 56 ");
  expect_order (100, 50, -1, 8, "49 51 48 52 47 46 45 44 ");
  expect_order (100, 50, 0, 8, "51 49 52 48 53 47 54 46 ");
  expect_order (100, 50, 1, 0, "51 49 52 48 ");
  expect_order (100, 98, 1, 8, "99 97 96 ");
  expect_order (100, 98, 0, 8, "99 97 96 95 94 93 92 91 ");
  expect_order (100, 0, -1, 8, "1 2 ");
  expect_order (1, 0, 1, 8, "");
  expect_order (3, 1, 1, G_MAXUINT32, "2 0 ");
}

static bool
is_cached (PrcFrameStore *store, PrcSeries *series, uint32_t index) {
  const PrcSlice *slice = prc_series_slice (series, index);
  g_autoptr (PrcFrame) frame = prc_frame_store_peek (store, slice->instance, slice->frame);
  return frame != NULL;
}

static unsigned
n_cached (PrcFrameStore *store, PrcSeries *series) {
  unsigned n = 0;
  for (uint32_t i = 0; i < prc_series_length (series); i++)
    n += is_cached (store, series, i);
  return n;
}

// A budget of 80 frames: 20 are fetched around slice 50, travelling up.
static void
test_prefetch (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 80 * FRAME_BYTES);
  g_autoptr (PrcSeries) series = make_series (100);
  prc_frame_store_prefetch (store, &pool, series, 50, 1);
  while (n_cached (store, series) < 20)
    g_thread_yield ();
  for (unsigned i = 0; i < 100; i++)
    g_assert_cmpint (is_cached (store, series, i), ==, i != 50 && i >= 48 && i <= 68);
  g_assert_cmpuint (fake_pool_stats (pool).n_decodes, ==, 20);
  unsigned most = MAX (g_get_num_processors () - 1, 1);
  g_assert_cmpuint (fake_pool_stats (pool).most_running, <=, MIN (most, 4));
}

// What a jump leaves behind is cancelled, unless somebody waits for it.
static void
test_prefetch_jump (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 16 * FRAME_BYTES);
  g_autoptr (PrcSeries) series = make_series (100);
  Count count = {0};
  fake_pool_hold (pool, true);
  prc_frame_store_prefetch (store, &pool, series, 50, 1);
  fake_pool_wait_running (pool, 1); // slice 51
  prc_frame_store_prefetch (store, &pool, series, 10, 1);
  while (fake_pool_stats (pool).n_cancelled == 0)
    g_thread_yield ();
  while (fake_pool_stats (pool).n_decodes < 2) // slice 11
    g_thread_yield ();
  prc_frame_store_get_async (store, prc_series_slice (series, 11)->instance, 0,
                             PRC_PRIORITY_PREFETCH, NULL, on_got, &count);
  prc_frame_store_prefetch (store, &pool, NULL, 0, 0);
  fake_pool_hold (pool, false);
  wait_done (&count, 1);
  g_assert_cmpuint (count.n_frames, ==, 1);
  g_assert_true (is_cached (store, series, 11));
  g_assert_false (is_cached (store, series, 51));
}

// The store may go while prefetches are under way, and before an answer comes.
static void
test_end (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcSeries) series = make_series (20);
  PrcFrameStore *store = prc_frame_store_new (pool, 0);
  fake_pool_hold (pool, true);
  prc_frame_store_prefetch (store, &pool, series, 5, 0);
  fake_pool_wait_running (pool, 1);
  prc_frame_store_unref (store);
  g_assert_cmpuint (fake_pool_stats (pool).running, ==, 0);
  fake_pool_hold (pool, false);
  Count count = {0};
  store = prc_frame_store_new (pool, 0);
  prc_frame_store_get_async (store, prc_series_slice (series, 3)->instance, 0, PRC_PRIORITY_VIEW,
                             NULL, on_got, &count);
  prc_frame_store_unref (store);
  wait_done (&count, 1);
  g_assert_cmpuint (count.n_frames, ==, 1);
}

typedef struct {
  PrcFrameStore *store;
  PrcSeries *series;
  unsigned seed;
} Hammer;

static gpointer
hammer (gpointer data) {
  Hammer *self = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (self->seed);
  for (int i = 0; i < 400; i++) {
    uint32_t index = (uint32_t)g_rand_int_range (rand, 0, 64);
    const PrcSlice *slice = prc_series_slice (self->series, index);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcFrame) frame = NULL;
    switch (g_rand_int_range (rand, 0, 5)) {
    case 0:
      prc_frame_store_prefetch (self->store, self, self->series, index,
                                g_rand_int_range (rand, -1, 2));
      break;
    case 1:
      frame = prc_frame_store_peek (self->store, slice->instance, 0);
      break;
    case 2:
      n_cached (self->store, self->series);
      break;
    case 3: { // given up by nobody's callback: the task lives on its own
      Count count = {0};
      prc_frame_store_get_async (self->store, slice->instance, 0, PRC_PRIORITY_THUMBNAIL,
                                 cancellable, on_got, &count);
      g_cancellable_cancel (cancellable);
      while (count.n_done == 0)
        g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
      break;
    }
    default:
      frame =
          prc_frame_store_get (self->store, slice->instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
      g_assert_no_error (error);
    }
    if (frame)
      g_assert_cmpfloat (prc_frame_stored (frame, 7, 7), ==, index);
  }
  prc_frame_store_prefetch (self->store, self, NULL, 0, 0);
  return NULL;
}

static gpointer
hammer_thread (gpointer data) {
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  hammer (data);
  g_main_context_pop_thread_default (context);
  return NULL;
}

// Many threads at once with a budget that holds a quarter of what they want: no frame is ever
// another's.
static void
test_threads (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 16 * FRAME_BYTES);
  g_autoptr (PrcSeries) series = make_series (64);
  Hammer hammers[6];
  GThread *threads[6];
  for (unsigned i = 0; i < 6; i++) {
    hammers[i] = (Hammer){store, series, i};
    threads[i] = g_thread_new ("hammer", hammer_thread, &hammers[i]);
  }
  for (unsigned i = 0; i < 6; i++)
    g_thread_join (threads[i]);
  while (fake_pool_stats (pool).running > 0)
    g_thread_yield ();
  g_assert_cmpuint (n_cached (store, series), <=, 16);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frame-store/budget", test_budget);
  g_test_add_func ("/frame-store/too-large", test_too_large);
  g_test_add_func ("/frame-store/shared", test_shared);
  g_test_add_func ("/frame-store/cancel-of-one", test_cancel_of_one);
  g_test_add_func ("/frame-store/cancel-of-all", test_cancel_of_all);
  g_test_add_func ("/frame-store/cancelled-before", test_cancelled_before);
  g_test_add_func ("/frame-store/failure", test_failure);
  g_test_add_func ("/frame-store/more-urgent", test_more_urgent);
  g_test_add_func ("/frame-store/wish-order", test_wish_order);
  g_test_add_func ("/frame-store/prefetch", test_prefetch);
  g_test_add_func ("/frame-store/prefetch-jump", test_prefetch_jump);
  g_test_add_func ("/frame-store/end", test_end);
  g_test_add_func ("/frame-store/threads", test_threads);
  return g_test_run ();
}
