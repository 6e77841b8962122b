// SPDX-License-Identifier: Apache-2.0
// bench-search [--peers] [ROWS...]: a library of made vectors, as a file like any other, searched as
// the program does it; with --peers the indexes of others on the same vectors in the same run.
//
// The vectors: regions of the body, cases that lie about them, slices that move along a smooth path
// with noise; queries are slices of cases that are not there. "chance" instead is directions without
// any order, the worst that can be. Recall is against a comparison with every vector. Times of a
// search are those of the thread: on a machine that others use, too, the clock on the wall says more
// about them, so both stand there.
#include <glib/gstdio.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "peer-search.h"
#include "prc-index-file.h"
#include "prc-library-private.h"

#define DIMENSION 128
#define PER_CASE  100
#define REGIONS   48
#define QUERIES   200
#define K         10
#define MODEL     "bench"

typedef struct {
  float spread[DIMENSION], regions[REGIONS][DIMENSION], paths[2 * REGIONS][DIMENSION];
  GRand *random;
  gboolean chance;
} World;

typedef struct {
  size_t n;
  float *vectors, *queries;
  int64_t (*truth)[K];
  char *path;
} Bench;

// --- vectors

static float
normal (World *world) {
  const double u = 1 - g_rand_double (world->random), v = g_rand_double (world->random);
  return (float)(sqrt (-2 * log (u)) * cos (2 * G_PI * v));
}

static void
draw (World *world, float *vector, float size) {
  for (int i = 0; i < DIMENSION; i++)
    vector[i] = normal (world) * world->spread[i] * size;
}

static void
make_world (World *world, gboolean chance) {
  double square = 0;
  world->random = g_rand_new_with_seed (42);
  world->chance = chance;
  for (int i = 0; i < DIMENSION; i++) {
    world->spread[i] = chance ? 1 : powf (1 + (float)i / 6, -.75f);
    square += pow (world->spread[i], 2);
  }
  for (int i = 0; i < DIMENSION; i++)
    world->spread[i] /= (float)sqrt (square);
  for (int i = 0; i < REGIONS; i++) {
    draw (world, world->regions[i], 1);
    draw (world, world->paths[2 * i], .7f);
    draw (world, world->paths[2 * i + 1], .7f);
  }
}

static void
make_unit (float *vector) {
  double square = 0;
  for (int i = 0; i < DIMENSION; i++)
    square += (double)vector[i] * vector[i];
  for (int i = 0; i < DIMENSION; i++)
    vector[i] /= (float)sqrt (square);
}

static void
make_case (World *world, float *vectors) {
  const double share = g_rand_double (world->random);
  const int region = (int)(share * share * REGIONS); // some are seen more often
  float own[3][DIMENSION];
  draw (world, own[0], .55f);
  draw (world, own[1], .25f);
  draw (world, own[2], .25f);
  const double from = .6 * g_rand_double (world->random);
  const double length = 1.2 + 1.6 * g_rand_double (world->random);
  for (int slice = 0; slice < PER_CASE; slice++) {
    float *vector = vectors + slice * DIMENSION;
    const double angle = from + length * slice / PER_CASE;
    for (int i = 0; i < DIMENSION; i++) {
      const float noise =
          .22f * normal (world) * (.5f * world->spread[i] + .5f / sqrtf (DIMENSION));
      const float placed = world->regions[region][i] + own[0][i] +
                           (float)cos (angle) * (world->paths[2 * region][i] + own[1][i]) +
                           (float)sin (angle) * (world->paths[2 * region + 1][i] + own[2][i]);
      vector[i] = world->chance ? normal (world) : placed + noise;
    }
    make_unit (vector);
  }
}

