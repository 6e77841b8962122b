// SPDX-License-Identifier: Apache-2.0
// The elements of files as a person reads them, through the real codec.
#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "prc-codec-pool.h"
#include "prc-elements.h"

static PrcCodecPool *pool;

static PrcElements *
list (GByteArray *file) {
  g_autofree char *path = prc_fixture_save (file);
  g_autoptr (GError) error = NULL;
  PrcElements *elements = prc_codec_pool_list (pool, path, NULL, &error);
  g_assert_no_error (error);
  g_remove (path);
  return elements;
}

static uint32_t
index_of (PrcElements *elements, uint32_t tag) {
  uint32_t n;
  const PrcElement *all = prc_elements_get (elements, &n);
  for (uint32_t i = 0; i < n; i++) {
    if (all[i].tag == tag)
      return i;
  }
  g_error ("(%08X) is not there", tag);
}

static const PrcElement *
find (PrcElements *elements, uint32_t tag) {
  uint32_t n;
  return &prc_elements_get (elements, &n)[index_of (elements, tag)];
}

static void
assert_value (PrcElements *elements, uint32_t tag, const char *vr, const char *value) {
  const PrcElement *element = find (elements, tag);
  g_assert_cmpstr (element->vr, ==, vr);
  g_assert_cmpstr (element->value, ==, value);
}

