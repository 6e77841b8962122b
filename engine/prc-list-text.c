// SPDX-License-Identifier: Apache-2.0
#include "prc-list-text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "prc-engine-error.h"

#define BLOCK        (1u << 20)
#define CHINESE_RUN  4 // bytes: two characters
#define MAX_WESTERN  2 // letters beside each other, as in "Größe"
#define MAX_SEQUENCE 4 // bytes of a character of UTF-8

struct _PrcListText {
  int file; // or -1
  GBytes *bytes;
};

// What is seen of bytes beyond ASCII.
typedef struct {
  guint run, longest;
  gboolean any_odd, no_western; // a run of an odd length; a byte that Windows 1252 does not have
  guint line, wrong_line;       // from 1; of the first byte that is no UTF-8, 0: none
  gboolean has_nul;
} Traits;

static gboolean
G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...) {
  va_list values;
  va_start (values, format);
  if (error)
    *error = g_error_new_valist (PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_CASES_CSV, format, values);
  va_end (values);
  return FALSE;
}

static void
end_run (Traits *traits) {
  traits->longest = MAX (traits->longest, traits->run);
  traits->any_odd |= traits->run % 2;
  traits->run = 0;
}

static void
look_at (Traits *traits, const guint8 *bytes, gsize n) {
  for (gsize i = 0; i < n; i++) {
    if (bytes[i] >= 0x80) {
      traits->run++;
      traits->no_western |= bytes[i] < 0xA0 && strchr ("\x81\x8d\x8f\x90\x9d", bytes[i]);
    } else if (traits->run) {
      end_run (traits);
    }
  }
}

static guint
count_lines (const char *bytes, gsize n) {
  guint lines = 0;
  const char *end = bytes + n;
  while ((bytes = memchr (bytes, '\n', (gsize)(end - bytes))))
    bytes++, lines++;
  return lines;
}

// One block of what should be UTF-8. Returns how many bytes were looked at: a character that is cut
// by the end of the block belongs to the next one.
static gsize
validate (Traits *traits, const char *bytes, gsize n, gboolean last) {
  const char *wrong = NULL;
  gsize done = n;
  if (!g_utf8_validate_len (bytes, n, &wrong)) {
    const gsize rest = n - (gsize)(wrong - bytes);
    if (!last && rest < MAX_SEQUENCE && *wrong)
      done = n - rest;
    else if (traits->wrong_line == 0)
      traits->wrong_line = traits->line + count_lines (bytes, (gsize)(wrong - bytes));
  }
  traits->has_nul |= memchr (bytes, '\0', done) != NULL;
  look_at (traits, (const guint8 *)bytes, done);
  traits->line += count_lines (bytes, done);
  return done;
}

gssize
prc_list_text_read (PrcListText *text, guint64 offset, char *to, gsize size) {
  if (text->bytes) {
    gsize all;
    const char *bytes = g_bytes_get_data (text->bytes, &all);
    const gsize n = offset < all ? MIN (size, all - offset) : 0;
    memcpy (to, bytes + MIN (offset, all), n);
    return (gssize)n;
  }
  gsize done = 0;
  while (done < size) {
    const gssize n = pread (text->file, to + done, size - done, (off_t)(offset + done));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return -1;
    if (n == 0)
      break;
    done += (gsize)n;
  }
  return (gssize)done;
}

static gboolean
look_through (PrcListText *text, Traits *traits, GError **error) {
  g_autofree char *block = g_malloc (BLOCK);
  traits->line = 1;
  for (guint64 offset = 0;;) {
    const gssize n = prc_list_text_read (text, offset, block, BLOCK);
    if (n < 0)
      return refuse (error, _ ("The list of cases cannot be read: %s"), g_strerror (errno));
    if (n > 0)
      offset += validate (traits, block, (gsize)n, n < (gssize)BLOCK);
    if (n < (gssize)BLOCK)
      break;
  }
  end_run (traits);
  return TRUE;
}

