import { errorReply } from '../error-reply.js';

/** What a user lacks. The later ones are said of a command that several selectors deny for different reasons. */
const kinds = ['command', 'key', 'channel'] as const;

type DenialKind = (typeof kinds)[number];

/** Why a user may not run a command. */
export class Denial {
  readonly kind: DenialKind;
  /** Which argument it is that may not be used; 0 where it is the command. */
  readonly position: number;

  constructor(kind: DenialKind, position: number) {
    this.kind = kind;
    this.position = position;
  }

  /** Whether this one is to be said, and not `other`. */
  outweighs(other: Denial): boolean {
    const difference = kinds.indexOf(this.kind) - kinds.indexOf(other.kind);
    return difference > 0 || (difference === 0 && this.position > other.position);
  }
}

const replies: Readonly<Record<Exclude<DenialKind, 'command'>, Uint8Array>> = {
  key: errorReply('NOPERM this user has no permissions to access one of the keys used as arguments'),
  channel: errorReply('NOPERM this user has no permissions to access one of the channels used as arguments'),
};

/** @param name of the command. */
export function denialReply({ kind }: Denial, name: string): Uint8Array {
  if (kind !== 'command') return replies[kind];
  return errorReply(`NOPERM this user has no permissions to run the '${name}' command`);
}
