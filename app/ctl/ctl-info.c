// SPDX-License-Identifier: Apache-2.0
#include "ctl.h"

#include <glib/gi18n.h>
#include "prc-scan.h"
#include "prc-text.h"
#include "prc-transfer-syntax.h"

// The word of the JSON document; in text it is translated.
static const char *
orientation_name (PrcOrientation orientation) {
  switch (orientation) {
  case PRC_ORIENTATION_AXIAL:
    return N_ ("axial");
  case PRC_ORIENTATION_SAGITTAL:
    return N_ ("sagittal");
  case PRC_ORIENTATION_CORONAL:
    return N_ ("coronal");
  case PRC_ORIENTATION_OBLIQUE:
    return N_ ("oblique");
  case PRC_ORIENTATION_NONE:
  default:
    return N_ ("none");
  }
}

static const PrcPlane *
first_plane (PrcSeries *series) {
  const PrcSlice *slice = prc_series_slice (series, 0);
  return prc_instance_plane (slice->instance, slice->frame);
}

static void
print_series (PrcSeries *series) {
  const PrcInstanceInfo *info = prc_series_info (series);
  const PrcPlane *plane = first_plane (series);
  g_print ("    %s %d: %s\n", info->modality, info->series_number, prc_series_title (series));
  g_print (ngettext ("      %u frame of %u x %u, %s", "      %u frames of %u x %u, %s",
                     prc_series_length (series)),
           prc_series_length (series), info->columns, info->rows,
           _ (orientation_name (prc_series_orientation (series))));
  if (plane->row_spacing_mm > 0)
    g_print (_ (", pixels %.4g x %.4g mm"), plane->row_spacing_mm, plane->column_spacing_mm);
  if (prc_series_spacing_mm (series) > 0)
    g_print (_ (", slices every %.4g mm"), prc_series_spacing_mm (series));
  if (*info->transfer_syntax_uid)
    g_print (", %s", prc_transfer_syntax_name (info->transfer_syntax_uid));
  g_print ("\n");
  for (const char *const *problem = prc_series_problems (series); *problem; problem++)
    g_print ("      ! %s\n", *problem);
}

static void
print_scan (PrcScan *scan) {
  const char *patient = NULL, *study = NULL;
  for (guint i = 0; i < scan->series->len; i++) {
    PrcSeries *series = g_ptr_array_index (scan->series, i);
    const PrcInstanceInfo *info = prc_series_info (series);
    if (!patient || strcmp (patient, prc_series_patient_key (series))) {
      g_autofree char *name = prc_text_person_name (info->patient_name);
      g_autofree char *birth = prc_text_date (info->patient_birth_date);
      g_print ("%s  %s  %s  %s\n", name, info->patient_id, birth, info->patient_sex);
      study = NULL;
    }
    if (!study || strcmp (study, info->study_instance_uid)) {
      g_autofree char *date = prc_text_date (info->study_date);
      g_print ("  %s  %s\n", date, info->study_description);
    }
    patient = prc_series_patient_key (series);
    study = info->study_instance_uid;
    print_series (series);
  }
  for (guint i = 0; i < scan->others->len; i++) {
    PrcInstance *instance = g_ptr_array_index (scan->others, i);
    const PrcInstanceInfo *info = prc_instance_info (instance);
    g_autofree char *path = ctl_shown_path (info->path), *refusal = prc_instance_refusal (instance);
    g_print ("  %s %s: %s\n", info->modality, path, refusal);
  }
}

static void
add_spacing (JsonBuilder *json, PrcSeries *series) {
  const PrcPlane *plane = first_plane (series);
  json_builder_set_member_name (json, "pixel-spacing-mm");
  json_builder_begin_array (json);
  json_builder_add_double_value (json, plane->row_spacing_mm);
  json_builder_add_double_value (json, plane->column_spacing_mm);
  json_builder_end_array (json);
  ctl_json_number (json, "slice-spacing-mm", prc_series_spacing_mm (series));
}

// One lossy slice is enough to be told.
static bool
is_lossy (PrcSeries *series) {
  for (uint32_t i = 0; i < prc_series_length (series); i++)
    if (prc_instance_info (prc_series_slice (series, i)->instance)->lossy)
      return true;
  return false;
}

