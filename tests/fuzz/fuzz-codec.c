// SPDX-License-Identifier: Apache-2.0
// fuzz-codec SECONDS SEED FILE...: mutates the files and sends them through the codec. Says how
// many requests ended how; a breakdown of the codec is counted and its mutant kept in the current
// folder. Not part of the tests.
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>

#include "prc-codec-pool.h"
#include "prc-imaging-error.h"

static unsigned n_good, n_refused, n_broken;

static void
mutate (GRand *rand, guint8 *bytes, gsize *size) {
  if (*size < 2)
    return;
  // Half of the changes go to the header, where structure is.
  gsize reach = g_rand_boolean (rand) ? MIN (*size, 2048) : *size;
  unsigned n = (unsigned)g_rand_int_range (rand, 1, 12);
  for (unsigned i = 0; i < n; i++) {
    gsize at = (gsize)g_rand_int_range (rand, 0, (gint32)reach);
    static const guint8 edges[] = {0, 1, 0x7F, 0x80, 0xFE, 0xFF};
    bytes[at] =
        g_rand_boolean (rand) ? edges[g_rand_int_range (rand, 0, 6)] : (guint8)g_rand_int (rand);
  }
  if (g_rand_int_range (rand, 0, 8) == 0)
    *size = (gsize)g_rand_int_range (rand, 1, (gint32)*size);
}

static void
count (const GError *error, const char *path, unsigned number) {
  if (!error) {
    n_good++;
  } else if (!g_error_matches (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC)) {
    n_refused++;
  } else {
    g_autofree char *kept = g_strdup_printf ("broken-%u.dcm", number);
    g_autofree char *bytes = NULL;
    gsize size;
    n_broken++;
    if (g_file_get_contents (path, &bytes, &size, NULL))
      g_file_set_contents (kept, bytes, (gssize)size, NULL);
    printf ("%s: %s\n", kept, error->message);
  }
}

static void
try_file (PrcCodecPool *pool, const char *path, unsigned number) {
  const char *paths[] = {path, NULL};
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all =
      prc_codec_pool_describe (pool, paths, PRC_PRIORITY_SCAN, NULL, &error);
  if (!all) {
    count (error, path, number);
    return;
  }
  PrcDescription *d = all->pdata[0];
  count (d->error, path, number);
  g_autofree char *json = prc_codec_pool_dump_json (pool, path, NULL, &error);
  count (error, path, number);
  g_clear_error (&error);
  if (!d->instance)
    return;
  g_autoptr (PrcFrame) frame =
      prc_codec_pool_decode (pool, d->instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
  count (error, path, number);
}

int
main (int argc, char **argv) {
  if (argc < 4) {
    fprintf (stderr, "fuzz-codec SECONDS SEED FILE...\n");
    return 2;
  }
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32)atoi (argv[2]));
  g_autofree char *path = NULL;
  g_close (g_file_open_tmp ("precedent-fuzz-XXXXXX", &path, NULL), NULL);
  prc_codec_pool_set_time_limit (pool, 10000);
  gint64 end = g_get_monotonic_time () + (gint64)atoi (argv[1]) * G_USEC_PER_SEC;
  unsigned number = 0;
  for (; g_get_monotonic_time () < end; number++) {
    g_autofree char *bytes = NULL;
    gsize size;
    if (!g_file_get_contents (argv[3 + g_rand_int_range (rand, 0, argc - 3)], &bytes, &size, NULL))
      continue;
    mutate (rand, (guint8 *)bytes, &size);
    g_file_set_contents (path, bytes, (gssize)size, NULL);
    try_file (pool, path, number);
  }
  g_remove (path);
  printf ("%u mutants: %u requests answered, %u refused with a sentence, %u broke the codec\n",
          number, n_good, n_refused, n_broken);
  return n_broken != 0;
}
