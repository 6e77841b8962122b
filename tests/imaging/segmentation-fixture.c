// SPDX-License-Identifier: Apache-2.0
#include "segmentation-fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "builder.h"

static bool
is_big (const char *syntax) {
  return strcmp (syntax, PRC_BUILD_BIG) == 0;
}

// Takes `elements`.
static void
put_item (GByteArray *items, const char *syntax, GByteArray *elements) {
  prc_build_16 (items, 0xfffe, is_big (syntax));
  prc_build_16 (items, 0xe000, is_big (syntax));
  prc_build_32 (items, elements->len, is_big (syntax));
  prc_build_bytes (items, elements->data, elements->len);
  g_byte_array_unref (elements);
}

// Takes `items`.
static void
put_sequence (GByteArray *b, const char *syntax, uint32_t tag, GByteArray *items) {
  prc_build_element (b, syntax, tag, "SQ", items->data, items->len);
  g_byte_array_unref (items);
}

// A sequence of one item, which it takes.
static void
put_one (GByteArray *b, const char *syntax, uint32_t tag, GByteArray *elements) {
  GByteArray *items = g_byte_array_new ();

  put_item (items, syntax, elements);
  put_sequence (b, syntax, tag, items);
}

static GByteArray *
code (const char *syntax, const char *value, const char *meaning) {
  GByteArray *b = g_byte_array_new ();

  prc_build_text (b, syntax, 0x00080100, "SH", value);
  prc_build_text (b, syntax, 0x00080102, "SH", "SCT");
  prc_build_text (b, syntax, 0x00080104, "LO", meaning);
  return b;
}

static void
put_colour (GByteArray *b, const char *syntax) { // sRGB 204, 0, 0 by scikit-image
  const unsigned lab[] = {28450, 50450, 48076};

  prc_build_head (b, syntax, 0x0062000d, "US", 6);
  for (size_t i = 0; i < G_N_ELEMENTS (lab); i++)
    prc_build_16 (b, lab[i], is_big (syntax));
}

static void
put_full_kind (GByteArray *b, const char *syntax) {
  GByteArray *type = code (syntax, "64033007", "Kidney");

  put_one (type, syntax, 0x00620011, code (syntax, "7771000", "Left"));
  put_one (b, syntax, 0x0062000f, type);
}

static void
put_full_region (GByteArray *b, const char *syntax) {
  GByteArray *region = code (syntax, "818983003", "Abdomen");

  put_one (region, syntax, 0x00082220, code (syntax, "255561001", "Medial"));
  put_one (b, syntax, 0x00082218, region);
}

static GByteArray *
segment (const SegmentationFixture *f, const char *syntax, unsigned i) {
  GByteArray *b = g_byte_array_new ();
  g_autofree char *label = g_strdup_printf ("Segment %u", i + 1);

  if (f->full)
    put_full_region (b, syntax);
  if (f->full)
    put_one (b, syntax, 0x00620003,
             code (syntax, "123037004", f->label != NULL ? f->label : "Anatomical Structure"));
  prc_build_number (b, syntax, 0x00620004, f->numbers != NULL ? f->numbers[i] : i + 1);
  prc_build_text (b, syntax, 0x00620005, "LO", i == 0 && f->label != NULL ? f->label : label);
  if (!f->full)
    return b;
  prc_build_text (b, syntax, 0x00620006, "ST", "As it was drawn");
  prc_build_text (b, syntax, 0x00620008, "CS", "SEMIAUTOMATIC");
  prc_build_text (b, syntax, 0x00620009, "LO", "Growing");
  put_colour (b, syntax);
  put_full_kind (b, syntax);
  prc_build_text (b, syntax, 0x00620020, "UT", "Kidney 1");
  prc_build_text (b, syntax, 0x00620021, "UI", "1.2.77");
  return b;
}

static void
put_derivation (GByteArray *b, const char *syntax, const SegmentationFixtureFrame *frame) {
  GByteArray *image, *derivation;
  g_autofree char *number = g_strdup_printf ("%u", frame->source_frame);

  if (frame->source == NULL)
    return;
  if (*frame->source == '\0') {
    prc_build_element (b, syntax, 0x00089124, "SQ", NULL, 0);
    return;
  }
  image = g_byte_array_new ();
  prc_build_text (image, syntax, 0x00081155, "UI", frame->source);
  if (frame->source_frame > 0)
    prc_build_text (image, syntax, 0x00081160, "IS", number);
  if (frame->elsewhere)
    prc_build_text (image, syntax, 0x0028135a, "CS", "NO");
  derivation = g_byte_array_new ();
  put_one (derivation, syntax, 0x00082112, image);
  put_one (b, syntax, 0x00089124, derivation);
}

static void
put_plane (GByteArray *b, const char *syntax, double z) {
  GByteArray *plane;
  g_autofree char *text = g_strdup_printf ("10\\20\\%g", z);

  if (isnan (z))
    return;
  plane = g_byte_array_new ();
  prc_build_text (plane, syntax, 0x00200032, "DS", text);
  put_one (b, syntax, 0x00209113, plane);
}

