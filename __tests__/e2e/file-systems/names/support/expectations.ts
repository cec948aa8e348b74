import { join } from 'node:path';
import type { Policy } from './policies';
import { isFromApp, type Get } from './servers';

/** Other paths that lead to the same file. */
export type AliasesOf = (path: string) => readonly string[];

/** What a client requests for a path of the fixture. */
function targetOf(path: string, { below = '', toTarget }: Policy): string {
  return join(below, toTarget === undefined ? path : toTarget(path));
}

function aliasTargets(paths: readonly string[], policy: Policy, aliasesOf: AliasesOf): readonly string[] {
  const exact = new Set(paths.map((path) => targetOf(path, policy)));
  return paths.flatMap(aliasesOf).flatMap((alias) => {
    const target = targetOf(alias, policy);
    return exact.has(target) ? [] : [target];
  });
}

async function expectServed(get: Get, { headers }: Policy, targets: readonly string[]): Promise<void> {
  for (const target of targets) {
    const { status } = await get(target, headers);
    expect([target, status]).toEqual([target, 200]);
  }
}

async function expectPassedOn(get: Get, { headers }: Policy, targets: readonly string[]): Promise<void> {
  for (const target of targets) {
    const answer = await get(target, headers);
    expect([target, answer.status, isFromApp(answer)]).toEqual([target, 404, true]);
  }
}

/** Expects that public files are served at their own names, and that the application gets all other requests. */
export async function expectExactNames(get: Get, policy: Policy, aliasesOf: AliasesOf): Promise<void> {
  const { served, withheld } = policy;
  await expectServed(
    get,
    policy,
    served.map((path) => targetOf(path, policy)),
  );
  await expectPassedOn(
    get,
    policy,
    withheld.map((path) => targetOf(path, policy)),
  );
  await expectPassedOn(get, policy, aliasTargets([...served, ...withheld], policy, aliasesOf));
}

/** Expects that public files are served at all their names, and withheld files not at their own. */
export async function expectAnyNames(get: Get, policy: Policy, aliasesOf: AliasesOf): Promise<void> {
  const { served, withheld } = policy;
  await expectServed(
    get,
    policy,
    served.map((path) => targetOf(path, policy)),
  );
  await expectServed(get, policy, aliasTargets(served, policy, aliasesOf));
  await expectPassedOn(
    get,
    policy,
    withheld.map((path) => targetOf(path, policy)),
  );
}
