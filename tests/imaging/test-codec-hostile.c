// SPDX-License-Identifier: Apache-2.0
// Files cut at every byte, and files that lie: each gives the picture that is there or one clear
// sentence, the codec lives and takes little memory.
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "builder.h"
#include "codestreams.h"
#include "fixture.h"
#include "prc-imaging-error.h"

#define CT "1.2.840.10008.5.1.4.1.1.2"

static PrcCodecPool *pool;
static char *folder, *path;

static void
assert_sentence (const GError *error) {
  g_assert_cmpint (error->domain, ==, PRC_IMAGING_ERROR);
  g_assert_cmpint (error->code, !=, PRC_IMAGING_ERROR_CODEC); // it did not break down
  g_assert_cmpuint (strlen (error->message), >, 8);
  g_assert_null (strchr (error->message, '\n'));
  g_assert_false (g_str_has_suffix (error->message, "."));
}

static PrcInstance *
describe (const uint8_t *bytes, size_t n, GError **error) {
  int fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  g_assert_cmpint (write (fd, bytes, n), ==, (gssize)n);
  close (fd);
  return prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, error);
}

// The frame, or NULL and a sentence; the dump likewise, on the way.
static PrcFrame *
try (const uint8_t *bytes, size_t n, uint32_t number, GError **error) {
  g_autoptr (GError) refusal = NULL;
  g_autoptr (PrcInstance) instance = describe (bytes, n, error);
  g_autofree char *json = prc_codec_pool_dump_json (pool, path, NULL, &refusal);
  PrcFrame *frame = NULL;
  g_assert_true ((json == NULL) == (refusal != NULL));
  if (refusal)
    assert_sentence (refusal);
  if (instance)
    frame = prc_codec_pool_decode (pool, instance, number, PRC_PRIORITY_VIEW, NULL, error);
  g_assert_true (!error || (frame == NULL) == (*error != NULL));
  if (error && *error)
    assert_sentence (*error);
  return frame;
}

static void
assert_refused (const GByteArray *b, uint32_t number, int code, const char *word) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = try (b->data, b->len, number, &error);
  g_assert_null (frame);
  g_assert_error (error, PRC_IMAGING_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, word));
}

// ---- cut anywhere ----

// Some of everything before the pixels: text, numbers, sequences of both kinds of length.
static GByteArray *
rich_header (const PrcBuildHeader *h) {
  const char *s = h->syntax;
  GByteArray *b = prc_build_meta (s);
  prc_build_text (b, s, 0x00080005, "CS", "ISO_IR 100");
  prc_build_text (b, s, 0x00080016, "UI", h->sop_class);
  prc_build_text (b, s, 0x00080018, "UI", "1.2.3");
  g_autoptr (GByteArray) item = g_byte_array_new ();
  prc_build_text (item, s, 0x00081150, "UI", CT);
  g_autoptr (GByteArray) items = g_byte_array_new ();
  bool big = strcmp (s, PRC_BUILD_BIG) == 0;
  prc_build_16 (items, 0xfffe, big);
  prc_build_16 (items, 0xe000, big);
  prc_build_32 (items, item->len, big);
  prc_build_bytes (items, item->data, item->len);
  prc_build_element (b, s, 0x00081140, "SQ", items->data, items->len);
  prc_build_text (b, s, 0x00100010, "PN", "SYNTHETIC^CUT");
  prc_build_image (b, h);
  prc_build_text (b, s, 0x00281050, "DS", "40\\50");
  prc_build_text (b, s, 0x00281051, "DS", "400\\500");
  return b;
}

typedef struct {
  const char *syntax;
  const uint8_t *frame;
  size_t n;
  unsigned rows, columns, allocated;
  unsigned spare; // bytes at the end without which the picture is whole
} Sample;

static const uint8_t grey[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                               11, 12, 13, 14, 15, 16, 17, 18, 19, 20};

