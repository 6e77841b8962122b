// SPDX-License-Identifier: Apache-2.0
#include "prc-codec-request.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "prc-imaging-error.h"
#include "prc-new-file.h"
#include "prc-path.h"
#include "prc-text.h"
#include "prc-transfer-syntax.h"

// While a batch is halved to find the file that stopped the codec, headers get this long.
#define RETRY_LIMIT_MS 5000

// More for a file of an archive, which is unpacked for its header: a gigabyte takes some seconds.
#define MS_PER_ENTRY 2000

#define MAX_SENTENCE 512 // bytes

// Of a compressed segmentation, some 512 x 512 each.
#define MS_PER_FRAME       20
#define MAX_PATIENT_FRAMES 15000 // five minutes

struct _PrcCodecRequest {
  gpointer (*run) (PrcCodecRequest *request, const PrcCodecServer *server, GError **error);
  GDestroyNotify destroy;
  char **paths; // one, but for describe
  PrcInstance *instance;
  uint32_t frame;
  double threshold;
  char *json, *syntax;
  GBytes *pixels;
};

void
prc_codec_request_free (PrcCodecRequest *request) {
  g_strfreev (request->paths);
  g_clear_pointer (&request->instance, prc_instance_unref);
  g_free (request->json);
  g_free (request->syntax);
  g_clear_pointer (&request->pixels, g_bytes_unref);
  g_free (request);
}

static bool
is_breakdown (const GError *error) {
  return g_error_matches (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC);
}

gpointer
prc_codec_request_run (PrcCodecRequest *request, const PrcCodecServer *server, GError **error) {
  g_autoptr (GError) why = NULL;
  gpointer result = request->run (request, server, &why);
  if (!result && is_breakdown (why)) // nor is one believed again that gave a useless answer
    server->drop (server->data);
  if (!result)
    g_propagate_error (error, g_steal_pointer (&why));
  return result;
}

GDestroyNotify
prc_codec_request_result_destroy (PrcCodecRequest *request) {
  return request->destroy;
}

void
prc_description_free (PrcDescription *description) {
  g_clear_pointer (&description->instance, prc_instance_unref);
  g_clear_error (&description->error);
  g_free (description->path);
  g_free (description);
}

// A regular file for reading; nothing that blocks or never ends. With the entry that `path` names
// where the file is an archive, else "".
static int
open_file (const char *path, char **entry, GError **error) {
  const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  int fd = open (path, flags), status = errno;
  g_autofree char *archive = NULL;
  if (fd < 0 && prc_path_split (path, &archive, entry)) {
    fd = open (archive, flags);
    status = errno;
  }
  if (fd < 0) {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO, g_strerror (status));
    return -1;
  }
  if (!*entry)
    *entry = g_strdup ("");
  struct stat st;
  if (fstat (fd, &st) == 0 && S_ISREG (st.st_mode))
    return fd;
  close (fd);
  g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO, _ ("Not a regular file"));
  return -1;
}

// One call to the server's process, which is dropped when it breaks down.
static GVariant *
call (const PrcCodecServer *server, const PrcCodecCall *what, GBytes **bulk, GError **error) {
  PrcCodecProcess *process = server->get (server->data, error);
  if (!process) {
    g_variant_unref (g_variant_ref_sink (what->arguments));
    return NULL;
  }
  g_autoptr (GError) why = NULL;
  GVariant *reply = prc_codec_process_call (process, what, server->patience, bulk, &why);
  if (!reply && is_breakdown (why))
    server->drop (server->data);
  if (!reply)
    g_propagate_error (error, g_steal_pointer (&why));
  return reply;
}

// The arguments of a call about a file or an entry; floating.
typedef GVariant *(*MakeArguments) (const PrcCodecRequest *request, const char *entry);

static GVariant *
entry_only (const PrcCodecRequest *request, const char *entry) {
  return g_variant_new ("(s)", entry);
}

