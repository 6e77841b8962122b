// SPDX-License-Identifier: Apache-2.0
// Each finding against the same patient without it: it lies in the organ it belongs to, it is
// brighter or darker than what was there, and the rest of the patient is left alone.
#include <string.h>

#include "phantom-finding.h"
#include "phantom-scanner.h"
#include "prc-phantom.h"

typedef struct {
  PrcRegionKind region;
  PrcFindingKind finding;
  uint32_t organs; // that it may take the place of
  int sign;        // brighter (+1) or darker than those, in the first channel
  bool pushes;     // what is around aside, or dams up what flows
} Expected;

#define BRAIN (PRC_IN (PRC_ORGAN_BRAIN) | PRC_IN (PRC_ORGAN_CSF) | PRC_IN (PRC_ORGAN_CEREBELLUM))
// Vessels and airways run through the lungs.
#define LUNG  (PRC_IN (PRC_ORGAN_LUNG) | PRC_IN (PRC_ORGAN_VESSEL) | PRC_IN (PRC_ORGAN_AIRWAY))
#define LIVER (PRC_IN (PRC_ORGAN_LIVER) | PRC_IN (PRC_ORGAN_VESSEL))

static const Expected expected[] = {
    {PRC_REGION_CT_CHEST, PRC_FINDING_NODULE, LUNG, 1},
    {PRC_REGION_CT_CHEST, PRC_FINDING_MASS, LUNG, 1},
    {PRC_REGION_CT_CHEST, PRC_FINDING_CONSOLIDATION, LUNG, 1},
    {PRC_REGION_CT_CHEST, PRC_FINDING_EFFUSION, LUNG, 1},
    {PRC_REGION_CT_CHEST, PRC_FINDING_PNEUMOTHORAX, LUNG, -1},
    {PRC_REGION_CT_CHEST, PRC_FINDING_EMPHYSEMA, LUNG, -1},
    {PRC_REGION_DX_CHEST, PRC_FINDING_MASS, LUNG, 1},
    {PRC_REGION_DX_CHEST, PRC_FINDING_CONSOLIDATION, LUNG, 1},
    {PRC_REGION_DX_CHEST, PRC_FINDING_EFFUSION, LUNG, 1},
    {PRC_REGION_DX_CHEST, PRC_FINDING_PNEUMOTHORAX, LUNG, -1},
    {PRC_REGION_CT_HEAD, PRC_FINDING_HAEMORRHAGE, BRAIN, 1, true},
    {PRC_REGION_CT_HEAD, PRC_FINDING_SUBDURAL, BRAIN, 1, true},
    {PRC_REGION_CT_HEAD, PRC_FINDING_INFARCT, BRAIN, -1},
    {PRC_REGION_CT_HEAD, PRC_FINDING_TUMOUR, BRAIN, 0, true}, // a bright ring around a dark middle
    {PRC_REGION_MR_BRAIN, PRC_FINDING_INFARCT, BRAIN, -1},    // T1
    {PRC_REGION_MR_BRAIN, PRC_FINDING_TUMOUR, BRAIN, 0, true},
    {PRC_REGION_CT_ABDOMEN, PRC_FINDING_METASTASES, LIVER, -1},
    {PRC_REGION_CT_ABDOMEN, PRC_FINDING_LIVER_CYST, LIVER, -1},
    {PRC_REGION_CT_ABDOMEN, PRC_FINDING_KIDNEY_STONE,
     PRC_IN (PRC_ORGAN_KIDNEY) | PRC_IN (PRC_ORGAN_OTHER) | PRC_IN (PRC_ORGAN_FAT), 1, true},
};

// The first patient of the seed with it; false when there is none among many.
static bool
find_patient (const Expected *e, uint64_t seed, PrcPatient *patient) {
  for (unsigned number = 0; number < 200; number++) {
    prc_patient_draw (patient, seed, number);
    if (patient->region == e->region && patient->finding == e->finding)
      return true;
  }
  return false;
}

typedef struct {
  double marked, in_organ; // voxels
  double difference;       // mean within the mask
  double changed_far;      // voxels further than 40 mm from the mask's box that are not as before
} Comparison;

// How far a voxel lies outside the box of the mask, mm.
static float
outside (const PrcVolume *v, size_t i, const uint32_t low[3], const uint32_t high[3]) {
  uint32_t at[3] = {(uint32_t)(i % v->nx), (uint32_t)(i / v->nx % v->ny),
                    (uint32_t)(i / v->nx / v->ny)};
  float spacing[3] = {v->dx, v->dy, v->dz}, most = 0;
  for (int k = 0; k < 3; k++) {
    float below = ((float)low[k] - (float)at[k]) * spacing[k],
          above = ((float)at[k] - (float)high[k]) * spacing[k];
    most = MAX (most, MAX (below, above));
  }
  return most;
}

static Comparison
compare (const PrcVolume *with, const PrcVolume *without, uint32_t organs) {
  Comparison c = {0};
  uint32_t low[3] = {UINT32_MAX, UINT32_MAX, UINT32_MAX}, high[3] = {0};
  size_t n = prc_volume_length (with);
  for (size_t i = 0; i < n; i++) {
    if (!with->finding[i])
      continue;
    uint32_t at[3] = {(uint32_t)(i % with->nx), (uint32_t)(i / with->nx % with->ny),
                      (uint32_t)(i / with->nx / with->ny)};
    for (int k = 0; k < 3; k++) {
      low[k] = MIN (low[k], at[k]);
      high[k] = MAX (high[k], at[k]);
    }
    c.marked++;
    c.in_organ += (organs & PRC_IN (without->organ[i])) != 0;
    c.difference += (double)(with->value[0][i] - without->value[0][i]);
  }
  for (size_t i = 0; i < n; i++)
    c.changed_far += memcmp (&with->value[0][i], &without->value[0][i], sizeof (float)) != 0 &&
                     outside (with, i, low, high) > 40;
  c.difference /= MAX (c.marked, 1);
  return c;
}

