// Runs with Bun: its native route for a directory. It sends neither Cache-Control nor Expires.
import { serve } from 'bun';

const [, , root, port] = process.argv;
serve({ port: Number(port), hostname: '127.0.0.1', routes: { '/*': { dir: root } } });
