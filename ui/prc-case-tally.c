// SPDX-License-Identifier: Apache-2.0
#include "prc-case-tally.h"

#include <glib/gi18n-lib.h>

#include "prc-case-tally-bar.h"
#include "prc-case-tally-text.h"

#define N_LINES 3 // what a glance takes in; the rest is counted together

typedef struct {
  GtkWidget *box, *name, *count, *bar, *base;
} Line;

struct _PrcCaseTally {
  GtkBox parent_instance;
  PrcAnswer *answer; // or NULL
  guint n_different; // of its cases
  gboolean others;   // chosen; counts while there are any
  PrcEngine *engine; // or NULL
  PrcTrial *trial;   // the last, or NULL
  GCancellable *trying;
  GtkWidget *title, *body, *rest, *tried, *choice, *all, *different;
  GtkWidget *title_label, *title_icon;
  GtkSizeGroup *bases; // so that bars are as long as each other
  Line lines[N_LINES];
};

G_DEFINE_FINAL_TYPE (PrcCaseTally, prc_case_tally, GTK_TYPE_BOX)

enum { CHOICE_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const PrcTally *
tally_of (PrcCaseTally *self) {
  const PrcTally *tally = self->answer ? self->answer->tally : NULL;

  return tally && tally->n_lines > 0 ? tally : NULL;
}

static gboolean
differs (PrcCaseTally *self, const PrcHit *hit) {
  const PrcTally *tally = tally_of (self);

  return tally && prc_tally_differs (tally, hit->matching_case->id);
}

static guint
count_different (PrcCaseTally *self) {
  guint n = 0;

  for (guint i = 0; self->answer && i < self->answer->n_hits; i++)
    n += differs (self, &self->answer->hits[i]);
  return n;
}

gboolean
prc_case_tally_wants (PrcCaseTally *self, const PrcHit *hit) {
  g_return_val_if_fail (PRC_IS_CASE_TALLY (self), TRUE);
  return !self->others || self->n_different == 0 || differs (self, hit);
}

// Lines worth one: a diagnosis that stands there once says nothing yet.
static guint
n_shown (const PrcTally *tally) {
  guint n = 0;

  while (n < MIN (tally->n_lines, N_LINES) && tally->lines[n].n > 1)
    n++;
  return n;
}

static void
show_line (const Line *line, const PrcTally *tally, guint i) {
  gboolean there = i < n_shown (tally);

  gtk_widget_set_visible (line->box, there);
  if (!there)
    return;
  g_autofree char *count = prc_case_tally_text_count (tally, &tally->lines[i]);
  g_autofree char *base = prc_case_tally_text_base (tally, &tally->lines[i]);
  g_autofree char *sentence = prc_case_tally_text_line (tally, &tally->lines[i]);
  gtk_label_set_label (GTK_LABEL (line->name), tally->lines[i].diagnosis);
  gtk_label_set_label (GTK_LABEL (line->count), count);
  gtk_label_set_label (GTK_LABEL (line->base), base);
  prc_case_tally_bar_set (PRC_CASE_TALLY_BAR (line->bar), tally, &tally->lines[i]);
  gtk_accessible_update_property (GTK_ACCESSIBLE (line->box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  sentence, -1);
}

// The title has the focus, so that it tells all of the tally to whoever listens.
static void
show_title (PrcCaseTally *self, const PrcTally *tally) {
  g_autofree char *title = prc_case_tally_text_title (tally);
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < n_shown (tally); i++) {
    g_autofree char *sentence = prc_case_tally_text_line (tally, &tally->lines[i]);
    g_string_append_printf (all, "%s%s", i > 0 ? "\n" : "", sentence);
  }
  gtk_label_set_label (GTK_LABEL (self->title_label), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->title), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, all->str, -1);
  g_string_free (all, TRUE);
}

static void
show_choice (PrcCaseTally *self) {
  g_autofree char *all = g_strdup_printf (_ ("All (%u)"), self->answer->n_hits);
  /* Translators: cases that look alike, but have another diagnosis than most of them */
  g_autofree char *others = g_strdup_printf (_ ("Another diagnosis (%u)"), self->n_different);

  gtk_widget_set_visible (self->choice, self->n_different > 0);
  gtk_button_set_label (GTK_BUTTON (self->all), all);
  gtk_button_set_label (GTK_BUTTON (self->different), others);
}

