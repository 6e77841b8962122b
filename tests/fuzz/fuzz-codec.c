// SPDX-License-Identifier: Apache-2.0
// fuzz-codec SECONDS SEED FILE...: mutates the files, and as many built here of what real ones
// seldom hold, and sends them through the codec. Says how
// many requests ended how; a breakdown of the codec is counted and its mutant kept in the current
// folder. Not part of the tests.
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder.h"
#include "codestreams.h"
#include "fixture.h"
#include "prc-contour.h"
#include "prc-imaging-error.h"
#include "prc-presentation.h"
#include "prc-render.h"
#include "prc-path.h"
#include "segmentation-fixture.h"
#include "zip-fixture.h"

static unsigned n_good, n_refused, n_broken;

// ---- what real files seldom hold ----

#define CODESTREAM(b) b, sizeof b

static const struct {
  const char *syntax;
  const uint8_t *bytes;
  size_t n;
  unsigned samples, allocated, frames;
} streams[] = {
    {"1.2.840.10008.1.2.4.110", CODESTREAM (jpeg_xl_8), 1, 8, 1},
    {"1.2.840.10008.1.2.4.110", CODESTREAM (jpeg_xl_12), 1, 16, 1},
    {"1.2.840.10008.1.2.4.112", CODESTREAM (jpeg_xl_rgb), 3, 8, 1},
    {"1.2.840.10008.1.2.4.111", CODESTREAM (jpeg_xl_of_jpeg), 1, 8, 1},
    {"1.2.840.10008.1.2.4.92", CODESTREAM (jpeg_2000_four), 1, 16, 4},
    {"1.2.840.10008.1.2.4.91", CODESTREAM (jpeg_2000_boxed), 1, 16, 1},
    {"1.2.840.10008.1.2.4.90", CODESTREAM (jpeg_2000_unsigned_20), 1, 32, 1},
    {"1.2.840.10008.1.2.4.56", CODESTREAM (jpeg_arithmetic_progressive), 1, 8, 1},
    {"1.2.840.10008.1.2.1.98", CODESTREAM (jpeg_xl_of_jpeg), 1, 12, 2},
};

static GByteArray *
stream_file (unsigned i) {
  bool of_jpeg = streams[i].bytes == jpeg_xl_of_jpeg || streams[i].bytes[0] == 0xff;
  bool eight = of_jpeg && streams[i].bytes[1] != 0x4f && streams[i].bytes[1] != 0x0a;
  const PrcBuildHeader h = {.syntax = streams[i].syntax,
                            .photometric = streams[i].samples == 3 ? "RGB" : NULL,
                            .rows = eight ? 8 : 4,
                            .columns = eight ? 8 : 5,
                            .frames = streams[i].frames,
                            .samples = streams[i].samples,
                            .allocated = streams[i].allocated};
  return prc_build_one_frame (&h, streams[i].bytes, streams[i].n);
}

// Segments of bytes and of words, behind which pixels are.
static GByteArray *
palette_file (unsigned bits) {
  static const uint8_t bytes[] = {0, 2, 0, 40, 1, 3, 100, 2, 1, 0, 0, 0, 0, 0};
  static const uint8_t words[] = {0, 0,    2,    0, 0, 0, 0xe8, 3, 1, 0, 3,
                                  0, 0x10, 0x27, 2, 0, 1, 0,    0, 0, 0, 0};
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT,
                            .photometric = "PALETTE COLOR",
                            .rows = 1,
                            .columns = 8,
                            .allocated = 8};
  GByteArray *b = prc_build_begin (&h);
  for (unsigned c = 0; c < 3; c++) {
    prc_build_head (b, h.syntax, 0x00281101 + c, "US", 6);
    prc_build_16 (b, 7, false);
    prc_build_16 (b, 0, false);
    prc_build_16 (b, bits, false);
  }
  for (unsigned c = 0; c < 3; c++)
    prc_build_element (b, h.syntax, 0x00281221 + c, "OW", bits == 8 ? bytes : words,
                       bits == 8 ? sizeof bytes : sizeof words);
  prc_build_element (b, h.syntax, 0x7fe00010, "OW", "\0\1\2\3\4\5\6\7", 8);
  return b;
}

// A NIfTI volume of 4 x 4 x 2 labels, which nothing compresses.
static GByteArray *
labels_file (void) {
  static const uint8_t dim[] = {3, 0, 4, 0, 4, 0, 2, 0, 1, 0, 1, 0, 1, 0, 1};
  static const uint8_t one[] = {0x80, 0x3f}; // upper half of 1.0
  uint8_t file[352 + 32] = {0x5c, 1};

  memcpy (file + 40, dim, sizeof dim);
  file[70] = 2; // bytes
  file[254] = 1;
  memcpy (file + 108, "\0\0\xb0\x43", 4); // 352.0
  for (unsigned i = 0; i < 3; i++)
    memcpy (file + 280 + 20 * i + 2, one, 2);
  memcpy (file + 344, "n+1", 4);
  for (unsigned i = 0; i < 32; i++)
    file[352 + i] = (uint8_t)(i / 5);
  return prc_build_array (file, sizeof file);
}