static const Sample samples[] = {
    {PRC_BUILD_EXPLICIT, grey, sizeof grey, 4, 5, 8, 0},
    {PRC_BUILD_IMPLICIT, grey, sizeof grey, 4, 5, 8, 0},
    {PRC_BUILD_BIG, grey, sizeof grey, 4, 5, 8, 0},
    {PRC_BUILD_GE, grey, sizeof grey, 4, 5, 8, 0},
    {"1.2.840.10008.1.2.1.98", grey, sizeof grey, 4, 5, 8, 8},
    {"1.2.840.10008.1.2.4.90", jpeg_2000_unsigned_12, sizeof jpeg_2000_unsigned_12, 4, 5, 16, 8},
    {"1.2.840.10008.1.2.4.110", jpeg_xl_16, sizeof jpeg_xl_16, 4, 5, 16, 8},
    {"1.2.840.10008.1.2.4.55", jpeg_progressive, sizeof jpeg_progressive, 8, 8, 8, 8},
    {"1.2.840.10008.1.2.4.52", jpeg_arithmetic, sizeof jpeg_arithmetic, 8, 8, 8, 8},
    {"1.2.840.10008.1.2.4.51", jpeg_extended_12, sizeof jpeg_extended_12, 4, 5, 16, 8},
    {"1.2.840.10008.1.2.4.70", jpeg_lossless_12, sizeof jpeg_lossless_12, 4, 5, 16, 8},
    {"1.2.840.10008.1.2.4.80", jpeg_ls_16, sizeof jpeg_ls_16, 4, 5, 16, 8},
    {"1.2.840.10008.1.2.4.111", jpeg_xl_of_jpeg, sizeof jpeg_xl_of_jpeg, 8, 8, 8, 8},
};

static GByteArray *
file_of (const Sample *sample) {
  PrcBuildHeader h = {.syntax = sample->syntax,
                      .sop_class = CT,
                      .rows = sample->rows,
                      .columns = sample->columns,
                      .allocated = sample->allocated};
  GByteArray *b = rich_header (&h);
  if (sample->spare == 0) {
    prc_build_element (b, h.syntax, 0x7fe00010, "OB", sample->frame, sample->n);
    return b;
  }
  g_autoptr (GByteArray) even = prc_build_array (sample->frame, sample->n);
  if (even->len % 2)
    PUT (even, 0);
  prc_build_fragments (b, NULL, 0);
  prc_build_item (b, even->data, even->len);
  prc_build_end (b);
  return b;
}

static void
cut_everywhere (const GByteArray *whole, unsigned spare) {
  g_autoptr (PrcFrame) frame = try (whole->data, whole->len, 0, NULL);
  g_assert_nonnull (frame);
  for (size_t n = 0; n < whole->len; n++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcFrame) part = try (whole->data, n, 0, &error);
    if (n < whole->len - spare) {
      if (part)
        g_test_message ("%zu of %u bytes are enough", n, whole->len);
      g_assert_null (part);
      g_assert_cmpint (error->code, !=, PRC_IMAGING_ERROR_NO_IMAGE); // it is one, but cut
    } else if (part) {
      g_assert_cmpmem (prc_frame_samples (part), prc_frame_size (part), prc_frame_samples (frame),
                       prc_frame_size (frame));
    }
  }
}

static void
test_cut (gconstpointer data) {
  g_autoptr (GByteArray) whole = file_of (data);
  cut_everywhere (whole, ((const Sample *)data)->spare);
}

static void
test_cut_deflated (void) { // all of it, and each frame
  const PrcBuildHeader h = {
      .syntax = PRC_BUILD_EXPLICIT, .sop_class = CT, .rows = 4, .columns = 5, .allocated = 8};
  g_autoptr (GByteArray) plain = rich_header (&h), meta = prc_build_meta (PRC_BUILD_EXPLICIT),
                         b = prc_build_meta ("1.2.840.10008.1.2.1.99");
  prc_build_element (plain, h.syntax, 0x7fe00010, "OB", grey, sizeof grey);
  g_autoptr (GByteArray) data =
      prc_build_deflated (plain->data + meta->len, plain->len - meta->len);
  prc_build_bytes (b, data->data, data->len);
  cut_everywhere (b, 1); // perhaps padded
  g_autoptr (GByteArray) frame = prc_build_deflated (grey, sizeof grey);
  const Sample frames = {"1.2.840.10008.1.2.8.1", frame->data, frame->len, 4, 5, 8, 8};
  test_cut (&frames);
}

