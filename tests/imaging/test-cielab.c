// SPDX-License-Identifier: Apache-2.0
// Colours as DICOM writes them. The CIELab values of the screen's own colours are those of CSS
// Color 4, which are of white point D50 too.
#include <glib.h>

#include "prc-cielab.h"

static const struct {
  uint32_t rgb;
  double l, a, b;
} known[] = {
    {0x000000, 0, 0, 0},
    {0xFFFFFF, 100, 0, 0},
    {0x808080, 53.585, 0, 0},
    {0xFF0000, 54.29, 80.81, 69.89},
    {0x00FF00, 87.82, -79.27, 80.99},
    {0x0000FF, 29.57, 68.30, -112.03},
};

// PS3.3 C.10.7.1.1: 0 to 65535 is L from 0 to 100 and a, b from -128 to 127; 0x8080 is a, b of 0.
static void
test_known (void) {
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++) {
    uint16_t lab[3];
    prc_cielab_from_rgb (known[i].rgb, lab);
    g_assert_cmpfloat_with_epsilon (lab[0] / 655.35, known[i].l, 0.02);
    g_assert_cmpfloat_with_epsilon (lab[1] / 257.0 - 128, known[i].a, 0.03);
    g_assert_cmpfloat_with_epsilon (lab[2] / 257.0 - 128, known[i].b, 0.03);
  }
  g_assert_cmphex (prc_cielab_to_rgb ((uint16_t[]){0xFFFF, 0x8080, 0x8080}), ==, 0xFFFFFF);
}

static void
test_there_and_back (void) {
  for (uint32_t rgb = 0; rgb <= 0xFFFFFF; rgb += 251) {
    uint16_t lab[3];
    prc_cielab_from_rgb (rgb, lab);
    g_assert_cmphex (prc_cielab_to_rgb (lab), ==, rgb);
  }
}

// Colours that no screen has become the nearest of each light, never another one.
static void
test_beyond_the_screen (void) {
  uint16_t green[] = {0xC000, 0, 0x8080};
  g_assert_cmphex (prc_cielab_to_rgb (green) >> 16, ==, 0);
  uint16_t bright[] = {0xFFFF, 0xFFFF, 0x8080};
  g_assert_cmphex (prc_cielab_to_rgb (bright) >> 16, ==, 0xFF);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cielab/trap-33-known", test_known);
  g_test_add_func ("/cielab/trap-33-there-and-back", test_there_and_back);
  g_test_add_func ("/cielab/trap-33-beyond-the-screen", test_beyond_the_screen);
  return g_test_run ();
}
