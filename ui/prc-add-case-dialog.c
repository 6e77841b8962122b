// SPDX-License-Identifier: Apache-2.0
#include "prc-add-case-dialog.h"