// The codestream cut inside fragments that are whole: never a picture that is half grey.
static void
test_cut_codestream (gconstpointer data) {
  const Sample *sample = data;
  g_autoptr (GByteArray) whole = file_of (sample);
  g_autoptr (PrcFrame) frame = try (whole->data, whole->len, 0, NULL);
  g_assert_nonnull (frame);
  for (size_t n = 0; n < sample->n; n += 2) { // an odd one would be padded, not cut
    Sample cut = *sample;
    cut.n = n;
    g_autoptr (GByteArray) b = file_of (&cut);
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcFrame) part = try (b->data, b->len, 0, &error);
    if (part &&
        memcmp (prc_frame_samples (part), prc_frame_samples (frame), prc_frame_size (frame)))
      g_error ("%s: another picture out of %zu of %zu bytes", sample->syntax, n, sample->n);
  }
}

// The encapsulation cut, not the codestream: RLE, whose last segment may end with its file.
static void
test_cut_rle (void) {
  PrcBuildHeader h = {
      .syntax = PRC_BUILD_RLE, .sop_class = CT, .rows = 2, .columns = 4, .allocated = 16};
  g_autoptr (GByteArray) upper = BYTES (7, 1, 2, 3, 4, 5, 6, 7, 8, 0),
                         lower = BYTES (3, 1, 2, 3, 4, 0xfd, 9);
  const GByteArray *const two[] = {upper, lower};
  g_autoptr (GByteArray) frame = prc_build_rle (2, two), whole = rich_header (&h);
  prc_build_fragments (whole, NULL, 0);
  prc_build_item (whole, frame->data, frame->len);
  prc_build_end (whole);
  cut_everywhere (whole, 8);
}

// ---- nesting ----

// Sequences in sequences; a known length is reckoned from the inside out.
static GByteArray *
nested (unsigned depth, bool known_length) {
  PrcBuildHeader h = {
      .syntax = PRC_BUILD_EXPLICIT, .sop_class = CT, .rows = 1, .columns = 1, .allocated = 8};
  GByteArray *b = prc_build_begin (&h);
  // Behind the image's header, lest a tag go backwards.
  for (unsigned i = 0; i < depth; i++) {
    unsigned rest = (depth - i) * 20; // each level is 12 + 8 bytes of heads
    prc_build_head (b, PRC_BUILD_EXPLICIT, 0x00400555, "SQ", known_length ? rest - 12 : 0xffffffff);
    PUT (b, 0xfe, 0xff, 0x00, 0xe0);
    prc_build_32 (b, known_length ? rest - 20 : 0xffffffff, false);
  }
  for (unsigned i = 0; i < depth && !known_length; i++) {
    PUT (b, 0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0);
    PUT (b, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0);
  }
  prc_build_element (b, PRC_BUILD_EXPLICIT, 0x7fe00010, "OB", "\1", 2);
  return b;
}

static void
test_nesting (void) {
  g_autoptr (GByteArray) deep = nested (10000, false), known = nested (10000, true),
                         shallow = nested (20, false);
  assert_refused (deep, 0, PRC_IMAGING_ERROR_DAMAGED, "nested");
  // Of a known length nobody need look inside to show the picture; the dump says what is wrong.
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = try (known->data, known->len, 0, &error);
  g_assert_no_error (error);
  g_assert_null (prc_codec_pool_dump_json (pool, path, NULL, &error));
  g_assert_nonnull (strstr (error->message, "nested"));
  g_autoptr (PrcFrame) ordinary = try (shallow->data, shallow->len, 0, NULL);
  g_assert_nonnull (ordinary);
}

