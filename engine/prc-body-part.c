// SPDX-License-Identifier: Apache-2.0
#include "prc-body-part.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

#define MAX_TERM 64 // bytes; LO has 64 characters, CS 16

// A bit for a part that others are composed of, or are called by other names.
enum {
  ABDOMEN = 1 << 0,
  BREAST = 1 << 1,
  CHEST = 1 << 2,
  CSPINE = 1 << 3,
  EXTREMITY = 1 << 4,
  HEAD = 1 << 5,
  HEART = 1 << 6,
  KIDNEY = 1 << 7,
  LEG = 1 << 8,
  LSPINE = 1 << 9,
  NECK = 1 << 10,
  PELVIS = 1 << 11,
  SSPINE = 1 << 12,
  TSPINE = 1 << 13,
  WHOLEBODY = 1 << 14,
  ARM = 1 << 15,
};

// Letters and digits only, upper case.
static const struct {
  const char *term;
  uint32_t parts;
} terms[] = {
    {"ABD", ABDOMEN},
    {"ABDO", ABDOMEN},
    {"ABDOMEN", ABDOMEN},
    {"ABDOMENANDPELVIS", ABDOMEN | PELVIS},
    {"ABDOMENPELVIS", ABDOMEN | PELVIS},
    {"ABDPEL", ABDOMEN | PELVIS},
    {"ABDPELV", ABDOMEN | PELVIS},
    {"ABDPELVIS", ABDOMEN | PELVIS},
    {"ARM", ARM},
    {"ARMS", ARM},
    {"BODY", WHOLEBODY},
    {"BREAST", BREAST},
    {"BREASTS", BREAST},
    {"CAP", CHEST | ABDOMEN | PELVIS},
    {"CARDIAC", HEART},
    {"CERVICALSPINE", CSPINE},
    {"CHEST", CHEST},
    {"CHESTABD", CHEST | ABDOMEN},
    {"CHESTABDOMEN", CHEST | ABDOMEN},
    {"CHESTABDOMENPELVIS", CHEST | ABDOMEN | PELVIS},
    {"CHESTABDPEL", CHEST | ABDOMEN | PELVIS},
    {"CHESTABDPELV", CHEST | ABDOMEN | PELVIS},
    {"CHESTABDPELVIS", CHEST | ABDOMEN | PELVIS},
    {"CSPINE", CSPINE},
    {"CTLSPINE", CSPINE | TSPINE | LSPINE},
    {"CTSPINE", CSPINE | TSPINE},
    {"DORSALSPINE", TSPINE},
    {"DSPINE", TSPINE},
    {"EXTREMITIES", EXTREMITY},
    {"EXTREMITY", EXTREMITY},
    {"FULLBODY", WHOLEBODY},
    {"HEAD", HEAD},
    {"HEADANDNECK", HEAD | NECK},
    {"HEADNECK", HEAD | NECK},
    {"HEADNECKCHEST", HEAD | NECK | CHEST},
    {"HEART", HEART},
    {"KIDNEY", KIDNEY},
    {"KIDNEYS", KIDNEY},
    {"LEG", LEG},
    {"LEGS", LEG},
    {"LOWEREXTREMITY", EXTREMITY | LEG},
    {"LOWERLEG", LEG},
    {"LSPINE", LSPINE},
    {"LSSPINE", LSPINE | SSPINE},
    {"LUMBARSPINE", LSPINE},
    {"LUMBOSACRALSPINE", LSPINE | SSPINE},
    {"MAMMA", BREAST},
    {"NECK", NECK},
    {"NECKCHEST", NECK | CHEST},
    {"NECKCHESTABDOMEN", NECK | CHEST | ABDOMEN},
    {"NECKCHESTABDPELV", NECK | CHEST | ABDOMEN | PELVIS},
    {"NECKCHESTABDPELVIS", NECK | CHEST | ABDOMEN | PELVIS},
    {"PELVIS", PELVIS},
    {"SACRALSPINE", SSPINE},
    {"SSPINE", SSPINE},
    {"TAP", CHEST | ABDOMEN | PELVIS},
    {"THORACICSPINE", TSPINE},
    {"THORAX", CHEST},
    {"TLSPINE", TSPINE | LSPINE},
    {"TSPINE", TSPINE},
    {"UPPEREXTREMITY", EXTREMITY | ARM},
    {"WB", WHOLEBODY},
    {"WHOLEBODY", WHOLEBODY},
};

static void
plain (const char *text, char out[MAX_TERM]) {
  size_t n = 0;
  for (; *text && n + 1 < MAX_TERM; text++)
    if (g_ascii_isalnum (*text) || (guchar)*text >= 0x80)
      out[n++] = g_ascii_toupper (*text);
  out[n] = '\0';
}

// The table is short, and who asks about many series asks about the same few terms.
static uint32_t
parts_of (const char *term) {
  for (size_t i = 0; i < G_N_ELEMENTS (terms); i++)
    if (strcmp (terms[i].term, term) == 0)
      return terms[i].parts;
  return 0;
}

bool
prc_body_part_holds (const char *examined, const char *wanted) {
  char have[MAX_TERM], want[MAX_TERM];
  plain (examined, have);
  plain (wanted, want);
  if (!*have || !*want)
    return false;
  const uint32_t have_parts = parts_of (have), want_parts = parts_of (want);
  return strcmp (have, want) == 0 || (want_parts && (have_parts & want_parts) == want_parts);
}
