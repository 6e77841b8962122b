// SPDX-License-Identifier: Apache-2.0
#include "prc-index-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "prc-index-cells.h"

#define MAGIC "PRCidx01"
#define PAGE  4096

typedef struct {
  char magic[8];
  uint64_t sum; // of everything else but codes
  PrcIndexFileMark mark;
  uint64_t n, n_cells, n_series, n_modalities, n_cases, n_probes[2];
  uint32_t dimension, of_segments;
  float lost, reach;
} Header;

enum {
  CODES,
  SCALES,
  IDS,
  SERIES_OF,
  SLICES,
  STARTS,
  MIDDLES,
  MIDDLE_SCALES,
  SERIES,
  MODALITIES,
  N_SECTIONS
};

// Sizes of the sections, and where the file ends; of numbers that were checked.
static size_t
lay_out (const Header *header, size_t starts[N_SECTIONS], size_t sizes[N_SECTIONS]) {
  const size_t stride = prc_index_stride (header->dimension), n = header->n;
  const size_t all[N_SECTIONS] = {
      [CODES] = n * stride,
      [SCALES] = n * sizeof (float),
      [IDS] = n * sizeof (int64_t),
      [SERIES_OF] = n * sizeof (uint32_t),
      [SLICES] = header->of_segments ? n * sizeof (int64_t) : 0,
      [STARTS] = (header->n_cells + 1) * sizeof (uint32_t),
      [MIDDLES] = header->n_cells * stride,
      [MIDDLE_SCALES] = header->n_cells * sizeof (float),
      [SERIES] = header->n_series * sizeof (PrcIndexSeriesEntry),
      [MODALITIES] = header->n_modalities * PRC_INDEX_MODALITY,
  };
  size_t end = PAGE; // of the header
  for (int i = 0; i < N_SECTIONS; i++) {
    starts[i] = end;
    sizes[i] = all[i];
    end += (all[i] + PAGE - 1) / PAGE * PAGE;
  }
  return end;
}

// Eight bytes at a time: the whole of it is read whenever a library is opened.
static uint64_t
add_sum (uint64_t sum, const void *bytes, size_t n) {
  const char *at = bytes;
  uint64_t word;
  for (; n >= sizeof word; at += sizeof word, n -= sizeof word) {
    memcpy (&word, at, sizeof word);
    sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
    sum ^= sum >> 32;
  }
  for (; n > 0; at++, n--)
    sum = (sum ^ (uint8_t)*at) * 0x100000001b3u;
  return sum;
}

static uint64_t
sum_of (const Header *header, const void *const sections[N_SECTIONS],
        const size_t sizes[N_SECTIONS]) {
  Header plain = *header;
  plain.sum = 0;
  uint64_t sum = add_sum (0, &plain, sizeof plain);
  for (int i = CODES + 1; i < N_SECTIONS; i++)
    sum = add_sum (sum, sections[i], sizes[i]);
  return sum;
}

// --- writing

static bool
write_at (int file, const void *bytes, size_t n, size_t at) {
  const char *from = bytes;
  while (n > 0) {
    const ssize_t written = pwrite (file, from, n, (off_t)at);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    from += written;
    at += (size_t)written;
    n -= (size_t)written;
  }
  return true;
}

static bool
write_all (int file, const Header *header, const void *const sections[N_SECTIONS]) {
  size_t starts[N_SECTIONS], sizes[N_SECTIONS];
  const size_t end = lay_out (header, starts, sizes);
  bool ok = ftruncate (file, (off_t)end) == 0;
  for (int i = 0; ok && i < N_SECTIONS; i++)
    ok = write_at (file, sections[i], sizes[i], starts[i]);
  return ok && write_at (file, header, sizeof *header, 0) && fsync (file) == 0;
}

bool
prc_index_file_write (const PrcIndex *index, const char *path, const PrcIndexFileMark *mark) {
  const PrcIndexCells *cells = index->cells;
  if (!cells || index->n_parts != 1 || index->parts[0].gone)
    return false;
  const PrcIndexRun *run = index->parts[0].run;
  Header header; // with its gaps, which the sum is of, too
  memset (&header, 0, sizeof header);
  memcpy (header.magic, MAGIC, sizeof header.magic);
  header.mark = *mark;
  header.n = run->n;
  header.n_cells = cells->n;
  header.n_series = index->series.n;
  header.n_modalities = index->series.n_modalities;
  header.n_cases = index->series.n_cases;
  for (int i = 0; i < 2; i++)
    header.n_probes[i] = cells->n_probes[i];
  header.dimension = index->dimension;
  header.of_segments = index->of_segments;
  header.lost = run->lost;
  header.reach = run->reach;
  const void *sections[N_SECTIONS] = {
      run->codes,  run->scales,    run->ids,      run->series,           run->slices,
      run->starts, cells->middles, cells->scales, index->series.entries, index->series.modalities};
  size_t starts[N_SECTIONS], sizes[N_SECTIONS];
  lay_out (&header, starts, sizes);
  header.sum = sum_of (&header, sections, sizes);
  g_autofree char *partial = g_strconcat (path, ".part", NULL);
  g_unlink (partial);
  const int file = g_open (partial, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0)
    return false;
  const bool written = write_all (file, &header, sections);
  if (close (file) == 0 && written && g_rename (partial, path) == 0)
    return true;
  g_unlink (partial);
  return false;
}