static void
add_series (JsonBuilder *json, PrcSeries *series) {
  const PrcInstanceInfo *info = prc_series_info (series);
  json_builder_begin_object (json);
  ctl_json_string (json, "series-instance-uid", info->series_instance_uid);
  ctl_json_string (json, "modality", info->modality);
  ctl_json_int (json, "series-number", info->series_number);
  ctl_json_string (json, "description", prc_series_title (series));
  ctl_json_string (json, "body-part", info->body_part);
  ctl_json_string (json, "laterality", info->laterality);
  ctl_json_string (json, "view-position", info->view_position);
  json_builder_set_member_name (json, "lossy");
  json_builder_add_boolean_value (json, is_lossy (series));
  ctl_json_int (json, "frames", prc_series_length (series));
  ctl_json_int (json, "rows", info->rows);
  ctl_json_int (json, "columns", info->columns);
  ctl_json_string (json, "transfer-syntax-uid", info->transfer_syntax_uid);
  ctl_json_string (json, "transfer-syntax", prc_transfer_syntax_name (info->transfer_syntax_uid));
  ctl_json_string (json, "orientation", orientation_name (prc_series_orientation (series)));
  add_spacing (json, series);
  json_builder_set_member_name (json, "problems");
  json_builder_begin_array (json);
  for (const char *const *problem = prc_series_problems (series); *problem; problem++)
    json_builder_add_string_value (json, *problem);
  json_builder_end_array (json);
  json_builder_set_member_name (json, "files");
  json_builder_begin_array (json);
  for (uint32_t i = 0; i < prc_series_length (series); i++) {
    const PrcSlice *slice = prc_series_slice (series, i);
    if (slice->frame == 0)
      ctl_json_text (json, prc_instance_info (slice->instance)->path);
  }
  json_builder_end_array (json);
  json_builder_end_object (json);
}

static void
open_patient (JsonBuilder *json, const PrcInstanceInfo *info) {
  json_builder_begin_object (json);
  ctl_json_string (json, "patient-id", info->patient_id);
  ctl_json_string (json, "patient-name", info->patient_name);
  ctl_json_string (json, "birth-date", info->patient_birth_date);
  ctl_json_string (json, "sex", info->patient_sex);
  json_builder_set_member_name (json, "studies");
  json_builder_begin_array (json);
}

static void
open_study (JsonBuilder *json, const PrcInstanceInfo *info) {
  json_builder_begin_object (json);
  ctl_json_string (json, "study-instance-uid", info->study_instance_uid);
  ctl_json_string (json, "date", info->study_date);
  ctl_json_string (json, "description", info->study_description);
  json_builder_set_member_name (json, "series");
  json_builder_begin_array (json);
}

static void
close_level (JsonBuilder *json) {
  json_builder_end_array (json);
  json_builder_end_object (json);
}

static void
add_patients (JsonBuilder *json, PrcScan *scan) {
  const char *patient = NULL, *study = NULL;
  json_builder_set_member_name (json, "patients");
  json_builder_begin_array (json);
  for (guint i = 0; i < scan->series->len; i++) {
    PrcSeries *series = g_ptr_array_index (scan->series, i);
    const PrcInstanceInfo *info = prc_series_info (series);
    bool new_patient = !patient || strcmp (patient, prc_series_patient_key (series));
    bool new_study = new_patient || strcmp (study, info->study_instance_uid);
    if (study && new_study)
      close_level (json);
    if (patient && new_patient)
      close_level (json);
    if (new_patient)
      open_patient (json, info);
    if (new_study)
      open_study (json, info);
    patient = prc_series_patient_key (series);
    study = info->study_instance_uid;
    add_series (json, series);
  }
  if (patient) {
    close_level (json);
    close_level (json);
  }
  json_builder_end_array (json);
}

static void
print_json (PrcScan *scan) {
  g_autoptr (JsonBuilder) json = json_builder_new ();
  json_builder_begin_object (json);
  add_patients (json, scan);
  json_builder_set_member_name (json, "others");
  json_builder_begin_array (json);
  for (guint i = 0; i < scan->others->len; i++) {
    PrcInstance *instance = g_ptr_array_index (scan->others, i);
    const PrcInstanceInfo *info = prc_instance_info (instance);
    g_autofree char *refusal = prc_instance_refusal (instance);
    json_builder_begin_object (json);
    ctl_json_string (json, "path", info->path);
    ctl_json_string (json, "modality", info->modality);
    ctl_json_string (json, "sop-class-uid", info->sop_class_uid);
    ctl_json_string (json, "description", refusal);
    json_builder_end_object (json);
  }
  json_builder_end_array (json);
  ctl_json_problems (json, scan->problems);
  json_builder_end_object (json);
  ctl_print_json (json);
}

static void
on_progress (PrcScan *scan, gpointer user_data) {
  ctl_progress (_ ("Reading headers"), scan->n_done, scan->n_found);
}

CtlStatus
ctl_info (int argc, char **argv) {
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("One JSON document"), NULL},
      {NULL},
  };
  if (!ctl_options (&argc, &argv, entries, "PATH...", 1, -1))
    return CTL_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  g_autoptr (PrcScan) scan = prc_scan (pool, (const char *const *)argv + 1, PRC_PRIORITY_SCAN,
                                       on_progress, NULL, ctl_cancellable (), &error);
  ctl_progress_end ();
  if (!scan)
    return ctl_complain (argv[1], error);
  for (guint i = 0; i < scan->problems->len; i++) {
    const PrcScanProblem *problem = g_ptr_array_index (scan->problems, i);
    ctl_complain_text (problem->path, problem->reason);
  }
  if (as_json)
    print_json (scan);
  else
    print_scan (scan);
  return scan->problems->len ? CTL_REFUSED : CTL_DONE;
}