// A call about one file, named by the request.
static GVariant *
call_on_file (PrcCodecRequest *request, const PrcCodecServer *server, PrcWireKind kind,
              MakeArguments make, const char *reply_type, GBytes **bulk, GError **error) {
  g_autofree char *entry = NULL;
  int fd = open_file (request->paths[0], &entry, error);
  if (fd < 0)
    return NULL;
  GVariant *arguments = make (request, entry);
  PrcCodecCall what = {kind, arguments, &fd, 1, reply_type, server->limit_ms};
  GVariant *reply = call (server, &what, bulk, error);
  close (fd);
  return reply;
}

// describe

static PrcDescription *
description_at (GPtrArray *all, unsigned i) {
  return all->pdata[i];
}

static void
take_record (PrcDescription *description, GVariant *record) {
  uint32_t code;
  const char *sentence;
  if (g_variant_lookup (record, "Error", "(u&s)", &code, &sentence)) {
    g_autofree char *safe = prc_text_safe (sentence, -1, MAX_SENTENCE, false);
    g_set_error_literal (&description->error, PRC_IMAGING_ERROR,
                         (int)MIN (code, PRC_IMAGING_ERROR_ARGUMENT), safe);
  } else
    description->instance =
        prc_instance_new_from_record (description->path, record, &description->error);
}

// The files of a batch that could be opened, and their places in it.
typedef struct {
  int fds[PRC_WIRE_MAX_FDS];
  unsigned which[PRC_WIRE_MAX_FDS], n, n_entries;
  GVariantBuilder asked; // a(us)
} Batch;

static void
batch_open (Batch *batch, GPtrArray *all, unsigned begin, unsigned end) {
  batch->n = batch->n_entries = 0;
  g_variant_builder_init (&batch->asked, G_VARIANT_TYPE ("a(us)"));
  for (unsigned i = begin; i < end; i++) {
    PrcDescription *d = description_at (all, i);
    g_autofree char *entry = NULL;
    g_clear_error (&d->error);
    int fd = open_file (d->path, &entry, &d->error);
    if (fd < 0)
      continue;
    g_variant_builder_add (&batch->asked, "(us)", batch->n, entry);
    batch->n_entries += *entry != '\0';
    batch->fds[batch->n] = fd;
    batch->which[batch->n++] = i;
  }
}

static GVariant *
call_describe (const PrcCodecServer *server, Batch *batch, unsigned limit_ms, GError **error) {
  PrcCodecCall what = {PRC_WIRE_DESCRIBE, g_variant_new ("(a(us))", &batch->asked),
                       batch->fds,        batch->n,
                       "aa{sv}",          limit_ms + batch->n_entries * MS_PER_ENTRY};
  GVariant *reply = call (server, &what, NULL, error);
  for (unsigned i = 0; i < batch->n; i++)
    close (batch->fds[i]);
  return reply;
}

// Describes [begin, end). When the codec breaks down, each half again: in the end the guilty file
// stands alone.
static bool
describe_range (const PrcCodecServer *server, GPtrArray *all, unsigned begin, unsigned end,
                unsigned limit_ms, GError **error) {
  Batch batch;
  batch_open (&batch, all, begin, end);
  if (batch.n == 0) {
    g_variant_builder_clear (&batch.asked);
    return true;
  }
  g_autoptr (GError) why = NULL;
  g_autoptr (GVariant) records = call_describe (server, &batch, limit_ms, &why);
  if (records) {
    gsize n = g_variant_n_children (records);
    for (unsigned i = 0; i < batch.n && i < n; i++) {
      g_autoptr (GVariant) record = g_variant_get_child_value (records, i);
      take_record (description_at (all, batch.which[i]), record);
    }
    return true;
  }
  if (!is_breakdown (why)) {
    g_propagate_error (error, g_steal_pointer (&why));
    return false;
  }
  // A codec that cannot even be started is nobody's fault: no halving.
  if (!server->get (server->data, error))
    return false;
  if (end - begin == 1) {
    description_at (all, begin)->error = g_steal_pointer (&why);
    return true;
  }
  unsigned middle = begin + (end - begin) / 2;
  limit_ms = MIN (limit_ms, RETRY_LIMIT_MS);
  return describe_range (server, all, begin, middle, limit_ms, error) &&
         describe_range (server, all, middle, end, limit_ms, error);
}