// ---- lengths ----

static const uint32_t too_long[] = {0x00001000, 0x7ffffffe, 0x80000000, 0xfffffff0, 0xfffffffe};

static void
test_lengths (void) {
  static const char *const syntaxes[] = {PRC_BUILD_EXPLICIT, PRC_BUILD_IMPLICIT, PRC_BUILD_BIG};
  static const char *const vrs[] = {"OW", "SQ", "UN", "UT"};
  for (unsigned i = 0; i < G_N_ELEMENTS (too_long) * 12; i++) {
    const PrcBuildHeader h = {
        .syntax = syntaxes[i / 4 % 3], .sop_class = CT, .rows = 1, .columns = 2, .allocated = 8};
    g_autoptr (GByteArray) b = prc_build_begin (&h);
    prc_build_head (b, h.syntax, 0x00290010, vrs[i % 4], too_long[i / 12]);
    prc_build_element (b, h.syntax, 0x7fe00010, "OW", "\1\2", 2);
    assert_refused (b, 0, PRC_IMAGING_ERROR_DAMAGED, "(0029,0010)");
  }
}

static void
test_pixel_lengths (void) { // what is there counts, when it is enough
  const PrcBuildHeader h = {
      .syntax = PRC_BUILD_EXPLICIT, .sop_class = CT, .rows = 1, .columns = 2, .allocated = 8};
  for (unsigned i = 0; i < G_N_ELEMENTS (too_long); i++) {
    g_autoptr (GByteArray) b = prc_build_begin (&h);
    prc_build_head (b, h.syntax, 0x7fe00010, "OW", too_long[i]);
    PUT (b, 7, 8);
    ASSERT_FRAME (b, 0, PRC_SAMPLE_U8, uint8_t, 7, 8);
  }
  g_autoptr (GByteArray) none = prc_build_begin (&h);
  prc_build_head (none, h.syntax, 0x7fe00010, "OW", 0);
  assert_refused (none, 0, PRC_IMAGING_ERROR_DAMAGED, "promises 2 bytes");
}

static void
test_item_lengths (void) {
  const PrcBuildHeader h = {
      .syntax = PRC_BUILD_RLE, .sop_class = CT, .rows = 1, .columns = 2, .allocated = 8};
  for (unsigned i = 0; i < G_N_ELEMENTS (too_long); i++) {
    g_autoptr (GByteArray) fragment = prc_build_encapsulated (&h, NULL, 0);
    PUT (fragment, 0xfe, 0xff, 0x00, 0xe0);
    prc_build_32 (fragment, too_long[i], false);
    PUT (fragment, 1, 2, 3, 4);
    assert_refused (fragment, 0, PRC_IMAGING_ERROR_DAMAGED, "frame 1");
    // The offset table itself.
    g_autoptr (GByteArray) table = prc_build_begin (&h);
    prc_build_head (table, h.syntax, 0x7fe00010, "OB", 0xffffffff);
    PUT (table, 0xfe, 0xff, 0x00, 0xe0);
    prc_build_32 (table, too_long[i], false);
    PUT (table, 1, 2, 3, 4, 5, 6, 7, 8);
    assert_refused (table, 0, PRC_IMAGING_ERROR_DAMAGED, "before the first frame");
  }
}

// ---- numbers ----

