import {
  fraction,
  HOST_PORT_FORM,
  MAX_INT,
  mapping,
  milliseconds,
  parsed,
  parseHostPort,
  text,
  whole,
} from '@shardmux/config-file';
import { z } from 'zod';
import { HTTP_URL_FORM, parseHttpUrl } from './address.js';
import { LOG_LEVELS } from './normalised.js';
import { poolSchema } from './pool-schema.js';

/*
 * A configuration file in our own dialect: docs/configuration.md and schema.json are made from this and from
 * pool-schema.ts.
 */

const stats = mapping({
  listen: parsed(HOST_PORT_FORM, parseHostPort)
    .nullable()
    .prefault('127.0.0.1:22222')
    .describe(
      'Where statistics are served; null for nowhere. No password is asked, so for this machine alone.',
    ),
  interval: milliseconds()
    .default(30_000)
    .describe('How often figures are gathered when nobody asks, in ms; 0 for never. As Twemproxy.'),
});

const log = mapping({
  level: z.enum(LOG_LEVELS).default('info').describe('The least important messages that are logged.'),
  file: text('must be a path')
    .nullable()
    .default(null)
    .describe('Where the log goes; null for standard error.'),
});

const slowlog = mapping({
  threshold: fraction(MAX_INT)
    .default(10)
    .describe('How long a command takes, in ms, to be kept. As Redis (slowlog-log-slower-than).'),
  length: whole(1, 65_536)
    .default(128)
    .describe('How many slow commands are kept, the latest. As Redis (slowlog-max-len).'),
});

const otlp = mapping({
  endpoint: parsed(HTTP_URL_FORM, parseHttpUrl)
    .nullable()
    .prefault(null)
    .describe('Where a collector takes OTLP over HTTP, such as http://127.0.0.1:4318; null for nowhere.'),
  headers: z
    .record(z.string(), z.string({ error: 'must be a text' }), { error: 'must be a mapping of texts' })
    .default({})
    .describe('Headers of every request to the collector, such as a token.'),
  interval: milliseconds(100)
    .default(60_000)
    .describe('How often metrics are sent, in ms. As OpenTelemetry.'),
  sample: fraction(1)
    .default(0.01)
    .describe('Share of commands that are traced, from 0 to 1; a span costs more than to serve a command.'),
}).transform(({ endpoint, ...others }) => (endpoint === null ? null : { endpoint, ...others }));

const telemetry = mapping({
  listen: parsed(HOST_PORT_FORM, parseHostPort)
    .nullable()
    .prefault(null)
    .describe(
      'Where /metrics (for Prometheus), /slowlog and /latency are served; null for nowhere: then nothing is ' +
        'recorded for them. No password is asked, so for this machine alone.',
    ),
  slowlog: slowlog.prefault({}).describe('Slow commands.'),
  otlp: otlp.prefault({}).describe('Metrics and traces, sent to a collector.'),
});

const health = mapping({
  listen: parsed(HOST_PORT_FORM, parseHostPort)
    .nullable()
    .prefault(null)
    .describe('Where /livez and /readyz are served, for supervisors and balancers; null for nowhere.'),
});

export const configSchema = mapping({
  workers: whole(1, 1_024).default(1).describe('Processes that serve the pools together.'),
  drainDelay: milliseconds()
    .default(0)
    .describe(
      'How long a proxy goes on as before after SIGTERM, in ms, but for /readyz: for balancers to send new clients elsewhere.',
    ),
  drainTimeout: milliseconds()
    .default(10_000)
    .describe(
      'How long requests under way may take after SIGTERM and drainDelay, in ms. As most supervisors wait before they kill.',
    ),
  stats: stats.prefault({}).describe('Statistics, in the format of Twemproxy.'),
  log: log.prefault({}).describe('Log.'),
  telemetry: telemetry.prefault({}).describe('Metrics, traces and slow commands.'),
  health: health.prefault({}).describe('Whether the proxy is well, over HTTP.'),
  pools: z
    .record(text('must be a name that is not empty'), poolSchema, { error: 'must be a mapping of pools' })
    .describe('The pools, each under its name.'),
});

/** The JSON Schema of a configuration file, for editors. */
export function configJsonSchema(): object {
  return {
    title: 'shardmux configuration',
    ...z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' }),
  };
}
