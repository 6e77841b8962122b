// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

#include "prc-codec-wire.h"

// One codec process and the socket to it. Belongs to one thread, which should live as long as the
// process: the kernel ends the process when the thread that started it ends. Only
// prc_codec_process_kill is for any thread.

typedef struct _PrcCodecProcess PrcCodecProcess;

// How long whoever waits is willing to. The thread that calls owns it; any thread may shorten it.
typedef struct {
  int wake;            // an eventfd
  _Atomic gint64 ends; // monotonic microseconds
} PrcCodecPatience;

void prc_codec_patience_init (PrcCodecPatience *patience); // endless
void prc_codec_patience_clear (PrcCodecPatience *patience);
void prc_codec_patience_reset (PrcCodecPatience *patience);               // endless again
void prc_codec_patience_end_at (PrcCodecPatience *patience, gint64 when); // from any thread
bool prc_codec_patience_is_over (PrcCodecPatience *patience);

// Starts `executable` with nothing inherited but one end of a socket pair. NULL and
// PRC_IMAGING_ERROR_CODEC when it cannot be.
PrcCodecProcess *prc_codec_process_start (const char *executable, GError **error);
void prc_codec_process_free (PrcCodecProcess *process); // kills it and waits for its end
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcCodecProcess, prc_codec_process_free)

bool prc_codec_process_is_alive (PrcCodecProcess *process);
void prc_codec_process_kill (PrcCodecProcess *process); // at once; a call in progress fails

typedef struct {
  PrcWireKind kind;
  GVariant *arguments; // floating ones are consumed
  const int *fds;      // stay the caller's
  unsigned n_fds;
  const char *reply_type;
  unsigned limit_ms;
} PrcCodecCall;

// Blocks. The reply, and in `bulk` (or NULL when none is expected) the bytes that go with it, which
// nobody can change any more. Fails with what the codec answered (PRC_IMAGING_ERROR), with
// G_IO_ERROR_CANCELLED when patience is over, or with PRC_IMAGING_ERROR_CODEC when the process died,
// talked nonsense or did not answer within the limit. After the last two it must not be used again.
GVariant *prc_codec_process_call (PrcCodecProcess *process, const PrcCodecCall *call,
                                  PrcCodecPatience *patience, GBytes **bulk, GError **error);
