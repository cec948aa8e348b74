import serveStatic from 'serve-static';
import { listenWith } from './listen.mjs';

await listenWith(serveStatic(process.argv[2], { maxAge: '12h' }));
