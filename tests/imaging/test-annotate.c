// SPDX-License-Identifier: Apache-2.0
// What stands over the picture: orientation letters worked out by hand, corner texts, what is left
// out and what never is.
#include "fixture.h"
#include "prc-text-sprite.h"
#include "prc-annotate-text.h"
#include "prc-orientation.h"

#include <math.h>
#include <string.h>

typedef struct {
  const char *orientation, *spacing, *extra;
  unsigned n, missing; // slices 2.5 mm apart, one of them left out (from 1; 0: none)
} Spec;

static PrcSeries *
make_series (const Spec *spec) {
  g_autoptr (GPtrArray) instances =
      g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);
  g_autoptr (GPtrArray) groups = NULL;

  for (unsigned i = 0; i < spec->n; i++) {
    g_autofree char *record = NULL;

    if (i + 1 == spec->missing)
      continue;
    record = g_strdup_printf (
        "{'SOPInstanceUID': <'1.2.%u'>, 'SeriesInstanceUID': <'1.1.1'>, 'StudyInstanceUID': "
        "<'1.1'>,"
        " 'IsImage': <true>, 'Rows': <[8.0]>, 'Columns': <[8.0]>, 'NumberOfFrames': <[1.0]>,"
        " 'InstanceNumber': <[%u.0]>, 'ImagePositionPatient': <[0.0, 0.0, %f]> %s%s %s%s %s%s}",
        i, i, i * 2.5, spec->orientation != NULL ? ", 'ImageOrientationPatient': " : "",
        spec->orientation != NULL ? spec->orientation : "",
        spec->spacing != NULL ? ", 'PixelSpacing': " : "",
        spec->spacing != NULL ? spec->spacing : "", spec->extra != NULL ? ", " : "",
        spec->extra != NULL ? spec->extra : "");
    g_ptr_array_add (instances, prc_fixture_instance ("/f", record));
  }
  groups = prc_series_group ((PrcInstance *const *)instances->pdata, instances->len);
  g_assert_cmpuint (groups->len, ==, 1);
  return prc_series_ref (groups->pdata[0]);
}

#define AXIAL "<[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]>"
#define PATIENT                                                                                    \
  "'PatientName': <'SYNTHETIC^Ada=合成^雅'>, 'PatientID': <'P1'>, 'PatientBirthDate': "         \
  "<'19570302'>,"                                                                                  \
  "'PatientSex': <'F'>, 'PatientAge': <'064Y'>, 'StudyDate': <'20260131'>, 'StudyTime': <'0915'>," \
  "'InstitutionName': <'Demo Hospital'>, 'StudyDescription': <'Chest'>, 'AccessionNumber': "       \
  "<'A7'>,"                                                                                        \
  "'SeriesNumber': <[3.0]>, 'SeriesDescription': <'Thorax'>, 'Modality': <'CT'>,"                  \
  "'SliceThickness': <[1.25]>"

static PrcViewParams params = {.voi = PRC_VOI_USE_WINDOW, .centre = 40, .width = 400, .zoom = 1.5};

static PrcAnnotation
annotation_of (PrcSeries *series) {
  return (PrcAnnotation){.series = series,
                         .params = &params,
                         .view_width = 300,
                         .view_height = 300,
                         .scale = 1,
                         .level = PRC_ANNOTATE_ALL};
}

static char *
corner_text (const PrcAnnotation *annotation, PrcCorner corner) {
  g_autoptr (GPtrArray) lines = prc_annotate_corner (annotation, corner);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (text, "%s|", ((PrcCornerLine *)lines->pdata[i])->text);
  return g_string_free (text, FALSE);
}

static char *
all_text (const PrcAnnotation *annotation) {
  GString *text = g_string_new (NULL);

  for (int corner = PRC_CORNER_TOP_LEFT; corner <= PRC_CORNER_BOTTOM_RIGHT; corner++) {
    g_autofree char *part = corner_text (annotation, (PrcCorner)corner);

    g_string_append (text, part);
  }
  return g_string_free (text, FALSE);
}

