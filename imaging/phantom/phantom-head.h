// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "phantom-patient.h"
#include "phantom-tissue.h"

// The head, for CT (one channel) and MR (three). Atlas: the origin lies in the middle of the brain,
// between the ventricles; z runs to the vertex.

void prc_head_paint_skull (PrcVolume *volume,
                           const PrcPatient *patient); // scalp, skull, face; sets volume->wall
void prc_head_paint_face (PrcVolume *volume, const PrcPatient *patient); // eyes, sinuses, ear cells
void prc_head_paint_brain (PrcVolume *volume, const PrcPatient *patient);

float prc_head_cavity_distance (PrcPoint p); // mm to the inside of the skull, negative within

// The lesion's centre and size.
PrcEllipsoid prc_head_lesion (const PrcPatient *patient);
float prc_head_subdural_mm (const PrcPatient *patient,
                            PrcPoint p); // thickness of a clot under the skull at p
