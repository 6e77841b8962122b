// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "phantom-volume.h"

// What the tissues of the head look like: HU in CT, signal relative to the brightest in MR (T1, T2,
// FLAIR).
typedef enum {
  PRC_TISSUE_AIR,
  PRC_TISSUE_SKIN,
  PRC_TISSUE_FAT,
  PRC_TISSUE_MUSCLE,
  PRC_TISSUE_TABLE,  // compact bone
  PRC_TISSUE_DIPLOE, // spongy bone
  PRC_TISSUE_CSF,
  PRC_TISSUE_GREY,
  PRC_TISSUE_WHITE,
  PRC_TISSUE_NUCLEUS, // deep grey matter
  PRC_TISSUE_DURA,
  PRC_TISSUE_SINUS, // venous blood
  PRC_TISSUE_ARTERY,
  PRC_TISSUE_VITREOUS,
  PRC_TISSUE_LENS,
  PRC_TISSUE_MUCOSA,
  PRC_TISSUE_CALCIUM,
  PRC_TISSUE_BLOOD, // a fresh clot
  PRC_TISSUE_OEDEMA,
  PRC_TISSUE_INFARCT,
  PRC_TISSUE_TUMOUR, // its rim, taking up contrast
  PRC_TISSUE_NECROSIS,
  PRC_N_TISSUES,
} PrcTissue;

// For a volume of that many channels (1: CT, 3: MR).
PrcMaterial prc_tissue_material (PrcTissue tissue, unsigned n_channels, PrcOrgan organ);
