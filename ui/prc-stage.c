// SPDX-License-Identifier: Apache-2.0
#include "prc-stage.h"

#include <glib/gi18n-lib.h>

#include "prc-heat.h"
#include "prc-opening.h"
#include "prc-path.h"
#include "prc-scroll-link.h"
#include "prc-segmentations.h"
#include "prc-tile.h"

struct _PrcStage {
  GtkWidget parent_instance;
  PrcCodecPool *pool;
  PrcFrameStore *store;
  PrcTile *study, *other; // other: NULL unless comparing
  PrcTile *active;
  PrcAnnotateLevel level;
  gboolean hide_patient;
  gboolean histogram;

  PrcAnswer *answer; // the case beside: its hit, and how far it is read
  guint hit;
  PrcOpening *opening;
  PrcSegmentations *segmentations; // of the case
  PrcSegmentSet *looks;            // of the study: those of the case look the same; weak
  GCancellable *cancellable;
  gboolean placed;   // it is at its matching slice
  gboolean windowed; // and looks like the study

  PrcHeat *heat;    // between the two; NULL unless comparing
  gboolean matches; // it is shown

  gboolean linked, has_link;
  gboolean following, windowing; // one view does what the other did
  PrcScrollLink link;            // leader: the study
};

enum { PROP_0, PROP_COMPARING, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { NOTICE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PrcStage, prc_stage, GTK_TYPE_WIDGET)

static PrcSliceView *
study_view (PrcStage *self) {
  return prc_tile_view (self->study);
}

static PrcSliceView *
other_view (PrcStage *self) {
  return self->other ? prc_tile_view (self->other) : NULL;
}

/* ---- scroll, window and segments, hand in hand ---- */

// As opaque, filled and outlined as those of the study, by whatever series of it is in view.
static void
share_looks (PrcStage *self) {
  static const char *const looks[] = {"opacity", "fill", "outline"};
  PrcSegmentSet *from = prc_slice_view_get_segments (study_view (self));
  PrcSegmentSet *to = self->other ? prc_slice_view_get_segments (other_view (self)) : NULL;

  if (!from || !to || from == self->looks)
    return;
  g_set_weak_pointer (&self->looks, from);
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    g_object_bind_property (from, looks[i], to, looks[i], G_BINDING_SYNC_CREATE);
}

static void
link_here (PrcStage *self) {
  PrcSliceView *view = other_view (self);
  PrcSeries *leader = prc_slice_view_get_series (study_view (self));
  PrcSeries *follower = view ? prc_slice_view_get_series (view) : NULL;

  self->has_link = self->linked && self->placed && leader && follower;
  if (self->has_link)
    self->link = prc_scroll_link_new (leader, prc_slice_view_get_index (study_view (self)),
                                      follower, prc_slice_view_get_index (view));
}

static void
index_changed (PrcSliceView *view, GParamSpec *pspec, PrcStage *self) {
  gboolean from_study = view == study_view (self);
  PrcSliceView *to = from_study ? other_view (self) : study_view (self);
  PrcScrollLink link = self->link;

  share_looks (self);
  if (!self->has_link || self->following || !to)
    return;
  if (!prc_slice_view_get_series (view) || !prc_slice_view_get_series (to))
    return;
  if (!from_study)
    link = prc_scroll_link_reversed (&link);
  self->following = TRUE;
  prc_slice_view_set_index (to, prc_scroll_link_follow (&link, prc_slice_view_get_series (view),
                                                        prc_slice_view_get_index (view),
                                                        prc_slice_view_get_series (to)));
  self->following = FALSE;
}

static gboolean
same_units (PrcSliceView *a, PrcSliceView *b) {
  const PrcFrame *first = prc_slice_view_reference_frame (a);
  const PrcFrame *second = prc_slice_view_reference_frame (b);

  return first && second && *prc_frame_info (first)->units &&
         !g_strcmp0 (prc_frame_info (first)->units, prc_frame_info (second)->units);
}

static void
copy_window (PrcSliceView *from, PrcSliceView *to) {
  double centre, width;

  if (same_units (from, to) && prc_slice_view_get_window (from, &centre, &width))
    prc_slice_view_set_window (to, centre, width);
}

static void
window_changed (PrcSliceView *view, PrcStage *self) {
  PrcSliceView *other = other_view (self);

  if (!other || self->windowing)
    return;
  self->windowing = TRUE;
  if (view == other && !self->windowed) { // its own first window gives way to the study's
    self->windowed = TRUE;
    copy_window (study_view (self), other);
  } else if (view == other) {
    if (prc_slice_view_window_is_by_hand (other)) // not each time it follows its own slices
      copy_window (other, study_view (self));
  } else {
    copy_window (view, other);
  }
  self->windowing = FALSE;
}

/* ---- tiles ---- */

static void
make_active (PrcStage *self, PrcTile *tile) {
  self->active = tile;
  prc_tile_set_active (self->study, self->other && tile == self->study);
  if (self->other)
    prc_tile_set_active (self->other, tile == self->other);
}

static void
entered (PrcTile *tile, PrcStage *self) {
  make_active (self, tile);
}

static void
pass_notice (PrcSliceView *view, const char *sentence, PrcStage *self) {
  g_signal_emit (self, signals[NOTICE], 0, sentence);
}

static PrcTile *
tile_new (PrcStage *self) {
  PrcTile *tile = PRC_TILE (prc_tile_new (self->store));
  PrcSliceView *view = prc_tile_view (tile);

  // A case of the library keeps its patient to itself, whatever is chosen for the study.
  prc_slice_view_set_annotate (view, self->level, self->study ? TRUE : self->hide_patient);
  prc_tile_set_histogram (tile, self->histogram);
  g_signal_connect_object (tile, "entered", G_CALLBACK (entered), self, 0);
  g_signal_connect_object (view, "notify::index", G_CALLBACK (index_changed), self, 0);
  g_signal_connect_object (view, "window-changed", G_CALLBACK (window_changed), self, 0);
  g_signal_connect_object (view, "notice", G_CALLBACK (pass_notice), self, 0);
  gtk_widget_set_parent (GTK_WIDGET (tile), GTK_WIDGET (self));
  return tile;
}

/* ---- the case beside ---- */

static const PrcHit *
hit_of (PrcStage *self) {
  return &self->answer->hits[self->hit];
}

static void
compare_segments (PrcStage *self) {
  if (self->heat && self->segmentations)
    prc_heat_compare_segments (self->heat, self->answer, self->hit,
                               prc_segmentations_get_set (self->segmentations));
}

static void
segmentations_changed (PrcSegmentations *segmentations, const char *problem, gpointer user_data) {
  if (problem)
    g_signal_emit (user_data, signals[NOTICE], 0, problem);
  compare_segments (user_data);
}

static void
show_segments (PrcStage *self, PrcScan *scan) {
  PrcSliceView *view = other_view (self);

  prc_segmentations_set_series (self->segmentations, prc_slice_view_get_series (view));
  prc_segmentations_take_scan (self->segmentations, scan);
  prc_slice_view_set_segments (view, prc_segmentations_get_set (self->segmentations));
  share_looks (self);
  compare_segments (self);
}

// The series of a scan that holds the matching slice, and where; NULL when it is not there (yet).
static PrcSeries *
find_hit (PrcScan *scan, const PrcHit *hit, guint *index) {
  for (guint i = 0; i < scan->series->len; i++) {
    int found = prc_series_find (scan->series->pdata[i], hit->sop_instance_uid, hit->frame);
    if (found >= 0) {
      *index = (guint)found;
      return scan->series->pdata[i];
    }
  }
  return NULL;
}

static void
show_series (PrcStage *self, PrcSeries *series, guint index) {
  self->following = TRUE; // nothing here is a hand's doing
  prc_slice_view_set_series (other_view (self), series, index);
  self->following = FALSE;
  self->placed = TRUE;
  link_here (self); // a growing series counts its slices anew
}

// What is shown may lack slices or segments that the library remembers.
static void
say_what_is_gone (PrcStage *self, const PrcScan *scan) {
  const guint n = scan->problems->len;
  g_autofree char *sentence =
      g_strdup_printf (ngettext ("%u file of this case is gone or cannot be read any more",
                                 "%u files of this case are gone or cannot be read any more", n),
                       n);

  if (n > 0)
    g_signal_emit (self, signals[NOTICE], 0, sentence);
}

static void
opening_changed (PrcOpening *opening, gpointer user_data) {
  PrcStage *self = user_data;
  gboolean over = prc_opening_is_over (opening); // before: the scan is the last one then
  g_autoptr (PrcScan) scan = prc_opening_scan (opening);
  guint index = 0;
  PrcSeries *series = scan ? find_hit (scan, hit_of (self), &index) : NULL;

  if (series)
    show_series (self, series, index);
  if (scan)
    show_segments (self, scan);
  if (series && over)
    say_what_is_gone (self, scan);
  if (!series && over && !self->placed)
    prc_slice_view_set_message (other_view (self),
                                _ ("The files of this case cannot be read any more"));
}

static void
open_paths (PrcStage *self, GPtrArray *paths) {
  g_ptr_array_add (paths, NULL);
  if (self->opening) {
    prc_opening_ignore (self->opening);
    prc_opening_unref (self->opening);
  }
  self->opening = prc_opening_new (self->pool, self->store, (const char *const *)paths->pdata);
  prc_opening_listen (self->opening, opening_changed, self);
}

static void
case_paths_ready (GObject *object, GAsyncResult *result, gpointer user_data) {
  g_autoptr (PrcStage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) all = prc_engine_case_paths_finish (PRC_ENGINE (object), result, &error);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  if (!all || !self->other || g_cancellable_is_cancelled (self->cancellable))
    return; // the matching picture is there all the same
  const char *first = hit_of (self)->path;
  g_ptr_array_add (paths, (gpointer)first);
  for (char **path = all; *path; path++)
    if (g_strcmp0 (*path, first))
      g_ptr_array_add (paths, *path);
  if (paths->len > 1)
    open_paths (self, paths);
}

static void
caption_case (PrcStage *self) {
  const PrcCase *shown = hit_of (self)->matching_case;

  prc_tile_set_caption (self->study, _ ("Current study"), NULL, FALSE);
  if (*shown->diagnosis)
    prc_tile_set_caption (self->other, shown->diagnosis, shown->title, TRUE);
  else
    prc_tile_set_caption (self->other, *shown->title ? shown->title : _ ("Case"), NULL, TRUE);
}

static void
read_case (PrcStage *self, PrcEngine *engine) {
  g_autoptr (GPtrArray) first = g_ptr_array_new ();
  const PrcHit *hit = hit_of (self);

  if (!prc_path_is_there (hit->path)) {
    prc_slice_view_set_message (
        other_view (self),
        _ ("The files of this case are gone from where they were when it was added"));
    return;
  }
  g_ptr_array_add (first, hit->path);
  open_paths (self, first);
  prc_engine_case_paths_async (engine, hit->matching_case->id, self->cancellable, case_paths_ready,
                               g_object_ref (self));
}

static void
case_closed (PrcTile *tile, PrcStage *self) {
  prc_stage_close_case (self);
}

static void
forget_case (PrcStage *self) {
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->heat, prc_heat_free);
  if (self->opening) {
    prc_opening_cancel (self->opening);
    prc_opening_ignore (self->opening);
    g_clear_pointer (&self->opening, prc_opening_unref);
  }
  if (self->other)
    prc_slice_view_set_segments (other_view (self), NULL);
  g_clear_pointer (&self->segmentations, prc_segmentations_free);
  g_clear_weak_pointer (&self->looks);
  g_clear_pointer (&self->answer, prc_answer_unref);
  self->placed = self->windowed = self->has_link = FALSE;
}

