// SPDX-License-Identifier: Apache-2.0
// precedentctl segments and render --overlay, on files made by hand with figures worked by hand.
#include <cairo.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "call.h"
#include "fixture.h"
#include "segmentation-fixture.h"

#define SIDE 6

static char *folder, *images, *image, *square, *couch, *other; // paths

// Three slices 2 mm apart; on the middle one 40 HU in rows 0 to 2, 60 HU below.
static char *
write_images (void) {
  int16_t pixels[SIDE * SIDE];
  PrcFixtureSlice slice = {.study = 1, .series = 1, .rows = SIDE, .columns = SIDE};
  for (int i = 0; i < SIDE * SIDE; i++)
    pixels[i] = i < 3 * SIDE ? 1064 : 1084;
  slice.pixels = pixels;
  for (unsigned i = 0; i < 3; i++) {
    g_autofree char *path = g_strdup_printf ("%s/slice%u.dcm", images, i);
    slice.instance = i + 1;
    slice.position_mm[2] = 2.0 * i;
    prc_fixture_write (path, &slice);
  }
  slice.instance = 2;
  return prc_fixture_sop_uid (&slice);
}

// A square of four by four in the middle, bits lowest first.
static char *
write_segments (const char *name, const char *label, const char *source) {
  char *path = g_build_filename (folder, name, NULL);
  uint8_t bits[5] = {0};
  const SegmentationFixtureFrame group = {.segment = 1, .z = NAN, .source = source};
  const SegmentationFixture f = {.type = "BINARY",
                                 .rows = SIDE,
                                 .columns = SIDE,
                                 .frames = 1,
                                 .allocated = 1,
                                 .n_segments = 1,
                                 .full = true,
                                 .label = label,
                                 .groups = &group};
  for (int row = 1; row < 5; row++)
    for (int column = 1; column < 5; column++)
      bits[(row * SIDE + column) / 8] |= (uint8_t)(1 << (row * SIDE + column) % 8);
  g_autoptr (GByteArray) file = segmentation_fixture_native (&f, "OB", bits, sizeof bits);
  g_assert_true (g_file_set_contents (path, (const char *)file->data, file->len, NULL));
  return path;
}

static void
write_all (void) {
  images = g_build_filename (folder, "images", NULL);
  g_mkdir (images, 0700);
  g_autofree char *uid = write_images ();
  image = g_build_filename (images, "slice1.dcm", NULL);
  square = write_segments ("square.dcm", "Left kidney", uid);
  couch = write_segments ("couch.dcm", "Couch", uid);
  other = write_segments ("other.dcm", "Left kidney", "1.2.3.4.5");
}

/* ---- segments ---- */

static double
number (JsonObject *object, const char *name) {
  g_assert_true (json_object_has_member (object, name));
  return json_object_get_double_member (object, name);
}

static JsonObject *
first_segment (JsonNode *root) {
  JsonArray *segments = json_object_get_array_member (json_node_get_object (root), "segments");
  g_assert_cmpuint (json_array_get_length (segments), ==, 1);
  return json_array_get_object_element (segments, 0);
}

// 16 voxels of 0.5 x 0.75 x 4.5 mm.
static void
test_segments (void) {
  g_auto (Call) call = ctl ("segments", "--json", square, NULL);
  g_assert_cmpint (call.status, ==, 0);
  g_assert_cmpstr (call.complaint, ==, "");
  g_autoptr (JsonNode) root = json_of (&call);
  JsonObject *file = json_node_get_object (root), *segment = first_segment (root);
  g_assert_cmpstr (json_object_get_string_member (file, "kind"), ==, "binary");
  g_assert_cmpstr (json_object_get_string_member (segment, "label"), ==, "Left kidney");
  JsonObject *type = json_object_get_object_member (segment, "type");
  g_assert_cmpstr (json_object_get_string_member (type, "value"), ==, "64033007");
  g_assert_cmpstr (json_object_get_string_member (type, "scheme"), ==, "SCT");
  g_assert_cmpstr (json_object_get_string_member (segment, "colour"), ==, "#cc0000");
  g_assert_cmpfloat (number (segment, "number"), ==, 1);
  g_assert_cmpfloat (number (segment, "frames"), ==, 1);
  g_assert_cmpfloat (number (segment, "voxels"), ==, 16);
  g_assert_cmpfloat_with_epsilon (number (segment, "volume-ml"), 0.027, 1e-9);
  g_assert_false (json_object_get_boolean_member (segment, "hidden-at-first"));
  g_assert_false (json_object_has_member (segment, "on-images"));
}

