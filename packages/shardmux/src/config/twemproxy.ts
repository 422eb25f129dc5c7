import {
  type ConfigProblem,
  describeValue,
  InvalidConfigError,
  mustBeOneOf,
  type Path,
  type Placed,
  scalarText,
  type YamlFile,
} from '@shardmux/config-file';
import type { Endpoint, NodeDescription } from '@shardmux/plugin-api';
import { nameClashes, parseServer, SERVER_FORM } from '@shardmux/plugin-topology-file';
import { isMap, isScalar, isSeq } from 'yaml';
import { parseListen } from './address.js';
import { addressClashes } from './address-clashes.js';
import { normalisePool } from './normalise-pool.js';
import type { Config } from './normalised.js';
import { type PoolInput, poolSchema } from './pool-schema.js';
import { configSchema } from './schema.js';
import { type Directives, directives } from './twemproxy-directives.js';
import { yamlProblems } from './twemproxy-yaml.js';

/** The one directive whose value is a list. */
const SERVERS = 'servers';
/** Whose value is not shown. */
const SECRET = 'redis_auth';
const DIRECTIVE_NAMES = [...Object.keys(directives), SERVERS];

/** When the system sends the first keep-alive probe, where nobody says: Linux's default, in ms. */
const SYSTEM_KEEP_ALIVE = 7_200_000;

interface TwemproxyPool {
  readonly name: string;
  readonly values: Partial<Directives>;
  readonly servers: readonly string[];
}

/**
 * Reads a configuration file of Twemproxy 0.5.0.
 *
 * @throws {InvalidConfigError} for what Twemproxy refuses, and for the little that is refused here on purpose (see
 *   docs/configuration.md).
 */
export function readTwemproxy(file: YamlFile): Config {
  const reader = new TwemproxyReader(file);
  const pools = reader.read();
  if (reader.problems.length > 0) throw new InvalidConfigError(reader.problems);
  return {
    ...configSchema.parse({ stats: { listen: '0.0.0.0:22222' }, pools: {} }),
    pools: pools.map((pool) => normalisePool(pool.name, poolSchema.parse(translate(pool)))),
  };
}

/** Says the same in our own dialect. */
function translate({ values, servers }: TwemproxyPool): unknown {
  const { server_failure_limit = 2, server_retry_timeout = 30_000 } = values;
  const autoEject = {
    use: 'auto-eject',
    failureLimit: Math.max(server_failure_limit, 1),
    retryTimeout: Math.max(server_retry_timeout, 1),
  };
  return {
    listen: values.listen,
    servers: [...servers],
    backlog: values.backlog ?? 512,
    hash: values.hash,
    hashTag: values.hash_tag,
    distribution: values.distribution,
    failover: values.auto_eject_hosts ? autoEject : null,
    password: values.redis_auth,
    database: values.redis_db,
    timeout: values.timeout ?? 0,
    keepAlive: { client: values.tcpkeepalive ? SYSTEM_KEEP_ALIVE : 0 },
    preconnect: values.preconnect,
    serverConnections: values.server_connections,
    limits: { maxClients: values.client_connections ?? 0 },
  } satisfies { [Key in keyof PoolInput]: PoolInput[Key] | undefined };
}

/** Goes through the file once and notes all its faults. */
class TwemproxyReader {
  readonly problems: ConfigProblem[];
  readonly #file: YamlFile;

  constructor(file: YamlFile) {
    this.#file = file;
    this.problems = yamlProblems(file);
  }

  read(): TwemproxyPool[] {
    const { root } = this.#file;
    if (!isMap(root)) {
      const found = root === null ? 'nothing' : 'no mapping';
      this.problems.push(this.#file.problemWith([], found, 'must be a mapping of pools'));
      return [];
    }
    const pools = root.items.map(({ key, value }) => this.#pool(scalarText(key), value));
    const endpoints = pools.flatMap(({ name, values }): Placed<Endpoint>[] => {
      const value = values.listen === undefined ? null : parseListen(values.listen);
      return value === null ? [] : [{ value, path: [name, 'listen'] }];
    });
    this.problems.push(...addressClashes(this.#file, endpoints));
    return pools;
  }

  #pool(name: string, node: unknown): TwemproxyPool {
    const values: Partial<Directives> = {};
    const servers: string[] = [];
    if (name === '') this.#refuse([name], 'a pool without a name', 'must have a name');
    if (!isMap(node)) {
      this.#refuse([name], describeValue(undefined), 'must be a mapping of directives');
      return { name, values, servers };
    }
    for (const { key, value } of node.items) {
      const directive = scalarText(key);
      const path = [name, directive];
      if (directive === SERVERS) servers.push(...this.#servers(path, value));
      else if (isDirective(directive)) this.#directive(path, values, directive, value);
      else {
        const expected = mustBeOneOf(directive, DIRECTIVE_NAMES);
        this.problems.push(this.#file.problemWithKey(path, 'an unknown directive', expected));
      }
    }
    this.#required(name, values, new Set(node.items.map(({ key }) => scalarText(key))));
    return { name, values, servers };
  }

  #directive<Name extends keyof Directives>(
    path: Path,
    values: Partial<Directives>,
    name: Name,
    node: unknown,
  ): void {
    const text = scalarText(node);
    const value = text === '' ? null : directives[name].read(text);
    if (value !== null) values[name] = value;
    else
      this.#refuse(path, name === SECRET ? 'no text' : describeNode(node), directives[name].expected(text));
  }

  #servers(path: Path, node: unknown): string[] {
    if (!isSeq(node) || node.items.length === 0) {
      this.#refuse(path, describeNode(node), 'must be a list of at least one server');
      return [];
    }
    const servers: Placed<NodeDescription>[] = [];
    const texts = node.items.map((item, index) => {
      const text = scalarText(item);
      const server = parseServer(text);
      if (server === null) this.#refuse([...path, index], describeNode(item), SERVER_FORM);
      else servers.push({ value: server, path: [...path, index] });
      return text;
    });
    this.problems.push(...nameClashes(this.#file, servers));
    return texts;
  }

  /** @param given the directives that the pool has, well written or not. */
  #required(name: string, values: Partial<Directives>, given: ReadonlySet<string>): void {
    for (const directive of ['listen', SERVERS]) {
      if (!given.has(directive)) this.#refuse([name, directive], 'nothing', 'must be given');
    }
    if (values.redis === false || !given.has('redis')) {
      const found = `a Memcached pool (redis is false${given.has('redis') ? '' : ' by default'})`;
      const expected = `must be a Redis pool: Memcached pools are not served yet. Set "redis: true" in pool "${name}"`;
      this.#refuse([name, 'redis'], found, expected);
    }
  }

  #refuse(path: Path, found: string, expected: string): void {
    this.problems.push(this.#file.problemWith(path, found, expected));
  }
}

function isDirective(name: string): name is keyof Directives {
  return Object.hasOwn(directives, name);
}

function describeNode(node: unknown): string {
  if (isSeq(node)) return 'a list';
  if (isMap(node)) return 'a mapping';
  return isScalar(node) && scalarText(node) !== '' ? describeValue(scalarText(node)) : 'nothing';
}
