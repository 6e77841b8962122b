// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-annotate.h"

// The colours of a palette from the low to the high end of the window, with the values at its ends
// and the unit, at the right edge. Nothing for grey, for colour pictures and in views too small.
void prc_annotate_legend (const PrcAnnotation *annotation, cairo_t *cr);
