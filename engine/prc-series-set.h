// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Which series of the library are meant: the answer to a filter, whatever SQL can say. Ids are those
// of the table `series`. Immutable, reference-counted, any thread.
typedef struct _PrcSeriesSet PrcSeriesSet;

// n ids in any order, one that stands there twice counts once. Copied.
PrcSeriesSet *prc_series_set_new (const int64_t *ids, size_t n);
PrcSeriesSet *prc_series_set_ref (PrcSeriesSet *set);
void prc_series_set_unref (PrcSeriesSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcSeriesSet, prc_series_set_unref)

size_t prc_series_set_length (const PrcSeriesSet *set);
bool prc_series_set_has (const PrcSeriesSet *set, int64_t id);
