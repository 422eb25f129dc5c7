import type { RedisServer, Relay } from '@shardmux/testing';

/** A server, and the relay through which it is reached. */
export interface Victim {
  readonly server: RedisServer;
  readonly relay: Relay;
}

export interface Fault {
  readonly name: string;
  strike(victim: Victim): Promise<void> | void;
  heal(victim: Victim): Promise<void> | void;
}

export const faults: readonly Fault[] = [
  {
    name: 'kill -9',
    strike: async ({ server, relay }) => {
      await server.kill();
      // As the port of a server that is gone: by itself a relay accepts first.
      relay.refuse();
    },
    heal: async ({ server, relay }) => {
      await server.restart();
      await relay.resume();
    },
  },
  { name: 'SIGSTOP', strike: ({ server }) => server.freeze(), heal: ({ server }) => server.thaw() },
  { name: 'network cut', strike: ({ relay }) => relay.blackhole(), heal: ({ relay }) => relay.resume() },
];
