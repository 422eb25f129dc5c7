import { cpus } from 'node:os';
import { processUsage } from './process-usage.js';

/** Where figures come from, in a line. */
export function machine(): string {
  const text = `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`;
  return processUsage(process.pid) === null ? `${text}; no /proc here, so no CPU and no memory` : text;
}
