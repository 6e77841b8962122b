// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include "prc-codec-pool.h"
#include "prc-embedder.h"
#include "prc-library.h"
#include "prc-preprocess.h"

// What the subcommands of precedentctl share: options, complaints, JSON, progress, a clean stop on
// SIGINT.

typedef enum { CTL_DONE = 0, CTL_REFUSED = 1, CTL_USAGE = 2 } CtlStatus;

CtlStatus ctl_info (int argc, char **argv);
CtlStatus ctl_dump (int argc, char **argv);
CtlStatus ctl_render (int argc, char **argv);
CtlStatus ctl_segments (int argc, char **argv);
CtlStatus ctl_import (int argc, char **argv);
CtlStatus ctl_similar (int argc, char **argv);
CtlStatus ctl_embed (int argc, char **argv);
CtlStatus ctl_list (int argc, char **argv);
CtlStatus ctl_show (int argc, char **argv);
CtlStatus ctl_remove (int argc, char **argv);
CtlStatus ctl_verify (int argc, char **argv);
CtlStatus ctl_phantom (int argc, char **argv);

// Reads options; what is left stays in argv from 1 on. False when the call is wrong: a reason and
// the usage went to standard error. `operands` is what follows the options ("FILE..."), min and max
// how many (max -1: any number).
bool ctl_options (int *argc, char ***argv, const GOptionEntry *entries, const char *operands,
                  int min, int max);
CtlStatus ctl_usage (const char *format, ...) G_GNUC_PRINTF (1, 2); // says it and returns CTL_USAGE

CtlStatus ctl_complain (const char *path,
                        const GError *error); // "precedentctl: PATH: reason"; returns CTL_REFUSED
void ctl_complain_text (const char *path, const char *reason);
char *ctl_shown_path (const char *path); // on one line, without control characters; owned

GCancellable *ctl_cancellable (void); // cancelled by SIGINT and SIGTERM; borrowed

void ctl_progress (const char *phase, guint done,
                   guint total); // a bar on a terminal, a line every 5 s elsewhere
void ctl_progress_end (void);

void ctl_print_json (JsonBuilder *builder); // and ends the line
// File names may be any bytes: in JSON text (UTF-8) what is none becomes U+FFFD.
void ctl_json_text (JsonBuilder *builder, const char *text);
void ctl_json_string (JsonBuilder *builder, const char *name, const char *value);
void ctl_json_int (JsonBuilder *builder, const char *name, gint64 value);
void ctl_json_bool (JsonBuilder *builder, const char *name, bool value);
void ctl_json_number (JsonBuilder *builder, const char *name, double value);
// A refused file among several answers: {"path", "error"}.
void ctl_json_refusal (JsonBuilder *builder, const char *path, const GError *error);
// Number, label and codes of a segment, as members of the object at hand.
void ctl_json_segment_words (JsonBuilder *builder, const PrcSegment *segment);
// A segment of the library, as members of the object at hand.
void ctl_json_segment (JsonBuilder *builder, const PrcCaseSegment *segment);
void ctl_json_problems (JsonBuilder *builder, GPtrArray *problems); // PrcScanProblem

bool ctl_parse_region (const char *text, PrcRegion *region);                  // "X,Y,W,H"
bool ctl_parse_pair (const char *text, char separator, double *a, double *b); // "40,400", "512x512"

// The weights and an arena for `max_batch` slices. False: the reason was complained.
bool ctl_open_encoder (const char *path, PrcModel **model, PrcEmbedder **embedder,
                       unsigned max_batch);      // NULL path: the built-in one
PrcLibrary *ctl_open_library (const char *path); // NULL: the viewer's own; NULL back: complained

// Header and frame (from 1) of one file. NULL: `error` says why.
PrcInstance *ctl_describe (PrcCodecPool *pool, const char *path, GError **error);
PrcFrame *ctl_decode (PrcCodecPool *pool, PrcInstance *instance, int frame_number, GError **error);
