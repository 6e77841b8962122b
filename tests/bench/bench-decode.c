// SPDX-License-Identifier: Apache-2.0
// bench-decode PEER FILE...: from a file to the values of its first frame, through the codec process,
// as a ratio to what PEER (peer-decode) takes for the same. The fastest of many, in turns: what else
// the machine does can only add.
#include <stdio.h>
#include <stdlib.h>

#include "prc-codec-pool.h"

#define CALLS 15
#define TURNS 5

static double
our_ms (PrcCodecPool *pool, PrcInstance *instance) {
  double fastest = G_MAXDOUBLE;
  for (unsigned i = 0; i < CALLS; i++) {
    gint64 start = g_get_monotonic_time ();
    g_autoptr (PrcFrame) frame =
        prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, NULL);
    fastest = MIN (fastest, frame ? (double)(g_get_monotonic_time () - start) / 1000 : 0);
  }
  return fastest;
}

static double
peer_ms (const char *peer, const char *path) {
  const char *argv[] = {peer, path, NULL};
  g_autofree char *out = NULL;
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL, NULL,
                NULL);
  return out ? g_ascii_strtod (out, NULL) : 0;
}

static void
bench (PrcCodecPool *pool, const char *peer, const char *path) {
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, NULL);
  if (!instance)
    return;
  double a = G_MAXDOUBLE, b = G_MAXDOUBLE;
  for (unsigned i = 0; i < TURNS; i++) {
    a = MIN (a, our_ms (pool, instance));
    b = MIN (b, peer_ms (peer, path));
  }
  const PrcInstanceInfo *info = prc_instance_info (instance);
  g_autofree char *name = g_path_get_basename (path);
  printf ("%-24s %-24s %4u x %4u  %7.2f ms  peer %7.2f ms  ", name, info->transfer_syntax_uid,
          info->columns, info->rows, a, b);
  if (a > 0 && b > 0)
    printf ("ratio %.2f\n", a / b);
  else
    printf ("%s\n", a > 0 ? "the peer does not read it" : "not read");
  fflush (stdout);
}

int
main (int argc, char **argv) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  for (int i = 2; i < argc; i++)
    bench (pool, argv[1], argv[i]);
  return argc > 2 ? 0 : 2;
}