static void
put_orientation (GByteArray *b, const char *syntax) {
  GByteArray *directions = g_byte_array_new ();

  prc_build_text (directions, syntax, 0x00200037, "DS", "1\\0\\0\\0\\0\\-1");
  put_one (b, syntax, 0x00209116, directions);
}

static void
put_measures (GByteArray *b, const char *syntax) {
  GByteArray *measures = g_byte_array_new ();

  prc_build_text (measures, syntax, 0x00180050, "DS", "4.5");
  prc_build_text (measures, syntax, 0x00280030, "DS", "0.5\\0.75");
  put_one (b, syntax, 0x00289110, measures);
}

static GByteArray *
frame_group (const SegmentationFixture *f, const char *syntax,
             const SegmentationFixtureFrame *frame) {
  GByteArray *b = g_byte_array_new (), *named;

  put_derivation (b, syntax, frame);
  put_plane (b, syntax, frame->z);
  if (f->own_groups) {
    put_orientation (b, syntax);
    put_measures (b, syntax);
  }
  if (frame->segment == 0)
    return b;
  named = g_byte_array_new ();
  prc_build_number (named, syntax, 0x0062000b, frame->segment);
  put_one (b, syntax, 0x0062000a, named);
  return b;
}

static void
put_groups (GByteArray *b, const SegmentationFixture *f, const char *syntax) {
  GByteArray *shared = g_byte_array_new (), *frames = g_byte_array_new ();

  if (!f->own_groups) {
    put_orientation (shared, syntax);
    put_measures (shared, syntax);
  }
  for (unsigned i = 0; i < f->frames; i++)
    put_item (frames, syntax, frame_group (f, syntax, &f->groups[i]));
  put_one (b, syntax, 0x52009229, shared);
  put_sequence (b, syntax, 0x52009230, frames);
}

static void
put_segments (GByteArray *b, const SegmentationFixture *f, const char *syntax) {
  GByteArray *items = g_byte_array_new ();

  if (f->type != NULL)
    prc_build_text (b, syntax, 0x00620001, "CS", f->type);
  for (unsigned i = 0; i < f->n_segments; i++)
    put_item (items, syntax, segment (f, syntax, i));
  put_sequence (b, syntax, 0x00620002, items);
  if (f->maximum > 0)
    prc_build_number (b, syntax, 0x0062000e, f->maximum);
  if (f->fraction != NULL)
    prc_build_text (b, syntax, 0x00620010, "CS", f->fraction);
}

GByteArray *
segmentation_fixture_head (const SegmentationFixture *f) {
  const char *syntax = f->syntax != NULL ? f->syntax : PRC_BUILD_EXPLICIT;
  const PrcBuildHeader h = {.syntax = syntax,
                            .photometric = f->photometric,
                            .rows = f->rows,
                            .columns = f->columns,
                            .frames = f->frames,
                            .allocated = f->allocated};
  GByteArray *b = prc_build_meta (syntax);

  if (f->charset != NULL)
    prc_build_text (b, syntax, 0x00080005, "CS", f->charset);
  prc_build_text (b, syntax, 0x00080016, "UI",
                  f->label_map ? "1.2.840.10008.5.1.4.1.1.66.7" : "1.2.840.10008.5.1.4.1.1.66.4");
  prc_build_text (b, syntax, 0x00080018, "UI", SEGMENTATION_FIXTURE_UID);
  prc_build_text (b, syntax, 0x00080060, "CS", "SEG");
  prc_build_text (b, syntax, 0x0008103e, "LO", "Organs");
  prc_build_text (b, syntax, 0x00200052, "UI", "1.2.9");
  prc_build_image (b, &h);
  if (f->padding > 0)
    prc_build_number (b, syntax, 0x00280120, (unsigned)f->padding - 1);
  if (f->more != NULL)
    prc_build_bytes (b, f->more->data, f->more->len);
  put_segments (b, f, syntax);
  if (f->groups != NULL)
    put_groups (b, f, syntax);
  return b;
}

GByteArray *
segmentation_fixture_native (const SegmentationFixture *f, const char *vr, const void *pixels,
                             size_t n) {
  const char *syntax = f->syntax != NULL ? f->syntax : PRC_BUILD_EXPLICIT;
  GByteArray *b = segmentation_fixture_head (f);

  prc_build_element (b, syntax, 0x7fe00010, vr, pixels, n);
  return b;
}

PrcSegmentation *
segmentation_fixture_read (PrcCodecPool *pool, GByteArray *file, double threshold, GError **error) {
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("precedent-segments-XXXXXX", &path, NULL);
  g_autoptr (PrcInstance) instance = NULL;
  PrcSegmentation *read = NULL;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, file->data, file->len), ==, (gssize)file->len);
  close (fd);
  g_byte_array_unref (file);
  instance = prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, error);
  if (instance != NULL) {
    g_assert_true (prc_segmentation_is_one (instance));
    g_assert_false (prc_instance_info (instance)->is_image);
    read = prc_codec_pool_segment (pool, instance, threshold, PRC_PRIORITY_VIEW, NULL, error);
  }
  g_remove (path);
  return read;
}
