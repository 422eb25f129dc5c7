import { ConfigError, type PluginError } from '@shardmux/plugin-api';

/** One thing that is wrong with a configuration, and where. */
export interface ConfigProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Keys from the top, joined by dots: `pools.alpha.servers.0`. Empty where the file as a whole is meant. */
  readonly path: string;
  readonly found: string;
  /** What is allowed, as the rest of a sentence: `must be …`. */
  readonly expected: string;
  /** What is the matter with the plugin that is named there. */
  readonly cause?: PluginError;
}

/** A configuration file has faults. All of them are told at once; nothing of the file is used. */
export class InvalidConfigError extends ConfigError {
  /** In the order of the file. */
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    super('SHARDMUX_CONFIG_INVALID', sorted.map(formatProblem).join('\n'));
    this.problems = sorted;
  }
}

/** `FILE:LINE:COLUMN: PATH: found X: must be Y`, on one line. */
function formatProblem(problem: ConfigProblem): string {
  const { file, line, column, path, found, expected } = problem;
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}found ${found}: ${expected}`;
}

/** A value as a problem names it. Long texts are cut. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) {
    const empty = Object.keys(value).length === 0 ? 'an empty' : 'a';
    return `${empty} ${Array.isArray(value) ? 'list' : 'mapping'}`;
  }
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
