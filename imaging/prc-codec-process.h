// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <stdbool.h>

// One codec process and the connection to it. Belongs to one thread, which should live as long as
// the process: the kernel ends the process when the thread that started it ends. Only
// prc_codec_process_kill is for any thread.

typedef struct _PrcCodecProcess PrcCodecProcess;

// Starts `executable` with nothing inherited but one end of a socket pair. NULL and
// PRC_IMAGING_ERROR_CODEC when it cannot be.
PrcCodecProcess *prc_codec_process_start (const char *executable, GError **error);
void prc_codec_process_free (PrcCodecProcess *process); // kills it and waits for its end
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcCodecProcess, prc_codec_process_free)

bool prc_codec_process_is_alive (PrcCodecProcess *process);
void prc_codec_process_kill (PrcCodecProcess *process); // at once; a call in progress fails

// Calls a method of the interface and blocks, running the thread-default main context. `fds`
// (transferred; or NULL) are the descriptors handles point to. Fails with what the codec answered
// (PRC_IMAGING_ERROR), with G_IO_ERROR_CANCELLED, or with PRC_IMAGING_ERROR_CODEC when the process
// died or did not answer within the limit. After the last two it must not be used again.
GVariant *prc_codec_process_call (PrcCodecProcess *process, const char *method, GVariant *arguments,
                                  const GVariantType *reply_type, GUnixFDList *fds,
                                  unsigned limit_ms, GUnixFDList **out_fds,
                                  GCancellable *cancellable, GError **error);
