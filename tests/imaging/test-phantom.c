// SPDX-License-Identifier: Apache-2.0
// The patients themselves: reproducible, different, and of the densities that textbooks give.
#include "phantom-dicom.h"
#include "phantom-finding.h"
#include "phantom-noise.h"
#include "phantom-random.h"
#include "phantom-scanner.h"
#include "prc-phantom.h"

// ---- numbers ----

static void
test_hash_known (void) {
  // first output of splitmix64 from state 0, as published with the generator
  g_assert_cmphex (prc_hash64 (0), ==, 0xe220a8397b1dcdafu);
  g_assert_cmphex (prc_hash64_pair (1, 2), !=, prc_hash64_pair (2, 1));
}

static void
test_random_is_even (void) {
  PrcRandom random;
  unsigned bins[10] = {0};
  double sum = 0, squares = 0;
  prc_random_init (&random, 5);
  for (int i = 0; i < 100000; i++) {
    double u = prc_random_unit (&random), n = prc_random_normal (&random);
    g_assert_true (u >= 0 && u < 1);
    bins[(int)(u * 10)]++;
    sum += n;
    squares += n * n;
  }
  for (int i = 0; i < 10; i++) // 10,000 +- 5 standard deviations of 95
    g_assert_cmpuint (ABS ((int)bins[i] - 10000), <, 475);
  g_assert_cmpfloat (fabs (sum / 100000), <, 0.02);
  g_assert_cmpfloat_with_epsilon (squares / 100000, 1, 0.03);
}

static void
test_noise_is_smooth_and_even (void) {
  double sum = 0, squares = 0, step = 0;
  int n = 0;
  for (float x = -20; x < 20; x += 0.37f)
    for (float y = -7; y < 9; y += 0.41f) {
      float here = prc_noise (x, y, 0.3f * x), beside = prc_noise (x + 0.01f, y, 0.3f * x);
      sum += (double)here;
      squares += (double)(here * here);
      step = MAX (step, (double)fabsf (here - beside));
      n++;
    }
  g_assert_cmpfloat (fabs (sum / n), <, 0.15);
  g_assert_cmpfloat_with_epsilon (squares / n, 1, 0.25);
  g_assert_cmpfloat (step, <, 0.15);
  g_assert_cmpfloat_with_epsilon (prc_noise (1, 2, 3), prc_noise (9, -6, 11), 1e-5); // period 8
}

static void
test_cellular_distances (void) {
  for (float x = -3; x < 3; x += 0.17f) {
    PrcCellular cells = prc_noise_cellular (x, 2 * x, 0.4f, 9);
    g_assert_cmpfloat (cells.first, <=, cells.second);
    g_assert_cmpfloat (cells.first, <, 1.75f); // sqrt (3): never further than the own cell's corner
  }
}

// ---- data sets ----

static void
test_json (void) {
  const double numbers[] = {1.5, -2, 0.1};
  PrcJson json;
  prc_json_begin (&json);
  prc_json_text (&json, 0x00080008, "CS", "ORIGINAL\\PRIMARY");
  prc_json_text (&json, 0x00080050, "SH", "");
  prc_json_name (&json, 0x00100010, "A^\"B\"");
  prc_json_numbers (&json, 0x00200032, "DS", numbers, 3);
  prc_json_open_sequence (&json, 0x00400555);
  prc_json_close_sequence (&json);
  prc_json_code (&json, 0x00082218, "1", "SCT", "x");
  g_autofree char *text = prc_json_finish (&json);
  g_assert_cmpstr (text, ==,
                   "{\"00080008\":{\"vr\":\"CS\",\"Value\":[\"ORIGINAL\",\"PRIMARY\"]},"
                   "\"00080050\":{\"vr\":\"SH\"},"
                   "\"00100010\":{\"vr\":\"PN\",\"Value\":[{\"Alphabetic\":\"A^\\\"B\\\"\"}]},"
                   "\"00200032\":{\"vr\":\"DS\",\"Value\":[1.5,-2,0.1]},"
                   "\"00400555\":{\"vr\":\"SQ\",\"Value\":[]},"
                   "\"00082218\":{\"vr\":\"SQ\",\"Value\":[{"
                   "\"00080100\":{\"vr\":\"SH\",\"Value\":[\"1\"]},"
                   "\"00080102\":{\"vr\":\"SH\",\"Value\":[\"SCT\"]},"
                   "\"00080104\":{\"vr\":\"LO\",\"Value\":[\"x\"]}}]}}");
}

