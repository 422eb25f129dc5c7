import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const INDEX = join(import.meta.dirname, '../../dist/index.js');

/** Which packages of OpenTelemetry a process has loaded that made a proxy of this configuration. */
function loadedBy(telemetry: string): string[] {
  const yaml = `{ telemetry: ${telemetry}, pools: { a: { listen: "127.0.0.1:1", servers: ["127.0.0.1:2:1"] } } }`;
  const script = `
    import { createRequire } from 'node:module';
    import { createProxy } from '${INDEX}';
    createProxy({ yaml: ${JSON.stringify(yaml)} });
    const files = Object.keys(createRequire(import.meta.url).cache);
    const names = files.map((file) => /@opentelemetry\\/([\\w-]+)/.exec(file)?.[1]);
    console.log(JSON.stringify([...new Set(names)].filter(Boolean)));
    process.exit();`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}

test('who asks for no telemetry loads none of it', () => {
  expect(loadedBy('{}')).toEqual([]);
});

test('who serves metrics loads no exporter of traces', () => {
  const loaded = loadedBy('{ listen: "127.0.0.1:9464" }');
  expect(loaded).toContain('sdk-metrics');
  expect(loaded).not.toContain('sdk-trace-base');
  expect(loaded).not.toContain('exporter-trace-otlp-http');
});
