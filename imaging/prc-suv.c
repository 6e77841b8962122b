// SPDX-License-Identifier: Apache-2.0
#include "prc-suv.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define DAY               86400.0 // seconds
#define LEAST_DOSE        1e4     // Bq; a number of MBq or mCi in place of it is smaller
#define MOST_HALF_LIVES   12.0    // one in 4000 is left then: no image
#define LONGEST_FOR_A_DAY 21600.0 // half-life in s; with a longer one a wrong day goes unnoticed

/* ---- dates and times (PS3.5 6.2) ---- */

// The next `n` digits as a number, or -1.
static int
digits (const char **at, int n) {
  int value = 0;

  for (int i = 0; i < n; i++) {
    if (!g_ascii_isdigit ((*at)[i]))
      return -1;
    value = value * 10 + ((*at)[i] - '0');
  }
  *at += n;
  return value;
}

// DA, or the start of a DT, as days; also "2026.01.31" of the time before DICOM. False when it is
// none.
static bool
read_date (const char *da, double *days) {
  int year = digits (&da, 4);
  da += *da == '.';
  int month = digits (&da, 2);
  da += *da == '.';
  int day = digits (&da, 2);

  if (year < 1 || month < 1 || day < 1 ||
      !g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)year))
    return false;
  g_autoptr (GDate) date = g_date_new_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)year);
  *days = g_date_get_julian (date);
  return true;
}

// TM, or the part of a DT behind the date, as seconds since midnight; also "10:15:00".
static bool
read_time (const char *tm, double *seconds) {
  int part[3] = {0, 0, 0};
  const char *at = tm;

  for (int i = 0; i < 3 && g_ascii_isdigit (*at); i++) {
    if ((part[i] = digits (&at, 2)) < 0)
      return false;
    at += *at == ':';
  }
  if (at == tm || part[0] > 23 || part[1] > 59 || part[2] > 60)
    return false;
  *seconds = part[0] * 3600 + part[1] * 60 + part[2];
  if (*at == '.' && g_ascii_isdigit (at[1]))
    *seconds += g_ascii_strtod (at, NULL); // ".123" of a second
  return true;
}

// Seconds on one clock for all; false without either.
static bool
read_moment (const char *da, const char *tm, double *seconds) {
  double days, time;

  if (!read_date (da, &days) || !read_time (tm, &time))
    return false;
  *seconds = days * DAY + time;
  return true;
}

/* ---- when ---- */

// How long before its middle a frame's mean count rate was: the rate falls as the nuclide decays,
// so the mean over the frame is what the rate was at this time after its start.
static double
mean_rate_time (double half_life, double duration) {
  double constant = G_LN2 / half_life, decays = constant * duration;

  return log (decays / -expm1 (-decays)) / constant;
}

// What Decay Correction START refers to. A Series Time behind the acquisition belongs to a series
// derived later; then the start is reckoned from the bed position's own times.
static bool
scan_start (const PrcSuvFacts *facts, double *seconds) {
  double series, acquisition;
  bool has_series = read_moment (facts->series_date, facts->series_time, &series);
  bool has_acquisition =
      read_moment (facts->acquisition_date, facts->acquisition_time, &acquisition);

  if (has_series && has_acquisition && series <= acquisition) {
    *seconds = series;
    return true;
  }
  if (strlen (facts->ge_scan_datetime) >= 12 &&
      read_moment (facts->ge_scan_datetime, facts->ge_scan_datetime + 8, seconds))
    return true;
  if (!has_acquisition || !(facts->frame_reference_time_ms > 0) ||
      !(facts->actual_frame_duration_ms > 0) || !(facts->half_life_s > 0))
    return false;
  *seconds = acquisition - facts->frame_reference_time_ms / 1000 +
             mean_rate_time (facts->half_life_s, facts->actual_frame_duration_ms / 1000);
  return true;
}

// Seconds from the injection to the scan. Without a date the injection was on the day of the scan,
// or on the one before when that day had not come so far.
static double
decay_time (const PrcSuvFacts *facts, unsigned *lacks) {
  const char *dt = facts->injection_datetime;
  double scan, days, time = 0;
  bool has_date = read_date (dt, &days);
  bool has_time =
      read_time (facts->injection_time, &time) || (has_date && read_time (dt + 8, &time));

  if (!scan_start (facts, &scan))
    *lacks |= PRC_SUV_LACKS_SCAN_TIME;
  if (!has_time)
    *lacks |= PRC_SUV_LACKS_INJECTION_TIME;
  else if (!has_date && facts->half_life_s > LONGEST_FOR_A_DAY)
    *lacks |= PRC_SUV_LACKS_INJECTION_DATE;
  if (*lacks & (PRC_SUV_LACKS_SCAN_TIME | PRC_SUV_LACKS_INJECTION_TIME))
    return 0;
  if (has_date)
    return scan - (days * DAY + time);
  double today = scan - floor (scan / DAY) * DAY - time;
  return today < 0 ? today + DAY : today;
}

/* ---- how much ---- */

