// A CUDA driver without a GPU: memory and transfers are real, kernels are not run but checked. Every
// pointer among a kernel's arguments must lie within live device memory, launches must be of the
// size that the kernel was compiled for. stub_fail makes a call fail; stub_alive counts what is open.
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NO_DEVICE = 100, ILLEGAL_ADDRESS = 700, LAUNCH_FAILED = 719 };
enum { MAX_BLOCKS = 4096, MAX_PARAMS = 16, MAX_WORK = 8192 };

static struct { char *start; size_t bytes; } blocks[MAX_BLOCKS];
static int n_alive, driver_version = 13000, device_count = 1;
static char failing[64];
static int fail_at = -1, has_failed, n_launches, n_graph_launches, n_captures;
static char last_error[256], faulty[64];
static int fault;

void stub_reset(void) {
  faulty[0] = 0;
  fault = SUCCESS;
  failing[0] = 0;
  fail_at = -1;
  has_failed = n_launches = n_graph_launches = n_captures = 0;
  last_error[0] = 0;
}
void stub_fail(const char *name, int k) {
  stub_reset();
  snprintf(failing, sizeof failing, "%s", name);
  fail_at = k;
}
// Lets a kernel fail when it runs: its launch succeeds, and every later wait tells.
void stub_fault(const char *kernel) { snprintf(faulty, sizeof faulty, "%s", kernel); }
void stub_driver(int version, int devices) {
  driver_version = version;
  device_count = devices;
}
int stub_failed(void) { return has_failed; }
int stub_alive(void) { return n_alive; }
int stub_launches(void) { return n_launches; }
int stub_graph_launches(void) { return n_graph_launches; }
int stub_captures(void) { return n_captures; }
const char *stub_error(void) { return last_error; }

static int fails(const char *name) {
  if (strcmp(name, failing) || fail_at < 0 || fail_at-- > 0) {
    return 0;
  }
  has_failed = 1;
  return 1;
}
#define MAY_FAIL if (fails(__func__)) return OUT_OF_MEMORY

static int wrong(const char *what, const char *kernel, long value) {
  snprintf(last_error, sizeof last_error, "%s of %s: %ld", what, kernel, value);
  return ILLEGAL_ADDRESS;
}

static int is_device_memory(uintptr_t p, size_t n) {
  for (int i = 0; i < MAX_BLOCKS; i++) {
    uintptr_t start = (uintptr_t)blocks[i].start;
    if (start && p >= start && p + n <= start + blocks[i].bytes) {
      return 1;
    }
  }
  return 0;
}

// What a stream is capturing, or a graph has captured.
typedef struct Function { char name[64]; int n_params, is_pointer[MAX_PARAMS], threads; } Function;
typedef struct { int kind; Function *f; int groups_x, groups_y, threads; uint64_t args[MAX_PARAMS]; void *to; const void *from; size_t n; } Work;
typedef struct { int n; Work work[MAX_WORK]; } Graph;
static Graph *capturing;

static Work last[64];
static int n_last;

// Argument i, 4 bytes of it, of the last launch of a kernel that has run; -1 of none.
int stub_argument(const char *kernel, int i) {
  for (int k = 0; k < n_last; k++) {
    if (!strcmp(last[k].f->name, kernel)) {
      return (int)last[k].args[i];
    }
  }
  return -1;
}

static void remember(const Work *w) {
  int k = 0;
  while (k < n_last && strcmp(last[k].f->name, w->f->name)) {
    k++;
  }
  if (k < 64) {
    last[k] = *w;
    n_last = k == n_last ? k + 1 : n_last;
  }
}

static int run(const Work *w) {
  if (w->kind == 1) {
    memcpy(w->to, w->from, w->n);
    return SUCCESS;
  }
  n_launches++;
  remember(w);
  if (!strcmp(w->f->name, faulty)) {
    fault = ILLEGAL_ADDRESS;
  }
  if (w->groups_x < 1 || w->groups_y < 1 || w->groups_y > 65535) {
    return wrong("groups", w->f->name, w->groups_x);
  }
  if (w->threads != w->f->threads) {
    return wrong("threads", w->f->name, w->threads);
  }
  for (int i = 0; i < w->f->n_params; i++) {
    if (w->f->is_pointer[i] && !is_device_memory(w->args[i], 1)) {
      return wrong("a pointer", w->f->name, i);
    }
  }
  return SUCCESS;
}

