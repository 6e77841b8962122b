// SPDX-License-Identifier: Apache-2.0
// A codec that does what the first word of each file says: dies, hangs, lies. For the tests of the
// pool.
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "prc-codec-wire.h"

#define SOCKET PRC_WIRE_CHILD_SOCKET

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

static GVariant *
describe (const PrcWireMessage *request) {
  GVariantBuilder b;
  g_variant_builder_init (&b, G_VARIANT_TYPE ("aa{sv}"));
  for (unsigned i = 0; i < request->n_fds; i++)
    g_variant_builder_add_value (&b, record_of (request->fds[i]));
  return g_variant_builder_end (&b);
}

static GVariant *
reading (void) { // four pixels of 16 bits
  GVariantBuilder b;
  g_variant_builder_init (&b, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&b, "{sv}", "SampleType", g_variant_new_uint32 (2));
  g_variant_builder_add (&b, "{sv}", "Rows", g_variant_new_uint32 (2));
  g_variant_builder_add (&b, "{sv}", "Columns", g_variant_new_uint32 (2));
  g_variant_builder_add (&b, "{sv}", "PixelAspect", g_variant_new_double (1));
  return g_variant_builder_end (&b);
}

static void
say (PrcWireKind kind, GVariant *body, uint32_t bulk, int fd) {
  PrcWireLetter letter = {kind, body, bulk, &fd, fd >= 0};
  prc_wire_send (SOCKET, &letter, NULL, NULL);
}

// Samples in a file of their own, or not all of them.
static void
decode_to_file (const char *word) {
  int fd = memfd_create ("fake", MFD_ALLOW_SEALING | MFD_CLOEXEC);
  if (ftruncate (fd, g_str_has_prefix (word, "short") ? 6 : 8) != 0)
    abort ();
  if (!g_str_has_prefix (word, "unsealed"))
    fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  say (PRC_WIRE_ANSWER, reading (), 0, fd);
  close (fd);
}

// Samples in the shared memory, each byte the first letter of the word.
static void
decode_to_memory (const char *word, uint8_t *memory) {
  memset (memory, word[0], PRC_WIRE_MEMORY_SIZE);
  if (g_str_has_prefix (word, "shrink") && ftruncate (PRC_WIRE_CHILD_MEMORY, 0) == 0)
    abort ();
  uint32_t bulk = g_str_has_prefix (word, "few")       ? 6
                  : g_str_has_prefix (word, "many")    ? PRC_WIRE_MEMORY_SIZE + 1
                  : g_str_has_prefix (word, "nowhere") ? 0
                                                       : 8;
  say (PRC_WIRE_ANSWER, reading (), bulk, -1);
}

// What is no answer: a request, a message without end, bytes without sense.
static bool
babble (const char *word) {
  static const uint32_t endless[] = {PRC_WIRE_ANSWER, G_MAXUINT32, 0}, strange[] = {99, 0, 0};
  if (g_str_has_prefix (word, "echo"))
    say (PRC_WIRE_DECODE, g_variant_new ("()"), 0, -1);
  else if (g_str_has_prefix (word, "endless"))
    return write (SOCKET, endless, sizeof endless) > 0;
  else if (g_str_has_prefix (word, "strange"))
    return write (SOCKET, strange, sizeof strange) > 0;
  else if (g_str_has_prefix (word, "half"))
    _exit (write (SOCKET, endless, 4) < 0);
  else if (g_str_has_prefix (word, "garbage"))
    say (PRC_WIRE_ANSWER, g_variant_new_string ("no dictionary at all"), 8, -1);
  else
    return false;
  return true;
}

// Eight bytes of the file itself.
static bool
decode_to_request (const char *word, int fd) {
  if (!g_str_has_prefix (word, "returned"))
    return false;
  say (PRC_WIRE_ANSWER, reading (), 0, fd);
  return true;
}

static void
decode (const PrcWireMessage *request, uint8_t *memory) {
  static const char *const in_memory[] = {"memory", "few", "many", "nowhere", "shrink", "zeal"};
  g_autofree char *word = word_of (request->fds[0]);
  if (babble (word) || decode_to_request (word, request->fds[0]))
    return;
  for (unsigned i = 0; i < G_N_ELEMENTS (in_memory); i++)
    if (g_str_has_prefix (word, in_memory[i])) {
      decode_to_memory (word, memory);
      return;
    }
  decode_to_file (word);
}

int
main (void) {
  PrcWireMessage request;
  uint8_t *memory = mmap (NULL, PRC_WIRE_MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
                          PRC_WIRE_CHILD_MEMORY, 0);
  while (prc_wire_receive (SOCKET, &request, NULL, NULL) == 0) {
    if (request.kind == PRC_WIRE_DESCRIBE)
      say (PRC_WIRE_ANSWER, describe (&request), 0, -1);
    else
      decode (&request, memory);
    prc_wire_message_clear (&request);
  }
  return 0;
}
