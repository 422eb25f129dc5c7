import { InvalidConfigError, mapping, memberOf, schemaProblems, YamlFile } from '@shardmux/config-file';
import type { NodeDescription } from '@shardmux/plugin-api';
import { serverProblems } from './name-clashes.js';
import { serverListSchema } from './server-schema.js';

const documentSchema = mapping({ servers: serverListSchema });

/**
 * Reads a document that tells servers, as files and coordination stores have it: YAML or JSON, a mapping whose
 * `servers` are written as those of a pool.
 *
 * @param name what errors call the document: the file's path.
 * @throws {InvalidConfigError} `SHARDMUX_CONFIG_INVALID` with all its faults, each with line and column.
 */
export function readServers(content: Uint8Array | string, name = 'servers'): readonly NodeDescription[] {
  const file = new YamlFile(content, name);
  const value = file.plainValue();
  const result = documentSchema.safeParse(value);
  const problems = [
    ...file.duplicates,
    ...(result.success ? [] : schemaProblems(file, value, result.error.issues)),
    ...serverProblems(file, ['servers'], memberOf(value, 'servers')),
  ];
  if (problems.length > 0 || !result.success) throw new InvalidConfigError(problems);
  return result.data.servers;
}
