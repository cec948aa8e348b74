import type { AddressInfo } from 'node:net';
import { SharedDataMiddleware } from '../../../../src/index';
import { app } from '../../../support/app';
import { frameworks } from '../../frameworks/support/frameworks';

/** What to serve: the name of a framework, the exported directories by path, and the options. */
export interface Served {
  readonly framework: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
}

async function serve({ framework, exports, options }: Served): Promise<void> {
  const shared = new SharedDataMiddleware(app, exports, options);
  const server = await frameworks[framework]?.start(shared);
  process.send?.((server?.address() as AddressInfo).port);
}

void serve(JSON.parse(process.argv[2] ?? '') as Served);
