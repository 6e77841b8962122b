// SPDX-License-Identifier: Apache-2.0
#include "prc-elements.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "prc-codec-wire.h"
#include "prc-dictionary.h"
#include "prc-text.h"

#define MAX_VALUE (1u << 17) // bytes; the codec has cut at half of that

struct _PrcElements {
  PrcElement *elements;
  uint32_t n;
  bool guessed;
  GStringChunk *texts;
};

typedef struct {
  PrcElements *self;
  GArray *open;         // indices of the elements around the present one, by depth
  GHashTable *creators; // the index of the last private creator of each block and depth
} Builder;

static uint32_t
last_open (const Builder *builder) {
  GArray *open = builder->open;
  return open->len ? g_array_index (open, uint32_t, open->len - 1) : PRC_ELEMENT_NONE;
}

// Leaves what is not around an element of this depth.
static void
close_to (Builder *builder, uint8_t depth) {
  PrcElement *all = builder->self->elements;
  while (last_open (builder) != PRC_ELEMENT_NONE && all[last_open (builder)].depth >= depth)
    g_array_set_size (builder->open, builder->open->len - 1);
}

static bool
is_creator (const PrcElement *element) {
  uint32_t low = element->tag & 0xFFFF;
  return prc_element_is_private (element) && low >= 0x10 && low <= 0xFF;
}

static gpointer
block_key (const PrcElement *element, uint32_t block) {
  return GUINT_TO_POINTER ((guint)element->depth << 24 | element->tag >> 16 << 8 | block);
}

// Block bb of (gggg,00bb) holds (gggg,bb00) to (gggg,bbFF), in its own data set.
static const char *
creator_of (const Builder *builder, const PrcElement *element) {
  gpointer found = NULL;
  if (!prc_element_is_private (element) || (element->tag & 0xFFFF) < 0x1000 ||
      !g_hash_table_lookup_extended (builder->creators,
                                     block_key (element, element->tag >> 8 & 0xFF), NULL, &found))
    return "";
  const PrcElement *creator = &builder->self->elements[GPOINTER_TO_UINT (found)];
  return creator->parent == element->parent ? creator->value : "";
}

static void
name_element (const Builder *builder, PrcElement *element) {
  PrcDictionaryEntry entry;
  element->keyword = element->name = element->creator = "";
  if (element->tag == PRC_ELEMENT_ITEM)
    return;
  prc_dictionary_lookup (element->tag, &entry);
  element->keyword = entry.keyword;
  element->name = entry.name;
  element->creator = creator_of (builder, element);
}

static void
add_row (Builder *builder, GVariant *row) {
  PrcElements *self = builder->self;
  uint32_t index = self->n;
  PrcElement *element = &self->elements[index];
  uint16_t vr;
  uint8_t flags, depth;
  const char *value;
  g_variant_get (row, "(uqyty&s)", &element->tag, &vr, &flags, &element->length, &depth, &value);
  close_to (builder, depth);
  element->depth = (uint8_t)MIN (depth, builder->open->len); // deeper than what is open cannot be
  element->vr[0] = g_ascii_isupper (vr >> 8) ? (char)(vr >> 8) : '\0';
  element->vr[1] = g_ascii_isupper (vr & 0xFF) ? (char)(vr & 0xFF) : '\0';
  element->binary = flags & PRC_LISTING_BINARY;
  element->cut = flags & PRC_LISTING_CUT;
  element->parent = last_open (builder);
  // A creator is a name beside other elements: one line.
  g_autofree char *safe = prc_text_safe (value, -1, MAX_VALUE, !is_creator (element));
  element->value = *safe ? g_string_chunk_insert (self->texts, safe) : "";
  name_element (builder, element);
  if (element->tag == PRC_ELEMENT_ITEM && element->parent != PRC_ELEMENT_NONE)
    element->number = ++self->elements[element->parent].number;
  for (guint i = 0; i < builder->open->len; i++)
    self->elements[g_array_index (builder->open, uint32_t, i)].n_below++;
  self->n++;
  if (is_creator (element))
    g_hash_table_insert (builder->creators, block_key (element, element->tag & 0xFF),
                         GUINT_TO_POINTER (index));
  if (element->tag == PRC_ELEMENT_ITEM || strcmp (element->vr, "SQ") == 0)
    g_array_append_val (builder->open, index);
}

PrcElements *
prc_elements_new_from_listing (GVariant *listing) {
  PrcElements *self = g_atomic_rc_box_new0 (PrcElements);
  g_autoptr (GVariant) rows = NULL;
  gboolean guessed;
  g_variant_get (listing, "(b@a(uqytys))", &guessed, &rows);
  gsize n = g_variant_n_children (rows);
  self->guessed = guessed;
  self->elements = g_new0 (PrcElement, MAX (n, 1));
  self->texts = g_string_chunk_new (65536);
  Builder builder = {self, g_array_new (FALSE, FALSE, sizeof (uint32_t)),
                     g_hash_table_new (NULL, NULL)};
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
    add_row (&builder, row);
  }
  g_array_unref (builder.open);
  g_hash_table_unref (builder.creators);
  return self;
}