static gpointer
run_describe (PrcCodecRequest *request, const PrcCodecServer *server, GError **error) {
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_description_free);
  for (char **path = request->paths; *path; path++) {
    PrcDescription *description = g_new0 (PrcDescription, 1);
    description->path = g_strdup (*path);
    g_ptr_array_add (all, description);
  }
  for (unsigned begin = 0; begin < all->len; begin += PRC_WIRE_MAX_FDS)
    if (!describe_range (server, all, begin, MIN (begin + PRC_WIRE_MAX_FDS, all->len),
                         server->limit_ms, error))
      return NULL;
  for (unsigned i = 0; i < all->len; i++) {
    PrcDescription *d = description_at (all, i);
    if (!d->instance && !d->error)
      g_set_error_literal (&d->error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC,
                           _ ("The decoder gave an answer that cannot be used"));
  }
  return g_steal_pointer (&all);
}

PrcCodecRequest *
prc_codec_request_describe (const char *const *paths) {
  PrcCodecRequest *request = g_new0 (PrcCodecRequest, 1);
  request->run = run_describe;
  request->destroy = (GDestroyNotify)g_ptr_array_unref;
  request->paths = g_strdupv ((char **)paths);
  return request;
}

// decode

static GVariant *
frame_and_entry (const PrcCodecRequest *request, const char *entry) {
  return g_variant_new ("(us)", request->frame, entry);
}

static gpointer
run_decode (PrcCodecRequest *request, const PrcCodecServer *server, GError **error) {
  g_autoptr (GBytes) samples = NULL;
  g_autoptr (GVariant) reading =
      call_on_file (request, server, PRC_WIRE_DECODE, frame_and_entry, "a{sv}", &samples, error);
  return reading ? prc_frame_new_from_reading (reading, samples, error) : NULL;
}

PrcCodecRequest *
prc_codec_request_decode (PrcInstance *instance, uint32_t frame) {
  PrcCodecRequest *request = g_new0 (PrcCodecRequest, 1);
  request->run = run_decode;
  request->destroy = (GDestroyNotify)prc_frame_unref;
  request->paths = g_new0 (char *, 2);
  request->paths[0] = g_strdup (prc_instance_info (instance)->path);
  request->frame = frame;
  return request;
}

// present

static gpointer
run_present (PrcCodecRequest *request, const PrcCodecServer *server, GError **error) {
  g_autoptr (GVariant) record =
      call_on_file (request, server, PRC_WIRE_PRESENT, entry_only, "a{sv}", NULL, error);
  return record ? prc_presentation_new_from_record (record, error) : NULL;
}

PrcCodecRequest *
prc_codec_request_present (const char *path) {
  PrcCodecRequest *request = g_new0 (PrcCodecRequest, 1);
  request->run = run_present;
  request->destroy = (GDestroyNotify)prc_presentation_unref;
  request->paths = g_new0 (char *, 2);
  request->paths[0] = g_strdup (path);
  return request;
}

// segment

// All frames at once: compressed ones get as long as it takes to decompress that many.
static PrcCodecServer
more_patient (const PrcCodecServer *server, PrcInstance *instance) {
  const PrcInstanceInfo *info = prc_instance_info (instance);
  PrcCodecServer patient = *server;
  if (prc_transfer_syntax_coding (info->transfer_syntax_uid) != PRC_CODING_NATIVE)
    patient.limit_ms += MIN (info->n_frames, MAX_PATIENT_FRAMES) * MS_PER_FRAME;
  return patient;
}