// The activity injected as it is at the time that the pixels are corrected to, in Bq.
static double
dose_at_reference (const PrcSuvFacts *facts, unsigned *lacks) {
  if (!(facts->dose_bq >= LEAST_DOSE))
    *lacks |= PRC_SUV_LACKS_DOSE;
  if (strcmp (facts->decay_correction, "ADMIN") == 0)
    return facts->dose_bq;
  if (strcmp (facts->decay_correction, "START") != 0) {
    *lacks |= PRC_SUV_LACKS_DECAY_CORRECTION;
    return 0;
  }
  if (!(facts->half_life_s > 0))
    *lacks |= PRC_SUV_LACKS_HALF_LIFE;
  double elapsed = decay_time (facts, lacks);
  if (elapsed < 0 || (facts->half_life_s > 0 && elapsed > MOST_HALF_LIVES * facts->half_life_s))
    *lacks |= PRC_SUV_LACKS_ORDER;
  return *lacks ? 0 : facts->dose_bq * exp2 (-elapsed / facts->half_life_s);
}

// One of the values of a multiple one.
static bool
contains (const char *values, const char *wanted) {
  g_auto (GStrv) each = g_strsplit (values, "\\", -1);

  for (char **one = each; *one; one++)
    if (strcmp (g_strstrip (*one), wanted) == 0)
      return true;
  return false;
}

static PrcSuv
from_activity (const PrcSuvFacts *facts, double bq_ml) {
  PrcSuv suv = {.kind = PRC_SUV_BW};

  if (!contains (facts->corrected_image, "ATTN"))
    suv.lacks |= PRC_SUV_LACKS_ATTENUATION_CORRECTION;
  if (!contains (facts->corrected_image, "DECY"))
    suv.lacks |= PRC_SUV_LACKS_DECAY_CORRECTION;
  if (!(facts->weight_kg > 0))
    suv.lacks |= PRC_SUV_LACKS_WEIGHT;
  double dose = dose_at_reference (facts, &suv.lacks);
  suv.factor = suv.lacks ? 0 : bq_ml * facts->weight_kg * 1000 / dose; // a gram for a millilitre
  return suv;
}

// SUV Type (PS3.3 C.8.9.1); body weight when absent.
static PrcSuvKind
kind_of (const char *suv_type) {
  if (g_str_has_prefix (suv_type, "LBM"))
    return PRC_SUV_LBM;
  if (strcmp (suv_type, "BSA") == 0)
    return PRC_SUV_BSA;
  return strcmp (suv_type, "IBW") == 0 ? PRC_SUV_IBW : PRC_SUV_BW;
}

PrcSuv
prc_suv (const PrcSuvFacts *facts) {
  if (strcmp (facts->units, "BQML") == 0)
    return from_activity (facts, 1);
  if (strcmp (facts->units, "GML") == 0)
    return (PrcSuv){.kind = kind_of (facts->suv_type), .factor = 1};
  if (strcmp (facts->units, "CM2ML") == 0)
    return (PrcSuv){.kind = PRC_SUV_BSA, .factor = 1};
  if (strcmp (facts->units, "CNTS") == 0 && facts->philips_suv_factor > 0)
    return (PrcSuv){.kind = PRC_SUV_BW, .factor = facts->philips_suv_factor};
  if (strcmp (facts->units, "CNTS") == 0 && facts->philips_activity_factor > 0)
    return from_activity (facts, facts->philips_activity_factor);
  return (PrcSuv){.kind = PRC_SUV_BW, .lacks = PRC_SUV_LACKS_UNITS};
}

/* ---- in words ---- */

const char *
prc_suv_name (PrcSuvKind kind) {
  static const char *const names[] = {"SUV", "SUVbw", "SUVlbm", "SUVbsa", "SUVibw"};

  return kind <= PRC_SUV_IBW ? names[kind] : names[0];
}

char *
prc_suv_lacks_text (unsigned lacks) {
  static const struct {
    PrcSuvLack lack;
    const char *words;
  } table[] = {
      {PRC_SUV_LACKS_UNITS, N_ ("activity in Bq/ml")},
      {PRC_SUV_LACKS_ATTENUATION_CORRECTION, N_ ("attenuation correction")},
      {PRC_SUV_LACKS_DECAY_CORRECTION, N_ ("decay correction")},
      {PRC_SUV_LACKS_WEIGHT, N_ ("patient weight")},
      {PRC_SUV_LACKS_DOSE, N_ ("injected dose")},
      {PRC_SUV_LACKS_HALF_LIFE, N_ ("half-life")},
      {PRC_SUV_LACKS_INJECTION_TIME, N_ ("injection time")},
      {PRC_SUV_LACKS_INJECTION_DATE, N_ ("injection date")},
      {PRC_SUV_LACKS_SCAN_TIME, N_ ("scan time")},
      {PRC_SUV_LACKS_ORDER, N_ ("an injection time that fits the scan")},
  };
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (table); i++)
    if (lacks & table[i].lack)
      g_ptr_array_add (words, (gpointer)_ (table[i].words));
  g_ptr_array_add (words, NULL);
  // Translators: between the items of a list
  return g_strjoinv (_ (", "), (char **)words->pdata);
}
