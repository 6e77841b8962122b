// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-mask.h"
#include "prc-series.h"

// One segment on the slices of a series, in the pixels of the images: a mask for each slice, or
// none. Immutable, reference-counted, any thread. A changed one shares what did not change, so that
// keeping every state of an edit costs what the edits changed.
typedef struct _PrcSegmentStack PrcSegmentStack;

// masks[i] is of slice i (NULL: nothing there; an empty mask counts as none); references are taken.
PrcSegmentStack *prc_segment_stack_new (PrcMask *const *masks, uint32_t n_slices);
PrcSegmentStack *prc_segment_stack_new_empty (uint32_t n_slices);
// The same with another mask (or NULL) on one slice; on all slices from `first` on, n of them.
PrcSegmentStack *prc_segment_stack_new_replaced (const PrcSegmentStack *stack, uint32_t index,
                                                 PrcMask *mask);
PrcSegmentStack *prc_segment_stack_new_spliced (const PrcSegmentStack *stack, uint32_t first,
                                                PrcMask *const *masks, uint32_t n);
PrcSegmentStack *prc_segment_stack_ref (const PrcSegmentStack *stack);
void prc_segment_stack_unref (PrcSegmentStack *stack);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcSegmentStack, prc_segment_stack_unref)

uint32_t prc_segment_stack_length (const PrcSegmentStack *stack); // slices
PrcMask *prc_segment_stack_mask (const PrcSegmentStack *stack,
                                 uint32_t index);               // borrowed, NULL: nothing there
uint64_t prc_segment_stack_area (const PrcSegmentStack *stack); // voxels
size_t prc_segment_stack_size (const PrcSegmentStack *stack);   // bytes, for budgets
bool prc_segment_stack_equal (const PrcSegmentStack *a, const PrcSegmentStack *b);

// Where it is largest, first and last seen. False when it is nowhere.
typedef struct {
  uint32_t largest, first, last; // slices
} PrcSegmentExtent;
bool prc_segment_stack_extent (const PrcSegmentStack *stack, PrcSegmentExtent *extent);
