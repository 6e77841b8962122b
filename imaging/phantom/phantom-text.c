// SPDX-License-Identifier: Apache-2.0
#include "phantom-finding.h"

#define LESION                                                                                     \
  { "49755003", "Morphologically Abnormal Structure" }
#define LUNG                                                                                       \
  { "39607008", "Lung" }
#define PLEURA                                                                                     \
  { "3120008", "Pleura" }
#define BRAIN                                                                                      \
  { "12738006", "Brain" }
#define LIVER                                                                                      \
  { "10200004", "Liver" }
#define KIDNEY                                                                                     \
  { "64033007", "Kidney" }

static const PrcFindingTerms terms[PRC_N_FINDINGS] = {
    [PRC_FINDING_NODULE] = {"Lung nodule", LESION, {"27925004", "Nodule"}, LUNG, 0},
    [PRC_FINDING_MASS] = {"Lung mass", LESION, {"4147007", "Mass"}, LUNG, 0},
    [PRC_FINDING_CONSOLIDATION] = {"Consolidation", LESION, {"9656002", "Consolidation"}, LUNG, 1},
    [PRC_FINDING_EFFUSION] =
        {"Pleural effusion", LESION, {"60046008", "Pleural effusion"}, PLEURA, 2},
    [PRC_FINDING_PNEUMOTHORAX] = {"Pneumothorax", LESION, {"36118008", "Pneumothorax"}, PLEURA, 2},
    [PRC_FINDING_EMPHYSEMA] = {"Emphysema", LESION, {"87433001", "Pulmonary emphysema"}, LUNG, 2},
    [PRC_FINDING_HAEMORRHAGE] =
        {"Intracerebral haemorrhage", LESION, {"50960005", "Hemorrhage"}, BRAIN, 0},
    [PRC_FINDING_SUBDURAL] = {"Subdural haematoma", LESION, {"35566002", "Hematoma"}, BRAIN, 0},
    [PRC_FINDING_INFARCT] = {"Infarct", LESION, {"55641003", "Infarct"}, BRAIN, 1},
    [PRC_FINDING_TUMOUR] = {"Brain tumour", LESION, {"108369006", "Neoplasm"}, BRAIN, 1},
    [PRC_FINDING_METASTASES] =
        {"Liver metastases", LESION, {"14799000", "Neoplasm, Secondary"}, LIVER, 1},
    [PRC_FINDING_LIVER_CYST] = {"Liver cyst", LESION, {"367643001", "Cyst"}, LIVER, 2},
    [PRC_FINDING_KIDNEY_STONE] = {"Kidney stone", LESION, {"56381008", "Calculus"}, KIDNEY, 0},
};

const PrcFindingTerms *
prc_finding_terms (PrcFindingKind kind) {
  return kind == PRC_FINDING_NONE ? NULL : &terms[kind];
}

// Words of a kind: the diagnoses are drawn by lot; {side} stands for left or right.
typedef struct {
  const char *title, *diagnoses[2], *findings, *note, *outcome;
} Words;

