import type { JuteReader, JuteWriter } from './jute.js';

/** What can be asked. */
export const Operation = {
  create: 15,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getChildren: 8,
  sync: 9,
  ping: 11,
  auth: 100,
  closeSession: -11,
} as const;

/** What a reply belongs to that is the answer to no request. */
export const Xid = { event: -1, ping: -2, auth: -4 } as const;

export const Fault = {
  noNode: -101,
  noRight: -102,
  badVersion: -103,
  nodeExists: -110,
} as const;

/** ZooKeeper answers a request with an error. */
export class ZooKeeperError extends Error {
  readonly fault: number;

  constructor(fault: number) {
    const name = Object.entries(Fault).find(([, code]) => code === fault)?.[0];
    super(`error ${fault}${name === undefined ? '' : ` (${name})`}`);
    this.fault = fault;
  }
}

/** A request that is not made yet: what it asks, and its record. */
export interface Request {
  readonly operation: number;
  write(writer: JuteWriter): void;
}

const ALL_RIGHTS = 31;
const EPHEMERAL = 1;
const ANY_VERSION = -1;

export const requests = {
  /** @param isOwn whether nobody but who logged in may touch it. */
  create: (path: string, data: string, isEphemeral: boolean, isOwn: boolean): Request => ({
    operation: Operation.create,
    write(writer) {
      writer.text(path).text(data).int(1).int(ALL_RIGHTS);
      if (isOwn) writer.text('auth').text('');
      else writer.text('world').text('anyone');
      writer.int(isEphemeral ? EPHEMERAL : 0);
    },
  }),
  delete: (path: string): Request => ({
    operation: Operation.delete,
    write: (writer) => writer.text(path).int(ANY_VERSION),
  }),
  exists: (path: string, watch: boolean): Request => reading(Operation.exists, path, watch),
  getData: (path: string): Request => reading(Operation.getData, path, false),
  getChildren: (path: string, watch: boolean): Request => reading(Operation.getChildren, path, watch),
  setData: (path: string, data: string, version = ANY_VERSION): Request => ({
    operation: Operation.setData,
    write: (writer) => writer.text(path).text(data).int(version),
  }),
  /** The server catches up with the leader before it answers what comes next. */
  sync: (path: string): Request => ({ operation: Operation.sync, write: (writer) => writer.text(path) }),
};

function reading(operation: number, path: string, watch: boolean): Request {
  return { operation, write: (writer) => writer.text(path).bool(watch) };
}

/** What is known of a node, as far as it is of use. */
export interface Stat {
  /** Of the last write, unique in the whole store. */
  readonly transaction: bigint;
  /** How often its data was set. */
  readonly version: number;
  /** The session with which it vanishes; 0: none. */
  readonly owner: bigint;
}

export function readStat(reader: JuteReader): Stat {
  reader.long();
  const transaction = reader.long();
  reader.long();
  reader.long();
  const version = reader.int();
  reader.int();
  reader.int();
  return { transaction, version, owner: reader.long() };
}