static void
test_frame_numbers (void) {
  static const char *const wrong[] = {"4294967295", "4294967296", "2147483647",
                                      "1000000001", "-1",         "99999999999"};
  for (unsigned i = 0; i < G_N_ELEMENTS (wrong); i++)
    for (unsigned packed = 0; packed < 2; packed++) {
      const PrcBuildHeader h = {.syntax = packed ? PRC_BUILD_BASELINE : PRC_BUILD_EXPLICIT,
                                .rows = 8,
                                .columns = 8,
                                .allocated = 8};
      g_autoptr (GByteArray) b = prc_build_meta (h.syntax), picture = prc_build_jpeg (0);
      prc_build_text (b, h.syntax, 0x00080018, "UI", "1.2.3");
      prc_build_text (b, h.syntax, 0x00280008, "IS", wrong[i]);
      prc_build_number (b, h.syntax, 0x00280010, 8);
      prc_build_number (b, h.syntax, 0x00280011, 8);
      prc_build_number (b, h.syntax, 0x00280100, 8);
      if (packed) {
        prc_build_fragments (b, NULL, 0);
        prc_build_item (b, picture->data, picture->len);
        prc_build_end (b);
      } else {
        prc_build_element (b, h.syntax, 0x7fe00010, "OB", picture->data, picture->len);
      }
      g_autoptr (GError) error = NULL;
      g_autoptr (PrcFrame) frame = try (b->data, b->len, 0, &error);
      g_assert_null (frame);
      g_assert_nonnull (error);
    }
}

static void
test_sizes (void) {
  static const struct {
    unsigned rows, columns, allocated, samples;
    int code;
  } all[] = {
      {65535, 65535, 16, 1, PRC_IMAGING_ERROR_TOO_LARGE},
      {65535, 65535, 8, 1, PRC_IMAGING_ERROR_TOO_LARGE},
      {65535, 65535, 1, 1, PRC_IMAGING_ERROR_TOO_LARGE}, // a byte a pixel when they are read
      {25000, 25000, 12, 1, PRC_IMAGING_ERROR_TOO_LARGE},
      {20000, 20000, 8, 1, PRC_IMAGING_ERROR_DAMAGED},
      {65535, 1, 64, 1, PRC_IMAGING_ERROR_DAMAGED},
      {0, 5, 8, 1, PRC_IMAGING_ERROR_DAMAGED},
      {5, 0, 8, 1, PRC_IMAGING_ERROR_DAMAGED},
      {4, 4, 8, 0xffff, PRC_IMAGING_ERROR_UNSUPPORTED},
      {4, 4, 0xffff, 1, PRC_IMAGING_ERROR_UNSUPPORTED},
  };
  static const char *const syntaxes[] = {PRC_BUILD_EXPLICIT, "1.2.840.10008.1.2.1.98"};
  for (unsigned i = 0; i < G_N_ELEMENTS (all) * 2; i++) {
    const PrcBuildHeader h = {.syntax = syntaxes[i % 2],
                              .rows = all[i / 2].rows,
                              .columns = all[i / 2].columns,
                              .allocated = all[i / 2].allocated,
                              .samples = all[i / 2].samples};
    g_autoptr (GByteArray) native = prc_build_native (&h, grey, sizeof grey),
                           packed = prc_build_one_frame (&h, grey, sizeof grey);
    assert_refused (i % 2 ? packed : native, 0, all[i / 2].code, "");
  }
}

// The header's size against the codestream's, for each codec.
static void
test_sizes_against_codestreams (void) {
  for (unsigned i = 5; i < G_N_ELEMENTS (samples); i++) {
    Sample lie = samples[i];
    lie.rows = 65000;
    lie.columns = 4000;
    g_autoptr (GByteArray) more = file_of (&lie);
    assert_refused (more, 0, PRC_IMAGING_ERROR_DAMAGED, "65000");
    lie.rows = 1;
    lie.columns = 1;
    g_autoptr (GByteArray) less = file_of (&lie);
    assert_refused (less, 0, PRC_IMAGING_ERROR_DAMAGED, "1 × 1");
  }
}

// ---- what numbers may say ----

