// SPDX-License-Identifier: Apache-2.0
#include "vr.h"

#include <gdcmDict.h>
#include <gdcmDicts.h>
#include <gdcmGlobal.h>

namespace prc {

Vr
vr_of (const Element &e, bool is_signed) {
  if (e.vr != 0 && e.vr != vr ("UN"))
    return e.vr;
  if (e.undefined_length && e.tag >> 16 != 0x7FE0)
    return vr ("SQ");
  if ((e.tag >> 16) % 2) // private
    return vr ("UN");
  gdcm::Tag tag (uint16_t (e.tag >> 16), uint16_t (e.tag & 0xFFFF));
  const gdcm::DictEntry &entry = gdcm::Global::GetInstance ().GetDicts ().GetDictEntry (tag);
  switch (entry.GetVR ()) {
  case gdcm::VR::INVALID:
    return vr ("UN");
  case gdcm::VR::US_SS:
  case gdcm::VR::US_SS_OW:
    return is_signed ? vr ("SS") : vr ("US");
  case gdcm::VR::OB_OW:
  case gdcm::VR::US_OW:
    return vr ("OW");
  default:
    break;
  }
  const char *name = gdcm::VR::GetVRString (entry.GetVR ());
  return name && name[0] && name[1] && !name[2] ? Vr (name[0] << 8 | name[1]) : vr ("UN");
}

} // namespace prc