static GVariant *
threshold_and_entry (const PrcCodecRequest *request, const char *entry) {
  return g_variant_new ("(ds)", request->threshold, entry);
}

static gpointer
run_segment (PrcCodecRequest *request, const PrcCodecServer *server, GError **error) {
  PrcCodecServer patient = more_patient (server, request->instance);
  g_autoptr (GBytes) bulk = NULL;
  g_autoptr (GVariant) record = call_on_file (request, &patient, PRC_WIRE_SEGMENT,
                                              threshold_and_entry, "a{sv}", &bulk, error);
  return record ? prc_segmentation_new_from_record (request->instance, record, bulk, error) : NULL;
}

PrcCodecRequest *
prc_codec_request_segment (PrcInstance *instance, double threshold) {
  PrcCodecRequest *request = g_new0 (PrcCodecRequest, 1);
  request->run = run_segment;
  request->destroy = (GDestroyNotify)prc_segmentation_unref;
  request->paths = g_new0 (char *, 2);
  request->paths[0] = g_strdup (prc_instance_info (instance)->path);
  request->instance = prc_instance_ref (instance);
  request->threshold = threshold;
  return request;
}

// dump

static gpointer
run_dump (PrcCodecRequest *request, const PrcCodecServer *server, GError **error) {
  g_autoptr (GBytes) json = NULL;
  g_autoptr (GVariant) reply =
      call_on_file (request, server, PRC_WIRE_DUMP, entry_only, "()", &json, error);
  gsize size = 0;
  const char *utf8 = reply ? g_bytes_get_data (json, &size) : NULL;
  return reply ? g_utf8_make_valid (utf8, (gssize)size) : NULL;
}

PrcCodecRequest *
prc_codec_request_dump (const char *path) {
  PrcCodecRequest *request = g_new0 (PrcCodecRequest, 1);
  request->run = run_dump;
  request->destroy = g_free;
  request->paths = g_new0 (char *, 2);
  request->paths[0] = g_strdup (path);
  return request;
}

// list

static gpointer
run_list (PrcCodecRequest *request, const PrcCodecServer *server, GError **error) {
  g_autoptr (GVariant) listing =
      call_on_file (request, server, PRC_WIRE_LIST, entry_only, "(ba(uqytys))", NULL, error);
  return listing ? prc_elements_new_from_listing (listing) : NULL;
}

PrcCodecRequest *
prc_codec_request_list (const char *path) {
  PrcCodecRequest *request = g_new0 (PrcCodecRequest, 1);
  request->run = run_list;
  request->destroy = (GDestroyNotify)prc_elements_unref;
  request->paths = g_new0 (char *, 2);
  request->paths[0] = g_strdup (path);
  return request;
}

// contents

void
prc_contents_free (PrcContents *contents) {
  g_free (contents->name);
  g_free (contents->problem);
  g_free (contents);
}

static GVariant *
nothing (const PrcCodecRequest *request, const char *entry) {
  return g_variant_new ("()");
}

static gpointer
run_contents (PrcCodecRequest *request, const PrcCodecServer *server, GError **error) {
  g_autoptr (GVariant) reply =
      call_on_file (request, server, PRC_WIRE_CONTENTS, nothing, "(a(ss))", NULL, error);
  if (!reply)
    return NULL;
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_contents_free);
  g_autoptr (GVariantIter) each = NULL;
  const char *name, *problem;
  g_variant_get (reply, "(a(ss))", &each);
  while (g_variant_iter_next (each, "(&s&s)", &name, &problem)) {
    PrcContents *one = g_new (PrcContents, 1);
    one->name = g_strdup (name);
    one->problem = *problem ? prc_text_safe (problem, -1, MAX_SENTENCE, false) : NULL;
    g_ptr_array_add (all, one);
  }
  return all;
}

