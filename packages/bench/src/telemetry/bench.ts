import { freePort } from '@shardmux/testing';
import type { Options } from '../options.js';
import { compareProxies } from '../proxy/bench.js';
import { type Configuration, shardmux } from '../proxy/contestant.js';
import { REPOSITORY } from '../repository.js';
import { startSink } from './sink.js';

/** What a proxy pays for metrics and its slow log, then for a span of every command besides. */
export async function benchTelemetry(options: Options): Promise<void> {
  const sink = await startSink();
  try {
    const listen = `listen: 127.0.0.1:${await freePort()}`;
    const otlp = `otlp: { endpoint: "http://127.0.0.1:${sink.port}", sample: 1 }`;
    const off = shardmux('none', REPOSITORY, configuration('{}'));
    for (const [name, telemetry] of [
      ['metrics and slow log', `{ ${listen} }`],
      ['a span of every command besides', `{ ${listen}, ${otlp} }`],
    ] as const) {
      await compareProxies([shardmux(name, REPOSITORY, configuration(telemetry)), off], options, null);
      console.log();
    }
  } finally {
    await sink.close();
  }
}

function configuration(telemetry: string): Configuration {
  return (port, serverPorts) => `telemetry: ${telemetry}
pools:
  bench:
    listen: 127.0.0.1:${port}
    servers: [${serverPorts.map((serverPort) => `"127.0.0.1:${serverPort}:1"`).join(', ')}]
`;
}
