import { Socket } from 'node:net';
import { Turns } from '../../../src/listing/turns';

const unavailable = { status: 503, headers: { 'Retry-After': '1' } };

test('a page waits for those that were requested before it on its connection, and for no other', async () => {
  const turns = new Turns(60_000);
  const [connection, other] = [new Socket(), new Socket()];
  const ended: number[] = [];
  const first = await turns.next(connection, turns.arrival());
  const second = turns.next(connection, turns.arrival()).then((turn) => {
    ended.push(2);
    turn.end();
  });
  (await turns.next(other, turns.arrival())).end();
  ended.push(1);
  first.end();
  await second;
  expect(ended).toEqual([1, 2]);
});

test('a page that has waited too long gets 503, and those after it still wait for the first one', async () => {
  const turns = new Turns(20);
  const connection = new Socket();
  const first = await turns.next(connection, turns.arrival());
  const second = turns.next(connection, turns.arrival());
  const third = turns.next(connection, turns.arrival());
  await expect(second).rejects.toMatchObject(unavailable);
  await expect(third).rejects.toMatchObject(unavailable);
  first.end();
  const { signal } = await turns.next(connection, turns.arrival());
  expect(signal.aborted).toBe(false);
});

test('the pages of a connection that is closed do not wait', async () => {
  const turns = new Turns(60_000);
  const connection = new Socket();
  await turns.next(connection, turns.arrival());
  const second = turns.next(connection, turns.arrival());
  connection.destroy();
  expect((await second).signal.aborted).toBe(true);
});
