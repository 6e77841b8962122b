// SPDX-License-Identifier: Apache-2.0
// The pool against a codec that misbehaves on demand: what it does with one file must not touch
// another.
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "prc-codec-pool.h"
#include "prc-imaging-error.h"

static char *folder;

static char *
write_file (const char *name, const char *word) {
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (folder, name, NULL);
  g_file_set_contents (path, word, -1, &error);
  g_assert_no_error (error);
  return path;
}

static PrcInstance *
instance_of (const char *path) {
  g_autoptr (GError) error = NULL;
  GVariantBuilder b;
  g_variant_builder_init (&b, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&b, "{sv}", "SOPInstanceUID", g_variant_new_string ("1.2.3"));
  g_variant_builder_add (&b, "{sv}", "IsImage", g_variant_new_boolean (FALSE));
  g_autoptr (GVariant) record = g_variant_ref_sink (g_variant_builder_end (&b));
  PrcInstance *instance = prc_instance_new_from_record (path, record, &error);
  g_assert_no_error (error);
  return instance;
}

static PrcFrame *
decode_word (PrcCodecPool *pool, const char *word, GCancellable *cancellable, GError **error) {
  g_autofree char *path = write_file ("one", word);
  g_autoptr (PrcInstance) instance = instance_of (path);
  return prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, cancellable, error);
}

static void
assert_goes_on (PrcCodecPool *pool) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = decode_word (pool, "good", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (prc_frame_info (frame)->rows, ==, 2);
}

static void
assert_fails (const char *word) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autoptr (GError) error = NULL;
  prc_codec_pool_set_time_limit (pool, 500);
  g_assert_null (decode_word (pool, word, NULL, &error));
  g_assert_cmpint (error->domain, ==, PRC_IMAGING_ERROR);
  prc_codec_pool_set_time_limit (pool, 30000);
  assert_goes_on (pool);
}

static void
test_breakdown (void) {
  assert_fails ("die");  // an assertion in a library
  assert_fails ("kill"); // the kernel, out of memory
}

static void
test_time_limit (void) {
  assert_fails ("hang");
}

// Descriptors that are not what was promised: not sealed, too short, not there.
static void
test_false_answers (void) {
  assert_fails ("unsealed");
  assert_fails ("returned"); // the file that was asked about: it has no seals at all
  assert_fails ("short");
  assert_fails ("nowhere");
  assert_fails ("few");
  assert_fails ("many");
}

static void
assert_samples (PrcFrame *frame, char byte) {
  g_assert_cmpuint (prc_frame_size (frame), ==, 8);
  for (unsigned i = 0; i < 8; i++)
    g_assert_cmpint (((const char *)prc_frame_samples (frame))[i], ==, byte);
}

// What a codec writes into the shared memory after it answered is none of the picture, and it
// cannot pull the memory away.
static void
test_picture_stays (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) first = decode_word (pool, "memory", NULL, &error);
  g_assert_no_error (error);
  assert_samples (first, 'm');
  g_autoptr (PrcFrame) second = decode_word (pool, "zeal", NULL, &error);
  g_assert_no_error (error);
  assert_samples (second, 'z');
  assert_samples (first, 'm');
  g_autoptr (PrcFrame) third = decode_word (pool, "shrink", NULL, &error);
  g_assert_no_error (error);
  assert_samples (third, 's');
}

// Bytes on the socket that are no answer; the next request finds a sound codec again.
static void
test_babble (void) {
  assert_fails ("echo");
  assert_fails ("endless");
  assert_fails ("strange");
  assert_fails ("half");
  assert_fails ("garbage");
}

static GPtrArray *
describe_words (PrcCodecPool *pool, unsigned n, const char *(*word) (unsigned)) {
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  for (unsigned i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf ("f%u", i);
    g_ptr_array_add (paths, write_file (name, word (i)));
  }
  g_ptr_array_add (paths, NULL);
  g_autoptr (GError) error = NULL;
  GPtrArray *all = prc_codec_pool_describe (pool, (const char *const *)paths->pdata,
                                            PRC_PRIORITY_SCAN, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, n);
  return all;
}

