// SPDX-License-Identifier: Apache-2.0
#include "prc-engine-error.h"

G_DEFINE_QUARK (prc - engine - error - quark, prc_engine_error)
