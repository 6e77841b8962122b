// SPDX-License-Identifier: Apache-2.0
#include "encode.h"

#include <glib/gi18n-lib.h>

#include "compress.h"
#include "image.h"
#include "json-elements.h"
#include "values.h"

namespace prc {

namespace {

const char IMPLICIT_LITTLE_ENDIAN[] = "1.2.840.10008.1.2";
const char EXPLICIT_LITTLE_ENDIAN[] = "1.2.840.10008.1.2.1";
constexpr size_t MAX_PLAIN = 65536;
const char IMPLEMENTATION_UID[] = "2.25.232019137465710273850916401982730194857";
const char IMPLEMENTATION_NAME[] = "PRECEDENT";

std::string
file_meta (const Dataset &set, const std::string &syntax) {
  std::string group;
  put_element (group, 0x00020001, vr ("OB"), std::string ("\0\1", 2));
  put_element (group, 0x00020002, vr ("UI"), uid (set, 0x00080016));
  put_element (group, 0x00020003, vr ("UI"), uid (set, 0x00080018));
  put_element (group, 0x00020010, vr ("UI"), syntax);
  put_element (group, 0x00020012, vr ("UI"), IMPLEMENTATION_UID);
  put_element (group, 0x00020013, vr ("SH"), IMPLEMENTATION_NAME);
  std::string out (128, '\0');
  out += "DICM";
  std::string length;
  put_u32 (length, uint32_t (group.size ()));
  put_element (out, 0x00020000, vr ("UL"), length);
  return out + group;
}

void
put_item (std::string &out, const std::string &value) {
  put_u16 (out, 0xFFFE);
  put_u16 (out, 0xE000);
  put_u32 (out, uint32_t (value.size () + value.size () % 2));
  out += value;
  if (value.size () % 2)
    out += '\0';
}

// PS3.5 A.4: one fragment a frame, the offset table filled.
std::string
encapsulate (const std::vector<std::string> &frames) {
  std::string table, items;
  for (const std::string &frame : frames) {
    put_u32 (table, uint32_t (items.size ()));
    put_item (items, frame);
    if (items.size () > 0xFFFFFFF0)
      fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("The compressed pixels are too large for one file"));
  }
  std::string out;
  put_u16 (out, 0x7FE0);
  put_u16 (out, 0x0010);
  out += "OB";
  put_u16 (out, 0);
  put_u32 (out, UNDEFINED_LENGTH);
  put_item (out, table);
  out += items;
  put_u16 (out, 0xFFFE);
  put_u16 (out, 0xE0DD);
  put_u32 (out, 0);
  return out;
}

std::string
pixel_element (const File &file, Bytes pixels, const std::string &syntax) {
  Image image = read_image (file);
  if (uint64_t (pixels.size) * 8 < image.frame_bits () * image.frames)
    fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("The header promises %u frames, the file holds fewer"),
          image.frames);
  if (syntax == EXPLICIT_LITTLE_ENDIAN || syntax == IMPLICIT_LITTLE_ENDIAN) {
    std::string out, value (reinterpret_cast<const char *> (pixels.data), pixels.size);
    put_element (out, PIXEL_DATA, image.allocated > 8 ? vr ("OW") : vr ("OB"), value,
                 syntax == EXPLICIT_LITTLE_ENDIAN);
    return out;
  }
  std::vector<std::string> frames;
  for (uint32_t i = 0; i < image.frames; i++)
    frames.push_back (compress (frame_bytes (file, image, i).bytes, image, syntax));
  return encapsulate (frames);
}

} // namespace

std::string
encode (Bytes json, Bytes pixels, const std::string &syntax) {
  bool explicit_vr = syntax != IMPLICIT_LITTLE_ENDIAN; // as all that is compressed
  Elements elements = elements_from_json (json, explicit_vr);
  std::string plain; // what pixels are described by; sequences say nothing about them
  for (const auto &[tag, bytes] : elements)
    if (bytes.size () < MAX_PLAIN)
      plain += bytes;
  File file;
  file.transfer_syntax = EXPLICIT_LITTLE_ENDIAN;
  Bytes view{reinterpret_cast<const uint8_t *> (plain.data ()), plain.size ()};
  file.data = parse (view, {explicit_vr, false}, Until::END);
  if (uid (file.data, 0x00080016).empty () || uid (file.data, 0x00080018).empty ())
    fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("SOP Class UID or SOP Instance UID is missing"));
  std::string meta = file_meta (file.data, syntax);
  if (pixels.size) {
    Element e;
    e.tag = PIXEL_DATA;
    e.vr = vr ("OW");
    e.length = pixels.size;
    e.value = pixels;
    file.data.elements.push_back (e);
    elements[PIXEL_DATA] = pixel_element (file, pixels, syntax);
  }
  size_t size = meta.size ();
  for (const auto &[tag, bytes] : elements)
    size += bytes.size ();
  meta.reserve (size);
  for (const auto &[tag, bytes] : elements)
    meta += bytes;
  return meta;
}

} // namespace prc
