// SPDX-License-Identifier: Apache-2.0
#include "ctl.h"

#include <glib/gi18n.h>
#include "prc-text.h"

static char *chosen_library;
static gboolean as_json;

static const GOptionEntry common_entries[] = {
    {"library", 0, 0, G_OPTION_ARG_FILENAME, &chosen_library,
     N_ ("Another library than the viewer's"), "L"},
    {"json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("One JSON document"), NULL},
    {NULL},
};

static void
add_codes (JsonBuilder *json, const PrcCase *self) {
  json_builder_set_member_name (json, "codes");
  json_builder_begin_array (json);
  for (guint i = 0; i < self->n_codes; i++) {
    const PrcCaseCode *each = &self->codes[i];
    json_builder_begin_object (json);
    ctl_json_string (json, "of", each->of_finding ? "finding" : "diagnosis");
    ctl_json_string (json, "scheme", each->code.scheme);
    ctl_json_string (json, "value", each->code.value);
    ctl_json_string (json, "meaning", each->code.meaning);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
}

static void
add_tags (JsonBuilder *json, const PrcCase *self) {
  json_builder_set_member_name (json, "tags");
  json_builder_begin_array (json);
  for (char **tag = self->tags; *tag; tag++)
    ctl_json_text (json, *tag);
  json_builder_end_array (json);
}

static void
add_case (JsonBuilder *json, const PrcCase *self) {
  ctl_json_int (json, "case", self->id);
  ctl_json_string (json, "title", self->title);
  ctl_json_string (json, "diagnosis", self->diagnosis);
  ctl_json_string (json, "findings", self->findings);
  ctl_json_string (json, "note", self->note);
  ctl_json_string (json, "outcome", self->outcome);
  ctl_json_string (json, "history", self->history);
  ctl_json_string (json, "proof", self->proof);
  add_tags (json, self);
  add_codes (json, self);
  ctl_json_string (json, "modality", self->modality);
  ctl_json_string (json, "body-part", self->body_part);
  ctl_json_string (json, "plane", self->plane);
  ctl_json_bool (json, "contrast", self->contrast);
  ctl_json_string (json, "sex", self->sex);
  ctl_json_string (json, "age", self->age);
  ctl_json_string (json, "study-date", self->study_date);
  ctl_json_string (json, "added", self->added);
  ctl_json_int (json, "series", self->n_series);
  ctl_json_int (json, "slices", self->n_slices);
}

static bool
parse_case_id (const char *text, gint64 *id) {
  return g_ascii_string_to_signed (text, 10, 1, G_MAXINT64, id, NULL);
}

CtlStatus
ctl_list (int argc, char **argv) {
  if (!ctl_options (&argc, &argv, common_entries, NULL, 0, 0))
    return CTL_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcLibrary) library = ctl_open_library (chosen_library);
  g_autoptr (GPtrArray) cases = library ? prc_library_cases (library, &error) : NULL;
  if (!cases)
    return library ? ctl_complain (_ ("library"), error) : CTL_REFUSED;
  g_autoptr (JsonBuilder) json = json_builder_new ();
  json_builder_begin_array (json);
  for (guint i = 0; i < cases->len; i++) {
    const PrcCase *each = g_ptr_array_index (cases, i);
    json_builder_begin_object (json);
    add_case (json, each);
    json_builder_end_object (json);
    if (!as_json)
      g_print ("%6" G_GINT64_FORMAT "  %-3s %-10s %5u  %s | %s\n", each->id, each->modality,
               each->body_part, each->n_slices, each->title, each->diagnosis);
  }
  json_builder_end_array (json);
  if (as_json)
    ctl_print_json (json);
  return CTL_DONE;
}

static void
print_segments (GPtrArray *segments) {
  if (segments->len > 0)
    g_print (_ ("Segments: %u\n"), segments->len);
  for (guint i = 0; i < segments->len; i++) {
    g_autofree char *title = prc_case_segment_title (segments->pdata[i]);
    const PrcCaseSegment *each = segments->pdata[i];
    g_autofree char *shown = ctl_shown_path (each->path);
    g_print ("%4u. %s | %s\n", each->segment.number, title, shown);
  }
}

static void
print_case (const PrcCase *self, char **paths, GPtrArray *segments) {
  g_autofree char *age = prc_text_age (self->age), *date = prc_text_date (self->study_date);
  g_autofree char *tags = g_strjoinv ("; ", self->tags);
  const struct {
    const char *label, *value;
  } lines[] = {
      {_ ("Title"), self->title},
      {_ ("History"), self->history},
      {_ ("Diagnosis"), self->diagnosis},
      {_ ("Proven by"), self->proof},
      {_ ("Findings"), self->findings},
      {_ ("Note"), self->note},
      {_ ("Outcome"), self->outcome},
      {_ ("Tags"), tags},
      {_ ("Modality"), self->modality},
      {_ ("Body part"), self->body_part},
      {_ ("Plane"), self->plane},
      {_ ("Sex"), self->sex},
      {_ ("Age"), age},
      {_ ("Study date"), date},
      {_ ("Added"), self->added},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (lines); i++) {
    if (*lines[i].value)
      g_print ("%s: %s\n", lines[i].label, lines[i].value);
  }
  for (guint i = 0; i < self->n_codes; i++)
    g_print (_ ("Code: %s %s %s\n"), self->codes[i].code.scheme, self->codes[i].code.value,
             self->codes[i].code.meaning);
  g_print (_ ("Series: %u, slices: %u, files: %u\n"), self->n_series, self->n_slices,
           g_strv_length (paths));
  for (char **path = paths; *path; path++) {
    g_autofree char *shown = ctl_shown_path (*path);
    g_print ("  %s\n", shown);
  }
  print_segments (segments);
}

static void
print_case_json (const PrcCase *self, char **paths, GPtrArray *segments) {
  g_autoptr (JsonBuilder) json = json_builder_new ();
  json_builder_begin_object (json);
  add_case (json, self);
  json_builder_set_member_name (json, "paths");
  json_builder_begin_array (json);
  for (char **path = paths; *path; path++)
    ctl_json_text (json, *path);
  json_builder_end_array (json);
  json_builder_set_member_name (json, "segments");
  json_builder_begin_array (json);
  for (guint i = 0; i < segments->len; i++) {
    json_builder_begin_object (json);
    ctl_json_segment (json, segments->pdata[i]);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
  json_builder_end_object (json);
  ctl_print_json (json);
}

CtlStatus
ctl_show (int argc, char **argv) {
  gint64 id;
  if (!ctl_options (&argc, &argv, common_entries, "CASE", 1, 1))
    return CTL_USAGE;
  if (!parse_case_id (argv[1], &id))
    return ctl_usage (_ ("a case is a number from 1, not \"%s\""), argv[1]);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcLibrary) library = ctl_open_library (chosen_library);
  if (!library)
    return CTL_REFUSED;
  g_autoptr (PrcCase) found = prc_library_case (library, id, &error);
  g_auto (GStrv) paths = found ? prc_library_case_paths (library, id, &error) : NULL;
  g_autoptr (GPtrArray) segments = paths ? prc_library_case_segments (library, id, &error) : NULL;
  if (!segments)
    return ctl_complain (argv[1], error);
  if (as_json)
    print_case_json (found, paths, segments);
  else
    print_case (found, paths, segments);
  return CTL_DONE;
}

CtlStatus
ctl_remove (int argc, char **argv) {
  gint64 id;
  if (!ctl_options (&argc, &argv, common_entries, "CASE...", 1, -1))
    return CTL_USAGE;
  for (int i = 1; i < argc; i++) {
    if (!parse_case_id (argv[i], &id))
      return ctl_usage (_ ("a case is a number from 1, not \"%s\""), argv[i]);
  }
  g_autoptr (PrcLibrary) library = ctl_open_library (chosen_library);
  if (!library)
    return CTL_REFUSED;
  CtlStatus status = CTL_DONE;
  for (int i = 1; i < argc; i++) {
    g_autoptr (GError) error = NULL;
    parse_case_id (argv[i], &id);
    if (!prc_library_remove (library, id, &error))
      status = ctl_complain (argv[i], error);
  }
  return status;
}

CtlStatus
ctl_verify (int argc, char **argv) {
  gboolean repair = FALSE;
  g_autofree char *path = NULL;
  const GOptionEntry entries[] = {
      {"library", 0, 0, G_OPTION_ARG_FILENAME, &path, N_ ("Another library than the viewer's"),
       "L"},
      {"repair", 0, 0, G_OPTION_ARG_NONE, &repair, N_ ("Mend what can be mended"), NULL},
      {NULL},
  };
  if (!ctl_options (&argc, &argv, entries, NULL, 0, 0))
    return CTL_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcLibrary) library = ctl_open_library (path);
  g_autoptr (GPtrArray) problems = library ? prc_library_verify (library, repair, &error) : NULL;
  if (!problems)
    return library ? ctl_complain (_ ("library"), error) : CTL_REFUSED;
  for (guint i = 0; i < problems->len; i++)
    ctl_complain_text (path ? path : _ ("library"), g_ptr_array_index (problems, i));
  if (problems->len == 0)
    g_print (_ ("The library is sound.\n"));
  return problems->len ? CTL_REFUSED : CTL_DONE;
}