// A picture of two pixels with these attributes; it must show, with finite readings.
static PrcFrame *
with_text (const char *centre, const char *width, const char *slope, const char *intercept) {
  const PrcBuildHeader h = {
      .syntax = PRC_BUILD_EXPLICIT, .sop_class = CT, .rows = 1, .columns = 2, .allocated = 8};
  g_autoptr (GByteArray) b = prc_build_begin (&h);
  prc_build_text (b, h.syntax, 0x00281050, "DS", centre);
  prc_build_text (b, h.syntax, 0x00281051, "DS", width);
  prc_build_text (b, h.syntax, 0x00281052, "DS", intercept);
  prc_build_text (b, h.syntax, 0x00281053, "DS", slope);
  prc_build_element (b, h.syntax, 0x7fe00010, "OB", "\1\2", 2);
  g_autoptr (GError) error = NULL;
  PrcFrame *frame = try (b->data, b->len, 0, &error);
  g_assert_no_error (error);
  return frame;
}

static void
test_windows (void) { // pairs that are none are left out, what remains keeps its order
  g_autoptr (PrcFrame) f = with_text ("10\\20\\nan\\30\\40\\inf\\50\\60", // eight pairs
                                      "0\\-5\\7\\nan\\1e400\\9\\abc\\70", "1", "0");
  const PrcFrameInfo *info = prc_frame_info (f);
  g_assert_cmpuint (info->n_windows, ==, 1);
  g_assert_cmpfloat (info->windows[0].centre, ==, 60);
  g_assert_cmpfloat (info->windows[0].width, ==, 70);
}

static void
test_slopes (void) {
  static const char *const odd[] = {"0", "nan", "inf", "-inf", "1e999", "abc", "", "1,5"};
  for (unsigned i = 0; i < G_N_ELEMENTS (odd); i++) {
    g_autoptr (PrcFrame) f = with_text ("1", "1", odd[i], odd[i]);
    const PrcFrameInfo *info = prc_frame_info (f);
    g_test_message ("slope \"%s\"", odd[i]);
    g_assert_true (isfinite (info->rescale_slope) && info->rescale_slope != 0);
    g_assert_true (isfinite (info->rescale_intercept));
  }
}

static void
test_binary_infinities (void) { // FD in geometry: left out, the picture shows
  static const uint8_t infinity[] = {0, 0, 0, 0, 0, 0, 0xf0, 0x7f},
                       nan_bytes[] = {1, 0, 0, 0, 0, 0, 0xf8, 0x7f};
  const uint8_t *const values[] = {infinity, nan_bytes};
  const PrcBuildHeader h = {
      .syntax = PRC_BUILD_EXPLICIT, .sop_class = CT, .rows = 1, .columns = 2, .allocated = 8};
  for (unsigned i = 0; i < 2; i++) {
    g_autoptr (GByteArray) b = prc_build_meta (h.syntax);
    prc_build_text (b, h.syntax, 0x00080018, "UI", "1.2.3");
    prc_build_element (b, h.syntax, 0x00189087, "FD", values[i], 8); // Diffusion b-value
    prc_build_text (b, h.syntax, 0x00200032, "DS", "nan\\inf\\1e400");
    prc_build_text (b, h.syntax, 0x00280030, "DS", i ? "nan\\1" : "0\\-1");
    prc_build_image (b, &h);
    prc_build_element (b, h.syntax, 0x7fe00010, "OB", "\1\2", 2);
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcFrame) frame = try (b->data, b->len, 0, &error);
    g_assert_no_error (error);
    g_autoptr (PrcInstance) instance = describe (b->data, b->len, &error);
    g_assert_cmpfloat (prc_instance_info (instance)->b_value, ==, -1);
    g_assert_false (prc_instance_plane (instance, 0)->has_position);
    g_assert_cmpfloat (prc_frame_info (frame)->pixel_aspect, ==, 1);
  }
}

// ---- tables ----

