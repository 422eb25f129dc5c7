import { ConfigError } from '@shardmux/plugin-api';
import type { CallOptions, ClientOptions, DuplicateOptions } from './client-options.js';

/** What an option may be: `allowed` is the end of a sentence that begins with what was found. */
export interface OptionRule {
  readonly allowed: string;
  readonly accepts: (value: unknown) => boolean;
}

export type OptionRules<Options> = { readonly [Name in keyof Options]-?: OptionRule };

/** The longest time that a timer of Node takes, in ms. */
const MAX_MS = 2 ** 31 - 1;

const isWhole = (value: unknown, max = Number.MAX_SAFE_INTEGER) =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= max;
const isMapping = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const has = (value: unknown, methods: readonly string[]) =>
  isMapping(value) && methods.every((name) => typeof Reflect.get(value, name) === 'function');

const flag: OptionRule = { allowed: 'true or false', accepts: (value) => typeof value === 'boolean' };

const text: OptionRule = { allowed: 'a text', accepts: (value) => typeof value === 'string' };

export const clientOptionRules: OptionRules<ClientOptions> = {
  keyPrefix: text,
  connectionName: {
    allowed: 'a text of printable ASCII without spaces',
    accepts: (value) => typeof value === 'string' && /^[!-~]*$/.test(value),
  },
  stringNumbers: flag,
  commandTimeout: {
    allowed: `a whole number of milliseconds up to ${MAX_MS}; 0 is for ever`,
    accepts: (value) => isWhole(value, MAX_MS),
  },
  maxRetriesPerRequest: {
    allowed: 'a whole number from 0, or null',
    accepts: (value) => value === null || isWhole(value),
  },
  retryStrategy: { allowed: 'a function', accepts: (value) => typeof value === 'function' },
  enableOfflineQueue: flag,
  maxQueuedCommands: { allowed: 'a whole number from 0', accepts: (value) => isWhole(value) },
  lazyConnect: flag,
  scripts: {
    allowed: 'a mapping of names to { lua, numberOfKeys, readOnly }',
    accepts: (value) => isMapping(value) && Object.values(value).every(isScript),
  },
  logger: {
    allowed: 'an object with the methods error, warn, info and debug',
    accepts: (value) => has(value, ['error', 'warn', 'info', 'debug']),
  },
};

const { connectionName, keyPrefix, stringNumbers, commandTimeout, lazyConnect, scripts } = clientOptionRules;
export const duplicateOptionRules: OptionRules<DuplicateOptions> = {
  connectionName,
  keyPrefix,
  stringNumbers,
  commandTimeout,
  lazyConnect,
  scripts,
};

export const callOptionRules: OptionRules<CallOptions> = {
  signal: { allowed: 'an AbortSignal', accepts: (value) => value instanceof AbortSignal },
};

function isScript(value: unknown): boolean {
  if (!isMapping(value)) return false;
  const { lua, numberOfKeys, readOnly }: { lua?: unknown; numberOfKeys?: unknown; readOnly?: unknown } =
    value;
  return (
    typeof lua === 'string' &&
    (numberOfKeys === undefined || isWhole(numberOfKeys)) &&
    (readOnly === undefined || typeof readOnly === 'boolean')
  );
}

/**
 * Types bind nobody who calls from JavaScript.
 *
 * @param whose what errors call them.
 * @throws {ConfigError} `SHARDMUX_CONFIG_OPTION` with all that is wrong.
 */
export function checkOptions<Options>(whose: string, options: unknown, rules: OptionRules<Options>): void {
  if (!isMapping(options)) {
    throw new ConfigError(
      'SHARDMUX_CONFIG_OPTION',
      `${whose}: found ${describe(options)}: must be an object`,
    );
  }
  const known = new Map(Object.entries<OptionRule>(rules));
  const faults = Object.entries(options).flatMap(([name, value]) => {
    const rule = known.get(name);
    if (rule === undefined) {
      return `${whose}: found an unknown option ${name}: must be one of ${[...known.keys()].join(', ')}`;
    }
    if (value === undefined || rule.accepts(value)) return [];
    return `${whose}: ${name}: found ${describe(value)}: must be ${rule.allowed}`;
  });
  if (faults.length > 0) throw new ConfigError('SHARDMUX_CONFIG_OPTION', faults.join('\n'));
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? JSON.stringify(value).slice(0, 80) : String(value);
}
