// SPDX-License-Identifier: Apache-2.0
// Lossless JPEG, Huffman coded (ITU-T T.81 Annex H; processes 14, .57 and .70 of PS3.5 A.4.2).
#include <glib/gi18n-lib.h>

#include "jpeg.h"
#include "decoders.h"
#include "jpeg-stream.h"

namespace prc {

namespace {

using Row = std::vector<uint16_t>;

// T.81 H.1.2.1 table H.1. `row` holds differences and gets values; `above` the values of the row
// before.
template <unsigned PREDICTOR>
void
add_predictions (uint16_t *row, const uint16_t *above, size_t n) {
  int32_t a = row[0], c = above[0];
  for (size_t i = 1; i < n; i++) {
    int32_t b = above[i], p = a;
    if (PREDICTOR == 2)
      p = b;
    else if (PREDICTOR == 3)
      p = c;
    else if (PREDICTOR == 4)
      p = a + b - c;
    else if (PREDICTOR == 5)
      p = a + ((b - c) >> 1);
    else if (PREDICTOR == 6)
      p = b + ((a - c) >> 1);
    else if (PREDICTOR == 7)
      p = (a + b) >> 1;
    a = uint16_t (row[i] + p);
    row[i] = uint16_t (a);
    c = b;
  }
}

using Predict = void (*) (uint16_t *, const uint16_t *, size_t);
const Predict PREDICT[] = {nullptr,
                           add_predictions<1>,
                           add_predictions<2>,
                           add_predictions<3>,
                           add_predictions<4>,
                           add_predictions<5>,
                           add_predictions<6>,
                           add_predictions<7>};

class Scan {
public:
  Scan (const JpegStream &stream, const JpegScan &scan)
      : stream_ (stream), scan_ (scan), source_ (stream.data ()) {
    if (scan.first < 1 || scan.first > 7 || scan.low >= stream.precision ||
        stream.restart % stream.columns)
      fail_compressed ();
    for (unsigned i = 0; i < scan.components.size (); i++)
      if (!stream.dc[scan.dc[i]].there ())
        fail_compressed ();
    rows_.assign (scan.components.size () * 2, Row (stream.columns));
  }
  template <typename T> const uint8_t *decode (T *to);

private:
  void read_differences (unsigned n);
  void predict (Row &row, const Row &above, bool first) const;
  const JpegStream &stream_;
  const JpegScan &scan_;
  JpegSource source_;
  JpegBits bits_;
  std::vector<Row> rows_; // of each component the one being read, then the one above
};

void
Scan::read_differences (unsigned n) {
  uint16_t *to[4];
  const JpegHuffman *tables[4];
  for (unsigned c = 0; c < n; c++) {
    to[c] = rows_[2 * c].data ();
    tables[c] = &stream_.dc[scan_.dc[c]];
  }
  JpegBits bits = bits_;
  for (size_t i = 0; i < stream_.columns; i++)
    for (unsigned c = 0; c < n; c++) {
      bits = source_.need (bits);
      unsigned size = tables[c]->next (bits);
      if (size > 16)
        fail_compressed ();
      // T.81 H.1.2.2: 16 stands for 32768 and has no further bits.
      to[c][i] = uint16_t (size == 16 ? 32768 : extend (bits.take (size), size));
    }
  bits_ = bits;
}

void
Scan::predict (Row &row, const Row &above, bool first) const {
  if (first) { // of the scan or behind a restart: from the left, beginning in the middle
    row[0] = uint16_t (row[0] + (1u << (stream_.precision - scan_.low - 1)));
    add_predictions<1> (row.data (), row.data (), row.size ());
  } else {
    row[0] = uint16_t (row[0] + above[0]);
    PREDICT[scan_.first](row.data (), above.data (), row.size ());
  }
}

template <typename T>
const uint8_t *
Scan::decode (T *to) {
  unsigned n = unsigned (scan_.components.size ()),
           channels = unsigned (stream_.components.size ());
  unsigned rows_between = stream_.restart / stream_.columns;
  for (size_t y = 0; y < stream_.rows; y++) {
    bool restarted = rows_between && y && y % rows_between == 0;
    if (restarted)
      source_.restart (bits_);
    read_differences (n);
    if (source_.is_overrun (bits_))
      fail_compressed ();
    for (unsigned c = 0; c < n; c++) {
      Row &row = rows_[2 * c];
      predict (row, rows_[2 * c + 1], y == 0 || restarted);
      T *out = to + y * stream_.columns * channels + scan_.components[c];
      for (size_t i = 0; i < row.size (); i++)
        out[i * channels] = T (row[i] << scan_.low);
      row.swap (rows_[2 * c + 1]);
    }
  }
  return source_.marker ();
}

} // namespace

void
decode_jpeg_lossless (Bytes bytes, const JpegFrame &frame, uint8_t *to) {
  JpegStream stream (bytes);
  JpegScan scan;
  unsigned done = 0; // components, by their bits
  while (stream.next_scan (scan)) {
    if (stream.kind != 0xC3 || stream.rows != frame.rows || stream.columns != frame.columns ||
        stream.components.size () != frame.channels || stream.precision != frame.precision)
      fail_compressed ();
    const JpegComponent &first = stream.components[0];
    for (const JpegComponent &c : stream.components)
      if (c.h != first.h || c.v != first.v ||
          (scan.components.size () > 1 && (c.h != 1 || c.v != 1)))
        fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("This kind of JPEG picture is not read"));
    for (unsigned c : scan.components)
      done |= 1u << c;
    Scan reader (stream, scan);
    stream.go_on_from (frame.precision > 8 ? reader.decode (reinterpret_cast<uint16_t *> (to))
                                           : reader.decode (to));
  }
  if (done + 1 != 1u << frame.channels)
    fail_compressed ();
}

} // namespace prc