// The hands go on where they read. Later, since a list row takes the focus once more after the
// double-click that activated it.
static gboolean
focus_study (gpointer user_data) {
  gtk_widget_grab_focus (GTK_WIDGET (study_view (user_data)));
  return G_SOURCE_REMOVE;
}

void
prc_stage_open_case (PrcStage *self, PrcEngine *engine, PrcAnswer *answer, guint hit) {
  g_return_if_fail (hit < answer->n_hits);

  prc_answer_ref (answer);
  forget_case (self);
  self->answer = answer;
  self->hit = hit;
  self->cancellable = g_cancellable_new ();
  self->segmentations = prc_segmentations_new (self->pool, segmentations_changed, self);
  if (!self->other) {
    self->other = tile_new (self);
    g_signal_connect_object (self->other, "close", G_CALLBACK (case_closed), self, 0);
  } else {
    prc_slice_view_set_series (other_view (self), NULL, 0);
    prc_slice_view_set_message (other_view (self), NULL);
  }
  self->heat = prc_heat_new (engine, study_view (self), other_view (self));
  prc_heat_set_shown (self->heat, self->matches);
  self->linked = TRUE;
  caption_case (self);
  make_active (self, self->study);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, focus_study, g_object_ref (self), g_object_unref);
  read_case (self, engine);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPARING]);
}

