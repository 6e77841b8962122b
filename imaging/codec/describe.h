// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "file.h"

namespace prc {

// The record of one file as the interface description lists it: a floating a{sv}. Throws Failure.
GVariant *describe (int fd);

// The same with the failure put into the record.
GVariant *describe_or_error (int fd);

} // namespace prc
