// SPDX-License-Identifier: Apache-2.0
// bench-segment PEER... -- FILE...: what it takes from a segmentation's file to its masks in the
// viewer. Medians; each peer (a program that prints milliseconds and the pixels it found) reads the
// same files in the same run, and so does a sum over the bytes of the file: memory's own speed.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prc-codec-pool.h"

#define RUNS 5

static int
compare (const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static double
median (double *ms) {
  qsort (ms, RUNS, sizeof *ms, compare);
  return ms[RUNS / 2];
}

static double
ms_since (gint64 start) {
  return (double)(g_get_monotonic_time () - start) / 1000;
}

// What no way of reading all bytes can be faster than.
static double
sum_ms (const char *path) {
  double ms[RUNS];
  volatile uint64_t kept;

  for (int run = 0; run < RUNS; run++) {
    g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
    gint64 start = g_get_monotonic_time ();
    const char *bytes = g_mapped_file_get_contents (file);
    uint64_t sum = 0;

    for (gsize at = 0; at + 8 <= g_mapped_file_get_length (file); at += 8) {
      uint64_t word;

      memcpy (&word, bytes + at, 8);
      sum += word;
    }
    kept = sum;
    ms[run] = ms_since (start);
  }
  (void)kept;
  return median (ms);
}

static double
ours_ms (PrcCodecPool *pool, PrcInstance *instance, PrcSegmentation **read) {
  double ms[RUNS];

  for (int run = 0; run < RUNS; run++) {
    gint64 start = g_get_monotonic_time ();

    g_clear_pointer (read, prc_segmentation_unref);
    *read = prc_codec_pool_segment (pool, instance, 0.5, PRC_PRIORITY_VIEW, NULL, NULL);
    ms[run] = ms_since (start);
  }
  return median (ms);
}

// 0 when it does not read the file.
static double
peer_ms (const char *peer, const char *path, uint64_t *pixels) {
  char *argv[] = {(char *)peer, (char *)path, NULL};
  double ms[RUNS];

  for (int run = 0; run < RUNS; run++) {
    g_autofree char *out = NULL;
    int status;
    char *end;

    if (!g_spawn_sync (NULL, argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL,
                       &status, NULL) ||
        status != 0)
      return 0;
    ms[run] = g_ascii_strtod (out, &end);
    *pixels = g_ascii_strtoull (end, NULL, 10);
  }
  return median (ms);
}

static void
bench (PrcCodecPool *pool, char **peers, const char *path) {
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, NULL);
  g_autoptr (PrcSegmentation) read = NULL;
  g_autofree char *name = g_path_get_basename (path);
  const PrcSegmentationInfo *info;
  double ours, sum;
  uint64_t set = 0;
  size_t size = 0;

  if (instance == NULL)
    return;
  ours = ours_ms (pool, instance, &read);
  if (read == NULL)
    return;
  info = prc_segmentation_info (read);
  sum = sum_ms (path);
  for (uint32_t i = 0; i < info->n_frames; i++) {
    set += prc_mask_area (info->frames[i].mask);
    size += prc_mask_size (info->frames[i].mask) + sizeof (PrcSegmentFrame);
  }
  printf (
      "  %s: %u segments, %u masks: %.0f ms, %.1f x a sum of its bytes; %.1f MB in the viewer\n",
      name, info->n_segments, info->n_frames, ours, ours / sum, (double)size / 1e6);
  for (; *peers != NULL && strcmp (*peers, "--") != 0; peers++) {
    g_autofree char *peer = g_path_get_basename (*peers);
    uint64_t pixels = 0;
    double ms = peer_ms (*peers, path, &pixels);

    if (ms > 0)
      printf ("    %s: %.0f ms, ratio %.4f%s\n", peer, ms, ours / ms,
              pixels == set ? "" : ", NOT THE SAME PIXELS");
    else
      printf ("    %s does not read it\n", peer);
  }
}

int
main (int argc, char **argv) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  int first = 1;

  while (first < argc && strcmp (argv[first], "--") != 0)
    first++;
  for (int i = first + 1; i < argc; i++)
    bench (pool, argv + 1, argv[i]);
  return 0;
}
