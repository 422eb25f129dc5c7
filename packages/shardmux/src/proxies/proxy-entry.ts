import { memberOf, parseHostPort, type TcpEndpoint } from '@shardmux/config-file';
import { formatEndpoint } from '@shardmux/plugin-api';

/** What the keys of proxies begin with. */
export const PROXIES = 'proxies/';

/** A proxy that clients may ask. */
export interface ProxyEntry {
  readonly address: TcpEndpoint;
  /** Where it stands; `null`: nowhere in particular. */
  readonly zone: string | null;
}

export function writeEntry(pool: string, { address, zone }: ProxyEntry): string {
  return JSON.stringify({ address: formatEndpoint(address), pool, ...(zone !== null && { zone }) });
}

/** A proxy of the pool; `null` where the entry is another pool's, or none. */
export function readEntry(pool: string, text: string): ProxyEntry | null {
  try {
    const entry: unknown = JSON.parse(text);
    const address = parseHostPort(String(memberOf(entry, 'address')));
    if (address === null || memberOf(entry, 'pool') !== pool) return null;
    const zone = memberOf(entry, 'zone');
    return { address, zone: typeof zone === 'string' ? zone : null };
  } catch {
    return null;
  }
}