static void
test_letters (void) {
  static const struct {
    double direction[3];
    const char *letters;
  } cases[] = {
      {{1, 0, 0}, "L"},        {{-1, 0, 0}, "R"},       {{0, 1, 0}, "P"},
      {{0, -1, 0}, "A"},       {{0, 0, 1}, "H"},        {{0, 0, -1}, "F"},
      {{-0.6, -0.8, 0}, "AR"}, {{0.9, 0, -0.43}, "LF"}, {{0.5, -0.3, 0.81}, "HLA"},
      {{1, 1e-4, -1e-4}, "L"}, {{3, 0, 0}, "L"},        {{0, 0, 0}, ""},
      {{NAN, 0, 1}, ""},       {{INFINITY, 0, 0}, ""},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    char letters[4];

    prc_orientation_letters (cases[i].direction, letters);
    g_assert_cmpstr (letters, ==, cases[i].letters);
  }
}

static void
test_edges (void) {
  // A sagittal slice as scanners write it: columns run to the back, rows to the feet.
  PrcPlane sagittal = {
      .has_orientation = true, .row_direction = {0, 1, 0}, .column_direction = {0, 0, -1}};
  PrcEdgeLetters edges;

  g_assert_true (prc_orientation_edges (&sagittal, "", &edges));
  g_assert_cmpstr (edges.right, ==, "P");
  g_assert_cmpstr (edges.left, ==, "A");
  g_assert_cmpstr (edges.bottom, ==, "F");
  g_assert_cmpstr (edges.top, ==, "H");
}

// An axial slice has the patient's right at the left edge and the front at the top; the letters
// go with the picture, each way it can lie.
static void
test_trap_25_edges_of_turned_view (void) {
  static const struct {
    PrcTurn turn;
    const char *left, *top, *right, *bottom;
  } cases[] = {
      {{0, false}, "R", "A", "L", "P"}, {{1, false}, "P", "R", "A", "L"},
      {{2, false}, "L", "P", "R", "A"}, {{3, false}, "A", "L", "P", "R"},
      {{0, true}, "L", "A", "R", "P"},  {{1, true}, "A", "R", "P", "L"},
      {{2, true}, "R", "P", "L", "A"},  {{3, true}, "P", "L", "A", "R"},
  };
  PrcPlane axial = {
      .has_orientation = true, .row_direction = {1, 0, 0}, .column_direction = {0, 1, 0}};

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    PrcEdgeLetters edges;

    g_assert_true (prc_orientation_edges (&axial, "", &edges));
    prc_orientation_turn (&edges, cases[i].turn);
    g_assert_cmpstr (edges.left, ==, cases[i].left);
    g_assert_cmpstr (edges.top, ==, cases[i].top);
    g_assert_cmpstr (edges.right, ==, cases[i].right);
    g_assert_cmpstr (edges.bottom, ==, cases[i].bottom);
  }
}

// The corner says that a picture is mirrored: without orientation there are no letters to tell.
static void
test_turned_is_said (void) {
  Spec spec = {NULL, NULL, PATIENT, 1, 0};
  g_autoptr (PrcSeries) series = make_series (&spec);
  PrcAnnotation annotation = annotation_of (series);
  PrcViewParams turned = params;
  g_autofree char *all = NULL, *minimal = NULL;

  turned.quarter_turns = 3;
  turned.flip = true;
  annotation.params = &turned;
  all = corner_text (&annotation, PRC_CORNER_BOTTOM_LEFT);
  annotation.level = PRC_ANNOTATE_MINIMAL;
  minimal = corner_text (&annotation, PRC_CORNER_BOTTOM_LEFT);
  g_assert_cmpstr (all, ==, "Zoom 150 %|Rotated 270° · Flipped|W 400  L 40|Image 1 / 1|");
  g_assert_cmpstr (minimal, ==, "Rotated 270° · Flipped|W 400  L 40|Image 1 / 1|");
}

