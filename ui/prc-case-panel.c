// SPDX-License-Identifier: Apache-2.0
#include "prc-case-panel.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "prc-case-asked.h"
#include "prc-case-asking.h"
#include "prc-case-filter.h"
#include "prc-case-item.h"
#include "prc-case-list.h"
#include "prc-case-message.h"
#include "prc-case-passport.h"
#include "prc-case-question.h"
#include "prc-case-tally.h"
#include "prc-case-text.h"

// How many cases are asked for: more than anybody reads, few enough to be gathered at once.
#define N_CASES 30

struct _PrcCasePanel {
  GtkBox parent_instance;

  PrcEngine *engine;
  PrcCaseQuestion asked;   // last, kept for asking again
  PrcCaseQuestion resting; // the slice in view, while a part of one is asked for
  PrcCasePlace in_view, answered;
  PrcCaseAsking *asking;
  PrcAnswer *answer;       // the one shown
  GError *error;           // why the newest question failed
  PrcAgainst against;      // what boxes are compared with, as the reader chose
  gboolean wants_answer;   // asked before the library was open
  gboolean closest_anyway; // of an answer that is not alike
  gboolean was_indexing;
  gboolean include_own; // cases of the patient in view as well, until another comes
  PrcCasePanelState state;
  PrcCaseAction action; // of the message's button

