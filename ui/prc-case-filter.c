// SPDX-License-Identifier: Apache-2.0
#include "prc-case-filter.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "prc-age.h"
#include "prc-case-text.h"
#include "prc-geometry.h"

#define OLDEST 200 // years; nobody is

typedef enum {
  BY_MODALITY,
  BY_BODY_PART,
  BY_PLANE,
  BY_SEX,
  BY_AGE,
  BY_CONTRAST,
  BY_PROOF,
  N_KINDS
} Kind;

typedef struct {
  GtkWidget *toggle;
  char *offered, *chosen; // values as the filter wants them, of an age the first of its band; NULL
} Choice;

struct _PrcCaseFilter {
  GtkBox parent_instance;
  Choice choices[N_KINDS];
  PrcFilter filter; // borrows from the choices and the entry
  gboolean setting; // toggles are set by us
  GtkWidget *button, *words;
};

G_DEFINE_FINAL_TYPE (PrcCaseFilter, prc_case_filter, GTK_TYPE_BOX)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

void
prc_case_filter_age_band (guint years, guint *from, guint *to) {
  static const guint starts[] = {0, 2, 13, 18, 40, 60, 80, OLDEST + 1};

  for (guint i = 0; i + 1 < G_N_ELEMENTS (starts); i++)
    if (years < starts[i + 1] || i + 2 == G_N_ELEMENTS (starts)) {
      *from = starts[i];
      *to = starts[i + 1] - 1;
      return;
    }
}

static char *
age_words (const char *value) {
  guint from, to;

  prc_case_filter_age_band ((guint)g_ascii_strtoull (value, NULL, 10), &from, &to);
  if (to == OLDEST)
    return g_strdup_printf (_ ("%u years and over"), from);
  return g_strdup_printf (_ ("%u to %u years"), from, to);
}

static const char *
plane_words (const char *plane) {
  switch (*plane) {
  case 'a':
    return _ ("Axial slices");
  case 'c':
    return _ ("Coronal slices");
  case 's':
    return _ ("Sagittal slices");
  default:
    return _ ("Oblique slices");
  }
}

static const char *
sex_words (const char *sex) {
  switch (*sex) {
  case 'F':
    return C_ ("cases of patients who are", "Female");
  case 'M':
    return C_ ("cases of patients who are", "Male");
  default:
    return C_ ("sex of patients", "Other");
  }
}

static char *
words_of (Kind kind, const char *value) {
  switch (kind) {
  case BY_MODALITY:
    return prc_case_text_modality (value);
  case BY_BODY_PART:
    return prc_case_text_body_part (value);
  case BY_PLANE:
    return g_strdup (plane_words (value));
  case BY_SEX:
    return g_strdup (sex_words (value));
  case BY_AGE:
    return age_words (value);
  case BY_CONTRAST:
    return g_strdup (*value == 'y' ? _ ("With contrast agent") : _ ("Without contrast agent"));
  case BY_PROOF:
  case N_KINDS:
    break;
  }
  return g_strdup (_ ("Proven diagnosis"));
}

static void
show_choice (PrcCaseFilter *self, Kind kind) {
  Choice *choice = &self->choices[kind];
  const char *value = choice->chosen ? choice->chosen : choice->offered;

  gtk_widget_set_visible (choice->toggle, value != NULL);
  if (!value)
    return;
  g_autofree char *words = words_of (kind, value);
  gtk_button_set_label (GTK_BUTTON (choice->toggle), words);
  self->setting = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (choice->toggle), choice->chosen != NULL);
  self->setting = FALSE;
}

static void
fill (PrcCaseFilter *self) {
  const Choice *choices = self->choices;
  const char *age = choices[BY_AGE].chosen, *contrast = choices[BY_CONTRAST].chosen;

  self->filter = (PrcFilter){
      .modality = choices[BY_MODALITY].chosen,
      .body_part = choices[BY_BODY_PART].chosen,
      .plane = choices[BY_PLANE].chosen,
      .sex = choices[BY_SEX].chosen,
      .by_age = age != NULL,
      .contrast = !contrast          ? PRC_CONTRAST_ANY
                  : *contrast == 'y' ? PRC_CONTRAST_WITH
                                     : PRC_CONTRAST_WITHOUT,
      .proof = choices[BY_PROOF].chosen,
      .text = gtk_editable_get_text (GTK_EDITABLE (self->words)),
  };
  if (age)
    prc_case_filter_age_band ((guint)g_ascii_strtoull (age, NULL, 10), &self->filter.age_from,
                              &self->filter.age_to);
}

static void
changed (PrcCaseFilter *self) {
  fill (self);
  g_autofree char *summary = prc_case_filter_summary (self);
  g_autofree char *name = *summary ? g_strdup_printf (_ ("Narrow the library: %s"), summary)
                                   : g_strdup (_ ("Narrow the library"));
  if (*summary)
    gtk_widget_add_css_class (self->button, "case-filter-on");
  else
    gtk_widget_remove_css_class (self->button, "case-filter-on");
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (self->button)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_toggled (PrcCaseFilter *self, GtkWidget *toggle) {
  if (self->setting)
    return;
  for (Kind kind = 0; kind < N_KINDS; kind++)
    if (self->choices[kind].toggle == toggle) {
      g_free (self->choices[kind].chosen);
      self->choices[kind].chosen = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (toggle))
                                       ? g_strdup (self->choices[kind].offered)
                                       : NULL;
      show_choice (self, kind);
    }
  changed (self);
}

static void
on_words (PrcCaseFilter *self) {
  if (!self->setting)
    changed (self);
}