static void
test_patient_orientation (void) {
  static const char *const nothing[] = {"",      "L",      "L\\",     "\\F",
                                        "LE\\V", "L\\FXX", "LLLL\\F", "l\\f"};
  PrcPlane none = {0};
  PrcEdgeLetters edges;

  // A mammogram: what is right on screen is anterior.
  g_assert_true (prc_orientation_edges (&none, "A\\FR", &edges));
  g_assert_cmpstr (edges.right, ==, "A");
  g_assert_cmpstr (edges.left, ==, "P");
  g_assert_cmpstr (edges.bottom, ==, "FR");
  g_assert_cmpstr (edges.top, ==, "HL");
  for (size_t i = 0; i < G_N_ELEMENTS (nothing); i++) {
    g_assert_false (prc_orientation_edges (NULL, nothing[i], &edges));
    g_assert_cmpstr (edges.left, ==, "");
    g_assert_cmpstr (edges.right, ==, "");
    g_assert_cmpstr (edges.top, ==, "");
    g_assert_cmpstr (edges.bottom, ==, "");
  }
}

static void
test_scale_length (void) {
  g_assert_cmpfloat (prc_annotate_scale_length (99), ==, 50);
  g_assert_cmpfloat (prc_annotate_scale_length (100), ==, 100);
  g_assert_cmpfloat (prc_annotate_scale_length (49), ==, 20);
  g_assert_cmpfloat (prc_annotate_scale_length (1.5), ==, 1);
  g_assert_cmpfloat_with_epsilon (prc_annotate_scale_length (0.3), 0.2, 1e-12);
  g_assert_cmpfloat (prc_annotate_scale_length (0), ==, 0);
  g_assert_cmpfloat (prc_annotate_scale_length (NAN), ==, 0);
  g_assert_cmpfloat (prc_annotate_scale_length (INFINITY), ==, 0);
}

static void
test_scale_label (void) {
  g_autofree char *cm = prc_annotate_scale_label (50, "PixelSpacing");
  g_autofree char *mm = prc_annotate_scale_label (0.5, "");
  g_autofree char *detector = prc_annotate_scale_label (100, "ImagerPixelSpacing");

  g_assert_cmpstr (cm, ==, "5 cm");
  g_assert_cmpstr (mm, ==, "0.5 mm");
  g_assert_cmpstr (detector, ==, "10 cm at detector");
}

static void
test_corners (void) {
  Spec spec = {AXIAL, "<[0.5, 0.5]>", PATIENT, 4, 0};
  g_autoptr (PrcSeries) series = make_series (&spec);
  PrcAnnotation annotation = annotation_of (series);
  g_autofree char *patient = corner_text (&annotation, PRC_CORNER_TOP_LEFT);
  g_autofree char *study = corner_text (&annotation, PRC_CORNER_TOP_RIGHT);
  g_autofree char *view = NULL, *place = NULL;

  annotation.index = 2;
  view = corner_text (&annotation, PRC_CORNER_BOTTOM_LEFT);
  place = corner_text (&annotation, PRC_CORNER_BOTTOM_RIGHT);
  g_assert_nonnull (strstr (patient, "SYNTHETIC"));
  g_assert_nonnull (strstr (patient, "合成"));
  g_assert_nonnull (strstr (patient, "P1|1957-03-02 · 64 y · F|"));
  g_assert_cmpstr (study, ==, "Demo Hospital|Chest|A7|2026-01-31 09:15|");
  g_assert_cmpstr (view, ==, "Zoom 150 %|W 400  L 40|Image 3 / 4|");
  g_assert_cmpstr (place, ==, "CT · Series 3|Thorax|T 1.25 mm · Loc 5.0 mm|");
}