static void
update (PrcCaseTally *self) {
  const PrcTally *tally = tally_of (self);

  gtk_widget_set_visible (GTK_WIDGET (self), tally != NULL);
  if (!tally)
    return;
  g_autofree char *rest = prc_case_tally_text_rest (tally, n_shown (tally));
  show_title (self, tally);
  for (guint i = 0; i < N_LINES; i++)
    show_line (&self->lines[i], tally, i);
  gtk_label_set_label (GTK_LABEL (self->rest), rest);
  gtk_widget_set_visible (self->rest, *rest != '\0');
  show_choice (self);
}

static void
show_trial (PrcCaseTally *self) {
  g_autofree char *text = self->trial ? prc_case_tally_text_trial (self->trial) : g_strdup ("");

  gtk_label_set_label (GTK_LABEL (self->tried), text);
  gtk_widget_set_visible (self->tried, *text != '\0');
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autoptr (PrcCaseTally) self = user_data;
  PrcTrial *trial = prc_engine_try_finish (PRC_ENGINE (source), result, NULL);

  g_clear_object (&self->trying);
  if (!trial)
    return;
  g_free (self->trial);
  self->trial = trial;
  show_trial (self);
}

// Once for a library version: an older figure stands until the newer is there.
static void
try_library (PrcCaseTally *self) {
  if (!self->engine || self->trying || !tally_of (self) || self->answer->by_segment ||
      (self->trial && self->trial->library_version == self->answer->library_version))
    return;
  self->trying = g_cancellable_new ();
  prc_engine_try_async (self->engine, self->trying, on_tried, g_object_ref (self));
}

void
prc_case_tally_set_engine (PrcCaseTally *self, PrcEngine *engine) {
  g_return_if_fail (PRC_IS_CASE_TALLY (self));
  g_set_object (&self->engine, engine);
}

void
prc_case_tally_set_answer (PrcCaseTally *self, PrcAnswer *answer) {
  g_return_if_fail (PRC_IS_CASE_TALLY (self));
  PrcAnswer *before = self->answer;

  if (before == answer)
    return;
  self->answer = answer ? prc_answer_ref (answer) : NULL;
  g_clear_pointer (&before, prc_answer_unref);
  self->n_different = count_different (self);
  update (self);
  try_library (self);
}

static void
on_chosen (PrcCaseTally *self) {
  gboolean others = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->different));

  if (others == self->others)
    return;
  self->others = others;
  g_signal_emit (self, signals[CHOICE_CHANGED], 0);
}

static void
on_title (PrcCaseTally *self) {
  gboolean open = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->title));

  gtk_widget_set_visible (self->body, open);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->title_icon),
                                open ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->title), GTK_ACCESSIBLE_STATE_EXPANDED, open,
                               -1);
}

// Made when it is asked for: see prc-case-row.c.
static gboolean
explain (GtkWidget *box, int x, int y, gboolean keyboard, GtkTooltip *tooltip, PrcCaseTally *self) {
  const PrcTally *tally = tally_of (self);

  for (guint i = 0; tally && i < n_shown (tally); i++)
    if (self->lines[i].box == box) {
      g_autofree char *sentence = prc_case_tally_text_line (tally, &tally->lines[i]);
      gtk_tooltip_set_text (tooltip, sentence);
      return TRUE;
    }
  return FALSE;
}

static gboolean
explain_trial (GtkWidget *label, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
               PrcCaseTally *self) {
  g_autofree char *meaning = prc_case_tally_text_trial_meaning (self->trial);

  gtk_tooltip_set_text (tooltip, meaning);
  return TRUE;
}

static GtkWidget *
label_new (const char *css_class) {
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption");
  if (css_class)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
row_of (GtkWidget *start, GtkWidget *end) {
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  gtk_box_append (GTK_BOX (row), start);
  gtk_box_append (GTK_BOX (row), end);
  return row;
}

static void
make_line (PrcCaseTally *self, Line *line) {
  line->box =
      g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL, "accessible-role",
                    GTK_ACCESSIBLE_ROLE_GROUP, "has-tooltip", TRUE, NULL);
  line->name = label_new ("case-tally-name");
  line->count = label_new ("numeric");
  line->bar = g_object_new (PRC_TYPE_CASE_TALLY_BAR, NULL);
  line->base = label_new ("dim-label");
  gtk_widget_add_css_class (line->base, "numeric");
  gtk_label_set_xalign (GTK_LABEL (line->base), 1);
  gtk_size_group_add_widget (self->bases, line->base);
  gtk_widget_set_hexpand (line->name, TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (line->name), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (line->box), row_of (line->name, line->count));
  gtk_box_append (GTK_BOX (line->box), row_of (line->bar, line->base));
  g_signal_connect_object (line->box, "query-tooltip", G_CALLBACK (explain), self, 0);
  gtk_box_append (GTK_BOX (self->body), line->box);
}