static void
make_vectors (Bench *bench, gboolean chance) {
  World world;
  float one[PER_CASE * DIMENSION];
  make_world (&world, chance);
  bench->vectors = g_new (float, bench->n *DIMENSION);
  bench->queries = g_new (float, QUERIES *DIMENSION);
  for (size_t i = 0; i < bench->n; i += PER_CASE)
    make_case (&world, bench->vectors + i * DIMENSION);
  for (int i = 0; i < QUERIES; i++) {
    if (i % 4 == 0)
      make_case (&world, one);
    memcpy (bench->queries + i * DIMENSION,
            one + g_rand_int_range (world.random, 0, PER_CASE) * DIMENSION,
            DIMENSION * sizeof (float));
  }
  g_rand_free (world.random);
}

// --- a library of them, behind the program's back: nobody has so many pictures here

static void
must (gboolean ok, GError *error) {
  if (ok)
    return;
  g_printerr ("%s\n", error ? error->message : "failed");
  exit (1);
}

static void
insert (sqlite3 *db, const char *sql, size_t n, size_t per, const float *vectors) {
  GError *error = NULL;
  g_autoptr (sqlite3_stmt) statement = prc_sql_prepare (db, sql, &error);
  must (statement != NULL, error);
  for (size_t i = 0; i < n; i++) {
    const gint64 id = (gint64)i + 1, parent = (gint64)(i / per) + 1;
    if (vectors)
      prc_sql_bind (statement, "ib", id, vectors + i * DIMENSION, DIMENSION * sizeof (float));
    else
      prc_sql_bind (statement, "ii", id, parent);
    must (prc_sql_run (statement, &error), error);
  }
}

static void
make_library (const Bench *bench) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcLibrary) library = prc_library_open (bench->path, &error);
  must (library != NULL, error);
  sqlite3 *db = library->db;
  const size_t cases = bench->n / PER_CASE;
  must (prc_sql_exec (db, "PRAGMA synchronous = OFF; BEGIN", &error), error);
  insert (db,
          "INSERT INTO cases (id, key, title, diagnosis, findings, note, outcome, added, sum)"
          " VALUES (?1, 'folder:' || ?2, 'Case', '', '', '', '', '', 0)",
          cases, 1, NULL);
  insert (db,
          "INSERT INTO studies (id, case_id, study_uid, patient, patient_id, sum)"
          " VALUES (?1, ?2, ?2, ?2, '', 0)",
          cases, 1, NULL);
  insert (db,
          "INSERT INTO series (id, study_id, key, series_uid, modality, body_part, description,"
          " n_slices, sum) VALUES (?1, ?2, ?2, ?2, 'CT', '', '', 100, 0)",
          cases, 1, NULL);
  insert (db,
          "INSERT INTO slices (id, series_id, sop_uid, frame, place, path, sum)"
          " VALUES (?1, ?2, ?1, 0, 0, '', 0)",
          bench->n, PER_CASE, NULL);
  must (prc_sql_exec (db, "INSERT INTO models VALUES (1, '" MODEL "', 128, 0)", &error), error);
  insert (db, "INSERT INTO embeddings (slice_id, model_id, vector, sum) VALUES (?1, 1, ?2, 0)",
          bench->n, 1, bench->vectors);
  must (prc_sql_exec (db, "COMMIT", &error), error);
}

// --- measuring

typedef struct {
  double wall, thread; // milliseconds
} Time;

static Time
now (void) {
  struct timespec wall, thread;
  clock_gettime (CLOCK_MONOTONIC, &wall);
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &thread);
  return (Time){(double)wall.tv_sec * 1e3 + (double)wall.tv_nsec / 1e6,
                (double)thread.tv_sec * 1e3 + (double)thread.tv_nsec / 1e6};
}

static Time
since (Time start) {
  const Time end = now ();
  return (Time){end.wall - start.wall, end.thread - start.thread};
}

