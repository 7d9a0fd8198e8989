// A plan for people: what would run, with nothing run. Standard input is named, not shown: it is manifests by the page.
import type { Plan, Step } from '../plan/plan.ts';

/** The plan as text of one line a step and a few below it. */
export function describePlan(plan: Plan, print: (line: string) => void): void {
  const phase = (title: string, steps: readonly Step[]) => {
    if (steps.length > 0) print(`${title}:`);
    for (const step of steps) {
      print(`  ${step.title}  [${step.id}, at most ${step.timeoutSeconds} s]`);
      print(`      ${step.argv.join(' ')}`);
      if (step.stdin !== undefined) {
        print(`      reads ${step.stdin.split('\n').length} lines from standard input`);
      }
      if (step.secrets !== undefined && step.secrets.length > 0)
        print(`      has access to ${step.secrets.join(', ')}`);
    }
  };
  phase('Before any change', plan.preflight);
  phase('While holding the lock', [plan.lock.acquire, ...plan.preparation]);
  phase('Changes', plan.changes);
  print('If a change fails:');
  for (const { argv } of plan.diagnosis) print(`      ${argv.join(' ')}`);
  print(`      ${plan.rollBack?.argv.join(' ') ?? 'no rollback: a failed change stays in place'}`);
  print('Nothing was changed. --json shows the whole plan.');
}
