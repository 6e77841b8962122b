// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codes.h"

extern const PrcConcept prc_codes_table[];
extern const size_t prc_codes_table_length;
