// SPDX-License-Identifier: Apache-2.0
// Time of the encoder. Alone it prints every layer by every method that can run it, the whole
// network for batches of 1 and 16, and preprocessing; prc_conv_choose () was written from this
// table. With --serve it answers every line on standard input with one number, so that
// bench-embed.py can take turns with others: "batch N" with the median milliseconds of one forward
// pass, "product" and "blas" with the GFLOP/s of a large product by our kernel and by OpenBLAS' (0
// where it is not installed). WEIGHTS: of any input size; without it the shipped ones.
#include <dlfcn.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "prc-explanation.h"
#include "prc-network.h"
#include "prc-ops-kernels.h"
#include "prc-phantom.h"

#define RUNS    15
#define BATCH   16
#define PRODUCT 512 // rows, columns and terms of a product that shows what this machine can do

typedef void (*Work) (gpointer data);

static int
compare (gconstpointer a, gconstpointer b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

// Of this thread's processor time: what other programs take on a shared machine does not count.
static double
now_ms (void) {
  struct timespec t;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double
median_ms (Work work, gpointer data) {
  double times[RUNS];
  work (data);
  for (unsigned i = 0; i < RUNS; i++) {
    double begin = now_ms (), passed;
    unsigned n = 0;
    do {
      work (data);
      n++;
      passed = now_ms () - begin;
    } while (passed < 2);
    times[i] = passed / n;
  }
  qsort (times, RUNS, sizeof *times, compare);
  return times[RUNS / 2];
}

static float *
numbers (size_t n) {
  float *out = aligned_alloc (64, (n * sizeof (float) + 127) / 64 * 64);
  for (size_t i = 0; i < n; i++)
    out[i] = (float)((i * 2654435761u >> 8) % 2000) / 1000.0f - 1;
  return out;
}

typedef struct {
  PrcConv conv;
  unsigned n;
  float *input, *residual, *scratch, *output;
} ConvJob;

static void
run_conv (gpointer data) {
  ConvJob *job = data;
  prc_conv_forward (&job->conv, job->input, job->n, job->residual, true, job->scratch, job->output);
}

static double
time_conv (const PrcConv *shape, PrcConvMethod method, unsigned n) {
  ConvJob job = {*shape, n};
  PrcConv *conv = &job.conv;
  conv->method = method;
  size_t taps = (size_t)conv->kernel * conv->kernel;
  g_autofree float *weights = numbers (taps * conv->inputs * conv->outputs);
  g_autofree float *packed = numbers (prc_conv_packed_length (conv));
  g_autofree float *input = numbers ((size_t)n * conv->in_size * conv->in_size * conv->inputs);
  size_t out = (size_t)n * conv->out_size * conv->out_size * conv->outputs;
  g_autofree float *residual = numbers (out), *output = numbers (out);
  g_autofree float *scratch = numbers (prc_conv_scratch_length (conv, n));
  conv->packed = packed;
  prc_conv_pack (conv, weights, packed);
  job.input = input;
  job.residual = residual;
  job.output = output;
  job.scratch = scratch;
  return median_ms (run_conv, &job);
}

static void
print_conv (const char *name, const PrcConv *conv) {
  static const char *const methods[] = {"direct", "winograd2", "winograd4"};
  double flops = 2.0 * conv->kernel * conv->kernel * conv->inputs * conv->outputs * conv->out_size *
                 conv->out_size;
  for (unsigned n = 1; n <= BATCH; n *= BATCH) {
    printf ("%-16s %ux%u/%u %3u->%3u, %2ux%-2u batch %2u:", name, conv->kernel, conv->kernel,
            conv->stride, conv->inputs, conv->outputs, conv->out_size, conv->out_size, n);
    for (unsigned m = 0; m < G_N_ELEMENTS (methods); m++) {
      if (m != PRC_CONV_DIRECT && (conv->kernel != 3 || conv->stride != 1))
        continue;
      double ms = time_conv (conv, (PrcConvMethod)m, n);
      printf ("  %s%s %.3f ms (%.0f GFLOP/s)", conv->method == m ? "*" : "", methods[m], ms,
              flops * n / ms / 1e6);
    }
    printf ("\n");
  }
}

typedef struct {
  PrcEmbedder *embedder;
  PrcFrame *frame;
  float *inputs, *vectors;
  unsigned n;
} NetworkJob;

static void
run_network (gpointer data) {
  NetworkJob *job = data;
  prc_embedder_forward (job->embedder, job->inputs, job->n, job->vectors, NULL);
}

static void
run_preprocess (gpointer data) {
  NetworkJob *job = data;
  prc_preprocess (&prc_recipe_built_in, job->frame, NULL, job->inputs, NULL);
}

typedef struct {
  PrcEmbedder *embedder;
  PrcFrame *frames[2];
  float *vector;
} PairJob;

static void
run_embeddings (gpointer data) {
  PairJob *job = data;
  prc_embedder_embed (job->embedder, job->frames[0], NULL, job->vector, NULL);
  prc_embedder_embed (job->embedder, job->frames[1], NULL, job->vector, NULL);
}

static void
run_explanation (gpointer data) {
  PairJob *job = data;
  const PrcCrop query = {.frame = job->frames[0]}, neighbour = {.frame = job->frames[1]};
  g_autoptr (PrcExplanation) explanation =
      prc_explain (job->embedder, &query, &neighbour, NULL, NULL);
}

static void
print_explanation (NetworkJob *of) {
  g_autoptr (PrcFrame) other = prc_phantom_frame (2, 11, 512, 512);
  PairJob job = {of->embedder, {of->frame, other}, of->vectors};
  const double embeddings = median_ms (run_embeddings, &job);
  const double explanation = median_ms (run_explanation, &job);
  printf ("explanation of two slices of 512 x 512: %.3f ms (%.2f of two embeddings)\n", explanation,
          explanation / embeddings);
}

static void
print_all (PrcModel *model, NetworkJob *job) {
  const PrcNetwork *network = prc_model_network (model);
  printf ("instruction set %s, median of %d\n", prc_ops_kernels ()->name, RUNS);
  print_conv ("stem", &network->stem);
  for (unsigned i = 0; i < network->n_blocks; i++) {
    const PrcBlock *block = &network->blocks[i];
    g_autofree char *first = g_strdup_printf ("block%u.conv1", i + 1);
    g_autofree char *second = g_strdup_printf ("block%u.conv2", i + 1);
    g_autofree char *third = g_strdup_printf ("block%u.shortcut", i + 1);
    print_conv (first, &block->conv1);
    print_conv (second, &block->conv2);
    if (block->has_shortcut)
      print_conv (third, &block->shortcut);
  }
  job->n = 1;
  double one = median_ms (run_network, job);
  job->n = BATCH;
  double many = median_ms (run_network, job);
  printf ("network: one slice %.3f ms, of a batch of %d %.3f ms (%.2f of a single)\n", one, BATCH,
          many / BATCH, many / BATCH / one);
  if (network->stem.in_size != PRC_INPUT_SIZE)
    return;
  printf ("preprocessing of 512 x 512 CT: %.3f ms\n", median_ms (run_preprocess, job));
  print_explanation (job);
}

// OpenBLAS is no library that this project uses: it is asked whether it happens to be there.
typedef void (*Sgemm) (int order, int left, int right, int m, int n, int k, float alpha,
                       const float *a, int a_step, const float *b, int b_step, float beta, float *c,
                       int c_step);

typedef struct {
  Sgemm sgemm; // or NULL: by our kernel
  float *left, *right, *packed, *output;
} ProductJob;

static void
run_product (gpointer data) {
  const ProductJob *job = data;
  const int n = PRODUCT, row_major = 101, as_it_is = 111;
  if (job->sgemm)
    job->sgemm (row_major, as_it_is, as_it_is, n, n, n, 1, job->left, n, job->right, n, 0,
                job->output, n);
  else
    prc_dense (job->left, PRODUCT, PRODUCT, PRODUCT, job->packed, job->left, job->output);
}

static double
product_gflops (Sgemm sgemm) {
  const size_t n = (size_t)PRODUCT * PRODUCT;
  g_autofree float *left = numbers (n), *right = numbers (n), *output = numbers (n),
                   *packed = numbers (prc_packed_length (PRODUCT, PRODUCT));
  prc_pack_right (right, PRODUCT, PRODUCT, packed);
  ProductJob job = {sgemm, left, right, packed, output};
  return 2.0 * PRODUCT * PRODUCT * PRODUCT / median_ms (run_product, &job) / 1e6;
}

static Sgemm
find_sgemm (void) {
  if (strcmp (prc_ops_kernels ()->name, "avx512") == 0)
    g_setenv ("OPENBLAS_CORETYPE", "SKYLAKEX", FALSE); // it takes newer ones for a Prescott
  void *library = dlopen ("libopenblas.so.0", RTLD_NOW);
  void (*set_threads) (int) = library ? dlsym (library, "openblas_set_num_threads") : NULL;
  if (set_threads)
    set_threads (1);
  return library ? dlsym (library, "cblas_sgemm") : NULL;
}

static void
serve (NetworkJob *job) {
  char line[64];
  Sgemm sgemm = find_sgemm ();
  while (fgets (line, sizeof line, stdin)) {
    double answer;
    if (g_str_has_prefix (line, "product"))
      answer = product_gflops (NULL);
    else if (g_str_has_prefix (line, "blas"))
      answer = sgemm ? product_gflops (sgemm) : 0;
    else {
      job->n = (unsigned)MAX (1, MIN (BATCH, atoi (line + strlen ("batch"))));
      answer = median_ms (run_network, job);
    }
    printf ("%.6f\n", answer);
    fflush (stdout);
  }
}

int
main (int argc, char **argv) {
  const gboolean serves = argc > 1 && strcmp (argv[1], "--serve") == 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcModel) model =
      prc_model_load_any_input (argc > 1 + serves ? argv[1 + serves] : NULL, &error);
  if (!model) {
    fprintf (stderr, "bench-embed: %s\n", error->message);
    return 1;
  }
  const PrcConv *stem = &prc_model_network (model)->stem;
  g_autoptr (PrcEmbedder) embedder = prc_embedder_new (model, BATCH);
  g_autoptr (PrcFrame) frame = prc_phantom_frame (1, 10, 512, 512);
  g_autofree float *inputs = numbers ((size_t)BATCH * stem->in_size * stem->in_size * stem->inputs);
  g_autofree float *vectors = numbers (BATCH * prc_model_dimension (model));
  NetworkJob job = {embedder, frame, inputs, vectors, 1};
  if (serves)
    serve (&job);
  else
    print_all (model, &job);
  return 0;
}
