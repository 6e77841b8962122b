// SPDX-License-Identifier: Apache-2.0
// A codec that does what the first word of each file says: dies, hangs, lies. For the tests of the
// pool.
#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "prc-codec-interface.h"

static char *
word_of (int fd) {
  char text[32] = "";
  ssize_t n = pread (fd, text, sizeof text - 1, 0);
  text[MAX (n, 0)] = '\0';
  if (g_str_has_prefix (text, "die"))
    abort ();
  if (g_str_has_prefix (text, "kill"))
    kill (getpid (), SIGKILL);
  if (g_str_has_prefix (text, "hang"))
    pause ();
  return g_strdup (text);
}

static GVariant *
record_of (int fd) {
  g_autofree char *word = word_of (fd);
  GVariantBuilder b;
  g_variant_builder_init (&b, G_VARIANT_TYPE_VARDICT);
  if (g_str_has_prefix (word, "refuse"))
    g_variant_builder_add (&b, "{sv}", "Error", g_variant_new ("(us)", 3, "As the file says"));
  g_variant_builder_add (&b, "{sv}", "SOPInstanceUID", g_variant_new_string (word));
  g_variant_builder_add (&b, "{sv}", "IsImage", g_variant_new_boolean (FALSE));
  return g_variant_builder_end (&b);
}

static gboolean
on_describe (PrcDBusCodec *codec, GDBusMethodInvocation *invocation, GUnixFDList *fds,
             GVariant *files, gpointer data) {
  GVariantBuilder b;
  int n = 0;
  const int *all = fds ? g_unix_fd_list_peek_fds (fds, &n) : NULL;
  g_variant_builder_init (&b, G_VARIANT_TYPE ("aa{sv}"));
  for (int i = 0; i < n; i++)
    g_variant_builder_add_value (&b, record_of (all[i]));
  prc_dbus_codec_complete_describe (codec, invocation, NULL, g_variant_builder_end (&b));
  return TRUE;
}

// Four pixels of 16 bits, or less of that.
static gboolean
on_decode (PrcDBusCodec *codec, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *file,
           guint frame, gpointer data) {
  int n;
  g_autofree char *word = word_of (g_unix_fd_list_peek_fds (fds, &n)[0]);
  int fd = memfd_create ("fake", MFD_ALLOW_SEALING | MFD_CLOEXEC);
  if (ftruncate (fd, g_str_has_prefix (word, "short") ? 6 : 8) != 0)
    abort ();
  if (!g_str_has_prefix (word, "unsealed"))
    fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  GVariantBuilder b;
  g_variant_builder_init (&b, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&b, "{sv}", "SampleType", g_variant_new_uint32 (2));
  g_variant_builder_add (&b, "{sv}", "Rows", g_variant_new_uint32 (2));
  g_variant_builder_add (&b, "{sv}", "Columns", g_variant_new_uint32 (2));
  g_variant_builder_add (&b, "{sv}", "PixelAspect", g_variant_new_double (1));
  g_autoptr (GUnixFDList) out = g_unix_fd_list_new_from_array (&fd, 1);
  int handle = g_str_has_prefix (word, "nowhere") ? 7 : 0;
  prc_dbus_codec_complete_decode (codec, invocation, out, g_variant_new_handle (handle),
                                  g_variant_builder_end (&b));
  return TRUE;
}

static void
on_closed (GDBusConnection *connection, gboolean vanished, GError *error, gpointer data) {
  _exit (0);
}

int
main (void) {
  g_autoptr (GSocket) socket = g_socket_new_from_fd (3, NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  g_autofree char *guid = g_dbus_generate_guid ();
  g_autoptr (GDBusConnection) connection =
      g_dbus_connection_new_sync (G_IO_STREAM (stream), guid,
                                  G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER |
                                      G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
                                  NULL, NULL, NULL);
  g_autoptr (PrcDBusCodec) codec = prc_dbus_codec_skeleton_new ();
  g_signal_connect (codec, "handle-describe", G_CALLBACK (on_describe), NULL);
  g_signal_connect (codec, "handle-decode", G_CALLBACK (on_decode), NULL);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), NULL);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (codec), connection, "/codec", NULL);
  g_dbus_connection_start_message_processing (connection);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (loop);
  return 0;
}
