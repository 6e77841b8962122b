// SPDX-License-Identifier: Apache-2.0
#include "prc-imaging-error.h"

G_DEFINE_QUARK (prc - imaging - error - quark, prc_imaging_error)
