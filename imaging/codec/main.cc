// SPDX-License-Identifier: Apache-2.0
// The codec process. Started with a connected socket as descriptor 3, it makes itself helpless and
// answers requests until the other end closes.
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <malloc.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "decoders.h"
#include "deliver.h"
#include "describe.h"
#include "dump.h"
#include "encode.h"
#include "listing.h"
#include "opened.h"
#include "pictures.h"
#include "prc-codec-wire.h"
#include "present.h"
#include "prc-places.h"
#include "reading.h"
#include "sandbox.h"
#include "segment.h"
#include "source.h"
#include "text.h"

namespace prc {

namespace {

constexpr int SOCKET = PRC_WIRE_CHILD_SOCKET;
uint8_t *memory; // shared with the viewer

// What was asked, and what it is answered with.
class Request {
public:
  PrcWireMessage message = {};
  ~Request () {
    prc_wire_message_clear (&message);
  }
  int
  fd (unsigned i) const {
    if (i >= message.n_fds)
      fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("A descriptor is missing"));
    return message.fds[i];
  }
  GVariant * // owned
  arguments (const char *type) const {
    return g_variant_ref_sink (
        g_variant_new_from_bytes (G_VARIANT_TYPE (type), message.body, FALSE));
  }
};

struct Answer {
  GVariant *body = nullptr; // floating
  uint32_t bulk = 0;
  int fd = -1; // ours
};

void
write_all (int fd, Bytes bytes) {
  while (bytes.size) {
    ssize_t n = write (fd, bytes.data, bytes.size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      fail (PRC_IMAGING_ERROR_IO, _ ("The result cannot be written"));
    bytes = bytes.part (size_t (n), bytes.size);
  }
}

// A memory file with these bytes that nobody can change any more. Written, not mapped: that spares
// the page faults.
int
sealed_memory (Bytes bytes) {
  int fd = memfd_create ("precedent", MFD_ALLOW_SEALING | MFD_CLOEXEC);
  if (fd < 0)
    fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("Not enough memory"));
  try {
    write_all (fd, bytes);
  } catch (...) {
    close (fd);
    throw;
  }
  fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
  return fd;
}

Answer
on_describe (const Request &request) {
  GVariantBuilder records;
  g_variant_builder_init (&records, G_VARIANT_TYPE ("aa{sv}"));
  GVariant *arguments = request.arguments ("(a(us))");
  GVariantIter *files;
  g_variant_get (arguments, "(a(us))", &files);
  uint32_t fd;
  const char *entry;
  while (g_variant_iter_next (files, "(u&s)", &fd, &entry))
    g_variant_builder_add_value (&records, describe_or_error (request.fd (fd), entry));
  g_variant_iter_free (files);
  g_variant_unref (arguments);
  return {g_variant_builder_end (&records)};
}

// Bytes to go with an answer: where both look, when they fit.
void
attach (Answer &answer, Bytes bytes) {
  if (bytes.size > PRC_WIRE_MEMORY_SIZE) {
    answer.fd = sealed_memory (bytes);
    return;
  }
  memcpy (memory, bytes.data, bytes.size);
  answer.bulk = uint32_t (bytes.size);
}

struct Result {
  Decoded decoded;
  GVariant *reading = nullptr; // floating
};

Result
decode_one (const Opened &in, uint32_t frame) {
  Result result;
  if (in.is_picture) {
    if (frame)
      fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("There is no frame %u, the image has %u"), frame + 1,
            1u);
    result.decoded = decode_picture (in.source.bytes);
    SampleType type = deliver (result.decoded, Dataset ());
    result.reading = plain_reading (result.decoded, type, in.source.bytes.data[0] == 0xFF);
    return result;
  }
  const Dataset &set = in.file.data;
  result.decoded = decode_frame (in.file, in.image, frame);
  std::vector<OverlayPlane> overlays =
      read_overlays (set, Charset (set, Charset ()), frame, &result.decoded);
  SampleType type = deliver (result.decoded, set);
  result.reading = reading (in.file, in.image, frame, result.decoded, type, std::move (overlays));
  return result;
}

Answer
on_decode (const Request &request) {
  uint32_t frame;
  const char *text;
  GVariant *arguments = request.arguments ("(us)");
  g_variant_get (arguments, "(u&s)", &frame, &text);
  std::string entry = text;
  g_variant_unref (arguments);
  Result result = decode_one (open_or_remember (request.fd (0), entry), frame);
  const Decoded &d = result.decoded;
  Answer answer{result.reading};
  try {
    attach (answer, d.samples.part (0, d.colour == Colour::PALETTE ? d.samples.size : d.size ()));
  } catch (...) {
    g_variant_unref (g_variant_ref_sink (result.reading));
    throw;
  }
  return answer;
}

// The one text of a request: which entry of an archive it is about, or how to encode.
std::string
word_of (const Request &request) {
  const char *text;
  GVariant *arguments = request.arguments ("(s)");
  g_variant_get (arguments, "(&s)", &text);
  std::string entry = text;
  g_variant_unref (arguments);
  return entry;
}

Answer
on_present (const Request &request) {
  Source source (request.fd (0), word_of (request));
  return {present (source.bytes)};
}

Answer
on_dump (const Request &request) {
  Source source (request.fd (0), word_of (request));
  std::string json = dump_json (source.bytes);
  Answer answer;
  attach (answer, {reinterpret_cast<const uint8_t *> (json.data ()), json.size ()});
  answer.body = g_variant_new ("()");
  return answer;
}

Answer
on_list (const Request &request) {
  Source source (request.fd (0), word_of (request));
  return {listing (source.bytes)};
}

Answer
on_contents (const Request &request) {
  return {contents (request.fd (0))};
}

