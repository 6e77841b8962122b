// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-look.h"

#include <glib.h>

/* ---- colours ---- */

// All bright and none grey: a segment lies on a picture in grey. Neighbours in the list are far
// from each other.
static const guint palette[PRC_SEGMENT_N_COLOURS] = {
    0xe6394a, 0x3cb4fa, 0x4cc94a, 0xffd92e, 0xb45ae6, 0xff8c1a, 0x2ee0d0,
    0xf060c8, 0xb4f03c, 0x5a6ef0, 0xffb4a0, 0x00a078, 0xc8a050, 0xd0b0ff,
    0xa04040, 0x90e8b0, 0x8c8c00, 0x80c8e0, 0xc03080, 0xfff0a0};

static guint
mixed (guint colour, guint with, double share) {
  guint result = 0;

  for (guint shift = 0; shift < 24; shift += 8) {
    double a = (colour >> shift) & 0xff, b = (with >> shift) & 0xff;
    result |= (guint)(a + (b - a) * share + 0.5) << shift;
  }
  return result;
}

guint
prc_segment_look_colour (guint n) {
  guint colour = palette[n % PRC_SEGMENT_N_COLOURS];

  switch (n / PRC_SEGMENT_N_COLOURS % PRC_SEGMENT_N_SHADES) {
  case 1:
    return mixed (colour, 0xffffff, 0.4);
  case 2:
    return mixed (colour, 0x000000, 0.3);
  case 3:
    return mixed (colour, 0xffffff, 0.6);
  case 4:
    return mixed (colour, 0x000000, 0.5);
  default:
    return colour;
  }
}

// Green counts most and blue least, as eyes weigh them.
static guint
distance (guint a, guint b) {
  int red = (int)(a >> 16 & 0xff) - (int)(b >> 16 & 0xff);
  int green = (int)(a >> 8 & 0xff) - (int)(b >> 8 & 0xff);
  int blue = (int)(a & 0xff) - (int)(b & 0xff);

  return (guint)(3 * red * red + 4 * green * green + 2 * blue * blue);
}

guint
prc_segment_look_nearest (guint colour) {
  guint best = 0;

  for (guint i = 0; i < PRC_SEGMENT_N_COLOURS * PRC_SEGMENT_N_SHADES; i++)
    if (colour == prc_segment_look_colour (i))
      return i % PRC_SEGMENT_N_COLOURS;
  for (guint i = 1; i < PRC_SEGMENT_N_COLOURS; i++)
    if (distance (colour, palette[i]) < distance (colour, palette[best]))
      best = i;
  return best;
}

struct _PrcSegmentColours {
  GHashTable *used;
  guint alike[PRC_SEGMENT_N_COLOURS]; // by the colour of the palette
};

PrcSegmentColours *
prc_segment_colours_new (void) {
  PrcSegmentColours *colours = g_new0 (PrcSegmentColours, 1);

  colours->used = g_hash_table_new (NULL, NULL);
  return colours;
}

void
prc_segment_colours_free (PrcSegmentColours *colours) {
  g_hash_table_unref (colours->used);
  g_free (colours);
}

void
prc_segment_colours_use (PrcSegmentColours *colours, guint colour) {
  g_hash_table_add (colours->used, GUINT_TO_POINTER (colour));
  colours->alike[prc_segment_look_nearest (colour)]++;
}

guint
prc_segment_colours_give (PrcSegmentColours *colours) {
  guint least = 0, round = 0, colour;

  for (guint i = 1; i < PRC_SEGMENT_N_COLOURS; i++)
    if (colours->alike[i] < colours->alike[least])
      least = i;
  do
    colour = prc_segment_look_colour (least + round * PRC_SEGMENT_N_COLOURS);
  while (g_hash_table_contains (colours->used, GUINT_TO_POINTER (colour)) &&
         ++round < PRC_SEGMENT_N_SHADES);
  prc_segment_colours_use (colours, colour);
  return colour;
}

double
prc_segment_look_edge (double inside) {
  return MIN (1, 3 * inside);
}

/* ---- what lies around ---- */

// In lower case, one space between words; "CouchSurface" and "couch_surface" are two words each.
static char *
words_of (const char *text) {
  g_autoptr (GString) words = g_string_new (" ");
  gunichar before = ' ';

  for (const char *at = text; *at; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    if (g_unichar_isalnum (c)) {
      if (g_unichar_isupper (c) && g_unichar_islower (before))
        g_string_append_c (words, ' ');
      g_string_append_unichar (words, g_unichar_tolower (c));
    } else if (words->str[words->len - 1] != ' ') {
      g_string_append_c (words, ' ');
    }
    before = c;
  }
  if (words->str[words->len - 1] != ' ')
    g_string_append_c (words, ' ');
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static bool
has_one_of (const char *text, const char *const *parts) {
  for (; *parts; parts++)
    if (strstr (text, *parts))
      return true;
  return false;
}

// A word decides by itself where no part of the body is called so: the skull has tables, arteries
// are external, ligaments support.
static bool
sounds_around (const char *text) {
  static const char *const anywhere[] = {" couch ",
                                         " tabletop ",
                                         " table top ",
                                         " background ",
                                         " patient support ",
                                         " patient table ",
                                         " ct table ",
                                         " scanner table ",
                                         " scanner bed ",
                                         " body outline ",
                                         " body contour ",
                                         " external contour ",
                                         " external outline ",
                                         "诊断床",
                                         "治疗床",
                                         "检查床",
                                         "扫描床",
                                         "床面",
                                         "床板",
                                         "背景",
                                         "体表轮廓",
                                         "外轮廓",
                                         NULL};
  static const char *const alone[] = {" external ", " body ",    " table ", " bed ",
                                      " support ",  " outline ", "床",      NULL};
  g_autofree char *words = words_of (text);
  g_autofree char *first = g_strdup (words); // "Table 1", "External_2"

  if (has_one_of (words, anywhere))
    return true;
  for (char *end = first + strlen (first); end > first && strchr (" 0123456789", end[-1]); end--)
    end[-1] = '\0';
  for (const char *const *name = alone; *name; name++) {
    g_autofree char *stripped = g_strstrip (g_strdup (*name));
    if (!strcmp (g_strchug (first), stripped))
      return true;
  }
  return false;
}

static bool
is_code (const PrcCode *code, const char *scheme, const char *value) {
  return !strcmp (code->scheme, scheme) && !strcmp (code->value, value);
}

bool
prc_segment_look_is_around (const PrcSegment *segment) {
  static const char *const types[] = {"EXTERNAL", "SUPPORT", "FIXATION"};

  for (size_t i = 0; i < G_N_ELEMENTS (types); i++)
    if (!g_ascii_strcasecmp (segment->interpreted_type, types[i]))
      return true;
  return is_code (&segment->type, "DCM", "125040") || // Background
         sounds_around (segment->label) || sounds_around (segment->type.meaning);
}
