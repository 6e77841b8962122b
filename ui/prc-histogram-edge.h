// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

// A handle on one edge of the window in a histogram: a slider to whoever hears the screen, moved by
// the pointer or with Left and Right (with Shift ten steps). Signals: "moved" (double): to a place
// in pixels from the parent's left; "stepped" (int): by so many steps.
#define PRC_TYPE_HISTOGRAM_EDGE (prc_histogram_edge_get_type ())
G_DECLARE_FINAL_TYPE (PrcHistogramEdge, prc_histogram_edge, PRC, HISTOGRAM_EDGE, GtkWidget)

#define PRC_HISTOGRAM_EDGE_WIDTH 13 // logical pixels; the line is in the middle

GtkWidget *prc_histogram_edge_new (const char *label);
// For whoever hears the screen.
void prc_histogram_edge_set_value (PrcHistogramEdge *self, double value, double low, double high,
                                   const char *text);
