// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>

// Standardized uptake values of PET images: PS3.3 C.8.9.1 and the vendor-neutral reckoning of the
// Quantitative Imaging Biomarkers Alliance. Any thread.

typedef enum {
  PRC_SUV_NONE, // no PET image
  PRC_SUV_BW,   // by body weight
  PRC_SUV_LBM,  // by lean body mass
  PRC_SUV_BSA,  // by body surface area
  PRC_SUV_IBW,  // by ideal body weight
} PrcSuvKind;

// Why there is no value.
typedef enum {
  PRC_SUV_LACKS_UNITS = 1 << 0, // Units say neither activity nor SUV
  PRC_SUV_LACKS_ATTENUATION_CORRECTION = 1 << 1,
  PRC_SUV_LACKS_DECAY_CORRECTION = 1 << 2,
  PRC_SUV_LACKS_WEIGHT = 1 << 3,
  PRC_SUV_LACKS_DOSE = 1 << 4,
  PRC_SUV_LACKS_HALF_LIFE = 1 << 5,
  PRC_SUV_LACKS_INJECTION_TIME = 1 << 6,
  PRC_SUV_LACKS_INJECTION_DATE = 1 << 7, // of a nuclide that lives too long to tell the day
  PRC_SUV_LACKS_SCAN_TIME = 1 << 8,
  PRC_SUV_LACKS_ORDER = 1 << 9, // injected after the scan, or so long before that nothing is left
} PrcSuvLack;

typedef struct {
  PrcSuvKind kind;
  unsigned lacks; // PrcSuvLack; 0: SUV = modality value * factor
  double factor;  // per unit of the modality value; 0 when something lacks
} PrcSuv;

// What a PET image says of itself; "" and 0 when it does not.
typedef struct {
  const char *units, *suv_type, *corrected_image, *decay_correction;
  const char *series_date, *series_time, *acquisition_date, *acquisition_time;
  const char *injection_datetime; // Radiopharmaceutical Start DateTime, of which the date counts
  const char *injection_time;     // Radiopharmaceutical Start Time
  const char *ge_scan_datetime;
  double dose_bq, half_life_s, weight_kg;
  double frame_reference_time_ms, actual_frame_duration_ms;
  double philips_suv_factor, philips_activity_factor; // Bq/ml per count
} PrcSuvFacts;

PrcSuv prc_suv (const PrcSuvFacts *facts);

const char *prc_suv_name (PrcSuvKind kind); // "SUVbw"
char *prc_suv_lacks_text (unsigned lacks);  // "patient weight, injected dose"; translated, owned