static void
test_uids (void) {
  PrcPatient a, b;
  char one[65], again[65], other[65];
  prc_patient_draw (&a, 1, 3);
  prc_patient_draw (&b, 1, 4);
  prc_dicom_uid (&a, PRC_UID_INSTANCE, 1 << 16 | 7, one);
  prc_dicom_uid (&a, PRC_UID_INSTANCE, 1 << 16 | 7, again);
  g_assert_cmpstr (one, ==, again);
  g_assert_true (g_regex_match_simple ("^2\\.25\\.[1-9][0-9]{36,38}$", one, 0, 0));
  prc_dicom_uid (&a, PRC_UID_INSTANCE, 1 << 16 | 8, other);
  g_assert_cmpstr (one, !=, other);
  prc_dicom_uid (&a, PRC_UID_SERIES, 1 << 16 | 7, other);
  g_assert_cmpstr (one, !=, other);
  prc_dicom_uid (&b, PRC_UID_INSTANCE, 1 << 16 | 7, other);
  g_assert_cmpstr (one, !=, other);
}

// ---- patients ----

static void
test_every_finding_and_region (void) {
  unsigned findings[PRC_N_FINDINGS] = {0}, regions[PRC_N_REGIONS] = {0};
  for (unsigned number = 1; number <= 60; number++) {
    PrcPatient p;
    prc_patient_draw (&p, 1, number);
    findings[p.finding]++;
    regions[p.region]++;
    g_assert_cmpuint (p.age, >=, 18);
    g_assert_cmpuint (p.age, <, 90);
    g_assert_cmpuint (p.study_year - p.birth_year - 1, ==, p.age); // born on 31 December
  }
  for (int i = 0; i < PRC_N_FINDINGS; i++)
    g_assert_cmpuint (findings[i], >=, 2); // a neighbour for each
  for (int i = 0; i < PRC_N_REGIONS; i++)
    g_assert_cmpuint (regions[i], >=, 8);
}

static void
test_words (void) {
  for (unsigned number = 0; number < 25; number++) {
    PrcPatient p;
    PrcCaseWords words;
    prc_patient_draw (&p, 7, number);
    prc_case_words (&p, &words);
    const char *all[] = {words.title, words.diagnosis, words.findings, words.note, words.outcome};
    for (size_t i = 0; i < G_N_ELEMENTS (all); i++) {
      g_assert_cmpuint (strlen (all[i]), >, 5);
      g_assert_null (strchr (all[i], '{'));
      g_assert_null (strchr (all[i], '%'));
    }
    if (strstr (words.title, "left") || strstr (words.title, "right"))
      g_assert_true ((strstr (words.title, "left") != NULL) == p.left);
    g_assert_nonnull (strstr (words.note, "Synthetic"));
    prc_case_words_clear (&words);
  }
}

// The first patient of a seed in this region with this finding.
static PrcPatient
patient_with (PrcRegionKind region, PrcFindingKind finding, uint64_t seed) {
  PrcPatient p;
  for (unsigned number = 0; number < 50; number++) {
    prc_patient_draw (&p, seed, number);
    if (p.region == region && p.finding == finding)
      return p;
  }
  g_assert_not_reached ();
}

// ---- densities ----

static int
compare_floats (gconstpointer a, gconstpointer b) {
  float x = *(const float *)a, y = *(const float *)b;
  return x < y ? -1 : x > y;
}

// Quantile of the values of an organ, inside or outside the finding.
static float
quantile (const PrcVolume *volume, unsigned channel, PrcOrgan organ, bool in_finding, double q) {
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (float));
  for (size_t i = 0; i < prc_volume_length (volume); i++)
    if ((in_finding || volume->organ[i] == organ) && (volume->finding[i] == 1) == in_finding)
      g_array_append_val (values, volume->value[channel][i]);
  g_assert_cmpuint (values->len, >, 20);
  g_array_sort (values, compare_floats);
  return g_array_index (values, float, (guint)(q * (values->len - 1)));
}

