// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-scan.h"

// What is to be said of files that are not shown as series. Pure.

// What could not be read, one block a reason; as Pango markup the names are links. Owned, NULL when
// all was read.
char *prc_scan_words_problems (const PrcScan *scan, bool markup);
// The same for valid objects that no view can show: what they are, what can be done. Segmentations
// are among them only when there is no image.
char *prc_scan_words_others (const PrcScan *scan, bool markup);
guint prc_scan_words_n_others (const PrcScan *scan);
