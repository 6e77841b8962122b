// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace prc {

struct Limits {
  size_t data = size_t (2) << 30; // bytes of private memory
  bool threads = false;           // new ones of this process
};

// Takes from this process, for good, whatever reading and writing open descriptors does not need:
// paths, sockets, programs, processes, signals to others, unlimited memory. False when the kernel
// would not have it.
bool confine (const Limits &limits = {});

// Tries what is forbidden; prints one line for each and returns how many were possible. For tests.
int try_to_escape ();

} // namespace prc