PrcElements *
prc_elements_ref (PrcElements *elements) {
  return g_atomic_rc_box_acquire (elements);
}

static void
elements_clear (PrcElements *self) {
  g_free (self->elements);
  g_string_chunk_free (self->texts);
}

void
prc_elements_unref (PrcElements *elements) {
  g_atomic_rc_box_release_full (elements, (GDestroyNotify)elements_clear);
}

const PrcElement *
prc_elements_get (const PrcElements *elements, uint32_t *n) {
  *n = elements->n;
  return elements->elements;
}

bool
prc_elements_guessed (const PrcElements *elements) {
  return elements->guessed;
}

bool
prc_element_is_private (const PrcElement *element) {
  return prc_dictionary_is_private (element->tag);
}

// In numbers; not in 0010 and by no VR that is hidden as a whole.
static const uint32_t identifying[] = {
    0x00080050, // Accession Number
    0x00080080, // Institution Name
    0x00080081, // Institution Address
    0x00081010, // Station Name
    0x00081040, // Institutional Department Name
    0x00181000, // Device Serial Number
    0x00200010, // Study ID
    0x00321033, // Requesting Service
    0x00380010, // Admission ID
    0x00380300, // Current Patient Location
    0x00380400, // Patient's Institution Residence
    0x00400241, // Performed Station AE Title
    0x00402016, // Placer Order Number
    0x00402017, // Filler Order Number
};

bool
prc_element_identifies (const PrcElement *element) {
  static const char *const vrs[] = {"PN", "LT", "ST", "UT", "UC", "UN", "OB", NULL};
  if (element->tag >> 16 == 0x0010)
    return true;
  if (prc_element_is_private (element))
    return !is_creator (element);
  for (size_t i = 0; i < G_N_ELEMENTS (identifying); i++) {
    if (element->tag == identifying[i])
      return true;
  }
  return element->tag >> 16 != 0x7FE0 && g_strv_contains (vrs, element->vr);
}

char *
prc_element_tag_text (const PrcElement *element) {
  if (element->tag == PRC_ELEMENT_ITEM)
    return g_strdup_printf ("%u.", element->number);
  return g_strdup_printf ("(%04X,%04X)", element->tag >> 16, element->tag & 0xFFFF);
}

char *
prc_element_name_text (const PrcElement *element) {
  if (element->tag == PRC_ELEMENT_ITEM)
    return g_strdup_printf (_ ("Item %u"), element->number);
  if (*element->name)
    return g_strdup (element->name);
  if (*element->creator)
    return g_strdup_printf (_ ("Private: %s"), element->creator);
  return g_strdup (prc_element_is_private (element) ? _ ("Private, nobody reserved it")
                                                    : _ ("Not in the standard"));
}

static char *
one_line (const char *value, size_t max_bytes) {
  return prc_text_safe (value, -1, max_bytes, false);
}

char *
prc_element_value_text (const PrcElement *element, size_t max_bytes) {
  if (element->tag == PRC_ELEMENT_ITEM)
    return g_strdup ("");
  if (strcmp (element->vr, "SQ") == 0)
    return g_strdup_printf (ngettext ("%u item", "%u items", element->number), element->number);
  g_autofree char *line = one_line (element->value, max_bytes);
  if (element->binary && element->length == UINT64_MAX)
    return g_strdup_printf (_ ("%s … (compressed)"), line);
  if (element->binary && element->length * 3 > strlen (element->value) + 1) {
    g_autofree char *size = g_format_size (element->length);
    return g_strdup_printf ("%s … (%s)", line, size);
  }
  if (element->cut && !g_str_has_suffix (line, "…"))
    return g_strconcat (line, "…", NULL);
  return g_steal_pointer (&line);
}

char *
prc_elements_path (const PrcElements *elements, uint32_t index) {
  GString *path = g_string_new (NULL);
  for (uint32_t i = index; i != PRC_ELEMENT_NONE; i = elements->elements[i].parent) {
    const PrcElement *element = &elements->elements[i];
    g_autofree char *part = NULL;
    if (element->tag == PRC_ELEMENT_ITEM)
      part = g_strdup_printf ("[%u]", element->number);
    else
      part = *element->keyword && !prc_element_is_private (element)
                 ? g_strdup (element->keyword)
                 : prc_element_tag_text (element);
    if (path->len && path->str[0] != '[')
      g_string_prepend_c (path, '/');
    g_string_prepend (path, part);
  }
  return g_string_free (path, FALSE);
}
