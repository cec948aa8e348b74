import { sha256 } from '../clients/support/content';
import { eventually } from '../../support/process';
import { testCacheGuarantees } from './support/cache-guarantees';
import { cached, OLD } from './support/cached';
import { failingWith, type Failure } from './support/failures';
import { startVarnish } from './support/varnish';

const FAILURES: readonly Failure[] = [500, 503, 'a closed connection'];

testCacheGuarantees(startVarnish, FAILURES);

describe('after the grace period of stale-while-revalidate', () => {
  const start = (port: number) => startVarnish(port, { 'req.grace = 10s': 'req.grace = 0s' });

  test.each(FAILURES)('stale-if-error serves the stale copy if the origin fails with %s', async (failure) => {
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
