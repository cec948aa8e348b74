import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import channels from 'node:diagnostics_channel';
import { tellSpans } from '../../docs/examples/observability/spans';
import { SharedDataMiddleware } from '../../src/index';
import { folderWith } from '../support/files';
import { app, rawRequest, serve } from '../support/server';

const subscriptions = jest.spyOn(channels, 'subscribe');

// Channels belong to the process, which runs several test files.
afterAll(() => {
  for (const [channel, listener] of subscriptions.mock.calls) channels.unsubscribe(channel, listener);
});

test('the OpenTelemetry example adds the outcome of each request to its span', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  tellSpans();
  const shared = new SharedDataMiddleware(app, {
    '/s': folderWith({ 'a.txt': 'a' }),
    '/late': () => Promise.reject(new Error('a bug')),
  });
  // Works like the instrumentation of `http`.
  const { port } = await serve((req, res) => {
    const span = provider.getTracer('test').startSpan(`GET ${req.url ?? ''}`);
    res.on('finish', () => {
      span.end();
    });
    context.with(trace.setSpan(context.active(), span), () => {
      shared.listener(req, res);
    });
  });
  for (const target of ['/s/a.txt', '/none', '/late/a']) await rawRequest(port, 'GET', target);
  const spans = exporter.getFinishedSpans().map(({ name, attributes, events }) => ({
    name,
    outcome: attributes['shared_data.outcome'],
    path: attributes['shared_data.path'],
    events: events.map((event) => event.attributes?.['exception.message']),
  }));
  expect(spans).toEqual([
    { name: 'GET /s/a.txt', outcome: 'served', path: 'a.txt', events: [] },
    { name: 'GET /none', outcome: 'passed', path: undefined, events: [] },
    { name: 'GET /late/a', outcome: 'failed', path: undefined, events: ['a bug'] },
  ]);
});
