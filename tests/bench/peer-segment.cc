// SPDX-License-Identifier: Apache-2.0
// peer-segment FILE [OUT]: the milliseconds DCMTK's library for segmentations takes from a file to a
// byte for each pixel of each frame, and how many of them are set. The bytes go to OUT.
#include <chrono>
#include <cstdio>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmseg/segdoc.h>
#include <dcmtk/dcmseg/segutils.h>

int
main (int argc, char **argv) {
  OFLog::configure (OFLogger::OFF_LOG_LEVEL);
  auto start = std::chrono::steady_clock::now ();
  DcmFileFormat file;
  DcmSegmentation *seg = nullptr;
  if (argc < 2 || file.loadFile (argv[1]).bad () ||
      DcmSegmentation::loadDataset (*file.getDataset (), seg).bad ())
    return 1;
  bool binary = seg->getSegmentationType () == DcmSegTypes::ST_BINARY;
  Uint16 rows = 0, columns = 0;
  file.getDataset ()->findAndGetUint16 (DCM_Rows, rows);
  file.getDataset ()->findAndGetUint16 (DCM_Columns, columns);
  unsigned long long set = 0;
  FILE *out = argc > 2 ? fopen (argv[2], "wb") : nullptr;
  for (size_t i = 0; i < seg->getNumberOfFrames (); i++) {
    const DcmIODTypes::Frame *frame = seg->getFrame (i);
    DcmIODTypes::Frame *plain =
        binary ? DcmSegUtils::unpackBinaryFrame (frame, rows, columns) : nullptr;
    const DcmIODTypes::Frame *pixels = binary ? plain : frame;
    for (size_t k = 0; pixels && k < pixels->length; k++)
      set += pixels->pixData[k] >= (binary ? 1 : 128);
    if (out && pixels)
      fwrite (pixels->pixData, 1, pixels->length, out);
    delete plain;
  }
  std::chrono::duration<double, std::milli> ms = std::chrono::steady_clock::now () - start;
  if (out)
    fclose (out);
  printf ("%f %llu\n", ms.count (), set);
  delete seg;
  return 0;
}