void
prc_stage_close_case (PrcStage *self) {
  PrcTile *other = g_steal_pointer (&self->other);

  if (!other)
    return;
  forget_case (self);
  prc_tile_set_caption (self->study, NULL, NULL, FALSE);
  make_active (self, self->study);
  gtk_widget_unparent (GTK_WIDGET (other));
  gtk_widget_grab_focus (GTK_WIDGET (study_view (self)));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPARING]);
}

gboolean
prc_stage_get_comparing (PrcStage *self) {
  return self->other != NULL;
}

void
prc_stage_set_linked (PrcStage *self, gboolean linked) {
  self->linked = linked;
  link_here (self);
}

void
prc_stage_set_matches (PrcStage *self, gboolean shown) {
  self->matches = shown;
  if (self->heat)
    prc_heat_set_shown (self->heat, shown);
}

PrcSliceView *
prc_stage_study_view (PrcStage *self) {
  return study_view (self);
}

PrcSliceView *
prc_stage_case_view (PrcStage *self) {
  return other_view (self);
}

PrcSliceView *
prc_stage_active_view (PrcStage *self) {
  return prc_tile_view (self->active);
}

void
prc_stage_set_histogram (PrcStage *self, gboolean shown) {
  self->histogram = shown;
  prc_tile_set_histogram (self->study, shown);
  if (self->other)
    prc_tile_set_histogram (self->other, shown);
}

