import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { MIX_FILES } from './fixtures.mjs';
import { onLoadCore } from './processes.mjs';
import { has } from './programs.mjs';
import { temporaryFolder } from './temporary.mjs';

const hasWrk = has('wrk');

/** The number of connections, unless the scenario has its own. */
const CONNECTIONS = 64;

/** The number of concurrent requests on each connection of HTTP/2, which has as many requests in total. */
const STREAMS = 8;

/**
 * Generates load on a server. Resolves with the results: the number of `requests`, the `rate` in requests per
 * second, `bytes` per second, and `p99`, the 99th percentile of the latency in milliseconds. Rejects if requests
 * fail.
 */
export async function load(
  port,
  request,
  { protocol = 'http', connections = CONNECTIONS, seconds, status = 200 },
) {
  const generate = generatorFor(protocol, request.method);
  const result = await generate(port, { protocol, ...request }, connections, seconds);
  const { refused = 0, errors } = result;
  if (errors !== undefined) throw new Error(`fails under load: ${errors}`);
  if (refused > 0 && status < 400) throw new Error(`responds ${refused} times with a status of 400 or more`);
  return result;
}

function generatorFor(protocol, method) {
  if (protocol === 'h2') return loadWithH2load;
  if (method === 'HEAD') return loadWithHead;
  return hasWrk ? loadWithWrk : loadWithAutocannon;
}

async function loadWithH2load(port, { path }, connections, seconds) {
  const clients = Math.max(1, connections / STREAMS);
  const options = [`-c${clients}`, `-m${connections / clients}`, '-t1', `-D${seconds}`];
  const text = await outputOf(onLoadCore(['h2load', ...options, `https://127.0.0.1:${port}${path}`]));
  const [, requests, failed] = /requests: .+ (\d+) done, .+ (\d+) failed/.exec(text) ?? [];
  const [, , rate, throughput] = /finished in ([\d.]+)s, ([\d.]+) req\/s, ([\d.]+\w+)\/s/.exec(text) ?? [];
  return {
    requests: Number(requests),
    errors: failed === '0' ? undefined : `${failed} requests failed`,
    rate: Number(rate),
    bytes: parseBytes(throughput ?? '0B'),
  };
}

/** wrk and autocannon wait for a body, which a response to HEAD does not have. */
async function loadWithHead(port, { path }, connections, seconds) {
  const client = join(import.meta.dirname, 'head-client.mjs');
  const rate = await outputOf(
    onLoadCore([process.execPath, client, String(port), path, String(connections), String(seconds)]),
  );
  return { requests: Number(rate) * seconds, rate: Number(rate) };
}

async function loadWithWrk(port, request, connections, seconds) {
  const { protocol, path = '/', headers = {}, method = 'GET', mix } = request;
  const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const script = join(temporaryFolder('wrk'), 'request.lua');
  writeFileSync(script, mix === undefined ? `wrk.method = "${method}"\n` : MIX_SCRIPTS[mix]);
  const url = `${protocol}://127.0.0.1:${port}${path}`;
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
    requests: Number(/(\d+) requests in/.exec(text)?.[1]),
    refused: Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0),
    errors: /Socket errors: (.+)/.exec(text)?.[1],
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]),
    bytes: parseBytes(/Transfer\/sec:\s+([\d.]+\w+)/.exec(text)?.[1] ?? '0B'),
    p99: parseMilliseconds(/99%\s+([\d.]+\w+)/.exec(text)?.[1] ?? '0ms'),
  };
}

/** What wrk requests from the mix, by the value of `mix`. */
const MIX_SCRIPTS = {
  each: `
local n = 0
function request()
  n = n + 1
  return wrk.format("GET", "/mix/" .. n % ${MIX_FILES} .. ".txt")
end
`,
  zipf: `
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
`,
};

async function loadWithAutocannon(port, { path, headers = {}, method = 'GET', mix }, connections, seconds) {
  const requests =
    mix === undefined
      ? [{ path, method, headers }]
      : MIX_NUMBERS[mix]().map((number) => ({ path: `/mix/${number}.txt` }));
  const result = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections,
    duration: seconds,
    requests,
  });
  return {
    requests: result.requests.total,
    refused: result['4xx'] + result['5xx'],
    errors: result.errors > 0 ? `${result.errors} errors` : undefined,
    rate: result.requests.average,
    bytes: result.throughput.average,
    p99: result.latency.p99,
  };
}

const MIX_NUMBERS = {
  each: () => Array.from({ length: MIX_FILES }, (_, index) => index),
  zipf: () => Array.from({ length: 1000 }, (_, index) => zipf(index / 1000)),
};

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
