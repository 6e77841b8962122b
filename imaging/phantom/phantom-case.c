// SPDX-License-Identifier: Apache-2.0
#include "phantom-case.h"
#include "phantom-dicom.h"
#include "phantom-scanner.h"
#include "prc-imaging-error.h"
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define GENERATOR_VERSION 3 // part of the folder name: raise it when pictures or files change

#define JPEG_LS_LOSSLESS       "1.2.840.10008.1.2.4.80"
#define EXPLICIT_LITTLE_ENDIAN "1.2.840.10008.1.2.1"

char *
prc_case_folder_name (const PrcPatient *patient) {
  return g_strdup_printf (
      "case-%04u-%06x", patient->number,
      (unsigned)(prc_hash64_pair (patient->seed, GENERATOR_VERSION) & 0xffffff));
}

typedef struct {
  PrcCodecPool *pool;
  const PrcPatient *patient;
  const char *folder;
  GCancellable *cancellable;
} Job;

static gboolean
encode (const Job *job, const char *json, void *pixels, size_t size, const char *syntax,
        const char *name, GError **error) {
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, size);
  g_autofree char *path = g_build_filename (job->folder, name, NULL);

  return prc_codec_pool_encode (job->pool, json, bytes, syntax, path, job->cancellable, error);
}

static PrcImagePlace
place_of_slice (const PrcPatient *patient, const PrcVolume *volume, unsigned series, uint32_t k) {
  PrcImagePlace place = {
      .patient = patient,
      .series = series,
      .instance = k + 1,
      .rows = volume->ny,
      .columns = volume->nx,
      .spacing_mm = {volume->dy, volume->dx},
      .slice_mm = volume->dz,
      .position_mm = volume->first_mm,
  };

  place.position_mm.z += volume->dz * (float)k;
  return place;
}

static gboolean
write_series (const Job *job, const PrcVolume *volume, unsigned series, GError **error) {
  static const char *const names[] = {"t1", "t2", "flair"};
  bool mr = job->patient->region == PRC_REGION_MR_BRAIN;

  for (uint32_t k = 0; k < volume->nz; k++) {
    PrcImagePlace place = place_of_slice (job->patient, volume, series, k);
    uint16_t *samples = mr ? prc_scanner_mr_slice (volume, job->patient, series - 1, k)
                           : prc_scanner_ct_slice (volume, job->patient, k);
    g_autofree char *json = prc_dicom_image (&place);
    g_autofree char *name =
        g_strdup_printf ("%s-%03u.dcm", mr ? names[series - 1] : "ct", place.instance);

    if (!encode (job, json, samples, sizeof *samples * volume->nx * volume->ny, JPEG_LS_LOSSLESS,
                 name, error))
      return FALSE;
  }
  return TRUE;
}

// Bits of all frames in one row, the first pixel in the lowest bit (PS3.5 8.1.1).
static uint8_t *
pack_bits (const uint8_t *const *masks, unsigned n_masks, size_t n, size_t *size) {
  uint8_t *bits;
  size_t at = 0;

  *size = (n * n_masks + 7) / 8;
  bits = g_malloc0 (*size + 1);
  for (unsigned m = 0; m < n_masks; m++)
    for (size_t i = 0; i < n; i++, at++)
      bits[at >> 3] |= (uint8_t)((masks[m][i] & 1) << (at & 7));
  return bits;
}

static gboolean
write_segmentation (const Job *job, const PrcImagePlace *frames, const uint8_t *const *masks,
                    unsigned n, GError **error) {
  g_autofree char *json = prc_dicom_segmentation (frames, n);
  size_t size;
  uint8_t *bits = pack_bits (masks, n, (size_t)frames[0].rows * frames[0].columns, &size);

  return encode (job, json, bits, size + size % 2, EXPLICIT_LITTLE_ENDIAN, "finding-seg.dcm",
                 error);
}

