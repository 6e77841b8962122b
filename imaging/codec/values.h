// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "dataset.h"

// Values of elements as numbers and as plain (not yet converted) text.

namespace prc {

// Numbers of a DS, IS, US, SS, UL, SL, FL, FD, AT, SV or UV element; `fallback` is the VR when the
// file gives none. What is no finite number becomes NaN, so that places keep their meaning. US/SS
// values: pass the VR wanted.
std::vector<double> numbers (const Dataset &set, const Element &element, Vr fallback);
std::vector<double> numbers (const Dataset &set, Tag tag, Vr fallback); // empty when absent

double number (const Dataset &set, Tag tag, Vr fallback,
               double absent); // first value; absent when not finite

std::string uid (const Dataset &set, Tag tag); // also for CS: ASCII, trimmed; "" when absent
std::string ascii (const Element &element);    // trimmed, bytes beyond ASCII and controls dropped
std::vector<std::string> codes (const Dataset &set,
                                Tag tag); // the values of a CS, upper case as they are

bool is_text (Vr vr); // text in the specific character set, or plain text
bool is_number (Vr vr);

} // namespace prc
