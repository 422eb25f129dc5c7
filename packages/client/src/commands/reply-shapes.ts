/** Replies that an application wants in another shape than the server's, by command. As ioredis. */
const shapes = new Map<string, (reply: unknown) => unknown>([['hgetall', toObject]]);

export function shapeOf(name: string): ((reply: unknown) => unknown) | undefined {
  return shapes.get(name);
}

/** An array of keys and values in turn, as an object. */
function toObject(reply: unknown): unknown {
  if (!Array.isArray(reply)) return reply;
  const object: Record<string, unknown> = {};
  for (let i = 0; i < reply.length; i += 2) {
    const key = String(reply[i]);
    // A field may be called "__proto__": it is defined, never assigned.
    if (key in object) {
      const value: unknown = reply[i + 1];
      Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
    } else {
      object[key] = reply[i + 1];
    }
  }
  return object;
}
