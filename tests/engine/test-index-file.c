// SPDX-License-Identifier: Apache-2.0
#include "prc-index-file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define N         600
#define DIMENSION 24
#define HEADER    112 // bytes of it

typedef struct {
  float *vectors;
  PrcIndex *index; // in cells
  PrcIndexVectors *source;
  char *folder, *path;
  PrcIndexFileMark mark;
} Fixture;

static void
fetch (gpointer data, const int64_t *ids, size_t n, unsigned stride, float *vectors) {
  for (size_t i = 0; i < n; i++) {
    if (ids[i] >= 1 && ids[i] <= N)
      memcpy (vectors + i * stride, (float *)data + (ids[i] - 1) * DIMENSION,
              DIMENSION * sizeof (float));
    else
      vectors[i * stride] = NAN;
  }
}

static void
set_up (Fixture *fixture, gconstpointer of_segments) {
  GRand *random = g_rand_new_with_seed (21);
  fixture->vectors = g_new (float, N *DIMENSION);
  for (int i = 0; i < N * DIMENSION; i++)
    fixture->vectors[i] = (float)g_rand_double_range (random, -.3, .3);
  fixture->source = prc_index_vectors_new (fetch, fixture->vectors, NULL);
  PrcIndexBuilder *builder =
      prc_index_builder_new (DIMENSION, of_segments != NULL, fixture->source);
  for (int i = 0; i < N; i++) {
    PrcIndexEntry entry = {
        .slice_id = i + 1, .case_id = i / 30, .series_id = i / 10, .patient = (uint32_t)i / 30};
    if (of_segments)
      entry = (PrcIndexEntry){
          .slice_id = i / 2 + 7, .segment_id = i + 1, .case_id = i / 30, .series_id = i / 10};
    g_strlcpy (entry.modality, i < 300 ? "CT" : "MR", sizeof entry.modality);
    prc_index_builder_add (builder, &entry, fixture->vectors + i * DIMENSION);
  }
  g_autoptr (PrcIndex) plain = prc_index_builder_end (builder, 5);
  fixture->index = prc_index_with_cells (plain, NULL);
  fixture->folder = g_dir_make_tmp ("precedent-index-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "index", NULL);
  fixture->mark = (PrcIndexFileMark){{1, 2, 3}, 77};
  g_assert_true (prc_index_file_write (fixture->index, fixture->path, &fixture->mark));
  g_assert_false (prc_index_file_write (plain, fixture->path, &fixture->mark)); // no cells
  g_rand_free (random);
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  prc_index_unref (fixture->index);
  prc_index_vectors_unref (fixture->source);
  g_free (fixture->vectors);
  g_unlink (fixture->path);
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static PrcIndex *
read_file (Fixture *fixture, gconstpointer of_segments) {
  return prc_index_file_read (fixture->path, &fixture->mark, DIMENSION, of_segments != NULL,
                              fixture->source, 9);
}

static void
assert_same_hits (const PrcIndex *a, const PrcIndex *b, const float *query) {
  for (int exact = 0; exact < 2; exact++) {
    const PrcIndexScope scope = {NULL, NULL, exact};
    PrcIndexHit left[20], right[20];
    const size_t n = prc_index_search (a, query, 20, &scope, left);
    g_assert_cmpuint (n, ==, 20);
    g_assert_cmpuint (prc_index_search (b, query, 20, &scope, right), ==, n);
    for (size_t i = 0; i < n; i++) {
      g_assert_cmpint (left[i].slice_id, ==, right[i].slice_id);
      g_assert_cmpint (left[i].segment_id, ==, right[i].segment_id);
      g_assert_cmpint (left[i].case_id, ==, right[i].case_id);
      g_assert_cmpstr (left[i].modality, ==, right[i].modality);
      g_assert_cmpfloat (left[i].cosine, ==, right[i].cosine);
    }
  }
}

static void
test_round_trip (Fixture *fixture, gconstpointer of_segments) {
  g_autoptr (PrcIndex) index = read_file (fixture, of_segments);
  g_assert_nonnull (index);
  g_assert_cmpuint (prc_index_length (index), ==, N);
  g_assert_cmpuint (prc_index_version (index), ==, 9);
  g_assert_true (prc_index_has_cells (index));
  for (int i = 0; i < N; i += 37)
    assert_same_hits (fixture->index, index, fixture->vectors + i * DIMENSION);
}

static void
test_other_marks (Fixture *fixture, gconstpointer data) {
  PrcIndexFileMark mark = fixture->mark;
  mark.mark[15] = 1;
  g_assert_null (prc_index_file_read (fixture->path, &mark, DIMENSION, false, fixture->source, 0));
  mark = fixture->mark;
  mark.seq++;
  g_assert_null (prc_index_file_read (fixture->path, &mark, DIMENSION, false, fixture->source, 0));
  mark = fixture->mark;
  g_assert_null (prc_index_file_read (fixture->path, &mark, 64, false, fixture->source, 0));
  g_assert_null (prc_index_file_read (fixture->path, &mark, DIMENSION, true, fixture->source, 0));
  g_assert_null (prc_index_file_read ("/nowhere", &mark, DIMENSION, false, fixture->source, 0));
}

static void
write_bytes (const char *path, const char *bytes, gsize at, gsize n) {
  const int file = g_open (path, O_WRONLY);
  g_assert_cmpint (file, >=, 0);
  g_assert_cmpint (pwrite (file, bytes, n, (off_t)at), ==, (gssize)n);
  close (file);
}

// A byte that flipped is noticed wherever a place or a length depends on it; a file that ends early
// is no file.
static void
test_damage (Fixture *fixture, gconstpointer data) {
  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &length, NULL));
  GRand *random = g_rand_new_with_seed (22);
  const gsize ends[] = {0, 1, 100, 4095, 4096, length / 2, length - 4096, length - 1};
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_assert_cmpint (truncate (fixture->path, 0), ==, 0);
    write_bytes (fixture->path, bytes, 0, ends[i]);
    g_assert_null (read_file (fixture, NULL));
  }
  guint noticed = 0, harmless = 0;
  write_bytes (fixture->path, bytes, 0, length);
  for (gsize round = 0; round < 400; round++) { // all of the header, and anywhere
    const gsize at = round < HEADER ? round : (gsize)g_rand_int_range (random, 0, (gint32)length);
    const char flipped = bytes[at] ^ (char)(1 << g_rand_int_range (random, 0, 8));
    write_bytes (fixture->path, &flipped, at, 1);
    g_autoptr (PrcIndex) index = read_file (fixture, NULL);
    PrcIndexHit hits[20];
    g_assert_true (!index || at >= HEADER); // codes, and gaps between the sections
    if (index)
      g_assert_cmpuint (prc_index_search (index, fixture->vectors, 20, NULL, hits), >=, 19);
    noticed += !index;
    harmless += index != NULL;
    write_bytes (fixture->path, bytes + at, at, 1);
  }
  g_assert_cmpuint (noticed, >, HEADER);
  g_assert_cmpuint (harmless, >, 100);
  g_rand_free (random);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/index-file/round-trip", Fixture, NULL, set_up, test_round_trip, tear_down);
  g_test_add ("/index-file/segments", Fixture, "segments", set_up, test_round_trip, tear_down);
  g_test_add ("/index-file/other-marks", Fixture, NULL, set_up, test_other_marks, tear_down);
  g_test_add ("/index-file/damage", Fixture, NULL, set_up, test_damage, tear_down);
  return g_test_run ();
}
