// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

// ZIP archives written byte by byte (PKWARE's APPNOTE). Failures end the test.

typedef struct {
  const char *name;  // its bytes as they are
  const void *bytes; // content
  gsize n;
  gboolean deflated;
  unsigned flags;    // general purpose bit flag
  unsigned method;   // 0: as `deflated` says
  unsigned mode;     // of a file system of Unix; 0: made on another one
  guint64 size;      // that is said to be the content's; 0: what it is
  guint32 wrong;     // is added to the checksum
  const void *extra; // extra field of the directory
  gsize n_extra;
} ZipEntry;

GByteArray *zip_fixture (const ZipEntry *entries, gsize n);

// With ZIP64 records and fields, as of an archive of many gigabytes.
GByteArray *zip_fixture_64 (const ZipEntry *entries, gsize n);

// Of files of a folder with what is below it, deflated or not.
void zip_fixture_folder (const char *folder, gboolean deflated, const char *to);
void zip_fixture_save (const GByteArray *zip, const char *to);
