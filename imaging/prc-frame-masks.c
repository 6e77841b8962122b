// SPDX-License-Identifier: Apache-2.0
#include "prc-frame-masks.h"

#include <string.h>

#include "prc-shutter.h"

#define MAX_OVERLAYS 16
#define MAX_PIXELS   (UINT64_C (1) << 27) // of all bitmaps together

// NULL when there are too few bits, or they are too many with the `pixels` before.
static PrcMask *
mask_of_bits (uint32_t rows, uint32_t columns, GVariant *bits, uint64_t *pixels) {
  gsize size = 0;
  const uint8_t *bytes = g_variant_get_fixed_array (bits, &size, 1);
  uint64_t n = (uint64_t)rows * columns;

  if (n > MAX_PIXELS - *pixels)
    return NULL;
  *pixels += n;
  return prc_mask_new_from_bits (rows, columns, bytes, size, 0);
}

static void
read_overlay (PrcFrameMasks *masks, GVariant *value, uint64_t *pixels) {
  g_autoptr (GVariant) bits = NULL;
  uint32_t rows, columns;
  int32_t row, column;
  gboolean region;
  const char *label;
  PrcOverlay overlay = {0};

  g_variant_get (value, "(quuiib&s@ay)", &overlay.group, &rows, &columns, &row, &column, &region,
                 &label, &bits);
  if (ABS ((int64_t)row) > 65536 || ABS ((int64_t)column) > 65536)
    return;
  overlay.row = row - 1;
  overlay.column = column - 1;
  overlay.region = region;
  g_strlcpy (overlay.label, label, sizeof overlay.label);
  overlay.mask = mask_of_bits (rows, columns, bits, pixels);
  if (overlay.mask != NULL)
    masks->overlays[masks->n_overlays++] = overlay;
}

static void
read_overlays (PrcFrameMasks *masks, GVariant *reading, uint64_t *pixels) {
  g_autoptr (GVariant) all =
      g_variant_lookup_value (reading, "Overlays", G_VARIANT_TYPE ("a(quuiibsay)"));
  gsize n = all != NULL ? MIN (g_variant_n_children (all), MAX_OVERLAYS) : 0;

  masks->overlays = g_new0 (PrcOverlay, MAX_OVERLAYS);
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) value = g_variant_get_child_value (all, i);

    read_overlay (masks, value, pixels);
  }
}

static void
read_bitmap (PrcShutter *shutter, GVariant *reading, uint64_t *pixels) {
  g_autoptr (GVariant) bits = NULL;
  uint32_t rows, columns;
  int32_t row, column;

  if (!g_variant_lookup (reading, "ShutterBitmap", "(uuii@ay)", &rows, &columns, &row, &column,
                         &bits) ||
      ABS ((int64_t)row) > 65536 || ABS ((int64_t)column) > 65536)
    return;
  shutter->bitmap = mask_of_bits (rows, columns, bits, pixels);
  shutter->bitmap_row = row;
  shutter->bitmap_column = column;
}

static void
read_shutter (PrcFrameMasks *masks, GVariant *reading, uint32_t rows, uint32_t columns,
              double aspect, uint64_t *pixels) {
  PrcShutter shutter = {0};
  g_autoptr (GVariant) polygon =
      g_variant_lookup_value (reading, "ShutterPolygon", G_VARIANT_TYPE ("ai"));
  gsize n = 0;

  shutter.rectangular = g_variant_lookup (reading, "ShutterRectangle", "(iiii)", &shutter.left,
                                          &shutter.right, &shutter.upper, &shutter.lower);
  shutter.circular = g_variant_lookup (reading, "ShutterCircle", "(iii)", &shutter.centre_row,
                                       &shutter.centre_column, &shutter.radius);
  if (polygon != NULL)
    shutter.vertices = g_variant_get_fixed_array (polygon, &n, sizeof *shutter.vertices);
  shutter.n_vertices = (uint32_t)(n / 2);
  read_bitmap (&shutter, reading, pixels);
  masks->has_shutter = shutter.rectangular || shutter.circular || polygon || shutter.bitmap;
  if (masks->has_shutter)
    masks->shutter = prc_shutter_visible (&shutter, rows, columns, aspect);
  g_variant_lookup (reading, "ShutterPresentationValue", "q", &masks->shutter_value);
  if (shutter.bitmap != NULL)
    prc_mask_unref ((PrcMask *)shutter.bitmap);
}

void
prc_frame_masks_init (PrcFrameMasks *masks, GVariant *reading, uint32_t rows, uint32_t columns,
                      double aspect) {
  uint64_t pixels = 0;

  *masks = (PrcFrameMasks){0};
  if (!g_variant_is_of_type (reading, G_VARIANT_TYPE_VARDICT) || rows < 1 || columns < 1 ||
      rows > PRC_MASK_MAX_SIDE || columns > PRC_MASK_MAX_SIDE)
    return;
  read_shutter (masks, reading, rows, columns, aspect, &pixels);
  read_overlays (masks, reading, &pixels);
}

void
prc_frame_masks_clear (PrcFrameMasks *masks) {
  for (uint32_t i = 0; i < masks->n_overlays; i++)
    prc_mask_unref ((PrcMask *)masks->overlays[i].mask);
  g_clear_pointer (&masks->overlays, g_free);
  g_clear_pointer (&masks->shutter, prc_mask_unref);
}
