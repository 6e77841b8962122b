// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

// Indexes of others, from Debian's packages: to be measured beside ours. One thread.
typedef struct _PeerIndex PeerIndex;

const char *const *peer_search_names (void); // NULL-terminated; none where none is installed
PeerIndex *peer_search_build (const char *name, const float *vectors, size_t n, unsigned dimension);
void peer_search_set_effort (PeerIndex *index, unsigned effort); // ef, or cells that are looked at
void peer_search_find (PeerIndex *index, const float *query, size_t k, int64_t *rows);
void peer_search_free (PeerIndex *index);

G_END_DECLS