static int queue(Work w) {
  if (!capturing) {
    return run(&w);
  }
  if (capturing->n == MAX_WORK) {
    return OUT_OF_MEMORY;
  }
  capturing->work[capturing->n++] = w;
  return SUCCESS;
}

int cuInit(unsigned flags) { MAY_FAIL; return device_count ? SUCCESS : NO_DEVICE; }
int cuDriverGetVersion(int *v) { *v = driver_version; return SUCCESS; }
int cuDeviceGetCount(int *n) { *n = device_count; return SUCCESS; }
int cuDeviceGet(int *d, int i) { MAY_FAIL; *d = i; return SUCCESS; }
int cuDeviceGetName(char *name, int n, int d) { snprintf(name, n, "Stub GPU %d", d); return SUCCESS; }
int cuDeviceTotalMem_v2(size_t *n, int d) { *n = (size_t)4 << 30; return SUCCESS; }
int cuDeviceGetAttribute(int *v, int a, int d) { *v = a == 75 ? 9 : a == 76 ? 0 : 132; return SUCCESS; }
int cuDevicePrimaryCtxRetain(void **c, int d) { MAY_FAIL; *c = &blocks; n_alive++; return SUCCESS; }
int cuDevicePrimaryCtxRelease_v2(int d) { n_alive--; return SUCCESS; }
int cuCtxSetCurrent(void *c) { return c == &blocks ? SUCCESS : INVALID_VALUE; }
int cuMemGetInfo_v2(size_t *f, size_t *t) { MAY_FAIL; *f = (size_t)3 << 30; *t = (size_t)4 << 30; return SUCCESS; }

int cuMemAlloc_v2(uintptr_t *p, size_t n) {
  MAY_FAIL;
  for (int i = 0; i < MAX_BLOCKS; i++) {
    if (!blocks[i].start) {
      blocks[i].start = aligned_alloc(256, (n + 255) / 256 * 256);
      blocks[i].bytes = n;
      memset(blocks[i].start, 0, n);
      *p = (uintptr_t)blocks[i].start;
      n_alive++;
      return n ? SUCCESS : INVALID_VALUE;
    }
  }
  return OUT_OF_MEMORY;
}
int cuMemFree_v2(uintptr_t p) {
  for (int i = 0; i < MAX_BLOCKS; i++) {
    if ((uintptr_t)blocks[i].start == p) {
      free(blocks[i].start);
      blocks[i].start = NULL;
      n_alive--;
      return SUCCESS;
    }
  }
  return INVALID_VALUE;
}
int cuMemAllocHost_v2(void **p, size_t n) { MAY_FAIL; *p = malloc(n); n_alive++; return SUCCESS; }
int cuMemFreeHost(void *p) { free(p); n_alive--; return SUCCESS; }

static int transfer(void *to, const void *from, size_t n, int to_device, int from_device) {
  if (to_device && !is_device_memory((uintptr_t)to, n)) {
    return wrong("target", "a transfer", n);
  }
  if (from_device && !is_device_memory((uintptr_t)from, n)) {
    return wrong("source", "a transfer", n);
  }
  Work w = {.kind = 1, .to = to, .from = from, .n = n};
  return queue(w);
}
int cuMemcpyHtoDAsync_v2(uintptr_t to, const void *from, size_t n, void *s) { MAY_FAIL; return transfer((void *)to, from, n, 1, 0); }
int cuMemcpyDtoHAsync_v2(void *to, uintptr_t from, size_t n, void *s) { MAY_FAIL; return transfer(to, (void *)from, n, 0, 1); }
int cuMemcpyDtoDAsync_v2(uintptr_t to, uintptr_t from, size_t n, void *s) { MAY_FAIL; return transfer((void *)to, (void *)from, n, 1, 1); }

