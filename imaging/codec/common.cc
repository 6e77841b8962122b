// SPDX-License-Identifier: Apache-2.0
#include "common.h"

namespace prc {

void
fail (PrcImagingError code, const char *format, ...) {
  va_list args;
  va_start (args, format);
  char *text = g_strdup_vprintf (format, args);
  va_end (args);
  Failure failure{code, text};
  g_free (text);
  throw failure;
}

} // namespace prc
