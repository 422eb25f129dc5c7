import type { Redirects } from '@shardmux/plugin-api';
import { encodeCommand } from '../request/encode-command.js';
import { passAttributes } from './attributes.js';
import { errorTextStart } from './error-text.js';

/** `MOVED 3999 127.0.0.1:6381`; an IPv6 address has no brackets, and a host may be empty. */
const TARGET = /^(?:MOVED|ASK) \d{1,5} (\S*):(\d{1,5})\s*$/;

/** The members of a Redis Cluster send a client to each other. */
export const respRedirects: Redirects = {
  target(bytes, start, end) {
    const text = errorTextStart(bytes, passAttributes(bytes, start, end), end);
    const [, host, port] = TARGET.exec(Buffer.from(bytes.subarray(text, end)).toString('latin1')) ?? [];
    return host === undefined ? null : { host, port: Number(port) };
  },
  asking: encodeCommand('ASKING'),
};
