// What test-integration and deploy hand back to a person: what ran, how long, and if it failed, why.
import type { Aftermath, PlanResult, StepResult } from './release-plan.ts';

/** One section of a report: one run of a release plan and of the suite that followed it. */
export interface Section {
  readonly title: string;
  readonly steps: readonly Pick<StepResult, 'title' | 'ms' | 'ok'>[];
  /** From beginning to end, ms; more than the steps' sum, which leaves out the lock and what a failure was asked. */
  readonly ms?: number;
  /** Further lines under the steps, such as latencies of events. */
  readonly notes: readonly string[];
  readonly failure?: string;
}

/** A report's parts. */
export interface Report {
  readonly title: string;
  /** Name → version or value, shown first. */
  readonly facts: Readonly<Record<string, string>>;
  readonly sections: readonly Section[];
}

/** `45 ms`, `12.3 s`, `4 min 05 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${String(Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** The report as plain text of at most 100 columns, except where it quotes. */
export function renderReport(report: Report): string {
  const width = Math.max(0, ...Object.keys(report.facts).map((name) => name.length));
  const ok = report.sections.every((section) => sectionOk(section));
  const lines = [`${report.title}: ${ok ? 'passed' : 'FAILED'}`, ''];
  for (const [name, value] of Object.entries(report.facts))
    lines.push(`${name.padEnd(width)}  ${value}`);
  for (const section of report.sections) {
    const total = section.ms ?? section.steps.reduce((sum, step) => sum + step.ms, 0);
    lines.push(
      '',
      `${section.title}: ${sectionOk(section) ? 'passed' : 'FAILED'} in ${duration(total)}`,
    );
    for (const step of section.steps) {
      lines.push(
        `  ${step.ok ? 'ok    ' : 'FAILED'}  ${duration(step.ms).padStart(10)}  ${step.title}`,
      );
    }
    for (const note of section.notes) lines.push(`  ${note}`);
    if (section.failure !== undefined) lines.push('', section.failure);
  }
  return `${lines.join('\n')}\n`;
}

/** Whether a section's steps all passed and nothing else failed. */
export function sectionOk(section: Section): boolean {
  return section.failure === undefined && section.steps.every((step) => step.ok);
}

/** Why a plan failed: the failed step, its output, and what was looked at for it. */
export function planFailure(result: PlanResult): string | undefined {
  if (result.ok) return undefined;
  const step = result.steps.at(-1);
  return [
    `Failed at: ${step?.title ?? 'the first step'}`,
    step?.output ?? '',
    ...result.shown.flatMap(({ command, output }) => ['', `--- ${command}`, output]),
    '',
    AFTERMATH[result.aftermath],
  ].join('\n');
}
const AFTERMATH: Readonly<Record<Aftermath, string>> = {
  none: '',
  restored: 'What ran before was restored.',
  'not restored': 'What ran before could not be restored: see above. The next deploy tries again.',
  untouched: 'Nothing that ran before was changed.',
  'taken over': 'Another deploy has taken over; nothing was rolled back.',
  'as it stands': 'It stays as it is now. Run it again, or deploy.',
};
