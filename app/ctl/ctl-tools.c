// SPDX-License-Identifier: Apache-2.0
#include "ctl.h"

#include <glib/gi18n.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#include "prc-imaging-error.h"
#include "prc-scan.h"

bool
ctl_options (int *argc, char ***argv, const GOptionEntry *entries, const char *operands, int min,
             int max) {
  g_autoptr (GOptionContext) context = g_option_context_new (operands);
  g_autoptr (GError) error = NULL;
  // The subcommand stands where GOption expects the program's name.
  g_autofree char *name = g_strdup_printf ("precedentctl %s", (*argv)[0]);
  g_set_prgname (name);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  bool parsed = g_option_context_parse (context, argc, argv, &error);
  int n = *argc - 1;
  if (parsed && n >= min && (max < 0 || n <= max))
    return true;
  g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);
  const char *reason = error     ? error->message
                       : n < min ? _ ("too few arguments")
                                 : _ ("too many arguments");
  g_printerr ("precedentctl: %s\n\n%s", reason, help);
  return false;
}

CtlStatus
ctl_usage (const char *format, ...) {
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr (_ ("precedentctl: %s\nTry \"%s --help\".\n"), reason, g_get_prgname ());
  return CTL_USAGE;
}

char *
ctl_shown_path (const char *path) {
  char *shown = g_filename_display_name (path);
  for (char *each = shown; *each; each++)
    if (g_ascii_iscntrl (*each))
      *each = '?';
  return shown;
}

void
ctl_complain_text (const char *path, const char *reason) {
  ctl_progress_end ();
  g_autofree char *shown = ctl_shown_path (path);
  g_printerr ("precedentctl: %s: %s\n", shown, reason);
}

CtlStatus
ctl_complain (const char *path, const GError *error) {
  ctl_complain_text (path, error->message);
  return CTL_REFUSED;
}

static gpointer
wait_for_signal (gpointer cancellable) {
  sigset_t signals;
  int received;
  sigemptyset (&signals);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGTERM);
  sigwait (&signals, &received);
  g_cancellable_cancel (cancellable);
  sigwait (&signals, &received); // asked twice: now
  _exit (128 + received);
}

GCancellable *
ctl_cancellable (void) {
  static GCancellable *cancellable;
  if (!cancellable) {
    cancellable = g_cancellable_new ();
    sigset_t signals;
    sigemptyset (&signals);
    sigaddset (&signals, SIGINT);
    sigaddset (&signals, SIGTERM);
    pthread_sigmask (SIG_BLOCK, &signals, NULL);
    g_thread_unref (g_thread_new ("signals", wait_for_signal, cancellable));
  }
  return cancellable;
}

static bool bar_is_open;

void
ctl_progress (const char *phase, guint done, guint total) {
  static gint64 last;
  gint64 now = g_get_monotonic_time ();
  bool terminal = isatty (STDERR_FILENO);
  if (!last)
    last = terminal ? 0 : now;
  if (now - last < (terminal ? G_USEC_PER_SEC / 10 : 5 * G_USEC_PER_SEC) && done < total)
    return;
  if (!terminal && done >= total && now - last < G_USEC_PER_SEC)
    return;
  last = now;
  if (!terminal) {
    g_printerr ("%s: %u/%u\n", phase, done, total);
    return;
  }
  enum { WIDTH = 30 };
  char bar[WIDTH + 1];
  guint filled = total ? (guint)((guint64)done * WIDTH / total) : 0;
  memset (bar, ' ', WIDTH);
  memset (bar, '#', MIN (filled, WIDTH));
  bar[WIDTH] = '\0';
  g_printerr ("\r\033[K%s [%s] %u/%u", phase, bar, done, total);
  bar_is_open = true;
}

void
ctl_progress_end (void) {
  if (bar_is_open)
    g_printerr ("\r\033[K");
  bar_is_open = false;
}

void
ctl_print_json (JsonBuilder *builder) {
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  g_autofree char *text = json_generator_to_data (generator, NULL);
  g_print ("%s\n", text);
}

void
ctl_json_text (JsonBuilder *builder, const char *text) {
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  json_builder_add_string_value (builder, valid);
}

void
ctl_json_string (JsonBuilder *builder, const char *name, const char *value) {
  json_builder_set_member_name (builder, name);
  ctl_json_text (builder, value ? value : "");
}

