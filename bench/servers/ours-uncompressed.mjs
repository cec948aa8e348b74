process.env.BENCH_VARIANT = '';
await import('./ours.mjs');
