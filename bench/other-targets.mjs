// The targets that no scenario measures, by their names for `--only`. Each resolves with `targets`, with
// `settled: false` if its rounds have not settled, and with `disks`, a table, if it measured slow disks.
import { DISK_COLUMNS, measureDisks } from './disks.mjs';
import { measureLoading } from './loading.mjs';
import { table } from './report.mjs';
import {
  measureDeepTree,
  measureLatencyUnderDownloads,
  measureManyFiles,
  measureStalledClients,
} from './resources.mjs';
import { median } from './statistics.mjs';
import {
  formatKiB,
  formatMiB,
  formatMilliseconds,
  formatRatios,
  limitTarget,
  LIMITS,
  ratiosOf,
} from './targets.mjs';

export const otherTargets = {
  async latency({ root }, plan) {
    const ours = [];
    const sirv = [];
    for (let round = 0; round < plan.rounds; round++) {
      ours.push(await measureLatencyUnderDownloads('ours', root, plan));
      sirv.push(await measureLatencyUnderDownloads('sirv', root, plan));
    }
    const name = '1 KB while 8 clients download 100 MB, p99';
    return { targets: [noMoreThan('sirv', name, ours, sirv)] };
  },

  async depth(fixtures, plan) {
    const { rounds, settled } = await measureDeepTree(fixtures, plan);
    const ratios = ratiosOf(rounds, 'deep', 'shallow') ?? [NaN];
    const target = {
      name: `1 KB among ${plan.deepTreeFiles.toLocaleString('en')} files, 8 folders deep`,
      target: `${LIMITS.depth} × among few files`,
      result: formatRatios(ratios),
      met: median(ratios) >= LIMITS.depth,
    };
    return { targets: [target], settled };
  },

  async stalled({ root }, plan) {
    const results = await repeat(plan.rounds, () => measureStalledClients('ours', root));
    const bytes = results.map(({ bytesPerClient }) => bytesPerClient);
    const descriptors = results.map(({ openDescriptors }) => openDescriptors);
    const clients = '500 clients stalled on 100 MB';
    return {
      targets: [
        limitTarget(`memory per client, ${clients}`, bytes, LIMITS.bytesPerStalledClient, formatKiB),
        limitTarget(
          'open descriptors 3 s after they disconnect',
          descriptors,
          LIMITS.openDescriptors,
          String,
        ),
      ],
    };
  },

  async memory(fixtures, plan) {
    const growth = await repeat(plan.rounds, () => measureManyFiles(fixtures));
    const name = 'memory growth, 10,000 files of 100 KB requested once each';
    return { targets: [limitTarget(name, growth, LIMITS.memoryGrowth, formatMiB)] };
  },

  async loading() {
    const rounds = measureLoading(21);
    const [ours, serveStatic] = ['ours', 'serve-static'].map((name) => rounds.map((times) => times[name]));
    const name = 'loading the package with require';
    return { targets: [noMoreThan('serve-static', name, ours, serveStatic)] };
  },

  async disks(fixtures, plan) {
    const { targets, rows } = await measureDisks(fixtures, plan);
    return { targets, disks: rows.length > 0 ? table(DISK_COLUMNS, rows) : undefined };
  },

  async parsing() {
    // This module starts a compiler, which must not run during the other measurements.
    const { measureParsing } = await import('./parsing.mjs');
    const targets = measureParsing().map(({ name, milliseconds }) =>
      limitTarget(`16 KB: ${name}`, [milliseconds], LIMITS.parsing, formatMilliseconds),
    );
    return { targets };
  },
};

/** A target for milliseconds: not above those of another server. */
function noMoreThan(other, name, ours, others) {
  const limit = median(others);
  const target = `at most ${other}'s ${formatMilliseconds(limit)}`;
  return limitTarget(name, ours, limit, formatMilliseconds, target);
}

async function repeat(count, measure) {
  const results = [];
  for (let index = 0; index < count; index++) results.push(await measure());
  return results;
}
