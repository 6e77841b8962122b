// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-write.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "prc-imaging-error.h"
#include "prc-new-file.h"
#include "prc-segment-drafts.h"
#include "prc-segment-origin.h"
#include "prc-uid.h"

#define SEGMENTATION_CLASS     "1.2.840.10008.5.1.4.1.1.66.4"
#define EXPLICIT_LITTLE_ENDIAN "1.2.840.10008.1.2.1"

#define MAX_PIXELS 0xFFFFFFFEu // bytes: what a length of 32 bits says of an even value

typedef struct {
  const PrcSegmentDraft *drafts;
  size_t n;
  PrcSegmentOrigin origin;
  GArray *frames; // PrcSegmentPlace
  uint32_t rows, columns;
} Work;

static void
work_clear (Work *work) {
  prc_segment_origin_clear (&work->origin);
  g_clear_pointer (&work->frames, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

static PrcMask *
mask_of (const Work *work, PrcSegmentPlace place) {
  return prc_segment_stack_mask (work->drafts[place.segment].stack, place.image);
}

// One frame for each slice that a segment has any pixel on, segment by segment.
static void
list_frames (Work *work) {
  work->frames = g_array_new (FALSE, FALSE, sizeof (PrcSegmentPlace));
  for (uint32_t segment = 0; segment < work->n; segment++)
    for (uint32_t i = 0; i < work->origin.n_images; i++) {
      PrcSegmentPlace place = {segment, i};
      if (mask_of (work, place))
        g_array_append_val (work->frames, place);
    }
}

// ---- the data set ----

// PS3.3 C.7.6.1.1.5: what was made from lossy pixels says so, with how and how much.
static void
put_lossy (const Work *work, PrcJson *json) {
  static const uint32_t tags[] = {0x00282112, 0x00282114};
  bool found[2] = {false}, lossy = false;

  for (uint32_t i = 0; i < work->origin.n_images; i++)
    if (prc_instance_info (prc_series_slice (work->origin.series, i)->instance)->lossy)
      lossy = true;
  prc_json_text (json, 0x00282110, "CS", lossy ? "01" : "00");
  if (lossy)
    prc_json_copy (json, work->origin.header, tags, 2, found);
}

static void
put_content_time (PrcJson *json) {
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%d");
  g_autofree char *time = g_date_time_format (now, "%H%M%S");

  prc_json_text (json, 0x00080023, "DA", date);
  prc_json_text (json, 0x00080033, "TM", time);
}

static void
put_sheet (const Work *work, PrcJson *json, const char *label) {
  g_autofree const PrcSegment **segments = g_new (const PrcSegment *, work->n);
  const PrcSegmentOrigin *origin = &work->origin;
  char dimension_uid[PRC_UID_SIZE];

  for (size_t i = 0; i < work->n; i++)
    segments[i] = work->drafts[i].segment;
  prc_uid_random (dimension_uid);
  PrcSegmentSheet sheet = {
      .label = label,
      .creator = "",
      .rows = work->rows,
      .columns = work->columns,
      .segments = segments,
      .n_segments = (uint32_t)work->n,
      .overlap = prc_segment_drafts_overlap (work->drafts, work->n),
      .series_instance_uid = prc_series_info (origin->series)->series_instance_uid,
      .images = origin->images,
      .n_images = origin->n_images,
      .frames = &g_array_index (work->frames, PrcSegmentPlace, 0),
      .n_frames = work->frames->len,
      .has_planes = origin->has_planes,
      .thickness_mm = prc_series_info (origin->series)->slice_thickness_mm,
      .spacing_mm = prc_series_spacing_mm (origin->series),
      .dimension_uid = dimension_uid,
  };
  prc_segment_sheet_put (&sheet, json);
}

static char *
make_data_set (const Work *work, const char *label) {
  PrcSegmentObject object = {SEGMENTATION_CLASS, "SEG", label};
  PrcJson json;

  prc_json_begin (&json);
  prc_segment_origin_put (&work->origin, &json, &object);
  put_content_time (&json);
  put_lossy (work, &json);
  put_sheet (work, &json, label);
  return prc_json_finish (&json);
}

// ---- the pixels ----

static void
set_bits (uint8_t *bits, uint64_t first, uint64_t end) {
  for (; first < end && first % 8; first++)
    bits[first / 8] |= (uint8_t)(1u << first % 8);
  if (first < end)
    memset (bits + first / 8, 0xFF, (size_t)((end - first) / 8));
  for (first += (end - first) / 8 * 8; first < end; first++)
    bits[first / 8] |= (uint8_t)(1u << first % 8);
}

static void
paint (const PrcMask *mask, uint64_t columns, uint8_t *bits, uint64_t at) {
  PrcMaskBounds bounds;

  if (!prc_mask_bounds (mask, &bounds))
    return;
  for (uint32_t row = bounds.top; row < bounds.bottom; row++) {
    size_t n;
    const PrcSpan *spans = prc_mask_row (mask, row, &n);
    for (size_t i = 0; i < n; i++)
      set_bits (bits, at + row * columns + spans[i].first, at + row * columns + spans[i].end);
  }
}

static bool
write_head (PrcNewFile *file, uint64_t size, GError **error) {
  const uint8_t head[12] = {0xE0,
                            0x7F,
                            0x10,
                            0x00,
                            'O',
                            'B',
                            0,
                            0,
                            (uint8_t)size,
                            (uint8_t)(size >> 8),
                            (uint8_t)(size >> 16),
                            (uint8_t)(size >> 24)};

  return prc_new_file_write (file, head, sizeof head, error);
}

// Bits of all frames in one row, the first pixel in the lowest bit, no gap between frames (PS3.5
// 8.1.1). Frame by frame: all of them may be more than there is memory.
static bool
write_frames (const Work *work, PrcNewFile *file, uint64_t size, GCancellable *cancellable,
              GError **error) {
  uint64_t n = (uint64_t)work->rows * work->columns, at = 0, done = 0;
  size_t room = (size_t)(n / 8 + 2);
  g_autofree uint8_t *bits = g_malloc0 (room + 1);

  for (uint32_t i = 0; i < work->frames->len; i++) {
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return false;
    paint (mask_of (work, g_array_index (work->frames, PrcSegmentPlace, i)), work->columns, bits,
           at);
    at += n;
    if (!prc_new_file_write (file, bits, (size_t)(at / 8), error))
      return false;
    done += at / 8;
    bits[0] = bits[at / 8]; // the bits of a byte that the next frame shares
    memset (bits + 1, 0, room);
    at %= 8;
  }
  bits[1] = 0;
  return prc_new_file_write (file, bits, (size_t)(size - done), error);
}

// The codec says what the header is; the pixels follow it as they are.
static bool
write_file (const Work *work, GBytes *header, const char *path, GCancellable *cancellable,
            GError **error) {
  uint64_t size = ((uint64_t)work->rows * work->columns * work->frames->len + 15) / 16 * 2;
  g_auto (PrcNewFile) file = {0};
  gsize n;
  const void *bytes = g_bytes_get_data (header, &n);

  if (size > MAX_PIXELS) {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE,
                         _ ("The segments are too large for one file"));
    return false;
  }
  return prc_new_file_open (&file, path, error) && prc_new_file_write (&file, bytes, n, error) &&
         write_head (&file, size, error) && write_frames (work, &file, size, cancellable, error) &&
         prc_new_file_commit (&file, error);
}

gboolean
prc_segment_write_seg (PrcCodecPool *pool, const PrcSeries *series, const PrcSegmentDraft *drafts,
                       size_t n, const char *content_label, const char *path,
                       GCancellable *cancellable, GError **error) {
  g_auto (Work) work = {.drafts = drafts,
                        .n = n,
                        .rows = prc_series_info (series)->rows,
                        .columns = prc_series_info (series)->columns};

  if (!prc_segment_drafts_check (drafts, n, series, error) ||
      !prc_segment_origin_read (&work.origin, pool, series, cancellable, error))
    return FALSE;
  list_frames (&work);
  g_autofree char *json = make_data_set (&work, content_label);
  g_autoptr (GBytes) header =
      prc_codec_pool_encode_bytes (pool, json, EXPLICIT_LITTLE_ENDIAN, cancellable, error);
  return header && write_file (&work, header, path, cancellable, error);
}
