// SPDX-License-Identifier: Apache-2.0
#include "prc-onnx.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "prc-engine-error.h"
#include "prc-onnx-wire.h"
#include "prc-places.h"
#include "prc-text.h"

#define PATIENCE_S 120 // for one answer
#define CHUNK      (1u << 20)

struct _PrcOnnx {
  PrcSideFile side;
  int model; // the file
  char *id;
  unsigned dimension;
  GMutex lock;          // of what follows
  GSubprocess *process; // NULL: not running
  int socket;
};

static gboolean
refuse (GError **error, const char *sentence) {
  g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL, sentence);
  return FALSE;
}

bool
prc_onnx_is_one (const char *path) {
  const char *dot = strrchr (path, '.');
  return dot && g_ascii_strcasecmp (dot, ".onnx") == 0;
}

// --- the process

static void
stop (PrcOnnx *self) {
  if (!self->process)
    return;
  g_subprocess_force_exit (self->process);
  g_clear_object (&self->process);
  close (self->socket);
}

static gboolean
transfer (PrcOnnx *self, void *data, size_t n, bool sending, GError **error) {
  for (char *at = data; n > 0;) {
    const ssize_t done =
        sending ? send (self->socket, at, n, MSG_NOSIGNAL) : recv (self->socket, at, n, 0);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0) {
      const bool late = done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
      stop (self);
      return refuse (error, late ? _ ("The encoder did not answer in time and was stopped")
                                 : _ ("The encoder broke down"));
    }
    at += done;
    n -= (size_t)done;
  }
  return TRUE;
}

static gboolean
take_failure (const PrcOnnxAnswer *answer, GError **error) {
  g_autofree char *reason =
      prc_text_safe (answer->reason, (gssize)strnlen (answer->reason, sizeof answer->reason),
                     PRC_ONNX_MAX_REASON, false);
  g_strstrip (reason);
  switch (answer->status) {
  case PRC_ONNX_NO_OUTPUT:
    return refuse (error, _ ("The encoder has no tensor of the name that its side file says"));
  case PRC_ONNX_NO_VECTOR:
    return refuse (error, _ ("What the encoder gives is not one vector for a picture"));
  case PRC_ONNX_MEMORY:
    return refuse (error, _ ("The encoder needs more memory than it may have"));
  default:
    g_set_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL,
                 _ ("OpenCV does not run this encoder: %s"), *reason ? reason : "ONNX");
    return FALSE;
  }
}

static gboolean
take_answer (PrcOnnx *self, PrcOnnxAnswer *answer, GError **error) {
  if (!transfer (self, answer, sizeof *answer, false, error))
    return FALSE;
  if (answer->status == PRC_ONNX_DONE)
    return TRUE;
  take_failure (answer, error);
  stop (self); // it has ended
  return FALSE;
}