// A VOI or modality LUT with this descriptor and three entries.
static GByteArray *
with_table (uint32_t sequence, unsigned entries, unsigned first, unsigned bits) {
  const PrcBuildHeader h = {
      .syntax = PRC_BUILD_EXPLICIT, .sop_class = CT, .rows = 1, .columns = 2, .allocated = 16};
  GByteArray *b = prc_build_begin (&h);
  g_autoptr (GByteArray) item = g_byte_array_new (), items = g_byte_array_new ();
  prc_build_head (item, h.syntax, 0x00283002, "US", 6);
  prc_build_16 (item, entries, false);
  prc_build_16 (item, first, false);
  prc_build_16 (item, bits, false);
  prc_build_element (item, h.syntax, 0x00283006, "OW", "\1\0\2\0\3\0", 6);
  prc_build_item (items, item->data, item->len);
  prc_build_element (b, h.syntax, sequence, "SQ", items->data, items->len);
  prc_build_element (b, h.syntax, 0x7fe00010, "OW", "\1\0\2\0", 4);
  return b;
}

static void
test_voi_tables (void) { // one that cannot be is left out: the windows remain
  static const unsigned lies[][3] = {{0, 0, 16}, {4, 0, 16},    {65535, 0, 16}, {3, 0, 0},
                                     {3, 0, 17}, {3, 0, 65535}, {3, 0, 7}};
  g_autoptr (GByteArray) good = with_table (0x00283010, 3, 0xffff, 16);
  g_autoptr (PrcFrame) f = try (good->data, good->len, 0, NULL);
  g_assert_cmpuint (prc_frame_info (f)->n_voi_luts, ==, 1);
  for (unsigned i = 0; i < G_N_ELEMENTS (lies); i++) {
    g_autoptr (GByteArray) b = with_table (0x00283010, lies[i][0], lies[i][1], lies[i][2]);
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcFrame) frame = try (b->data, b->len, 0, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (prc_frame_info (frame)->n_voi_luts, ==, 0);
  }
}

