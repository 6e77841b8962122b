// SPDX-License-Identifier: Apache-2.0
#include "ctl-overlay.h"
#include "ctl.h"

#include <cairo.h>
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include "prc-annotate.h"
#include "prc-imaging-error.h"
#include "prc-layer-paint.h"
#include "prc-palette.h"
#include "prc-presets.h"
#include "prc-render.h"
#include "prc-series.h"
#include "prc-windowing.h"

typedef struct {
  int frame_number;
  char *window, *preset, *palette, *size, *output, *state;
  char **overlays; // files with segments, or NULL
  int voi;         // from 1; 0: not given
  gboolean invert, native, no_text, no_overlays, graphics_only;
} Options;

// What is drawn: a slice in a series of its own, and the presentation state it is looked at with.
typedef struct {
  PrcInstance *instance;
  PrcFrame *frame; // read as the presentation state says
  GPtrArray *stacks;
  PrcSeries *series; // in stacks, NULL for what belongs to none
  uint32_t index;
  PrcPresentation *state; // or NULL
  PrcLayer *layer;        // of the overlays, or NULL
} Subject;

static void
subject_clear (Subject *subject) {
  g_clear_pointer (&subject->instance, prc_instance_unref);
  g_clear_pointer (&subject->frame, prc_frame_unref);
  g_clear_pointer (&subject->stacks, g_ptr_array_unref);
  g_clear_pointer (&subject->state, prc_presentation_unref);
  g_clear_pointer (&subject->layer, prc_layer_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Subject, subject_clear)

static const PrcSlice *
slice_of (const Subject *subject) {
  return prc_series_slice (subject->series, subject->index);
}

static void
options_clear (Options *options) {
  g_free (options->window);
  g_free (options->preset);
  g_free (options->palette);
  g_free (options->size);
  g_free (options->output);
  g_free (options->state);
  g_strfreev (options->overlays);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static bool
choose_voi (const Options *options, const PrcFrame *frame, PrcViewParams *params, GError **error) {
  uint32_t n_voi = prc_windowing_n_choices (prc_frame_info (frame));
  prc_view_params_default_voi (params, frame);
  if (options->voi > (int)n_voi) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
                 _ ("there is no VOI transformation %d, the image has %u"), options->voi, n_voi);
    return false;
  }
  if (options->voi > 0) {
    prc_windowing_choose (params, frame, (uint32_t)options->voi - 1);
  } else if (options->preset || options->window) {
    const PrcPreset *preset = options->preset ? prc_preset_find (options->preset) : NULL;
    params->voi = PRC_VOI_USE_WINDOW;
    params->function = PRC_VOI_LINEAR;
    if (preset) {
      params->centre = preset->centre;
      params->width = preset->width;
    } else {
      ctl_parse_pair (options->window, ',', &params->centre, &params->width);
    }
  }
  params->invert = options->invert;
  params->overlays = !options->no_overlays;
  params->palette = options->palette ? prc_palette_find (options->palette) : NULL;
  return true;
}

// Text and marks over the raster, as the viewer draws them.
static void
annotate (cairo_surface_t *surface, const Subject *subject, const Options *options,
          const PrcViewParams *params) {
  const PrcAnnotation annotation = {
      .series = subject->series,
      .index = subject->index,
      .frame = subject->frame,
      .params = params,
      .view_width = cairo_image_surface_get_width (surface),
      .view_height = cairo_image_surface_get_height (surface),
      .scale = 1,
      .level = PRC_ANNOTATE_ALL,
      .presentation = subject->state,
      .graphics_only = options->graphics_only,
  };
  if (!subject->series)
    return;
  cairo_t *cr = cairo_create (surface);
  if (!options->no_text)
    prc_annotate_draw (&annotation, cr);
  else if (subject->state)
    prc_presentation_draw (subject->state, slice_of (subject), prc_frame_info (subject->frame),
                           params, annotation.view_width, annotation.view_height, 1, cr);
  cairo_destroy (cr);
}