void
ctl_json_int (JsonBuilder *builder, const char *name, gint64 value) {
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
ctl_json_bool (JsonBuilder *builder, const char *name, bool value) {
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

void
ctl_json_number (JsonBuilder *builder, const char *name, double value) {
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
add_code (JsonBuilder *builder, const char *name, const PrcCode *code) {
  if (!*code->value)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  ctl_json_string (builder, "value", code->value);
  ctl_json_string (builder, "scheme", code->scheme);
  ctl_json_string (builder, "meaning", code->meaning);
  json_builder_end_object (builder);
}

void
ctl_json_segment_words (JsonBuilder *builder, const PrcSegment *segment) {
  ctl_json_int (builder, "number", segment->number);
  ctl_json_string (builder, "label", segment->label);
  add_code (builder, "category", &segment->category);
  add_code (builder, "type", &segment->type);
  add_code (builder, "type-modifier", &segment->type_modifier);
  add_code (builder, "anatomy", &segment->anatomic_region);
}

void
ctl_json_segment (JsonBuilder *builder, const PrcCaseSegment *segment) {
  ctl_json_segment_words (builder, &segment->segment);
  ctl_json_int (builder, "voxels", (gint64)segment->voxels);
  if (segment->volume_ml >= 0)
    ctl_json_number (builder, "volume-ml", segment->volume_ml);
  ctl_json_string (builder, "path", segment->path);
  ctl_json_string (builder, "modality", segment->modality);
  ctl_json_string (builder, "slice-path", segment->slice_path);
  ctl_json_int (builder, "frame", (gint64)segment->slice_frame + 1);
  ctl_json_int (builder, "slice", segment->slice_number);
}

void
ctl_json_problems (JsonBuilder *builder, GPtrArray *problems) {
  json_builder_set_member_name (builder, "problems");
  json_builder_begin_array (builder);
  for (guint i = 0; i < problems->len; i++) {
    const PrcScanProblem *problem = g_ptr_array_index (problems, i);
    json_builder_begin_object (builder);
    ctl_json_string (builder, "path", problem->path);
    ctl_json_string (builder, "reason", problem->reason);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

void
ctl_json_refusal (JsonBuilder *json, const char *path, const GError *error) {
  json_builder_begin_object (json);
  ctl_json_string (json, "path", path);
  ctl_json_string (json, "error", error->message);
  json_builder_end_object (json);
}

bool
ctl_parse_pair (const char *text, char separator, double *a, double *b) {
  char *end;
  *a = g_ascii_strtod (text, &end);
  if (end == text || *end != separator)
    return false;
  text = end + 1;
  *b = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*a) && isfinite (*b);
}

bool
ctl_parse_region (const char *text, PrcRegion *region) {
  double *values[] = {&region->x, &region->y, &region->width, &region->height};
  for (int i = 0; i < 4; i++) {
    char *end;
    *values[i] = g_ascii_strtod (text, &end);
    if (end == text || *end != (i < 3 ? ',' : '\0') || !isfinite (*values[i]))
      return false;
    text = end + 1;
  }
  return region->width > 0 && region->height > 0;
}

bool
ctl_open_encoder (const char *path, PrcModel **model, PrcEmbedder **embedder, unsigned max_batch) {
  g_autoptr (GError) error = NULL;
  *model = prc_model_load (path, &error);
  if (!*model) {
    ctl_complain (path ? path : _ ("encoder"), error);
    return false;
  }
  *embedder = prc_embedder_new (*model, max_batch);
  return true;
}

PrcLibrary *
ctl_open_library (const char *path) {
  g_autoptr (GError) error = NULL;
  g_autofree char *standard = path ? NULL : prc_library_default_path ();
  PrcLibrary *library = prc_library_open (path ? path : standard, &error);
  if (!library)
    ctl_complain (path ? path : standard, error);
  return library;
}

PrcInstance *
ctl_describe (PrcCodecPool *pool, const char *path, GError **error) {
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, ctl_cancellable (), error);
  if (instance && !prc_instance_info (instance)->is_image) {
    g_autofree char *refusal = prc_instance_refusal (instance);
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_NO_IMAGE, refusal);
    return NULL;
  }
  return g_steal_pointer (&instance);
}

PrcFrame *
ctl_decode (PrcCodecPool *pool, PrcInstance *instance, int frame_number, GError **error) {
  uint32_t n_frames = prc_instance_info (instance)->n_frames;
  if (frame_number < 1 || (uint32_t)frame_number > n_frames) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
                 _ ("there is no frame %d, only 1 to %u"), frame_number, n_frames);
    return NULL;
  }
  return prc_codec_pool_decode (pool, instance, (uint32_t)frame_number - 1, PRC_PRIORITY_VIEW,
                                ctl_cancellable (), error);
}
