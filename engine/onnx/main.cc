// SPDX-License-Identifier: Apache-2.0
// precedent-onnx: one encoder in ONNX, run by OpenCV for the engine, in a process of its own. An
// ONNX file is a program that somebody else wrote, and OpenCV reads it with no idea of an enemy: here
// it has neither files nor a network, a limit of memory, and when it breaks down nothing else does.
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>
#include <opencv2/dnn/all_layers.hpp>

#include "graph.h"
#include "prc-onnx-wire.h"
#include "sandbox.h"

namespace {

bool
read_all (void *to, size_t n) {
  for (char *at = static_cast<char *> (to); n > 0;) {
    const ssize_t got = read (PRC_ONNX_CHILD_SOCKET, at, n);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    at += got;
    n -= size_t (got);
  }
  return true;
}

bool
write_all (const void *from, size_t n) {
  for (const char *at = static_cast<const char *> (from); n > 0;) {
    const ssize_t sent = write (PRC_ONNX_CHILD_SOCKET, at, n);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent <= 0)
      return false;
    at += sent;
    n -= size_t (sent);
  }
  return true;
}

PrcOnnxAnswer
answer_of (PrcOnnxStatus status, const std::string &reason = "") {
  PrcOnnxAnswer answer = {};
  answer.status = status;
  for (size_t i = 0; i < reason.size () && i + 1 < sizeof answer.reason; i++)
    answer.reason[i] = reason[i] < ' ' || reason[i] > '~' ? ' ' : reason[i];
  return answer;
}

// OpenCV's own sentence without where in its sources it was written.
std::string
reason_of (const cv::Exception &exception) {
  std::string text = exception.err.empty () ? exception.what () : exception.err;
  const size_t inner = text.rfind ("error: (");
  if (inner != std::string::npos) {
    const size_t close = text.find (") ", inner);
    text = close == std::string::npos ? text.substr (inner) : text.substr (close + 2);
  }
  return text;
}

// What `work` gives, or why it could not.
template <typename Work>
PrcOnnxAnswer
guarded (Work work) {
  try {
    return work ();
  } catch (const cv::Exception &exception) {
    if (exception.code == cv::Error::StsNoMem)
      return answer_of (PRC_ONNX_MEMORY);
    return answer_of (PRC_ONNX_REFUSED, reason_of (exception));
  } catch (const std::bad_alloc &) {
    return answer_of (PRC_ONNX_MEMORY);
  } catch (const std::exception &exception) {
    return answer_of (PRC_ONNX_REFUSED, exception.what ());
  } catch (...) {
    return answer_of (PRC_ONNX_REFUSED);
  }
}

class Encoder {
public:
  PrcOnnxAnswer load (const PrcOnnxStart &start);
  PrcOnnxAnswer run ();
  bool
  read_input () {
    return read_all (input.data, input.total () * sizeof (float));
  }
  const std::vector<float> &
  vector () const {
    return result;
  }

private:
  void mend_scales ();
  bool take (const cv::Mat &out);
  void add (const float *from, size_t n, size_t step);

  cv::dnn::Net net;
  cv::Mat input;
  std::string layer;
  bool mean = false;
  std::vector<float> result;
};

bool
reaches (const cv::dnn::MatShape &shape, size_t axis, size_t total) {
  size_t n = 1;
  for (size_t i = axis; i < shape.size (); i++) {
    n *= size_t (shape[i]);
    if (n == total)
      return true;
  }
  return false;
}

// OpenCV 4.6 reads "times a constant [D]" as of channels (axis 1), which is right for pictures
// [1][C][H][W] and refused for tokens [1][N][D]: the scale of every layer norm. Where the constant
// cannot be of channels and fits the last axis, it belongs there.
void
Encoder::mend_scales () {
  std::vector<int> ids;
  std::vector<std::vector<cv::dnn::MatShape>> ins, outs;
  net.getLayersShapes (cv::dnn::MatShape (input.size.p, input.size.p + 4), ids, ins, outs);
  for (size_t i = 0; i < ids.size (); i++) {
    cv::Ptr<cv::dnn::Layer> each = net.getLayer (ids[i]);
    cv::Ptr<cv::dnn::ScaleLayer> scale = each.dynamicCast<cv::dnn::ScaleLayer> ();
    if (!scale || scale->blobs.size () != 1 || scale->axis != 1 || ins[i].size () != 1)
      continue;
    const cv::dnn::MatShape &shape = ins[i][0];
    const size_t total = scale->blobs[0].total ();
    if (shape.size () > 2 && !reaches (shape, 1, total) && size_t (shape.back ()) == total)
      scale->axis = int (shape.size ()) - 1;
  }
}

