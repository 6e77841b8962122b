// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <string.h>

#include "prc-engine-error.h"
#include "prc-safetensors.h"

static GBytes *
file_of (const char *header, const void *data, size_t size) {
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint64 length = GUINT64_TO_LE (strlen (header));
  g_byte_array_append (bytes, (const guint8 *)&length, 8);
  g_byte_array_append (bytes, (const guint8 *)header, (guint)strlen (header));
  g_byte_array_append (bytes, data, (guint)size);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static void
refused (const char *header, size_t size) {
  const guint8 data[64] = {0};
  g_autoptr (GBytes) bytes = file_of (header, data, size);
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_safetensors_new (bytes, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL);
}

static void
test_reads (void) {
  // binary16 values by hand: 1, -2, the largest, the smallest normal and subnormal, infinity.
  const guint8 data[] = {0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b, 0x00, 0x04, 0x01, 0x00,
                         0x00, 0x7c, 0,    0,    0x80, 0x3f, 0,    0,    0x20, 0xc1};
  g_autoptr (GBytes) bytes =
      file_of (" {\"b\" : {\"dtype\":\"F32\",\"shape\":[1, 2],\"data_offsets\":[12,20]},"
               "\"__metadata__\":{\"k\":\"v \\\"q\\\"\"},\n"
               "\"a\":{\"data_offsets\":[0,12],\"shape\":[6],\"dtype\":\"F16\"}}  ",
               data, sizeof data);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcSafetensors) file = prc_safetensors_new (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (prc_safetensors_metadata (file, "k"), ==, "v \"q\"");
  g_assert_null (prc_safetensors_metadata (file, "K"));
  g_assert_null (prc_safetensors_find (file, "c"));
  const PrcTensor *a = prc_safetensors_find (file, "a"), *b = prc_safetensors_find (file, "b");
  g_assert_cmpuint (a->length, ==, 6);
  g_assert_cmpuint (b->rank, ==, 2);
  g_assert_cmpuint (b->shape[1], ==, 2);
  float halves[6], floats[2];
  prc_safetensors_read (file, a, halves);
  prc_safetensors_read (file, b, floats);
  const float expected[] = {1, -2, 65504, 6.103515625e-5f, 5.9604644775390625e-8f, INFINITY};
  g_assert_cmpmem (halves, sizeof halves, expected, sizeof expected);
  g_assert_cmpfloat (floats[0], ==, 1);
  g_assert_cmpfloat (floats[1], ==, -10);
}

static void
test_empty (void) {
  g_autoptr (GBytes) bytes = file_of ("{}", "", 0);
  g_autoptr (PrcSafetensors) file = prc_safetensors_new (bytes, NULL);
  g_assert_nonnull (file);
}

#define T(shape, offsets)                                                                          \
  "{\"a\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"

static void
test_hostile_extents (void) {
  refused (T ("[2]", "[0,8]"), 7);                     // data too short
  refused (T ("[2]", "[0,8]"), 12);                    // and too long
  refused (T ("[2]", "[0,4]"), 4);                     // shape and extent disagree
  refused (T ("[2]", "[8,0]"), 8);                     // ends before it begins
  refused (T ("[1]", "[4,8]"), 8);                     // a hole
  refused (T ("[4611686018427387904]", "[0,0]"), 0);   // 2^62 * 4 wraps to 0
  refused (T ("[4294967296,4294967296]", "[0,0]"), 0); // 2^64 wraps to 0
  refused (T ("[2]", "[0,18446744073709551624]"), 8);  // 2^64 + 8
  refused (T ("[1]", "[18446744073709551612,0]"), 0);
  refused ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
           "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
           12); // overlap
  refused ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
           "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
           8); // twice
}

static void
test_hostile_text (void) {
  refused ("", 0);
  refused ("{", 0);
  refused ("[]", 0);
  refused ("{}x", 0);
  refused ("{\"a\"", 0);
  refused ("{\"a\":", 0);
  refused ("{\"a\":{", 0);
  refused ("{\"a\":{}}", 0);
  refused ("{\"a\":1}", 0);
  refused ("{\"unfinished", 0);
  refused ("{\"\\u0041\":{}}", 0);
  refused ("{\"\\", 0);
  refused ("{\"__metadata__\":{\"k\":1}}", 0);
  refused ("{\"__metadata__\":{\"k\"}}", 0);
  refused ("{\"__metadata__\":{\"\xff\":\"v\"}}", 0);
  refused ("{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8);
  refused ("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4);
  refused ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4);
  refused (T ("[-1]", "[0,4]"), 4);
  refused (T ("[1.5]", "[0,4]"), 4);
  refused (T ("[1,]", "[0,4]"), 4);
  refused (T ("[1,1,1,1,1]", "[0,4]"), 4);
  refused (T ("[1]", "[0]"), 4);
  refused (T ("[1]", "[0,4,8]"), 4);
}

// Every cut of a good file, and a header length that lies.
static void
test_hostile_lengths (void) {
  const guint8 data[4] = {0};
  g_autoptr (GBytes) whole = file_of (T ("[1]", "[0,4]"), data, sizeof data);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (whole, &size);
  for (gsize cut = 0; cut < size; cut++) {
    g_autoptr (GBytes) part = g_bytes_new (bytes, cut); // a copy, so that a sanitizer sees the end
    g_assert_null (prc_safetensors_new (part, NULL));
  }
  const guint64 lies[] = {
      0, 1, size, G_MAXUINT64, G_MAXUINT64 - 7, (guint64)1 << 63, PRC_SAFETENSORS_MAX_HEADER + 1};
  for (unsigned i = 0; i < G_N_ELEMENTS (lies); i++) {
    g_autofree guint8 *copy = g_memdup2 (bytes, size);
    guint64 lie = GUINT64_TO_LE (lies[i]);
    memcpy (copy, &lie, 8);
    g_autoptr (GBytes) part = g_bytes_new_take (g_steal_pointer (&copy), size);
    g_assert_null (prc_safetensors_new (part, NULL));
  }
}

static void
test_no_file (void) {
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_safetensors_open ("/nonexistent/file", &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL);
  g_assert_null (prc_safetensors_open ("/", NULL));
  g_assert_null (prc_safetensors_open ("/dev/zero", NULL));
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/safetensors/reads", test_reads);
  g_test_add_func ("/safetensors/empty", test_empty);
  g_test_add_func ("/safetensors/hostile-extents", test_hostile_extents);
  g_test_add_func ("/safetensors/hostile-text", test_hostile_text);
  g_test_add_func ("/safetensors/hostile-lengths", test_hostile_lengths);
  g_test_add_func ("/safetensors/no-file", test_no_file);
  return g_test_run ();
}
