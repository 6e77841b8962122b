// SPDX-License-Identifier: Apache-2.0
#include "segment.h"

#include <glib/gi18n-lib.h>

#include "file.h"
#include "nifti.h"
#include "pictures.h"
#include "values.h"

namespace prc {

Segmented
segment (Bytes bytes, double threshold) {
  if (is_nifti (bytes))
    return segment_nifti (bytes);
  if (is_picture (bytes))
    fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("The file holds no segmentation"));
  File file;
  read_file (bytes, Until::PIXELS, file);
  std::string sop_class = uid (file.data, 0x00080016);
  if (sop_class.empty ())
    sop_class = uid (file.meta, 0x00020002);
  if (sop_class == SEGMENTATION_STORAGE || sop_class == LABEL_MAP_STORAGE)
    return segment_image (file, sop_class == LABEL_MAP_STORAGE, threshold);
  if (sop_class == STRUCTURE_SET_STORAGE)
    return segment_structures (file);
  fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("The file holds no segmentation"));
}

} // namespace prc
