import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Builds a library that delays every flush of a process that preloads it (`LD_PRELOAD`). Null without Linux or a C
 * compiler.
 */
export function slowFlushLibrary(folder: string, delayMs: number): string | null {
  if (process.platform !== 'linux') return null;
  const [source, library] = [join(folder, 'slow.c'), join(folder, 'slow.so')];
  writeFileSync(source, SOURCE);
  const compiler = process.env['CC'] ?? 'cc';
  const compiled = spawnSync(compiler, ['-shared', '-fPIC', `-DDELAY_MS=${delayMs}`, '-o', library, source, '-ldl']);
  return compiled.status === 0 ? library : null;
}

const SOURCE = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
#include <sys/mman.h>
static void slow(void) { usleep(DELAY_MS * 1000); }
int fdatasync(int fd) { slow(); return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
int fsync(int fd) { slow(); return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int msync(void *a, size_t l, int f) { slow(); return ((int (*)(void *, size_t, int))dlsym(RTLD_NEXT, "msync"))(a, l, f); }
`;
