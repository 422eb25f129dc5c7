import {
  type ConfigProblem,
  describeValue,
  entriesOf,
  hasMembers,
  InvalidConfigError,
  memberOf,
  type Path,
  type Placed,
  schemaProblems,
  type YamlFile,
} from '@shardmux/config-file';
import { type Endpoint, PLUGIN_KINDS, type Plugin, PluginError, type PluginKind } from '@shardmux/plugin-api';
import { serverProblems } from '@shardmux/plugin-topology-file';
import { checkOptions, issuePath } from '../plugins/plugin-options.js';
import { PluginReferenceError } from '../plugins/plugin-reference-error.js';
import { AccessProblems } from './access-problems.js';
import { LISTEN_FORM } from './address.js';
import { addressClashes } from './address-clashes.js';
import { locatePlugin, type PluginScope } from './locate-plugin.js';
import { locateFiles, locatePlugins, normalisePool } from './normalise-pool.js';
import type { Config } from './normalised.js';
import { isSecretOption, replaceReferences } from './option-secrets.js';
import { pluginSchema, topologySchema } from './plugin-schema.js';
import { poolSchema } from './pool-schema.js';
import { registerProblems } from './register-problems.js';
import { configSchema } from './schema.js';
import { locateSecret, readSecret, SecretError } from './secret.js';
import { withTopologyDefaults } from './topology-defaults.js';

/**
 * What a configuration is read for: the pools of a proxy listen somewhere and have users; who only asks about them
 * has no use for their passwords.
 */
export type Purpose = 'proxy' | 'client' | 'question';

/** A URL may hold a password, a header a token. */
const SECRETS = ['password', 'users', 'endpoint', 'headers'];

/**
 * Reads a file of our own dialect.
 *
 *   text ──► YAML ──► schema ──────────────────────────────► normalised
 *                       └─ what no schema sees: clashes, plugins' names and options
 *
 * @throws {InvalidConfigError} with all faults of the file at once.
 */
export function readShardmux(file: YamlFile, scope: PluginScope, purpose: Purpose = 'proxy'): Config {
  const value = withTopologyDefaults(file.plainValue());
  const result = configSchema.safeParse(value);
  const problems = [
    ...file.duplicates,
    ...(result.success ? [] : schemaProblems(file, value, result.error.issues, SECRETS)),
    ...poolsProblems(file, memberOf(value, 'pools'), scope, purpose),
  ];
  if (problems.length > 0 || !result.success) throw new InvalidConfigError(problems);
  const { pools, ...others } = result.data;
  const normalised = Object.entries(pools).map(([name, pool]) => {
    const found = locateFiles(locatePlugins(normalisePool(name, pool), scope), scope.folder);
    return purpose === 'client' ? { ...found, users: null, aclFile: null } : found;
  });
  return { ...others, pools: normalised };
}

/** Looks at each pool by itself, so that a fault in one part of the file hides none in another. */
function poolsProblems(
  file: YamlFile,
  pools: unknown,
  scope: PluginScope,
  purpose: Purpose,
): ConfigProblem[] {
  const entries = entriesOf(pools);
  if (entries.length === 0 && hasMembers(pools)) {
    return [file.problemWith(['pools'], describeValue(pools), 'must be a mapping of at least one pool')];
  }
  const endpoints: Placed<Endpoint>[] = [];
  const problems = entries.flatMap(([name, pool]) => {
    const path = ['pools', name];
    const listen = poolSchema.shape.listen.safeParse(memberOf(pool, 'listen'));
    if (listen.data !== undefined) endpoints.push({ value: listen.data, path: [...path, 'listen'] });
    const access = new AccessProblems(file, path, pool, scope);
    const isMissing = purpose !== 'client' && hasMembers(pool) && memberOf(pool, 'listen') === undefined;
    return [
      ...(isMissing ? [file.problemWithKey(path, 'no listen', `must have it: ${LISTEN_FORM}`)] : []),
      ...serversProblems(file, path, pool),
      ...pluginsProblems(file, path, pool, scope),
      ...(purpose === 'question' ? [] : access.ofPassword()),
      ...(purpose === 'proxy'
        ? [...access.ofUsers(), ...access.ofDenied(), ...registerProblems(file, path, pool)]
        : []),
    ];
  });
  return [...problems, ...addressClashes(file, endpoints)];
}

function serversProblems(file: YamlFile, path: Path, pool: unknown): ConfigProblem[] {
  const own = memberOf(pool, 'servers');
  const topology = memberOf(pool, 'topology');
  if (hasMembers(pool) && (own === undefined) === (topology === undefined)) {
    const found = own === undefined ? 'neither servers nor topology' : 'both servers and topology';
    return [file.problemWithKey(path, found, 'must have one of the two')];
  }
  const [list, at] = own === undefined ? [memberOf(topology, 'servers'), [...path, 'topology']] : [own, path];
  return serverProblems(file, [...at, 'servers'], list);
}

/** Every kind of plugin is named by a key of its own, some of them in a list. */
function pluginsProblems(file: YamlFile, path: Path, pool: unknown, scope: PluginScope): ConfigProblem[] {
  return PLUGIN_KINDS.flatMap((kind) => {
    const value = memberOf(pool, kind);
    const at = [...path, kind];
    if (!Array.isArray(value)) return pluginProblems(file, at, kind, value, scope);
    return value.flatMap((item: unknown, i) => pluginProblems(file, [...at, i], kind, item, scope));
  });
}

function pluginProblems(
  file: YamlFile,
  path: Path,
  kind: PluginKind,
  value: unknown,
  scope: PluginScope,
): ConfigProblem[] {
  const schema = kind === 'topology' ? topologySchema : pluginSchema;
  const ref = schema.safeParse(value);
  if (!ref.success) return [];
  const { use, options } = ref.data;
  try {
    const { plugin } = locatePlugin(kind, use, scope);
    const problems: ConfigProblem[] = [];
    const known = replaceReferences(options, (reference, at) => {
      try {
        return readSecret(locateSecret(reference, scope.folder));
      } catch (error) {
        if (!(error instanceof SecretError)) throw error;
        problems.push(file.problemWith([...path, ...at], error.found, error.expected));
        return 'unknown';
      }
    });
    return [...problems, ...optionsProblems(file, path, known, plugin)];
  } catch (cause) {
    if (!(cause instanceof PluginError)) throw cause;
    const at = value === use ? path : [...path, 'use'];
    const expected =
      cause instanceof PluginReferenceError ? cause.expected : `must be usable: ${cause.message}`;
    return [{ ...file.problemWith(at, describeValue(use), expected), cause }];
  }
}

function optionsProblems(file: YamlFile, path: Path, options: unknown, plugin: Plugin): ConfigProblem[] {
  const { issues = [] } = checkOptions(plugin, options);
  return issues.map((issue) => {
    const steps = issuePath(issue);
    const found = steps.reduce((part: unknown, step) => memberOf(part, String(step)), options);
    const isSecret = steps.some(isSecretOption) && typeof found !== 'object';
    const description = isSecret ? `a ${typeof found}` : describeValue(found);
    return file.problemWith([...path, ...steps], description, issue.message);
  });
}