static const char *
two_deadly (unsigned i) {
  return i == 3 || i == 170 ? "die" : i == 7 ? "refuse" : "1.2";
}

static void
test_guilty_alone (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autoptr (GPtrArray) all = describe_words (pool, 200, two_deadly);
  for (unsigned i = 0; i < all->len; i++) {
    PrcDescription *d = all->pdata[i];
    g_autofree char *name = g_strdup_printf ("f%u", i);
    g_assert_true (g_str_has_suffix (d->path, name));
    if (i == 3 || i == 170)
      g_assert_error (d->error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC);
    else if (i == 7)
      g_assert_error (d->error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED);
    else
      g_assert_cmpstr (prc_instance_info (d->instance)->sop_instance_uid, ==, "1.2");
  }
}

static const char *
one_hangs (unsigned i) {
  return i == 2 ? "hang" : "1.2";
}

static void
test_hanging_header (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  prc_codec_pool_set_time_limit (pool, 300);
  g_autoptr (GPtrArray) all = describe_words (pool, 4, one_hangs);
  for (unsigned i = 0; i < all->len; i++) {
    PrcDescription *d = all->pdata[i];
    g_assert_true ((d->error != NULL) == (i == 2));
  }
}

static void
test_no_regular_file (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autofree char *fifo = g_build_filename (folder, "fifo", NULL);
  g_autofree char *missing = g_build_filename (folder, "missing", NULL);
  g_autofree char *good = write_file ("good", "1.2");
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  const char *paths[] = {fifo, "/dev/zero", folder, missing, good, NULL};
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all =
      prc_codec_pool_describe (pool, paths, PRC_PRIORITY_SCAN, NULL, &error);
  g_assert_no_error (error);
  for (unsigned i = 0; i < 4; i++)
    g_assert_error (((PrcDescription *)all->pdata[i])->error, PRC_IMAGING_ERROR,
                    PRC_IMAGING_ERROR_IO);
  g_assert_nonnull (((PrcDescription *)all->pdata[4])->instance);
  g_remove (fifo);
}

