// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-list-text.h"

// Records of a list: RFC 4180 with lines ended by CR LF or LF, empty lines passed over, fields
// parted by one character. Read one after the other within a window of a megabyte, whatever the
// list's size. One thread.
typedef struct _PrcListRecords PrcListRecords;

#define PRC_LIST_MAX_FIELDS 256
#define PRC_LIST_MAX_RECORD (1u << 20) // bytes

PrcListRecords *prc_list_records_new (PrcListText *text); // borrowed; at its start
void prc_list_records_free (PrcListRecords *records);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcListRecords, prc_list_records_free)

void prc_list_records_set_separator (PrcListRecords *records, char separator); // at first ','

// The next record: TRUE and its number of fields; 0 at the end. FALSE and
// PRC_ENGINE_ERROR_CASES_CSV with the line when it is none.
gboolean prc_list_records_next (PrcListRecords *records, guint *n_fields, GError **error);

// Of the record that was read last.
const char *prc_list_records_field (const PrcListRecords *records, guint index); // borrowed
guint prc_list_records_line (const PrcListRecords *records);                     // from 1
guint64 prc_list_records_offset (const PrcListRecords *records);

// Goes on with the record that was at this offset and line.
void prc_list_records_seek (PrcListRecords *records, guint64 offset, guint line);
