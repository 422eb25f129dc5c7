// npm start: three Redis and the proxy in front of them, until Ctrl-C.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { build, ensureDependencies, ensureServers, root } from '../../packages/testing/bootstrap.mjs';

const HOST = '127.0.0.1';
const PORT = 22121;

try {
  await requireFreePort();
  ensureDependencies();
  ensureServers(['redis-server', 'redis-tools']);
  build();
  await serve();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function requireFreePort() {
  const server = createServer().listen(PORT, HOST);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(
      `Cannot listen on ${HOST}:${PORT} (${error.code}): stop what runs there, then try again.`,
    );
  }
  server.close();
  await once(server, 'close');
}

/** Returns when everything that it started is gone. */
async function serve() {
  const stopped = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  // Only now: on a fresh clone there was nothing to import before the build.
  const { connectRaw, freePort, ServerProcess, startRedis, TemporaryFolder } = await import(
    '@shardmux/testing'
  );
  const folder = new TemporaryFolder();
  const running = [];
  try {
    for (let count = 0; count < 3; count++) running.push(await startRedis());
    const ports = running.map((redis) => redis.port);
    const config = folder.write('shardmux.yml', configuration(ports));
    const statsPort = await freePort(HOST);
    const command = join(root, 'packages/shardmux/bin/shardmux.js');
    const args = [command, 'proxy', '-c', config, '-a', HOST, '-s', String(statsPort)];
    const proxy = await ServerProcess.start(process.execPath, args);
    running.push(proxy);
    await proxy.ready(async () => {
      const client = await connectRaw({ kind: 'tcp', host: HOST, port: PORT }).catch(() => null);
      await client?.close();
      return client !== null;
    });
    console.log(invitation(config, ports, statsPort));
    const ended = proxy.exited.then(() => {
      throw new Error(`The proxy ended by itself:\n${proxy.log}`);
    });
    await Promise.race([stopped, ended]);
  } finally {
    await Promise.all(running.map((server) => server.stop()));
    folder.remove();
  }
}

function configuration(ports) {
  return `try-it:
  listen: ${HOST}:${PORT}
  hash: fnv1a_64
  distribution: ketama
  redis: true
  servers:
${ports.map((port, index) => `   - ${HOST}:${port}:1 redis${index + 1}`).join('\n')}
`;
}

function invitation(config, ports, statsPort) {
  return `
The proxy is on ${HOST}:${PORT}, in front of three Redis on the ports ${ports.join(', ')}.
Try in another shell:

  redis-cli -p ${PORT} mset a 1 b 2 c 3
  redis-cli -p ${PORT} mget a b c

Which key lies where, as Redis sees it and as the proxy computes it:

${ports.map((port) => `  redis-cli -p ${port} keys '*'`).join('\n')}
  npx shardmux explain -c ${config} --pool try-it a b c

Statistics, as JSON:

  nc ${HOST} ${statsPort}

Ctrl-C stops everything.`;
}
