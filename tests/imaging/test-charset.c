// SPDX-License-Identifier: Apache-2.0
// Character sets through the real codec (PS3.3 C.12.1.1.2, PS3.5 6.1.2 and annexes H to K). Bytes
// were made with Python's codecs; the names of the corpus are those that its author documents and
// that pydicom shows.
#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "prc-codec-pool.h"

static GByteArray *
begin (const char *terms) {
  GByteArray *b = prc_fixture_begin ();
  if (terms)
    prc_fixture_put (b, 0x00080005, "CS", terms, -1);
  prc_fixture_put (b, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.66", 26); // raw data
  prc_fixture_put (b, 0x00080018, "UI", "1.2", 4);
  return b;
}

// A pool whose codecs guess by `fallback`; to be used at once: codecs start at the first request.
static PrcCodecPool *
pool_with (const char *fallback) {
  static GHashTable *pools;
  if (!pools)
    pools = g_hash_table_new (g_str_hash, g_str_equal);
  PrcCodecPool *pool = g_hash_table_lookup (pools, fallback);
  if (!pool) {
    g_setenv ("PRECEDENT_CHARSET", fallback, TRUE);
    pool = prc_codec_pool_new (1);
    g_hash_table_insert (pools, (char *)fallback, pool);
  }
  return pool;
}

static char *
dump (GByteArray *b, const char *fallback) {
  g_autofree char *path = prc_fixture_save (b);
  g_autoptr (GError) error = NULL;
  char *json = prc_codec_pool_dump_json (pool_with (fallback), path, NULL, &error);
  g_assert_no_error (error);
  g_remove (path);
  return json;
}

#define WEST "CP1252"

typedef struct {
  const char *terms, *bytes, *fallback, *name;
  bool guessed;
} Case;

static void
check_name (const Case *c) {
  g_autoptr (GByteArray) b = begin (c->terms);
  prc_fixture_put (b, 0x00100010, "PN", c->bytes, -1);
  g_autofree char *path = prc_fixture_save (b);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance = prc_codec_pool_describe_one (
      pool_with (c->fallback ? c->fallback : WEST), path, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);

  g_assert_cmpstr (prc_instance_info (instance)->patient_name, ==, c->name);
  g_assert_cmpint (prc_instance_info (instance)->text_guessed, ==, c->guessed);
  g_remove (path);
}

static void
check_names (const Case *cases, size_t n) {
  for (size_t i = 0; i < n; i++)
    check_name (&cases[i]);
}

// Every defined term of PS3.3 tables C.12-2 and C.12-5 that stands alone.
static void
test_trap_37_single_valued (void) {
  static const Case cases[] = {
      {NULL, "Doe^Jane", NULL, "Doe^Jane", false},
      {"ISO_IR 6", "Doe^Jane", NULL, "Doe^Jane", false},
      {"ISO_IR 100", "J\351r\364me^\321and\372", NULL, "Jérôme^Ñandú", false},
      {"ISO_IR 101", "\310ech^\256ofie", NULL, "Čech^Žofie", false},
      {"ISO_IR 109", "\241a\277^\325or\365", NULL, "Ħaż^Ġorġ", false},
      {"ISO_IR 110", "B\272rzi\361\271^J\340nis", NULL, "Bērziņš^Jānis", false},
      {"ISO_IR 144", "\273\356\332\341\325\334\321\343\340\323^\316\340\330\331", NULL,
       "Люксембург^Юрий", false},
      {"ISO_IR 127", "\342\310\307\346\352^\344\346\322\307\321", NULL, "قباني^لنزار", false},
      {"ISO_IR 126", "\304\351\357\355\365\363\351\357\362^\266\343\343\345\353\357\362", NULL,
       "Διονυσιος^Άγγελος", false},
      {"ISO_IR 138", "\371\370\345\357^\343\341\345\370\344", NULL, "שרון^דבורה", false},
      {"ISO_IR 148", "\307avu\376o\360lu^\335pek", NULL, "Çavuşoğlu^İpek", false},
      {"ISO_IR 203", "\274uvre^\264an\244", NULL, "Œuvre^Žan€", false},
      {"ISO_IR 166", "\271\322\301\312\241\330\305^\252\327\350\315", NULL, "นามสกุล^ชื่อ", false},
      {"ISO_IR 13", "\324\317\300\336^\300\333\263", NULL, "ﾔﾏﾀﾞ^ﾀﾛｳ", false},
      {"ISO_IR 192", "\347\216\213^\345\260\217\344\270\234", NULL, "王^小东", false},
      {"GB18030", "\315\365^\320\241\266\253", NULL, "王^小东", false},
      {"GB18030", "\2019\3571\2254\2625", NULL, "㐂𠮷", false}, // four bytes each
      {"GBK", "\326\354^\351F\273\371", NULL, "朱^镕基", false},
      {"GBK", "\260\242\262\267\266\305\241\244\302\362", NULL, "阿卜杜·买", false},
      // Not in the standard, but written: other spellings, two-byte sets without escapes.
      {"ISO-IR 100", "J\351r\364me", NULL, "Jérôme", false},
      {"ISO 2022 IR 144", "\316\340\330\331", NULL, "Юрий", false},
      {"UTF-8", "J\303\251r\303\264me", NULL, "Jérôme", false},
      {"ISO_IR 149", "\261\350\310\361\301\337", NULL, "김희중", false},
      {"ISO_IR 58", "\315\365^\320\241\266\253", NULL, "王^小东", false},
  };
  check_names (cases, G_N_ELEMENTS (cases));
}

// Every escape of PS3.3 tables C.12-3 and C.12-4 beside the default repertoire.
static void
test_trap_37_escapes (void) {
  static const Case cases[] = {
      {"\\ISO 2022 IR 100", "A\033-AJ\351r\364me^\033-A\321and\372", NULL, "AJérôme^Ñandú", false},
      {"\\ISO 2022 IR 101", "A\033-B\310ech^\033-B\256ofie", NULL, "AČech^Žofie", false},
      {"\\ISO 2022 IR 109", "A\033-C\241a\277^\033-C\325or\365", NULL, "AĦaż^Ġorġ", false},
      {"\\ISO 2022 IR 110", "A\033-DB\272rzi\361\271^\033-DJ\340nis", NULL, "ABērziņš^Jānis",
       false},
      {"\\ISO 2022 IR 144", "A\033-L\316\340\330\331", NULL, "AЮрий", false},
      {"\\ISO 2022 IR 127", "A\033-G\342\310\307\346\352", NULL, "Aقباني", false},
      {"\\ISO 2022 IR 126", "A\033-F\304\351\357\355\365\363\351\357\362", NULL, "AΔιονυσιος",
       false},
      {"\\ISO 2022 IR 138", "A\033-H\371\370\345\357", NULL, "Aשרון", false},
      {"\\ISO 2022 IR 148", "A\033-M\307avu\376o\360lu", NULL, "AÇavuşoğlu", false},
      {"\\ISO 2022 IR 203", "A\033-b\274uvre", NULL, "AŒuvre", false},
      {"\\ISO 2022 IR 166", "A\033-T\271\322\301", NULL, "Aนาม", false},
      {"\\ISO 2022 IR 13", "A\033)I\324\317\300\336", NULL, "Aﾔﾏﾀﾞ", false},
      {"\\ISO 2022 IR 87", "\033$B;3ED\033(B^\033$BB@O:\033(B", NULL, "山田^太郎", false},
      {"\\ISO 2022 IR 159", "\033$(D0!0\"\033(B", NULL, "丂丄", false},
      {"\\ISO 2022 IR 149", "\033$)C\373\363^\033$)C\321\316\324\327", NULL, "洪^吉洞", false},
      {"\\ISO 2022 IR 58", "\033$)A\315\365^\033$)A\320\241\266\253", NULL, "王^小东", false},
      // Several at once.
      {"ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 126",
       "J\351r\364me^\033-L\316\340\330\331=\033-F\304\351\357=\351", NULL, "Jérôme^Юрий=Διο=é",
       false},
      {"ISO 2022 IR 13\\ISO 2022 IR 87",
       "\324\317\300\336^\300\333\263=\033$B;3ED\033(J^\033$BB@O:\033(J", NULL,
       "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎", false},
  };
  check_names (cases, G_N_ELEMENTS (cases));
}

// Trap 37: bytes of delimiters inside characters of two bytes are no delimiters, and text is
// decoded before it is split.
static void
test_trap_37_delimiters_inside_characters (void) {
  static const Case cases[] = {
      {"\\ISO 2022 IR 87", "\033$BK\\\033(B^\033$B5\\\033(B", NULL, "本^宮", false}, // 5C
      {"\\ISO 2022 IR 87", "\033$B8^E^\033(B^\033$B=;=\033(B", NULL, "五党^住\xEF\xBF\xBD", false},
      {"\\ISO 2022 IR 87", "\033$B#X!@#Y\033(B", NULL, "Ｘ＼Ｙ", false},
      {"GB18030", "\201\\\\\201^", NULL, "乗\\乛", false},
      {"GBK", "\326\354^\351F\273\371\\\201\\", NULL, "朱^镕基\\乗", false},
      // Shift JIS under the label of the half-width set, as old consoles write it.
      {"ISO_IR 13", "\225\\\216\246\203\\", "CP932", "表示ソ", true},
  };
  check_names (cases, G_N_ELEMENTS (cases));
}

// PS3.5 6.1.2.5.3: value 1 is active again behind each delimiter.
static void
test_trap_37_reset (void) {
  static const Case cases[] = {
      {"ISO 2022 IR 100\\ISO 2022 IR 144", "\033-L\316\340^\351", NULL, "Юр^é", false},
      {"ISO 2022 IR 100\\ISO 2022 IR 144", "\033-L\316\340=\351", NULL, "Юр=é", false},
      {"ISO 2022 IR 100\\ISO 2022 IR 144", "\033-L\316\340\\\351", NULL, "Юр\\é", false},
      // Called once only, as many consoles do: there is but one set it can be.
      {"\\ISO 2022 IR 149", "\033$)C\373\363^\321\316\324\327", NULL, "洪^吉洞", true},
  };
  check_names (cases, G_N_ELEMENTS (cases));
  static const char *const controls[] = {"\r\n", "\f", "\t"};
  for (size_t i = 0; i < G_N_ELEMENTS (controls); i++) {
    g_autoptr (GByteArray) b = begin ("ISO 2022 IR 100\\ISO 2022 IR 144");
    g_autofree char *text = g_strconcat ("\033-L\316=^", controls[i], "\351", NULL);
    prc_fixture_put (b, 0x00104000, "LT", text, -1);
    g_autofree char *json = dump (b, WEST);
    g_assert_nonnull (strstr (json, "Ю=^"));
    g_assert_nonnull (strstr (json, "é\"]"));
  }
}

// Labels that are missing or wrong; the guess is said to be one.
static void
test_trap_37_wrong_labels (void) {
  static const Case cases[] = {
      {NULL, "Gr\303\266\303\237e", NULL, "Größe", true},
      {NULL, "Gr\303\266\303\237e", "GB18030", "Größe", true},
      {NULL, "Gr\366\337e", NULL, "Größe", true},
      {NULL, "Gr\366\337e", "GB18030", "Größe", true},
      {NULL, "J\351r\364me", "GB18030", "Jérôme", true},
      {"ISO_IR 6", "J\351r\364me", NULL, "Jérôme", true},
      {"GARBLED", "J\351r\364me", NULL, "Jérôme", true},
      {NULL, "\223Gr\366\337e\224", NULL, "“Größe”", true},
      {"ISO_IR 100", "\223Gr\366\337e\224", NULL, "“Größe”", true},
      {NULL, "\315\365^\320\241\266\253", "GB18030", "王^小东", true},
      {"ISO_IR 100", "\315\365^\320\241\266\253", "GB18030", "王^小东", true},
      {"ISO_IR 100", "\315\365^\267\274", "GB18030", "王^芳", true},
      {"ISO_IR 100", "CT\306\275\311\250", "GB18030", "CT平扫", true},
      {"ISO_IR 100", "\315\365^\320\241\266\253", NULL, "Íõ^Ð¡¶«", false}, // nobody said otherwise
      {"ISO_IR 100", "J\351r\364me^Gr\366\337e", "GB18030", "Jérôme^Größe", false},
      {"ISO_IR 100", "\304neas^\326zg\374r", "GB18030", "Äneas^Özgür", false},
      {"ISO_IR 100", "\347\216\213\345\260\217", NULL, "王小", true},
      {"ISO_IR 144", "\320\230\320\262\320\260\320\275\320\276\320\262", NULL, "Иванов", true},
      {"ISO_IR 144", "\273\356\205\332\341", NULL, "Люкс", false}, // a stray control is no proof
      {"ISO_IR 100", "\310\342\340\355\356\342^\317\270\362\360", "CP1251", "Иванов^Пётр", true},
      {NULL, "\261\350\310\361\301\337", "CP949", "김희중", true},
      {"\\ISO 2022 IR 87", "\216R\223c^\221\276\230Y", "CP932", "山田^太郎", true},
      {"ISO_IR 192", "J\351r\364me", NULL, "Jérôme", true},
      {"ISO_IR 192", "\315\365^\320\241\266\253", "GB18030", "王^小东", true},
      {"GB18030", "\347\216\213^\345\260\217\344\270\234", NULL, "王^小东", true},
      // Cut at 64 bytes by a writer that counts bytes: no reason to doubt the rest.
      {"ISO_IR 192", "\347\216\213^\345\260\217\344\270", NULL, "王^小\xEF\xBF\xBD\xEF\xBF\xBD",
       false},
  };
  check_names (cases, G_N_ELEMENTS (cases));
}

// Who did not choose a fallback gets that of the language; a name that iconv does not know, or that
// does not hold ASCII, is no choice.
static void
test_trap_37_language (void) {
  static const struct {
    const char *language, *chosen, *bytes, *name;
  } cases[] = {
      {"zh_CN", "", "\315\365^\320\241\266\253", "王^小东"},
      {"zh_TW", "", "\244\375^\244\160\252\106", "王^小東"},
      {"ja", "", "\216R\223c^\221\276\230Y", "山田^太郎"},
      {"ko_KR", "", "\261\350\310\361\301\337", "김희중"},
      {"ru", "", "\310\342\340\355\356\342", "Иванов"},
      {"fr", "", "J\351r\364me", "Jérôme"},
      {"zh_CN", "CP1251", "\310\342\340\355\356\342", "Иванов"},
      {"zh_CN", "no such set", "\315\365^\320\241\266\253", "王^小东"},
      {"zh_CN", "UTF-16", "\315\365^\320\241\266\253", "王^小东"},
  };
  g_autofree char *language = g_strdup (g_getenv ("LANGUAGE"));
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_setenv ("LANGUAGE", cases[i].language, TRUE);
    g_setenv ("PRECEDENT_CHARSET", cases[i].chosen, TRUE);
    g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
    g_autoptr (GByteArray) b = begin (NULL);
    prc_fixture_put (b, 0x00100010, "PN", cases[i].bytes, -1);
    g_autofree char *path = prc_fixture_save (b);
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcInstance) instance =
        prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (prc_instance_info (instance)->patient_name, ==, cases[i].name);
    g_remove (path);
  }
  g_setenv ("LANGUAGE", language ? language : "", TRUE);
}

