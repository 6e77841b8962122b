// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>

// Maps of features, compared place by place. Arrays are the caller's and overlap with nothing else.
// Reentrant.

// A map [size][size][channels] drawn out to [side][side] places: in straight lines between the
// middles of its own, beyond the outermost middles as those are. Every place gets unit length (one
// of zeros stays) and goes to out[place * stride + channel]. size <= side.
void prc_features_lay (const float *map, unsigned size, unsigned channels, unsigned side,
                       float *out, unsigned stride);

// Each of n places [length] to unit length; one of zeros stays.
void prc_features_normalise (float *features, unsigned n, unsigned length);

// What all places of two maps [n][length] have in common says nothing about which belongs to which:
// the mean over those that count is taken off all of both, then each gets unit length again; those
// that do not count, and those that are nothing but the mean, become zeros.
void prc_features_centre (float *a, const bool *a_counts, float *b, const bool *b_counts,
                          unsigned n, unsigned length);

// cosines [n][n]: row = place of a, column = place of b, of unit vectors. n a multiple of 16.
void prc_features_cosines (const float *a, const float *b, unsigned n, unsigned length,
                           float *cosines);

void prc_features_cosines_reference (const float *a, const float *b, unsigned n, unsigned length,
                                     float *cosines);
