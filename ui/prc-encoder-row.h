// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <adwaita.h>
#include "prc-settings.h"

// A row of preferences: the encoder that similar cases are found with, the built-in one or a file.
// A file is tried in a thread before it is taken; what cannot be used is said and changes nothing.
GtkWidget *prc_encoder_row_new (PrcSettings *settings);

// As if the reader had chosen this file: tries it, then takes it or says why not.
void prc_encoder_row_choose (GtkWidget *row, const char *path);
