// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source.h"

namespace prc {

// The record of one file as the interface description lists it: a floating a{sv}. Throws Failure.
GVariant *describe (Bytes bytes);

// The same of a file or an entry of an archive, with the failure put into the record.
GVariant *describe_or_error (int fd, const std::string &entry);

} // namespace prc