static void
assert_text (char *text, const char *expected) { // owned
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_values (void) {
  g_autoptr (GByteArray) file = prc_fixture_begin ();
  prc_fixture_put (file, 0x00080008, "CS", "DERIVED\\SECONDARY", -1);
  prc_fixture_put (file, 0x00080018, "UI", "1.2", 4);
  prc_fixture_put (file, 0x00104000, "LT", "one\r\ntwo \\ three", -1);
  prc_fixture_put (file, 0x00181164, "DS", "0.10\\1E-1", -1); // as it stands there
  prc_fixture_put (file, 0x00189087, "FD", "\0\0\0\0\0\0\xE0\x3F", 8);
  prc_fixture_put (file, 0x00189324, "FL", "\xCD\xCC\xCC\x3D", 4); // 0.1f
  prc_fixture_put (file, 0x00280009, "AT", "\x18\0\x63\x10", 4);
  prc_fixture_put (file, 0x00280010, "US", "\x34\x12\x01\x00", 4);
  prc_fixture_put (file, 0x00280106, "SS", "\xFE\xFF", 2);
  prc_fixture_put (file, 0x00420011, "OB", "\x01\x02\xFF\x00", 4);
  g_autoptr (PrcElements) elements = list (file);
  assert_value (elements, 0x00020010, "UI", "1.2.840.10008.1.2.1");
  assert_value (elements, 0x00080008, "CS", "DERIVED\\SECONDARY");
  assert_value (elements, 0x00104000, "LT", "one\r\ntwo \\ three");
  assert_value (elements, 0x00181164, "DS", "0.10\\1E-1");
  assert_value (elements, 0x00189087, "FD", "0.5");
  assert_value (elements, 0x00189324, "FL", "0.1");
  assert_value (elements, 0x00280009, "AT", "(0018,1063)");
  assert_value (elements, 0x00280010, "US", "4660\\1");
  assert_value (elements, 0x00280106, "SS", "-2");
  assert_value (elements, 0x00420011, "OB", "01 02 FF 00");
  g_assert_true (find (elements, 0x00420011)->binary);
  g_assert_cmpuint (find (elements, 0x00080018)->length, ==, 4);
  g_assert_cmpstr (find (elements, 0x00080008)->keyword, ==, "ImageType");
  assert_text (prc_element_name_text (find (elements, 0x00080008)), "Image Type");
  assert_text (prc_element_value_text (find (elements, 0x00104000), 100), "one  two \\ three");
  assert_text (prc_element_value_text (find (elements, 0x00080008), 4), "DERI…");
  g_assert_false (prc_elements_guessed (elements));
}

// (0008,1140) with two items, the second with a sequence of its own.
static GByteArray *
nested (void) {
  GByteArray *file = prc_fixture_begin ();
  g_autoptr (GByteArray) outer = g_byte_array_new (), inner = g_byte_array_new (),
                         first = g_byte_array_new (), second = g_byte_array_new (),
                         deep = g_byte_array_new ();
  prc_fixture_put (first, 0x00081155, "UI", "1.2.3", 6);
  prc_fixture_put (deep, 0x00080104, "LO", "Meaning", -1);
  prc_fixture_put_item (inner, deep);
  prc_fixture_put (second, 0x00081155, "UI", "1.2.4", 6);
  prc_fixture_put (second, 0x0040A170, "SQ", inner->data, inner->len);
  prc_fixture_put_item (outer, first);
  prc_fixture_put_item (outer, second);
  prc_fixture_put (file, 0x00081140, "SQ", outer->data, outer->len);
  prc_fixture_put (file, 0x00100010, "PN", "A^B", -1);
  return file;
}

static void
test_tree (void) {
  g_autoptr (GByteArray) file = nested ();
  g_autoptr (PrcElements) elements = list (file);
  uint32_t n, sequence = index_of (elements, 0x00081140);
  const PrcElement *all = prc_elements_get (elements, &n);
  g_assert_cmpuint (n, ==, 10);
  g_assert_cmpuint (all[sequence].number, ==, 2);
  g_assert_cmpuint (all[sequence].n_below, ==, 7);
  g_assert_cmpuint (all[sequence].parent, ==, PRC_ELEMENT_NONE);
  g_assert_cmpuint (all[sequence + 1].tag, ==, PRC_ELEMENT_ITEM);
  g_assert_cmpuint (all[sequence + 1].number, ==, 1);
  g_assert_cmpuint (all[sequence + 1].n_below, ==, 1);
  g_assert_cmpuint (all[sequence + 3].number, ==, 2);
  g_assert_cmpuint (all[sequence + 3].n_below, ==, 4);
  uint32_t meaning = index_of (elements, 0x00080104);
  g_assert_cmpuint (all[meaning].depth, ==, 4);
  assert_text (prc_elements_path (elements, meaning),
               "ReferencedImageSequence[2]/PurposeOfReferenceCodeSequence[1]/CodeMeaning");
  assert_text (prc_element_value_text (&all[sequence], 100), "2 items");
  assert_text (prc_element_name_text (&all[sequence + 3]), "Item 2");
  assert_text (prc_element_tag_text (&all[sequence + 3]), "2.");
  assert_value (elements, 0x00100010, "PN", "A^B");
  g_assert_cmpuint (find (elements, 0x00100010)->parent, ==, PRC_ELEMENT_NONE);
}

// Without end: as many elements whose creator is sought as there are creators. Looked through one by
// one they would take a minute.
static void
test_many_creators (void) {
  g_autoptr (GByteArray) file = prc_fixture_begin ();
  for (int i = 0; i < 120000; i++)
    prc_fixture_put (file, 0x00090010, "LO", "A", -1);
  for (int i = 0; i < 120000; i++)
    prc_fixture_put (file, 0x00091101, "LO", "", -1);
  g_autoptr (PrcElements) elements = list (file);
  g_assert_cmpstr (find (elements, 0x00091101)->creator, ==, "");
}

// A creator stands beside the elements of its block: it is one line, whatever the file says.
static void
test_creator_of_two_lines (void) {
  g_autoptr (GByteArray) file = prc_fixture_begin ();
  prc_fixture_put (file, 0x00090010, "LO", "ACME\n(0010,0010) PN", -1);
  prc_fixture_put (file, 0x00091001, "LO", "a", -1);
  g_autoptr (PrcElements) elements = list (file);
  g_assert_cmpstr (find (elements, 0x00091001)->creator, ==, "ACME (0010,0010) PN");
}

// PS3.5 7.8.1: a creator reserves a block of its group, in its own data set and in no other.
static void
test_private (void) {
  g_autoptr (GByteArray) file = prc_fixture_begin (), items = g_byte_array_new (),
                         item = g_byte_array_new ();
  prc_fixture_put (file, 0x00090010, "LO", "ACME 1", -1);
  prc_fixture_put (file, 0x00090011, "LO", "OTHER", -1);
  prc_fixture_put (file, 0x00091001, "LO", "a", -1);
  prc_fixture_put (file, 0x00091102, "UN", "readable", -1);
  prc_fixture_put (file, 0x00091103, "UN", "\x00\x01", 2);
  prc_fixture_put (file, 0x00091201, "LO", "orphan", -1);
  prc_fixture_put (item, 0x00090010, "LO", "INNER", -1);
  prc_fixture_put (item, 0x00091005, "LO", "b", -1);
  prc_fixture_put (item, 0x00091105, "LO", "c", -1);
  prc_fixture_put_item (items, item);
  prc_fixture_put (file, 0x00321064, "SQ", items->data, items->len);
  prc_fixture_put (file, 0x00331001, "LO", "d", -1);
  prc_fixture_put (file, 0x00350010, "UN", "UNKNOWN VR", -1);
  prc_fixture_put (file, 0x00351001, "LO", "e", -1);
  g_autoptr (PrcElements) elements = list (file);
  g_assert_cmpstr (find (elements, 0x00091001)->creator, ==, "ACME 1");
  g_assert_cmpstr (find (elements, 0x00091102)->creator, ==, "OTHER");
  g_assert_cmpstr (find (elements, 0x00091201)->creator, ==, "");
  g_assert_cmpstr (find (elements, 0x00091005)->creator, ==, "INNER");
  g_assert_cmpstr (find (elements, 0x00091105)->creator, ==, ""); // reserved outside only
  g_assert_cmpstr (find (elements, 0x00331001)->creator, ==, "");
  assert_value (elements, 0x00350010, "LO", "UNKNOWN VR"); // whatever the file says
  g_assert_cmpstr (find (elements, 0x00351001)->creator, ==, "UNKNOWN VR");
  assert_value (elements, 0x00091102, "UN", "readable");
  assert_value (elements, 0x00091103, "UN", "00 01");
  assert_text (prc_element_name_text (find (elements, 0x00091001)), "Private: ACME 1");
  g_assert_true (prc_element_is_private (find (elements, 0x00091201)));
  g_assert_cmpstr (find (elements, 0x00090010)->keyword, ==, "PrivateCreator");
}

static void
test_long (void) {
  g_autoptr (GByteArray) file = prc_fixture_begin ();
  g_autofree char *text = g_strnfill (3000000, 'x');
  uint8_t *bytes = g_malloc0 (3000000);
  prc_fixture_put (file, 0x0040A160, "UT", text, -1);
  prc_fixture_put (file, 0x00660016, "OF", bytes, 3000000);
  prc_fixture_put (file, 0x7FE00010, "OW", bytes, 3000000);
  g_free (bytes);
  g_autoptr (PrcElements) elements = list (file);
  const PrcElement *cut = find (elements, 0x0040A160), *pixels = find (elements, 0x7FE00010);
  g_assert_cmpuint (strlen (cut->value), ==, 65536);
  g_assert_true (cut->cut);
  g_assert_cmpuint (cut->length, ==, 3000000);
  g_assert_true (pixels->binary);
  g_assert_cmpuint (strlen (pixels->value), <, 200);
  g_autofree char *shown = prc_element_value_text (pixels, 1000);
  g_assert_true (g_str_has_prefix (shown, "00 00 00"));
  g_assert_nonnull (strstr (shown, "… (3.0"));
}

// Trap 38: whatever a file holds.
static void
test_trap_38_hostile (void) {
  GString *marks = g_string_new ("a");
  for (int i = 0; i < 50000; i++)
    g_string_append (marks, "\u0301");
  g_autoptr (GByteArray) file = prc_fixture_begin ();
  prc_fixture_put (file, 0x00080005, "CS", "ISO_IR 192", -1);
  prc_fixture_put (file, 0x00081030, "LO", "<b>&amp;</b> \xC0\xAF \xED\xA0\x80 \xFF", -1);
  prc_fixture_put (file, 0x0008103E, "LO", "a\0b\x1b[31m\u202Eevil\uFFFE", 16);
  prc_fixture_put (file, 0x00104000, "LT", marks->str, 60000);
  prc_fixture_put (file, 0x00090010, "LO", "<i>\u202E", -1);
  g_string_free (marks, TRUE);
  g_autoptr (PrcElements) elements = list (file);
  uint32_t n;
  const PrcElement *all = prc_elements_get (elements, &n);
  for (uint32_t i = 0; i < n; i++) {
    g_assert_true (g_utf8_validate (all[i].value, -1, NULL));
    g_assert_null (strstr (all[i].value, "\u202E"));
    g_assert_null (strchr (all[i].value, '\x1b'));
    g_assert_cmpuint (strlen (all[i].value), <, 200);
  }
}

static void
test_identifies (void) {
  static const struct {
    uint32_t tag;
    const char *vr;
    bool identifies;
  } cases[] = {
      {0x00100010, "PN", true},  {0x00100020, "LO", true},  {0x00080090, "PN", true},
      {0x00080050, "SH", true},  {0x00080080, "LO", true},  {0x00104000, "LT", true},
      {0x00204000, "LT", true},  {0x00091001, "DS", true},  {0x00090010, "LO", false},
      {0x00080060, "CS", false}, {0x00180050, "DS", false}, {0x00280010, "US", false},
      {0x0008103E, "LO", false}, {0x7FE00010, "OW", false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    PrcElement element = {.tag = cases[i].tag};
    g_strlcpy (element.vr, cases[i].vr, sizeof element.vr);
    g_assert_cmpint (prc_element_identifies (&element), ==, cases[i].identifies);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  g_test_add_func ("/elements/values", test_values);
  g_test_add_func ("/elements/tree", test_tree);
  g_test_add_func ("/elements/private", test_private);
  g_test_add_func ("/elements/creator-of-two-lines", test_creator_of_two_lines);
  g_test_add_func ("/elements/many-creators", test_many_creators);
  g_test_add_func ("/elements/long", test_long);
  g_test_add_func ("/elements/trap-38-hostile", test_trap_38_hostile);
  g_test_add_func ("/elements/identifies", test_identifies);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  return status;
}