// The size of a picture of one device pixel per column, but no poster.
static void
choose_size (const Subject *subject, const Options *options, int *view_width, int *view_height) {
  const PrcFrameInfo *info = prc_frame_info (subject->frame);
  double width = info->columns, height = info->rows * info->pixel_aspect, larger;
  if (subject->state && !options->graphics_only)
    prc_presentation_extent (subject->state, slice_of (subject), info, &width, &height);
  larger = fmax (width, height) / 2048;
  if (options->size)
    ctl_parse_pair (options->size, 'x', &width, &height);
  else if (larger > 1) // a whole radiograph on a screen
    width /= larger, height /= larger;
  *view_width = (int)fmax (1, round (width));
  *view_height = (int)fmax (1, round (height));
}

static void
place (const Subject *subject, const Options *options, int view_width, int view_height,
       PrcViewParams *params) {
  const PrcFrameInfo *info = prc_frame_info (subject->frame);
  if (!subject->state || options->graphics_only) {
    prc_view_params_fit (params, info, view_width, view_height);
    return;
  }
  prc_view_params_set_turn (params, prc_presentation_turn (subject->state));
  prc_presentation_place (subject->state, slice_of (subject), info, view_width, view_height, 0,
                          params);
}

static cairo_surface_t *
view_surface (const Subject *subject, PrcViewParams *params, const Options *options,
              GError **error) {
  int view_width, view_height;
  choose_size (subject, options, &view_width, &view_height);
  place (subject, options, view_width, view_height, params);
  g_autoptr (PrcRaster) raster = prc_render (subject->frame, params, subject->layer, view_width,
                                             view_height, ctl_cancellable (), error);
  if (!raster)
    return NULL;
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, view_width, view_height);
  cairo_surface_flush (surface);
  const unsigned char *from = g_bytes_get_data (raster->bytes, NULL);
  unsigned char *to = cairo_image_surface_get_data (surface);
  size_t to_stride = (size_t)cairo_image_surface_get_stride (surface);
  for (int y = 0; y < view_height; y++)
    memcpy (to + to_stride * (size_t)y, from + raster->stride * (size_t)y, 4 * (size_t)view_width);
  cairo_surface_mark_dirty (surface);
  annotate (surface, subject, options, params);
  return surface;
}

static void
paint_native (const PrcFrameInfo *info, const PrcLayer *layer, uint32_t *pixels) {
  const PrcViewParams params = {
      .zoom = 1, .image_centre_x = info->columns / 2.0, .image_centre_y = info->rows / 2.0};
  prc_layer_paint (layer, &params, 1, info->rows, info->columns, pixels, (int)info->columns,
                   (int)info->rows);
}

// One image pixel per output pixel. cairo writes A8 as an 8-bit grey PNG; a layer makes it RGB.
static cairo_surface_t *
native_surface (const PrcFrame *frame, const PrcViewParams *params, const PrcLayer *layer) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  unsigned n = prc_render_native_channels (frame, params);
  bool colour = n == 3 || layer;
  g_autoptr (GBytes) bytes = prc_render_native (frame, params);
  const unsigned char *from = g_bytes_get_data (bytes, NULL);
  cairo_surface_t *surface = cairo_image_surface_create (
      colour ? CAIRO_FORMAT_RGB24 : CAIRO_FORMAT_A8, (int)info->columns, (int)info->rows);
  cairo_surface_flush (surface);
  unsigned char *to = cairo_image_surface_get_data (surface);
  size_t stride = (size_t)cairo_image_surface_get_stride (surface);
  for (uint32_t y = 0; y < info->rows && to; y++, to += stride) {
    if (!colour) {
      memcpy (to, from + (size_t)y * info->columns, info->columns);
      continue;
    }
    const unsigned char *row = from + (size_t)y * info->columns * n;
    for (uint32_t x = 0; x < info->columns; x++, row += n)
      ((uint32_t *)(void *)to)[x] =
          0xff000000 | (uint32_t)row[0] << 16 | (uint32_t)row[n / 2] << 8 | row[n - 1];
  }
  if (layer && cairo_image_surface_get_data (surface))
    paint_native (info, layer, (uint32_t *)(void *)cairo_image_surface_get_data (surface));
  cairo_surface_mark_dirty (surface);
  return surface;
}

