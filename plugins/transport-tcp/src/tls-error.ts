import type { TLSSocket } from 'node:tls';
import { ShardmuxError } from '@shardmux/plugin-api';

/**
 * A connection could not be made secure, or did not stay so.
 *
 * - `SHARDMUX_TLS_CERTIFICATE`: the server's certificate is not accepted here.
 * - `SHARDMUX_TLS_FAILED`: all else, a certificate of ours that the other side does not accept among it.
 */
export class TlsError extends ShardmuxError {}

/** What to do, by Node's code for what is wrong with a server's certificate. `%` is where the options are. */
const CERTIFICATE_ADVICE: Partial<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'renew it',
  CERT_NOT_YET_VALID: 'look at the clocks',
  ERR_TLS_CERT_ALTNAME_INVALID: 'name the server as its certificate does, or set the option %.servername',
};
const UNKNOWN_AUTHORITY = 'set the option %.ca to the certificate of the authority that issued it';

/** What to do, by OpenSSL's reason. */
const FAILURE_ADVICE: readonly (readonly [reason: RegExp, advice: string])[] = [
  [/wrong version number|packet length too long/, 'the other side does not speak TLS: look at its port'],
  [/certificate required/, 'the server wants to see a certificate: set the options %.cert and key'],
  [/alert (unknown ca|bad certificate)/, 'the other side does not accept our certificate'],
  [/protocol version|unsupported protocol/, 'the two sides have no version of TLS in common'],
];

/**
 * Says in words what an error of Node's TLS means. Errors of the network stay as they are.
 * @param option where in the options of a plugin those of TLS are.
 */
export function explainTlsError(error: NodeJS.ErrnoException, socket: TLSSocket, option: string): Error {
  const { code = '', message } = error;
  // Node gives the code of what is wrong with the certificate here, whatever the type says.
  if (socket.authorizationError && String(socket.authorizationError) === code) {
    const advice = CERTIFICATE_ADVICE[code] ?? UNKNOWN_AUTHORITY;
    return new TlsError(
      'SHARDMUX_TLS_CERTIFICATE',
      `the server's certificate is not accepted: ${message}; ${advice.replace('%', option)}`,
      { cause: error },
    );
  }
  if (!/^ERR_(SSL|TLS|OSSL)_/.test(code)) return error;
  const reason = reasonOf(error);
  const advice = FAILURE_ADVICE.find(([pattern]) => pattern.test(reason))?.[1];
  return new TlsError(
    'SHARDMUX_TLS_FAILED',
    `TLS failed: ${reason}${advice === undefined ? '' : `; ${advice.replace('%', option)}`}`,
    { cause: error },
  );
}

/** Why a client's handshake failed; `null` where it merely left, as those do that look whether somebody listens. */
export function refusalOf(error: NodeJS.ErrnoException, { authorizationError }: TLSSocket): string | null {
  if (authorizationError) return `it has no certificate that is accepted (${authorizationError})`;
  if (error.code === 'ECONNRESET') return null;
  return `TLS failed: ${reasonOf(error)}`;
}

function reasonOf(error: Error): string {
  return 'reason' in error ? String(error.reason) : error.message;
}