static void
make_title (PrcCaseTally *self) {
  self->title = gtk_toggle_button_new ();
  self->title_label = label_new ("heading");
  self->title_icon = gtk_image_new_from_icon_name ("pan-down-symbolic");
  gtk_widget_set_hexpand (self->title_label, TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (self->title_label), PANGO_ELLIPSIZE_END);
  gtk_button_set_child (GTK_BUTTON (self->title), row_of (self->title_label, self->title_icon));
  gtk_widget_add_css_class (self->title, "flat");
  gtk_widget_add_css_class (self->title, "case-tally-title");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->title), TRUE);
  g_signal_connect_swapped (self->title, "toggled", G_CALLBACK (on_title), self);
  gtk_box_append (GTK_BOX (self), self->title);
}

// Rather cut than wide: the panel is as wide as its widest word.
static GtkWidget *
choice_new (void) {
  GtkWidget *toggle = gtk_toggle_button_new_with_label ("");
  GtkWidget *label = gtk_button_get_child (GTK_BUTTON (toggle));

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "caption");
  return toggle;
}

static void
make_choice (PrcCaseTally *self) {
  self->choice = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  self->all = choice_new ();
  self->different = choice_new ();
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (self->different), GTK_TOGGLE_BUTTON (self->all));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->all), TRUE);
  gtk_widget_set_hexpand (self->different, TRUE);
  gtk_widget_set_tooltip_text (self->different,
                               _ ("Alike, but of another diagnosis than most of the nearest"));
  gtk_widget_add_css_class (self->choice, "linked");
  gtk_widget_add_css_class (self->choice, "case-tally-choice");
  gtk_box_append (GTK_BOX (self->choice), self->all);
  gtk_box_append (GTK_BOX (self->choice), self->different);
  g_signal_connect_swapped (self->different, "toggled", G_CALLBACK (on_chosen), self);
  gtk_box_append (GTK_BOX (self), self->choice);
}

static void
prc_case_tally_dispose (GObject *object) {
  PrcCaseTally *self = PRC_CASE_TALLY (object);

  if (self->trying)
    g_cancellable_cancel (self->trying);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (prc_case_tally_parent_class)->dispose (object);
}

static void
prc_case_tally_finalize (GObject *object) {
  g_clear_pointer (&PRC_CASE_TALLY (object)->answer, prc_answer_unref);
  g_object_unref (PRC_CASE_TALLY (object)->bases);
  g_free (PRC_CASE_TALLY (object)->trial);
  g_clear_object (&PRC_CASE_TALLY (object)->trying);
  G_OBJECT_CLASS (prc_case_tally_parent_class)->finalize (object);
}

static void
prc_case_tally_class_init (PrcCaseTallyClass *klass) {
  G_OBJECT_CLASS (klass)->dispose = prc_case_tally_dispose;
  G_OBJECT_CLASS (klass)->finalize = prc_case_tally_finalize;
  signals[CHOICE_CHANGED] = g_signal_new ("choice-changed", PRC_TYPE_CASE_TALLY, G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
prc_case_tally_init (PrcCaseTally *self) {
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "case-tally");
  self->bases = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  make_title (self);
  self->body = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_add_css_class (self->body, "case-tally-body");
  for (guint i = 0; i < N_LINES; i++)
    make_line (self, &self->lines[i]);
  self->rest = label_new ("dim-label");
  gtk_label_set_ellipsize (GTK_LABEL (self->rest), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (self->body), self->rest);
  self->tried = label_new ("numeric");
  gtk_label_set_wrap (GTK_LABEL (self->tried), TRUE);
  gtk_widget_set_visible (self->tried, FALSE);
  gtk_widget_set_has_tooltip (self->tried, TRUE);
  g_signal_connect_object (self->tried, "query-tooltip", G_CALLBACK (explain_trial), self, 0);
  gtk_box_append (GTK_BOX (self->body), self->tried);
  gtk_box_append (GTK_BOX (self), self->body);
  make_choice (self);
  on_title (self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
