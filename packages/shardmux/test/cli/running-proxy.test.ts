import { freePort, TemporaryFolder } from '@shardmux/testing';
import { afterAll, expect, test } from 'vitest';
import { shardmux } from '../support/run-command.js';

const folder = new TemporaryFolder();

afterAll(() => folder.remove());

const pools = 'pools: { alpha: { listen: "127.0.0.1:1", servers: ["127.0.0.1:2:1"] } }';

test.each(['slowlog', 'latency'])('%s says what keeps it from asking', async (command) => {
  const silent = folder.write('silent.yml', pools);
  expect(shardmux(command, '-c', silent)).toEqual({
    status: 1,
    stdout: '',
    stderr: `${silent}: telemetry.listen: found null: must be the address to ask at\n`,
  });

  const port = await freePort();
  const file = folder.write('config.yml', `telemetry: { listen: "0.0.0.0:${port}" }\n${pools}`);
  const { status, stderr } = shardmux(command, '-c', file);
  expect(status).toBe(1);
  expect(stderr).toMatch(`no proxy answers at 127.0.0.1:${port}: connect ECONNREFUSED`);

  expect(shardmux(command, '-c', file, '--pool', 'alpa').stderr).toMatch(/^--pool: found "alpa": .*alpha/);
});
