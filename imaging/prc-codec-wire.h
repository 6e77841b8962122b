// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

// What the viewer and a codec process say to each other over a socket pair: one request, one
// answer. A message is a head, the bytes of a GVariant in native order, and descriptors. Nothing in
// it is trusted: sizes have limits, and what is not in GVariant's normal form is no answer. Files
// come as descriptors opened by the viewer. Bulk goes back at the start of a piece of memory that
// both map and neither can resize; the viewer copies it before it looks at it. What does not fit
// there goes back in a sealed memory file: from some size on page faults cost more than a file of
// one's own.
//
//   request   body   descriptors             answer   bulk
//   DESCRIBE  (a(us))  files                 aa{sv}   -            index of a file, entry; a record
//                                                                each
//   DECODE    (us)   file                    a{sv}    samples      frame from 0, entry; the reading
//   PRESENT   (s)    file                    a{sv}    -            entry; a presentation
//   DUMP      (s)    file                    ()       JSON         entry; PS3.18 annex F
//   LIST      (s)    file                    (ba(uqytys))   -    entry; elements for people
//   ENCODE    (s)    JSON, samples, output   ()       -            transfer syntax UID
//   SEGMENT   (ds)   file                    a{sv}    spans or points   threshold, entry; a
//                                                                segmentation
//   CONTENTS  ()     file                    (a(ss))  -            of a ZIP archive or a DICOMDIR:
//                                                                names, and why one is not for
//                                                                reading, or ""
//
// An entry is the name of a file in that archive, as CONTENTS gives it, or "" for the file itself.
// Any of them may be answered by FAILURE (us): PrcImagingError code and sentence.
//
// A record or a reading is a dictionary by DICOM keyword (PS3.6). Text values are "s": UTF-8,
// trimmed, several values joined by a backslash. Numeric values (DS, IS, US, SS, UL, SL, FL, FD,
// AT) are "ad". Absent attributes are absent keys. Beyond PS3.6:
//   record:   "TransferSyntaxUID" s
//             "FramePlanes" ad: eleven numbers a frame, Image Position (3), Image Orientation (6),
//                Pixel Spacing (2), NaN where there is none; only when the functional groups of an
//                enhanced object give them
//             "IsImage" b: holds pixels that can be shown
//             "CharacterSetGuessed" b: Specific Character Set is absent or wrong
//             "Error" (us): PrcImagingError code and sentence; then nothing else counts
//   reading:  "SampleType" u (PrcSampleType), "Rows" u, "Columns" u
//             "BitsStored" u, of integers
//             "Inverse" b, "Units" s, "Lossy" b, "PixelAspect" d
//             "RescaleSlope" d, "RescaleIntercept" d, "VOILUTFunction" s
//             "WindowCenter" ad, "WindowWidth" ad, "WindowCenterWidthExplanation" as
//             "PixelPadding" (dd): lowest and highest stored value of padding
//             "RowSpacing" d, "ColumnSpacing" d
//             "ModalityLUT" (iusay): first mapped, bits, explanation, entries as native uint16
//             "VOILUTs" a(iusay)
//             "PresentationLUT" (iusay): counts, not "Inverse"
//             "RealWorldValues" a(ddddadsss): Real World Value Mappings (PS3.3 C.7.6.16.2.11): first
//                and last stored value, slope, intercept, table (empty: slope and intercept count),
//                LUT Label, LUT Explanation, units (UCUM code)
//             "PET" a{sv}, with Modality PT only: what a standardized uptake value is reckoned
//                from. "s": CorrectedImage, DecayCorrection, SUVType,
//                RadiopharmaceuticalStartDateTime, RadiopharmaceuticalStartTime, SeriesDate,
//                SeriesTime, AcquisitionDate, AcquisitionTime, Units; "d": RadionuclideTotalDose,
//                RadionuclideHalfLife, PatientWeight, FrameReferenceTime, ActualFrameDuration;
//                private ones: "GEScanDateTime" s (0009,xx0D), "PhilipsSUVFactor" d (7053,xx00),
//                "PhilipsActivityFactor" d (7053,xx09)
//             "SupplementalPalette" (iay): first mapped, entries as R G B
//             "ShutterRectangle" (iiii): left, right, upper, lower edge; "ShutterCircle" (iii):
//                centre row and column, radius; "ShutterPolygon" ai: row, column, ...; all from 1
//             "ShutterBitmap" (uuiiay): rows, columns, row and column of the first pixel from 1,
//                bits: where set, the image is not seen
//             "ShutterPresentationValue" q
//             "Overlays" a(quuiibsay): group, rows, columns, row and column of the first pixel from
//                1, region of interest, label, bits; lowest first, no gap between rows
// A presentation is what a softcopy presentation state (PS3.3 A.33) says. "References" a(sau) is in
// most of its parts: SOP Instance UIDs with frames from 0, where no frames mean all of them and no
// references all images of the presentation state.
//             "SOPInstanceUID", "StudyInstanceUID", "ContentLabel", "ContentDescription",
//                "PresentationCreationDate", "PresentationCreationTime" s
//             "References" a(sau): the images it is about
//             "Grey" b: it replaces how grey values are read
//             "Layout" a{sv}: the shutter and the overlays it brings, by keys of a reading
//             "ActiveOverlays" aq: groups of overlays to be shown, its own or else the image's
//             "Reading" a{sv}, "Rescales" aa{sv}, "VOIs" aa{sv}: keys of a reading, which replace
//                those of the image; where there are several, those whose "References" name it
//             "PaletteUID" s: a well-known palette
//             "Areas" aa{sv}: "TopLeft", "BottomRight" (dd) column and row from 1, "SizeMode" s,
//                "Spacing" (dd) of rows and of columns, "Aspect" d (height by width of a pixel),
//                "Magnification" d
//             "QuarterTurns" u clockwise, "Flip" b after it
//             "Layers" a(sddaqs): name, order, grey (-1: none), CIELab (3 values or none),
//                description
//             "Annotations" aa{sv}: "Layer" s;
//                "Texts" a(sbb(dddd)sbb(dd)baq): text; has a box, in parts of the displayed area,
//                   the box (column, row, column, row), justification; has an anchor, in parts of
//                   the displayed area, the anchor, which is drawn; CIELab
//                "Graphics" a(sbbadaqdb): type, in parts of the displayed area, filled, points
//                   (column, row, ...), CIELab, thickness, dashed
//             "Notes" as: sentences on what is in it and not shown
// A segmentation is what a DICOM Segmentation, an RT Structure Set or a NIfTI volume of labels says.
// Of fractional ones a pixel counts from a fraction (0 to 1, of Maximum Fractional Value) of
// `threshold` on.
//             "Kind" u (PrcSegmentationKind), "Title" s, "StudyInstanceUID" s and the other texts of
//                a record
//             "Rows", "Columns" u and "Thickness" d, with frames only
//             "Segments" aa{sv}: "Number" u; "Label", "Description", "AlgorithmType",
//                "AlgorithmName", "TrackingID", "TrackingUID", "InterpretedType" s; "Category",
//                "Type", "TypeModifier", "AnatomicRegion", "AnatomicModifier" (sss): value, scheme,
//                meaning; "Colour" u (0xRRGGBB)
//             "Sources" as: SOP Instance UIDs
//             "FramePlanes" ad as in a record; "FrameSources" a(uu): index into Sources (all ones:
//                not said) and frame from 0; one for each frame of the file
//             "Masks" a(uuu): frame of the file, index of the segment, number of spans; the bulk
//                holds the spans of all, each three uint16: row, first column, end; ascending
//             "Contours" a(uuuuu): index of the segment, PrcContourType, number of points, index
//                into Sources, frame from 0; the bulk holds three doubles a point
//             "Notes" as: sentences on what is in it and not shown
//             A file whose masks would take more than PRC_WIRE_MAX_MASKS is TOO_LARGE
// A NIfTI volume is described with Modality "SEG", no SOP Class UID and a SOP Instance UID made from
// its contents; it "IsImage" never. Its planes are turned from its own axes (right, anterior,
// superior) into those of DICOM (left, posterior, superior).
// A picture (PNG, JPEG) is described with Modality "OT" and a SOP Instance UID made from its
// contents (2.25.<decimal of a hash>).

