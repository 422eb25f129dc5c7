import { z } from 'zod';

const ENDPOINT = 'must be the URL of a server, such as http://127.0.0.1:2379';
const LIST = 'must be a list of at least one server, such as ["http://127.0.0.1:2379"]';

const endpoint = z
  .string({ error: ENDPOINT })
  .transform((text) => (text.includes('://') ? text : `http://${text}`))
  .refine((url) => /^https?:$/.test(URL.parse(url)?.protocol ?? ''), { error: ENDPOINT })
  .transform((url) => new URL(url).origin);

/** What it takes to talk to etcd. */
const connection = {
  endpoints: z.array(endpoint, { error: LIST }).min(1, { error: LIST }),
  user: z.string({ error: 'must be the name of a user of etcd' }).optional(),
  password: z.string({ error: 'must be a text, or { env: NAME } or { file: PATH }' }).optional(),
};

/** Only what is known: a misspelt option would go unseen. */
export const storeOptions = z.strictObject({
  ...connection,
  prefix: z.string({ error: 'must be a text that all keys begin with' }).default('shardmux/'),
});
