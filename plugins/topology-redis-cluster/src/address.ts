import { type Endpoint, formatEndpoint } from '@shardmux/plugin-api';

/** Where a server is reached. */
export type Address = Extract<Endpoint, { readonly kind: 'tcp' }>;

/** How redirects and replies call other servers ──► where they are reached from here. Keys as `formatEndpoint` writes. */
export type NatMap = ReadonlyMap<string, Address>;

export const ADDRESS_FORM = 'be host:port, or [IPv6]:port';

/** Reads what ADDRESS_FORM says; `null` where the text is nothing of the kind. */
export function parseAddress(text: unknown): Address | null {
  const [, inBrackets, host = inBrackets, port] =
    /^(?:\[([^\s[\]]+)\]|([^\s[\]:]+)):(\d{1,5})$/.exec(String(text)) ?? [];
  const isPort = Number(port) >= 1 && Number(port) <= 65_535;
  return host !== undefined && isPort ? { kind: 'tcp', host, port: Number(port) } : null;
}

/**
 * Where a server is reached that another one announces.
 * @param host empty, or `?`, where the servers do not know: they are where the one is that was asked.
 */
export function resolveAddress(host: string, port: number, asked: string, natMap: NatMap): Address {
  const isKnown = host !== '' && host !== '?';
  const announced: Address = { kind: 'tcp', host: isKnown ? host : asked, port };
  return natMap.get(formatEndpoint(announced)) ?? announced;
}
