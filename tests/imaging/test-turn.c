// SPDX-License-Identifier: Apache-2.0
// All eight ways a picture can lie, worked out by hand with a picture of three by two.
#include "prc-turn.h"

#include <glib.h>
#include <string.h>

typedef struct {
  PrcTurn turn;
  const char *rows; // what "abc/def" becomes
} Case;

static const Case cases[] = {
    {{0, false}, "abc/def"},  {{1, false}, "da/eb/fc"}, {{2, false}, "fed/cba"},
    {{3, false}, "cf/be/ad"}, {{0, true}, "cba/fed"},   {{1, true}, "ad/be/cf"},
    {{2, true}, "def/abc"},   {{3, true}, "fc/eb/da"},
};

static void
test_pixels (void) {
  const uint32_t picture[] = {'a', 'b', 'c', 'd', 'e', 'f'};

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    uint32_t out[6] = {0};
    unsigned at = 0;

    prc_turn_pixels (cases[i].turn, picture, 3, 2, out);
    for (const char *c = cases[i].rows; *c != '\0'; c++)
      if (*c != '/')
        g_assert_cmpuint (out[at++], ==, (uint32_t)*c);
  }
}

// Turning, then turning on to where it began, for sizes around the blocks it is done in.
static void
test_large (void) {
  for (int width = 1; width < 40; width += 7)
    for (int height = 1; height < 40; height += 5) {
      g_autofree uint32_t *in = g_new (uint32_t, (size_t)width * height);
      g_autofree uint32_t *once = g_new (uint32_t, (size_t)width * height);
      g_autofree uint32_t *twice = g_new (uint32_t, (size_t)width * height);

      for (int i = 0; i < width * height; i++)
        in[i] = (uint32_t)i;
      prc_turn_pixels ((PrcTurn){1, false}, in, width, height, once);
      g_assert_cmpuint (once[height - 1], ==, 0); // the first pixel comes to the top right
      prc_turn_pixels ((PrcTurn){3, false}, once, height, width, twice);
      g_assert_cmpmem (in, (size_t)width * height * 4, twice, (size_t)width * height * 4);
      prc_turn_pixels ((PrcTurn){1, true}, in, width, height, once); // its own opposite
      prc_turn_pixels ((PrcTurn){1, true}, once, height, width, twice);
      g_assert_cmpmem (in, (size_t)width * height * 4, twice, (size_t)width * height * 4);
    }
}

static void
test_vectors (void) {
  static const struct {
    PrcTurn turn;
    double x, y; // of (2, 1): two to the right, one down
  } vectors[] = {
      {{0, false}, 2, 1}, {{1, false}, -1, 2}, {{2, false}, -2, -1}, {{3, false}, 1, -2},
      {{0, true}, -2, 1}, {{1, true}, 1, 2},   {{2, true}, 2, -1},   {{3, true}, -1, -2},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++) {
    double x = 2, y = 1;

    prc_turn_vector (vectors[i].turn, &x, &y);
    g_assert_cmpfloat (x, ==, vectors[i].x);
    g_assert_cmpfloat (y, ==, vectors[i].y);
    prc_turn_back_vector (vectors[i].turn, &x, &y);
    g_assert_cmpfloat (x, ==, 2);
    g_assert_cmpfloat (y, ==, 1);
  }
}

// What the hand does is done to the picture on the screen, mirrored or not: turning the pixels of
// the turned picture once more is the same.
static void
test_screen (void) {
  const uint32_t picture[] = {'a', 'b', 'c', 'd', 'e', 'f'};

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    bool odd = cases[i].turn.quarter_turns % 2 != 0;
    uint32_t shown[6], expected[6], out[6];

    prc_turn_pixels (cases[i].turn, picture, 3, 2, shown);
    for (int quarters = -1; quarters <= 1; quarters += 2) {
      prc_turn_pixels ((PrcTurn){(uint8_t)(quarters & 3), false}, shown, odd ? 2 : 3, odd ? 3 : 2,
                       expected);
      prc_turn_pixels (prc_turn_screen (cases[i].turn, quarters), picture, 3, 2, out);
      g_assert_cmpmem (out, sizeof out, expected, sizeof expected);
    }
    prc_turn_pixels ((PrcTurn){0, true}, shown, odd ? 2 : 3, odd ? 3 : 2, expected);
    prc_turn_pixels (prc_turn_mirror (cases[i].turn), picture, 3, 2, out);
    g_assert_cmpmem (out, sizeof out, expected, sizeof expected);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/turn/pixels", test_pixels);
  g_test_add_func ("/turn/large", test_large);
  g_test_add_func ("/turn/vectors", test_vectors);
  g_test_add_func ("/turn/screen", test_screen);
  return g_test_run ();
}
