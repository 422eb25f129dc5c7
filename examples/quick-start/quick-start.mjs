// The quick start of ioredis: only the lines that import and construct are other ones.
import { createClient } from 'shardmux';

const redis = createClient(`${import.meta.dirname}/shardmux.yml`);

redis.set('mykey', 'value');

redis.get('mykey', (err, result) => {
  if (err) {
    console.error(err);
  } else {
    console.log(result);
  }
});

redis.get('mykey').then((result) => {
  console.log(result);
});

redis.zadd('sortedSet', 1, 'one', 2, 'dos', 4, 'quatro', 3, 'three');
redis.zrange('sortedSet', 0, 2, 'WITHSCORES').then((elements) => {
  console.log(elements);
});

redis.set('mykey', 'hello', 'EX', 10);
