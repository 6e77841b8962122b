// SPDX-License-Identifier: Apache-2.0
#include "prc-codec-process.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "prc-imaging-error.h"
#include "prc-text.h"

#define MAX_BULK     ((goffset)2 << 30)
#define MAX_SENTENCE 512

struct _PrcCodecProcess {
  pid_t pid; // atomic: 0 once it was waited for
  int socket;
  const void *memory; // shared; the codec may write into it at any time
};

extern char **environ;

static bool
spawn (const char *executable, int socket, int memory, pid_t *pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t signals;
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_adddup2 (&actions, socket, PRC_WIRE_CHILD_SOCKET);
  posix_spawn_file_actions_adddup2 (&actions, memory, PRC_WIRE_CHILD_MEMORY);
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

// Memory of a size that nobody can change: reading it cannot fail. -1 when there is none.
static int
make_memory (const void **map) {
  int fd = memfd_create ("precedent", MFD_ALLOW_SEALING | MFD_CLOEXEC);
  const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  if (fd >= 0 && ftruncate (fd, PRC_WIRE_MEMORY_SIZE) == 0 && fcntl (fd, F_ADD_SEALS, seals) == 0) {
    void *data = mmap (NULL, PRC_WIRE_MEMORY_SIZE, PROT_READ, MAP_SHARED, fd, 0);
    if (data != MAP_FAILED) {
      *map = data;
      return fd;
    }
  }
  if (fd >= 0)
    close (fd);
  return -1;
}

PrcCodecProcess *
prc_codec_process_start (const char *executable, GError **error) {
  int ends[2] = {-1, -1};
  g_autoptr (PrcCodecProcess) process = g_new0 (PrcCodecProcess, 1);
  int memory = make_memory (&process->memory);
  bool ready = memory >= 0 && socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0;
  int status = ready ? 0 : errno;
  process->socket = ends[0];
  if (ready)
    fcntl (ends[0], F_SETFL, O_NONBLOCK);
  // Not at a number that the child's own end is going to get.
  int child = ready ? fcntl (ends[1], F_DUPFD_CLOEXEC, PRC_WIRE_CHILD_MEMORY + 1) : -1;
  int child_memory = ready ? fcntl (memory, F_DUPFD_CLOEXEC, PRC_WIRE_CHILD_MEMORY + 1) : -1;
  bool started = ready && spawn (executable, child, child_memory, &process->pid);
  int done[] = {memory, ends[1], child, child_memory};
  for (unsigned i = 0; i < G_N_ELEMENTS (done); i++)
    if (done[i] >= 0)
      close (done[i]);
  if (started)
    return g_steal_pointer (&process);
  process->pid = 0;
  g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC,
               _ ("The decoder cannot be started: %s"), status ? g_strerror (status) : executable);
  return NULL;
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
  return process->pid > 0;
}

void
prc_codec_process_free (PrcCodecProcess *process) {
  if (process->pid > 0) {
    kill (process->pid, SIGKILL);
    while (waitpid (process->pid, NULL, 0) < 0 && errno == EINTR)
      continue;
  }
  if (process->socket >= 0)
    close (process->socket);
  if (process->memory)
    munmap ((void *)process->memory, PRC_WIRE_MEMORY_SIZE);
  g_free (process);
}

void
prc_codec_patience_init (PrcCodecPatience *patience) {
  patience->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  patience->ends = G_MAXINT64;
}

void
prc_codec_patience_clear (PrcCodecPatience *patience) {
  close (patience->wake);
}

void
prc_codec_patience_reset (PrcCodecPatience *patience) {
  eventfd_t ignored;
  patience->ends = G_MAXINT64;
  eventfd_read (patience->wake, &ignored);
}

void
prc_codec_patience_end_at (PrcCodecPatience *patience, gint64 when) {
  patience->ends = when;
  eventfd_write (patience->wake, 1);
}

bool
prc_codec_patience_is_over (PrcCodecPatience *patience) {
  return g_get_monotonic_time () >= patience->ends;
}

typedef struct {
  gint64 limit; // monotonic microseconds
  PrcCodecPatience *patience;
} Wait;

// Until the socket is ready; ETIMEDOUT over the limit, ECANCELED when patience is over.
static int
wait_for (int socket, short events, gpointer data) {
  const Wait *wait = data;
  for (;;) {
    gint64 now = g_get_monotonic_time (), until = MIN (wait->limit, wait->patience->ends);
    if (now >= until)
      return until == wait->limit ? ETIMEDOUT : ECANCELED;
    struct pollfd both[2] = {{socket, events, 0}, {wait->patience->wake, POLLIN, 0}};
    gint64 ms = (until - now + 999) / 1000;
    if (poll (both, 2, (int)MIN (ms, G_MAXINT)) < 0 && errno != EINTR)
      return errno;
    if (both[0].revents)
      return 0;
    eventfd_t ignored;
    if (both[1].revents)
      eventfd_read (wait->patience->wake, &ignored);
  }
}

