import type { Claim } from './claim.js';

const OF_POOL: Claim = { scope: 'pool', name: '' };
/** An IPv4 address as a socket for both families writes it. */
const MAPPED = '::ffff:';

/**
 * The places that a client holds while it is connected, whoever it is.
 * @param remote as of its channel: `address:port`, or what has no address, which counts for the pool alone.
 */
export function claimsOf(remote: string): readonly Claim[] {
  const [, address] = /^(.+):\d+$/.exec(remote) ?? [];
  if (address === undefined) return [OF_POOL];
  const isMapped = address.startsWith(MAPPED) && address.includes('.');
  return [OF_POOL, { scope: 'address', name: isMapped ? address.slice(MAPPED.length) : address }];
}
