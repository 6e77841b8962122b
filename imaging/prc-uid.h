// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

#define PRC_UID_SIZE 65 // 64 characters and the NUL (PS3.5 9.1)

// "2.25." and a UUID as one decimal number (PS3.5 B.2). Any thread.
void prc_uid_of_uuid (uint64_t high, uint64_t low, char uid[PRC_UID_SIZE]);
void prc_uid_random (char uid[PRC_UID_SIZE]); // never the same twice
