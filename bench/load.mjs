import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { MIX_FILES } from './fixtures.mjs';
import { has, onLoadCore } from './processes.mjs';

const hasWrk = has('wrk');

/**
 * Generates load on a server. Resolves with the results: `rate` in requests per second, `bytes` per second,
 * and `p99`, the 99th percentile of the latency in milliseconds.
 */
export function load(port, request, { connections, seconds }) {
  const generate = request.method === 'HEAD' ? loadWithHead : hasWrk ? loadWithWrk : loadWithAutocannon;
  return generate(port, request, connections, seconds);
}

/** wrk and autocannon wait for a body, which a response to HEAD does not have. */
async function loadWithHead(port, { path }, connections, seconds) {
  const client = join(import.meta.dirname, 'head-client.mjs');
  const rate = await outputOf(
    onLoadCore([process.execPath, client, String(port), path, String(connections), String(seconds)]),
  );
  return { rate: Number(rate) };
}

async function loadWithWrk(port, { path, headers = {}, method = 'GET', mix = false }, connections, seconds) {
  const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const script = join(mkdtempSync(join(tmpdir(), 'bench-wrk-')), 'request.lua');
  writeFileSync(script, mix ? zipfScript() : `wrk.method = "${method}"\n`);
  const url = `http://127.0.0.1:${port}${mix ? '/' : path}`;
  const command = [
    'wrk',
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout',
    '30s',
    '--latency',
    '-s',
    script,
    ...fields,
    url,
  ];
  const text = await outputOf(onLoadCore(command));
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]),
    bytes: parseBytes(/Transfer\/sec:\s+([\d.]+\w+)/.exec(text)?.[1] ?? '0B'),
    p99: parseMilliseconds(/99%\s+([\d.]+\w+)/.exec(text)?.[1] ?? '0ms'),
  };
}

/** Zipf's law: the n-th most popular file is requested 1/n times as often as the most popular one. */
function zipfScript() {
  return `
local cumulative, sum = {}, 0
for n = 1, ${MIX_FILES} do sum = sum + 1 / n; cumulative[n] = sum end
math.randomseed(7)
function request()
  local target, low, high = math.random() * sum, 1, ${MIX_FILES}
  while low < high do
    local middle = math.floor((low + high) / 2)
    if cumulative[middle] < target then low = middle + 1 else high = middle end
  end
  return wrk.format("GET", "/mix/" .. (low - 1) .. ".txt")
end
`;
}

async function loadWithAutocannon(
  port,
  { path, headers = {}, method = 'GET', mix = false },
  connections,
  seconds,
) {
  const requests = mix
    ? Array.from({ length: 1000 }, (_, index) => ({ path: `/mix/${zipf(index / 1000)}.txt` }))
    : [{ path, method, headers }];
  const result = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections,
    duration: seconds,
    requests,
  });
  return {
    rate: result.requests.average,
    bytes: result.throughput.average,
    p99: result.latency.p99,
  };
}

/** The number of the file at a quantile of the Zipf distribution, by its continuous approximation. */
function zipf(quantile) {
  return Math.min(MIX_FILES - 1, Math.floor(MIX_FILES ** quantile) - 1);
}

function outputOf([command, ...args]) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args);
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(text))));
  });
}

function parseBytes(text) {
  const [, number, unit] = /([\d.]+)(\w+)/.exec(text);
  return Number(number) * { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }[unit];
}

function parseMilliseconds(text) {
  const [, number, unit] = /([\d.]+)(\w+)/.exec(text);
  return Number(number) * { us: 0.001, ms: 1, s: 1000, m: 60_000 }[unit];
}
