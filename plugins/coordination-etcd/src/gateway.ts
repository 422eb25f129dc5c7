import type { IncomingMessage } from 'node:http';
import { CoordinationError } from '@shardmux/plugin-api';
import { Reach } from '@shardmux/plugin-coordination-embedded';
import { EtcdError } from './etcd-error.js';
import { HttpRequests, textOf } from './http-requests.js';

export interface GatewayOptions {
  /** URLs. */
  readonly endpoints: readonly string[];
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

export interface Call {
  /** As in the URL: `kv/range`. */
  readonly method: string;
  readonly body: object;
  /** That it be done twice does no harm. */
  readonly isRepeatable: boolean;
  /** How long one server may take, in ms. */
  readonly timeout?: number;
}

const TIMEOUT = 2_000;
const UNAVAILABLE = [500, 502, 503, 504];

/**
 * etcd's JSON gateway, on the server that answered last; where that fails, on the next one.
 *
 *   call ──► endpoint ──nothing──► next endpoint ──…──► AWAY
 *               └── an answer, or REFUSED
 */
export class Gateway {
  readonly reach = new Reach();
  readonly #options: GatewayOptions;
  readonly #requests = new HttpRequests();
  #current = 0;
  #token: string | null = null;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** @throws {CoordinationError} */
  async call<Answer>(call: Call): Promise<Answer> {
    const text = await this.#somewhere(call, false, textOf);
    return JSON.parse(text) as Answer;
  }

  /**
   * Opens a stream of messages, a line of JSON each.
   * @throws {CoordinationError}
   */
  stream(method: string, body: object): Promise<IncomingMessage> {
    return this.#somewhere({ method, body, isRepeatable: true }, true, async (response) => response);
  }

  /** Open calls reject. */
  close(): void {
    this.reach.close();
    this.#requests.close();
  }

  async #somewhere<T>(
    call: Call,
    isStream: boolean,
    read: (response: IncomingMessage) => Promise<T>,
  ): Promise<T> {
    const { endpoints } = this.#options;
    const faults: string[] = [];
    while (faults.length < endpoints.length) {
      this.reach.check();
      const endpoint = endpoints[this.#current];
      try {
        const answer = await read(await this.#ask(endpoint, call, isStream));
        this.reach.found();
        return answer;
      } catch (error) {
        if (!(error instanceof EtcdError)) throw error;
        faults.push(`${endpoint}: ${error.message}`);
        this.#current = (this.#current + 1) % endpoints.length;
        if (error.mayBeDone && !call.isRepeatable) break;
      }
    }
    this.reach.check();
    const away = new CoordinationError('AWAY', `etcd is away: ${faults.join(', ')}`);
    this.reach.lost(away);
    throw away;
  }

  async #ask(endpoint: string, call: Call, isStream: boolean): Promise<IncomingMessage> {
    if (this.#options.user !== undefined) this.#token ??= await this.#logIn(endpoint);
    const token = this.#token;
    const { method, body, timeout = TIMEOUT } = call;
    const response = await this.#send(endpoint, method, body, { token, timeout, isStream });
    // Tokens run out.
    if (response.statusCode !== 401 || token === null) return accepted(endpoint, response);
    response.resume();
    this.#token = await this.#logIn(endpoint);
    return accepted(
      endpoint,
      await this.#send(endpoint, method, body, { token: this.#token, timeout, isStream }),
    );
  }

  async #logIn(endpoint: string): Promise<string> {
    const { user, password } = this.#options;
    const body = { name: user, password };
    const options = { token: null, timeout: TIMEOUT, isStream: false };
    const response = await this.#send(endpoint, 'auth/authenticate', body, options);
    const { token } = JSON.parse(await textOf(await accepted(endpoint, response))) as { token: string };
    return token;
  }

  async #send(
    endpoint: string,
    method: string,
    body: object,
    options: { readonly token: string | null; readonly timeout: number; readonly isStream: boolean },
  ): Promise<IncomingMessage> {
    const url = `${endpoint}/v3/${method}`;
    return this.#requests.send({ url, body: JSON.stringify(body), ...options });
  }
}

/**
 * @throws {EtcdError} where the server cannot serve, as one without a leader.
 * @throws {CoordinationError} `SHARDMUX_COORDINATION_REFUSED`, `SHARDMUX_COORDINATION_LEASE`.
 */
async function accepted(endpoint: string, response: IncomingMessage): Promise<IncomingMessage> {
  const { statusCode = 0 } = response;
  if (statusCode === 200) return response;
  const text = await textOf(response);
  if (UNAVAILABLE.includes(statusCode)) throw new EtcdError(`${endpoint}: ${text}`, true);
  throw new CoordinationError(
    statusCode === 404 ? 'LEASE' : 'REFUSED',
    `etcd at ${endpoint} refuses: ${text}`,
  );
}
