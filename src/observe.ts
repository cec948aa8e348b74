import { channel } from 'node:diagnostics_channel';
import { debuglog } from 'node:util';
import type { Answer } from './http/answer';
import type { SharedRequest } from './loaders/loader';
import { andThen, isPromise, type MaybePromise } from './maybe-promise';

/** What is published on the channel `shared-data:served` when the exports have an answer. */
export interface ServedMessage {
  /** The request. */
  readonly request: SharedRequest;
  /** What it gets. Its body is not for listeners. */
  readonly answer: Answer;
}

/** What is published on the channel `shared-data:passed` when a request is left to the application. */
export interface PassedMessage {
  /** The request. */
  readonly request: SharedRequest;
}

/** What is published on the channel `shared-data:failed` when a loader, an overridden method or the file system fails. */
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

/** Tells who listens what becomes of a request; where nobody does, it costs four looks. */
export function observed(
  request: SharedRequest,
  answer: () => MaybePromise<Answer | null>,
): MaybePromise<Answer | null> {
  const isObserved = log.enabled || served.hasSubscribers || passed.hasSubscribers || failed.hasSubscribers;
  return isObserved ? told(request, answer) : answer();
}

function told(request: SharedRequest, make: () => MaybePromise<Answer | null>): MaybePromise<Answer | null> {
  try {
    const answered = andThen(make(), (answer) => tellAnswer(request, answer));
    if (!isPromise(answered)) return answered;
    return answered.then(undefined, (error: unknown) => tellError(request, error));
  } catch (error) {
    return tellError(request, error);
  }
}

function tellAnswer(request: SharedRequest, answer: Answer | null): Answer | null {
  if (answer === null) passed.publish({ request } satisfies PassedMessage);
  else served.publish({ request, answer } satisfies ServedMessage);
  log('%s %s: %s', request.method, request.url, answer === null ? 'passed on' : about(answer));
  return answer;
}

function tellError(request: SharedRequest, error: unknown): never {
  failed.publish({ request, error } satisfies FailedMessage);
  log('%s %s: %O', request.method, request.url, error);
  throw error;
}

function about({ status, file }: Answer): string {
  return file === undefined ? String(status) : `${status} ${file.path ?? file.filename}`;
}
