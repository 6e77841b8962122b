// SPDX-License-Identifier: Apache-2.0
#include "peer-search.h"

#include <cmath>
#include <cstring>
#include <memory>
#if HAVE_HNSWLIB
#include <hnswlib/hnswlib.h>
#endif
#if HAVE_FAISS
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/index_factory.h>
#include <omp.h>
#endif

struct _PeerIndex {
#if HAVE_HNSWLIB
  std::unique_ptr<hnswlib::InnerProductSpace> space;
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> graph;
#endif
#if HAVE_FAISS
  std::unique_ptr<faiss::Index> faiss;
#endif
};

const char *const *
peer_search_names () {
  static const char *const names[] = {
#if HAVE_HNSWLIB
    "hnswlib",
#endif
#if HAVE_FAISS
    "FAISS IVF-Flat",
    "FAISS HNSW",
#endif
    nullptr
  };
  return names;
}

PeerIndex *
peer_search_build (const char *name, const float *vectors, size_t n, unsigned dimension) {
  auto *index = new PeerIndex;
#if HAVE_HNSWLIB
  if (strcmp (name, "hnswlib") == 0) { // M and efConstruction as its readme suggests
    index->space = std::make_unique<hnswlib::InnerProductSpace> (dimension);
    index->graph =
        std::make_unique<hnswlib::HierarchicalNSW<float>> (index->space.get (), n, 16, 200);
    for (size_t i = 0; i < n; i++)
      index->graph->addPoint (vectors + i * dimension, i);
  }
#endif
#if HAVE_FAISS
  omp_set_num_threads (1);
  if (strncmp (name, "FAISS", 5) == 0) {
    const auto cells = std::to_string (size_t (4 * std::sqrt (double (n))));
    const auto kind = strcmp (name, "FAISS HNSW") == 0 ? "HNSW16" : "IVF" + cells + ",Flat";
    index->faiss.reset (
        faiss::index_factory (int (dimension), kind.c_str (), faiss::METRIC_INNER_PRODUCT));
    if (auto *graph = dynamic_cast<faiss::IndexHNSW *> (index->faiss.get ()))
      graph->hnsw.efConstruction = 200;
    index->faiss->train (faiss::Index::idx_t (n), vectors);
    index->faiss->add (faiss::Index::idx_t (n), vectors);
  }
#endif
  return index;
}

void
peer_search_set_effort (PeerIndex *index, unsigned effort) {
#if HAVE_HNSWLIB
  if (index->graph)
    index->graph->setEf (effort);
#endif
#if HAVE_FAISS
  if (auto *graph = dynamic_cast<faiss::IndexHNSW *> (index->faiss.get ()))
    graph->hnsw.efSearch = int (effort);
  if (auto *cells = dynamic_cast<faiss::IndexIVF *> (index->faiss.get ()))
    cells->nprobe = effort;
#endif
}

void
peer_search_find (PeerIndex *index, const float *query, size_t k, int64_t *rows) {
  memset (rows, 0xff, k * sizeof *rows);
#if HAVE_HNSWLIB
  if (index->graph) {
    auto found = index->graph->searchKnn (query, k);
    for (size_t i = 0; !found.empty (); found.pop ())
      rows[i++] = int64_t (found.top ().second);
  }
#endif
#if HAVE_FAISS
  if (index->faiss) {
    auto likeness = std::make_unique<float[]> (k);
    index->faiss->search (1, query, faiss::Index::idx_t (k), likeness.get (), rows);
  }
#endif
}

void
peer_search_free (PeerIndex *index) {
  delete index;
}
