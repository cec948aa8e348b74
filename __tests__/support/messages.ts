import { subscribe, unsubscribe } from 'node:diagnostics_channel';

const subscriptions: (() => void)[] = [];

// Channels belong to the process, which runs several test files.
afterEach(() => {
  for (const end of subscriptions.splice(0)) end();
});

/** Returns a list that receives the messages of a channel until the test ends. */
export function messagesOf<T = unknown>(channel: string): T[] {
  const messages: T[] = [];
  const listen = (message: unknown): void => void messages.push(message as T);
  subscribe(channel, listen);
  subscriptions.push(() => unsubscribe(channel, listen));
  return messages;
}
