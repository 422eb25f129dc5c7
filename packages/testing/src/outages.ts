import type { Relay } from './relay.js';
import type { ServerFixture } from './server-fixture.js';

/**
 * The ways in which a server is lost and found again, by its own fault or that of the relay before it. Neither need be
 * there before an outage begins.
 */
export function outagesOf(server: () => ServerFixture, relay: () => Relay) {
  return {
    killed: { begin: () => server().kill(), end: () => server().restart() },
    frozen: { begin: () => server().freeze(), end: () => server().thaw() },
    partitioned: { begin: () => relay().blackhole(), end: () => relay().resume() },
    refused: {
      begin() {
        relay().refuse();
        relay().cut('reset');
      },
      end: () => relay().resume(),
    },
  };
}
