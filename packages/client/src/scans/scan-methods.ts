import type { Argument } from '@shardmux/plugin-api';
import type { ScanStreamOptions } from 'ioredis';
import { type CommandTarget, define, invoke } from '../commands/command-methods.js';
import { type ScanPage, ScanStream } from './scan-stream.js';

type ScanServers = (options?: ScanStreamOptions) => ScanStream;
type ScanKey = (key: string, options?: ScanStreamOptions) => ScanStream;

/** Streams of arrays of what the commands find; those of `scanStream` come from all servers. */
export interface ScanMethods {
  scanStream: ScanServers;
  scanBufferStream: ScanServers;
  sscanStream: ScanKey;
  sscanBufferStream: ScanKey;
  hscanStream: ScanKey;
  hscanBufferStream: ScanKey;
  zscanStream: ScanKey;
  zscanBufferStream: ScanKey;
}

/** Where `scanStream` leads: SCAN with these arguments after its cursor, on each server. */
export const pagesOfServers = Symbol('shardmux.pagesOfServers');

export interface ScanTarget extends CommandTarget {
  [pagesOfServers](args: readonly Argument[], buffers: boolean): Promise<ScanPage[]>;
}

export function addScanMethods(prototype: ScanTarget): void {
  for (const buffers of [false, true]) {
    const ending = buffers ? 'BufferStream' : 'Stream';
    define(prototype, `scan${ending}`, function (this: ScanTarget, options: ScanStreamOptions = {}) {
      return new ScanStream(() => this[pagesOfServers](scanArguments(options), buffers));
    });
    for (const command of ['sscan', 'hscan', 'zscan']) {
      define(
        prototype,
        command + ending,
        function (this: ScanTarget, key: string, options: ScanStreamOptions = {}) {
          const args = scanArguments(options);
          const page: ScanPage = (cursor) =>
            this[invoke](command, [key, cursor, ...args], buffers) as ReturnType<ScanPage>;
          return new ScanStream(async () => [page]);
        },
      );
    }
  }
}

function scanArguments({ match, type, count, noValues }: ScanStreamOptions): Argument[] {
  const args: Argument[] = [];
  if (match !== undefined) args.push('MATCH', match);
  if (type !== undefined) args.push('TYPE', type);
  if (count !== undefined) args.push('COUNT', count);
  if (noValues) args.push('NOVALUES');
  return args;
}
