// SPDX-License-Identifier: Apache-2.0
#include "prc-index-training.h"

#include <sys/resource.h>

struct _PrcIndexTraining {
  GThread *thread;
  GCancellable *cancellable;
  PrcIndex *from, *made;
  char *path;
  PrcIndexFileMark mark;
  bool written;
  int done; // atomic
};

static gpointer
work (gpointer data) {
  PrcIndexTraining *training = data;
  setpriority (PRIO_PROCESS, 0, 10); // of this thread only, on Linux: who waits comes first
  training->made = prc_index_with_cells (training->from, training->cancellable);
  if (training->made && training->path)
    training->written = prc_index_file_write (training->made, training->path, &training->mark);
  g_atomic_int_set (&training->done, 1);
  return NULL;
}

PrcIndexTraining *
prc_index_training_new (const PrcIndex *index, const char *path, const PrcIndexFileMark *mark) {
  PrcIndexTraining *training = g_new0 (PrcIndexTraining, 1);
  training->from = prc_index_ref ((PrcIndex *)index);
  training->cancellable = g_cancellable_new ();
  training->path = g_strdup (path);
  training->mark = *mark;
  training->thread = g_thread_new ("cells", work, training);
  return training;
}

const PrcIndexFileMark *
prc_index_training_mark (const PrcIndexTraining *training) {
  return prc_index_training_is_done (training) && training->written ? &training->mark : NULL;
}

bool
prc_index_training_is_done (const PrcIndexTraining *training) {
  return g_atomic_int_get (&training->done) != 0;
}

PrcIndex *
prc_index_training_end (PrcIndexTraining *training, const PrcIndex *now) {
  if (!prc_index_training_is_done (training))
    g_cancellable_cancel (training->cancellable);
  g_thread_join (training->thread);
  PrcIndex *index =
      training->made && now ? prc_index_catch_up (training->made, training->from, now) : NULL;
  g_clear_pointer (&training->made, prc_index_unref);
  prc_index_unref (training->from);
  g_object_unref (training->cancellable);
  g_free (training->path);
  g_free (training);
  return index;
}
