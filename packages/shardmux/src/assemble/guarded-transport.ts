import {
  type Acceptor,
  type Channel,
  type ChannelHandler,
  type ConnectOptions,
  type Endpoint,
  formatEndpoint,
  type LinkPreferences,
  type Listener,
  type ListenOptions,
  type Reloadable,
  type Transport,
} from '@shardmux/plugin-api';
import { checkMembers, type Shape } from './check-part.js';
import { ClosedChannel } from './closed-channel.js';
import type { Culprit } from './culprit.js';
import { inTime } from './in-time.js';

/** How long it may take to bind an endpoint, in ms. */
const LISTEN_LIMIT = 10_000;
/** How long it may take to let go of one, in ms: a proxy that is told to end must not wait for it. */
const CLOSE_LIMIT = 2_000;

const channelShape: Shape<Omit<Channel, 'remote' | 'local'>> = {
  write: 'function',
  pause: 'function',
  resume: 'function',
  end: 'function',
  destroy: 'function',
};

const listenerShape: Shape<Listener> = { endpoint: 'object', close: 'function' };

/** Sees to it that a plugin gives channels, and that it listens in time. What a channel carries is not looked at. */
export class GuardedTransport implements Transport {
  readonly flush: Transport['flush'];
  readonly preferences: LinkPreferences | undefined;
  readonly certificates: Reloadable | undefined;
  readonly #transport: Transport;
  readonly #culprit: Culprit;

  constructor(transport: Transport, culprit: Culprit) {
    this.flush = transport.flush;
    this.preferences = transport.preferences;
    this.certificates = transport.certificates;
    this.#transport = transport;
    this.#culprit = culprit;
  }

  /** A plugin that throws has not connected: the handler is told so. */
  connect(endpoint: Endpoint, options: ConnectOptions, handler: ChannelHandler): Channel {
    try {
      return this.#connect(endpoint, options, handler);
    } catch (error) {
      return new ClosedChannel(formatEndpoint(endpoint), handler, error as Error);
    }
  }

  #connect(endpoint: Endpoint, options: ConnectOptions, handler: ChannelHandler): Channel {
    let channel: Channel;
    try {
      channel = this.#transport.connect(endpoint, options, handler);
    } catch (cause) {
      throw this.#culprit.failed('cannot connect', cause);
    }
    checkMembers(channelShape, channel, this.#culprit);
    return channel;
  }

  /** @throws the system's error; {PluginError} `SHARDMUX_PLUGIN_FAILED`, `_BROKEN`, `_TIMEOUT`. */
  async listen(endpoint: Endpoint, options: ListenOptions, accept: Acceptor): Promise<Listener> {
    const where = formatEndpoint(endpoint);
    const late = () => this.#culprit.hangs(`does not listen on ${where}`, LISTEN_LIMIT);
    const listener = await inTime(this.#listen(endpoint, options, accept), LISTEN_LIMIT, late);
    checkMembers(listenerShape, listener, this.#culprit);
    const lateToClose = () => this.#culprit.hangs(`does not let go of ${where}`, CLOSE_LIMIT);
    return {
      endpoint: listener.endpoint,
      close: () => inTime(listener.close(), CLOSE_LIMIT, lateToClose),
    };
  }

  async #listen(endpoint: Endpoint, options: ListenOptions, accept: Acceptor): Promise<Listener> {
    try {
      return await this.#transport.listen(endpoint, options, accept);
    } catch (cause) {
      // The system says by itself what is wrong: a port that is taken.
      if (cause instanceof Error && 'syscall' in cause) throw cause;
      throw this.#culprit.failed(`cannot listen on ${formatEndpoint(endpoint)}`, cause);
    }
  }
}
