// SPDX-License-Identifier: Apache-2.0
// Messages over a socket pair: whole, in pieces, with descriptors, and what is no message.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "prc-codec-wire.h"

static int ends[2];

static void
open_ends (void) {
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
}

static void
close_ends (void) {
  close (ends[0]);
  close (ends[1]);
}

static int
wait_for (int socket, short events, gpointer data) {
  unsigned *waits = data;
  struct pollfd one = {socket, events, 0};
  (*waits)++;
  return poll (&one, 1, 10000) == 1 ? 0 : ETIMEDOUT;
}

static GVariant *
numbers (size_t n) {
  g_autofree double *v = g_new (double, n);
  for (size_t i = 0; i < n; i++)
    v[i] = (double)i;
  return g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, v, n, sizeof (double));
}

static gpointer
send_much (gpointer data) {
  PrcWireLetter letter = {PRC_WIRE_ANSWER, numbers (1000000), 77, (const int *)data, 2};
  g_assert_cmpint (prc_wire_send (ends[0], &letter, NULL, NULL), ==, 0);
  return NULL;
}

// Eight megabytes go through a socket in many pieces; the descriptors arrive once.
static void
test_in_pieces (void) {
  int pipes[2];
  unsigned waits = 0;
  PrcWireMessage message;
  open_ends ();
  g_assert_cmpint (pipe (pipes), ==, 0);
  fcntl (ends[1], F_SETFL, O_NONBLOCK);
  GThread *thread = g_thread_new ("sender", send_much, pipes);
  g_assert_cmpint (prc_wire_receive (ends[1], &message, wait_for, &waits), ==, 0);
  g_thread_join (thread);
  g_assert_cmpint (message.kind, ==, PRC_WIRE_ANSWER);
  g_assert_cmpuint (message.bulk, ==, 77);
  g_assert_cmpuint (message.n_fds, ==, 2);
  g_assert_cmpuint (waits, >, 0);
  g_autoptr (GVariant) expected = g_variant_ref_sink (numbers (1000000));
  g_autoptr (GVariant) body =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE ("ad"), message.body, FALSE));
  g_assert_true (g_variant_equal (body, expected));
  // They are the ends of the pipe.
  char byte = 0;
  g_assert_cmpint (write (message.fds[1], "x", 1), ==, 1);
  g_assert_cmpint (read (pipes[0], &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, 'x');
  int fd = message.fds[0];
  prc_wire_message_clear (&message);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
  close (pipes[0]);
  close (pipes[1]);
  close_ends ();
}

static void
expect (const void *bytes, size_t n, int status) {
  PrcWireMessage message;
  open_ends ();
  g_assert_cmpint (write (ends[0], bytes, n), ==, (ssize_t)n);
  shutdown (ends[0], SHUT_WR);
  g_assert_cmpint (prc_wire_receive (ends[1], &message, NULL, NULL), ==, status);
  g_assert_null (message.body);
  close_ends ();
}

static void
test_no_message (void) {
  const uint32_t unknown[] = {PRC_WIRE_FAILURE + 1, 0, 0}, endless[] = {PRC_WIRE_ANSWER, -1u, 0},
                 much[] = {PRC_WIRE_ANSWER, 0, PRC_WIRE_MEMORY_SIZE + 1},
                 half[] = {PRC_WIRE_ANSWER, 100, 0, 1};
  expect (unknown, sizeof unknown, EPROTO);
  expect (endless, sizeof endless, EPROTO);
  expect (much, sizeof much, EPROTO);
  expect (half, sizeof half, ECONNRESET);
  expect (half, 5, ECONNRESET);
  expect ("", 0, ECONNRESET);
}

// Nobody at the other end: an error, not a signal.
static void
test_nobody_there (void) {
  open_ends ();
  close (ends[1]);
  PrcWireLetter letter = {.kind = PRC_WIRE_DUMP, .body = g_variant_new ("()")};
  g_assert_cmpint (prc_wire_send (ends[0], &letter, NULL, NULL), ==, ECONNRESET);
  close (ends[0]);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/wire/in-pieces", test_in_pieces);
  g_test_add_func ("/codec/wire/no-message", test_no_message);
  g_test_add_func ("/codec/wire/nobody-there", test_nobody_there);
  return g_test_run ();
}