Answer
on_encode (const Request &request) {
  std::string syntax = word_of (request);
  Mapping json_map (request.fd (0));
  std::unique_ptr<Mapping> pixel_map;
  if (lseek (request.fd (1), 0, SEEK_END) > 0)
    pixel_map = std::make_unique<Mapping> (request.fd (1));
  std::string bytes = encode (json_map.bytes, pixel_map ? pixel_map->bytes : Bytes (), syntax);
  write_all (request.fd (2), {reinterpret_cast<const uint8_t *> (bytes.data ()), bytes.size ()});
  return {g_variant_new ("()")};
}

Answer
on_segment (const Request &request) {
  double threshold;
  const char *text;
  GVariant *arguments = request.arguments ("(ds)");
  g_variant_get (arguments, "(d&s)", &threshold, &text);
  std::string entry = text;
  g_variant_unref (arguments);
  Source source (request.fd (0), entry);
  Segmented result = segment (source.bytes, threshold);
  Answer answer{result.body};
  try {
    attach (answer, result.bulk.bytes ());
  } catch (...) {
    g_variant_unref (g_variant_ref_sink (result.body));
    throw;
  }
  return answer;
}

Answer
answer_to (const Request &request) {
  switch (request.message.kind) {
  case PRC_WIRE_DESCRIBE:
    return on_describe (request);
  case PRC_WIRE_DECODE:
    return on_decode (request);
  case PRC_WIRE_PRESENT:
    return on_present (request);
  case PRC_WIRE_DUMP:
    return on_dump (request);
  case PRC_WIRE_LIST:
    return on_list (request);
  case PRC_WIRE_ENCODE:
    return on_encode (request);
  case PRC_WIRE_SEGMENT:
    return on_segment (request);
  case PRC_WIRE_CONTENTS:
    return on_contents (request);
  default:
    _exit (1); // not a request
  }
}

Answer
failure (PrcImagingError code, const char *sentence) {
  return {g_variant_new ("(us)", unsigned (code), sentence)};
}

// Serves one request; whatever it throws becomes the answer. An errno when there is nobody to
// answer.
int
serve_one () {
  struct pollfd waiting = {SOCKET, POLLIN, 0};
  if (poll (&waiting, 1, 2000) == 0) {
    forget_file ();
    forget_archive ();
  }
  Request request;
  int status = prc_wire_receive (SOCKET, &request.message, nullptr, nullptr);
  if (status)
    return status;
  Answer answer;
  PrcWireKind kind = PRC_WIRE_FAILURE;
  try {
    answer = answer_to (request);
    kind = PRC_WIRE_ANSWER;
  } catch (const Failure &why) {
    answer = failure (why.code, why.sentence.c_str ());
  } catch (const std::bad_alloc &) {
    answer = failure (PRC_IMAGING_ERROR_TOO_LARGE, _ ("Not enough memory"));
  } catch (const std::exception &) {
    answer = failure (PRC_IMAGING_ERROR_DAMAGED, _ ("The file is damaged"));
  }
  PrcWireLetter letter = {kind, answer.body, answer.bulk, &answer.fd, answer.fd >= 0};
  status = prc_wire_send (SOCKET, &letter, nullptr, nullptr);
  if (answer.fd >= 0)
    close (answer.fd);
  return status;
}

void
load_words () {
  setlocale (LC_CTYPE, "");
  setlocale (LC_MESSAGES, "");
  g_autofree char *locale = prc_places_locale ();
  bindtextdomain (GETTEXT_PACKAGE, locale);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  (void)_ ("The file is empty"); // the catalogue is opened at the first word, which must be now
}

void
tune_memory () { // keep what one frame needed for the next
  mallopt (M_MMAP_THRESHOLD, 64 << 20);
  mallopt (M_TRIM_THRESHOLD, 96 << 20);
}

int
serve () {
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  close_range (PRC_WIRE_CHILD_MEMORY + 1, ~0u, 0); // whatever the parent forgot to close
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
  void *map = mmap (nullptr, PRC_WIRE_MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
                    PRC_WIRE_CHILD_MEMORY, 0);
  if (map == MAP_FAILED)
    return 1;
  memory = static_cast<uint8_t *> (map);
  close (PRC_WIRE_CHILD_MEMORY);
  load_words ();
  text_init ();
  tune_memory ();
  int nowhere = open ("/dev/null", O_RDWR | O_CLOEXEC);
  if (!confine ()) {
    fprintf (stderr, "precedent-codec: the kernel refuses to confine this process\n");
    return 1;
  }
#ifndef __SANITIZE_ADDRESS__ // libraries grumble about damaged files; nobody asked to read it
  for (int fd = 0; fd < SOCKET; fd++)
    dup2 (nowhere, fd);
#endif
  close (nowhere);
  while (serve_one () == 0)
    continue;
  _exit (0);
}

} // namespace

} // namespace prc

int
main (int argc, char **argv) {
  if (argc == 2 && g_str_has_suffix (argv[1], "-self-test"))
    alarm (60); // a call that never comes back must not keep the test waiting
  // _exit: what runs at the end of a sanitized program may want what is forbidden.
  if (argc == 2 && !strcmp (argv[1], "--confine-self-test"))
    _exit (prc::confine () && prc::try_to_escape () == 0 ? 0 : 1);
  if (argc == 2 && !strcmp (argv[1], "--free-self-test"))
    _exit (prc::try_to_escape () == 0 ? 0 : 1);
  if (argc != 2 || strcmp (argv[1], "--serve")) {
    fprintf (stderr, "precedent-codec is started by Precedent; it is of no use by itself\n");
    return 2;
  }
  return prc::serve ();
}