static gpointer
cancel_soon (gpointer cancellable) {
  g_usleep (100000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

// The codec hangs, the limit is far: only the cancellation can bring the caller back, and only the
// end of the abandoned call lets the one process serve the next.
static void
test_cancel_running (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
  g_assert_null (decode_word (pool, "hang", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  assert_goes_on (pool);
}

static void
test_cancelled_before (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_cancellable_cancel (cancellable);
  g_assert_null (decode_word (pool, "hang", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_goes_on (pool);
}

typedef struct {
  GString *order;
  unsigned n_left;
} Order;

typedef struct {
  Order *order;
  char letter;
} Entry;

static void
on_decoded (GObject *source, GAsyncResult *result, gpointer data) {
  Entry *entry = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = prc_codec_pool_decode_finish (result, &error);
  g_string_append_c (entry->order->order,
                     error ? (char)g_ascii_tolower (entry->letter) : entry->letter);
  entry->order->n_left--;
}

static void
ask (PrcCodecPool *pool, PrcInstance *instance, PrcPriority priority, GCancellable *cancellable,
     Entry *entry) {
  entry->order->n_left++;
  prc_codec_pool_decode_async (pool, instance, 0, priority, cancellable, on_decoded, entry);
}

static void
wait_all (Order *order) {
  while (order->n_left)
    g_main_context_iteration (NULL, TRUE);
}

// The first request holds the only process (until its time is up); of the rest the more urgent come
// first and a cancelled one is told at once.
static void
test_order (void) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  prc_codec_pool_set_time_limit (pool, 500);
  g_autofree char *hang = write_file ("hang", "hang"), *good = write_file ("good", "good");
  g_autoptr (PrcInstance) slow = instance_of (hang), fast = instance_of (good);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GString) letters = g_string_new (NULL);
  Order order = {letters, 0};
  Entry entries[] = {{&order, 'A'}, {&order, 'B'}, {&order, 'C'}, {&order, 'D'}, {&order, 'E'}};
  ask (pool, slow, PRC_PRIORITY_VIEW, NULL, &entries[0]);
  g_usleep (100000);
  ask (pool, fast, PRC_PRIORITY_PREFETCH, NULL, &entries[1]);
  ask (pool, fast, PRC_PRIORITY_PREFETCH, cancellable, &entries[2]);
  ask (pool, fast, PRC_PRIORITY_VIEW, NULL, &entries[3]);
  ask (pool, fast, PRC_PRIORITY_VIEW, NULL, &entries[4]);
  g_cancellable_cancel (cancellable);
  wait_all (&order);
  g_assert_cmpstr (letters->str, ==, "caDEB");
}

static void
test_unref_with_pending (void) {
  PrcCodecPool *pool = prc_codec_pool_new (1);
  g_autofree char *hang = write_file ("hang", "hang");
  g_autoptr (PrcInstance) slow = instance_of (hang);
  g_autoptr (GString) letters = g_string_new (NULL);
  Order order = {letters, 0};
  Entry entries[] = {{&order, 'A'}, {&order, 'B'}};
  ask (pool, slow, PRC_PRIORITY_VIEW, NULL, &entries[0]);
  ask (pool, slow, PRC_PRIORITY_VIEW, NULL, &entries[1]);
  g_usleep (50000);
  prc_codec_pool_unref (pool);
  wait_all (&order);
  g_assert_cmpuint (letters->len, ==, 2);
  g_assert_true (g_ascii_islower (letters->str[0]) && g_ascii_islower (letters->str[1]));
}

static void
test_no_codec (void) {
  g_autofree char *kept = g_strdup (g_getenv ("PRECEDENT_CODEC"));
  g_setenv ("PRECEDENT_CODEC", "/nonexistent/codec", TRUE);
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_setenv ("PRECEDENT_CODEC", kept, TRUE);
  g_autofree char *good = write_file ("good", "good");
  const char *paths[] = {good, NULL};
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_codec_pool_describe (pool, paths, PRC_PRIORITY_SCAN, NULL, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC);
}

static void
remove_folder (void) {
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_remove (path);
  }
  g_rmdir (folder);
  g_free (folder);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_autofree char *fake = g_test_build_filename (G_TEST_BUILT, "imaging", "fake-codec", NULL);
  g_setenv ("PRECEDENT_CODEC", fake, TRUE);
  folder = g_dir_make_tmp ("precedent-pool-XXXXXX", NULL);
  g_test_add_func ("/codec/pool/breakdown", test_breakdown);
  g_test_add_func ("/codec/pool/time-limit", test_time_limit);
  g_test_add_func ("/codec/pool/false-answers", test_false_answers);
  g_test_add_func ("/codec/pool/picture-stays", test_picture_stays);
  g_test_add_func ("/codec/pool/babble", test_babble);
  g_test_add_func ("/codec/pool/guilty-alone", test_guilty_alone);
  g_test_add_func ("/codec/pool/hanging-header", test_hanging_header);
  g_test_add_func ("/codec/pool/no-regular-file", test_no_regular_file);
  g_test_add_func ("/codec/pool/cancel-running", test_cancel_running);
  g_test_add_func ("/codec/pool/cancelled-before", test_cancelled_before);
  g_test_add_func ("/codec/pool/order", test_order);
  g_test_add_func ("/codec/pool/unref-with-pending", test_unref_with_pending);
  g_test_add_func ("/codec/pool/no-codec", test_no_codec);
  int status = g_test_run ();
  remove_folder ();
  return status;
}
