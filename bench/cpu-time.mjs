import { readdirSync, readFileSync } from 'node:fs';

/** The unit of the times in `/proc/<pid>/stat`: Linux reports 100 clock ticks per second to all programs. */
const TICKS_PER_SECOND = 100;

/**
 * The CPU time that a process and its descendants have used, in seconds: in user mode and in the kernel.
 * `undefined` where there is no `/proc`.
 */
export function cpuTime(pid) {
  const processes = readProcesses();
  if (!processes.has(pid)) return undefined;
  let ticks = 0;
  for (const [id, { ticks: own }] of processes) if (descendsFrom(processes, id, pid)) ticks += own;
  return ticks / TICKS_PER_SECOND;
}

function descendsFrom(processes, id, ancestor) {
  for (let current = id; current !== undefined; current = processes.get(current)?.parent)
    if (current === ancestor) return true;
  return false;
}

function readProcesses() {
  const processes = new Map();
  for (const name of readFolder('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(name) : undefined;
    if (stat !== undefined) processes.set(Number(name), parseStat(stat));
  }
  return processes;
}

/** Parses `/proc/<pid>/stat` (proc(5)). The name of the program, in parentheses, can contain anything. */
export function parseStat(text) {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

function readFolder(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** A process can end after its folder was listed. */
function readStat(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
}
