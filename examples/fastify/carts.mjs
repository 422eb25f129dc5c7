const AN_HOUR = 3_600;

const name = { type: 'string', pattern: '^[\\w-]{1,40}$' };
const ofCart = { type: 'object', properties: { cart: name } };
const ofItem = { type: 'object', properties: { cart: name, item: name } };
const quantity = {
  type: 'object',
  required: ['quantity'],
  properties: { quantity: { type: 'integer', minimum: 1, maximum: 99 } },
};

// What stands in braces decides on the server: all that is one cart's lies together, and MULTI is for it.
const items = (cart) => `{cart:${cart}}:items`;
const orders = (cart) => `{cart:${cart}}:orders`;

/** Shopping carts, which live for an hour after the last change. */
export async function carts(app) {
  const { redis } = app;

  app.get('/:cart', { schema: { params: ofCart } }, async ({ params }) => redis.hgetall(items(params.cart)));

  app.put('/:cart/:item', { schema: { params: ofItem, body: quantity } }, async ({ params, body }, reply) => {
    const key = items(params.cart);
    await redis.multi().hset(key, params.item, body.quantity).expire(key, AN_HOUR).exec();
    return reply.code(204).send();
  });

  app.post('/:cart/order', { schema: { params: ofCart } }, async ({ params }, reply) => {
    const key = items(params.cart);
    const [[, ordered], , [, number]] = await redis
      .multi()
      .hgetall(key)
      .del(key)
      .incr(orders(params.cart))
      .exec();
    return reply.code(201).send({ number, items: ordered });
  });
}