// Eight voxels of 40 HU and eight of 60 HU: 50, and sqrt (1600 / 15). Each is 1 x 1 x 2 mm there.
static void
test_measured (void) {
  g_auto (Call) call = ctl ("segments", "--json", square, images, NULL);
  g_assert_cmpint (call.status, ==, 0);
  g_autoptr (JsonNode) root = json_of (&call);
  g_assert_true (json_object_has_member (json_node_get_object (root), "series-instance-uid"));
  JsonObject *measure = json_object_get_object_member (first_segment (root), "on-images");
  g_assert_cmpfloat (number (measure, "slices"), ==, 1);
  g_assert_cmpfloat (number (measure, "voxels"), ==, 16);
  g_assert_cmpfloat_with_epsilon (number (measure, "volume-ml"), 0.032, 1e-9);
  g_assert_cmpfloat_with_epsilon (number (measure, "mean"), 50, 1e-9);
  g_assert_cmpfloat_with_epsilon (number (measure, "sd"), sqrt (1600 / 15.0), 1e-9);
  g_assert_cmpfloat (number (measure, "lowest"), ==, 40);
  g_assert_cmpfloat (number (measure, "highest"), ==, 60);
  g_assert_cmpfloat_with_epsilon (number (measure, "diameter-mm"), 4 * sqrt (2), 1e-9);
  g_assert_cmpstr (json_object_get_string_member (measure, "units"), ==, "HU");
}

static void
test_in_words (void) {
  g_auto (Call) call = ctl ("segments", square, images, NULL);
  g_assert_cmpint (call.status, ==, 0);
  g_assert_cmpuint (count_lines (call.output), ==, 1);
  g_assert_nonnull (strstr (call.output, "Left kidney"));
  g_assert_nonnull (strstr (call.output, "(64033007, SCT) | #cc0000 | 1 frame, 16 voxels"));
  g_assert_nonnull (strstr (call.output, "mean 50, SD 10.33 HU"));
  g_autofree char *odd = write_segments ("odd.dcm", "Left\n\033[31mkidney", NULL);
  g_auto (Call) shown = ctl ("segments", odd, NULL);
  g_assert_cmpuint (count_lines (shown.output), ==, 1);
  g_assert_null (strchr (shown.output, '\033'));
  g_auto (Call) hidden = ctl ("segments", "--json", couch, NULL);
  g_autoptr (JsonNode) root = json_of (&hidden);
  g_assert_true (json_object_get_boolean_member (first_segment (root), "hidden-at-first"));
}

static void
assert_refused (const Call *call, const char *path) {
  g_assert_cmpint (call->status, ==, 1);
  g_assert_cmpstr (call->output, ==, "");
  assert_one_sentence (call->complaint, path);
}

static void
test_segments_refused (void) {
  g_autofree char *missing = g_build_filename (folder, "missing.dcm", NULL);
  g_autofree char *empty = g_build_filename (folder, "empty", NULL);
  g_mkdir (empty, 0700);
  g_auto (Call) none = ctl ("segments", NULL);
  g_assert_cmpint (none.status, ==, 2);
  g_auto (Call) an_image = ctl ("segments", image, NULL);
  assert_refused (&an_image, image);
  g_auto (Call) nothing = ctl ("segments", "--json", missing, NULL);
  assert_refused (&nothing, missing);
  g_auto (Call) elsewhere = ctl ("segments", other, images, NULL);
  assert_refused (&elsewhere, other);
  g_auto (Call) no_images = ctl ("segments", square, empty, NULL);
  assert_refused (&no_images, empty);
}

/* ---- render --overlay ---- */

typedef struct {
  cairo_surface_t *surface;
  int width, height, stride;
} Png;

static void
png_clear (Png *png) {
  cairo_surface_destroy (png->surface);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Png, png_clear)

static Png
read_png (const char *path) {
  Png png = {.surface = cairo_image_surface_create_from_png (path)};
  g_assert_cmpint (cairo_surface_status (png.surface), ==, CAIRO_STATUS_SUCCESS);
  png.width = cairo_image_surface_get_width (png.surface);
  png.height = cairo_image_surface_get_height (png.surface);
  png.stride = cairo_image_surface_get_stride (png.surface);
  return png;
}

static uint32_t
pixel (const Png *png, int x, int y) {
  const unsigned char *data = cairo_image_surface_get_data (png->surface);
  return ((const uint32_t *)(const void *)(data + (size_t)y * (size_t)png->stride))[x] & 0xffffff;
}

static int
png_colour_type (const char *path) {
  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpuint (length, >, 26);
  return bytes[25];
}

