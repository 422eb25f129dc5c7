import { passAttributes } from './attributes.js';
import { errorTextStart } from './error-text.js';

/**
 * The words that Redis' errors begin with. A script may begin its own with anything, a key for instance: what is
 * not on this list is called `ERR`.
 */
const codes = new Set([
  'ASK',
  'BUSY',
  'BUSYGROUP',
  'BUSYKEY',
  'CLUSTERDOWN',
  'CROSSSLOT',
  'ERR',
  'EXECABORT',
  'IOERR',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'MOVED',
  'NOAUTH',
  'NOGROUP',
  'NOMASTERLINK',
  'NOPERM',
  'NOPROTO',
  'NOREPLICAS',
  'NOSCRIPT',
  'NOTBUSY',
  'OOM',
  'READONLY',
  'TRYAGAIN',
  'UNBLOCKED',
  'UNKILLABLE',
  'WRONGPASS',
  'WRONGTYPE',
]);

const MAX_CODE_LENGTH = 16;
const SPACE = 0x20;
const CR = 0x0d;

/** @param start of an error reply: its type byte, or that of its attributes. */
export function errorCode(bytes: Uint8Array, start: number, end: number): string {
  let code = '';
  const text = errorTextStart(bytes, passAttributes(bytes, start, end), end);
  const stop = Math.min(end, text + MAX_CODE_LENGTH);
  for (let at = text; at < stop && bytes[at] !== SPACE && bytes[at] !== CR; at++) {
    code += String.fromCharCode(bytes[at]);
  }
  return codes.has(code) ? code : 'ERR';
}