// Trap 37: what was converted by a guess is said to be.
static void
test_trap_37_guess_is_said (void) {
  Spec sure = {AXIAL, NULL, PATIENT, 1, 0},
       guess = {AXIAL, NULL, PATIENT ", 'CharacterSetGuessed': <true>", 1, 0};
  g_autoptr (PrcSeries) one = make_series (&sure), two = make_series (&guess);
  PrcAnnotation first = annotation_of (one), second = annotation_of (two);
  g_autofree char *plain = corner_text (&first, PRC_CORNER_TOP_LEFT);
  g_autofree char *guessed = corner_text (&second, PRC_CORNER_TOP_LEFT);

  g_assert_null (strstr (plain, "guessed"));
  g_assert_nonnull (strstr (guessed, "Character set guessed|"));
}

// Trap 38: Pango warns of invalid text, and warnings are fatal in tests.
static void
test_trap_38_sprite (void) {
  const PrcTextStyle hostile = {.text = "\xC0\xAF \xED\xA0\x80 \xFF\x1b<b>\n\u202E", .size = 12};
  const PrcTextStyle safe = {.text = "\uFFFD\uFFFD \uFFFD\uFFFD\uFFFD \uFFFD <b>\n", .size = 12};
  int width = prc_text_sprite (&hostile)->width;

  g_assert_cmpint (width, >, 0);
  g_assert_cmpint (prc_text_sprite (&safe)->width, ==, width);
}

static void
test_hidden (void) {
  static const char *const secrets[] = {"SYNTHETIC", "合成", "P1", "1957", "Demo", "A7"};
  Spec spec = {AXIAL, NULL, PATIENT, 2, 0};
  g_autoptr (PrcSeries) series = make_series (&spec);
  PrcAnnotation annotation = annotation_of (series);
  g_autofree char *shown = all_text (&annotation), *hidden = NULL;

  annotation.hide_patient = true;
  hidden = all_text (&annotation);
  for (size_t i = 0; i < G_N_ELEMENTS (secrets); i++) {
    g_assert_nonnull (strstr (shown, secrets[i]));
    g_assert_null (strstr (hidden, secrets[i]));
  }
  g_assert_nonnull (strstr (hidden, "Thorax"));
}

static void
test_levels (void) {
  Spec spec = {AXIAL, NULL, PATIENT ", 'LossyImageCompression': <'01'>", 6, 3};
  g_autoptr (PrcSeries) series = make_series (&spec);
  PrcAnnotation annotation = annotation_of (series);
  g_autofree char *minimal = NULL, *none = NULL;

  annotation.level = PRC_ANNOTATE_MINIMAL;
  minimal = all_text (&annotation);
  g_assert_cmpstr (minimal, ==, "W 400  L 40|Image 1 / 5|");
  annotation.level = PRC_ANNOTATE_NONE;
  none = all_text (&annotation);
  g_assert_cmpstr (none, ==, "");
  {
    g_autoptr (GPtrArray) warnings = prc_annotate_warnings (&annotation);

    g_assert_cmpuint (warnings->len, >=, 1); // the missing slice, said by the series
    g_assert_nonnull (prc_series_problems (series)[0]);
    g_assert_cmpstr (warnings->pdata[0], ==, prc_series_problems (series)[0]);
  }
}

static PrcFrame *
new_frame (PrcFrameInfo info) {
  g_autoptr (GBytes) bytes = g_bytes_new ("\0\1\2\3", 4);
  PrcFrame *frame;

  info.rows = info.columns = 2;
  info.rescale_slope = info.pixel_aspect = 1;
  frame = prc_frame_new (&info, bytes, NULL);
  g_assert_nonnull (frame);
  return frame;
}

