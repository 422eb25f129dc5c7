/** CLUSTER: the proxies of a pool as the nodes of a cluster, where the pool is presented as one. */
import { ascii } from '../../ascii.js';
import { errorReply } from '../../error-reply.js';
import { decodeWhole } from '../../request/decode-whole.js';
import type { RespCommand } from '../../request/resp-command.js';
import { argumentOf, bytesOf } from '../arguments.js';
import type { ClientState } from '../client-state.js';
import { errand } from '../errand.js';
import type { LocalCommand, LocalCommands } from '../local-command.js';
import { array, bulk, integer, map, ok, type Protocol, verbatim } from '../replies.js';
import { type Cluster, type ClusterNode, SLOTS, slotOf } from './cluster.js';

const disabled = errorReply('ERR This instance has cluster support disabled');

/** The port of the cluster bus, which a proxy has none of, is so much above that for clients. */
const BUS = 10_000;

type ClusterCommand = (cluster: Cluster, conversation: ClientState, command: RespCommand) => Uint8Array;

function ofCluster(serve: ClusterCommand): LocalCommand {
  return (conversation, command) => {
    const { cluster } = conversation.realm;
    return cluster === null ? disabled : serve(cluster, conversation, command);
  };
}

/** Nothing is read from replicas, and nothing is on its way elsewhere. */
const accepted = ofCluster(() => ok);

export const clusterCommands: LocalCommands = {
  asking: accepted,
  'cluster|info': ofCluster(({ nodes }, { protocol }) => verbatim(stateOf(nodes.length), protocol)),
  'cluster|keyslot': ofCluster((_cluster, _conversation, command) => integer(slotOf(argumentOf(command, 2)))),
  'cluster|myid': ofCluster((cluster, { client }) => text(cluster.nodeAt(client.local).id)),
  'cluster|nodes': ofCluster((cluster, { client, protocol }) => {
    const myself = cluster.nodeAt(client.local);
    return verbatim(cluster.nodes.map((node) => lineOf(node, node === myself)).join(''), protocol);
  }),
  'cluster|shards': ofCluster(({ nodes }, { protocol }) =>
    array(nodes.map((node) => shardOf(node, protocol))),
  ),
  'cluster|slots': ofCluster(({ nodes }, { protocol }) =>
    array(nodes.map((node) => slotsOf(node, protocol))),
  ),
  readonly: accepted,
  readwrite: accepted,
};

function text(value: string): Uint8Array {
  return bulk(ascii(value));
}

function stateOf(size: number): string {
  const fields = {
    cluster_state: 'ok',
    cluster_slots_assigned: SLOTS,
    cluster_slots_ok: SLOTS,
    cluster_slots_pfail: 0,
    cluster_slots_fail: 0,
    cluster_known_nodes: size,
    cluster_size: size,
    cluster_current_epoch: 1,
    cluster_my_epoch: 1,
    cluster_stats_messages_sent: 0,
    cluster_stats_messages_received: 0,
    total_cluster_links_buffer_limit_exceeded: 0,
  };
  return Object.entries(fields)
    .map(([field, value]) => `${field}:${value}\r\n`)
    .join('');
}

function lineOf({ id, host, port, firstSlot, lastSlot }: ClusterNode, isMyself: boolean): string {
  const flags = isMyself ? 'myself,master' : 'master';
  return `${id} ${host}:${port}@${port + BUS} ${flags} - 0 0 1 connected ${firstSlot}-${lastSlot}\n`;
}

function slotsOf({ id, host, port, firstSlot, lastSlot }: ClusterNode, protocol: Protocol): Uint8Array {
  const node = array([text(host), integer(port), text(id), map(protocol, [])]);
  return array([integer(firstSlot), integer(lastSlot), node]);
}

function shardOf({ id, host, port, firstSlot, lastSlot }: ClusterNode, protocol: Protocol): Uint8Array {
  const node = map(protocol, [
    [text('id'), text(id)],
    [text('port'), integer(port)],
    [text('ip'), text(host)],
    [text('endpoint'), text(host)],
    [text('role'), text('master')],
    [text('replication-offset'), integer(0)],
    [text('health'), text('online')],
  ]);
  return map(protocol, [
    [text('slots'), array([integer(firstSlot), integer(lastSlot)])],
    [text('nodes'), array([node])],
  ]);
}

/** INFO says that it is a cluster, whatever the servers are. */
export const clusterInfo: LocalCommand = ({ protocol }, command) => {
  const whole = decodeWhole(bytesOf(command));
  return errand(command.spec, async (host) => {
    const reply = Buffer.from(await host.dispatch(whole)).toString('latin1');
    const body = reply.slice(reply.indexOf('\r\n') + 2, -2);
    if (reply.startsWith('-')) return ascii(reply);
    const told = body
      .replace(/^txt:/, '')
      .replace(/^redis_mode:.*$/m, 'redis_mode:cluster\r')
      .replace(/^cluster_enabled:\d+/m, 'cluster_enabled:1');
    return verbatim(told, protocol);
  });
};
