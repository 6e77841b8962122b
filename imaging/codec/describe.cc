// SPDX-License-Identifier: Apache-2.0
#include "describe.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

#include <glib/gi18n-lib.h>

#include "frame-planes.h"
#include "image.h"
#include "nifti.h"
#include "pictures.h"
#include "prc-sop-class.h"
#include "record.h"
#include "values.h"

namespace prc {

namespace {

struct Attribute {
  Tag tag;
  char vr[3];
  const char *keyword;
};
const Attribute ATTRIBUTES[] = {
    {0x00080008, "CS", "ImageType"},
    {0x00080016, "UI", "SOPClassUID"},
    {0x00080018, "UI", "SOPInstanceUID"},
    {0x00080020, "DA", "StudyDate"},
    {0x00080021, "DA", "SeriesDate"},
    {0x00080022, "DA", "AcquisitionDate"},
    {0x00080023, "DA", "ContentDate"},
    {0x00080030, "TM", "StudyTime"},
    {0x00080031, "TM", "SeriesTime"},
    {0x00080032, "TM", "AcquisitionTime"},
    {0x00080033, "TM", "ContentTime"},
    {0x00080050, "SH", "AccessionNumber"},
    {0x00080060, "CS", "Modality"},
    {0x00080070, "LO", "Manufacturer"},
    {0x00080080, "LO", "InstitutionName"},
    {0x00080090, "PN", "ReferringPhysicianName"},
    {0x00081030, "LO", "StudyDescription"},
    {0x0008103E, "LO", "SeriesDescription"},
    {0x00081090, "LO", "ManufacturerModelName"},
    {0x00082142, "IS", "StartTrim"},
    {0x00082143, "IS", "StopTrim"},
    {0x00082144, "IS", "RecommendedDisplayFrameRate"},
    {0x00100010, "PN", "PatientName"},
    {0x00100020, "LO", "PatientID"},
    {0x00100030, "DA", "PatientBirthDate"},
    {0x00100040, "CS", "PatientSex"},
    {0x00101010, "AS", "PatientAge"},
    {0x00180010, "LO", "ContrastBolusAgent"},
    {0x00180015, "CS", "BodyPartExamined"},
    {0x00180020, "CS", "ScanningSequence"},
    {0x00180024, "SH", "SequenceName"},
    {0x00180040, "IS", "CineRate"},
    {0x00180050, "DS", "SliceThickness"},
    {0x00180060, "DS", "KVP"},
    {0x00180080, "DS", "RepetitionTime"},
    {0x00180081, "DS", "EchoTime"},
    {0x00180082, "DS", "InversionTime"},
    {0x00180086, "IS", "EchoNumbers"},
    {0x00180087, "DS", "MagneticFieldStrength"},
    {0x00180088, "DS", "SpacingBetweenSlices"},
    {0x00181030, "LO", "ProtocolName"},
    {0x00181063, "DS", "FrameTime"},
    {0x00181065, "DS", "FrameTimeVector"},
    {0x00181114, "DS", "EstimatedRadiographicMagnificationFactor"},
    {0x00181120, "DS", "GantryDetectorTilt"},
    {0x00181164, "DS", "ImagerPixelSpacing"},
    {0x00181210, "SH", "ConvolutionKernel"},
    {0x00181244, "US", "PreferredPlaybackSequencing"},
    {0x00182010, "DS", "NominalScannedPixelSpacing"},
    {0x00185100, "CS", "PatientPosition"},
    {0x00185101, "CS", "ViewPosition"},
    {0x00189087, "FD", "DiffusionBValue"},
    {0x0020000D, "UI", "StudyInstanceUID"},
    {0x0020000E, "UI", "SeriesInstanceUID"},
    {0x00200010, "SH", "StudyID"},
    {0x00200011, "IS", "SeriesNumber"},
    {0x00200012, "IS", "AcquisitionNumber"},
    {0x00200013, "IS", "InstanceNumber"},
    {0x00200020, "CS", "PatientOrientation"},
    {0x00200032, "DS", "ImagePositionPatient"},
    {0x00200037, "DS", "ImageOrientationPatient"},
    {0x00200052, "UI", "FrameOfReferenceUID"},
    {0x00200060, "CS", "Laterality"},
    {0x00200062, "CS", "ImageLaterality"},
    {0x00200100, "IS", "TemporalPositionIdentifier"},
    {0x00201041, "DS", "SliceLocation"},
    {0x00204000, "LT", "ImageComments"},
    {0x00280002, "US", "SamplesPerPixel"},
    {0x00280004, "CS", "PhotometricInterpretation"},
    {0x00280008, "IS", "NumberOfFrames"},
    {0x00280009, "AT", "FrameIncrementPointer"},
    {0x00280010, "US", "Rows"},
    {0x00280011, "US", "Columns"},
    {0x00280030, "DS", "PixelSpacing"},
    {0x00280034, "IS", "PixelAspectRatio"},
    {0x00280100, "US", "BitsAllocated"},
    {0x00280101, "US", "BitsStored"},
    {0x00280301, "CS", "BurnedInAnnotation"},
    {0x00282110, "CS", "LossyImageCompression"},
    {0x00282112, "DS", "LossyImageCompressionRatio"},
    {0x00282114, "CS", "LossyImageCompressionMethod"},
};

const Attribute *
attribute_of (Tag tag) {
  const Attribute *begin = std::begin (ATTRIBUTES), *end = std::end (ATTRIBUTES);
  const Attribute *a =
      std::lower_bound (begin, end, tag, [] (const Attribute &x, Tag t) { return x.tag < t; });
  return a != end && a->tag == tag ? a : nullptr;
}

bool
all_finite (const std::vector<double> &v) {
  for (double x : v)
    if (!std::isfinite (x))
      return false;
  return !v.empty ();
}

void
add_attributes (Record &record, const Dataset &set) {
  Charset charset (set, Charset ());
  for (const Element &e : set.elements) {
    const Attribute *a = e.value.size ? attribute_of (e.tag) : nullptr;
    if (!a || record.has (a->keyword))
      continue;
    Vr wanted = vr (a->vr);
    if (is_number (wanted) || wanted == vr ("AT")) {
      std::vector<double> v = numbers (set, e, wanted);
      if (all_finite (v))
        record.add (a->keyword, v);
    } else if (!e.undefined_length) {
      Element copy = e;
      if (!is_text (e.vr))
        copy.vr = wanted;
      copy.value = copy.value.part (0, 10240);
      record.add (a->keyword, charset.utf8 (copy));
    }
  }
  if (charset.guessed ())
    record.add ("CharacterSetGuessed", g_variant_new_boolean (TRUE));
}

// SOP classes whose pixels are not a picture to look at by themselves: segmentations.
bool
is_segmentation (const std::string &sop_class) {
  return sop_class == "1.2.840.10008.5.1.4.1.1.66.4" || sop_class == "1.2.840.10008.5.1.4.1.1.66.7";
}

void
add_frame_planes (Record &record, const File &file, uint32_t frames) {
  FunctionalGroups &groups = file.groups ();
  if (groups.empty () || frames > MAX_PLANES)
    return;
  record.add ("FramePlanes", frame_planes (groups, frames));
  const Dataset *measures = groups.find (0, PIXEL_MEASURES);
  double thickness = measures ? number (*measures, 0x00180050, vr ("DS"), 0) : 0;
  if (thickness > 0 && !record.has ("SliceThickness"))
    record.add ("SliceThickness", std::vector<double>{thickness});
}

// Enhanced objects say in Frame Anatomy (PS3.3 C.7.6.16.2.8) which side they show; what all frames
// share holds for the instance.
void
add_frame_laterality (Record &record, const Dataset &set) {
  std::vector<Dataset> shared = set.items (0x52009229), anatomy;
  if (!shared.empty ())
    anatomy = shared[0].items (0x00209071);
  std::string side = anatomy.empty () ? "" : uid (anatomy[0], 0x00209072);
  if (!side.empty () && !record.has ("ImageLaterality"))
    record.add ("ImageLaterality", side);
}

void
add_missing_uids (Record &record, const File &file) {
  std::string sop_class = uid (file.meta, 0x00020002), instance = uid (file.meta, 0x00020003);
  if (!record.has ("SOPClassUID") && !sop_class.empty ())
    record.add ("SOPClassUID", sop_class);
  if (!record.has ("SOPInstanceUID"))
    record.add ("SOPInstanceUID", instance.empty () ? uid_of_bytes (file.bytes) : instance);
}

// A file cut between two elements looks whole. What has rows and columns but neither pixels nor a
// spectrum nor a word on where the pixels are (PS3.3 C.7.6.3, C.8.14.2, PS3.5 A.6) has lost them,
// and so has what lacks that which makes its SOP class what it is.
void
check_promise (const File &file, const std::string &sop_class) {
  double rows = number (file.data, 0x00280010, vr ("US"), 0),
         columns = number (file.data, 0x00280011, vr ("US"), 0);
  if (rows > 0 && columns > 0 && !file.data.find (0x56000020) && !file.data.find (0x00287FE0))
    fail (PRC_IMAGING_ERROR_DAMAGED,
          _ ("The header promises %.0f × %.0f pixels, the file holds none"), columns, rows);
  if (sop_class.empty () && rows == 0)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The file has neither a SOP Class UID nor a picture"));
  Tag content = prc_sop_class_content (sop_class.c_str ());
  if (content == 0 || file.data.find (content) || file.data.find (0x00287FE0))
    return;
  if (const char *words = prc_sop_class_words (sop_class.c_str ()))
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The file ends before the contents of %s"), words);
  fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The file ends before the pixels of its image"));
}

GVariant *
describe_dicom (Bytes bytes) {
  File file;
  read_file (bytes, Until::PIXELS, file);
  Record record;
  add_attributes (record, file.data);
  add_missing_uids (record, file);
  record.add ("TransferSyntaxUID", file.transfer_syntax);
  std::string sop_class = uid (file.data, 0x00080016);
  if (sop_class.empty ())
    sop_class = uid (file.meta, 0x00020002);
  bool decoded = has_pixels (file) && prc_coding_is_read (coding_of (file));
  bool shown = decoded && !is_segmentation (sop_class);
  if (decoded) {
    Image image = read_image (file);
    if (shown) // else they are for who asks for the segments
      add_frame_planes (record, file, image.frames);
    add_frame_laterality (record, file.data);
  } else if (!has_pixels (file)) {
    check_promise (file, sop_class);
  }
  record.add ("IsImage", g_variant_new_boolean (shown));
  return record.end ();
}

} // namespace

GVariant *
describe (Bytes bytes) {
  if (is_archive (bytes))
    fail (PRC_IMAGING_ERROR_ARCHIVE,
          _ ("The file is an archive: name one of the files in it, as ARCHIVE!/NAME"));
  if (is_nifti (bytes))
    return describe_nifti (bytes);
  return is_picture (bytes) ? describe_picture (bytes) : describe_dicom (bytes);
}

GVariant *
describe_or_error (int fd, const std::string &entry) {
  PrcImagingError code = PRC_IMAGING_ERROR_TOO_LARGE;
  std::string sentence;
  try {
    return describe (Source (fd, entry).bytes);
  } catch (const Failure &failure) {
    code = failure.code;
    sentence = failure.sentence;
  } catch (const std::bad_alloc &) {
    sentence = _ ("Not enough memory");
  } catch (const std::exception &) {
    code = PRC_IMAGING_ERROR_DAMAGED;
    sentence = _ ("The file is damaged");
  }
  Record record;
  record.add ("Error", g_variant_new ("(us)", unsigned (code), sentence.c_str ()));
  return record.end ();
}

} // namespace prc