// A descriptor of real numbers: 2^32 + 2 is no 2.
static void
test_real_descriptor (void) {
  const PrcBuildHeader h = {.syntax = PRC_BUILD_EXPLICIT, .rows = 1, .columns = 2, .allocated = 16};
  static const double numbers[] = {4294967298.0, 0, 16};
  g_autoptr (GByteArray) b = prc_build_begin (&h), item = g_byte_array_new (),
                         items = g_byte_array_new ();
  prc_build_element (item, h.syntax, 0x00283002, "FD", numbers, sizeof numbers);
  prc_build_element (item, h.syntax, 0x00283006, "OW", "\1\0\2\0", 4);
  prc_build_item (items, item->data, item->len);
  prc_build_element (b, h.syntax, 0x00283010, "SQ", items->data, items->len);
  prc_build_element (b, h.syntax, 0x7fe00010, "OW", "\1\0\2\0", 4);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = try (b->data, b->len, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (prc_frame_info (frame)->n_voi_luts, ==, 0);
}

static void
test_modality_tables (void) { // without it the values would be wrong, and nobody would see
  g_autoptr (GByteArray) good = with_table (0x00283000, 3, 1, 16);
  g_autoptr (PrcFrame) f = try (good->data, good->len, 0, NULL);
  g_assert_cmpfloat (prc_frame_modality (f, 2), ==, 2); // the second entry
  static const unsigned lies[][3] = {{0, 0, 16}, {4, 0, 16}, {3, 0, 17}, {3, 0, 0}};
  for (unsigned i = 0; i < G_N_ELEMENTS (lies); i++) {
    g_autoptr (GByteArray) b = with_table (0x00283000, lies[i][0], lies[i][1], lies[i][2]);
    assert_refused (b, 0, PRC_IMAGING_ERROR_DAMAGED, "modality");
  }
}

// Offsets that point anywhere: the fragments say themselves where frames begin, or it is refused.
static void
test_offset_tables (void) {
  static const uint32_t lies[][2] = {{0, 0},          {0, 1},          {8, 0},
                                     {0, 0xffffffff}, {0xffffffff, 0}, {0x80000000, 0x80000000}};
  const PrcBuildHeader h = {
      .syntax = PRC_BUILD_BASELINE, .rows = 8, .columns = 8, .frames = 2, .allocated = 8};
  g_autoptr (GByteArray) first = prc_build_jpeg (0), second = prc_build_jpeg (1);
  uint8_t bright[64], dark[64];
  memset (bright, 200, 64);
  memset (dark, 28, 64);
  for (unsigned i = 0; i < G_N_ELEMENTS (lies); i++) {
    g_autoptr (GByteArray) b = prc_build_encapsulated (&h, lies[i], 2);
    prc_build_item (b, first->data, 40);
    prc_build_item (b, first->data + 40, first->len - 40);
    prc_build_item (b, second->data, second->len);
    prc_build_end (b);
    prc_build_assert_frame (pool, b, 0, PRC_SAMPLE_U8, bright, 64);
    prc_build_assert_frame (pool, b, 1, PRC_SAMPLE_U8, dark, 64);
  }
  // Where a frame's beginning cannot be seen, there is no guess.
  PrcBuildHeader raw = {
      .syntax = "1.2.840.10008.1.2.1.98", .rows = 1, .columns = 2, .frames = 2, .allocated = 8};
  for (unsigned i = 0; i < G_N_ELEMENTS (lies); i++) {
    g_autoptr (GByteArray) b = prc_build_encapsulated (&raw, lies[i], 2);
    for (unsigned k = 0; k < 3; k++)
      prc_build_item (b, grey + 2 * k, 2);
    prc_build_end (b);
    assert_refused (b, 1, PRC_IMAGING_ERROR_DAMAGED, "2 frames");
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("MALLOC_PERTURB_"); // it would touch all memory asked for
  pool = prc_codec_pool_new (1);
  folder = prc_fixture_folder ();
  path = g_build_filename (folder, "file.dcm", NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_autofree char *name = g_strdup_printf ("/codec/hostile/cut/%s", samples[i].syntax);
    g_test_add_data_func (name, &samples[i], test_cut);
  }
  for (unsigned i = 5; i < G_N_ELEMENTS (samples); i++) {
    g_autofree char *name = g_strdup_printf ("/codec/hostile/cut-codestream/%s", samples[i].syntax);
    g_test_add_data_func (name, &samples[i], test_cut_codestream);
  }
  g_test_add_func ("/codec/hostile/cut/rle", test_cut_rle);
  g_test_add_func ("/codec/hostile/cut/deflated", test_cut_deflated);
  g_test_add_func ("/codec/hostile/nesting", test_nesting);
  g_test_add_func ("/codec/hostile/lengths", test_lengths);
  g_test_add_func ("/codec/hostile/pixel-lengths", test_pixel_lengths);
  g_test_add_func ("/codec/hostile/item-lengths", test_item_lengths);
  g_test_add_func ("/codec/hostile/frame-numbers", test_frame_numbers);
  g_test_add_func ("/codec/hostile/sizes", test_sizes);
  g_test_add_func ("/codec/hostile/sizes-against-codestreams", test_sizes_against_codestreams);
  g_test_add_func ("/codec/hostile/windows", test_windows);
  g_test_add_func ("/codec/hostile/slopes", test_slopes);
  g_test_add_func ("/codec/hostile/binary-infinities", test_binary_infinities);
  g_test_add_func ("/codec/hostile/voi-tables", test_voi_tables);
  g_test_add_func ("/codec/hostile/real-descriptor", test_real_descriptor);
  g_test_add_func ("/codec/hostile/modality-tables", test_modality_tables);
  g_test_add_func ("/codec/hostile/offset-tables", test_offset_tables);
  int status = g_test_run ();
#ifndef __SANITIZE_ADDRESS__ // whose own memory counts too
  g_assert_cmpuint (prc_build_peak_of_codecs (), >, 1000);
  g_assert_cmpuint (prc_build_peak_of_codecs (), <, 120000);
#endif
  prc_codec_pool_unref (pool);
  prc_fixture_remove (folder);
  g_free (folder);
  g_free (path);
  return status;
}
