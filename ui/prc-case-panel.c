// SPDX-License-Identifier: Apache-2.0
#include "prc-case-panel.h"

#include <adwaita.h>

#include "prc-case-item.h"
#include "prc-case-list.h"
#include "prc-case-message.h"
#include "prc-case-passport.h"
#include "prc-case-place.h"
#include "prc-case-text.h"

// How many cases are asked for: more than anybody reads, few enough to be gathered at once.
#define N_CASES 30
// An answer mostly comes sooner; what shows work before that would only flicker.
#define SHOW_WORK_AFTER_MS 200

struct _PrcCasePanel {
  GtkBox parent_instance;

  PrcEngine *engine;
  PrcFrame *frame; // of the question put last, kept for asking again
  PrcCasePlace asked, in_view, answered;
  GCancellable *asking;    // the question under way
  guint64 generation;      // of the newest question
  PrcAnswer *answer;       // the one shown
  GError *error;           // why the newest question failed
  gboolean wants_answer;   // asked before the library was open
  gboolean closest_anyway; // of an answer that is not alike
  guint show_work_source;
  gboolean shows_work;
  PrcCasePanelState state;
  PrcCaseAction action; // of the message's button

  GtkWidget *status, *now, *passport, *progress, *pages, *message, *message_spinner,
      *message_button, *message_button_label, *note, *list, *kept_out;
};

