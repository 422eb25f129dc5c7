import type { HttpServerOptions, Page } from '../http/http-server.js';

/**
 * What supervisors and balancers ask.
 *
 *   GET /livez    200 as long as the process answers
 *   GET /readyz   200 where clients are served; else 503, and a line for each thing that is missing
 *
 * @param missing what keeps clients from being served, in lines.
 */
export function healthPages(
  missing: () => Promise<readonly string[]> | readonly string[],
): HttpServerOptions['pages'] {
  return {
    '/livez': () => page(200, ['live']),
    '/readyz': async () => {
      const lines = await missing();
      return lines.length === 0 ? page(200, ['ready']) : page(503, lines);
    },
  };
}

function page(status: number, lines: readonly string[]): Page {
  return { status, type: 'text/plain; charset=utf-8', body: `${lines.join('\n')}\n` };
}
