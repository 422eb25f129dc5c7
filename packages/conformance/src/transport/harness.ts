import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Acceptor, Endpoint, Listener, ReadRegion, Transport } from '@shardmux/plugin-api';
import type { Proof } from '../proof.js';
import { Peer } from './peer.js';
import { type Side, WatchedChannel } from './watched-channel.js';

/** Makes a socket of Node into one that the transport understands, where it speaks TLS, say. */
export interface SecureSockets {
  /** @param socket connected to a listener of the transport. */
  client(socket: Socket): Socket;
  /** @param socket accepted from a channel of the transport. */
  server(socket: Socket): Socket;
}

/** A watched channel, and the other end of its connection. */
export interface Connection {
  readonly channel: WatchedChannel;
  readonly peer: Peer;
}

const HOST = '127.0.0.1';
const PLAIN: SecureSockets = { client: (socket) => socket, server: (socket) => socket };

/** Room before and after the region that a transport may read into. */
const MARGIN = 512;
const CANARY = 0xa5;
const REGION_SIZE = 65_536;

/** Connects a transport with sockets of Node, on loopback. All is cleared away with the proof. */
export class Harness {
  readonly proof: Proof;
  readonly transport: Transport;
  readonly sides: readonly Side[];
  readonly #secure: SecureSockets;
  readonly #region: ReadRegion;

  constructor(proof: Proof, transport: Transport, listens: boolean, secure = PLAIN) {
    this.proof = proof;
    this.transport = transport;
    this.sides = listens ? ['connected', 'accepted'] : ['connected'];
    this.#secure = secure;
    const bytes = Buffer.alloc(MARGIN + REGION_SIZE + MARGIN, CANARY);
    this.#region = { bytes, start: MARGIN, end: MARGIN + REGION_SIZE };
  }

  /** Whether what lies around the read region is as it was. */
  get marginsAreWhole(): boolean {
    const { bytes, start, end } = this.#region;
    return [...bytes.subarray(0, start), ...bytes.subarray(end)].every((byte) => byte === CANARY);
  }

  /** One connection, the channel being at the given side of it. */
  open(side: Side): Promise<Connection> {
    return side === 'connected' ? this.connected() : this.accepted();
  }

  /** The transport connects to a peer. @param greet called when the peer has accepted. */
  async connected(greet?: (peer: Peer) => void): Promise<Connection> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    const accepted = once(server, 'connection');
    const port = await this.serve(server);
    const channel = this.connect(port);
    const [socket] = (await this.proof.settled('connecting', accepted)) as [Socket];
    const peer = new Peer(this.proof, socket, this.#secure.server);
    greet?.(peer);
    await channel.told('opened');
    return { channel, peer };
  }

  /** A peer connects to the transport. @param greet called when the channel is accepted, before that is answered. */
  async accepted(greet?: (channel: WatchedChannel) => void): Promise<Connection> {
    const { port, accepted } = await this.acceptOne(greet);
    const peer = this.connectPeer(port);
    return { channel: await this.proof.settled('accepting', accepted), peer };
  }

  /** A listener of the transport, and the channel that it will accept. */
  async acceptOne(greet?: (channel: WatchedChannel) => void): Promise<{
    readonly listener: Listener;
    readonly port: number;
    readonly accepted: Promise<WatchedChannel>;
  }> {
    let tell: (channel: WatchedChannel) => void;
    const accepted = new Promise<WatchedChannel>((resolve) => {
      tell = resolve;
    });
    const listener = await this.listen((channel) => {
      const watched = new WatchedChannel(this.proof, this.transport, 'accepted', () => channel);
      greet?.(watched);
      tell(watched);
      return watched.log;
    });
    return { listener, port: portOf(listener), accepted };
  }

  connect(port: number, connectTimeout = 0): WatchedChannel {
    const options = { connectTimeout, keepAlive: 0, noDelay: true, readRegion: this.#region };
    return new WatchedChannel(this.proof, this.transport, 'connected', (log) =>
      this.transport.connect(endpointAt(port), options, log),
    );
  }

  /** @param port 0 for any that is free. */
  async listen(accept: Acceptor, port = 0): Promise<Listener> {
    const options = { backlog: 16, keepAlive: 0, noDelay: true, readRegion: this.#region };
    const listening = this.transport.listen(endpointAt(port), options, accept);
    const listener = await this.proof.settled('listen', listening);
    this.proof.finally(() => listener.close());
    return listener;
  }

  connectPeer(port: number): Peer {
    const socket = connect({ host: HOST, port, allowHalfOpen: true });
    return new Peer(this.proof, socket, this.#secure.client);
  }

  /** Binds a server of Node, and gives its port. */
  async serve(server: Server, port = 0): Promise<number> {
    this.proof.finally(() => void server.close());
    server.on('connection', (socket) => this.proof.finally(() => void socket.destroy()));
    server.listen(port, HOST);
    await this.proof.settled(`binding port ${port}`, once(server, 'listening'));
    return (server.address() as AddressInfo).port;
  }
}

export function portOf({ endpoint }: Listener): number {
  return endpoint.kind === 'tcp' ? endpoint.port : 0;
}

function endpointAt(port: number): Endpoint {
  return { kind: 'tcp', host: HOST, port };
}