static void
test_window_names (void) {
  PrcWindow own = {40, 400, "SOFT"};
  const uint16_t entries[] = {0, 255};
  PrcLut lut = {.n_entries = 2, .bits = 8, .entries = entries, .explanation = "NORMAL"};
  PrcFrameInfo with_lut = {.voi_luts = &lut, .n_voi_luts = 1, .lossy = true};
  g_autoptr (PrcFrame) named = new_frame ((PrcFrameInfo){.windows = &own, .n_windows = 1});
  g_autoptr (PrcFrame) ct = new_frame ((PrcFrameInfo){.units = "HU"});
  g_autoptr (PrcFrame) table = new_frame (with_lut);
  Spec spec = {AXIAL, NULL, NULL, 1, 0};
  g_autoptr (PrcSeries) series = make_series (&spec);
  PrcViewParams view = {.voi = PRC_VOI_USE_WINDOW, .centre = 40, .width = 400, .zoom = 1};
  PrcAnnotation annotation = annotation_of (series);
  g_autofree char *file_window = NULL, *preset = NULL, *voi_lut = NULL;
  g_autoptr (GPtrArray) warnings = NULL;

  annotation.params = &view;
  annotation.level = PRC_ANNOTATE_MINIMAL;
  annotation.frame = named;
  file_window = all_text (&annotation);
  g_assert_cmpstr (file_window, ==, "W 400  L 40 · SOFT|Image 1 / 1|");
  annotation.frame = ct;
  view.centre = -600;
  view.width = 1500;
  view.invert = true;
  preset = all_text (&annotation);
  g_assert_cmpstr (preset, ==, "W 1500  L -600 · Lung · inverted|Image 1 / 1|");
  annotation.frame = table;
  view.voi = 0;
  voi_lut = all_text (&annotation);
  g_assert_cmpstr (voi_lut, ==, "VOI LUT · NORMAL · inverted|Image 1 / 1|");
  warnings = prc_annotate_warnings (&annotation);
  g_assert_cmpuint (warnings->len, ==, 1);
  g_assert_cmpstr (warnings->pdata[0], ==, "Lossy compression");
}

// A reader's own preset has the reader's own name, and the colours theirs.
static void
test_own_names (void) {
  static const PrcPreset mine[] = {{"own-1", "Knee", -600, 1500, 0}};
  g_autoptr (PrcFrame) ct = new_frame ((PrcFrameInfo){.units = "HU"});
  Spec spec = {AXIAL, NULL, NULL, 1, 0};
  g_autoptr (PrcSeries) series = make_series (&spec);
  PrcViewParams view = {.voi = PRC_VOI_USE_WINDOW, .centre = -600, .width = 1500, .zoom = 1};
  PrcAnnotation annotation = annotation_of (series);
  g_autofree char *named = NULL, *coloured = NULL;

  annotation.params = &view;
  annotation.level = PRC_ANNOTATE_MINIMAL;
  annotation.frame = ct;
  annotation.presets = mine;
  annotation.n_presets = 1;
  named = all_text (&annotation);
  g_assert_cmpstr (named, ==, "W 1500  L -600 · Knee|Image 1 / 1|");
  view.palette = prc_palette_find ("hot-iron");
  view.invert = true;
  coloured = all_text (&annotation);
  g_assert_cmpstr (coloured, ==, "W 1500  L -600 · Knee · Hot iron · inverted|Image 1 / 1|");
}

static char *
only_warning (const char *extra, PrcAnnotateLevel level) {
  Spec spec = {AXIAL, NULL, extra, 1, 0};
  g_autoptr (PrcSeries) series = make_series (&spec);
  PrcAnnotation annotation = annotation_of (series);
  annotation.level = level;
  g_autoptr (GPtrArray) warnings = prc_annotate_warnings (&annotation);

  g_assert_cmpuint (warnings->len, <=, 1);
  return warnings->len > 0 ? g_strdup (warnings->pdata[0]) : NULL;
}