static cairo_status_t
append (void *array, const unsigned char *data, unsigned length) {
  g_byte_array_append (array, data, length);
  return CAIRO_STATUS_SUCCESS;
}

// A pipe or a device stays what it is and takes the bytes; a file is replaced as a whole.
static bool
write_file (const char *path, const GByteArray *bytes, GError **error) {
  bool special =
      g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR);
  if (!special)
    return g_file_set_contents_full (path, (const char *)bytes->data, bytes->len,
                                     G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
  FILE *file = g_fopen (path, "wb");
  bool written = file && fwrite (bytes->data, 1, bytes->len, file) == bytes->len;
  int status = errno;
  if (file && fclose (file) != 0)
    status = errno, written = false;
  if (!written)
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO, g_strerror (status));
  return written;
}

static bool
write_png (cairo_surface_t *surface, const char *path, GError **error) {
  g_autoptr (GByteArray) png = g_byte_array_new ();
  cairo_status_t status = cairo_surface_write_to_png_stream (surface, append, png);
  if (status != CAIRO_STATUS_SUCCESS) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO,
                 _ ("The picture cannot be made: %s"), cairo_status_to_string (status));
    return false;
  }
  return write_file (path, png, error);
}

// Reads the presentation state and looks at the frame as it says.
static bool
apply_state (PrcCodecPool *pool, const Options *options, Subject *subject, GError **error) {
  subject->state =
      prc_codec_pool_present (pool, options->state, PRC_PRIORITY_VIEW, ctl_cancellable (), error);
  if (!subject->state) {
    g_prefix_error (error, "%s: ", options->state);
    return false;
  }
  if (!subject->series || !prc_presentation_names (subject->state, slice_of (subject))) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
                 _ ("The presentation state is not about this image"));
    return false;
  }
  const char *const *notes = prc_presentation_info (subject->state)->notes;
  for (; *notes && !options->graphics_only; notes++)
    ctl_complain_text (options->state, *notes);
  g_autoptr (PrcFrame) frame = g_steal_pointer (&subject->frame);
  subject->frame = options->graphics_only
                       ? prc_presentation_overlay (subject->state, frame)
                       : prc_presentation_read (subject->state, slice_of (subject), frame);
  return true;
}

static bool
read_subject (const char *path, const Options *options, Subject *subject, GError **error) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  subject->instance = ctl_describe (pool, path, error);
  subject->frame =
      subject->instance ? ctl_decode (pool, subject->instance, options->frame_number, error) : NULL;
  if (!subject->frame)
    return false;
  subject->stacks = prc_series_group (&subject->instance, 1);
  for (guint i = 0; i < subject->stacks->len; i++) {
    int index = prc_series_find (subject->stacks->pdata[i],
                                 prc_instance_info (subject->instance)->sop_instance_uid,
                                 (uint32_t)options->frame_number - 1);
    if (index < 0)
      continue;
    subject->series = subject->stacks->pdata[i];
    subject->index = (uint32_t)index;
  }
  if (options->state && !apply_state (pool, options, subject, error))
    return false;
  if (!options->overlays)
    return true;
  const PrcSlice slice = {.instance = subject->instance,
                          .frame = (uint32_t)options->frame_number - 1};
  return ctl_overlay_layer (pool, options->overlays, &slice, &subject->layer, error);
}

static bool
render_file (const char *path, const Options *options, GError **error) {
  g_auto (Subject) subject = {NULL};
  PrcViewParams params = {.smooth = true, .zoom = 1};
  if (!read_subject (path, options, &subject, error) ||
      !choose_voi (options, subject.frame, &params, error))
    return false;
  if (subject.state && !options->graphics_only && !params.palette)
    params.palette = prc_presentation_palette (subject.state);
  cairo_surface_t *surface = options->native
                                 ? native_surface (subject.frame, &params, subject.layer)
                                 : view_surface (&subject, &params, options, error);
  bool written = surface && write_png (surface, options->output, error);
  if (surface)
    cairo_surface_destroy (surface);
  return written;
}

