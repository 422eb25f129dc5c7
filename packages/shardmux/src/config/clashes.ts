import { type Endpoint, formatEndpoint, type NodeDescription } from '@shardmux/plugin-api';
import { type ConfigProblem, describeValue } from './config-problem.js';
import type { Path, YamlFile } from './yaml-file.js';

/** A thing read from the file, and where it stands. */
export interface Placed<Value> {
  readonly value: Value;
  readonly path: Path;
}

/** Two pools cannot listen on one address. */
export function addressClashes(file: YamlFile, endpoints: readonly Placed<Endpoint>[]): ConfigProblem[] {
  const owners = new Map<string, Path>();
  return endpoints.flatMap(({ value, path }) => {
    const address = formatEndpoint(value);
    const owner = owners.get(address);
    owners.set(address, owner ?? path);
    if (owner === undefined) return [];
    return [file.problemWith(path, `${address}, as ${owner.join('.')} has`, 'must be an address of its own')];
  });
}

/** Two servers of a pool cannot share a name: keys are placed by it. */
export function nameClashes(file: YamlFile, servers: readonly Placed<NodeDescription>[]): ConfigProblem[] {
  const owners = new Map<string, Path>();
  return servers.flatMap(({ value, path }) => {
    const owner = owners.get(value.name);
    owners.set(value.name, owner ?? path);
    if (owner === undefined) return [];
    const found = `the name ${describeValue(value.name)}, as ${owner.join('.')} has`;
    return [file.problemWith(path, found, 'must be a name of its own')];
  });
}
