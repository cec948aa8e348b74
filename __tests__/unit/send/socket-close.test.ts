import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { onResponseEnd, onSocketClose } from '../../../src/send/socket-close';

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('a response whose request has no socket ends when it is closed', async () => {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { socket: undefined });
  const response = new ServerResponse(request);
  const end = jest.fn();
  onResponseEnd(response, end);
  await nextTurn();
  expect(end).not.toHaveBeenCalled();
  response.emit('close');
  await nextTurn();
  expect(end).toHaveBeenCalledTimes(1);
});

test('a callback is called once when its socket is closed, and not after it was removed', async () => {
  const socket = new Socket();
  const [kept, removed] = [jest.fn(), jest.fn()];
  onSocketClose(socket, kept);
  onSocketClose(socket, removed)();
  socket.destroy();
  await nextTurn();
  expect([kept.mock.calls.length, removed.mock.calls.length]).toEqual([1, 0]);
});

test('a callback is called in the next microtask if its socket is already closed', async () => {
  const socket = new Socket().destroy();
  const callback = jest.fn();
  onSocketClose(socket, callback);
  expect(callback).not.toHaveBeenCalled();
  await Promise.resolve();
  expect(callback).toHaveBeenCalledTimes(1);
});
