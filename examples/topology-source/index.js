import { setTimeout as sleep } from 'node:timers/promises';
import { API_VERSION, definePlugin } from '@shardmux/plugin-api';

/**
 * Asks a service where the servers are, again and again:
 *
 *   GET url ──► [{ "name": "one", "host": "10.0.0.1", "port": 6379 }, …]
 *
 * While the service is away, the servers that it named last stay in force.
 *
 * @implements {import('@shardmux/plugin-api').TopologySource}
 */
class HttpTopology {
  #url;
  #interval;
  #epoch = 0;
  #document = '';
  #stop = new AbortController();

  constructor({ url, interval }) {
    this.#url = url;
    this.#interval = interval;
  }

  async start(listener) {
    await this.#ask(listener);
    this.#watch(listener);
  }

  async stop() {
    this.#stop.abort();
  }

  async #watch(listener) {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await sleep(this.#interval, undefined, { signal }).catch(() => {});
      await this.#ask(listener).catch((error) => signal.aborted || listener.failed(error));
    }
  }

  async #ask(listener) {
    const { signal } = this.#stop;
    const response = await fetch(this.#url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]),
    });
    if (!response.ok) throw new Error(`${this.#url} answers ${response.status}`);
    const document = await response.text();
    if (signal.aborted || document === this.#document) return;
    const nodes = JSON.parse(document).map(({ name, host, port, weight = 1 }) => ({
      name,
      weight,
      endpoint: { kind: 'tcp', host, port },
    }));
    this.#document = document;
    this.#epoch++;
    listener.changed({ epoch: this.#epoch, nodes });
  }
}

/** Of zod, valibot or arktype, or by hand as here. */
const optionsSchema = {
  '~standard': {
    version: 1,
    vendor: 'shardmux-plugin-topology-http',
    validate({ url, interval = 1_000 }) {
      if (!URL.canParse(url)) return { issues: [{ path: ['url'], message: 'must be a URL' }] };
      if (!(interval >= 1))
        return { issues: [{ path: ['interval'], message: 'must be milliseconds, from 1' }] };
      return { value: { url, interval } };
    },
  },
};

export const plugins = [
  definePlugin({
    kind: 'topology',
    name: 'http',
    apiVersion: API_VERSION,
    optionsSchema,
    create: (options) => new HttpTopology(options),
  }),
];