static void
put_sequence (GByteArray *set, uint32_t tag, GByteArray *item) {
  g_autoptr (GByteArray) items = g_byte_array_new ();

  prc_fixture_put_item (items, item);
  prc_fixture_put (set, tag, "SQ", items->data, items->len);
  g_byte_array_unref (item);
}

static GByteArray *
structures_file (void) {
  static const char *const types[] = {"CLOSED_PLANAR", "CLOSEDPLANAR_XOR", "OPEN_PLANAR", "POINT"};
  GByteArray *set = prc_fixture_begin (), *region = g_byte_array_new ();
  GByteArray *drawn = g_byte_array_new ();
  g_autoptr (GByteArray) contours = g_byte_array_new ();

  prc_fixture_put (set, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.481.3", -1);
  prc_fixture_put (set, 0x00080018, "UI", "1.2.3", -1);
  prc_fixture_put (region, 0x30060022, "IS", "1", -1);
  put_sequence (set, 0x30060020, region);
  for (unsigned i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GByteArray) contour = g_byte_array_new ();
    prc_fixture_put (contour, 0x30060042, "CS", types[i], -1);
    prc_fixture_put (contour, 0x30060046, "IS", "4", -1);
    prc_fixture_put (contour, 0x30060050, "DS", "1\\1\\0\\30.5\\2\\0\\20\\25\\0\\3\\18\\0", -1);
    prc_fixture_put_item (contours, contour);
  }
  prc_fixture_put (drawn, 0x30060040, "SQ", contours->data, contours->len);
  prc_fixture_put (drawn, 0x30060084, "IS", "1", -1);
  put_sequence (set, 0x30060039, drawn);
  return set;
}

// Bits, fractions and labels with a palette of nothing, planes and sources.
static GByteArray *
segmentation_file (unsigned which) {
  static const char *const types[] = {"BINARY", "FRACTIONAL", "LABELMAP"};
  static const SegmentationFixtureFrame groups[] = {
      {1, 0, "1.2.40", 2, false}, {2, 0, "", 0, false}, {1, 3, NULL, 0, false}};
  SegmentationFixture f = {.syntax = which == 0 ? PRC_BUILD_BIG : PRC_BUILD_EXPLICIT,
                           .type = types[which],
                           .fraction = which == 1 ? "PROBABILITY" : NULL,
                           .label_map = which == 2,
                           .rows = 5,
                           .columns = 7,
                           .frames = 3,
                           .allocated = which == 0 ? 1 : 8,
                           .maximum = 200,
                           .padding = 8,
                           .n_segments = 3,
                           .groups = groups,
                           .full = true};
  return segmentation_fixture_native (&f, "OB", jpeg_xl_of_jpeg, which == 0 ? 14 : 106);
}

// Files deflated and as they are, with and without the fields of large archives.
static GByteArray *
archive_file (gboolean far) {
  g_autoptr (GByteArray) a = segmentation_file (0), b = palette_file (8), c = labels_file ();
  const ZipEntry entries[] = {{.name = "a/1", .bytes = a->data, .n = a->len, .deflated = TRUE},
                              {.name = "b", .bytes = b->data, .n = b->len},
                              {.name = "c.nii", .bytes = c->data, .n = c->len, .deflated = TRUE}};
  return far ? zip_fixture_64 (entries, 3) : zip_fixture (entries, 3);
}

static GByteArray *
directory_file (void) {
  GByteArray *set = prc_fixture_begin ();
  g_autoptr (GByteArray) records = g_byte_array_new ();
  for (unsigned i = 0; i < 3; i++) {
    g_autoptr (GByteArray) record = g_byte_array_new ();
    prc_fixture_put (record, 0x00041410, "US", "\xff\xff", 2);
    prc_fixture_put (record, 0x00041500, "CS", i ? "A\\B" : "DICOM\\IM1", -1);
    prc_fixture_put_item (records, record);
  }
  prc_fixture_put (set, 0x00041220, "SQ", records->data, records->len);
  return set;
}

static GPtrArray *
built_files (void) {
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify)g_byte_array_unref);
  for (unsigned i = 0; i < G_N_ELEMENTS (streams); i++)
    g_ptr_array_add (files, stream_file (i));
  for (unsigned which = 0; which < 3; which++)
    g_ptr_array_add (files, segmentation_file (which));
  g_ptr_array_add (files, palette_file (8));
  g_ptr_array_add (files, palette_file (16));
  for (unsigned i = 0; i < 8; i++)
    g_ptr_array_add (files, i < 6 ? archive_file (i % 2) : directory_file ());
  for (unsigned i = 0; i < 4; i++) {
    g_ptr_array_add (files, labels_file ());
    g_ptr_array_add (files, structures_file ());
  }
  for (unsigned allocated = 1; allocated <= 64; allocated *= 2) {
    const PrcBuildHeader h = {.syntax = allocated > 8 ? PRC_BUILD_BIG : PRC_BUILD_GE,
                              .rows = 2,
                              .columns = 3,
                              .frames = 2,
                              .allocated = allocated == 2 ? 12 : allocated,
                              .is_signed = allocated > 16};
    g_ptr_array_add (files, prc_build_native (&h, jpeg_xl_of_jpeg, sizeof jpeg_xl_of_jpeg));
  }
  return files;
}