static const Words words_of[PRC_N_FINDINGS] = {
    [PRC_FINDING_NODULE] = {"Nodule in the {side} lung",
                            {"Solitary pulmonary nodule, adenocarcinoma",
                             "Solitary pulmonary nodule, organised pneumonia"},
                            "Solid nodule with short spicules in the {side} lung; no effusion, no "
                            "enlarged lymph nodes",
                            "Spicules and a solid core raise the likelihood of cancer; compare "
                            "with older pictures before anything else",
                            "Resected by thoracoscopy; no recurrence after two years"},
    [PRC_FINDING_MASS] =
        {"Mass in the {side} lung",
         {"Bronchogenic carcinoma", "Squamous cell carcinoma of the lung"},
         "Lobulated mass larger than 3 cm with spiculated margin in the {side} lung",
         "Above 3 cm the word is mass, not nodule; look for growth into pleura, chest wall and "
         "mediastinum",
         "Histology by CT-guided biopsy; chemotherapy with radiotherapy"},
    [PRC_FINDING_CONSOLIDATION] =
        {"Consolidation of the {side} lung",
         {"Lobar pneumonia", "Community-acquired pneumonia, pneumococcal"},
         "Dense consolidation with air bronchograms in the {side} lung, bounded by the fissure",
         "Air in the bronchi within a dense lobe says that the alveoli are filled and the bronchus "
         "is open",
         "Antibiotics; cleared on the radiograph after six weeks"},
    [PRC_FINDING_EFFUSION] =
        {"Pleural effusion on the {side}",
         {"Pleural effusion in heart failure", "Parapneumonic effusion"},
         "Free fluid in the {side} pleural space with meniscus; lung above it compressed",
         "Lying, fluid runs to the back; standing, it blunts the angle first and rises along the "
         "wall",
         "Drained; 900 ml of clear fluid"},
    [PRC_FINDING_PNEUMOTHORAX] =
        {"Pneumothorax on the {side}",
         {"Primary spontaneous pneumothorax", "Secondary pneumothorax after biopsy"},
         "Air in the {side} pleural space; visceral pleura seen as a thin line, no vessels beyond "
         "it",
         "Follow the vessels outwards: where they end at a line, the space beyond is not lung",
         "Chest tube for three days; lung expanded"},
    [PRC_FINDING_EMPHYSEMA] = {"Emphysema of both lungs",
                               {"Centrilobular emphysema", "Pulmonary emphysema with bullae"},
                               "Round areas of low attenuation without walls, more in the upper "
                               "lobes; bullae at the apices",
                               "Holes without walls are emphysema, holes with walls are cysts; the "
                               "upper lobes suffer first in smokers",
                               "Stopped smoking; bronchodilators; followed by spirometry"},
    [PRC_FINDING_HAEMORRHAGE] =
        {"Haemorrhage in the {side} hemisphere",
         {"Hypertensive intracerebral haemorrhage", "Lobar haemorrhage in amyloid angiopathy"},
         "Fresh haematoma in the {side} cerebral hemisphere with a thin rim of oedema; ventricle "
         "displaced",
         "Deep bleeds point to hypertension, lobar ones in the old to amyloid",
         "Treated conservatively; rehabilitation"},
    [PRC_FINDING_SUBDURAL] =
        {"Subdural haematoma on the {side}",
         {"Acute subdural haematoma", "Subdural haematoma under anticoagulation"},
         "Crescent of blood between skull and brain on the {side}; sulci effaced, midline shifted",
         "A crescent crosses sutures but not the falx; a lens shape would be epidural",
         "Evacuated by craniotomy; discharged after ten days"},
    [PRC_FINDING_INFARCT] = {"Infarct of the {side} hemisphere",
                             {"Ischaemic infarct, territory of the middle cerebral artery",
                              "Embolic cerebral infarct in atrial fibrillation"},
                             "Cortex and white matter of an arterial territory on the {side} no "
                             "longer told apart; sulci effaced",
                             "Cytotoxic swelling takes cortex and white matter alike; oedema of a "
                             "tumour spares the cortex",
                             "Aspirin and statin; mild weakness remained"},
    [PRC_FINDING_TUMOUR] = {"Tumour of the {side} hemisphere",
                            {"Glioblastoma", "Solitary brain metastasis"},
                            "Ring-shaped lesion with irregular wall and necrotic middle in the "
                            "{side} hemisphere; fingers of oedema in the white matter",
                            "A thick irregular ring speaks for tumour, a thin smooth one for "
                            "abscess; diffusion decides",
                            "Resected; radiotherapy"},
    [PRC_FINDING_METASTASES] = {"Liver metastases",
                                {"Liver metastases of colorectal carcinoma",
                                 "Liver metastases of pancreatic carcinoma"},
                                "Several round hypodense lesions in both lobes of the liver, "
                                "darker in the middle, some with a bright rim",
                                "In the portal venous phase metastases stand out dark; the rim is "
                                "living tumour, the middle necrosis",
                                "Chemotherapy; partial response after three months"},
    [PRC_FINDING_LIVER_CYST] =
        {"Liver cyst",
         {"Simple liver cyst", "Liver cysts"},
         "Sharply bounded lesion of water density in the liver without wall or enhancement",
         "Water density and no enhancement make the diagnosis; nothing more is needed",
         "No follow-up"},
    [PRC_FINDING_KIDNEY_STONE] = {"Kidney stone on the {side}",
                                  {"Nephrolithiasis with hydronephrosis",
                                   "Obstructing stone of the renal pelvis"},
                                  "Calculus in the {side} renal pelvis; calyces dilated",
                                  "Look for stones without contrast: what enhances hides them",
                                  "Shock wave lithotripsy; free of stones"},
};

static const char *const region_names[PRC_N_REGIONS] = {"CT of the chest", "CT of the head",
                                                        "CT of the abdomen", "MR of the brain",
                                                        "Chest radiograph"};

static char *
fill_side (const char *text, bool left) {
  GString *filled = g_string_new (text);

  g_string_replace (filled, "{side}", left ? "left" : "right", 0);
  return g_string_free (filled, FALSE);
}

void
prc_case_words (const PrcPatient *patient, PrcCaseWords *words) {
  const Words *w = &words_of[patient->finding];
  const char *region = region_names[patient->region];
  g_autofree char *what = NULL;

  if (patient->finding == PRC_FINDING_NONE) {
    words->title = g_strdup_printf ("%s: normal", region);
    words->diagnosis = g_strdup ("No abnormality");
    words->findings = g_strdup ("Organs of normal size, shape and density for the age");
    words->note = g_strdup ("Know the normal before the abnormal. Synthetic case");
    words->outcome = g_strdup ("Discharged");
    return;
  }
  what = fill_side (w->title, patient->left);
  words->title = g_strdup_printf ("%s: %s", region, what);
  words->diagnosis = g_strdup (w->diagnoses[patient->place.x < 0.6f ? 0 : 1]);
  words->findings = fill_side (w->findings, patient->left);
  words->note = g_strdup_printf ("%s. Synthetic case", w->note);
  words->outcome = g_strdup (w->outcome);
}

void
prc_case_words_clear (PrcCaseWords *words) {
  g_clear_pointer (&words->title, g_free);
  g_clear_pointer (&words->diagnosis, g_free);
  g_clear_pointer (&words->findings, g_free);
  g_clear_pointer (&words->note, g_free);
  g_clear_pointer (&words->outcome, g_free);
}
