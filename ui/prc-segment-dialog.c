// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-dialog.h"

#include <glib/gi18n-lib.h>
#include <math.h>

typedef struct {
  AdwMessageDialog *dialog;
  GtkWidget *name, *type, *side, *colour;
  guint first; // of the types: 1 when what it was is offered too
  PrcSegmentDialogDone done;
  gpointer user_data;
} Form;

PrcSegment
prc_segment_dialog_named (const PrcSegment *segment, const PrcSegmentNaming *naming) {
  PrcSegment named = *segment;

  named.label = naming->label;
  named.has_colour = true;
  named.colour = naming->colour;
  if (!naming->concept)
    return named;
  named.category = *prc_codes_category (naming->concept->category);
  named.type = naming->concept->code;
  named.type_modifier = naming->side && naming->concept->paired ? *naming->side : PRC_CODE_NONE;
  return named;
}

/* ---- what is chosen ---- */

static const PrcConcept *
chosen_concept (Form *form) {
  guint at = gtk_drop_down_get_selected (GTK_DROP_DOWN (form->type));
  size_t n;
  const PrcConcept *types = prc_codes_types (&n);

  return at != GTK_INVALID_LIST_POSITION && at >= form->first && at - form->first < n
             ? &types[at - form->first]
             : NULL;
}

static const PrcCode *
chosen_side (Form *form) {
  guint at = gtk_drop_down_get_selected (GTK_DROP_DOWN (form->side));
  size_t n;
  const PrcCode *sides = prc_codes_sides (&n);

  return at > 0 && at <= n ? &sides[at - 1] : NULL;
}

static guint
chosen_colour (Form *form) {
  GdkRGBA rgba;

  gtk_color_chooser_get_rgba (GTK_COLOR_CHOOSER (form->colour), &rgba);
  return (guint)lround (rgba.red * 255) << 16 | (guint)lround (rgba.green * 255) << 8 |
         (guint)lround (rgba.blue * 255);
}

// It has a name, or is something that has one.
static void
update (Form *form) {
  const PrcConcept *concept = chosen_concept (form);
  g_autofree char *label =
      g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (form->name))));

  gtk_widget_set_sensitive (form->side, concept && concept->paired);
  adw_message_dialog_set_response_enabled (form->dialog, "apply", *label || concept);
}

static void
answered (AdwMessageDialog *dialog, const char *response, Form *form) {
  g_autofree char *label =
      g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (form->name))));
  PrcSegmentNaming naming = {label, chosen_concept (form), chosen_side (form),
                             chosen_colour (form)};

  // One without a name is called what it is.
  if (!*label && naming.concept)
    naming.label = prc_codes_name (&naming.concept->code);
  form->done (!g_strcmp0 (response, "apply") && *naming.label ? &naming : NULL, form->user_data);
}

/* ---- the form ---- */

static GtkWidget *
drop_down_new (GtkStringList *names, gboolean search) {
  GtkWidget *down = gtk_drop_down_new (
      G_LIST_MODEL (names), gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));

  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (down), search);
  gtk_widget_set_valign (down, GTK_ALIGN_CENTER);
  return down;
}

static GtkWidget *
type_new (Form *form, const PrcSegment *segment) {
  GtkStringList *names = gtk_string_list_new (NULL);
  const PrcConcept *known = prc_codes_find_type (&segment->type);
  g_autofree char *before = prc_codes_segment_name (segment);
  size_t n;
  const PrcConcept *types = prc_codes_types (&n);

  form->first = known == NULL;
  if (!known)
    gtk_string_list_append (names, *before ? before : _ ("Not said"));
  for (size_t i = 0; i < n; i++)
    gtk_string_list_append (names, prc_codes_name (&types[i].code));
  GtkWidget *down = drop_down_new (names, TRUE);
  if (known)
    gtk_drop_down_set_selected (GTK_DROP_DOWN (down), (guint)(known - types));
  return down;
}

static GtkWidget *
side_new (const PrcSegment *segment) {
  GtkStringList *names = gtk_string_list_new (NULL);
  const PrcCode *known = prc_codes_find (&segment->type_modifier);
  size_t n;
  const PrcCode *sides = prc_codes_sides (&n);

  gtk_string_list_append (names, _ ("Not said"));
  for (size_t i = 0; i < n; i++)
    gtk_string_list_append (names, prc_codes_name (&sides[i]));
  GtkWidget *down = drop_down_new (names, FALSE);
  if (known && known >= sides && known < sides + n)
    gtk_drop_down_set_selected (GTK_DROP_DOWN (down), (guint)(known - sides) + 1);
  return down;
}

static GtkWidget *
colour_new (guint colour) {
  GdkRGBA rgba = {(float)(colour >> 16 & 255) / 255, (float)(colour >> 8 & 255) / 255,
                  (float)(colour & 255) / 255, 1};
  GtkWidget *button = gtk_color_button_new_with_rgba (&rgba);

  gtk_color_button_set_title (GTK_COLOR_BUTTON (button), _ ("Colour of the Segment"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  return button;
}

static void
add_row (GtkWidget *group, const char *title, GtkWidget *widget) {
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), widget);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), widget);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
}

static void
form_closed (gpointer form, GClosure *closure) {
  g_free (form);
}

GtkWidget *
prc_segment_dialog_show (GtkWindow *parent, const char *heading, const PrcSegment *segment,
                         guint colour, PrcSegmentDialogDone done, gpointer user_data) {
  GtkWidget *dialog = adw_message_dialog_new (parent, heading, NULL);
  GtkWidget *group = adw_preferences_group_new ();
  Form *form = g_new0 (Form, 1);

  *form = (Form){.dialog = ADW_MESSAGE_DIALOG (dialog), .done = done, .user_data = user_data};
  form->name = adw_entry_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (form->name), _ ("Name"));
  gtk_editable_set_text (GTK_EDITABLE (form->name), segment->label);
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (form->name), TRUE);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), form->name);
  form->type = type_new (form, segment);
  form->side = side_new (segment);
  form->colour = colour_new (colour);
  add_row (group, _ ("Type"), form->type);
  add_row (group, _ ("Side"), form->side);
  add_row (group, _ ("Colour"), form->colour);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), group);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "apply",
                                    _ ("_Apply"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "apply",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "apply");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_swapped (form->type, "notify::selected", G_CALLBACK (update), form);
  g_signal_connect_swapped (form->name, "changed", G_CALLBACK (update), form);
  g_signal_connect_data (dialog, "response", G_CALLBACK (answered), form, form_closed, 0);
  update (form);
  gtk_window_present (GTK_WINDOW (dialog));
  return dialog;
}
