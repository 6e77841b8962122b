// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

// The display test pattern (prc-test-pattern.h) as large as the window, one pixel of it per device
// pixel, beside the sentence that the program calibrates no display and the luminances that the
// Grayscale Standard Display Function (PS3.14) expects at its eighteen steps between the darkest
// and the brightest the reader gives, for a photometer to compare with. Owned by GTK until closed.
// Main thread.
#define PRC_TYPE_TEST_PATTERN_WINDOW (prc_test_pattern_window_get_type ())
G_DECLARE_FINAL_TYPE (PrcTestPatternWindow, prc_test_pattern_window, PRC, TEST_PATTERN_WINDOW,
                      GtkWindow)

GtkWidget *prc_test_pattern_window_new (GtkWindow *parent);

// What is expected at a step, "12.34"; owned. For tests: `step` from 0.
char *prc_test_pattern_window_luminance (double black, double white, unsigned step);

// What is painted, or NULL when the window has no room for it; borrowed. For tests.
GdkTexture *prc_test_pattern_window_get_texture (PrcTestPatternWindow *self);
