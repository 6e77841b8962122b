// SPDX-License-Identifier: Apache-2.0
#include "prc-codec-wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_BODY (256u << 20)

typedef struct {
  uint32_t kind, size, bulk;
} Head;

void
prc_wire_message_clear (PrcWireMessage *message) {
  for (unsigned i = 0; i < message->n_fds; i++)
    if (message->fds[i] >= 0)
      close (message->fds[i]);
  message->n_fds = 0;
  g_clear_pointer (&message->body, g_bytes_unref);
}

// What to do after a call that moved nothing: 0 to try again.
static int
after_failure (int socket, short events, PrcWireWait wait, gpointer data) {
  if (errno == EINTR)
    return 0;
  if (errno == EAGAIN && wait)
    return wait (socket, events, data);
  return errno == EPIPE ? ECONNRESET : errno;
}

static void
attach (struct msghdr *message, char *control, const int *fds, unsigned n_fds) {
  message->msg_control = control;
  message->msg_controllen = CMSG_SPACE (n_fds * sizeof (int));
  struct cmsghdr *c = CMSG_FIRSTHDR (message);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN (n_fds * sizeof (int));
  memcpy (CMSG_DATA (c), fds, n_fds * sizeof (int));
}

// Behind the first `n` bytes of both parts.
static void
advance (struct iovec parts[2], size_t n) {
  for (unsigned i = 0; i < 2; i++) {
    size_t step = MIN (n, parts[i].iov_len);
    parts[i].iov_base = (char *)parts[i].iov_base + step;
    parts[i].iov_len -= step;
    n -= step;
  }
}

int
prc_wire_send (int socket, const PrcWireLetter *letter, PrcWireWait wait, gpointer data) {
  g_autoptr (GVariant) owned = g_variant_ref_sink (letter->body);
  size_t size = g_variant_get_size (owned);
  if (size > MAX_BODY || letter->n_fds > PRC_WIRE_MAX_FDS)
    return EMSGSIZE;
  Head head = {letter->kind, (uint32_t)size, letter->bulk};
  struct iovec parts[2] = {{&head, sizeof head}, {(void *)g_variant_get_data (owned), size}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  _Alignas(struct cmsghdr) char control[CMSG_SPACE (PRC_WIRE_MAX_FDS * sizeof (int))] = {0};
  if (letter->n_fds)
    attach (&message, control, letter->fds, letter->n_fds);
  while (parts[0].iov_len + parts[1].iov_len) {
    ssize_t n = sendmsg (socket, &message, MSG_NOSIGNAL);
    if (n > 0) {
      advance (parts, (size_t)n);
      message.msg_control = NULL; // went with the first byte
      message.msg_controllen = 0;
    } else {
      int status = after_failure (socket, POLLOUT, wait, data);
      if (status)
        return status;
    }
  }
  return 0;
}

static bool
take_fds (struct msghdr *from, PrcWireMessage *to) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR (from); c; c = CMSG_NXTHDR (from, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
      continue;
    unsigned n = (unsigned)((c->cmsg_len - CMSG_LEN (0)) / sizeof (int));
    for (unsigned i = 0; i < n; i++) {
      int fd;
      memcpy (&fd, CMSG_DATA (c) + i * sizeof fd, sizeof fd);
      if (to->n_fds < PRC_WIRE_MAX_FDS)
        to->fds[to->n_fds++] = fd;
      else
        close (fd);
    }
  }
  return !(from->msg_flags & MSG_CTRUNC);
}

// Exactly `size` bytes; descriptors that come along go into `message`.
static int
receive_bytes (int socket, void *to, size_t size, PrcWireMessage *message, PrcWireWait wait,
               gpointer data) {
  while (size) {
    _Alignas(struct cmsghdr) char control[CMSG_SPACE (PRC_WIRE_MAX_FDS * sizeof (int))];
    struct iovec part = {to, size};
    struct msghdr header = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control};
    ssize_t n = recvmsg (socket, &header, MSG_CMSG_CLOEXEC);
    if (n == 0)
      return ECONNRESET;
    if (n > 0) {
      if (!take_fds (&header, message))
        return EPROTO;
      to = (char *)to + n;
      size -= (size_t)n;
    } else {
      int status = after_failure (socket, POLLIN, wait, data);
      if (status)
        return status;
    }
  }
  return 0;
}

int
prc_wire_receive (int socket, PrcWireMessage *message, PrcWireWait wait, gpointer data) {
  Head head;
  message->body = NULL;
  message->n_fds = 0;
  int status = receive_bytes (socket, &head, sizeof head, message, wait, data);
  if (status == 0 &&
      (head.kind > PRC_WIRE_FAILURE || head.size > MAX_BODY || head.bulk > PRC_WIRE_MEMORY_SIZE))
    status = EPROTO;
  void *body = status == 0 ? g_try_malloc (MAX (head.size, 1)) : NULL;
  if (status == 0 && !body)
    status = ENOMEM;
  if (status == 0)
    status = receive_bytes (socket, body, head.size, message, wait, data);
  if (status) {
    g_free (body);
    prc_wire_message_clear (message);
    return status;
  }
  message->kind = head.kind;
  message->bulk = head.bulk;
  message->body = g_bytes_new_take (body, head.size);
  return 0;
}
