// SPDX-License-Identifier: Apache-2.0
#include "prc-palette.h"

#include <glib.h>
#include <glib/gi18n-lib.h>
#include <math.h>

// The value of one channel at some levels; between them it runs in a straight line.
typedef struct {
  uint8_t level, value;
} Point;

typedef struct {
  const Point *red, *green, *blue; // from level 0 to level 255
  bool towards_first;              // fractions go to the value the line came from, else the nearest
} Lines;

static const Point rising[] = {{0, 0}, {255, 255}};
static const Point falling[] = {{0, 255}, {255, 0}};
static const Point zero[] = {{0, 0}, {255, 0}};
static const Point full[] = {{0, 255}, {255, 255}};
static const Point half_falling[] = {{0, 255}, {255, 128}};

static const Lines grey = {rising, rising, rising};
static const Lines inverted_grey = {falling, falling, falling};
static const Lines hot_iron = {
    (const Point[]){{0, 0}, {127, 254}, {128, 255}, {255, 255}},
    (const Point[]){{0, 0}, {128, 0}, {255, 255}},
    (const Point[]){{0, 0}, {191, 0}, {254, 252}, {255, 255}},
    .towards_first = true,
};
static const Lines pet = {
    (const Point[]){{0, 0}, {64, 1}, {106, 85}, {192, 255}, {255, 255}},
    (const Point[]){{0, 0}, {63, 128}, {95, 64}, {127, 1}, {128, 0}, {255, 255}},
    (const Point[]){{0, 0}, {128, 255}, {192, 0}, {255, 255}},
    .towards_first = true,
};
static const Lines hot_metal_blue = {
    (const Point[]){{0, 0}, {85, 0}, {102, 50}, {119, 90}, {153, 190}, {170, 255}, {255, 255}},
    (const Point[]){{0, 0}, {119, 0}, {238, 224}, {255, 255}},
    (const Point[]){{0, 0},
                    {17, 33},
                    {34, 67},
                    {51, 100},
                    {68, 133},
                    {85, 167},
                    {102, 200},
                    {119, 150},
                    {136, 50},
                    {153, 0},
                    {170, 0},
                    {238, 200},
                    {255, 255}},
};
static const Lines spring = {full, rising, falling};
static const Lines summer = {zero, half_falling, (const Point[]){{0, 0}, {127, 0}, {255, 254}}};
static const Lines fall = {full, falling, zero};
static const Lines winter = {(const Point[]){{0, 0}, {127, 0}, {255, 127}}, rising, half_falling};

static const uint32_t pet_20_step[20] = {
    0x000000, 0x600050, 0x303050, 0x303070, 0x505080, 0x6060b0, 0x7070c0,
    0x8080e0, 0x306030, 0x309030, 0x50c050, 0x40e040, 0xe0e050, 0xd0d060,
    0xd0b040, 0xd09000, 0xc06000, 0xb03000, 0xff0000, 0xffffff,
};

// Sixteen colours at equal distances, and a smooth curve through them: within 4 of 255 of the
// published tables.
#define N_KNOTS 16
typedef uint32_t Curve[N_KNOTS];

static const Curve viridis = {
    0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e, 0x2a788e, 0x24888e,
    0x1f988b, 0x22a884, 0x35b779, 0x54c568, 0x7ad151, 0xa5db36, 0xd3e21a, 0xfde725,
};
static const Curve magma = {
    0x000004, 0x0b0824, 0x20124c, 0x3b0f70, 0x57147e, 0x711f81, 0x8c2981, 0xa8327d,
    0xc43c75, 0xde4968, 0xf1605d, 0xfa7f5e, 0xfe9f6d, 0xfebf84, 0xfddea0, 0xfcfdbf,
};
static const Curve inferno = {
    0x000004, 0x0b0826, 0x250c4f, 0x420968, 0x5d126e, 0x781c6d, 0x932667, 0xae305c,
    0xc73e4c, 0xdd5139, 0xed6926, 0xf8850e, 0xfca50a, 0xfac52d, 0xf1e761, 0xfcffa4,
};
static const Curve plasma = {
    0x0d0887, 0x340498, 0x4f02a2, 0x6b00a8, 0x8405a7, 0x9c179e, 0xb12a90, 0xc33d80,
    0xd35171, 0xe16462, 0xed7953, 0xf68f44, 0xfca636, 0xfec028, 0xf9dc26, 0xf0f922,
};
static const Curve cividis = {
    0x00224e, 0x002e6c, 0x1e3a6f, 0x35456c, 0x47516c, 0x575d6d, 0x666970, 0x757575,
    0x848279, 0x948e77, 0xa59c74, 0xb7a96e, 0xc8b866, 0xdbc75a, 0xeed649, 0xfee838,
};

