// SPDX-License-Identifier: Apache-2.0
// Every damaged and every odd file gives a result or a sentence; the pool is alive after each, and
// within its memory.
#include <string.h>
#include <sys/stat.h>

#include "prc-codec-pool.h"
#include "prc-imaging-error.h"

static PrcCodecPool *pool;

static void
collect (const char *folder, GPtrArray *paths) {
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      collect (path, paths);
    else
      g_ptr_array_add (paths, g_steal_pointer (&path));
  }
}

static GPtrArray *
files_of (const char *folder) {
  const char *data = g_getenv ("PRECEDENT_TEST_DATA");
  g_autofree char *full =
      g_build_filename (data ? data : "/nonexistent", "conformance", folder, NULL);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  collect (full, paths);
  if (paths->len == 0)
    g_test_skip ("no test data");
  return paths;
}

static void
assert_sentence (const GError *error) {
  g_assert_cmpint (error->domain, ==, PRC_IMAGING_ERROR);
  g_assert_cmpint (error->code, !=, PRC_IMAGING_ERROR_CODEC); // it did not even break down
  g_assert_cmpuint (strlen (error->message), >, 5);
  g_assert_false (g_str_has_suffix (error->message, "."));
}

static void
try_frame (PrcInstance *instance, uint32_t frame) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) decoded =
      prc_codec_pool_decode (pool, instance, frame, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_true ((decoded == NULL) != (error == NULL));
  if (error)
    assert_sentence (error);
}

static unsigned
try_file (const char *path) {
  const char *paths[] = {path, NULL};
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all =
      prc_codec_pool_describe (pool, paths, PRC_PRIORITY_SCAN, NULL, &error);
  g_test_message ("%s", path);
  g_assert_no_error (error);
  PrcDescription *d = all->pdata[0];
  g_assert_true ((d->instance == NULL) != (d->error == NULL));
  if (d->error) {
    g_assert_cmpint (d->error->domain, ==, PRC_IMAGING_ERROR);
    return 1;
  }
  try_frame (d->instance, 0);
  try_frame (d->instance, MAX (prc_instance_info (d->instance)->n_frames, 1) - 1);
  return 0;
}

static unsigned
try_folder (const char *folder) {
  g_autoptr (GPtrArray) paths = files_of (folder);
  unsigned refused = 0;
  for (unsigned i = 0; i < paths->len; i++)
    refused += try_file (paths->pdata[i]);
  return refused;
}

static void
test_malformed (void) {
  g_autoptr (GPtrArray) paths = files_of ("malformed");
  unsigned refused = try_folder ("malformed");
  if (paths->len)
    g_assert_cmpuint (refused, >, 40);
}

static void
test_odd (void) {
  try_folder ("pydicom");
  try_folder ("pydicom_charset");
  try_folder ("highdicom");
}

// A dump goes through every element, the header scan only through the first layer.
static void
test_dumps (void) {
  static const char *const folders[] = {"malformed", "pydicom", "pydicom_charset", "highdicom"};
  for (unsigned k = 0; k < G_N_ELEMENTS (folders); k++) {
    g_autoptr (GPtrArray) paths = files_of (folders[k]);
    for (unsigned i = 0; i < paths->len; i++) {
      g_autoptr (GError) error = NULL;
      g_autofree char *json = prc_codec_pool_dump_json (pool, paths->pdata[i], NULL, &error);
      g_test_message ("%s", (char *)paths->pdata[i]);
      g_assert_true ((json == NULL) != (error == NULL));
      if (error)
        assert_sentence (error);
      else
        g_assert_true (json[0] == '{' && g_utf8_validate (json, -1, NULL));
      g_autoptr (GError) why = NULL;
      g_autoptr (PrcElements) elements = prc_codec_pool_list (pool, paths->pdata[i], NULL, &why);
      g_assert_true ((elements == NULL) == (json == NULL));
    }
  }
}

// Thousands of files that are none, in one call.
static void
test_many_strangers (void) {
  const char *self = "/proc/self/exe";
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  for (unsigned i = 0; i < 2000; i++)
    g_ptr_array_add (paths, (gpointer)self);
  g_ptr_array_add (paths, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = prc_codec_pool_describe (pool, (const char *const *)paths->pdata,
                                                       PRC_PRIORITY_SCAN, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 2000);
  for (unsigned i = 0; i < all->len; i++)
    g_assert_error (((PrcDescription *)all->pdata[i])->error, PRC_IMAGING_ERROR,
                    PRC_IMAGING_ERROR_NOT_DICOM);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  g_test_add_func ("/codec/robust/malformed", test_malformed);
  g_test_add_func ("/codec/robust/odd", test_odd);
  g_test_add_func ("/codec/robust/dumps", test_dumps);
  g_test_add_func ("/codec/robust/many-strangers", test_many_strangers);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  return status;
}
