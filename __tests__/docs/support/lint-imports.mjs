// Lints pairs of a file and a module that it imports. Prints how many imports the rules reject for each pair.
// This is a separate process: ESLint loads its configuration with import(), which Jest does not support.
import { ESLint } from 'eslint';

const eslint = new ESLint();
const pairs = JSON.parse(process.argv[2]);
const counts = [];
for (const [filePath, imported] of pairs) {
  const [{ messages }] = await eslint.lintText(`import '${imported}';\n`, { filePath });
  counts.push(messages.filter(({ ruleId }) => ruleId === 'no-restricted-imports').length);
}
console.log(JSON.stringify(counts));
