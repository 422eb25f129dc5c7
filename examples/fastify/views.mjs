const name = { type: 'string', pattern: '^[\\w-]{1,40}$' };
const ofPage = { type: 'object', properties: { page: name } };
const ofPages = {
  type: 'object',
  required: ['page'],
  properties: { page: { type: 'array', items: name, minItems: 1, maxItems: 100 } },
};

const keyOf = (page) => `views:${page}`;

/** How often each page was seen. Pages lie on all servers. */
export async function views(app) {
  const { redis } = app;

  app.post('/:page', { schema: { params: ofPage } }, async ({ params }) => ({
    views: await redis.incr(keyOf(params.page)),
  }));

  app.get('/', { schema: { querystring: ofPages } }, async ({ query }) => {
    const counts = await redis.mget(query.page.map(keyOf));
    return Object.fromEntries(query.page.map((page, i) => [page, Number(counts[i])]));
  });
}