static gboolean
spawn (PrcOnnx *self, GError **error) {
  g_autofree char *program = prc_places_onnx ();
  if (!g_file_test (program, G_FILE_TEST_IS_EXECUTABLE))
    return refuse (error, _ ("This build of the program does not run encoders in ONNX"));
  int ends[2];
  const int model = fcntl (self->model, F_DUPFD_CLOEXEC, PRC_ONNX_CHILD_MODEL + 1);
  if (model < 0 || socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    const int status = errno;
    if (model >= 0)
      close (model);
    return refuse (error, g_strerror (status));
  }
  g_autoptr (GError) fault = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  const struct timeval patience = {.tv_sec = PATIENCE_S};
  setsockopt (ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt (ends[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  g_subprocess_launcher_take_fd (launcher, ends[1], PRC_ONNX_CHILD_SOCKET);
  g_subprocess_launcher_take_fd (launcher, model, PRC_ONNX_CHILD_MODEL);
  self->process = g_subprocess_launcher_spawn (launcher, &fault, program, NULL);
  self->socket = ends[0];
  if (self->process)
    return TRUE;
  close (ends[0]);
  return refuse (error, fault->message);
}

static gboolean
start (PrcOnnx *self, GError **error) {
  const PrcRecipe *recipe = &self->side.recipe;
  PrcOnnxStart start = {.mean = self->side.pool == PRC_POOL_MEAN};
  PrcOnnxAnswer answer;
  const uint32_t size = recipe->size, channels = recipe->channels;
  const uint32_t planes[] = {1, channels, size, size}, pixels[] = {1, size, size, channels};
  memcpy (start.shape, recipe->planes ? planes : pixels, sizeof start.shape);
  if (self->side.output)
    g_strlcpy (start.output, self->side.output, sizeof start.output);
  return spawn (self, error) && transfer (self, &start, sizeof start, true, error) &&
         take_answer (self, &answer, error);
}

// --- what it gives

static gboolean
is_finite (const float *vector, unsigned dimension, GError **error) {
  for (unsigned i = 0; i < dimension; i++)
    if (!isfinite (vector[i]))
      return refuse (error, _ ("The encoder gives no finite vector"));
  return TRUE;
}

// Of doubles, so that no finite vector is too long.
static gboolean
make_unit (float *vector, unsigned dimension, GError **error) {
  double sum = 0;
  for (unsigned i = 0; i < dimension; i++)
    sum += (double)vector[i] * vector[i];
  if (!(sum > 0))
    return refuse (error, _ ("The encoder sees nothing in this picture"));
  for (unsigned i = 0; i < dimension; i++)
    vector[i] = (float)(vector[i] / sqrt (sum));
  return TRUE;
}

// As many floats as it says, finite; the caller's.
static float *
ask (PrcOnnx *self, const float *input, unsigned *dimension, GError **error) {
  PrcOnnxAnswer answer;
  if ((!self->process && !start (self, error)) ||
      !transfer (self, (void *)input, prc_recipe_length (&self->side.recipe) * sizeof *input, true,
                 error) ||
      !take_answer (self, &answer, error))
    return NULL;
  if (answer.dimension == 0 || answer.dimension > PRC_ONNX_MAX_DIMENSION) {
    stop (self);
    refuse (error, _ ("The encoder broke down"));
    return NULL;
  }
  g_autofree float *vector = g_new (float, answer.dimension);
  *dimension = answer.dimension;
  return transfer (self, vector, answer.dimension * sizeof *vector, false, error) &&
                 is_finite (vector, answer.dimension, error)
             ? g_steal_pointer (&vector)
             : NULL;
}

gboolean
prc_onnx_run (PrcOnnx *self, const float *input, float *vector, GError **error) {
  unsigned dimension;
  g_mutex_lock (&self->lock);
  g_autofree float *found = ask (self, input, &dimension, error);
  g_mutex_unlock (&self->lock);
  if (!found || !make_unit (found, dimension, error))
    return FALSE;
  if (dimension != self->dimension)
    return refuse (error, _ ("What the encoder gives is not one vector for a picture"));
  memcpy (vector, found, dimension * sizeof *vector);
  return TRUE;
}

// --- a model

static char *
make_id (PrcOnnx *self, size_t size, GError **error) {
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *meaning = prc_side_file_meaning (&self->side);
  g_autofree guchar *chunk = g_malloc (CHUNK);
  size_t done = 0;
  ssize_t n;
  while ((n = pread (self->model, chunk, CHUNK, (off_t)done)) > 0) {
    g_checksum_update (sum, chunk, n);
    done += (size_t)n;
  }
  if (done != size) {
    refuse (error, _ ("The encoder's file cannot be read"));
    return NULL;
  }
  g_checksum_update (sum, (const guchar *)meaning, -1);
  return g_strdup (g_checksum_get_string (sum));
}

static gboolean
open_file (PrcOnnx *self, const char *path, GError **error) {
  struct stat about;
  self->model = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (self->model < 0 || fstat (self->model, &about) != 0) {
    g_set_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL,
                 _ ("The encoder's file cannot be opened: %s"), g_strerror (errno));
    return FALSE;
  }
  if (!S_ISREG (about.st_mode) || about.st_size == 0)
    return refuse (error, _ ("The encoder's file is empty or no file"));
  if (about.st_size > PRC_ONNX_MAX_FILE)
    return refuse (error, _ ("The encoder's file is too large"));
  self->id = make_id (self, (size_t)about.st_size, error);
  return self->id != NULL;
}

// On an even ramp, to know the length of what it gives and that it gives anything.
static gboolean
try_out (PrcOnnx *self, GError **error) {
  const size_t length = prc_recipe_length (&self->side.recipe);
  g_autofree float *input = g_new (float, length);
  for (size_t i = 0; i < length; i++)
    input[i] = 2 * (float)i / (float)length - 1;
  g_autofree float *vector = ask (self, input, &self->dimension, error);
  return vector != NULL;
}

PrcOnnx *
prc_onnx_new (const char *path, GError **error) {
  g_autoptr (PrcOnnx) self = g_new0 (PrcOnnx, 1);
  g_mutex_init (&self->lock);
  self->model = -1;
  return prc_side_file_read (path, &self->side, error) && open_file (self, path, error) &&
                 try_out (self, error)
             ? g_steal_pointer (&self)
             : NULL;
}

void
prc_onnx_free (PrcOnnx *self) {
  stop (self);
  if (self->model >= 0)
    close (self->model);
  prc_side_file_clear (&self->side);
  g_free (self->id);
  g_mutex_clear (&self->lock);
  g_free (self);
}

const PrcSideFile *
prc_onnx_side (const PrcOnnx *self) {
  return &self->side;
}

const char *
prc_onnx_id (const PrcOnnx *self) {
  return self->id;
}

unsigned
prc_onnx_dimension (const PrcOnnx *self) {
  return self->dimension;
}
