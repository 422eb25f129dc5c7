import { mapping, optionsSchema, text } from '@shardmux/config-file';
import { z } from 'zod';

const ENDPOINT = 'must be the URL of a server, such as http://127.0.0.1:2379';
const LIST = 'must be a list of at least one server, such as ["http://127.0.0.1:2379"]';

const endpoint = text(ENDPOINT)
  .transform((given) => (given.includes('://') ? given : `http://${given}`))
  .refine((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), { error: ENDPOINT })
  .transform((url) => new URL(url).origin);

/** What it takes to talk to etcd. */
const connection = {
  endpoints: z.array(endpoint, { error: LIST }).min(1, { error: LIST }),
  user: text('must be the name of a user of etcd').optional(),
  password: text('must be a text, or { env: NAME } or { file: PATH }').optional(),
};

export const storeOptions = optionsSchema(
  mapping({
    ...connection,
    prefix: z.string({ error: 'must be a text that all keys begin with' }).default('shardmux/'),
  }),
);

export const topologyOptions = optionsSchema(
  mapping({
    ...connection,
    key: text('must be the key of the document with the servers'),
    cache: text('must be the path of a file').optional(),
  }),
);
