import { app, createServer, isInExpress, listen, listenWith } from './listen.mjs';
import { SharedDataMiddleware } from './package.mjs';

const root = process.argv[2];
const variant = process.env.BENCH_VARIANT;

/** The options of the scenarios that need some. */
const OPTIONS = {
  compress: { compress: true },
  immutable: { immutable: /./ },
  precompressed: { precompressed: true },
};

/** As many exports as an application that serves each of its packages below a prefix of its own. */
function manyExports() {
  return Object.fromEntries(Array.from({ length: 999 }, (_, index) => [`/section-${index}`, root]));
}

const exports = { ...(variant === 'exports' && manyExports()), '/': root };
const shared = new SharedDataMiddleware(app, exports, OPTIONS[variant]);
if (isInExpress) await listenWith(shared.middleware);
else listen(createServer(shared.listener));
