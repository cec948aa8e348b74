import sirv from 'sirv';
import { isPrecompressed, listenWith } from './listen.mjs';

await listenWith(sirv(process.argv[2], { etag: true, gzip: isPrecompressed, maxAge: 43200 }));
