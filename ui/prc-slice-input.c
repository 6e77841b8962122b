// SPDX-License-Identifier: Apache-2.0
#include "prc-slice-input.h"

#include "prc-settings.h"
#include "prc-windowing.h"

#include <math.h>

#define WINDOW_DRAG_PIXELS 250.0 // logical pixels that add one window width
#define ZOOM_DRAG_PIXELS   180.0 // logical pixels that zoom by e
#define WHEEL_ZOOM         1.15
#define SURFACE_PER_SLICE  24.0 // logical pixels of touchpad travel per slice
#define PAGE               10

typedef struct { // of one view
  PrcSliceView *view;
  double pointer_x, pointer_y; // logical
  double scroll_rest;
  PrcViewParams start;
  double range;          // of the values, when a window drag began
  double last_x, last_y; // of the drag, logical
  gboolean region;       // the drag draws a rectangle
} Hands;

void
prc_slice_input_drag_window (double start_centre, double start_width, double range, double dx,
                             double dy, double *centre, double *width) {
  double gain = MAX (start_width, range / 50) / WINDOW_DRAG_PIXELS;
  double narrowest = MIN (1.0, MAX (range, start_width) / 1000);

  *centre = start_centre + dy * gain;
  *width = MAX (start_width + dx * gain, narrowest);
}

int
prc_slice_input_steps (double delta, double *rest) {
  double sum = *rest + delta, whole;

  if (*rest * delta < 0) // turned round: what was left of the other way is forgotten
    sum = delta;
  *rest = modf (sum + copysign (1e-6, sum), &whole);
  return (int)CLAMP (whole, -10000, 10000);
}

static void
zoom_at (Hands *hands, double x, double y, double factor) {
  PrcViewParams params = *prc_slice_view_params (hands->view);
  const PrcFrame *frame = prc_slice_view_reference_frame (hands->view);
  double scale = gtk_widget_get_scale_factor (GTK_WIDGET (hands->view));
  int width, height;

  if (!frame)
    return;
  prc_slice_view_get_size (hands->view, &width, &height);
  factor = CLAMP (params.zoom * factor, 0.02, 100.0) / params.zoom;
  prc_view_params_zoom_at (&params, prc_frame_info (frame), width, height, x * scale, y * scale,
                           factor);
  prc_slice_view_take_params (hands->view, &params, TRUE);
}

static gboolean
scrolled (GtkEventControllerScroll *controller, double dx, double dy, gpointer user_data) {
  Hands *hands = user_data;
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if (gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_SURFACE)
    dy /= SURFACE_PER_SLICE;
  if (state & GDK_CONTROL_MASK) {
    zoom_at (hands, hands->pointer_x, hands->pointer_y, pow (WHEEL_ZOOM, -dy));
    return GDK_EVENT_STOP;
  }
  int steps = prc_slice_input_steps (dy, &hands->scroll_rest);
  if (steps)
    prc_slice_view_step (hands->view, state & GDK_SHIFT_MASK ? PAGE * steps : steps);
  return GDK_EVENT_STOP;
}

static void
pointed (GtkEventControllerMotion *controller, double x, double y, gpointer user_data) {
  Hands *hands = user_data;

  hands->pointer_x = x;
  hands->pointer_y = y;
  double scale = gtk_widget_get_scale_factor (GTK_WIDGET (hands->view));
  prc_slice_view_point (hands->view, x * scale, y * scale);
}

static void
went_away (GtkEventControllerMotion *controller, gpointer user_data) {
  prc_slice_view_point (((Hands *)user_data)->view, NAN, NAN);
}

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data) {
  Hands *hands = user_data;

  gtk_widget_grab_focus (GTK_WIDGET (hands->view));
  if (n_press == 2 &&
      gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) == GDK_BUTTON_PRIMARY)
    prc_slice_view_fit (hands->view);
}

static void
window_drag_began (Hands *hands, GdkModifierType state) {
  const PrcFrame *frame = prc_slice_view_reference_frame (hands->view);
  PrcViewParams whole = hands->start;

  hands->region = (state & GDK_CONTROL_MASK) != 0;
  prc_view_params_auto_window (&whole, frame);
  hands->range = whole.width;
  if (hands->start.voi >= 0 && hands->start.voi < (int)prc_frame_info (frame)->n_voi_luts)
    prc_windowing_resemble (&hands->start, frame, (uint32_t)hands->start.voi);
  hands->start.voi = PRC_VOI_USE_WINDOW;
}

