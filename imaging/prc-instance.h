// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib-object.h>
#include <stdbool.h>
#include <stdint.h>

// One SOP instance as its header describes it: immutable, reference-counted, any thread.
// Strings are UTF-8, trimmed, never NULL ("" when absent); several values are joined by "\\".
// Frames are counted from 0 inside the program and from 1 wherever a person reads them.

// A plane of image pixels in the patient (PS3.3 C.7.6.2.1.1): the patient position of pixel
// (column, row) is
//   position_mm + row_direction * column_spacing_mm * column + column_direction * row_spacing_mm *
//   row.
// Spacings are 0 when unknown. Directions are unit vectors, orthogonal, in the LPS patient frame.
typedef struct {
  bool has_position, has_orientation;
  double position_mm[3];   // centre of the first pixel, Image Position (Patient)
  double row_direction[3]; // the way columns count up; first triple of Image Orientation (Patient)
  double column_direction[3]; // the way rows count up; second triple
  double row_spacing_mm;    // between rows, vertical: FIRST value of Pixel Spacing (PS3.3 10.7.1.3)
  double column_spacing_mm; // between columns, horizontal: second value
} PrcPlane;

// How a multi-frame image wants to be played (PS3.3 C.7.6.5, C.7.6.6); 0 when absent.
typedef enum {
  PRC_INCREMENT_NONE,        // Frame Increment Pointer is absent
  PRC_INCREMENT_TIME,        // it names Frame Time
  PRC_INCREMENT_TIME_VECTOR, // it names Frame Time Vector
  PRC_INCREMENT_OTHER,       // frames do not follow each other in time: detectors, slices, doses
} PrcIncrement;

typedef struct {
  double recommended_rate, rate; // Recommended Display Frame Rate and Cine Rate, frames a second
  double frame_time_ms;
  const double *frame_times_ms; // Frame Time Vector: how long each frame comes after the one
                                // before, the first 0; or NULL
  uint32_t n_frame_times;
  PrcIncrement increment;
  bool sweep;                     // Preferred Playback Sequencing: forth and back
  uint32_t start_trim, stop_trim; // first and last frame to play, from 1
} PrcCineInfo;

#define PRC_MAX_LOSSY_STEPS 4

typedef struct {
  const char *path;
  const char *sop_class_uid, *sop_instance_uid, *transfer_syntax_uid;
  const char *study_instance_uid, *series_instance_uid, *frame_of_reference_uid;
  const char *patient_id, *patient_name, *patient_birth_date, *patient_sex, *patient_age;
  const char *study_date, *study_time, *study_id, *study_description, *accession_number,
      *institution;
  const char *series_description, *protocol_name, *modality, *body_part, *laterality,
      *view_position;
  const char *image_type, *manufacturer, *model_name, *contrast_agent, *patient_orientation;
  const char *acquisition_time, *content_time;
  const char *photometric;    // Photometric Interpretation
  const char *spacing_source; // "", "PixelSpacing", "ImagerPixelSpacing" (at the detector),
                              // "NominalScannedPixelSpacing"
  int series_number, instance_number, acquisition_number, echo_number,
      temporal_position;     // 0 when absent
  double b_value;            // Diffusion b-value, -1 when absent
  double slice_thickness_mm; // 0 when absent
  uint32_t rows, columns, n_frames, samples_per_pixel, bits_allocated;
  bool lossy;               // Lossy Image Compression (0028,2110) is "01"
  const char *lossy_method; // Lossy Image Compression Method, one for every step of compression
  double lossy_ratios[PRC_MAX_LOSSY_STEPS]; // and the ratio of each, 0 when absent
  bool text_guessed; // Specific Character Set (0008,0005) is absent or wrong for some text here
  bool is_image;     // holds pixels that a view can show (a SEG, SR, RTPLAN, PDF, ... does not)
  PrcCineInfo cine;
} PrcInstanceInfo;

typedef struct _PrcInstance PrcInstance;

// From a header record as the codec sends it (imaging/codec/io.github.precedent_viewer.Codec.xml
// lists the keys). NULL and an error when the record contradicts itself (no SOP Instance UID, zero
// rows in an image).
PrcInstance *prc_instance_new_from_record (const char *path, GVariant *record, GError **error);
PrcInstance *prc_instance_ref (PrcInstance *instance);
void prc_instance_unref (PrcInstance *instance);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcInstance, prc_instance_unref)

const PrcInstanceInfo *prc_instance_info (const PrcInstance *instance); // borrowed

// Why no view can show it, in a sentence with what can be done instead; NULL for an image. Owned.
char *prc_instance_refusal (const PrcInstance *instance);

// The plane of a frame: from the per-frame functional groups when there are any, else the
// instance's own. Borrowed.
const PrcPlane *prc_instance_plane (const PrcInstance *instance, uint32_t frame);

// Who the patient is, for "same patient" questions: Patient ID when there is one, else name and
// birth date, else the study. Two records with equal keys belong to one patient. Never shown, never
// logged. Borrowed.
const char *prc_instance_patient_key (const PrcInstance *instance);
