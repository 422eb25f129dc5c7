// A proxy of one's own: all keys of a tenant, what stands before the first colon, lie on one server.
import { Engine, Pool } from '@shardmux/core';
import { jump } from '@shardmux/plugin-distribution-modern';
import { xxh32 } from '@shardmux/plugin-hash-modern';
import { FileTopology } from '@shardmux/plugin-topology-file';
import { tcpTransport as transport } from '@shardmux/plugin-transport-tcp';
import { ProxyServer } from '@shardmux/proxy';
import { respCodec as codec } from '@shardmux/resp';

const node = (port) => ({
  name: `redis-${port}`,
  weight: 1,
  endpoint: { kind: 'tcp', host: '127.0.0.1', port },
});
const topology = new FileTopology([22192, 22193, 22194].map(node));

function tenant(bytes, start, end) {
  let colon = start;
  while (colon < end && bytes[colon] !== 0x3a) colon++;
  return xxh32(bytes, start, colon);
}

const rule = { hash: tenant, tag: null, distribution: jump };
const pool = new Pool(new Engine(), { name: 'tenants', rule, topology, transport, codec });
const proxy = new ProxyServer(pool, { transport, endpoint: { kind: 'tcp', host: '127.0.0.1', port: 22191 } });
await pool.start();
await proxy.listen();
process.once('SIGTERM', () => proxy.drain(10_000).then(() => pool.close()));
