import { readdirSync, readFileSync } from 'node:fs';

// What /proc counts CPU time in: fixed at 100 a second for programs, on every architecture of Linux.
const MICROS_PER_TICK = 10_000;

/** What a process and all its descendants have used since they began. */
export interface ProcessUsage {
  /** CPU time in user and kernel mode, in µs, to 10 ms. */
  readonly cpu: number;
  /** The most memory that was resident, in bytes; each process' own peak, added up. */
  readonly peakMemory: number;
}

/** Null where there is no /proc. */
export function processUsage(pid: number): ProcessUsage | null {
  const processes = readProcesses();
  if (processes === null) return null;
  const family = new Set([pid]);
  // A child may be listed before its parent, once process ids have wrapped around.
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const one of processes) if (family.has(one.parent)) family.add(one.pid);
  }
  let cpu = 0;
  let peakMemory = 0;
  for (const one of processes) {
    if (!family.has(one.pid)) continue;
    cpu += one.ticks * MICROS_PER_TICK;
    peakMemory += peakOf(one.pid);
  }
  return { cpu, peakMemory };
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

function readProcesses(): ProcessRow[] | null {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map(readProcess).filter((row) => row !== null);
  } catch {
    return null;
  }
}

/** Null for a process that has gone in the meantime. The fields are those of proc_pid_stat(5). */
function readProcess(pid: string): ProcessRow | null {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The second field is a name in brackets, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [utime, stime, reapedUtime, reapedStime] = fields.slice(11, 15).map(Number);
  return {
    pid: Number(pid),
    parent: Number(fields[1]),
    ticks: utime! + stime! + reapedUtime! + reapedStime!,
  };
}

function peakOf(pid: number): number {
  const [, kibibytes = 0] = readText(`/proc/${pid}/status`)?.match(/^VmHWM:\s*(\d+)/m) ?? [];
  return Number(kibibytes) * 1024;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
