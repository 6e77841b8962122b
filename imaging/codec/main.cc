// SPDX-License-Identifier: Apache-2.0
// The codec process. Started with a connected socket as descriptor 3, it makes itself helpless and
// answers requests until the other end closes.
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>

#include <fcntl.h>
#include <gdcmTrace.h>
#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "decoders.h"
#include "deliver.h"
#include "describe.h"
#include "dump.h"
#include "encode.h"
#include "pictures.h"
#include "prc-codec-interface.h"
#include "reading.h"
#include "prc-places.h"
#include "sandbox.h"
#include "text.h"

namespace prc {

namespace {

constexpr int SOCKET = 3;

// A descriptor out of a request.
class Handle {
public:
  Handle (GUnixFDList *list, GVariant *index) {
    int i = g_variant_get_handle (index);
    if (list && i >= 0 && i < g_unix_fd_list_get_length (list))
      fd_ = g_unix_fd_list_get (list, i, nullptr);
    if (fd_ < 0)
      fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("A descriptor is missing"));
  }
  ~Handle () {
    if (fd_ >= 0)
      close (fd_);
  }
  Handle (const Handle &) = delete;
  Handle &operator= (const Handle &) = delete;
  int
  fd () const {
    return fd_;
  }

private:
  int fd_ = -1;
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

void
return_failure (GDBusMethodInvocation *invocation, unsigned code, const char *sentence) {
  char name[64];
  snprintf (name, sizeof name, "io.github.precedent_viewer.Codec.Error%u", code);
  g_dbus_method_invocation_return_dbus_error (invocation, name, sentence);
}

// Runs a request; whatever it throws becomes the answer.
template <typename Work>
gboolean
answer (GDBusMethodInvocation *invocation, Work work) {
  try {
    work ();
  } catch (const Failure &failure) {
    return_failure (invocation, failure.code, failure.sentence.c_str ());
  } catch (const std::bad_alloc &) {
    return_failure (invocation, PRC_IMAGING_ERROR_TOO_LARGE, _ ("Not enough memory"));
  } catch (const std::exception &) {
    return_failure (invocation, PRC_IMAGING_ERROR_DAMAGED, _ ("The file is damaged"));
  }
  return TRUE;
}

gboolean
on_describe (PrcDBusCodec *codec, GDBusMethodInvocation *invocation, GUnixFDList *fds,
             GVariant *files, gpointer) {
  return answer (invocation, [&] {
    GVariantBuilder records;
    g_variant_builder_init (&records, G_VARIANT_TYPE ("aa{sv}"));
    GVariantIter iter;
    g_variant_iter_init (&iter, files);
    int n = 0;
    const int *all = fds ? g_unix_fd_list_peek_fds (fds, &n) : nullptr;
    int index;
    while (g_variant_iter_next (&iter, "h", &index))
      g_variant_builder_add_value (&records,
                                   describe_or_error (index >= 0 && index < n ? all[index] : -1));
    prc_dbus_codec_complete_describe (codec, invocation, nullptr, g_variant_builder_end (&records));
  });
}

struct Result {
  Decoded decoded;
  GVariant *reading = nullptr; // floating
};

void
decode_one (const Mapping &map, uint32_t frame, File &file, Result &result) {
  if (is_picture (map.bytes)) {
    if (frame)
      fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("There is no frame %u, the image has %u"), frame + 1,
            1u);
    result.decoded = decode_picture (map.bytes);
    SampleType type = deliver (result.decoded, Dataset ());
    result.reading = plain_reading (result.decoded, type, map.bytes.data[0] == 0xFF);
    return;
  }
  read_file (map.bytes, Until::PIXELS, file);
  Image image = read_image (file);
  result.decoded = decode_frame (file, image, frame);
  SampleType type = deliver (result.decoded, file.data);
  result.reading = reading (file, image, frame, result.decoded, type);
}

gboolean
on_decode (PrcDBusCodec *codec, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *file,
           guint frame, gpointer) {
  return answer (invocation, [&] {
    Handle in (fds, file);
    Mapping map (in.fd ());
    File parsed;
    Result result;
    decode_one (map, frame, parsed, result);
    GVariant *reading = g_variant_ref_sink (result.reading);
    const Decoded &d = result.decoded;
    int fd = -1;
    try {
      fd = sealed_memory (
          d.samples.part (0, d.colour == Colour::PALETTE ? d.samples.size : d.size ()));
    } catch (...) {
      g_variant_unref (reading);
      throw;
    }
    int list[] = {fd};
    GUnixFDList *out = g_unix_fd_list_new_from_array (list, 1); // takes it
    prc_dbus_codec_complete_decode (codec, invocation, out, g_variant_new_handle (0), reading);
    g_object_unref (out);
    g_variant_unref (reading);
  });
}

gboolean
on_dump (PrcDBusCodec *codec, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *file,
         gpointer) {
  return answer (invocation, [&] {
    Handle in (fds, file);
    Mapping map (in.fd ());
    std::string json = dump_json (map.bytes);
    int list[] = {sealed_memory ({reinterpret_cast<const uint8_t *> (json.data ()), json.size ()})};
    GUnixFDList *out = g_unix_fd_list_new_from_array (list, 1);
    prc_dbus_codec_complete_dump (codec, invocation, out, g_variant_new_handle (0));
    g_object_unref (out);
  });
}

gboolean
on_encode (PrcDBusCodec *codec, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *json,
           GVariant *pixels, const char *syntax, GVariant *file, gpointer) {
  return answer (invocation, [&] {
    Handle json_in (fds, json), pixels_in (fds, pixels), out (fds, file);
    Mapping json_map (json_in.fd ());
    std::unique_ptr<Mapping> pixel_map;
    if (lseek (pixels_in.fd (), 0, SEEK_END) > 0)
      pixel_map = std::make_unique<Mapping> (pixels_in.fd ());
    std::string bytes = encode (json_map.bytes, pixel_map ? pixel_map->bytes : Bytes (), syntax);
    write_all (out.fd (), {reinterpret_cast<const uint8_t *> (bytes.data ()), bytes.size ()});
    prc_dbus_codec_complete_encode (codec, invocation, nullptr);
  });
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

void
on_closed (GDBusConnection *, gboolean, GError *, gpointer) {
  _exit (0);
}

GDBusConnection *
connect_back () {
  GError *error = nullptr;
  GSocket *socket = g_socket_new_from_fd (SOCKET, &error);
  if (!socket)
    return nullptr;
  GSocketConnection *stream = g_socket_connection_factory_create_connection (socket);
  char *guid = g_dbus_generate_guid ();
  GDBusConnection *connection = g_dbus_connection_new_sync (
      G_IO_STREAM (stream), guid,
      GDBusConnectionFlags (G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER |
                            G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING),
      nullptr, nullptr, &error);
  g_free (guid);
  g_object_unref (stream);
  g_object_unref (socket);
  return connection;
}

int
serve () {
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  close_range (SOCKET + 1, ~0u, 0); // whatever the parent forgot to close
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
  load_words ();
  text_init ();
  tune_memory ();
  gdcm::Trace::WarningOff (); // it would write to the viewer's standard error
  gdcm::Trace::ErrorOff ();
  GDBusConnection *connection = connect_back ();
  if (!connection)
    return 1;
  PrcDBusCodec *codec = prc_dbus_codec_skeleton_new ();
  g_signal_connect (codec, "handle-describe", G_CALLBACK (on_describe), nullptr);
  g_signal_connect (codec, "handle-decode", G_CALLBACK (on_decode), nullptr);
  g_signal_connect (codec, "handle-dump", G_CALLBACK (on_dump), nullptr);
  g_signal_connect (codec, "handle-encode", G_CALLBACK (on_encode), nullptr);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), nullptr);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (codec), connection, "/codec",
                                         nullptr))
    return 1;
  int nowhere = open ("/dev/null", O_RDWR | O_CLOEXEC);
  GMainLoop *loop = g_main_loop_new (nullptr, FALSE);
  if (!confine ()) {
    fprintf (stderr, "precedent-codec: the kernel refuses to confine this process\n");
    return 1;
  }
#ifndef __SANITIZE_ADDRESS__ // libraries grumble about damaged files; nobody asked to read it
  for (int fd = 0; fd < SOCKET; fd++)
    dup2 (nowhere, fd);
#endif
  close (nowhere);
  g_dbus_connection_start_message_processing (connection);
  g_main_loop_run (loop);
  return 0;
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
