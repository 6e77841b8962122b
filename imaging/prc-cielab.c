// SPDX-License-Identifier: Apache-2.0
#include "prc-cielab.h"

#include <math.h>

static double
inverse_f (double t) {
  return t > 6 / 29.0 ? t * t * t : 3 * (6 / 29.0) * (6 / 29.0) * (t - 4 / 29.0);
}

// Linear light to a byte of sRGB (IEC 61966-2-1).
static uint32_t
encode (double linear) {
  double v = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow (linear, 1 / 2.4) - 0.055;

  return (uint32_t)lround (fmin (fmax (v, 0), 1) * 255);
}

uint32_t
prc_cielab_to_rgb (const uint16_t lab[3]) {
  // XYZ of white point D50 to linear sRGB, chromatic adaptation (Bradford) included.
  static const double to_rgb[3][3] = {{3.1338561, -1.6168667, -0.4906146},
                                      {-0.9787684, 1.9161415, 0.0334540},
                                      {0.0719453, -0.2289914, 1.4052427}};
  double l = lab[0] * 100.0 / 65535, a = lab[1] * 255.0 / 65535 - 128;
  double b = lab[2] * 255.0 / 65535 - 128, y = (l + 16) / 116;
  double xyz[3] = {0.96422 * inverse_f (y + a / 500), inverse_f (y),
                   0.82521 * inverse_f (y - b / 200)};
  uint32_t rgb = 0;

  for (int i = 0; i < 3; i++)
    rgb = rgb << 8 | encode (to_rgb[i][0] * xyz[0] + to_rgb[i][1] * xyz[1] + to_rgb[i][2] * xyz[2]);
  return rgb;
}

static double
f (double t) {
  return t > (6 / 29.0) * (6 / 29.0) * (6 / 29.0) ? cbrt (t)
                                                  : t / (3 * (6 / 29.0) * (6 / 29.0)) + 4 / 29.0;
}

static double
decode (uint32_t byte) {
  double v = byte / 255.0;

  return v <= 0.04045 ? v / 12.92 : pow ((v + 0.055) / 1.055, 2.4);
}

static uint16_t
to_sixteen_bits (double value, double low, double range) {
  return (uint16_t)lround (fmin (fmax ((value - low) / range, 0), 1) * 65535);
}

void
prc_cielab_from_rgb (uint32_t rgb, uint16_t lab[3]) {
  // Linear sRGB to XYZ of white point D50, the inverse of the above.
  static const double from_rgb[3][3] = {{0.4360747, 0.3850649, 0.1430804},
                                        {0.2225045, 0.7168786, 0.0606169},
                                        {0.0139322, 0.0971045, 0.7141733}};
  static const double white[3] = {0.96422, 1, 0.82521};
  double linear[3] = {decode (rgb >> 16 & 255), decode (rgb >> 8 & 255), decode (rgb & 255)};
  double p[3];

  for (int i = 0; i < 3; i++)
    p[i] =
        f ((from_rgb[i][0] * linear[0] + from_rgb[i][1] * linear[1] + from_rgb[i][2] * linear[2]) /
           white[i]);
  lab[0] = to_sixteen_bits (116 * p[1] - 16, 0, 100);
  lab[1] = to_sixteen_bits (500 * (p[0] - p[1]), -128, 255);
  lab[2] = to_sixteen_bits (200 * (p[1] - p[2]), -128, 255);
}