int cuModuleLoadDataEx(void **m, const char *ptx, unsigned n, void *o, void *v) {
  MAY_FAIL;
  *m = strdup(ptx);
  n_alive++;
  return strstr(ptx, ".target sm_75") ? SUCCESS : INVALID_VALUE;
}
int cuModuleUnload(void *m) { free(m); n_alive--; return SUCCESS; }
int cuModuleGetFunction(Function **f, const char *ptx, const char *name) {
  MAY_FAIL;
  char entry[96];
  snprintf(entry, sizeof entry, ".entry %s(", name);
  const char *at = strstr(ptx, entry);
  if (!at) {
    return wrong("name", name, 0);
  }
  Function *function = calloc(1, sizeof *function);
  snprintf(function->name, sizeof function->name, "%s", name);
  const char *end = strchr(at, ')');
  for (const char *p = at; (p = strstr(p, ".param .")) && p < end; p++) {
    function->is_pointer[function->n_params++] = !strncmp(p + 8, "u64", 3);
  }
  const char *threads = strstr(end, ".maxntid ");
  function->threads = threads ? atoi(threads + 9) : 0;
  *f = function; // as long as the program
  return SUCCESS;
}
int cuLaunchKernel(Function *f, unsigned gx, unsigned gy, unsigned gz, unsigned tx, unsigned ty, unsigned tz, unsigned shared, void *s, void **args, void **extra) {
  if (fails(__func__)) {
    return LAUNCH_FAILED;
  }
  if (gz != 1 || ty != 1 || tz != 1 || shared || extra) {
    return wrong("dimensions", f->name, gz);
  }
  Work w = {.kind = 2, .f = f, .groups_x = gx, .groups_y = gy, .threads = tx};
  for (int i = 0; i < f->n_params; i++) {
    memcpy(&w.args[i], args[i], f->is_pointer[i] ? 8 : 4);
  }
  return queue(w);
}

int cuStreamCreate(void **s, unsigned flags) { MAY_FAIL; *s = malloc(1); n_alive++; return SUCCESS; }
int cuStreamDestroy_v2(void *s) { free(s); n_alive--; return SUCCESS; }
int cuStreamSynchronize(void *s) {
  if (fails(__func__)) {
    return LAUNCH_FAILED;
  }
  return capturing ? INVALID_VALUE : fault;
}
int cuStreamBeginCapture_v2(void *s, int mode) {
  MAY_FAIL;
  capturing = calloc(1, sizeof *capturing);
  n_captures++;
  return SUCCESS;
}
int cuStreamEndCapture(void *s, Graph **g) {
  Graph *captured = capturing;
  capturing = NULL;
  if (fails(__func__)) {
    free(captured);
    return INVALID_VALUE;
  }
  *g = captured;
  n_alive++;
  return SUCCESS;
}
int cuGraphInstantiateWithFlags(Graph **e, Graph *g, unsigned long long flags) {
  MAY_FAIL;
  *e = malloc(sizeof **e);
  **e = *g;
  n_alive++;
  return SUCCESS;
}
int cuGraphLaunch(Graph *e, void *s) {
  if (fails(__func__)) {
    return LAUNCH_FAILED;
  }
  n_graph_launches++;
  int status = SUCCESS;
  for (int i = 0; i < e->n && !status; i++) {
    status = run(&e->work[i]);
  }
  return status;
}
int cuGraphDestroy(Graph *g) { free(g); n_alive--; return SUCCESS; }
int cuGraphExecDestroy(Graph *e) { free(e); n_alive--; return SUCCESS; }
int cuEventCreate(void **e, unsigned flags) { MAY_FAIL; *e = malloc(1); n_alive++; return SUCCESS; }
int cuEventRecord(void *e, void *s) { MAY_FAIL; return SUCCESS; }
int cuEventSynchronize(void *e) { MAY_FAIL; return fault; }
int cuEventDestroy_v2(void *e) { free(e); n_alive--; return SUCCESS; }