static int
compare (const void *a, const void *b) {
  return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static double
memory_mb (void) { // of this process, that is its own or mapped and in use
  g_autofree char *status = NULL;
  g_file_get_contents ("/proc/self/status", &status, NULL, NULL);
  const char *line = status ? strstr (status, "VmRSS:") : NULL;
  return line ? g_ascii_strtod (line + strlen ("VmRSS:"), NULL) / 1024 : 0;
}

typedef void (*Find) (gpointer index, const float *query, int64_t *rows);

// One line of the table; `built` of making it.
static double
measure (const Bench *bench, const char *name, Time built, double megabytes, Find find,
         gpointer index, gboolean print) {
  double wall[QUERIES], thread[QUERIES];
  size_t n_found = 0;
  int64_t rows[K];
  find (index, bench->queries, rows); // warm
  for (int i = 0; i < QUERIES; i++) {
    const Time start = now ();
    find (index, bench->queries + i * DIMENSION, rows);
    const Time took = since (start);
    wall[i] = took.wall;
    thread[i] = took.thread;
    for (int a = 0; a < K; a++)
      for (int b = 0; bench->truth && b < K; b++)
        n_found += rows[a] == bench->truth[i][b];
  }
  qsort (wall, QUERIES, sizeof *wall, compare);
  qsort (thread, QUERIES, sizeof *thread, compare);
  const double recall = bench->truth ? (double)n_found / (QUERIES * K) : 1;
  if (print)
    g_print ("%zu\t%s\t%.1f\t%.1f\t%.0f\t%.4f\t%.3f\t%.3f\t%.3f\t%.3f\n", bench->n, name,
             built.wall / 1e3, built.thread / 1e3, megabytes, recall, thread[QUERIES / 2],
             thread[QUERIES * 99 / 100], wall[QUERIES / 2], wall[QUERIES * 99 / 100]);
  return recall;
}

static void
take_rows (const PrcIndexHit *hits, size_t n, int64_t *rows) {
  for (size_t i = 0; i < K; i++)
    rows[i] = i < n ? hits[i].slice_id - 1 : -1;
}

static void
find_near (gpointer index, const float *query, int64_t *rows) {
  PrcIndexHit hits[K];
  take_rows (hits, prc_index_search (index, query, K, NULL, hits), rows);
}

static void
find_exact (gpointer index, const float *query, int64_t *rows) {
  PrcIndexHit hits[K];
  const PrcIndexScope scope = {NULL, NULL, true};
  take_rows (hits, prc_index_search (index, query, K, &scope, hits), rows);
}

static void
find_cases (gpointer index, const float *query, int64_t *rows) {
  PrcIndexHit hits[K];
  take_rows (hits, prc_index_search_cases (index, query, K, NULL, hits), rows);
}

static void
find_peer (gpointer index, const float *query, int64_t *rows) {
  peer_search_find (index, query, K, rows);
}

static void
find_truth (Bench *bench, gpointer index) {
  int64_t (*truth)[K] = g_malloc_n (QUERIES, sizeof *truth);
  for (int i = 0; i < QUERIES; i++)
    find_exact (index, bench->queries + i * DIMENSION, truth[i]);
  bench->truth = truth;
}

// --- ours

static PrcIndex *
open_index (const Bench *bench, PrcLibrary **library) {
  GError *error = NULL;
  *library = prc_library_open (bench->path, &error);
  must (*library != NULL, error);
  PrcIndex *index = prc_library_index (*library, MODEL, &error);
  must (index != NULL, error);
  return index;
}

static void
bench_cells (Bench *bench, PrcLibrary *library, PrcIndex *flat) {
  const Time start = now ();
  g_autoptr (PrcIndex) parted = prc_index_with_cells (flat, NULL);
  const Time built = since (start);
  const PrcIndexFileMark mark = prc_library_new_index_mark (library, FALSE);
  g_autofree char *path = prc_library_index_path (library, FALSE);
  must (prc_index_file_write (parted, path, &mark), NULL);
  must (prc_library_keep_index_file (library, FALSE, &mark, NULL), NULL);
  measure (bench, "cells", built, (double)bench->n * 144e-6, find_near, parted, TRUE);
  g_autofree int64_t *truth = (int64_t *)(void *)g_steal_pointer (&bench->truth);
  measure (bench, "cells, 10 cases", built, (double)bench->n * 144e-6, find_cases, parted, TRUE);
  bench->truth = (void *)g_steal_pointer (&truth);
}

// From the file, as after a start of the program: how long until the first answer.
static void
bench_start (const Bench *bench, const char *name) {
  PrcLibrary *library;
  int64_t rows[K];
  const double before = memory_mb ();
  const Time start = now ();
  g_autoptr (PrcIndex) index = open_index (bench, &library);
  find_near (index, bench->queries, rows);
  const Time first = since (start);
  measure (bench, name, first, memory_mb () - before, find_near, index, TRUE);
  prc_library_close (library);
}

static void
bench_ours (Bench *bench) {
  PrcLibrary *library;
  const Time start = now ();
  g_autoptr (PrcIndex) flat = open_index (bench, &library);
  const Time built = since (start);
  find_truth (bench, flat);
  measure (bench, "scan", built, (double)bench->n * 144e-6, find_near, flat, TRUE);
  bench_cells (bench, library, flat);
  prc_library_close (library);
  bench_start (bench, "start to first answer");
}

// --- others: the least effort with which they find 99 of 100, or the most

static void
bench_peer (const Bench *bench, const char *name) {
  const struct mallinfo2 before = mallinfo2 ();
  const Time start = now ();
  PeerIndex *peer = peer_search_build (name, bench->vectors, bench->n, DIMENSION);
  const Time built = since (start);
  const struct mallinfo2 after = mallinfo2 ();
  const double bytes =
      (double)(after.uordblks + after.hblkhd) - (double)before.uordblks - (double)before.hblkhd;
  for (unsigned effort = 8; effort <= 1024; effort *= 2) {
    peer_search_set_effort (peer, effort);
    const double recall = measure (bench, name, built, bytes / 1e6, find_peer, peer, FALSE);
    if (recall < .99 && effort < 1024)
      continue;
    g_autofree char *row = g_strdup_printf ("%s %u", name, effort);
    measure (bench, row, built, bytes / 1e6, find_peer, peer, TRUE);
    break;
  }
  peer_search_free (peer);
}

static void
bench_rows (size_t n, gboolean chance, gboolean peers) {
  g_autofree char *folder = g_dir_make_tmp ("precedent-bench-XXXXXX", NULL);
  Bench bench = {.n = n / PER_CASE * PER_CASE};
  bench.path = g_build_filename (folder, "library.sqlite", NULL);
  make_vectors (&bench, chance);
  make_library (&bench);
  bench_ours (&bench);
  for (const char *const *name = peer_search_names (); peers && *name; name++)
    bench_peer (&bench, *name);
  g_autofree char *index = g_strconcat (bench.path, "-slices.index", NULL);
  g_unlink (index);
  g_unlink (bench.path);
  g_rmdir (folder);
  g_free (bench.path);
  g_free (bench.vectors);
  g_free (bench.queries);
  g_free (bench.truth);
}

int
main (int argc, char **argv) {
  gboolean peers = FALSE, chance = FALSE;
  const GOptionEntry entries[] = {
      {"peers", 0, 0, G_OPTION_ARG_NONE, &peers, "Measure others, too", NULL},
      {"chance", 0, 0, G_OPTION_ARG_NONE, &chance, "Directions without order", NULL},
      {NULL}};
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("[ROWS...]");
  g_option_context_add_main_entries (context, entries, NULL);
  must (g_option_context_parse (context, &argc, &argv, &error), error);
  setvbuf (stdout, NULL, _IOLBF, 0);
  g_print ("rows\twhat\tbuild s\tthread s\tMB\trecall@10\tp50 ms\tp99 ms\twall p50\twall p99\n");
  for (int i = 1; i < argc; i++)
    bench_rows (g_ascii_strtoull (argv[i], NULL, 10), chance, peers);
  return 0;
}
