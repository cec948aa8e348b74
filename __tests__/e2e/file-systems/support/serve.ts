import type { AddressInfo } from 'node:net';
import { SharedDataMiddleware } from '../../../../src/index';
import { app } from '../../../support/app';
import { frameworks, type Framework } from '../../frameworks/support/frameworks';

/** What to serve: the name of a framework, the exported directories by path, and the options. */
export interface Served {
  readonly framework: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where a server listens. */
export interface Serving {
  readonly port: number;
  readonly protocol: Framework['protocol'];
}

async function serve({ framework: name, exports, options }: Served): Promise<void> {
  const framework = frameworks[name];
  if (framework === undefined) throw new Error(`expected a framework, got ${name}`);
  const server = await framework.start(new SharedDataMiddleware(app, exports, options));
  const { port } = server.address() as AddressInfo;
  process.send?.({ port, protocol: framework.protocol } satisfies Serving);
}

void serve(JSON.parse(process.argv[2] ?? '') as Served);