// --- reading

static bool
is_sound (const Header *header, size_t length, const PrcIndexFileMark *mark, unsigned dimension,
          bool of_segments) {
  size_t starts[N_SECTIONS], sizes[N_SECTIONS];
  const uint64_t most = PRC_INDEX_RUN_MAX;
  return memcmp (header->magic, MAGIC, sizeof header->magic) == 0 &&
         memcmp (header->mark.mark, mark->mark, PRC_INDEX_MARK) == 0 &&
         header->mark.seq == mark->seq && header->dimension == dimension && dimension > 0 &&
         header->of_segments == (uint32_t)of_segments && header->n > 0 && header->n < most &&
         header->n_cells > 0 && header->n_cells < most && header->n_series > 0 &&
         header->n_series < most && header->n_modalities > 0 && header->n_modalities < most &&
         header->n_cases > 0 && header->n_cases <= header->n_series && header->n_probes[0] > 0 &&
         header->n_probes[0] <= header->n_cells && header->n_probes[1] > 0 &&
         header->n_probes[1] <= header->n_cells && isfinite (header->lost) &&
         isfinite (header->reach) && lay_out (header, starts, sizes) == length;
}

static bool
are_places_sound (const Header *header, const PrcIndexRun *run, const PrcIndexSeries *series) {
  uint32_t most = 0;
  for (size_t i = 0; i < run->n; i++)
    most = MAX (most, run->series[i]);
  for (size_t i = 0; i < run->n_cells; i++)
    if (run->starts[i] > run->starts[i + 1])
      return false;
  for (size_t i = 0; i < series->n; i++)
    if (series->entries[i].modality >= series->n_modalities ||
        series->entries[i].case_number >= series->n_cases)
      return false;
  for (size_t i = 0; i < series->n_modalities; i++)
    if (!memchr (series->modalities[i], 0, PRC_INDEX_MODALITY))
      return false;
  return most < header->n_series && run->starts[0] == 0 && run->starts[run->n_cells] == run->n;
}

static PrcIndexRun *
map_run (GMappedFile *mapped, const Header *header, const size_t starts[N_SECTIONS]) {
  char *file = g_mapped_file_get_contents (mapped);
  PrcIndexRun *run = g_atomic_rc_box_new0 (PrcIndexRun);
  run->mapped = g_mapped_file_ref (mapped);
  run->n = header->n;
  run->stride = prc_index_stride (header->dimension);
  run->codes = (uint8_t *)file + starts[CODES];
  run->scales = (void *)(file + starts[SCALES]);
  run->ids = (void *)(file + starts[IDS]);
  run->series = (void *)(file + starts[SERIES_OF]);
  run->slices = header->of_segments ? (void *)(file + starts[SLICES]) : NULL;
  run->starts = (void *)(file + starts[STARTS]);
  run->n_cells = header->n_cells;
  run->lost = header->lost;
  run->reach = header->reach;
  return run;
}

static PrcIndexCells *
map_cells (GMappedFile *mapped, const Header *header, const size_t starts[N_SECTIONS]) {
  char *file = g_mapped_file_get_contents (mapped);
  PrcIndexCells *cells = g_atomic_rc_box_new0 (PrcIndexCells);
  cells->mapped = g_mapped_file_ref (mapped);
  cells->n = header->n_cells;
  cells->stride = prc_index_stride (header->dimension);
  cells->middles = (uint8_t *)file + starts[MIDDLES];
  cells->scales = (void *)(file + starts[MIDDLE_SCALES]);
  for (int i = 0; i < 2; i++)
    cells->n_probes[i] = header->n_probes[i];
  cells->n_rows = header->n;
  return cells;
}

PrcIndex *
prc_index_file_read (const char *path, const PrcIndexFileMark *mark, unsigned dimension,
                     bool of_segments, PrcIndexVectors *vectors, uint64_t version) {
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (path, FALSE, NULL);
  const size_t length = mapped ? g_mapped_file_get_length (mapped) : 0;
  if (length < PAGE)
    return NULL;
  char *file = g_mapped_file_get_contents (mapped);
  const Header *header = (const Header *)(void *)file;
  if (!is_sound (header, length, mark, dimension, of_segments))
    return NULL;
  size_t starts[N_SECTIONS], sizes[N_SECTIONS];
  const void *sections[N_SECTIONS];
  lay_out (header, starts, sizes);
  for (int i = 0; i < N_SECTIONS; i++)
    sections[i] = file + starts[i];
  const PrcIndexSeries series = {(void *)(file + starts[SERIES]), header->n_series,
                                 (void *)(file + starts[MODALITIES]), header->n_modalities,
                                 header->n_cases};
  g_autoptr (PrcIndexRun) run = map_run (mapped, header, starts);
  if (sum_of (header, sections, sizes) != header->sum || !are_places_sound (header, run, &series))
    return NULL;
  madvise (file, length, MADV_WILLNEED); // comes while the first ones are looked for
  PrcIndex *index = prc_index_of_columns (dimension, vectors, &series, g_steal_pointer (&run));
  index->version = version;
  index->cells = map_cells (mapped, header, starts);
  return index;
}
