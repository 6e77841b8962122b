// SPDX-License-Identifier: Apache-2.0
#include "prc-sop-class.h"

#include <glib/gi18n-lib.h>
#include <stdbool.h>
#include <string.h>

#define STORAGE  "1.2.840.10008.5.1.4.1.1."
#define PIXELS   0x7fe00010
#define SPECTRUM 0x56000020
#define DOCUMENT 0x00420011
#define WAVEFORM 0x54000100
#define CONTENTS 0x0040a730

typedef struct {
  const char *uid; // of storage classes what follows STORAGE; ending in a dot: all that begin so
  const char *words;
  uint32_t content;
} Class;

// The first that fits counts.
static const Class classes[] = {
    {"104.1", N_ ("an encapsulated PDF document"), DOCUMENT},
    {"104.2", N_ ("an encapsulated CDA document"), DOCUMENT},
    {"104.3", N_ ("an encapsulated STL model"), DOCUMENT},
    {"104.4", N_ ("an encapsulated OBJ model"), DOCUMENT},
    {"104.5", N_ ("an encapsulated MTL material"), DOCUMENT},
    {"9.1.", N_ ("an electrocardiogram"), WAVEFORM},
    {"9.2.1", N_ ("a haemodynamic waveform"), WAVEFORM},
    {"9.3.1", N_ ("an electrophysiological waveform"), WAVEFORM},
    {"9.4.", N_ ("a sound recording"), WAVEFORM},
    {"9.5.1", N_ ("an arterial pulse waveform"), WAVEFORM},
    {"9.6.", N_ ("a respiratory waveform"), WAVEFORM},
    {"9.7.1", N_ ("an electroencephalogram"), WAVEFORM},
    {"9.7.4", N_ ("an electroencephalogram"), WAVEFORM},
    {"9.7.2", N_ ("an electromyogram"), WAVEFORM},
    {"9.7.3", N_ ("an electro-oculogram"), WAVEFORM},
    {"9.", N_ ("a waveform"), WAVEFORM},
    {"88.59", N_ ("a key object selection"), CONTENTS},
    {"88.50", N_ ("a mammography CAD report"), CONTENTS},
    {"88.65", N_ ("a chest CAD report"), CONTENTS},
    {"88.69", N_ ("a colon CAD report"), CONTENTS},
    {"88.67", N_ ("a radiation dose report"), CONTENTS},
    {"88.68", N_ ("a radiation dose report"), CONTENTS},
    {"88.73", N_ ("a radiation dose report"), CONTENTS},
    {"88.40", N_ ("a procedure log"), CONTENTS},
    {"88.", N_ ("a structured report"), CONTENTS},
    {"11.", N_ ("a presentation state of other images"), 0},
    {"481.3", N_ ("an RT structure set"), 0},
    {"481.5", N_ ("an RT plan"), 0},
    {"481.8", N_ ("an RT ion plan"), 0},
    {"481.4", N_ ("an RT treatment record"), 0},
    {"481.6", N_ ("an RT treatment record"), 0},
    {"481.7", N_ ("an RT treatment record"), 0},
    {"481.9", N_ ("an RT treatment record"), 0},
    {"66.4", N_ ("a segmentation of other images"), PIXELS},
    {"66.7", N_ ("a segmentation of other images"), PIXELS},
    {"66.5", N_ ("a surface segmentation"), 0},
    {"66.6", N_ ("a set of nerve tracts"), 0},
    {"66.1", N_ ("a spatial registration"), 0},
    {"66.3", N_ ("a spatial registration"), 0},
    {"66.2", N_ ("a set of spatial fiducials"), 0},
    {"66", N_ ("raw data of a device"), 0},
    {"67", N_ ("a real world value mapping of other images"), 0},
    {"4.2", N_ ("a magnetic resonance spectrum"), SPECTRUM},
    {"68.", N_ ("a surface scan"), 0},
    {"77.1.5.3", N_ ("a stereometric relationship of other images"), 0},
    {"78.", N_ ("an eye examination"), 0},
    {"79.1", N_ ("an eye examination"), 0},
    {"80.1", N_ ("an eye examination"), 0},
    {"90.1", N_ ("an assessment of other objects"), 0},
    {"91.1", N_ ("a set of microscopy annotations"), 0},
    {"131", N_ ("a structured display of other images"), 0},
    {"200.", N_ ("an acquisition protocol"), 0},
    {"9", N_ ("a curve without a picture"), 0},
    {"8", N_ ("an overlay without a picture"), 0},
    {"10", N_ ("a lookup table without a picture"), 0},
    {"1.2.840.10008.5.1.4.38.1", N_ ("a hanging protocol"), 0},
    {"1.2.840.10008.5.1.4.39.1", N_ ("a colour palette"), 0},
    {"1.2.840.10008.5.1.4.43.1", N_ ("an implant template"), 0},
    {"1.2.840.10008.5.1.4.44.1", N_ ("an implant template"), 0},
    {"1.2.840.10008.5.1.4.45.1", N_ ("an implant template"), 0},
    {"1.2.840.10008.1.3.10", N_ ("the directory of a medium"), 0x00041220},
    // Images: they have pixels or have lost them.
    {"1", NULL, PIXELS},
    {"1.1", NULL, PIXELS},
    {"1.1.", NULL, PIXELS},
    {"1.2", NULL, PIXELS},
    {"1.2.", NULL, PIXELS},
    {"1.3", NULL, PIXELS},
    {"1.3.", NULL, PIXELS},
    {"2", NULL, PIXELS},
    {"2.", NULL, PIXELS},
    {"3", NULL, PIXELS},
    {"3.1", NULL, PIXELS},
    {"4", NULL, PIXELS},
    {"4.1", NULL, PIXELS},
    {"4.3", NULL, PIXELS},
    {"4.4", NULL, PIXELS},
    {"5", NULL, PIXELS},
    {"6", NULL, PIXELS},
    {"6.1", NULL, PIXELS},
    {"6.2", NULL, PIXELS},
    {"6.3", NULL, PIXELS},
    {"7", NULL, PIXELS},
    {"7.", NULL, PIXELS},
    {"12.", NULL, PIXELS},
    {"13.", NULL, PIXELS},
    {"14.", NULL, PIXELS},
    {"20", NULL, PIXELS},
    {"30", NULL, PIXELS},
    {"66.8", NULL, PIXELS},
    {"77.1.", NULL, PIXELS},
    {"81.1", NULL, PIXELS},
    {"82.1", NULL, PIXELS},
    {"128", NULL, PIXELS},
    {"128.1", NULL, PIXELS},
    {"130", NULL, PIXELS},
    {"481.1", NULL, PIXELS},
    {"481.2", NULL, PIXELS},
    {"481.", N_ ("an object of radiotherapy"), 0},
};