// ---- mutation ----

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

// As a presentation state, of a small picture; most files are none.
static void
try_state (PrcCodecPool *pool, PrcInstance *instance, const char *path, unsigned number) {
  static const uint16_t white[64];
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcPresentation) state =
      prc_codec_pool_present (pool, path, PRC_PRIORITY_VIEW, NULL, &error);
  g_autoptr (GBytes) bytes = g_bytes_new_static (white, sizeof white);
  const PrcFrameInfo info = {
      .rows = 4, .columns = 8, .type = PRC_SAMPLE_S16, .rescale_slope = 1, .pixel_aspect = 1};
  count (error, path, number);
  if (!state || !instance)
    return;
  const PrcSlice slice = {.instance = instance};
  g_autoptr (GBytes) samples = g_bytes_new_from_bytes (bytes, 0, 64);
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, samples, NULL);
  g_autoptr (PrcFrame) read = prc_presentation_read (state, &slice, frame);
  PrcViewParams params = {.zoom = 1};
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 64, 64);
  cairo_t *cr = cairo_create (surface);
  prc_view_params_default_voi (&params, read);
  prc_view_params_set_turn (&params, prc_presentation_turn (state));
  prc_presentation_place (state, &slice, prc_frame_info (read), 64, 64, 0.25, &params);
  prc_presentation_draw (state, &slice, prc_frame_info (read), &params, 64, 64, 1, cr);
  prc_raster_unref (prc_render (read, &params, NULL, 64, 64, NULL, NULL));
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

// As a segmentation; contours on a small image, and its outlines.
static void
try_segments (PrcCodecPool *pool, PrcInstance *instance, const char *path, unsigned number) {
  static const PrcPlane plane = {.has_position = true,
                                 .has_orientation = true,
                                 .row_direction = {1, 0, 0},
                                 .column_direction = {0, 1, 0},
                                 .row_spacing_mm = 1,
                                 .column_spacing_mm = 1};
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) contours = g_ptr_array_new ();
  g_autoptr (PrcSegmentation) segmentation =
      prc_codec_pool_segment (pool, instance, 0.5, PRC_PRIORITY_VIEW, NULL, &error);

  count (error, path, number);
  if (!segmentation)
    return;
  const PrcSegmentationInfo *info = prc_segmentation_info (segmentation);
  for (uint32_t i = 0; i < info->n_contours; i++)
    g_ptr_array_add (contours, (gpointer)&info->contours[i]);
  g_autoptr (PrcMask) mask = prc_contour_mask ((const PrcContour *const *)contours->pdata,
                                               contours->len, &plane, 40, 40, INFINITY);
  g_autoptr (GPtrArray) outlines = mask ? prc_contour_outlines (mask, &plane) : NULL;
  for (uint32_t i = 0; i < info->n_frames; i++) {
    g_clear_pointer (&outlines, g_ptr_array_unref);
    outlines = prc_contour_outlines (info->frames[i].mask, &plane);
  }
}

static void try_file (PrcCodecPool *pool, const char *path, unsigned number);

// As an archive or a DICOMDIR, which most are not; and what is in an archive.
static void
try_contents (PrcCodecPool *pool, const char *path, bool is_archive, unsigned number) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) contents =
      prc_codec_pool_contents (pool, path, PRC_PRIORITY_SCAN, NULL, &error);
  count (error, path, number);
  for (unsigned i = 0; is_archive && contents && i < MIN (contents->len, 4); i++) {
    g_autofree char *inside = prc_path_join (path, ((const PrcContents *)contents->pdata[i])->name);
    try_file (pool, inside, number);
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
  g_autoptr (PrcElements) elements = prc_codec_pool_list (pool, path, NULL, &error);
  count (error, path, number);
  g_clear_error (&error);
  const bool is_archive = g_error_matches (d->error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARCHIVE);
  if (is_archive || !d->instance || !prc_instance_info (d->instance)->is_image)
    try_contents (pool, path, is_archive, number);
  try_state (pool, d->instance, path, number);
  if (!d->instance)
    return;
  try_segments (pool, d->instance, path, number);
  for (uint32_t last = prc_instance_info (d->instance)->n_frames - 1, i = 0; i < 2; i++) {
    g_autoptr (PrcFrame) frame =
        prc_codec_pool_decode (pool, d->instance, i * last, PRC_PRIORITY_VIEW, NULL, &error);
    count (error, path, number);
    g_clear_error (&error);
  }
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
  g_autoptr (GPtrArray) built = built_files ();
  for (; g_get_monotonic_time () < end; number++) {
    g_autofree char *bytes = NULL;
    gsize size;
    const GByteArray *own = built->pdata[g_rand_int_range (rand, 0, (gint32)built->len)];
    const char *file = argv[3 + g_rand_int_range (rand, 0, argc - 3)];
    if (g_rand_boolean (rand))
      bytes = g_memdup2 (own->data, size = own->len);
    else if (!g_file_get_contents (file, &bytes, &size, NULL))
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