// Said at every level, with every step that lost something as far as the file knows it.
static void
test_lossy (void) {
  static const char twice[] =
      "'LossyImageCompression': <'01'>, 'LossyImageCompressionRatio': <[17.401, 3.0]>,"
      "'LossyImageCompressionMethod': <'ISO_10918_1\\\\ISO_15444_1'>";

  for (int level = PRC_ANNOTATE_ALL; level <= PRC_ANNOTATE_NONE; level++) {
    g_autofree char *text = only_warning (twice, (PrcAnnotateLevel)level);
    g_assert_cmpstr (text, ==, "Lossy compression: JPEG 17.4:1, JPEG 2000 3:1");
  }
  g_autofree char *bare = only_warning ("'LossyImageCompression': <'01'>", PRC_ANNOTATE_NONE);
  g_assert_cmpstr (bare, ==, "Lossy compression");
  g_autofree char *odd = only_warning ("'LossyImageCompression': <'01'>,"
                                       "'LossyImageCompressionRatio': <[-2.0]>,"
                                       "'LossyImageCompressionMethod': <'WAVELET'>",
                                       PRC_ANNOTATE_NONE);
  g_assert_cmpstr (odd, ==, "Lossy compression: WAVELET");
  g_autofree char *no = only_warning ("'LossyImageCompression': <'00'>", PRC_ANNOTATE_ALL);
  g_assert_null (no);
}

static void
test_laterality (void) {
  Spec spec = {NULL, NULL,
               "'Laterality': <'L'>, 'ImageLaterality': <'R'>, 'ViewPosition': <'MLO'>,"
               "'BodyPartExamined': <'BREAST'>",
               1, 0};
  g_autoptr (PrcSeries) series = make_series (&spec);
  PrcAnnotation annotation = annotation_of (series);
  g_autoptr (GPtrArray) lines = prc_annotate_corner (&annotation, PRC_CORNER_BOTTOM_RIGHT);
  bool found = false;

  for (guint i = 0; i < lines->len; i++) {
    const PrcCornerLine *line = lines->pdata[i];
    if (strcmp (line->text, "R MLO") == 0)
      found = line->priority == 0; // the last to go
  }
  g_assert_true (found);
}

static void
test_one_line (void) {
  Spec spec = {AXIAL, NULL, "'SeriesDescription': <'a\\nb\\tc\\u202ed\\\\\\\\e'>", 1, 0};
  g_autoptr (PrcSeries) series = make_series (&spec);
  PrcAnnotation annotation = annotation_of (series);
  g_autofree char *text = corner_text (&annotation, PRC_CORNER_BOTTOM_RIGHT);

  g_assert_null (strchr (text, '\n'));
  g_assert_null (strchr (text, '\t'));
  g_assert_null (strchr (text, '\\'));
  g_assert_null (strstr (text, "\u202e"));
}

// Bytes of a drawing of the given size, with a border around it that must stay untouched.
static bool
draws (PrcAnnotation *annotation, int width, int height) {
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  const uint8_t *data = cairo_image_surface_get_data (surface);
  bool any = false;

  annotation->view_width = width;
  annotation->view_height = height;
  prc_annotate_draw (annotation, cr);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_flush (surface);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width * 4; x++)
      any = any || (x % 4 != 3 && data[y * cairo_image_surface_get_stride (surface) + x] > 128);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return any;
}

static void
test_draw (void) {
  Spec plain = {AXIAL, "<[0.5, 0.5]>", PATIENT, 3, 0}, lossy = plain;
  g_autoptr (PrcSeries) series = make_series (&plain);
  g_autoptr (PrcSeries) marked = NULL;
  PrcAnnotation annotation = annotation_of (series);

  g_assert_true (draws (&annotation, 800, 600));
  annotation.scale = 2.5;
  g_assert_true (draws (&annotation, 800, 600));
  annotation.scale = 1;
  draws (&annotation, 1, 1);
  draws (&annotation, 30, 2000);
  draws (&annotation, 2000, 9);
  annotation.level = PRC_ANNOTATE_NONE;
  g_assert_false (draws (&annotation, 800, 600));
  annotation.index = 3; // a slice that is not there
  annotation.level = PRC_ANNOTATE_ALL;
  g_assert_false (draws (&annotation, 800, 600));
  lossy.missing = 3;
  lossy.n = 6;
  marked = make_series (&lossy);
  annotation = annotation_of (marked);
  annotation.level = PRC_ANNOTATE_NONE;
  g_assert_true (draws (&annotation, 120, 60)); // warnings stay
  annotation.series = NULL;
  g_assert_false (draws (&annotation, 100, 100));
}