  GtkWidget *status, *now, *passport, *asked_bar, *progress, *pages, *message, *message_spinner,
      *message_button, *message_button_label, *note, *tally, *list, *filter, *filter_bar,
      *filter_label, *kept_out, *kept_out_bar, *kept_out_button, *indexing;
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
enum { OPEN_CASE, IMPORT, BOX_DROPPED, N_SIGNALS };
static guint signals[N_SIGNALS];

// Not the whole slice: a segment or a box.
static gboolean
asks_part (PrcCasePanel *self) {
  return self->asked.kind != PRC_ASKED_SLICE;
}

static gboolean
outdated (PrcCasePanel *self) {
  if (!self->answer || self->answer->state == PRC_ANSWER_EMPTY_LIBRARY)
    return FALSE;
  return self->answer->asked != self->asked.kind ||
         (!asks_part (self) && !prc_case_place_equal (&self->answered, &self->in_view));
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
  if (prc_case_asking_is_busy (self->asking))
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
  if (self->answer && self->answer->state == PRC_ANSWER_EMPTY_LIBRARY &&
      prc_engine_indexing (self->engine)->running)
    return prc_case_message_indexing ();
  if (self->answer && self->answer->state == PRC_ANSWER_NOTHING_ALIKE &&
      self->answer->n_hits == 0 &&
      !prc_filter_is_empty (prc_case_filter_get (PRC_CASE_FILTER (self->filter))))
    return prc_case_message_none_left ();
  return prc_case_message_of_answer (self->answer, prc_engine_n_cases (self->engine));
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
  else if (self->state != PRC_CASE_PANEL_WORKING || prc_case_asking_is_slow (self->asking))
    show_message (self); // until work shows, what was there stays
  gtk_widget_set_visible (self->note, list && self->closest_anyway);
  prc_case_tally_set_answer (PRC_CASE_TALLY (self->tally), list ? self->answer : NULL);
}

static gboolean
wants (const PrcHit *hit, gpointer user_data) {
  PrcCasePanel *self = user_data;

  return prc_case_tally_wants (PRC_CASE_TALLY (self->tally), hit);
}

static void
show_cases (PrcCasePanel *self) {
  prc_case_list_set_answer (PRC_CASE_LIST (self->list), self->answer, wants, self);
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

  if (stale && self->in_view.slice_number > 0 && !asks_part (self) &&
      self->answer->asked == PRC_ASKED_SLICE)
    now = prc_case_text_now (self->in_view.slice_number,
                             prc_case_place_same_series (&self->answered, &self->in_view));
  gtk_label_set_label (GTK_LABEL (self->now), now ? now : "");
  gtk_widget_set_visible (self->now, now != NULL);
  set_css_class (self->pages, "outdated", stale);
  set_css_class (self->tally, "outdated", stale);
  set_css_class (self->progress, "active",
                 self->state == PRC_CASE_PANEL_WORKING && prc_case_asking_is_slow (self->asking));
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

static void
show_kept_out (PrcCasePanel *self) {
  g_autofree char *text = self->answer && !self->include_own
                              ? prc_case_text_kept_out (self->answer->n_kept_out)
                              : g_strdup ("");

  if (self->answer && self->include_own)
    gtk_label_set_label (GTK_LABEL (self->kept_out), _ ("Cases of this patient are shown"));
  else
    gtk_label_set_label (GTK_LABEL (self->kept_out), text);
  gtk_button_set_label (GTK_BUTTON (self->kept_out_button),
                        self->include_own ? _ ("Keep Out") : _ ("Show"));
  gtk_widget_set_visible (self->kept_out_bar,
                          *gtk_label_get_label (GTK_LABEL (self->kept_out)) != '\0');
}

// The label is a live region: its accessible name says more than there is room for.
static void
announce (PrcCasePanel *self) {
  g_autofree char *fresh = NULL, *spoken = NULL;

  if (self->answer && self->answer->state != PRC_ANSWER_EMPTY_LIBRARY) {
    fresh = prc_case_text_fresh (self->answered.slice_number);
    spoken = prc_case_text_announce (self->answer, self->answered.slice_number);
  }
  gtk_label_set_label (GTK_LABEL (self->status), fresh ? fresh : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->status), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken ? spoken : "", -1);
  show_kept_out (self);
}

static void
set_answer (PrcCasePanel *self, PrcAnswer *answer) {
  g_clear_pointer (&self->answer, prc_answer_unref);
  self->answer = answer ? prc_answer_ref (answer) : NULL;
  self->closest_anyway = FALSE;
  prc_case_place_set (&self->answered, self->asked.place.instance, self->asked.place.frame_number,
                      self->asked.place.slice_number);
  prc_case_tally_set_answer (PRC_CASE_TALLY (self->tally), answer);
  show_cases (self);
  announce (self);
  g_autofree char *words = prc_case_question_words (&self->asked);
  prc_case_passport_set_answer (PRC_CASE_PASSPORT (self->passport), answer, words);
  prc_case_asked_set_answer (PRC_CASE_ASKED (self->asked_bar), answer);
}

static void
on_slow (gpointer user_data) {
  update (user_data);
}

static void
stop_asking (PrcCasePanel *self) {
  self->wants_answer = FALSE;
  if (self->asking)
    prc_case_asking_stop (self->asking);
}

static void
on_answer (PrcAnswer *answer, const GError *error, gpointer user_data) {
  PrcCasePanel *self = user_data;

  if (answer)
    set_answer (self, answer);
  else
    self->error = g_error_copy (error);
  update (self);
}

static void
ask (PrcCasePanel *self) {
  stop_asking (self);
  g_clear_error (&self->error);
  if (prc_engine_state (self->engine) != PRC_ENGINE_READY) {
    self->wants_answer = TRUE;
    update (self);
    return;
  }
  PrcQuery query = prc_case_question_query (&self->asked, N_CASES);
  query.include_self = self->include_own;
  query.filter = *prc_case_filter_get (PRC_CASE_FILTER (self->filter)); // borrowed; copied there
  prc_case_asking_put (self->asking, &query);
  update (self);
}

static guint64
library_version (PrcCasePanel *self) {
  guint64 version = 0;
  g_object_get (self->engine, "library-version", &version, NULL);
  return version;
}

// Last of all: who hears of it may ask.
static void
show_question (PrcCasePanel *self, PrcAsked before) {
  prc_case_asked_set_question (PRC_CASE_ASKED (self->asked_bar), &self->asked);
  if (before == PRC_ASKED_BOX && self->asked.kind != PRC_ASKED_BOX)
    g_signal_emit (self, signals[BOX_DROPPED], 0);
}

static void
set_question (PrcCasePanel *self, PrcFrame *frame, const PrcCasePlace *place, const PrcMask *mask,
              const char *segment) {
  const PrcAsked before = self->asked.kind;

  prc_case_question_set (&self->asked, frame, place, mask, segment);
  show_question (self, before);
}

static void
forget_questions (PrcCasePanel *self) {
  const PrcAsked before = self->asked.kind;

  prc_case_question_clear (&self->asked);
  prc_case_question_clear (&self->resting);
  show_question (self, before);
}

void
prc_case_panel_ask (PrcCasePanel *self, PrcFrame *frame, PrcInstance *instance, guint frame_number,
                    guint slice_number) {
  g_return_if_fail (PRC_IS_CASE_PANEL (self) && frame != NULL);
  const PrcCasePlace place = {instance, frame_number, slice_number};

  prc_case_panel_set_slice (self, instance, frame_number, slice_number);
  if (asks_part (self)) {
    prc_case_question_set (&self->resting, frame, &place, NULL, NULL);
    return;
  }
  if (self->answer && self->answer->asked == PRC_ASKED_SLICE && instance && !self->error &&
      prc_case_place_equal (&self->answered, &self->in_view) &&
      self->answer->library_version == library_version (self))
    return; // scrolled away and back
  set_question (self, frame, &place, NULL, NULL);
  ask (self);
}

void
prc_case_panel_ask_segment (PrcCasePanel *self, PrcFrame *frame, PrcInstance *instance,
                            guint frame_number, guint slice_number, const PrcMask *mask,
                            const char *name) {
  g_return_if_fail (PRC_IS_CASE_PANEL (self) && frame != NULL && mask != NULL);
  const PrcCasePlace place = {instance, frame_number, slice_number};

  if (!self->resting.frame)
    prc_case_question_set (&self->resting, frame, &place, NULL, NULL);
  set_question (self, frame, &place, mask, name ? name : "");
  ask (self);
}

void
prc_case_panel_ask_box (PrcCasePanel *self, PrcFrame *frame, PrcInstance *instance,
                        guint frame_number, guint slice_number, const PrcRegion *box,
                        const char *words, GdkPaintable *picture) {
  g_return_if_fail (PRC_IS_CASE_PANEL (self) && frame != NULL && box->width > 0);
  const PrcCasePlace place = {instance, frame_number, slice_number};

  if (!self->resting.frame)
    prc_case_question_set (&self->resting, frame, &place, NULL, NULL);
  prc_case_question_set_box (&self->asked, frame, &place, box, self->against, words);
  show_question (self, PRC_ASKED_BOX);
  prc_case_asked_set_picture (PRC_CASE_ASKED (self->asked_bar), picture);
  ask (self);
}

static void
on_against (PrcCasePanel *self, int against) {
  self->against = (PrcAgainst)against;
  self->asked.against = self->against;
  if (self->asked.kind == PRC_ASKED_BOX)
    ask (self);
}

// Of the slice in view when it rests; else it is asked for when it does.
static void
ask_whole_slice (PrcCasePanel *self) {
  PrcCaseQuestion whole = self->resting;
  gboolean rests = whole.frame && prc_case_place_equal (&whole.place, &self->in_view);

  self->resting = (PrcCaseQuestion){0};
  stop_asking (self);
  forget_questions (self);
  if (rests)
    prc_case_panel_ask (self, whole.frame, whole.place.instance, whole.place.frame_number,
                        whole.place.slice_number);
  else
    set_answer (self, NULL);
  prc_case_question_clear (&whole);
  update (self);
}

void
prc_case_panel_drop_box (PrcCasePanel *self) {
  if (self->asked.kind == PRC_ASKED_BOX)
    ask_whole_slice (self);
}

void
prc_case_panel_set_slice (PrcCasePanel *self, PrcInstance *instance, guint frame_number,
                          guint slice_number) {
  g_return_if_fail (PRC_IS_CASE_PANEL (self));
  PrcCasePlace place = {instance, frame_number, slice_number};

  prc_case_filter_set_slice (PRC_CASE_FILTER (self->filter), instance, frame_number);
  if (prc_case_asking_is_busy (self->asking) && slice_number > 0 &&
      prc_case_place_equal (&self->asked.place, &place) &&
      prc_case_place_equal (&self->in_view, &place))
    return; // this very slice is being asked for
  if (asks_part (self) && slice_number > 0 &&
      prc_case_place_same_patient (&self->asked.place, &place)) {
    prc_case_place_set (&self->in_view, instance, frame_number, slice_number);
    return; // a part is asked for, wherever the reader looks
  }
  if (asks_part (self))
    forget_questions (self);
  stop_asking (self);
  g_clear_error (&self->error);
  if (slice_number == 0 || !prc_case_place_same_patient (&self->in_view, &place))
    self->include_own = FALSE;
  prc_case_place_set (&self->in_view, instance, frame_number, slice_number);
  // Another patient's cases must not stand beside this one's pictures, not even dimmed.
  if (self->answer && !prc_case_place_equal (&self->answered, &self->in_view) &&
      (slice_number == 0 || !prc_case_place_same_patient (&self->answered, &self->in_view)))
    set_answer (self, NULL);
  if (slice_number == 0)
    forget_questions (self);
  update (self);
}

static void
on_engine_changed (PrcCasePanel *self) {
  gboolean ready = prc_engine_state (self->engine) == PRC_ENGINE_READY;
  gboolean was_empty = self->answer && self->answer->state == PRC_ANSWER_EMPTY_LIBRARY;

  if (self->asked.frame && ready &&
      (self->wants_answer || (!prc_case_asking_is_busy (self->asking) && was_empty &&
                              prc_engine_n_cases (self->engine) > 0)))
    ask (self);
  else
    update (self);
}

// Who waits for the first slices is answered when they are there, and everybody when all are: an
// answer between says less than the library knows, and would go on standing there.
static void
on_indexing (PrcCasePanel *self) {
  const PrcIndexing *now = prc_engine_indexing (self->engine);
  g_autofree char *sentence = prc_case_text_indexing (now);
  gboolean empty = self->answer && self->answer->state == PRC_ANSWER_EMPTY_LIBRARY;
  gboolean ended = self->was_indexing && !now->running;

  self->was_indexing = now->running;
  gtk_label_set_label (GTK_LABEL (self->indexing), sentence);
  gtk_widget_set_visible (self->indexing, *sentence != '\0');
  if (self->asked.frame && self->answer && !prc_case_asking_is_busy (self->asking) &&
      (ended || (empty && now->n_done > 0)))
    ask (self);
  else
    update (self);
}

static void
on_filter (PrcCasePanel *self) {
  g_autofree char *summary = prc_case_filter_summary (PRC_CASE_FILTER (self->filter));
  /* Translators: what the library is narrowed to, such as "CT · Chest" */
  g_autofree char *text = g_strdup_printf (_ ("Only: %s"), summary);

  gtk_label_set_label (GTK_LABEL (self->filter_label), text);
  gtk_widget_set_visible (self->filter_bar, *summary != '\0');
  if (self->asked.frame)
    ask (self);
}

static void
switch_own (PrcCasePanel *self) {
  self->include_own = !self->include_own;
  show_kept_out (self);
  if (self->asked.frame)
    ask (self);
}

static void
on_message_button (PrcCasePanel *self) {
  switch (self->action) {
  case PRC_CASE_ACTION_RETRY:
    if (self->asked.frame)
      ask (self);
    break;
  case PRC_CASE_ACTION_WHOLE_SLICE:
    ask_whole_slice (self);
    break;
  case PRC_CASE_ACTION_CLEAR_FILTER:
    prc_case_filter_clear (PRC_CASE_FILTER (self->filter));
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

  g_clear_pointer (&self->asking, prc_case_asking_free);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (prc_case_panel_parent_class)->dispose (object);
}

static void
prc_case_panel_finalize (GObject *object) {
  PrcCasePanel *self = PRC_CASE_PANEL (object);

  prc_case_question_clear (&self->asked);
  prc_case_question_clear (&self->resting);
  prc_case_place_set (&self->in_view, NULL, 0, 0);
  prc_case_place_set (&self->answered, NULL, 0, 0);
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
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, asked_bar);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, progress);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, pages);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, indexing);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, message);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, message_spinner);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, message_button);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, message_button_label);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, note);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, list);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, tally);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, kept_out);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, filter_label);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, filter_bar);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, filter);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, kept_out_bar);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePanel, kept_out_button);
  gtk_widget_class_bind_template_callback (widget_class, switch_own);
  gtk_widget_class_bind_template_callback (widget_class, on_filter);
  gtk_widget_class_bind_template_callback (widget_class, prc_case_filter_clear);
  gtk_widget_class_bind_template_callback (widget_class, on_message_button);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_against);
  gtk_widget_class_bind_template_callback (widget_class, ask_whole_slice);
  gtk_widget_class_bind_template_callback (widget_class, show_cases);
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
  signals[BOX_DROPPED] = g_signal_new ("box-dropped", PRC_TYPE_CASE_PANEL, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (PRC_TYPE_CASE_ASKED);
  g_type_ensure (PRC_TYPE_CASE_FILTER);
  g_type_ensure (PRC_TYPE_CASE_LIST);
  g_type_ensure (PRC_TYPE_CASE_PASSPORT);
  g_type_ensure (PRC_TYPE_CASE_TALLY);
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
  self->asking = prc_case_asking_new (engine, on_answer, on_slow, self);
  prc_case_list_set_sources (PRC_CASE_LIST (self->list), store, pool);
  prc_case_tally_set_engine (PRC_CASE_TALLY (self->tally), engine);
  g_signal_connect_object (engine, "notify::state", G_CALLBACK (on_engine_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::n-cases", G_CALLBACK (on_engine_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::indexing", G_CALLBACK (on_indexing), self,
                           G_CONNECT_SWAPPED);
  prc_case_passport_set_answer (PRC_CASE_PASSPORT (self->passport), NULL, NULL);
  on_indexing (self);
  return GTK_WIDGET (self);
}

PrcCasePanelState
prc_case_panel_get_state (PrcCasePanel *self) {
  return self->state;
}
