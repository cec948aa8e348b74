// Calls a function of the benchmark, which Jest cannot import as it is ESM: MODULE FUNCTION ARGUMENTS, where the
// arguments are a JSON array. Prints the result as JSON.
const [name, functionName, json] = process.argv.slice(2);
const module = await import(`../../../../bench/${name}.mjs`);
const parameters = JSON.parse(json);

/** Settles rounds of which each is the next of the given values. With `stopsEarly`, disturbed rounds are not finished. */
function settle(values, { stopsEarly = false, ...plan }) {
  const remaining = values[Symbol.iterator]();
  function measureRound(attempt, isDisturbed) {
    const { value } = remaining.next();
    return stopsEarly && isDisturbed(value) ? undefined : value;
  }
  return module.settledRounds(measureRound, (value) => value, plan);
}

const result = await (functionName === 'settledRounds' ? settle : module[functionName])(...parameters);
console.log(JSON.stringify(result));
