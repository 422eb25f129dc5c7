import { closeSync, openSync } from 'node:fs';
import type { Logger } from '@shardmux/core';
import { ShardmuxError } from '@shardmux/plugin-api';
import { pino } from 'pino';
import { LOG_LEVELS, type LogConfig, type LogLevel } from '../config/normalised.js';

export interface ProcessLog {
  readonly logger: Logger;
  /** Opens the file again, after it was moved away. Where that fails, the log goes on where it was. */
  reopen(): void;
  /** Logs more, by one level of ours: several of nutcracker's are one here, and a signal is to have an effect. */
  raise(): void;
  /** Logs less, by one level. */
  lower(): void;
}

const STANDARD_ERROR = 2;
const FILE_MODE = 0o644;
/** How much is kept for a full disk or a reader that has stopped reading, in bytes; what comes then is lost. */
const MAX_UNWRITTEN = 2 ** 20;

/**
 * Opens the log: one JSON object on each line, so that nothing which came over the network can forge a line or
 * reach a terminal as control bytes. It is written at once, so that the last words of a process are not lost. A
 * log that can no longer be written to stops nothing.
 *
 * @throws {ShardmuxError} `SHARDMUX_LOG_FILE` where the file cannot be opened.
 */
export function openLog({ level, file }: LogConfig): ProcessLog {
  if (file !== null) tryFile(file);
  const destination = destinationOf(file);
  destination.on('error', () => {});
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: escapeControls },
    },
    destination,
  );
  let current = level;
  const step = (by: number): void => {
    current = LOG_LEVELS[LOG_LEVELS.indexOf(current) + by] ?? current;
    logger.level = current;
  };
  return {
    logger,
    raise: () => step(1),
    lower: () => step(-1),
    reopen() {
      if (file === null) return;
      try {
        tryFile(file);
        destination.reopen();
      } catch (error) {
        logger.error(`the log goes on where it was: ${(error as Error).message}`);
      }
    },
  };
}

function destinationOf(file: string | null): ReturnType<typeof pino.destination> {
  return pino.destination({
    dest: file ?? STANDARD_ERROR,
    sync: true,
    append: true,
    mode: FILE_MODE,
    maxLength: MAX_UNWRITTEN,
    // The other choice is to sleep, and the whole proxy with it.
    retryEAGAIN: () => false,
  });
}

/** The stream would not say which file it means; and one whose reopening has failed closes a descriptor twice. */
function tryFile(file: string): void {
  try {
    closeSync(openSync(file, 'a', FILE_MODE));
  } catch (cause) {
    throw new ShardmuxError('SHARDMUX_LOG_FILE', `log file: ${(cause as Error).message}`, { cause });
  }
}

/** JSON escapes the control characters below the blank, but not DEL and those from U+0080. */
function escapeControls(line: string): string {
  return line.replace(/[\x7f-\x9f]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`);
}

/**
 * What nutcracker's levels of verbosity are here:
 *
 *   0 emergency, 1 alert, 2 critical            fatal
 *   3 error                                     error
 *   4 warning                                   warn
 *   5 notice (its default), 6 informational     info
 *   7 debug                                     debug
 *   8 to 11, verbose by degrees                 trace
 */
const BY_VERBOSITY: readonly LogLevel[] = [
  'fatal',
  'fatal',
  'fatal',
  'error',
  'warn',
  'info',
  'info',
  'debug',
];

/** @param verbosity nutcracker's, from 0; above 11 it is as 11, as there. */
export function levelOf(verbosity: number): LogLevel {
  return BY_VERBOSITY[verbosity] ?? 'trace';
}