G_DEFINE_FINAL_TYPE (PrcCasePanel, prc_case_panel, GTK_TYPE_BOX)
G_DEFINE_ENUM_TYPE (PrcCasePanelState, prc_case_panel_state,
                    G_DEFINE_ENUM_VALUE (PRC_CASE_PANEL_STARTING, "starting"),
                    G_DEFINE_ENUM_VALUE (PRC_CASE_PANEL_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (PRC_CASE_PANEL_WORKING, "working"),
                    G_DEFINE_ENUM_VALUE (PRC_CASE_PANEL_RESULTS, "results"),
                    G_DEFINE_ENUM_VALUE (PRC_CASE_PANEL_NOTHING_ALIKE, "nothing-alike"),
                    G_DEFINE_ENUM_VALUE (PRC_CASE_PANEL_EMPTY_LIBRARY, "empty-library"),
                    G_DEFINE_ENUM_VALUE (PRC_CASE_PANEL_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (PRC_CASE_PANEL_OUTDATED, "outdated"))

enum { PROP_STATE = 1, N_PROPS };
static GParamSpec *props[N_PROPS];
enum { OPEN_CASE, IMPORT, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
outdated (PrcCasePanel *self) {
  return self->answer && self->answer->state != PRC_ANSWER_EMPTY_LIBRARY &&
         !prc_case_place_equal (&self->answered, &self->in_view);
}

static PrcCasePanelState
answer_state (PrcCasePanel *self) {
  switch (self->answer->state) {
  case PRC_ANSWER_RESULTS:
    return PRC_CASE_PANEL_RESULTS;
  case PRC_ANSWER_NOTHING_ALIKE:
  case PRC_ANSWER_NO_SEGMENTS:
    return PRC_CASE_PANEL_NOTHING_ALIKE;
  case PRC_ANSWER_EMPTY_LIBRARY:
    break;
  }
  return PRC_CASE_PANEL_EMPTY_LIBRARY;
}

static PrcCasePanelState
current_state (PrcCasePanel *self) {
  PrcEngineState engine = prc_engine_state (self->engine);

  if (engine == PRC_ENGINE_STARTING)
    return PRC_CASE_PANEL_STARTING;
  if (engine == PRC_ENGINE_FAILED || self->error)
    return PRC_CASE_PANEL_FAILED;
  if (self->asking)
    return PRC_CASE_PANEL_WORKING;
  if (prc_engine_n_cases (self->engine) == 0)
    return PRC_CASE_PANEL_EMPTY_LIBRARY;
  if (self->answer == NULL)
    return PRC_CASE_PANEL_IDLE;
  return outdated (self) ? PRC_CASE_PANEL_OUTDATED : answer_state (self);
}

// Of what is shown besides the question under way.
static PrcCaseMessage
message_for (PrcCasePanel *self) {
  gboolean nothing_alike = self->answer && self->answer->state == PRC_ANSWER_NOTHING_ALIKE;

  switch (self->state) {
  case PRC_CASE_PANEL_STARTING:
    return prc_case_message_starting ();
  case PRC_CASE_PANEL_FAILED:
    return self->error ? prc_case_message_search_failed (self->error->message)
                       : prc_case_message_library_failed (prc_engine_message (self->engine));
  case PRC_CASE_PANEL_WORKING:
    if (self->answer == NULL)
      return prc_case_message_searching ();
    break;
  case PRC_CASE_PANEL_IDLE:
    return prc_case_message_idle (self->in_view.slice_number > 0);
  case PRC_CASE_PANEL_RESULTS:
  case PRC_CASE_PANEL_NOTHING_ALIKE:
  case PRC_CASE_PANEL_EMPTY_LIBRARY:
  case PRC_CASE_PANEL_OUTDATED:
    break;
  }
  if (self->answer && self->answer->state == PRC_ANSWER_NO_SEGMENTS)
    return prc_case_message_no_segments ();
  return nothing_alike
             ? prc_case_message_nothing_alike (self->answer, prc_engine_n_cases (self->engine))
             : prc_case_message_empty_library (prc_engine_n_cases (self->engine));
}

static gboolean
shows_list (PrcCasePanel *self) {
  if (self->answer == NULL || self->state == PRC_CASE_PANEL_FAILED ||
      self->state == PRC_CASE_PANEL_STARTING || self->state == PRC_CASE_PANEL_EMPTY_LIBRARY)
    return FALSE;
  return self->answer->state == PRC_ANSWER_RESULTS ||
         (self->answer->state == PRC_ANSWER_NOTHING_ALIKE && self->closest_anyway);
}

static void
show_message (PrcCasePanel *self) {
  g_auto (PrcCaseMessage) message = message_for (self);
  g_autofree char *escaped =
      g_markup_escape_text (message.description ? message.description : "", -1);

  self->action = message.action;

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (self->message), message.icon);
  adw_status_page_set_title (ADW_STATUS_PAGE (self->message), message.title);
  adw_status_page_set_description (ADW_STATUS_PAGE (self->message), escaped);
  gtk_widget_set_visible (self->message_spinner, message.spinning);
  gtk_spinner_set_spinning (GTK_SPINNER (self->message_spinner), message.spinning);
  gtk_widget_set_visible (self->message_button, message.button != NULL);
  if (message.button)
    gtk_label_set_label (GTK_LABEL (self->message_button_label), message.button);
  gtk_stack_set_visible_child_name (GTK_STACK (self->pages), "message");
}

static void
show_page (PrcCasePanel *self) {
  gboolean list = shows_list (self);

  if (list)
    gtk_stack_set_visible_child_name (GTK_STACK (self->pages), "list");
  else if (self->state != PRC_CASE_PANEL_WORKING || self->shows_work)
    show_message (self); // until work shows, what was there stays
  gtk_widget_set_visible (self->note, list && self->closest_anyway);
}

static void
set_css_class (GtkWidget *widget, const char *name, gboolean on) {
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
show_freshness (PrcCasePanel *self) {
  gboolean stale = outdated (self) && self->state != PRC_CASE_PANEL_FAILED;
  g_autofree char *now = NULL;

  if (stale && self->in_view.slice_number > 0)
    now = prc_case_text_now (self->in_view.slice_number,
                             prc_case_place_same_series (&self->answered, &self->in_view));
  gtk_label_set_label (GTK_LABEL (self->now), now ? now : "");
  gtk_widget_set_visible (self->now, now != NULL);
  set_css_class (self->pages, "outdated", stale);
  set_css_class (self->progress, "active",
                 self->state == PRC_CASE_PANEL_WORKING && self->shows_work);
}

static void
update (PrcCasePanel *self) {
  PrcCasePanelState state = current_state (self);
  gboolean changed = state != self->state;

  self->state = state;
  show_page (self);
  show_freshness (self);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

// The label is a live region: its accessible name says more than there is room for.
static void
announce (PrcCasePanel *self) {
  g_autofree char *fresh = NULL, *spoken = NULL, *kept_out = NULL;

  if (self->answer && self->answer->state != PRC_ANSWER_EMPTY_LIBRARY) {
    fresh = prc_case_text_fresh (self->answered.slice_number, self->answered.segment);
    spoken = prc_case_text_announce (self->answer, self->answered.slice_number);
    kept_out = prc_case_text_kept_out (self->answer->n_kept_out);
  }
  gtk_label_set_label (GTK_LABEL (self->status), fresh ? fresh : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->status), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken ? spoken : "", -1);
  gtk_label_set_label (GTK_LABEL (self->kept_out), kept_out ? kept_out : "");
  gtk_widget_set_visible (self->kept_out, kept_out && *kept_out);
}

static void
set_answer (PrcCasePanel *self, PrcAnswer *answer) {
  g_clear_pointer (&self->answer, prc_answer_unref);
  self->answer = answer ? prc_answer_ref (answer) : NULL;
  self->closest_anyway = FALSE;
  prc_case_place_copy (&self->answered, &self->asked);
  prc_case_list_set_answer (PRC_CASE_LIST (self->list), answer);
  announce (self);
  prc_case_passport_set_answer (PRC_CASE_PASSPORT (self->passport), answer);
}

static gboolean
on_show_work (gpointer user_data) {
  PrcCasePanel *self = user_data;

  self->show_work_source = 0;
  self->shows_work = TRUE;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
stop_asking (PrcCasePanel *self) {
  self->wants_answer = FALSE;
  if (self->asking)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_handle_id (&self->show_work_source, g_source_remove);
  self->shows_work = FALSE;
}

// What a question under way holds: never the panel itself.
typedef struct {
  GWeakRef panel;
  guint64 generation;
} Question;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autofree Question *question = user_data;
  g_autoptr (PrcCasePanel) self = g_weak_ref_get (&question->panel);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcAnswer) answer = prc_engine_query_finish (PRC_ENGINE (source), result, &error);

  g_weak_ref_clear (&question->panel);
  if (self == NULL || self->asking == NULL || question->generation != self->generation)
    return;
  stop_asking (self);
  if (answer)
    set_answer (self, answer);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->error = g_steal_pointer (&error);
  update (self);
}

static void
ask (PrcCasePanel *self) {
  PrcQuery query = {
      .frame = self->frame,
      .instance = self->asked.instance,
      .frame_number = self->asked.frame_number,
      .mask = self->asked.mask,
      .k = N_CASES,
  };

  stop_asking (self);
  g_clear_error (&self->error);
  if (prc_engine_state (self->engine) != PRC_ENGINE_READY) {
    self->wants_answer = TRUE;
    update (self);
    return;
  }
  query.generation = ++self->generation;
  self->asking = g_cancellable_new ();
  Question *question = g_new0 (Question, 1);
  g_weak_ref_init (&question->panel, self);
  question->generation = query.generation;
  self->show_work_source = g_timeout_add (SHOW_WORK_AFTER_MS, on_show_work, self);
  prc_engine_query_async (self->engine, &query, self->asking, on_answer, question);
  update (self);
}

static guint64
library_version (PrcCasePanel *self) {
  guint64 version = 0;
  g_object_get (self->engine, "library-version", &version, NULL);
  return version;
}

void
prc_case_panel_ask (PrcCasePanel *self, PrcFrame *frame, PrcInstance *instance, guint frame_number,
                    guint slice_number) {
  g_return_if_fail (PRC_IS_CASE_PANEL (self) && frame != NULL);

  prc_case_panel_set_slice (self, instance, frame_number, slice_number);
  if (self->answer && instance && !self->error &&
      prc_case_place_equal (&self->answered, &self->in_view) &&
      self->answer->library_version == library_version (self))
    return; // scrolled away and back
  prc_case_place_copy (&self->asked, &self->in_view);
  prc_frame_ref (frame);
  g_clear_pointer (&self->frame, prc_frame_unref);
  self->frame = frame;
  ask (self);
}

void
prc_case_panel_set_slice (PrcCasePanel *self, PrcInstance *instance, guint frame_number,
                          guint slice_number) {
  g_return_if_fail (PRC_IS_CASE_PANEL (self));
  const PrcCasePlace place = {instance, frame_number, slice_number, NULL, NULL};
  gboolean same = slice_number > 0 && prc_case_place_same_slice (&self->in_view, &place);

  if (self->asking && same && prc_case_place_equal (&self->asked, &self->in_view))
    return; // this very slice is being asked for
  stop_asking (self);
  g_clear_error (&self->error);
  if (!same)
    prc_case_place_set (&self->in_view, instance, frame_number, slice_number);
  // Another patient's cases must not stand beside this one's pictures, not even dimmed.
  if (self->answer && !prc_case_place_equal (&self->answered, &self->in_view) &&
      (slice_number == 0 || !prc_case_place_same_patient (&self->answered, &self->in_view)))
    set_answer (self, NULL);
  if (slice_number == 0)
    g_clear_pointer (&self->frame, prc_frame_unref);
  update (self);
}

void
prc_case_panel_set_segment (PrcCasePanel *self, PrcMask *mask, const char *name) {
  g_return_if_fail (PRC_IS_CASE_PANEL (self));
  stop_asking (self);
  prc_case_place_set_segment (&self->in_view, mask, name);
  update (self);
}

static void
on_engine_changed (PrcCasePanel *self) {
  gboolean ready = prc_engine_state (self->engine) == PRC_ENGINE_READY;
  gboolean was_empty = self->answer && self->answer->state == PRC_ANSWER_EMPTY_LIBRARY;

  if (self->frame && ready &&
      (self->wants_answer || (!self->asking && was_empty && prc_engine_n_cases (self->engine) > 0)))
    ask (self);
  else
    update (self);
}

static void
on_message_button (PrcCasePanel *self) {
  switch (self->action) {
  case PRC_CASE_ACTION_RETRY:
    if (self->frame)
      ask (self);
    break;
  case PRC_CASE_ACTION_IMPORT:
    g_signal_emit (self, signals[IMPORT], 0);
    break;
  case PRC_CASE_ACTION_SHOW_CLOSEST:
    self->closest_anyway = self->answer != NULL;
    update (self);
    gtk_widget_grab_focus (self->list);
    break;
  case PRC_CASE_ACTION_NONE:
    break;
  }
}

static void
on_open (PrcCasePanel *self, guint hit) {
  // The handler may ask anew and so replace the answer it was given.
  g_autoptr (PrcAnswer) answer = self->answer ? prc_answer_ref (self->answer) : NULL;

  if (answer && hit < answer->n_hits)
    g_signal_emit (self, signals[OPEN_CASE], 0, answer, hit);
}

static gboolean
prc_case_panel_grab_focus (GtkWidget *widget) {
  PrcCasePanel *self = PRC_CASE_PANEL (widget);

  return gtk_widget_grab_focus (shows_list (self) ? self->list : self->message_button);
}

static void
prc_case_panel_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec) {
  g_value_set_enum (value, PRC_CASE_PANEL (object)->state);
}

static void
prc_case_panel_dispose (GObject *object) {
  PrcCasePanel *self = PRC_CASE_PANEL (object);

  stop_asking (self);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (prc_case_panel_parent_class)->dispose (object);
}

static void
prc_case_panel_finalize (GObject *object) {
  PrcCasePanel *self = PRC_CASE_PANEL (object);

  prc_case_place_set (&self->asked, NULL, 0, 0);
  prc_case_place_set (&self->in_view, NULL, 0, 0);
  prc_case_place_set (&self->answered, NULL, 0, 0);
  g_clear_pointer (&self->frame, prc_frame_unref);
  g_clear_pointer (&self->answer, prc_answer_unref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (prc_case_panel_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class) {
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/precedent_viewer/Precedent/case-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, status);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, now);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, passport);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, progress);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, pages);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, message);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, message_spinner);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, message_button);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, message_button_label);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, note);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, list);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, kept_out);
  gtk_widget_class_bind_template_callback (widget_class, on_message_button);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
}