static void
drag_began (GtkGestureDrag *gesture, double x, double y, gpointer user_data) {
  Hands *hands = user_data;

  if (!prc_slice_view_reference_frame (hands->view)) {
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  hands->start = *prc_slice_view_params (hands->view);
  hands->last_x = hands->last_y = 0;
  hands->region = FALSE;
  if (gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) == GDK_BUTTON_PRIMARY)
    window_drag_began (
        hands, gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)));
}

// Whether a drag downwards lowers the centre, which brightens a picture unless it is inverted, by
// its file or by the reader. What the preference promises is what the eye sees.
static bool
down_lowers_centre (Hands *hands) {
  const PrcFrame *frame = prc_slice_view_reference_frame (hands->view);
  const uint32_t *colours = prc_slice_view_get_palette (hands->view)->pixels;
  bool dark_end_first = (colours[0] & 0xff00) <= (colours[255] & 0xff00); // green says it best
  bool inverse = prc_frame_info (frame)->inverse != prc_slice_view_get_invert (hands->view);
  bool brightens = prc_settings_get_level_down_brightens (prc_settings_get_default ());

  return brightens != (inverse == dark_end_first);
}

static void
drag_window (Hands *hands, double dx, double dy) {
  PrcViewParams params = *prc_slice_view_params (hands->view);

  if (prc_frame_info (prc_slice_view_reference_frame (hands->view))->type == PRC_SAMPLE_RGB8)
    return; // colours have no window
  params.voi = PRC_VOI_USE_WINDOW;
  params.function = hands->start.function;
  prc_slice_input_drag_window (hands->start.centre, hands->start.width, hands->range, dx,
                               down_lowers_centre (hands) ? -dy : dy, &params.centre,
                               &params.width);
  prc_slice_view_take_params (hands->view, &params, FALSE);
}

// In device pixels, from the start of the drag to (dx, dy).
static graphene_rect_t
drag_rect (Hands *hands, GtkGestureDrag *gesture, double dx, double dy) {
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (hands->view));
  double x, y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  graphene_rect_t rect = GRAPHENE_RECT_INIT (x * scale, y * scale, dx * scale, dy * scale);
  graphene_rect_normalize (&rect);
  return rect;
}

static void
drag_region (Hands *hands, GtkGestureDrag *gesture, double dx, double dy) {
  graphene_rect_t rect = drag_rect (hands, gesture, dx, dy);

  prc_slice_view_set_rubber_band (hands->view, &rect);
}

static void
drag_ended (GtkGestureDrag *gesture, double dx, double dy, gpointer user_data) {
  Hands *hands = user_data;

  if (!hands->region)
    return;
  hands->region = FALSE;
  prc_slice_view_set_rubber_band (hands->view, NULL);
  graphene_rect_t rect = drag_rect (hands, gesture, dx, dy);
  prc_slice_view_region_window (hands->view, &rect);
}

static void
drag_cancelled (GtkGesture *gesture, GdkEventSequence *sequence, gpointer user_data) {
  Hands *hands = user_data;

  hands->region = FALSE;
  prc_slice_view_set_rubber_band (hands->view, NULL);
}

static void
drag_pan (Hands *hands, double dx, double dy) {
  PrcViewParams params = *prc_slice_view_params (hands->view);
  double scale = gtk_widget_get_scale_factor (GTK_WIDGET (hands->view));
  const PrcFrame *frame = prc_slice_view_reference_frame (hands->view);

  params.image_centre_x = hands->start.image_centre_x;
  params.image_centre_y = hands->start.image_centre_y;
  prc_view_params_pan (&params, prc_frame_info (frame), dx * scale, dy * scale);
  prc_slice_view_take_params (hands->view, &params, TRUE);
}

