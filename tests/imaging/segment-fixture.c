// SPDX-License-Identifier: Apache-2.0
#include "segment-fixture.h"

#include <string.h>

#include "fixture.h"
#include "prc-scan.h"

PrcSeries *
prc_segment_fixture_scan (PrcCodecPool *pool, const char *path) {
  g_autoptr (GError) error = NULL;
  const char *paths[] = {path, NULL};
  g_autoptr (PrcScan) scan = prc_scan (pool, paths, PRC_PRIORITY_SCAN, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scan->series->len, >=, 1);
  return prc_series_ref (scan->series->pdata[0]);
}

PrcSeries *
prc_segment_fixture_series (PrcCodecPool *pool, const char *folder,
                            const PrcSegmentSeriesPlan *plan) {
  for (unsigned i = 0; i < plan->n_slices; i++) {
    g_autofree char *path = g_strdup_printf ("%s/%03u.dcm", folder, i);
    PrcFixtureSlice slice = {.study = 7,
                             .series = 3,
                             .instance = i + 1,
                             .rows = plan->rows,
                             .columns = plan->columns,
                             .spacing_mm = {0.7, 0.45}};
    for (unsigned k = 0; k < 3; k++)
      slice.position_mm[k] = -100.125 + plan->step_mm[k] * i;
    memcpy (slice.orientation, plan->orientation, sizeof slice.orientation);
    prc_fixture_write (path, &slice);
  }
  PrcSeries *series = prc_segment_fixture_scan (pool, folder);
  g_assert_cmpuint (prc_series_length (series), ==, plan->n_slices);
  return series;
}

static PrcMask *
random_mask (GRand *rand, uint32_t rows, uint32_t columns) {
  g_autofree uint8_t *bytes = g_malloc0 ((size_t)rows * columns);
  unsigned kind = (unsigned)g_rand_int_range (rand, 0, 6);
  double y = g_rand_double_range (rand, 0, rows), x = g_rand_double_range (rand, 0, columns);
  double radius = g_rand_double_range (rand, 1, columns / 2.0 + 1);

  if (kind == 0)
    return NULL;
  for (uint32_t r = 0; r < rows; r++)
    for (uint32_t c = 0; c < columns; c++) {
      double distance = (r - y) * (r - y) + (c - x) * (c - x);
      bool blob = distance < radius * radius, hole = distance < radius * radius / 5;
      bytes[r * columns + c] = kind == 1   ? 1
                               : kind == 2 ? blob
                               : kind == 3 ? blob && !hole
                               : kind == 4 ? g_rand_int_range (rand, 0, 7) == 0
                                           : r == (uint32_t)y || c == (uint32_t)x;
    }
  return prc_mask_new_from_bytes (rows, columns, bytes, columns);
}

static void
unref_mask (gpointer mask) {
  if (mask)
    prc_mask_unref (mask);
}

PrcSegmentStack *
prc_segment_fixture_random_stack (GRand *rand, uint32_t n_slices, uint32_t rows, uint32_t columns) {
  g_autoptr (GPtrArray) masks = g_ptr_array_new_with_free_func (unref_mask);
  for (uint32_t i = 0; i < n_slices; i++)
    g_ptr_array_add (masks, random_mask (rand, rows, columns));
  return prc_segment_stack_new ((PrcMask *const *)masks->pdata, n_slices);
}

// ---- frames ----

static char *
digest (const PrcMask *mask) {
  uint32_t rows = prc_mask_rows (mask), columns = prc_mask_columns (mask);
  g_autofree uint8_t *bytes = g_malloc ((size_t)rows * columns);
  for (uint32_t r = 0; r < rows; r++)
    for (uint32_t c = 0; c < columns; c++)
      bytes[r * columns + c] = prc_mask_contains (mask, c, r);
  return g_compute_checksum_for_data (G_CHECKSUM_MD5, bytes, (size_t)rows * columns);
}