void
prc_stage_play_or_pause (PrcStage *self) {
  prc_tile_play_or_pause (self->active);
}

void
prc_stage_set_annotate (PrcStage *self, PrcAnnotateLevel level, gboolean hide_patient) {
  self->level = level;
  self->hide_patient = hide_patient;
  prc_slice_view_set_annotate (study_view (self), level, hide_patient);
  if (self->other)
    prc_slice_view_set_annotate (other_view (self), level, TRUE);
}

/* ---- widget ---- */

static void
prc_stage_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec) {
  if (id == PROP_COMPARING)
    g_value_set_boolean (value, prc_stage_get_comparing (PRC_STAGE (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
prc_stage_dispose (GObject *object) {
  PrcStage *self = PRC_STAGE (object);

  forget_case (self);
  if (self->other)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->other)));
  if (self->study)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->study)));
  g_clear_pointer (&self->store, prc_frame_store_unref);
  g_clear_pointer (&self->pool, prc_codec_pool_unref);
  G_OBJECT_CLASS (prc_stage_parent_class)->dispose (object);
}

static void
prc_stage_class_init (PrcStageClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = prc_stage_get_property;
  object_class->dispose = prc_stage_dispose;
  properties[PROP_COMPARING] = g_param_spec_boolean ("comparing", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[NOTICE] = g_signal_new ("notice", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "stage");
}

static void
prc_stage_init (PrcStage *self) {
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_homogeneous (GTK_BOX_LAYOUT (layout), TRUE);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 2);
}

GtkWidget *
prc_stage_new (PrcCodecPool *pool, PrcFrameStore *store) {
  PrcStage *self = g_object_new (PRC_TYPE_STAGE, NULL);

  self->pool = prc_codec_pool_ref (pool);
  self->store = prc_frame_store_ref (store);
  self->study = self->active = tile_new (self);
  return GTK_WIDGET (self);
}
