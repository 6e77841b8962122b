// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-tag-tree.h"
#include "prc-tag-window.h"

struct _PrcTagWindow {
  AdwWindow parent_instance;
  PrcCodecPool *pool;

  AdwWindowTitle *title;
  GtkToggleButton *follow;
  GtkMenuButton *menu_button;
  GtkSearchEntry *entry;
  GtkLabel *count, *notice, *message;
  GtkStack *pages;
  GtkColumnView *view;
  GMenuModel *row_menu;
  GtkWidget *popover;
  GSimpleActionGroup *actions;

  char *path;
  guint frame;
  GCancellable *reading;
  PrcElements *elements;
  PrcTagTree *tree;
  GtkSingleSelection *selection;
  gboolean hide_patient;
};

guint prc_tag_window_selected_index (PrcTagWindow *self);        // of the elements, or G_MAXUINT
void prc_tag_window_select (PrcTagWindow *self, guint position); // and scrolls there
