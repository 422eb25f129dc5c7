import { memberOf, parseHostPort, type TcpEndpoint } from '@shardmux/config-file';
import { formatEndpoint } from '@shardmux/plugin-api';

/** What the keys of proxies begin with. */
export const PROXIES = 'proxies/';

/** @param zone `null`: it is left out. */
export function writeEntry(pool: string, address: TcpEndpoint, zone: string | null): string {
  return JSON.stringify({ address: formatEndpoint(address), pool, ...(zone !== null && { zone }) });
}

/** Where a proxy of the pool is; `null` where the entry is another pool's, or none. */
export function readEntry(pool: string, text: string): TcpEndpoint | null {
  try {
    const entry: unknown = JSON.parse(text);
    return memberOf(entry, 'pool') === pool ? parseHostPort(String(memberOf(entry, 'address'))) : null;
  } catch {
    return null;
  }
}
