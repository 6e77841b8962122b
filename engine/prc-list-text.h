// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

// The text of a list that a person keeps, as UTF-8 whatever program wrote it. UTF-8 is read from
// its file as it is needed; UTF-16 with a byte order mark, GB18030 and Windows 1252 (which holds
// Latin 1) are converted in memory. Without a mark what is no UTF-8 is told by its runs of bytes
// beyond ASCII: Chinese words are runs of four and more, Western letters stand alone; what fits
// neither is refused rather than guessed. One thread.
typedef struct _PrcListText PrcListText;

#define PRC_LIST_MAX_SIZE      ((guint64)4 << 30) // bytes of a file
#define PRC_LIST_MAX_CONVERTED ((guint64)256 << 20)

// PRC_ENGINE_ERROR_CASES_CSV with the line for what is no text.
PrcListText *prc_list_text_open (const char *path, GError **error);
PrcListText *prc_list_text_new (const char *bytes, gsize length, GError **error); // copied
void prc_list_text_free (PrcListText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcListText, prc_list_text_free)

// Up to `size` bytes from `offset` on; fewer only at the end, -1 when they cannot be read any more.
gssize prc_list_text_read (PrcListText *text, guint64 offset, char *to, gsize size);
