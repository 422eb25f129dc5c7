import { type ConfigProblem, clashes, type Placed, type YamlFile } from '@shardmux/config-file';
import { type Endpoint, formatEndpoint } from '@shardmux/plugin-api';

/** Two pools cannot listen on one address. */
export function addressClashes(file: YamlFile, endpoints: readonly Placed<Endpoint>[]): ConfigProblem[] {
  const addresses = endpoints.map(({ value, path }) => ({ value: formatEndpoint(value), path }));
  return clashes(file, addresses, 'must be an address of its own');
}