typedef enum {
  PRC_WIRE_DESCRIBE,
  PRC_WIRE_DECODE,
  PRC_WIRE_PRESENT,
  PRC_WIRE_DUMP,
  PRC_WIRE_LIST,
  PRC_WIRE_ENCODE,
  PRC_WIRE_SEGMENT,
  PRC_WIRE_CONTENTS,
  PRC_WIRE_ANSWER,
  PRC_WIRE_FAILURE,
} PrcWireKind;

// Of a row of LIST: tag, VR, flags, length in bytes (all ones: undefined), depth, value.
typedef enum {
  PRC_LISTING_BINARY = 1, // the value is its first bytes in hexadecimal
  PRC_LISTING_CUT = 2,    // the value is but the beginning
} PrcListingFlags;

// The codec finds these open when it is started.
#define PRC_WIRE_CHILD_SOCKET 3
#define PRC_WIRE_CHILD_MEMORY 4
#define PRC_WIRE_MEMORY_SIZE  (8u << 20) // pages nobody touched cost nothing

// Bytes that a mask takes in the viewer, by its rows from the first to the last that have any and by
// its spans, and that all of a segmentation may: a twentieth of a byte for each pixel of a hundred
// segments on 512 x 512 x 500.
#define PRC_WIRE_MASK_SIZE(rows, spans) (256 + 4 * (uint64_t)(rows) + 8 * (uint64_t)(spans))
#define PRC_WIRE_MAX_MASKS              ((uint64_t)640 << 20)

#define PRC_WIRE_MAX_FDS 128 // the kernel passes 253 at most

typedef struct {
  PrcWireKind kind;
  GVariant *body; // a floating one is consumed
  uint32_t bulk;  // bytes in the shared memory
  const int *fds; // stay the sender's
  unsigned n_fds;
} PrcWireLetter;

typedef struct {
  PrcWireKind kind;
  GBytes *body;
  uint32_t bulk;
  int fds[PRC_WIRE_MAX_FDS];
  unsigned n_fds;
} PrcWireMessage;

void prc_wire_message_clear (PrcWireMessage *message); // closes descriptors nobody took

// Called when a non-blocking socket is not ready for `events` of poll(); 0 to go on, else an errno.
typedef int (*PrcWireWait) (int socket, short events, gpointer data);

// Send or receive a whole message. 0, or an errno: ECONNRESET when the other end is gone, EPROTO
// for what is no message, or what `wait` said.
int prc_wire_send (int socket, const PrcWireLetter *letter, PrcWireWait wait, gpointer data);
int prc_wire_receive (int socket, PrcWireMessage *message, PrcWireWait wait, gpointer data);

G_END_DECLS