#define assert_between(value, low, high)                                                           \
  G_STMT_START {                                                                                   \
    g_assert_cmpfloat (value, >=, low);                                                            \
    g_assert_cmpfloat (value, <=, high);                                                           \
  }                                                                                                \
  G_STMT_END

static float
median (const PrcVolume *volume, PrcOrgan organ) {
  return quantile (volume, 0, organ, false, 0.5);
}

static void
test_chest_densities (void) {
  PrcPatient p = patient_with (PRC_REGION_CT_CHEST, PRC_FINDING_NONE, 1);
  PrcVolume *volume = prc_scanner_volume (&p);
  g_autofree uint16_t *slice = prc_scanner_ct_slice (volume, &p, volume->nz / 2);
  assert_between (median (volume, PRC_ORGAN_LUNG), -950, -600);
  assert_between (median (volume, PRC_ORGAN_MUSCLE), 20, 80);
  assert_between (median (volume, PRC_ORGAN_FAT), -120, -70);
  assert_between (quantile (volume, 0, PRC_ORGAN_BONE, false, 0.95), 300, 1600);
  assert_between (median (volume, PRC_ORGAN_AIRWAY), -1000, -900);
  assert_between (median (volume, PRC_ORGAN_HEART), 30, 320);
  g_assert_cmpint (slice[0] - 1024, <, -900); // outside
  g_assert_cmpint (slice[volume->nx * 12 + volume->nx / 2] - 1024, <, -900);
  prc_volume_free (volume);
}

static void
test_head_densities (void) {
  PrcPatient p = patient_with (PRC_REGION_CT_HEAD, PRC_FINDING_NONE, 1);
  PrcVolume *volume = prc_scanner_volume (&p);
  assert_between (median (volume, PRC_ORGAN_BRAIN), 20, 45);
  assert_between (median (volume, PRC_ORGAN_CEREBELLUM), 20, 45);
  assert_between (median (volume, PRC_ORGAN_CSF), 0, 22);
  assert_between (quantile (volume, 0, PRC_ORGAN_BONE, false, 0.9), 800, 1800);
  prc_volume_free (volume);
}

static void
test_abdomen_densities (void) {
  PrcPatient p = patient_with (PRC_REGION_CT_ABDOMEN, PRC_FINDING_NONE, 1);
  PrcVolume *volume = prc_scanner_volume (&p);
  float liver = median (volume, PRC_ORGAN_LIVER);
  assert_between (liver, p.contrast ? 85 : 40, p.contrast ? 135 : 75);
  assert_between (median (volume, PRC_ORGAN_SPLEEN), p.contrast ? 100 : 35, p.contrast ? 145 : 60);
  assert_between (quantile (volume, 0, PRC_ORGAN_BOWEL, false, 0.02), -1000, -900); // gas
  prc_volume_free (volume);
}

static void
test_mr_contrast (void) {
  PrcPatient p = patient_with (PRC_REGION_MR_BRAIN, PRC_FINDING_NONE, 1);
  PrcVolume *volume = prc_scanner_volume (&p);
  float brain[3], fluid[3];
  for (unsigned c = 0; c < 3; c++) {
    brain[c] = quantile (volume, c, PRC_ORGAN_BRAIN, false, 0.5);
    fluid[c] = quantile (volume, c, PRC_ORGAN_CSF, false, 0.5);
  }
  g_assert_cmpfloat (fluid[0], <, 0.7f * brain[0]); // T1: fluid dark
  g_assert_cmpfloat (fluid[1], >, 1.3f * brain[1]); // T2: fluid bright
  g_assert_cmpfloat (fluid[2], <, 0.7f * brain[2]); // FLAIR: fluid nulled
  prc_volume_free (volume);
}

// ---- findings ----

typedef struct {
  PrcRegionKind region;
  PrcFindingKind finding;
  float low, high; // of the median within the mask
  PrcOrgan around;
  float difference; // at least, from the median of the organ around
} FindingCase;