const PrcFilter *
prc_case_filter_get (PrcCaseFilter *self) {
  g_return_val_if_fail (PRC_IS_CASE_FILTER (self), NULL);
  return &self->filter;
}

char *
prc_case_filter_summary (PrcCaseFilter *self) {
  g_return_val_if_fail (PRC_IS_CASE_FILTER (self), NULL);
  GString *text = g_string_new (NULL);

  if (self->filter.text && *self->filter.text)
    g_string_append_printf (text, _ ("“%s”"), self->filter.text);
  for (Kind kind = 0; kind < N_KINDS; kind++)
    if (self->choices[kind].chosen) {
      g_autofree char *words = words_of (kind, self->choices[kind].chosen);
      g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", words);
    }
  return g_string_free (text, FALSE);
}

void
prc_case_filter_clear (PrcCaseFilter *self) {
  g_return_if_fail (PRC_IS_CASE_FILTER (self));
  if (prc_filter_is_empty (&self->filter))
    return;
  for (Kind kind = 0; kind < N_KINDS; kind++) {
    g_clear_pointer (&self->choices[kind].chosen, g_free);
    show_choice (self, kind);
  }
  self->setting = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->words), "");
  self->setting = FALSE;
  changed (self);
}

// --- what the slice offers

static char *
age_of (const PrcInstanceInfo *info) {
  g_autofree char *age =
      prc_age_text (info->patient_age, info->patient_birth_date, info->study_date);
  gint64 days = prc_age_days (age);
  guint years = 0;

  if (days < 0)
    return NULL;
  while (years < OLDEST && prc_age_days_of_years (years + 1) <= days)
    years++;
  return g_strdup_printf ("%u", years);
}

static const char *
plane_of (const PrcInstance *instance, guint frame) {
  const PrcPlane *plane = prc_instance_plane (instance, frame);

  switch (plane ? prc_geometry_classify (plane) : PRC_ORIENTATION_NONE) {
  case PRC_ORIENTATION_AXIAL:
    return "axial";
  case PRC_ORIENTATION_CORONAL:
    return "coronal";
  case PRC_ORIENTATION_SAGITTAL:
    return "sagittal";
  case PRC_ORIENTATION_OBLIQUE:
    return "oblique";
  case PRC_ORIENTATION_NONE:
    break;
  }
  return "";
}

static void
offer (PrcCaseFilter *self, Kind kind, const char *value) {
  Choice *choice = &self->choices[kind];

  if (g_strcmp0 (choice->offered, value && *value ? value : NULL) == 0)
    return;
  g_free (choice->offered);
  choice->offered = value && *value ? g_strdup (value) : NULL;
  show_choice (self, kind);
}

void
prc_case_filter_set_slice (PrcCaseFilter *self, const PrcInstance *instance, guint frame) {
  g_return_if_fail (PRC_IS_CASE_FILTER (self));
  const PrcInstanceInfo *info = instance ? prc_instance_info (instance) : NULL;
  g_autofree char *age = info ? age_of (info) : NULL;
  gboolean known = info && *info->patient_sex && !info->patient_sex[1];

  offer (self, BY_MODALITY, info ? info->modality : NULL);
  offer (self, BY_BODY_PART, info ? info->body_part : NULL);
  offer (self, BY_PLANE, instance ? plane_of (instance, frame) : NULL);
  offer (self, BY_SEX, known && strchr ("FMO", *info->patient_sex) ? info->patient_sex : NULL);
  offer (self, BY_AGE, age);
  offer (self, BY_CONTRAST,
         !info || !*info->modality ? NULL
         : *info->contrast_agent   ? "yes"
                                   : "no");
}

// --- the widget

static GtkWidget *
popover_new (PrcCaseFilter *self) {
  GtkWidget *popover = gtk_popover_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->words = gtk_search_entry_new ();
  g_object_set (self->words, "placeholder-text", _ ("Words in the case"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->words), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Words in the case"), -1);
  g_signal_connect_object (self->words, "search-changed", G_CALLBACK (on_words), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), self->words);
  for (Kind kind = 0; kind < N_KINDS; kind++) {
    GtkWidget *toggle = gtk_toggle_button_new ();
    self->choices[kind].toggle = toggle;
    gtk_widget_set_visible (toggle, FALSE);
    g_signal_connect_object (toggle, "toggled", G_CALLBACK (on_toggled), self, G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (box), toggle);
  }
  gtk_widget_add_css_class (box, "case-filter");
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  return popover;
}

static void
prc_case_filter_finalize (GObject *object) {
  PrcCaseFilter *self = PRC_CASE_FILTER (object);

  for (Kind kind = 0; kind < N_KINDS; kind++) {
    g_free (self->choices[kind].offered);
    g_free (self->choices[kind].chosen);
  }
  G_OBJECT_CLASS (prc_case_filter_parent_class)->finalize (object);
}

static void
prc_case_filter_class_init (PrcCaseFilterClass *klass) {
  G_OBJECT_CLASS (klass)->finalize = prc_case_filter_finalize;
  signals[CHANGED] = g_signal_new ("changed", PRC_TYPE_CASE_FILTER, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
prc_case_filter_init (PrcCaseFilter *self) {
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), popover_new (self));
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->button), "edit-find-symbolic");
  gtk_widget_set_tooltip_text (self->button, _ ("Narrow the library"));
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->button, "flat");
  // The button inside the menu button is what has the focus, and so what is read aloud.
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (self->button)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Narrow the library"), -1);
  gtk_box_append (GTK_BOX (self), self->button);
  offer (self, BY_PROOF, "proven");
  fill (self);
}
