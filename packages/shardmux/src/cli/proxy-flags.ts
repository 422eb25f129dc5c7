import { parseDecimal, parseHost, parsePort } from '@shardmux/config-file';
import { type Command, InvalidArgumentError } from 'commander';
import type { Config } from '../config/normalised.js';
import { levelOf } from '../process/log.js';

/** The values of the flags that were given. */
export interface ProxyFlags {
  readonly confFile: string;
  readonly testConf?: true;
  readonly daemonize?: true;
  readonly describeStats?: true;
  readonly verbose?: number;
  readonly output?: string;
  readonly statsPort?: number;
  readonly statsAddr?: string;
  readonly statsInterval?: number;
  readonly pidFile?: string;
}

const MBUF_MIN = 512;
const MBUF_MAX = 16_777_216;

/** Declares the flags of nutcracker 0.5.0, in its order and with its validation. */
export function addProxyFlags(command: Command): Command {
  return command
    .option('-t, --test-conf', 'check the configuration file and exit')
    .option('-d, --daemonize', 'run in the background')
    .option('-D, --describe-stats', 'say what the statistics mean and exit')
    .option('-v, --verbose <level>', 'how much to log, 0 to 11 (default: 5)', number)
    .option('-o, --output <file>', 'append the log to a file (default: standard error)')
    .option('-c, --conf-file <file>', 'configuration file', 'conf/nutcracker.yml')
    .option('-s, --stats-port <port>', 'port of the statistics (default: 22222)', port)
    .option(
      '-a, --stats-addr <address>',
      'address of the statistics (default for a Twemproxy file: 0.0.0.0)',
      host,
    )
    .option('-i, --stats-interval <ms>', 'how often figures are gathered (default: 30000)', number)
    .option('-p, --pid-file <file>', 'write the process id to a file')
    .option(
      '-m, --mbuf-size <bytes>',
      `${MBUF_MIN} to ${MBUF_MAX}; taken for the sake of old scripts: buffers here grow and shrink by themselves`,
      mbufSize,
    );
}

/** What the command line says goes before what the file says, in either dialect. */
export function applyFlags(config: Config, flags: ProxyFlags): Config {
  const { verbose, output, statsPort, statsAddr, statsInterval } = flags;
  const { stats, log } = config;
  const wanted = statsPort !== undefined || statsAddr !== undefined;
  const listen = stats.listen ?? (wanted ? ({ kind: 'tcp', host: '127.0.0.1', port: 22222 } as const) : null);
  return {
    ...config,
    log: {
      level: verbose === undefined ? log.level : levelOf(verbose),
      file: output === '' ? null : (output ?? log.file),
    },
    stats: {
      listen: listen && { ...listen, host: statsAddr ?? listen.host, port: statsPort ?? listen.port },
      interval: statsInterval ?? stats.interval,
    },
  };
}

function number(value: string): number {
  const parsed = parseDecimal(value);
  if (parsed === null) throw new InvalidArgumentError('It must be a whole number.');
  return parsed;
}

function port(value: string): number {
  const parsed = parsePort(value);
  if (parsed === null) throw new InvalidArgumentError('It must be a port from 1 to 65535.');
  return parsed;
}

function host(value: string): string {
  const parsed = parseHost(value);
  if (parsed === null) throw new InvalidArgumentError('It must be a host name or an IP address.');
  return parsed;
}

function mbufSize(value: string): number {
  const parsed = number(value);
  if (parsed < MBUF_MIN || parsed > MBUF_MAX) {
    throw new InvalidArgumentError(`It must be between ${MBUF_MIN} and ${MBUF_MAX} bytes.`);
  }
  return parsed;
}
