// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib-object.h>
#include <stdbool.h>
#include <stdint.h>

#include "prc-mask.h"
#include "prc-real-world.h"
#include "prc-suv.h"

// One frame's stored values and how to read them. Immutable, reference-counted, any thread.

typedef enum {
  PRC_SAMPLE_U8,
  PRC_SAMPLE_S8,
  PRC_SAMPLE_U16,
  PRC_SAMPLE_S16,
  PRC_SAMPLE_U32,
  PRC_SAMPLE_S32,
  PRC_SAMPLE_F32,
  PRC_SAMPLE_F64,
  PRC_SAMPLE_RGB8, // three bytes a pixel, already RGB whatever the file's photometric
                   // interpretation was
} PrcSampleType;

size_t prc_sample_size (PrcSampleType type); // bytes per pixel

typedef enum {
  PRC_VOI_LINEAR,
  PRC_VOI_LINEAR_EXACT,
  PRC_VOI_SIGMOID
} PrcVoiFunction; // PS3.3 C.11.2.1.2, C.11.2.1.3

typedef struct {
  double centre, width; // in modality units (HU for CT)
  char explanation[64]; // UTF-8, "" when absent
} PrcWindow;

// A lookup table (PS3.3 C.11.1.1, C.11.2.1.1): input <= first_mapped takes entry 0, input beyond
// takes the last.
typedef struct {
  int32_t first_mapped;
  uint32_t n_entries; // 1..65536
  uint32_t bits;      // of an entry, 8..16
  const uint16_t *entries;
  char explanation[64];
} PrcLut;

uint16_t prc_lut_entry (const PrcLut *lut, double value); // of the nearest input; NaN: the first

// A binary picture over the image (PS3.3 C.9.2).
typedef struct {
  uint16_t group; // 0x6000 to 0x601e
  const PrcMask *mask;
  int32_t row, column; // of the image, from 0, under the mask's top left pixel; may lie beside it
  bool region;         // Overlay Type R, a region of interest; else graphics
  char label[64];      // Overlay Label, else Overlay Description; "" when absent
} PrcOverlay;

// A Supplemental Palette Color Lookup Table (PS3.3 C.7.6.19): stored values >= first_mapped are
// colours and have no modality or VOI transformation, those beyond the table take its last.
typedef struct {
  int32_t first_mapped;
  uint32_t n_entries; // 1..65536
  const uint8_t *rgb; // three bytes an entry
} PrcColourTable;

typedef struct {
  uint32_t rows, columns;
  PrcSampleType type;
  double rescale_slope, rescale_intercept; // 1 and 0 when absent; not applied to samples
  const PrcLut *modality_lut;              // or NULL; replaces the rescale
  bool inverse; // draw the low end bright: MONOCHROME1 or Presentation LUT Shape INVERSE, folded to
                // one
  PrcVoiFunction voi_function;
  const PrcWindow *windows; // in file order, pairs with width <= 0 dropped
  uint32_t n_windows;
  const PrcLut *voi_luts; // VOI LUT Sequence
  uint32_t n_voi_luts;
  // PS3.3 C.11.6, or NULL: the whole of the VOI output, lowest to highest, is spread over the
  // table's entries. `inverse` is false with it: the table says all.
  const PrcLut *presentation_lut;
  const PrcColourTable *colours; // or NULL; never with RGB8
  bool has_padding; // samples within [padding_low, padding_high] (stored values) are no tissue
  double padding_low, padding_high;
  // PS3.3 C.7.6.11, C.7.6.15: what may be seen, of the image's size, or NULL for all. Pixels behind
  // the shutter are no tissue; they show shutter_value, 0 (black) to 65535, whatever the window,
  // the inversion or the palette.
  const PrcMask *shutter;
  uint16_t shutter_value;
  const PrcOverlay *overlays;
  uint32_t n_overlays;
  double row_spacing_mm, column_spacing_mm; // 0 when unknown
  double pixel_aspect;  // height / width of a pixel, > 0; from spacing or Pixel Aspect Ratio
  char units[24];       // of modality values: "HU", "BQML", "" when unknown
  uint32_t bits_stored; // of integer samples; 0: all that the type has
  bool lossy;
  const PrcRealWorld *real_worlds; // Real World Value Mappings, in file order
  uint32_t n_real_worlds;
  PrcSuv suv; // of a PET image
} PrcFrameInfo;

typedef struct _PrcFrame PrcFrame;

// `samples`: rows * columns pixels of info->type, row-major, no padding between rows, native byte
// order, masked to Bits Stored and sign-extended. Everything `info` points to is copied; `samples`
// is referenced. NULL and an error when sizes disagree or the aspect, a table or a number is
// impossible.
PrcFrame *prc_frame_new (const PrcFrameInfo *info, GBytes *samples, GError **error);

// From the codec's answer to Decode.
PrcFrame *prc_frame_new_from_reading (GVariant *reading, GBytes *samples, GError **error);

// The same samples read otherwise. A dictionary with keys of a reading, of which these groups
// replace what the frame says, each as a whole, when their first key is there: "RescaleSlope" (with
// intercept, units, modality table); "Inverse" (with presentation LUT); "PixelAspect" (with the spacings); "WindowCenter"
// or "VOILUTs" (with function and explanations).
// The shutter is replaced when `layout` is not NULL: with the one of that reading or with none.
// `overlays` (may be NULL) are shown besides the frame's own of the `n_active` groups given, except
// for those whose group they have too; active == NULL: of all groups.
typedef struct {
  GVariant *reading;
  GVariant *layout;
  GVariant *overlays;
  const uint16_t *active;
  size_t n_active;
} PrcFrameChanges;
PrcFrame *prc_frame_new_reread (PrcFrame *frame, const PrcFrameChanges *changes, GError **error);

PrcFrame *prc_frame_ref (PrcFrame *frame);
void prc_frame_unref (PrcFrame *frame);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcFrame, prc_frame_unref)

const PrcFrameInfo *prc_frame_info (const PrcFrame *frame); // borrowed
const void *prc_frame_samples (const PrcFrame *frame);      // borrowed
GBytes *prc_frame_bytes (const PrcFrame *frame);            // the same; borrowed
size_t prc_frame_size (const PrcFrame *frame);              // bytes of samples, for budgets

// Stored value of a pixel (0 for RGB8), and its value in modality units after rescale or modality
// LUT.
double prc_frame_stored (const PrcFrame *frame, uint32_t column, uint32_t row);
double prc_frame_modality (const PrcFrame *frame, double stored);
bool prc_frame_is_padding (const PrcFrame *frame, double stored);

// Quantiles of the modality values without padding, non-finite values and what a shutter hides: out[i] is the quantile
// q[i] in [0, 1]. q ascending. Subsamples large frames on a fixed grid. false when no pixel is left
// (all padding, or RGB8).
bool prc_frame_quantiles (const PrcFrame *frame, const double *q, double *out, size_t n);
