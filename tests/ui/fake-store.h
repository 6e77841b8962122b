// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

#include "prc-frame-store.h"
#include "prc-scan.h"

// Stands in for the frame store, the scan and the drawing of annotations, so that a test decides
// when a frame arrives and which one fails. A program that compiles it links the real widgets
// against it.

PrcFrameStore *fake_store_new (void);
// The store answers for every frame of these series with prc_phantom_frame (seed, index).
void fake_store_put (PrcSeries *series, guint64 seed, const char *units);
void fake_store_put_frame (PrcSeries *series, guint index, PrcFrame *frame);
PrcFrame *fake_store_frame (PrcSeries *series, guint index); // what it answers; owned
void
fake_store_set_in_memory (gboolean in_memory); // peek finds frames; else each has to be asked for
void fake_store_hold (gboolean hold);          // questions wait for fake_store_release
guint fake_store_release (void);               // answers what waits; how many that was
void fake_store_fail (PrcSeries *series, guint index, const char *sentence); // NULL: no more
extern guint fake_store_n_asked;        // questions put since the start
extern guint fake_store_prefetch_index; // of the last wish
extern int fake_store_prefetch_direction;

extern guint fake_annotations_drawn;
extern guint fake_annotation_index;
extern PrcSeries *fake_annotation_series; // as it was drawn last; not referenced
extern gboolean fake_annotation_hides;    // the patient, when it was drawn last

// `n` slices `step_mm` apart from `first_mm` on, 48 rows, 64 columns. `way`: +1 or -1 turns the
// normal over; 0: no geometry.
PrcSeries *make_series (const char *uid, const char *patient, guint n, double first_mm,
                        double step_mm, int way);
// `n` slices 1 mm apart of another modality.
PrcSeries *make_series_of (const char *modality, const char *uid, const char *patient, guint n);
PrcScan *make_scan (guint n_series, PrcSeries *const *series, gboolean complete);
void add_problem (PrcScan *scan, const char *path, const char *reason);

// What prc_scan publishes in a thread: first, then the last one. Referenced.
void fake_scan_set (PrcScan *first, PrcScan *last, const GError *error);
extern char *fake_scan_first_path;

// Turns the main loop until `*done` or five seconds have passed; false then.
bool wait_until (bool (*done) (gpointer), gpointer data);
void wait_ms (guint ms);
gboolean press_key (GtkWidget *widget, guint key, GdkModifierType state);
void turn_wheel (GtkWidget *widget, double dy);
// A real pointer presses `button` at (x, y) of a window at the corner of the screen, moves by
// (dx, dy) in two steps and lets go, with a modifier ("ctrl") held or NULL. FALSE after
// g_test_skip: there is no xdotool.
gboolean drag_pointer (int button, const char *modifier, int x, int y, int dx, int dy);
