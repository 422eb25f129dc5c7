/** What the first bytes of a server's reply tell. */

const nils = ['*-1', '$-1', '_\r'];

/** Whether its time was over, or it was told so. */
export function isNil(reply: Uint8Array): boolean {
  return nils.includes(headOf(reply, 3));
}

/** The last is a primary's that has become a replica. */
const refusals = ['MOVED ', 'ASK ', 'TRYAGAIN ', 'CLUSTERDOWN ', 'READONLY ', 'UNBLOCKED force '];

/** Whether others have the keys by now. */
export function servesNoMore(reply: Uint8Array): boolean {
  const head = headOf(reply, 32);
  return refusals.some((code) => head.startsWith(`-${code}`));
}

/** Whether a transaction was thrown away because one of its commands was refused. */
export function isAborted(reply: Uint8Array): boolean {
  return headOf(reply, 11) === '-EXECABORT ';
}

function headOf(reply: Uint8Array, length: number): string {
  return Buffer.from(reply.subarray(0, length)).toString('latin1');
}
