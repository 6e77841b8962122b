// SPDX-License-Identifier: Apache-2.0
#include "prc-walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "prc-path.h"

#define MAX_DEPTH 64

typedef enum { ENTRY_FILE, ENTRY_FOLDER, ENTRY_PROBLEM } EntryKind;

typedef struct {
  EntryKind kind;
  unsigned depth;
  char *path;
  char *reason; // of a problem
} Entry;

struct _PrcWalk {
  GQueue entries;      // Entry, next first
  GHashTable *visited; // "device:inode" of folders
  unsigned found;
};

static Entry *
entry_new (EntryKind kind, unsigned depth, char *path, char *reason) {
  Entry *entry = g_new (Entry, 1);
  *entry = (Entry){kind, depth, path, reason};
  return entry;
}

static void
entry_free (Entry *entry) {
  g_free (entry->path);
  g_free (entry->reason);
  g_free (entry);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Entry, entry_free)

static Entry *
problem_of_errno (char *path, int number) {
  return entry_new (ENTRY_PROBLEM, 0, path,
                    g_strdup_printf (_ ("Cannot be opened: %s"), g_strerror (number)));
}

// What was asked for by name: links are followed.
static Entry *
entry_of_argument (const char *path) {
  struct stat status;
  g_autofree char *archive = NULL, *name = NULL;
  const int number = stat (path, &status) != 0 ? errno : 0;
  if (number && prc_path_split (path, &archive, &name))
    return entry_new (ENTRY_FILE, 0, g_strdup (path), NULL);
  if (number)
    return problem_of_errno (g_strdup (path), number);
  if (S_ISDIR (status.st_mode))
    return entry_new (ENTRY_FOLDER, 0, g_strdup (path), NULL);
  if (!S_ISREG (status.st_mode))
    return entry_new (ENTRY_PROBLEM, 0, g_strdup (path),
                      g_strdup (_ ("Neither a file nor a folder")));
  return entry_new (ENTRY_FILE, 0, g_strdup (path), NULL);
}

PrcWalk *
prc_walk_new (const char *const *paths) {
  PrcWalk *self = g_new0 (PrcWalk, 1);
  g_queue_init (&self->entries);
  self->visited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (size_t i = 0; paths[i]; i++) {
    Entry *entry = entry_of_argument (paths[i]);
    self->found += entry->kind == ENTRY_FILE;
    g_queue_push_tail (&self->entries, entry);
  }
  return self;
}

void
prc_walk_free (PrcWalk *walk) {
  g_queue_clear_full (&walk->entries, (GDestroyNotify)entry_free);
  g_hash_table_unref (walk->visited);
  g_free (walk);
}

unsigned
prc_walk_found (const PrcWalk *walk) {
  return walk->found;
}

static EntryKind
kind_of (int folder, const struct dirent *found) {
  struct stat status;
  if (found->d_type == DT_REG)
    return ENTRY_FILE;
  if (found->d_type == DT_DIR)
    return ENTRY_FOLDER;
  if (found->d_type == DT_UNKNOWN) { // the file system does not say
    if (fstatat (folder, found->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
      return ENTRY_PROBLEM;
    if (S_ISDIR (status.st_mode))
      return ENTRY_FOLDER;
  }
  if (fstatat (folder, found->d_name, &status, 0) == 0 && S_ISREG (status.st_mode))
    return ENTRY_FILE;
  return ENTRY_PROBLEM; // nothing to read; no reason to complain either
}

static int
compare_names (gconstpointer a, gconstpointer b) {
  const Entry *x = *(Entry *const *)a, *y = *(Entry *const *)b;
  int order = strverscmp (x->path, y->path);
  return order ? order : strcmp (x->path, y->path);
}

static void
push_sorted (PrcWalk *self, GPtrArray *entries) {
  g_ptr_array_sort (entries, compare_names);
  for (unsigned i = entries->len; i > 0; i--)
    g_queue_push_head (&self->entries, entries->pdata[i - 1]);
}

static void
read_entries (PrcWalk *self, const Entry *folder, DIR *dir) {
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();
  const struct dirent *found;
  while ((found = readdir (dir))) {
    if (found->d_name[0] == '.' || prc_path_is_dicomdir (found->d_name))
      continue;
    EntryKind kind = kind_of (dirfd (dir), found);
    if (kind == ENTRY_PROBLEM)
      continue;
    char *path = g_build_filename (folder->path, found->d_name, NULL);
    g_ptr_array_add (entries, entry_new (kind, folder->depth + 1, path, NULL));
    self->found += kind == ENTRY_FILE;
  }
  push_sorted (self, entries);
}

void
prc_walk_push (PrcWalk *walk, const char *const *paths, size_t n) {
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();
  for (size_t i = 0; i < n; i++)
    g_ptr_array_add (entries, entry_new (ENTRY_FILE, 0, g_strdup (paths[i]), NULL));
  walk->found += entries->len;
  push_sorted (walk, entries);
}

void
prc_walk_push_folder (PrcWalk *walk, const char *path) {
  g_queue_push_head (&walk->entries, entry_new (ENTRY_FOLDER, 0, g_strdup (path), NULL));
}

static void
open_folder (PrcWalk *self, Entry *folder) {
  if (folder->depth > MAX_DEPTH) {
    g_queue_push_head (&self->entries,
                       entry_new (ENTRY_PROBLEM, 0, g_strdup (folder->path),
                                  g_strdup (_ ("The folder is nested too deeply"))));
    return;
  }
  int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (folder->depth > 0 ? O_NOFOLLOW : 0);
  int descriptor = open (folder->path, flags);
  struct stat status;
  DIR *dir = descriptor >= 0 && fstat (descriptor, &status) == 0 ? fdopendir (descriptor) : NULL;
  if (!dir) {
    g_queue_push_head (&self->entries, problem_of_errno (g_strdup (folder->path), errno));
    if (descriptor >= 0)
      close (descriptor);
    return;
  }
  char *identity = g_strdup_printf ("%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
  if (g_hash_table_add (self->visited, identity))
    read_entries (self, folder, dir);
  closedir (dir);
}

char *
prc_walk_next (PrcWalk *walk, char **reason) {
  Entry *next;
  while ((next = g_queue_pop_head (&walk->entries))) {
    g_autoptr (Entry) entry = next;
    if (entry->kind == ENTRY_FOLDER) {
      open_folder (walk, entry);
      continue;
    }
    *reason = g_steal_pointer (&entry->reason);
    return g_steal_pointer (&entry->path);
  }
  return NULL;
}
