// SPDX-License-Identifier: Apache-2.0
#include "prc-uid.h"

#include <glib.h>
#include <string.h>

void
prc_uid_of_uuid (uint64_t high, uint64_t low, char uid[PRC_UID_SIZE]) {
  unsigned __int128 value = (unsigned __int128)high << 64 | low;
  char digits[40];
  int n = 0;

  do
    digits[n++] = (char)('0' + (int)(value % 10));
  while (value /= 10);
  memcpy (uid, "2.25.", 5);
  for (int i = 0; i < n; i++)
    uid[5 + i] = digits[n - 1 - i];
  uid[5 + n] = '\0';
}

void
prc_uid_random (char uid[PRC_UID_SIZE]) {
  g_autofree char *uuid = g_uuid_string_random ();
  uint64_t halves[2] = {0, 0};
  unsigned n = 0;

  for (const char *c = uuid; *c; c++)
    if (*c != '-') {
      halves[n / 16] = halves[n / 16] << 4 | (uint64_t)g_ascii_xdigit_value (*c);
      n++;
    }
  prc_uid_of_uuid (halves[0], halves[1], uid);
}