// 40 HU is level 128 (127.8) in a window of 400 about 40. CC0000 over it with 77 of 256: 151, 90;
// over that with 230 of 256, along the edge: 199, 9.
static void
test_native (void) {
  g_autofree char *out = g_build_filename (folder, "native.png", NULL);
  g_auto (Call) plain = ctl ("render", "--native", "--window", "40,400", "-o", out, image, NULL);
  g_assert_cmpint (plain.status, ==, 0);
  g_assert_cmpint (png_colour_type (out), ==, 0); // grey: nobody asked for segments
  g_auto (Call) call =
      ctl ("render", "--native", "--window", "40,400", "--overlay", square, "-o", out, image, NULL);
  g_assert_cmpstr (call.complaint, ==, "");
  g_assert_cmpint (call.status, ==, 0);
  g_assert_cmpint (png_colour_type (out), ==, 2);
  g_auto (Png) png = read_png (out);
  g_assert_cmpint (png.width, ==, SIDE);
  g_assert_cmpint (png.height, ==, SIDE);
  g_assert_cmphex (pixel (&png, 0, 0), ==, 0x808080);
  g_assert_cmphex (pixel (&png, 1, 1), ==, 0xc70909);
  g_assert_cmphex (pixel (&png, 4, 2), ==, 0xc70909);
  g_assert_cmphex (pixel (&png, 2, 2), ==, 0x975a5a);
  g_assert_cmphex (pixel (&png, 5, 2), ==, 0x808080);
}

// Ten device pixels for one: the edge is one of them.
static void
test_magnified (void) {
  g_autofree char *out = g_build_filename (folder, "magnified.png", NULL);
  g_auto (Call) call = ctl ("render", "--no-text", "--size", "60x60", "--window", "40,400",
                            "--overlay", square, "-o", out, image, NULL);
  g_assert_cmpint (call.status, ==, 0);
  g_auto (Png) png = read_png (out);
  g_assert_cmphex (pixel (&png, 9, 15), ==, 0x808080);
  g_assert_cmphex (pixel (&png, 10, 15), ==, 0xc70909);
  g_assert_cmphex (pixel (&png, 11, 15), ==, 0x975a5a);
  g_assert_cmphex (pixel (&png, 48, 15), ==, 0x975a5a);
  g_assert_cmphex (pixel (&png, 49, 15), ==, 0xc70909);
  g_assert_cmphex (pixel (&png, 50, 15), ==, 0x808080);
}

// A slice without any of it, and what lies around the patient: nothing is painted, and that is no
// mistake.
static void
test_nothing_to_paint (void) {
  g_autofree char *out = g_build_filename (folder, "nothing.png", NULL);
  g_autofree char *below = g_build_filename (images, "slice0.dcm", NULL);
  const char *const calls[][2] = {{square, below}, {couch, image}};
  for (size_t i = 0; i < G_N_ELEMENTS (calls); i++) {
    g_auto (Call) call = ctl ("render", "--native", "--window", "40,400", "--overlay", calls[i][0],
                              "-o", out, calls[i][1], NULL);
    g_assert_cmpint (call.status, ==, 0);
    g_auto (Png) png = read_png (out);
    g_assert_cmpint (png_colour_type (out), ==, 0);
  }
}

// Twice the same: the second over the first.
static void
test_again (void) {
  g_autofree char *out = g_build_filename (folder, "again.png", NULL);
  g_auto (Call) call = ctl ("render", "--native", "--window", "40,400", "--overlay", square,
                            "--overlay", square, "-o", out, image, NULL);
  g_assert_cmpint (call.status, ==, 0);
  g_auto (Png) png = read_png (out);
  g_assert_cmphex (pixel (&png, 2, 2), ==, 0xa73f3f); // 151, 90 with 77 again: 167, 63
}

static void
test_overlay_refused (void) {
  g_autofree char *out = g_build_filename (folder, "refused.png", NULL);
  g_autofree char *missing = g_build_filename (folder, "missing.dcm", NULL);
  const char *const bad[] = {image, missing, folder, other};
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_auto (Call) call = ctl ("render", "--overlay", bad[i], "-o", out, image, NULL);
    assert_refused (&call, image);
    g_assert_nonnull (strstr (call.complaint, bad[i]));
    g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  folder = prc_fixture_folder ();
  write_all ();
  g_test_add_func ("/ctl-overlay/segments", test_segments);
  g_test_add_func ("/ctl-overlay/measured", test_measured);
  g_test_add_func ("/ctl-overlay/in-words", test_in_words);
  g_test_add_func ("/ctl-overlay/segments-refused", test_segments_refused);
  g_test_add_func ("/ctl-overlay/native", test_native);
  g_test_add_func ("/ctl-overlay/magnified", test_magnified);
  g_test_add_func ("/ctl-overlay/nothing-to-paint", test_nothing_to_paint);
  g_test_add_func ("/ctl-overlay/again", test_again);
  g_test_add_func ("/ctl-overlay/overlay-refused", test_overlay_refused);
  int status = g_test_run ();
  prc_fixture_remove (folder);
  g_free (other);
  g_free (couch);
  g_free (square);
  g_free (image);
  g_free (images);
  g_free (folder);
  return status;
}