static void
set_status_error (GError **error, int status, unsigned limit_ms) {
  if (status == ECANCELED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
  else if (status == ETIMEDOUT)
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC,
                 _ ("The decoder did not answer within %g s and was stopped"), limit_ms / 1000.0);
  else
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC,
                         _ ("The decoder broke down on this file"));
}

static void
take_failure (const PrcWireMessage *answer, GError **error) {
  g_autoptr (GVariant) failure =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE ("(us)"), answer->body, FALSE));
  uint32_t code;
  const char *sentence;
  g_variant_get (failure, "(u&s)", &code, &sentence);
  g_autofree char *safe = prc_text_safe (sentence, -1, MAX_SENTENCE, false);
  g_set_error_literal (error, PRC_IMAGING_ERROR,
                       code <= PRC_IMAGING_ERROR_ARGUMENT ? (int)code : PRC_IMAGING_ERROR_DAMAGED,
                       safe);
}

typedef struct {
  void *data;
  size_t size;
} Map;

static void
unmap (gpointer data) {
  Map *map = data;
  munmap (map->data, map->size);
  g_free (map);
}

// A descriptor as bytes. Sealed, or a codec gone bad could change them under us, or cut the file and
// have us killed. NULL when it is not.
static GBytes *
map_sealed (int fd) {
  const int needed = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  int seals = fcntl (fd, F_GET_SEALS); // -1, all bits, of a file that knows none
  struct stat st = {0};
  void *data = MAP_FAILED;
  if (seals >= 0 && (seals & needed) == needed && fstat (fd, &st) == 0 && st.st_size > 0 &&
      st.st_size <= MAX_BULK)
    data = mmap (NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
  if (data == MAP_FAILED)
    return NULL;
  Map *map = g_new (Map, 1);
  *map = (Map){data, (size_t)st.st_size};
  return g_bytes_new_with_free_func (data, map->size, unmap, map);
}

// What came with an answer. A copy of the shared memory: whatever the codec writes there later.
static GBytes *
take_bulk (PrcCodecProcess *process, const PrcWireMessage *answer) {
  if (answer->n_fds)
    return map_sealed (answer->fds[0]);
  return g_bytes_new (process->memory, answer->bulk);
}

// The whole is checked once: GLib would else check the beginning of a list again for each of its
// children, which takes minutes where there are many.
static GVariant *
take_reply (PrcCodecProcess *process, const PrcCodecCall *call, const PrcWireMessage *answer,
            GBytes **bulk, GError **error) {
  g_autoptr (GVariant) reply = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE (call->reply_type), answer->body, FALSE));
  if (g_variant_is_normal_form (reply) && (!bulk || (*bulk = take_bulk (process, answer))))
    return g_steal_pointer (&reply);
  g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC,
                       _ ("The decoder gave an answer that cannot be used"));
  return NULL;
}

GVariant *
prc_codec_process_call (PrcCodecProcess *process, const PrcCodecCall *call,
                        PrcCodecPatience *patience, GBytes **bulk, GError **error) {
  gint64 limit = g_get_monotonic_time () + (gint64)call->limit_ms * 1000;
  Wait wait = {limit, patience};
  g_autoptr (GVariant) arguments = g_variant_ref_sink (call->arguments);
  PrcWireLetter letter = {call->kind, arguments, 0, call->fds, call->n_fds};
  PrcWireMessage answer = {0};
  int status = prc_codec_patience_is_over (patience) ? ECANCELED : 0;
  if (status == 0)
    status = prc_wire_send (process->socket, &letter, wait_for, &wait);
  if (status == 0)
    status = prc_wire_receive (process->socket, &answer, wait_for, &wait);
  if (status && prc_codec_patience_is_over (patience)) // the process may have been killed for it
    status = ECANCELED;
  if (status == 0 && answer.kind != PRC_WIRE_ANSWER && answer.kind != PRC_WIRE_FAILURE)
    status = EPROTO;
  GVariant *reply = NULL;
  if (status)
    set_status_error (error, status, call->limit_ms);
  else if (answer.kind == PRC_WIRE_FAILURE)
    take_failure (&answer, error);
  else
    reply = take_reply (process, call, &answer, bulk, error);
  prc_wire_message_clear (&answer);
  return reply;
}