static const FindingCase finding_cases[] = {
    {PRC_REGION_CT_CHEST, PRC_FINDING_NODULE, -300, 90, PRC_ORGAN_LUNG, 500},
    {PRC_REGION_CT_CHEST, PRC_FINDING_MASS, -100, 90, PRC_ORGAN_LUNG, 600},
    {PRC_REGION_CT_CHEST, PRC_FINDING_CONSOLIDATION, -250, 90, PRC_ORGAN_LUNG, 500},
    {PRC_REGION_CT_CHEST, PRC_FINDING_EFFUSION, -5, 25, PRC_ORGAN_LUNG, 700},
    {PRC_REGION_CT_CHEST, PRC_FINDING_PNEUMOTHORAX, -1010, -950, PRC_ORGAN_LUNG, 80},
    {PRC_REGION_CT_CHEST, PRC_FINDING_EMPHYSEMA, -1000, -920, PRC_ORGAN_LUNG, 40},
    {PRC_REGION_CT_HEAD, PRC_FINDING_HAEMORRHAGE, 50, 85, PRC_ORGAN_BRAIN, 20},
    {PRC_REGION_CT_HEAD, PRC_FINDING_SUBDURAL, 50, 85, PRC_ORGAN_BRAIN, 20},
    {PRC_REGION_CT_HEAD, PRC_FINDING_INFARCT, 8, 24, PRC_ORGAN_BRAIN, 8},
    {PRC_REGION_CT_HEAD, PRC_FINDING_TUMOUR, 8, 60, PRC_ORGAN_BRAIN, 2},
    {PRC_REGION_CT_ABDOMEN, PRC_FINDING_METASTASES, 0, 85, PRC_ORGAN_LIVER, 12},
    {PRC_REGION_CT_ABDOMEN, PRC_FINDING_LIVER_CYST, -5, 20, PRC_ORGAN_LIVER, 30},
    {PRC_REGION_CT_ABDOMEN, PRC_FINDING_KIDNEY_STONE, 350, 1500, PRC_ORGAN_KIDNEY, 300},
};

static void
test_finding (gconstpointer data) {
  const FindingCase *c = data;
  PrcPatient p = patient_with (c->region, c->finding, 1);
  PrcVolume *volume = prc_scanner_volume (&p);
  float inside = quantile (volume, 0, PRC_ORGAN_FINDING, true, 0.5),
        around = median (volume, c->around);
  double left = 0, n = 0;
  assert_between (inside, c->low, c->high);
  g_assert_cmpfloat (fabsf (inside - around), >=, c->difference);
  for (size_t i = 0; i < prc_volume_length (volume); i++)
    if (volume->finding[i]) {
      left += volume->atlas_x[i] > 0;
      n++;
    }
  if (strstr (prc_finding_terms (c->finding)->name, "iver") == NULL &&
      c->finding != PRC_FINDING_EMPHYSEMA)
    g_assert_cmpfloat (p.left ? left / n : 1 - left / n, >,
                       0.9); // on the side that the report says
  prc_volume_free (volume);
}

static void
test_tumour_enhances_in_mr (void) {
  PrcPatient p = patient_with (PRC_REGION_MR_BRAIN, PRC_FINDING_TUMOUR, 1);
  PrcVolume *volume = prc_scanner_volume (&p);
  float brain = quantile (volume, 0, PRC_ORGAN_BRAIN, false, 0.5);
  g_assert_cmpfloat (quantile (volume, 0, PRC_ORGAN_FINDING, true, 0.9), >,
                     1.3f * brain); // ring on T1
  g_assert_cmpfloat (quantile (volume, 0, PRC_ORGAN_FINDING, true, 0.1), <,
                     0.7f * brain); // dead middle
  prc_volume_free (volume);
}

// ---- the same again, and not the same ----

static void
test_frame (void) {
  g_autoptr (PrcFrame) a = prc_phantom_frame (3, 5, 64, 96),
                       again = prc_phantom_frame (3, 5, 64, 96);
  g_autoptr (PrcFrame) next = prc_phantom_frame (3, 6, 64, 96),
                       other = prc_phantom_frame (4, 5, 64, 96);
  const PrcFrameInfo *info = prc_frame_info (a);
  size_t size = prc_frame_size (a);
  g_assert_cmpuint (info->rows, ==, 64);
  g_assert_cmpuint (info->columns, ==, 96);
  g_assert_cmpstr (info->units, ==, "HU");
  g_assert_cmpuint (size, ==, 64 * 96 * 2);
  g_assert_cmpmem (prc_frame_samples (a), size, prc_frame_samples (again), size);
  g_assert_true (memcmp (prc_frame_samples (a), prc_frame_samples (next), size) != 0);
  g_assert_true (memcmp (prc_frame_samples (a), prc_frame_samples (other), size) != 0);
  g_assert_cmpfloat (prc_frame_modality (a, prc_frame_stored (a, 0, 0)), <, -900);
}

