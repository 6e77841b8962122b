// SPDX-License-Identifier: Apache-2.0
#include "prc-cine.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define SPEED_STEP   1.25
#define SPEED_MOST   8.0
#define MEASURED_US  G_USEC_PER_SEC
#define SLOW         0.93 // of the nominal rate: below that it is said
#define LATE_TO_SKIP 4.0  // intervals behind the clock, after a pause of the whole program

struct _PrcCine {
  GObject parent_instance;
  PrcSliceView *view; // weak
  PrcSeries *series;  // while it plays
  char *key;          // of the series played last, whose speed and order were chosen
  PrcCineSchedule schedule;
  guint tick;
  double speed;
  int way;
  double due_us; // when the next slice is to come; 0 before the first tick
  gboolean stepping;
  gint64 measured_from_us; // the real rate: slices since then
  guint n_shown;
  double real_rate;
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PrcCine, prc_cine, G_TYPE_OBJECT)

static void
tell (PrcCine *self) {
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
prc_cine_is_playing (PrcCine *self) {
  return self->series != NULL;
}

void
prc_cine_stop (PrcCine *self) {
  if (!self->series)
    return;
  if (self->view) {
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->view), self->tick);
    prc_slice_view_set_playing (self->view, FALSE);
  }
  self->tick = 0;
  g_clear_pointer (&self->series, prc_series_unref);
  tell (self);
}

static gboolean
ticked (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data) {
  PrcCine *self = user_data;

  prc_cine_tick (self, gdk_frame_clock_get_frame_time (clock));
  return self->series ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
start_measuring (PrcCine *self, gint64 now_us) {
  self->measured_from_us = now_us;
  self->n_shown = 0;
}

void
prc_cine_play (PrcCine *self) {
  PrcSeries *series = self->view ? prc_slice_view_get_series (self->view) : NULL;

  if (self->series || !series || prc_series_length (series) < 2)
    return;
  gboolean sweep = self->schedule.sweep, again = !g_strcmp0 (prc_series_key (series), self->key);
  self->series = prc_series_ref (series);
  self->schedule = prc_cine_schedule (series, prc_slice_view_get_index (self->view));
  if (again) {
    self->schedule.sweep = sweep;
  } else {
    self->speed = 1;
    g_free (self->key);
    self->key = g_strdup (prc_series_key (series));
  }
  self->way = 1;
  self->due_us = 0;
  self->real_rate = 0;
  prc_slice_view_set_playing (self->view, TRUE);
  self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self->view), ticked, self, NULL);
  tell (self);
}

// A series that grows under the player: the same instance goes on, counted anew.
static bool
follow_growth (PrcCine *self, PrcSeries *series) {
  gboolean sweep = self->schedule.sweep;

  if (!series || g_strcmp0 (prc_series_key (series), prc_series_key (self->series)))
    return false;
  g_clear_pointer (&self->series, prc_series_unref);
  self->series = prc_series_ref (series);
  self->schedule = prc_cine_schedule (series, prc_slice_view_get_index (self->view));
  self->schedule.sweep = sweep;
  return true;
}

static void
index_changed (PrcSliceView *view, GParamSpec *pspec, PrcCine *self) {
  PrcSeries *series = prc_slice_view_get_series (view);

  if (!self->series || self->stepping)
    return;
  if (series == self->series || !follow_growth (self, series))
    prc_cine_stop (self); // a hand scrolls, or another series came
}

static void
measure (PrcCine *self, gint64 now_us) {
  gint64 passed = now_us - self->measured_from_us;

  if (passed < MEASURED_US)
    return;
  self->real_rate = self->n_shown * (double)G_USEC_PER_SEC / passed;
  start_measuring (self, now_us);
  tell (self);
}

static double
stay_us (PrcCine *self, guint index) {
  int way = self->way;
  guint next = prc_cine_schedule_next (&self->schedule, index, &way);

  return prc_cine_schedule_stay_ms (&self->schedule, index, next) * 1000 / self->speed;
}

static void
step (PrcCine *self) {
  guint index = prc_slice_view_get_index (self->view);

  self->stepping = TRUE;
  prc_slice_view_set_index (self->view,
                            prc_cine_schedule_next (&self->schedule, index, &self->way));
  self->stepping = FALSE;
  self->n_shown++;
}

void
prc_cine_tick (PrcCine *self, gint64 now_us) {
  if (!self->series || !self->view)
    return;
  if (prc_slice_view_get_series (self->view) != self->series &&
      !follow_growth (self, prc_slice_view_get_series (self->view))) {
    prc_cine_stop (self);
    return;
  }
  if (!(self->due_us > 0)) {
    start_measuring (self, now_us);
    self->due_us = now_us + stay_us (self, prc_slice_view_get_index (self->view));
  }
  measure (self, now_us);
  if (now_us < self->due_us || prc_slice_view_is_loading (self->view))
    return;
  step (self);
  double stay = stay_us (self, prc_slice_view_get_index (self->view));
  // A little late is made up for; what was waited for longer is not rushed through afterwards.
  bool far_behind = now_us - self->due_us > LATE_TO_SKIP * stay;
  self->due_us = (far_behind ? now_us : self->due_us) + stay;
}

void
prc_cine_faster (PrcCine *self, int steps) {
  self->speed = CLAMP (self->speed * pow (SPEED_STEP, steps), 1 / SPEED_MOST, SPEED_MOST);
  if (fabs (self->speed - 1) < 0.01) // back where it was
    self->speed = 1;
  self->real_rate = 0;
  self->due_us = 0;
  tell (self);
}

void
prc_cine_set_sweep (PrcCine *self, gboolean sweep) {
  self->schedule.sweep = sweep;
  tell (self);
}

gboolean
prc_cine_get_sweep (PrcCine *self) {
  return self->schedule.sweep;
}

double
prc_cine_rate (PrcCine *self) {
  return self->series ? prc_cine_schedule_rate (&self->schedule) * self->speed : 0;
}

double
prc_cine_real_rate (PrcCine *self) {
  return self->real_rate;
}

char *
prc_cine_text (PrcCine *self) {
  double rate = prc_cine_rate (self);

  if (self->real_rate > 0 && self->real_rate < SLOW * rate)
    // Translators: pictures a second that are really shown, and that were to be shown
    return g_strdup_printf (_ ("%.3g of %.3g /s"), self->real_rate, rate);
  // Translators: pictures a second
  return g_strdup_printf (_ ("%.3g /s"), rate);
}

static void
prc_cine_dispose (GObject *object) {
  PrcCine *self = PRC_CINE (object);

  prc_cine_stop (self);
  g_clear_weak_pointer (&self->view);
  G_OBJECT_CLASS (prc_cine_parent_class)->dispose (object);
}

static void
prc_cine_finalize (GObject *object) {
  g_free (PRC_CINE (object)->key);
  G_OBJECT_CLASS (prc_cine_parent_class)->finalize (object);
}

static void
prc_cine_class_init (PrcCineClass *klass) {
  G_OBJECT_CLASS (klass)->dispose = prc_cine_dispose;
  G_OBJECT_CLASS (klass)->finalize = prc_cine_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
prc_cine_init (PrcCine *self) {
  self->speed = 1;
  self->way = 1;
}

PrcCine *
prc_cine_new (PrcSliceView *view) {
  PrcCine *self = g_object_new (PRC_TYPE_CINE, NULL);

  g_set_weak_pointer (&self->view, view);
  g_signal_connect_object (view, "notify::index", G_CALLBACK (index_changed), self, 0);
  return self;
}
