// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-answer.h"
#include "prc-frame-store.h"

// One hit of an answer in words and picture, for the list of the panel. Main thread.
// Properties, all read-only. Of the answer, never changing: "heading" (the diagnosis, else the
// title), "subheading" (the title under a diagnosis), "modality", "body-part", "findings",
// "outcome", "place", "segment" (that matched), "similarity", "meaning", "proof", "own" ("This patient" of a case of the
// patient in view) (strings), "fraction" (double, [0, 1]), "ranked"
// (boolean). Notified: "name" (string, for assistive technologies), "thumbnail" (GdkPaintable or
// NULL), "files-gone" (boolean: the slice's file is not there any more; not offered to open).
#define PRC_TYPE_CASE_ITEM (prc_case_item_get_type ())
G_DECLARE_FINAL_TYPE (PrcCaseItem, prc_case_item, PRC, CASE_ITEM, GObject)

// References the answer. `before` (may be NULL) is an item of an older answer that shows the same
// slice: its picture is taken over.
PrcCaseItem *prc_case_item_new (PrcAnswer *answer, guint hit, PrcCaseItem *before);

const PrcHit *prc_case_item_hit (PrcCaseItem *self); // borrowed
guint prc_case_item_number (PrcCaseItem *self);      // of the hit in its answer
gboolean prc_case_item_files_gone (PrcCaseItem *self);
const char *prc_case_item_name (PrcCaseItem *self);

// Fetches the picture of `size` device pixels if it is neither there nor under way; looks for the
// file first.
void prc_case_item_load (PrcCaseItem *self, PrcCodecPool *pool, PrcFrameStore *store, int size);
void prc_case_item_stop (PrcCaseItem *self);            // gives up a picture under way
gboolean prc_case_item_check_files (PrcCaseItem *self); // looks now; TRUE: there
