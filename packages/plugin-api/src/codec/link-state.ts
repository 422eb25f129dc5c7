/** In which state connections to servers are that serve a conversation. Equal ones share connections. */
export interface LinkState {
  /** The codec's own number. 0: what its handshake leaves out. */
  readonly protocol: number;
  /** `null`: the pool's own. */
  readonly database: number | null;
  /** Left out: they may serve other conversations as well. */
  readonly own?: OwnLinks;
}

/** Connections that serve one conversation alone, since servers send it more than replies: one to each server. */
export interface OwnLinks {
  /** They are opened before a command needs them, and again when they are lost. */
  readonly eager: boolean;
  /** What each connection to this server begins with, behind the handshake: one command. */
  greetingFor(node: string): Uint8Array;
  /** Is told of what comes and answers no request; the bytes are its own only until it returns. */
  onMessage(bytes: Uint8Array, start: number, end: number): void;
  /** What a server was told of this conversation may be lost: its connection was, or keys went to another server. */
  onLost(): void;
}
