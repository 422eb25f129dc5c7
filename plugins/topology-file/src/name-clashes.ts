import {
  type ConfigProblem,
  clashes,
  describeValue,
  type Path,
  type Placed,
  type YamlFile,
} from '@shardmux/config-file';
import type { NodeDescription } from '@shardmux/plugin-api';
import { serverSchema } from './server-schema.js';

/**
 * Two servers of a pool cannot share a name: keys are placed by it. Replicas have names among them.
 * @param servers each with its place in the file.
 */
export function nameClashes(file: YamlFile, servers: readonly Placed<NodeDescription>[]): ConfigProblem[] {
  const names = servers.flatMap(({ value: { name, replicas = [] }, path }) => [
    placedName(name, path),
    ...replicas.map((replica, i) => placedName(replica.name, [...path, 'replicas', i])),
  ]);
  return clashes(file, names, 'must be a name of its own');
}

function placedName(name: string, path: Path): Placed<string> {
  return { value: `the name ${describeValue(name)}`, path };
}

/**
 * What is wrong with a list of servers that its schema does not see. Servers that are not well written are passed over.
 * @param path of the list.
 */
export function serverProblems(file: YamlFile, path: Path, list: unknown): ConfigProblem[] {
  const servers: Placed<NodeDescription>[] = [];
  for (const [index, item] of (Array.isArray(list) ? list : []).entries()) {
    const server = serverSchema.safeParse(item);
    if (server.success) servers.push({ value: server.data, path: [...path, index] });
  }
  return nameClashes(file, servers);
}
