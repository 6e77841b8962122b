// SPDX-License-Identifier: Apache-2.0
#include "phantom-tissue.h"

static const float ct[PRC_N_TISSUES][PRC_MAX_CHANNELS] = {
    [PRC_TISSUE_AIR] = {-1000},   [PRC_TISSUE_SKIN] = {38},     [PRC_TISSUE_FAT] = {-92},
    [PRC_TISSUE_MUSCLE] = {58},   [PRC_TISSUE_TABLE] = {1250},  [PRC_TISSUE_DIPLOE] = {560},
    [PRC_TISSUE_CSF] = {6},       [PRC_TISSUE_GREY] = {39},     [PRC_TISSUE_WHITE] = {29},
    [PRC_TISSUE_NUCLEUS] = {38},  [PRC_TISSUE_DURA] = {54},     [PRC_TISSUE_SINUS] = {58},
    [PRC_TISSUE_ARTERY] = {48},   [PRC_TISSUE_VITREOUS] = {10}, [PRC_TISSUE_LENS] = {88},
    [PRC_TISSUE_MUCOSA] = {35},   [PRC_TISSUE_CALCIUM] = {210}, [PRC_TISSUE_BLOOD] = {68},
    [PRC_TISSUE_OEDEMA] = {19},   [PRC_TISSUE_INFARCT] = {15},  [PRC_TISSUE_TUMOUR] = {46},
    [PRC_TISSUE_NECROSIS] = {14},
};

static const float mr[PRC_N_TISSUES][PRC_MAX_CHANNELS] = {
    [PRC_TISSUE_AIR] = {0, 0, 0},
    [PRC_TISSUE_SKIN] = {0.5f, 0.42f, 0.42f},
    [PRC_TISSUE_FAT] = {1.05f, 0.72f, 0.72f},
    [PRC_TISSUE_MUSCLE] = {0.42f, 0.2f, 0.3f},
    [PRC_TISSUE_TABLE] = {0.05f, 0.03f, 0.04f},
    [PRC_TISSUE_DIPLOE] = {0.52f, 0.32f, 0.33f},
    [PRC_TISSUE_CSF] = {0.16f, 1, 0.07f},
    [PRC_TISSUE_GREY] = {0.47f, 0.56f, 0.55f},
    [PRC_TISSUE_WHITE] = {0.66f, 0.39f, 0.43f},
    [PRC_TISSUE_NUCLEUS] = {0.54f, 0.44f, 0.49f},
    [PRC_TISSUE_DURA] = {0.35f, 0.2f, 0.32f},
    [PRC_TISSUE_SINUS] = {0.2f, 0.12f, 0.16f},
    [PRC_TISSUE_ARTERY] = {0.12f, 0.06f, 0.08f},
    [PRC_TISSUE_VITREOUS] = {0.2f, 1, 0.1f},
    [PRC_TISSUE_LENS] = {0.5f, 0.22f, 0.35f},
    [PRC_TISSUE_MUCOSA] = {0.4f, 0.72f, 0.62f},
    [PRC_TISSUE_CALCIUM] = {0.35f, 0.3f, 0.3f},
    [PRC_TISSUE_BLOOD] = {0.78f, 0.26f, 0.45f},
    [PRC_TISSUE_OEDEMA] = {0.4f, 0.8f, 0.84f},
    [PRC_TISSUE_INFARCT] = {0.36f, 0.82f, 0.9f},
    [PRC_TISSUE_TUMOUR] = {1.02f, 0.62f, 0.74f},
    [PRC_TISSUE_NECROSIS] = {0.26f, 0.9f, 0.5f},
};

PrcMaterial
prc_tissue_material (PrcTissue tissue, unsigned n_channels, PrcOrgan organ) {
  PrcMaterial material = {.organ = organ};
  const float *values = n_channels == 1 ? ct[tissue] : mr[tissue];

  for (unsigned c = 0; c < n_channels; c++)
    material.value[c] = values[c];
  return material;
}