static void
assert_element (const char *json, const char *tag, const char *vr, const char *value) {
  g_autofree char *whole =
      g_strdup_printf ("\"%s\":{\"vr\":\"%s\",\"Value\":[%s]}", tag, vr, value);
  if (!strstr (json, whole))
    g_error ("%s is not in %s", whole, json);
}

// VRs that the character set is not for (PS3.5 6.1.2.2), and those where a backslash is a letter.
static void
test_trap_37_vrs (void) {
  g_autoptr (GByteArray) b = begin ("GB18030");
  prc_fixture_put (b, 0x00080020, "DA", "2026\201\\0131", -1);
  prc_fixture_put (b, 0x00080060, "CS", "C\315\365T", -1);
  prc_fixture_put (b, 0x0008103E, "LO", " a \\ \315\365 ", -1);
  prc_fixture_put (b, 0x00102180, "SH", "\201\\\\\315\365", -1);
  prc_fixture_put (b, 0x001021B0, "LT", " C:\\\315\365\\ x\r\ny ", -1);
  prc_fixture_put (b, 0x00189074, "ST", "a\\b", -1);
  prc_fixture_put (b, 0x0040A160, "UT", "\201\\\\\315\365", -1);
  prc_fixture_put (b, 0x0040A161, "UC", "\315\365\\b", -1);
  g_autofree char *json = dump (b, WEST);
  assert_element (json, "00080020", "DA", "\"2026\",\"0131\""); // damaged, but not decoded
  assert_element (json, "00080060", "CS", "\"CT\"");
  assert_element (json, "0008103E", "LO", "\"a\",\"王\"");
  assert_element (json, "00102180", "SH", "\"乗\",\"王\"");
  assert_element (json, "001021B0", "LT", "\" C:\\\\王\\\\ x\\r\\ny\"");
  assert_element (json, "00189074", "ST", "\"a\\\\b\"");
  assert_element (json, "0040A160", "UT", "\"乗\\\\王\"");
  assert_element (json, "0040A161", "UC", "\"王\",\"b\"");
}