static int
compare_lines (gconstpointer a, gconstpointer b) {
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

GStrv
prc_segment_fixture_frames (const PrcSeries *series, const PrcSegmentDraft *drafts, size_t n) {
  GPtrArray *lines = g_ptr_array_new ();
  for (size_t k = 0; k < n; k++)
    for (uint32_t i = 0; i < prc_series_length (series); i++) {
      const PrcSlice *slice = prc_series_slice (series, i);
      const PrcMask *mask = prc_segment_stack_mask (drafts[k].stack, i);
      if (!mask)
        continue;
      g_autofree char *md5 = digest (mask);
      g_ptr_array_add (lines,
                       g_strdup_printf ("%u %s %u %s", (unsigned)k + 1,
                                        prc_instance_info (slice->instance)->sop_instance_uid,
                                        slice->frame + 1, md5));
    }
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return (GStrv)g_ptr_array_free (lines, FALSE);
}

GStrv
prc_segment_fixture_frames_of (const PrcSegmentation *segmentation) {
  const PrcSegmentationInfo *info = prc_segmentation_info (segmentation);
  GPtrArray *lines = g_ptr_array_new ();
  for (uint32_t i = 0; i < info->n_frames; i++) {
    const PrcSegmentFrame *frame = &info->frames[i];
    g_autofree char *md5 = digest (frame->mask);
    g_ptr_array_add (lines, g_strdup_printf ("%u %s %u %s", info->segments[frame->segment].number,
                                             frame->source_uid, frame->source_frame + 1, md5));
  }
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return (GStrv)g_ptr_array_free (lines, FALSE);
}

// From the standard alone: bits in one row, lowest first, no gap between frames (PS3.5 8.1.1).
static const char frames_script[] =
    "import sys, hashlib\n"
    "try:\n"
    "  import pydicom, numpy\n"
    "except Exception:\n"
    "  print('none'); sys.exit(0)\n"
    "d = pydicom.dcmread(sys.argv[1])\n"
    "n, size = int(d.NumberOfFrames), d.Rows * d.Columns\n"
    "assert len(d.PixelData) == (n * size + 15) // 16 * 2\n"
    "bits = numpy.unpackbits(numpy.frombuffer(d.PixelData, 'uint8'), bitorder='little')\n"
    "assert not bits[n * size:].any()\n"
    "assert len(d.SharedFunctionalGroupsSequence) == 1\n"
    "assert len(d.PerFrameFunctionalGroupsSequence) == n\n"
    "out = []\n"
    "for i, f in enumerate(d.PerFrameFunctionalGroupsSequence):\n"
    "  number = f.SegmentIdentificationSequence[0].ReferencedSegmentNumber\n"
    "  s = f.DerivationImageSequence[0].SourceImageSequence[0]\n"
    "  m = hashlib.md5(bits[i * size:(i + 1) * size].tobytes()).hexdigest()\n"
    "  out.append('%d %s %d %s' % (number, s.ReferencedSOPInstanceUID,\n"
    "             s.get('ReferencedFrameNumber', 1), m))\n"
    "print('\\n'.join(sorted(out)))\n";

// A pixel is in when its centre is (PS3.3 C.8.8.6), by the edges crossed left of it.
static const char regions_script[] =
    "import sys, glob, hashlib\n"
    "try:\n"
    "  import pydicom, numpy\n"
    "except Exception:\n"
    "  print('none'); sys.exit(0)\n"
    "d = pydicom.dcmread(sys.argv[1])\n"
    "images = [pydicom.dcmread(p, stop_before_pixels=True) for p in glob.glob(sys.argv[2] + "
    "'/*')]\n"
    "images = {i.SOPInstanceUID: i for i in images}\n"
    "masks = {}\n"
    "for r in d.ROIContourSequence:\n"
    "  for c in r.get('ContourSequence', []):\n"
    "    uid = c.ContourImageSequence[0].ReferencedSOPInstanceUID\n"
    "    i = images[uid]\n"
    "    p = numpy.array([float(v) for v in c.ContourData]).reshape(-1, 3)\n"
    "    assert len(p) == c.NumberOfContourPoints and c.ContourGeometricType == 'CLOSED_PLANAR'\n"
    "    assert all(len(str(v)) <= 16 for v in c.ContourData)\n"
    "    o = numpy.array([float(v) for v in i.ImageOrientationPatient]).reshape(2, 3)\n"
    "    p = p - [float(v) for v in i.ImagePositionPatient]\n"
    "    assert abs(p @ numpy.cross(o[0], o[1])).max() < 1e-3\n"
    "    x, y = p @ o[0] / float(i.PixelSpacing[1]), p @ o[1] / float(i.PixelSpacing[0])\n"
    "    columns, rows = numpy.meshgrid(numpy.arange(i.Columns), numpy.arange(i.Rows))\n"
    "    m = numpy.zeros(rows.shape, bool)\n"
    "    for a in range(len(p)):\n"
    "      x0, y0, x1, y1 = x[a - 1], y[a - 1], x[a], y[a]\n"
    "      if abs(y1 - y0) < 1e-3: continue\n"
    "      m ^= ((y0 > rows) != (y1 > rows)) & (columns > x0 + (rows - y0) * (x1 - x0) / (y1 - "
    "y0))\n"
    "    k = (r.ReferencedROINumber, uid)\n"
    "    masks[k] = masks.get(k, False) | m\n"
    "print('\\n'.join(sorted('%d %s 1 %s' % (k[0], k[1], hashlib.md5(m.astype('uint8').tobytes())\n"
    "      .hexdigest()) for k, m in masks.items())))\n";

// A volume for each region, slices by position; its header is lines of text.
static const char plastimatch_script[] =
    "import sys, glob, hashlib, shutil, subprocess, tempfile\n"
    "try:\n"
    "  import pydicom, numpy\n"
    "  assert shutil.which('plastimatch')\n"
    "except Exception:\n"
    "  print('none'); sys.exit(0)\n"
    "images = [pydicom.dcmread(p, stop_before_pixels=True) for p in glob.glob(sys.argv[2] + "
    "'/*')]\n"
    "images.sort(key=lambda i: float(i.ImagePositionPatient[2]))\n"
    "out = []\n"
    "with tempfile.TemporaryDirectory() as t:\n"
    "  subprocess.run(['plastimatch', 'convert', '--input', sys.argv[1], '--referenced-ct',\n"
    "      sys.argv[2], '--output-prefix', t, '--prefix-format', 'mha'], check=True,\n"
    "      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
    "  for p in glob.glob(t + '/S*.mha'):\n"
    "    head, data = open(p, 'rb').read().split(b'ElementDataFile = LOCAL\\n')\n"
    "    f = dict(l.split(' = ') for l in head.decode().splitlines())\n"
    "    x, y, z = map(int, f['DimSize'].split())\n"
    "    assert f.get('CompressedData', 'False') == 'False' and z == len(images)\n"
    "    v = numpy.frombuffer(data, 'uint8').reshape(z, y, x)\n"
    "    for i, m in zip(images, v):\n"
    "      if m.any(): out.append('%s %s 1 %s' % (p.split('/S')[-1][:-4], i.SOPInstanceUID,\n"
    "          hashlib.md5((m != 0).astype('uint8').tobytes()).hexdigest()))\n"
    "print('\\n'.join(sorted(out)))\n";

static GStrv
ask_pydicom (const char *script, const char *path, const char *images) {
  const char *argv[] = {"/usr/bin/python3", "-c", script, path, images, NULL};
  g_autofree char *output = NULL;
  int status = 0;
  if (!g_spawn_sync (NULL, (char **)argv, NULL, 0, NULL, NULL, &output, NULL, &status, NULL) ||
      g_str_has_prefix (output, "none"))
    return NULL;
  g_assert_cmpint (status, ==, 0);
  return g_strsplit (g_strchomp (output), "\n", -1);
}

GStrv
prc_segment_fixture_frames_read (const char *path) {
  return ask_pydicom (frames_script, path, NULL);
}

GStrv
prc_segment_fixture_regions_read (const char *path, const char *images) {
  return ask_pydicom (regions_script, path, images);
}

char *
prc_segment_fixture_errors (const char *path) {
  const char *argv[] = {"dciodvfy", path, NULL};
  g_autofree char *program = g_find_program_in_path (argv[0]), *said = NULL;
  if (!program)
    return NULL;
  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL,
                               G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                               &said, NULL, NULL));
  GString *errors = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (said, "\n", -1);
  for (char **line = lines; *line; line++)
    if (strstr (*line, "Error"))
      g_string_append_printf (errors, "%s\n", *line);
  return g_string_free (errors, FALSE);
}

GStrv
prc_segment_fixture_regions_of_plastimatch (const char *path, const char *images) {
  return ask_pydicom (plastimatch_script, path, images);
}