static void
test_finding (gconstpointer data) {
  const Expected *e = data;
  PrcPatient patient, healthy;
  if (!find_patient (e, 1, &patient))
    g_assert_not_reached ();
  healthy = patient;
  healthy.finding = PRC_FINDING_NONE;
  PrcVolume *with = prc_scanner_volume (&patient), *without = prc_scanner_volume (&healthy);
  Comparison c = compare (with, without, e->organs);
  g_test_message ("%.0f voxels, %.1f %% in the organ, %.1f, %.0f changed far away", c.marked,
                  100 * c.in_organ / MAX (c.marked, 1), c.difference, c.changed_far);
  g_assert_cmpfloat (c.marked, >, 3);
  g_assert_cmpfloat (c.in_organ, >=, 0.95 * c.marked);
  if (e->sign)
    g_assert_cmpfloat (e->sign * c.difference, >, 0);
  if (!e->pushes)
    g_assert_cmpfloat (c.changed_far, ==, 0);
  prc_volume_free (with);
  prc_volume_free (without);
}

static void
test_normal (void) {
  for (int region = 0; region < PRC_N_REGIONS; region++) {
    const Expected e = {.region = (PrcRegionKind)region, .finding = PRC_FINDING_NONE};
    PrcPatient patient;
    if (!find_patient (&e, 1, &patient))
      g_assert_not_reached ();
    PrcVolume *volume = prc_scanner_volume (&patient);
    for (size_t i = 0; i < prc_volume_length (volume); i++)
      g_assert_true (volume->finding[i] == 0 && volume->organ[i] != PRC_ORGAN_FINDING);
    prc_volume_free (volume);
  }
  g_assert_null (prc_finding_terms (PRC_FINDING_NONE));
}

// In the picture, too: what the film shows under the mask against the same film without the
// finding.
static void
test_on_the_film (void) {
  const Expected e = {PRC_REGION_DX_CHEST, PRC_FINDING_EFFUSION, 0, 0};
  PrcPatient patient, healthy;
  if (!find_patient (&e, 1, &patient))
    g_assert_not_reached ();
  patient.monochrome1 = false; // dense is bright
  healthy = patient;
  healthy.finding = PRC_FINDING_NONE;
  PrcVolume *with = prc_scanner_volume (&patient), *without = prc_scanner_volume (&healthy);
  PrcRadiograph film, plain;
  double inside = 0, marked = 0;
  prc_scanner_radiograph (with, &patient, &film);
  prc_scanner_radiograph (without, &healthy, &plain);
  for (size_t i = 0; i < (size_t)film.rows * film.columns; i++)
    if (film.mask[i]) {
      inside += film.samples[i] - plain.samples[i];
      marked++;
      g_assert_false (plain.mask && plain.mask[i]);
    }
  g_assert_cmpfloat (marked, >, 1000);
  g_assert_cmpfloat (inside / marked, >, 20); // of 4095: fluid where air was
  prc_radiograph_clear (&film);
  prc_radiograph_clear (&plain);
  prc_volume_free (with);
  prc_volume_free (without);
}

// More or less severe is more or less of it.
static void
test_extent (void) {
  static const Expected grows[] = {
      {PRC_REGION_CT_CHEST, PRC_FINDING_MASS, 0, 0},
      {PRC_REGION_CT_CHEST, PRC_FINDING_EFFUSION, 0, 0},
      {PRC_REGION_CT_CHEST, PRC_FINDING_PNEUMOTHORAX, 0, 0},
      {PRC_REGION_CT_HEAD, PRC_FINDING_INFARCT, 0, 0},
      {PRC_REGION_CT_ABDOMEN, PRC_FINDING_LIVER_CYST, 0, 0},
  };
  for (guint k = 0; k < G_N_ELEMENTS (grows); k++) {
    PrcPatient patient;
    size_t size[2] = {0};
    if (!find_patient (&grows[k], 1, &patient))
      g_assert_not_reached ();
    for (int large = 0; large < 2; large++) {
      patient.extent = large ? 0.95f : 0.05f;
      PrcVolume *volume = prc_scanner_volume (&patient);
      for (size_t i = 0; i < prc_volume_length (volume); i++)
        size[large] += volume->finding[i];
      prc_volume_free (volume);
    }
    g_test_message ("%s: %zu, %zu", prc_finding_terms (grows[k].finding)->name, size[0], size[1]);
    g_assert_cmpuint (size[1], >, size[0] + size[0] / 4);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autofree char *path = g_strdup_printf ("/phantom-finding/%d/%s", (int)expected[i].region,
                                             prc_finding_terms (expected[i].finding)->name);
    g_test_add_data_func (path, &expected[i], test_finding);
  }
  g_test_add_func ("/phantom-finding/normal", test_normal);
  g_test_add_func ("/phantom-finding/on-the-film", test_on_the_film);
  g_test_add_func ("/phantom-finding/extent", test_extent);
  return g_test_run ();
}
