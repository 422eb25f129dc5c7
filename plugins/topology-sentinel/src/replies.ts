import type { TcpEndpoint } from '@shardmux/config-file';
import { formatEndpoint } from '@shardmux/plugin-api';
import type { NatMap } from './options.js';
import type { MasterView } from './sentinel-view.js';

/*
 * What Sentinels answer in RESP2. A reply of another form ends in a TypeError, and whoever gave it counts as one that
 * does not answer.
 */

/** What SENTINEL MASTER, GET-MASTER-ADDR-BY-NAME, REPLICAS and SENTINELS say of one master. */
export type MasterReplies = readonly [
  master: unknown,
  address: unknown,
  replicas: unknown,
  sentinels: unknown,
];

export function parseMaster([master, address, replicas, others]: MasterReplies, natMap: NatMap): MasterView {
  const [host, port] = list(address);
  return {
    epoch: Number(record(master).get('config-epoch')),
    primary: reached(host, port, natMap),
    replicas: list(replicas)
      .map(record)
      .filter(isGoodCopy)
      .map((each) => addressOf(each, natMap)),
    others: list(others)
      .map(record)
      .map((each) => addressOf(each, natMap)),
  };
}

/** One that is down or disconnected has a flag more. A primary that came back counts as a replica, and says otherwise. */
function isGoodCopy(replica: ReadonlyMap<unknown, unknown>): boolean {
  return (
    replica.get('flags') === 'slave' &&
    replica.get('role-reported') === 'slave' &&
    replica.get('master-link-status') === 'ok'
  );
}

function addressOf(server: ReadonlyMap<unknown, unknown>, natMap: NatMap): TcpEndpoint {
  return reached(server.get('ip'), server.get('port'), natMap);
}

function reached(host: unknown, port: unknown, natMap: NatMap): TcpEndpoint {
  const announced: TcpEndpoint = { kind: 'tcp', host: String(host), port: Number(port) };
  return natMap.get(formatEndpoint(announced)) ?? announced;
}

/** A map of RESP2: keys and values in turn. */
function record(value: unknown): ReadonlyMap<unknown, unknown> {
  const items = list(value);
  return new Map(items.flatMap((key, i) => (i % 2 === 0 ? [[key, items[i + 1]]] : [])));
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`it answers ${JSON.stringify(value)}, and no list`);
  return value;
}
