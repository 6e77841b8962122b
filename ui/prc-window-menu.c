// SPDX-License-Identifier: Apache-2.0
#include "prc-window-menu.h"

#include <glib/gi18n-lib.h>

#include "prc-segment-regions.h"
#include "prc-settings.h"
#include "prc-windowing.h"

// Whatever a file or a reader wrote is one line, and no underscore of it a key.
static char *
plain_label (const char *text) {
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);

  for (const char *at = valid; *at; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    if (c == '_')
      g_string_append (out, "__");
    else if (g_unichar_isprint (c) && g_unichar_type (c) != G_UNICODE_FORMAT)
      g_string_append_unichar (out, c);
    else
      g_string_append_c (out, ' ');
  }
  return g_strstrip (g_string_free (out, FALSE));
}

static void
append (GMenu *menu, const char *label, const char *action, GVariant *target) {
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, target);
  g_menu_append_item (menu, item);
}

/* ---- the file's own ---- */

static char *
own_label (const PrcFrameInfo *info, guint choice) {
  g_autofree char *name = plain_label (prc_windowing_explanation (info, choice));

  if (choice < info->n_voi_luts) {
    if (*name)
      return g_strdup_printf (_ ("VOI LUT: %s"), name);
    return g_strdup_printf (_ ("VOI LUT %u"), choice + 1);
  }
  const PrcWindow *window = &info->windows[choice - info->n_voi_luts];
  if (*name)
    return g_strdup_printf ("%s  %g / %g", name, window->centre, window->width);
  return g_strdup_printf ("%g / %g", window->centre, window->width);
}

static GMenuModel *
own_section (PrcSliceView *view) {
  GMenu *section = g_menu_new ();
  const PrcFrame *frame = prc_slice_view_reference_frame (view);
  guint n = frame ? prc_windowing_n_choices (prc_frame_info (frame)) : 0;

  for (guint i = 0; i < n; i++) {
    g_autofree char *label = own_label (prc_frame_info (frame), i);
    append (section, label, "win.own-window", g_variant_new_int32 ((int)i));
  }
  return G_MENU_MODEL (section);
}

/* ---- presets, palettes, looks ---- */

static GMenuModel *
general_section (void) {
  GMenu *section = g_menu_new ();

  g_menu_append (section, _ ("Automatic (0)"), "win.auto-window");
  g_menu_append (section, _ ("Automatic, Whole Series"), "win.auto-window-of-series");
  g_menu_append (section, _ ("The File's Own (1)"), "win.file-window");
  g_menu_append (section, _ ("Histogram (H)"), "win.histogram");
  return G_MENU_MODEL (section);
}

static GMenuModel *
presets_section (void) {
  GMenu *section = g_menu_new ();
  size_t n;
  const PrcPreset *presets = prc_settings_presets (prc_settings_get_default (), &n);

  for (size_t i = 0; i < n; i++) {
    g_autofree char *name = plain_label (_ (presets[i].name));
    g_autofree char *label =
        presets[i].key ? g_strdup_printf ("%s  %g / %g (%c)", name, presets[i].centre,
                                          presets[i].width, presets[i].key)
                       : g_strdup_printf ("%s  %g / %g", name, presets[i].centre, presets[i].width);
    append (section, label, "win.preset", g_variant_new_string (presets[i].id));
  }
  return G_MENU_MODEL (section);
}

static GMenuModel *
palettes_menu (void) {
  GMenu *menu = g_menu_new ();
  size_t n;
  const PrcPalette *palettes = prc_palettes (&n);

  for (size_t i = 0; i < n; i++)
    append (menu, _ (palettes[i].name), "win.palette", g_variant_new_string (palettes[i].id));
  return G_MENU_MODEL (menu);
}

static GMenuModel *
turns_menu (void) {
  GMenu *menu = g_menu_new ();

  g_menu_append (menu, _ ("Rotate Left ([)"), "win.rotate(-1)");
  g_menu_append (menu, _ ("Rotate Right (])"), "win.rotate(1)");
  g_menu_append (menu, _ ("Flip Left to Right (X)"), "win.flip");
  return G_MENU_MODEL (menu);
}

static GMenuModel *
looks_section (const PrcFrame *frame) {
  GMenu *section = g_menu_new ();
  g_autoptr (GMenuModel) palettes = palettes_menu (), turns = turns_menu ();

  g_menu_append_submenu (section, _ ("Palette"), palettes);
  g_menu_append (section, _ ("Invert (I)"), "win.invert");
  g_menu_append (section, _ ("Smooth or Sharp Pixels (S)"), "win.smooth");
  g_menu_append (section, _ ("Overlays and Graphics (G)"), "win.graphics");
  if (frame && prc_segment_regions_has (frame))
    g_menu_append (section, _ ("Make Segments of the Overlays"), "win.segments-of-overlays");
  g_menu_append_submenu (section, _ ("Rotate and Flip"), turns);
  g_menu_append (section, _ ("Fit to the View (F)"), "win.fit");
  g_menu_append (section, _ ("Actual Pixels (A)"), "win.actual-pixels");
  g_menu_append (section, _ ("Play or Pause (C)"), "win.play");
  g_menu_append (section, _ ("Reset (R)"), "win.reset");
  return G_MENU_MODEL (section);
}

/* ---- presentation states ---- */

static char *
state_label (const PrcPresentation *presentation) {
  const PrcPresentationInfo *info = prc_presentation_info (presentation);
  g_autofree char *title = plain_label (info->title);
  g_autofree char *description = plain_label (info->description);

  return *description ? g_strdup_printf ("%s  %s", title, description) : g_steal_pointer (&title);
}

static GMenuModel *
states_section (PrcSliceView *view) {
  GMenu *section = g_menu_new ();
  g_autoptr (GPtrArray) states = prc_slice_view_get_presentations (view);

  if (states->len == 0)
    return G_MENU_MODEL (section);
  append (section, _ ("As in the File"), "win.presentation", g_variant_new_string (""));
  for (guint i = 0; i < states->len; i++) {
    const PrcPresentation *state = states->pdata[i];
    g_autofree char *label = state_label (state);
    append (section, label, "win.presentation",
            g_variant_new_string (prc_presentation_info (state)->sop_instance_uid));
  }
  g_menu_append (section, _ ("Graphics Only"), "win.graphics-only");
  return G_MENU_MODEL (section);
}

GMenuModel *
prc_window_menu_new (PrcSliceView *view) {
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenuModel) states = states_section (view);
  g_autoptr (GMenuModel) general = general_section (), own = own_section (view),
                         presets = presets_section ();

  g_menu_append_section (menu, NULL, general);
  // On other values the numbers of these mean nothing.
  const PrcFrame *frame = prc_slice_view_reference_frame (view);
  g_autoptr (GMenuModel) looks = looks_section (frame);
  bool is_ct = frame && !g_strcmp0 (prc_frame_info (frame)->units, "HU");

  if (g_menu_model_get_n_items (own) > 0)
    g_menu_append_section (menu, _ ("The file's own: centre / width"), own);
  if (is_ct)
    g_menu_append_section (menu, _ ("CT: centre / width in HU"), presets);
  if (g_menu_model_get_n_items (states) > 0)
    g_menu_append_section (menu, _ ("Presentation state (P)"), states);
  g_menu_append_section (menu, NULL, looks);
  return G_MENU_MODEL (menu);
}
