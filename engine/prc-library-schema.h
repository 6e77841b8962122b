// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-sql.h"

// The tables of a library file, and how an older file becomes one of today. All tables are STRICT;
// application_id is PRC_LIBRARY_APPLICATION_ID, user_version the schema version.
//
//   library     one row: `changes`, a counter that every committed change raises
//               (prc_library_version); `salt`, 32 random bytes for the hashes below; `created`;
//               `schema_sum` over the text of the schema.
//   models      an encoder: `name` (prc_model_id) and the `dimension` of its vectors.
//   cases       one row a case, with the words that stand in the panel: title, diagnosis, findings,
//               note, outcome. `key` says where it came from ("study:UID", "instance:UID" made by
//               itself, "folder:PATH" named in a list of cases).
//   studies     a study within a case. `patient` and `patient_id` are keyed hashes of the patient
//               key and of Patient ID, for "the same patient?" and nothing else: names and numbers
//               of patients are not in the file. "" is unknown and equals nothing.
//   series      a stack within a study: `key` is prc_series_key, `n_slices` its length when it was
//               last seen whole.
//   slices      a frame of an instance, once in the whole library (sop_uid, frame); `frame` and
//               `place` (in its series) count from 0; `path` is absolute.
//   embeddings  a slice's unit vector by one model, float32, little endian. 512 bytes a slice are a
//               thousandth of the slice itself: half floats would save nothing that anybody would
//               notice and cost the bit-for-bit identity with what the encoder gave.
// Since version 2:
//   segmentations  a file that says which pixels belong to what, once in the whole library (sop_uid),
//               on the series that it lies on; `n_segments` are worth remembering: when fewer are
//               there (a kill, a repair, another encoder), the next import reads it again.
//   segments    one of them, `number` as in its file, `slice_id` the slice it is largest on. Codes
//               (`category`, `type`, `modifier`, `anatomy`) are value\scheme\meaning, "" for none;
//               `volume_mm3` is -1 when unknown.
//   segment_embeddings  its unit vector by one model (prc_model_segment_id), as in embeddings.
// Since version 3:
//   cases       `history`, and `proof` of the diagnosis (prc_case_is_proof).
//   case_tags   a person's tags, each once in a case.
//   case_codes  standard codes of the diagnosis or of a finding, as given.
//   studies     `sex` (Patient's Sex), `age` (prc_age_text) and the same as `age_days` for bands (-1
//               unknown), `study_date` (DA); "" unknown.
//   series      `plane` (prc_series_orientation, "" without geometry), `contrast`: 1 when a contrast
//               agent is named, 0 when none is, -1 when nobody looked yet.
//   case_words  (view) the words of a case as the full-text index wants them (prc_library_words).
//   case_search full-text index (FTS5) over that view, by case id. Derived: it can be made again.
//               Kept by prc-library-story.c, not by triggers: those of a file may not write to a
//               virtual table, for the file may be anybody's (trusted_schema is off).
//   audit       what was imported, exported, removed, edited or repaired, in the order of `id`:
//               clocks jump. An import is one entry, which grows with each of its transactions.
//   audit_cases the cases it was about, by number only; not foreign keys, for a removed case stays
//               in the books.
//
// Since version 4:
//   vector_log  which vectors came or went, by model, in order: what the index in memory has not
//               seen yet. Kept by triggers, so that nothing that changes a vector can forget it, and
//               only for the last million; model 0 says that whose slices they are has changed.
//               Nothing that cannot be found out otherwise: who has missed a part reads all vectors.
//   index_files  by which mark the library knows the file that its index is mapped from
//               (prc-index-file.h) and what of vector_log that has seen. The file is made anew where
//               it is not found; it goes when a case is removed, so that nothing of it is left there.
//
// A row of a child table goes with its parent (ON DELETE CASCADE). Ids of cases and slices are
// never used twice, so that an old snapshot cannot point to a stranger. `sum` in each table is
// prc_sum() of the row's other values: SQLite checks its pages' structure, not the contents of a
// text or a blob.
#define PRC_LIBRARY_APPLICATION_ID 0x50526331 // "PRc1"

// Columns that the sum of a row is made of, in this order.
#define PRC_LIBRARY_SUM_LIBRARY "changes, salt, created, schema_sum"
#define PRC_LIBRARY_SUM_MODELS  "name, dimension"
#define PRC_LIBRARY_SUM_CASES                                                                      \
  "key, title, diagnosis, findings, note, outcome, added, history, proof"
#define PRC_LIBRARY_SUM_CASE_TAGS  "case_id, tag"
#define PRC_LIBRARY_SUM_CASE_CODES "case_id, field, scheme, value, meaning"
#define PRC_LIBRARY_SUM_STUDIES                                                                    \
  "case_id, study_uid, patient, patient_id, sex, age, age_days, study_date"
#define PRC_LIBRARY_SUM_SERIES                                                                     \
  "study_id, key, series_uid, modality, body_part, description, n_slices, plane, contrast"
#define PRC_LIBRARY_SUM_AUDIT       "at, what, n_slices"
#define PRC_LIBRARY_SUM_AUDIT_CASES "audit_id, case_id"
#define PRC_LIBRARY_SUM_SLICES      "series_id, sop_uid, frame, place, path"
#define PRC_LIBRARY_SUM_EMBEDDINGS  "slice_id, model_id, vector"
#define PRC_LIBRARY_SUM_SEGMENTATIONS                                                              \
  "series_id, sop_uid, sop_class, modality, title, path, n_segments"
#define PRC_LIBRARY_SUM_SEGMENTS                                                                   \
  "segmentation_id, number, slice_id, label, category, type, modifier, anatomy, voxels, "          \
  "volume_mm3"
#define PRC_LIBRARY_SUM_SEGMENT_EMBEDDINGS "segment_id, model_id, vector"

// Makes or migrates the tables of an open connection; defines prc_sum() on it. Steps are run in one
// transaction; before an older file is touched, a copy of it is laid beside it ("PATH.v1.backup",
// mode 0600). Refuses a file of another program (LIBRARY) and a newer one (NEWER) without writing a
// byte.
gboolean prc_library_schema_prepare (sqlite3 *db, const char *path, GError **error);

// The steps of today, *n of them; step i brings version i to i + 1.
const char *const *prc_library_schema_steps (int *n);

// The same with given steps, for tests: steps[i] is SQL that brings version i to i + 1.
gboolean prc_library_schema_migrate (sqlite3 *db, const char *path, const char *const *steps,
                                     int n_steps, GError **error);

// SQL that gives the sum of the schema's own text.
#define PRC_LIBRARY_SCHEMA_SUM                                                                     \
  "(SELECT prc_sum (group_concat (type || name || tbl_name || sql, ';')) FROM"                     \
  " (SELECT * FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name))"