static CtlStatus
complain_palette (const char *id) {
  size_t n;
  const PrcPalette *all = prc_palettes (&n);
  g_autoptr (GString) ids = g_string_new (all[0].id);
  for (size_t i = 1; i < n; i++)
    g_string_append_printf (ids, ", %s", all[i].id);
  return ctl_usage (_ ("there is no palette \"%s\", only %s"), id, ids->str);
}

static bool
check (const Options *options, CtlStatus *status) {
  double a, b;
  *status = CTL_DONE;
  if (!options->output)
    *status = ctl_usage (_ ("-o FILE.png is needed"));
  else if (options->window && (!ctl_parse_pair (options->window, ',', &a, &b) || b <= 0))
    *status = ctl_usage (_ ("--window takes CENTRE,WIDTH with a width above 0, not \"%s\""),
                         options->window);
  else if (options->preset && !prc_preset_find (options->preset))
    *status = ctl_usage (_ ("there is no preset \"%s\""), options->preset);
  else if (options->palette && !prc_palette_find (options->palette))
    *status = complain_palette (options->palette);
  else if (options->size && (!ctl_parse_pair (options->size, 'x', &a, &b) || a < 1 || b < 1 ||
                             a > 16384 || b > 16384))
    *status =
        ctl_usage (_ ("--size takes WIDTHxHEIGHT from 1 to 16384, not \"%s\""), options->size);
  else if (options->voi < 0 ||
           (options->window != NULL) + (options->preset != NULL) + (options->voi > 0) > 1)
    *status = ctl_usage (_ ("give one of --window, --preset and --voi"));
  else if (options->graphics_only && !options->state)
    *status = ctl_usage (_ ("--graphics-only goes with --state"));
  return *status == CTL_DONE;
}

CtlStatus
ctl_render (int argc, char **argv) {
  g_auto (Options) options = {.frame_number = 1};
  const GOptionEntry entries[] = {
      {"frame", 0, 0, G_OPTION_ARG_INT, &options.frame_number,
       N_ ("Frame of a multi-frame image, from 1"), "N"},
      {"window", 0, 0, G_OPTION_ARG_STRING, &options.window,
       N_ ("Window in modality units (HU for CT)"), "C,W"},
      {"preset", 0, 0, G_OPTION_ARG_STRING, &options.preset,
       N_ ("Window by name: brain, lung, bone, ..."), "NAME"},
      {"voi", 0, 0, G_OPTION_ARG_INT, &options.voi, N_ ("The file's own VOI LUT or window, from 1"),
       "N"},
      {"invert", 0, 0, G_OPTION_ARG_NONE, &options.invert, N_ ("Swap bright and dark"), NULL},
      {"palette", 0, 0, G_OPTION_ARG_STRING, &options.palette,
       N_ ("Colours of a grey picture: hot-iron, pet, viridis, ..."), "NAME"},
      {"size", 0, 0, G_OPTION_ARG_STRING, &options.size, N_ ("Size of the picture"), "WxH"},
      {"native", 0, 0, G_OPTION_ARG_NONE, &options.native,
       N_ ("One image pixel per output pixel, no text"), NULL},
      {"no-overlays", 0, 0, G_OPTION_ARG_NONE, &options.no_overlays,
       N_ ("Leave out the file's overlays; --native always does"), NULL},
      {"overlay", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.overlays,
       N_ ("Segments to paint over it; may be given again"), "SEGFILE"},
      {"state", 0, 0, G_OPTION_ARG_FILENAME, &options.state,
       N_ ("Presentation state to look at it with"), "PRFILE"},
      {"graphics-only", 0, 0, G_OPTION_ARG_NONE, &options.graphics_only,
       N_ ("Of the presentation state only what it draws"), NULL},
      {"no-text", 0, 0, G_OPTION_ARG_NONE, &options.no_text, N_ ("Leave out text and marks"), NULL},
      {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, N_ ("The PNG file to write"),
       "OUT.png"},
      {NULL},
  };
  CtlStatus status;
  if (!ctl_options (&argc, &argv, entries, "FILE", 1, 1))
    return CTL_USAGE;
  if (!check (&options, &status))
    return status;
  g_autoptr (GError) error = NULL;
  return render_file (argv[1], &options, &error) ? CTL_DONE : ctl_complain (argv[1], error);
}