// The name that iconv has for it; NULL when it cannot be told.
static const char *
charset_of (const char *start, gsize n, const Traits *traits) {
  if (n >= 2 && memcmp (start, "\xff\xfe", 2) == 0)
    return "UTF-16LE";
  if (n >= 2 && memcmp (start, "\xfe\xff", 2) == 0)
    return "UTF-16BE";
  if (traits->wrong_line == 0)
    return "UTF-8";
  if (traits->has_nul)
    return NULL;
  if (traits->longest >= CHINESE_RUN)
    return "GB18030";
  return traits->longest <= MAX_WESTERN && traits->any_odd && !traits->no_western ? "CP1252" : NULL;
}

static GBytes *
read_all (PrcListText *text, guint64 size) {
  if (text->bytes)
    return g_bytes_ref (text->bytes);
  g_autofree char *bytes = size <= PRC_LIST_MAX_CONVERTED ? g_try_malloc (size + 1) : NULL;
  const gssize n = bytes ? prc_list_text_read (text, 0, bytes, size) : -1;
  return n < 0 ? NULL : g_bytes_new_take (g_steal_pointer (&bytes), (gsize)n);
}

static gboolean
convert (PrcListText *text, const char *charset, guint64 size, const Traits *traits,
         GError **error) {
  g_autoptr (GBytes) raw = read_all (text, size);
  if (!raw)
    return refuse (error, _ ("The list of cases is not UTF-8 and larger than %u MiB"),
                   (guint)(PRC_LIST_MAX_CONVERTED >> 20));
  gsize n, made, used;
  const char *bytes = g_bytes_get_data (raw, &n);
  const gsize mark = g_str_has_prefix (charset, "UTF-16") ? 2 : 0;
  char *utf8 = g_convert (bytes + mark, (gssize)(n - mark), "UTF-8", charset, &used, &made, NULL);
  if (!utf8 || memchr (utf8, '\0', made)) {
    g_free (utf8);
    return refuse (error,
                   _ ("Line %u: the text is neither UTF-8 nor anything that can be told; save "
                      "the list as UTF-8"),
                   mark ? 1 : traits->wrong_line);
  }
  g_clear_pointer (&text->bytes, g_bytes_unref);
  text->bytes = g_bytes_new_take (utf8, made);
  return TRUE;
}

static gboolean
prepare (PrcListText *text, guint64 size, GError **error) {
  Traits traits = {0};
  char start[2];
  if (size > PRC_LIST_MAX_SIZE)
    return refuse (error, _ ("The list of cases is larger than %u MiB"),
                   (guint)(PRC_LIST_MAX_SIZE >> 20));
  if (!look_through (text, &traits, error))
    return FALSE;
  const gssize n = prc_list_text_read (text, 0, start, sizeof start);
  const char *charset = charset_of (start, (gsize)MAX (n, 0), &traits);
  if (g_strcmp0 (charset, "UTF-8") == 0)
    return TRUE;
  if (charset)
    return convert (text, charset, size, &traits, error);
  return refuse (error,
                 _ ("Line %u: the text is neither UTF-8 nor anything that can be told; save "
                    "the list as UTF-8"),
                 MAX (traits.wrong_line, 1));
}

PrcListText *
prc_list_text_new (const char *bytes, gsize length, GError **error) {
  g_autoptr (PrcListText) text = g_new0 (PrcListText, 1);
  text->file = -1;
  text->bytes = g_bytes_new (bytes, length);
  return prepare (text, length, error) ? g_steal_pointer (&text) : NULL;
}

PrcListText *
prc_list_text_open (const char *path, GError **error) {
  g_autoptr (PrcListText) text = g_new0 (PrcListText, 1);
  struct stat status;
  text->file = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (text->file < 0 || fstat (text->file, &status) != 0) {
    refuse (error, _ ("The list of cases cannot be read: %s"),
            errno == ENOENT ? _ ("there is no such file") : g_strerror (errno));
    return NULL;
  }
  if (!S_ISREG (status.st_mode)) {
    refuse (error, _ ("The list of cases cannot be read: %s"), _ ("Not a regular file"));
    return NULL;
  }
  return prepare (text, (guint64)status.st_size, error) ? g_steal_pointer (&text) : NULL;
}

void
prc_list_text_free (PrcListText *text) {
  if (!text)
    return;
  if (text->file >= 0)
    close (text->file);
  g_clear_pointer (&text->bytes, g_bytes_unref);
  g_free (text);
}