static void
dragged (GtkGestureDrag *gesture, double dx, double dy, gpointer user_data) {
  Hands *hands = user_data;
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  double x, y;

  if (!prc_slice_view_reference_frame (hands->view))
    return; // the series went away under the hand
  if (fabs (dx) < 1 && fabs (dy) < 1 && hands->last_x == 0 && hands->last_y == 0)
    return;
  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  if (hands->region)
    drag_region (hands, gesture, dx, dy);
  else if (button == GDK_BUTTON_PRIMARY)
    drag_window (hands, dx, dy);
  else if (button == GDK_BUTTON_MIDDLE)
    drag_pan (hands, dx, dy);
  else if (button == GDK_BUTTON_SECONDARY)
    zoom_at (hands, x, y, exp ((hands->last_y - dy) / ZOOM_DRAG_PIXELS));
  hands->last_x = dx;
  hands->last_y = dy;
}

static gboolean
window_key (PrcSliceView *view, guint key) {
  PrcSettings *settings = prc_settings_get_default ();
  const PrcPreset *preset;

  if (key == GDK_KEY_0)
    prc_slice_view_auto_window (view);
  else if (key == GDK_KEY_1)
    prc_slice_view_next_file_window (view);
  else if (key == GDK_KEY_Escape)
    return prc_slice_view_stop_measuring (view) || prc_slice_view_hide_cross (view);
  else if (key < 128 && (preset = prc_settings_preset_of_key (settings, (char)key)))
    prc_slice_view_apply_preset (view, preset);
  else
    return FALSE;
  return TRUE;
}

static gboolean
scroll_key (PrcSliceView *view, guint key, GdkModifierType state) {
  int step = state & GDK_SHIFT_MASK ? PAGE : 1;

  switch (key) {
  case GDK_KEY_Up:
    prc_slice_view_step (view, -step);
    return TRUE;
  case GDK_KEY_Down:
    prc_slice_view_step (view, step);
    return TRUE;
  case GDK_KEY_Page_Up:
    prc_slice_view_step (view, -PAGE);
    return TRUE;
  case GDK_KEY_Page_Down:
    prc_slice_view_step (view, PAGE);
    return TRUE;
  case GDK_KEY_Home:
    prc_slice_view_set_index (view, 0);
    return TRUE;
  case GDK_KEY_End:
    prc_slice_view_set_index (view, G_MAXINT);
    return TRUE;
  case GDK_KEY_Left:
    prc_slice_view_step_series (view, -1);
    return TRUE;
  case GDK_KEY_Right:
    prc_slice_view_step_series (view, 1);
    return TRUE;
  default:
    return FALSE;
  }
}

// Arrows with Control: the crosshair goes that way.
static gboolean
cross_key (PrcSliceView *view, guint key, GdkModifierType state) {
  int step = state & GDK_SHIFT_MASK ? PAGE : 1;
  int right = (key == GDK_KEY_Right) - (key == GDK_KEY_Left);
  int down = (key == GDK_KEY_Down) - (key == GDK_KEY_Up);

  if (!(state & GDK_CONTROL_MASK) || state & (GDK_ALT_MASK | GDK_SUPER_MASK) || (!right && !down))
    return FALSE;
  prc_slice_view_move_cross (view, right * step, down * step);
  return TRUE;
}

static gboolean
look_key (Hands *hands, guint key) {
  PrcSliceView *view = hands->view;
  double middle_x = gtk_widget_get_width (GTK_WIDGET (view)) / 2.0;
  double middle_y = gtk_widget_get_height (GTK_WIDGET (view)) / 2.0;

  switch (key) {
  case GDK_KEY_i:
    prc_slice_view_set_invert (view, !prc_slice_view_get_invert (view));
    return TRUE;
  case GDK_KEY_r:
    prc_slice_view_reset (view);
    return TRUE;
  case GDK_KEY_h:
    return gtk_widget_activate_action (GTK_WIDGET (view), "win.histogram", NULL);
  case GDK_KEY_y:
    return gtk_widget_activate_action (GTK_WIDGET (view), "win.matches", NULL);
  case GDK_KEY_f:
    prc_slice_view_fit (view);
    return TRUE;
  case GDK_KEY_a:
    prc_slice_view_actual_pixels (view);
    return TRUE;
  case GDK_KEY_s:
    prc_slice_view_set_smooth (view, !prc_slice_view_get_smooth (view));
    return TRUE;
  case GDK_KEY_g:
    prc_slice_view_set_graphics (view, !prc_slice_view_get_graphics (view));
    return TRUE;
  case GDK_KEY_bracketleft:
  case GDK_KEY_bracketright:
    prc_slice_view_rotate (view, key == GDK_KEY_bracketleft ? -1 : 1);
    return TRUE;
  case GDK_KEY_p:
    prc_slice_view_next_presentation (view);
    return TRUE;
  case GDK_KEY_x:
    prc_slice_view_flip (view);
    return TRUE;
  case GDK_KEY_space:
  case GDK_KEY_t:
    prc_slice_view_cycle_annotate (view);
    return TRUE;
  case GDK_KEY_plus:
  case GDK_KEY_equal:
  case GDK_KEY_minus:
    zoom_at (hands, middle_x, middle_y, key == GDK_KEY_minus ? 1 / WHEEL_ZOOM : WHEEL_ZOOM);
    return TRUE;
  default:
    return FALSE;
  }
}

