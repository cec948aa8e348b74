import { sha256 } from '../clients/support/content';
import { eventually } from '../support/process';
import { promisesOfCaches } from './support/cache-promises';
import { cached, OLD } from './support/cached';
import { failingWith, type Failure } from './support/failures';
import { startVarnish } from './support/varnish';

const FAILURES: readonly Failure[] = [500, 503, 'a connection that breaks'];

promisesOfCaches(startVarnish, FAILURES);

describe('when a copy is older than what stale-while-revalidate may be', () => {
  const start = (port: number) => startVarnish(port, { 'req.grace = 10s': 'req.grace = 0s' });

  test.each(FAILURES)('it is still good enough with stale-if-error: %s', async (failure) => {
    const { get, origin } = await cached(start, 'max-age=1, stale-if-error=600');
    await get('/static/data.dat');
    origin.listener = failingWith(failure);
    origin.forget();
    await eventually(async () => {
      const { status, body } = await get('/static/data.dat');
      expect([status, sha256(body)]).toEqual([200, sha256(OLD)]);
      expect(origin.exchanges().length).toBeGreaterThan(2);
    });
  });
});
