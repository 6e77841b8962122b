// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "phantom-patient.h"

// The trunk from the pelvic brim to the neck: what every picture of chest or abdomen shares. Atlas:
// z = 0 at the top of the diaphragm; the inner wall of chest and belly ("core") is an oval about x
// = y = 0.

// Skin, fat, muscle, ribs, lungs, the fat of mediastinum and belly; sets volume->wall.
void prc_torso_paint_frame (PrcVolume *volume, const PrcPatient *patient);
// Spine, breastbone, clavicles, shoulder blades, hip bones.
void prc_torso_paint_bones (PrcVolume *volume, const PrcPatient *patient);

float prc_torso_core_distance (PrcPoint p); // mm to the inner wall, negative inside
float prc_torso_diaphragm_height (float x, float y);
float
prc_torso_lung_distance (PrcPoint p,
                         const PrcPatient *patient); // of the air-filled part; negative inside
float
prc_torso_pleura_distance (PrcPoint p); // to the outer surface of the lungs alone: wall and apex
float prc_torso_spine_y (float z);      // of the vertebral bodies' centre
float prc_torso_core_depth (float z);   // half the depth (front to back) of the core

// Contents.
void prc_chest_paint (PrcVolume *volume,
                      const PrcPatient *patient); // heart, great vessels, airways, lung vessels
void prc_abdomen_paint (PrcVolume *volume, const PrcPatient *patient); // liver ... bowel
void prc_bowel_paint (PrcVolume *volume, const PrcPatient *patient);

// Where things are, for findings.
float prc_torso_fissure_distance (
    PrcPoint p, const PrcPatient *patient); // positive behind and below the oblique fissure
float prc_abdomen_liver_distance (PrcPoint p, const PrcPatient *patient);
PrcPoint prc_abdomen_kidney_centre (bool left);