// An item has its own set, or that of the data set around it.
static void
test_trap_37_items (void) {
  g_autoptr (GByteArray) b = begin ("ISO_IR 144"), items = g_byte_array_new ();
  for (int i = 0; i < 2; i++) {
    g_autoptr (GByteArray) item = g_byte_array_new ();
    if (i == 0)
      prc_fixture_put (item, 0x00080005, "CS", "ISO_IR 126", -1);
    prc_fixture_put (item, 0x00080104, "LO", "\316\340", -1);
    prc_fixture_put_item (items, item);
  }
  prc_fixture_put (b, 0x00321064, "SQ", items->data, items->len);
  prc_fixture_put (b, 0x00321070, "LO", "\316\340", -1);
  g_autofree char *json = dump (b, WEST);
  assert_element (json, "00080104", "LO", "\"Ξΰ\"");
  g_assert_nonnull (strstr (json, "{\"00080104\":{\"vr\":\"LO\",\"Value\":[\"Юр\"]}}"));
  assert_element (json, "00321070", "LO", "\"Юр\"");
}

// All of D. Clunie's samples: each text beyond ASCII that is in them.
static void
test_trap_37_corpus (void) {
#define PN(name)         "\"00100010\":{\"vr\":\"PN\",\"Value\":[" name "]}"
#define ALPHABETIC(name) PN ("{\"Alphabetic\":\"" name "\"}")
#define TARO             "{\"Alphabetic\":\"やまだ^たろう\"}"
#define KIM              "{\"Alphabetic\":\"김희중\"}"
#define FRENCH           "{\"Alphabetic\":\"Buc^Jérôme\"}"
#define NESTED                                                                                                 \
  PN ("{\"Alphabetic\":\"ﾔﾏﾀﾞ^ﾀﾛｳ\",\"Ideographic\":\"山田^太郎\",\"Phonetic\":\"やまだ^" \
      "たろう\"}")
  static const struct {
    const char *file, *texts[5];
  } files[] = {
      {"chrArab", {ALPHABETIC ("قباني^لنزار")}},
      {"chrFren", {ALPHABETIC ("Buc^Jérôme")}},
      {"chrFrenMulti", {PN (FRENCH), "\"00101001\":{\"vr\":\"PN\",\"Value\":[" FRENCH "," FRENCH}},
      {"chrGerm", {ALPHABETIC ("Äneas^Rüdiger")}},
      {"chrGreek", {ALPHABETIC ("Διονυσιος")}},
      {"chrH31",
       {PN ("{\"Alphabetic\":\"Yamada^Tarou\",\"Ideographic\":\"山田^太郎\","
            "\"Phonetic\":\"やまだ^たろう\"}")}},
      {"chrH32", {NESTED}},
      {"chrHbrw", {ALPHABETIC ("שרון^דבורה")}},
      {"chrI2",
       {PN ("{\"Alphabetic\":\"Hong^Gildong\",\"Ideographic\":\"洪^吉洞\","
            "\"Phonetic\":\"홍^길동\"}")}},
      {"chrJapMulti", {PN (TARO), "\"Value\":[" TARO "," TARO, "\"LT\",\"Value\":[\"たろう\"]"}},
      {"chrJapMultiExplicitIR6",
       {PN (TARO), "\"Value\":[" TARO "," TARO, "\"LT\",\"Value\":[\"たろう\"]"}},
      {"chrKoreanMulti",
       {PN (KIM), "\"Value\":[" KIM "," KIM, "\"LT\",\"Value\":[\"김희중\"]",
        "\"00081070\":{\"vr\":\"PN\",\"Value\":[" KIM "]}"}},
      {"chrRuss", {ALPHABETIC ("Люкceмбypг")}},
      {"chrSQEncoding", {NESTED}},
      {"chrSQEncoding1", {NESTED}},
      {"chrX1", {PN ("{\"Alphabetic\":\"Wang^XiaoDong\",\"Ideographic\":\"王^小東\"}")}},
      {"chrX2", {PN ("{\"Alphabetic\":\"Wang^XiaoDong\",\"Ideographic\":\"王^小东\"}")}},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *relative =
        g_strconcat ("conformance/pydicom_charset/", files[i].file, ".dcm", NULL);
    g_autofree char *path = prc_fixture_data (relative);
    if (!path)
      return;
    g_autoptr (GError) error = NULL;
    g_autofree char *json = prc_codec_pool_dump_json (pool_with (WEST), path, NULL, &error);
    g_assert_no_error (error);
    for (size_t k = 0; k < 5 && files[i].texts[k]; k++) {
      if (!strstr (json, files[i].texts[k]))
        g_error ("%s: %s is not in %s", files[i].file, files[i].texts[k], json);
    }
  }
}