static void
prc_case_panel_class_init (PrcCasePanelClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = prc_case_panel_get_property;
  object_class->dispose = prc_case_panel_dispose;
  object_class->finalize = prc_case_panel_finalize;
  widget_class->grab_focus = prc_case_panel_grab_focus;
  props[PROP_STATE] =
      g_param_spec_enum ("state", NULL, NULL, PRC_TYPE_CASE_PANEL_STATE, PRC_CASE_PANEL_STARTING,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[OPEN_CASE] = g_signal_new ("open-case", PRC_TYPE_CASE_PANEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_UINT);
  signals[IMPORT] = g_signal_new ("import", PRC_TYPE_CASE_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  g_type_ensure (PRC_TYPE_CASE_LIST);
  g_type_ensure (PRC_TYPE_CASE_PASSPORT);
  bind_template (widget_class);
}

static void
prc_case_panel_init (PrcCasePanel *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
prc_case_panel_new (PrcEngine *engine, PrcFrameStore *store, PrcCodecPool *pool) {
  PrcCasePanel *self = g_object_new (PRC_TYPE_CASE_PANEL, NULL);

  self->engine = g_object_ref (engine);
  prc_case_list_set_sources (PRC_CASE_LIST (self->list), store, pool);
  g_signal_connect_object (engine, "notify::state", G_CALLBACK (on_engine_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::n-cases", G_CALLBACK (on_engine_changed), self,
                           G_CONNECT_SWAPPED);
  prc_case_passport_set_answer (PRC_CASE_PASSPORT (self->passport), NULL);
  update (self);
  return GTK_WIDGET (self);
}

PrcCasePanelState
prc_case_panel_get_state (PrcCasePanel *self) {
  return self->state;
}
