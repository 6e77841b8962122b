// SPDX-License-Identifier: Apache-2.0
#include "phantom-random.h"

uint64_t
prc_hash64 (uint64_t value) {
  value += 0x9e3779b97f4a7c15u;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

uint64_t
prc_hash64_pair (uint64_t a, uint64_t b) {
  return prc_hash64 (prc_hash64 (a) ^ (b * 0xd1342543de82ef95u));
}

void
prc_random_init (PrcRandom *random, uint64_t seed) {
  for (int i = 0; i < 4; i++)
    random->state[i] = prc_hash64_pair (seed, (uint64_t)i + 1);
}

static uint64_t
rotate_left (uint64_t value, int bits) {
  return (value << bits) | (value >> (64 - bits));
}

uint64_t
prc_random_next (PrcRandom *random) {
  uint64_t *s = random->state;
  uint64_t result = rotate_left (s[1] * 5, 7) * 9;
  uint64_t t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left (s[3], 45);
  return result;
}

double
prc_random_unit (PrcRandom *random) {
  return (double)(prc_random_next (random) >> 11) * 0x1p-53;
}

double
prc_random_range (PrcRandom *random, double low, double high) {
  return low + (high - low) * prc_random_unit (random);
}

unsigned
prc_random_below (PrcRandom *random, unsigned n) {
  return (unsigned)(prc_random_unit (random) * n);
}

double
prc_random_normal (PrcRandom *random) {
  double sum = 0; // Irwin-Hall: close enough for anatomy, and bounded by +-6

  for (int i = 0; i < 12; i++)
    sum += prc_random_unit (random);
  return sum - 6;
}

bool
prc_random_chance (PrcRandom *random, double p) {
  return prc_random_unit (random) < p;
}