static void
test_volume_is_reproducible (void) {
  PrcPatient p = patient_with (PRC_REGION_CT_HEAD, PRC_FINDING_INFARCT, 2),
             q = patient_with (PRC_REGION_CT_HEAD, PRC_FINDING_INFARCT, 3);
  PrcVolume *a = prc_scanner_volume (&p), *again = prc_scanner_volume (&p),
            *other = prc_scanner_volume (&q);
  size_t size = sizeof (uint16_t) * a->nx * a->ny;
  g_autofree uint16_t *one = prc_scanner_ct_slice (a, &p, 12),
                      *two = prc_scanner_ct_slice (again, &p, 12);
  g_autofree uint16_t *three = prc_scanner_ct_slice (other, &q, 12);
  g_assert_cmpmem (one, size, two, size);
  g_assert_true (memcmp (one, three, size) != 0);
  g_assert_cmpmem (a->finding, prc_volume_length (a), again->finding, prc_volume_length (again));
  prc_volume_free (a);
  prc_volume_free (again);
  prc_volume_free (other);
}

// A patient who fills little of a coarse block: enough for what the ray sums must give.
static void
test_radiograph (void) {
  PrcPatient p = patient_with (PRC_REGION_DX_CHEST, PRC_FINDING_EFFUSION, 1);
  PrcVolume *volume = prc_scanner_volume (&p);
  PrcRadiograph plain, turned;
  size_t n, marked = 0;
  p.monochrome1 = false;
  prc_scanner_radiograph (volume, &p, &plain);
  p.monochrome1 = true;
  prc_scanner_radiograph (volume, &p, &turned);
  g_assert_cmpuint (plain.columns, ==, PRC_RADIOGRAPH_SIZE);
  n = (size_t)plain.rows * plain.columns;
  for (size_t i = n / 2; i < n; i += 97) // below the marker
    g_assert_cmpint (abs (plain.samples[i] + turned.samples[i] - 4095), <=, 1);
  for (size_t i = 0; i < n; i++)
    marked += plain.mask[i];
  g_assert_cmpuint (marked, >, n / 200);
  // the spine lets less through than air beside the patient
  g_assert_cmpuint (plain.samples[plain.rows / 2 * plain.columns + plain.columns / 2], >,
                    plain.samples[plain.rows / 2 * plain.columns + 2] + 500u);
  prc_radiograph_clear (&plain);
  prc_radiograph_clear (&turned);
  prc_volume_free (volume);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phantom/hash-known", test_hash_known);
  g_test_add_func ("/phantom/random-is-even", test_random_is_even);
  g_test_add_func ("/phantom/noise-is-smooth-and-even", test_noise_is_smooth_and_even);
  g_test_add_func ("/phantom/cellular-distances", test_cellular_distances);
  g_test_add_func ("/phantom/json", test_json);
  g_test_add_func ("/phantom/uids", test_uids);
  g_test_add_func ("/phantom/every-finding-and-region", test_every_finding_and_region);
  g_test_add_func ("/phantom/words", test_words);
  g_test_add_func ("/phantom/frame", test_frame);
  g_test_add_func ("/phantom/chest-densities", test_chest_densities);
  g_test_add_func ("/phantom/head-densities", test_head_densities);
  g_test_add_func ("/phantom/abdomen-densities", test_abdomen_densities);
  g_test_add_func ("/phantom/mr-contrast", test_mr_contrast);
  g_test_add_func ("/phantom/tumour-enhances-in-mr", test_tumour_enhances_in_mr);
  g_test_add_func ("/phantom/volume-is-reproducible", test_volume_is_reproducible);
  g_test_add_func ("/phantom/radiograph", test_radiograph);
  for (size_t i = 0; i < G_N_ELEMENTS (finding_cases); i++) {
    g_autofree char *path =
        g_strdup_printf ("/phantom/finding/%s", prc_finding_terms (finding_cases[i].finding)->name);
    g_test_add_data_func (path, &finding_cases[i], test_finding);
  }
  return g_test_run ();
}