static bool
fits (const Class *class, const char *uid) {
  size_t n = strlen (class->uid);
  bool whole = g_str_has_prefix (class->uid, "1.2.840.");
  if (!whole && !g_str_has_prefix (uid, STORAGE))
    return false;
  const char *rest = whole ? uid : uid + strlen (STORAGE);
  return class->uid[n - 1] == '.' ? g_str_has_prefix (rest, class->uid)
                                  : g_strcmp0 (rest, class->uid) == 0;
}

static const Class *
find (const char *uid) {
  for (size_t i = 0; i < G_N_ELEMENTS (classes); i++)
    if (fits (&classes[i], uid))
      return &classes[i];
  return NULL;
}

uint32_t
prc_sop_class_content (const char *uid) {
  const Class *class = find (uid);
  return class ? class->content : 0;
}

const char *
prc_sop_class_words (const char *uid) {
  const Class *class = find (uid);
  return class && class->words ? _ (class->words) : NULL;
}

static bool
is_segmentation (const Class *class) {
  return class && (strcmp (class->uid, "66.4") == 0 || strcmp (class->uid, "66.7") == 0 ||
                   strcmp (class->uid, "481.3") == 0);
}

char *
prc_sop_class_refusal (const char *uid, const char *modality) {
  const Class *class = find (uid);
  if (class && class->content == DOCUMENT)
    return g_strdup_printf (
        _ ("This is %s; gdcmraw takes it out of the file (element 0042,0011) for its own viewer"),
        _ (class->words));
  if (class && strcmp (class->uid, "1.2.840.10008.1.3.10") == 0)
    return g_strdup_printf (_ ("This is %s; open the folder it lies in"), _ (class->words));
  if (class && strcmp (class->uid, "11.") == 0)
    return g_strdup_printf (
        _ ("This is %s; opened together with them it is offered in the Window menu"),
        _ (class->words));
  if (is_segmentation (class) || (*uid == '\0' && strcmp (modality, "SEG") == 0))
    return g_strdup_printf (_ ("This is %s; opened together with its images it is shown on them"),
                            class ? _ (class->words) : _ ("a NIfTI volume"));
  if (class && class->words)
    return g_strdup_printf (_ ("This is %s; the tag browser and precedentctl dump show what it "
                               "holds"),
                            _ (class->words));
  return g_strdup_printf (_ ("This object holds no picture (%s); the tag browser and precedentctl "
                             "dump show what it holds"),
                          *uid ? uid : modality);
}
