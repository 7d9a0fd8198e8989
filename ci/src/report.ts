// What test-integration and deploy hand back to a person: what ran, how long, and if it failed, why.

/** One section of a report: one run of a release plan and of the suite that followed it. */
export interface Section {
  readonly title: string;
  /** `from`: when it began, ms from the beginning, where steps run beside each other. */
  readonly steps: readonly (Pick<PlanStep, 'title' | 'ms' | 'ok'> & { readonly from?: number })[];
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
      const from = step.from === undefined ? '' : `  from ${duration(step.from)}`;
      lines.push(
        `  ${step.ok ? 'ok    ' : 'FAILED'}  ${duration(step.ms).padStart(10)}  ${step.title}${from}`,
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

/** A step of a plan that was run. */
export interface PlanStep {
  readonly title: string;
  readonly ms: number;
  readonly ok: boolean;
  /** Why it failed, in words. */
  readonly reason: string;
  /** The end of its output. */
  readonly output: string;
}

/** How a plan went: what of deploy's report is read here, format 1. A test compares the two. */
export interface PlanReport {
  readonly ok: boolean;
  readonly ms: number;
  /** In the order they were run; the last one is the one that failed. */
  readonly steps: readonly PlanStep[];
  /** What explains a failure, and what the roll-back said. */
  readonly shown: readonly { readonly command: string; readonly output: string }[];
  /** What it left behind, in words; '' when all went well. */
  readonly conclusion: string;
  /** Renewals of the lock that failed and were tried again. */
  readonly failedRenewals: number;
}

const NO_REPORT: PlanReport = {
  ...{ ok: true, ms: 0, steps: [], shown: [], conclusion: '', failedRenewals: 0 },
};

/**
 * Reads a report.
 * @param text undefined where nothing was run
 * @throws Error when it is not one, or of another format: the two sides have drifted apart
 */
export function parsePlanReport(text: string | undefined): PlanReport {
  if (text === undefined) return NO_REPORT;
  const report = JSON.parse(text) as Partial<PlanReport> & { format?: number };
  if (report.format !== 1 || !Array.isArray(report.steps) || typeof report.conclusion !== 'string')
    throw new Error(
      'The release plan wrote a report in a format that this module does not support.',
    );
  return report as PlanReport;
}

/** Why a plan failed: the failed step, its output, and what was asked for it. */
export function planFailure(result: PlanReport): string | undefined {
  if (result.ok) return undefined;
  const step = result.steps.at(-1);
  return [
    `Failed at: ${step?.title ?? 'the first step'}${step?.reason ? ` (${step.reason})` : ''}`,
    step?.output ?? '',
    ...result.shown.flatMap(({ command, output }) => ['', `--- ${command}`, output]),
    '',
    result.conclusion,
  ].join('\n');
}