PrcOnnxAnswer
Encoder::load (const PrcOnnxStart &start) {
  struct stat about;
  if (fstat (PRC_ONNX_CHILD_MODEL, &about) != 0 || about.st_size <= 0)
    return answer_of (PRC_ONNX_REFUSED, "empty");
  const size_t size = size_t (about.st_size);
  void *bytes = mmap (nullptr, size, PROT_READ, MAP_PRIVATE, PRC_ONNX_CHILD_MODEL, 0);
  if (bytes == MAP_FAILED)
    return answer_of (PRC_ONNX_MEMORY);
  int shape[4];
  for (int i = 0; i < 4; i++)
    shape[i] = int (start.shape[i]);
  input.create (4, shape, CV_32F);
  mean = start.mean != 0;
  const std::string output (start.output, strnlen (start.output, sizeof start.output));
  layer = output.empty () ? "" : prc::find_layer (bytes, size, output);
  net = cv::dnn::readNetFromONNX (static_cast<const char *> (bytes), size);
  munmap (bytes, size);
  net.setPreferableBackend (cv::dnn::DNN_BACKEND_OPENCV);
  net.setPreferableTarget (cv::dnn::DNN_TARGET_CPU);
  if (!output.empty () && (layer.empty () || net.getLayerId (layer) < 0))
    return answer_of (PRC_ONNX_NO_OUTPUT);
  mend_scales ();
  return answer_of (PRC_ONNX_DONE);
}

void
Encoder::add (const float *from, size_t n, size_t step) {
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += double (from[i * step]);
  result.push_back (float (sum / double (n)));
}

// One vector of what came out: [D], [1][D], tokens [1][N][D] or a map [1][C][H][W].
bool
Encoder::take (const cv::Mat &out) {
  result.clear ();
  if (out.type () != CV_32F || !out.isContinuous () || out.total () == 0 || out.dims > 4)
    return false;
  const float *values = out.ptr<float> ();
  const bool tokens = out.dims == 3 && out.size[0] == 1, map = out.dims == 4 && out.size[0] == 1;
  const size_t dimension = tokens ? size_t (out.size[2])
                           : map  ? size_t (out.size[1])
                                  : out.total ();
  const size_t n = out.total () / dimension;
  if (dimension > PRC_ONNX_MAX_DIMENSION ||
      (!tokens && !map && out.size[0] != 1 && out.size[1] != 1))
    return false;
  for (size_t i = 0; i < dimension; i++)
    if (map)
      add (values + i * n, n, 1);
    else
      add (values + i, tokens && mean ? n : 1, dimension);
  return true;
}

PrcOnnxAnswer
Encoder::run () {
  net.setInput (input);
  const cv::Mat out = layer.empty () ? net.forward () : net.forward (layer);
  if (!take (out))
    return answer_of (PRC_ONNX_NO_VECTOR);
  PrcOnnxAnswer answer = answer_of (PRC_ONNX_DONE);
  answer.dimension = uint32_t (result.size ());
  return answer;
}

int
serve () {
  Encoder encoder;
  PrcOnnxStart start;
  if (!read_all (&start, sizeof start))
    return 0;
  PrcOnnxAnswer answer = guarded ([&] { return encoder.load (start); });
  while (write_all (&answer, sizeof answer) && answer.status == PRC_ONNX_DONE &&
         (answer.dimension == 0 ||
          write_all (encoder.vector ().data (), answer.dimension * sizeof (float))) &&
         encoder.read_input ())
    answer = guarded ([&] { return encoder.run (); });
  return 0;
}

} // namespace

int
main () {
  signal (SIGPIPE, SIG_IGN);
  signal (SIGINT, SIG_IGN); // Ctrl+C is the engine's to handle; it closes the socket
  close_range (PRC_ONNX_CHILD_MODEL + 1, ~0u, 0); // whatever the engine forgot to close
  // What OpenCV looks up in files, before there are none any more.
  setenv ("OPENCV_OPENCL_RUNTIME", "disabled", 1);
  cv::utils::logging::setLogLevel (cv::utils::logging::LOG_LEVEL_SILENT);
  cv::getNumThreads ();
  prc::Limits limits;
  limits.data = size_t (8) << 30;
  limits.threads = true;
  if (!prc::confine (limits))
    return 1;
  _exit (serve ());
}
