// Serves the same files with one process per core, and replaces a process that exits. The first argument is the port
// (default: 8000).
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import { SharedDataMiddleware } from 'shared-data-middleware';

if (cluster.isPrimary) {
  for (let worker = 0; worker < availableParallelism(); worker++) cluster.fork();
  cluster.on('exit', (worker) => {
    console.error(`worker ${worker.process.pid} has died`);
    setTimeout(() => cluster.fork(), 1000);
  });
} else {
  const shared = new SharedDataMiddleware(null, { '/': 'public' }, { index: 'index.html' });
  createServer(shared.listener).listen(Number(process.argv[2] ?? 8000));
}
