// SPDX-License-Identifier: Apache-2.0
#include "prc-codec-process.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "prc-imaging-error.h"

#define CODEC_ERROR_PREFIX "io.github.precedent_viewer.Codec.Error"
#define CHILD_SOCKET       3

struct _PrcCodecProcess {
  pid_t pid; // atomic: 0 once it was waited for
  GDBusConnection *connection;
};

extern char **environ;

static bool
spawn (const char *executable, int socket, pid_t *pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t signals;
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_adddup2 (&actions, socket, CHILD_SOCKET);
  posix_spawnattr_init (&attributes);
  sigemptyset (&signals);
  posix_spawnattr_setsigmask (&attributes, &signals);
  sigfillset (&signals);
  posix_spawnattr_setsigdefault (&attributes, &signals);
  posix_spawnattr_setpgroup (&attributes, 0); // Ctrl+C in a terminal is the viewer's to handle
  posix_spawnattr_setflags (&attributes,
                            POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  char *argv[] = {(char *)executable, (char *)"--serve", NULL};
  int status = posix_spawn (pid, executable, &actions, &attributes, argv, environ);
  posix_spawn_file_actions_destroy (&actions);
  posix_spawnattr_destroy (&attributes);
  return status == 0;
}

static GDBusConnection *
connect_to (int fd, GError **error) {
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, error);
  if (!socket) {
    close (fd);
    return NULL;
  }
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  GDBusConnection *connection = g_dbus_connection_new_sync (
      G_IO_STREAM (stream), NULL, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, error);
  if (connection)
    g_dbus_connection_set_exit_on_close (connection, FALSE);
  return connection;
}

PrcCodecProcess *
prc_codec_process_start (const char *executable, GError **error) {
  int ends[2];
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC,
                 _ ("The decoder cannot be started: %s"), g_strerror (errno));
    return NULL;
  }
  g_autoptr (PrcCodecProcess) process = g_new0 (PrcCodecProcess, 1);
  bool started = spawn (executable, ends[1], &process->pid);
  close (ends[1]);
  if (!started) {
    process->pid = 0;
    close (ends[0]);
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC,
                 _ ("The decoder cannot be started: %s"), executable);
    return NULL;
  }
  g_autoptr (GError) why = NULL;
  process->connection = connect_to (ends[0], &why);
  if (!process->connection) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC,
                 _ ("The decoder cannot be started: %s"), why->message);
    return NULL;
  }
  return g_steal_pointer (&process);
}

void
prc_codec_process_kill (PrcCodecProcess *process) {
  pid_t pid = g_atomic_int_get (&process->pid);
  if (pid > 0)
    kill (pid, SIGKILL);
}

bool
prc_codec_process_is_alive (PrcCodecProcess *process) {
  if (process->pid > 0 && waitpid (process->pid, NULL, WNOHANG) != 0)
    g_atomic_int_set (&process->pid, 0);
  return process->pid > 0 && !g_dbus_connection_is_closed (process->connection);
}

void
prc_codec_process_free (PrcCodecProcess *process) {
  if (process->pid > 0) {
    kill (process->pid, SIGKILL);
    while (waitpid (process->pid, NULL, 0) < 0 && errno == EINTR)
      continue;
  }
  if (process->connection)
    g_dbus_connection_close (process->connection, NULL, NULL, NULL);
  g_clear_object (&process->connection);
  g_free (process);
}

// What the codec said, or what its silence means.
static void
set_call_error (GError **error, GError *why, unsigned limit_ms) {
  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, g_error_copy (why));
    return;
  }
  g_autofree char *name =
      g_dbus_error_is_remote_error (why) ? g_dbus_error_get_remote_error (why) : NULL;
  if (name && g_str_has_prefix (name, CODEC_ERROR_PREFIX)) {
    guint64 code = g_ascii_strtoull (name + strlen (CODEC_ERROR_PREFIX), NULL, 10);
    g_dbus_error_strip_remote_error (why);
    g_set_error_literal (error, PRC_IMAGING_ERROR,
                         code <= PRC_IMAGING_ERROR_ARGUMENT ? (int)code : PRC_IMAGING_ERROR_DAMAGED,
                         why->message);
  } else if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC,
                 _ ("The decoder did not answer within %g s and was stopped"), limit_ms / 1000.0);
  } else {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC,
                         _ ("The decoder broke down on this file"));
  }
}

typedef struct {
  GVariant *reply;
  GUnixFDList *fds;
  GError *error;
  bool done;
} Call;

static void
on_reply (GObject *connection, GAsyncResult *result, gpointer data) {
  Call *call = data;
  call->reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (connection),
                                                                 &call->fds, result, &call->error);
  call->done = true;
}

// Runs the thread's own context rather than the call's, so that the pool can set an alarm in it.
GVariant *
prc_codec_process_call (PrcCodecProcess *process, const char *method, GVariant *arguments,
                        const GVariantType *reply_type, GUnixFDList *fds, unsigned limit_ms,
                        GUnixFDList **out_fds, GCancellable *cancellable, GError **error) {
  g_autoptr (GUnixFDList) owned = fds;
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  Call call = {0};
  g_dbus_connection_call_with_unix_fd_list (
      process->connection, NULL, "/codec", "io.github.precedent_viewer.Codec", method, arguments,
      reply_type, G_DBUS_CALL_FLAGS_NO_AUTO_START, (int)MIN (limit_ms, G_MAXINT), owned,
      cancellable, on_reply, &call);
  while (!call.done)
    g_main_context_iteration (context, TRUE);
  if (!call.reply)
    set_call_error (error, call.error, limit_ms);
  g_clear_error (&call.error);
  if (out_fds)
    *out_fds = g_steal_pointer (&call.fds);
  g_clear_object (&call.fds);
  return call.reply;
}