// Digits and arrows of the number pad count as the others.
static guint
plain_key (guint key) {
  static const guint pairs[][2] = {
      {GDK_KEY_KP_Up, GDK_KEY_Up},           {GDK_KEY_KP_Down, GDK_KEY_Down},
      {GDK_KEY_KP_Left, GDK_KEY_Left},       {GDK_KEY_KP_Right, GDK_KEY_Right},
      {GDK_KEY_KP_Page_Up, GDK_KEY_Page_Up}, {GDK_KEY_KP_Page_Down, GDK_KEY_Page_Down},
      {GDK_KEY_KP_Home, GDK_KEY_Home},       {GDK_KEY_KP_End, GDK_KEY_End},
      {GDK_KEY_KP_Add, GDK_KEY_plus},        {GDK_KEY_KP_Subtract, GDK_KEY_minus},
  };

  if (key >= GDK_KEY_KP_0 && key <= GDK_KEY_KP_9)
    return key - GDK_KEY_KP_0 + GDK_KEY_0;
  for (size_t i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (pairs[i][0] == key)
      return pairs[i][1];
  return gdk_keyval_to_lower (key);
}

static gboolean
key_pressed (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
             gpointer user_data) {
  Hands *hands = user_data;

  if (prc_slice_view_get_series (hands->view) && cross_key (hands->view, plain_key (key), state))
    return GDK_EVENT_STOP;
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK) ||
      !prc_slice_view_get_series (hands->view))
    return GDK_EVENT_PROPAGATE;
  key = plain_key (key);
  return window_key (hands->view, key) || scroll_key (hands->view, key, state) ||
         look_key (hands, key);
}

static void
add_scroll (Hands *hands) {
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkEventController *motion = gtk_event_controller_motion_new ();

  g_signal_connect (scroll, "scroll", G_CALLBACK (scrolled), hands);
  gtk_widget_add_controller (GTK_WIDGET (hands->view), scroll);
  g_signal_connect (motion, "enter", G_CALLBACK (pointed), hands);
  g_signal_connect (motion, "motion", G_CALLBACK (pointed), hands);
  g_signal_connect (motion, "leave", G_CALLBACK (went_away), hands);
  gtk_widget_add_controller (GTK_WIDGET (hands->view), motion);
}

static void
add_buttons (Hands *hands) {
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed), hands);
  gtk_widget_add_controller (GTK_WIDGET (hands->view), GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_began), hands);
  g_signal_connect (drag, "drag-update", G_CALLBACK (dragged), hands);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_ended), hands);
  g_signal_connect (drag, "cancel", G_CALLBACK (drag_cancelled), hands);
  gtk_widget_add_controller (GTK_WIDGET (hands->view), GTK_EVENT_CONTROLLER (drag));
}

static void
smooth_preferred (PrcSettings *settings, GParamSpec *pspec, PrcSliceView *view) {
  prc_slice_view_set_smooth (view, prc_settings_get_smooth (settings));
}

void
prc_slice_input_attach (PrcSliceView *view) {
  Hands *hands = g_new0 (Hands, 1);
  GtkEventController *keys = gtk_event_controller_key_new ();

  hands->view = view;
  g_object_set_data_full (G_OBJECT (view), "prc-hands", hands, g_free);
  add_scroll (hands);
  add_buttons (hands);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), hands);
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
  smooth_preferred (prc_settings_get_default (), NULL, view);
  g_signal_connect_object (prc_settings_get_default (), "notify::smooth",
                           G_CALLBACK (smooth_preferred), view, 0);
}
