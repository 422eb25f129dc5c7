import { BlockList, isIPv6, type Socket } from 'node:net';
import type { Endpoint, ListenOptions, ProxyProtocol } from '@shardmux/plugin-api';
import { HeaderGate } from './header-gate.js';
import { remoteOf } from './socket-channel.js';

/** The balancers of one listener, through which alone clients come. */
export class Balancers {
  readonly #trusted = new BlockList();
  readonly #isUnix: boolean;
  readonly #refused: NonNullable<ListenOptions['refused']>;

  constructor({ trusted }: ProxyProtocol, endpoint: Endpoint, refused: ListenOptions['refused']) {
    for (const network of trusted) this.#trust(network);
    this.#isUnix = endpoint.kind === 'unix';
    this.#refused = refused ?? (() => {});
  }

  /** `null` where who connects is none of them: its socket is destroyed. */
  gate(socket: Socket, passed: (remote: string) => void): HeaderGate | null {
    const remote = remoteOf(socket);
    const refused = (reason: string) => this.#refused(remote, reason);
    if (this.#isTrusted(socket)) return new HeaderGate(socket, passed, refused);
    socket.on('error', () => {});
    socket.destroy();
    refused('it is not one of the balancers that are trusted, through which alone clients may come');
    return null;
  }

  #trust(network: string): void {
    const [address, bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) this.#trusted.addAddress(address, family);
    else this.#trusted.addSubnet(address, Number(bits), family);
  }

  /** Who may connect to a unix socket its mode says. A socket that does not know its other side has lost it. */
  #isTrusted({ remoteAddress }: Socket): boolean {
    if (this.#isUnix) return true;
    if (remoteAddress === undefined) return false;
    const [address] = remoteAddress.split('%');
    return this.#trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
}

/** `null` where clients come by themselves. */
export function balancersOf(endpoint: Endpoint, { proxyProtocol, refused }: ListenOptions): Balancers | null {
  return proxyProtocol ? new Balancers(proxyProtocol, endpoint, refused) : null;
}
