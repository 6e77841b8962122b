// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-origin.h"

#include <string.h>

#include "prc-uid.h"

#define LO_CHARACTERS 64

// Taken over as they are: Patient, Clinical Trial, General Study, Patient Study (PS3.3 C.7.1,
// C.7.2), and whether dates are true.
static const uint32_t patient_tags[] = {
    0x00100021, 0x00100022, 0x00100024, 0x00100026, 0x00100032, 0x00100033, 0x00100034, 0x00100035,
    0x00101000, 0x00101001, 0x00101002, 0x00102160, 0x00102201, 0x00102202, 0x00102292, 0x00102293,
    0x00102294, 0x00102297, 0x00102298, 0x00102299, 0x00104000, 0x00120062, 0x00120063, 0x00120064,
    0x00120010, 0x00120020, 0x00120021, 0x00120030, 0x00120031, 0x00120040, 0x00120042, 0x00120050,
    0x00120051, 0x0020000D, 0x00080051, 0x00080096, 0x0008009C, 0x00081030, 0x00081032, 0x00081048,
    0x00081049, 0x00081060, 0x00081062, 0x00321034, 0x00401012, 0x00081080, 0x00081084, 0x00101010,
    0x00101020, 0x00101021, 0x00101022, 0x00101023, 0x00101024, 0x00101030, 0x00102000, 0x00102110,
    0x00102180, 0x001021A0, 0x001021B0, 0x001021C0, 0x001021D0, 0x00102203, 0x00321066, 0x00321067,
    0x00380010, 0x00380014, 0x00380060, 0x00380062, 0x00380064, 0x00380500, 0x00280303,
};

// Of type 2: written empty where the image lacks them.
typedef struct {
  uint32_t tag;
  const char *vr;
} Required;
static const Required required[] = {
    {0x00100010, "PN"}, {0x00100020, "LO"}, {0x00100030, "DA"},
    {0x00100040, "CS"}, {0x00080020, "DA"}, {0x00080030, "TM"},
    {0x00080050, "SH"}, {0x00080090, "PN"}, {0x00200010, "SH"},
};

static bool
has_plane (const PrcPlane *plane) {
  return plane->has_position && plane->has_orientation && plane->row_spacing_mm > 0 &&
         plane->column_spacing_mm > 0;
}

static void
look_at_images (PrcSegmentOrigin *origin) {
  const char *frame_of_reference = prc_series_info (origin->series)->frame_of_reference_uid;

  origin->has_planes = *frame_of_reference != '\0';
  for (uint32_t i = 0; i < origin->n_images; i++) {
    const PrcSlice *slice = prc_series_slice (origin->series, i);
    const PrcInstanceInfo *info = prc_instance_info (slice->instance);

    origin->images[i] = (PrcSegmentImage){
        .sop_class_uid = info->sop_class_uid,
        .sop_instance_uid = info->sop_instance_uid,
        .frame = slice->frame,
        .is_multi_frame = info->n_frames > 1,
        .plane = prc_instance_plane (slice->instance, slice->frame),
    };
    if (!has_plane (origin->images[i].plane) ||
        strcmp (info->frame_of_reference_uid, frame_of_reference) != 0)
      origin->has_planes = false;
  }
}

bool
prc_segment_origin_read (PrcSegmentOrigin *origin, PrcCodecPool *pool, const PrcSeries *series,
                         GCancellable *cancellable, GError **error) {
  origin->series = series;
  origin->n_images = prc_series_length (series);
  origin->images = g_new (PrcSegmentImage, origin->n_images);
  look_at_images (origin);
  origin->header =
      prc_codec_pool_dump_json (pool, prc_series_info (series)->path, cancellable, error);
  return origin->header != NULL;
}

void
prc_segment_origin_clear (PrcSegmentOrigin *origin) {
  g_clear_pointer (&origin->images, g_free);
  g_clear_pointer (&origin->header, g_free);
}

// Copies a value, and says that there is none where the image does not have it.
static void
copy_or_empty (const PrcSegmentOrigin *origin, PrcJson *json, uint32_t tag, const char *vr) {
  bool found = false;

  prc_json_copy (json, origin->header, &tag, 1, &found);
  if (!found)
    prc_json_text (json, tag, vr, "");
}

static void
copy_patient_and_study (const PrcSegmentOrigin *origin, PrcJson *json) {
  bool found[G_N_ELEMENTS (patient_tags)] = {false};

  prc_json_copy (json, origin->header, patient_tags, G_N_ELEMENTS (patient_tags), found);
  for (size_t i = 0; i < G_N_ELEMENTS (required); i++)
    copy_or_empty (origin, json, required[i].tag, required[i].vr);
}

// Where the patient is: in a Frame of Reference, or only which way the picture looks.
static void
put_frame_of_reference (const PrcSegmentOrigin *origin, PrcJson *json) {
  if (!origin->has_planes) {
    copy_or_empty (origin, json, 0x00200020, "CS");
    return;
  }
  prc_json_text (json, 0x00200052, "UI", prc_series_info (origin->series)->frame_of_reference_uid);
  copy_or_empty (origin, json, 0x00201040, "LO");
}

static void
put_series_and_equipment (const PrcSegmentOrigin *origin, PrcJson *json,
                          const PrcSegmentObject *object) {
  g_autofree char *description = prc_segment_sheet_text (object->description, LO_CHARACTERS);
  char uid[PRC_UID_SIZE];

  prc_uid_random (uid);
  prc_json_text (json, 0x0020000E, "UI", uid);
  prc_json_text (json, 0x00080060, "CS", object->modality);
  prc_json_text (json, 0x0008103E, "LO", description);
  // Behind the images' own, where viewers list series by number.
  prc_json_number (json, 0x00200011, "IS",
                   1000 + CLAMP (prc_series_info (origin->series)->series_number, 0, 1000000));
  prc_json_number (json, 0x00200013, "IS", 1);
  prc_json_text (json, 0x00080070, "LO", "Precedent");
  prc_json_text (json, 0x00081090, "LO", "Precedent");
  prc_json_text (json, 0x00181000, "LO", "1"); // a program has none, the module wants one
  prc_json_text (json, 0x00181020, "LO", PRC_VERSION);
}

void
prc_segment_origin_put (const PrcSegmentOrigin *origin, PrcJson *json,
                        const PrcSegmentObject *object) {
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%d");
  g_autofree char *time = g_date_time_format (now, "%H%M%S");
  char uid[PRC_UID_SIZE];

  prc_uid_random (uid);
  prc_json_text (json, 0x00080016, "UI", object->sop_class_uid);
  prc_json_text (json, 0x00080018, "UI", uid);
  prc_json_text (json, 0x00080012, "DA", date);
  prc_json_text (json, 0x00080013, "TM", time);
  put_series_and_equipment (origin, json, object);
  copy_patient_and_study (origin, json);
  put_frame_of_reference (origin, json);
}
