// SPDX-License-Identifier: Apache-2.0
#include "prc-gsdf.h"

#include <glib.h>
#include <math.h>

// PS3.14 section 7.1: the logarithm of the luminance as a ratio of polynomials in ln (j).
double
prc_gsdf_luminance (double jnd) {
  static const double top[] = {-1.3011877, 8.0242636e-2, 1.3646699e-1, -2.5468404e-2, 1.3635334e-3};
  static const double bottom[] = {
      1, -2.5840191e-2, -1.0320229e-1, 2.8745620e-2, -3.1978977e-3, 1.2992634e-4};
  double x = log (CLAMP (jnd, 1, PRC_GSDF_JND_MAX)), above = 0, below = 0;

  for (size_t i = G_N_ELEMENTS (top); i-- > 0;)
    above = above * x + top[i];
  for (size_t i = G_N_ELEMENTS (bottom); i-- > 0;)
    below = below * x + bottom[i];
  return pow (10, above / below);
}

// By halving: the function rises, and the standard's own inverse is an approximation.
double
prc_gsdf_jnd (double luminance) {
  double low = 1, high = PRC_GSDF_JND_MAX;

  for (int i = 0; i < 60; i++) {
    double middle = (low + high) / 2;
    if (prc_gsdf_luminance (middle) < luminance)
      low = middle;
    else
      high = middle;
  }
  return (low + high) / 2;
}

double
prc_gsdf_display (double black, double white, double p_value) {
  double from = prc_gsdf_jnd (black), to = prc_gsdf_jnd (white);

  return prc_gsdf_luminance (from + (to - from) * CLAMP (p_value, 0, 1));
}