PrcCodecRequest *
prc_codec_request_contents (const char *path) {
  PrcCodecRequest *request = g_new0 (PrcCodecRequest, 1);
  request->run = run_contents;
  request->destroy = (GDestroyNotify)g_ptr_array_unref;
  request->paths = g_new0 (char *, 2);
  request->paths[0] = g_strdup (path);
  return request;
}

// encode

static int
memory_of (const void *data, size_t size) {
  int fd = memfd_create ("precedent", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  const char *p = data;
  while (fd >= 0 && size) {
    ssize_t n = write (fd, p, size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      close (fd);
      return -1;
    }
    p += n;
    size -= (size_t)n;
  }
  return fd;
}

static bool
encode_to (PrcCodecRequest *request, const PrcCodecServer *server, int file, GError **error) {
  gsize size = 0;
  const void *data = request->pixels ? g_bytes_get_data (request->pixels, &size) : NULL;
  int fds[3] = {memory_of (request->json, strlen (request->json)), memory_of (data, size), file};
  g_autoptr (GVariant) reply = NULL;
  if (fds[0] >= 0 && fds[1] >= 0) {
    PrcCodecCall what = {PRC_WIRE_ENCODE, g_variant_new ("(s)", request->syntax), fds, 3, "()",
                         server->limit_ms};
    reply = call (server, &what, NULL, error);
  } else {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO, g_strerror (errno));
  }
  for (unsigned i = 0; i < 2; i++)
    if (fds[i] >= 0)
      close (fds[i]);
  return reply != NULL;
}

static gpointer
run_encode (PrcCodecRequest *request, const PrcCodecServer *server, GError **error) {
  g_auto (PrcNewFile) file = {0};
  bool good = prc_new_file_open (&file, request->paths[0], error) &&
              encode_to (request, server, file.fd, error) && prc_new_file_commit (&file, error);
  return good ? request : NULL;
}

static void
keep (gpointer data) {
}

PrcCodecRequest *
prc_codec_request_encode (const char *json, GBytes *pixels, const char *transfer_syntax_uid,
                          const char *path) {
  PrcCodecRequest *request = g_new0 (PrcCodecRequest, 1);
  request->run = run_encode;
  request->destroy = keep;
  request->paths = g_new0 (char *, 2);
  request->paths[0] = g_strdup (path);
  request->json = g_strdup (json);
  request->syntax = g_strdup (transfer_syntax_uid);
  request->pixels = pixels ? g_bytes_ref (pixels) : NULL;
  return request;
}

// Copied, not mapped: the codec could still cut the file off.
static GBytes *
bytes_of (int fd, GError **error) {
  struct stat st;
  if (fstat (fd, &st) != 0)
    st.st_size = 0;
  gsize size = (gsize)st.st_size, done = 0;
  g_autofree char *bytes = g_try_malloc (size + 1);
  while (bytes && done < size) {
    ssize_t n = pread (fd, bytes + done, size - done, (off_t)done);
    if (n <= 0)
      break;
    done += (gsize)n;
  }
  if (size && done == size)
    return g_bytes_new_take (g_steal_pointer (&bytes), size);
  g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE,
                       _ ("Not enough memory"));
  return NULL;
}

static gpointer
run_encode_bytes (PrcCodecRequest *request, const PrcCodecServer *server, GError **error) {
  int fd = memory_of (NULL, 0);
  if (fd < 0) {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_IO, g_strerror (errno));
    return NULL;
  }
  GBytes *bytes = encode_to (request, server, fd, error) ? bytes_of (fd, error) : NULL;
  close (fd);
  return bytes;
}

PrcCodecRequest *
prc_codec_request_encode_bytes (const char *json, const char *transfer_syntax_uid) {
  PrcCodecRequest *request = g_new0 (PrcCodecRequest, 1);
  request->run = run_encode_bytes;
  request->destroy = (GDestroyNotify)g_bytes_unref;
  request->json = g_strdup (json);
  request->syntax = g_strdup (transfer_syntax_uid);
  return request;
}
