// SPDX-License-Identifier: Apache-2.0
// A codec that does what the first word of each file says: dies, hangs, lies. For the tests of the
// pool.
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "prc-codec-wire.h"

#define SOCKET 3

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

// Four pixels of 16 bits, or less of that, or none.
static GVariant *
decode (const PrcWireMessage *request, int *pixels) {
  g_autofree char *word = word_of (request->fds[0]);
  if (!g_str_has_prefix (word, "nowhere"))
    *pixels = memfd_create ("fake", MFD_ALLOW_SEALING | MFD_CLOEXEC);
  if (*pixels >= 0 && ftruncate (*pixels, g_str_has_prefix (word, "short") ? 6 : 8) != 0)
    abort ();
  if (!g_str_has_prefix (word, "unsealed"))
    fcntl (*pixels, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  GVariantBuilder b;
  g_variant_builder_init (&b, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&b, "{sv}", "SampleType", g_variant_new_uint32 (2));
  g_variant_builder_add (&b, "{sv}", "Rows", g_variant_new_uint32 (2));
  g_variant_builder_add (&b, "{sv}", "Columns", g_variant_new_uint32 (2));
  g_variant_builder_add (&b, "{sv}", "PixelAspect", g_variant_new_double (1));
  return g_variant_builder_end (&b);
}

// What is no answer: a request, a message without end, bytes without sense.
static void
babble (const PrcWireMessage *request) {
  g_autofree char *word = word_of (request->fds[0]);
  static const uint32_t endless[] = {PRC_WIRE_ANSWER, G_MAXUINT32}, strange[] = {99, 0};
  if (g_str_has_prefix (word, "echo"))
    prc_wire_send (SOCKET, PRC_WIRE_DECODE, g_variant_new ("()"), NULL, 0, NULL, NULL);
  if (g_str_has_prefix (word, "endless") && write (SOCKET, endless, sizeof endless) < 0)
    abort ();
  if (g_str_has_prefix (word, "strange") && write (SOCKET, strange, sizeof strange) < 0)
    abort ();
  if (g_str_has_prefix (word, "half") && write (SOCKET, endless, 4) > 0)
    _exit (0);
  if (g_str_has_prefix (word, "garbage"))
    prc_wire_send (SOCKET, PRC_WIRE_ANSWER, g_variant_new_string ("no dictionary at all"), NULL, 0,
                   NULL, NULL);
}

int
main (void) {
  PrcWireMessage request;
  while (prc_wire_receive (SOCKET, &request, NULL, NULL) == 0) {
    int pixels = -1;
    babble (&request);
    GVariant *body =
        request.kind == PRC_WIRE_DESCRIBE ? describe (&request) : decode (&request, &pixels);
    prc_wire_send (SOCKET, PRC_WIRE_ANSWER, body, &pixels, pixels >= 0, NULL, NULL);
    prc_wire_message_clear (&request);
    if (pixels >= 0)
      close (pixels);
  }
  return 0;
}