// What a palette is made from: one of the three.
typedef struct {
  const char *id, *name;
  const Lines *lines;
  const uint32_t *steps, *knots;
} Rule;

static const Rule rules[] = {
    {"grey", N_ ("Grey"), .lines = &grey},
    {"inverted-grey", N_ ("Inverted grey"), .lines = &inverted_grey},
    {"hot-iron", N_ ("Hot iron"), .lines = &hot_iron},
    {"pet", N_ ("PET"), .lines = &pet},
    {"hot-metal-blue", N_ ("Hot metal blue"), .lines = &hot_metal_blue},
    {"pet-20-step", N_ ("PET, 20 steps"), .steps = pet_20_step},
    {"spring", N_ ("Spring"), .lines = &spring},
    {"summer", N_ ("Summer"), .lines = &summer},
    {"fall", N_ ("Fall"), .lines = &fall},
    {"winter", N_ ("Winter"), .lines = &winter},
    {"viridis", N_ ("Viridis"), .knots = viridis},
    {"magma", N_ ("Magma"), .knots = magma},
    {"inferno", N_ ("Inferno"), .knots = inferno},
    {"plasma", N_ ("Plasma"), .knots = plasma},
    {"cividis", N_ ("Cividis"), .knots = cividis},
};

static PrcPalette palettes[G_N_ELEMENTS (rules)];

static uint32_t
on_line (const Point *line, int level, bool towards_first) {
  int rise, run, along, part;

  while (line[1].level < level)
    line++;
  rise = line[1].value - line[0].value;
  run = line[1].level - line[0].level;
  along = level - line[0].level;
  part = (2 * ABS (rise) * along + (towards_first ? 0 : run)) / (2 * run);
  return (uint32_t)(line[0].value + (rise < 0 ? -part : part));
}

static int
knot (const uint32_t *knots, int i, int shift) {
  return (int)(knots[i] >> shift & 255);
}

// The cubic through two knots whose slope at each is that between its neighbours (Catmull-Rom); at
// the ends the next step goes on as the last one did.
static uint32_t
on_curve (const uint32_t *knots, int level, int shift) {
  double at = level / 255.0 * (N_KNOTS - 1);
  int i = MIN ((int)at, N_KNOTS - 2);
  double t = at - i, b = knot (knots, i, shift), c = knot (knots, i + 1, shift);
  double a = i > 0 ? knot (knots, i - 1, shift) : 2 * b - c;
  double d = i < N_KNOTS - 2 ? knot (knots, i + 2, shift) : 2 * c - b;
  double value =
      b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));

  return (uint32_t)CLAMP (value + 0.5, 0, 255);
}

static uint32_t
colour_of (const Rule *rule, int level) {
  const Lines *lines = rule->lines;

  if (rule->steps != NULL)
    return rule->steps[MIN (level * 20 / 255, 19)];
  if (rule->knots != NULL)
    return on_curve (rule->knots, level, 16) << 16 | on_curve (rule->knots, level, 8) << 8 |
           on_curve (rule->knots, level, 0);
  return on_line (lines->red, level, lines->towards_first) << 16 |
         on_line (lines->green, level, lines->towards_first) << 8 |
         on_line (lines->blue, level, lines->towards_first);
}

static void
make (PrcPalette *palette, const Rule *rule) {
  palette->id = rule->id;
  palette->name = rule->name;
  palette->grey = rule->lines == &grey || rule->lines == &inverted_grey;
  for (int level = 0; level < 256; level++) {
    palette->pixels[level] = 0xff000000u | colour_of (rule, level);
    for (int channel = 0; channel < 3; channel++)
      palette->channels[channel][level] = (uint8_t)(palette->pixels[level] >> (16 - 8 * channel));
  }
}

const PrcPalette *
prc_palettes (size_t *n) {
  static gsize once;

  if (g_once_init_enter (&once)) {
    for (size_t i = 0; i < G_N_ELEMENTS (rules); i++)
      make (&palettes[i], &rules[i]);
    g_once_init_leave (&once, 1);
  }
  *n = G_N_ELEMENTS (palettes);
  return palettes;
}

const PrcPalette *
prc_palette_find (const char *id) {
  size_t n;
  const PrcPalette *all = prc_palettes (&n);

  for (size_t i = 0; i < n; i++)
    if (g_strcmp0 (all[i].id, id) == 0)
      return &all[i];
  return NULL;
}
