// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

// The one error domain of imaging/. Messages are whole translated sentences without a final full
// stop; they may name an attribute and its value, never patient data.
#define PRC_IMAGING_ERROR (prc_imaging_error_quark ())
GQuark prc_imaging_error_quark (void);

typedef enum {
  PRC_IMAGING_ERROR_NOT_DICOM,   // neither DICOM nor a picture we read
  PRC_IMAGING_ERROR_NO_IMAGE,    // a valid object that holds no picture (SR, RTPLAN, ...)
  PRC_IMAGING_ERROR_UNSUPPORTED, // valid, but nothing here decodes it
  PRC_IMAGING_ERROR_DAMAGED,     // contradicts itself or ends too early
  PRC_IMAGING_ERROR_TOO_LARGE,   // over a limit that protects this machine
  PRC_IMAGING_ERROR_CODEC,       // the codec process died on it or did not answer in time
  PRC_IMAGING_ERROR_IO,          // the file could not be opened, read or written
  PRC_IMAGING_ERROR_ARCHIVE,     // holds other files, which are asked for by their names in it
  PRC_IMAGING_ERROR_ARGUMENT,    // the caller asked for what is not there (frame 9 of 5)
} PrcImagingError;
