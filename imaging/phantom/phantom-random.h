// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Seeded random numbers (xoshiro256**, Blackman and Vigna 2018) and a stateless hash. The same seed
// gives the same numbers on every machine. A generator belongs to one thread.
typedef struct {
  uint64_t state[4];
} PrcRandom;

uint64_t prc_hash64 (uint64_t value); // splitmix64 finaliser
uint64_t prc_hash64_pair (uint64_t a, uint64_t b);

void prc_random_init (PrcRandom *random, uint64_t seed);
uint64_t prc_random_next (PrcRandom *random);
double prc_random_unit (PrcRandom *random);                           // [0, 1)
double prc_random_range (PrcRandom *random, double low, double high); // uniform
unsigned prc_random_below (PrcRandom *random, unsigned n);            // 0..n-1
double prc_random_normal (PrcRandom *random);                         // mean 0, deviation 1
bool prc_random_chance (PrcRandom *random, double p);
