import { channel } from 'node:diagnostics_channel';
import { debuglog } from 'node:util';
import { errorResponse } from './send/error-response';
import type { Answer, SharedRequest } from './types';
import { andThen, isPromise, type MaybePromise } from './util/maybe-promise';
import { printable } from './util/printable';

/** The message on the channel `shared-data:served`, published when an export responds to a request. */
export interface ServedMessage {
  /** The request. */
  readonly request: SharedRequest;
  /** The response. Subscribers must not read its body. */
  readonly answer: Answer;
}

/** The message on the channel `shared-data:passed`, published when a request is passed to the application. */
export interface PassedMessage {
  /** The request. */
  readonly request: SharedRequest;
}

/**
 * The message on the channel `shared-data:failed`, published when a loader, an overridden method or the file
 * system fails, and when a file cannot be compressed.
 */
export interface FailedMessage {
  /** The request. */
  readonly request: SharedRequest;
  /** What was thrown. */
  readonly error: unknown;
}

const served = channel('shared-data:served');
const passed = channel('shared-data:passed');
const failed = channel('shared-data:failed');
const log = debuglog('shared-data');

/** Publishes the outcome of a request. Without subscribers this costs four boolean checks. */
export function publishOutcome(
  request: SharedRequest,
  respond: () => MaybePromise<Answer | null>,
): MaybePromise<Answer | null> {
  const isObserved = log.enabled || served.hasSubscribers || passed.hasSubscribers || failed.hasSubscribers;
  return isObserved ? respondAndPublish(request, respond) : respond();
}

function respondAndPublish(
  request: SharedRequest,
  respond: () => MaybePromise<Answer | null>,
): MaybePromise<Answer | null> {
  try {
    const answered = andThen(respond(), (answer) => publishAnswer(request, answer));
    if (!isPromise(answered)) return answered;
    return answered.then(undefined, (error: unknown) => publishError(request, error));
  } catch (error) {
    return publishError(request, error);
  }
}

function publishAnswer(request: SharedRequest, answer: Answer | null): Answer | null {
  if (answer === null) passed.publish({ request } satisfies PassedMessage);
  else served.publish({ request, answer } satisfies ServedMessage);
  log('%s %s: %s', request.method, request.url, answer === null ? 'passed on' : describe(answer));
  return answer;
}

function publishError(request: SharedRequest, error: unknown): never {
  publish(request, error);
  throw error;
}

function publish(request: SharedRequest, error: unknown): void {
  failed.publish({ request, error } satisfies FailedMessage);
  log('%s %s: %O', request.method, request.url, error);
}

/** Publishes or reports an error that changes no response, such as that of a compression in the background. */
export function publishFailure(request: SharedRequest, error: unknown): void {
  publish(request, error);
  reportError(error, request);
}

function describe({ status, file }: Answer): string {
  return file === undefined ? String(status) : `${status} ${file.path ?? file.filename}`;
}

const reported = new WeakSet<object>();

/**
 * Writes an error to stderr, with its stack and the request, if the response to it is 500: nobody expected it.
 * Each error is written once. None is written if it is published to a subscriber, or in the debug log.
 */
export function reportError(error: unknown, { method, url }: Pick<SharedRequest, 'method' | 'url'>): void {
  if (failed.hasSubscribers || log.enabled || errorResponse(error).status !== 500) return;
  if (wasReported(error)) return;
  console.error(`${String(method)} ${printable(String(url))}:`, error);
}

function wasReported(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if (reported.has(error)) return true;
  reported.add(error);
  return false;
}