// Any bytes under any term, escapes among them: text, and a codec that lives.
static void
test_trap_37_any_bytes (void) {
  static const char *const terms[] = {
      NULL,     "",        "ISO_IR 100",        "ISO_IR 13", "ISO_IR 166",
      "GBK",    "GB18030", "ISO_IR 192",        "NONSENSE",  "\\ISO 2022 IR 87\\ISO 2022 IR 159",
      "\\\\\\", "\\GBK",   "\\ISO 2022 IR 149", "ISO_IR 58", "ISO 2022 IR 13\\ISO 2022 IR 58"};
  static const char *const escapes[] = {"\033$B",  "\033$(D", "\033(J", "\033)I",
                                        "\033$)C", "\033-A",  "\033",   "\033("};
  g_autoptr (GRand) rand = g_rand_new_with_seed (37);
  for (size_t t = 0; t < G_N_ELEMENTS (terms); t++) {
    g_autoptr (GByteArray) b = begin (terms[t]);
    for (unsigned i = 0; i < 200; i++) {
      GString *text = g_string_new (NULL);
      for (unsigned n = (unsigned)g_rand_int_range (rand, 0, 40); n > 0; n--) {
        if (g_rand_int_range (rand, 0, 10) == 0)
          g_string_append (text, escapes[g_rand_int_range (rand, 0, G_N_ELEMENTS (escapes))]);
        g_string_append_c (text, (char)g_rand_int_range (rand, 0, 256));
      }
      prc_fixture_put (b, 0x00100010 + i, i % 2 ? "PN" : "LT", text->str, (gssize)text->len);
      g_string_free (text, TRUE);
    }
    static const char *const fallbacks[] = {WEST, "GB18030", "CP932"};
    for (size_t f = 0; f < G_N_ELEMENTS (fallbacks); f++) {
      g_autofree char *json = dump (b, fallbacks[f]);
      g_assert_true (g_utf8_validate (json, -1, NULL));
      g_assert_true (g_str_has_prefix (json, "{\"") && g_str_has_suffix (json, "}}"));
    }
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/charset/trap-37-single-valued", test_trap_37_single_valued);
  g_test_add_func ("/charset/trap-37-escapes", test_trap_37_escapes);
  g_test_add_func ("/charset/trap-37-delimiters-inside-characters",
                   test_trap_37_delimiters_inside_characters);
  g_test_add_func ("/charset/trap-37-reset", test_trap_37_reset);
  g_test_add_func ("/charset/trap-37-wrong-labels", test_trap_37_wrong_labels);
  g_test_add_func ("/charset/trap-37-language", test_trap_37_language);
  g_test_add_func ("/charset/trap-37-vrs", test_trap_37_vrs);
  g_test_add_func ("/charset/trap-37-items", test_trap_37_items);
  g_test_add_func ("/charset/trap-37-any-bytes", test_trap_37_any_bytes);
  g_test_add_func ("/charset/trap-37-corpus", test_trap_37_corpus);
  return g_test_run ();
}
