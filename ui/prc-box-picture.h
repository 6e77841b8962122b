// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-preprocess.h"
#include "prc-view-params.h"

// What is in a box on a frame, windowed, coloured and turned as `params` say, at most `size` device
// pixels wide and high; owned, NULL when there is nothing to draw. Any thread.
GdkTexture *prc_box_picture (const PrcFrame *frame, const PrcViewParams *params,
                             const PrcRegion *box, int size);
