import { SpanStatusCode, trace } from '@opentelemetry/api';
import { subscribe } from 'node:diagnostics_channel';
import type { FailedMessage, ServedMessage } from 'shared-data-middleware';

/** Records the outcome of each request in its span, which the instrumentation of `http` has started. */
export function tellSpans(): void {
  subscribe('shared-data:served', (message) => {
    const { answer } = message as ServedMessage;
    trace.getActiveSpan()?.setAttributes({
      'shared_data.outcome': 'served',
      'shared_data.path': answer.file?.path ?? answer.file?.filename,
    });
  });
  subscribe('shared-data:passed', () => {
    trace.getActiveSpan()?.setAttribute('shared_data.outcome', 'passed');
  });
  subscribe('shared-data:failed', (message) => {
    const { error } = message as FailedMessage;
    const span = trace.getActiveSpan();
    span?.setAttribute('shared_data.outcome', 'failed');
    span?.recordException(error instanceof Error ? error : String(error));
    span?.setStatus({ code: SpanStatusCode.ERROR });
  });
}
