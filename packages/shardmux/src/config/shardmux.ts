import type { Endpoint, NodeDescription, Plugin, PluginKind } from '@shardmux/plugin-api';
import { checkOptions, issuePath } from '../plugins/plugin-options.js';
import type { PluginRegistry } from '../plugins/registry.js';
import { addressClashes, nameClashes, type Placed } from './clashes.js';
import { type ConfigProblem, describeValue, InvalidConfigError } from './config-problem.js';
import { normalisePool } from './normalise-pool.js';
import type { Config } from './normalised.js';
import { entriesOf, hasMembers, memberOf } from './plain.js';
import { pluginSchema } from './plugin-schema.js';
import { configSchema, poolSchema } from './schema.js';
import { schemaProblems } from './schema-problems.js';
import { serverSchema } from './server-schema.js';
import { mustBeOneOf } from './suggestion.js';
import type { Path, YamlFile } from './yaml-file.js';

/** The keys of a pool that name a plugin. */
const PLUGIN_KEYS = ['hash', 'distribution', 'failover', 'topology', 'codec'] as const satisfies PluginKind[];

/**
 * Reads a file of our own dialect.
 *
 *   text ──► YAML ──► schema ──────────────────────────────► normalised
 *                       └─ what no schema sees: clashes, plugins' names and options
 *
 * @throws {InvalidConfigError} with all faults of the file at once.
 */
export function readShardmux(file: YamlFile, registry: PluginRegistry): Config {
  const value = plainValue(file);
  const result = configSchema.safeParse(value);
  const problems = [
    ...file.duplicates,
    ...(result.success ? [] : schemaProblems(file, value, result.error.issues)),
    ...poolsProblems(file, memberOf(value, 'pools'), registry),
  ];
  if (problems.length > 0 || !result.success) throw new InvalidConfigError(problems);
  const { pools, ...others } = result.data;
  return { ...others, pools: Object.entries(pools).map(([name, pool]) => normalisePool(name, pool)) };
}

function plainValue(file: YamlFile): unknown {
  const [document, second] = file.documents;
  if (second !== undefined) {
    const offset = second.range[0];
    throw new InvalidConfigError([file.problemAt(offset, [], 'a second document', 'must be one document')]);
  }
  try {
    return document?.toJS();
  } catch (error) {
    // Aliases within aliases that would grow without end.
    throw new InvalidConfigError([
      file.problemAt(0, [], 'too many aliases', `must be plain: ${String(error)}`),
    ]);
  }
}

/** Looks at each pool by itself, so that a fault in one part of the file hides none in another. */
function poolsProblems(file: YamlFile, pools: unknown, registry: PluginRegistry): ConfigProblem[] {
  const entries = entriesOf(pools);
  if (entries.length === 0 && hasMembers(pools)) {
    return [file.problemWith(['pools'], describeValue(pools), 'must be a mapping of at least one pool')];
  }
  const endpoints: Placed<Endpoint>[] = [];
  const problems = entries.flatMap(([name, pool]) => {
    const path = ['pools', name];
    const listen = poolSchema.shape.listen.safeParse(memberOf(pool, 'listen'));
    if (listen.success) endpoints.push({ value: listen.data, path: [...path, 'listen'] });
    return [...serversProblems(file, path, pool), ...pluginsProblems(file, path, pool, registry)];
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
  const servers: Placed<NodeDescription>[] = [];
  for (const [index, item] of (Array.isArray(list) ? list : []).entries()) {
    const server = serverSchema.safeParse(item);
    if (server.success) servers.push({ value: server.data, path: [...at, 'servers', index] });
  }
  return nameClashes(file, servers);
}

function pluginsProblems(
  file: YamlFile,
  path: Path,
  pool: unknown,
  registry: PluginRegistry,
): ConfigProblem[] {
  return PLUGIN_KEYS.flatMap((kind) => {
    const value = memberOf(pool, kind);
    const schema = kind === 'topology' ? poolSchema.shape.topology : pluginSchema;
    const ref = schema.safeParse(value);
    if (!ref.success || ref.data === undefined) return [];
    const { use, options } = ref.data;
    const at = [...path, kind];
    const names = registry.names(kind);
    if (names.includes(use)) return optionsProblems(file, at, options, registry.find(kind, use));
    return [
      file.problemWith(value === use ? at : [...at, 'use'], describeValue(use), mustBeOneOf(use, names)),
    ];
  });
}

function optionsProblems(file: YamlFile, path: Path, options: unknown, plugin: Plugin): ConfigProblem[] {
  const { issues = [] } = checkOptions(plugin, options);
  return issues.map((issue) => {
    const steps = issuePath(issue);
    const found = steps.reduce((part: unknown, step) => memberOf(part, String(step)), options);
    return file.problemWith([...path, ...steps], describeValue(found), issue.message);
  });
}
