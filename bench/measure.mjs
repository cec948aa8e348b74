import { load } from './load.mjs';
import { checkResponse, conditionalHeaders } from './response.mjs';
import { settledRounds } from './statistics.mjs';

/**
 * Measures a scenario. Resolves with `rounds`, one object per round: the result of each server by its name, and
 * with what `settledRounds` says about them.
 *
 * Each round measures all servers in turn, the first one first and the others in alternating order, so that the
 * results of a round were measured under similar conditions. A round in which the first server is disturbed is
 * measured again.
 */
export async function measureScenario(scenario, servers, plan) {
  const names = Object.keys(servers);
  const [baseline, ...others] = names;
  const measured = (name) => measureServer(forServer(scenario, name), servers[name], plan);
  async function measureRound(attempt, isDisturbed) {
    const results = { [baseline]: await measured(baseline) };
    if (isDisturbed(results[baseline].value)) return undefined;
    for (const name of attempt % 2 === 0 ? others : others.toReversed()) results[name] = await measured(name);
    return Object.fromEntries(names.map((name) => [name, results[name]]));
  }
  return settledRounds(measureRound, (results) => results[baseline].value, plan);
}

/** How long a server may take to make an encoding, in milliseconds. The best level takes the longest. */
const CODING_TIMEOUT = 5000;

/** How long the files of the mix are requested, so that each is requested once by the slowest server. */
const BEFORE_SECONDS = 4;

/** The scenario as one server is expected to respond to it. */
function forServer(scenario, name) {
  return scenario.uncompressed?.includes(name) ? { ...scenario, coding: undefined } : scenario;
}

/** A server that compresses in the background sends the file as it is at first. */
async function checkUntil(milliseconds, check, { variant }) {
  const end = performance.now() + (variant === 'compress' ? milliseconds : 0);
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Measures one server in a process of its own. Resolves with `value`, what the scenario compares, and `cpu`, the
 * CPU time of the server per request in microseconds; or with `failure`, the reason why there is no result.
 */
async function measureServer(scenario, start, plan) {
  const { measure = 'rate' } = scenario;
  let server;
  try {
    server = await start();
    const request = { ...scenario.request, ...server.request };
    if (scenario.revalidates) request.headers = await conditionalHeaders(server.port, request);
    await checkUntil(CODING_TIMEOUT, () => checkResponse(server.port, request, scenario), scenario);
    if (scenario.before !== undefined)
      await load(server.port, scenario.before, { ...scenario, seconds: BEFORE_SECONDS });
    await load(server.port, request, { ...scenario, seconds: plan.warmUp });
    const cpuBefore = server.cpuTime();
    const result = await load(server.port, request, { ...scenario, seconds: plan.seconds });
    if (!(result[measure] > 0))
      throw new Error(`sends no complete response within ${plan.seconds} s of load`);
    // Of a large file, many responses are incomplete when the time is over.
    const requests = measure === 'bytes' ? (result.bytes * plan.seconds) / scenario.length : result.requests;
    const cpu = (1e6 * (server.cpuTime() - cpuBefore)) / requests;
    return { value: result[measure], cpu };
  } catch (error) {
    return { failure: error.message };
  } finally {
    await server?.stop();
  }
}