// In MR on the series that shows it best.
static unsigned
series_of_finding (const PrcPatient *patient) {
  return patient->region != PRC_REGION_MR_BRAIN || patient->finding == PRC_FINDING_TUMOUR ? 1 : 3;
}

static gboolean
write_volume_segmentation (const Job *job, const PrcVolume *volume, GError **error) {
  g_autofree PrcImagePlace *frames = g_new (PrcImagePlace, volume->nz);
  g_autofree const uint8_t **masks = g_new (const uint8_t *, volume->nz);
  size_t plane = (size_t)volume->nx * volume->ny;
  unsigned n = 0;

  for (uint32_t k = 0; k < volume->nz; k++) {
    const uint8_t *mask = volume->finding + k * plane;

    if (!memchr (mask, 1, plane))
      continue;
    frames[n] = place_of_slice (job->patient, volume, series_of_finding (job->patient), k);
    masks[n++] = mask;
  }
  return n == 0 || write_segmentation (job, frames, masks, n, error);
}

static gboolean
write_radiograph (const Job *job, const PrcVolume *volume, GError **error) {
  PrcRadiograph radiograph;
  PrcImagePlace place = {.patient = job->patient, .series = 1, .instance = 1};
  g_autofree char *json = NULL;
  gboolean written;

  prc_scanner_radiograph (volume, job->patient, &radiograph);
  place.rows = radiograph.rows;
  place.columns = radiograph.columns;
  place.spacing_mm[0] = place.spacing_mm[1] = radiograph.spacing_mm;
  json = prc_dicom_image (&place);
  written = encode (job, json, g_steal_pointer (&radiograph.samples),
                    sizeof (uint16_t) * place.rows * place.columns, JPEG_LS_LOSSLESS,
                    "chest-pa.dcm", error);
  if (written && memchr (radiograph.mask, 1, (size_t)place.rows * place.columns)) {
    const uint8_t *mask = radiograph.mask;

    written = write_segmentation (job, &place, &mask, 1, error);
  }
  prc_radiograph_clear (&radiograph);
  return written;
}

static gboolean
write_files (const Job *job, const PrcVolume *volume, GError **error) {
  unsigned n_series = job->patient->region == PRC_REGION_MR_BRAIN ? 3 : 1;

  if (job->patient->region == PRC_REGION_DX_CHEST)
    return write_radiograph (job, volume, error);
  for (unsigned series = 1; series <= n_series; series++)
    if (!write_series (job, volume, series, error))
      return FALSE;
  return job->patient->finding == PRC_FINDING_NONE ||
         write_volume_segmentation (job, volume, error);
}

// ---- the folder ----

// What an interrupted run left: flat, our own files.
static void
remove_folder (const char *path) {
  GDir *dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *file = g_build_filename (path, name, NULL);

    g_unlink (file);
  }
  g_clear_pointer (&dir, g_dir_close);
  g_rmdir (path);
}

static void
set_io_error (GError **error) {
  g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO,
               _ ("The case could not be written: %s"), g_strerror (errno));
}

gboolean
prc_case_write (PrcCodecPool *pool, const PrcPatient *patient, const char *path,
                GCancellable *cancellable, GError **error) {
  g_autofree char *parent = g_path_get_dirname (path), *name = g_path_get_basename (path);
  g_autofree char *hidden_name = g_strdup_printf (".%s.part", name);
  g_autofree char *hidden = g_build_filename (parent, hidden_name, NULL);
  Job job = {pool, patient, hidden, cancellable};
  PrcVolume *volume;
  gboolean written;

  remove_folder (hidden);
  if (g_mkdir_with_parents (hidden, 0700) != 0) {
    set_io_error (error);
    return FALSE;
  }
  volume = prc_scanner_volume (patient);
  written = write_files (&job, volume, error);
  prc_volume_free (volume);
  if (written && g_rename (hidden, path) != 0) {
    set_io_error (error);
    written = FALSE;
  }
  if (!written)
    remove_folder (hidden);
  return written;
}