// The colour in the middle of the legend's bar at a height from 0, its low end, to 1; black without
// one. The bar is 12 wide, 44 from the right edge, and takes the middle 40 % of the height.
static uint32_t
legend_colour (const PrcAnnotation *annotation, double height) {
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 800, 600);
  cairo_t *cr = cairo_create (surface);
  int y = (int)(420 - 1 - height * 239);

  prc_annotate_draw (annotation, cr);
  cairo_surface_flush (surface);
  const uint8_t *row = cairo_image_surface_get_data (surface) +
                       (size_t)y * (size_t)cairo_image_surface_get_stride (surface);
  uint32_t pixel = ((const uint32_t *)(const void *)row)[800 - 44 + 6] & 0xffffff;
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return pixel;
}

// Hot iron is black, red (255, 0, 0) at 128 of 255, and white (PS3.6 B.1.1); inverted, white is low.
static void
test_legend (void) {
  g_autoptr (PrcFrame) ct = new_frame ((PrcFrameInfo){.units = "HU"});
  Spec spec = {AXIAL, NULL, NULL, 1, 0};
  g_autoptr (PrcSeries) series = make_series (&spec);
  PrcViewParams view = params;
  PrcAnnotation annotation = annotation_of (series);

  annotation.params = &view;
  annotation.frame = ct;
  annotation.view_width = 800;
  annotation.view_height = 600;
  g_assert_cmphex (legend_colour (&annotation, 1), ==, 0); // grey needs none
  view.palette = prc_palette_find ("inverted-grey");
  g_assert_cmphex (legend_colour (&annotation, 0), ==, 0);
  view.palette = prc_palette_find ("hot-iron");
  g_assert_cmphex (legend_colour (&annotation, 0), ==, 0);
  g_assert_cmphex (legend_colour (&annotation, 1), ==, 0xffffff);
  g_assert_cmphex (legend_colour (&annotation, 0.5) >> 16, >=, 0xfc);
  g_assert_cmphex (legend_colour (&annotation, 0.5) & 0xff, ==, 0);
  view.invert = true;
  g_assert_cmphex (legend_colour (&annotation, 0), ==, 0xffffff);
  view.invert = false;
  annotation.frame = NULL; // while a slice loads, nobody knows whether it is grey
  g_assert_cmphex (legend_colour (&annotation, 1), ==, 0);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/annotate/letters", test_letters);
  g_test_add_func ("/annotate/edges", test_edges);
  g_test_add_func ("/annotate/trap-25", test_trap_25_edges_of_turned_view);
  g_test_add_func ("/annotate/turned-is-said", test_turned_is_said);
  g_test_add_func ("/annotate/patient-orientation", test_patient_orientation);
  g_test_add_func ("/annotate/scale-length", test_scale_length);
  g_test_add_func ("/annotate/scale-label", test_scale_label);
  g_test_add_func ("/annotate/corners", test_corners);
  g_test_add_func ("/annotate/trap-38-sprite", test_trap_38_sprite);
  g_test_add_func ("/annotate/trap-37-guess-is-said", test_trap_37_guess_is_said);
  g_test_add_func ("/annotate/hidden", test_hidden);
  g_test_add_func ("/annotate/levels", test_levels);
  g_test_add_func ("/annotate/window-names", test_window_names);
  g_test_add_func ("/annotate/own-names", test_own_names);
  g_test_add_func ("/annotate/legend", test_legend);
  g_test_add_func ("/trap-41/lossy", test_lossy);
  g_test_add_func ("/trap-41/laterality", test_laterality);
  g_test_add_func ("/annotate/one-line", test_one_line);
  g_test_add_func ("/annotate/draw", test_draw);
  return g_test_run ();
}
