import type { POOL_FIELDS, SERVER_FIELDS } from '@shardmux/core';

const POOL: Record<(typeof POOL_FIELDS)[number], string> = {
  client_eof: 'client connections that the client closed',
  client_err: 'client connections that ended by an error',
  client_connections: 'client connections now',
  server_ejects: 'times a server was ejected',
  forward_error: 'requests that could not be forwarded',
  fragments: 'requests made from commands with several keys',
};

const SERVER: Record<(typeof SERVER_FIELDS)[number], string> = {
  server_eof: 'connections that the server closed',
  server_err: 'connections that ended by an error',
  server_timedout: 'requests that ran out of time',
  server_connections: 'connections to the server now',
  server_ejected_at: 'when the server was last ejected, in microseconds since 1970; 0 for never',
  requests: 'requests',
  request_bytes: 'bytes of requests',
  responses: 'replies forwarded to clients',
  response_bytes: 'bytes of replies forwarded to clients',
  in_queue: 'requests now waiting to be sent',
  in_queue_bytes: 'bytes of requests now waiting to be sent',
  out_queue: 'requests now waiting for a reply',
  out_queue_bytes: 'bytes of requests now waiting for a reply',
};

/** What the figures in the statistics mean, one on a line, in their order. */
export function describeStats(): string {
  return ['pool stats:', ...lines(POOL), '', 'server stats:', ...lines(SERVER), ''].join('\n');
}

function lines(meanings: Record<string, string>): string[] {
  return Object.entries(meanings).map(([name, meaning]) => `  ${name.padEnd(20)}"${meaning}"`);
}
