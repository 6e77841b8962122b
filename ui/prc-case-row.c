// SPDX-License-Identifier: Apache-2.0
#include "prc-case-row.h"

struct _PrcCaseRow {
  GtkBox parent_instance;
  PrcCaseItem *item;
  gulong name_handler;
};

G_DEFINE_FINAL_TYPE (PrcCaseRow, prc_case_row, GTK_TYPE_BOX)

enum { PROP_ITEM = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

// Pure: what is empty takes no room.
static gboolean
has_text (GtkWidget *row, const char *text) {
  return text && *text;
}

// Tooltips are made when they are asked for: setting their text asks X where the pointer is, each
// time, and a row that comes into sight would wait for five answers.
static gboolean
show_whole (GtkLabel *label, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
            gpointer user_data) {
  gtk_tooltip_set_text (tooltip, gtk_label_get_text (label));
  return TRUE;
}

static gboolean
show_meaning (GtkWidget *box, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
              gpointer user_data) {
  PrcCaseRow *self = PRC_CASE_ROW (gtk_widget_get_ancestor (box, PRC_TYPE_CASE_ROW));
  g_autofree char *meaning = NULL;

  if (!self->item)
    return FALSE;
  g_object_get (self->item, "meaning", &meaning, NULL);
  gtk_tooltip_set_text (tooltip, meaning);
  return meaning && *meaning;
}

// The list's row is what has the focus, and so what is read aloud.
static void
update_name (PrcCaseRow *self) {
  const char *name = self->item ? prc_case_item_name (self->item) : "";
  GtkWidget *list_row = gtk_widget_get_parent (GTK_WIDGET (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (list_row)
    gtk_accessible_update_property (GTK_ACCESSIBLE (list_row), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
}

void
prc_case_row_set_item (PrcCaseRow *self, PrcCaseItem *item) {
  g_return_if_fail (PRC_IS_CASE_ROW (self));
  if (self->item == item)
    return;
  if (self->item)
    g_clear_signal_handler (&self->name_handler, self->item);
  g_set_object (&self->item, item);
  if (item)
    self->name_handler =
        g_signal_connect_swapped (item, "notify::name", G_CALLBACK (update_name), self);
  update_name (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ITEM]);
}

PrcCaseItem *
prc_case_row_get_item (PrcCaseRow *self) {
  return self->item;
}

static void
prc_case_row_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec) {
  g_value_set_object (value, PRC_CASE_ROW (object)->item);
}

static void
prc_case_row_set_property (GObject *object, guint property, const GValue *value,
                           GParamSpec *pspec) {
  prc_case_row_set_item (PRC_CASE_ROW (object), g_value_get_object (value));
}

static void
prc_case_row_dispose (GObject *object) {
  PrcCaseRow *self = PRC_CASE_ROW (object);

  if (self->item)
    g_clear_signal_handler (&self->name_handler, self->item);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (prc_case_row_parent_class)->dispose (object);
}

static void
prc_case_row_class_init (PrcCaseRowClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = prc_case_row_get_property;
  object_class->set_property = prc_case_row_set_property;
  object_class->dispose = prc_case_row_dispose;
  props[PROP_ITEM] =
      g_param_spec_object ("item", NULL, NULL, PRC_TYPE_CASE_ITEM,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/precedent_viewer/Precedent/case-row.ui");
  gtk_widget_class_bind_template_callback (widget_class, has_text);
  gtk_widget_class_bind_template_callback (widget_class, show_whole);
  gtk_widget_class_bind_template_callback (widget_class, show_meaning);
}

static void
prc_case_row_init (PrcCaseRow *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
prc_case_row_new (void) {
  return g_object_new (PRC_TYPE_CASE_ROW, NULL);
}
