// SPDX-License-Identifier: Apache-2.0
#include "state-fixture.h"

#include "fixture.h"

#define REFERENCED                                                                                 \
  "'00081115':{'vr':'SQ','Value':[{'0020000E':{'vr':'UI','Value':['1.2.3.0']},"                    \
  "'00081140':{'vr':'SQ','Value':["                                                                \
  "{'00081150':{'vr':'UI','Value':['1.2.840.10008.5.1.4.1.1.7']},"                                 \
  "'00081155':{'vr':'UI','Value':['1.2.3.1']}},"                                                   \
  "{'00081150':{'vr':'UI','Value':['1.2.840.10008.5.1.4.1.1.7']},"                                 \
  "'00081155':{'vr':'UI','Value':['1.2.3.2']},'00081160':{'vr':'IS','Value':[2,3]}},"              \
  "{'00081150':{'vr':'UI','Value':['1.2.840.10008.5.1.4.1.1.7']},"                                 \
  "'00081155':{'vr':'UI','Value':['1.2.3.4']}}]}}]}"

char *
state_fixture_write_kind (PrcCodecPool *pool, const char *folder, const char *kind,
                          const char *fields) {
  static unsigned n;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup_printf ("PR%05u.dcm", n++);
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *json = g_strdup_printf (
      "{'00080016':{'vr':'UI','Value':['1.2.840.10008.5.1.4.1.1.11.%s']},"
      "'00080018':{'vr':'UI','Value':['1.2.3.99.%u']},'00080060':{'vr':'CS','Value':['PR']},"
      "'00100010':{'vr':'PN','Value':[{'Alphabetic':'SYNTHETIC'}]},"
      "'00200013':{'vr':'IS','Value':[1]},"
      "'0020000D':{'vr':'UI','Value':['1.2.3']},'0020000E':{'vr':'UI','Value':['1.2.3.99']}"
      "," REFERENCED "%s%s}",
      kind, n, *fields != '\0' ? "," : "", fields);

  g_strdelimit (json, "'", '"');
  prc_codec_pool_encode (pool, json, NULL, "1.2.840.10008.1.2.1", path, NULL, &error);
  g_assert_no_error (error);
  return path;
}

char *
state_fixture_write (PrcCodecPool *pool, const char *folder, const char *fields) {
  return state_fixture_write_kind (pool, folder, "1", fields);
}

PrcPresentation *
state_fixture (PrcCodecPool *pool, const char *folder, const char *fields) {
  g_autoptr (GError) error = NULL;
  g_autofree char *path = state_fixture_write (pool, folder, fields);
  PrcPresentation *state = prc_codec_pool_present (pool, path, PRC_PRIORITY_VIEW, NULL, &error);

  g_assert_no_error (error);
  return state;
}

PrcSlice
state_fixture_slice (unsigned image, uint32_t frame) {
  g_autofree char *record = g_strdup_printf (
      "{'SOPInstanceUID': <'1.2.3.%u'>, 'SeriesInstanceUID': <'1.2.3.0'>, 'IsImage': <true>,"
      " 'Rows': <[100.0]>, 'Columns': <[100.0]>, 'NumberOfFrames': <[4.0]>}",
      image);

  return (PrcSlice){.instance = prc_fixture_instance ("/f", record), .frame = frame};
}

void
state_fixture_slice_clear (PrcSlice *slice) {
  prc_instance_unref (slice->instance);
}
